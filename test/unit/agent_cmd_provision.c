/* SPDX-License-Identifier: Apache-2.0 */
/* Tests agent/cmd_provision.c and enroll.c: refusals, unreachable stations, long-term keys. */
#include "test/support/agent.h"

#include <pthread.h>

#include "daemon/hex.h"

START_TEST(provisioning_begins_with_what_is_missing)
{
    ck_assert_int_eq(agent("provision %s", server), 1);
    ck_says("xtt-agent init");
    ck_ok(agent("init"));
    ck_assert_int_eq(agent("provision %s", server), 1);
    ck_says("member import");
    become_member();
    ck_assert_int_eq(agent("provision"), 2);
    ck_says("--server");
}
END_TEST

static const struct {
    xtt_err answer;
    int status;
    const char *word;
} refusals[] = {
    {XTT_ERR_GROUP, 6, "does not know group party"},
    {XTT_ERR_ID, 6, "requested identity"},
    {XTT_ERR_REVOKED, 6, "revoked"},
    {XTT_ERR_ID_CONFLICT, 6, "registered to another identity"},
    {XTT_ERR_QUARANTINED, 6, "quarantined"},
    {XTT_ERR_OVERLOAD, 7, "overloaded"},
};

START_TEST(a_refusal_has_its_reason_and_status_and_keeps_the_identity)
{
    become_member();
    ck_ok(agent("provision %s", server));
    station.party.on_assign.answer = refusals[_i].answer;
    ck_assert_int_eq(agent("provision %s --request-id %s", server, assigned), refusals[_i].status);
    ck_says(refusals[_i].word);
    ck_says(station.address);
    ck_assert_str_eq(status("identity"), assigned);
    ck_assert_str_eq(status("state"), "provisioned");
}
END_TEST

START_TEST(a_station_of_older_suites_refuses_without_a_reason)
{
    station_stop(&station);
    station_start(&station, 0x0001);
    snprintf(server, sizeof server, "--server %s", station.address);
    become_member();
    ck_assert_int_eq(agent("provision %s", server), 6);
    ck_says("suite 0x0101");
    ck_ok(agent("provision --suite 0x0001 %s", server));
    ck_assert_str_eq(status("suite"), "0x0001");
    station.party.on_group.answer = XTT_ERR_GROUP;
    ck_assert_int_eq(agent("provision --suite 0x0001 %s", server), 6);
    ck_says("may not know group party");
}
END_TEST

START_TEST(a_station_of_another_root_is_not_trusted)
{
    struct xttd_root_paper root;
    struct party other;

    become_keyed();
    party_init(&other, 0x0101);
    memset(root.root_id, 0x77, sizeof root.root_id);
    memcpy(root.public_key, other.root.public_key, sizeof root.public_key);
    ck_assert_int_eq(xttd_paper_write(XTTD_PAPER_ROOT, &root, tmpdir_file("root"), &why), XTT_OK);
    party_free(&other);
    ck_ok(agent(IMPORT));
    ck_assert_int_eq(agent("provision %s", server), 1);
    ck_says("root");
    ck_assert_int_eq(station.handshakes, 0);
}
END_TEST

START_TEST(an_outdated_certificate_is_refused_unless_there_is_no_clock)
{
    struct xtt_server_cert cert;
    struct party *p = &station.party;

    become_member();
    ck_assert_int_eq(xtt_server_cert_decode(p->certificate, &cert), XTT_OK);
    cert.not_after = PARTY_NOW;
    ck_assert_int_eq(xtt_server_cert_sign(&cert, p->root_key, p->certificate), XTT_OK);
    ck_assert_int_eq(agent("provision %s", server), 1);
    ck_says("clock");
    configure(SOFTWARE "clock = none\n");
    ck_ok(agent("provision %s", server));
}
END_TEST

START_TEST(an_unreachable_station_is_7_and_the_next_one_is_asked)
{
    char text[256];

    become_member();
    ck_assert_int_eq(agent("provision --server 127.0.0.1:1"), 7);
    ck_says("connection refused");
    ck_says("127.0.0.1:1");
    snprintf(text, sizeof text, SOFTWARE "server = 127.0.0.1:1, %s\n", station.address);
    configure(text);
    ck_ok(agent("provision"));
    ck_assert_str_eq(status("server"), station.address);
}
END_TEST

static void *recover(void *arg)
{
    struct question *question = arg;

    while (*(volatile int *)&question->calls == 0)
        usleep(1000);
    question->answer = XTT_OK;
    return NULL;
}

START_TEST(a_patient_device_asks_again)
{
    pthread_t thread;

    become_member();
    station.party.on_assign.answer = XTT_ERR_OVERLOAD;
    ck_assert_int_eq(pthread_create(&thread, NULL, recover, &station.party.on_assign), 0);
    ck_ok(agent("provision --retry %s", server));
    ck_says("overloaded");
    ck_says("trying again in");
    pthread_join(thread, NULL);
    ck_assert_int_eq(station.party.on_assign.calls, 2);
}
END_TEST

START_TEST(patience_ends_where_asking_again_does_not_help)
{
    become_member();
    station.party.on_assign.answer = XTT_ERR_REVOKED;
    ck_assert_int_eq(agent("provision --retry %s", server), 6);
    ck_assert_int_eq(station.party.on_assign.calls, 1);
}
END_TEST

static const struct {
    const char *options, *word;
    int status;
} bad_options[] = {
    {"--server nowhere:port", "no address", 2},
    {"--server 127.0.0.1:1 --suite 0x0005", "no suite", 2},
    {"--server 127.0.0.1:1 --suite 0x9999", "no suite", 2},
    {"--server 127.0.0.1:1 --request-id 1234", "no identity", 2},
    {"--server 127.0.0.1:1 --new-key --old-key", "do not go together", 2},
};

START_TEST(bad_options_are_refused_before_anything_is_sent)
{
    char line[128];

    become_member();
    snprintf(line, sizeof line, "provision %s", bad_options[_i].options);
    expect_refused(line, bad_options[_i].status, bad_options[_i].word);
}
END_TEST

/* ---- long-term keys */

START_TEST(provisioning_again_registers_the_same_key)
{
    uint8_t key[65];

    become_member();
    ck_ok(agent("provision %s", server));
    memcpy(key, station.longterm_key, sizeof key);
    ck_ok(agent("provision %s", server));
    ck_assert_mem_eq(key, station.longterm_key, sizeof key);
}
END_TEST

START_TEST(nothing_is_asked_of_a_station_if_nothing_is_needed)
{
    become_member();
    ck_ok(agent("provision --if-needed %s", server));
    ck_ok(agent("provision --if-needed %s", server));
    ck_assert_int_eq(strncmp(cmdline_out, assigned, 39), 0);
    ck_assert_int_eq(station.handshakes, 1);
    ck_assert_int_eq(agent("provision --new-key --server 127.0.0.1:1"), 7);
    ck_ok(agent("provision --if-needed %s", server));
    ck_assert_int_eq(station.handshakes, 2);
}
END_TEST

START_TEST(a_new_key_replaces_the_old_one_with_its_file)
{
    char old_file[512];
    uint8_t key[65];

    become_member();
    ck_ok(agent("provision %s", server));
    memcpy(key, station.longterm_key, sizeof key);
    snprintf(old_file, sizeof old_file, "%s", status("key_file"));
    ck_ok(agent("provision --new-key %s", server));
    ck_assert_mem_ne(key, station.longterm_key, sizeof key);
    ck_assert_int_ne(access(old_file, F_OK), 0);
    ck_assert_int_eq(access(status("key_file"), F_OK), 0);
}
END_TEST

START_TEST(an_interrupted_change_of_keys_goes_on_with_the_same_new_key)
{
    char old_key[512], text[131];
    struct agent_store *store;
    struct agent_key pending;

    become_member();
    ck_ok(agent("provision %s", server));
    snprintf(old_key, sizeof old_key, "%s", status("longterm_key"));
    ck_assert_int_eq(agent("provision --new-key --server 127.0.0.1:1"), 7);
    ck_assert_str_eq(status("longterm_key"), old_key); /* the old one still counts */
    ck_assert_int_eq(agent_store_open(&store, tmpdir_file("state"), AGENT_READ, &why), XTT_OK);
    pending = agent_store_get(store)->pending;
    agent_store_close(store);
    ck_assert_str_eq(pending.kind, "software");
    ck_ok(agent(_i == 0 ? "provision %s" : "provision --new-key %s", server));
    ck_assert_mem_eq(station.longterm_key, pending.public_key, 65);
    xttd_hex_print(pending.public_key, 65, text);
    ck_assert_str_eq(status("longterm_key"), text);
}
END_TEST

START_TEST(a_new_key_nobody_took_can_be_given_up)
{
    uint8_t key[65];

    become_member();
    ck_ok(agent("provision %s", server));
    memcpy(key, station.longterm_key, sizeof key);
    ck_assert_int_eq(agent("provision --new-key --server 127.0.0.1:1"), 7);
    ck_ok(agent("provision --old-key %s", server));
    ck_assert_mem_eq(key, station.longterm_key, sizeof key);
}
END_TEST

START_TEST(a_key_file_that_was_exchanged_is_noticed)
{
    char name[512];
    uint8_t secret[32] = {1};

    become_member();
    snprintf(name, sizeof name, "%s", status("key_file"));
    ck_assert_int_eq(xttd_file_write(name, secret, 32, 0600, &why), XTT_OK);
    ck_assert_int_eq(agent("provision %s", server), 8);
    ck_says("holds another key");
}
END_TEST

static void fill(TCase *tc)
{
    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_add_test(tc, provisioning_begins_with_what_is_missing);
    tcase_add_loop_test(tc, a_refusal_has_its_reason_and_status_and_keeps_the_identity, 0,
                        N(refusals));
    tcase_add_test(tc, a_station_of_older_suites_refuses_without_a_reason);
    tcase_add_test(tc, a_station_of_another_root_is_not_trusted);
    tcase_add_test(tc, an_outdated_certificate_is_refused_unless_there_is_no_clock);
    tcase_add_test(tc, an_unreachable_station_is_7_and_the_next_one_is_asked);
    tcase_add_test(tc, a_patient_device_asks_again);
    tcase_add_test(tc, patience_ends_where_asking_again_does_not_help);
    tcase_add_loop_test(tc, bad_options_are_refused_before_anything_is_sent, 0, N(bad_options));
    tcase_add_test(tc, provisioning_again_registers_the_same_key);
    tcase_add_test(tc, nothing_is_asked_of_a_station_if_nothing_is_needed);
    tcase_add_test(tc, a_new_key_replaces_the_old_one_with_its_file);
    tcase_add_loop_test(tc, an_interrupted_change_of_keys_goes_on_with_the_same_new_key, 0, 2);
    tcase_add_test(tc, a_new_key_nobody_took_can_be_given_up);
    tcase_add_test(tc, a_key_file_that_was_exchanged_is_noticed);
}

int main(void)
{
    return run_suite("agent/cmd_provision", fill, 60);
}

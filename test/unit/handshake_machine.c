/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Tests the provisioning handshake in memory, both sides: agreement in all suites, and what happens
 * when a byte, a message, a signer, the policy or the generator goes wrong.
 */
#include "handshake/machine.h"

#include <string.h>

#include "base/bytes.h"
#include "test/support/party.h"
#include "test/support/suite.h"

static struct party p;
static struct xtt_hs *client, *server;

static const uint8_t plain_error[4] = {0x41, 0x00, 0x04, 0x01};

static void begin(uint16_t suite)
{
    party_init(&p, suite);
}

static void connect_both(void)
{
    ck_assert_int_eq(xtt_hs_new(&client, &p.client), XTT_OK);
    ck_assert_int_eq(xtt_hs_new(&server, &p.server), XTT_OK);
}

static void disconnect(void)
{
    xtt_hs_free(client);
    xtt_hs_free(server);
    client = server = NULL;
}

static void end(void)
{
    disconnect();
    party_free(&p);
}

static void begin_labelled(void)
{
    begin(0x0101);
}

static void assert_agreement(void)
{
    struct xtt_identity a, b;

    ck_assert_int_eq(xtt_hs_error(client), XTT_OK);
    ck_assert_int_eq(xtt_hs_error(server), XTT_OK);
    ck_assert_int_eq(xtt_hs_is_done(client), 1);
    ck_assert_int_eq(xtt_hs_is_done(server), 1);
    ck_assert_int_eq(xtt_hs_identity(client, &a), XTT_OK);
    ck_assert_int_eq(xtt_hs_identity(server, &b), XTT_OK);
    ck_assert_mem_eq(a.id, b.id, sizeof a.id);
    ck_assert_mem_eq(a.longterm_key, b.longterm_key, sizeof a.longterm_key);
    ck_assert_mem_eq(a.pseudonym, b.pseudonym, sizeof a.pseudonym);
    ck_assert_mem_eq(a.gid, b.gid, sizeof a.gid);
    ck_assert_uint_eq(a.suite, b.suite);
    ck_assert_ptr_null(client->secret);
    ck_assert_ptr_null(server->secret);
}

/* The client's next message to the server, or the other way round. */
static size_t next(struct xtt_hs *from, uint8_t *msg)
{
    return party_drain(from, msg, 1024);
}

static void pass(struct xtt_hs *from, struct xtt_hs *to)
{
    uint8_t msg[1024];
    size_t n = next(from, msg);

    ck_assert_uint_gt(n, 0);
    ck_assert_int_eq(party_feed(to, msg, n), XTT_OK);
}

START_TEST(both_sides_agree)
{
    static const size_t chunks[] = {0, 1, 7, 64};

    party_free(&p);
    begin(xtt_suite_list((size_t)_i));
    for (size_t c = 0; c < sizeof chunks / sizeof chunks[0]; c++) {
        connect_both();
        party_run(client, server, chunks[c]);
        assert_agreement();
        disconnect();
    }
}
END_TEST

START_TEST(a_requested_identity_comes_back)
{
    struct xtt_identity got;

    memset(p.client.requested_id, 0x77, 16);
    connect_both();
    party_run(client, server, 0);
    assert_agreement();
    ck_assert_int_eq(xtt_hs_identity(client, &got), XTT_OK);
    ck_assert_mem_eq(got.id, p.client.requested_id, 16);
}
END_TEST

START_TEST(everything_may_be_asked_again)
{
    p.on_root.again = p.on_cookie.again = p.on_group.again = p.on_assign.again = 3;
    p.server_key.again = p.longterm_key.again = 3;
    connect_both();
    party_run(client, server, 1);
    assert_agreement();
    ck_assert_int_eq(p.on_assign.calls, 4);
    ck_assert_int_eq(p.server_key.calls, 4);
}
END_TEST

START_TEST(bytes_behind_the_last_message_are_left_over)
{
    uint8_t msg[1024];
    xtt_bytes in = {msg, 0};

    connect_both();
    pass(client, server);
    pass(server, client);
    in.n = next(client, msg) + 5;
    ck_assert_int_eq(xtt_hs_feed(server, &in), XTT_OK);
    ck_assert_uint_eq(in.n, 5);
}
END_TEST

/* Every byte of ClientInit, ServerInitAndAttest, IdentityClientAttest, IdentityServerFinished. */
START_TEST(a_flipped_byte_anywhere_ends_without_an_identity)
{
    uint8_t msg[1024];
    size_t n, at = 0;

    do {
        connect_both();
        if (_i > 0)
            pass(client, server);
        if (_i > 1)
            pass(server, client);
        if (_i > 2)
            pass(client, server);
        n = next(_i % 2 == 0 ? client : server, msg);
        msg[at] ^= (uint8_t)(1u << at % 8);
        (void)!party_feed(_i % 2 == 0 ? server : client, msg, n);
        party_run(client, server, 0);
        ck_assert_msg(!xtt_hs_is_done(client), "message %d, byte %zu", _i, at);
        /* The server is done once it sent its last message; nothing else makes it so. */
        ck_assert_msg(_i == 3 || !xtt_hs_is_done(server), "message %d, byte %zu", _i, at);
        disconnect();
    } while (++at < n);
}
END_TEST

START_TEST(a_truncated_stream_is_noticed_in_every_state)
{
    for (int rounds = 0; rounds < 4; rounds++) {
        connect_both();
        for (int i = 0; i < rounds; i++)
            pass(i % 2 == 0 ? client : server, i % 2 == 0 ? server : client);
        if (rounds < 3)
            ck_assert_int_eq(xtt_hs_eof(server), XTT_ERR_TRUNCATED);
        ck_assert_int_eq(xtt_hs_eof(client), XTT_ERR_TRUNCATED);
        ck_assert_ptr_null(client->secret);
        disconnect();
    }
}
END_TEST

START_TEST(no_message_but_the_expected_one_is_taken_in_any_state)
{
    static const int expected[2][3] = {{XTT_M_CLIENT_INIT, XTT_M_ID_CLIENT_ATTEST, -1},
                                       {XTT_M_SERVER_ATTEST, XTT_M_ID_SERVER_FINISHED, -1}};

    for (int role = 0; role < 2; role++)
        for (int stage = 0; stage < 2; stage++) {
            uint8_t head[4] = {(uint8_t)_i, 0, 0, 1};
            struct xtt_layout at;
            uint8_t out[64];
            struct xtt_hs *hs;

            if (_i == expected[role][stage])
                continue;
            connect_both();
            if (stage == 1) {
                pass(client, server);
                pass(server, client);
            }
            hs = role == 0 ? server : client;
            (void)next(hs, (uint8_t[1024]){0});
            if (xtt_msg_layout((uint8_t)_i, &at))
                xtt_put16(head + 1, (uint16_t)at.size);
            (void)!party_feed(hs, head, sizeof head);
            if (_i == XTT_M_ERROR) {
                ck_assert_int_eq(xtt_hs_error(hs), XTT_ERR_PEER);
                ck_assert_uint_eq(next(hs, out), 0);
            } else if (_i == XTT_M_AUTH_ERROR) {
                ck_assert_int_eq(xtt_hs_error(hs), XTT_OK);
            } else {
                ck_assert_int_eq(xtt_hs_error(hs), XTT_ERR_MESSAGE);
                ck_assert_uint_eq(next(hs, out), 4);
                ck_assert_mem_eq(out, plain_error, 4);
            }
            disconnect();
        }
}
END_TEST

static const struct {
    const char *head;
    size_t n;
    xtt_err err;
} bad_heads[] = {
    {"\x01\x00\x46\x00", 4, XTT_ERR_VERSION}, {"\x01\x00\x46\x02", 4, XTT_ERR_VERSION},
    {"\x01\x00\x46\xff", 4, XTT_ERR_VERSION}, {"\x01\x00\x45\x01", 4, XTT_ERR_LENGTH},
    {"\x01\x00\x47\x01", 4, XTT_ERR_LENGTH},  {"\x01\x00\x00\x01", 4, XTT_ERR_LENGTH},
    {"\x01\x02\xee\x01", 4, XTT_ERR_LENGTH},  {"\x01\xff\xff\x01", 4, XTT_ERR_LENGTH},
    {"\x41\x00\x05\x01", 4, XTT_ERR_LENGTH},  {"\x42\x00\x04\x01", 4, XTT_ERR_LENGTH},
};

START_TEST(a_bad_header_is_refused_at_four_bytes)
{
    uint8_t out[64];

    connect_both();
    ck_assert_int_eq(party_feed(server, (const uint8_t *)bad_heads[_i].head, bad_heads[_i].n),
                     bad_heads[_i].err);
    if (bad_heads[_i].head[0] == 1) {
        ck_assert_uint_eq(next(server, out), 4);
        ck_assert_mem_eq(out, plain_error, 4);
    } else {
        ck_assert_uint_eq(next(server, out), 0);
    }
    ck_assert_int_eq(party_feed(server, (const uint8_t *)"x", 1), bad_heads[_i].err);
    ck_assert_int_eq(xtt_hs_want(server), XTT_WANT_NOTHING);
}
END_TEST

START_TEST(a_suite_that_is_not_enabled_is_refused)
{
    static const uint16_t bad[] = {0, 5, 6, 7, 0x0100, 0x0102, 0x0001, 0xffff};
    uint8_t msg[1024];

    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        connect_both();
        ck_assert_uint_eq(next(client, msg), 70);
        xtt_put16(msg + 4, bad[i]);
        ck_assert_int_eq(party_feed(server, msg, 70), XTT_ERR_SUITE);
        ck_assert_int_eq(p.on_cookie.calls, 0);
        disconnect();
    }
}
END_TEST

START_TEST(a_share_of_low_order_is_refused_and_nothing_is_sealed)
{
    uint8_t msg[1024], out[1024];

    connect_both();
    (void)next(client, msg);
    memset(msg + 38, 0, 32);
    ck_assert_int_eq(party_feed(server, msg, 70), XTT_ERR_DH);
    ck_assert_uint_eq(next(server, out), 4);
    ck_assert_int_eq(p.server_key.calls, 0);
    disconnect();
    connect_both();
    pass(client, server);
    (void)next(server, msg);
    memset(msg + 6, 0, 32);
    ck_assert_int_eq(party_feed(client, msg, 417), XTT_ERR_DH);
}
END_TEST

START_TEST(every_flipped_cookie_byte_is_refused_before_anything_is_opened)
{
    uint8_t msg[1024];

    for (size_t i = 0; i < XTT_COOKIE_SIZE; i++) {
        connect_both();
        pass(client, server);
        pass(server, client);
        (void)next(client, msg);
        msg[6 + i] ^= 1;
        ck_assert_int_eq(party_feed(server, msg, 750), XTT_ERR_COOKIE);
        disconnect();
    }
}
END_TEST

START_TEST(a_root_that_is_not_trusted_learns_nothing_of_the_client)
{
    uint8_t out[1024];

    p.on_root.answer = XTT_ERR_CERTIFICATE;
    connect_both();
    pass(client, server);
    party_run(server, client, 0);
    ck_assert_int_eq(xtt_hs_error(client), XTT_ERR_CERTIFICATE);
    ck_assert_int_eq(p.longterm_key.calls, 0);
    ck_assert_int_eq(xtt_hs_error(server), XTT_ERR_PEER);
    ck_assert_uint_eq(next(server, out), 0);
}
END_TEST

START_TEST(a_certificate_out_of_date_is_refused_by_labelled_suites)
{
    p.client.now = PARTY_NOW + 1000;
    connect_both();
    party_run(client, server, 0);
    ck_assert_int_eq(xtt_hs_error(client), XTT_ERR_CERTIFICATE);
    disconnect();
    p.client.now = 0;
    connect_both();
    party_run(client, server, 0);
    assert_agreement();
}
END_TEST

START_TEST(a_server_without_the_certified_key_is_refused)
{
    struct xtt_signer *certified = p.server_key.inner;

    p.server_key.inner = p.longterm_key.inner;
    connect_both();
    party_run(client, server, 0);
    ck_assert_int_eq(xtt_hs_error(client), XTT_ERR_SERVER_SIGNATURE);
    ck_assert_int_eq(p.longterm_key.calls, 0);
    p.server_key.inner = certified;
}
END_TEST

/* What the server's policy says reaches the client by name in the labelled family only. */
static const xtt_err refusals[] = {XTT_ERR_ID,          XTT_ERR_ID_CONFLICT, XTT_ERR_REVOKED,
                                   XTT_ERR_QUARANTINED, XTT_ERR_NO_ID,       XTT_ERR_OVERLOAD};

START_TEST(a_refusal_is_named_to_the_client)
{
    p.on_assign.answer = refusals[_i];
    connect_both();
    party_run(client, server, 0);
    ck_assert_int_eq(xtt_hs_error(server), refusals[_i]);
    ck_assert_int_eq(xtt_hs_error(client), refusals[_i]);
}
END_TEST

START_TEST(the_deployed_family_hears_a_plain_error)
{
    party_free(&p);
    begin(0x0001);
    p.on_assign.answer = XTT_ERR_REVOKED;
    connect_both();
    party_run(client, server, 0);
    ck_assert_int_eq(xtt_hs_error(server), XTT_ERR_REVOKED);
    ck_assert_int_eq(xtt_hs_error(client), XTT_ERR_PEER);
}
END_TEST

START_TEST(an_error_of_the_stations_own_is_internal_to_the_client)
{
    p.on_assign.answer = XTT_ERR_HSM_PIN;
    connect_both();
    party_run(client, server, 0);
    ck_assert_int_eq(xtt_hs_error(server), XTT_ERR_HSM_PIN);
    ck_assert_int_eq(xtt_hs_error(client), XTT_ERR_INTERNAL);
}
END_TEST

static void to_auth_error(uint8_t alert[24])
{
    p.on_assign.answer = XTT_ERR_REVOKED;
    connect_both();
    pass(client, server);
    pass(server, client);
    {
        uint8_t msg[1024];
        size_t n = next(client, msg);

        ck_assert_int_eq(party_feed(server, msg, n), XTT_ERR_REVOKED);
    }
    ck_assert_uint_eq(next(server, alert), 24);
}

START_TEST(an_auth_error_with_any_flipped_bit_says_nothing)
{
    uint8_t alert[1024], out[64];

    for (size_t bit = 48; bit < 8 * 24; bit++) {
        to_auth_error(alert);
        alert[bit / 8] ^= (uint8_t)(1u << bit % 8);
        ck_assert_int_eq(party_feed(client, alert, 24), XTT_ERR_DECRYPT);
        ck_assert_uint_eq(next(client, out), 0);
        disconnect();
    }
}
END_TEST

START_TEST(an_auth_error_before_the_attest_is_unexpected)
{
    uint8_t alert[1024];

    to_auth_error(alert);
    disconnect();
    connect_both();
    (void)next(client, (uint8_t[1024]){0});
    ck_assert_int_eq(party_feed(client, alert, 24), XTT_ERR_MESSAGE);
    ck_assert_int_eq(party_feed(server, alert, 24), XTT_ERR_MESSAGE);
}
END_TEST

/* A client's attest, opened, changed by the test and sealed again with the client's own keys. */
static xtt_err send_changed_attest(enum xtt_field field, size_t at, uint8_t mask)
{
    uint8_t wire[1024];
    xtt_err err;

    connect_both();
    pass(client, server);
    pass(server, client);
    (void)next(client, wire);
    client->secret->c2s.seq = 0;
    xtt_msg_field(client->t.client, field)[at] ^= mask;
    ck_assert_int_eq(xtt_keys_seal(&client->secret->c2s, client->t.suite, client->t.client, wire),
                     XTT_OK);
    err = party_feed(server, wire, 750);
    disconnect();
    return err;
}

START_TEST(each_field_of_the_attest_is_covered)
{
    ck_assert_int_eq(send_changed_attest(XTT_F_LT_PUB, 0, 6), XTT_ERR_CLIENT_SIGNATURE);
    ck_assert_int_eq(send_changed_attest(XTT_F_LT_PUB, 1, 1), XTT_ERR_CLIENT_SIGNATURE);
    ck_assert_int_eq(send_changed_attest(XTT_F_GROUP, 0, 1), XTT_ERR_CLIENT_SIGNATURE);
    ck_assert_int_eq(send_changed_attest(XTT_F_ID, 15, 1), XTT_ERR_CLIENT_SIGNATURE);
    ck_assert_int_eq(send_changed_attest(XTT_F_LT_SIG, 63, 1), XTT_ERR_CLIENT_SIGNATURE);
    for (size_t at = 0; at < XTT_DAA_SIG_SIZE; at += 13)
        ck_assert_int_eq(send_changed_attest(XTT_F_DAA_SIG, at, 1), XTT_ERR_GROUP_SIGNATURE);
    ck_assert_int_eq(p.on_assign.calls, 0);
}
END_TEST

START_TEST(an_unknown_group_is_refused)
{
    p.gid[0] ^= 1;
    connect_both();
    party_run(client, server, 0);
    ck_assert_int_eq(xtt_hs_error(server), XTT_ERR_GROUP);
    ck_assert_int_eq(xtt_hs_error(client), XTT_ERR_GROUP);
}
END_TEST

/* A server's last message made by the test with the server's own keys. */
static xtt_err send_finished(const uint8_t id[16], uint8_t key_mask)
{
    uint8_t msg[1024], wire[1024];
    xtt_err err;

    p.on_assign.again = 1;
    connect_both();
    pass(client, server);
    pass(server, client);
    pass(client, server);
    xtt_msg_init(msg, XTT_M_ID_SERVER_FINISHED, p.suite);
    memcpy(msg + 6, id, 16);
    memcpy(msg + 22, xtt_msg_field(client->t.client, XTT_F_LT_PUB), 65);
    msg[22 + 64] ^= key_mask;
    ck_assert_int_eq(xtt_keys_seal(&server->secret->s2c, server->t.suite, msg, wire), XTT_OK);
    err = party_feed(client, wire, 103);
    disconnect();
    return err;
}

START_TEST(a_finish_with_another_identity_or_key_is_refused)
{
    static const uint8_t none[16], mine[16] = {1}, other[16] = {2};

    ck_assert_int_eq(send_finished(mine, 0), XTT_OK);
    ck_assert_int_eq(send_finished(none, 0), XTT_ERR_FINISH);
    ck_assert_int_eq(send_finished(mine, 1), XTT_ERR_FINISH);
    memcpy(p.client.requested_id, mine, 16);
    ck_assert_int_eq(send_finished(mine, 0), XTT_OK);
    ck_assert_int_eq(send_finished(other, 0), XTT_ERR_FINISH);
}
END_TEST

START_TEST(no_draw_of_randomness_may_fail_unnoticed)
{
    int client_draws, server_draws;

    connect_both();
    party_run(client, server, 0);
    assert_agreement();
    client_draws = p.client_rng.draws;
    server_draws = p.server_rng.draws;
    disconnect();
    ck_assert_int_gt(client_draws, 2);
    ck_assert_int_gt(server_draws, 1);
    for (int n = 1; n <= client_draws + server_draws; n++) {
        p.client_rng.draws = p.server_rng.draws = 0;
        p.client_rng.fail_at = n <= client_draws ? n : 0;
        p.server_rng.fail_at = n > client_draws ? n - client_draws : 0;
        if (xtt_hs_new(&client, &p.client) == XTT_ERR_RNG)
            continue;
        ck_assert_int_eq(xtt_hs_new(&server, &p.server), XTT_OK);
        party_run(client, server, 0);
        ck_assert_int_eq(xtt_hs_error(n <= client_draws ? client : server), XTT_ERR_RNG);
        ck_assert_int_eq(xtt_hs_is_done(client), 0);
        disconnect();
    }
}
END_TEST

START_TEST(a_failing_signer_ends_its_own_side_with_its_own_error)
{
    p.server_key.answer = XTT_ERR_HSM;
    connect_both();
    party_run(client, server, 0);
    ck_assert_int_eq(xtt_hs_error(server), XTT_ERR_HSM);
    ck_assert_int_eq(xtt_hs_error(client), XTT_ERR_PEER);
    disconnect();
    p.server_key.answer = XTT_OK;
    p.longterm_key.answer = XTT_ERR_TPM_KEY;
    connect_both();
    party_run(client, server, 0);
    ck_assert_int_eq(xtt_hs_error(client), XTT_ERR_TPM_KEY);
    ck_assert_int_eq(xtt_hs_error(server), XTT_ERR_PEER);
}
END_TEST

START_TEST(an_arena_is_shared_and_empty_again_afterwards)
{
    struct xtt_arena *arena;
    void *a, *b;

    ck_assert_int_eq(xtt_arena_new(&arena, xtt_hs_secret_size(), 2), XTT_OK);
    p.client.arena = p.server.arena = arena;
    connect_both();
    ck_assert_ptr_null(xtt_arena_get(arena, 1));
    party_run(client, server, 0);
    assert_agreement();
    a = xtt_arena_get(arena, xtt_hs_secret_size());
    b = xtt_arena_get(arena, xtt_hs_secret_size());
    ck_assert_ptr_nonnull(a);
    ck_assert_ptr_nonnull(b);
    ck_assert(xtt_ct_is_zero(a, xtt_hs_secret_size()));
    ck_assert(xtt_ct_is_zero(b, xtt_hs_secret_size()));
    disconnect();
    ck_assert_int_eq(xtt_hs_new(&client, &p.client), XTT_ERR_NOMEM);
    xtt_arena_free(arena);
}
END_TEST

START_TEST(a_configuration_that_lacks_something_is_refused)
{
    struct xtt_hs_config bad;
    struct xtt_hs *hs = NULL;
    const uint16_t unknown = 5;

#define REFUSED(base, change, answer)                                                              \
    do {                                                                                           \
        bad = base;                                                                                \
        change;                                                                                    \
        ck_assert_int_eq(xtt_hs_new(&hs, &bad), answer);                                           \
        ck_assert_ptr_null(hs);                                                                    \
    } while (0)
    REFUSED(p.client, bad.policy = NULL, XTT_ERR_ARGUMENT);
    REFUSED(p.client, bad.member = NULL, XTT_ERR_ARGUMENT);
    REFUSED(p.client, bad.longterm_key = NULL, XTT_ERR_ARGUMENT);
    REFUSED(p.client, bad.n_suites = 0, XTT_ERR_ARGUMENT);
    REFUSED(p.client, bad.suites = &unknown, XTT_ERR_SUITE);
    REFUSED(p.server, bad.server_key = NULL, XTT_ERR_ARGUMENT);
    REFUSED(p.server, bad.certificate = NULL, XTT_ERR_ARGUMENT);
    REFUSED(p.server, bad.policy = &p.client_policy, XTT_ERR_ARGUMENT);
    p.member.basename.n = 0;
    REFUSED(p.client, (void)0, XTT_ERR_BASENAME);
    p.member.basename.n = 65;
    REFUSED(p.client, (void)0, XTT_ERR_BASENAME);
#undef REFUSED
}
END_TEST

static void fill(TCase *tc)
{
    tcase_add_checked_fixture(tc, begin_labelled, end);
    tcase_add_loop_test(tc, both_sides_agree, 0, 8);
    tcase_add_test(tc, a_requested_identity_comes_back);
    tcase_add_test(tc, everything_may_be_asked_again);
    tcase_add_test(tc, bytes_behind_the_last_message_are_left_over);
    tcase_add_loop_test(tc, a_flipped_byte_anywhere_ends_without_an_identity, 0, 4);
    tcase_add_test(tc, a_truncated_stream_is_noticed_in_every_state);
    tcase_add_loop_test(tc, no_message_but_the_expected_one_is_taken_in_any_state, 0, 256);
    tcase_add_loop_test(tc, a_bad_header_is_refused_at_four_bytes, 0,
                        (int)(sizeof bad_heads / sizeof bad_heads[0]));
    tcase_add_test(tc, a_suite_that_is_not_enabled_is_refused);
    tcase_add_test(tc, a_share_of_low_order_is_refused_and_nothing_is_sealed);
    tcase_add_test(tc, every_flipped_cookie_byte_is_refused_before_anything_is_opened);
    tcase_add_test(tc, a_root_that_is_not_trusted_learns_nothing_of_the_client);
    tcase_add_test(tc, a_certificate_out_of_date_is_refused_by_labelled_suites);
    tcase_add_test(tc, a_server_without_the_certified_key_is_refused);
    tcase_add_loop_test(tc, a_refusal_is_named_to_the_client, 0,
                        (int)(sizeof refusals / sizeof refusals[0]));
    tcase_add_test(tc, the_deployed_family_hears_a_plain_error);
    tcase_add_test(tc, an_error_of_the_stations_own_is_internal_to_the_client);
    tcase_add_test(tc, an_auth_error_with_any_flipped_bit_says_nothing);
    tcase_add_test(tc, an_auth_error_before_the_attest_is_unexpected);
    tcase_add_test(tc, each_field_of_the_attest_is_covered);
    tcase_add_test(tc, an_unknown_group_is_refused);
    tcase_add_test(tc, a_finish_with_another_identity_or_key_is_refused);
    tcase_add_test(tc, no_draw_of_randomness_may_fail_unnoticed);
    tcase_add_test(tc, a_failing_signer_ends_its_own_side_with_its_own_error);
    tcase_add_test(tc, an_arena_is_shared_and_empty_again_afterwards);
    tcase_add_test(tc, a_configuration_that_lacks_something_is_refused);
}

int main(void)
{
    return run_suite("handshake/machine", fill, 60);
}

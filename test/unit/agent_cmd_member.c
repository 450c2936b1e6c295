/* SPDX-License-Identifier: Apache-2.0 */
/* Tests agent/cmd_member.c: requests, and what may be imported. */
#include "test/support/agent.h"

START_TEST(a_request_proves_its_nonce)
{
    struct xttd_request_paper request;
    uint8_t raw[XTT_DAA_MEMBER_KEY_SIZE];

    ck_ok(agent("init"));
    ck_ok(agent("member request --nonce 6E6f6e6365 --out @request"));
    ck_assert_int_eq(xttd_paper_read(XTTD_PAPER_REQUEST, tmpdir_file("request"), &request, &why),
                     XTT_OK);
    ck_assert_int_eq(xtt_daa_join_check(request.member_key, (xtt_bytes){(uint8_t *)"nonce", 5}),
                     XTT_OK);
    ck_assert_int_ne(xtt_daa_join_check(request.member_key, (xtt_bytes){(uint8_t *)"nonse", 5}),
                     XTT_OK);
    ck_assert_str_eq(request.kind, "software");
    ck_ok(agent("member request --nonce-text nonce --raw --out @raw"));
    ck_assert_int_eq(xttd_file_read_exactly(tmpdir_file("raw"), raw, sizeof raw, &why), XTT_OK);
    ck_assert_int_eq(xtt_daa_join_check(raw, (xtt_bytes){(uint8_t *)"nonce", 5}), XTT_OK);
}
END_TEST

static const struct {
    const char *line;
    int status;
} bad_requests[] = {
    {"member request --out @request", 2},
    {"member request --nonce 00 --nonce-text x --out @request", 2},
    {"member request --nonce 0 --out @request", 2},
    {"member request --nonce xx --out @request", 2},
    {"member request --nonce 00", 2},
    {"member request --nonce 00 --out @none/request", 1},
};

START_TEST(a_request_that_cannot_be_made_says_so)
{
    ck_assert_int_eq(agent("member request --nonce 00 --out @request"), 1);
    ck_says("xtt-agent init");
    ck_ok(agent("init"));
    ck_assert_int_eq(agent(bad_requests[_i].line), bad_requests[_i].status);
    ck_assert_int_ne(access(tmpdir_file("request"), F_OK), 0);
}
END_TEST

/* ---- imports */

static const struct {
    const char *line, *word;
} incomplete[] = {
    {"member import", "--credential"},
    {"member import --credential @credential --group @group", "--root"},
    {"member import --credential @credential --root @root", "--group"},
    {"member import --raw-credential @raw-credential --raw-group-key @gpk --raw-root @raw-root",
     "--raw-basename"},
    {"member import --raw-secret @secret", "--raw-secret"},
    {IMPORT " --raw-root @raw-root", "do not go together"},
    {IMPORT " --raw-secret @secret", "--raw-secret"},
};

START_TEST(an_incomplete_import_names_what_is_missing)
{
    become_keyed();
    expect_refused(incomplete[_i].line, 2, incomplete[_i].word);
}
END_TEST

static const struct {
    const char *file;
    size_t right;
} sizes[] = {{"raw-credential", 260}, {"gpk", 258}, {"raw-root", 81}, {"signature", 64}};

START_TEST(a_raw_file_of_another_size_is_refused_with_both_sizes)
{
    static const uint8_t zeros[300];
    char word[64];
    size_t right = sizes[_i / 2].right, wrong = right - 1 + 2 * (size_t)(_i % 2);

    become_keyed();
    ck_assert_int_eq(xttd_file_write(tmpdir_file(sizes[_i / 2].file), zeros, wrong, 0600, &why),
                     XTT_OK);
    snprintf(word, sizeof word, "%s has %zu bytes where %zu are needed", sizes[_i / 2].file, wrong,
             right);
    expect_refused(IMPORT_RAW " --signature @signature", 1, word);
}
END_TEST

START_TEST(a_basename_must_have_1_to_64_bytes)
{
    static const char long_one[] =
        "12345678901234567890123456789012345678901234567890123456789012345";

    become_keyed();
    tmpdir_write("basename", "");
    expect_refused(IMPORT_RAW, 2, "basename");
    tmpdir_write("basename", long_one);
    expect_refused(IMPORT_RAW, 1, "longer than 64");
}
END_TEST

/* Flips one bit of a file. */
static void damage(const char *name, size_t at)
{
    uint8_t *data;
    size_t n;

    ck_assert_int_eq(xttd_file_read(tmpdir_file(name), 4096, &data, &n, &why), XTT_OK);
    ck_assert_uint_lt(at, n);
    data[at] ^= 1;
    ck_assert_int_eq(xttd_file_write(tmpdir_file(name), data, n, 0600, &why), XTT_OK);
    xttd_file_free(data, n);
}

START_TEST(a_credential_with_a_flipped_bit_is_refused)
{
    static const size_t places[] = {0, 5, 64, 70, 129, 194, 200, 259};

    become_keyed();
    damage("raw-credential", places[_i]);
    expect_refused(IMPORT_RAW, 8, "credential");
}
END_TEST

START_TEST(a_credential_signature_with_a_flipped_bit_is_refused)
{
    become_keyed();
    damage("signature", (size_t)(_i * 21));
    expect_refused(IMPORT_RAW " --signature @signature", 8, "credential");
    expect_refused(IMPORT " --signature @signature", 8, "not the signature");
}
END_TEST

START_TEST(a_credential_for_another_member_key_is_refused)
{
    become_keyed();
    ck_ok(agent("init --new"));
    expect_refused(IMPORT, 8, "does not fit");
    expect_refused(IMPORT_RAW, 8, "does not fit");
}
END_TEST

START_TEST(a_credential_of_another_group_is_refused)
{
    struct xttd_group_paper group;
    uint8_t secret[64], issuer[354];

    become_keyed();
    ck_assert_int_eq(xttd_paper_read(XTTD_PAPER_GROUP, tmpdir_file("group"), &group, &why), XTT_OK);
    ck_assert_int_eq(xtt_daa_issuer_new(NULL, secret, issuer), XTT_OK);
    memcpy(group.group_key, issuer, sizeof group.group_key);
    ck_assert_int_eq(xttd_paper_write(XTTD_PAPER_GROUP, &group, tmpdir_file("group"), &why),
                     XTT_OK);
    expect_refused(IMPORT, 1, "the gid of group party");
    ck_assert_int_eq(xtt_daa_gid(issuer, (xtt_bytes){group.basename, group.basename_n}, group.gid),
                     XTT_OK);
    ck_assert_int_eq(xttd_paper_write(XTTD_PAPER_GROUP, &group, tmpdir_file("group"), &why),
                     XTT_OK);
    expect_refused(IMPORT, 8, "is not for the group");
    ck_assert_int_eq(xttd_file_write(tmpdir_file("gpk"), issuer, 258, 0600, &why), XTT_OK);
    expect_refused(IMPORT_RAW, 8, "does not fit");
}
END_TEST

START_TEST(points_that_are_none_are_refused)
{
    become_keyed();
    damage("gpk", 40);
    expect_refused(IMPORT_RAW, 1, "group key");
    issue();
    damage("raw-root", 40);
    expect_refused(IMPORT_RAW, 1, "raw-root");
}
END_TEST

START_TEST(a_paper_in_the_wrong_place_is_named)
{
    become_keyed();
    expect_refused("member import --credential @group --group @group --root @root", 1,
                   "no file of type xtt-credential but xtt-group");
    expect_refused("member import --credential @none --group @group --root @root", 1, "none");
}
END_TEST

START_TEST(raw_files_make_a_member_too)
{
    become_keyed();
    ck_ok(agent(IMPORT_RAW " --signature @signature"));
    ck_assert_str_eq(status("state"), "member");
    ck_ok(agent("provision %s", server));
    ck_assert_int_eq(station.handshakes, 1);
}
END_TEST

static void write_secret(void)
{
    uint8_t secret[32], q[65];
    struct xtt_gsigner *g;

    ck_assert_int_eq(xtt_daa_secret_new(NULL, secret), XTT_OK);
    ck_assert_int_eq(xtt_daa_soft_new(&g, secret, NULL), XTT_OK);
    ck_assert_int_eq(g->ops->public_key(g, q), XTT_OK);
    g->ops->free(g);
    ck_assert_int_eq(xttd_file_write(tmpdir_file("secret"), secret, 32, 0600, &why), XTT_OK);
    become_keyed();
    {
        uint8_t credential[260], signature[64];

        ck_assert_int_eq(xtt_daa_issue(station.party.issuer_secret, q, NULL, credential, signature),
                         XTT_OK);
        ck_assert_int_eq(
            xttd_file_write(tmpdir_file("raw-credential"), credential, 260, 0600, &why), XTT_OK);
    }
}

START_TEST(a_member_secret_made_elsewhere_is_taken)
{
    write_secret();
    expect_refused(IMPORT_RAW, 8, "does not fit"); /* it is not for the device's own key */
    ck_ok(agent(IMPORT_RAW " --raw-secret @secret"));
    ck_ok(agent("provision %s", server));
}
END_TEST

START_TEST(a_member_secret_needs_the_configurations_word)
{
    write_secret();
    configure("");
    expect_refused(IMPORT_RAW " --raw-secret @secret", 6, "key = software");
}
END_TEST

START_TEST(a_member_secret_of_zero_is_none)
{
    static const uint8_t zero[32];

    write_secret();
    ck_assert_int_eq(xttd_file_write(tmpdir_file("secret"), zero, 32, 0600, &why), XTT_OK);
    expect_refused(IMPORT_RAW " --raw-secret @secret", 1, "scalar");
}
END_TEST

static void fill(TCase *tc)
{
    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_add_test(tc, a_request_proves_its_nonce);
    tcase_add_loop_test(tc, a_request_that_cannot_be_made_says_so, 0, N(bad_requests));
    tcase_add_loop_test(tc, an_incomplete_import_names_what_is_missing, 0, N(incomplete));
    tcase_add_loop_test(tc, a_raw_file_of_another_size_is_refused_with_both_sizes, 0, 8);
    tcase_add_test(tc, a_basename_must_have_1_to_64_bytes);
    tcase_add_loop_test(tc, a_credential_with_a_flipped_bit_is_refused, 0, 8);
    tcase_add_loop_test(tc, a_credential_signature_with_a_flipped_bit_is_refused, 0, 4);
    tcase_add_test(tc, a_credential_for_another_member_key_is_refused);
    tcase_add_test(tc, a_credential_of_another_group_is_refused);
    tcase_add_test(tc, points_that_are_none_are_refused);
    tcase_add_test(tc, a_paper_in_the_wrong_place_is_named);
    tcase_add_test(tc, raw_files_make_a_member_too);
    tcase_add_test(tc, a_member_secret_made_elsewhere_is_taken);
    tcase_add_test(tc, a_member_secret_needs_the_configurations_word);
    tcase_add_test(tc, a_member_secret_of_zero_is_none);
}

int main(void)
{
    return run_suite("agent/cmd_member", fill, 60);
}

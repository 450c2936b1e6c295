/* SPDX-License-Identifier: Apache-2.0 */
/* Tests daemon/paper.c: the files that station and agent exchange. */
#include "daemon/paper.h"

#include "daemon/hex.h"
#include "test/support/suite.h"
#include "test/support/tmpdir.h"

static struct xttd_fail why;
static struct xttd_group_paper group;

static void setup(void)
{
    why = (struct xttd_fail){0};
    memset(&group, 0, sizeof group);
    strcpy(group.name, "line-1.blue");
    memset(group.group_key, 0xab, sizeof group.group_key);
    memcpy(group.basename, "base", 4);
    group.basename_n = 4;
    memset(group.gid, 3, sizeof group.gid);
}

static xtt_err decode(enum xttd_paper kind, const char *text, void *paper)
{
    return xttd_paper_decode(kind, (const uint8_t *)text, strlen(text), "a.json", paper, &why);
}

START_TEST(a_group_comes_back)
{
    struct xttd_group_paper got;
    char *text;

    ck_assert_int_eq(xttd_paper_encode(XTTD_PAPER_GROUP, &group, &text, &why), XTT_OK);
    ck_assert_int_eq(decode(XTTD_PAPER_GROUP, text, &got), XTT_OK);
    free(text);
    ck_assert_str_eq(got.name, "line-1.blue");
    ck_assert_mem_eq(got.group_key, group.group_key, sizeof got.group_key);
    ck_assert_uint_eq(got.basename_n, 4);
    ck_assert_mem_eq(got.basename, "base", 4);
    ck_assert_mem_eq(got.gid, group.gid, sizeof got.gid);
}
END_TEST

START_TEST(the_other_papers_come_back_from_files)
{
    struct xttd_root_paper root = {{1}, {2}}, root_got;
    struct xttd_request_paper request = {{4}, "software"}, request_got;
    struct xttd_credential_paper credential = {{5}, {6}, {7}}, credential_got;
    char path[128];

    tmpdir_make();
    snprintf(path, sizeof path, "%s/paper", tmpdir_path);
    ck_assert_int_eq(xttd_paper_write(XTTD_PAPER_ROOT, &root, path, &why), XTT_OK);
    ck_assert_int_eq(xttd_paper_read(XTTD_PAPER_ROOT, path, &root_got, &why), XTT_OK);
    ck_assert_mem_eq(&root_got, &root, sizeof root);
    ck_assert_int_eq(xttd_paper_read(XTTD_PAPER_REQUEST, path, &request_got, &why), XTT_ERR_FORMAT);
    ck_assert_ptr_nonnull(strstr(why.message, "xtt-member-request but xtt-root"));

    ck_assert_int_eq(xttd_paper_write(XTTD_PAPER_REQUEST, &request, path, &why), XTT_OK);
    ck_assert_int_eq(xttd_paper_read(XTTD_PAPER_REQUEST, path, &request_got, &why), XTT_OK);
    ck_assert_mem_eq(request_got.member_key, request.member_key, sizeof request.member_key);
    ck_assert_str_eq(request_got.kind, "software");

    ck_assert_int_eq(xttd_paper_write(XTTD_PAPER_CREDENTIAL, &credential, path, &why), XTT_OK);
    ck_assert_int_eq(xttd_paper_read(XTTD_PAPER_CREDENTIAL, path, &credential_got, &why), XTT_OK);
    ck_assert_mem_eq(&credential_got, &credential, sizeof credential);
    tmpdir_remove();
    ck_assert_int_eq(xttd_paper_read(XTTD_PAPER_ROOT, path, &root_got, &why), XTT_ERR_NOT_FOUND);
}
END_TEST

START_TEST(the_keys_are_the_documented_ones)
{
    char *text;

    ck_assert_int_eq(xttd_paper_encode(XTTD_PAPER_GROUP, &group, &text, &why), XTT_OK);
    ck_assert_ptr_nonnull(strstr(text, "\"schema\": 1"));
    ck_assert_ptr_nonnull(strstr(text, "\"type\": \"xtt-group\""));
    ck_assert_ptr_nonnull(strstr(text, "\"name\": \"line-1.blue\""));
    ck_assert_ptr_nonnull(strstr(text, "\"basename\": \"62617365\""));
    free(text);
}
END_TEST

/* A root paper with one thing changed: the text is put together from its parts. */
#define ID  "00112233445566778899aabbccddeeff"
#define K16 "0404040404040404"
#define KEY K16 K16 K16 K16 K16 K16 K16 K16 "04"

static const char good[] =
    "{\"schema\":1,\"type\":\"xtt-root\",\"root_id\":\"" ID "\",\"public_key\":\"" KEY "\"}";

static const char *const bad[] = {
    "",
    "[]",
    "null",
    "{",
    "{}",
    "{\"schema\":2,\"type\":\"xtt-root\",\"root_id\":\"" ID "\",\"public_key\":\"" KEY "\"}",
    "{\"schema\":\"1\",\"type\":\"xtt-root\",\"root_id\":\"" ID "\",\"public_key\":\"" KEY "\"}",
    "{\"type\":\"xtt-root\",\"root_id\":\"" ID "\",\"public_key\":\"" KEY "\"}",
    "{\"schema\":1,\"type\":\"xtt-roots\",\"root_id\":\"" ID "\",\"public_key\":\"" KEY "\"}",
    "{\"schema\":1,\"root_id\":\"" ID "\",\"public_key\":\"" KEY "\"}",
    "{\"schema\":1,\"type\":\"xtt-root\",\"root_id\":\"" ID "\"}",
    "{\"schema\":1,\"type\":\"xtt-root\",\"root_id\":\"" ID "00\",\"public_key\":\"" KEY "\"}",
    "{\"schema\":1,\"type\":\"xtt-root\",\"root_id\":\"\",\"public_key\":\"" KEY "\"}",
    "{\"schema\":1,\"type\":\"xtt-root\",\"root_id\":\"zz\",\"public_key\":\"" KEY "\"}",
    "{\"schema\":1,\"type\":\"xtt-root\",\"root_id\":17,\"public_key\":\"" KEY "\"}",
    "{\"schema\":1,\"type\":\"xtt-root\",\"root_id\":\"" ID "\",\"public_key\":\"" KEY
    "\",\"more\":1}",
    "{\"schema\":1,\"type\":\"xtt-root\",\"root_id\":\"" ID "\",\"root_id\":\"" ID
    "\",\"public_key\":\"" KEY "\"}",
    "{\"schema\":1,\"type\":\"xtt-root\",\"root_id\":\"" ID "\",\"public_key\":\"" KEY "\"} x",
};

START_TEST(refuses_anything_else_and_leaves_the_struct_alone)
{
    struct xttd_root_paper root;

    memset(&root, 9, sizeof root);
    ck_assert_int_eq(decode(XTTD_PAPER_ROOT, bad[_i], &root), XTT_ERR_FORMAT);
    ck_assert_uint_eq(root.root_id[0], 9);
    ck_assert_ptr_nonnull(strstr(why.message, "a.json"));
}
END_TEST

START_TEST(the_root_that_the_bad_ones_vary_is_good)
{
    struct xttd_root_paper root;

    ck_assert_int_eq(decode(XTTD_PAPER_ROOT, good, &root), XTT_OK);
    ck_assert_uint_eq(root.root_id[15], 0xff);
    ck_assert_uint_eq(root.public_key[64], 0x04);
}
END_TEST

static const char *const bad_names[] = {
    "",      "a b",      "a/b",
    "..\\n", "\xc3\xa4", "x1234567890123456789012345678901234567890123456789012345678901234"};

START_TEST(refuses_group_names_that_could_confuse)
{
    struct xttd_group_paper got;
    char key[2 * 258 + 1], whole[2048];

    xttd_hex_print(group.group_key, 258, key);
    snprintf(whole, sizeof whole,
             "{\"schema\":1,\"type\":\"xtt-group\",\"name\":\"%s\",\"group_key\":\"%s\","
             "\"basename\":\"00\",\"gid\":\"" ID ID "\"}",
             bad_names[_i], key);
    ck_assert_int_eq(decode(XTTD_PAPER_GROUP, whole, &got), XTT_ERR_FORMAT);
    ck_assert_ptr_nonnull(strstr(why.message, "\"name\""));
}
END_TEST

START_TEST(a_basename_has_1_to_64_bytes)
{
    struct xttd_group_paper got;
    char key[2 * 258 + 1], base[132], whole[2048];
    static const size_t sizes[] = {0, 1, 64, 65};

    xttd_hex_print(group.group_key, 258, key);
    memset(base, 'a', 2 * sizes[_i]);
    base[2 * sizes[_i]] = '\0';
    snprintf(whole, sizeof whole,
             "{\"schema\":1,\"type\":\"xtt-group\",\"name\":\"g\",\"group_key\":\"%s\","
             "\"basename\":\"%s\",\"gid\":\"" ID ID "\"}",
             key, base);
    ck_assert_int_eq(decode(XTTD_PAPER_GROUP, whole, &got),
                     _i == 1 || _i == 2 ? XTT_OK : XTT_ERR_FORMAT);
    if (_i == 2)
        ck_assert_uint_eq(got.basename_n, 64);
}
END_TEST

static const char *const bad_kinds[] = {"", "hsm", "tpm|software", "|", "soft", "softwares"};

START_TEST(a_member_key_is_of_a_known_kind)
{
    struct xttd_request_paper got, request = {{4}, "tpm"};
    char *text, whole[1024], *at;

    ck_assert_int_eq(xttd_paper_encode(XTTD_PAPER_REQUEST, &request, &text, &why), XTT_OK);
    ck_assert_int_eq(decode(XTTD_PAPER_REQUEST, text, &got), XTT_OK);
    at = strstr(text, "\"tpm\"");
    snprintf(whole, sizeof whole, "%.*s\"%s\"}", (int)(at - text), text, bad_kinds[_i]);
    free(text);
    ck_assert_int_eq(decode(XTTD_PAPER_REQUEST, whole, &got), XTT_ERR_FORMAT);
    ck_assert_ptr_nonnull(strstr(why.message, "\"kind\""));
}
END_TEST

static void fill(TCase *tc)
{
    tcase_add_checked_fixture(tc, setup, NULL);
    tcase_add_test(tc, a_group_comes_back);
    tcase_add_test(tc, the_other_papers_come_back_from_files);
    tcase_add_test(tc, the_keys_are_the_documented_ones);
    tcase_add_test(tc, the_root_that_the_bad_ones_vary_is_good);
    tcase_add_loop_test(tc, refuses_anything_else_and_leaves_the_struct_alone, 0,
                        (int)(sizeof bad / sizeof bad[0]));
    tcase_add_loop_test(tc, refuses_group_names_that_could_confuse, 0,
                        (int)(sizeof bad_names / sizeof bad_names[0]));
    tcase_add_loop_test(tc, a_basename_has_1_to_64_bytes, 0, 4);
    tcase_add_loop_test(tc, a_member_key_is_of_a_known_kind, 0,
                        (int)(sizeof bad_kinds / sizeof bad_kinds[0]));
}

int main(void)
{
    return run_suite("daemon/paper", fill, 4);
}

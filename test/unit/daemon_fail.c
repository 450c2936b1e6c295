/* SPDX-License-Identifier: Apache-2.0 */
/* Tests daemon/fail.c and daemon/json.c: failures in words and as JSON. */
#include "daemon/fail.h"
#include "daemon/json.h"

#include <errno.h>

#include "test/support/capture.h"
#include "test/support/suite.h"

static struct capture out, err;

static void setup(void)
{
    capture_open(&out);
    capture_open(&err);
}

static void teardown(void)
{
    capture_close(&out);
    capture_close(&err);
}

START_TEST(tells_message_and_remedy_on_stderr)
{
    struct xttd_fail f = {0};

    ck_assert_int_eq(xttd_fail(&f, XTT_ERR_GROUP, "group %s", "blue"), XTT_ERR_GROUP);
    ck_assert_int_eq(xttd_fail_remedy(&f, "make it"), XTT_ERR_GROUP);
    ck_assert_int_eq(xttd_fail_tell(&f, "prog", 0, out.stream, err.stream), 6);
    ck_assert_str_eq(capture_text(&out), "");
    ck_assert_str_eq(capture_text(&err), "prog: group blue\nprog: make it\n");
}
END_TEST

START_TEST(without_words_the_text_of_the_error_speaks_once)
{
    struct xttd_fail f = {.err = XTT_ERR_TIMEOUT};
    char want[256];

    snprintf(want, sizeof want, "prog: %s\n", xtt_err_text(XTT_ERR_TIMEOUT));
    ck_assert_int_eq(xttd_fail_tell(&f, "prog", 0, out.stream, err.stream), 7);
    ck_assert_str_eq(capture_text(&err), want);
}
END_TEST

START_TEST(json_has_code_message_and_remedy)
{
    struct xttd_fail f = {0};
    json_t *whole, *error;

    xttd_fail(&f, XTT_ERR_TPM_KEY, "the \"key\"");
    ck_assert_int_eq(xttd_fail_tell(&f, "prog", 1, out.stream, err.stream), 8);
    ck_assert_str_eq(capture_text(&err), "");
    whole = json_loads(capture_text(&out), 0, NULL);
    ck_assert_int_eq(json_integer_value(json_object_get(whole, "schema")), 1);
    error = json_object_get(whole, "error");
    ck_assert_str_eq(json_string_value(json_object_get(error, "code")), "XTT_ERR_TPM_KEY");
    ck_assert_str_eq(json_string_value(json_object_get(error, "message")), "the \"key\"");
    ck_assert_str_eq(json_string_value(json_object_get(error, "remedy")),
                     xtt_err_text(XTT_ERR_TPM_KEY));
    json_decref(whole);
}
END_TEST

START_TEST(schema_stands_first_and_the_rest_in_order)
{
    ck_assert_int_eq(xttd_json_print(json_pack("{s:i, s:i}", "z", 1, "a", 2), out.stream), XTT_OK);
    ck_assert_str_eq(capture_text(&out), "{\n  \"schema\": 1,\n  \"z\": 1,\n  \"a\": 2\n}\n");
}
END_TEST

START_TEST(an_object_that_could_not_be_made_is_out_of_memory)
{
    ck_assert_int_eq(xttd_json_print(NULL, out.stream), XTT_ERR_NOMEM);
    ck_assert_str_eq(capture_text(&out), "");
}
END_TEST

START_TEST(control_characters_cannot_forge_a_line)
{
    struct xttd_fail f = {0};

    xttd_fail(&f, XTT_ERR_IO, "a\nprog: all is well\x1b[2J\x7f");
    ck_assert_str_eq(f.message, "a?prog: all is well?[2J?");
}
END_TEST

START_TEST(errno_is_said_in_words)
{
    struct xttd_fail f = {0};

    errno = ENOSPC;
    xttd_fail_errno(&f, XTT_ERR_IO, "cannot write %s", "x");
    ck_assert_str_eq(f.message, "cannot write x: No space left on device");
}
END_TEST

START_TEST(context_goes_in_front_and_keeps_the_code)
{
    struct xttd_fail f = {0};

    xttd_fail(&f, XTT_ERR_FORMAT, "bad digit");
    ck_assert_int_eq(xttd_fail_while(&f, "reading %s", "x"), XTT_ERR_FORMAT);
    ck_assert_str_eq(f.message, "reading x: bad digit");
}
END_TEST

START_TEST(long_words_are_cut)
{
    struct xttd_fail f = {0};
    char words[2000];

    memset(words, 'x', sizeof words - 1);
    words[sizeof words - 1] = '\0';
    xttd_fail(&f, XTT_ERR_IO, "%s", words);
    xttd_fail_while(&f, "%s", words);
    ck_assert_uint_eq(strlen(f.message), sizeof f.message - 1);
}
END_TEST

START_TEST(nobody_listening_is_fine)
{
    ck_assert_int_eq(xttd_fail(NULL, XTT_ERR_IO, "x"), XTT_ERR_IO);
    ck_assert_int_eq(xttd_fail_errno(NULL, XTT_ERR_IO, "x"), XTT_ERR_IO);
}
END_TEST

static void fill(TCase *tc)
{
    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_add_test(tc, tells_message_and_remedy_on_stderr);
    tcase_add_test(tc, without_words_the_text_of_the_error_speaks_once);
    tcase_add_test(tc, json_has_code_message_and_remedy);
    tcase_add_test(tc, schema_stands_first_and_the_rest_in_order);
    tcase_add_test(tc, an_object_that_could_not_be_made_is_out_of_memory);
    tcase_add_test(tc, control_characters_cannot_forge_a_line);
    tcase_add_test(tc, errno_is_said_in_words);
    tcase_add_test(tc, context_goes_in_front_and_keeps_the_code);
    tcase_add_test(tc, long_words_are_cut);
    tcase_add_test(tc, nobody_listening_is_fine);
}

int main(void)
{
    return run_suite("daemon/fail", fill, 4);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Tests libxtt/base/err.c: every code has a name, a text and a class, and wire codes come back. */
#include <xtt/base.h>

#include <check.h>
#include <stdlib.h>

START_TEST(every_code_has_a_name_and_a_text)
{
    ck_assert_msg(xtt_err_name((xtt_err)_i) != NULL, "code %d has no name", _i);
    ck_assert_msg(xtt_err_text((xtt_err)_i) != NULL, "code %d has no text", _i);
}
END_TEST

START_TEST(wire_codes_of_the_protocol_come_back)
{
    ck_assert_uint_eq(xtt_err_wire(xtt_err_from_wire((uint16_t)_i)), (unsigned)_i);
}
END_TEST

START_TEST(an_unknown_wire_code_is_internal)
{
    ck_assert_int_eq(xtt_err_from_wire(30), XTT_ERR_INTERNAL);
    ck_assert_int_eq(xtt_err_from_wire(65535), XTT_ERR_INTERNAL);
}
END_TEST

START_TEST(an_error_of_our_own_tells_a_peer_nothing)
{
    ck_assert_uint_eq(xtt_err_wire(XTT_ERR_HSM_PIN), 28);
    ck_assert_uint_eq(xtt_err_wire(XTT_ERR_TPM_KEY), 28);
}
END_TEST

START_TEST(a_number_that_is_no_code_is_named)
{
    ck_assert_str_eq(xtt_err_name((xtt_err)10000), "XTT_ERR_INTERNAL");
    ck_assert_str_eq(xtt_err_name((xtt_err)-1), "XTT_ERR_INTERNAL");
}
END_TEST

int main(void)
{
    Suite *s = suite_create("base/err");
    TCase *tc = tcase_create("err");
    SRunner *sr = srunner_create(s);
    int failed;

    tcase_add_loop_test(tc, every_code_has_a_name_and_a_text, 0, XTT_ERR_COUNT);
    tcase_add_loop_test(tc, wire_codes_of_the_protocol_come_back, 0, 30);
    tcase_add_test(tc, an_unknown_wire_code_is_internal);
    tcase_add_test(tc, an_error_of_our_own_tells_a_peer_nothing);
    tcase_add_test(tc, a_number_that_is_no_code_is_named);
    suite_add_tcase(s, tc);
    srunner_run_all(sr, CK_NORMAL);
    failed = srunner_ntests_failed(sr);
    srunner_free(sr);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

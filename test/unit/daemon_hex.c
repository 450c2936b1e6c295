/* SPDX-License-Identifier: Apache-2.0 */
/* Tests daemon/hex.c: hexadecimal text. */
#include "daemon/hex.h"

#include "test/support/suite.h"

START_TEST(prints_lower_case_digits)
{
    const uint8_t bytes[] = {0x00, 0x0f, 0xa5, 0xff};
    char text[9];

    xttd_hex_print(bytes, sizeof bytes, text);
    ck_assert_str_eq(text, "000fa5ff");
    xttd_hex_print(bytes, 0, text);
    ck_assert_str_eq(text, "");
}
END_TEST

START_TEST(reads_digits_of_either_case)
{
    const uint8_t want[] = {0xde, 0xad, 0xBE, 0xEF};
    uint8_t got[4];
    size_t n = 99;

    ck_assert_int_eq(xttd_hex_parse("deadBEEF", got, sizeof got, &n), XTT_OK);
    ck_assert_uint_eq(n, 4);
    ck_assert_mem_eq(got, want, 4);
    ck_assert_int_eq(xttd_hex_parse("", got, sizeof got, &n), XTT_OK);
    ck_assert_uint_eq(n, 0);
}
END_TEST

static const char *const bad[] = {"0", "000", "0g", "0x00", " 00", "00 ", "0000000000", "-1"};

START_TEST(refuses_other_text_and_writes_nothing)
{
    uint8_t got[4] = {7, 7, 7, 7};
    size_t n = 99;

    ck_assert_int_eq(xttd_hex_parse(bad[_i], got, sizeof got, &n), XTT_ERR_FORMAT);
    ck_assert_uint_eq(n, 99);
    ck_assert_uint_eq(got[0], 7);
}
END_TEST

static void fill(TCase *tc)
{
    tcase_add_test(tc, prints_lower_case_digits);
    tcase_add_test(tc, reads_digits_of_either_case);
    tcase_add_loop_test(tc, refuses_other_text_and_writes_nothing, 0,
                        (int)(sizeof bad / sizeof bad[0]));
}

int main(void)
{
    return run_suite("daemon/hex", fill, 4);
}

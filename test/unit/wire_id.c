/* SPDX-License-Identifier: Apache-2.0 */
/* Tests libxtt/wire/id.c: the text form of identities. */
#include <xtt/identity.h>

#include "test/support/suite.h"

static const uint8_t id[16] = {0x20, 0x01, 0x0d, 0xb8, 0, 0, 0, 0xa, 0xff, 0xfe, 0, 1, 2, 3, 4, 5};

START_TEST(prints_groups_of_four_upper_case_digits)
{
    char text[XTT_ID_TEXT_SIZE];

    xtt_id_print(id, text);
    ck_assert_str_eq(text, "2001:0DB8:0000:000A:FFFE:0001:0203:0405");
}
END_TEST

START_TEST(reads_what_it_prints_in_either_case)
{
    uint8_t got[16];

    ck_assert_int_eq(xtt_id_parse("2001:0DB8:0000:000A:FFFE:0001:0203:0405", got), XTT_OK);
    ck_assert_mem_eq(got, id, 16);
    ck_assert_int_eq(xtt_id_parse("2001:0db8:0000:000a:fffe:0001:0203:0405", got), XTT_OK);
    ck_assert_mem_eq(got, id, 16);
}
END_TEST

static const char *const bad[] = {
    "",
    "2001",
    "2001:0DB8:0000:000A:FFFE:0001:0203:040",
    "2001:0DB8:0000:000A:FFFE:0001:0203:04055",
    "2001:0DB8:0000:000A:FFFE:0001:0203:040G",
    "2001-0DB8:0000:000A:FFFE:0001:0203:0405",
    "2001:DB8::A:FFFE:1:203:405",
    "20010DB80000000AFFFE000102030405",
    " 2001:0DB8:0000:000A:FFFE:0001:0203:0405",
};

START_TEST(refuses_any_other_form)
{
    uint8_t got[16] = {7};

    ck_assert_int_eq(xtt_id_parse(bad[_i], got), XTT_ERR_FORMAT);
    ck_assert_uint_eq(got[0], 7);
}
END_TEST

static void fill(TCase *tc)
{
    tcase_add_test(tc, prints_groups_of_four_upper_case_digits);
    tcase_add_test(tc, reads_what_it_prints_in_either_case);
    tcase_add_loop_test(tc, refuses_any_other_form, 0, (int)(sizeof bad / sizeof bad[0]));
}

int main(void)
{
    return run_suite("wire/id", fill, 4);
}

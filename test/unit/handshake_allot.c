/* SPDX-License-Identifier: Apache-2.0 */
/* Tests libxtt/handshake/allot.c: the interface id of a pseudonym, and reserved ones. */
#include <xtt/identity.h>

#include <check.h>
#include <stdlib.h>
#include <string.h>

/* python3: hmac.new(bytes(range(64)), b'\4' + bytes(range(1, 65)) + attempt, sha512)[:8] */
static const uint8_t allotted[3][8] = {
    {0x6b, 0xa7, 0xf1, 0x00, 0x97, 0x75, 0x91, 0xde},
    {0xe2, 0x49, 0x6a, 0xe5, 0x13, 0x57, 0xff, 0xfc},
    {0x09, 0x05, 0xdc, 0x22, 0xf5, 0x17, 0xf6, 0x2c},
};
static const uint32_t attempts[3] = {0, 1, 0x01020304};

START_TEST(allots_what_another_implementation_computes)
{
    uint8_t key[64], pseudonym[65] = {4}, iid[8];

    for (uint8_t i = 0; i < 64; i++) {
        key[i] = i;
        pseudonym[i + 1] = (uint8_t)(i + 1);
    }
    for (size_t i = 0; i < 3; i++) {
        ck_assert_int_eq(xtt_id_allot(key, pseudonym, attempts[i], iid), XTT_OK);
        ck_assert_mem_eq(iid, allotted[i], 8);
    }
    key[63] ^= 1;
    ck_assert_int_eq(xtt_id_allot(key, pseudonym, 0, iid), XTT_OK);
    ck_assert_mem_ne(iid, allotted[0], 8);
}
END_TEST

START_TEST(knows_both_ends_of_each_reserved_range)
{
    static const struct {
        uint8_t iid[8];
        int is;
    } rows[] = {
        {{0, 0, 0, 0, 0, 0, 0, 0}, 1},
        {{0, 0, 0, 0, 0, 0, 0, 1}, 0},
        {{0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff}, 0},
        {{0x02, 0x00, 0x5e, 0xff, 0xfd, 0xff, 0xff, 0xff}, 0},
        {{0x02, 0x00, 0x5e, 0xff, 0xfe, 0x00, 0x00, 0x00}, 1},
        {{0x02, 0x00, 0x5e, 0xff, 0xfe, 0x00, 0x52, 0x13}, 1},
        {{0x02, 0x00, 0x5e, 0xff, 0xfe, 0x00, 0x52, 0x14}, 0},
        {{0xfd, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f}, 0},
        {{0xfd, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x80}, 1},
        {{0xfd, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff}, 1},
        {{0xfe, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00}, 0},
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        ck_assert_int_eq(xtt_iid_is_reserved(rows[i].iid), rows[i].is);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("handshake/allot");
    TCase *tc = tcase_create("allot");
    SRunner *sr = srunner_create(s);
    int failed;

    tcase_add_test(tc, allots_what_another_implementation_computes);
    tcase_add_test(tc, knows_both_ends_of_each_reserved_range);
    suite_add_tcase(s, tc);
    srunner_run_all(sr, CK_NORMAL);
    failed = srunner_ntests_failed(sr);
    srunner_free(sr);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Tests libxtt/daa/group.c: which bytes are a group public key, and its name. */
#include "crypto/provider.h"
#include "test/support/group.h"
#include "test/support/suite.h"

START_TEST(rejects_a_group_key_with_a_bit_changed)
{
    struct xtt_daa_group *other = NULL;
    uint8_t gpk[258];

    memcpy(gpk, issuer_pub, sizeof gpk);
    for (size_t i = 0; i < sizeof gpk; i += 5) {
        gpk[i] ^= 2;
        ck_assert_int_eq(xtt_daa_group_new(&other, gpk), XTT_ERR_POINT);
        gpk[i] ^= 2;
    }
    ck_assert_ptr_null(other);
}
END_TEST

START_TEST(rejects_zeros_for_a_point)
{
    struct xtt_daa_group *other;
    uint8_t gpk[258];

    memcpy(gpk, issuer_pub, sizeof gpk);
    memset(gpk + 129 * _i, 0, 129);
    ck_assert_int_eq(xtt_daa_group_new(&other, gpk), XTT_ERR_POINT);
    gpk[129 * _i] = 4;
    ck_assert_int_eq(xtt_daa_group_new(&other, gpk), XTT_ERR_POINT);
}
END_TEST

START_TEST(gid_is_the_hash_of_key_and_basename)
{
    uint8_t gid[32], expected[32], all[258 + 5];
    const xtt_bytes span = {all, sizeof all};

    memcpy(all, issuer_pub, 258);
    memcpy(all + 258, basename_a.p, basename_a.n);
    ck_assert_int_eq(xtt_sha256(&span, 1, expected), XTT_OK);
    ck_assert_int_eq(xtt_daa_gid(issuer_pub, basename_a, gid), XTT_OK);
    ck_assert_mem_eq(gid, expected, 32);
}
END_TEST

START_TEST(gid_rejects_basenames_of_no_length_or_too_long)
{
    uint8_t gid[32], text[65] = {0};

    ck_assert_int_eq(xtt_daa_gid(issuer_pub, xtt_span(NULL, 0), gid), XTT_ERR_BASENAME);
    ck_assert_int_eq(xtt_daa_gid(issuer_pub, xtt_span(text, 65), gid), XTT_ERR_BASENAME);
    ck_assert_int_eq(xtt_daa_gid(issuer_pub, xtt_span(text, 64), gid), XTT_OK);
}
END_TEST

static void fill(TCase *tc)
{
    tcase_add_checked_fixture(tc, make_group, free_group);
    tcase_add_test(tc, rejects_a_group_key_with_a_bit_changed);
    tcase_add_loop_test(tc, rejects_zeros_for_a_point, 0, 2);
    tcase_add_test(tc, gid_is_the_hash_of_key_and_basename);
    tcase_add_test(tc, gid_rejects_basenames_of_no_length_or_too_long);
}

int main(void)
{
    return run_suite("daa/group", fill, 30);
}

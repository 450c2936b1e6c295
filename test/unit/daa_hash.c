/* SPDX-License-Identifier: Apache-2.0 */
/* Tests libxtt/daa/hash.c: points of basenames; their values are in test/vectors. */
#include "crypto/provider.h"
#include "test/support/group.h"
#include "test/support/suite.h"

START_TEST(says_how_a_tpm_finds_the_same_point)
{
    for (uint8_t i = 1; i < 60; i++) {
        const uint8_t name[2] = {i, 0};
        const xtt_bytes basename = {name, 2};
        struct daa_basepoint point;
        uint8_t digest[32];
        xtt_bytes s2;
        struct g1 p;

        ck_assert_int_eq(xtt_daa_hash_to_point(&point, basename), XTT_OK);
        s2 = xtt_span(point.s2, point.s2_size);
        ck_assert_uint_eq(s2.n, 6);
        ck_assert_mem_eq(s2.p + 4, name, 2);
        ck_assert_int_eq(xtt_sha256(&s2, 1, digest), XTT_OK);
        ck_assert_mem_eq(digest, point.bytes + 1, 32);
        ck_assert_uint_eq(point.bytes[64] & 1, 0);
        ck_assert_uint_eq(xtt_g1_from_bytes(&p, point.bytes), 1);
        ck_assert_uint_eq(xtt_g1_eq(&p, &point.p2), 1);
    }
}
END_TEST

START_TEST(takes_the_first_counter_that_gives_a_point)
{
    unsigned beyond_first = 0;

    for (uint8_t i = 1; i < 60; i++) {
        const xtt_bytes basename = {&i, 1};
        struct daa_basepoint point;

        ck_assert_int_eq(xtt_daa_hash_to_point(&point, basename), XTT_OK);
        ck_assert_mem_eq(point.s2 + 1, "\0\0", 3);
        beyond_first += point.s2[0] > 0;
        for (uint8_t counter = 0; counter < point.s2[0]; counter++) {
            const uint8_t s2[5] = {counter, 0, 0, 0, i};
            const xtt_bytes span = {s2, 5};
            uint8_t digest[32];
            struct g1 p;
            struct fp x;

            ck_assert_int_eq(xtt_sha256(&span, 1, digest), XTT_OK);
            xtt_fp_from_hash(&x, digest);
            ck_assert_uint_eq(xtt_g1_from_x_vartime(&p, &x), 0);
        }
    }
    ck_assert_uint_gt(beyond_first, 0);
}
END_TEST

START_TEST(basenames_have_1_to_64_bytes)
{
    uint8_t text[65] = {0};

    ck_assert_int_eq(xtt_daa_basename_check(xtt_span(NULL, 0)), XTT_ERR_BASENAME);
    ck_assert_int_eq(xtt_daa_basename_check(xtt_span(text, 65)), XTT_ERR_BASENAME);
    ck_assert_int_eq(xtt_daa_basename_check(xtt_span(text, 64)), XTT_OK);
    ck_assert_int_eq(xtt_daa_basename_check(xtt_span(text, 1)), XTT_OK);
}
END_TEST

START_TEST(numbers_from_hashes_are_below_r)
{
    struct scalar k;
    uint8_t bytes[32];

    ck_assert_int_eq(xtt_daa_hash(&message, 1, &k), XTT_OK);
    xtt_scalar_to_bytes(bytes, &k);
    ck_assert_uint_eq(xtt_scalar_from_bytes(&k, bytes), 1);
}
END_TEST

static void fill(TCase *tc)
{
    tcase_add_test(tc, says_how_a_tpm_finds_the_same_point);
    tcase_add_test(tc, takes_the_first_counter_that_gives_a_point);
    tcase_add_test(tc, basenames_have_1_to_64_bytes);
    tcase_add_test(tc, numbers_from_hashes_are_below_r);
}

int main(void)
{
    return run_suite("daa/hash", fill, 10);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Tests libxtt/daa/encode.c: credentials, issuer secrets, and drawing numbers. */
#include "test/support/group.h"
#include "test/support/script_rng.h"
#include "test/support/suite.h"

START_TEST(reads_and_writes_credentials)
{
    struct daa_credential cred;
    uint8_t bytes[260];

    ck_assert_int_eq(xtt_daa_credential_decode(&cred, alice.cred), XTT_OK);
    ck_assert_int_eq(xtt_daa_credential_encode(bytes, &cred), XTT_OK);
    ck_assert_mem_eq(bytes, alice.cred, 260);
}
END_TEST

START_TEST(rejects_a_credential_with_a_point_that_is_none)
{
    struct daa_credential cred;
    uint8_t bytes[260];

    memcpy(bytes, alice.cred, 260);
    bytes[65 * _i] = 2;
    ck_assert_int_eq(xtt_daa_credential_decode(&cred, bytes), XTT_ERR_POINT);
    memset(bytes + 65 * _i, 0, 65);
    ck_assert_int_eq(xtt_daa_credential_decode(&cred, bytes), XTT_ERR_POINT);
}
END_TEST

START_TEST(writes_no_credential_with_infinity)
{
    struct daa_credential cred;
    struct g1 *points[] = {&cred.a, &cred.b, &cred.c, &cred.d}, minus;
    uint8_t bytes[260] = {7};

    ck_assert_int_eq(xtt_daa_credential_decode(&cred, alice.cred), XTT_OK);
    xtt_g1_neg(&minus, points[_i]);
    xtt_g1_add(points[_i], points[_i], &minus);
    ck_assert_int_eq(xtt_daa_credential_encode(bytes, &cred), XTT_ERR_POINT);
    ck_assert_uint_eq(bytes[0], 7);
}
END_TEST

START_TEST(draws_again_until_the_number_is_in_range)
{
    struct script_rng rng;
    struct scalar k;

    script_rng_init(&rng);
    memset(rng.bytes, 0xff, 32);   /* not below r */
    memset(rng.bytes + 32, 0, 32); /* zero */
    memset(rng.bytes + 64, 0x11, 32);
    rng.n = 96;
    ck_assert_int_eq(xtt_daa_draw(&rng.base, &k), XTT_OK);
    ck_assert_uint_eq(k.w[0], 0x1111111111111111);
    ck_assert_int_eq(script_rng_is_empty(&rng), 1);
}
END_TEST

START_TEST(gives_a_broken_source_up)
{
    struct scalar k;

    ck_assert_int_eq(xtt_daa_draw(&broken_rngs[_i], &k), XTT_ERR_RNG);
}
END_TEST

static void fill(TCase *tc)
{
    tcase_add_checked_fixture(tc, make_group, free_group);
    tcase_add_test(tc, reads_and_writes_credentials);
    tcase_add_loop_test(tc, rejects_a_credential_with_a_point_that_is_none, 0, 4);
    tcase_add_loop_test(tc, writes_no_credential_with_infinity, 0, 4);
    tcase_add_test(tc, draws_again_until_the_number_is_in_range);
    tcase_add_loop_test(tc, gives_a_broken_source_up, 0, 3);
}

int main(void)
{
    return run_suite("daa/encode", fill, 10);
}

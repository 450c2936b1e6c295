/* SPDX-License-Identifier: Apache-2.0 */
/* Tests libxtt/daa/issue.c: issuer keys with their proof, and credentials. */
#include "test/support/group.h"
#include "test/support/suite.h"

START_TEST(makes_keys_that_prove_themselves)
{
    uint8_t secret[64], pub[354];

    ck_assert_int_eq(xtt_daa_issuer_check(issuer_pub), XTT_OK);
    ck_assert_int_eq(xtt_daa_issuer_matches(issuer_secret, issuer_pub), 1);
    ck_assert_int_eq(xtt_daa_issuer_new(NULL, secret, pub), XTT_OK);
    ck_assert_mem_ne(secret, issuer_secret, 64);
    ck_assert_int_eq(xtt_daa_issuer_matches(secret, issuer_pub), 0);
}
END_TEST

/* gpk || c || sx || sy: every 7th byte. */
START_TEST(rejects_an_issuer_key_with_a_bit_changed)
{
    for (size_t i = 0; i < sizeof issuer_pub; i += 7) {
        uint8_t pub[354];

        memcpy(pub, issuer_pub, sizeof pub);
        pub[i] ^= 4;
        ck_assert_int_eq(xtt_daa_issuer_check(pub), i < 258 ? XTT_ERR_POINT : XTT_ERR_GROUP);
    }
}
END_TEST

/* A valid proof for X and Y does not hold for Y and X, nor with scalars not below r. */
START_TEST(rejects_a_proof_of_something_else)
{
    uint8_t pub[354];

    memcpy(pub, issuer_pub + 129, 129);
    memcpy(pub + 129, issuer_pub, 129);
    memcpy(pub + 258, issuer_pub + 258, 96);
    ck_assert_int_eq(xtt_daa_issuer_check(pub), XTT_ERR_GROUP);
    for (size_t at = 258; at < 354; at += 32) {
        memcpy(pub, issuer_pub, sizeof pub);
        memset(pub + at, 0xff, 32);
        ck_assert_int_eq(xtt_daa_issuer_check(pub), XTT_ERR_SCALAR);
    }
}
END_TEST

START_TEST(matches_no_secret_out_of_range)
{
    uint8_t secret[64];

    memcpy(secret, issuer_secret, 64);
    memset(secret + 32 * _i, 0, 32);
    ck_assert_int_eq(xtt_daa_issuer_matches(secret, issuer_pub), 0);
    memset(secret + 32 * _i, 0xff, 32);
    ck_assert_int_eq(xtt_daa_issuer_matches(secret, issuer_pub), 0);
}
END_TEST

START_TEST(proves_a_secret_that_was_made_elsewhere)
{
    uint8_t pub[354], secret[64];

    ck_assert_int_eq(xtt_daa_issuer_public(issuer_secret, NULL, pub), XTT_OK);
    ck_assert_mem_eq(pub, issuer_pub, 258);
    ck_assert_mem_ne(pub + 258, issuer_pub + 258, 96);
    ck_assert_int_eq(xtt_daa_issuer_check(pub), XTT_OK);
    memset(pub, 7, sizeof pub);
    for (int half = 0; half < 2; half++)
        for (int byte = 0; byte < 256; byte += 255) {
            memcpy(secret, issuer_secret, 64);
            memset(secret + 32 * half, byte, 32);
            ck_assert_int_eq(xtt_daa_issuer_public(secret, NULL, pub), XTT_ERR_SCALAR);
            ck_assert_uint_eq(pub[353], 7);
        }
}
END_TEST

START_TEST(issues_what_the_member_accepts)
{
    ck_assert_int_eq(xtt_daa_credential_check(group, alice.q, alice.cred, alice.cred_sig), XTT_OK);
}
END_TEST

START_TEST(issues_to_points_only)
{
    uint8_t q[65], cred[260] = {7}, sig[64];

    memcpy(q, alice.q, 65);
    q[50] ^= 1;
    ck_assert_int_eq(xtt_daa_issue(issuer_secret, q, NULL, cred, sig), XTT_ERR_POINT);
    memset(q, 0, 65);
    ck_assert_int_eq(xtt_daa_issue(issuer_secret, q, NULL, cred, sig), XTT_ERR_POINT);
    ck_assert_uint_eq(cred[0], 7);
}
END_TEST

START_TEST(issues_with_good_secrets_only)
{
    uint8_t secret[64], cred[260], sig[64];

    memcpy(secret, issuer_secret, 64);
    memset(secret + 32 * _i, 0, 32);
    ck_assert_int_eq(xtt_daa_issue(secret, alice.q, NULL, cred, sig), XTT_ERR_SCALAR);
    memset(secret + 32 * _i, 0xff, 32);
    ck_assert_int_eq(xtt_daa_issue(secret, alice.q, NULL, cred, sig), XTT_ERR_SCALAR);
}
END_TEST

START_TEST(makes_nothing_without_randomness)
{
    uint8_t secret[64] = {7}, pub[354] = {7}, cred[260] = {7}, sig[64] = {7};

    ck_assert_int_eq(xtt_daa_issuer_new(&broken_rngs[_i], secret, pub), XTT_ERR_RNG);
    ck_assert_int_eq(xtt_daa_issue(issuer_secret, alice.q, &broken_rngs[_i], cred, sig),
                     XTT_ERR_RNG);
    ck_assert_uint_eq(secret[0], 7);
    ck_assert_uint_eq(pub[0], 7);
    ck_assert_uint_eq(cred[0], 7);
    ck_assert_uint_eq(sig[0], 7);
}
END_TEST

static void fill(TCase *tc)
{
    tcase_add_checked_fixture(tc, make_group, free_group);
    tcase_add_test(tc, makes_keys_that_prove_themselves);
    tcase_add_test(tc, rejects_an_issuer_key_with_a_bit_changed);
    tcase_add_test(tc, rejects_a_proof_of_something_else);
    tcase_add_loop_test(tc, matches_no_secret_out_of_range, 0, 2);
    tcase_add_test(tc, proves_a_secret_that_was_made_elsewhere);
    tcase_add_test(tc, issues_what_the_member_accepts);
    tcase_add_test(tc, issues_to_points_only);
    tcase_add_loop_test(tc, issues_with_good_secrets_only, 0, 2);
    tcase_add_loop_test(tc, makes_nothing_without_randomness, 0, 3);
}

int main(void)
{
    return run_suite("daa/issue", fill, 30);
}

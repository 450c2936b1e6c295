/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Tests libxtt/crypto: the suite table, and known answers of the operations taken from OpenSSL that
 * no handshake vector pins down alone.
 */
#include "crypto/suite.h"

#include <xtt/handshake.h>
#include <xtt/signer.h>

#include <string.h>

#include "base/bytes.h"
#include "test/support/suite.h"

START_TEST(lists_eight_suites_the_labelled_ones_first)
{
    size_t n;

    for (n = 0; xtt_suite_list(n) != 0; n++)
        ck_assert_ptr_nonnull(xtt_suite_name(xtt_suite_list(n)));
    ck_assert_uint_eq(n, 8);
    ck_assert_uint_eq(xtt_suite_list(0), 0x0101);
    ck_assert_int_eq(xtt_suite_find(0x0101)->labelled, 1);
    ck_assert_int_eq(xtt_suite_find(0x0001)->labelled, 0);
}
END_TEST

START_TEST(refuses_suites_that_do_not_exist)
{
    static const char *const bad[] = {"",       "1",      "0x0005", "0x0006",  "0x0000",
                                      "0x0105", "0xffff", "0x101",  "0x0101 ", "0x01g1"};
    uint16_t suite;

    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        ck_assert_int_eq(xtt_suite_parse(bad[i], &suite), XTT_ERR_SUITE);
    ck_assert_ptr_null(xtt_suite_find(5));
    ck_assert_ptr_null(xtt_suite_name(0));
    ck_assert_int_eq(xtt_suite_parse("0x0104", &suite), XTT_OK);
    ck_assert_uint_eq(suite, 0x0104);
    ck_assert_int_eq(xtt_suite_parse(xtt_suite_name(3), &suite), XTT_OK);
    ck_assert_uint_eq(suite, 3);
}
END_TEST

START_TEST(the_labelled_prf_binds_its_length)
{
    const struct xtt_suite *suite = xtt_suite_find((uint16_t)_i);
    uint8_t key[64] = {1}, a[64], b[32], c[64];
    uint8_t length[2] = {0, 64};
    const xtt_bytes parts[] = {xtt_span(length, 2), xtt_span("x", 1)};

    ck_assert_int_eq(xtt_suite_prf(suite, key, parts + 1, 1, a, sizeof a), XTT_OK);
    ck_assert_int_eq(xtt_suite_prf(suite, key, parts + 1, 1, b, sizeof b), XTT_OK);
    ck_assert_int_ne(memcmp(a, b, sizeof b), 0);
    ck_assert_int_eq(suite->prf(key, parts, 2, c, sizeof c), XTT_OK);
    ck_assert_mem_eq(a, c, sizeof a);
}
END_TEST

/* RFC 7748, section 5.2, and the points of small order every implementation must refuse. */
START_TEST(x25519_refuses_points_of_low_order)
{
    static const uint8_t low[][32] = {
        {0},
        {1},
        {0xe0, 0xeb, 0x7a, 0x7c, 0x3b, 0x41, 0xb8, 0xae, 0x16, 0x56, 0xe3,
         0xfa, 0xf1, 0x9f, 0xc4, 0x6a, 0xda, 0x09, 0x8d, 0xeb, 0x9c, 0x32,
         0xb1, 0xfd, 0x86, 0x62, 0x05, 0x16, 0x5f, 0x49, 0xb8, 0x00},
        {0x5f, 0x9c, 0x95, 0xbc, 0xa3, 0x50, 0x8c, 0x24, 0xb1, 0xd0, 0xb1,
         0x55, 0x9c, 0x83, 0xef, 0x5b, 0x04, 0x44, 0x5c, 0xc4, 0x58, 0x1c,
         0x8e, 0x86, 0xd8, 0x22, 0x4e, 0xdd, 0xd0, 0x9f, 0x11, 0x57},
        {0xec, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
         0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
         0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f},
        {0xed, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
         0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
         0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f},
        {0xee, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
         0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
         0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f},
    };
    uint8_t secret[32], shared[32], peer[32];

    ck_assert_int_eq(xtt_rng_draw(NULL, secret, sizeof secret), XTT_OK);
    for (size_t i = 0; i < sizeof low / sizeof low[0]; i++) {
        memcpy(peer, low[i], sizeof peer);
        ck_assert_int_eq(xtt_x25519_exchange(secret, peer, shared), XTT_ERR_DH);
        peer[31] |= 0x80;
        ck_assert_int_eq(xtt_x25519_exchange(secret, peer, shared), XTT_ERR_DH);
    }
}
END_TEST

static struct xtt_signer *new_key(void)
{
    static const uint8_t secret[32] = {[31] = 77};
    struct xtt_signer *key;

    ck_assert_int_eq(xtt_signer_soft_new(&key, secret), XTT_OK);
    return key;
}

START_TEST(a_software_key_signs_and_the_signature_verifies)
{
    struct xtt_signer *key = new_key();
    uint8_t pub[65], sig[64], digest[32] = {9};

    ck_assert_int_eq(key->ops->public_key(key, pub), XTT_OK);
    ck_assert_int_eq(key->ops->sign(key, digest, sig), XTT_OK);
    ck_assert_int_eq(xtt_p256_verify(pub, digest, sig), XTT_OK);
    for (size_t bit = 0; bit < 8 * sizeof sig; bit++) {
        sig[bit / 8] ^= (uint8_t)(1u << bit % 8);
        ck_assert_int_eq(xtt_p256_verify(pub, digest, sig), XTT_ERR_CLIENT_SIGNATURE);
        sig[bit / 8] ^= (uint8_t)(1u << bit % 8);
    }
    key->ops->free(key);
}
END_TEST

static const uint8_t order[32] = {0xff, 0xff, 0xff, 0xff, 0x00, 0x00, 0x00, 0x00, 0xff, 0xff, 0xff,
                                  0xff, 0xff, 0xff, 0xff, 0xff, 0xbc, 0xe6, 0xfa, 0xad, 0xa7, 0x17,
                                  0x9e, 0x84, 0xf3, 0xb9, 0xca, 0xc2, 0xfc, 0x63, 0x25, 0x51};

START_TEST(signature_halves_out_of_range_are_refused)
{
    struct xtt_signer *key = new_key();
    uint8_t pub[65], sig[64], bad[64], digest[32] = {9};
    static const uint8_t zero[32];

    ck_assert_int_eq(key->ops->public_key(key, pub), XTT_OK);
    ck_assert_int_eq(key->ops->sign(key, digest, sig), XTT_OK);
    for (int half = 0; half < 2; half++)
        for (int with_order = 0; with_order < 2; with_order++) {
            memcpy(bad, sig, sizeof bad);
            memcpy(bad + 32 * half, with_order ? order : zero, 32);
            ck_assert_int_eq(xtt_p256_verify(pub, digest, bad), XTT_ERR_CLIENT_SIGNATURE);
        }
    key->ops->free(key);
}
END_TEST

START_TEST(points_in_any_other_form_are_refused)
{
    struct xtt_signer *key = new_key();
    uint8_t pub[65], bad[65];

    ck_assert_int_eq(key->ops->public_key(key, pub), XTT_OK);
    ck_assert_int_eq(xtt_p256_check_point(pub), XTT_OK);
    for (int prefix = 0; prefix < 256; prefix++)
        if (prefix != 4) {
            memcpy(bad, pub, sizeof bad);
            bad[0] = (uint8_t)prefix;
            ck_assert_int_eq(xtt_p256_check_point(bad), XTT_ERR_POINT);
        }
    for (size_t bit = 8; bit < 8 * sizeof pub; bit++) {
        memcpy(bad, pub, sizeof bad);
        bad[bit / 8] ^= (uint8_t)(1u << bit % 8);
        ck_assert_int_eq(xtt_p256_check_point(bad), XTT_ERR_POINT);
    }
    memset(bad + 1, 0, 64);
    bad[0] = 4;
    ck_assert_int_eq(xtt_p256_check_point(bad), XTT_ERR_POINT);
    key->ops->free(key);
}
END_TEST

START_TEST(a_software_key_out_of_range_is_refused)
{
    static const uint8_t zero[32];
    struct xtt_signer *key = NULL;

    ck_assert_int_eq(xtt_signer_soft_new(&key, zero), XTT_ERR_SCALAR);
    ck_assert_int_eq(xtt_signer_soft_new(&key, order), XTT_ERR_SCALAR);
    ck_assert_ptr_null(key);
}
END_TEST

START_TEST(nothing_sealed_opens_after_a_flip)
{
    const enum xtt_aead aead = (enum xtt_aead)_i;
    uint8_t key[32] = {1}, nonce[12] = {2}, ad[] = "clear", in[] = "sealed", out[sizeof in + 16];
    uint8_t back[sizeof in];
    const xtt_bytes a = xtt_span(ad, sizeof ad);

    ck_assert_int_eq(xtt_aead_seal(aead, key, nonce, a, xtt_span(in, sizeof in), out), XTT_OK);
    ck_assert_int_eq(xtt_aead_open(aead, key, nonce, a, xtt_span(out, sizeof out), back), XTT_OK);
    ck_assert_mem_eq(back, in, sizeof in);
    for (size_t bit = 0; bit < 8 * sizeof out; bit++) {
        out[bit / 8] ^= (uint8_t)(1u << bit % 8);
        ck_assert_int_eq(xtt_aead_open(aead, key, nonce, a, xtt_span(out, sizeof out), back),
                         XTT_ERR_DECRYPT);
        out[bit / 8] ^= (uint8_t)(1u << bit % 8);
    }
    for (size_t bit = 0; bit < 8 * sizeof ad; bit++) {
        ad[bit / 8] ^= (uint8_t)(1u << bit % 8);
        ck_assert_int_eq(xtt_aead_open(aead, key, nonce, a, xtt_span(out, sizeof out), back),
                         XTT_ERR_DECRYPT);
        ad[bit / 8] ^= (uint8_t)(1u << bit % 8);
    }
    for (size_t n = 0; n < sizeof out; n++)
        ck_assert_int_eq(xtt_aead_open(aead, key, nonce, a, xtt_span(out, n), back),
                         XTT_ERR_DECRYPT);
}
END_TEST

static void fill(TCase *tc)
{
    tcase_add_test(tc, lists_eight_suites_the_labelled_ones_first);
    tcase_add_test(tc, refuses_suites_that_do_not_exist);
    tcase_add_loop_test(tc, the_labelled_prf_binds_its_length, 0x0101, 0x0105);
    tcase_add_test(tc, x25519_refuses_points_of_low_order);
    tcase_add_test(tc, a_software_key_signs_and_the_signature_verifies);
    tcase_add_test(tc, signature_halves_out_of_range_are_refused);
    tcase_add_test(tc, points_in_any_other_form_are_refused);
    tcase_add_test(tc, a_software_key_out_of_range_is_refused);
    tcase_add_loop_test(tc, nothing_sealed_opens_after_a_flip, XTT_CHACHA20_POLY1305,
                        XTT_AES_256_GCM + 1);
}

int main(void)
{
    return run_suite("crypto/suite", fill, 20);
}

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Numbers for the curve's tests: random ones, the awkward ones at the edges, and OpenSSL's big
 * numbers as the second opinion.
 */
#ifndef TEST_SUPPORT_FIELD_H
#define TEST_SUPPORT_FIELD_H

#include <check.h>
#include <openssl/bn.h>
#include <stdlib.h>
#include <string.h>

#include "curve/g2.h"

#define FIELD_P "FFFFFFFFFFFCF0CD46E5F25EEE71A49F0CDC65FB12980A82D3292DDBAED33013"
#define FIELD_R "FFFFFFFFFFFCF0CD46E5F25EEE71A49E0CDC65FB1299921AF62D536CD10B500D"
/* 36u^3 + 18u^2 + 6u + 1 mod r */
#define FIELD_LAMBDA "FFFFFFFFFFFCF0CAD3D42FDDCA5173CFD540B6BF2F77CEAA8F2534D938B81FF6"

#define FIELD_EDGES 12

static BN_CTX *field_ctx;

static inline BIGNUM *field_bn(const char *hex)
{
    BIGNUM *bn = NULL;

    if (!field_ctx)
        field_ctx = BN_CTX_new();
    ck_assert_int_gt(BN_hex2bn(&bn, hex), 0);
    return bn;
}

/* Numbers below the modulus: the first FIELD_EDGES at its edges and at those of the limbs, then
 * pseudo-random ones, the same in every run. */
static inline void field_number(uint8_t out[32], const char *modulus, unsigned i)
{
    BIGNUM *m = field_bn(modulus), *n = BN_new();
    BN_ULONG down = i < 4 ? i + 1 : 0;

    if (i < 4) {
        BN_copy(n, m);
        BN_sub_word(n, down);
    } else if (i < 7) {
        BN_set_word(n, i - 4);
    } else if (i < FIELD_EDGES) {
        BN_one(n); /* 2^64 - 1, 2^128 - 1, 2^192 - 1, 2^255, 2^64 */
        BN_lshift(n, n, i == 10 ? 255 : i == 11 ? 64 : 64 * ((int)i - 6));
        if (i < 10)
            BN_sub_word(n, 1);
    } else {
        uint64_t x = 0x9e3779b97f4a7c15ULL * (i + 1);

        for (int j = 0; j < 32; j++) {
            x ^= x << 13;
            x ^= x >> 7;
            x ^= x << 17;
            out[j] = (uint8_t)(x >> 24);
        }
        BN_bin2bn(out, 32, n);
        BN_nnmod(n, n, m, field_ctx);
    }
    ck_assert_int_eq(BN_bn2binpad(n, out, 32), 32);
    BN_free(n);
    BN_free(m);
}

static inline BIGNUM *field_number_bn(const char *modulus, unsigned i)
{
    uint8_t bytes[32];

    field_number(bytes, modulus, i);
    return BN_bin2bn(bytes, 32, NULL);
}

static inline struct fp field_fp(unsigned i)
{
    uint8_t bytes[32];
    struct fp a;

    field_number(bytes, FIELD_P, i);
    ck_assert_uint_eq(xtt_fp_from_bytes(&a, bytes), 1);
    return a;
}

static inline struct fp2 field_fp2(unsigned i)
{
    return (struct fp2){field_fp(2 * i), field_fp(2 * i + 7)};
}

static inline struct scalar field_scalar(unsigned i)
{
    uint8_t bytes[32];
    struct scalar k;

    field_number(bytes, FIELD_R, i);
    ck_assert_uint_eq(xtt_scalar_from_bytes(&k, bytes), 1);
    return k;
}

static inline struct scalar field_word(uint64_t word)
{
    return (struct scalar){{word, 0, 0, 0}};
}

/* The number is what the 32 bytes say. */
static inline void field_assert_bytes(const uint8_t got[32], const BIGNUM *expected)
{
    uint8_t bytes[32];

    ck_assert_int_eq(BN_bn2binpad(expected, bytes, 32), 32);
    ck_assert_mem_eq(got, bytes, 32);
}

#endif

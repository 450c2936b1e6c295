/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The prime field of FP256BN (TPM_ECC_BN_P256): p = 36u^4 + 36u^3 + 24u^2 + 6u + 1 with
 * u = -0x6882F5C030B0A801, p = 3 mod 8.  Elements stand in Montgomery form, below p.  Everything
 * is constant time; outputs may be inputs.
 */
#ifndef XTT_CURVE_FP_H
#define XTT_CURVE_FP_H

#include "curve/mont.h"

struct fp {
    uint64_t w[4]; /* a 2^256 mod p */
};

/* p */
static const uint64_t xtt_fp_p[4] = {0xd3292ddbaed33013, 0x0cdc65fb12980a82, 0x46e5f25eee71a49f,
                                     0xfffffffffffcf0cd};
#define XTT_FP_NEG_INV 0xad6c964e0537e5e5ULL /* -1/p mod 2^64 */

/* 2^256 mod p */
#define XTT_FP_ONE                                                                                 \
    {                                                                                              \
        {                                                                                          \
            0x2cd6d224512ccfed, 0xf3239a04ed67f57d, 0xb91a0da1118e5b60, 0x0000000000030f32         \
        }                                                                                          \
    }

static inline void xtt_fp_add(struct fp *o, const struct fp *a, const struct fp *b)
{
    xtt_mont_add(o->w, a->w, b->w, xtt_fp_p);
}

static inline void xtt_fp_sub(struct fp *o, const struct fp *a, const struct fp *b)
{
    xtt_mont_sub(o->w, a->w, b->w, xtt_fp_p);
}

static inline void xtt_fp_neg(struct fp *o, const struct fp *a)
{
    static const uint64_t zero[4] = {0};

    xtt_mont_sub(o->w, zero, a->w, xtt_fp_p);
}

/* 1 if a = 0, else 0. */
static inline uint64_t xtt_fp_is_zero(const struct fp *a)
{
    return xtt_limbs_is_zero(a->w);
}

/* 1 if a = b, else 0. */
static inline uint64_t xtt_fp_eq(const struct fp *a, const struct fp *b)
{
    struct fp d;

    xtt_fp_sub(&d, a, b);
    return xtt_fp_is_zero(&d);
}

/* o = mask ? a : b, for a mask of all ones or zero. */
static inline void xtt_fp_select(struct fp *o, uint64_t mask, const struct fp *a,
                                 const struct fp *b)
{
    xtt_limbs_select(o->w, mask, a->w, b->w);
}

void xtt_fp_mul(struct fp *o, const struct fp *a, const struct fp *b);
void xtt_fp_sqr(struct fp *o, const struct fp *a);
/* o = a b + c d and o = a b - c d, with one reduction. */
void xtt_fp_mul_add(struct fp *o, const struct fp *a, const struct fp *b, const struct fp *c,
                    const struct fp *d);
void xtt_fp_mul_sub(struct fp *o, const struct fp *a, const struct fp *b, const struct fp *c,
                    const struct fp *d);
/* o = 1/a; 0 for 0. */
void xtt_fp_inv(struct fp *o, const struct fp *a);
/* 1 and a square root of a, either one; 0 and o unset if there is none. */
uint64_t xtt_fp_sqrt(struct fp *o, const struct fp *a);

/* Big-endian, reduced form.  0 and o unset if the number is not below p. */
uint64_t xtt_fp_from_bytes(struct fp *o, const uint8_t in[static 32]);
void xtt_fp_to_bytes(uint8_t out[static 32], const struct fp *a);
/* The number modulo p, whatever it is. */
void xtt_fp_from_hash(struct fp *o, const uint8_t in[static 32]);

#endif

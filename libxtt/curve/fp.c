/* SPDX-License-Identifier: Apache-2.0 */
/* Multiplication, powers and encoding in the prime field of FP256BN; see fp.h. */
#include "curve/fp.h"

/* 2^512 mod p, which carries into Montgomery form */
static const struct fp fp_r2 = {
    {0xfac8c6101092b98f, 0xdb90d49cd7f91154, 0x4f325fc732bf3141, 0x4de578ea0e56a005}};

void xtt_fp_mul(struct fp *o, const struct fp *a, const struct fp *b)
{
    xtt_mont_mul(o->w, a->w, b->w, xtt_fp_p, XTT_FP_NEG_INV);
}

void xtt_fp_sqr(struct fp *o, const struct fp *a)
{
    xtt_mont_mul(o->w, a->w, a->w, xtt_fp_p, XTT_FP_NEG_INV);
}

void xtt_fp_mul_add(struct fp *o, const struct fp *a, const struct fp *b, const struct fp *c,
                    const struct fp *d)
{
    uint64_t s[8], t[8];

    xtt_wide_mul(s, a->w, b->w);
    xtt_wide_mul(t, c->w, d->w);
    xtt_wide_add(s, s, t, xtt_fp_p);
    xtt_wide_reduce(o->w, s, xtt_fp_p, XTT_FP_NEG_INV);
}

void xtt_fp_mul_sub(struct fp *o, const struct fp *a, const struct fp *b, const struct fp *c,
                    const struct fp *d)
{
    uint64_t s[8], t[8];

    xtt_wide_mul(s, a->w, b->w);
    xtt_wide_mul(t, c->w, d->w);
    xtt_wide_sub(s, s, t, xtt_fp_p);
    xtt_wide_reduce(o->w, s, xtt_fp_p, XTT_FP_NEG_INV);
}

/* CT: the exponent is public, a constant of the field. */
static void power(struct fp *o, const struct fp *a, const uint64_t exponent[4])
{
    struct fp table[16] = {XTT_FP_ONE, *a}, acc = XTT_FP_ONE;

    for (int i = 2; i < 16; i++)
        xtt_fp_mul(&table[i], &table[i - 1], a);
    for (int i = 63; i >= 0; i--) {
        for (int j = 0; j < 4; j++)
            xtt_fp_sqr(&acc, &acc);
        xtt_fp_mul(&acc, &acc, &table[exponent[i / 16] >> (4 * (i % 16)) & 15]);
    }
    *o = acc;
}

void xtt_fp_inv(struct fp *o, const struct fp *a)
{
    /* p - 2 */
    static const uint64_t exponent[4] = {0xd3292ddbaed33011, 0x0cdc65fb12980a82, 0x46e5f25eee71a49f,
                                         0xfffffffffffcf0cd};

    power(o, a, exponent);
}

uint64_t xtt_fp_sqrt(struct fp *o, const struct fp *a)
{
    /* (p + 1) / 4, as p = 3 mod 4 */
    static const uint64_t exponent[4] = {0xb4ca4b76ebb4cc05, 0xc337197ec4a602a0, 0x51b97c97bb9c6927,
                                         0x3fffffffffff3c33};
    struct fp root, square;

    power(&root, a, exponent);
    xtt_fp_sqr(&square, &root);
    if (!xtt_fp_eq(&square, a))
        return 0;
    *o = root;
    return 1;
}

uint64_t xtt_fp_from_bytes(struct fp *o, const uint8_t in[static 32])
{
    struct fp t;

    xtt_limbs_from_bytes(t.w, in);
    if (!xtt_limbs_less(t.w, xtt_fp_p))
        return 0;
    xtt_fp_mul(o, &t, &fp_r2);
    return 1;
}

void xtt_fp_from_hash(struct fp *o, const uint8_t in[static 32])
{
    struct fp t;

    xtt_limbs_from_bytes(t.w, in);
    xtt_mont_correct(t.w, t.w, 0, xtt_fp_p);
    xtt_fp_mul(o, &t, &fp_r2);
}

void xtt_fp_to_bytes(uint8_t out[static 32], const struct fp *a)
{
    static const struct fp plain_one = {{1, 0, 0, 0}};
    struct fp t;

    xtt_fp_mul(&t, a, &plain_one);
    xtt_limbs_to_bytes(out, t.w);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Multiplication in Fp2: Karatsuba over products that are reduced once per coordinate. */
#include "curve/fp2.h"

void xtt_fp2_mul(struct fp2 *o, const struct fp2 *a, const struct fp2 *b)
{
    uint64_t low[8], high[8], cross[8];
    struct fp s, t;

    xtt_wide_mul(low, a->c0.w, b->c0.w);
    xtt_wide_mul(high, a->c1.w, b->c1.w);
    xtt_fp_add(&s, &a->c0, &a->c1);
    xtt_fp_add(&t, &b->c0, &b->c1);
    xtt_wide_mul(cross, s.w, t.w);
    xtt_wide_sub(cross, cross, low, xtt_fp_p);
    xtt_wide_sub(cross, cross, high, xtt_fp_p);
    xtt_wide_sub(low, low, high, xtt_fp_p);
    xtt_wide_reduce(o->c0.w, low, xtt_fp_p, XTT_FP_NEG_INV);
    xtt_wide_reduce(o->c1.w, cross, xtt_fp_p, XTT_FP_NEG_INV);
}

/* (a + b i)^2 = (a + b)(a - b) + 2ab i */
void xtt_fp2_sqr(struct fp2 *o, const struct fp2 *a)
{
    struct fp sum, diff, twice;

    xtt_fp_add(&sum, &a->c0, &a->c1);
    xtt_fp_sub(&diff, &a->c0, &a->c1);
    xtt_fp_add(&twice, &a->c0, &a->c0);
    xtt_mont_mul(o->c1.w, twice.w, a->c1.w, xtt_fp_p, XTT_FP_NEG_INV);
    xtt_mont_mul(o->c0.w, sum.w, diff.w, xtt_fp_p, XTT_FP_NEG_INV);
}

void xtt_fp2_mul_fp(struct fp2 *o, const struct fp2 *a, const struct fp *b)
{
    struct fp by = *b;

    xtt_fp_mul(&o->c0, &a->c0, &by);
    xtt_fp_mul(&o->c1, &a->c1, &by);
}

/* 1/(a + b i) = (a - b i)/(a^2 + b^2) */
void xtt_fp2_inv(struct fp2 *o, const struct fp2 *a)
{
    struct fp norm;
    struct fp2 conj;

    xtt_fp_mul_add(&norm, &a->c0, &a->c0, &a->c1, &a->c1);
    xtt_fp_inv(&norm, &norm);
    xtt_fp2_conj(&conj, a);
    xtt_fp2_mul_fp(o, &conj, &norm);
}

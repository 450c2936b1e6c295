/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Fp2 = Fp[i]/(i^2 + 1), with xi = 1 + i, which is neither a square nor a cube and carries the
 * extensions above.  Constant time; outputs may be inputs.
 */
#ifndef XTT_CURVE_FP2_H
#define XTT_CURVE_FP2_H

#include "curve/fp.h"

struct fp2 {
    struct fp c0, c1; /* c0 + c1 i */
};

static inline void xtt_fp2_add(struct fp2 *o, const struct fp2 *a, const struct fp2 *b)
{
    xtt_fp_add(&o->c0, &a->c0, &b->c0);
    xtt_fp_add(&o->c1, &a->c1, &b->c1);
}

static inline void xtt_fp2_sub(struct fp2 *o, const struct fp2 *a, const struct fp2 *b)
{
    xtt_fp_sub(&o->c0, &a->c0, &b->c0);
    xtt_fp_sub(&o->c1, &a->c1, &b->c1);
}

static inline void xtt_fp2_neg(struct fp2 *o, const struct fp2 *a)
{
    xtt_fp_neg(&o->c0, &a->c0);
    xtt_fp_neg(&o->c1, &a->c1);
}

/* a^p */
static inline void xtt_fp2_conj(struct fp2 *o, const struct fp2 *a)
{
    o->c0 = a->c0;
    xtt_fp_neg(&o->c1, &a->c1);
}

/* a (1 + i) */
static inline void xtt_fp2_mul_xi(struct fp2 *o, const struct fp2 *a)
{
    struct fp t;

    xtt_fp_sub(&t, &a->c0, &a->c1);
    xtt_fp_add(&o->c1, &a->c0, &a->c1);
    o->c0 = t;
}

static inline uint64_t xtt_fp2_is_zero(const struct fp2 *a)
{
    return xtt_fp_is_zero(&a->c0) & xtt_fp_is_zero(&a->c1);
}

static inline uint64_t xtt_fp2_eq(const struct fp2 *a, const struct fp2 *b)
{
    return xtt_fp_eq(&a->c0, &b->c0) & xtt_fp_eq(&a->c1, &b->c1);
}

static inline void xtt_fp2_select(struct fp2 *o, uint64_t mask, const struct fp2 *a,
                                  const struct fp2 *b)
{
    xtt_fp_select(&o->c0, mask, &a->c0, &b->c0);
    xtt_fp_select(&o->c1, mask, &a->c1, &b->c1);
}

void xtt_fp2_mul(struct fp2 *o, const struct fp2 *a, const struct fp2 *b);
void xtt_fp2_sqr(struct fp2 *o, const struct fp2 *a);
void xtt_fp2_mul_fp(struct fp2 *o, const struct fp2 *a, const struct fp *b);
/* o = 1/a; 0 for 0. */
void xtt_fp2_inv(struct fp2 *o, const struct fp2 *a);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Fp12 = Fp6[w]/(w^2 - v), the field of pairing values: w^6 = xi.  Constant time; outputs may be
 * inputs.
 */
#ifndef XTT_CURVE_FP12_H
#define XTT_CURVE_FP12_H

#include "curve/fp6.h"

struct fp12 {
    struct fp6 c0, c1; /* c0 + c1 w */
};

void xtt_fp12_one(struct fp12 *o);
void xtt_fp12_mul(struct fp12 *o, const struct fp12 *a, const struct fp12 *b);
void xtt_fp12_sqr(struct fp12 *o, const struct fp12 *a);
/* o = 1/a; 0 for 0. */
void xtt_fp12_inv(struct fp12 *o, const struct fp12 *a);
/* a^(p^6), which is 1/a where a^(p^6+1) = 1 */
void xtt_fp12_conj(struct fp12 *o, const struct fp12 *a);
/* a^p and a^(p^2) */
void xtt_fp12_frobenius(struct fp12 *o, const struct fp12 *a);
void xtt_fp12_frobenius2(struct fp12 *o, const struct fp12 *a);
/* a (l0 + l2 w^2 + w^3): a line of the Miller loop, scaled so that its last coefficient is 1. */
void xtt_fp12_mul_line(struct fp12 *o, const struct fp12 *a, const struct fp2 *l0,
                       const struct fp2 *l2);
/* a^2 where a^(p^4-p^2+1) = 1 (R. Granger, M. Scott 2010) */
void xtt_fp12_sqr_cyclotomic(struct fp12 *o, const struct fp12 *a);
/* 1 if a = b, else 0 */
uint64_t xtt_fp12_eq(const struct fp12 *a, const struct fp12 *b);

#endif

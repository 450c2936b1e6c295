/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The optimal ate pairing e: G1 x G2 -> Fp12, with value exactly f^((p^12-1)/r).  The lines that
 * depend on the G2 point alone are prepared once; products share squarings and final powering.
 */
#ifndef XTT_CURVE_PAIRING_H
#define XTT_CURVE_PAIRING_H

#include "curve/fp12.h"
#include "curve/g1.h"
#include "curve/g2.h"

/* The Miller loop runs over 6u + 2: 65 doublings and 16 additions for its digits, then 2. */
#define XTT_PAIRING_LINES   83
#define XTT_PAIRING_FACTORS 4 /* at most, in one product */

/* The lines through multiples of a point of G2, scaled: l0 / y + l2 (x / y) w^2 + w^3 at (x, y). */
struct pairing_lines {
    struct fp2 l0[XTT_PAIRING_LINES], l2[XTT_PAIRING_LINES];
};

struct pairing_factor {
    struct g1 p;
    const struct pairing_lines *q;
};

/* q is not infinity. */
void xtt_pairing_prepare(struct pairing_lines *o, const struct g2 *q);
/* The product of e(p, q) over n <= XTT_PAIRING_FACTORS factors; a p at infinity counts as 1. */
void xtt_pairing_product(struct fp12 *o, const struct pairing_factor *factors, size_t n);
/* e(p, q), for a q that is not infinity. */
void xtt_pairing(struct fp12 *o, const struct g1 *p, const struct g2 *q);

/* The halves of xtt_pairing_product: tests and the bench look at them apart. */
void xtt_pairing_miller(struct fp12 *o, const struct pairing_factor *factors, size_t n);
void xtt_pairing_final(struct fp12 *o, const struct fp12 *f);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * G1: the curve y^2 = x^3 + 3 over Fp, of prime order r.  Points are homogeneous (x/z, y/z) and the
 * formulas complete (J. Renes, C. Costello, L. Batina 2016), so infinity and equal points are no
 * special cases.  Constant time unless the name says _vartime; outputs may be inputs.
 */
#ifndef XTT_CURVE_G1_H
#define XTT_CURVE_G1_H

#include <stddef.h>

#include "curve/fp.h"
#include "curve/scalar.h"

struct g1 {
    struct fp x, y, z; /* infinity: z = 0 */
};

/* The generator (1, 2). */
extern const struct g1 xtt_g1_generator;

void xtt_g1_add(struct g1 *o, const struct g1 *a, const struct g1 *b);
void xtt_g1_double(struct g1 *o, const struct g1 *a);
void xtt_g1_neg(struct g1 *o, const struct g1 *a);
/* 1 if a = b, or if a is infinity; else 0. */
uint64_t xtt_g1_eq(const struct g1 *a, const struct g1 *b);
uint64_t xtt_g1_is_infinity(const struct g1 *a);

/* k p */
void xtt_g1_mul(struct g1 *o, const struct g1 *p, const struct scalar *k);
/* k times the generator */
void xtt_g1_mul_base(struct g1 *o, const struct scalar *k);
/* a p + b q */
void xtt_g1_mul2_vartime(struct g1 *o, const struct scalar *a, const struct g1 *p,
                         const struct scalar *b, const struct g1 *q);
/* (k0 + k1 lambda) p: two random words make a random factor of 128 bits for half the price. */
void xtt_g1_mul_words_vartime(struct g1 *o, const uint64_t k[static 2], const struct g1 *p);

/* Make z = 1 in n points with one inversion; a point at infinity stays what it is. */
void xtt_g1_normalize(struct g1 *p, size_t n);
/* 04 || x || y.  0 and nothing written for infinity; whether it was leaks. */
uint64_t xtt_g1_to_bytes(uint8_t out[static 65], const struct g1 *p);
/* 0 and o unset if the prefix is not 04, a coordinate is not below p, or it is not on the curve. */
uint64_t xtt_g1_from_bytes(struct g1 *o, const uint8_t in[static 65]);
/* The point with this x and the square root y that is even; 0 if there is none or y = 0. */
uint64_t xtt_g1_from_x_vartime(struct g1 *o, const struct fp *x);
/* The point with these coordinates; 0 and o unset if it is not on the curve. */
uint64_t xtt_g1_from_xy(struct g1 *o, const struct fp *x, const struct fp *y);

#endif

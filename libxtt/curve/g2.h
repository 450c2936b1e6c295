/* SPDX-License-Identifier: Apache-2.0 */
/*
 * G2: the subgroup of order r of the twist y^2 = x^3 + 3 xi over Fp2.  Points are homogeneous and
 * the formulas complete, as in g1.h.  Constant time; outputs may be inputs.
 */
#ifndef XTT_CURVE_G2_H
#define XTT_CURVE_G2_H

#include "curve/fp2.h"
#include "curve/scalar.h"

struct g2 {
    struct fp2 x, y, z; /* infinity: z = 0 */
};

/* The generator of TPM_ECC_BN_P256's G2, doc/protocol.md "Group signatures". */
extern const struct g2 xtt_g2_generator;

void xtt_g2_add(struct g2 *o, const struct g2 *a, const struct g2 *b);
void xtt_g2_double(struct g2 *o, const struct g2 *a);
void xtt_g2_neg(struct g2 *o, const struct g2 *a);
/* 1 if a = b, or if a is infinity; else 0. */
uint64_t xtt_g2_eq(const struct g2 *a, const struct g2 *b);
uint64_t xtt_g2_is_infinity(const struct g2 *a);
/* k p, for any point of the twist */
void xtt_g2_mul(struct g2 *o, const struct g2 *p, const struct scalar *k);
/* The p-power Frobenius map, carried from the curve to the twist. */
void xtt_g2_frobenius(struct g2 *o, const struct g2 *p);
/* 1 if the point of the twist has order r (or is infinity), else 0. */
uint64_t xtt_g2_in_group(const struct g2 *p);

/* Make z = 1; p is not infinity. */
void xtt_g2_normalize(struct g2 *p);
/* 04 || xa || xb || ya || yb.  0 and nothing written for infinity. */
uint64_t xtt_g2_to_bytes(uint8_t out[static 129], const struct g2 *p);
/* 0 and o unset if the prefix is not 04, a coordinate is not below p, or the point is not on the
 * twist or not of order r. */
uint64_t xtt_g2_from_bytes(struct g2 *o, const uint8_t in[static 129]);

#endif

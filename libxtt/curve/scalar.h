/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Integers modulo the group order r = 36u^4 + 36u^3 + 18u^2 + 6u + 1, and how a multiplication by
 * one is halved with the endomorphism of G1.  Plain form, below r.  Constant time unless the name
 * says _vartime.
 */
#ifndef XTT_CURVE_SCALAR_H
#define XTT_CURVE_SCALAR_H

#include "curve/mont.h"

struct scalar {
    uint64_t w[4];
};

/* k = (-1)^neg[0] half[0] + (-1)^neg[1] half[1] lambda mod r, where lambda (x, y) = (beta x, y). */
struct scalar_halves {
    uint64_t half[2][2]; /* 128 bits each */
    uint64_t neg[2];     /* all ones or zero */
};

void xtt_scalar_add(struct scalar *o, const struct scalar *a, const struct scalar *b);
void xtt_scalar_sub(struct scalar *o, const struct scalar *a, const struct scalar *b);
void xtt_scalar_mul(struct scalar *o, const struct scalar *a, const struct scalar *b);
/* 1 if a = 0, or if a = b; else 0. */
uint64_t xtt_scalar_is_zero(const struct scalar *a);
uint64_t xtt_scalar_eq(const struct scalar *a, const struct scalar *b);

/* Big-endian.  0 and o unset if the number is not below r. */
uint64_t xtt_scalar_from_bytes(struct scalar *o, const uint8_t in[static 32]);
/* The number modulo r, whatever it is. */
void xtt_scalar_from_hash(struct scalar *o, const uint8_t in[static 32]);
void xtt_scalar_to_bytes(uint8_t out[static 32], const struct scalar *a);

/* R. Gallant, R. Lambert, S. Vanstone 2001. */
void xtt_scalar_split(struct scalar_halves *o, const struct scalar *k);

#endif

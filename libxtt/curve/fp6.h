/* SPDX-License-Identifier: Apache-2.0 */
/* Fp6 = Fp2[v]/(v^3 - xi), the middle of the tower.  Constant time; outputs may be inputs. */
#ifndef XTT_CURVE_FP6_H
#define XTT_CURVE_FP6_H

#include "curve/fp2.h"

struct fp6 {
    struct fp2 c0, c1, c2; /* c0 + c1 v + c2 v^2 */
};

void xtt_fp6_add(struct fp6 *o, const struct fp6 *a, const struct fp6 *b);
void xtt_fp6_sub(struct fp6 *o, const struct fp6 *a, const struct fp6 *b);
void xtt_fp6_neg(struct fp6 *o, const struct fp6 *a);
/* a v */
void xtt_fp6_mul_v(struct fp6 *o, const struct fp6 *a);
void xtt_fp6_mul(struct fp6 *o, const struct fp6 *a, const struct fp6 *b);
/* a (b0 + b1 v) */
void xtt_fp6_mul_01(struct fp6 *o, const struct fp6 *a, const struct fp2 *b0, const struct fp2 *b1);
/* o = 1/a; 0 for 0. */
void xtt_fp6_inv(struct fp6 *o, const struct fp6 *a);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* Arithmetic in Fp6, the cubic step of the tower; see fp6.h. */
#include "curve/fp6.h"

void xtt_fp6_add(struct fp6 *o, const struct fp6 *a, const struct fp6 *b)
{
    xtt_fp2_add(&o->c0, &a->c0, &b->c0);
    xtt_fp2_add(&o->c1, &a->c1, &b->c1);
    xtt_fp2_add(&o->c2, &a->c2, &b->c2);
}

void xtt_fp6_sub(struct fp6 *o, const struct fp6 *a, const struct fp6 *b)
{
    xtt_fp2_sub(&o->c0, &a->c0, &b->c0);
    xtt_fp2_sub(&o->c1, &a->c1, &b->c1);
    xtt_fp2_sub(&o->c2, &a->c2, &b->c2);
}

void xtt_fp6_neg(struct fp6 *o, const struct fp6 *a)
{
    xtt_fp2_neg(&o->c0, &a->c0);
    xtt_fp2_neg(&o->c1, &a->c1);
    xtt_fp2_neg(&o->c2, &a->c2);
}

void xtt_fp6_mul_v(struct fp6 *o, const struct fp6 *a)
{
    struct fp2 t;

    xtt_fp2_mul_xi(&t, &a->c2);
    o->c2 = a->c1;
    o->c1 = a->c0;
    o->c0 = t;
}

/* (a + b)(c + d) - ac - bd = ad + bc, given ac and bd */
static void cross(struct fp2 *o, const struct fp2 *a, const struct fp2 *b, const struct fp2 *c,
                  const struct fp2 *d, const struct fp2 *ac, const struct fp2 *bd)
{
    struct fp2 s, t;

    xtt_fp2_add(&s, a, b);
    xtt_fp2_add(&t, c, d);
    xtt_fp2_mul(&s, &s, &t);
    xtt_fp2_sub(&s, &s, ac);
    xtt_fp2_sub(o, &s, bd);
}

/* Karatsuba: six products instead of nine. */
void xtt_fp6_mul(struct fp6 *o, const struct fp6 *a, const struct fp6 *b)
{
    struct fp2 p0, p1, p2, s01, s02, s12;

    xtt_fp2_mul(&p0, &a->c0, &b->c0);
    xtt_fp2_mul(&p1, &a->c1, &b->c1);
    xtt_fp2_mul(&p2, &a->c2, &b->c2);
    cross(&s01, &a->c0, &a->c1, &b->c0, &b->c1, &p0, &p1);
    cross(&s02, &a->c0, &a->c2, &b->c0, &b->c2, &p0, &p2);
    cross(&s12, &a->c1, &a->c2, &b->c1, &b->c2, &p1, &p2);
    xtt_fp2_mul_xi(&s12, &s12);
    xtt_fp2_add(&o->c0, &p0, &s12);
    xtt_fp2_mul_xi(&p2, &p2);
    xtt_fp2_add(&o->c1, &s01, &p2);
    xtt_fp2_add(&o->c2, &s02, &p1);
}

void xtt_fp6_mul_01(struct fp6 *o, const struct fp6 *a, const struct fp2 *b0, const struct fp2 *b1)
{
    struct fp2 p0, p1, s01, t0, t1;

    xtt_fp2_mul(&p0, &a->c0, b0);
    xtt_fp2_mul(&p1, &a->c1, b1);
    xtt_fp2_mul(&t0, &a->c2, b1);
    xtt_fp2_mul(&t1, &a->c2, b0);
    cross(&s01, &a->c0, &a->c1, b0, b1, &p0, &p1);
    xtt_fp2_mul_xi(&t0, &t0);
    xtt_fp2_add(&o->c0, &p0, &t0);
    o->c1 = s01;
    xtt_fp2_add(&o->c2, &p1, &t1);
}

/* The adjugate over the norm (M. Scott, "Implementing cryptographic pairings", section 5.2). */
void xtt_fp6_inv(struct fp6 *o, const struct fp6 *a)
{
    struct fp2 d0, d1, d2, t, norm;

    xtt_fp2_sqr(&d0, &a->c0);
    xtt_fp2_mul(&t, &a->c1, &a->c2);
    xtt_fp2_mul_xi(&t, &t);
    xtt_fp2_sub(&d0, &d0, &t); /* a0^2 - xi a1 a2 */

    xtt_fp2_sqr(&d1, &a->c2);
    xtt_fp2_mul_xi(&d1, &d1);
    xtt_fp2_mul(&t, &a->c0, &a->c1);
    xtt_fp2_sub(&d1, &d1, &t); /* xi a2^2 - a0 a1 */

    xtt_fp2_sqr(&d2, &a->c1);
    xtt_fp2_mul(&t, &a->c0, &a->c2);
    xtt_fp2_sub(&d2, &d2, &t); /* a1^2 - a0 a2 */

    xtt_fp2_mul(&norm, &a->c1, &d2);
    xtt_fp2_mul(&t, &a->c2, &d1);
    xtt_fp2_add(&norm, &norm, &t);
    xtt_fp2_mul_xi(&norm, &norm);
    xtt_fp2_mul(&t, &a->c0, &d0);
    xtt_fp2_add(&norm, &norm, &t);
    xtt_fp2_inv(&norm, &norm);

    xtt_fp2_mul(&o->c0, &d0, &norm);
    xtt_fp2_mul(&o->c1, &d1, &norm);
    xtt_fp2_mul(&o->c2, &d2, &norm);
}

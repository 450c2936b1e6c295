/* SPDX-License-Identifier: Apache-2.0 */
/* Arithmetic in Fp12, the top of the tower; see fp12.h.  Not the pairing itself. */
#include "curve/fp12.h"

/* xi^(k (p-1)/6) for k = 1..5 */
static const struct fp2 frobenius_w[5] = {
    {{{0x77f4336c9f5752e0, 0xe3bdb82d415ee3e9, 0x1db98d9447e2e741, 0x18511e53c29f09a5}},
     {{0x5b34fa6f0f7bdd33, 0x291eadcdd1392699, 0x292c64caa68ebd5d, 0xe7aee1ac3d5de728}}},
    {{{0x0000000000000000, 0x0000000000000000, 0x0000000000000000, 0x0000000000000000}},
     {{0xac44103884008c2c, 0x26e76706f524db81, 0x49cc4e27b51eaff8, 0x266648723c3f9cff}}},
    {{{0x5edcf655589425d3, 0x15149d62cb8ed0c3, 0x1eddc85dd8b38df6, 0x90db7f10803fa480}},
     {{0x5edcf655589425d3, 0x15149d62cb8ed0c3, 0x1eddc85dd8b38df6, 0x90db7f10803fa480}}},
    {{{0xd91ae25cd52d5c19, 0x1a0b010be28cd0fe, 0x02e65bc8c6ad0b59, 0x266648723c42ac32}},
     {{0x0000000000000000, 0x0000000000000000, 0x0000000000000000, 0x0000000000000000}}},
    {{{0xd6d129c1f7eb78b3, 0xf8d255900cedb4ac, 0x3c9755f220967537, 0xa92c9d6442deae25}},
     {{0xfc580419b6e7b760, 0x140a106b05aa55d5, 0x0a4e9c6ccddb2f67, 0x56d3629bbd1e42a8}}},
};

/* xi^(k (p^2-1)/6) for k = 1..5, all in Fp */
static const struct fp frobenius2_w[5] = {
    {{0x26e51da32ad2a3e7, 0xe5f4fef41d732f01, 0xfd19a4373952f4a6, 0xd999b78dc3bd53cd}},
    {{0xfa0e4b7ed9a5d3fa, 0xf2d164ef300b3983, 0x43ff969627c49945, 0xd999b78dc3ba449b}},
    {{0xa6525bb75da66026, 0x19b8cbf625301505, 0x8dcbe4bddce3493e, 0xfffffffffff9e19a}},
    {{0xac44103884008c2c, 0x26e76706f524db81, 0x49cc4e27b51eaff8, 0x266648723c3f9cff}},
    {{0xd91ae25cd52d5c19, 0x1a0b010be28cd0fe, 0x02e65bc8c6ad0b59, 0x266648723c42ac32}},
};

void xtt_fp12_one(struct fp12 *o)
{
    static const struct fp12 one = {{{XTT_FP_ONE, {{0}}}, {{{0}}, {{0}}}, {{{0}}, {{0}}}},
                                    {{{{0}}, {{0}}}, {{{0}}, {{0}}}, {{{0}}, {{0}}}}};

    *o = one;
}

void xtt_fp12_mul(struct fp12 *o, const struct fp12 *a, const struct fp12 *b)
{
    struct fp6 p0, p1, s, t;

    xtt_fp6_mul(&p0, &a->c0, &b->c0);
    xtt_fp6_mul(&p1, &a->c1, &b->c1);
    xtt_fp6_add(&s, &a->c0, &a->c1);
    xtt_fp6_add(&t, &b->c0, &b->c1);
    xtt_fp6_mul(&s, &s, &t);
    xtt_fp6_sub(&s, &s, &p0);
    xtt_fp6_sub(&o->c1, &s, &p1);
    xtt_fp6_mul_v(&p1, &p1);
    xtt_fp6_add(&o->c0, &p0, &p1);
}

/* (a + b w)^2 = (a + b)(a + v b) - ab - v ab + 2ab w */
void xtt_fp12_sqr(struct fp12 *o, const struct fp12 *a)
{
    struct fp6 ab, s, t;

    xtt_fp6_mul(&ab, &a->c0, &a->c1);
    xtt_fp6_add(&s, &a->c0, &a->c1);
    xtt_fp6_mul_v(&t, &a->c1);
    xtt_fp6_add(&t, &t, &a->c0);
    xtt_fp6_mul(&s, &s, &t);
    xtt_fp6_sub(&s, &s, &ab);
    xtt_fp6_mul_v(&t, &ab);
    xtt_fp6_sub(&o->c0, &s, &t);
    xtt_fp6_add(&o->c1, &ab, &ab);
}

/* 1/(a + b w) = (a - b w)/(a^2 - v b^2) */
void xtt_fp12_inv(struct fp12 *o, const struct fp12 *a)
{
    struct fp6 norm, t;

    xtt_fp6_mul(&norm, &a->c0, &a->c0);
    xtt_fp6_mul(&t, &a->c1, &a->c1);
    xtt_fp6_mul_v(&t, &t);
    xtt_fp6_sub(&norm, &norm, &t);
    xtt_fp6_inv(&norm, &norm);
    xtt_fp6_mul(&o->c0, &a->c0, &norm);
    xtt_fp6_mul(&t, &a->c1, &norm);
    xtt_fp6_neg(&o->c1, &t);
}

void xtt_fp12_conj(struct fp12 *o, const struct fp12 *a)
{
    o->c0 = a->c0;
    xtt_fp6_neg(&o->c1, &a->c1);
}

void xtt_fp12_frobenius(struct fp12 *o, const struct fp12 *a)
{
    struct fp2 t;

    xtt_fp2_conj(&o->c0.c0, &a->c0.c0);
    xtt_fp2_conj(&t, &a->c1.c0);
    xtt_fp2_mul(&o->c1.c0, &t, &frobenius_w[0]);
    xtt_fp2_conj(&t, &a->c0.c1);
    xtt_fp2_mul(&o->c0.c1, &t, &frobenius_w[1]);
    xtt_fp2_conj(&t, &a->c1.c1);
    xtt_fp2_mul(&o->c1.c1, &t, &frobenius_w[2]);
    xtt_fp2_conj(&t, &a->c0.c2);
    xtt_fp2_mul(&o->c0.c2, &t, &frobenius_w[3]);
    xtt_fp2_conj(&t, &a->c1.c2);
    xtt_fp2_mul(&o->c1.c2, &t, &frobenius_w[4]);
}

void xtt_fp12_frobenius2(struct fp12 *o, const struct fp12 *a)
{
    o->c0.c0 = a->c0.c0;
    xtt_fp2_mul_fp(&o->c1.c0, &a->c1.c0, &frobenius2_w[0]);
    xtt_fp2_mul_fp(&o->c0.c1, &a->c0.c1, &frobenius2_w[1]);
    xtt_fp2_mul_fp(&o->c1.c1, &a->c1.c1, &frobenius2_w[2]);
    xtt_fp2_mul_fp(&o->c0.c2, &a->c0.c2, &frobenius2_w[3]);
    xtt_fp2_mul_fp(&o->c1.c2, &a->c1.c2, &frobenius2_w[4]);
}

/* (a + b w)(l + v w) with l = l0 + l2 v: constant part a l + v^2 b, w part b l + v a */
void xtt_fp12_mul_line(struct fp12 *o, const struct fp12 *a, const struct fp2 *l0,
                       const struct fp2 *l2)
{
    struct fp6 va, vvb;

    xtt_fp6_mul_v(&va, &a->c0);
    xtt_fp6_mul_v(&vvb, &a->c1);
    xtt_fp6_mul_v(&vvb, &vvb);
    xtt_fp6_mul_01(&o->c0, &a->c0, l0, l2);
    xtt_fp6_mul_01(&o->c1, &a->c1, l0, l2);
    xtt_fp6_add(&o->c0, &o->c0, &vvb);
    xtt_fp6_add(&o->c1, &o->c1, &va);
}

/* (a + b s)^2 in Fp4 = Fp2[s]/(s^2 - xi): a^2 + xi b^2 and 2ab */
static void sqr_fp4(struct fp2 *o0, struct fp2 *o1, const struct fp2 *a, const struct fp2 *b)
{
    struct fp2 aa, bb, s;

    xtt_fp2_sqr(&aa, a);
    xtt_fp2_sqr(&bb, b);
    xtt_fp2_add(&s, a, b);
    xtt_fp2_sqr(&s, &s);
    xtt_fp2_sub(&s, &s, &aa);
    xtt_fp2_sub(o1, &s, &bb);
    xtt_fp2_mul_xi(&bb, &bb);
    xtt_fp2_add(o0, &aa, &bb);
}

/* o = 3a - 2b and o = 3a + 2b */
static void triple_minus(struct fp2 *o, const struct fp2 *a, const struct fp2 *b)
{
    struct fp2 t;

    xtt_fp2_sub(&t, a, b);
    xtt_fp2_add(&t, &t, &t);
    xtt_fp2_add(o, &t, a);
}

static void triple_plus(struct fp2 *o, const struct fp2 *a, const struct fp2 *b)
{
    struct fp2 t;

    xtt_fp2_add(&t, a, b);
    xtt_fp2_add(&t, &t, &t);
    xtt_fp2_add(o, &t, a);
}

/* Over Fp4 with s = w^3 the element is A + B w + C w^2; its square is (3A^2 - 2A') +
 * (3 s C^2 + 2B') w + (3 B^2 - 2C') w^2, where ' is conjugation of Fp4 over Fp2. */
void xtt_fp12_sqr_cyclotomic(struct fp12 *o, const struct fp12 *a)
{
    struct fp2 a0, a1, b0, b1, c0, c1;

    sqr_fp4(&a0, &a1, &a->c0.c0, &a->c1.c1);
    sqr_fp4(&b0, &b1, &a->c1.c0, &a->c0.c2);
    sqr_fp4(&c0, &c1, &a->c0.c1, &a->c1.c2);
    xtt_fp2_mul_xi(&c1, &c1); /* s (c0 + c1 s) = xi c1 + c0 s */

    triple_minus(&o->c0.c0, &a0, &a->c0.c0);
    triple_plus(&o->c1.c1, &a1, &a->c1.c1);
    triple_plus(&o->c1.c0, &c1, &a->c1.c0);
    triple_minus(&o->c0.c2, &c0, &a->c0.c2);
    triple_minus(&o->c0.c1, &b0, &a->c0.c1);
    triple_plus(&o->c1.c2, &b1, &a->c1.c2);
}

uint64_t xtt_fp12_eq(const struct fp12 *a, const struct fp12 *b)
{
    return xtt_fp2_eq(&a->c0.c0, &b->c0.c0) & xtt_fp2_eq(&a->c0.c1, &b->c0.c1) &
           xtt_fp2_eq(&a->c0.c2, &b->c0.c2) & xtt_fp2_eq(&a->c1.c0, &b->c1.c0) &
           xtt_fp2_eq(&a->c1.c1, &b->c1.c1) & xtt_fp2_eq(&a->c1.c2, &b->c1.c2);
}

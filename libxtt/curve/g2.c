/* SPDX-License-Identifier: Apache-2.0 */
/* Points of G2: complete formulas over Fp2, multiplication, the subgroup, encoding. */
#include "curve/g2.h"

#include <xtt/base.h>

#define FP2_ONE                                                                                    \
    {                                                                                              \
        XTT_FP_ONE,                                                                                \
        {                                                                                          \
            {                                                                                      \
                0                                                                                  \
            }                                                                                      \
        }                                                                                          \
    }
static const struct g2 infinity = {{{{0}}, {{0}}}, FP2_ONE, {{{0}}, {{0}}}};
/* 3 xi */
static const struct fp2 twist_b = {
    {{0x8684766cf3866fc7, 0xd96ace0ec837e077, 0x2b4e28e334ab1222, 0x0000000000092d98}},
    {{0x8684766cf3866fc7, 0xd96ace0ec837e077, 0x2b4e28e334ab1222, 0x0000000000092d98}}};
const struct g2 xtt_g2_generator = {
    {{{0xa5f72e512a58e874, 0xd6af39fa50376ba1, 0x75472a8601715d86, 0x249126fcd8059346}},
     {{0xd79d352ed564775b, 0xf18307be18559499, 0x32fa3c090291ce52, 0xf136c243812c839d}}},
    {{{0x5fe22b7200bbc9c4, 0x7f701e818fe171ce, 0x39a1a6dec3e97b52, 0xa1398b3f1774bf60}},
     {{0x53b320fe69ac6026, 0x330f5117400e79ed, 0x0c31a9d2f9d1c1a5, 0xd83ed9be001ca75a}}},
    FP2_ONE};

/* 9 xi a = 3b a of the complete formulas */
static void mul_3b(struct fp2 *o, const struct fp2 *a)
{
    struct fp2 s, t;

    xtt_fp2_mul_xi(&s, a);
    xtt_fp2_add(&t, &s, &s);
    xtt_fp2_add(&t, &t, &t);
    xtt_fp2_add(&t, &t, &t);
    xtt_fp2_add(o, &t, &s);
}

/* (a + b)(c + d) - ac - bd */
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

/* Renes, Costello, Batina: algorithm 7.  The twist has odd order, so it is complete there too. */
void xtt_g2_add(struct g2 *o, const struct g2 *a, const struct g2 *b)
{
    struct fp2 xx, yy, zz, xy, yz, xz, sum, diff, t;

    xtt_fp2_mul(&xx, &a->x, &b->x);
    xtt_fp2_mul(&yy, &a->y, &b->y);
    xtt_fp2_mul(&zz, &a->z, &b->z);
    cross(&xy, &a->x, &a->y, &b->x, &b->y, &xx, &yy);
    cross(&yz, &a->y, &a->z, &b->y, &b->z, &yy, &zz);
    cross(&xz, &a->x, &a->z, &b->x, &b->z, &xx, &zz);
    xtt_fp2_add(&t, &xx, &xx);
    xtt_fp2_add(&xx, &t, &xx); /* 3 x1 x2 */
    mul_3b(&zz, &zz);
    mul_3b(&xz, &xz);
    xtt_fp2_add(&sum, &yy, &zz);
    xtt_fp2_sub(&diff, &yy, &zz);

    xtt_fp2_mul(&o->x, &xy, &diff);
    xtt_fp2_mul(&t, &yz, &xz);
    xtt_fp2_sub(&o->x, &o->x, &t);
    xtt_fp2_mul(&o->y, &diff, &sum);
    xtt_fp2_mul(&t, &xz, &xx);
    xtt_fp2_add(&o->y, &o->y, &t);
    xtt_fp2_mul(&o->z, &sum, &yz);
    xtt_fp2_mul(&t, &xx, &xy);
    xtt_fp2_add(&o->z, &o->z, &t);
}

/* Renes, Costello, Batina: algorithm 9. */
void xtt_g2_double(struct g2 *o, const struct g2 *a)
{
    struct fp2 yy, yy8, yz, zz, xy, sum, diff, t;

    xtt_fp2_sqr(&yy, &a->y);
    xtt_fp2_mul(&yz, &a->y, &a->z);
    xtt_fp2_sqr(&zz, &a->z);
    xtt_fp2_mul(&xy, &a->x, &a->y);
    xtt_fp2_add(&yy8, &yy, &yy);
    xtt_fp2_add(&yy8, &yy8, &yy8);
    xtt_fp2_add(&yy8, &yy8, &yy8);
    mul_3b(&zz, &zz);
    xtt_fp2_mul(&o->z, &yz, &yy8);
    xtt_fp2_add(&sum, &yy, &zz);
    xtt_fp2_add(&t, &zz, &zz);
    xtt_fp2_add(&t, &t, &zz);
    xtt_fp2_sub(&diff, &yy, &t);
    xtt_fp2_mul(&t, &zz, &yy8);
    xtt_fp2_mul(&o->y, &diff, &sum);
    xtt_fp2_add(&o->y, &o->y, &t);
    xtt_fp2_mul(&xy, &xy, &diff);
    xtt_fp2_add(&o->x, &xy, &xy);
}

void xtt_g2_neg(struct g2 *o, const struct g2 *a)
{
    o->x = a->x;
    xtt_fp2_neg(&o->y, &a->y);
    o->z = a->z;
}

uint64_t xtt_g2_is_infinity(const struct g2 *a)
{
    return xtt_fp2_is_zero(&a->z);
}

uint64_t xtt_g2_eq(const struct g2 *a, const struct g2 *b)
{
    struct fp2 s, t;
    uint64_t same;

    xtt_fp2_mul(&s, &a->x, &b->z);
    xtt_fp2_mul(&t, &b->x, &a->z);
    same = xtt_fp2_eq(&s, &t);
    xtt_fp2_mul(&s, &a->y, &b->z);
    xtt_fp2_mul(&t, &b->y, &a->z);
    return same & xtt_fp2_eq(&s, &t);
}

/* CT: every row is read whatever the index. */
static void look_up(struct g2 *o, const struct g2 table[static 16], uint64_t index)
{
    *o = table[0];
    for (uint64_t i = 1; i < 16; i++) {
        uint64_t mask = xtt_mask(1 ^ (((i ^ index) | (0 - (i ^ index))) >> 63));

        xtt_fp2_select(&o->x, mask, &table[i].x, &o->x);
        xtt_fp2_select(&o->y, mask, &table[i].y, &o->y);
        xtt_fp2_select(&o->z, mask, &table[i].z, &o->z);
    }
}

void xtt_g2_mul(struct g2 *o, const struct g2 *p, const struct scalar *k)
{
    struct g2 table[16], acc = infinity, row;

    table[0] = infinity;
    table[1] = *p;
    for (int i = 2; i < 16; i += 2) {
        xtt_g2_double(&table[i], &table[i / 2]);
        xtt_g2_add(&table[i + 1], &table[i], &table[1]);
    }
    for (int i = 63; i >= 0; i--) {
        for (int j = 0; j < 4; j++)
            xtt_g2_double(&acc, &acc);
        look_up(&row, table, k->w[i / 16] >> (4 * (i % 16)) & 15);
        xtt_g2_add(&acc, &acc, &row);
    }
    *o = acc;
    xtt_wipe(&row, sizeof row);
}

/* (x, y) -> (x^p / xi^((p-1)/3), y^p / xi^((p-1)/2)) */
void xtt_g2_frobenius(struct g2 *o, const struct g2 *p)
{
    static const struct fp2 fx = {
        {{0}}, {{0xd91ae25cd52d5c19, 0x1a0b010be28cd0fe, 0x02e65bc8c6ad0b59, 0x266648723c42ac32}}};
    static const struct fp2 fy = {
        {{0x744c3786563f0a40, 0xf7c7c898470939bf, 0x28082a0115be16a8, 0x6f2480ef7fbd4c4d}},
        {{0x5edcf655589425d3, 0x15149d62cb8ed0c3, 0x1eddc85dd8b38df6, 0x90db7f10803fa480}}};

    xtt_fp2_conj(&o->x, &p->x);
    xtt_fp2_mul(&o->x, &o->x, &fx);
    xtt_fp2_conj(&o->y, &p->y);
    xtt_fp2_mul(&o->y, &o->y, &fy);
    xtt_fp2_conj(&o->z, &p->z);
}

/*
 * The Frobenius map F satisfies F^2 - tF + p = 0 with t = 6u^2 + 1.  Where F(P) = 6u^2 P this says
 * (p - 6u^2) P = r P = 0; and on the subgroup F is that multiplication.
 */
uint64_t xtt_g2_in_group(const struct g2 *p)
{
    static const struct scalar six_uu = {{0xdcfbda6eddc7e006, 0xfffffffffffe7867, 0, 0}};
    struct g2 image, multiple;

    xtt_g2_frobenius(&image, p);
    xtt_g2_mul(&multiple, p, &six_uu);
    return xtt_g2_eq(&image, &multiple);
}

void xtt_g2_normalize(struct g2 *p)
{
    static const struct fp2 one = FP2_ONE;
    struct fp2 inverse;

    xtt_fp2_inv(&inverse, &p->z);
    xtt_fp2_mul(&p->x, &p->x, &inverse);
    xtt_fp2_mul(&p->y, &p->y, &inverse);
    p->z = one;
}

uint64_t xtt_g2_to_bytes(uint8_t out[static 129], const struct g2 *p)
{
    struct g2 t = *p;

    if (xtt_g2_is_infinity(p))
        return 0;
    xtt_g2_normalize(&t);
    out[0] = 4;
    xtt_fp_to_bytes(out + 1, &t.x.c0);
    xtt_fp_to_bytes(out + 33, &t.x.c1);
    xtt_fp_to_bytes(out + 65, &t.y.c0);
    xtt_fp_to_bytes(out + 97, &t.y.c1);
    return 1;
}

uint64_t xtt_g2_from_bytes(struct g2 *o, const uint8_t in[static 129])
{
    struct g2 t = {.z = FP2_ONE};
    struct fp2 left, right;

    if (in[0] != 4 || !xtt_fp_from_bytes(&t.x.c0, in + 1) || !xtt_fp_from_bytes(&t.x.c1, in + 33) ||
        !xtt_fp_from_bytes(&t.y.c0, in + 65) || !xtt_fp_from_bytes(&t.y.c1, in + 97))
        return 0;
    xtt_fp2_sqr(&left, &t.y);
    xtt_fp2_sqr(&right, &t.x);
    xtt_fp2_mul(&right, &right, &t.x);
    xtt_fp2_add(&right, &right, &twist_b);
    if (!xtt_fp2_eq(&left, &right) || !xtt_g2_in_group(&t))
        return 0;
    *o = t;
    return 1;
}

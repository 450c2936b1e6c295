/* SPDX-License-Identifier: Apache-2.0 */
/* Points of G1: complete formulas, multiplication with and without secrets, encoding. */
#include "curve/g1.h"
#include "curve/g1_table.h"

#include <xtt/base.h>

/* 2 and 3 in Montgomery form */
#define FP_TWO                                                                                     \
    {                                                                                              \
        {                                                                                          \
            0x59ada448a2599fda, 0xe6473409dacfeafa, 0x72341b42231cb6c1, 0x0000000000061e65         \
        }                                                                                          \
    }
static const struct fp curve_b = {
    {0x8684766cf3866fc7, 0xd96ace0ec837e077, 0x2b4e28e334ab1222, 0x0000000000092d98}};
/* 36u^3 + 18u^2 + 6u + 1 = lambda of scalar.h acts as (x, y) -> (beta x, y);
 * beta = xi^((p^2-1)/3), a cube root of 1 */
static const struct fp beta = {
    {0xfa0e4b7ed9a5d3fa, 0xf2d164ef300b3983, 0x43ff969627c49945, 0xd999b78dc3ba449b}};

static const struct fp fp_one = XTT_FP_ONE;
static const struct g1 infinity = {{{0}}, XTT_FP_ONE, {{0}}};
const struct g1 xtt_g1_generator = {XTT_FP_ONE, FP_TWO, XTT_FP_ONE};

/* 9a = 3b a of the complete formulas */
static void mul_3b(struct fp *o, const struct fp *a)
{
    struct fp t;

    xtt_fp_add(&t, a, a);
    xtt_fp_add(&t, &t, &t);
    xtt_fp_add(&t, &t, &t);
    xtt_fp_add(o, &t, a);
}

/* (a + b)(c + d) - ac - bd */
static void cross(struct fp *o, const struct fp *a, const struct fp *b, const struct fp *c,
                  const struct fp *d, const struct fp *ac, const struct fp *bd)
{
    struct fp s, t;

    xtt_fp_add(&s, a, b);
    xtt_fp_add(&t, c, d);
    xtt_fp_mul(&s, &s, &t);
    xtt_fp_sub(&s, &s, ac);
    xtt_fp_sub(o, &s, bd);
}

/* Renes, Costello, Batina: algorithm 7. */
void xtt_g1_add(struct g1 *o, const struct g1 *a, const struct g1 *b)
{
    struct fp xx, yy, zz, xy, yz, xz, sum, diff;

    xtt_fp_mul(&xx, &a->x, &b->x);
    xtt_fp_mul(&yy, &a->y, &b->y);
    xtt_fp_mul(&zz, &a->z, &b->z);
    cross(&xy, &a->x, &a->y, &b->x, &b->y, &xx, &yy);
    cross(&yz, &a->y, &a->z, &b->y, &b->z, &yy, &zz);
    cross(&xz, &a->x, &a->z, &b->x, &b->z, &xx, &zz);
    xtt_fp_add(&sum, &xx, &xx);
    xtt_fp_add(&xx, &sum, &xx); /* 3 x1 x2 */
    mul_3b(&zz, &zz);
    mul_3b(&xz, &xz);
    xtt_fp_add(&sum, &yy, &zz);
    xtt_fp_sub(&diff, &yy, &zz);
    xtt_fp_mul_sub(&o->x, &xy, &diff, &yz, &xz);
    xtt_fp_mul_add(&o->y, &diff, &sum, &xz, &xx);
    xtt_fp_mul_add(&o->z, &sum, &yz, &xx, &xy);
}

/* Renes, Costello, Batina: algorithm 9. */
void xtt_g1_double(struct g1 *o, const struct g1 *a)
{
    struct fp yy, yy8, yz, zz, xy, sum, diff;

    xtt_fp_sqr(&yy, &a->y);
    xtt_fp_mul(&yz, &a->y, &a->z);
    xtt_fp_sqr(&zz, &a->z);
    xtt_fp_mul(&xy, &a->x, &a->y);
    xtt_fp_add(&yy8, &yy, &yy);
    xtt_fp_add(&yy8, &yy8, &yy8);
    xtt_fp_add(&yy8, &yy8, &yy8);
    mul_3b(&zz, &zz);
    xtt_fp_mul(&o->z, &yz, &yy8);
    xtt_fp_add(&sum, &yy, &zz);
    xtt_fp_add(&diff, &zz, &zz);
    xtt_fp_add(&diff, &diff, &zz);
    xtt_fp_sub(&diff, &yy, &diff);
    xtt_fp_mul_add(&o->y, &zz, &yy8, &diff, &sum);
    xtt_fp_mul(&xy, &xy, &diff);
    xtt_fp_add(&o->x, &xy, &xy);
}

void xtt_g1_neg(struct g1 *o, const struct g1 *a)
{
    o->x = a->x;
    xtt_fp_neg(&o->y, &a->y);
    o->z = a->z;
}

uint64_t xtt_g1_is_infinity(const struct g1 *a)
{
    return xtt_fp_is_zero(&a->z);
}

uint64_t xtt_g1_eq(const struct g1 *a, const struct g1 *b)
{
    struct fp x, y;

    /* At infinity x = z = 0 and y is not, so the second row tells it from a finite point. */
    xtt_fp_mul_sub(&x, &a->x, &b->z, &b->x, &a->z);
    xtt_fp_mul_sub(&y, &a->y, &b->z, &b->y, &a->z);
    return xtt_fp_is_zero(&x) & xtt_fp_is_zero(&y);
}

static void select_point(struct g1 *o, uint64_t mask, const struct g1 *a, const struct g1 *b)
{
    xtt_fp_select(&o->x, mask, &a->x, &b->x);
    xtt_fp_select(&o->y, mask, &a->y, &b->y);
    xtt_fp_select(&o->z, mask, &a->z, &b->z);
}

static void negate_if(struct g1 *o, uint64_t mask)
{
    struct fp t;

    xtt_fp_neg(&t, &o->y);
    xtt_fp_select(&o->y, mask, &t, &o->y);
}

/* All ones if a = b, for small numbers. */
static uint64_t mask_eq(uint64_t a, uint64_t b)
{
    return xtt_mask(1 ^ (((a ^ b) | (0 - (a ^ b))) >> 63));
}

/* CT: every row is read whatever the index. */
static void look_up(struct g1 *o, const struct g1 table[static 16], uint64_t index)
{
    *o = table[0];
    for (uint64_t i = 1; i < 16; i++)
        select_point(o, mask_eq(i, index), &table[i], o);
}

/* Four bits at a time of both halves of the scalar; the table serves both, since the second half's
 * rows differ by beta and a sign. */
void xtt_g1_mul(struct g1 *o, const struct g1 *p, const struct scalar *k)
{
    struct scalar_halves s;
    struct g1 table[16], acc = infinity, row;

    xtt_scalar_split(&s, k);
    table[0] = infinity;
    table[1] = *p;
    negate_if(&table[1], s.neg[0]);
    for (int i = 2; i < 16; i += 2) {
        xtt_g1_double(&table[i], &table[i / 2]);
        xtt_g1_add(&table[i + 1], &table[i], &table[1]);
    }
    for (int i = 31; i >= 0; i--) {
        for (int j = 0; j < 4; j++)
            xtt_g1_double(&acc, &acc);
        look_up(&row, table, s.half[0][i / 16] >> (4 * (i % 16)) & 15);
        xtt_g1_add(&acc, &acc, &row);
        look_up(&row, table, s.half[1][i / 16] >> (4 * (i % 16)) & 15);
        xtt_fp_mul(&row.x, &row.x, &beta);
        negate_if(&row, s.neg[0] ^ s.neg[1]);
        xtt_g1_add(&acc, &acc, &row);
    }
    *o = acc;
    xtt_wipe(&s, sizeof s);
    xtt_wipe(&row, sizeof row);
}

/* CT: bits of k at a distance form the index; every row is read. */
static void look_up_base(struct g1 *o, const struct scalar *k, int shift)
{
    uint64_t index = 0;

    for (int i = XTT_G1_TABLE_TEETH - 1; i >= 0; i--) {
        int bit = shift + XTT_G1_TABLE_SPACING * i;

        index = index << 1 | (bit < 256 ? k->w[bit / 64] >> (bit % 64) & 1 : 0);
    }
    *o = infinity;
    for (uint64_t i = 1; i < 64; i++) {
        uint64_t mask = mask_eq(i, index);

        xtt_fp_select(&o->x, mask, &xtt_g1_table[i - 1][0], &o->x);
        xtt_fp_select(&o->y, mask, &xtt_g1_table[i - 1][1], &o->y);
    }
    xtt_fp_select(&o->z, ~mask_eq(index, 0), &fp_one, &infinity.z);
}

/* C. Lim, P. Lee 1994: a comb. */
void xtt_g1_mul_base(struct g1 *o, const struct scalar *k)
{
    struct g1 acc = infinity, row;

    for (int i = XTT_G1_TABLE_SPACING - 1; i >= 0; i--) {
        xtt_g1_double(&acc, &acc);
        look_up_base(&row, k, i);
        xtt_g1_add(&acc, &acc, &row);
    }
    *o = acc;
    xtt_wipe(&row, sizeof row);
}

#define DIGITS 130 /* of a number of 128 bits, with a carry */
#define WINDOW 5   /* odd digits between -15 and 15 */

/* Digits of k, least significant first, at most one in WINDOW not zero, the sign of neg applied. */
static void recode_vartime(int8_t digits[static DIGITS], const uint64_t k[2], uint64_t neg)
{
    uint64_t low = k[0], high = k[1], top = 0;

    for (int i = 0; i < DIGITS; i++) {
        int digit = 0;

        if (low & 1) {
            digit = (int)(low & ((1 << WINDOW) - 1));
            if (digit >= 1 << (WINDOW - 1))
                digit -= 1 << WINDOW;
            if (digit > 0) {
                low -= (uint64_t)digit;
            } else {
                uint64_t sum = low + (uint64_t)-digit;

                if (sum < low && ++high == 0)
                    top++;
                low = sum;
            }
        }
        digits[i] = (int8_t)(neg ? -digit : digit);
        low = low >> 1 | high << 63;
        high = high >> 1 | top << 63;
        top >>= 1;
    }
}

/* One point with the digits of its two half scalars and its odd multiples 1, 3, ..., 15. */
struct term {
    int8_t digits[2][DIGITS];
    struct g1 odd[2][1 << (WINDOW - 2)];
};

static void init_term_vartime(struct term *t, const struct scalar_halves *k, const struct g1 *p)
{
    struct g1 twice;

    recode_vartime(t->digits[0], k->half[0], k->neg[0]);
    recode_vartime(t->digits[1], k->half[1], k->neg[1]);
    xtt_g1_double(&twice, p);
    t->odd[0][0] = *p;
    for (int i = 1; i < 1 << (WINDOW - 2); i++)
        xtt_g1_add(&t->odd[0][i], &t->odd[0][i - 1], &twice);
    for (int i = 0; i < 1 << (WINDOW - 2); i++) {
        t->odd[1][i] = t->odd[0][i];
        xtt_fp_mul(&t->odd[1][i].x, &t->odd[0][i].x, &beta);
    }
}

static void sum_terms_vartime(struct g1 *o, const struct term *terms, int n)
{
    struct g1 acc = infinity;
    int begun = 0;

    for (int i = DIGITS - 1; i >= 0; i--) {
        if (begun)
            xtt_g1_double(&acc, &acc);
        for (int j = 0; j < 2 * n; j++) {
            int digit = terms[j / 2].digits[j % 2][i];
            struct g1 row;

            if (digit == 0)
                continue;
            begun = 1;
            row = terms[j / 2].odd[j % 2][(digit < 0 ? -digit : digit) / 2];
            if (digit < 0)
                xtt_g1_neg(&row, &row);
            xtt_g1_add(&acc, &acc, &row);
        }
    }
    *o = acc;
}

void xtt_g1_mul2_vartime(struct g1 *o, const struct scalar *a, const struct g1 *p,
                         const struct scalar *b, const struct g1 *q)
{
    struct scalar_halves s;
    struct term terms[2];

    xtt_scalar_split(&s, a);
    init_term_vartime(&terms[0], &s, p);
    xtt_scalar_split(&s, b);
    init_term_vartime(&terms[1], &s, q);
    sum_terms_vartime(o, terms, 2);
}

void xtt_g1_mul_words_vartime(struct g1 *o, const uint64_t k[static 2], const struct g1 *p)
{
    struct scalar_halves s = {{{k[0], 0}, {k[1], 0}}, {0, 0}};
    struct term term;

    init_term_vartime(&term, &s, p);
    sum_terms_vartime(o, &term, 1);
}

/* Montgomery's trick.  The products before each point are made anew: n is small, and they would be
 * secrets to keep and wipe. */
void xtt_g1_normalize(struct g1 *p, size_t n)
{
    struct fp acc = XTT_FP_ONE, inverse, z;

    for (size_t i = 0; i < n; i++) {
        struct fp product;

        xtt_fp_select(&z, xtt_mask(xtt_fp_is_zero(&p[i].z)), &fp_one, &p[i].z);
        xtt_fp_mul(&product, &acc, &z);
        acc = product;
    }
    xtt_fp_inv(&inverse, &acc);
    for (size_t i = n; i-- > 0;) {
        uint64_t finite = ~xtt_mask(xtt_fp_is_zero(&p[i].z));
        struct fp before = XTT_FP_ONE, factor;

        for (size_t j = 0; j < i; j++) {
            xtt_fp_select(&z, xtt_mask(xtt_fp_is_zero(&p[j].z)), &fp_one, &p[j].z);
            xtt_fp_mul(&before, &before, &z);
        }
        xtt_fp_mul(&factor, &inverse, &before);
        xtt_fp_select(&z, finite, &p[i].z, &fp_one);
        xtt_fp_mul(&inverse, &inverse, &z);
        xtt_fp_mul(&p[i].x, &p[i].x, &factor);
        xtt_fp_mul(&p[i].y, &p[i].y, &factor);
        xtt_fp_select(&p[i].z, finite, &fp_one, &p[i].z);
    }
}

uint64_t xtt_g1_to_bytes(uint8_t out[static 65], const struct g1 *p)
{
    struct g1 t = *p;

    if (xtt_g1_is_infinity(p))
        return 0;
    if (!xtt_fp_eq(&t.z, &fp_one)) /* CT: whether it was normalised is no secret */
        xtt_g1_normalize(&t, 1);
    out[0] = 4;
    xtt_fp_to_bytes(out + 1, &t.x);
    xtt_fp_to_bytes(out + 33, &t.y);
    return 1;
}

/* x^3 + 3 */
static void right_side(struct fp *o, const struct fp *x)
{
    struct fp t;

    xtt_fp_sqr(&t, x);
    xtt_fp_mul(&t, &t, x);
    xtt_fp_add(o, &t, &curve_b);
}

uint64_t xtt_g1_from_xy(struct g1 *o, const struct fp *x, const struct fp *y)
{
    struct fp left, right;

    xtt_fp_sqr(&left, y);
    right_side(&right, x);
    if (!xtt_fp_eq(&left, &right))
        return 0;
    *o = (struct g1){*x, *y, XTT_FP_ONE};
    return 1;
}

uint64_t xtt_g1_from_bytes(struct g1 *o, const uint8_t in[static 65])
{
    struct fp x, y;

    if (in[0] != 4 || !xtt_fp_from_bytes(&x, in + 1) || !xtt_fp_from_bytes(&y, in + 33))
        return 0;
    return xtt_g1_from_xy(o, &x, &y);
}

uint64_t xtt_g1_from_x_vartime(struct g1 *o, const struct fp *x)
{
    uint8_t bytes[32];
    struct fp y;

    right_side(&y, x);
    if (!xtt_fp_sqrt(&y, &y) || xtt_fp_is_zero(&y))
        return 0;
    xtt_fp_to_bytes(bytes, &y);
    if (bytes[31] & 1)
        xtt_fp_neg(&y, &y);
    *o = (struct g1){*x, y, XTT_FP_ONE};
    return 1;
}

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The optimal ate pairing (F. Vercauteren 2010) on FP256BN.  The twist is of M type, so a line
 * through points of the twist, taken at (x, y) of G1 and times w^3, has coefficients at 1, w^2,
 * w^3.
 */
#include "curve/pairing.h"

/* -(6u + 2) in non-adjacent form, from the digit below the leading one. */
static const int8_t loop_digits[65] = {0, 1,  0, 0, -1, 0, 1, 0, -1, 0, 0, 0, 1, 0, 0, 1, 0,
                                       0, -1, 0, 0, 0,  0, 1, 0, 1,  0, 0, 0, 0, 0, 0, 1, 0,
                                       0, 1,  0, 0, 1,  0, 0, 0, 0,  1, 0, 0, 1, 0, 0, 0, 0,
                                       0, -1, 0, 0, 0,  0, 0, 0, 0,  0, 0, 1, 0, 0};

/* -u in non-adjacent form, from the digit below the leading one. */
static const int8_t u_digits[63] = {0, -1, 0,  1,  0, 0,  0, 1, 0,  0, 0,  0, 1, 0, -1, 0,
                                    0, 0,  0,  -1, 0, -1, 0, 0, -1, 0, 0,  0, 0, 0, 0,  0,
                                    1, 0,  -1, 0,  0, 0,  1, 0, -1, 0, -1, 0, 0, 0, 0,  1,
                                    0, 1,  0,  1,  0, 0,  0, 0, 0,  0, 0,  0, 0, 0, 1};

/* One line before scaling: l0 + l2 x w^2 + l3 y w^3. */
struct line {
    struct fp2 l0, l2, l3;
};

/* The tangent at t, times 2YZ^2/Z: l0 = Y^2 - 3b'Z^2, l2 = -3X^2, l3 = 2YZ; and t doubled. */
static void double_step(struct line *line, struct g2 *t)
{
    struct fp2 yy, zz, xx, s;

    xtt_fp2_sqr(&yy, &t->y);
    xtt_fp2_sqr(&zz, &t->z);
    xtt_fp2_sqr(&xx, &t->x);
    xtt_fp2_mul_xi(&zz, &zz);
    xtt_fp2_add(&s, &zz, &zz);
    xtt_fp2_add(&s, &s, &s);
    xtt_fp2_add(&s, &s, &s);
    xtt_fp2_add(&s, &s, &zz); /* 9 xi Z^2, and b' = 3 xi */
    xtt_fp2_sub(&line->l0, &yy, &s);
    xtt_fp2_add(&s, &xx, &xx);
    xtt_fp2_add(&s, &s, &xx);
    xtt_fp2_neg(&line->l2, &s);
    xtt_fp2_mul(&s, &t->y, &t->z);
    xtt_fp2_add(&line->l3, &s, &s);
    xtt_g2_double(t, t);
}

/* The line through t and the affine q; and q added to t.  With a = Y - yZ and b = X - xZ:
 * l0 = ax - by, l2 = -a, l3 = b. */
static void add_step(struct line *line, struct g2 *t, const struct g2 *q)
{
    struct fp2 a, b, s;

    xtt_fp2_mul(&s, &q->y, &t->z);
    xtt_fp2_sub(&a, &t->y, &s);
    xtt_fp2_mul(&s, &q->x, &t->z);
    xtt_fp2_sub(&b, &t->x, &s);
    xtt_fp2_mul(&line->l0, &a, &q->x);
    xtt_fp2_mul(&s, &b, &q->y);
    xtt_fp2_sub(&line->l0, &line->l0, &s);
    xtt_fp2_neg(&line->l2, &a);
    line->l3 = b;
    xtt_g2_add(t, t, q);
}

/* Divide every line by its l3, with one inversion for all. */
static void scale(struct pairing_lines *o, const struct line lines[static XTT_PAIRING_LINES])
{
    struct fp2 before[XTT_PAIRING_LINES], inverse, factor;

    before[0] = lines[0].l3;
    for (int i = 1; i < XTT_PAIRING_LINES; i++)
        xtt_fp2_mul(&before[i], &before[i - 1], &lines[i].l3);
    xtt_fp2_inv(&inverse, &before[XTT_PAIRING_LINES - 1]);
    for (int i = XTT_PAIRING_LINES - 1; i >= 0; i--) {
        factor = inverse;
        if (i > 0)
            xtt_fp2_mul(&factor, &factor, &before[i - 1]);
        xtt_fp2_mul(&inverse, &inverse, &lines[i].l3);
        xtt_fp2_mul(&o->l0[i], &lines[i].l0, &factor);
        xtt_fp2_mul(&o->l2[i], &lines[i].l2, &factor);
    }
}

void xtt_pairing_prepare(struct pairing_lines *o, const struct g2 *q)
{
    struct line lines[XTT_PAIRING_LINES];
    struct g2 plus = *q, minus, t;
    int n = 0;

    xtt_g2_normalize(&plus);
    xtt_g2_neg(&minus, &plus);
    t = plus;
    for (size_t i = 0; i < sizeof loop_digits; i++) {
        double_step(&lines[n++], &t);
        if (loop_digits[i] != 0)
            add_step(&lines[n++], &t, loop_digits[i] > 0 ? &plus : &minus);
    }
    /* u < 0: from here on -t; then the two lines of the Frobenius images F(q) and -F^2(q). */
    xtt_g2_neg(&t, &t);
    xtt_g2_frobenius(&plus, &plus);
    add_step(&lines[n++], &t, &plus);
    xtt_g2_frobenius(&plus, &plus);
    xtt_g2_neg(&minus, &plus);
    add_step(&lines[n++], &t, &minus);
    scale(o, lines);
}

/* The G1 side of a line: x / y and 1 / y. */
struct place {
    struct fp x_over_y, inv_y;
    const struct pairing_lines *q;
};

/* With one inversion for all; y is never 0, as the order is odd.  Infinity (0 : y : 0) needs no
 * care: each of its lines is w^3, which lies in Fp4, and the final powering takes Fp4 to 1. */
static void place_all(struct place o[static XTT_PAIRING_FACTORS],
                      const struct pairing_factor *factors, size_t n)
{
    struct fp before[XTT_PAIRING_FACTORS + 1] = {XTT_FP_ONE}, inverse, inv_y;

    for (size_t i = 0; i < n; i++)
        xtt_fp_mul(&before[i + 1], &before[i], &factors[i].p.y);
    xtt_fp_inv(&inverse, &before[n]);
    for (size_t i = n; i-- > 0;) {
        xtt_fp_mul(&inv_y, &inverse, &before[i]);
        xtt_fp_mul(&inverse, &inverse, &factors[i].p.y);
        xtt_fp_mul(&o[i].x_over_y, &factors[i].p.x, &inv_y);
        xtt_fp_mul(&o[i].inv_y, &factors[i].p.z, &inv_y);
        o[i].q = factors[i].q;
    }
}

static void multiply_lines(struct fp12 *f, const struct place *places, size_t n, int line)
{
    for (size_t i = 0; i < n; i++) {
        struct fp2 l0, l2;

        xtt_fp2_mul_fp(&l0, &places[i].q->l0[line], &places[i].inv_y);
        xtt_fp2_mul_fp(&l2, &places[i].q->l2[line], &places[i].x_over_y);
        xtt_fp12_mul_line(f, f, &l0, &l2);
    }
}

void xtt_pairing_miller(struct fp12 *o, const struct pairing_factor *factors, size_t n)
{
    struct place places[XTT_PAIRING_FACTORS];
    struct fp12 f;
    int line = 0;

    place_all(places, factors, n);
    xtt_fp12_one(&f);
    for (size_t i = 0; i < sizeof loop_digits; i++) {
        if (i > 0)
            xtt_fp12_sqr(&f, &f);
        multiply_lines(&f, places, n, line++);
        if (loop_digits[i] != 0)
            multiply_lines(&f, places, n, line++);
    }
    xtt_fp12_conj(&f, &f); /* u < 0 */
    multiply_lines(&f, places, n, line++);
    multiply_lines(&f, places, n, line++);
    *o = f;
}

/* a^u for an a of the cyclotomic subgroup, where conjugation inverts. */
static void power_u(struct fp12 *o, const struct fp12 *a)
{
    struct fp12 acc = *a, inverse;

    xtt_fp12_conj(&inverse, a);
    for (size_t i = 0; i < sizeof u_digits; i++) {
        xtt_fp12_sqr_cyclotomic(&acc, &acc);
        if (u_digits[i] != 0)
            xtt_fp12_mul(&acc, &acc, u_digits[i] > 0 ? a : &inverse);
    }
    xtt_fp12_conj(o, &acc); /* u < 0 */
}

/*
 * f^((p^12-1)/r) = (f^((p^6-1)(p^2+1)))^((p^4-p^2+1)/r).  The second exponent in base p has the
 * digits 1, 6u^2+1, -36u^3-18u^2-12u+1, -36u^3-30u^2-18u-2 (M. Scott et al. 2009), so it is
 * y0 y1^2 y2^6 y3^12 y4^18 y5^30 y6^36 of the values below, taken with an addition chain.
 */
void xtt_pairing_final(struct fp12 *o, const struct fp12 *f)
{
    struct fp12 a, fu, fuu, fuuu, y0, y1, y2, y3, y4, y5, y6, s, t;

    xtt_fp12_inv(&t, f);
    xtt_fp12_conj(&a, f);
    xtt_fp12_mul(&a, &a, &t);
    xtt_fp12_frobenius2(&t, &a);
    xtt_fp12_mul(&a, &a, &t);

    power_u(&fu, &a);
    power_u(&fuu, &fu);
    power_u(&fuuu, &fuu);

    xtt_fp12_frobenius(&y0, &a); /* a^(p + p^2 + p^3) */
    xtt_fp12_frobenius2(&t, &a);
    xtt_fp12_mul(&s, &y0, &t);
    xtt_fp12_frobenius2(&t, &y0);
    xtt_fp12_mul(&y0, &s, &t);
    xtt_fp12_conj(&y1, &a);         /* a^-1 */
    xtt_fp12_frobenius2(&y2, &fuu); /* a^(u^2 p^2) */
    xtt_fp12_frobenius(&y3, &fu);   /* a^(-u p) */
    xtt_fp12_conj(&y3, &y3);
    xtt_fp12_frobenius(&y4, &fuu); /* a^(-u - u^2 p) */
    xtt_fp12_mul(&y4, &y4, &fu);
    xtt_fp12_conj(&y4, &y4);
    xtt_fp12_conj(&y5, &fuu);       /* a^(-u^2) */
    xtt_fp12_frobenius(&y6, &fuuu); /* a^(-u^3 - u^3 p) */
    xtt_fp12_mul(&y6, &y6, &fuuu);
    xtt_fp12_conj(&y6, &y6);

    xtt_fp12_sqr_cyclotomic(&s, &y6);
    xtt_fp12_mul(&s, &s, &y4);
    xtt_fp12_mul(&s, &s, &y5); /* y4 y5 y6^2 */
    xtt_fp12_mul(&t, &y3, &y5);
    xtt_fp12_mul(&t, &t, &s);  /* y3 y4 y5^2 y6^2 */
    xtt_fp12_mul(&s, &s, &y2); /* y2 y4 y5 y6^2 */
    xtt_fp12_sqr_cyclotomic(&t, &t);
    xtt_fp12_mul(&t, &t, &s);
    xtt_fp12_sqr_cyclotomic(&t, &t); /* y2^2 y3^4 y4^6 y5^10 y6^12 */
    xtt_fp12_mul(&s, &t, &y1);
    xtt_fp12_mul(&t, &t, &y0);
    xtt_fp12_sqr_cyclotomic(&s, &s);
    xtt_fp12_mul(o, &s, &t);
}

void xtt_pairing_product(struct fp12 *o, const struct pairing_factor *factors, size_t n)
{
    struct fp12 f;

    xtt_pairing_miller(&f, factors, n);
    xtt_pairing_final(o, &f);
}

void xtt_pairing(struct fp12 *o, const struct g1 *p, const struct g2 *q)
{
    struct pairing_lines lines;
    struct pairing_factor factor = {*p, &lines};

    xtt_pairing_prepare(&lines, q);
    xtt_pairing_product(o, &factor, 1);
}

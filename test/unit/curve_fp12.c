/* SPDX-License-Identifier: Apache-2.0 */
/* Tests libxtt/curve/fp12.c: against multiplication term by term, and powers against their maps. */
#include "curve/fp12.h"

#include "test/support/suite.h"
#include "test/support/tower.h"

#define NUMBERS 15

/* a^p, bit by bit */
static struct fp12 power_p(const struct fp12 *a)
{
    struct fp12 acc;

    xtt_fp12_one(&acc);
    for (int i = 255; i >= 0; i--) {
        acc = tower_mul(&acc, &acc);
        if (xtt_fp_p[i / 64] >> (i % 64) & 1)
            acc = tower_mul(&acc, a);
    }
    return acc;
}

/* Into the subgroup where the cyclotomic squaring holds: a^((p^6-1)(p^2+1)). */
static struct fp12 cyclotomic(unsigned i)
{
    struct fp12 a = tower_fp12(i), inverse, t;

    xtt_fp12_inv(&inverse, &a);
    xtt_fp12_conj(&a, &a);
    xtt_fp12_mul(&a, &a, &inverse);
    xtt_fp12_frobenius2(&t, &a);
    xtt_fp12_mul(&a, &a, &t);
    return a;
}

START_TEST(multiplies_and_squares_term_by_term)
{
    for (unsigned i = 0; i < NUMBERS; i++) {
        for (unsigned j = 0; j < NUMBERS; j++) {
            struct fp12 a = tower_fp12(i), b = tower_fp12(j), e = tower_mul(&a, &b), o;

            xtt_fp12_mul(&o, &a, &b);
            ck_assert_uint_eq(xtt_fp12_eq(&o, &e), 1);
            e = tower_mul(&a, &a);
            xtt_fp12_sqr(&a, &a);
            ck_assert_uint_eq(xtt_fp12_eq(&a, &e), 1);
        }
    }
}
END_TEST

START_TEST(multiplies_by_a_line)
{
    for (unsigned i = 0; i < NUMBERS; i++) {
        struct fp12 a = tower_fp12(i), line, e;
        struct fp2 l0 = field_fp2(i + 3), l2 = field_fp2(i + 5);

        memset(&line, 0, sizeof line);
        line.c0.c0 = l0;
        line.c0.c1 = l2;
        line.c1.c1 = (struct fp2){XTT_FP_ONE, {{0}}};
        e = tower_mul(&a, &line);
        xtt_fp12_mul_line(&a, &a, &l0, &l2);
        ck_assert_uint_eq(xtt_fp12_eq(&a, &e), 1);
    }
}
END_TEST

START_TEST(frobenius_is_the_power_p)
{
    for (unsigned i = 0; i < 4; i++) {
        struct fp12 a = tower_fp12(i + 10), e = power_p(&a), o;

        xtt_fp12_frobenius(&o, &a);
        ck_assert_uint_eq(xtt_fp12_eq(&o, &e), 1);
        e = power_p(&e);
        xtt_fp12_frobenius2(&o, &a);
        ck_assert_uint_eq(xtt_fp12_eq(&o, &e), 1);
    }
}
END_TEST

START_TEST(conjugation_is_six_times_frobenius)
{
    struct fp12 a = tower_fp12(30), b = a;

    for (int i = 0; i < 6; i++)
        xtt_fp12_frobenius(&b, &b);
    xtt_fp12_conj(&a, &a);
    ck_assert_uint_eq(xtt_fp12_eq(&a, &b), 1);
}
END_TEST

START_TEST(inverts)
{
    struct fp12 one;

    xtt_fp12_one(&one);
    for (unsigned i = 0; i < NUMBERS; i++) {
        struct fp12 a = tower_fp12(i), o;

        xtt_fp12_inv(&o, &a);
        o = tower_mul(&a, &o);
        ck_assert_uint_eq(xtt_fp12_eq(&o, &one), 1);
    }
}
END_TEST

START_TEST(cyclotomic_squaring_is_squaring_in_its_subgroup_only)
{
    struct fp12 outside = tower_fp12(20), e = tower_mul(&outside, &outside);

    for (unsigned i = 0; i < NUMBERS; i++) {
        struct fp12 a = cyclotomic(i), square = tower_mul(&a, &a);

        xtt_fp12_sqr_cyclotomic(&a, &a);
        ck_assert_uint_eq(xtt_fp12_eq(&a, &square), 1);
    }
    xtt_fp12_sqr_cyclotomic(&outside, &outside);
    ck_assert_uint_eq(xtt_fp12_eq(&outside, &e), 0);
}
END_TEST

static void fill(TCase *tc)
{
    tcase_add_test(tc, multiplies_and_squares_term_by_term);
    tcase_add_test(tc, multiplies_by_a_line);
    tcase_add_test(tc, frobenius_is_the_power_p);
    tcase_add_test(tc, conjugation_is_six_times_frobenius);
    tcase_add_test(tc, inverts);
    tcase_add_test(tc, cyclotomic_squaring_is_squaring_in_its_subgroup_only);
}

int main(void)
{
    return run_suite("curve/fp12", fill, 30);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Tests libxtt/curve/fp6.c against multiplication term by term. */
#include "curve/fp6.h"

#include "test/support/suite.h"
#include "test/support/tower.h"

#define NUMBERS 20

static const struct fp6 zero;

static void assert_product(const struct fp6 *got, const struct fp6 *a, const struct fp6 *b)
{
    const struct fp12 x = {*a, zero}, y = {*b, zero}, o = {*got, zero};
    struct fp12 e = tower_mul(&x, &y);

    ck_assert_uint_eq(xtt_fp12_eq(&o, &e), 1);
}

START_TEST(multiplies_term_by_term)
{
    for (unsigned i = 0; i < NUMBERS; i++) {
        for (unsigned j = 0; j < NUMBERS; j++) {
            struct fp6 a = tower_fp6(i), b = tower_fp6(j), o, sparse = {b.c0, b.c1, zero.c0};

            xtt_fp6_mul(&o, &a, &b);
            assert_product(&o, &a, &b);
            xtt_fp6_mul_01(&o, &a, &b.c0, &b.c1);
            assert_product(&o, &a, &sparse);
            o = a;
            xtt_fp6_mul(&o, &o, &b); /* in place */
            assert_product(&o, &a, &b);
        }
    }
}
END_TEST

START_TEST(multiplies_by_v)
{
    const struct fp6 v = {zero.c0, {XTT_FP_ONE, {{0}}}, zero.c0};

    for (unsigned i = 0; i < NUMBERS; i++) {
        struct fp6 a = tower_fp6(i), o = a;

        xtt_fp6_mul_v(&o, &o);
        assert_product(&o, &a, &v);
    }
}
END_TEST

START_TEST(inverts_and_zero_to_zero)
{
    struct fp12 one;
    struct fp6 o;

    xtt_fp12_one(&one);
    for (unsigned i = 0; i < NUMBERS; i++) {
        struct fp6 a = tower_fp6(i);

        xtt_fp6_inv(&o, &a);
        assert_product(&one.c0, &a, &o);
    }
    xtt_fp6_inv(&o, &zero);
    ck_assert_mem_eq(&o, &zero, sizeof o);
}
END_TEST

static void fill(TCase *tc)
{
    tcase_add_test(tc, multiplies_term_by_term);
    tcase_add_test(tc, multiplies_by_v);
    tcase_add_test(tc, inverts_and_zero_to_zero);
}

int main(void)
{
    return run_suite("curve/fp6", fill, 30);
}

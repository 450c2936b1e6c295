/* SPDX-License-Identifier: Apache-2.0 */
/* Tests libxtt/curve/fp2.c against the schoolbook over Fp, which has its own test. */
#include "curve/fp2.h"

#include "test/support/field.h"
#include "test/support/suite.h"

#define NUMBERS 60

/* (a + bi)(c + di) = ac - bd + (ad + bc) i */
static struct fp2 schoolbook(const struct fp2 *a, const struct fp2 *b)
{
    struct fp ac, bd, ad, bc;
    struct fp2 o;

    xtt_fp_mul(&ac, &a->c0, &b->c0);
    xtt_fp_mul(&bd, &a->c1, &b->c1);
    xtt_fp_mul(&ad, &a->c0, &b->c1);
    xtt_fp_mul(&bc, &a->c1, &b->c0);
    xtt_fp_sub(&o.c0, &ac, &bd);
    xtt_fp_add(&o.c1, &ad, &bc);
    return o;
}

START_TEST(multiplies_like_the_schoolbook)
{
    for (unsigned i = 0; i < NUMBERS; i++) {
        for (unsigned j = 0; j < NUMBERS; j++) {
            struct fp2 a = field_fp2(i), b = field_fp2(j), e = schoolbook(&a, &b), o;

            xtt_fp2_mul(&o, &a, &b);
            ck_assert_uint_eq(xtt_fp2_eq(&o, &e), 1);
            xtt_fp2_mul(&a, &a, &b); /* in place */
            ck_assert_uint_eq(xtt_fp2_eq(&a, &e), 1);
        }
    }
}
END_TEST

START_TEST(squares_inverts_and_knows_xi)
{
    const struct fp2 one = {XTT_FP_ONE, {{0}}}, xi = {XTT_FP_ONE, XTT_FP_ONE};

    for (unsigned i = 0; i < NUMBERS; i++) {
        struct fp2 a = field_fp2(i), e = schoolbook(&a, &a), o;

        xtt_fp2_sqr(&o, &a);
        ck_assert_uint_eq(xtt_fp2_eq(&o, &e), 1);
        e = schoolbook(&a, &xi);
        xtt_fp2_mul_xi(&o, &a);
        ck_assert_uint_eq(xtt_fp2_eq(&o, &e), 1);
        xtt_fp2_inv(&o, &a);
        e = schoolbook(&a, &o);
        ck_assert_uint_eq(xtt_fp2_eq(&e, &one), xtt_fp2_is_zero(&a) ^ 1);
    }
}
END_TEST

START_TEST(inverts_zero_to_zero)
{
    struct fp2 zero = {{{0}}, {{0}}}, o;

    xtt_fp2_inv(&o, &zero);
    ck_assert_uint_eq(xtt_fp2_is_zero(&o), 1);
}
END_TEST

START_TEST(tells_numbers_apart_that_differ_in_one_half)
{
    struct fp2 a = field_fp2(20), b = a;

    b.c1 = field_fp(21);
    ck_assert_uint_eq(xtt_fp2_eq(&a, &b), 0);
    b = a;
    b.c0 = field_fp(22);
    ck_assert_uint_eq(xtt_fp2_eq(&a, &b), 0);
}
END_TEST

static void fill(TCase *tc)
{
    tcase_add_test(tc, multiplies_like_the_schoolbook);
    tcase_add_test(tc, squares_inverts_and_knows_xi);
    tcase_add_test(tc, inverts_zero_to_zero);
    tcase_add_test(tc, tells_numbers_apart_that_differ_in_one_half);
}

int main(void)
{
    return run_suite("curve/fp2", fill, 30);
}

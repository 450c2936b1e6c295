/* SPDX-License-Identifier: Apache-2.0 */
/* Tests libxtt/curve/pairing.c: what a pairing is by definition; its values are in test/vectors. */
#include "curve/pairing.h"

#include "test/support/field.h"
#include "test/support/suite.h"

static struct g1 point1(unsigned i)
{
    struct scalar k = field_scalar(i);
    struct g1 p;

    xtt_g1_mul_base(&p, &k);
    return p;
}

static struct g2 point2(unsigned i)
{
    struct scalar k = field_scalar(i);
    struct g2 q;

    xtt_g2_mul(&q, &xtt_g2_generator, &k);
    return q;
}

static void power(struct fp12 *o, const struct fp12 *f, const uint64_t k[4])
{
    struct fp12 acc;

    xtt_fp12_one(&acc);
    for (int i = 255; i >= 0; i--) {
        xtt_fp12_sqr(&acc, &acc);
        if (k[i / 64] >> (i % 64) & 1)
            xtt_fp12_mul(&acc, &acc, f);
    }
    *o = acc;
}

START_TEST(is_bilinear)
{
    for (unsigned i = 0; i < 20; i++) {
        struct scalar k = field_scalar(i);
        struct g1 p = point1(i + 40), kp;
        struct g2 q = point2(i + 60), kq;
        struct fp12 a, b, c;

        if (xtt_scalar_is_zero(&k))
            continue;
        xtt_g1_mul(&kp, &p, &k);
        xtt_g2_mul(&kq, &q, &k);
        xtt_pairing(&a, &kp, &q);
        xtt_pairing(&b, &p, &kq);
        xtt_pairing(&c, &p, &q);
        power(&c, &c, k.w);
        ck_assert_uint_eq(xtt_fp12_eq(&a, &b), 1);
        ck_assert_uint_eq(xtt_fp12_eq(&a, &c), 1);
    }
}
END_TEST

START_TEST(has_order_r_and_is_not_degenerate)
{
    static const uint64_t r[4] = {0xf62d536cd10b500d, 0x0cdc65fb1299921a, 0x46e5f25eee71a49e,
                                  0xfffffffffffcf0cd};
    struct fp12 e, one;

    xtt_fp12_one(&one);
    xtt_pairing(&e, &xtt_g1_generator, &xtt_g2_generator);
    ck_assert_uint_eq(xtt_fp12_eq(&e, &one), 0);
    power(&e, &e, r);
    ck_assert_uint_eq(xtt_fp12_eq(&e, &one), 1);
}
END_TEST

START_TEST(product_is_the_product_of_the_pairings)
{
    struct pairing_lines lines[XTT_PAIRING_FACTORS];
    struct pairing_factor factors[XTT_PAIRING_FACTORS];
    struct fp12 product, e, value;

    xtt_fp12_one(&product);
    for (unsigned i = 0; i < XTT_PAIRING_FACTORS; i++) {
        struct g2 q = point2(i + 20);

        factors[i] = (struct pairing_factor){point1(i + 30), &lines[i]};
        xtt_pairing_prepare(&lines[i], &q);
        xtt_pairing(&e, &factors[i].p, &q);
        xtt_fp12_mul(&product, &product, &e);
        xtt_pairing_product(&value, factors, i + 1);
        ck_assert_uint_eq(xtt_fp12_eq(&value, &product), 1);
    }
}
END_TEST

START_TEST(opposite_points_cancel)
{
    struct pairing_lines lines;
    struct pairing_factor factors[2] = {{point1(20), &lines}, {point1(20), &lines}};
    struct g2 q = point2(21);
    struct fp12 value, one;

    xtt_fp12_one(&one);
    xtt_pairing_prepare(&lines, &q);
    xtt_g1_neg(&factors[1].p, &factors[1].p);
    xtt_pairing_product(&value, factors, 2);
    ck_assert_uint_eq(xtt_fp12_eq(&value, &one), 1);
    factors[1].p = point1(22);
    xtt_pairing_product(&value, factors, 2);
    ck_assert_uint_eq(xtt_fp12_eq(&value, &one), 0);
}
END_TEST

START_TEST(infinity_counts_as_one)
{
    struct pairing_lines lines;
    struct pairing_factor factors[3];
    struct scalar zero = field_word(0);
    struct g2 q = point2(21);
    struct fp12 value, e, one;

    xtt_fp12_one(&one);
    xtt_pairing_prepare(&lines, &q);
    for (int i = 0; i < 3; i++)
        factors[i] = (struct pairing_factor){point1(20), &lines};
    xtt_g1_mul_base(&factors[0].p, &zero);
    factors[2].p = factors[0].p;
    xtt_pairing_product(&value, factors, 3);
    xtt_pairing(&e, &factors[1].p, &q);
    ck_assert_uint_eq(xtt_fp12_eq(&value, &e), 1);
    xtt_pairing_product(&value, factors, 1);
    ck_assert_uint_eq(xtt_fp12_eq(&value, &one), 1);
    xtt_pairing_product(&value, factors, 0);
    ck_assert_uint_eq(xtt_fp12_eq(&value, &one), 1);
}
END_TEST

/* Points come with any z. */
START_TEST(does_not_depend_on_the_representation)
{
    struct g1 p = point1(20), p2 = p;
    struct g2 q = point2(21), q2 = q;
    struct fp12 a, b;

    xtt_g1_normalize(&p2, 1);
    xtt_g2_normalize(&q2);
    xtt_pairing(&a, &p, &q);
    xtt_pairing(&b, &p2, &q2);
    ck_assert_uint_eq(xtt_fp12_eq(&a, &b), 1);
}
END_TEST

static void fill(TCase *tc)
{
    tcase_add_test(tc, is_bilinear);
    tcase_add_test(tc, has_order_r_and_is_not_degenerate);
    tcase_add_test(tc, product_is_the_product_of_the_pairings);
    tcase_add_test(tc, opposite_points_cancel);
    tcase_add_test(tc, infinity_counts_as_one);
    tcase_add_test(tc, does_not_depend_on_the_representation);
}

int main(void)
{
    return run_suite("curve/pairing", fill, 30);
}

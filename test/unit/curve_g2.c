/* SPDX-License-Identifier: Apache-2.0 */
/* Tests libxtt/curve/g2.c: the group laws, the subgroup, and what is refused. */
#include "curve/g2.h"

#include "test/support/field.h"
#include "test/support/suite.h"

static struct g2 multiple(unsigned i)
{
    struct scalar k = field_scalar(i);
    struct g2 q;

    xtt_g2_mul(&q, &xtt_g2_generator, &k);
    return q;
}

START_TEST(multiplication_is_repeated_addition)
{
    struct g2 sum = xtt_g2_generator, q;

    for (uint64_t i = 1; i < 40; i++) {
        struct scalar k = field_word(i);

        xtt_g2_mul(&q, &xtt_g2_generator, &k);
        ck_assert_uint_eq(xtt_g2_eq(&q, &sum), 1);
        xtt_g2_add(&sum, &sum, &xtt_g2_generator);
    }
}
END_TEST

START_TEST(multiplication_is_linear)
{
    for (unsigned i = 0; i < 20; i++) {
        struct scalar a = field_scalar(i), b = field_scalar(i + 9), c, d;
        struct g2 qa = multiple(i), qb = multiple(i + 9), qc, qd;

        xtt_scalar_add(&c, &a, &b);
        xtt_g2_mul(&qc, &xtt_g2_generator, &c);
        xtt_g2_add(&qb, &qb, &qa);
        ck_assert_uint_eq(xtt_g2_eq(&qb, &qc), 1);
        xtt_scalar_mul(&d, &a, &b);
        xtt_g2_mul(&qd, &xtt_g2_generator, &d);
        xtt_g2_mul(&qa, &qa, &b);
        ck_assert_uint_eq(xtt_g2_eq(&qa, &qd), 1);
    }
}
END_TEST

START_TEST(adds_without_exceptions)
{
    struct scalar none = field_word(0), minus_one = field_scalar(0);
    struct g2 p = multiple(20), q = multiple(21), zero, minus, sum, twice;

    xtt_g2_mul(&zero, &p, &none);
    ck_assert_uint_eq(xtt_g2_is_infinity(&zero), 1);
    xtt_g2_mul(&minus, &p, &minus_one);
    xtt_g2_add(&sum, &p, &minus);
    ck_assert_uint_eq(xtt_g2_is_infinity(&sum), 1);
    xtt_g2_neg(&minus, &minus);
    ck_assert_uint_eq(xtt_g2_eq(&minus, &p), 1);
    xtt_g2_add(&sum, &zero, &p);
    ck_assert_uint_eq(xtt_g2_eq(&sum, &p), 1);
    xtt_g2_add(&sum, &p, &p);
    xtt_g2_double(&twice, &p);
    ck_assert_uint_eq(xtt_g2_eq(&sum, &twice), 1);
    ck_assert_uint_eq(xtt_g2_eq(&p, &q), 0);
    ck_assert_uint_eq(xtt_g2_eq(&p, &zero), 0);
    ck_assert_uint_eq(xtt_g2_eq(&zero, &p), 0);
}
END_TEST

START_TEST(reads_what_it_writes)
{
    struct g2 p = multiple(20), q;
    uint8_t bytes[129];

    ck_assert_uint_eq(xtt_g2_to_bytes(bytes, &p), 1);
    ck_assert_uint_eq(xtt_g2_from_bytes(&q, bytes), 1);
    ck_assert_uint_eq(xtt_g2_eq(&p, &q), 1);
}
END_TEST

START_TEST(has_no_encoding_for_infinity)
{
    struct scalar none = field_word(0);
    uint8_t bytes[129] = {7};
    struct g2 zero;

    xtt_g2_mul(&zero, &xtt_g2_generator, &none);
    ck_assert_uint_eq(xtt_g2_to_bytes(bytes, &zero), 0);
    ck_assert_uint_eq(bytes[0], 7);
}
END_TEST

/* (1, y) is on the twist, but its order does not divide r. */
#define OUTSIDE_Y0 "C8931067E59CBF08D406B44DDDE32960F67BCAD8FE69BC5E469E9BA74CCC1225"
#define OUTSIDE_Y1 "A646CEC84F20954D589DBA3331AB71BA4321D1663C8AEA6DA59FB69D261559CA"

START_TEST(rejects_points_outside_the_subgroup)
{
    BIGNUM *y0 = field_bn(OUTSIDE_Y0), *y1 = field_bn(OUTSIDE_Y1);
    struct fp2 left, right, three = {field_fp(6), field_fp(6)};
    uint8_t bytes[129] = {4};
    struct g2 o = {.x = {field_fp(5), {{0}}}, .z = {XTT_FP_ONE, {{0}}}};

    bytes[32] = 1;
    BN_bn2binpad(y0, bytes + 65, 32);
    BN_bn2binpad(y1, bytes + 97, 32);
    /* It is on the twist: y^2 = 1 + 3 xi, with 3 = 2 + 1 made of field_fp(6) = 2. */
    ck_assert_uint_eq(xtt_fp_from_bytes(&o.y.c0, bytes + 65), 1);
    ck_assert_uint_eq(xtt_fp_from_bytes(&o.y.c1, bytes + 97), 1);
    xtt_fp_add(&three.c0, &three.c0, &o.x.c0);
    xtt_fp_add(&three.c1, &three.c1, &o.x.c0);
    xtt_fp2_sqr(&left, &o.y);
    xtt_fp2_add(&right, &three, &o.x);
    ck_assert_uint_eq(xtt_fp2_eq(&left, &right), 1);

    ck_assert_uint_eq(xtt_g2_in_group(&o), 0);
    ck_assert_uint_eq(xtt_g2_from_bytes(&o, bytes), 0);
    BN_free(y0);
    BN_free(y1);
}
END_TEST

START_TEST(knows_points_of_the_subgroup)
{
    for (unsigned i = 0; i < 12; i++) {
        struct g2 q = multiple(i);

        ck_assert_uint_eq(xtt_g2_in_group(&q), 1);
    }
}
END_TEST

/* Every byte of an encoding matters. */
START_TEST(rejects_an_encoding_with_a_byte_changed)
{
    uint8_t bytes[129];
    struct g2 o;

    ck_assert_uint_eq(xtt_g2_to_bytes(bytes, &xtt_g2_generator), 1);
    bytes[_i] ^= 1;
    ck_assert_uint_eq(xtt_g2_from_bytes(&o, bytes), 0);
}
END_TEST

START_TEST(rejects_coordinates_not_below_p)
{
    uint8_t bytes[129];
    struct g2 o;

    ck_assert_uint_eq(xtt_g2_to_bytes(bytes, &xtt_g2_generator), 1);
    memset(bytes + 1 + 32 * _i, 0xff, 32);
    ck_assert_uint_eq(xtt_g2_from_bytes(&o, bytes), 0);
}
END_TEST

static void fill(TCase *tc)
{
    tcase_add_test(tc, multiplication_is_repeated_addition);
    tcase_add_test(tc, multiplication_is_linear);
    tcase_add_test(tc, adds_without_exceptions);
    tcase_add_test(tc, reads_what_it_writes);
    tcase_add_test(tc, has_no_encoding_for_infinity);
    tcase_add_test(tc, rejects_points_outside_the_subgroup);
    tcase_add_test(tc, knows_points_of_the_subgroup);
    tcase_add_loop_test(tc, rejects_an_encoding_with_a_byte_changed, 0, 129);
    tcase_add_loop_test(tc, rejects_coordinates_not_below_p, 0, 4);
}

int main(void)
{
    return run_suite("curve/g2", fill, 30);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Tests libxtt/curve/g1.c against OpenSSL, which is told the curve's equation. */
#include "curve/g1.h"

#include <openssl/ec.h>

#include "test/support/field.h"
#include "test/support/suite.h"

static EC_GROUP *curve;

static void make_curve(void)
{
    BIGNUM *p = field_bn(FIELD_P), *r = field_bn(FIELD_R), *a = field_bn("0"), *b = field_bn("3");
    BIGNUM *x = field_bn("1"), *y = field_bn("2");
    EC_POINT *g;

    curve = EC_GROUP_new_curve_GFp(p, a, b, field_ctx);
    g = EC_POINT_new(curve);
    ck_assert_int_eq(EC_POINT_set_affine_coordinates(curve, g, x, y, field_ctx), 1);
    ck_assert_int_eq(EC_GROUP_set_generator(curve, g, r, BN_value_one()), 1);
    EC_POINT_free(g);
    BN_free(p);
    BN_free(r);
    BN_free(a);
    BN_free(b);
    BN_free(x);
    BN_free(y);
}

static void free_curve(void)
{
    EC_GROUP_free(curve);
    BN_CTX_free(field_ctx);
    field_ctx = NULL;
}

static EC_POINT *reference(const struct g1 *p)
{
    EC_POINT *o = EC_POINT_new(curve);
    uint8_t bytes[65];

    if (xtt_g1_to_bytes(bytes, p))
        ck_assert_int_eq(EC_POINT_oct2point(curve, o, bytes, 65, field_ctx), 1);
    else
        ck_assert_int_eq(EC_POINT_set_to_infinity(curve, o), 1);
    return o;
}

static void assert_is(const struct g1 *got, const EC_POINT *expected)
{
    EC_POINT *p = reference(got);

    ck_assert_int_eq(EC_POINT_cmp(curve, p, expected, field_ctx), 0);
    EC_POINT_free(p);
}

/* Some point that is no small multiple of the generator. */
static struct g1 point(unsigned i)
{
    struct scalar k = field_scalar(i + 30);
    struct g1 p;

    xtt_g1_mul_base(&p, &k);
    return p;
}

static struct g1 infinity(void)
{
    struct scalar zero = field_word(0);
    struct g1 p;

    xtt_g1_mul_base(&p, &zero);
    ck_assert_uint_eq(xtt_g1_is_infinity(&p), 1);
    return p;
}

START_TEST(multiplies_like_openssl)
{
    for (unsigned i = 0; i < 40; i++) {
        struct scalar k = field_scalar(i);
        BIGNUM *n = field_number_bn(FIELD_R, i);
        EC_POINT *e = EC_POINT_new(curve), *base;
        struct g1 p = point(i), o;

        ck_assert_int_eq(EC_POINT_mul(curve, e, n, NULL, NULL, field_ctx), 1);
        xtt_g1_mul_base(&o, &k);
        assert_is(&o, e);
        xtt_g1_mul(&o, &xtt_g1_generator, &k);
        assert_is(&o, e);
        base = reference(&p);
        ck_assert_int_eq(EC_POINT_mul(curve, e, NULL, base, n, field_ctx), 1);
        xtt_g1_mul(&p, &p, &k); /* in place */
        assert_is(&p, e);
        EC_POINT_free(base);
        EC_POINT_free(e);
        BN_free(n);
    }
}
END_TEST

START_TEST(sums_two_multiples_like_openssl)
{
    for (unsigned i = 0; i < 40; i++) {
        struct scalar a = field_scalar(i), b = field_scalar(2 * i + 1);
        BIGNUM *na = field_number_bn(FIELD_R, i), *nb = field_number_bn(FIELD_R, 2 * i + 1);
        struct g1 p = point(i), q = i == 5 ? p : point(i + 50), o;
        EC_POINT *ep = reference(&p), *eq = reference(&q), *sum = EC_POINT_new(curve);

        ck_assert_int_eq(EC_POINT_mul(curve, ep, NULL, ep, na, field_ctx), 1);
        ck_assert_int_eq(EC_POINT_mul(curve, eq, NULL, eq, nb, field_ctx), 1);
        ck_assert_int_eq(EC_POINT_add(curve, sum, ep, eq, field_ctx), 1);
        xtt_g1_mul2_vartime(&o, &a, &p, &b, &q);
        assert_is(&o, sum);
        EC_POINT_free(ep);
        EC_POINT_free(eq);
        EC_POINT_free(sum);
        BN_free(na);
        BN_free(nb);
    }
}
END_TEST

static const uint64_t words[][2] = {{0, 0},
                                    {1, 0},
                                    {0, 1},
                                    {UINT64_MAX, UINT64_MAX},
                                    {UINT64_MAX, 0},
                                    {0x8000000000000000, 0x7fffffffffffffff},
                                    {0x0123456789abcdef, 0xfedcba9876543210}};

START_TEST(multiplies_by_two_words_and_lambda)
{
    BIGNUM *lambda = field_bn(FIELD_LAMBDA), *n = BN_new(), *low = BN_new();
    struct g1 p = point(3), o;
    EC_POINT *e = reference(&p);

    BN_set_word(n, words[_i][1]);
    BN_set_word(low, words[_i][0]);
    BN_mul(n, n, lambda, field_ctx);
    BN_add(n, n, low);
    ck_assert_int_eq(EC_POINT_mul(curve, e, NULL, e, n, field_ctx), 1);
    xtt_g1_mul_words_vartime(&o, words[_i], &p);
    assert_is(&o, e);
    EC_POINT_free(e);
    BN_free(low);
    BN_free(n);
    BN_free(lambda);
}
END_TEST

START_TEST(adds_without_exceptions)
{
    struct g1 p = point(1), q = point(2), zero = infinity(), minus, sum, twice;

    xtt_g1_neg(&minus, &p);
    xtt_g1_add(&sum, &p, &minus);
    ck_assert_uint_eq(xtt_g1_is_infinity(&sum), 1);
    xtt_g1_add(&sum, &p, &zero);
    ck_assert_uint_eq(xtt_g1_eq(&sum, &p), 1);
    xtt_g1_add(&sum, &zero, &p);
    ck_assert_uint_eq(xtt_g1_eq(&sum, &p), 1);
    xtt_g1_add(&sum, &zero, &zero);
    ck_assert_uint_eq(xtt_g1_is_infinity(&sum), 1);
    xtt_g1_double(&sum, &zero);
    ck_assert_uint_eq(xtt_g1_is_infinity(&sum), 1);
    xtt_g1_add(&sum, &p, &p);
    xtt_g1_double(&twice, &p);
    ck_assert_uint_eq(xtt_g1_eq(&sum, &twice), 1);
    ck_assert_uint_eq(xtt_g1_eq(&p, &q), 0);
    ck_assert_uint_eq(xtt_g1_eq(&p, &minus), 0);
    ck_assert_uint_eq(xtt_g1_eq(&p, &zero), 0);
    ck_assert_uint_eq(xtt_g1_eq(&zero, &p), 0);
    ck_assert_uint_eq(xtt_g1_eq(&zero, &zero), 1);
}
END_TEST

START_TEST(normalizes_around_infinity)
{
    struct g1 p[4] = {point(1), infinity(), point(2), point(3)}, q[4];
    struct fp one = XTT_FP_ONE;

    for (int i = 0; i < 4; i++)
        xtt_g1_double(&p[i], &p[i]);
    memcpy(q, p, sizeof p);
    xtt_g1_normalize(q, 4);
    for (int i = 0; i < 4; i++) {
        ck_assert_uint_eq(xtt_g1_eq(&p[i], &q[i]), 1);
        ck_assert_uint_eq(xtt_fp_eq(&q[i].z, &one), i != 1);
    }
}
END_TEST

START_TEST(reads_what_it_writes)
{
    struct g1 p = point(1), q;
    uint8_t bytes[65];

    ck_assert_uint_eq(xtt_g1_to_bytes(bytes, &p), 1);
    ck_assert_uint_eq(xtt_g1_from_bytes(&q, bytes), 1);
    ck_assert_uint_eq(xtt_g1_eq(&p, &q), 1);
}
END_TEST

START_TEST(has_no_encoding_for_infinity)
{
    struct g1 zero = infinity();
    uint8_t bytes[65] = {7};

    ck_assert_uint_eq(xtt_g1_to_bytes(bytes, &zero), 0);
    ck_assert_uint_eq(bytes[0], 7);
}
END_TEST

/* Changes to the encoding of the generator, each of which makes it wrong. */
static const struct {
    const char *name;
    size_t at;
    uint8_t value;
} damage[] = {
    {"compressed, even", 0, 2}, {"compressed, odd", 0, 3}, {"infinity", 0, 0},
    {"hybrid", 0, 6},           {"another prefix", 0, 5},  {"another x", 32, 2},
    {"another y", 64, 3},       {"y = 0", 64, 0},          {"high byte", 1, 1},
};

START_TEST(rejects_what_is_no_point)
{
    struct g1 o = {.x = {{7}}};
    uint8_t bytes[65];

    ck_assert_uint_eq(xtt_g1_to_bytes(bytes, &xtt_g1_generator), 1);
    bytes[damage[_i].at] = damage[_i].value;
    ck_assert_msg(!xtt_g1_from_bytes(&o, bytes), "%s", damage[_i].name);
    ck_assert_uint_eq(o.x.w[0], 7);
}
END_TEST

/* The generator with p added to a coordinate is the same point modulo p, and refused. */
START_TEST(rejects_coordinates_not_below_p)
{
    BIGNUM *p = field_bn(FIELD_P);
    uint8_t bytes[65];
    struct g1 o;

    ck_assert_uint_eq(xtt_g1_to_bytes(bytes, &xtt_g1_generator), 1);
    BN_add_word(p, (BN_ULONG)(1 + _i));
    BN_bn2binpad(p, bytes + 1 + 32 * _i, 32);
    ck_assert_uint_eq(xtt_g1_from_bytes(&o, bytes), 0);
    memset(bytes + 1, 0, 64);
    ck_assert_uint_eq(xtt_g1_from_bytes(&o, bytes), 0);
    BN_free(p);
}
END_TEST

START_TEST(takes_the_even_root)
{
    unsigned found = 0;

    for (unsigned i = 0; i < 64; i++) {
        struct fp x = field_fp(i);
        uint8_t bytes[65];
        struct g1 p;

        if (!xtt_g1_from_x_vartime(&p, &x))
            continue;
        found++;
        ck_assert_uint_eq(xtt_g1_to_bytes(bytes, &p), 1);
        ck_assert_uint_eq(bytes[64] & 1, 0);
        ck_assert_uint_eq(xtt_g1_from_bytes(&p, bytes), 1);
    }
    ck_assert_uint_gt(found, 16);
    ck_assert_uint_lt(found, 48);
}
END_TEST

static void fill(TCase *tc)
{
    tcase_add_checked_fixture(tc, make_curve, free_curve);
    tcase_add_test(tc, multiplies_like_openssl);
    tcase_add_test(tc, sums_two_multiples_like_openssl);
    tcase_add_loop_test(tc, multiplies_by_two_words_and_lambda, 0,
                        (int)(sizeof words / sizeof words[0]));
    tcase_add_test(tc, adds_without_exceptions);
    tcase_add_test(tc, normalizes_around_infinity);
    tcase_add_test(tc, reads_what_it_writes);
    tcase_add_test(tc, has_no_encoding_for_infinity);
    tcase_add_loop_test(tc, rejects_what_is_no_point, 0, (int)(sizeof damage / sizeof damage[0]));
    tcase_add_loop_test(tc, rejects_coordinates_not_below_p, 0, 2);
    tcase_add_test(tc, takes_the_even_root);
}

int main(void)
{
    return run_suite("curve/g1", fill, 30);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Tests libxtt/curve/fp.c against OpenSSL's big numbers. */
#include "curve/fp.h"

#include "test/support/field.h"
#include "test/support/suite.h"

#define NUMBERS 60

static void assert_is(const struct fp *got, const BIGNUM *expected)
{
    uint8_t bytes[32];

    xtt_fp_to_bytes(bytes, got);
    field_assert_bytes(bytes, expected);
}

START_TEST(adds_subtracts_and_multiplies_like_big_numbers)
{
    BIGNUM *p = field_bn(FIELD_P), *e = BN_new();

    for (unsigned i = 0; i < NUMBERS; i++) {
        for (unsigned j = 0; j < NUMBERS; j++) {
            BIGNUM *a = field_number_bn(FIELD_P, i), *b = field_number_bn(FIELD_P, j);
            struct fp x = field_fp(i), y = field_fp(j), o;

            xtt_fp_add(&o, &x, &y);
            BN_mod_add(e, a, b, p, field_ctx);
            assert_is(&o, e);
            xtt_fp_sub(&o, &x, &y);
            BN_mod_sub(e, a, b, p, field_ctx);
            assert_is(&o, e);
            xtt_fp_mul(&o, &x, &y);
            BN_mod_mul(e, a, b, p, field_ctx);
            assert_is(&o, e);
            BN_free(a);
            BN_free(b);
        }
    }
    BN_free(e);
    BN_free(p);
}
END_TEST

START_TEST(sums_two_products_with_one_reduction)
{
    for (unsigned i = 0; i < NUMBERS; i++) {
        for (unsigned j = 0; j < NUMBERS; j++) {
            struct fp a = field_fp(i), b = field_fp(j), c = field_fp(j / 2), d = field_fp(i / 3);
            struct fp s, t, expected, o;

            xtt_fp_mul(&s, &a, &b);
            xtt_fp_mul(&t, &c, &d);
            xtt_fp_add(&expected, &s, &t);
            xtt_fp_mul_add(&o, &a, &b, &c, &d);
            ck_assert_uint_eq(xtt_fp_eq(&o, &expected), 1);
            xtt_fp_sub(&expected, &s, &t);
            xtt_fp_mul_sub(&o, &a, &b, &c, &d);
            ck_assert_uint_eq(xtt_fp_eq(&o, &expected), 1);
        }
    }
}
END_TEST

START_TEST(inverts_like_big_numbers_and_zero_to_zero)
{
    BIGNUM *p = field_bn(FIELD_P), *e = BN_new();
    struct fp o, zero = {{0}};

    for (unsigned i = 0; i < NUMBERS; i++) {
        BIGNUM *a = field_number_bn(FIELD_P, i);
        struct fp x = field_fp(i);

        xtt_fp_inv(&o, &x);
        if (BN_is_zero(a))
            BN_zero(e);
        else
            ck_assert_ptr_nonnull(BN_mod_inverse(e, a, p, field_ctx));
        assert_is(&o, e);
        BN_free(a);
    }
    xtt_fp_inv(&o, &zero);
    ck_assert_uint_eq(xtt_fp_is_zero(&o), 1);
    BN_free(e);
    BN_free(p);
}
END_TEST

START_TEST(negates)
{
    for (unsigned i = 0; i < NUMBERS; i++) {
        struct fp a = field_fp(i), b, sum;

        xtt_fp_neg(&b, &a);
        ck_assert_uint_eq(xtt_limbs_less(b.w, xtt_fp_p), 1);
        xtt_fp_add(&sum, &a, &b);
        ck_assert_uint_eq(xtt_fp_is_zero(&sum), 1);
    }
}
END_TEST

START_TEST(finds_roots_of_squares_only)
{
    for (unsigned i = 0; i < NUMBERS; i++) {
        struct fp a = field_fp(i), square, root, check, minus;

        xtt_fp_sqr(&square, &a);
        ck_assert_uint_eq(xtt_fp_sqrt(&root, &square), 1);
        xtt_fp_sqr(&check, &root);
        ck_assert_uint_eq(xtt_fp_eq(&check, &square), 1);
        /* -1 is no square, as p = 3 mod 4 */
        xtt_fp_neg(&minus, &square);
        ck_assert_uint_eq(xtt_fp_sqrt(&root, &minus), xtt_fp_is_zero(&square));
    }
}
END_TEST

static const char *const too_big[] = {
    FIELD_P, "FFFFFFFFFFFCF0CD46E5F25EEE71A49F0CDC65FB12980A82D3292DDBAED33014",
    "FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF",
    "FFFFFFFFFFFCF0CE000000000000000000000000000000000000000000000000"};

START_TEST(rejects_numbers_not_below_p)
{
    BIGNUM *n = field_bn(too_big[_i]);
    struct fp o = {{7, 7, 7, 7}};
    uint8_t bytes[32];

    ck_assert_int_eq(BN_bn2binpad(n, bytes, 32), 32);
    ck_assert_uint_eq(xtt_fp_from_bytes(&o, bytes), 0);
    ck_assert_uint_eq(o.w[0], 7);
    BN_free(n);
}
END_TEST

START_TEST(reduces_hashes)
{
    BIGNUM *p = field_bn(FIELD_P), *n = field_bn(too_big[2]);
    uint8_t bytes[32];
    struct fp o;

    ck_assert_int_eq(BN_bn2binpad(n, bytes, 32), 32);
    xtt_fp_from_hash(&o, bytes);
    BN_nnmod(n, n, p, field_ctx);
    assert_is(&o, n);
    BN_free(n);
    BN_free(p);
}
END_TEST

START_TEST(reads_what_it_writes)
{
    for (unsigned i = 0; i < NUMBERS; i++) {
        struct fp a = field_fp(i), b;
        uint8_t bytes[32];

        xtt_fp_to_bytes(bytes, &a);
        ck_assert_uint_eq(xtt_fp_from_bytes(&b, bytes), 1);
        ck_assert_mem_eq(&a, &b, sizeof a);
    }
}
END_TEST

static void fill(TCase *tc)
{
    tcase_add_test(tc, adds_subtracts_and_multiplies_like_big_numbers);
    tcase_add_test(tc, sums_two_products_with_one_reduction);
    tcase_add_test(tc, inverts_like_big_numbers_and_zero_to_zero);
    tcase_add_test(tc, negates);
    tcase_add_test(tc, finds_roots_of_squares_only);
    tcase_add_loop_test(tc, rejects_numbers_not_below_p, 0,
                        (int)(sizeof too_big / sizeof too_big[0]));
    tcase_add_test(tc, reduces_hashes);
    tcase_add_test(tc, reads_what_it_writes);
}

int main(void)
{
    return run_suite("curve/fp", fill, 30);
}

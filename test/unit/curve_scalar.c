/* SPDX-License-Identifier: Apache-2.0 */
/* Tests libxtt/curve/scalar.c against OpenSSL's big numbers. */
#include "curve/scalar.h"

#include "test/support/field.h"
#include "test/support/suite.h"

#define NUMBERS 60

static void assert_is(const struct scalar *got, const BIGNUM *expected)
{
    uint8_t bytes[32];

    xtt_scalar_to_bytes(bytes, got);
    field_assert_bytes(bytes, expected);
}

START_TEST(calculates_like_big_numbers)
{
    BIGNUM *r = field_bn(FIELD_R), *e = BN_new();

    for (unsigned i = 0; i < NUMBERS; i++) {
        for (unsigned j = 0; j < NUMBERS; j++) {
            BIGNUM *a = field_number_bn(FIELD_R, i), *b = field_number_bn(FIELD_R, j);
            struct scalar x = field_scalar(i), y = field_scalar(j), o;

            xtt_scalar_add(&o, &x, &y);
            BN_mod_add(e, a, b, r, field_ctx);
            assert_is(&o, e);
            xtt_scalar_sub(&o, &x, &y);
            BN_mod_sub(e, a, b, r, field_ctx);
            assert_is(&o, e);
            xtt_scalar_mul(&o, &x, &y);
            BN_mod_mul(e, a, b, r, field_ctx);
            assert_is(&o, e);
            ck_assert_uint_eq(xtt_scalar_eq(&x, &y), BN_cmp(a, b) == 0);
            BN_free(a);
            BN_free(b);
        }
    }
    BN_free(e);
    BN_free(r);
}
END_TEST

static BIGNUM *half_bn(const struct scalar_halves *s, int i)
{
    BIGNUM *n = BN_new();

    BN_set_word(n, s->half[i][1]);
    BN_lshift(n, n, 64);
    BN_add_word(n, s->half[i][0]);
    BN_set_negative(n, s->neg[i] != 0);
    return n;
}

/* Also lambda and its neighbours, where a half is as small as it gets. */
START_TEST(splits_into_halves_that_make_the_scalar_again)
{
    BIGNUM *r = field_bn(FIELD_R), *lambda = field_bn(FIELD_LAMBDA), *sum = BN_new();

    for (unsigned i = 0; i < 2000; i++) {
        BIGNUM *k = field_number_bn(FIELD_R, i), *h0, *h1;
        struct scalar_halves s;
        struct scalar scalar;
        uint8_t bytes[32];

        if (i >= 100 && i < 110) {
            BN_copy(k, lambda);
            BN_mul_word(k, i - 99);
            BN_nnmod(k, k, r, field_ctx);
        }
        BN_bn2binpad(k, bytes, 32);
        ck_assert_uint_eq(xtt_scalar_from_bytes(&scalar, bytes), 1);
        xtt_scalar_split(&s, &scalar);
        h0 = half_bn(&s, 0);
        h1 = half_bn(&s, 1);
        BN_mod_mul(sum, h1, lambda, r, field_ctx);
        BN_mod_add(sum, sum, h0, r, field_ctx);
        ck_assert_int_eq(BN_cmp(sum, k), 0);
        BN_free(h0);
        BN_free(h1);
        BN_free(k);
    }
    BN_free(sum);
    BN_free(lambda);
    BN_free(r);
}
END_TEST

static const char *const too_big[] = {
    FIELD_R, FIELD_P, "FFFFFFFFFFFCF0CD46E5F25EEE71A49E0CDC65FB1299921AF62D536CD10B500E",
    "FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF"};

START_TEST(rejects_numbers_not_below_r)
{
    BIGNUM *n = field_bn(too_big[_i]);
    struct scalar o = {{7, 7, 7, 7}};
    uint8_t bytes[32];

    BN_bn2binpad(n, bytes, 32);
    ck_assert_uint_eq(xtt_scalar_from_bytes(&o, bytes), 0);
    ck_assert_uint_eq(o.w[3], 7);
    BN_free(n);
}
END_TEST

START_TEST(reduces_hashes)
{
    BIGNUM *n = field_bn(too_big[_i]), *r = field_bn(FIELD_R);
    struct scalar o;
    uint8_t bytes[32];

    BN_bn2binpad(n, bytes, 32);
    xtt_scalar_from_hash(&o, bytes);
    BN_nnmod(n, n, r, field_ctx);
    assert_is(&o, n);
    BN_free(r);
    BN_free(n);
}
END_TEST

static void fill(TCase *tc)
{
    int n = (int)(sizeof too_big / sizeof too_big[0]);

    tcase_add_test(tc, calculates_like_big_numbers);
    tcase_add_test(tc, splits_into_halves_that_make_the_scalar_again);
    tcase_add_loop_test(tc, rejects_numbers_not_below_r, 0, n);
    tcase_add_loop_test(tc, reduces_hashes, 0, n);
}

int main(void)
{
    return run_suite("curve/scalar", fill, 30);
}

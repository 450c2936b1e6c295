/* SPDX-License-Identifier: Apache-2.0 */
/* Tests libxtt/daa/soft.c: commit and respond as a TPM does them (TPM 2.0 Part 1, annex C). */
#include <pthread.h>

#include "test/support/group.h"
#include "test/support/suite.h"

static uint8_t base_bytes[65];

static void set_up(void)
{
    make_group();
    ck_assert_uint_eq(xtt_g1_to_bytes(base_bytes, &xtt_g1_generator), 1);
}

static const uint8_t y2_none[32];

START_TEST(commits_to_what_it_answers)
{
    struct xtt_commitment com;
    struct daa_basepoint point;
    struct scalar s, c, zero = {{0}};
    uint8_t digest[32] = {1, 2, 3}, n[32], s_bytes[32], bytes[65];
    struct g1 q, k, o;

    ck_assert_int_eq(xtt_daa_hash_to_point(&point, basename_a), XTT_OK);
    ck_assert_int_eq(alice.key->ops->commit(alice.key, base_bytes,
                                            xtt_span(point.s2, point.s2_size), point.bytes + 33,
                                            &com),
                     XTT_OK);
    ck_assert_int_eq(alice.key->ops->respond(alice.key, com.ticket, digest, n, s_bytes), XTT_OK);
    ck_assert_int_eq(xtt_daa_hash_nonce(n, digest, &c), XTT_OK);
    ck_assert_uint_eq(xtt_scalar_from_bytes(&s, s_bytes), 1);
    xtt_scalar_sub(&c, &zero, &c);
    ck_assert_uint_eq(xtt_g1_from_bytes(&q, alice.q), 1);
    ck_assert_uint_eq(xtt_g1_from_bytes(&k, com.k), 1);
    xtt_g1_mul2_vartime(&o, &s, &xtt_g1_generator, &c, &q); /* E = s G1 - c Q */
    ck_assert_uint_eq(xtt_g1_to_bytes(bytes, &o), 1);
    ck_assert_mem_eq(bytes, com.e, 65);
    xtt_g1_mul2_vartime(&o, &s, &point.p2, &c, &k); /* L = s P2 - c K */
    ck_assert_uint_eq(xtt_g1_to_bytes(bytes, &o), 1);
    ck_assert_mem_eq(bytes, com.l, 65);
}
END_TEST

START_TEST(rejects_points_that_are_none)
{
    struct xtt_commitment com;
    struct daa_basepoint point;
    uint8_t p1[65], y2[32];
    xtt_bytes s2;

    memcpy(p1, base_bytes, 65);
    p1[64] ^= 1;
    ck_assert_int_eq(alice.key->ops->commit(alice.key, p1, xtt_span(NULL, 0), y2_none, &com),
                     XTT_ERR_POINT);
    ck_assert_int_eq(xtt_daa_hash_to_point(&point, basename_a), XTT_OK);
    s2 = xtt_span(point.s2, point.s2_size);
    memcpy(y2, point.bytes + 33, 32);
    y2[31] ^= 2;
    ck_assert_int_eq(alice.key->ops->commit(alice.key, base_bytes, s2, y2, &com), XTT_ERR_POINT);
    memset(y2, 0xff, 32);
    ck_assert_int_eq(alice.key->ops->commit(alice.key, base_bytes, s2, y2, &com), XTT_ERR_POINT);
    /* the lock is free: this would wait for ever */
    ck_assert_int_eq(
        alice.key->ops->commit(alice.key, base_bytes, xtt_span(NULL, 0), y2_none, &com), XTT_OK);
    alice.key->ops->cancel(alice.key, com.ticket);
}
END_TEST

START_TEST(restarts_on_a_ticket_it_did_not_give)
{
    struct xtt_commitment com;
    uint8_t digest[32] = {0}, n[32], s[32];

    ck_assert_int_eq(
        alice.key->ops->commit(alice.key, base_bytes, xtt_span(NULL, 0), y2_none, &com), XTT_OK);
    ck_assert_int_eq(alice.key->ops->respond(alice.key, (uint16_t)(com.ticket + 1), digest, n, s),
                     XTT_RESTART);
}
END_TEST

START_TEST(never_commits_to_the_same_number_twice)
{
    struct xtt_commitment one, two;

    ck_assert_int_eq(
        alice.key->ops->commit(alice.key, base_bytes, xtt_span(NULL, 0), y2_none, &one), XTT_OK);
    alice.key->ops->cancel(alice.key, one.ticket);
    ck_assert_int_eq(
        alice.key->ops->commit(alice.key, base_bytes, xtt_span(NULL, 0), y2_none, &two), XTT_OK);
    alice.key->ops->cancel(alice.key, two.ticket);
    ck_assert_mem_ne(one.e, two.e, 65);
}
END_TEST

START_TEST(takes_no_secret_out_of_range)
{
    struct xtt_gsigner *key = NULL;
    uint8_t sk[32];

    memset(sk, 0, 32);
    ck_assert_int_eq(xtt_daa_soft_new(&key, sk, NULL), XTT_ERR_SCALAR);
    memset(sk, 0xff, 32);
    ck_assert_int_eq(xtt_daa_soft_new(&key, sk, NULL), XTT_ERR_SCALAR);
    ck_assert_ptr_null(key);
}
END_TEST

START_TEST(makes_no_key_without_randomness)
{
    struct xtt_gsigner *key = NULL;
    uint8_t sk[32];

    ck_assert_int_eq(xtt_daa_soft_new(&key, NULL, &broken_rngs[_i]), XTT_ERR_RNG);
    ck_assert_ptr_null(key);
    ck_assert_int_eq(xtt_daa_secret_new(&broken_rngs[_i], sk), XTT_ERR_RNG);
}
END_TEST

START_TEST(fails_to_commit_without_randomness_and_frees_the_lock)
{
    struct xtt_gsigner *key;
    struct xtt_commitment com;

    ck_assert_int_eq(xtt_daa_soft_new(&key, alice.sk, &broken_rngs[_i]), XTT_OK);
    for (int i = 0; i < 2; i++)
        ck_assert_int_eq(key->ops->commit(key, base_bytes, xtt_span(NULL, 0), y2_none, &com),
                         XTT_ERR_RNG);
    key->ops->free(key);
}
END_TEST

static void *sign_some(void *arg)
{
    xtt_err *err = arg;
    uint8_t sig[421];

    for (int i = 0; i < 20 && *err == XTT_OK; i++) {
        *err = xtt_daa_sign(alice.key, alice.cred, basename_a, message, NULL, sig);
        if (*err == XTT_OK)
            *err = xtt_daa_verify(group, basename_a, message, sig, NULL, NULL);
    }
    return NULL;
}

START_TEST(serves_two_threads)
{
    pthread_t threads[2];
    xtt_err errors[2] = {XTT_OK, XTT_OK};

    for (int i = 0; i < 2; i++)
        ck_assert_int_eq(pthread_create(&threads[i], NULL, sign_some, &errors[i]), 0);
    for (int i = 0; i < 2; i++) {
        pthread_join(threads[i], NULL);
        ck_assert_int_eq(errors[i], XTT_OK);
    }
}
END_TEST

static void fill(TCase *tc)
{
    tcase_add_checked_fixture(tc, set_up, free_group);
    tcase_add_test(tc, commits_to_what_it_answers);
    tcase_add_test(tc, rejects_points_that_are_none);
    tcase_add_test(tc, restarts_on_a_ticket_it_did_not_give);
    tcase_add_test(tc, never_commits_to_the_same_number_twice);
    tcase_add_test(tc, takes_no_secret_out_of_range);
    tcase_add_loop_test(tc, makes_no_key_without_randomness, 0, 3);
    tcase_add_loop_test(tc, fails_to_commit_without_randomness_and_frees_the_lock, 0, 3);
    tcase_add_test(tc, serves_two_threads);
}

int main(void)
{
    return run_suite("daa/soft", fill, 30);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* A group with one member, for the tests of group signatures: made once, fresh in every run. */
#ifndef TEST_SUPPORT_GROUP_H
#define TEST_SUPPORT_GROUP_H

#include <check.h>
#include <string.h>

#include "base/bytes.h"
#include "daa/daa.h"

struct member {
    struct xtt_gsigner *key;
    uint8_t sk[32], q[65], cred[260], cred_sig[64];
};

static uint8_t issuer_secret[64], issuer_pub[354];
static struct xtt_daa_group *group;
static struct member alice;

static const xtt_bytes basename_a = {(const uint8_t *)"first", 5};
static const xtt_bytes basename_b = {(const uint8_t *)"second", 6};
static const xtt_bytes message = {(const uint8_t *)"a message", 9};

static inline struct member make_member(void)
{
    struct member m;

    ck_assert_int_eq(xtt_daa_secret_new(NULL, m.sk), XTT_OK);
    ck_assert_int_eq(xtt_daa_soft_new(&m.key, m.sk, NULL), XTT_OK);
    ck_assert_int_eq(m.key->ops->public_key(m.key, m.q), XTT_OK);
    ck_assert_int_eq(xtt_daa_issue(issuer_secret, m.q, NULL, m.cred, m.cred_sig), XTT_OK);
    return m;
}

static inline void make_group(void)
{
    ck_assert_int_eq(xtt_daa_issuer_new(NULL, issuer_secret, issuer_pub), XTT_OK);
    ck_assert_int_eq(xtt_daa_group_new(&group, issuer_pub), XTT_OK);
    alice = make_member();
}

static inline void free_group(void)
{
    alice.key->ops->free(alice.key);
    xtt_daa_group_free(group);
}

static inline void sign(const struct member *m, xtt_bytes basename, uint8_t sig[421])
{
    ck_assert_int_eq(xtt_daa_sign(m->key, m->cred, basename, message, NULL, sig), XTT_OK);
}

/* A source that always fails, and one that gives one byte for ever. */
static inline xtt_err draw_nothing(struct xtt_rng *rng, uint8_t *out, size_t n)
{
    (void)rng;
    (void)out;
    (void)n;
    return XTT_ERR_RNG;
}

static inline xtt_err draw_zeros(struct xtt_rng *rng, uint8_t *out, size_t n)
{
    (void)rng;
    memset(out, 0, n);
    return XTT_OK;
}

static inline xtt_err draw_ones(struct xtt_rng *rng, uint8_t *out, size_t n)
{
    (void)rng;
    memset(out, 0xff, n);
    return XTT_OK;
}

__attribute__((unused)) static struct xtt_rng broken_rngs[] = {
    {draw_nothing}, {draw_zeros}, {draw_ones}};

#endif

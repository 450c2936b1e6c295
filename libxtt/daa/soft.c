/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A member key in memory that answers TPM2_Commit and TPM2_Sign as a TPM does, so that signing runs
 * the same path with and without hardware.  For tests and development: nothing protects the key.
 */
#include "daa/daa.h"

#include <pthread.h>
#include <stdlib.h>

#include "base/bytes.h"
#include "crypto/provider.h"

struct soft {
    struct xtt_gsigner base;
    struct xtt_rng *rng;
    pthread_mutex_t lock; /* held from commit to respond or cancel */
    uint16_t ticket;
    struct {
        struct scalar sk; /* dies with the signer */
        struct scalar r;  /* of the commitment; dies in respond or cancel */
    } secret;
};

static xtt_err public_key(struct xtt_gsigner *g, uint8_t q[65])
{
    const struct soft *s = (const struct soft *)g;
    struct g1 p;

    xtt_g1_mul_base(&p, &s->secret.sk);
    return xtt_g1_to_bytes(q, &p) ? XTT_OK : XTT_ERR_INTERNAL;
}

/* Reads the points that the caller names, as a TPM does: P2 = (SHA-256(s2) mod p, y2). */
static xtt_err read_points(struct g1 *p1, struct g1 *p2, const uint8_t p1_bytes[static 65],
                           xtt_bytes s2, const uint8_t *y2)
{
    uint8_t digest[32];
    struct fp x, y;
    xtt_err err;

    if (!xtt_g1_from_bytes(p1, p1_bytes))
        return XTT_ERR_POINT;
    if (s2.n == 0)
        return XTT_OK;
    if ((err = xtt_sha256(&s2, 1, digest)) != XTT_OK)
        return err;
    xtt_fp_from_hash(&x, digest);
    if (!xtt_fp_from_bytes(&y, y2) || !xtt_g1_from_xy(p2, &x, &y))
        return XTT_ERR_POINT;
    return XTT_OK;
}

static xtt_err commit(struct xtt_gsigner *g, const uint8_t p1_bytes[65], xtt_bytes s2,
                      const uint8_t y2[32], struct xtt_commitment *out)
{
    struct soft *s = (struct soft *)g;
    struct g1 p1, p2, t;
    xtt_err err;

    if ((err = read_points(&p1, &p2, p1_bytes, s2, y2)) != XTT_OK)
        return err;
    pthread_mutex_lock(&s->lock);
    if ((err = xtt_daa_draw(s->rng, &s->secret.r)) != XTT_OK) {
        pthread_mutex_unlock(&s->lock);
        return err;
    }
    xtt_g1_mul(&t, &p1, &s->secret.r);
    (void)xtt_g1_to_bytes(out->e, &t);
    if (s2.n > 0) {
        xtt_g1_mul(&t, &p2, &s->secret.sk);
        (void)xtt_g1_to_bytes(out->k, &t);
        xtt_g1_mul(&t, &p2, &s->secret.r);
        (void)xtt_g1_to_bytes(out->l, &t);
    }
    out->ticket = ++s->ticket;
    return XTT_OK;
}

static void cancel(struct xtt_gsigner *g, uint16_t ticket)
{
    struct soft *s = (struct soft *)g;

    (void)ticket;
    xtt_wipe(&s->secret.r, sizeof s->secret.r);
    pthread_mutex_unlock(&s->lock);
}

static xtt_err respond(struct xtt_gsigner *g, uint16_t ticket, const uint8_t digest[32],
                       uint8_t n[32], uint8_t s_out[32])
{
    struct soft *s = (struct soft *)g;
    uint8_t nonce[32];
    struct scalar number, c, answer;
    xtt_err err;

    if (ticket != s->ticket) {
        err = XTT_RESTART;
        goto out;
    }
    if ((err = xtt_daa_draw(s->rng, &number)) != XTT_OK)
        goto out;
    xtt_scalar_to_bytes(nonce, &number);
    if ((err = xtt_daa_hash_nonce(nonce, digest, &c)) != XTT_OK)
        goto out;
    xtt_scalar_mul(&answer, &c, &s->secret.sk);
    xtt_scalar_add(&answer, &answer, &s->secret.r);
    xtt_scalar_to_bytes(n, &number);
    xtt_scalar_to_bytes(s_out, &answer);
out:
    cancel(g, ticket);
    return err;
}

static void soft_free(struct xtt_gsigner *g)
{
    struct soft *s = (struct soft *)g;

    pthread_mutex_destroy(&s->lock);
    xtt_wipe(s, sizeof *s);
    free(s);
}

static const struct xtt_gsigner_ops soft_ops = {public_key, commit, respond, cancel, soft_free};

xtt_err xtt_daa_secret_new(struct xtt_rng *rng, uint8_t sk[XTT_DAA_SECRET_SIZE])
{
    struct scalar k;
    xtt_err err;

    if ((err = xtt_daa_draw(rng, &k)) == XTT_OK)
        xtt_scalar_to_bytes(sk, &k);
    xtt_wipe(&k, sizeof k);
    return err;
}

xtt_err xtt_daa_soft_new(struct xtt_gsigner **out, const uint8_t sk[XTT_DAA_SECRET_SIZE],
                         struct xtt_rng *rng)
{
    struct soft *s = calloc(1, sizeof *s);
    xtt_err err = XTT_OK;

    if (!s)
        return XTT_ERR_NOMEM;
    if (!sk)
        err = xtt_daa_draw(rng, &s->secret.sk);
    else if (!xtt_scalar_from_bytes(&s->secret.sk, sk) || xtt_scalar_is_zero(&s->secret.sk))
        err = XTT_ERR_SCALAR;
    if (err == XTT_OK && pthread_mutex_init(&s->lock, NULL) != 0)
        err = XTT_ERR_NOMEM;
    if (err != XTT_OK) {
        xtt_wipe(s, sizeof *s);
        free(s);
        return err;
    }
    s->base.ops = &soft_ops;
    s->rng = rng;
    *out = &s->base;
    return XTT_OK;
}

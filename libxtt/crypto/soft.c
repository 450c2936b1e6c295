/* SPDX-License-Identifier: Apache-2.0 */
/* A P-256 key in memory as a signer: for tests, development and online server keys. */
#include <xtt/signer.h>

#include <stdlib.h>
#include <string.h>

#include "crypto/provider.h"

struct soft {
    struct xtt_signer signer;
    struct xtt_p256_key *key;
};

static struct soft *soft_of(struct xtt_signer *s)
{
    return (struct soft *)s;
}

static xtt_err public_key(struct xtt_signer *s, uint8_t pub[65])
{
    return xtt_p256_key_public(soft_of(s)->key, pub);
}

static xtt_err sign(struct xtt_signer *s, const uint8_t digest[32], uint8_t sig[64])
{
    return xtt_p256_key_sign(soft_of(s)->key, digest, sig);
}

static void free_soft(struct xtt_signer *s)
{
    if (s == NULL)
        return;
    xtt_p256_key_free(soft_of(s)->key);
    free(soft_of(s));
}

static const struct xtt_signer_ops ops = {public_key, sign, free_soft};

xtt_err xtt_signer_soft_new(struct xtt_signer **out, const uint8_t secret[32])
{
    struct soft *soft = calloc(1, sizeof *soft);
    xtt_err err;

    if (soft == NULL)
        return XTT_ERR_NOMEM;
    soft->signer.ops = &ops;
    if ((err = xtt_p256_key_new(&soft->key, secret)) != XTT_OK) {
        free(soft);
        return err;
    }
    *out = &soft->signer;
    return XTT_OK;
}

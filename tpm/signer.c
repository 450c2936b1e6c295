/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The long-term key as an xtt_signer: ECDSA on P-256 by TPM2_Sign.  Makes no keys.
 */
#include "keys.h"

#include <stdlib.h>
#include <string.h>

struct signer {
    struct xtt_signer base;
    struct xtt_tpm_key key;
};

/* One signature to be made. */
struct job {
    struct xtt_tpm_key *key;
    const uint8_t *digest;
    uint8_t sig[64];
};

static xtt_err sign_once(struct xtt_tpm *tpm, void *arg)
{
    struct job *job = arg;
    const TPMT_SIG_SCHEME scheme = {.scheme = TPM2_ALG_ECDSA,
                                    .details.ecdsa.hashAlg = TPM2_ALG_SHA256};
    const TPMT_TK_HASHCHECK ticket = {.tag = TPM2_ST_HASHCHECK, .hierarchy = TPM2_RH_NULL};
    TPM2B_DIGEST digest = {.size = 32};
    TPMT_SIGNATURE *sig = NULL;
    xtt_err err;

    if ((err = xtt_tpm_key_load(job->key)) != XTT_OK)
        return err;
    memcpy(digest.buffer, job->digest, 32);
    if ((err =
             xtt_tpm_check(tpm, "Esys_Sign",
                           Esys_Sign(tpm->esys, job->key->object.tr, ESYS_TR_PASSWORD, ESYS_TR_NONE,
                                     ESYS_TR_NONE, &digest, &scheme, &ticket, &sig))) != XTT_OK)
        return err;
    if (sig->sigAlg != TPM2_ALG_ECDSA ||
        xtt_tpm_number(job->sig, &sig->signature.ecdsa.signatureR) != XTT_OK ||
        xtt_tpm_number(job->sig + 32, &sig->signature.ecdsa.signatureS) != XTT_OK)
        err = xtt_tpm_say(tpm, XTT_ERR_TPM, "Esys_Sign: the answer is no ECDSA signature on P-256");
    Esys_Free(sig);
    return err;
}

static xtt_err sign(struct xtt_signer *s, const uint8_t digest[32], uint8_t sig[64])
{
    struct signer *signer = (struct signer *)s;
    struct job job = {.key = &signer->key, .digest = digest};
    xtt_err err;

    if ((err = xtt_tpm_run(signer->key.tpm, sign_once, &job)) == XTT_OK)
        memcpy(sig, job.sig, sizeof job.sig);
    return err;
}

static xtt_err public_key(struct xtt_signer *s, uint8_t pub[65])
{
    return xtt_tpm_key_point(&((struct signer *)s)->key, pub);
}

static void free_signer(struct xtt_signer *s)
{
    if (s == NULL)
        return;
    xtt_tpm_key_wipe(&((struct signer *)s)->key);
    free(s);
}

static const struct xtt_signer_ops ops = {public_key, sign, free_signer};

xtt_err xtt_tpm_signer_new(struct xtt_signer **out, struct xtt_tpm *tpm, xtt_bytes pem)
{
    struct signer *signer = calloc(1, sizeof *signer);
    xtt_err err;

    if (signer == NULL)
        return XTT_ERR_NOMEM;
    if ((err = xtt_tpm_key_init(&signer->key, tpm, XTT_TPM_LONGTERM, pem)) != XTT_OK) {
        free(signer);
        return err;
    }
    signer->base.ops = &ops;
    *out = &signer->base;
    return XTT_OK;
}

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The member key as an xtt_gsigner: TPM2_Commit and TPM2_Sign with ECDAA.  The retry over both
 * commands is the caller's (libxtt/daa/sign.c); here XTT_RESTART asks for it.
 */
#include "keys.h"

#include <stdlib.h>
#include <string.h>

/* TPM 2.0 Part 2: the largest s2 is that of a sensitive data buffer. */
#define S2_MAX 128

/* r = 36u^4 + 36u^3 + 18u^2 + 6u + 1, u = -0x6882F5C030B0A801. */
static const uint8_t order[32] = {0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFC, 0xF0, 0xCD, 0x46, 0xE5, 0xF2,
                                  0x5E, 0xEE, 0x71, 0xA4, 0x9E, 0x0C, 0xDC, 0x65, 0xFB, 0x12, 0x99,
                                  0x92, 0x1A, 0xF6, 0x2D, 0x53, 0x6C, 0xD1, 0x0B, 0x50, 0x0D};

struct gsigner {
    struct xtt_gsigner base;
    struct xtt_tpm_key key;
    int is_committed; /* between commit and respond or cancel; the TPM's lock is ours */
};

/* One commit to be made. */
struct commit_job {
    struct xtt_tpm_key *key;
    const uint8_t *p1;
    xtt_bytes s2;
    const uint8_t *y2;
    struct xtt_commitment out;
};

/* One answer to be given. */
struct respond_job {
    struct xtt_tpm_key *key;
    uint16_t ticket;
    const uint8_t *digest;
    uint8_t n[32], s[32];
};

static void set_number(TPM2B_ECC_PARAMETER *out, const uint8_t in[static 32])
{
    out->size = 32;
    memcpy(out->buffer, in, 32);
}

static xtt_err commit_once(struct xtt_tpm *tpm, void *arg)
{
    struct commit_job *job = arg;
    TPM2B_ECC_POINT p1 = {0}, *k = NULL, *l = NULL, *e = NULL;
    TPM2B_SENSITIVE_DATA s2 = {0};
    TPM2B_ECC_PARAMETER y2 = {0};
    xtt_err err;

    if ((err = xtt_tpm_key_load(job->key)) != XTT_OK)
        return err;
    set_number(&p1.point.x, job->p1 + 1);
    set_number(&p1.point.y, job->p1 + 33);
    if (job->s2.n > 0) {
        s2.size = (UINT16)job->s2.n;
        memcpy(s2.buffer, job->s2.p, job->s2.n);
        set_number(&y2, job->y2);
    }
    if ((err = xtt_tpm_check(tpm, "Esys_Commit",
                             Esys_Commit(tpm->esys, job->key->object.tr, ESYS_TR_PASSWORD,
                                         ESYS_TR_NONE, ESYS_TR_NONE, &p1, &s2, &y2, &k, &l, &e,
                                         &job->out.ticket))) != XTT_OK)
        return err;
    if (xtt_tpm_point(job->out.e, &e->point) != XTT_OK ||
        (job->s2.n > 0 && (xtt_tpm_point(job->out.k, &k->point) != XTT_OK ||
                           xtt_tpm_point(job->out.l, &l->point) != XTT_OK)))
        err = xtt_tpm_say(tpm, XTT_ERR_TPM, "Esys_Commit: the answer has no points of BN_P256");
    Esys_Free(k);
    Esys_Free(l);
    Esys_Free(e);
    return err;
}

static xtt_err commit(struct xtt_gsigner *g, const uint8_t p1[65], xtt_bytes s2,
                      const uint8_t y2[32], struct xtt_commitment *out)
{
    struct gsigner *signer = (struct gsigner *)g;
    struct xtt_tpm *tpm = signer->key.tpm;
    struct commit_job job = {.key = &signer->key, .p1 = p1, .s2 = s2, .y2 = y2};
    xtt_err err;

    if (p1[0] != 0x04 || s2.n > S2_MAX)
        return XTT_ERR_ARGUMENT;
    if ((err = xtt_tpm_lock(tpm)) != XTT_OK)
        return err;
    if ((err = xtt_tpm_attempt(tpm, commit_once, &job)) != XTT_OK) {
        xtt_tpm_unlock(tpm);
        return err;
    }
    signer->is_committed = 1;
    *out = job.out;
    return XTT_OK;
}

/* The commitment is tied to the loaded key: once its handle was dropped, because the TPM was reset
 * or answered so, there is nothing left to respond to. */
static xtt_err respond_once(struct xtt_tpm *tpm, void *arg)
{
    struct respond_job *job = arg;
    const TPMT_SIG_SCHEME scheme = {
        .scheme = TPM2_ALG_ECDAA,
        .details.ecdaa = {.hashAlg = TPM2_ALG_SHA256, .count = job->ticket}};
    const TPMT_TK_HASHCHECK ticket = {.tag = TPM2_ST_HASHCHECK, .hierarchy = TPM2_RH_NULL};
    TPM2B_DIGEST digest = {.size = 32};
    TPMT_SIGNATURE *sig = NULL;
    const TPMS_SIGNATURE_ECC *ecdaa;
    xtt_err err;

    if (job->key->object.tr == ESYS_TR_NONE)
        return xtt_tpm_say(tpm, XTT_RESTART, "the TPM lost the commitment");
    memcpy(digest.buffer, job->digest, 32);
    if ((err =
             xtt_tpm_check(tpm, "Esys_Sign",
                           Esys_Sign(tpm->esys, job->key->object.tr, ESYS_TR_PASSWORD, ESYS_TR_NONE,
                                     ESYS_TR_NONE, &digest, &scheme, &ticket, &sig))) != XTT_OK)
        return err;
    ecdaa = &sig->signature.ecdaa;
    if (sig->sigAlg != TPM2_ALG_ECDAA || ecdaa->signatureR.size > 32 ||
        xtt_tpm_number(job->s, &ecdaa->signatureS) != XTT_OK)
        err =
            xtt_tpm_say(tpm, XTT_ERR_TPM, "Esys_Sign: the answer is no ECDAA signature on BN_P256");
    else if (ecdaa->signatureR.size < 32 || memcmp(ecdaa->signatureR.buffer, order, 32) >= 0)
        /* The TPM hashed n without its leading zeros, which the wire cannot say. */
        err = xtt_tpm_say(tpm, XTT_RESTART, "the TPM's nonce is short");
    else
        memcpy(job->n, ecdaa->signatureR.buffer, 32);
    Esys_Free(sig);
    return err;
}

static xtt_err respond(struct xtt_gsigner *g, uint16_t ticket, const uint8_t digest[32],
                       uint8_t n[32], uint8_t s[32])
{
    struct gsigner *signer = (struct gsigner *)g;
    struct xtt_tpm *tpm = signer->key.tpm;
    struct respond_job job = {.key = &signer->key, .ticket = ticket, .digest = digest};
    xtt_err err;

    if (!signer->is_committed)
        return XTT_ERR_ARGUMENT;
    if ((err = xtt_tpm_attempt(tpm, respond_once, &job)) == XTT_OK) {
        memcpy(n, job.n, 32);
        memcpy(s, job.s, 32);
    }
    signer->is_committed = 0;
    xtt_tpm_unlock(tpm);
    return err;
}

static void cancel(struct xtt_gsigner *g, uint16_t ticket)
{
    struct gsigner *signer = (struct gsigner *)g;

    (void)ticket; /* the TPM reuses it by itself */
    if (!signer->is_committed)
        return;
    signer->is_committed = 0;
    xtt_tpm_unlock(signer->key.tpm);
}

static xtt_err public_key(struct xtt_gsigner *g, uint8_t q[65])
{
    return xtt_tpm_key_point(&((struct gsigner *)g)->key, q);
}

static void free_gsigner(struct xtt_gsigner *g)
{
    if (g == NULL)
        return;
    cancel(g, 0);
    xtt_tpm_key_wipe(&((struct gsigner *)g)->key);
    free(g);
}

static const struct xtt_gsigner_ops ops = {public_key, commit, respond, cancel, free_gsigner};

xtt_err xtt_tpm_gsigner_new(struct xtt_gsigner **out, struct xtt_tpm *tpm, xtt_bytes pem)
{
    struct gsigner *signer = calloc(1, sizeof *signer);
    xtt_err err;

    if (signer == NULL)
        return XTT_ERR_NOMEM;
    if ((err = xtt_tpm_key_init(&signer->key, tpm, XTT_TPM_MEMBER, pem)) != XTT_OK) {
        free(signer);
        return err;
    }
    signer->base.ops = &ops;
    *out = &signer->base;
    return XTT_OK;
}

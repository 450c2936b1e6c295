/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Lines for group signatures by a TPM (swtpm), next to the two TPM commands that cannot be avoided,
 * sent through ESYS with nothing around them and with the same operands.
 */
#include "test/bench/bench.h"

#include "test/support/swtpm.h"
#include "tpm/keys.h"

#include <string.h>
#include <tss2/tss2_tctildr.h>
#include <xtt/daa.h>

/* A group signer that notes what it is asked to commit to. */
struct spy {
    struct xtt_gsigner base;
    struct xtt_gsigner *real;
    uint8_t p1[65], s2[128], y2[32];
    size_t s2_size;
};

static struct {
    struct swtpm *swtpm;
    struct xtt_tpm *tpm;
    struct xtt_gsigner *signer;
    struct spy spy;
    uint8_t cred[XTT_DAA_CREDENTIAL_SIZE], sig[XTT_DAA_SIGNATURE_SIZE], digest[32];
    xtt_bytes basename, msg;
    TSS2_TCTI_CONTEXT *io;
    ESYS_CONTEXT *esys;
    ESYS_TR key;
    TPM2B_ECC_POINT p1;
    TPM2B_SENSITIVE_DATA s2;
    TPM2B_ECC_PARAMETER y2;
} in;

static xtt_err spy_public_key(struct xtt_gsigner *g, uint8_t q[65])
{
    struct xtt_gsigner *real = ((struct spy *)g)->real;

    return real->ops->public_key(real, q);
}

static xtt_err spy_commit(struct xtt_gsigner *g, const uint8_t p1[65], xtt_bytes s2,
                          const uint8_t y2[32], struct xtt_commitment *out)
{
    struct spy *spy = (struct spy *)g;

    memcpy(spy->p1, p1, sizeof spy->p1);
    memcpy(spy->s2, s2.p, s2.n);
    memcpy(spy->y2, y2, sizeof spy->y2);
    spy->s2_size = s2.n;
    return spy->real->ops->commit(spy->real, p1, s2, y2, out);
}

static xtt_err spy_respond(struct xtt_gsigner *g, uint16_t ticket, const uint8_t digest[32],
                           uint8_t n[32], uint8_t s[32])
{
    struct xtt_gsigner *real = ((struct spy *)g)->real;

    return real->ops->respond(real, ticket, digest, n, s);
}

static void spy_cancel(struct xtt_gsigner *g, uint16_t ticket)
{
    struct xtt_gsigner *real = ((struct spy *)g)->real;

    real->ops->cancel(real, ticket);
}

static const struct xtt_gsigner_ops spy_ops = {spy_public_key, spy_commit, spy_respond, spy_cancel,
                                               NULL};

static void bare(void *arg)
{
    const TPMT_TK_HASHCHECK ticket = {.tag = TPM2_ST_HASHCHECK, .hierarchy = TPM2_RH_NULL};
    TPMT_SIG_SCHEME scheme = {.scheme = TPM2_ALG_ECDAA,
                              .details.ecdaa = {.hashAlg = TPM2_ALG_SHA256}};
    TPM2B_DIGEST digest = {.size = 32};
    TPM2B_ECC_POINT *k, *l, *e;
    TPMT_SIGNATURE *sig;

    (void)arg;
    bench_need(Esys_Commit(in.esys, in.key, ESYS_TR_PASSWORD, ESYS_TR_NONE, ESYS_TR_NONE, &in.p1,
                           &in.s2, &in.y2, &k, &l, &e, &scheme.details.ecdaa.count) == 0,
               "TPM2_Commit");
    bench_need(Esys_Sign(in.esys, in.key, ESYS_TR_PASSWORD, ESYS_TR_NONE, ESYS_TR_NONE, &digest,
                         &scheme, &ticket, &sig) == 0,
               "TPM2_Sign");
    Esys_Free(k);
    Esys_Free(l);
    Esys_Free(e);
    Esys_Free(sig);
}

static void commit_respond(void *arg)
{
    struct xtt_commitment com;
    uint8_t n[32], s[32];
    xtt_err err;

    (void)arg;
    bench_need(in.signer->ops->commit(in.signer, in.spy.p1, (xtt_bytes){in.spy.s2, in.spy.s2_size},
                                      in.spy.y2, &com) == XTT_OK,
               xtt_tpm_why(in.tpm));
    /* The bare commands do not look at the nonce either. */
    err = in.signer->ops->respond(in.signer, com.ticket, in.digest, n, s);
    bench_need(err == XTT_OK || err == XTT_RESTART, xtt_tpm_why(in.tpm));
}

static void sign(void *arg)
{
    (void)arg;
    bench_need(xtt_daa_sign(in.signer, in.cred, in.basename, in.msg, NULL, in.sig) == XTT_OK,
               xtt_tpm_why(in.tpm));
}

/* A member of a group of its own. */
static void make_member(void)
{
    uint8_t secret[XTT_DAA_ISSUER_SECRET_SIZE], pub[XTT_DAA_ISSUER_KEY_SIZE];
    uint8_t q[65], proof[XTT_DAA_CREDENTIAL_SIG_SIZE];
    char pem[XTT_TPM_PEM_SIZE];

    bench_need(xtt_tpm_new(&in.tpm, swtpm_tcti(in.swtpm), XTT_TPM_SIMULATOR) == XTT_OK, "memory");
    bench_need(xtt_tpm_create(in.tpm, XTT_TPM_MEMBER, pem) == XTT_OK &&
                   xtt_tpm_gsigner_new(&in.signer, in.tpm,
                                       (xtt_bytes){(uint8_t *)pem, strlen(pem)}) == XTT_OK,
               xtt_tpm_why(in.tpm));
    bench_need(xtt_daa_issuer_new(NULL, secret, pub) == XTT_OK &&
                   in.signer->ops->public_key(in.signer, q) == XTT_OK &&
                   xtt_daa_issue(secret, q, NULL, in.cred, proof) == XTT_OK,
               "credential");
}

static void set_number(TPM2B_ECC_PARAMETER *out, const uint8_t *number)
{
    out->size = 32;
    memcpy(out->buffer, number, 32);
}

/* The operands of one signature, and a connection on which the loaded key is used as it is. */
static void make_bare(void)
{
    TPMS_CAPABILITY_DATA *cap = NULL;
    TPMI_YES_NO more;

    in.spy.base.ops = &spy_ops;
    in.spy.real = in.signer;
    bench_need(xtt_daa_sign(&in.spy.base, in.cred, in.basename, in.msg, NULL, in.sig) == XTT_OK,
               xtt_tpm_why(in.tpm));
    set_number(&in.p1.point.x, in.spy.p1 + 1);
    set_number(&in.p1.point.y, in.spy.p1 + 33);
    set_number(&in.y2, in.spy.y2);
    in.s2.size = (UINT16)in.spy.s2_size;
    memcpy(in.s2.buffer, in.spy.s2, in.spy.s2_size);
    bench_need(Tss2_TctiLdr_Initialize(swtpm_tcti(in.swtpm), &in.io) == 0 &&
                   Esys_Initialize(&in.esys, in.io, NULL) == 0 &&
                   Esys_GetCapability(in.esys, ESYS_TR_NONE, ESYS_TR_NONE, ESYS_TR_NONE,
                                      TPM2_CAP_HANDLES, TPM2_TRANSIENT_FIRST, 1, &more,
                                      &cap) == 0 &&
                   cap->data.handles.count == 1 &&
                   Esys_TR_FromTPMPublic(in.esys, cap->data.handles.handle[0], ESYS_TR_NONE,
                                         ESYS_TR_NONE, ESYS_TR_NONE, &in.key) == 0,
               "a second connection to swtpm");
    Esys_Free(cap);
}

void bench_tpm(struct bench *b)
{
    in.swtpm = swtpm_start();
    in.basename = (xtt_bytes){(const uint8_t *)"basename", 8};
    in.msg = (xtt_bytes){(const uint8_t *)"a message of a handshake", 24};
    make_member();
    make_bare();
    bench_add(b, "tpm_bare_commit_sign", "us", bare, NULL, NULL);
    bench_add(b, "tpm_commit_respond", "us", commit_respond, NULL, "tpm_bare_commit_sign");
    bench_add(b, "tpm_daa_sign", "us", sign, NULL, "tpm_bare_commit_sign");
}

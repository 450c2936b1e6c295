/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Signing, with whatever holds the member key: the signer commits and responds, everything else is
 * done here.  The only caller of commit, respond and cancel, and the place of their retry.
 */
#include "daa/daa.h"

#include <string.h>

#include "base/bytes.h"

#define ATTEMPTS 10

/* Commit, challenge, response, once.  XTT_RESTART: again. */
static xtt_err prove_once(struct daa_proof *proof, struct xtt_gsigner *g,
                          const struct daa_basepoint *point, xtt_bytes basename, xtt_bytes msg)
{
    static const uint8_t no_y2[32];
    const xtt_bytes s2 = basename.n > 0 ? xtt_span(point->s2, point->s2_size) : xtt_span(NULL, 0);
    const uint8_t *y2 = basename.n > 0 ? point->bytes + 33 : no_y2;
    struct xtt_commitment com;
    struct scalar c, c1, n;
    uint8_t digest[32];
    xtt_err err;

    memset(&com, 0, sizeof com);
    if ((err = g->ops->commit(g, proof->base, s2, y2, &com)) != XTT_OK)
        return err;
    memcpy(proof->k, com.k, sizeof proof->k);
    if ((err = xtt_daa_hash_proof(proof, com.e, com.l, point, basename, msg, &c1)) != XTT_OK) {
        g->ops->cancel(g, com.ticket);
        return err;
    }
    xtt_scalar_to_bytes(digest, &c1);
    if ((err = g->ops->respond(g, com.ticket, digest, proof->n, proof->s)) != XTT_OK)
        return err;
    if (!xtt_scalar_from_bytes(&n, proof->n))
        return XTT_RESTART;
    if ((err = xtt_daa_hash_nonce(proof->n, digest, &c)) != XTT_OK)
        return err;
    xtt_scalar_to_bytes(proof->c, &c);
    return XTT_OK;
}

xtt_err xtt_daa_prove(struct daa_proof *proof, struct xtt_gsigner *g, xtt_bytes basename,
                      xtt_bytes msg)
{
    struct daa_basepoint point;
    xtt_err err = XTT_RESTART;

    if (basename.n > 0 && (err = xtt_daa_hash_to_point(&point, basename)) != XTT_OK)
        return err;
    err = XTT_RESTART;
    for (int i = 0; i < ATTEMPTS && err == XTT_RESTART; i++)
        err = prove_once(proof, g, &point, basename, msg);
    if (err == XTT_RESTART)
        return XTT_ERR_TPM_BUSY;
    if (err != XTT_OK)
        return err;
    /* A wrong answer, by fault or by attack, is not handed on. */
    err = xtt_daa_check_proof(proof, basename, msg);
    return err == XTT_ERR_GROUP_SIGNATURE ? XTT_ERR_CREDENTIAL : err;
}

/* The credential times a random number, so that no two signatures show the same points. */
static xtt_err blind(uint8_t out[static 260], const uint8_t in[static 260], struct xtt_rng *rng)
{
    struct daa_credential cred;
    struct scalar l;
    xtt_err err;

    if (xtt_daa_credential_decode(&cred, in) != XTT_OK)
        return XTT_ERR_CREDENTIAL;
    if ((err = xtt_daa_draw(rng, &l)) != XTT_OK)
        return err;
    xtt_g1_mul(&cred.a, &cred.a, &l);
    xtt_g1_mul(&cred.b, &cred.b, &l);
    xtt_g1_mul(&cred.c, &cred.c, &l);
    xtt_g1_mul(&cred.d, &cred.d, &l);
    err = xtt_daa_credential_encode(out, &cred);
    xtt_wipe(&l, sizeof l);
    return err;
}

static xtt_err sign(struct xtt_gsigner *g, const uint8_t cred[static 260], xtt_bytes basename,
                    xtt_bytes msg, struct xtt_rng *rng, uint8_t *sig)
{
    uint8_t blinded[260];
    struct daa_proof proof;
    xtt_err err;

    if ((err = blind(blinded, cred, rng)) != XTT_OK)
        return err;
    memcpy(proof.base, blinded + 65, 65);
    memcpy(proof.pub, blinded + 195, 65);
    if ((err = xtt_daa_prove(&proof, g, basename, msg)) != XTT_OK)
        return err;
    memcpy(sig, proof.c, 32);
    memcpy(sig + 32, proof.s, 32);
    memcpy(sig + 64, blinded, 260);
    memcpy(sig + 324, proof.n, 32);
    if (basename.n > 0)
        memcpy(sig + XTT_DAA_SIGNATURE_PSEUDONYM, proof.k, 65);
    return XTT_OK;
}

xtt_err xtt_daa_sign(struct xtt_gsigner *g, const uint8_t cred[XTT_DAA_CREDENTIAL_SIZE],
                     xtt_bytes basename, xtt_bytes msg, struct xtt_rng *rng,
                     uint8_t sig[XTT_DAA_SIGNATURE_SIZE])
{
    if (basename.n < 1 || basename.n > XTT_DAA_BASENAME_MAX)
        return XTT_ERR_BASENAME;
    return sign(g, cred, basename, msg, rng, sig);
}

xtt_err xtt_daa_sign_plain(struct xtt_gsigner *g, const uint8_t cred[static 260], xtt_bytes msg,
                           struct xtt_rng *rng, uint8_t sig[static XTT_DAA_PLAIN_SIGNATURE_SIZE])
{
    return sign(g, cred, xtt_span(NULL, 0), msg, rng, sig);
}

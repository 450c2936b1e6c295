/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Verification.  Nothing here is secret, so all of it may take the time it takes.  The random
 * factor is not secret from anybody but the signer, who has committed to the signature before it is
 * drawn.
 */
#include "daa/daa.h"

#include <string.h>

#include "base/bytes.h"

/* Both equations folded into e(a,Y) e(f c - b, G2) e(-f(a+d), X) = 1, f random of 128 bits: if one
 * equation is false, at most one f in 2^128 makes the product 1. */
xtt_err xtt_daa_check_pairings(const struct xtt_daa_group *group, const struct daa_credential *cred,
                               struct xtt_rng *rng)
{
    struct pairing_factor factors[3] = {{.q = &group->y}, {.q = &group->g2}, {.q = &group->x}};
    struct fp12 product, one;
    struct g1 t;
    uint64_t f[2];
    xtt_err err;

    if ((err = xtt_rng_draw(rng, (uint8_t *)f, sizeof f)) != XTT_OK)
        return err;
    if ((f[0] | f[1]) == 0) /* would drop an equation; a working source never does this */
        return XTT_ERR_RNG;
    factors[0].p = cred->a;
    xtt_g1_mul_words_vartime(&factors[1].p, f, &cred->c);
    xtt_g1_neg(&t, &cred->b);
    xtt_g1_add(&factors[1].p, &factors[1].p, &t);
    xtt_g1_add(&t, &cred->a, &cred->d);
    xtt_g1_neg(&t, &t);
    xtt_g1_mul_words_vartime(&factors[2].p, f, &t);

    xtt_pairing_product(&product, factors, 3);
    xtt_fp12_one(&one);
    return xtt_fp12_eq(&product, &one) ? XTT_OK : XTT_ERR_GROUP_SIGNATURE;
}

xtt_err xtt_daa_hash_proof(const struct daa_proof *proof, const uint8_t e[static 65],
                           const uint8_t l[static 65], const struct daa_basepoint *point,
                           xtt_bytes basename, xtt_bytes msg, struct scalar *c1)
{
    const xtt_bytes named[] = {xtt_span(e, 65),
                               xtt_span(proof->base, 65),
                               xtt_span(proof->pub, 65),
                               xtt_span(l, 65),
                               xtt_span(point->bytes, 65),
                               xtt_span(proof->k, 65),
                               basename,
                               msg};
    const xtt_bytes plain[] = {named[0], named[1], named[2], msg};

    return basename.n > 0 ? xtt_daa_hash(named, 8, c1) : xtt_daa_hash(plain, 4, c1);
}

/* out = s base - c pub, encoded: the commitment that the signer must have made. */
static xtt_err recommit(uint8_t out[static 65], const struct scalar *s, const struct g1 *base,
                        const struct scalar *minus_c, const uint8_t pub[static 65])
{
    struct g1 p, e;

    if (!xtt_g1_from_bytes(&p, pub))
        return XTT_ERR_GROUP_SIGNATURE;
    xtt_g1_mul2_vartime(&e, s, base, minus_c, &p);
    return xtt_g1_to_bytes(out, &e) ? XTT_OK : XTT_ERR_GROUP_SIGNATURE;
}

xtt_err xtt_daa_check_proof(const struct daa_proof *proof, xtt_bytes basename, xtt_bytes msg)
{
    static const struct scalar zero;
    struct daa_basepoint point;
    struct scalar c, s, n, minus_c, c1, expected;
    struct g1 base;
    uint8_t e[65], l[65] = {0}, digest[32];
    xtt_err err;

    if (!xtt_scalar_from_bytes(&c, proof->c) || !xtt_scalar_from_bytes(&s, proof->s) ||
        !xtt_scalar_from_bytes(&n, proof->n) || !xtt_g1_from_bytes(&base, proof->base))
        return XTT_ERR_GROUP_SIGNATURE;
    xtt_scalar_sub(&minus_c, &zero, &c);
    if ((err = recommit(e, &s, &base, &minus_c, proof->pub)) != XTT_OK)
        return err;
    if (basename.n > 0) {
        if ((err = xtt_daa_hash_to_point(&point, basename)) != XTT_OK ||
            (err = recommit(l, &s, &point.p2, &minus_c, proof->k)) != XTT_OK)
            return err;
    }
    if ((err = xtt_daa_hash_proof(proof, e, l, &point, basename, msg, &c1)) != XTT_OK)
        return err;
    xtt_scalar_to_bytes(digest, &c1);
    if ((err = xtt_daa_hash_nonce(proof->n, digest, &expected)) != XTT_OK)
        return err;
    return xtt_scalar_eq(&c, &expected) ? XTT_OK : XTT_ERR_GROUP_SIGNATURE;
}

static xtt_err verify(const struct xtt_daa_group *group, xtt_bytes basename, xtt_bytes msg,
                      const uint8_t *sig, struct xtt_rng *rng)
{
    struct daa_credential cred;
    struct daa_proof proof;
    xtt_err err;

    if (xtt_daa_credential_decode(&cred, sig + 64) != XTT_OK)
        return XTT_ERR_GROUP_SIGNATURE;
    memcpy(proof.c, sig, 32);
    memcpy(proof.s, sig + 32, 32);
    memcpy(proof.base, sig + 64 + 65, 65);
    memcpy(proof.pub, sig + 64 + 195, 65);
    memcpy(proof.n, sig + 324, 32);
    if (basename.n > 0)
        memcpy(proof.k, sig + XTT_DAA_SIGNATURE_PSEUDONYM, 65);
    if ((err = xtt_daa_check_proof(&proof, basename, msg)) != XTT_OK)
        return err;
    return xtt_daa_check_pairings(group, &cred, rng);
}

xtt_err xtt_daa_verify(const struct xtt_daa_group *group, xtt_bytes basename, xtt_bytes msg,
                       const uint8_t sig[XTT_DAA_SIGNATURE_SIZE],
                       const struct xtt_daa_revoked *revoked, struct xtt_rng *rng)
{
    xtt_err err;

    if (basename.n < 1 || basename.n > XTT_DAA_BASENAME_MAX)
        return XTT_ERR_BASENAME;
    if (revoked && !xtt_daa_revoked_is_for(revoked, basename))
        return XTT_ERR_ARGUMENT;
    if ((err = verify(group, basename, msg, sig, rng)) != XTT_OK)
        return err;
    if (revoked && xtt_daa_revoked_has(revoked, sig + XTT_DAA_SIGNATURE_PSEUDONYM))
        return XTT_ERR_REVOKED;
    return XTT_OK;
}

xtt_err xtt_daa_verify_plain(const struct xtt_daa_group *group, xtt_bytes msg,
                             const uint8_t sig[static XTT_DAA_PLAIN_SIGNATURE_SIZE],
                             struct xtt_rng *rng)
{
    return verify(group, xtt_span(NULL, 0), msg, sig, rng);
}

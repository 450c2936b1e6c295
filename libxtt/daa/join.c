/* SPDX-License-Identifier: Apache-2.0 */
/* The member's side of joining a group: its public key with a proof, and what it gets back. */
#include "daa/daa.h"

#include <string.h>

#include "base/bytes.h"

static const uint8_t *generator(uint8_t out[static 65])
{
    (void)xtt_g1_to_bytes(out, &xtt_g1_generator);
    return out;
}

xtt_err xtt_daa_join(struct xtt_gsigner *g, xtt_bytes nonce, uint8_t pub[XTT_DAA_MEMBER_KEY_SIZE])
{
    struct daa_proof proof;
    xtt_err err;

    if ((err = g->ops->public_key(g, proof.pub)) != XTT_OK)
        return err;
    (void)generator(proof.base);
    if ((err = xtt_daa_prove(&proof, g, xtt_span(NULL, 0), nonce)) != XTT_OK)
        return err;
    memcpy(pub, proof.pub, 65);
    memcpy(pub + 65, proof.c, 32);
    memcpy(pub + 97, proof.s, 32);
    memcpy(pub + 129, proof.n, 32);
    return XTT_OK;
}

xtt_err xtt_daa_join_check(const uint8_t pub[XTT_DAA_MEMBER_KEY_SIZE], xtt_bytes nonce)
{
    struct daa_proof proof;
    xtt_err err;

    (void)generator(proof.base);
    memcpy(proof.pub, pub, 65);
    memcpy(proof.c, pub + 65, 32);
    memcpy(proof.s, pub + 97, 32);
    memcpy(proof.n, pub + 129, 32);
    err = xtt_daa_check_proof(&proof, xtt_span(NULL, 0), nonce);
    return err == XTT_ERR_GROUP_SIGNATURE ? XTT_ERR_JOIN_REFUSED : err;
}

/* The issuer's proof that B and D are the same multiple of G1 and Q. */
static xtt_err check_issue(const struct daa_credential *cred, const uint8_t bytes[static 260],
                           const uint8_t q[static 65], const uint8_t sig[static 64])
{
    static const struct scalar zero;
    uint8_t g1[65], e[65], f[65];
    struct scalar c, s, minus_c, expected;
    struct g1 point, kg, kq;
    xtt_err err;

    if (!xtt_g1_from_bytes(&point, q) || !xtt_scalar_from_bytes(&c, sig) ||
        !xtt_scalar_from_bytes(&s, sig + 32))
        return XTT_ERR_CREDENTIAL;
    xtt_scalar_sub(&minus_c, &zero, &c);
    xtt_g1_mul2_vartime(&kg, &s, &xtt_g1_generator, &minus_c, &cred->b);
    xtt_g1_mul2_vartime(&kq, &s, &point, &minus_c, &cred->d);
    if (!xtt_g1_to_bytes(e, &kg) || !xtt_g1_to_bytes(f, &kq))
        return XTT_ERR_CREDENTIAL;
    const xtt_bytes parts[] = {
        xtt_span(e, 65),          xtt_span(f, 65), xtt_span(generator(g1), 65),
        xtt_span(bytes + 65, 65), xtt_span(q, 65), xtt_span(bytes + 195, 65)};
    if ((err = xtt_daa_hash(parts, 6, &expected)) != XTT_OK)
        return err;
    return xtt_scalar_eq(&c, &expected) ? XTT_OK : XTT_ERR_CREDENTIAL;
}

xtt_err xtt_daa_credential_check(const struct xtt_daa_group *group,
                                 const uint8_t q[XTT_DAA_POINT_SIZE],
                                 const uint8_t cred[XTT_DAA_CREDENTIAL_SIZE],
                                 const uint8_t sig[XTT_DAA_CREDENTIAL_SIG_SIZE])
{
    struct daa_credential points;
    xtt_err err;

    if (xtt_daa_credential_decode(&points, cred) != XTT_OK)
        return XTT_ERR_CREDENTIAL;
    if ((err = check_issue(&points, cred, q, sig)) != XTT_OK)
        return err;
    err = xtt_daa_check_pairings(group, &points, NULL);
    return err == XTT_ERR_GROUP_SIGNATURE ? XTT_ERR_CREDENTIAL : err;
}

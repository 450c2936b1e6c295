/* SPDX-License-Identifier: Apache-2.0 */
/* The issuer: its key with a proof, and credentials for members. */
#include "daa/daa.h"

#include <string.h>

#include "base/bytes.h"

/* c = Hr( rx G2 || ry G2 || G2 || X || Y ) */
static xtt_err hash_key(const struct g2 *rx_g2, const struct g2 *ry_g2,
                        const uint8_t gpk[static 258], struct scalar *c)
{
    uint8_t points[3][129];
    const xtt_bytes parts[] = {xtt_span(points, sizeof points), xtt_span(gpk, 258)};

    if (!xtt_g2_to_bytes(points[0], rx_g2) || !xtt_g2_to_bytes(points[1], ry_g2) ||
        !xtt_g2_to_bytes(points[2], &xtt_g2_generator))
        return XTT_ERR_GROUP;
    return xtt_daa_hash(parts, 2, c);
}

/* s = k + c x */
static void respond(uint8_t out[static 32], const struct scalar *k, const struct scalar *c,
                    const struct scalar *x)
{
    struct scalar s;

    xtt_scalar_mul(&s, c, x);
    xtt_scalar_add(&s, &s, k);
    xtt_scalar_to_bytes(out, &s);
}

/* X || Y || c || sx || sy for the secrets x and y. */
static xtt_err prove_key(const struct scalar *x, const struct scalar *y, struct xtt_rng *rng,
                         uint8_t pub[static XTT_DAA_ISSUER_KEY_SIZE])
{
    struct {
        struct scalar x, y;
    } k;
    struct g2 px, py, rx, ry;
    uint8_t key[XTT_DAA_ISSUER_KEY_SIZE];
    struct scalar c;
    xtt_err err;

    if ((err = xtt_daa_draw(rng, &k.x)) != XTT_OK || (err = xtt_daa_draw(rng, &k.y)) != XTT_OK)
        goto out;
    xtt_g2_mul(&px, &xtt_g2_generator, x);
    xtt_g2_mul(&py, &xtt_g2_generator, y);
    xtt_g2_mul(&rx, &xtt_g2_generator, &k.x);
    xtt_g2_mul(&ry, &xtt_g2_generator, &k.y);
    if (!xtt_g2_to_bytes(key, &px) || !xtt_g2_to_bytes(key + 129, &py)) {
        err = XTT_ERR_INTERNAL;
        goto out;
    }
    if ((err = hash_key(&rx, &ry, key, &c)) != XTT_OK)
        goto out;
    xtt_scalar_to_bytes(key + 258, &c);
    respond(key + 290, &k.x, &c, x);
    respond(key + 322, &k.y, &c, y);
    memcpy(pub, key, sizeof key);
out:
    xtt_wipe(&k, sizeof k);
    return err;
}

xtt_err xtt_daa_issuer_new(struct xtt_rng *rng, uint8_t secret[XTT_DAA_ISSUER_SECRET_SIZE],
                           uint8_t pub[XTT_DAA_ISSUER_KEY_SIZE])
{
    struct {
        struct scalar x, y;
    } k;
    xtt_err err;

    if ((err = xtt_daa_draw(rng, &k.x)) != XTT_OK || (err = xtt_daa_draw(rng, &k.y)) != XTT_OK ||
        (err = prove_key(&k.x, &k.y, rng, pub)) != XTT_OK)
        goto out;
    xtt_scalar_to_bytes(secret, &k.x);
    xtt_scalar_to_bytes(secret + 32, &k.y);
out:
    xtt_wipe(&k, sizeof k);
    return err;
}

xtt_err xtt_daa_issuer_public(const uint8_t secret[XTT_DAA_ISSUER_SECRET_SIZE], struct xtt_rng *rng,
                              uint8_t pub[XTT_DAA_ISSUER_KEY_SIZE])
{
    struct {
        struct scalar x, y;
    } k;
    xtt_err err;

    if ((err = xtt_daa_secrets_decode(&k.x, &k.y, secret)) == XTT_OK)
        err = prove_key(&k.x, &k.y, rng, pub);
    xtt_wipe(&k, sizeof k);
    return err;
}

/* s G2 - c P */
static void recommit(struct g2 *o, const struct scalar *s, const struct scalar *c,
                     const struct g2 *p)
{
    struct g2 t;

    xtt_g2_mul(&t, p, c);
    xtt_g2_neg(&t, &t);
    xtt_g2_mul(o, &xtt_g2_generator, s);
    xtt_g2_add(o, o, &t);
}

xtt_err xtt_daa_issuer_check(const uint8_t pub[XTT_DAA_ISSUER_KEY_SIZE])
{
    struct scalar c, sx, sy, expected;
    struct g2 x, y, rx, ry;
    xtt_err err;

    if (!xtt_g2_from_bytes(&x, pub) || !xtt_g2_from_bytes(&y, pub + 129))
        return XTT_ERR_POINT;
    if (!xtt_scalar_from_bytes(&c, pub + 258) || !xtt_scalar_from_bytes(&sx, pub + 290) ||
        !xtt_scalar_from_bytes(&sy, pub + 322))
        return XTT_ERR_SCALAR;
    recommit(&rx, &sx, &c, &x);
    recommit(&ry, &sy, &c, &y);
    if ((err = hash_key(&rx, &ry, pub, &expected)) != XTT_OK)
        return err;
    return xtt_scalar_eq(&c, &expected) ? XTT_OK : XTT_ERR_GROUP;
}

int xtt_daa_issuer_matches(const uint8_t secret[XTT_DAA_ISSUER_SECRET_SIZE],
                           const uint8_t gpk[XTT_DAA_GROUP_KEY_SIZE])
{
    struct scalar x, y;
    struct g2 px, py;
    uint8_t key[XTT_DAA_GROUP_KEY_SIZE];
    int same = 0;

    if (xtt_daa_secrets_decode(&x, &y, secret) == XTT_OK) {
        xtt_g2_mul(&px, &xtt_g2_generator, &x);
        xtt_g2_mul(&py, &xtt_g2_generator, &y);
        same = xtt_g2_to_bytes(key, &px) && xtt_g2_to_bytes(key + 129, &py) &&
               xtt_ct_eq(key, gpk, sizeof key);
    }
    xtt_wipe(&x, sizeof x);
    xtt_wipe(&y, sizeof y);
    return same;
}

/* c = Hr( k G1 || k Q || G1 || B || Q || D ) and s = k + c l y. */
static xtt_err prove_issue(uint8_t sig[static 64], const uint8_t cred[static 260],
                           const struct g1 *q, const struct scalar *k, const struct scalar *ly)
{
    uint8_t points[6][65];
    const xtt_bytes part = xtt_span(points, sizeof points);
    struct scalar c;
    struct g1 t;
    xtt_err err;

    xtt_g1_mul_base(&t, k);
    (void)xtt_g1_to_bytes(points[0], &t);
    xtt_g1_mul(&t, q, k);
    (void)xtt_g1_to_bytes(points[1], &t);
    (void)xtt_g1_to_bytes(points[2], &xtt_g1_generator);
    memcpy(points[3], cred + 65, 65);
    (void)xtt_g1_to_bytes(points[4], q);
    memcpy(points[5], cred + 195, 65);
    if ((err = xtt_daa_hash(&part, 1, &c)) != XTT_OK)
        return err;
    xtt_scalar_to_bytes(sig, &c);
    respond(sig + 32, k, &c, ly);
    return XTT_OK;
}

xtt_err xtt_daa_issue(const uint8_t secret[XTT_DAA_ISSUER_SECRET_SIZE],
                      const uint8_t q[XTT_DAA_POINT_SIZE], struct xtt_rng *rng,
                      uint8_t cred[XTT_DAA_CREDENTIAL_SIZE],
                      uint8_t sig[XTT_DAA_CREDENTIAL_SIG_SIZE])
{
    struct {
        struct scalar x, y, l, ly, xly, k;
        struct g1 xa;
    } s;
    struct daa_credential points;
    struct g1 member;
    uint8_t bytes[XTT_DAA_CREDENTIAL_SIZE], proof[XTT_DAA_CREDENTIAL_SIG_SIZE];
    xtt_err err;

    if (!xtt_g1_from_bytes(&member, q))
        return XTT_ERR_POINT;
    if ((err = xtt_daa_secrets_decode(&s.x, &s.y, secret)) != XTT_OK ||
        (err = xtt_daa_draw(rng, &s.l)) != XTT_OK || (err = xtt_daa_draw(rng, &s.k)) != XTT_OK)
        goto out;
    xtt_scalar_mul(&s.ly, &s.l, &s.y);
    xtt_scalar_mul(&s.xly, &s.x, &s.ly);
    xtt_g1_mul_base(&points.a, &s.l);
    xtt_g1_mul_base(&points.b, &s.ly);
    xtt_g1_mul(&points.d, &member, &s.ly);
    xtt_g1_mul(&s.xa, &points.a, &s.x);
    xtt_g1_mul(&points.c, &member, &s.xly);
    xtt_g1_add(&points.c, &points.c, &s.xa);
    if ((err = xtt_daa_credential_encode(bytes, &points)) != XTT_OK ||
        (err = prove_issue(proof, bytes, &member, &s.k, &s.ly)) != XTT_OK)
        goto out;
    memcpy(cred, bytes, sizeof bytes);
    memcpy(sig, proof, sizeof proof);
out:
    xtt_wipe(&s, sizeof s);
    return err;
}

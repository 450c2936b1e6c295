/* SPDX-License-Identifier: Apache-2.0 */
/* Bytes to points and numbers and back, for what has more than one part; and drawing a number. */
#include "daa/daa.h"

xtt_err xtt_daa_credential_decode(struct daa_credential *o, const uint8_t in[static 260])
{
    struct daa_credential t;

    if (!xtt_g1_from_bytes(&t.a, in) || !xtt_g1_from_bytes(&t.b, in + 65) ||
        !xtt_g1_from_bytes(&t.c, in + 130) || !xtt_g1_from_bytes(&t.d, in + 195))
        return XTT_ERR_POINT;
    *o = t;
    return XTT_OK;
}

xtt_err xtt_daa_credential_encode(uint8_t out[static 260], struct daa_credential *cred)
{
    struct g1 points[4] = {cred->a, cred->b, cred->c, cred->d};

    for (int i = 0; i < 4; i++)
        if (xtt_g1_is_infinity(&points[i]))
            return XTT_ERR_POINT;
    xtt_g1_normalize(points, 4);
    for (int i = 0; i < 4; i++)
        (void)xtt_g1_to_bytes(out + 65 * i, &points[i]);
    return XTT_OK;
}

xtt_err xtt_daa_secrets_decode(struct scalar *x, struct scalar *y, const uint8_t in[static 64])
{
    if (!xtt_scalar_from_bytes(x, in) || !xtt_scalar_from_bytes(y, in + 32) ||
        xtt_scalar_is_zero(x) || xtt_scalar_is_zero(y))
        return XTT_ERR_SCALAR;
    return XTT_OK;
}

/* A number out of range is thrown away, which happens once in 2^46 draws: a source that goes on
 * like this is broken. */
xtt_err xtt_daa_draw(struct xtt_rng *rng, struct scalar *k)
{
    uint8_t bytes[32];
    xtt_err err = XTT_ERR_RNG;

    for (int i = 0; i < 8; i++) {
        if ((err = xtt_rng_draw(rng, bytes, sizeof bytes)) != XTT_OK)
            break;
        if (xtt_scalar_from_bytes(k, bytes) && !xtt_scalar_is_zero(k))
            break;
        err = XTT_ERR_RNG;
    }
    xtt_wipe(bytes, sizeof bytes);
    return err;
}

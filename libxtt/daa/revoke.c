/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The revoked members of a group as a sorted array of pseudonyms.  A secret that came to light is
 * kept as the pseudonym it makes: a valid signature proves that W = sk S and K = sk P2 have the
 * same sk, so one lookup answers for both lists.
 */
#include "daa/daa.h"

#include <stdlib.h>
#include <string.h>

struct xtt_daa_revoked {
    uint8_t basename[XTT_DAA_BASENAME_MAX];
    size_t basename_size, n;
    uint8_t pseudonyms[][XTT_DAA_POINT_SIZE];
};

static int compare(const void *a, const void *b)
{
    return memcmp(a, b, XTT_DAA_POINT_SIZE);
}

static xtt_err add_secret(uint8_t pseudonym[static XTT_DAA_POINT_SIZE], const struct g1 *p2,
                          const uint8_t secret[static XTT_DAA_SECRET_SIZE])
{
    struct scalar sk;
    struct g1 k;

    if (!xtt_scalar_from_bytes(&sk, secret))
        return XTT_ERR_SCALAR;
    xtt_g1_mul(&k, p2, &sk);
    return xtt_g1_to_bytes(pseudonym, &k) ? XTT_OK : XTT_ERR_SCALAR;
}

static xtt_err add_pseudonym(uint8_t pseudonym[static XTT_DAA_POINT_SIZE],
                             const uint8_t in[static XTT_DAA_POINT_SIZE])
{
    struct g1 k;

    if (!xtt_g1_from_bytes(&k, in))
        return XTT_ERR_POINT;
    memcpy(pseudonym, in, XTT_DAA_POINT_SIZE);
    return XTT_OK;
}

xtt_err xtt_daa_revoked_new(struct xtt_daa_revoked **out, xtt_bytes basename,
                            const uint8_t *secrets, size_t n_secrets, const uint8_t *pseudonyms,
                            size_t n_pseudonyms)
{
    const size_t most = (SIZE_MAX - sizeof(struct xtt_daa_revoked)) / XTT_DAA_POINT_SIZE;
    struct xtt_daa_revoked *revoked = NULL;
    struct daa_basepoint point;
    xtt_err err;

    if (basename.n < 1)
        return XTT_ERR_BASENAME;
    if ((err = xtt_daa_hash_to_point(&point, basename)) != XTT_OK)
        return err;
    if (n_secrets > most || n_pseudonyms > most - n_secrets)
        return XTT_ERR_NOMEM;
    revoked = malloc(sizeof *revoked + (n_secrets + n_pseudonyms) * XTT_DAA_POINT_SIZE);
    if (!revoked)
        return XTT_ERR_NOMEM;
    memcpy(revoked->basename, basename.p, basename.n);
    revoked->basename_size = basename.n;
    revoked->n = 0;
    for (size_t i = 0; i < n_secrets && err == XTT_OK; i++)
        err = add_secret(revoked->pseudonyms[revoked->n++], &point.p2,
                         secrets + i * XTT_DAA_SECRET_SIZE);
    for (size_t i = 0; i < n_pseudonyms && err == XTT_OK; i++)
        err = add_pseudonym(revoked->pseudonyms[revoked->n++], pseudonyms + i * XTT_DAA_POINT_SIZE);
    if (err != XTT_OK)
        goto out;
    qsort(revoked->pseudonyms, revoked->n, XTT_DAA_POINT_SIZE, compare);
    *out = revoked;
    revoked = NULL;
out:
    free(revoked);
    return err;
}

int xtt_daa_revoked_has(const struct xtt_daa_revoked *revoked,
                        const uint8_t pseudonym[XTT_DAA_POINT_SIZE])
{
    return bsearch(pseudonym, revoked->pseudonyms, revoked->n, XTT_DAA_POINT_SIZE, compare) != NULL;
}

int xtt_daa_revoked_is_for(const struct xtt_daa_revoked *revoked, xtt_bytes basename)
{
    return revoked->basename_size == basename.n &&
           memcmp(revoked->basename, basename.p, basename.n) == 0;
}

void xtt_daa_revoked_free(struct xtt_daa_revoked *revoked)
{
    free(revoked);
}

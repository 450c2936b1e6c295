/* SPDX-License-Identifier: Apache-2.0 */
/* Hashes to numbers modulo r and to points of G1.  Everything hashed here is public. */
#include "daa/daa.h"

#include <string.h>

#include "base/bytes.h"
#include "crypto/provider.h"

xtt_err xtt_daa_hash(const xtt_bytes *parts, size_t n, struct scalar *out)
{
    uint8_t digest[32];
    xtt_err err;

    if ((err = xtt_sha256(parts, n, digest)) != XTT_OK)
        return err;
    xtt_scalar_from_hash(out, digest);
    return XTT_OK;
}

xtt_err xtt_daa_hash_nonce(const uint8_t n[static 32], const uint8_t c1[static 32],
                           struct scalar *out)
{
    const xtt_bytes parts[] = {xtt_span(n, 32), xtt_span(c1, 32)};

    return xtt_daa_hash(parts, 2, out);
}

static void put_counter(uint8_t p[static 4], uint32_t counter)
{
    for (int i = 0; i < 4; i++)
        p[i] = (uint8_t)(counter >> (8 * i));
}

/* One try; *in_order says whether the hash was below r.  XTT_ERR_NOT_FOUND: try the next counter.
 */
static xtt_err try_counter(struct g1 *point, const uint8_t *s2, size_t s2_size, int *in_order)
{
    const xtt_bytes part = xtt_span(s2, s2_size);
    uint8_t digest[32], reduced[32];
    struct scalar number;
    struct fp x;
    xtt_err err;

    if ((err = xtt_sha256(&part, 1, digest)) != XTT_OK)
        return err;
    xtt_scalar_from_hash(&number, digest);
    xtt_scalar_to_bytes(reduced, &number);
    *in_order = memcmp(digest, reduced, 32) == 0;
    xtt_fp_from_hash(&x, reduced);
    return xtt_g1_from_x_vartime(point, &x) ? XTT_OK : XTT_ERR_NOT_FOUND;
}

static xtt_err find_point(struct daa_basepoint *o, xtt_bytes basename, int *all_in_order)
{
    xtt_err err = XTT_ERR_NOT_FOUND;

    *all_in_order = 1;
    if (basename.n > XTT_DAA_BASENAME_MAX)
        return XTT_ERR_BASENAME;
    if (basename.n > 0)
        memcpy(o->s2 + 4, basename.p, basename.n);
    o->s2_size = 4 + basename.n;
    for (uint32_t i = 0; i < XTT_DAA_COUNTERS && err == XTT_ERR_NOT_FOUND; i++) {
        int in_order = 1;

        put_counter(o->s2, i);
        err = try_counter(&o->p2, o->s2, o->s2_size, &in_order);
        *all_in_order &= in_order;
    }
    if (err == XTT_ERR_NOT_FOUND)
        return XTT_ERR_BASENAME;
    if (err == XTT_OK && !xtt_g1_to_bytes(o->bytes, &o->p2))
        return XTT_ERR_INTERNAL;
    return err;
}

xtt_err xtt_daa_hash_to_point(struct daa_basepoint *o, xtt_bytes basename)
{
    int in_order;

    return find_point(o, basename, &in_order);
}

xtt_err xtt_daa_basename_check(xtt_bytes basename)
{
    struct daa_basepoint point;
    int in_order;
    xtt_err err;

    if (basename.n < 1)
        return XTT_ERR_BASENAME;
    if ((err = find_point(&point, basename, &in_order)) != XTT_OK)
        return err;
    return in_order ? XTT_OK : XTT_ERR_BASENAME;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* A group public key, prepared once for many verifications, and its name. */
#include "daa/daa.h"

#include <stdlib.h>

#include "base/bytes.h"
#include "crypto/provider.h"

xtt_err xtt_daa_group_new(struct xtt_daa_group **out, const uint8_t gpk[XTT_DAA_GROUP_KEY_SIZE])
{
    struct xtt_daa_group *group;
    struct g2 x, y;

    if (!xtt_g2_from_bytes(&x, gpk) || !xtt_g2_from_bytes(&y, gpk + 129))
        return XTT_ERR_POINT;
    if (!(group = malloc(sizeof *group)))
        return XTT_ERR_NOMEM;
    xtt_pairing_prepare(&group->g2, &xtt_g2_generator);
    xtt_pairing_prepare(&group->x, &x);
    xtt_pairing_prepare(&group->y, &y);
    *out = group;
    return XTT_OK;
}

void xtt_daa_group_free(struct xtt_daa_group *group)
{
    free(group);
}

xtt_err xtt_daa_gid(const uint8_t gpk[XTT_DAA_GROUP_KEY_SIZE], xtt_bytes basename,
                    uint8_t gid[XTT_DAA_GID_SIZE])
{
    const xtt_bytes parts[] = {xtt_span(gpk, XTT_DAA_GROUP_KEY_SIZE), basename};

    if (basename.n < 1 || basename.n > XTT_DAA_BASENAME_MAX)
        return XTT_ERR_BASENAME;
    return xtt_sha256(parts, 2, gid);
}

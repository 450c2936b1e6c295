/* SPDX-License-Identifier: Apache-2.0 */
/* From pseudonym to interface id, and the ids that nobody may have.  Knows no registry. */
#include <xtt/identity.h>

#include "base/bytes.h"
#include "crypto/provider.h"

#include <string.h>

/* RFC 5453, section 3, first and last id of each reserved range. */
static const struct {
    uint64_t first, last;
} reserved[] = {
    {0x0000000000000000, 0x0000000000000000},
    {0x02005EFFFE000000, 0x02005EFFFE005213},
    {0xFDFFFFFFFFFFFF80, 0xFDFFFFFFFFFFFFFF},
};

xtt_err xtt_id_allot(const uint8_t k_alloc[64], const uint8_t pseudonym[65], uint32_t attempt,
                     uint8_t iid[8])
{
    uint8_t count[4];
    uint8_t id[8];
    const xtt_bytes parts[] = {xtt_span(pseudonym, 65), xtt_span(count, sizeof count)};
    xtt_err err;

    xtt_put32(count, attempt);
    if ((err = xtt_hmac_sha512(k_alloc, parts, 2, id, sizeof id)) != XTT_OK)
        return err;
    memcpy(iid, id, sizeof id);
    return XTT_OK;
}

int xtt_iid_is_reserved(const uint8_t iid[8])
{
    const uint64_t id = xtt_get64(iid);

    for (size_t i = 0; i < sizeof reserved / sizeof reserved[0]; i++)
        if (id >= reserved[i].first && id <= reserved[i].last)
            return 1;
    return 0;
}

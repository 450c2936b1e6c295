/* SPDX-License-Identifier: Apache-2.0 */
/* Wrapping and opening K_alloc; what it is wrapped for is its group. */
#include "provisioner/k_alloc.h"

#include <string.h>

#define PURPOSE "XTT K_alloc"

/* A wrapped key that was moved to another group does not open. */
static xtt_bytes purpose(const struct prov_group *group, uint8_t aad[static sizeof PURPOSE + 32])
{
    memcpy(aad, PURPOSE, sizeof PURPOSE);
    memcpy(aad + sizeof PURPOSE, group->gid, 32);
    return (xtt_bytes){aad, sizeof PURPOSE + 32};
}

xtt_err prov_k_alloc_make(struct prov_keyd *keyd, const char *wrapping_key,
                          struct prov_group *group, struct xttd_fail *fail)
{
    uint8_t aad[sizeof PURPOSE + 32], key[64];
    xtt_err err;

    _Static_assert(sizeof group->k_alloc >= PROV_KEYD_BLOB_MAX, "a wrapped secret fits");
    if ((err = xtt_rng_draw(NULL, key, sizeof key)) == XTT_OK)
        err = prov_keyd_wrap(keyd, wrapping_key, purpose(group, aad), (xtt_bytes){key, sizeof key},
                             group->k_alloc, &group->k_alloc_size, fail);
    xtt_wipe(key, sizeof key);
    return err;
}

xtt_err prov_k_alloc_open(void *keyd, const struct prov_group *group, uint8_t k_alloc[64],
                          struct xttd_fail *fail)
{
    uint8_t aad[sizeof PURPOSE + 32];
    size_t n;
    xtt_err err;

    err = prov_keyd_unwrap(keyd, purpose(group, aad),
                           (xtt_bytes){group->k_alloc, group->k_alloc_size}, k_alloc, 64, &n, fail);
    if (err == XTT_OK && n != 64)
        err = xttd_fail(fail, XTT_ERR_FORMAT, "the allocation key has %zu bytes instead of 64", n);
    return err;
}

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The key from which a group's interface ids are computed: drawn with the group, kept in the
 * registry under the token's wrapping key, opened by the serving station.
 */
#ifndef XTT_PROVISIONER_K_ALLOC_H
#define XTT_PROVISIONER_K_ALLOC_H

#include "provisioner/keyd.h"
#include "provisioner/registry.h"

/* Draws one for the group, whose gid is set, and wraps it into the group. */
XTT_MUST xtt_err prov_k_alloc_make(struct prov_keyd *keyd, const char *wrapping_key,
                                   struct prov_group *group, struct xttd_fail *fail);
/* Opens it; keyd is a struct prov_keyd.  Fits prov_open_k_alloc. */
XTT_MUST xtt_err prov_k_alloc_open(void *keyd, const struct prov_group *group, uint8_t k_alloc[64],
                                   struct xttd_fail *fail);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The groups as the serving station needs them: decoded, prepared for verification, their
 * allocation keys opened.  A roster never changes; a reload makes a new one, and handshakes that
 * began with the old one keep it.
 */
#ifndef XTT_PROVISIONER_ROSTER_H
#define XTT_PROVISIONER_ROSTER_H

#include "daemon/fail.h"
#include "provisioner/identity.h"

struct prov_roster;

/* One open group; lives as long as the roster. */
struct prov_entry {
    char name[PROV_NAME_SIZE];
    uint8_t gid[32];
    uint8_t basename[64];
    struct xtt_group group; /* what the handshake asks for */
    struct prov_rules rules;
};

/* Opens a wrapped K_alloc of group into 64 bytes of locked memory. */
typedef xtt_err prov_open_k_alloc(void *arg, const struct prov_group *group, uint8_t k_alloc[64],
                                  struct xttd_fail *fail);

/* Reads all open groups.  The one reference is the caller's.  A group that cannot be prepared is an
 * error that names it, because its devices would all be refused. */
XTT_MUST xtt_err prov_roster_new(struct prov_roster **out, struct prov_registry *reg,
                                 prov_open_k_alloc *open_k_alloc, void *arg,
                                 struct xttd_fail *fail);
/* One more reference, one less; the last one frees.  From any thread. */
struct prov_roster *prov_roster_hold(struct prov_roster *roster);
void prov_roster_drop(struct prov_roster *roster);
/* The group with this gid, or NULL.  From any thread. */
const struct prov_entry *prov_roster_find(const struct prov_roster *roster, const uint8_t gid[32]);
/* How many groups there are. */
size_t prov_roster_size(const struct prov_roster *roster);

#endif

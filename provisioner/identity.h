/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who gets which identity: the rules of doc/protocol.md, "Identities", as a decision on facts, and
 * that decision carried out on the registry.  No clock, no thread, no network.
 */
#ifndef XTT_PROVISIONER_IDENTITY_H
#define XTT_PROVISIONER_IDENTITY_H

#include "provisioner/registry.h"

#include <xtt/policy.h>

/* More replaced keys than this within the window quarantine an identity. */
#define PROV_REPLACEMENTS_MAX    3
#define PROV_REPLACEMENTS_WINDOW (30 * 24 * 3600)
/* Interface ids tried for one member before the group counts as full. */
#define PROV_ATTEMPTS_MAX 64

/* What a group says about its identities.  k_alloc is borrowed and secret. */
struct prov_rules {
    int64_t group; /* registry number */
    uint8_t prefix[8];
    const uint8_t *k_alloc; /* 64 bytes */
    enum prov_activation activation;
    int choice;
};

/* What a claim leads to. */
enum prov_step {
    PROV_REFUSE,     /* nothing is written */
    PROV_SAME,       /* the member and its key are known: the same answer again */
    PROV_ALLOT,      /* a new identity with an id that the group's key computes */
    PROV_CHOOSE,     /* a new identity with the id the device asked for */
    PROV_TAKE,       /* a reserved identity gets its key */
    PROV_REPLACE,    /* a known member comes with another key */
    PROV_QUARANTINE, /* it did so too often: refused from now on, and an alarm */
};

/* What the registry knows that matters for a claim. */
struct prov_facts {
    const struct prov_identity *own; /* the member's identity, or NULL */
    int64_t key_owner;               /* number of the identity that has or had the key, or 0 */
    unsigned replacements;           /* of own, in the window */
};

struct prov_answer {
    xtt_err err; /* XTT_OK: id is granted; else what the device is refused with */
    enum prov_step step;
    uint8_t id[16]; /* granted, or own when that is refused, or zero */
    int64_t number; /* registry number of that identity, or 0 */
};

/* "same", "new", "chosen", "reserved", "replaced", "quarantined", "refused": for logs. */
const char *prov_step_name(enum prov_step step);

/* Decides.  XTT_OK and a step, or the error to refuse with and PROV_REFUSE or PROV_QUARANTINE:
 * XTT_ERR_ID, XTT_ERR_ID_CONFLICT, XTT_ERR_REVOKED, XTT_ERR_QUARANTINED. */
XTT_MUST xtt_err prov_identity_decide(const struct prov_rules *rules, const struct xtt_claim *claim,
                                      const struct prov_facts *facts, enum prov_step *step);
/* Looks up the facts, decides, writes.  Call it within a transaction.  XTT_OK: out is the answer,
 * to be given after the commit, also if it is a refusal.  Otherwise the claim is not decided and
 * what was written for it must be undone: XTT_ERR_REGISTRY, XTT_ERR_CRYPTO. */
XTT_MUST xtt_err prov_identity_claim(struct prov_registry *reg, const struct prov_rules *rules,
                                     const struct xtt_claim *claim, int64_t now,
                                     struct prov_answer *out);
/* Keeps an id for a member who has not come yet.  XTT_ERR_ID: outside the prefix or an id nobody
 * may have; XTT_ERR_EXISTS: the id or the member has an identity already. */
XTT_MUST xtt_err prov_identity_reserve(struct prov_registry *reg, const struct prov_group *group,
                                       const uint8_t pseudonym[65], const uint8_t id[16],
                                       int64_t now);
/* Refuses the identity and its member from now on. */
XTT_MUST xtt_err prov_identity_revoke(struct prov_registry *reg,
                                      const struct prov_identity *identity, const char *reason,
                                      int64_t now);

#endif

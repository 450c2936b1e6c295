/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the agent knows of itself, as one record: which keys there are, the membership, the
 * identity. Nothing in it is secret.  It becomes durable through store.c.
 */
#ifndef AGENT_STATE_H
#define AGENT_STATE_H

#include <jansson.h>

#include "daemon/fail.h"

/* A key: where it lives, the file it is used through, and its public part. */
struct agent_key {
    char kind[16];          /* "tpm" or "software"; empty: there is none */
    char file[64];          /* in the state directory */
    uint8_t public_key[65]; /* P-256, or the member's point Q */
};

/* What was imported: the group, the paper that says we belong to it, and the root we trust. */
struct agent_membership {
    char group[65]; /* the station's name for it; empty: there is none */
    uint8_t group_key[258];
    uint8_t basename[64];
    size_t basename_n;
    uint8_t gid[32];
    uint8_t credential[260];
    uint8_t root_id[16];
    uint8_t root_key[65];
};

/* What a station gave. */
struct agent_identity {
    char server[300]; /* as it was asked; empty: there is no identity */
    uint8_t id[16];
    uint8_t gid[32];
    uint8_t pseudonym[65];
    char suite[8];  /* "0x0101" */
    uint64_t since; /* unix seconds by this device's clock */
};

/* Why the device has to be enrolled again, once something showed it. */
struct agent_trouble {
    char code[40]; /* "XTT_ERR_TPM_KEY"; empty: there is none */
    uint64_t since;
};

struct agent_srk {
    char where[16]; /* "0x81000001"; empty: no TPM was used yet */
    uint8_t name[34];
};

struct agent_state {
    struct agent_srk srk;
    struct agent_key member;
    struct agent_key longterm;
    struct agent_key pending; /* a new long-term key, until a station took it */
    struct agent_membership membership;
    struct agent_identity identity;
    struct agent_trouble trouble;
};

/* Reads the n bytes of a state file.  XTT_ERR_FORMAT for anything that is not one, for other
 * schemas, and for files outside the state directory. */
XTT_MUST xtt_err agent_state_decode(const uint8_t *text, size_t n, const char *origin,
                                    struct agent_state *state, struct xttd_fail *fail);
/* The text of a state file; free() it.  XTT_ERR_NOMEM. */
XTT_MUST xtt_err agent_state_encode(const struct agent_state *state, char **text,
                                    struct xttd_fail *fail);

/* Where the device stands: "new", "keyed", "member", "provisioned", or "needs-reenrolment". */
const char *agent_state_name(const struct agent_state *state);

#endif

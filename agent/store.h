/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The state directory.  One record, state.json, names everything that counts; it is replaced by one
 * rename, so a crash at any instant leaves the old or the new state complete and never a mixture.
 *
 *     state.json              the record (state.h)
 *     member-XXXXXXXX.EXT     a member key; XXXXXXXX are bytes 1 to 4 of its public key
 *     longterm-XXXXXXXX.EXT   a long-term key, .pem (TSS2 PRIVATE KEY) or .secret (32 bytes)
 *     longterm.pem            link to the present long-term key, for openssl and others
 *     lock                    held by whoever writes
 *
 * Key files never change: a new key is a new file, written and synced before the record names it.
 * Files that no record names are left-overs of a crash and go away with the next commit.
 */
#ifndef AGENT_STORE_H
#define AGENT_STORE_H

#include "agent/state.h"

/* A key file's largest size. */
#define AGENT_KEY_MAX 4096

struct agent_store;

enum agent_access { AGENT_READ, AGENT_WRITE };

/* Opens the directory and reads its record; no record is the state "new".  To write, the directory
 * is made if needed (mode 0700) and locked: XTT_ERR_LOCKED if somebody else writes. */
XTT_MUST xtt_err agent_store_open(struct agent_store **out, const char *dir,
                                  enum agent_access access, struct xttd_fail *fail);
/* Unlocks and frees; NULL is fine. */
void agent_store_close(struct agent_store *store);

/* The state as it was read or last committed; lent until the next commit. */
const struct agent_state *agent_store_get(const struct agent_store *store);
/* Makes next the state, durably.  On an error the old state still counts.  XTT_ERR_IO. */
XTT_MUST xtt_err agent_store_commit(struct agent_store *store, const struct agent_state *next,
                                    struct xttd_fail *fail);

/* Writes a key's file, durably, with mode 0600, and puts its name into key->file.  role is "member"
 * or "longterm", extension "pem" or "secret"; kind and public_key of key are the caller's and set
 * already.  The key counts once a commit names it. */
XTT_MUST xtt_err agent_store_add_key(struct agent_store *store, const char *role,
                                     const char *extension, xtt_bytes text, struct agent_key *key,
                                     struct xttd_fail *fail);
/* Reads a key's file; give it back with xttd_file_free. */
XTT_MUST xtt_err agent_store_read_key(const struct agent_store *store, const struct agent_key *key,
                                      uint8_t **text, size_t *n, struct xttd_fail *fail);
/* The path of a key's file, or of the directory if key is NULL. */
void agent_store_path(const struct agent_store *store, const struct agent_key *key, char *path,
                      size_t cap);

#endif

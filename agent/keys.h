/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where the device's private keys live: in a TPM, or (for development) in files.  A key box makes
 * keys and opens them as libxtt's signers; the store keeps their files, the state their names.
 */
#ifndef AGENT_KEYS_H
#define AGENT_KEYS_H

#include <xtt/signer.h>

#include "agent/settings.h"
#include "agent/store.h"

/* Embed as first member. */
struct agent_keybox {
    const struct agent_keybox_ops *ops;
};

/* What a TPM says of itself; for the doctor. */
struct agent_probe {
    char maker[32];               /* "IBM SW TPM", and firmware */
    int has_longterm, has_member; /* can do what these keys need */
    int is_locked_out;
    uint32_t recovery_s;
    uint32_t free_slots;
};

struct agent_keybox_ops {
    const char *kind;      /* "tpm": what the state says of its keys */
    const char *extension; /* of key files */
    /* Makes a key and the text of its file, at most AGENT_KEY_MAX bytes. */
    xtt_err (*make)(struct agent_keybox *box, int is_member, uint8_t text[AGENT_KEY_MAX],
                    size_t *n);
    /* Opens a key file's text, which is copied.  The signers are freed before the box. */
    xtt_err (*signer)(struct agent_keybox *box, xtt_bytes text, struct xtt_signer **out);
    xtt_err (*gsigner)(struct agent_keybox *box, xtt_bytes text, struct xtt_gsigner **out);
    /* The last failure in words, or "". */
    const char *(*why)(const struct agent_keybox *box);
    /* Asks the TPM; NULL if there is none to ask. */
    xtt_err (*probe)(struct agent_keybox *box, struct agent_probe *out);
    void (*free)(struct agent_keybox *box);
};

/* The two kinds.  The TPM is spoken to when a key is made or used; srk is what the state knows of
 * its root key, and is filled in if it knows nothing. */
XTT_MUST xtt_err agent_keybox_tpm(struct agent_keybox **out, const char *tcti, int is_chosen,
                                  struct agent_srk *srk, struct xttd_fail *fail);
XTT_MUST xtt_err agent_keybox_software(struct agent_keybox **out, struct xttd_fail *fail);

/* All keys of one run: boxes are opened when a key needs them and closed together. */
struct agent_keys {
    const struct xttd_config *config;
    const struct agent_settings *settings;
    struct agent_store *store;
    struct agent_srk srk; /* as the state has it, or as the TPM said */
    struct agent_keybox *tpm, *software;
    struct xtt_signer *longterm;
    struct xtt_gsigner *member;
};

void agent_keys_init(struct agent_keys *keys, const struct xttd_config *config,
                     const struct agent_settings *settings, struct agent_store *store);
void agent_keys_close(struct agent_keys *keys);

/* Makes a key of the configured kind and writes its file; the state still has to name it.  Errors
 * carry the TPM's own words. */
XTT_MUST xtt_err agent_keys_make(struct agent_keys *keys, int is_member, struct agent_key *key,
                                 struct xttd_fail *fail);
/* Takes a member secret that was made elsewhere, as a software key.  XTT_ERR_SCALAR. */
XTT_MUST xtt_err agent_keys_import(struct agent_keys *keys, const uint8_t secret[32],
                                   struct agent_key *key, struct xttd_fail *fail);
/* Opens the key as keys->longterm or keys->member and compares it with what the state says.
 * XTT_ERR_REFUSED: a software key where the configuration does not allow one.  XTT_ERR_TPM_KEY: the
 * file holds another key, or is gone. */
XTT_MUST xtt_err agent_keys_open_longterm(struct agent_keys *keys, const struct agent_key *key,
                                          struct xttd_fail *fail);
XTT_MUST xtt_err agent_keys_open_member(struct agent_keys *keys, const struct agent_key *key,
                                        struct xttd_fail *fail);
/* Opens the box of the configured kind, for the doctor. */
XTT_MUST xtt_err agent_keys_box(struct agent_keys *keys, struct agent_keybox **box,
                                struct xttd_fail *fail);
/* What the TPM said last, or "". */
const char *agent_keys_why(const struct agent_keys *keys);

#endif

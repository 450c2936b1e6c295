/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The messages of one handshake as plaintext, and every hash over them as one row of a table.
 * Draft: "Transcript Hashes".  Decides nothing about states or keys.
 */
#ifndef XTT_HANDSHAKE_TRANSCRIPT_H
#define XTT_HANDSHAKE_TRANSCRIPT_H

#include "crypto/suite.h"
#include "wire/msg.h"

/* Every buffer has room for its message as it stands on the wire, tag included. */
struct xtt_transcript {
    const struct xtt_suite *suite;
    uint8_t init[70];     /* ClientInit */
    uint8_t attest[417];  /* ServerInitAndAttest, opened */
    uint8_t client[750];  /* IdentityClientAttest, opened */
    uint8_t inner[64];    /* inner_hash */
    uint8_t key_hash[64]; /* HandshakeKeyHash */
};

enum xtt_hash {
    XTT_H_INNER,        /* inner_hash */
    XTT_H_KEY,          /* HandshakeKeyHash; after inner_hash */
    XTT_H_SIG_SERVER,   /* what signature_s covers */
    XTT_H_SIG_LONGTERM, /* what longterm_signature covers */
    XTT_H_SIG_DAA,      /* what daa_signature covers */
    XTT_H_COUNT
};

/* he( the row's bytes ). */
XTT_MUST xtt_err xtt_transcript_hash(const struct xtt_transcript *t, enum xtt_hash which,
                                     uint8_t out[static 64]);

/* Room for the longest label, its NUL and a hash. */
#define XTT_SIGNED_MAX 96
/* The bytes a signature is made over: label, NUL and hash, or in the deployed family the hash. */
XTT_MUST xtt_err xtt_transcript_signed(const struct xtt_transcript *t, enum xtt_hash which,
                                       uint8_t out[static XTT_SIGNED_MAX], size_t *size);

#endif

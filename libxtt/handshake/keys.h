/* SPDX-License-Identifier: Apache-2.0 */
/* The secrets of one handshake and the key schedule that fills them.  Draft: "Key Schedule". */
#ifndef XTT_HANDSHAKE_KEYS_H
#define XTT_HANDSHAKE_KEYS_H

#include "handshake/transcript.h"

/* One direction: a key, an iv, and how many messages it has sealed or opened. */
struct xtt_keys {
    uint8_t key[32];
    uint8_t iv[12];
    uint64_t seq;
};

/* All secrets of a handshake in one place; lives in an arena slot and dies there. */
struct xtt_secret {
    uint8_t kx[32];      /* our X25519 scalar: until the exchange */
    uint8_t hs[64];      /* handshake secret: until the last message, because AuthError needs it */
    struct xtt_keys c2s; /* client to server: until the last message */
    struct xtt_keys s2c; /* server to client: the same */
};

/* The X25519 exchange with the peer's share and all that follows from it: inner_hash,
 * HandshakeKeyHash, hs and both directions.  XTT_ERR_DH for a share of low order.  Our scalar is
 * gone afterwards, whatever the outcome. */
XTT_MUST xtt_err xtt_keys_exchange(struct xtt_secret *secret, struct xtt_transcript *t,
                                   const uint8_t peer[static 32]);
/* The part of it behind the exchange: from the shared secret on. */
XTT_MUST xtt_err xtt_keys_derive(struct xtt_secret *secret, struct xtt_transcript *t,
                                 const uint8_t shared[static 32]);
/* Seals the plain message msg into out (its size on the wire) under the next sequence number. */
XTT_MUST xtt_err xtt_keys_seal(struct xtt_keys *keys, const struct xtt_suite *suite,
                               const uint8_t *msg, uint8_t *out);
/* Opens msg in place, or answers XTT_ERR_DECRYPT; the number is used up only by success. */
XTT_MUST xtt_err xtt_keys_open(struct xtt_keys *keys, const struct xtt_suite *suite, uint8_t *msg);
/* The mac of an AuthError whose first 8 bytes are given; role is its sender's: 0 client, 1 server.
 */
XTT_MUST xtt_err xtt_keys_alert(const struct xtt_secret *secret, const struct xtt_transcript *t,
                                uint8_t role, const uint8_t head[static 8], uint8_t mac[static 16]);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What only the caller of a handshake can decide: which roots are trusted, which groups there are,
 * which identity a device gets.  Every answer may be XTT_AGAIN; the handshake then wants
 * XTT_WANT_RESUME and asks the same question again after xtt_hs_resume.
 */
#ifndef XTT_POLICY_H
#define XTT_POLICY_H

#include <xtt/cert.h>
#include <xtt/daa.h>

#ifdef __cplusplus
extern "C" {
#endif

/* A group as the server knows it.  Everything is borrowed and must outlive the handshake. */
struct xtt_group {
    const struct xtt_daa_group *key;       /* the prepared group public key */
    xtt_bytes basename;                    /* 1 to 64 bytes */
    const struct xtt_daa_revoked *revoked; /* or NULL */
};

/* What a device proved and asks for.  All pointers are borrowed for the call. */
struct xtt_claim {
    uint16_t suite;
    const uint8_t *gid;          /* 32 bytes */
    const uint8_t *pseudonym;    /* 65 bytes, K of the group signature */
    const uint8_t *longterm_key; /* 65 bytes */
    const uint8_t *requested_id; /* 16 bytes, zero: assign one */
};

struct xtt_policy {
    void *arg;
    /* Client: the root with this id, or XTT_ERR_CERTIFICATE. */
    xtt_err (*root)(void *arg, const uint8_t id[16], struct xtt_root *out);
    /* Server: the 130 bytes by which the next message names this handshake; see xtt_cookie_make. */
    xtt_err (*cookie)(void *arg, uint8_t cookie[130]);
    /* Server: the group with this gid, or XTT_ERR_GROUP. */
    xtt_err (*group)(void *arg, const uint8_t gid[32], struct xtt_group *out);
    /* Server: the identity for this claim, durable before XTT_OK is answered.  XTT_ERR_ID,
     * XTT_ERR_ID_CONFLICT, XTT_ERR_REVOKED, XTT_ERR_QUARANTINED, XTT_ERR_NO_ID, XTT_ERR_OVERLOAD.
     */
    xtt_err (*assign)(void *arg, const struct xtt_claim *claim, uint8_t id[16]);
};

#ifdef __cplusplus
}
#endif

#endif

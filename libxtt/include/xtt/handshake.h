/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One handshake of XTT, either side, as a machine that eats and makes bytes.  The caller moves the
 * bytes and keeps the time; the library asks the signers and the policy.  No thread, socket, clock.
 * A context belongs to one thread at a time; different contexts need no lock between them.
 */
#ifndef XTT_HANDSHAKE_H
#define XTT_HANDSHAKE_H

#include <xtt/identity.h>
#include <xtt/policy.h>

#ifdef __cplusplus
extern "C" {
#endif

/* A bound for every message of the provisioning handshake, in bytes. */
#define XTT_HS_MESSAGE_MAX 750

enum xtt_role { XTT_CLIENT, XTT_SERVER };

/* What the machine needs next. */
enum xtt_want {
    XTT_WANT_NOTHING, /* done or failed; see xtt_hs_error */
    XTT_WANT_READ,    /* more bytes from the peer */
    XTT_WANT_WRITE,   /* there are bytes to drain */
    XTT_WANT_RESUME   /* a signer or the policy answered XTT_AGAIN: call xtt_hs_resume later */
};

/* The member key's paper: what the client shows that it belongs to the group.  Borrowed. */
struct xtt_member {
    struct xtt_gsigner *key;
    const uint8_t *credential; /* 260 bytes */
    const uint8_t *group_key;  /* gpk, 258 bytes */
    xtt_bytes basename;        /* 1 to 64 bytes */
};

/* Everything a handshake is told.  The struct and all it points to outlive the handshake. */
struct xtt_hs_config {
    enum xtt_role role;
    const uint16_t *suites; /* server: the enabled ones; client: exactly one */
    size_t n_suites;
    const struct xtt_policy *policy;
    struct xtt_rng *rng; /* NULL: the system's */
    struct xtt_arena
        *arena;   /* slots of at least xtt_hs_secret_size() bytes; NULL: one of its own */
    uint64_t now; /* unix seconds for certificate dates; 0: no trusted clock */

    /* Server */
    struct xtt_signer *server_key;
    const uint8_t *certificate; /* 169 bytes */

    /* Client, identity provisioning */
    struct xtt_signer *longterm_key;
    const struct xtt_member *member;
    uint8_t requested_id[16]; /* zero: assign one */
};

/* What identity provisioning ends in, on both sides. */
struct xtt_identity {
    uint8_t id[16];           /* the ClientID */
    uint8_t longterm_key[65]; /* the key that was registered for it */
    uint8_t pseudonym[65];    /* K: what links the device's handshakes in this group */
    uint8_t gid[32];
    uint16_t suite;
};

struct xtt_hs;

/* Bytes of secrets one handshake holds: the slot size for an arena shared by many. */
XTT_API size_t xtt_hs_secret_size(void);
/* Makes a machine in its first state.  XTT_ERR_ARGUMENT if the configuration lacks something its
 * role needs, XTT_ERR_SUITE for a suite that does not exist, XTT_ERR_NOMEM. */
XTT_API XTT_MUST xtt_err xtt_hs_new(struct xtt_hs **out, const struct xtt_hs_config *cfg);
XTT_API enum xtt_want xtt_hs_want(const struct xtt_hs *hs);
/* Gives received bytes; *in becomes what is left over (bytes after the machine is done or while it
 * waits for a resume).  The first error sticks: every later call answers it. */
XTT_API XTT_MUST xtt_err xtt_hs_feed(struct xtt_hs *hs, xtt_bytes *in);
/* Moves up to cap bytes for the peer into out and answers how many, also after an error. */
XTT_API size_t xtt_hs_drain(struct xtt_hs *hs, uint8_t *out, size_t cap);
/* Asks again what was answered with XTT_AGAIN.  XTT_OK if it is still not there: see the want. */
XTT_API XTT_MUST xtt_err xtt_hs_resume(struct xtt_hs *hs);
/* The peer closed the stream: XTT_ERR_TRUNCATED unless the handshake is done. */
XTT_API XTT_MUST xtt_err xtt_hs_eof(struct xtt_hs *hs);
/* 1 when the handshake reached its last state and everything was drained. */
XTT_API int xtt_hs_is_done(const struct xtt_hs *hs);
/* The error that stopped the machine, or XTT_OK. */
XTT_API xtt_err xtt_hs_error(const struct xtt_hs *hs);
/* The state's name as in doc/protocol.md, for logs; never NULL. */
XTT_API const char *xtt_hs_state(const struct xtt_hs *hs);
/* What was agreed; XTT_ERR_ARGUMENT before the handshake is done. */
XTT_API XTT_MUST xtt_err xtt_hs_identity(const struct xtt_hs *hs, struct xtt_identity *out);
/* Wipes and frees; NULL is fine. */
XTT_API void xtt_hs_free(struct xtt_hs *hs);

/* A cookie of format 2 (doc/protocol.md, "Cookie"): it names entry index of the table of server
 * server_id, followed by 118 random bytes. */
XTT_API XTT_MUST xtt_err xtt_cookie_make(uint16_t server_id, uint64_t index, struct xtt_rng *rng,
                                         uint8_t cookie[130]);

/* The suite's name, "XTT1-X25519-LRSW-P256-CHACHA20POLY1305-SHA512" and so on; NULL if unknown. */
XTT_API const char *xtt_suite_name(uint16_t suite);
/* The n-th suite this library speaks, in order of preference; 0 after the last. */
XTT_API uint16_t xtt_suite_list(size_t n);
/* Reads "0x0101" or a name.  XTT_ERR_SUITE. */
XTT_API XTT_MUST xtt_err xtt_suite_parse(const char *text, uint16_t *suite);

#ifdef __cplusplus
}
#endif

#endif

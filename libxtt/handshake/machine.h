/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The context of a handshake and the form of its step tables.  machine.c walks the tables; client.c
 * and server.c fill them; steps think about one thing and never about reading, framing or failing.
 */
#ifndef XTT_HANDSHAKE_MACHINE_H
#define XTT_HANDSHAKE_MACHINE_H

#include <xtt/handshake.h>

#include "handshake/keys.h"
#include "handshake/transcript.h"

/* States of doc/protocol.md, and between them one for each thing that may have to be asked twice.
 */
enum xtt_state {
    XTT_S_START,
    XTT_S_WAIT_ATTEST, /* for the peer's attest: the server's, or the client's */
    XTT_S_CHECK_SERVER,
    XTT_S_BUILD_ATTEST,
    XTT_S_SIGN_LONGTERM,
    XTT_S_SIGN_GROUP,
    XTT_S_SEND_ATTEST,
    XTT_S_WAIT_FINISHED,
    XTT_S_MAKE_ATTEST,
    XTT_S_SIGN_ATTEST,
    XTT_S_VERIFY,
    XTT_S_ASSIGN,
    XTT_S_FINISH,
    XTT_S_DONE,
    XTT_S_FAILED
};

/* One row of a step table: in this state, on this message (XTT_M_NONE: at once), do this, and on
 * XTT_OK go there.  XTT_AGAIN repeats the step later.  No row, no transition.  Ends in a row
 * without a function. */
struct xtt_step {
    enum xtt_state state;
    enum xtt_msg_type msg;
    xtt_err (*run)(struct xtt_hs *hs);
    enum xtt_state next;
};

extern const struct xtt_step xtt_client_steps[];
extern const struct xtt_step xtt_server_steps[];

struct xtt_hs {
    const struct xtt_hs_config *cfg;
    const struct xtt_step *steps;
    enum xtt_state state;
    xtt_err err;       /* the first error; sticks */
    int asked;         /* 1: a step answered XTT_AGAIN and waits for a resume */
    int attest_opened; /* server, labelled suites: errors go out as AuthError from here on */

    struct xtt_secret *secret;
    struct xtt_arena *arena;     /* where secret lives */
    struct xtt_arena *own_arena; /* the same if it is ours to free, else NULL */
    struct xtt_transcript t;     /* t.suite is NULL until the suite is known */
    struct xtt_identity identity;

    uint8_t in[XTT_HS_MESSAGE_MAX];
    size_t in_size;
    uint8_t out[XTT_HS_MESSAGE_MAX + 24]; /* a message, and an error behind it */
    size_t out_size, out_at;
};

/* Puts a clear message into the output. */
void xtt_hs_put(struct xtt_hs *hs, const uint8_t *msg);
/* Seals a message into the output in our own direction. */
XTT_MUST xtt_err xtt_hs_put_sealed(struct xtt_hs *hs, const uint8_t *msg);
/* Opens the message that just came in into slot, which has room for it. */
XTT_MUST xtt_err xtt_hs_take_sealed(struct xtt_hs *hs, uint8_t *slot);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One handshake over one stream: moves the bytes, keeps the deadlines, and closes as
 * doc/protocol.md, "Identity provisioning", says.  Feeding costs milliseconds of mathematics, so it
 * happens in libuv's thread pool, one piece at a time for each connection; everything else, and
 * every callback, happens in the loop's thread.
 */
#ifndef XTTD_CONN_H
#define XTTD_CONN_H

#include <uv.h>
#include <xtt/handshake.h>

#define XTTD_FIRST_MS 10000 /* doc/protocol.md, "Cookie, UDP, load": 10 s for the first message */
#define XTTD_TOTAL_MS 30000 /* 30 s for the handshake */

struct xttd_conn;

struct xttd_conn_config {
    uint64_t first_ms; /* the peer's first message must be there by then; 0: no such deadline */
    uint64_t total_ms; /* the handshake must be over by then; 0: no such deadline */
    /* The handshake is over, well or not; hs may be asked for its identity and state, during this
     * call only.  The stream still lingers behind.  Called once. */
    void (*done)(void *arg, const struct xtt_hs *hs, xtt_err err);
    /* Stream and handshake are gone; whatever the handshake borrowed may go now.  Called once,
     * after done.  No xttd_conn call is allowed any more, from any thread. */
    void (*closed)(void *arg);
    void *arg;
};

/* Begins.  Takes hs and the heap-allocated, connected stream (xttd_net_accept, xttd_net_connect),
 * also on failure (XTT_ERR_NOMEM), when no callback will come.  config is copied. */
XTT_MUST xtt_err xttd_conn_new(struct xttd_conn **out, uv_stream_t *stream, struct xtt_hs *hs,
                               const struct xttd_conn_config *config);
/* An answer that was XTT_AGAIN may be there now.  From any thread. */
void xttd_conn_resume(struct xttd_conn *conn);
/* Ends it now, without lingering; done hears err if it has not been called yet.  From the loop's
 * thread; closed follows later. */
void xttd_conn_abort(struct xttd_conn *conn, xtt_err err);

#endif

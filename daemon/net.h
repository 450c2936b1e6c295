/* SPDX-License-Identifier: Apache-2.0 */
/* Names and TCP sockets: HOST:PORT, connecting, listening.  What flows through is conn.c's part. */
#ifndef XTTD_NET_H
#define XTTD_NET_H

#include <uv.h>

#include "daemon/fail.h"

#define XTTD_DEFAULT_PORT 4444

struct xttd_addr {
    char host[256]; /* name or number, without brackets; empty: every address of this machine */
    uint16_t port;
};

/* Enough for xttd_net_print. */
#define XTTD_ADDR_TEXT 64

/* Reads "host:port", "host", "1.2.3.4:port", "[v6]:port", "[v6]", ":port"; without a port it is
 * XTTD_DEFAULT_PORT.  XTT_ERR_USAGE. */
XTT_MUST xtt_err xttd_addr_parse(const char *text, struct xttd_addr *addr, struct xttd_fail *fail);

/* Who is at the other end (peer) or at ours, as "1.2.3.4:5" or "[::1]:5"; "?" if unknown. */
void xttd_net_print(const uv_tcp_t *tcp, int peer, char text[XTTD_ADDR_TEXT]);

/* The address at the other end as 16 bytes, ::ffff:a.b.c.d for IPv4; all zero if unknown. */
void xttd_net_peer(const uv_tcp_t *tcp, uint8_t address[16]);

/* How connecting ended: with XTT_OK tcp is a heap uv_tcp_t that now belongs to the callee (see
 * xttd_conn_new); otherwise it is NULL and words say which addresses were tried and why each
 * failed. */
typedef void xttd_connected(void *arg, uv_tcp_t *tcp, xtt_err err, const char *words);

/* Looks the name up and tries its addresses one after the other, each for at most timeout_ms.
 * Answers by calling done exactly once, from the loop, unless it fails at once (XTT_ERR_NOMEM). */
XTT_MUST xtt_err xttd_net_connect(uv_loop_t *loop, const struct xttd_addr *addr,
                                  uint64_t timeout_ms, xttd_connected *done, void *arg);

/* Opens tcp (uninitialised before) to listen on addr; port 0 lets the system choose one, see
 * xttd_net_print.  Connections arrive by incoming; xttd_net_accept takes them.  After an error tcp
 * needs no closing, but the loop must run once more.  XTT_ERR_NETWORK names the address. */
XTT_MUST xtt_err xttd_net_listen(uv_loop_t *loop, const struct xttd_addr *addr, uv_tcp_t *tcp,
                                 uv_connection_cb incoming, struct xttd_fail *fail);
/* Takes one connection as a heap uv_tcp_t.  XTT_ERR_NETWORK, XTT_ERR_NOMEM. */
XTT_MUST xtt_err xttd_net_accept(uv_stream_t *listener, uv_tcp_t **tcp);
/* The uv_close callback that frees what the two above gave. */
void xttd_net_free(uv_handle_t *handle);

#endif

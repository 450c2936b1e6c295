/* SPDX-License-Identifier: Apache-2.0 */
/* A small server for agents; see station.h. */
#include "test/support/station.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/conn.h"
#include "daemon/net.h"

struct station_thread {
    pthread_t thread;
    uv_loop_t loop;
    uv_tcp_t listener;
    uv_async_t stop;
};

static void must(int good, const char *what)
{
    if (!good) {
        fprintf(stderr, "station: %s\n", what);
        abort();
    }
}

static void on_done(void *arg, const struct xtt_hs *hs, xtt_err err)
{
    struct station *station = arg;
    struct xtt_identity identity;

    if (err != XTT_OK)
        return;
    must(xtt_hs_identity(hs, &identity) == XTT_OK, "identity");
    memcpy(station->longterm_key, identity.longterm_key, sizeof station->longterm_key);
    station->handshakes++;
}

static void on_closed(void *arg)
{
    (void)arg;
}

static void on_incoming(uv_stream_t *listener, int status)
{
    struct station *station = listener->data;
    struct xttd_conn_config config = {XTTD_FIRST_MS, XTTD_TOTAL_MS, on_done, on_closed, station};
    struct xttd_conn *conn;
    struct xtt_hs *hs;
    uv_tcp_t *tcp;

    must(status == 0, "listen");
    must(xttd_net_accept(listener, &tcp) == XTT_OK, "accept");
    must(xtt_hs_new(&hs, &station->party.server) == XTT_OK, "handshake");
    must(xttd_conn_new(&conn, (uv_stream_t *)tcp, hs, &config) == XTT_OK, "connection");
}

static void on_stop(uv_async_t *async)
{
    struct station_thread *t = async->data;

    uv_close((uv_handle_t *)&t->listener, NULL);
    uv_close((uv_handle_t *)&t->stop, NULL);
}

static void *run(void *arg)
{
    struct station_thread *t = arg;

    uv_run(&t->loop, UV_RUN_DEFAULT);
    must(uv_loop_close(&t->loop) == 0, "something was left open");
    return NULL;
}

/* The agent's clock is the real one: the party's own certificate is long out of date for it. */
static void renew_certificate(struct party *p)
{
    struct xtt_server_cert cert;

    must(xtt_server_cert_decode(p->certificate, &cert) == XTT_OK, "certificate");
    cert.not_after = XTT_NO_END;
    must(xtt_server_cert_sign(&cert, p->root_key, p->certificate) == XTT_OK, "certificate");
}

void station_start(struct station *station, uint16_t suite)
{
    struct station_thread *t = calloc(1, sizeof *t);
    struct xttd_addr addr;

    must(t != NULL, "memory");
    memset(station, 0, sizeof *station);
    station->thread = t;
    party_init(&station->party, suite);
    renew_certificate(&station->party);
    must(uv_loop_init(&t->loop) == 0, "loop");
    must(xttd_addr_parse("127.0.0.1:0", &addr, NULL) == XTT_OK, "address");
    must(xttd_net_listen(&t->loop, &addr, &t->listener, on_incoming, NULL) == XTT_OK, "listen");
    must(uv_async_init(&t->loop, &t->stop, on_stop) == 0, "async");
    t->listener.data = station;
    t->stop.data = t;
    xttd_net_print(&t->listener, 0, station->address);
    must(pthread_create(&t->thread, NULL, run, t) == 0, "thread");
}

void station_stop(struct station *station)
{
    uv_async_send(&station->thread->stop);
    pthread_join(station->thread->thread, NULL);
    free(station->thread);
    party_free(&station->party);
}

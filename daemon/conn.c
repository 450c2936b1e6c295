/* SPDX-License-Identifier: Apache-2.0 */
/* One handshake over one stream; see conn.h. */
#include "daemon/conn.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/net.h"

/* After the last word: how long, and how much, the peer is listened to before the stream is closed.
 */
#define LINGER_MS    1000
#define LINGER_BYTES 4096

#define BUFFER_SIZE 1024
_Static_assert(BUFFER_SIZE >= XTT_HS_MESSAGE_MAX, "a message fits");

enum task { FEED, RESUME };

enum phase {
    TALKING,   /* the handshake goes on */
    LINGERING, /* it is over; the peer may still read what we wrote */
    CLOSING    /* handles are being closed */
};

struct xttd_conn {
    struct xttd_conn_config config;
    struct xtt_hs *hs; /* the pool's thread has it while is_working */
    uv_stream_t *stream;
    uv_timer_t first, total; /* total keeps the linger time, too */
    uv_async_t async;
    uv_work_t work;
    uv_write_t write;
    uv_shutdown_t shutdown;
    enum phase phase;
    int handles; /* to be closed */

    enum task task;
    int is_working;
    int is_writing;
    int is_reading;
    int is_resumed; /* an answer came since we asked */
    int is_done;    /* done was called */
    int at_end;     /* the peer has sent its last byte */
    xtt_err abort;  /* why to end once the pool gives the handshake back */

    size_t discarded;
    size_t n_in; /* received and not yet eaten */
    uint8_t in[BUFFER_SIZE];
    uint8_t out[BUFFER_SIZE];
};

static void pump(struct xttd_conn *conn);

static void tell_done(struct xttd_conn *conn, xtt_err err)
{
    if (conn->is_done)
        return;
    conn->is_done = 1;
    uv_timer_stop(&conn->first);
    uv_timer_stop(&conn->total);
    conn->config.done(conn->config.arg, conn->hs, err);
}

static void on_closed(uv_handle_t *handle)
{
    struct xttd_conn *conn = handle->data;

    if (handle == (uv_handle_t *)conn->stream)
        free(conn->stream);
    if (--conn->handles > 0)
        return;
    xtt_hs_free(conn->hs);
    xtt_wipe(conn->in, sizeof conn->in);
    conn->config.closed(conn->config.arg);
    free(conn);
}

static void close_all(struct xttd_conn *conn)
{
    if (conn->phase == CLOSING)
        return;
    conn->phase = CLOSING;
    uv_close((uv_handle_t *)conn->stream, on_closed);
    uv_close((uv_handle_t *)&conn->first, on_closed);
    uv_close((uv_handle_t *)&conn->total, on_closed);
    uv_close((uv_handle_t *)&conn->async, on_closed);
}

/* Work in the pool cannot be taken back: the end waits for it. */
static void end_now(struct xttd_conn *conn, xtt_err err)
{
    if (conn->is_working) {
        if (conn->abort == XTT_OK)
            conn->abort = err;
        return;
    }
    tell_done(conn, err);
    close_all(conn);
}

void xttd_conn_abort(struct xttd_conn *conn, xtt_err err)
{
    end_now(conn, err);
}

static void on_total(uv_timer_t *timer)
{
    struct xttd_conn *conn = timer->data;

    if (conn->phase == LINGERING)
        close_all(conn);
    else
        end_now(conn, XTT_ERR_TIMEOUT);
}

static void on_first(uv_timer_t *timer)
{
    end_now(timer->data, XTT_ERR_TIMEOUT);
}

static void run_task(uv_work_t *work)
{
    struct xttd_conn *conn = work->data;
    xtt_bytes in = {conn->in, conn->n_in};
    xtt_err err;

    /* An error sticks to the handshake and is found by its want and xtt_hs_error. */
    if (conn->task == RESUME)
        err = xtt_hs_resume(conn->hs);
    else {
        err = xtt_hs_feed(conn->hs, &in);
        memmove(conn->in, in.p, in.n);
        conn->n_in = in.n;
    }
    (void)err;
}

static void after_task(uv_work_t *work, int status)
{
    struct xttd_conn *conn = work->data;

    (void)status;
    conn->is_working = 0;
    if (conn->abort != XTT_OK) {
        end_now(conn, conn->abort);
        return;
    }
    if (xtt_hs_want(conn->hs) != XTT_WANT_READ)
        uv_timer_stop(&conn->first); /* the first message was whole */
    pump(conn);
}

static void start_task(struct xttd_conn *conn, enum task task)
{
    conn->task = task;
    conn->is_working = 1;
    if (uv_queue_work(conn->stream->loop, &conn->work, run_task, after_task) != 0) {
        conn->is_working = 0;
        end_now(conn, XTT_ERR_INTERNAL);
    }
}

static void on_buffer(uv_handle_t *handle, size_t suggested, uv_buf_t *buf)
{
    struct xttd_conn *conn = handle->data;

    (void)suggested;
    if (conn->phase == TALKING)
        *buf = uv_buf_init((char *)conn->in + conn->n_in, (unsigned)(sizeof conn->in - conn->n_in));
    else
        *buf = uv_buf_init((char *)conn->in, sizeof conn->in);
}

static void stop_reading(struct xttd_conn *conn)
{
    if (conn->is_reading)
        uv_read_stop(conn->stream);
    conn->is_reading = 0;
}

static void take_end(struct xttd_conn *conn, xtt_err err)
{
    conn->at_end = 1;
    stop_reading(conn);
    if (conn->phase == LINGERING) {
        close_all(conn);
        return;
    }
    if (err != XTT_OK) {
        end_now(conn, err);
        return;
    }
    err = xtt_hs_eof(conn->hs);
    if (err != XTT_OK && xtt_hs_want(conn->hs) == XTT_WANT_READ)
        end_now(conn, err);
    else
        pump(conn);
}

static void on_read(uv_stream_t *stream, ssize_t n, const uv_buf_t *buf)
{
    struct xttd_conn *conn = stream->data;

    (void)buf;
    if (n == 0 || conn->phase == CLOSING)
        return;
    if (n < 0) {
        take_end(conn, n == UV_EOF ? XTT_OK : XTT_ERR_NETWORK);
        return;
    }
    if (conn->phase == LINGERING) {
        conn->discarded += (size_t)n;
        if (conn->discarded >= LINGER_BYTES)
            close_all(conn);
        return;
    }
    conn->n_in += (size_t)n;
    pump(conn);
}

static void start_reading(struct xttd_conn *conn)
{
    if (conn->is_reading)
        return;
    if (uv_read_start(conn->stream, on_buffer, on_read) != 0) {
        end_now(conn, XTT_ERR_NETWORK);
        return;
    }
    conn->is_reading = 1;
}

static void on_shutdown(uv_shutdown_t *request, int status)
{
    struct xttd_conn *conn = request->data;

    if (status != 0 && conn->phase == LINGERING)
        close_all(conn);
}

/* Close for writing, then let the peer read our last message: closing at once, with its bytes still
 * unread here, could make the system throw ours away. */
static void linger(struct xttd_conn *conn)
{
    conn->phase = LINGERING;
    conn->n_in = 0;
    if (conn->at_end || uv_shutdown(&conn->shutdown, conn->stream, on_shutdown) != 0) {
        close_all(conn);
        return;
    }
    uv_timer_start(&conn->total, on_total, LINGER_MS, 0);
    start_reading(conn);
}

static void on_written(uv_write_t *request, int status)
{
    struct xttd_conn *conn = request->data;

    conn->is_writing = 0;
    if (conn->phase != TALKING)
        return;
    if (status != 0)
        end_now(conn, XTT_ERR_NETWORK);
    else
        pump(conn);
}

static void start_write(struct xttd_conn *conn)
{
    size_t n = xtt_hs_drain(conn->hs, conn->out, sizeof conn->out);
    uv_buf_t buf = uv_buf_init((char *)conn->out, (unsigned)n);

    conn->is_writing = 1;
    if (uv_write(&conn->write, conn->stream, &buf, 1, on_written) != 0) {
        conn->is_writing = 0;
        end_now(conn, XTT_ERR_NETWORK);
    }
}

/* Does the one thing that the handshake wants now. */
static void pump(struct xttd_conn *conn)
{
    if (conn->is_working || conn->is_writing || conn->phase != TALKING)
        return;
    switch (xtt_hs_want(conn->hs)) {
    case XTT_WANT_WRITE:
        stop_reading(conn);
        start_write(conn);
        break;
    case XTT_WANT_RESUME:
        stop_reading(conn);
        if (conn->is_resumed) {
            conn->is_resumed = 0;
            start_task(conn, RESUME);
        }
        break;
    case XTT_WANT_READ:
        if (conn->n_in > 0) {
            stop_reading(conn);
            start_task(conn, FEED);
        } else
            start_reading(conn);
        break;
    case XTT_WANT_NOTHING:
        stop_reading(conn);
        tell_done(conn, xtt_hs_error(conn->hs));
        if (conn->phase == TALKING)
            linger(conn);
        break;
    }
}

static void on_resume(uv_async_t *async)
{
    struct xttd_conn *conn = async->data;

    conn->is_resumed = 1;
    pump(conn);
}

void xttd_conn_resume(struct xttd_conn *conn)
{
    (void)uv_async_send(&conn->async);
}

xtt_err xttd_conn_new(struct xttd_conn **out, uv_stream_t *stream, struct xtt_hs *hs,
                      const struct xttd_conn_config *config)
{
    struct xttd_conn *conn = calloc(1, sizeof *conn);

    if (conn == NULL || uv_async_init(stream->loop, &conn->async, on_resume) != 0) {
        free(conn);
        xtt_hs_free(hs);
        uv_close((uv_handle_t *)stream, xttd_net_free);
        return XTT_ERR_NOMEM;
    }
    conn->config = *config;
    conn->hs = hs;
    conn->stream = stream;
    conn->handles = 4;
    (void)uv_timer_init(stream->loop, &conn->first);
    (void)uv_timer_init(stream->loop, &conn->total);
    stream->data = conn->first.data = conn->total.data = conn->async.data = conn;
    conn->work.data = conn->write.data = conn->shutdown.data = conn;
    if (config->first_ms > 0)
        uv_timer_start(&conn->first, on_first, config->first_ms, 0);
    if (config->total_ms > 0)
        uv_timer_start(&conn->total, on_total, config->total_ms, 0);
    *out = conn;
    pump(conn);
    return XTT_OK;
}

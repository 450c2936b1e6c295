/* SPDX-License-Identifier: Apache-2.0 */
/* One handshake over one connection; see enroll.h. */
#include "agent/enroll.h"

#include <string.h>

#include "daemon/conn.h"
#include "daemon/log.h"

struct run {
    const struct agent_enrolment *enrolment;
    struct xtt_hs *hs; /* until the connection takes it */
    struct xttd_conn *conn;
    struct xtt_identity identity;
    struct xttd_fail *fail;
    xtt_err err;
};

/* What a station that stopped answering was asked for. */
static const char *waiting_for(const char *state)
{
    if (strcmp(state, "WAIT_ATTEST") == 0)
        return " while waiting for ServerInitAndAttest";
    if (strcmp(state, "WAIT_FINISHED") == 0)
        return " while waiting for IdentityServerFinished";
    return "";
}

static void on_done(void *arg, const struct xtt_hs *hs, xtt_err err)
{
    struct run *run = arg;

    if (err == XTT_OK)
        err = xtt_hs_identity(hs, &run->identity);
    run->err = err;
    if (err != XTT_OK)
        xttd_fail(run->fail, err, "the handshake with %s failed%s: %s", run->enrolment->server,
                  waiting_for(xtt_hs_state(hs)), xtt_err_text(err));
    xttd_log(XTTD_DEBUG, "handshake with %s: %s", run->enrolment->server, xtt_err_name(err));
}

static void on_closed(void *arg)
{
    (void)arg;
}

static void on_connected(void *arg, uv_tcp_t *tcp, xtt_err err, const char *words)
{
    struct run *run = arg;
    const struct xttd_conn_config config = {0, run->enrolment->handshake_ms, on_done, on_closed,
                                            run};
    struct xtt_hs *hs = run->hs;

    if (err != XTT_OK) {
        run->err =
            xttd_fail(run->fail, err, "cannot connect to %s: %s", run->enrolment->server, words);
        xttd_fail_remedy(run->fail, "check the address, the network, and that the station runs");
        return;
    }
    xttd_log(XTTD_DEBUG, "connected to %s", run->enrolment->server);
    run->hs = NULL;
    if ((err = xttd_conn_new(&run->conn, (uv_stream_t *)tcp, hs, &config)) != XTT_OK)
        run->err = xttd_fail(run->fail, err, "out of memory");
}

xtt_err agent_enroll(const struct agent_enrolment *enrolment, struct xtt_identity *out,
                     struct xttd_fail *fail)
{
    struct run run = {.enrolment = enrolment, .fail = fail, .err = XTT_ERR_INTERNAL};
    struct xttd_addr addr;
    uv_loop_t loop;
    xtt_err err;

    if ((err = xttd_addr_parse(enrolment->server, &addr, fail)) != XTT_OK)
        return err;
    if ((err = xtt_hs_new(&run.hs, &enrolment->handshake)) != XTT_OK)
        return xttd_fail(fail, err, "cannot begin a handshake: %s", xtt_err_text(err));
    if (uv_loop_init(&loop) != 0) {
        xtt_hs_free(run.hs);
        return xttd_fail(fail, XTT_ERR_NOMEM, "cannot make an event loop");
    }
    if ((err = xttd_net_connect(&loop, &addr, enrolment->connect_ms, on_connected, &run)) != XTT_OK)
        run.err = xttd_fail(fail, err, "out of memory");
    uv_run(&loop, UV_RUN_DEFAULT);
    (void)uv_loop_close(&loop);
    xtt_hs_free(run.hs);
    if (run.err == XTT_OK)
        *out = run.identity;
    return run.err;
}

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The driver of a handshake: reads, frames, dispatches by table, fails.  What a message means is in
 * client.c and server.c.
 */
#include "handshake/machine.h"

#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"

static const char *const state_names[] = {
    [XTT_S_START] = "START",
    [XTT_S_WAIT_ATTEST] = "WAIT_ATTEST",
    [XTT_S_CHECK_SERVER] = "CHECK_SERVER",
    [XTT_S_BUILD_ATTEST] = "BUILD_ATTEST",
    [XTT_S_SIGN_LONGTERM] = "SIGN_LONGTERM",
    [XTT_S_SIGN_GROUP] = "SIGN_GROUP",
    [XTT_S_SEND_ATTEST] = "SEND_ATTEST",
    [XTT_S_WAIT_FINISHED] = "WAIT_FINISHED",
    [XTT_S_MAKE_ATTEST] = "MAKE_ATTEST",
    [XTT_S_SIGN_ATTEST] = "SIGN_ATTEST",
    [XTT_S_VERIFY] = "VERIFY",
    [XTT_S_ASSIGN] = "ASSIGN",
    [XTT_S_FINISH] = "FINISH",
    [XTT_S_DONE] = "DONE",
    [XTT_S_FAILED] = "FAILED",
};

static const struct xtt_step *find_step(const struct xtt_hs *hs, enum xtt_msg_type msg)
{
    for (const struct xtt_step *step = hs->steps; step->run != NULL; step++)
        if (step->state == hs->state && step->msg == msg)
            return step;
    return NULL;
}

void xtt_hs_put(struct xtt_hs *hs, const uint8_t *msg)
{
    struct xtt_layout at;

    if (!xtt_msg_layout(msg[0], &at) || at.size > sizeof hs->out - hs->out_size)
        return;
    memcpy(hs->out + hs->out_size, msg, at.size);
    hs->out_size += at.size;
}

xtt_err xtt_hs_put_sealed(struct xtt_hs *hs, const uint8_t *msg)
{
    struct xtt_keys *keys = hs->cfg->role == XTT_CLIENT ? &hs->secret->c2s : &hs->secret->s2c;
    struct xtt_layout at;
    xtt_err err;

    if (!xtt_msg_layout(msg[0], &at) || at.size > sizeof hs->out - hs->out_size)
        return XTT_ERR_INTERNAL;
    if ((err = xtt_keys_seal(keys, hs->t.suite, msg, hs->out + hs->out_size)) == XTT_OK)
        hs->out_size += at.size;
    return err;
}

xtt_err xtt_hs_take_sealed(struct xtt_hs *hs, uint8_t *slot)
{
    struct xtt_keys *keys = hs->cfg->role == XTT_CLIENT ? &hs->secret->s2c : &hs->secret->c2s;

    memcpy(slot, hs->in, hs->in_size);
    return xtt_keys_open(keys, hs->t.suite, slot);
}

static void forget_secrets(struct xtt_hs *hs)
{
    xtt_arena_put(hs->arena, hs->secret);
    hs->secret = NULL;
}

/* Draft: "Error handling".  Up to the client's P-256 signature a peer hears one code only. */
static void put_error(struct xtt_hs *hs, xtt_err err)
{
    uint8_t msg[24];

    xtt_msg_init(msg, XTT_M_ERROR, 0);
    if (hs->attest_opened) {
        uint8_t alert[24];

        xtt_msg_init(alert, XTT_M_AUTH_ERROR, hs->t.suite->number);
        xtt_put16(xtt_msg_field(alert, XTT_F_CODE), xtt_err_wire(err));
        if (xtt_keys_alert(hs->secret, &hs->t, hs->cfg->role == XTT_SERVER, alert,
                           xtt_msg_field(alert, XTT_F_MAC)) == XTT_OK)
            memcpy(msg, alert, sizeof msg);
    }
    xtt_hs_put(hs, msg);
}

enum tell { TELL_PEER, STAY_SILENT };

static xtt_err fail(struct xtt_hs *hs, xtt_err err, enum tell tell)
{
    hs->err = err;
    if (tell == TELL_PEER)
        put_error(hs, err);
    hs->state = XTT_S_FAILED;
    hs->asked = 0;
    forget_secrets(hs);
    return err;
}

/* Runs one step and everything that follows from it without another message. */
static xtt_err run(struct xtt_hs *hs, const struct xtt_step *step)
{
    for (; step != NULL; step = find_step(hs, XTT_M_NONE)) {
        xtt_err err = step->run(hs);

        hs->asked = err == XTT_AGAIN;
        if (hs->asked)
            return XTT_OK;
        if (err != XTT_OK)
            return fail(hs, err, TELL_PEER);
        hs->state = step->next;
    }
    if (hs->state == XTT_S_DONE)
        forget_secrets(hs);
    return XTT_OK;
}

/* An AuthError counts once our attest is out, and only with a good mac. */
static xtt_err accept_auth_error(struct xtt_hs *hs)
{
    uint8_t mac[16];
    xtt_err err;

    if (hs->cfg->role != XTT_CLIENT || hs->state != XTT_S_WAIT_FINISHED || !hs->t.suite->labelled)
        return fail(hs, XTT_ERR_MESSAGE, STAY_SILENT);
    err = xtt_keys_alert(hs->secret, &hs->t, 1, hs->in, mac);
    if (err == XTT_OK && !xtt_ct_eq(mac, xtt_msg_field(hs->in, XTT_F_MAC), sizeof mac))
        err = XTT_ERR_DECRYPT;
    if (err == XTT_OK)
        err = xtt_err_from_wire(xtt_get16(xtt_msg_field(hs->in, XTT_F_CODE)));
    return fail(hs, err != XTT_OK ? err : XTT_ERR_PEER, STAY_SILENT);
}

static int is_error(uint8_t type)
{
    return type == XTT_M_ERROR || type == XTT_M_AUTH_ERROR;
}

/* What the header that is there so far says; the rest is not waited for if it is wrong. */
static xtt_err check_header(const struct xtt_hs *hs)
{
    const uint8_t type = hs->in[0];

    if (hs->in_size < XTT_HEADER_SIZE)
        return XTT_OK;
    if (!is_error(type) && (type == XTT_M_NONE || find_step(hs, type) == NULL))
        return XTT_ERR_MESSAGE;
    return xtt_msg_check(xtt_span(hs->in, hs->in_size),
                         hs->t.suite != NULL ? hs->t.suite->number : 0);
}

static xtt_err dispatch(struct xtt_hs *hs)
{
    const uint8_t type = hs->in[0];
    xtt_err err;

    if (type == XTT_M_ERROR)
        return fail(hs, XTT_ERR_PEER, STAY_SILENT);
    if (type == XTT_M_AUTH_ERROR)
        return accept_auth_error(hs);
    err = run(hs, find_step(hs, type));
    hs->in_size = 0;
    return err;
}

/* How many bytes the message needs before it can be judged further. */
static size_t bytes_wanted(const struct xtt_hs *hs)
{
    struct xtt_layout at;

    if (hs->in_size < XTT_HEADER_SIZE)
        return XTT_HEADER_SIZE;
    if (!xtt_msg_layout(hs->in[0], &at))
        return hs->in_size;
    if (hs->in_size < XTT_HEADER_SIZE + 2 && at.size > XTT_HEADER_SIZE)
        return XTT_HEADER_SIZE + 2;
    return at.size;
}

static int waits_for_bytes(const struct xtt_hs *hs)
{
    return hs->err == XTT_OK && !hs->asked && hs->state != XTT_S_DONE;
}

xtt_err xtt_hs_feed(struct xtt_hs *hs, xtt_bytes *in)
{
    xtt_err err = hs->err;

    while (err == XTT_OK && in->n > 0 && waits_for_bytes(hs)) {
        size_t n = bytes_wanted(hs) - hs->in_size;

        if (n > in->n)
            n = in->n;
        memcpy(hs->in + hs->in_size, in->p, n);
        hs->in_size += n;
        in->p += n;
        in->n -= n;
        if ((err = check_header(hs)) != XTT_OK)
            err = fail(hs, err, is_error(hs->in[0]) ? STAY_SILENT : TELL_PEER);
        else if (hs->in_size == bytes_wanted(hs))
            err = dispatch(hs);
    }
    return err;
}

xtt_err xtt_hs_resume(struct xtt_hs *hs)
{
    const struct xtt_step *step;

    if (!hs->asked)
        return hs->err;
    /* What answered XTT_AGAIN is either a step of its own, or still has its message in hand. */
    if ((step = find_step(hs, XTT_M_NONE)) == NULL)
        step = find_step(hs, hs->in[0]);
    return run(hs, step);
}

xtt_err xtt_hs_eof(struct xtt_hs *hs)
{
    if (hs->err == XTT_OK && hs->state != XTT_S_DONE)
        return fail(hs, XTT_ERR_TRUNCATED, STAY_SILENT);
    return hs->err;
}

size_t xtt_hs_drain(struct xtt_hs *hs, uint8_t *out, size_t cap)
{
    size_t n = hs->out_size - hs->out_at;

    if (n > cap)
        n = cap;
    memcpy(out, hs->out + hs->out_at, n);
    hs->out_at += n;
    if (hs->out_at == hs->out_size)
        hs->out_at = hs->out_size = 0;
    return n;
}

enum xtt_want xtt_hs_want(const struct xtt_hs *hs)
{
    if (hs->out_at < hs->out_size)
        return XTT_WANT_WRITE;
    if (hs->asked)
        return XTT_WANT_RESUME;
    return waits_for_bytes(hs) ? XTT_WANT_READ : XTT_WANT_NOTHING;
}

int xtt_hs_is_done(const struct xtt_hs *hs)
{
    return hs->state == XTT_S_DONE && hs->out_at == hs->out_size;
}

xtt_err xtt_hs_error(const struct xtt_hs *hs)
{
    return hs->err;
}

const char *xtt_hs_state(const struct xtt_hs *hs)
{
    return state_names[hs->state];
}

xtt_err xtt_hs_identity(const struct xtt_hs *hs, struct xtt_identity *out)
{
    if (hs->state != XTT_S_DONE)
        return XTT_ERR_ARGUMENT;
    *out = hs->identity;
    return XTT_OK;
}

size_t xtt_hs_secret_size(void)
{
    return sizeof(struct xtt_secret);
}

static xtt_err check_config(const struct xtt_hs_config *cfg)
{
    const struct xtt_policy *policy = cfg->policy;
    const struct xtt_member *member = cfg->member;

    if (policy == NULL || cfg->suites == NULL || cfg->n_suites == 0)
        return XTT_ERR_ARGUMENT;
    for (size_t i = 0; i < cfg->n_suites; i++)
        if (xtt_suite_find(cfg->suites[i]) == NULL)
            return XTT_ERR_SUITE;
    if (cfg->role == XTT_SERVER)
        return policy->cookie == NULL || policy->group == NULL || policy->assign == NULL ||
                       cfg->server_key == NULL || cfg->certificate == NULL
                   ? XTT_ERR_ARGUMENT
                   : XTT_OK;
    if (cfg->n_suites != 1 || policy->root == NULL || cfg->longterm_key == NULL || member == NULL)
        return XTT_ERR_ARGUMENT;
    if (member->key == NULL || member->credential == NULL || member->group_key == NULL)
        return XTT_ERR_ARGUMENT;
    return member->basename.n >= 1 && member->basename.n <= 64 ? XTT_OK : XTT_ERR_BASENAME;
}

xtt_err xtt_hs_new(struct xtt_hs **out, const struct xtt_hs_config *cfg)
{
    struct xtt_hs *hs;
    xtt_err err;

    if ((err = check_config(cfg)) != XTT_OK)
        return err;
    if ((hs = calloc(1, sizeof *hs)) == NULL)
        return XTT_ERR_NOMEM;
    hs->cfg = cfg;
    hs->steps = cfg->role == XTT_CLIENT ? xtt_client_steps : xtt_server_steps;
    hs->arena = cfg->arena;
    if (hs->arena == NULL) {
        if ((err = xtt_arena_new(&hs->own_arena, sizeof *hs->secret, 1)) != XTT_OK)
            goto out;
        hs->arena = hs->own_arena;
    }
    if ((hs->secret = xtt_arena_get(hs->arena, sizeof *hs->secret)) == NULL) {
        err = XTT_ERR_NOMEM;
        goto out;
    }
    err = run(hs, find_step(hs, XTT_M_NONE));
out:
    if (err == XTT_OK)
        *out = hs;
    else
        xtt_hs_free(hs);
    return err;
}

void xtt_hs_free(struct xtt_hs *hs)
{
    if (hs == NULL)
        return;
    if (hs->secret != NULL)
        forget_secrets(hs);
    xtt_arena_free(hs->own_arena);
    xtt_wipe(hs, sizeof *hs);
    free(hs);
}

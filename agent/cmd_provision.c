/* SPDX-License-Identifier: Apache-2.0 */
/*
 * xtt-agent provision: gets the identity.  The old one counts until a station's last message has
 * verified and the new one is stored.
 */
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "agent/cmd.h"
#include "agent/enroll.h"
#include "agent/policy.h"
#include "agent/retry.h"
#include "daemon/json.h"

/* What a handshake is made of, beside the keys. */
struct attempt {
    struct xttd_call *call;
    struct agent_run *run;
    uint16_t suite;
    struct agent_trust trust;
    struct xtt_policy policy;
    struct xtt_member member;
    struct agent_enrolment enrolment;
};

static xtt_err demand(int is_there, struct xttd_fail *fail, const char *what, const char *remedy)
{
    if (is_there)
        return XTT_OK;
    xttd_fail(fail, XTT_ERR_NOT_FOUND, "there is no %s yet", what);
    return xttd_fail_remedy(fail, "%s", remedy);
}

static xtt_err check_ready(const struct agent_run *run, struct xttd_fail *fail)
{
    const struct agent_state *state = &run->state;
    xtt_err err;

    if ((err = demand(state->member.kind[0] != '\0' && state->longterm.kind[0] != '\0', fail, "key",
                      "run xtt-agent init first")) != XTT_OK)
        return err;
    if ((err = demand(state->membership.group[0] != '\0', fail, "membership in a group",
                      "run xtt-agent member request and member import first")) != XTT_OK)
        return err;
    if (run->settings->server.n > 0)
        return XTT_OK;
    xttd_fail(fail, XTT_ERR_USAGE, "no station is named");
    return xttd_fail_remedy(fail, "give --server HOST:PORT, or set server in [agent]");
}

/* Settles which long-term key is registered, and makes the new one durable before anybody hears of
 * it: an attempt that is cut off goes on with the same key. */
static xtt_err choose_key(struct xttd_call *call, struct agent_run *run)
{
    const int is_new = xttd_option_get(call, "new-key") != NULL;
    const int is_old = xttd_option_get(call, "old-key") != NULL;
    struct agent_state *state = &run->state;
    xtt_err err;

    if (is_new && is_old)
        return xttd_fail(&call->fail, XTT_ERR_USAGE, "--new-key and --old-key do not go together");
    if (is_old && state->pending.kind[0] != '\0') {
        memset(&state->pending, 0, sizeof state->pending);
        return agent_store_commit(run->store, state, &call->fail);
    }
    if (!is_new || state->pending.kind[0] != '\0')
        return XTT_OK;
    if ((err = agent_keys_make(&run->keys, 0, &state->pending, &call->fail)) != XTT_OK)
        return err;
    return agent_store_commit(run->store, state, &call->fail);
}

static const struct agent_key *key_to_register(const struct agent_state *state)
{
    return state->pending.kind[0] != '\0' ? &state->pending : &state->longterm;
}

static xtt_err prepare(struct attempt *a)
{
    struct agent_run *run = a->run;
    const struct agent_membership *m = &run->state.membership;
    struct xtt_hs_config *cfg = &a->enrolment.handshake;
    const char *id = xttd_option_get(a->call, "request-id");
    xtt_err err;

    a->trust = (struct agent_trust){m, 0};
    a->policy = agent_policy(&a->trust);
    a->enrolment.connect_ms = run->settings->connect;
    a->enrolment.handshake_ms = run->settings->handshake;
    *cfg = (struct xtt_hs_config){.role = XTT_CLIENT, .suites = &a->suite, .n_suites = 1};
    cfg->policy = &a->policy;
    cfg->member = &a->member;
    cfg->now = agent_policy_now(run->settings, &run->state, (uint64_t)time(NULL));
    if (cfg->now == 0)
        xttd_log(XTTD_WARNING, "the clock is not trusted: certificate dates are not checked");
    if (id != NULL && xtt_id_parse(id, cfg->requested_id) != XTT_OK)
        return xttd_fail(&a->call->fail, XTT_ERR_USAGE,
                         "\"%.60s\" is no identity: eight groups of four hexadecimal digits", id);
    if ((err = xtt_suite_parse(run->settings->suite, &a->suite)) != XTT_OK)
        return xttd_fail(&a->call->fail, err, "there is no suite %.80s", run->settings->suite);
    if ((err = agent_keys_open_longterm(&run->keys, key_to_register(&run->state),
                                        &a->call->fail)) != XTT_OK)
        return err;
    if ((err = agent_keys_open_member(&run->keys, &run->state.member, &a->call->fail)) != XTT_OK)
        return err;
    cfg->longterm_key = run->keys.longterm;
    a->member = (struct xtt_member){
        run->keys.member, m->credential, m->group_key, {m->basename, m->basename_n}};
    return XTT_OK;
}

/* What this device knows that the error's own text cannot. */
static xtt_err explain(const struct attempt *a, xtt_err err)
{
    struct xttd_fail *fail = &a->call->fail;
    const struct agent_membership *m = &a->run->state.membership;
    const char *why = agent_keys_why(&a->run->keys);

    switch (err) {
    case XTT_ERR_PEER:
        if (!a->trust.was_asked)
            return xttd_fail_remedy(fail,
                                    "the station refused the first message: it may not have suite "
                                    "%s enabled, or not speak XTT 1.0",
                                    a->run->settings->suite);
        return xttd_fail_remedy(fail,
                                "the station may not know group %s, or refuse the identity asked "
                                "for; its log says which",
                                m->group);
    case XTT_ERR_CERTIFICATE:
        return xttd_fail_remedy(fail,
                                "is this the station of the root that was imported? compare "
                                "`xtt-provisioner root export`, the server certificate's dates "
                                "and this device's clock");
    case XTT_ERR_GROUP:
        return xttd_fail_remedy(fail,
                                "the station does not know group %s; compare its `group export` "
                                "with what was imported",
                                m->group);
    default:
        if (why[0] != '\0')
            return xttd_fail(fail, err, "the device's keys cannot be used: %s", why);
        return err;
    }
}

/* All stations, once each. */
static xtt_err ask_all(struct attempt *a, struct xtt_identity *identity)
{
    const struct xttd_list *servers = &a->run->settings->server;
    xtt_err err = XTT_ERR_NETWORK;

    for (size_t i = 0; i < servers->n; i++) {
        a->enrolment.server = servers->items[i];
        err = agent_enroll(&a->enrolment, identity, &a->call->fail);
        if (err == XTT_OK || xtt_err_class(err) != XTT_CLASS_RETRY)
            break;
        if (i + 1 < servers->n)
            xttd_log(XTTD_WARNING, "%s; trying the next station", a->call->fail.message);
    }
    return err == XTT_OK ? XTT_OK : explain(a, err);
}

static void wait_ms(uint32_t ms)
{
    struct timespec left = {(time_t)(ms / 1000), (long)(ms % 1000) * 1000000};

    while (nanosleep(&left, &left) != 0)
        ;
}

static xtt_err ask(struct attempt *a, struct xtt_identity *identity)
{
    const int is_patient = xttd_option_get(a->call, "retry") != NULL;
    xtt_err err;

    for (unsigned n = 0;; n++) {
        uint32_t random = 0, ms;

        err = ask_all(a, identity);
        if (!is_patient || err == XTT_OK || xtt_err_class(err) != XTT_CLASS_RETRY)
            return err;
        (void)!xtt_rng_draw(NULL, (uint8_t *)&random, sizeof random);
        ms = agent_retry_ms(n, random);
        xttd_log(XTTD_WARNING, "%s; trying again in %u s", a->call->fail.message, ms / 1000);
        wait_ms(ms);
    }
}

/* The swap: the new key and the new identity begin to count together. */
static xtt_err store(struct attempt *a, const struct xtt_identity *got)
{
    struct agent_state *state = &a->run->state;
    struct agent_identity *identity = &state->identity;

    if (identity->server[0] != '\0' && memcmp(identity->gid, got->gid, sizeof got->gid) == 0 &&
        memcmp(identity->id, got->id, sizeof got->id) != 0)
        xttd_log(XTTD_WARNING, "the station gave another identity than before");
    memset(identity, 0, sizeof *identity);
    snprintf(identity->server, sizeof identity->server, "%s", a->enrolment.server);
    snprintf(identity->suite, sizeof identity->suite, "0x%04x", got->suite);
    memcpy(identity->id, got->id, sizeof identity->id);
    memcpy(identity->gid, got->gid, sizeof identity->gid);
    memcpy(identity->pseudonym, got->pseudonym, sizeof identity->pseudonym);
    identity->since = (uint64_t)time(NULL);
    if (state->pending.kind[0] != '\0') {
        state->longterm = state->pending;
        memset(&state->pending, 0, sizeof state->pending);
    }
    memset(&state->trouble, 0, sizeof state->trouble);
    return agent_store_commit(a->run->store, state, &a->call->fail);
}

/* `status` shall say that only a new enrolment helps; the identity stays on record. */
static void remember_trouble(struct agent_run *run, xtt_err err)
{
    struct xttd_fail why = {0};

    if (strcmp(run->state.trouble.code, xtt_err_name(err)) == 0)
        return;
    snprintf(run->state.trouble.code, sizeof run->state.trouble.code, "%s", xtt_err_name(err));
    run->state.trouble.since = (uint64_t)time(NULL);
    if (agent_store_commit(run->store, &run->state, &why) != XTT_OK)
        xttd_log(XTTD_WARNING, "%s", why.message);
}

static xtt_err tell(const struct xttd_call *call, const struct agent_run *run)
{
    const struct agent_identity *identity = &run->state.identity;
    char text[XTT_ID_TEXT_SIZE];

    xtt_id_print(identity->id, text);
    if (call->json)
        return xttd_json_print(json_pack("{s:s, s:s, s:s, s:s}", "identity", text, "suite",
                                         identity->suite, "server", identity->server, "member_kind",
                                         run->state.member.kind),
                               stdout);
    printf("%s\n", text);
    return XTT_OK;
}

static int is_needed(const struct agent_state *state)
{
    return state->identity.server[0] == '\0' || state->pending.kind[0] != '\0' ||
           state->trouble.code[0] != '\0';
}

xtt_err agent_cmd_provision(struct xttd_call *call)
{
    struct agent_run run = {0};
    struct attempt attempt = {.call = call, .run = &run};
    struct xtt_identity identity;
    xtt_err err;

    if ((err = agent_run_open(&run, call, AGENT_WRITE)) != XTT_OK)
        goto out;
    if (xttd_option_get(call, "if-needed") != NULL && !is_needed(&run.state)) {
        err = tell(call, &run);
        goto out;
    }
    if ((err = check_ready(&run, &call->fail)) != XTT_OK)
        goto out;
    if ((err = choose_key(call, &run)) != XTT_OK)
        goto out;
    if ((err = prepare(&attempt)) == XTT_OK)
        err = ask(&attempt, &identity);
    if (xtt_err_class(err) == XTT_CLASS_REENROL)
        remember_trouble(&run, err);
    if (err != XTT_OK)
        goto out;
    if ((err = store(&attempt, &identity)) != XTT_OK)
        goto out;
    err = tell(call, &run);
out:
    agent_run_close(&run);
    return err;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* xtt-agent init: makes the keys that are missing, or with --new all of them. */
#include <string.h>

#include "agent/cmd.h"
#include "daemon/json.h"

/* The new keys stand beside the old identity: its long-term key gives way when a station has taken
 * the new one.  Membership belongs to the member key and goes with it. */
static void start_over(struct agent_state *state)
{
    memset(&state->member, 0, sizeof state->member);
    memset(&state->membership, 0, sizeof state->membership);
    memset(&state->pending, 0, sizeof state->pending);
    memset(&state->trouble, 0, sizeof state->trouble);
    memset(&state->srk, 0, sizeof state->srk);
    if (state->identity.server[0] == '\0')
        memset(&state->longterm, 0, sizeof state->longterm);
}

static xtt_err make_missing(struct agent_run *run, int is_new, struct xttd_fail *fail)
{
    struct agent_state *state = &run->state;
    xtt_err err;

    if (state->member.kind[0] == '\0' &&
        (err = agent_keys_make(&run->keys, 1, &state->member, fail)) != XTT_OK)
        return err;
    if (state->longterm.kind[0] == '\0')
        err = agent_keys_make(&run->keys, 0, &state->longterm, fail);
    else if (is_new)
        err = agent_keys_make(&run->keys, 0, &state->pending, fail);
    else
        err = XTT_OK;
    state->srk = run->keys.srk;
    return err;
}

static xtt_err tell(const struct xttd_call *call, const struct agent_run *run, int was_made)
{
    const struct agent_state *state = &run->state;

    if (call->json)
        return xttd_json_print(json_pack("{s:s, s:b, s:s, s:s}", "state", agent_state_name(state),
                                         "keys_made", was_made, "member_kind", state->member.kind,
                                         "longterm_kind", state->longterm.kind),
                               stdout);
    if (was_made)
        printf("keys made (%s) in %s\n", state->member.kind, run->settings->state);
    else
        printf("keys are there already (%s) in %s; init --new makes others\n", state->member.kind,
               run->settings->state);
    return XTT_OK;
}

xtt_err agent_cmd_init(struct xttd_call *call)
{
    const int is_new = xttd_option_get(call, "new") != NULL;
    struct agent_run run;
    int is_missing;
    xtt_err err;

    if ((err = agent_run_open(&run, call, AGENT_WRITE)) != XTT_OK)
        goto out;
    if (is_new) {
        start_over(&run.state);
        memset(&run.keys.srk, 0, sizeof run.keys.srk);
    }
    is_missing = is_new || run.state.member.kind[0] == '\0' || run.state.longterm.kind[0] == '\0';
    if (is_missing && ((err = make_missing(&run, is_new, &call->fail)) != XTT_OK ||
                       (err = agent_store_commit(run.store, &run.state, &call->fail)) != XTT_OK))
        goto out;
    err = tell(call, &run, is_missing);
out:
    agent_run_close(&run);
    return err;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* xtt-agent status: what the state directory says.  Asks neither TPM nor station; see cmd_doctor.c.
 */
#include <limits.h>
#include <string.h>
#include <xtt/identity.h>

#include "agent/cmd.h"
#include "daemon/hex.h"
#include "daemon/json.h"

/* The texts to show; an empty one is left out, or null in JSON. */
struct view {
    char identity[XTT_ID_TEXT_SIZE];
    char gid[65], key_file[PATH_MAX], longterm[2 * 65 + 1];
};

static void make_view(const struct agent_run *run, struct view *view)
{
    const struct agent_state *state = &run->state;

    memset(view, 0, sizeof *view);
    if (state->identity.server[0] != '\0')
        xtt_id_print(state->identity.id, view->identity);
    if (state->membership.group[0] != '\0')
        xttd_hex_print(state->membership.gid, sizeof state->membership.gid, view->gid);
    if (state->longterm.kind[0] != '\0') {
        xttd_hex_print(state->longterm.public_key, 65, view->longterm);
        agent_store_path(run->store, &state->longterm, view->key_file, sizeof view->key_file);
    }
}

static json_t *text_or_null(const char *text)
{
    return text[0] != '\0' ? json_string(text) : json_null();
}

static xtt_err print_json(const struct agent_run *run, const struct view *view)
{
    const struct agent_state *state = &run->state;
    json_t *group = view->gid[0] == '\0' ? json_null()
                                         : json_pack("{s:s, s:s}", "name", state->membership.group,
                                                     "gid", view->gid);

    return xttd_json_print(
        json_pack("{s:s, s:o, s:o, s:o, s:o, s:o, s:o, s:b, s:o, s:o, s:I, s:o}", "state",
                  agent_state_name(state), "identity", text_or_null(view->identity), "group", group,
                  "member_kind", text_or_null(state->member.kind), "longterm_kind",
                  text_or_null(state->longterm.kind), "longterm_key", text_or_null(view->longterm),
                  "key_file", text_or_null(view->key_file), "key_pending",
                  state->pending.kind[0] != '\0', "suite", text_or_null(state->identity.suite),
                  "server", text_or_null(state->identity.server), "since",
                  (json_int_t)state->identity.since, "trouble", text_or_null(state->trouble.code)),
        stdout);
}

static void line(const char *name, const char *text)
{
    if (text[0] != '\0')
        printf("%-14s %s\n", name, text);
}

static void print_text(const struct agent_run *run, const struct view *view)
{
    const struct agent_state *state = &run->state;

    line("state", agent_state_name(state));
    line("identity", view->identity);
    line("group", state->membership.group);
    line("gid", view->gid);
    line("member key", state->member.kind);
    line("long-term key", state->longterm.kind);
    line("key file", view->key_file);
    if (state->pending.kind[0] != '\0')
        line("new key", "not yet taken by a station; provision goes on with it");
    line("suite", state->identity.suite);
    line("station", state->identity.server);
    if (state->trouble.code[0] != '\0')
        printf("%-14s %s: run xtt-agent init --new, member request and import, provision\n",
               "trouble", state->trouble.code);
    if (strcmp(state->member.kind, "software") == 0 ||
        strcmp(state->longterm.kind, "software") == 0)
        line("warning", "software keys, for development only");
}

xtt_err agent_cmd_status(struct xttd_call *call)
{
    struct agent_run run = {0};
    struct view view;
    xtt_err err;

    if ((err = agent_run_open(&run, call, AGENT_READ)) == XTT_OK) {
        make_view(&run, &view);
        if (call->json)
            err = print_json(&run, &view);
        else
            print_text(&run, &view);
    }
    agent_run_close(&run);
    return err;
}

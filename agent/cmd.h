/* SPDX-License-Identifier: Apache-2.0 */
/* The agent's verbs, one file each, and what they share.  The tables are in main.c. */
#ifndef AGENT_CMD_H
#define AGENT_CMD_H

#include "agent/keys.h"
#include "daemon/cmd.h"

/* What nearly every verb begins with: the state directory and the keys. */
struct agent_run {
    const struct agent_settings *settings;
    struct agent_store *store;
    struct agent_state state; /* a copy to change and commit */
    struct agent_keys keys;
};

XTT_MUST xtt_err agent_run_open(struct agent_run *run, struct xttd_call *call,
                                enum agent_access access);
/* Gives everything up; one that was zeroed or never opened is fine. */
void agent_run_close(struct agent_run *run);

xttd_run agent_cmd_init, agent_cmd_member_request, agent_cmd_member_import, agent_cmd_provision,
    agent_cmd_status, agent_cmd_doctor;

extern const struct xttd_program agent_program;

#endif

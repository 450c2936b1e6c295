/* SPDX-License-Identifier: Apache-2.0 */
/* The device's decisions; see policy.h. */
#include "agent/policy.h"

#include <string.h>

/* 2026-01-01T00:00:00Z, before the first release. */
#define RELEASED 1767225600

static xtt_err find_root(void *arg, const uint8_t id[16], struct xtt_root *out)
{
    struct agent_trust *trust = arg;
    const struct agent_membership *membership = trust->membership;

    trust->was_asked = 1;
    if (memcmp(id, membership->root_id, 16) != 0)
        return XTT_ERR_CERTIFICATE;
    memcpy(out->id, membership->root_id, sizeof out->id);
    memcpy(out->public_key, membership->root_key, sizeof out->public_key);
    return XTT_OK;
}

struct xtt_policy agent_policy(struct agent_trust *trust)
{
    return (struct xtt_policy){.arg = trust, .root = find_root};
}

uint64_t agent_policy_now(const struct agent_settings *settings, const struct agent_state *state,
                          uint64_t system_clock)
{
    switch (settings->clock) {
    case AGENT_CLOCK_TRUSTED:
        return system_clock;
    case AGENT_CLOCK_AUTO:
        return system_clock < RELEASED || system_clock < state->identity.since ? 0 : system_clock;
    default:
        return 0;
    }
}

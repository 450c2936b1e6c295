/* SPDX-License-Identifier: Apache-2.0 */
/* What the device decides in a handshake: which root it trusts, and whether it trusts its clock. */
#ifndef AGENT_POLICY_H
#define AGENT_POLICY_H

#include <xtt/policy.h>

#include "agent/settings.h"
#include "agent/state.h"

/* Trusts the membership's root and no other. */
struct agent_trust {
    const struct agent_membership *membership; /* borrowed */
    int was_asked;                             /* a station showed a certificate */
};

/* A client's policy over it.  trust outlives the handshake. */
struct xtt_policy agent_policy(struct agent_trust *trust);

/* The time to judge certificate dates by, from the system's clock (unix seconds): 0 if it is not to
 * be trusted.  With clock = auto a clock that stands before this release, or before the day of the
 * present identity, is certainly wrong: devices without a battery wake up in 1970. */
uint64_t agent_policy_now(const struct agent_settings *settings, const struct agent_state *state,
                          uint64_t system_clock);

#endif

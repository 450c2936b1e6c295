/* SPDX-License-Identifier: Apache-2.0 */
/* One identity-provisioning handshake with one station.  What becomes of the identity is the
 * caller's part. */
#ifndef AGENT_ENROLL_H
#define AGENT_ENROLL_H

#include <xtt/handshake.h>

#include "daemon/fail.h"
#include "daemon/net.h"

struct agent_enrolment {
    const char *server; /* HOST:PORT */
    uint64_t connect_ms;
    uint64_t handshake_ms;
    struct xtt_hs_config handshake;
};

/* Runs it in a loop of its own.  The words of a failure name the station and how far it came. */
XTT_MUST xtt_err agent_enroll(const struct agent_enrolment *enrolment, struct xtt_identity *out,
                              struct xttd_fail *fail);

#endif

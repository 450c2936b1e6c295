/* SPDX-License-Identifier: Apache-2.0 */
/* What a process that will hold secrets does first: process hygiene, no policy. */
#ifndef XTTD_HARDEN_H
#define XTTD_HARDEN_H

#include "daemon/fail.h"

/* No core dumps, no ptrace by others of the same user, umask 077, SIGPIPE ignored, and descriptors
 * 0 to 2 open (on /dev/null if the caller closed them), so that no file or socket lands there.
 * XTT_ERR_IO if the system refuses one of them. */
XTT_MUST xtt_err xttd_harden(struct xttd_fail *fail);

#endif

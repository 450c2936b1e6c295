/* SPDX-License-Identifier: Apache-2.0 */
/* The line to a token's keyd: to one that is running, or to one that is started for it.  What goes
 * over the line is keyclient.c's. */
#ifndef XTT_PROVISIONER_KEYLINK_H
#define XTT_PROVISIONER_KEYLINK_H

#include <sys/types.h>

#include "provisioner/keyd.h"

struct prov_keylink {
    int fd;    /* frames of daemon/chan.h, after the greeting; or -1 */
    pid_t pid; /* of a keyd that was started, or 0 */
    int lock;  /* on the token, for as long as that keyd lives; or -1 */
};

/* Waits some seconds for a token that another process has.  Errors as prov_keyd_open; close after
 * an error, too. */
XTT_MUST xtt_err prov_keylink_open(struct prov_keylink *link, const struct prov_keyd_config *cfg,
                                   struct xttd_fail *fail);
/* Hangs up and waits for the end of a keyd that was started. */
void prov_keylink_close(struct prov_keylink *link);

#endif

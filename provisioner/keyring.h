/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The serving station's hold on keyd: lends it to whoever has a question, and starts another one
 * when it is gone, with growing pauses.  What keyd does is keyd.h's.
 */
#ifndef XTT_PROVISIONER_KEYRING_H
#define XTT_PROVISIONER_KEYRING_H

#include "daemon/cmd.h"
#include "provisioner/keyd.h"

struct prov_keyring;

/* Starts keyd, then a thread that watches over it.  The errors of prov_keyd_open.  call outlives
 * the keyring.  Call it before other threads are started. */
XTT_MUST xtt_err prov_keyring_open(struct prov_keyring **out, const struct xttd_call *call,
                                   struct xttd_fail *fail);
/* From any thread: keyd, or NULL while there is none.  Each one taken is given back soon, when no
 * question to it is open. */
struct prov_keyd *prov_keyring_take(struct prov_keyring *ring);
void prov_keyring_give(struct prov_keyring *ring);
/* Ends keyd; all that was taken has been given back.  NULL is fine. */
void prov_keyring_close(struct prov_keyring *ring);

#endif

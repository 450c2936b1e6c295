/* SPDX-License-Identifier: Apache-2.0 */
/* xtt-provisioner as tables; main.c runs them, and its tests read them. */
#ifndef XTT_PROVISIONER_PROGRAM_H
#define XTT_PROVISIONER_PROGRAM_H

#include "daemon/cmd.h"

extern const struct xttd_program prov_program;

#endif

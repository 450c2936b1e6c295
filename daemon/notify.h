/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a service tells its manager (sd_notify(3)).  Nothing happens without libsystemd or when
 * nobody listens ($NOTIFY_SOCKET is not set); an error is not the service's problem.
 */
#ifndef XTTD_NOTIFY_H
#define XTTD_NOTIFY_H

#include "daemon/fail.h"

/* The service answers now. */
void xttd_notify_ready(void);
/* It rereads its configuration; xttd_notify_ready when done. */
void xttd_notify_reloading(void);
/* It is on its way out. */
void xttd_notify_stopping(void);
/* One line for `systemctl status`. */
void xttd_notify_status(const char *format, ...) XTTD_PRINTF(1, 2);
/* It is alive. */
void xttd_notify_watchdog(void);
/* Milliseconds between two signs of life that the manager should see (half of what it demands);
 * 0 if it demands none. */
uint64_t xttd_notify_interval(void);

#endif

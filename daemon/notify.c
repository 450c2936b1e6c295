/* SPDX-License-Identifier: Apache-2.0 */
/* Words to the service manager; see notify.h. */
#include <config.h>

#include "daemon/notify.h"

#include <stdarg.h>
#include <stdio.h>
#include <time.h>

#ifdef HAVE_SYSTEMD
#include <systemd/sd-daemon.h>
#else
static int sd_notify(int unset, const char *state)
{
    (void)unset;
    (void)state;
    return 0;
}

static int sd_watchdog_enabled(int unset, uint64_t *usec)
{
    (void)unset;
    (void)usec;
    return 0;
}
#endif

void xttd_notify_ready(void)
{
    (void)sd_notify(0, "READY=1");
}

void xttd_notify_reloading(void)
{
    char text[64];
    struct timespec now;

    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    snprintf(text, sizeof text, "RELOADING=1\nMONOTONIC_USEC=%lld",
             (long long)now.tv_sec * 1000000 + now.tv_nsec / 1000);
    (void)sd_notify(0, text);
}

void xttd_notify_stopping(void)
{
    (void)sd_notify(0, "STOPPING=1");
}

void xttd_notify_status(const char *format, ...)
{
    char text[256] = "STATUS=";
    va_list args;

    va_start(args, format);
    (void)vsnprintf(text + 7, sizeof text - 7, format, args);
    va_end(args);
    for (char *p = text; *p != '\0'; p++)
        if (*p == '\n')
            *p = ' ';
    (void)sd_notify(0, text);
}

void xttd_notify_watchdog(void)
{
    (void)sd_notify(0, "WATCHDOG=1");
}

uint64_t xttd_notify_interval(void)
{
    uint64_t usec = 0;

    return sd_watchdog_enabled(0, &usec) > 0 ? usec / 2000 : 0;
}

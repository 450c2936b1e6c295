/* SPDX-License-Identifier: Apache-2.0 */
/* Process hygiene; see harden.h. */
#include "daemon/harden.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

/* LeakSanitizer looks at its own process through ptrace, which an undumpable process denies it. */
#if defined(__SANITIZE_ADDRESS__)
#define DUMPABLE 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define DUMPABLE 1
#endif
#endif
#ifndef DUMPABLE
#define DUMPABLE 0
#endif

static int open_standard(void)
{
    int fd;

    do {
        fd = open("/dev/null", O_RDWR);
    } while (fd >= 0 && fd <= STDERR_FILENO);
    return fd < 0 ? -1 : close(fd);
}

xtt_err xttd_harden(struct xttd_fail *fail)
{
    const struct rlimit none = {0, 0};
    struct sigaction ignore = {.sa_handler = SIG_IGN};

    if (open_standard() != 0)
        return xttd_fail_errno(fail, XTT_ERR_IO, "cannot open /dev/null");
    if (setrlimit(RLIMIT_CORE, &none) != 0)
        return xttd_fail_errno(fail, XTT_ERR_IO, "cannot switch core dumps off");
    if (prctl(PR_SET_DUMPABLE, DUMPABLE, 0, 0, 0) != 0)
        return xttd_fail_errno(fail, XTT_ERR_IO, "cannot make the process undumpable");
    if (sigaction(SIGPIPE, &ignore, NULL) != 0)
        return xttd_fail_errno(fail, XTT_ERR_IO, "cannot ignore SIGPIPE");
    umask(077);
    return XTT_OK;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* The log; see log.h.  Format: sd-daemon(3), "log levels". */
#include "daemon/log.h"

#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static const struct {
    const char *name;
    int priority; /* syslog(3) */
} levels[] = {
    [XTTD_ERR] = {"err", 3},
    [XTTD_WARNING] = {"warning", 4},
    [XTTD_INFO] = {"info", 6},
    [XTTD_DEBUG] = {"debug", 7},
};

static const char *program = "xtt";
static int to_journal;
static atomic_int shown = XTTD_WARNING;

/* systemd.exec(5): JOURNAL_STREAM is "DEVICE:INODE" of the stream the service was given. */
static int stderr_is_journal(void)
{
    const char *stream = getenv("JOURNAL_STREAM");
    unsigned long long device, inode;
    struct stat st;

    return stream != NULL && sscanf(stream, "%llu:%llu", &device, &inode) == 2 &&
           fstat(STDERR_FILENO, &st) == 0 && st.st_dev == device && st.st_ino == inode;
}

void xttd_log_open(const char *prog, enum xttd_level level)
{
    program = prog;
    to_journal = stderr_is_journal();
    xttd_log_level(level);
}

void xttd_log_level(enum xttd_level level)
{
    atomic_store(&shown, (int)level);
}

int xttd_log_shows(enum xttd_level level)
{
    return (int)level <= atomic_load(&shown);
}

void xttd_log(enum xttd_level level, const char *format, ...)
{
    char line[1024];
    int head, body;
    size_t end;
    va_list args;

    if (!xttd_log_shows(level))
        return;
    if (to_journal)
        head = snprintf(line, sizeof line, "<%d>", levels[level].priority);
    else
        head = snprintf(line, sizeof line, "%.16s: %s: ", program, levels[level].name);
    if (head < 0)
        return;
    va_start(args, format);
    body = vsnprintf(line + head, sizeof line - 1 - (size_t)head, format, args);
    va_end(args);
    if (body < 0)
        return;
    end = (size_t)head + (size_t)body;
    if (end > sizeof line - 2)
        end = sizeof line - 2;
    for (size_t i = (size_t)head; i < end; i++)
        if ((unsigned char)line[i] < 0x20 || line[i] == 0x7f)
            line[i] = '?';
    line[end] = '\n';
    /* One write, so lines of different threads do not mix; a full or closed log stops nobody. */
    if (write(STDERR_FILENO, line, end + 1) < 0)
        return;
}

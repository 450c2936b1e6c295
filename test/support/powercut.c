/* SPDX-License-Identifier: Apache-2.0 */
/* System calls that fail or never return; see powercut.h.  The model of a disk: content is there
 * after fsync of its file, names after fsync of their directory; a rename is old or new. */
#include "test/support/powercut.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* A name that was made or moved, or a file that was written, since the last sync. */
struct change {
    int fd;               /* of the file while it is open, else -1 */
    int is_synced;        /* its content is on the disk */
    int is_named;         /* its name is on the disk */
    char path[PATH_MAX];  /* where it is now */
    char saved[PATH_MAX]; /* the old file, out of the way; empty: there was none */
};

static struct change changes[64];
static size_t n_changes;
static enum powercut fate;
static int fatal, count;

/* The linker calls the true ones __real_X and ours __wrap_X (ld(1), --wrap). */
int __real_open(const char *path, int flags, ...);
ssize_t __real_write(int fd, const void *data, size_t n);
int __real_fsync(int fd);
int __real_close(int fd);
int __real_rename(const char *from, const char *to);
int __real_unlink(const char *path);
int __real_unlinkat(int dir, const char *path, int flags);
int __real_symlink(const char *to, const char *path);
int __real_fchmod(int fd, mode_t mode);
int __wrap_open(const char *path, int flags, ...);
ssize_t __wrap_write(int fd, const void *data, size_t n);
int __wrap_fsync(int fd);
int __wrap_close(int fd);
int __wrap_rename(const char *from, const char *to);
int __wrap_unlink(const char *path);
int __wrap_unlinkat(int dir, const char *path, int flags);
int __wrap_symlink(const char *to, const char *path);
int __wrap_fchmod(int fd, mode_t mode);

void powercut_arm(enum powercut how, int n)
{
    fate = how;
    fatal = n;
    count = 0;
    n_changes = 0;
}

int powercut_disarm(void)
{
    fatal = 0;
    return count;
}

static void lose(struct change *c)
{
    if (!c->is_synced && c->path[0] != '\0' && truncate(c->path, 0) != 0 && errno != ENOENT)
        perror("powercut: truncate");
    if (fate != POWERCUT_LOSE || c->is_named)
        return;
    if (c->saved[0] != '\0')
        (void)__real_rename(c->saved, c->path);
    else
        (void)__real_unlink(c->path);
}

/* Before each call: 0 to go on, -1 to fail. */
static int meet(void)
{
    if (fatal == 0)
        return 0;
    if (++count != fatal)
        return 0;
    if (fate == POWERCUT_ERROR) {
        errno = EIO;
        return -1;
    }
    for (size_t i = n_changes; i-- > 0;)
        lose(&changes[i]);
    _exit(POWERCUT_EXIT);
}

static struct change *note(const char *path, int fd)
{
    struct change *c = &changes[n_changes < 63 ? n_changes++ : 63];

    memset(c, 0, sizeof *c);
    c->fd = fd;
    snprintf(c->path, sizeof c->path, "%s", path);
    return c;
}

int __wrap_open(const char *path, int flags, ...)
{
    mode_t mode = 0;
    va_list args;
    int fd;

    va_start(args, flags);
    if (flags & O_CREAT)
        mode = va_arg(args, mode_t);
    va_end(args);
    if (!(flags & O_CREAT))
        return __real_open(path, flags);
    if (meet() != 0)
        return -1;
    if ((fd = __real_open(path, flags, mode)) >= 0 && fatal != 0 && (flags & O_EXCL))
        note(path, fd);
    return fd;
}

ssize_t __wrap_write(int fd, const void *data, size_t n)
{
    return fd > STDERR_FILENO && meet() != 0 ? -1 : __real_write(fd, data, n);
}

int __wrap_fsync(int fd)
{
    struct stat st;

    if (meet() != 0)
        return -1;
    if (fstat(fd, &st) == 0 && S_ISDIR(st.st_mode))
        for (size_t i = 0; i < n_changes; i++) {
            changes[i].is_named = 1;
            if (changes[i].saved[0] != '\0')
                (void)__real_unlink(changes[i].saved);
            changes[i].saved[0] = '\0';
        }
    for (size_t i = 0; i < n_changes; i++)
        if (changes[i].fd == fd)
            changes[i].is_synced = 1;
    return __real_fsync(fd);
}

int __wrap_close(int fd)
{
    for (size_t i = 0; i < n_changes; i++)
        if (changes[i].fd == fd)
            changes[i].fd = -1;
    return __real_close(fd);
}

int __wrap_rename(const char *from, const char *to)
{
    struct change *c;
    int is_synced = 1;

    if (meet() != 0)
        return -1;
    if (fatal == 0)
        return __real_rename(from, to);
    for (size_t i = 0; i < n_changes; i++)
        if (strcmp(changes[i].path, from) == 0) {
            is_synced = changes[i].is_synced;
            changes[i].path[0] = '\0';
        }
    c = note(to, -1);
    c->is_synced = is_synced;
    snprintf(c->saved, sizeof c->saved, "%.4000s.powercut%zu", to, n_changes);
    if (link(to, c->saved) != 0)
        c->saved[0] = '\0';
    return __real_rename(from, to);
}

int __wrap_unlink(const char *path)
{
    return meet() != 0 ? -1 : __real_unlink(path);
}

int __wrap_unlinkat(int dir, const char *path, int flags)
{
    return meet() != 0 ? -1 : __real_unlinkat(dir, path, flags);
}

int __wrap_symlink(const char *to, const char *path)
{
    return meet() != 0 ? -1 : __real_symlink(to, path);
}

int __wrap_fchmod(int fd, mode_t mode)
{
    return meet() != 0 ? -1 : __real_fchmod(fd, mode);
}

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A preloaded shim that remembers what was synced.  For every file under $UNSYNCED_DIR that is
 * written, FILE.synced beside it under $UNSYNCED_SHADOW holds what an fsync or fdatasync made
 * durable.  After a kill, putting the shadows back is the power cut: writes that were not yet
 * synced are gone.  Not a file system: renames and directory entries are taken as durable.
 */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int (*real_fsync)(int), (*real_fdatasync)(int);
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

__attribute__((constructor)) static void find_real(void)
{
    *(void **)&real_fsync = dlsym(RTLD_NEXT, "fsync");
    *(void **)&real_fdatasync = dlsym(RTLD_NEXT, "fdatasync");
}

/* The path of an open file if it lies in the watched directory; its name there, else NULL. */
static const char *watched_name(int fd, char path[PATH_MAX])
{
    const char *dir = getenv("UNSYNCED_DIR");
    char link[64];
    ssize_t n;

    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    if (dir == NULL || (n = readlink(link, path, PATH_MAX - 1)) <= 0)
        return NULL;
    path[n] = '\0';
    if (strncmp(path, dir, strlen(dir)) != 0 || path[strlen(dir)] != '/')
        return NULL;
    return strchr(path + strlen(dir) + 1, '/') == NULL ? path + strlen(dir) + 1 : NULL;
}

/* Copies the file as it is now over its shadow, atomically: a kill leaves the old shadow or the
 * new. Reads through the same descriptor: closing another one would drop the caller's file locks.
 */
static void take_shadow(int fd, const char *name)
{
    char tmp[PATH_MAX + 16], to[PATH_MAX], buf[65536];
    off_t at = 0;
    ssize_t n;
    int out;

    snprintf(to, sizeof to, "%s/%s", getenv("UNSYNCED_SHADOW"), name);
    snprintf(tmp, sizeof tmp, "%s.%d", to, (int)getpid());
    if ((out = open(tmp, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600)) < 0)
        abort();
    while ((n = pread(fd, buf, sizeof buf, at)) > 0) {
        if (write(out, buf, (size_t)n) != n)
            abort();
        at += n;
    }
    close(out);
    if (n < 0)
        unlink(tmp); /* a directory: nothing to remember */
    else if (rename(tmp, to) != 0)
        abort();
}

static int sync_and_remember(int (*sync)(int), int fd)
{
    char path[PATH_MAX];
    const char *name;
    int rc, saved;

    /* The file may grow between the real sync and the copy; holding other syncs back is enough,
     * because a write that is in the copy too early is one that this sync may have made durable. */
    pthread_mutex_lock(&lock);
    rc = sync(fd);
    saved = errno;
    if (rc == 0 && (name = watched_name(fd, path)) != NULL)
        take_shadow(fd, name);
    pthread_mutex_unlock(&lock);
    errno = saved;
    return rc;
}

__attribute__((visibility("default"))) int fsync(int fd)
{
    return sync_and_remember(real_fsync, fd);
}

__attribute__((visibility("default"))) int fdatasync(int fd)
{
    return sync_and_remember(real_fdatasync, fd);
}

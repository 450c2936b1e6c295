/* SPDX-License-Identifier: Apache-2.0 */
/* Whole files; see file.h. */
#include "daemon/file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

static xtt_err open_to_read(const char *path, int *fd, struct xttd_fail *fail)
{
    *fd = open(path, O_RDONLY | O_CLOEXEC);
    if (*fd >= 0)
        return XTT_OK;
    return xttd_fail_errno(fail, errno == ENOENT ? XTT_ERR_NOT_FOUND : XTT_ERR_IO, "cannot open %s",
                           path);
}

/* Reads until n bytes or the end; -1 with errno. */
static ssize_t read_up_to(int fd, uint8_t *data, size_t n)
{
    size_t have = 0;

    while (have < n) {
        ssize_t got = read(fd, data + have, n - have);

        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return -1;
        if (got == 0)
            break;
        have += (size_t)got;
    }
    return (ssize_t)have;
}

xtt_err xttd_file_read(const char *path, size_t limit, uint8_t **data, size_t *n,
                       struct xttd_fail *fail)
{
    uint8_t *buf = NULL;
    ssize_t got = 0;
    xtt_err err;
    int fd;

    if ((err = open_to_read(path, &fd, fail)) != XTT_OK)
        return err;
    if ((buf = malloc(limit + 1)) == NULL) {
        err = xttd_fail(fail, XTT_ERR_NOMEM, "out of memory for reading %s", path);
        goto out;
    }
    if ((got = read_up_to(fd, buf, limit + 1)) < 0) {
        err = xttd_fail_errno(fail, XTT_ERR_IO, "cannot read %s", path);
        goto out;
    }
    if ((size_t)got > limit) {
        err = xttd_fail(fail, XTT_ERR_FORMAT, "%s is longer than %zu bytes", path, limit);
        goto out;
    }
    buf[got] = '\0';
    *data = buf;
    *n = (size_t)got;
    buf = NULL;
out:
    xttd_file_free(buf, limit + 1);
    close(fd);
    return err;
}

void xttd_file_free(uint8_t *data, size_t n)
{
    if (data == NULL)
        return;
    xtt_wipe(data, n);
    free(data);
}

xtt_err xttd_file_read_exactly(const char *path, uint8_t *data, size_t n, struct xttd_fail *fail)
{
    uint8_t *all;
    size_t got;
    xtt_err err;

    if ((err = xttd_file_read(path, n + 65536, &all, &got, fail)) != XTT_OK)
        return err;
    if (got == n)
        memcpy(data, all, n);
    else
        err =
            xttd_fail(fail, XTT_ERR_FORMAT, "%s has %zu bytes where %zu are needed", path, got, n);
    xttd_file_free(all, got);
    return err;
}

static int write_all(int fd, const uint8_t *data, size_t n)
{
    while (n > 0) {
        ssize_t put = write(fd, data, n);

        if (put < 0 && errno == EINTR)
            continue;
        if (put < 0)
            return -1;
        data += put;
        n -= (size_t)put;
    }
    return 0;
}

/* "a/b" to "a", "b" to ".", "/b" to "/". */
static void dir_of(const char *path, char dir[PATH_MAX])
{
    const char *slash = strrchr(path, '/');

    if (slash == NULL)
        snprintf(dir, PATH_MAX, ".");
    else
        snprintf(dir, PATH_MAX, "%.*s", slash == path ? 1 : (int)(slash - path), path);
}

xtt_err xttd_file_sync_dir(const char *path, struct xttd_fail *fail)
{
    char dir[PATH_MAX];
    xtt_err err = XTT_OK;
    int fd;

    dir_of(path, dir);
    if ((fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC)) < 0)
        return xttd_fail_errno(fail, XTT_ERR_IO, "cannot open the directory %s", dir);
    if (fsync(fd) != 0)
        err = xttd_fail_errno(fail, XTT_ERR_IO, "cannot sync the directory %s", dir);
    close(fd);
    return err;
}

xtt_err xttd_file_write(const char *path, const void *data, size_t n, mode_t mode,
                        struct xttd_fail *fail)
{
    char fresh[PATH_MAX];
    xtt_err err = XTT_OK;
    int fd, length;

    length = snprintf(fresh, sizeof fresh, "%s.new", path);
    if (length < 0 || (size_t)length >= sizeof fresh)
        return xttd_fail(fail, XTT_ERR_IO, "the name %s is too long", path);
    /* A crash may have left one; O_EXCL then makes sure that nobody slipped in a link. */
    if (unlink(fresh) != 0 && errno != ENOENT)
        return xttd_fail_errno(fail, XTT_ERR_IO, "cannot remove the left-over %s", fresh);
    if ((fd = open(fresh, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600)) < 0)
        return xttd_fail_errno(fail, XTT_ERR_IO, "cannot create %s", fresh);
    if (fchmod(fd, mode) != 0)
        err = xttd_fail_errno(fail, XTT_ERR_IO, "cannot set the mode of %s", fresh);
    else if (write_all(fd, data, n) != 0)
        err = xttd_fail_errno(fail, XTT_ERR_IO, "cannot write %s", fresh);
    else if (fsync(fd) != 0)
        err = xttd_fail_errno(fail, XTT_ERR_IO, "cannot sync %s", fresh);
    if (close(fd) != 0 && err == XTT_OK)
        err = xttd_fail_errno(fail, XTT_ERR_IO, "cannot write %s", fresh);
    if (err == XTT_OK && rename(fresh, path) != 0)
        err = xttd_fail_errno(fail, XTT_ERR_IO, "cannot rename %s to %s", fresh, path);
    if (err != XTT_OK) {
        (void)unlink(fresh);
        return err;
    }
    return xttd_file_sync_dir(path, fail);
}

xtt_err xttd_file_make_dir(const char *path, mode_t mode, struct xttd_fail *fail)
{
    struct stat st;

    if (mkdir(path, mode) == 0)
        return xttd_file_sync_dir(path, fail);
    if (errno != EEXIST)
        return xttd_fail_errno(fail, XTT_ERR_IO, "cannot make the directory %s", path);
    if (stat(path, &st) != 0)
        return xttd_fail_errno(fail, XTT_ERR_IO, "cannot look at %s", path);
    if (!S_ISDIR(st.st_mode))
        return xttd_fail(fail, XTT_ERR_IO, "%s is there and is no directory", path);
    return XTT_OK;
}

xtt_err xttd_file_lock(const char *path, int *fd, struct xttd_fail *fail)
{
    int made = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    xtt_err err;

    if (made < 0)
        return xttd_fail_errno(fail, XTT_ERR_IO, "cannot open the lock file %s", path);
    if (flock(made, LOCK_EX | LOCK_NB) == 0) {
        *fd = made;
        return XTT_OK;
    }
    if (errno == EWOULDBLOCK)
        err = xttd_fail(fail, XTT_ERR_LOCKED, "another process holds the lock %s", path);
    else
        err = xttd_fail_errno(fail, XTT_ERR_IO, "cannot lock %s", path);
    close(made);
    return err;
}

void xttd_file_unlock(int fd)
{
    if (fd >= 0)
        close(fd);
}

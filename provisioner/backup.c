/* SPDX-License-Identifier: Apache-2.0 */
/* Making, checking and unpacking backups; see backup.h.  Files are mapped, because they are large.
 */
#include "provisioner/backup.h"

#include "daemon/file.h"
#include "daemon/hex.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include <xtt/hash.h>

/* "XTT station backup 1\nsha256 " 64 digits "\n" */
#define FIRST_LINE  "XTT station backup 1\nsha256 "
#define FIRST_SIZE  (sizeof FIRST_LINE - 1)
#define HEADER_SIZE (FIRST_SIZE + 64 + 1)
#define PATH_SIZE   1024

static xtt_err map_file(const char *path, xtt_bytes *out, struct xttd_fail *fail)
{
    const int fd = open(path, O_RDONLY | O_CLOEXEC);
    struct stat st;
    void *p = MAP_FAILED;

    if (fd < 0)
        return xttd_fail_errno(fail, errno == ENOENT ? XTT_ERR_NOT_FOUND : XTT_ERR_IO,
                               "cannot open %s", path);
    if (fstat(fd, &st) == 0 && st.st_size > 0)
        p = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
    close(fd);
    if (p == MAP_FAILED)
        return xttd_fail(fail, XTT_ERR_FORMAT, "%s is empty or cannot be read", path);
    *out = (xtt_bytes){p, (size_t)st.st_size};
    return XTT_OK;
}

static void unmap(xtt_bytes map)
{
    if (map.p != NULL)
        munmap((void *)(uintptr_t)map.p, map.n);
}

static xtt_err make_header(xtt_bytes registry, char header[static HEADER_SIZE + 1])
{
    uint8_t hash[32];
    xtt_err err;

    if ((err = xtt_sha256(&registry, 1, hash)) != XTT_OK)
        return err;
    memcpy(header, FIRST_LINE, FIRST_SIZE);
    xttd_hex_print(hash, sizeof hash, header + FIRST_SIZE);
    memcpy(header + HEADER_SIZE - 1, "\n", 2);
    return XTT_OK;
}

static xtt_err write_all(int fd, const void *data, size_t n, const char *path,
                         struct xttd_fail *fail)
{
    const uint8_t *p = data;

    while (n > 0) {
        const ssize_t done = write(fd, p, n);

        if (done < 0 && errno == EINTR)
            continue;
        if (done <= 0)
            return xttd_fail_errno(fail, XTT_ERR_IO, "cannot write %s", path);
        p += done;
        n -= (size_t)done;
    }
    return XTT_OK;
}

/* A new file of two parts, synced.  Nothing is left behind after an error. */
static xtt_err write_new(const char *path, xtt_bytes first, xtt_bytes second,
                         struct xttd_fail *fail)
{
    const int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    xtt_err err;

    if (fd < 0)
        return xttd_fail_errno(fail, errno == EEXIST ? XTT_ERR_EXISTS : XTT_ERR_IO,
                               "cannot make %s", path);
    if ((err = write_all(fd, first.p, first.n, path, fail)) == XTT_OK)
        err = write_all(fd, second.p, second.n, path, fail);
    if (err == XTT_OK && fsync(fd) != 0)
        err = xttd_fail_errno(fail, XTT_ERR_IO, "cannot sync %s", path);
    close(fd);
    if (err != XTT_OK)
        unlink(path);
    return err;
}

static xtt_err beside(const char *path, const char *suffix, char out[static PATH_SIZE],
                      struct xttd_fail *fail)
{
    if (snprintf(out, PATH_SIZE, "%s%s", path, suffix) >= PATH_SIZE)
        return xttd_fail(fail, XTT_ERR_ARGUMENT, "the path is too long: %.80s...", path);
    return XTT_OK;
}

xtt_err prov_backup_make(struct prov_registry *reg, const char *path, struct xttd_fail *fail)
{
    char part[PATH_SIZE], header[HEADER_SIZE + 1];
    xtt_bytes copy = {NULL, 0};
    xtt_err err;

    if ((err = beside(path, ".part", part, fail)) != XTT_OK)
        return err;
    unlink(part); /* of a backup that was interrupted */
    if (access(path, F_OK) == 0)
        return xttd_fail(fail, XTT_ERR_EXISTS, "%s is there already", path);
    if ((err = prov_registry_copy(reg, part)) != XTT_OK) {
        xttd_fail(fail, err, "%s", prov_registry_error(reg));
        goto out;
    }
    if ((err = map_file(part, &copy, fail)) != XTT_OK ||
        (err = make_header(copy, header)) != XTT_OK)
        goto out;
    err = write_new(path, (xtt_bytes){(const uint8_t *)header, HEADER_SIZE}, copy, fail);
    if (err == XTT_OK)
        err = xttd_file_sync_dir(path, fail);
out:
    unmap(copy);
    unlink(part);
    return err;
}

/* The registry's bytes within a backup whose checksum is right. */
static xtt_err take_registry(const char *path, xtt_bytes file, xtt_bytes *registry,
                             struct xttd_fail *fail)
{
    char header[HEADER_SIZE + 1];
    xtt_bytes rest;
    xtt_err err;

    if (file.n <= HEADER_SIZE || memcmp(file.p, FIRST_LINE, FIRST_SIZE) != 0)
        return xttd_fail(fail, XTT_ERR_FORMAT, "%s is no backup of a station", path);
    rest = (xtt_bytes){file.p + HEADER_SIZE, file.n - HEADER_SIZE};
    if ((err = make_header(rest, header)) != XTT_OK)
        return err;
    if (memcmp(file.p, header, HEADER_SIZE) != 0)
        return xttd_fail(fail, XTT_ERR_FORMAT,
                         "%s was changed or cut off: its checksum does not match", path);
    *registry = rest;
    return XTT_OK;
}

/* Opens the registry for a moment, to see that it is whole. */
static xtt_err check_registry(const char *path, struct xttd_fail *fail)
{
    struct prov_registry *reg;
    xtt_err err;

    if ((err = prov_registry_open(&reg, path)) == XTT_OK)
        err = prov_registry_check(reg);
    if (err != XTT_OK)
        xttd_fail(fail, err, "%s", prov_registry_error(reg));
    prov_registry_close(reg);
    return err;
}

xtt_err prov_backup_restore(const char *path, const char *to, struct xttd_fail *fail)
{
    xtt_bytes file = {NULL, 0}, registry;
    char fresh[PATH_SIZE];
    xtt_err err;

    if (access(to, F_OK) == 0)
        return xttd_fail(fail, XTT_ERR_EXISTS, "there is a registry already: %s", to);
    if ((err = beside(to, ".restored", fresh, fail)) != XTT_OK ||
        (err = map_file(path, &file, fail)) != XTT_OK)
        return err;
    if ((err = take_registry(path, file, &registry, fail)) != XTT_OK)
        goto out;
    unlink(fresh); /* of an attempt that was interrupted */
    if ((err = write_new(fresh, registry, (xtt_bytes){NULL, 0}, fail)) != XTT_OK)
        goto out;
    /* link, unlike rename, never replaces what somebody made meanwhile. */
    if ((err = check_registry(fresh, fail)) == XTT_OK && link(fresh, to) != 0)
        err = xttd_fail_errno(fail, errno == EEXIST ? XTT_ERR_EXISTS : XTT_ERR_IO, "cannot make %s",
                              to);
    unlink(fresh);
    if (err == XTT_OK)
        err = xttd_file_sync_dir(to, fail);
out:
    unmap(file);
    return err;
}

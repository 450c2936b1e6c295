/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Whole files: read with a limit, written so that a crash leaves the old or the new content and
 * nothing between, and locks.  Every failure names the file and the reason.  Formats live
 * elsewhere.
 */
#ifndef XTTD_FILE_H
#define XTTD_FILE_H

#include <sys/types.h>

#include "daemon/fail.h"

/* Reads all of path, at most limit bytes, into memory of its own, with a NUL behind that *n does
 * not count.  Give it back with xttd_file_free.  XTT_ERR_NOT_FOUND, XTT_ERR_FORMAT if it is longer,
 * XTT_ERR_IO, XTT_ERR_NOMEM. */
XTT_MUST xtt_err xttd_file_read(const char *path, size_t limit, uint8_t **data, size_t *n,
                                struct xttd_fail *fail);
/* Wipes and frees what xttd_file_read gave; NULL is fine. */
void xttd_file_free(uint8_t *data, size_t n);
/* Reads a file of exactly n bytes.  XTT_ERR_FORMAT names both sizes. */
XTT_MUST xtt_err xttd_file_read_exactly(const char *path, uint8_t *data, size_t n,
                                        struct xttd_fail *fail);
/* Replaces path by n bytes, atomically and durably: a new file beside it, written, synced, renamed,
 * and the directory synced.  A crash may leave "PATH.new", which the next write replaces.  mode is
 * exact, whatever the umask.  XTT_ERR_IO. */
XTT_MUST xtt_err xttd_file_write(const char *path, const void *data, size_t n, mode_t mode,
                                 struct xttd_fail *fail);
/* Makes a name that was created, replaced or removed in the directory of path durable. */
XTT_MUST xtt_err xttd_file_sync_dir(const char *path, struct xttd_fail *fail);
/* Makes the last directory of path, durably; fine if it is there.  XTT_ERR_IO. */
XTT_MUST xtt_err xttd_file_make_dir(const char *path, mode_t mode, struct xttd_fail *fail);
/* Locks the file, making it if needed, for this process alone; the lock ends with the process. Does
 * not wait: XTT_ERR_LOCKED if another process has it. */
XTT_MUST xtt_err xttd_file_lock(const char *path, int *fd, struct xttd_fail *fail);
/* Gives the lock back; -1 is fine. */
void xttd_file_unlock(int fd);

#endif

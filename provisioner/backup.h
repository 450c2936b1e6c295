/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A station in one file: two lines of text with a checksum, then a copy of the registry, which
 * holds everything but the keys on the token (issuer secrets are in it, wrapped under one of
 * those).
 */
#ifndef XTT_PROVISIONER_BACKUP_H
#define XTT_PROVISIONER_BACKUP_H

#include "daemon/fail.h"
#include "provisioner/registry.h"

/* Copies a live registry into a new file, which only its owner can read.  XTT_ERR_EXISTS. */
XTT_MUST xtt_err prov_backup_make(struct prov_registry *reg, const char *path,
                                  struct xttd_fail *fail);
/* Checks a backup, the registry in it too, and puts it to where there is no registry yet.
 * XTT_ERR_EXISTS, XTT_ERR_FORMAT: it is none, or it was changed; then nothing is at to. */
XTT_MUST xtt_err prov_backup_restore(const char *path, const char *to, struct xttd_fail *fail);

#endif

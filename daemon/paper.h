/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The files that station, root and agent hand each other: group, root, member request, credential,
 * server request, server certificate.
 * JSON objects with "schema": 1 and "type"; byte strings are hexadecimal; nothing in them is
 * secret. A reader refuses unknown, missing and doubled keys.  Whether the bytes are good points
 * and signatures is for libxtt to say.
 */
#ifndef XTTD_PAPER_H
#define XTTD_PAPER_H

#include "daemon/fail.h"

/* No paper is longer. */
#define XTTD_PAPER_MAX 8192

/* "xtt-group": what a member needs to know of its group. */
struct xttd_group_paper {
    char name[65]; /* the station's name for it: 1 to 64 letters, digits, '-', '_', '.' */
    uint8_t group_key[258];
    uint8_t basename[64];
    size_t basename_n; /* 1 to 64 */
    uint8_t gid[32];
};

/* "xtt-root": whom a device trusts. */
struct xttd_root_paper {
    uint8_t root_id[16];
    uint8_t public_key[65];
};

/* "xtt-member-request": a member key that asks for a credential. */
struct xttd_request_paper {
    uint8_t member_key[161];
    char kind[16]; /* "tpm" or "software" */
};

/* "xtt-credential": the answer. */
struct xttd_credential_paper {
    uint8_t credential[260];
    uint8_t signature[64];
    uint8_t gid[32]; /* of the group it is for */
};

/* "xtt-server-request": a station's key that asks for a certificate. */
struct xttd_server_request_paper {
    uint8_t request[169]; /* a server certificate without root, signed by its own key */
};

/* "xtt-server-certificate": the answer, with the root that made it. */
struct xttd_server_paper {
    uint8_t certificate[169];
    uint8_t root_id[16];
    uint8_t root_key[65];
};

enum xttd_paper {
    XTTD_PAPER_GROUP,
    XTTD_PAPER_ROOT,
    XTTD_PAPER_REQUEST,
    XTTD_PAPER_CREDENTIAL,
    XTTD_PAPER_SERVER_REQUEST,
    XTTD_PAPER_SERVER
};

/* Reads the n bytes of a paper of that kind into its struct.  origin names the file for the words.
 * XTT_ERR_FORMAT; then paper is untouched. */
XTT_MUST xtt_err xttd_paper_decode(enum xttd_paper kind, const uint8_t *text, size_t n,
                                   const char *origin, void *paper, struct xttd_fail *fail);
/* Prints a paper as text with a newline at its end; free() it.  XTT_ERR_NOMEM. */
XTT_MUST xtt_err xttd_paper_encode(enum xttd_paper kind, const void *paper, char **text,
                                   struct xttd_fail *fail);
/* The same two over files; the file is written with mode 0644. */
XTT_MUST xtt_err xttd_paper_read(enum xttd_paper kind, const char *path, void *paper,
                                 struct xttd_fail *fail);
XTT_MUST xtt_err xttd_paper_write(enum xttd_paper kind, const void *paper, const char *path,
                                  struct xttd_fail *fail);

#endif

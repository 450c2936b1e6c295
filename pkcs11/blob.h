/* SPDX-License-Identifier: Apache-2.0 */
/* The layout of a wrapped secret, apart from the cryptography on it.  Private to pkcs11/. */
#ifndef XTT_P11_BLOB_H
#define XTT_P11_BLOB_H

#include "pkcs11/p11.h"

#define P11_IV_MIN  12
#define P11_IV_MAX  32
#define P11_TAG     16
#define P11_BINDING 32

enum { P11_METHOD_GCM = 1 };

/* A blob taken apart; label is copied, the rest points into the blob. */
struct p11_blob {
    uint8_t method;
    char label[XTT_P11_LABEL_MAX + 1];
    xtt_bytes id;
    const uint8_t *binding; /* SHA-256 of the caller's aad */
    xtt_bytes head;         /* everything before the initialisation vector: authenticated */
    xtt_bytes iv;
    xtt_bytes sealed; /* ct and tag */
};

/* Writes magic to binding; cap must be at least XTT_P11_BLOB_SIZE(0).  The number of bytes. */
size_t p11_blob_begin(uint8_t *out, const char *label, xtt_bytes id, const uint8_t binding[32]);
/* Appends iv and sealed (ct and tag) at out + n.  The new number of bytes. */
size_t p11_blob_end(uint8_t *out, size_t n, xtt_bytes iv, xtt_bytes sealed);
/* Strict: every length must fit and nothing may be left over.  XTT_ERR_FORMAT with words. */
XTT_MUST xtt_err p11_blob_parse(struct p11_blob *out, xtt_bytes in);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Root and server certificates of XTT: fixed layouts, made and checked.  doc/protocol.md,
 * "Certificates".  Keys stay with their signers.
 */
#ifndef XTT_CERT_H
#define XTT_CERT_H

#include <xtt/signer.h>

#ifdef __cplusplus
extern "C" {
#endif

#define XTT_ROOT_CERT_SIZE   81
#define XTT_SERVER_CERT_SIZE 169
#define XTT_NO_END           UINT64_MAX

/* A root the caller trusts: 16 bytes of name and a P-256 public key, 04 || x || y. */
struct xtt_root {
    uint8_t id[16];
    uint8_t public_key[65];
};

/* What a server certificate says. */
struct xtt_server_cert {
    int dated;           /* 1: begins with "XT1\0" and carries the two dates below */
    uint64_t not_before; /* unix seconds */
    uint64_t not_after;  /* unix seconds; XTT_NO_END: no end */
    uint8_t root_id[16];
    uint8_t public_key[65];
};

/* The 81 bytes of a root certificate; in only formats.  XTT_ERR_POINT if the key is no point. */
XTT_API XTT_MUST xtt_err xtt_root_cert_encode(const struct xtt_root *root,
                                              uint8_t cert[XTT_ROOT_CERT_SIZE]);
XTT_API XTT_MUST xtt_err xtt_root_cert_decode(const uint8_t cert[XTT_ROOT_CERT_SIZE],
                                              struct xtt_root *root);
/* Signs a server certificate with the root's key (draft: "Server Certificate").  The dates of in
 * are used, in->root_id too; XTT_AGAIN and the signer's own errors pass through. */
XTT_API XTT_MUST xtt_err xtt_server_cert_sign(const struct xtt_server_cert *in,
                                              struct xtt_signer *root,
                                              uint8_t cert[XTT_SERVER_CERT_SIZE]);
/* Takes a certificate apart without judging it beyond its form.  XTT_ERR_CERTIFICATE if the
 * public key is no point of P-256. */
XTT_API XTT_MUST xtt_err xtt_server_cert_decode(const uint8_t cert[XTT_SERVER_CERT_SIZE],
                                                struct xtt_server_cert *out);
/* Checks the root's signature and, when need_dates, the magic, the zeros and the dates against now
 * (unix seconds; 0: no trusted clock, dates are not compared).  XTT_ERR_CERTIFICATE. */
XTT_API XTT_MUST xtt_err xtt_server_cert_check(const uint8_t cert[XTT_SERVER_CERT_SIZE],
                                               const struct xtt_root *root, int need_dates,
                                               uint64_t now);

#ifdef __cplusplus
}
#endif

#endif

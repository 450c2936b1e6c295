/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A server key's request for a certificate: a server certificate without root (root_id zero, dates
 * zero) that is signed by the very key in it, which proves that the key is held.  It is good for
 * nothing else, because nobody trusts a root of that name.
 */
#ifndef XTT_PROVISIONER_REQUEST_H
#define XTT_PROVISIONER_REQUEST_H

#include <xtt/cert.h>

/* Makes one, and checks it before it is given out, so this also proves that the key works.  The
 * signer's errors; XTT_ERR_CERTIFICATE if key is not the signer's. */
XTT_MUST xtt_err prov_request_make(struct xtt_signer *signer, const uint8_t key[65],
                                   uint8_t request[XTT_SERVER_CERT_SIZE]);
/* The key that asks.  XTT_ERR_CERTIFICATE if it is no request or not signed by that key. */
XTT_MUST xtt_err prov_request_check(const uint8_t request[XTT_SERVER_CERT_SIZE], uint8_t key[65]);

#endif

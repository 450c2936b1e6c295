/* SPDX-License-Identifier: Apache-2.0 */
/* The one hash that programs around the protocol need for files of their own. */
#ifndef XTT_HASH_H
#define XTT_HASH_H

#include <xtt/base.h>

#ifdef __cplusplus
extern "C" {
#endif

/* SHA-256 over the concatenation of n spans.  XTT_ERR_CRYPTO if OpenSSL fails. */
XTT_API XTT_MUST xtt_err xtt_sha256(const xtt_bytes *parts, size_t n, uint8_t out[32]);

#ifdef __cplusplus
}
#endif

#endif

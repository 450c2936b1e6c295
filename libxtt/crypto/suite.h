/* SPDX-License-Identifier: Apache-2.0 */
/* One row per suite: which hash, prf and AEAD a number stands for.  Knows no message. */
#ifndef XTT_CRYPTO_SUITE_H
#define XTT_CRYPTO_SUITE_H

#include "crypto/provider.h"

struct xtt_suite {
    uint16_t number;
    const char *name;
    /* 1: the 0x010n family, which names its purpose in all that is signed and puts the length in
     * front of all that is derived; 0: as the deployed implementation does it. */
    int labelled;
    enum xtt_aead aead;
    xtt_err (*hash)(const xtt_bytes *parts, size_t n, uint8_t out[64]);
    xtt_err (*prf)(const uint8_t key[static 64], const xtt_bytes *parts, size_t n, uint8_t *out,
                   size_t size);
};

/* The suite of that number, or NULL. */
const struct xtt_suite *xtt_suite_find(uint16_t number);

/* prf<size> of the suite over up to 7 spans (draft: "Key Schedule"); in the labelled family u16
 * size comes first. */
XTT_MUST xtt_err xtt_suite_prf(const struct xtt_suite *suite, const uint8_t key[static 64],
                               const xtt_bytes *parts, size_t n, uint8_t *out, size_t size);

#endif

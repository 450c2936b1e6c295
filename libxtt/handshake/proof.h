/* SPDX-License-Identifier: Apache-2.0 */
/* P-256 signatures over the transcript: made by a signer, checked against a public key. */
#ifndef XTT_HANDSHAKE_PROOF_H
#define XTT_HANDSHAKE_PROOF_H

#include "handshake/transcript.h"

#include <xtt/signer.h>

/* Signs what the row covers; the signer's errors, XTT_AGAIN among them, pass through. */
XTT_MUST xtt_err xtt_sign_transcript(const struct xtt_transcript *t, enum xtt_hash which,
                                     struct xtt_signer *key, uint8_t sig[static 64]);
/* XTT_ERR_CLIENT_SIGNATURE if sig is not key's over what the row covers, XTT_ERR_POINT if key is no
 * point. */
XTT_MUST xtt_err xtt_verify_transcript(const struct xtt_transcript *t, enum xtt_hash which,
                                       const uint8_t key[static 65], const uint8_t sig[static 64]);

#endif

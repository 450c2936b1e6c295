/* SPDX-License-Identifier: Apache-2.0 */
/* ECDSA over transcript hashes.  The bytes to sign are a message, so they are hashed once more. */
#include "handshake/proof.h"

#include "base/bytes.h"

static xtt_err digest_of(const struct xtt_transcript *t, enum xtt_hash which, uint8_t digest[32])
{
    uint8_t msg[XTT_SIGNED_MAX];
    xtt_bytes part;
    xtt_err err;

    if ((err = xtt_transcript_signed(t, which, msg, &part.n)) != XTT_OK)
        return err;
    part.p = msg;
    return xtt_sha256(&part, 1, digest);
}

xtt_err xtt_sign_transcript(const struct xtt_transcript *t, enum xtt_hash which,
                            struct xtt_signer *key, uint8_t sig[static 64])
{
    uint8_t digest[32];
    xtt_err err = digest_of(t, which, digest);

    return err != XTT_OK ? err : key->ops->sign(key, digest, sig);
}

xtt_err xtt_verify_transcript(const struct xtt_transcript *t, enum xtt_hash which,
                              const uint8_t key[static 65], const uint8_t sig[static 64])
{
    uint8_t digest[32];
    xtt_err err = digest_of(t, which, digest);

    return err != XTT_OK ? err : xtt_p256_verify(key, digest, sig);
}

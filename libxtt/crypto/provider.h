/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The cryptographic operations that libxtt takes from OpenSSL, behind names of our own.  provider.c
 * is the only file of libxtt that includes OpenSSL's headers.  Knows no message.
 */
#ifndef XTT_CRYPTO_PROVIDER_H
#define XTT_CRYPTO_PROVIDER_H

#include <xtt/base.h>
#include <xtt/hash.h>

/* Hashes over the concatenation of n spans; xtt_sha256 is in <xtt/hash.h>.  XTT_ERR_CRYPTO if
 * OpenSSL fails. */
XTT_MUST xtt_err xtt_sha512(const xtt_bytes *parts, size_t n, uint8_t out[64]);
XTT_MUST xtt_err xtt_blake2b(const xtt_bytes *parts, size_t n, uint8_t out[64]);

/* prf<size> with a 64-byte key, size 1 to 64: truncated HMAC-SHA-512, and keyed BLAKE2b with that
 * digest length in its parameter block (RFC 7693). */
XTT_MUST xtt_err xtt_hmac_sha512(const uint8_t key[static 64], const xtt_bytes *parts, size_t n,
                                 uint8_t *out, size_t size);
XTT_MUST xtt_err xtt_blake2b_keyed(const uint8_t key[static 64], const xtt_bytes *parts, size_t n,
                                   uint8_t *out, size_t size);

/* X25519 (RFC 7748).  The exchange answers XTT_ERR_DH for an all-zero result. */
XTT_MUST xtt_err xtt_x25519_public(const uint8_t secret[static 32], uint8_t pub[static 32]);
XTT_MUST xtt_err xtt_x25519_exchange(const uint8_t secret[static 32], const uint8_t peer[static 32],
                                     uint8_t shared[static 32]);

/* ECDSA P-256 over a SHA-256 digest; sig is r || s. */
XTT_MUST xtt_err xtt_p256_check_point(const uint8_t pub[static 65]); /* XTT_ERR_POINT */
/* XTT_ERR_CLIENT_SIGNATURE when it does not verify, XTT_ERR_POINT when pub is no point; the caller
 * turns both into the code of its message. */
XTT_MUST xtt_err xtt_p256_verify(const uint8_t pub[static 65], const uint8_t digest[static 32],
                                 const uint8_t sig[static 64]);

/* A private key in memory.  XTT_ERR_SCALAR if secret is 0 or not below the order. */
struct xtt_p256_key;
XTT_MUST xtt_err xtt_p256_key_new(struct xtt_p256_key **out, const uint8_t secret[static 32]);
XTT_MUST xtt_err xtt_p256_key_public(const struct xtt_p256_key *key, uint8_t pub[static 65]);
XTT_MUST xtt_err xtt_p256_key_sign(struct xtt_p256_key *key, const uint8_t digest[static 32],
                                   uint8_t sig[static 64]);
void xtt_p256_key_free(struct xtt_p256_key *key);

/* One sealed message: key of 32 bytes, nonce of 12, tag of 16 behind the ciphertext.  in and out
 * may be the same.  If the tag is wrong, open answers XTT_ERR_DECRYPT and leaves zeros in out. */
enum xtt_aead { XTT_CHACHA20_POLY1305, XTT_AES_256_GCM };
XTT_MUST xtt_err xtt_aead_seal(enum xtt_aead aead, const uint8_t key[static 32],
                               const uint8_t nonce[static 12], xtt_bytes ad, xtt_bytes in,
                               uint8_t *out);
XTT_MUST xtt_err xtt_aead_open(enum xtt_aead aead, const uint8_t key[static 32],
                               const uint8_t nonce[static 12], xtt_bytes ad, xtt_bytes in,
                               uint8_t *out);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The two kinds of private keys a handshake needs, as tables of functions: a P-256 signer (a key
 * in a TPM, in an HSM, or in memory) and a group signer with the two operations of TPM2_Commit and
 * TPM2_Sign.  The library never sees a private key.
 */
#ifndef XTT_SIGNER_H
#define XTT_SIGNER_H

#include <xtt/base.h>

#ifdef __cplusplus
extern "C" {
#endif

/* A holder of one ECDSA P-256 key.  Embed as first member. */
struct xtt_signer {
    const struct xtt_signer_ops *ops;
};

struct xtt_signer_ops {
    /* The public key, 04 || x || y. */
    xtt_err (*public_key)(struct xtt_signer *s, uint8_t pub[65]);
    /* ECDSA over a 32-byte SHA-256 digest; sig is r || s, each 32 bytes, left padded.
     * May answer XTT_AGAIN: nothing is consumed, and the caller asks again with the same digest. */
    xtt_err (*sign)(struct xtt_signer *s, const uint8_t digest[32], uint8_t sig[64]);
    /* Gives up the key and the signer itself. */
    void (*free)(struct xtt_signer *s);
};

/* What a commit gives: points are 04 || x || y with full-length coordinates. */
struct xtt_commitment {
    uint16_t ticket; /* names the commitment to respond; means nothing to anybody else */
    uint8_t e[65];   /* E = r P1 */
    uint8_t k[65];   /* K = d P2, the pseudonym; unset without s2 */
    uint8_t l[65];   /* L = r P2; unset without s2 */
};

/* A holder of one group member key d on FP256BN.  Embed as first member. */
struct xtt_gsigner {
    const struct xtt_gsigner_ops *ops;
};

/*
 * TPM 2.0 Part 3, TPM2_Commit and TPM2_Sign with TPM_ALG_ECDAA.  commit takes the signer's lock;
 * exactly one respond or cancel gives it back.  daa/sign.c is the only caller and holds the retry.
 */
struct xtt_gsigner_ops {
    /* Q = d G1, 04 || x || y. */
    xtt_err (*public_key)(struct xtt_gsigner *g, uint8_t q[65]);
    /* Draw r and give E = r P1; with a non-empty s2 also K = d P2 and L = r P2, where
     * P2 = (SHA-256(s2) mod p, y2).  s2 empty: y2 is not looked at.  On an error the lock is free.
     */
    xtt_err (*commit)(struct xtt_gsigner *g, const uint8_t p1[65], xtt_bytes s2,
                      const uint8_t y2[32], struct xtt_commitment *out);
    /* n random with 32 bytes and below the order, c = SHA-256(n || digest) mod order,
     * s = r + c d mod order.  XTT_RESTART: the commitment is lost, or n came out short. */
    xtt_err (*respond)(struct xtt_gsigner *g, uint16_t ticket, const uint8_t digest[32],
                       uint8_t n[32], uint8_t s[32]);
    /* Forget the commitment: the caller will not respond to it. */
    void (*cancel)(struct xtt_gsigner *g, uint16_t ticket);
    /* Gives up the key and the signer itself. */
    void (*free)(struct xtt_gsigner *g);
};

/* A P-256 key in memory as a signer: for tests, for development, and for an online server key.
 * secret is the private scalar, big-endian, copied; XTT_ERR_SCALAR if it is 0 or not below the
 * order (draw 32 random bytes again then).  Free with ops->free. */
XTT_API XTT_MUST xtt_err xtt_signer_soft_new(struct xtt_signer **out, const uint8_t secret[32]);

#ifdef __cplusplus
}
#endif

#endif

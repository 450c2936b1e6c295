/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the files of daa/ share: decoded forms, hashes to numbers and points, and the Schnorr proof
 * that all signatures of the scheme contain.  The public face is <xtt/daa.h>.
 */
#ifndef XTT_DAA_DAA_H
#define XTT_DAA_DAA_H

#include <xtt/daa.h>

#include "curve/pairing.h"

/* A signature without basename: no K, and K and L do not enter the hash. */
#define XTT_DAA_PLAIN_SIGNATURE_SIZE 356
/* Hash counters that are tried before a basename is given up. */
#define XTT_DAA_COUNTERS 232

/* R, S, T, W of a signature or A, B, C, D of a credential. */
struct daa_credential {
    struct g1 a, b, c, d;
};

struct xtt_daa_group {
    struct pairing_lines g2, x, y;
};

/* ---- encode.c */

/* Four points, 65 bytes each.  XTT_ERR_POINT. */
XTT_MUST xtt_err xtt_daa_credential_decode(struct daa_credential *o, const uint8_t in[static 260]);
/* XTT_ERR_POINT if one is infinity. */
XTT_MUST xtt_err xtt_daa_credential_encode(uint8_t out[static 260], struct daa_credential *cred);
/* x and y of an issuer secret, neither 0.  XTT_ERR_SCALAR. */
XTT_MUST xtt_err xtt_daa_secrets_decode(struct scalar *x, struct scalar *y,
                                        const uint8_t in[static 64]);
/* A secret number, 0 < k < r. */
XTT_MUST xtt_err xtt_daa_draw(struct xtt_rng *rng, struct scalar *k);

/* ---- revoke.c */

/* 1 if it was made for this basename, else 0. */
int xtt_daa_revoked_is_for(const struct xtt_daa_revoked *revoked, xtt_bytes basename);

/* ---- hash.c */

/* Hr: SHA-256 as a number modulo r. */
XTT_MUST xtt_err xtt_daa_hash(const xtt_bytes *parts, size_t n, struct scalar *out);
/* c = Hr( n || c1 ). */
XTT_MUST xtt_err xtt_daa_hash_nonce(const uint8_t n[static 32], const uint8_t c1[static 32],
                                    struct scalar *out);

/* The point of a basename and how a TPM is told to find it. */
struct daa_basepoint {
    struct g1 p2;
    uint8_t bytes[65];
    uint8_t s2[4 + XTT_DAA_BASENAME_MAX]; /* little-endian counter || basename */
    size_t s2_size;
};
/* XTT_ERR_BASENAME above 64 bytes; that an empty one is refused is the callers' rule. */
XTT_MUST xtt_err xtt_daa_hash_to_point(struct daa_basepoint *o, xtt_bytes basename);

/* ---- the proof that W = sk S (and K = sk P2): sign.c makes it, verify.c checks it */

struct daa_proof {
    uint8_t base[65], pub[65]; /* S and W */
    uint8_t c[32], s[32], n[32];
    uint8_t k[65]; /* with a basename */
};

/* Fills c, s, n (and k, unless basename is empty) for base and pub.  XTT_ERR_CREDENTIAL if pub does
 * not belong to the signer's key. */
XTT_MUST xtt_err xtt_daa_prove(struct daa_proof *proof, struct xtt_gsigner *g, xtt_bytes basename,
                               xtt_bytes msg);
/* XTT_ERR_GROUP_SIGNATURE if it does not hold. */
XTT_MUST xtt_err xtt_daa_check_proof(const struct daa_proof *proof, xtt_bytes basename,
                                     xtt_bytes msg);

/* What c1 is the hash of: e, and with a basename l and P2 and K. */
XTT_MUST xtt_err xtt_daa_hash_proof(const struct daa_proof *proof, const uint8_t e[static 65],
                                    const uint8_t l[static 65], const struct daa_basepoint *point,
                                    xtt_bytes basename, xtt_bytes msg, struct scalar *c1);

/* XTT_ERR_GROUP_SIGNATURE unless e(a,Y) = e(b,G2) and e(c,G2) = e(a+d,X). */
XTT_MUST xtt_err xtt_daa_check_pairings(const struct xtt_daa_group *group,
                                        const struct daa_credential *cred, struct xtt_rng *rng);

/* ---- signatures without a basename, which XTT itself never sends; sign.c and verify.c */

XTT_MUST xtt_err xtt_daa_sign_plain(struct xtt_gsigner *g, const uint8_t cred[static 260],
                                    xtt_bytes msg, struct xtt_rng *rng,
                                    uint8_t sig[static XTT_DAA_PLAIN_SIGNATURE_SIZE]);
XTT_MUST xtt_err xtt_daa_verify_plain(const struct xtt_daa_group *group, xtt_bytes msg,
                                      const uint8_t sig[static XTT_DAA_PLAIN_SIGNATURE_SIZE],
                                      struct xtt_rng *rng);

#endif

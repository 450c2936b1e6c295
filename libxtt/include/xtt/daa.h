/* SPDX-License-Identifier: Apache-2.0 */
/*
 * LRSW-DAA group signatures on FP256BN (TPM_ECC_BN_P256): issuer, member, verifier, revocation.
 * doc/protocol.md, "Group signatures"; after Brickell, Chen, Li 2009 and TCG TPM 2.0 Part 1, annex
 * C.  Bytes come in and bytes go out; points are 04 || x || y, numbers big-endian.
 *
 * Two members are unlinkable, and so are two signatures of one member under different basenames;
 * under one basename all signatures of a member carry the same pseudonym, on purpose.
 */
#ifndef XTT_DAA_H
#define XTT_DAA_H

#include <xtt/signer.h>

#ifdef __cplusplus
extern "C" {
#endif

#define XTT_DAA_SECRET_SIZE         32  /* a member's secret: 0 < sk < r */
#define XTT_DAA_POINT_SIZE          65  /* a member's Q, a pseudonym K */
#define XTT_DAA_ISSUER_SECRET_SIZE  64  /* x || y */
#define XTT_DAA_ISSUER_KEY_SIZE     354 /* gpk || c || sx || sy: with a proof that x, y are known */
#define XTT_DAA_GROUP_KEY_SIZE      258 /* gpk = X || Y */
#define XTT_DAA_MEMBER_KEY_SIZE     161 /* Q || c || s || n: with a proof that sk is known */
#define XTT_DAA_CREDENTIAL_SIZE     260 /* A || B || C || D */
#define XTT_DAA_CREDENTIAL_SIG_SIZE 64  /* c || s */
#define XTT_DAA_SIGNATURE_SIZE      421 /* c || s || R || S || T || W || n || K */
#define XTT_DAA_SIGNATURE_PSEUDONYM 356 /* offset of K in it, the member's pseudonym */
#define XTT_DAA_BASENAME_MAX        64
#define XTT_DAA_GID_SIZE            32

/* XTT_ERR_BASENAME unless it has 1 to 64 bytes and every implementation maps it to the same point:
 * one whose hash falls between r and p is refused (a TPM reduces modulo p there, not r).  Ask when
 * a group is made. */
XTT_API XTT_MUST xtt_err xtt_daa_basename_check(xtt_bytes basename);

/* ---- the issuer */

/* A fresh issuer key.  secret is the caller's to wipe. */
XTT_API XTT_MUST xtt_err xtt_daa_issuer_new(struct xtt_rng *rng,
                                            uint8_t secret[XTT_DAA_ISSUER_SECRET_SIZE],
                                            uint8_t pub[XTT_DAA_ISSUER_KEY_SIZE]);
/* The public key of an issuer secret that was made elsewhere, with a fresh proof.  XTT_ERR_SCALAR.
 */
XTT_API XTT_MUST xtt_err xtt_daa_issuer_public(const uint8_t secret[XTT_DAA_ISSUER_SECRET_SIZE],
                                               struct xtt_rng *rng,
                                               uint8_t pub[XTT_DAA_ISSUER_KEY_SIZE]);
/* Decodes an issuer public key and checks its proof.  XTT_ERR_POINT, XTT_ERR_SCALAR, or
 * XTT_ERR_GROUP if the proof is wrong. */
XTT_API XTT_MUST xtt_err xtt_daa_issuer_check(const uint8_t pub[XTT_DAA_ISSUER_KEY_SIZE]);
/* 1 if secret is the secret of gpk, else 0; also 0 if it is no issuer secret at all. */
XTT_API XTT_MUST int xtt_daa_issuer_matches(const uint8_t secret[XTT_DAA_ISSUER_SECRET_SIZE],
                                            const uint8_t gpk[XTT_DAA_GROUP_KEY_SIZE]);
/* A credential for the member with the public point q, and the proof that it is one.  The caller
 * has checked the member's own proof (xtt_daa_join_check).  XTT_ERR_POINT, XTT_ERR_SCALAR. */
XTT_API XTT_MUST xtt_err xtt_daa_issue(const uint8_t secret[XTT_DAA_ISSUER_SECRET_SIZE],
                                       const uint8_t q[XTT_DAA_POINT_SIZE], struct xtt_rng *rng,
                                       uint8_t cred[XTT_DAA_CREDENTIAL_SIZE],
                                       uint8_t sig[XTT_DAA_CREDENTIAL_SIG_SIZE]);

/* ---- the group public key */

/* A group public key, decoded and prepared for verification (about 33 KiB).  Never changes once
 * made: any number of threads may use it at once. */
struct xtt_daa_group;
/* XTT_ERR_POINT if X or Y is not a point of order r; XTT_ERR_NOMEM. */
XTT_API XTT_MUST xtt_err xtt_daa_group_new(struct xtt_daa_group **out,
                                           const uint8_t gpk[XTT_DAA_GROUP_KEY_SIZE]);
/* NULL is fine. */
XTT_API void xtt_daa_group_free(struct xtt_daa_group *group);
/* gid = SHA-256( gpk || basename ).  XTT_ERR_BASENAME for a basename of another length than 1..64.
 */
XTT_API XTT_MUST xtt_err xtt_daa_gid(const uint8_t gpk[XTT_DAA_GROUP_KEY_SIZE], xtt_bytes basename,
                                     uint8_t gid[XTT_DAA_GID_SIZE]);

/* ---- the member */

/* A fresh member secret for a key in memory; the caller wipes it. */
XTT_API XTT_MUST xtt_err xtt_daa_secret_new(struct xtt_rng *rng, uint8_t sk[XTT_DAA_SECRET_SIZE]);
/* A member key in memory that answers as a TPM does: for tests and development.  sk is copied; NULL
 * draws a fresh one.  rng is borrowed and outlives the signer (NULL: the system's).  XTT_ERR_SCALAR
 * if sk is 0 or not below r.  Free with ops->free. */
XTT_API XTT_MUST xtt_err xtt_daa_soft_new(struct xtt_gsigner **out,
                                          const uint8_t sk[XTT_DAA_SECRET_SIZE],
                                          struct xtt_rng *rng);
/* The member's public key with a proof over the station's nonce (any number of bytes).  The
 * signer's errors pass through. */
XTT_API XTT_MUST xtt_err xtt_daa_join(struct xtt_gsigner *g, xtt_bytes nonce,
                                      uint8_t pub[XTT_DAA_MEMBER_KEY_SIZE]);
/* Checks that proof.  XTT_ERR_JOIN_REFUSED. */
XTT_API XTT_MUST xtt_err xtt_daa_join_check(const uint8_t pub[XTT_DAA_MEMBER_KEY_SIZE],
                                            xtt_bytes nonce);
/* Checks a credential that was issued for q, before it is stored.  XTT_ERR_CREDENTIAL. */
XTT_API XTT_MUST xtt_err xtt_daa_credential_check(const struct xtt_daa_group *group,
                                                  const uint8_t q[XTT_DAA_POINT_SIZE],
                                                  const uint8_t cred[XTT_DAA_CREDENTIAL_SIZE],
                                                  const uint8_t sig[XTT_DAA_CREDENTIAL_SIG_SIZE]);

/* Signs msg as a member of the group under basename.  Begins again up to 10 times when the signer
 * lost the commitment, then XTT_ERR_TPM_BUSY.  The signature is checked against credential and
 * signer before it is released: XTT_ERR_CREDENTIAL if they do not fit.  The signer's errors pass
 * through. */
XTT_API XTT_MUST xtt_err xtt_daa_sign(struct xtt_gsigner *g,
                                      const uint8_t cred[XTT_DAA_CREDENTIAL_SIZE],
                                      xtt_bytes basename, xtt_bytes msg, struct xtt_rng *rng,
                                      uint8_t sig[XTT_DAA_SIGNATURE_SIZE]);

/* ---- the verifier */

/* What is revoked in one group, prepared for lookups that do not slow down with its size.  Never
 * changes once made: any number of threads may use it at once. */
struct xtt_daa_revoked;
/* secrets: n_secrets member secrets that came to light, 32 bytes each.  pseudonyms: n_pseudonyms
 * K's made under this basename, 65 bytes each.  All copied.  A secret is turned into its pseudonym
 * here (about 50 us each), which says the same of a valid signature as sk S = W. XTT_ERR_BASENAME,
 * XTT_ERR_SCALAR, XTT_ERR_POINT, XTT_ERR_NOMEM. */
XTT_API XTT_MUST xtt_err xtt_daa_revoked_new(struct xtt_daa_revoked **out, xtt_bytes basename,
                                             const uint8_t *secrets, size_t n_secrets,
                                             const uint8_t *pseudonyms, size_t n_pseudonyms);
/* 1 if the pseudonym is in it, else 0. */
XTT_API XTT_MUST int xtt_daa_revoked_has(const struct xtt_daa_revoked *revoked,
                                         const uint8_t pseudonym[XTT_DAA_POINT_SIZE]);
/* NULL is fine. */
XTT_API void xtt_daa_revoked_free(struct xtt_daa_revoked *revoked);

/* Verifies a signature, then looks it up in revoked (NULL: nothing is revoked).
 * XTT_ERR_GROUP_SIGNATURE for anything wrong with the bytes or the proof; XTT_ERR_REVOKED for a
 * good signature of a revoked member; XTT_ERR_BASENAME; XTT_ERR_ARGUMENT if revoked was made for
 * another basename.  rng makes the random factor that folds both pairing equations into one. */
XTT_API XTT_MUST xtt_err xtt_daa_verify(const struct xtt_daa_group *group, xtt_bytes basename,
                                        xtt_bytes msg, const uint8_t sig[XTT_DAA_SIGNATURE_SIZE],
                                        const struct xtt_daa_revoked *revoked, struct xtt_rng *rng);

#ifdef __cplusplus
}
#endif

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * LRSW-DAA group signatures on FP256BN: issuer, member, verifier.  doc/protocol.md, "Group
 * signatures".
 */
#ifndef XTT_DAA_H
#define XTT_DAA_H

#include <xtt/signer.h>

#ifdef __cplusplus
extern "C" {
#endif

/* A group public key prepared for verification. */
struct xtt_daa_group;
/* What is revoked in a group. */
struct xtt_daa_revoked;

#ifdef __cplusplus
}
#endif

#endif

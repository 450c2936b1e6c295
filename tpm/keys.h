/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Keys as both signers use them: a key file that fits its use, loaded under the SRK when first
 * needed.  Private to tpm/ and its tests.
 */
#ifndef XTT_TPM_KEYS_H
#define XTT_TPM_KEYS_H

#include "esys.h"
#include "keyfile.h"

struct xtt_tpm_key {
    struct xtt_tpm *tpm;
    struct xtt_tpm_object object; /* held by tpm from init to wipe */
    struct xtt_tpm_keyfile file;
};

/* Reads a key file, checks that it is of that kind, and holds it, not yet loaded. */
XTT_MUST xtt_err xtt_tpm_key_init(struct xtt_tpm_key *key, struct xtt_tpm *tpm,
                                  enum xtt_tpm_kind kind, xtt_bytes pem);
/* Flushes and lets go. */
void xtt_tpm_key_wipe(struct xtt_tpm_key *key);
/* Inside an operation: key->object.tr is loaded from here on. */
XTT_MUST xtt_err xtt_tpm_key_load(struct xtt_tpm_key *key);
/* The public point, 04 || x || y; XTT_ERR_FORMAT if a coordinate is too long. */
XTT_MUST xtt_err xtt_tpm_key_point(const struct xtt_tpm_key *key, uint8_t point[static 65]);

/* A number of the TPM, right aligned into 32 bytes.  XTT_ERR_TPM if it is longer. */
XTT_MUST xtt_err xtt_tpm_number(uint8_t out[static 32], const TPM2B_ECC_PARAMETER *in);
/* A point of the TPM as 04 || x || y. */
XTT_MUST xtt_err xtt_tpm_point(uint8_t out[static 65], const TPMS_ECC_POINT *in);

/* Inside an operation: whether a list that the TPM keeps (curves, algorithms, commands) has value.
 */
XTT_MUST xtt_err xtt_tpm_has(struct xtt_tpm *tpm, TPM2_CAP list, UINT32 value, int *has);
/* Inside an operation: whether the TPM has all that a kind of keys needs; if not, *missing names
 * what it lacks, else it is NULL. */
XTT_MUST xtt_err xtt_tpm_missing(struct xtt_tpm *tpm, enum xtt_tpm_kind kind, const char **missing);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Key files: "TSS2 PRIVATE KEY" as text to and from the two halves of a key.  Private to tpm/ and
 * its tests; opens no file.
 */
#ifndef XTT_TPM_KEYFILE_H
#define XTT_TPM_KEYFILE_H

#include "tpm.h"

#include <tss2/tss2_tpm2_types.h>

struct xtt_tpm_keyfile {
    TPM2B_PUBLIC public;
    TPM2B_PRIVATE private; /* wrapped; of use to its own TPM alone */
    uint8_t name[XTT_TPM_NAME_SIZE];
};

/* Reads a key file.  Strict: one PEM block of that name without headers, canonical DER, emptyAuth
 * TRUE, parent 0x81000001 or 0x40000001, both halves whole, nameAlg SHA-256, nothing after.
 * XTT_ERR_FORMAT, and *words says which of these does not hold. */
XTT_MUST xtt_err xtt_tpm_keyfile_read(struct xtt_tpm_keyfile *out, xtt_bytes pem,
                                      const char **words);

/* Writes a key file with parent 0x81000001; name is not looked at. */
XTT_MUST xtt_err xtt_tpm_keyfile_write(char pem[XTT_TPM_PEM_SIZE],
                                       const struct xtt_tpm_keyfile *file);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A TPM for a test case: swtpm runs for the whole case, and every test looks at it over a
 * connection of its own to see what is loaded, persistent or in NV.
 */
#ifndef TEST_SUPPORT_TPM_H
#define TEST_SUPPORT_TPM_H

#include "test/support/swtpm.h"
#include "tpm/esys.h"

#include <check.h>
#include <string.h>
#include <tss2/tss2_tctildr.h>

static struct swtpm *the_swtpm;

/* An unchecked fixture: one TPM for all tests of a case. */
static inline void tpm_start(void)
{
    the_swtpm = swtpm_start();
}

static inline void tpm_stop(void)
{
    swtpm_stop(the_swtpm);
    the_swtpm = NULL;
}

/* A connection to it as the toolkit makes it. */
static inline struct xtt_tpm *tpm_new(void)
{
    struct xtt_tpm *tpm;

    ck_assert_int_eq(xtt_tpm_new(&tpm, swtpm_tcti(the_swtpm), XTT_TPM_SIMULATOR), XTT_OK);
    return tpm;
}

/* The handles of a kind that the TPM has now, asked over a connection of our own. */
static inline TPML_HANDLE tpm_handles(TPM2_HANDLE first)
{
    TSS2_TCTI_CONTEXT *io = NULL;
    ESYS_CONTEXT *esys = NULL;
    TPMS_CAPABILITY_DATA *cap = NULL;
    TPMI_YES_NO more;
    TPML_HANDLE handles;

    ck_assert_uint_eq(Tss2_TctiLdr_Initialize(swtpm_tcti(the_swtpm), &io), 0);
    ck_assert_uint_eq(Esys_Initialize(&esys, io, NULL), 0);
    ck_assert_uint_eq(Esys_GetCapability(esys, ESYS_TR_NONE, ESYS_TR_NONE, ESYS_TR_NONE,
                                         TPM2_CAP_HANDLES, first, TPM2_MAX_CAP_HANDLES, &more,
                                         &cap),
                      0);
    handles = cap->data.handles;
    Esys_Free(cap);
    Esys_Finalize(&esys);
    Tss2_TctiLdr_Finalize(&io);
    return handles;
}

static inline unsigned tpm_count(TPM2_HANDLE first)
{
    return tpm_handles(first).count;
}

/* Nothing is loaded, no session is open, NV is empty, and at most the SRK is persistent. */
static inline void tpm_assert_clean(void)
{
    ck_assert_uint_eq(tpm_count(TPM2_TRANSIENT_FIRST), 0);
    ck_assert_uint_eq(tpm_count(TPM2_LOADED_SESSION_FIRST), 0);
    ck_assert_uint_eq(tpm_count(TPM2_ACTIVE_SESSION_FIRST), 0);
    ck_assert_uint_eq(tpm_count(TPM2_NV_INDEX_FIRST), 0);
    ck_assert_uint_le(tpm_count(TPM2_PERSISTENT_FIRST), 1);
}

static inline xtt_bytes tpm_pem(const char *pem)
{
    return (xtt_bytes){(const uint8_t *)pem, strlen(pem)};
}

#endif

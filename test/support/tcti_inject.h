/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A TCTI around a real one that answers chosen commands with a chosen response code, or loses the
 * answer to a command that the TPM has carried out.  For struct xtt_tpm's io_open and io_close.
 */
#ifndef XTT_TEST_TCTI_INJECT_H
#define XTT_TEST_TCTI_INJECT_H

#include <tss2/tss2_tcti.h>
#include <tss2/tss2_tpm2_types.h>

struct inject {
    TPM2_CC command; /* 0: any */
    TSS2_RC rc;  /* of the TCTI's or ESYS's layer: what transmitting fails with; else: what the TPM
                    seems to answer */
    int is_lost; /* let the TPM do it, and fail with rc instead of handing out the answer */
    unsigned skip;  /* let so many pass first */
    unsigned times; /* then do it so often */
    unsigned hits;  /* how often it was done */
};

/* What to do from now on; all zero: nothing. */
extern struct inject inject_plan;

/* What the TPM seems not to have: TPM2_GetCapability for it finds an empty list.  value 0: it has
 * everything. */
extern struct inject_lack {
    TPM2_CAP list;
    UINT32 value;
} inject_lack;

TSS2_RC inject_open(const char *tcti, TSS2_TCTI_CONTEXT **io);
void inject_close(TSS2_TCTI_CONTEXT **io);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The faulty TCTI.  It keeps to the interface of the TSS 2.0 TCTI specification, version 2 of the
 * common context, and forwards whatever it does not spoil.
 */
#include "test/support/tcti_inject.h"

#include <stdlib.h>
#include <string.h>
#include <tss2/tss2_tctildr.h>

#define HEADER     10
#define EMPTY_LIST (HEADER + 1 + 4 + 4) /* moreData, the list's kind, its length */

struct faulty {
    TSS2_TCTI_CONTEXT_COMMON_V2 common;
    TSS2_TCTI_CONTEXT *inner;
    int has_answer; /* canned, instead of the TPM's */
    int loses;      /* the answer that comes next */
    uint8_t answer[EMPTY_LIST];
    size_t answer_size;
};

struct inject inject_plan;
struct inject_lack inject_lack;

static uint32_t be32(const uint8_t *p)
{
    return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

static int is_hit(size_t size, const uint8_t *command)
{
    struct inject *plan = &inject_plan;

    if (plan->times == 0 || size < HEADER ||
        (plan->command != 0 && plan->command != be32(command + 6)))
        return 0;
    if (plan->skip > 0) {
        plan->skip--;
        return 0;
    }
    plan->times--;
    plan->hits++;
    return 1;
}

/* A response of TPM_ST_NO_SESSIONS with a code; what follows the header stays zero. */
static void set_answer(struct faulty *f, size_t size, TSS2_RC rc)
{
    const uint8_t header[HEADER] = {0x80,
                                    0x01,
                                    0,
                                    0,
                                    0,
                                    (uint8_t)size,
                                    (uint8_t)(rc >> 24),
                                    (uint8_t)(rc >> 16),
                                    (uint8_t)(rc >> 8),
                                    (uint8_t)rc};

    memset(f->answer, 0, sizeof f->answer);
    memcpy(f->answer, header, sizeof header);
    f->answer_size = size;
    f->has_answer = 1;
}

/* TPM2_GetCapability for what is lacking: header, list, first value, count. */
static int asks_for_lack(size_t size, const uint8_t *command)
{
    return inject_lack.value != 0 && size == HEADER + 12 &&
           be32(command + 6) == TPM2_CC_GetCapability &&
           be32(command + HEADER) == inject_lack.list &&
           be32(command + HEADER + 4) == inject_lack.value;
}

static int is_local(TSS2_RC rc)
{
    const TSS2_RC layer = rc & TSS2_RC_LAYER_MASK;

    return layer == TSS2_TCTI_RC_LAYER || layer == TSS2_ESAPI_RC_LAYER;
}

static TSS2_RC transmit(TSS2_TCTI_CONTEXT *io, size_t size, const uint8_t *command)
{
    struct faulty *f = (struct faulty *)io;

    if (asks_for_lack(size, command)) {
        set_answer(f, EMPTY_LIST, TSS2_RC_SUCCESS);
        memcpy(f->answer + HEADER + 1, command + HEADER, 4);
        return TSS2_RC_SUCCESS;
    }
    if (!is_hit(size, command))
        return Tss2_Tcti_Transmit(f->inner, size, command);
    if (inject_plan.is_lost) {
        f->loses = 1;
        return Tss2_Tcti_Transmit(f->inner, size, command);
    }
    if (is_local(inject_plan.rc))
        return inject_plan.rc;
    set_answer(f, HEADER, inject_plan.rc);
    return TSS2_RC_SUCCESS;
}

static TSS2_RC receive(TSS2_TCTI_CONTEXT *io, size_t *size, uint8_t *answer, int32_t timeout)
{
    struct faulty *f = (struct faulty *)io;
    uint8_t lost[4096];
    size_t n = sizeof lost;

    if (f->loses) {
        f->loses = 0;
        (void)Tss2_Tcti_Receive(f->inner, &n, lost, timeout);
        return inject_plan.rc;
    }
    if (!f->has_answer)
        return Tss2_Tcti_Receive(f->inner, size, answer, timeout);
    if (answer != NULL) {
        if (*size < f->answer_size)
            return TSS2_TCTI_RC_INSUFFICIENT_BUFFER;
        memcpy(answer, f->answer, f->answer_size);
        f->has_answer = 0;
    }
    *size = f->answer_size;
    return TSS2_RC_SUCCESS;
}

static TSS2_RC cancel(TSS2_TCTI_CONTEXT *io)
{
    return Tss2_Tcti_Cancel(((struct faulty *)io)->inner);
}

static TSS2_RC get_poll_handles(TSS2_TCTI_CONTEXT *io, TSS2_TCTI_POLL_HANDLE *handles, size_t *n)
{
    return Tss2_Tcti_GetPollHandles(((struct faulty *)io)->inner, handles, n);
}

static TSS2_RC set_locality(TSS2_TCTI_CONTEXT *io, uint8_t locality)
{
    return Tss2_Tcti_SetLocality(((struct faulty *)io)->inner, locality);
}

static TSS2_RC make_sticky(TSS2_TCTI_CONTEXT *io, TPM2_HANDLE *handle, uint8_t sticky)
{
    return Tss2_Tcti_MakeSticky(((struct faulty *)io)->inner, handle, sticky);
}

TSS2_RC inject_open(const char *tcti, TSS2_TCTI_CONTEXT **io)
{
    struct faulty *f = calloc(1, sizeof *f);
    TSS2_RC rc;

    if (f == NULL)
        return TSS2_TCTI_RC_MEMORY;
    if ((rc = Tss2_TctiLdr_Initialize(tcti, &f->inner)) != TSS2_RC_SUCCESS) {
        free(f);
        return rc;
    }
    f->common.v1 = (TSS2_TCTI_CONTEXT_COMMON_V1){.magic = 0x78747466,
                                                 .version = 2,
                                                 .transmit = transmit,
                                                 .receive = receive,
                                                 .cancel = cancel,
                                                 .getPollHandles = get_poll_handles,
                                                 .setLocality = set_locality};
    f->common.makeSticky = make_sticky;
    *io = (TSS2_TCTI_CONTEXT *)f;
    return TSS2_RC_SUCCESS;
}

void inject_close(TSS2_TCTI_CONTEXT **io)
{
    struct faulty *f = (struct faulty *)*io;

    Tss2_TctiLdr_Finalize(&f->inner);
    free(f);
    *io = NULL;
}

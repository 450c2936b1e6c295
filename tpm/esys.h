/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The folder's own view of a TPM: the ESYS context, the objects of ours that may be loaded, and the
 * runner that turns response codes into retries or errors.  Private to tpm/ and its tests.
 */
#ifndef XTT_TPM_ESYS_H
#define XTT_TPM_ESYS_H

#include "tpm.h"

#include <pthread.h>
#include <tss2/tss2_esys.h>

#define XTT_TPM_ORPHANS 8
#define XTT_TPM_SRK     ((TPM2_HANDLE)0x81000001)

/* What to do about a response code. */
enum xtt_tpm_action {
    XTT_TPM_SURFACE, /* tell the caller */
    XTT_TPM_BACKOFF, /* wait and repeat, then tell */
    XTT_TPM_RECLAIM, /* flush everything of ours, then as BACKOFF */
    XTT_TPM_RELOAD,  /* drop all handles and repeat once */
    XTT_TPM_REBUILD  /* make a new connection and repeat once */
};

/* One response code: tpm/esys.c has the table. */
struct xtt_tpm_row {
    TSS2_RC rc;
    int any; /* for any parameter, handle or session number */
    xtt_err err;
    enum xtt_tpm_action action;
    const char *words;
};

/* Something of ours that may be loaded.  In the list of its TPM from hold to release. */
struct xtt_tpm_object {
    uint8_t name[XTT_TPM_NAME_SIZE];
    ESYS_TR tr; /* ESYS_TR_NONE: not loaded */
    struct xtt_tpm_object *next;
};

struct xtt_tpm {
    char *tcti;
    unsigned flags;
    pthread_mutex_t lock;
    TSS2_TCTI_CONTEXT *io;
    ESYS_CONTEXT *esys; /* NULL: not connected */
    struct xtt_tpm_object *objects;
    struct xtt_tpm_object srk; /* its Name, once known; loaded only while it is being made */
    int has_srk;               /* srk.name is set */
    int is_pinned;             /* and will not change any more */
    /* Names of released objects that would not go; the oldest gives way. */
    uint8_t orphans[XTT_TPM_ORPHANS][XTT_TPM_NAME_SIZE];
    unsigned n_orphans;
    int is_dirty;                     /* objects of ours may be loaded that no handle stands for */
    const struct xtt_tpm_row *failed; /* the row of the first failure of the attempt */
    char why[768];
    /* What reaches outside; the tests put their own here. */
    TSS2_RC (*io_open)(const char *tcti, TSS2_TCTI_CONTEXT **io);
    void (*io_close)(TSS2_TCTI_CONTEXT **io);
    void (*pause)(unsigned ms);
};

/* One operation: ESYS commands that may be repeated as a whole. */
typedef xtt_err (*xtt_tpm_op)(struct xtt_tpm *tpm, void *arg);

/* Takes or gives back the lock.  XTT_ERR_ARGUMENT: this thread has it. */
XTT_MUST xtt_err xtt_tpm_lock(struct xtt_tpm *tpm);
void xtt_tpm_unlock(struct xtt_tpm *tpm);
/* Connects if need be and runs op, again as often as the table says.  The lock is held. */
XTT_MUST xtt_err xtt_tpm_attempt(struct xtt_tpm *tpm, xtt_tpm_op op, void *arg);
/* The same between lock and unlock. */
XTT_MUST xtt_err xtt_tpm_run(struct xtt_tpm *tpm, xtt_tpm_op op, void *arg);

/* Inside op: what a response code means.  The first failure is remembered for the runner and for
 * xtt_tpm_why. */
XTT_MUST xtt_err xtt_tpm_check(struct xtt_tpm *tpm, const char *function, TSS2_RC rc);
/* Words for a failure that no response code stands for; answers err.  The first words stay. */
xtt_err xtt_tpm_say(struct xtt_tpm *tpm, xtt_err err, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* The code without the resource manager's mark, which only says who passed it on. */
TSS2_RC xtt_tpm_code(TSS2_RC rc);
/* The row of a code; never NULL. */
const struct xtt_tpm_row *xtt_tpm_row(TSS2_RC rc);

/* Puts an object into its TPM's list, not loaded; takes it out again, flushed.  hold wants the lock
 * held, release takes it (or uses it, when this thread has it) and leaves the words alone. */
void xtt_tpm_hold(struct xtt_tpm *tpm, struct xtt_tpm_object *object);
void xtt_tpm_release(struct xtt_tpm *tpm, struct xtt_tpm_object *object);
/* Inside op: flushes what is loaded; if that fails, remembers to do it later. */
void xtt_tpm_flush(struct xtt_tpm *tpm, ESYS_TR *tr);

/* Refuses a TCTI string that must not be used, and a device that cannot be opened, in words. */
XTT_MUST xtt_err xtt_tpm_tcti_check(struct xtt_tpm *tpm);

#endif

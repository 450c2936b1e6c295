/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The connection to a TPM: what every response code means, as one table, and the runner that
 * repeats an operation as the table says.  Knows no key and no template.
 */
#include "esys.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <tss2/tss2_rc.h>
#include <tss2/tss2_tctildr.h>

/* TPM 2.0 Part 2, "TPM_RC"; a code of format one is written with the number it is usually seen
 * with, and any says that the number does not matter.  The first row that fits counts. */
static const struct xtt_tpm_row rows[] = {
    /* sessions, policies, signatures */
    {0x128, 0, XTT_ERR_TPM, XTT_TPM_RELOAD, "PCRs changed while a policy was being satisfied"},
    {0x99D, 1, XTT_ERR_TPM_AUTH, XTT_TPM_SURFACE,
     "the policy is not satisfied: the platform changed, or a new signed policy is needed"},
    {0x1C4, 0, XTT_ERR_TPM_AUTH, XTT_TPM_SURFACE,
     "the TPM refused a value; for a policy: it is stale or was never approved"},
    {0x2DB, 1, XTT_ERR_TPM_AUTH, XTT_TPM_SURFACE, "the TPM rejected a signature"},
    {0x98E, 1, XTT_ERR_TPM_AUTH, XTT_TPM_SURFACE,
     "wrong password; it counts towards the lockout and is not tried again. If the owner hierarchy "
     "has a password, let an administrator persist an SRK at 0x81000001"},
    {0x9A2, 1, XTT_ERR_TPM_AUTH, XTT_TPM_SURFACE,
     "wrong password, or not the object that was expected. If the owner hierarchy has a password, "
     "let an administrator persist an SRK at 0x81000001"},
    {0x921, 0, XTT_ERR_TPM_LOCKOUT, XTT_TPM_SURFACE,
     "the TPM is in dictionary-attack lockout; wait, or have it reset by who knows the lockout "
     "password"},
    {0x12F, 0, XTT_ERR_TPM_AUTH, XTT_TPM_SURFACE,
     "the key cannot be used with a password: it wants a policy, or has no private part"},
    /* handles that are gone: the TPM was reset, or a resource manager evicted them */
    {0x910, 0, XTT_ERR_TPM, XTT_TPM_RELOAD, "the loaded object is gone; was the TPM reset?"},
    {0x918, 0, XTT_ERR_TPM, XTT_TPM_RELOAD, "the session is gone; was the TPM reset?"},
    {0x1CB, 0, XTT_ERR_TPM, XTT_TPM_RELOAD, "the handle is gone; was the TPM reset?"},
    {0x084, 0, XTT_ERR_TPM, XTT_TPM_RELOAD,
     "the commitment is gone: the TPM was reset, or another program used it up"},
    /* memory */
    {0x901, 0, XTT_ERR_TPM_BUSY, XTT_TPM_RECLAIM,
     "the TPM's saved contexts are too far apart; end the programs that hold sessions"},
    {0x902, 0, XTT_ERR_TPM_BUSY, XTT_TPM_RECLAIM,
     "no room for another object: a program left some loaded; use device:/dev/tpmrm0, or flush "
     "them (tpm2_flushcontext -t)"},
    {0x903, 0, XTT_ERR_TPM_BUSY, XTT_TPM_RECLAIM,
     "no room for another session: a program left some open; use device:/dev/tpmrm0, or flush them "
     "(tpm2_flushcontext -l)"},
    {0x904, 0, XTT_ERR_TPM_BUSY, XTT_TPM_RECLAIM, "the TPM is out of memory"},
    {0x905, 0, XTT_ERR_TPM_BUSY, XTT_TPM_RECLAIM,
     "no session handle is left: a program left sessions open (tpm2_flushcontext -l)"},
    /* busy: ESYS has submitted the first three five times already */
    {0x922, 0, XTT_ERR_TPM_BUSY, XTT_TPM_BACKOFF, "the TPM is busy; try again"},
    {0x908, 0, XTT_ERR_TPM_BUSY, XTT_TPM_BACKOFF, "the TPM yielded; try again"},
    {0x90A, 0, XTT_ERR_TPM_BUSY, XTT_TPM_BACKOFF, "the TPM is testing itself; try again"},
    {0x920, 0, XTT_ERR_TPM_BUSY, XTT_TPM_BACKOFF,
     "the TPM limits how often NV is written; try later"},
    {0x923, 0, XTT_ERR_TPM_BUSY, XTT_TPM_BACKOFF,
     "the TPM cannot reach its NV memory now; try later"},
    {0x909, 0, XTT_ERR_TPM_BUSY, XTT_TPM_BACKOFF,
     "the command was cancelled by somebody; try again"},
    {0x907, 0, XTT_ERR_TPM, XTT_TPM_SURFACE, "the command is not allowed from this locality"},
    /* the platform */
    {0x100, 0, XTT_ERR_TPM, XTT_TPM_SURFACE,
     "the TPM was never started; firmware or boot loader must send TPM2_Startup"},
    {0x101, 0, XTT_ERR_TPM, XTT_TPM_SURFACE,
     "the TPM is in failure mode; power the machine off and on, and replace the TPM if it stays"},
    /* keys */
    {0x1DF, 1, XTT_ERR_TPM_KEY, XTT_TPM_SURFACE,
     "the key was made in another TPM or before this one was cleared, or its file is damaged; "
     "enrol again"},
    {0x18B, 1, XTT_ERR_TPM_KEY, XTT_TPM_SURFACE,
     "nothing is at this handle: the TPM is not provisioned, or was cleared; enrol again"},
    /* NV */
    {0x14C, 0, XTT_ERR_TPM, XTT_TPM_RELOAD, "the handle is taken already"},
    {0x14A, 0, XTT_ERR_TPM, XTT_TPM_SURFACE, "the NV index was never written"},
    {0x14B, 0, XTT_ERR_TPM, XTT_TPM_SURFACE,
     "the TPM's NV memory is full; remove persistent objects or indices that nobody needs"},
    {0x148, 0, XTT_ERR_TPM, XTT_TPM_SURFACE, "the NV index is locked"},
    {0x149, 0, XTT_ERR_TPM_AUTH, XTT_TPM_SURFACE, "the NV index may not be used this way"},
    {0x146, 0, XTT_ERR_TPM, XTT_TPM_SURFACE, "the NV index is smaller than that"},
    /* what the TPM cannot do */
    {0x143, 0, XTT_ERR_TPM_UNSUPPORTED, XTT_TPM_SURFACE, "the TPM does not know this command"},
    {0x2E6, 1, XTT_ERR_TPM_UNSUPPORTED, XTT_TPM_SURFACE, "the TPM does not know this curve"},
    {0x2D2, 1, XTT_ERR_TPM_UNSUPPORTED, XTT_TPM_SURFACE, "the TPM does not know this scheme"},
    /* a context whose command was interrupted answers nothing but this */
    {0x70007, 0, XTT_ERR_TPM_UNREACHABLE, XTT_TPM_REBUILD,
     "the connection to the TPM is in disorder; try again"},
};

/* Every code of the TCTI's layer. */
static const struct xtt_tpm_row tcti_row = {
    TSS2_TCTI_RC_LAYER, 0, XTT_ERR_TPM_UNREACHABLE, XTT_TPM_REBUILD,
    "the connection to the TPM failed; check the TCTI string and what is behind it"};

static const struct xtt_tpm_row other_row = {0, 0, XTT_ERR_TPM, XTT_TPM_SURFACE,
                                             "the TPM refused the command"};

/* How long to wait before each repetition, in ms. */
static const unsigned pauses[] = {10, 20, 50, 100, 200, 400, 800};
#define PAUSES (sizeof pauses / sizeof pauses[0])

static void pause_ms(unsigned ms)
{
    struct timespec t = {ms / 1000, (long)(ms % 1000) * 1000000};

    while (nanosleep(&t, &t) != 0 && errno == EINTR)
        ;
}

static TSS2_RC io_open(const char *tcti, TSS2_TCTI_CONTEXT **io)
{
    return Tss2_TctiLdr_Initialize(tcti, io);
}

xtt_err xtt_tpm_new(struct xtt_tpm **out, const char *tcti, unsigned flags)
{
    pthread_mutexattr_t attr;
    struct xtt_tpm *tpm = calloc(1, sizeof *tpm);

    if (tpm == NULL || (tcti != NULL && (tpm->tcti = strdup(tcti)) == NULL))
        goto nomem;
    if (pthread_mutexattr_init(&attr) != 0)
        goto nomem;
    pthread_mutexattr_settype(&attr, PTHREAD_MUTEX_ERRORCHECK);
    pthread_mutex_init(&tpm->lock, &attr);
    pthread_mutexattr_destroy(&attr);
    tpm->flags = flags;
    tpm->srk.tr = ESYS_TR_NONE;
    tpm->io_open = io_open;
    tpm->io_close = Tss2_TctiLdr_Finalize;
    tpm->pause = pause_ms;
    /* Failing only means that the TSS library talks on stderr. */
    setenv("TSS2_LOG", "all+none", 0);
    *out = tpm;
    return XTT_OK;
nomem:
    if (tpm != NULL)
        free(tpm->tcti);
    free(tpm);
    return XTT_ERR_NOMEM;
}

const char *xtt_tpm_why(const struct xtt_tpm *tpm)
{
    return tpm->why;
}

xtt_err xtt_tpm_say(struct xtt_tpm *tpm, xtt_err err, const char *format, ...)
{
    va_list args;

    if (tpm->why[0] != '\0')
        return err;
    va_start(args, format);
    vsnprintf(tpm->why, sizeof tpm->why, format, args);
    va_end(args);
    return err;
}

TSS2_RC xtt_tpm_code(TSS2_RC rc)
{
    const TSS2_RC layer = rc & TSS2_RC_LAYER_MASK;

    return layer == TSS2_RESMGR_RC_LAYER || layer == TSS2_RESMGR_TPM_RC_LAYER ? rc & 0xFFFF : rc;
}

/* A format-one code without the number of parameter, handle or session. */
static TSS2_RC without_number(TSS2_RC rc)
{
    return (rc & TPM2_RC_FMT1) != 0 && rc <= 0xFFF ? rc & (TPM2_RC_FMT1 | 0x03F) : rc;
}

const struct xtt_tpm_row *xtt_tpm_row(TSS2_RC rc)
{
    const TSS2_RC code = xtt_tpm_code(rc);

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        if (rows[i].rc == code ||
            (rows[i].any && without_number(rows[i].rc) == without_number(code)))
            return &rows[i];
    return (code & TSS2_RC_LAYER_MASK) == TSS2_TCTI_RC_LAYER ? &tcti_row : &other_row;
}

xtt_err xtt_tpm_check(struct xtt_tpm *tpm, const char *function, TSS2_RC rc)
{
    const struct xtt_tpm_row *row;

    if (rc == TSS2_RC_SUCCESS)
        return XTT_OK;
    row = xtt_tpm_row(rc);
    if (tpm->failed == NULL) {
        tpm->failed = row;
        xtt_tpm_say(tpm, row->err, "%s: 0x%08X (%s): %s", function, (unsigned)rc,
                    Tss2_RC_Decode(rc), row->words);
    }
    return row->err;
}

xtt_err xtt_tpm_lock(struct xtt_tpm *tpm)
{
    return pthread_mutex_lock(&tpm->lock) == 0 ? XTT_OK : XTT_ERR_ARGUMENT;
}

void xtt_tpm_unlock(struct xtt_tpm *tpm)
{
    pthread_mutex_unlock(&tpm->lock);
}

/* Forgets all handles, whether the TPM still has the objects or not. */
static void drop_handles(struct xtt_tpm *tpm)
{
    for (struct xtt_tpm_object *o = tpm->objects; o != NULL; o = o->next)
        if (o->tr != ESYS_TR_NONE) {
            Esys_TR_Close(tpm->esys, &o->tr);
            o->tr = ESYS_TR_NONE;
            tpm->is_dirty = 1;
        }
}

static void disconnect(struct xtt_tpm *tpm)
{
    if (tpm->esys != NULL) {
        drop_handles(tpm);
        Esys_Finalize(&tpm->esys);
        tpm->is_dirty = 1; /* a lost answer may have named an object that is loaded now */
    }
    if (tpm->io != NULL)
        tpm->io_close(&tpm->io);
}

static xtt_err connect_tpm(struct xtt_tpm *tpm)
{
    xtt_err err;

    if (tpm->esys != NULL)
        return XTT_OK;
    if ((err = xtt_tpm_tcti_check(tpm)) != XTT_OK)
        return err;
    if ((err = xtt_tpm_check(tpm, "Tss2_TctiLdr_Initialize", tpm->io_open(tpm->tcti, &tpm->io))) !=
        XTT_OK)
        return err;
    if ((err = xtt_tpm_check(tpm, "Esys_Initialize", Esys_Initialize(&tpm->esys, tpm->io, NULL))) !=
        XTT_OK)
        disconnect(tpm);
    return err;
}

/* Whether a Name is that of something we load or have loaded. */
static int is_ours(const struct xtt_tpm *tpm, const TPM2B_NAME *name)
{
    if (name->size != XTT_TPM_NAME_SIZE)
        return 0;
    if (tpm->has_srk && memcmp(tpm->srk.name, name->name, XTT_TPM_NAME_SIZE) == 0)
        return 1;
    for (const struct xtt_tpm_object *o = tpm->objects; o != NULL; o = o->next)
        if (memcmp(o->name, name->name, XTT_TPM_NAME_SIZE) == 0)
            return 1;
    for (unsigned i = 0; i < XTT_TPM_ORPHANS && i < tpm->n_orphans; i++)
        if (memcmp(tpm->orphans[i], name->name, XTT_TPM_NAME_SIZE) == 0)
            return 1;
    return 0;
}

/* Flushes the object at a handle if it is ours.  Handles are reused and may be another program's,
 * so the Name decides. */
static TSS2_RC flush_if_ours(struct xtt_tpm *tpm, TPM2_HANDLE handle)
{
    TPM2B_NAME *name = NULL;
    ESYS_TR tr = ESYS_TR_NONE;
    TSS2_RC rc =
        Esys_TR_FromTPMPublic(tpm->esys, handle, ESYS_TR_NONE, ESYS_TR_NONE, ESYS_TR_NONE, &tr);

    if (rc != TSS2_RC_SUCCESS)
        return rc;
    rc = Esys_TR_GetName(tpm->esys, tr, &name);
    if (rc == TSS2_RC_SUCCESS && is_ours(tpm, name)) {
        rc = Esys_FlushContext(tpm->esys, tr);
        if (rc == TSS2_RC_SUCCESS)
            tr = ESYS_TR_NONE;
    }
    if (tr != ESYS_TR_NONE)
        Esys_TR_Close(tpm->esys, &tr);
    Esys_Free(name);
    return rc;
}

/* Whether one of our objects is known to be at a handle. */
static int is_in_use(const struct xtt_tpm *tpm, TPM2_HANDLE handle)
{
    TPM2_HANDLE h;

    for (const struct xtt_tpm_object *o = tpm->objects; o != NULL; o = o->next)
        if (o->tr != ESYS_TR_NONE && Esys_TR_GetTpmHandle(tpm->esys, o->tr, &h) == 0 && h == handle)
            return 1;
    return 0;
}

/* Flushes all loaded objects that are ours and that no handle stands for, also those that a killed
 * process left.  is_dirty stays set if anything went wrong. */
static xtt_err reclaim(struct xtt_tpm *tpm, void *arg)
{
    TPMS_CAPABILITY_DATA *cap = NULL;
    TPMI_YES_NO more;
    TSS2_RC rc =
        Esys_GetCapability(tpm->esys, ESYS_TR_NONE, ESYS_TR_NONE, ESYS_TR_NONE, TPM2_CAP_HANDLES,
                           TPM2_TRANSIENT_FIRST, TPM2_MAX_CAP_HANDLES, &more, &cap);

    (void)arg;
    for (UINT32 i = 0; rc == TSS2_RC_SUCCESS && i < cap->data.handles.count; i++)
        if (!is_in_use(tpm, cap->data.handles.handle[i]))
            rc = flush_if_ours(tpm, cap->data.handles.handle[i]);
    Esys_Free(cap);
    tpm->is_dirty = rc != TSS2_RC_SUCCESS;
    return xtt_tpm_check(tpm, "cleaning up", rc);
}

/* How often an operation has been repeated, and why. */
struct tries {
    unsigned waits, reloads, rebuilds;
};

/* Does what the row of the failure says; 1: repeat the operation. */
static int recover(struct xtt_tpm *tpm, struct tries *tries)
{
    switch (tpm->failed->action) {
    case XTT_TPM_RECLAIM:
    case XTT_TPM_BACKOFF:
        if (tries->waits == PAUSES)
            return 0;
        tpm->pause(pauses[tries->waits++]);
        if (tpm->failed->action == XTT_TPM_RECLAIM) {
            drop_handles(tpm);
            (void)reclaim(tpm, NULL);
        }
        return 1;
    case XTT_TPM_RELOAD:
        drop_handles(tpm);
        return tries->reloads++ == 0;
    case XTT_TPM_REBUILD:
        disconnect(tpm);
        return tries->rebuilds++ == 0;
    case XTT_TPM_SURFACE:
        break;
    }
    return 0;
}

/* In a lockout the operator wants to know how long. */
static void add_recovery_time(struct xtt_tpm *tpm)
{
    TPMS_CAPABILITY_DATA *cap = NULL;
    TPMI_YES_NO more;
    const size_t n = strlen(tpm->why);

    if (Esys_GetCapability(tpm->esys, ESYS_TR_NONE, ESYS_TR_NONE, ESYS_TR_NONE,
                           TPM2_CAP_TPM_PROPERTIES, TPM2_PT_LOCKOUT_INTERVAL, 1, &more,
                           &cap) == TSS2_RC_SUCCESS &&
        cap->data.tpmProperties.count == 1)
        snprintf(tpm->why + n, sizeof tpm->why - n, " (one try is given back every %u s)",
                 (unsigned)cap->data.tpmProperties.tpmProperty[0].value);
    Esys_Free(cap);
}

static xtt_err repeat(struct xtt_tpm *tpm, xtt_tpm_op op, void *arg)
{
    struct tries tries = {0, 0, 0};
    xtt_err err;

    do {
        tpm->failed = NULL;
        tpm->why[0] = '\0';
        if ((err = connect_tpm(tpm)) == XTT_OK)
            err = op(tpm, arg);
    } while (tpm->failed != NULL && recover(tpm, &tries));
    return err;
}

/* Cleans up what is left behind, without a word. */
static void settle(struct xtt_tpm *tpm)
{
    char why[sizeof tpm->why];

    if (!tpm->is_dirty)
        return;
    memcpy(why, tpm->why, sizeof why);
    (void)repeat(tpm, reclaim, NULL);
    memcpy(tpm->why, why, sizeof why);
}

xtt_err xtt_tpm_attempt(struct xtt_tpm *tpm, xtt_tpm_op op, void *arg)
{
    const xtt_err err = repeat(tpm, op, arg);

    if (err == XTT_ERR_TPM_LOCKOUT && tpm->esys != NULL)
        add_recovery_time(tpm);
    settle(tpm);
    return err;
}

xtt_err xtt_tpm_run(struct xtt_tpm *tpm, xtt_tpm_op op, void *arg)
{
    xtt_err err;

    if ((err = xtt_tpm_lock(tpm)) != XTT_OK)
        return err;
    err = xtt_tpm_attempt(tpm, op, arg);
    xtt_tpm_unlock(tpm);
    return err;
}

static xtt_err nothing(struct xtt_tpm *tpm, void *arg)
{
    (void)tpm;
    (void)arg;
    return XTT_OK;
}

xtt_err xtt_tpm_open(struct xtt_tpm *tpm)
{
    return xtt_tpm_run(tpm, nothing, NULL);
}

void xtt_tpm_flush(struct xtt_tpm *tpm, ESYS_TR *tr)
{
    if (*tr == ESYS_TR_NONE)
        return;
    if (Esys_FlushContext(tpm->esys, *tr) != TSS2_RC_SUCCESS) {
        Esys_TR_Close(tpm->esys, tr);
        tpm->is_dirty = 1;
    }
    *tr = ESYS_TR_NONE;
}

void xtt_tpm_hold(struct xtt_tpm *tpm, struct xtt_tpm_object *object)
{
    object->tr = ESYS_TR_NONE;
    object->next = tpm->objects;
    tpm->objects = object;
}

/* Flushing as an operation: by the handle, or if that was dropped, by the Name. */
static xtt_err flush_object(struct xtt_tpm *tpm, void *arg)
{
    struct xtt_tpm_object *object = arg;
    TSS2_RC rc;

    if (object->tr == ESYS_TR_NONE)
        return tpm->is_dirty ? reclaim(tpm, NULL) : XTT_OK;
    rc = Esys_FlushContext(tpm->esys, object->tr);
    if (rc == TSS2_RC_SUCCESS)
        object->tr = ESYS_TR_NONE;
    return xtt_tpm_check(tpm, "Esys_FlushContext", rc);
}

void xtt_tpm_release(struct xtt_tpm *tpm, struct xtt_tpm_object *object)
{
    const int is_mine = xtt_tpm_lock(tpm) == XTT_OK;
    char why[sizeof tpm->why];

    memcpy(why, tpm->why, sizeof why);
    if (object->tr != ESYS_TR_NONE || tpm->is_dirty)
        (void)repeat(tpm, flush_object, object);
    if (object->tr != ESYS_TR_NONE) {
        Esys_TR_Close(tpm->esys, &object->tr);
        tpm->is_dirty = 1;
    }
    if (tpm->is_dirty)
        memcpy(tpm->orphans[tpm->n_orphans++ % XTT_TPM_ORPHANS], object->name, XTT_TPM_NAME_SIZE);
    memcpy(tpm->why, why, sizeof why);
    for (struct xtt_tpm_object **at = &tpm->objects; *at != NULL; at = &(*at)->next)
        if (*at == object) {
            *at = object->next;
            break;
        }
    if (is_mine)
        xtt_tpm_unlock(tpm);
}

void xtt_tpm_free(struct xtt_tpm *tpm)
{
    if (tpm == NULL)
        return;
    settle(tpm);
    disconnect(tpm);
    pthread_mutex_destroy(&tpm->lock);
    free(tpm->tcti);
    free(tpm);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Keys in a TPM: files are TSS2 PRIVATE KEY texts.  All that speaks to the TPM is in tpm/. */
#include "agent/keys.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tpm/tpm.h"

struct box {
    struct agent_keybox box;
    struct xtt_tpm *tpm;
    struct agent_srk *srk;
};

static struct xtt_tpm *tpm_of(struct agent_keybox *box)
{
    return ((struct box *)box)->tpm;
}

/* The first key settles which TPM is ours: the Name of its root key is kept and asked for. */
static xtt_err know_srk(struct box *box)
{
    xtt_err err;

    if (box->srk->where[0] != '\0')
        return XTT_OK;
    if ((err = xtt_tpm_srk(box->tpm, box->srk->name)) != XTT_OK)
        return err;
    strcpy(box->srk->where, "0x81000001");
    xtt_tpm_pin_srk(box->tpm, box->srk->name);
    return XTT_OK;
}

static xtt_err make(struct agent_keybox *box, int is_member, uint8_t text[AGENT_KEY_MAX], size_t *n)
{
    char pem[XTT_TPM_PEM_SIZE];
    xtt_err err;

    if ((err = know_srk((struct box *)box)) != XTT_OK)
        return err;
    if ((err = xtt_tpm_create(tpm_of(box), is_member ? XTT_TPM_MEMBER : XTT_TPM_LONGTERM, pem)) !=
        XTT_OK)
        return err;
    *n = strlen(pem);
    memcpy(text, pem, *n);
    return XTT_OK;
}

static xtt_err signer(struct agent_keybox *box, xtt_bytes text, struct xtt_signer **out)
{
    return xtt_tpm_signer_new(out, tpm_of(box), text);
}

static xtt_err gsigner(struct agent_keybox *box, xtt_bytes text, struct xtt_gsigner **out)
{
    return xtt_tpm_gsigner_new(out, tpm_of(box), text);
}

static const char *why(const struct agent_keybox *box)
{
    return xtt_tpm_why(((const struct box *)box)->tpm);
}

static xtt_err probe(struct agent_keybox *box, struct agent_probe *out)
{
    struct xtt_tpm_info info;
    xtt_err err;

    if ((err = xtt_tpm_probe(tpm_of(box), &info)) != XTT_OK)
        return err;
    snprintf(out->maker, sizeof out->maker, "%s %s", info.manufacturer, info.vendor);
    out->has_longterm = info.has_p256;
    out->has_member = info.has_member;
    out->is_locked_out = info.is_locked_out;
    out->recovery_s = info.recovery_s;
    out->free_slots = info.free_slots;
    return XTT_OK;
}

static void free_box(struct agent_keybox *box)
{
    xtt_tpm_free(tpm_of(box));
    free(box);
}

static const struct agent_keybox_ops ops = {"tpm",   "pem", make,  signer,
                                            gsigner, why,   probe, free_box};

xtt_err agent_keybox_tpm(struct agent_keybox **out, const char *tcti, int is_chosen,
                         struct agent_srk *srk, struct xttd_fail *fail)
{
    struct box *box = calloc(1, sizeof *box);

    /* Nobody names a simulator by accident, so naming one is enough to be allowed to. */
    if (box == NULL || xtt_tpm_new(&box->tpm, tcti, is_chosen ? XTT_TPM_SIMULATOR : 0) != XTT_OK) {
        free(box);
        return xttd_fail(fail, XTT_ERR_NOMEM, "out of memory");
    }
    box->box.ops = &ops;
    box->srk = srk;
    if (srk->where[0] != '\0')
        xtt_tpm_pin_srk(box->tpm, srk->name);
    *out = &box->box;
    return XTT_OK;
}

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The storage root key and the two kinds of keys under it: templates and requirements as data, and
 * how they are found, made and loaded.  Signs nothing.
 */
#include "keys.h"

#include <string.h>

#define OURS                                                                                       \
    (TPMA_OBJECT_FIXEDTPM | TPMA_OBJECT_FIXEDPARENT | TPMA_OBJECT_SENSITIVEDATAORIGIN |            \
     TPMA_OBJECT_USERWITHAUTH)

/* With an empty unique field, as tpm2-openssl, tpm2-tools and systemd have it: the primary key of
 * the owner hierarchy is a function of the template, so all of them mean the same key. */
static const TPM2B_PUBLIC srk_template = {
    .publicArea = {
        .type = TPM2_ALG_ECC,
        .nameAlg = TPM2_ALG_SHA256,
        .objectAttributes = OURS | TPMA_OBJECT_NODA | TPMA_OBJECT_RESTRICTED | TPMA_OBJECT_DECRYPT,
        .parameters.eccDetail = {
            .symmetric = {.algorithm = TPM2_ALG_AES, .keyBits.aes = 128, .mode.aes = TPM2_ALG_CFB},
            .scheme = {.scheme = TPM2_ALG_NULL},
            .curveID = TPM2_ECC_NIST_P256,
            .kdf = {.scheme = TPM2_ALG_NULL}}}};

/* ECDSA keys sign with SHA-256 alone, so that the key cannot be used for anything else. */
static const TPM2B_PUBLIC longterm_template = {
    .publicArea = {
        .type = TPM2_ALG_ECC,
        .nameAlg = TPM2_ALG_SHA256,
        .objectAttributes = OURS | TPMA_OBJECT_NODA | TPMA_OBJECT_SIGN_ENCRYPT,
        .parameters.eccDetail = {
            .symmetric = {.algorithm = TPM2_ALG_NULL},
            .scheme = {.scheme = TPM2_ALG_ECDSA, .details.ecdsa = {.hashAlg = TPM2_ALG_SHA256}},
            .curveID = TPM2_ECC_NIST_P256,
            .kdf = {.scheme = TPM2_ALG_NULL}}}};

/* The count is part of the public area, so of the Name, and must be 0. */
static const TPM2B_PUBLIC member_template = {
    .publicArea = {
        .type = TPM2_ALG_ECC,
        .nameAlg = TPM2_ALG_SHA256,
        .objectAttributes = OURS | TPMA_OBJECT_NODA | TPMA_OBJECT_SIGN_ENCRYPT,
        .parameters.eccDetail = {
            .symmetric = {.algorithm = TPM2_ALG_NULL},
            .scheme = {.scheme = TPM2_ALG_ECDAA, .details.ecdaa = {.hashAlg = TPM2_ALG_SHA256}},
            .curveID = TPM2_ECC_BN_P256,
            .kdf = {.scheme = TPM2_ALG_NULL}}}};

#define NEEDS_MAX 3

/* What each kind is called, made from, may have as scheme besides when it comes from a file, and
 * needs of a TPM: the value of a list that the TPM keeps. */
static const struct kind {
    const char *words;
    const TPM2B_PUBLIC *template;
    TPMI_ALG_ECC_SCHEME also;
    struct {
        TPM2_CAP list;
        UINT32 value;
        const char *words;
    } needs[NEEDS_MAX];
} kinds[] = {
    [XTT_TPM_LONGTERM] = {"a signing key on P-256",
                          &longterm_template,
                          TPM2_ALG_NULL,
                          {{TPM2_CAP_ECC_CURVES, TPM2_ECC_NIST_P256, "curve NIST P-256"},
                           {TPM2_CAP_ALGS, TPM2_ALG_ECDSA, "ECDSA"}}},
    [XTT_TPM_MEMBER] = {"an ECDAA key on BN_P256",
                        &member_template,
                        TPM2_ALG_ECDAA,
                        {{TPM2_CAP_ECC_CURVES, TPM2_ECC_BN_P256, "curve BN_P256"},
                         {TPM2_CAP_ALGS, TPM2_ALG_ECDAA, "ECDAA"},
                         {TPM2_CAP_COMMANDS, TPM2_CC_Commit, "TPM2_Commit"}}},
};

xtt_err xtt_tpm_number(uint8_t out[static 32], const TPM2B_ECC_PARAMETER *in)
{
    if (in->size > 32)
        return XTT_ERR_TPM;
    memset(out, 0, 32u - in->size);
    memcpy(out + (32 - in->size), in->buffer, in->size);
    return XTT_OK;
}

xtt_err xtt_tpm_point(uint8_t out[static 65], const TPMS_ECC_POINT *in)
{
    uint8_t point[65] = {0x04};

    if (xtt_tpm_number(point + 1, &in->x) != XTT_OK || xtt_tpm_number(point + 33, &in->y) != XTT_OK)
        return XTT_ERR_TPM;
    memcpy(out, point, sizeof point);
    return XTT_OK;
}

xtt_err xtt_tpm_has(struct xtt_tpm *tpm, TPM2_CAP list, UINT32 value, int *has)
{
    TPMS_CAPABILITY_DATA *cap = NULL;
    TPMI_YES_NO more;
    xtt_err err;

    if ((err = xtt_tpm_check(tpm, "Esys_GetCapability",
                             Esys_GetCapability(tpm->esys, ESYS_TR_NONE, ESYS_TR_NONE, ESYS_TR_NONE,
                                                list, value, 1, &more, &cap))) != XTT_OK)
        return err;
    switch (list) {
    case TPM2_CAP_ECC_CURVES:
        *has = cap->data.eccCurves.count > 0 && cap->data.eccCurves.eccCurves[0] == value;
        break;
    case TPM2_CAP_ALGS:
        *has = cap->data.algorithms.count > 0 && cap->data.algorithms.algProperties[0].alg == value;
        break;
    case TPM2_CAP_COMMANDS:
        *has = cap->data.command.count > 0 &&
               (cap->data.command.commandAttributes[0] & TPMA_CC_COMMANDINDEX_MASK) == value;
        break;
    case TPM2_CAP_HANDLES:
        *has = cap->data.handles.count > 0 && cap->data.handles.handle[0] == value;
        break;
    default:
        *has = 0;
    }
    Esys_Free(cap);
    return XTT_OK;
}

xtt_err xtt_tpm_missing(struct xtt_tpm *tpm, enum xtt_tpm_kind kind, const char **missing)
{
    const struct kind *k = &kinds[kind];
    int has;
    xtt_err err;

    for (int i = 0; i < NEEDS_MAX && k->needs[i].words != NULL; i++) {
        if ((err = xtt_tpm_has(tpm, k->needs[i].list, k->needs[i].value, &has)) != XTT_OK)
            return err;
        if (!has) {
            *missing = k->needs[i].words;
            return XTT_OK;
        }
    }
    *missing = NULL;
    return XTT_OK;
}

/* Whether a public area is that of an SRK, whoever made it (the TCG's template differs in unique).
 */
static int is_srk(const TPMT_PUBLIC *p)
{
    const TPMS_ECC_PARMS *ecc = &p->parameters.eccDetail;
    const TPMA_OBJECT must = TPMA_OBJECT_RESTRICTED | TPMA_OBJECT_DECRYPT | TPMA_OBJECT_FIXEDTPM;

    return p->type == TPM2_ALG_ECC && p->nameAlg == TPM2_ALG_SHA256 &&
           (p->objectAttributes & must) == must &&
           (p->objectAttributes & TPMA_OBJECT_SIGN_ENCRYPT) == 0 &&
           ecc->curveID == TPM2_ECC_NIST_P256 && ecc->symmetric.algorithm == TPM2_ALG_AES &&
           ecc->symmetric.keyBits.aes == 128 && ecc->symmetric.mode.aes == TPM2_ALG_CFB;
}

/* Notes the Name of the SRK; with a pinned one, compares. */
static xtt_err note_name(struct xtt_tpm *tpm, ESYS_TR tr)
{
    TPM2B_NAME *name = NULL;
    xtt_err err;

    if ((err = xtt_tpm_check(tpm, "Esys_TR_GetName", Esys_TR_GetName(tpm->esys, tr, &name))) !=
        XTT_OK)
        goto out;
    if (name->size != XTT_TPM_NAME_SIZE ||
        (tpm->is_pinned && memcmp(tpm->srk.name, name->name, XTT_TPM_NAME_SIZE) != 0)) {
        err =
            xtt_tpm_say(tpm, XTT_ERR_TPM_KEY,
                        "the SRK at 0x81000001 is not the one this device was set up with: the TPM "
                        "was cleared or exchanged; enrol again");
        goto out;
    }
    memcpy(tpm->srk.name, name->name, XTT_TPM_NAME_SIZE);
    tpm->has_srk = 1;
out:
    Esys_Free(name);
    return err;
}

/* Checks the object at the SRK's handle. */
static xtt_err check_srk(struct xtt_tpm *tpm, ESYS_TR tr)
{
    TPM2B_PUBLIC *public = NULL;
    xtt_err err;

    if ((err = xtt_tpm_check(tpm, "Esys_ReadPublic",
                             Esys_ReadPublic(tpm->esys, tr, ESYS_TR_NONE, ESYS_TR_NONE,
                                             ESYS_TR_NONE, &public, NULL, NULL))) != XTT_OK)
        return err;
    if (!is_srk(&public->publicArea))
        err = xtt_tpm_say(
            tpm, XTT_ERR_TPM,
            "the object at 0x81000001 is no storage root key on P-256 with AES-128-CFB; "
            "if nobody needs it, remove it (tpm2_evictcontrol -c 0x81000001)");
    else
        err = note_name(tpm, tr);
    Esys_Free(public);
    return err;
}

/* The SRK, which must be there.  *tr is closed by the caller; the object is persistent. */
static xtt_err open_srk(struct xtt_tpm *tpm, ESYS_TR *tr)
{
    xtt_err err;

    if ((err = xtt_tpm_check(tpm, "Esys_TR_FromTPMPublic",
                             Esys_TR_FromTPMPublic(tpm->esys, XTT_TPM_SRK, ESYS_TR_NONE,
                                                   ESYS_TR_NONE, ESYS_TR_NONE, tr))) != XTT_OK)
        return err;
    if ((err = check_srk(tpm, *tr)) != XTT_OK)
        Esys_TR_Close(tpm->esys, tr);
    return err;
}

/* Makes the SRK and persists it; nothing stays loaded. */
static xtt_err make_srk(struct xtt_tpm *tpm)
{
    const TPM2B_SENSITIVE_CREATE sensitive = {0};
    const TPM2B_DATA outside = {0};
    const TPML_PCR_SELECTION pcrs = {0};
    ESYS_TR persistent = ESYS_TR_NONE;
    xtt_err err;

    if ((err = xtt_tpm_check(tpm, "Esys_CreatePrimary",
                             Esys_CreatePrimary(tpm->esys, ESYS_TR_RH_OWNER, ESYS_TR_PASSWORD,
                                                ESYS_TR_NONE, ESYS_TR_NONE, &sensitive,
                                                &srk_template, &outside, &pcrs, &tpm->srk.tr, NULL,
                                                NULL, NULL, NULL))) != XTT_OK)
        return err;
    if ((err = note_name(tpm, tpm->srk.tr)) != XTT_OK)
        goto out;
    if ((err = xtt_tpm_check(tpm, "Esys_EvictControl",
                             Esys_EvictControl(tpm->esys, ESYS_TR_RH_OWNER, tpm->srk.tr,
                                               ESYS_TR_PASSWORD, ESYS_TR_NONE, ESYS_TR_NONE,
                                               XTT_TPM_SRK, &persistent))) == XTT_OK)
        Esys_TR_Close(tpm->esys, &persistent);
out:
    xtt_tpm_flush(tpm, &tpm->srk.tr);
    return err;
}

/* The SRK, made if there is none and none is pinned. */
static xtt_err ensure_srk(struct xtt_tpm *tpm, ESYS_TR *tr)
{
    int has;
    xtt_err err;

    if ((err = xtt_tpm_has(tpm, TPM2_CAP_HANDLES, XTT_TPM_SRK, &has)) != XTT_OK)
        return err;
    if (!has && tpm->is_pinned)
        return xtt_tpm_say(
            tpm, XTT_ERR_TPM_KEY,
            "the SRK that this device was set up with is gone from 0x81000001: the TPM "
            "was cleared; enrol again");
    if (!has && (err = make_srk(tpm)) != XTT_OK)
        return err;
    return open_srk(tpm, tr);
}

static xtt_err find_or_make(struct xtt_tpm *tpm, void *arg)
{
    ESYS_TR srk = ESYS_TR_NONE;
    xtt_err err;

    if ((err = ensure_srk(tpm, &srk)) != XTT_OK)
        return err;
    memcpy(arg, tpm->srk.name, XTT_TPM_NAME_SIZE);
    Esys_TR_Close(tpm->esys, &srk);
    return XTT_OK;
}

xtt_err xtt_tpm_srk(struct xtt_tpm *tpm, uint8_t name[XTT_TPM_NAME_SIZE])
{
    return xtt_tpm_run(tpm, find_or_make, name);
}

void xtt_tpm_pin_srk(struct xtt_tpm *tpm, const uint8_t name[XTT_TPM_NAME_SIZE])
{
    memcpy(tpm->srk.name, name, XTT_TPM_NAME_SIZE);
    tpm->has_srk = tpm->is_pinned = 1;
}

/* A key to be made. */
struct creation {
    enum xtt_tpm_kind kind;
    struct xtt_tpm_keyfile file;
};

static xtt_err create(struct xtt_tpm *tpm, void *arg)
{
    struct creation *c = arg;
    const TPM2B_SENSITIVE_CREATE sensitive = {0};
    const TPM2B_DATA outside = {0};
    const TPML_PCR_SELECTION pcrs = {0};
    TPM2B_PRIVATE *private = NULL;
    TPM2B_PUBLIC *public = NULL;
    ESYS_TR srk = ESYS_TR_NONE;
    const char *missing;
    xtt_err err;

    if ((err = xtt_tpm_missing(tpm, c->kind, &missing)) != XTT_OK)
        return err;
    if (missing != NULL)
        return xtt_tpm_say(tpm, XTT_ERR_TPM_UNSUPPORTED, "this TPM has no %s, so it cannot hold %s",
                           missing, kinds[c->kind].words);
    if ((err = ensure_srk(tpm, &srk)) != XTT_OK)
        return err;
    if ((err = xtt_tpm_check(tpm, "Esys_Create",
                             Esys_Create(tpm->esys, srk, ESYS_TR_PASSWORD, ESYS_TR_NONE,
                                         ESYS_TR_NONE, &sensitive, kinds[c->kind].template,
                                         &outside, &pcrs, &private, &public, NULL, NULL, NULL))) ==
        XTT_OK) {
        c->file.public = *public;
        c->file.private = *private;
    }
    Esys_TR_Close(tpm->esys, &srk);
    Esys_Free(private);
    Esys_Free(public);
    return err;
}

xtt_err xtt_tpm_create(struct xtt_tpm *tpm, enum xtt_tpm_kind kind, char pem[XTT_TPM_PEM_SIZE])
{
    struct creation c = {.kind = kind};
    xtt_err err;

    if ((err = xtt_tpm_run(tpm, create, &c)) != XTT_OK)
        return err;
    return xtt_tpm_keyfile_write(pem, &c.file);
}

/* Whether a public area can be used as a key of a kind. */
static int fits(const TPMT_PUBLIC *p, const struct kind *kind)
{
    const TPMT_PUBLIC *want = &kind->template->publicArea;
    const TPMS_ECC_PARMS *ecc = &p->parameters.eccDetail, *want_ecc = &want->parameters.eccDetail;
    const TPMA_OBJECT must = OURS | TPMA_OBJECT_SIGN_ENCRYPT;
    const TPMI_ALG_ECC_SCHEME scheme = ecc->scheme.scheme;

    if (p->type != want->type || p->nameAlg != want->nameAlg || ecc->curveID != want_ecc->curveID)
        return 0;
    if ((p->objectAttributes & must) != must ||
        (p->objectAttributes & TPMA_OBJECT_RESTRICTED) != 0 || p->authPolicy.size != 0)
        return 0;
    if (scheme != want_ecc->scheme.scheme && scheme != kind->also)
        return 0;
    return scheme == TPM2_ALG_NULL ||
           (ecc->scheme.details.anySig.hashAlg == TPM2_ALG_SHA256 &&
            (scheme != TPM2_ALG_ECDAA || ecc->scheme.details.ecdaa.count == 0));
}

xtt_err xtt_tpm_key_init(struct xtt_tpm_key *key, struct xtt_tpm *tpm, enum xtt_tpm_kind kind,
                         xtt_bytes pem)
{
    const char *words;
    xtt_err err;

    if ((err = xtt_tpm_lock(tpm)) != XTT_OK)
        return err;
    tpm->why[0] = '\0';
    memset(key, 0, sizeof *key);
    key->tpm = tpm;
    if ((err = xtt_tpm_keyfile_read(&key->file, pem, &words)) != XTT_OK) {
        xtt_tpm_say(tpm, err, "the key file cannot be used: %s", words);
        goto out;
    }
    if (!fits(&key->file.public.publicArea, &kinds[kind])) {
        err = xtt_tpm_say(tpm, XTT_ERR_TPM_KEY, "the key in the file is not %s bound to a TPM",
                          kinds[kind].words);
        goto out;
    }
    memcpy(key->object.name, key->file.name, XTT_TPM_NAME_SIZE);
    xtt_tpm_hold(tpm, &key->object);
out:
    xtt_tpm_unlock(tpm);
    return err;
}

void xtt_tpm_key_wipe(struct xtt_tpm_key *key)
{
    xtt_tpm_release(key->tpm, &key->object);
    xtt_wipe(&key->file, sizeof key->file);
}

xtt_err xtt_tpm_key_load(struct xtt_tpm_key *key)
{
    struct xtt_tpm *tpm = key->tpm;
    ESYS_TR srk = ESYS_TR_NONE;
    TSS2_RC rc;
    xtt_err err;

    if (key->object.tr != ESYS_TR_NONE)
        return XTT_OK;
    if ((err = open_srk(tpm, &srk)) != XTT_OK)
        return err;
    rc = Esys_Load(tpm->esys, srk, ESYS_TR_PASSWORD, ESYS_TR_NONE, ESYS_TR_NONE, &key->file.private,
                   &key->file.public, &key->object.tr);
    err = xtt_tpm_check(tpm, "Esys_Load", rc);
    /* Whatever the table does not know and is said against one of the two halves: blame the file.
     */
    if (xtt_tpm_row(rc)->rc == 0 &&
        (xtt_tpm_code(rc) & (TPM2_RC_FMT1 | TPM2_RC_P)) == (TPM2_RC_FMT1 | TPM2_RC_P))
        err = XTT_ERR_TPM_KEY;
    Esys_TR_Close(tpm->esys, &srk);
    return err;
}

xtt_err xtt_tpm_key_point(const struct xtt_tpm_key *key, uint8_t point[static 65])
{
    return xtt_tpm_point(point, &key->file.public.publicArea.unique.ecc) == XTT_OK ? XTT_OK
                                                                                   : XTT_ERR_FORMAT;
}

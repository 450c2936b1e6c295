/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Small secrets at rest: AES-256-GCM by a key that never leaves the token, through the module's own
 * functions.  C_Encrypt and not C_WrapKey, which few tokens offer with GCM.
 */
#include "pkcs11/blob.h"
#include "pkcs11/session.h"

#include <openssl/evp.h>
#include <string.h>

struct job {
    const char *kek; /* label, when wrapping */
    const struct p11_blob *blob;
    uint8_t binding[P11_BINDING];
    xtt_bytes in;
    uint8_t *out;
    size_t cap;
    size_t n;
};

static int hash_aad(xtt_bytes aad, uint8_t binding[32])
{
    return EVP_Digest(aad.p ? aad.p : (const uint8_t *)"", aad.n, binding, NULL, EVP_sha256(),
                      NULL);
}

/* The one wrapping key of that label, and id if there is one. */
static xtt_err find_kek(struct xtt_p11 *p, CK_SESSION_HANDLE session, const char *label,
                        xtt_bytes id, CK_OBJECT_HANDLE *kek)
{
    const struct xtt_p11_key key = {label, id};
    unsigned n;
    xtt_err err;

    if ((err = p11_count_objects(p, session, CKO_SECRET_KEY, &key, kek, &n)) != XTT_OK)
        return err;
    if (n == 1)
        return XTT_OK;
    if (n == 0 && (err = p11_alive(p)) != XTT_OK)
        return err;
    return p11_say(XTT_ERR_HSM_KEY, "%s %s on token %s; is it the token this was made with?",
                   n ? "there is more than one wrapping key" : "there is no wrapping key", label,
                   p->name);
}

static xtt_err read_id(struct xtt_p11 *p, CK_SESSION_HANDLE session, CK_OBJECT_HANDLE kek,
                       struct job *job, uint8_t id[XTT_P11_ID_MAX], size_t *n)
{
    CK_ATTRIBUTE a = {CKA_ID, id, XTT_P11_ID_MAX};
    CK_RV rv;

    if ((rv = p->f->C_GetAttributeValue(session, kek, &a, 1)) != CKR_OK &&
        rv != CKR_BUFFER_TOO_SMALL)
        return p11_fault("C_GetAttributeValue", rv, p->name, job->kek);
    if (rv != CKR_OK || a.ulValueLen == 0 || a.ulValueLen > XTT_P11_ID_MAX)
        return p11_say(XTT_ERR_HSM_KEY,
                       "wrapping key %s on token %s has no id of 1 to %d bytes; make "
                       "one with this program",
                       job->kek, p->name, XTT_P11_ID_MAX);
    *n = a.ulValueLen;
    return XTT_OK;
}

/* ---- sealing --------------------------------------------------------------------------------- */

static xtt_err encrypt(struct xtt_p11 *p, CK_SESSION_HANDLE session, CK_OBJECT_HANDLE kek,
                       struct job *job, size_t head)
{
    uint8_t iv[P11_IV_MAX] = {0};
    uint8_t sealed[XTT_P11_PLAIN_MAX + P11_TAG];
    CK_GCM_PARAMS gcm = {iv, P11_IV_MIN, P11_IV_MIN * 8, job->out, head, P11_TAG * 8};
    CK_MECHANISM mechanism = {CKM_AES_GCM, &gcm, sizeof gcm};
    CK_ULONG n = sizeof sealed;
    CK_RV rv;

    if (xtt_rng_draw(NULL, iv, P11_IV_MIN) != XTT_OK)
        return p11_say(XTT_ERR_RNG, "the system gives no random bytes");
    if ((rv = p->f->C_EncryptInit(session, &mechanism, kek)) != CKR_OK)
        return p11_fault("C_EncryptInit", rv, p->name, job->kek);
    rv = p->f->C_Encrypt(session, (CK_BYTE_PTR)(uintptr_t)job->in.p, job->in.n, sealed, &n);
    if (rv != CKR_OK)
        return p11_fault("C_Encrypt", rv, p->name, job->kek);
    if (n != job->in.n + P11_TAG || gcm.pIv != iv || gcm.ulIvLen < P11_IV_MIN ||
        gcm.ulIvLen > P11_IV_MAX)
        return p11_say(XTT_ERR_HSM_UNSUPPORTED, "token %s does AES-GCM in a way that is not known",
                       p->name);
    job->n = p11_blob_end(job->out, head, (xtt_bytes){iv, gcm.ulIvLen}, (xtt_bytes){sealed, n});
    return XTT_OK;
}

static xtt_err seal(struct xtt_p11 *p, void *arg)
{
    struct job *job = arg;
    CK_SESSION_HANDLE session;
    CK_OBJECT_HANDLE kek;
    uint8_t id[XTT_P11_ID_MAX];
    size_t id_n = 0, head;
    xtt_err err;

    if ((err = p11_session_open(p, &session)) != XTT_OK)
        return err;
    if ((err = find_kek(p, session, job->kek, (xtt_bytes){NULL, 0}, &kek)) != XTT_OK ||
        (err = read_id(p, session, kek, job, id, &id_n)) != XTT_OK)
        goto out;
    head = p11_blob_begin(job->out, job->kek, (xtt_bytes){id, id_n}, job->binding);
    err = encrypt(p, session, kek, job, head);
out:
    p11_session_close(p, session);
    return err;
}

xtt_err xtt_p11_wrap(struct xtt_p11 *p, const char *kek, xtt_bytes aad, xtt_bytes plain,
                     uint8_t *blob, size_t cap, size_t *n)
{
    uint8_t made[XTT_P11_BLOB_MAX];
    struct job job = {.kek = kek, .in = plain, .out = made, .cap = sizeof made};
    xtt_err err;

    if (plain.n == 0 || plain.n > XTT_P11_PLAIN_MAX || !kek[0] || strlen(kek) > XTT_P11_LABEL_MAX)
        return p11_say(XTT_ERR_ARGUMENT,
                       "a secret to be wrapped has 1 to %d bytes, a key label 1 to "
                       "%d",
                       XTT_P11_PLAIN_MAX, XTT_P11_LABEL_MAX);
    if (!hash_aad(aad, job.binding))
        return p11_say(XTT_ERR_CRYPTO, "SHA-256 failed");
    if ((err = p11_run(p, seal, &job)) != XTT_OK)
        return err;
    if (job.n > cap)
        return p11_say(XTT_ERR_ARGUMENT, "a wrapped secret needs %zu bytes", job.n);
    memcpy(blob, made, job.n);
    *n = job.n;
    return XTT_OK;
}

/* ---- opening --------------------------------------------------------------------------------- */

/* Tokens answer a wrong tag with a code of their choice; if the token is well, it was the tag. */
static xtt_err judge_refusal(struct xtt_p11 *p, CK_RV rv, const char *label)
{
    xtt_err err;

    if (rv != CKR_GENERAL_ERROR && rv != CKR_FUNCTION_FAILED && rv != CKR_DATA_INVALID &&
        rv != CKR_ENCRYPTED_DATA_INVALID && rv != CKR_ENCRYPTED_DATA_LEN_RANGE &&
        rv != CKR_DATA_LEN_RANGE)
        return p11_fault("C_Decrypt", rv, p->name, label);
    if ((err = p11_alive(p)) != XTT_OK)
        return err;
    return p11_say(
        XTT_ERR_DECRYPT,
        "C_Decrypt (0x%lx) on token %s, key %s: the wrapped secret was changed; restore it "
        "from a backup",
        rv, p->name, label);
}

static xtt_err unseal(struct xtt_p11 *p, void *arg)
{
    struct job *job = arg;
    const struct p11_blob *b = job->blob;
    uint8_t iv[P11_IV_MAX], head[XTT_P11_BLOB_SIZE(0)];
    CK_GCM_PARAMS gcm = {iv, b->iv.n, b->iv.n * 8, head, b->head.n, P11_TAG * 8};
    CK_MECHANISM mechanism = {CKM_AES_GCM, &gcm, sizeof gcm};
    CK_SESSION_HANDLE session;
    CK_OBJECT_HANDLE kek;
    CK_ULONG n = job->cap;
    xtt_err err;
    CK_RV rv;

    memcpy(iv, b->iv.p, b->iv.n);
    memcpy(head, b->head.p, b->head.n);
    if ((err = p11_session_open(p, &session)) != XTT_OK)
        return err;
    if ((err = find_kek(p, session, b->label, b->id, &kek)) != XTT_OK)
        goto out;
    if ((rv = p->f->C_DecryptInit(session, &mechanism, kek)) != CKR_OK) {
        err = p11_fault("C_DecryptInit", rv, p->name, b->label);
        goto out;
    }
    rv = p->f->C_Decrypt(session, (CK_BYTE_PTR)(uintptr_t)b->sealed.p, b->sealed.n, job->out, &n);
    if (rv != CKR_OK)
        err = judge_refusal(p, rv, b->label);
    else if (n != b->sealed.n - P11_TAG)
        err = p11_say(XTT_ERR_HSM_UNSUPPORTED, "token %s does AES-GCM in a way that is not known",
                      p->name);
    job->n = n;
out:
    p11_session_close(p, session);
    return err;
}

xtt_err xtt_p11_unwrap(struct xtt_p11 *p, xtt_bytes aad, xtt_bytes blob, uint8_t *plain, size_t cap,
                       size_t *n)
{
    uint8_t made[XTT_P11_PLAIN_MAX + P11_TAG]; /* dies below */
    struct p11_blob parsed;
    struct job job = {.blob = &parsed, .out = made, .cap = sizeof made};
    xtt_err err;

    if ((err = p11_blob_parse(&parsed, blob)) != XTT_OK)
        return err;
    if (!hash_aad(aad, job.binding))
        return p11_say(XTT_ERR_CRYPTO, "SHA-256 failed");
    if (memcmp(job.binding, parsed.binding, P11_BINDING) != 0)
        return p11_say(XTT_ERR_DECRYPT,
                       "the wrapped secret was made for something else; compare which "
                       "file belongs to what");
    if (parsed.sealed.n - P11_TAG > cap)
        return p11_say(XTT_ERR_ARGUMENT, "the wrapped secret has %zu bytes",
                       parsed.sealed.n - P11_TAG);
    if ((err = p11_run(p, unseal, &job)) == XTT_OK) {
        memcpy(plain, made, job.n);
        *n = job.n;
    }
    xtt_wipe(made, sizeof made);
    return err;
}

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Making keys on the token, by the module's own functions: libp11 makes RSA keys only.  Every usage
 * attribute is said, because tokens fill in what a template leaves out, and generously.
 */
#include "pkcs11/session.h"

#include <string.h>

#define ID_SIZE 16

struct job {
    const char *label;
    uint8_t id[ID_SIZE];
    uint8_t pub[65];
};

static CK_BBOOL yes = CK_TRUE, no = CK_FALSE;
static CK_OBJECT_CLASS public_class = CKO_PUBLIC_KEY, private_class = CKO_PRIVATE_KEY,
                       secret_class = CKO_SECRET_KEY;
static CK_KEY_TYPE ec_type = CKK_EC, aes_type = CKK_AES;
static CK_ULONG aes_size = 32;
/* OBJECT IDENTIFIER 1.2.840.10045.3.1.7, prime256v1 (RFC 5480, section 2.1.1.1). */
static uint8_t p256[] = {0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07};

#define SAY(type, variable)                                                                        \
    {                                                                                              \
        type, &(variable), sizeof(variable)                                                        \
    }
#define LABEL(label)                                                                               \
    {                                                                                              \
        CKA_LABEL, (void *)(uintptr_t)(label), strlen(label)                                       \
    }
#define COUNT(a) (sizeof(a) / sizeof *(a))

/* Any key of that label, of any class, makes the name taken. */
static xtt_err check_free(struct xtt_p11 *p, CK_SESSION_HANDLE session, const char *label)
{
    const struct xtt_p11_key key = {label, {NULL, 0}};
    CK_OBJECT_HANDLE first;
    unsigned n;
    xtt_err err;

    if ((err = p11_count_objects(p, session, CK_UNAVAILABLE_INFORMATION, &key, &first, &n)))
        return err;
    if (n == 0)
        return XTT_OK;
    return p11_say(
        XTT_ERR_EXISTS,
        "token %s has an object with label %s already; choose another label, or remove it "
        "with the vendor's tool if nothing depends on it",
        p->name, label);
}

/* CKA_EC_POINT is an OCTET STRING by the standard and the bare point on some tokens. */
static xtt_err read_point(struct xtt_p11 *p, CK_SESSION_HANDLE session, CK_OBJECT_HANDLE object,
                          struct job *job)
{
    uint8_t point[80];
    CK_ATTRIBUTE a = {CKA_EC_POINT, point, sizeof point};
    CK_RV rv;

    if ((rv = p->f->C_GetAttributeValue(session, object, &a, 1)) != CKR_OK)
        return p11_fault("C_GetAttributeValue", rv, p->name, job->label);
    if (a.ulValueLen == 67 && point[0] == 0x04 && point[1] == 0x41 && point[2] == 0x04)
        memcpy(job->pub, point + 2, 65);
    else if (a.ulValueLen == 65 && point[0] == 0x04)
        memcpy(job->pub, point, 65);
    else
        return p11_say(XTT_ERR_HSM_UNSUPPORTED,
                       "token %s gives the public key of %s in a form that is not known", p->name,
                       job->label);
    return XTT_OK;
}

static xtt_err make_pair(struct xtt_p11 *p, CK_SESSION_HANDLE session, struct job *job)
{
    CK_MECHANISM mechanism = {CKM_EC_KEY_PAIR_GEN, NULL, 0};
    CK_ATTRIBUTE public_half[] = {
        SAY(CKA_CLASS, public_class), SAY(CKA_KEY_TYPE, ec_type), SAY(CKA_TOKEN, yes),
        SAY(CKA_PRIVATE, no),         SAY(CKA_VERIFY, yes),       SAY(CKA_VERIFY_RECOVER, no),
        SAY(CKA_ENCRYPT, no),         SAY(CKA_WRAP, no),          SAY(CKA_DERIVE, no),
        SAY(CKA_EC_PARAMS, p256),     LABEL(job->label),          SAY(CKA_ID, job->id),
    };
    CK_ATTRIBUTE private_half[] = {
        SAY(CKA_CLASS, private_class),
        SAY(CKA_KEY_TYPE, ec_type),
        SAY(CKA_TOKEN, yes),
        SAY(CKA_PRIVATE, yes),
        SAY(CKA_SENSITIVE, yes),
        SAY(CKA_EXTRACTABLE, no),
        SAY(CKA_SIGN, yes),
        SAY(CKA_SIGN_RECOVER, no),
        SAY(CKA_DECRYPT, no),
        SAY(CKA_UNWRAP, no),
        SAY(CKA_DERIVE, no),
        LABEL(job->label),
        SAY(CKA_ID, job->id),
    };
    CK_OBJECT_HANDLE public_key, private_key;
    xtt_err err;
    CK_RV rv;

    rv = p->f->C_GenerateKeyPair(session, &mechanism, public_half, COUNT(public_half), private_half,
                                 COUNT(private_half), &public_key, &private_key);
    if (rv != CKR_OK)
        return p11_fault("C_GenerateKeyPair", rv, p->name, job->label);
    if ((err = read_point(p, session, public_key, job)) != XTT_OK) {
        (void)p->f->C_DestroyObject(session, private_key);
        (void)p->f->C_DestroyObject(session, public_key);
    }
    return err;
}

static xtt_err make_secret(struct xtt_p11 *p, CK_SESSION_HANDLE session, struct job *job)
{
    CK_MECHANISM mechanism = {CKM_AES_KEY_GEN, NULL, 0};
    CK_ATTRIBUTE secret[] = {
        SAY(CKA_CLASS, secret_class),
        SAY(CKA_KEY_TYPE, aes_type),
        SAY(CKA_TOKEN, yes),
        SAY(CKA_PRIVATE, yes),
        SAY(CKA_SENSITIVE, yes),
        SAY(CKA_EXTRACTABLE, no),
        SAY(CKA_ENCRYPT, yes),
        SAY(CKA_DECRYPT, yes),
        SAY(CKA_SIGN, no),
        SAY(CKA_VERIFY, no),
        SAY(CKA_WRAP, no),
        SAY(CKA_UNWRAP, no),
        SAY(CKA_DERIVE, no),
        SAY(CKA_MODIFIABLE, no),
        SAY(CKA_VALUE_LEN, aes_size),
        LABEL(job->label),
        SAY(CKA_ID, job->id),
    };
    CK_OBJECT_HANDLE key;
    CK_RV rv;

    rv = p->f->C_GenerateKey(session, &mechanism, secret, COUNT(secret), &key);
    return rv == CKR_OK ? XTT_OK : p11_fault("C_GenerateKey", rv, p->name, job->label);
}

/* Opens a session, makes sure that the name is free, and makes. */
static xtt_err make(struct xtt_p11 *p, struct job *job,
                    xtt_err (*how)(struct xtt_p11 *, CK_SESSION_HANDLE, struct job *))
{
    CK_SESSION_HANDLE session;
    xtt_err err;

    if ((err = p11_session_open(p, &session)) != XTT_OK)
        return err;
    if ((err = check_free(p, session, job->label)) == XTT_OK)
        err = how(p, session, job);
    p11_session_close(p, session);
    return err;
}

static xtt_err run_pair(struct xtt_p11 *p, void *arg)
{
    return make(p, arg, make_pair);
}

static xtt_err run_secret(struct xtt_p11 *p, void *arg)
{
    return make(p, arg, make_secret);
}

static xtt_err prepare(struct job *job, const char *label)
{
    size_t n = strlen(label);

    if (n == 0 || n > XTT_P11_LABEL_MAX)
        return p11_say(XTT_ERR_ARGUMENT, "a key label has 1 to %d bytes", XTT_P11_LABEL_MAX);
    job->label = label;
    if (xtt_rng_draw(NULL, job->id, sizeof job->id) != XTT_OK)
        return p11_say(XTT_ERR_RNG, "the system gives no random bytes");
    return XTT_OK;
}

xtt_err xtt_p11_make_key(struct xtt_p11 *p, const char *label, uint8_t pub[65])
{
    struct job job;
    xtt_err err;

    if ((err = prepare(&job, label)) != XTT_OK || (err = p11_run(p, run_pair, &job)) != XTT_OK)
        return err;
    memcpy(pub, job.pub, sizeof job.pub);
    return XTT_OK;
}

xtt_err xtt_p11_make_wrapping_key(struct xtt_p11 *p, const char *label)
{
    struct job job;
    xtt_err err;

    if ((err = prepare(&job, label)) != XTT_OK)
        return err;
    return p11_run(p, run_secret, &job);
}

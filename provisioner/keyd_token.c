/* SPDX-License-Identifier: Apache-2.0 */
/* The operations of keyd, one row each: fields of a request in, fields of the answer out. */
#include "provisioner/keyd_token.h"

#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include "daemon/log.h"
#include "pkcs11/p11.h"
#include "provisioner/keyd.h"
#include "provisioner/keyd_op.h"

enum { LABELS_MAX = 16 };

static struct {
    struct xtt_p11 *token;
    struct xtt_arena *secrets; /* of issuers, while they are used */

    pthread_mutex_t lock; /* guards what follows */
    struct {
        char label[XTT_P11_LABEL_MAX + 1];
        struct xtt_signer *signer;
    } signers[LABELS_MAX];
    size_t n_signers;
} desk = {.lock = PTHREAD_MUTEX_INITIALIZER};

static xtt_err take_label(xtt_bytes *in, char label[XTT_P11_LABEL_MAX + 1])
{
    xtt_bytes field;
    xtt_err err;

    if ((err = xttd_body_take(in, &field)) != XTT_OK)
        return err;
    if (field.n == 0 || field.n > XTT_P11_LABEL_MAX || memchr(field.p, '\0', field.n) != NULL)
        return XTT_ERR_FORMAT;
    memcpy(label, field.p, field.n);
    label[field.n] = '\0';
    return XTT_OK;
}

static xtt_err find_signer(const char *label, struct xtt_signer **out)
{
    const struct xtt_p11_key key = {label, {NULL, 0}};
    xtt_err err = XTT_OK;
    size_t i;

    pthread_mutex_lock(&desk.lock);
    for (i = 0; i < desk.n_signers && strcmp(desk.signers[i].label, label) != 0; i++)
        ;
    if (i == desk.n_signers) {
        if (i == LABELS_MAX)
            err = XTT_ERR_NOMEM;
        else if ((err = xtt_p11_signer_new(&desk.signers[i].signer, desk.token, &key)) == XTT_OK) {
            memcpy(desk.signers[i].label, label, strlen(label) + 1);
            desk.n_signers++;
        }
    }
    if (err == XTT_OK)
        *out = desk.signers[i].signer;
    pthread_mutex_unlock(&desk.lock);
    return err;
}

static xtt_err check(xtt_bytes in, struct xttd_body *out)
{
    (void)in;
    (void)out;
    return xtt_p11_check(desk.token);
}

static xtt_err public_key(xtt_bytes in, struct xttd_body *out)
{
    char label[XTT_P11_LABEL_MAX + 1];
    const struct xtt_p11_key key = {label, {NULL, 0}};
    uint8_t pub[65];
    xtt_err err;

    if ((err = take_label(&in, label)) != XTT_OK ||
        (err = xtt_p11_public_key(desk.token, &key, pub)) != XTT_OK)
        return err;
    xttd_body_add(out, pub, sizeof pub);
    return XTT_OK;
}

static xtt_err sign(xtt_bytes in, struct xttd_body *out)
{
    char label[XTT_P11_LABEL_MAX + 1];
    struct xtt_signer *signer;
    uint8_t digest[32], sig[64];
    xtt_err err;

    if ((err = take_label(&in, label)) != XTT_OK ||
        (err = xttd_body_take_exactly(&in, digest, sizeof digest)) != XTT_OK ||
        (err = find_signer(label, &signer)) != XTT_OK ||
        (err = signer->ops->sign(signer, digest, sig)) != XTT_OK)
        return err;
    xttd_body_add(out, sig, sizeof sig);
    return XTT_OK;
}

static xtt_err make_key(xtt_bytes in, struct xttd_body *out)
{
    char label[XTT_P11_LABEL_MAX + 1];
    uint8_t pub[65];
    xtt_err err;

    if ((err = take_label(&in, label)) != XTT_OK ||
        (err = xtt_p11_make_key(desk.token, label, pub)) != XTT_OK)
        return err;
    xttd_body_add(out, pub, sizeof pub);
    return XTT_OK;
}

static xtt_err make_wrapping_key(xtt_bytes in, struct xttd_body *out)
{
    char label[XTT_P11_LABEL_MAX + 1];
    xtt_err err = take_label(&in, label);

    (void)out;
    return err != XTT_OK ? err : xtt_p11_make_wrapping_key(desk.token, label);
}

static int is_issuer_aad(xtt_bytes aad)
{
    const size_t n = sizeof KEYD_ISSUER_AAD - 1;

    return aad.n >= n && memcmp(aad.p, KEYD_ISSUER_AAD, n) == 0;
}

static xtt_err add_wrapped(struct xttd_body *out, const char *kek, xtt_bytes aad, xtt_bytes plain)
{
    uint8_t blob[PROV_KEYD_BLOB_MAX];
    size_t n;
    xtt_err err = xtt_p11_wrap(desk.token, kek, aad, plain, blob, sizeof blob, &n);

    if (err == XTT_OK)
        xttd_body_add(out, blob, n);
    return err;
}

static xtt_err wrap(xtt_bytes in, struct xttd_body *out)
{
    char kek[XTT_P11_LABEL_MAX + 1];
    xtt_bytes aad, plain;
    xtt_err err;

    if ((err = take_label(&in, kek)) != XTT_OK || (err = xttd_body_take(&in, &aad)) != XTT_OK ||
        (err = xttd_body_take(&in, &plain)) != XTT_OK)
        return err;
    if (is_issuer_aad(aad))
        return XTT_ERR_ARGUMENT;
    return add_wrapped(out, kek, aad, plain);
}

static xtt_err unwrap(xtt_bytes in, struct xttd_body *out)
{
    uint8_t plain[PROV_KEYD_BLOB_MAX];
    xtt_bytes aad, blob;
    size_t n;
    xtt_err err;

    if ((err = xttd_body_take(&in, &aad)) != XTT_OK || (err = xttd_body_take(&in, &blob)) != XTT_OK)
        return err;
    if (is_issuer_aad(aad))
        return XTT_ERR_ARGUMENT;
    err = xtt_p11_unwrap(desk.token, aad, blob, plain, sizeof plain, &n);
    if (err == XTT_OK)
        xttd_body_add(out, plain, n);
    xtt_wipe(plain, sizeof plain);
    return err;
}

struct issuer_aad {
    uint8_t bytes[sizeof KEYD_ISSUER_AAD - 1 + XTT_DAA_GROUP_KEY_SIZE];
};

static xtt_bytes make_issuer_aad(struct issuer_aad *aad, const uint8_t gpk[XTT_DAA_GROUP_KEY_SIZE])
{
    memcpy(aad->bytes, KEYD_ISSUER_AAD, sizeof KEYD_ISSUER_AAD - 1);
    memcpy(aad->bytes + sizeof KEYD_ISSUER_AAD - 1, gpk, XTT_DAA_GROUP_KEY_SIZE);
    return (xtt_bytes){aad->bytes, sizeof aad->bytes};
}

static xtt_err make_issuer(xtt_bytes in, struct xttd_body *out)
{
    uint8_t *secret = xtt_arena_get(desk.secrets, XTT_DAA_ISSUER_SECRET_SIZE);
    char kek[XTT_P11_LABEL_MAX + 1];
    uint8_t pub[XTT_DAA_ISSUER_KEY_SIZE];
    struct issuer_aad aad;
    xtt_err err = XTT_ERR_NOMEM;

    if (secret == NULL || (err = take_label(&in, kek)) != XTT_OK ||
        (err = xtt_daa_issuer_new(NULL, secret, pub)) != XTT_OK)
        goto out;
    xttd_body_add(out, pub, sizeof pub);
    err = add_wrapped(out, kek, make_issuer_aad(&aad, pub),
                      (xtt_bytes){secret, XTT_DAA_ISSUER_SECRET_SIZE});
out:
    xtt_arena_put(desk.secrets, secret);
    return err;
}

static xtt_err import_issuer(xtt_bytes in, struct xttd_body *out)
{
    uint8_t *secret = xtt_arena_get(desk.secrets, XTT_DAA_ISSUER_SECRET_SIZE);
    char kek[XTT_P11_LABEL_MAX + 1];
    uint8_t gpk[XTT_DAA_GROUP_KEY_SIZE];
    struct issuer_aad aad;
    xtt_err err = XTT_ERR_NOMEM;

    if (secret == NULL || (err = take_label(&in, kek)) != XTT_OK ||
        (err = xttd_body_take_exactly(&in, gpk, sizeof gpk)) != XTT_OK ||
        (err = xttd_body_take_exactly(&in, secret, XTT_DAA_ISSUER_SECRET_SIZE)) != XTT_OK)
        goto out;
    err = XTT_ERR_CREDENTIAL;
    if (!xtt_daa_issuer_matches(secret, gpk))
        goto out;
    err = add_wrapped(out, kek, make_issuer_aad(&aad, gpk),
                      (xtt_bytes){secret, XTT_DAA_ISSUER_SECRET_SIZE});
out:
    xtt_arena_put(desk.secrets, secret);
    return err;
}

static xtt_err issue(xtt_bytes in, struct xttd_body *out)
{
    uint8_t *secret = xtt_arena_get(desk.secrets, XTT_DAA_ISSUER_SECRET_SIZE);
    uint8_t gpk[XTT_DAA_GROUP_KEY_SIZE], q[XTT_DAA_POINT_SIZE];
    uint8_t cred[XTT_DAA_CREDENTIAL_SIZE], sig[XTT_DAA_CREDENTIAL_SIG_SIZE];
    struct issuer_aad aad;
    xtt_bytes blob;
    size_t n;
    xtt_err err = XTT_ERR_NOMEM;

    if (secret == NULL || (err = xttd_body_take_exactly(&in, gpk, sizeof gpk)) != XTT_OK ||
        (err = xttd_body_take(&in, &blob)) != XTT_OK ||
        (err = xttd_body_take_exactly(&in, q, sizeof q)) != XTT_OK)
        goto out;
    err = xtt_p11_unwrap(desk.token, make_issuer_aad(&aad, gpk), blob, secret,
                         XTT_DAA_ISSUER_SECRET_SIZE, &n);
    if (err != XTT_OK)
        goto out;
    err = XTT_ERR_CREDENTIAL;
    if (n != XTT_DAA_ISSUER_SECRET_SIZE || !xtt_daa_issuer_matches(secret, gpk))
        goto out;
    if ((err = xtt_daa_issue(secret, q, NULL, cred, sig)) != XTT_OK)
        goto out;
    xttd_body_add(out, cred, sizeof cred);
    xttd_body_add(out, sig, sizeof sig);
out:
    xtt_arena_put(desk.secrets, secret);
    return err;
}

/* With the number of fields that a request has, no more and no fewer. */
static const struct {
    xtt_err (*run)(xtt_bytes in, struct xttd_body *out);
    size_t fields;
} ops[KEYD_OPS] = {
    [KEYD_CHECK] = {check, 0},
    [KEYD_PUBLIC_KEY] = {public_key, 1},
    [KEYD_SIGN] = {sign, 2},
    [KEYD_MAKE_KEY] = {make_key, 1},
    [KEYD_MAKE_WRAPPING_KEY] = {make_wrapping_key, 1},
    [KEYD_WRAP] = {wrap, 3},
    [KEYD_UNWRAP] = {unwrap, 2},
    [KEYD_MAKE_ISSUER] = {make_issuer, 1},
    [KEYD_IMPORT_ISSUER] = {import_issuer, 3},
    [KEYD_ISSUE] = {issue, 3},
};

xtt_err keyd_token_run(const struct xttd_frame *request, struct xttd_body *out)
{
    xtt_bytes rest = request->body, field;
    size_t n = 0;

    if (request->code >= KEYD_OPS)
        return XTT_ERR_ARGUMENT;
    for (; xttd_body_take(&rest, &field) == XTT_OK; n++)
        ;
    if (rest.n > 0 || n != ops[request->code].fields)
        return XTT_ERR_FORMAT;
    return ops[request->code].run(request->body, out);
}

const char *keyd_token_words(xtt_err err)
{
    const enum xtt_class class = xtt_err_class(err);
    const int is_tokens = class == XTT_CLASS_HSM || class == XTT_CLASS_AUTH ||
                          err == XTT_ERR_EXISTS || err == XTT_ERR_CONFIG || err == XTT_ERR_DECRYPT;

    return is_tokens && xtt_p11_why()[0] != '\0' ? xtt_p11_why() : xtt_err_text(err);
}

xtt_err keyd_token_open(const char *uri_text, int pin_fd)
{
    char prompt[128];
    struct xtt_p11_uri uri;
    struct xtt_p11_pin_from from = {
        .credential = "pin", .fd = pin_fd, .prompt = prompt, .environment = 1};
    struct xtt_p11_config cfg = {.uri = &uri};
    xtt_err err;

    if ((err = xtt_p11_uri_parse(&uri, uri_text)) != XTT_OK)
        return err;
    if (uri.pin_source[0] != '\0')
        from.file = uri.pin_source;
    snprintf(prompt, sizeof prompt, "PIN of token %s",
             uri.token[0] != '\0' ? uri.token : uri.serial);
    if ((err = xtt_p11_pin_read(&cfg.pin, &from)) != XTT_OK)
        return err;
    if (xtt_p11_pin_is_exposed(cfg.pin))
        xttd_log(XTTD_WARNING, "the PIN came from the %s", xtt_p11_pin_origin(cfg.pin));
    if ((err = xtt_p11_open(&desk.token, &cfg)) != XTT_OK)
        return err;
    return xtt_arena_new(&desk.secrets, XTT_DAA_ISSUER_SECRET_SIZE, KEYD_WORKERS);
}

void keyd_token_close(void)
{
    while (desk.n_signers > 0) {
        struct xtt_signer *signer = desk.signers[--desk.n_signers].signer;

        signer->ops->free(signer);
    }
    xtt_p11_close(desk.token);
    xtt_arena_free(desk.secrets);
}

const char *keyd_token_name(void)
{
    return xtt_p11_name(desk.token);
}

xtt_err keyd_token_check(void)
{
    return xtt_p11_check(desk.token);
}

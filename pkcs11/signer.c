/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Signing keys: found by label and id, used through libp11 as an EVP_PKEY.  Several threads sign at
 * once, each in a session of libp11's pool.
 */
#include "pkcs11/session.h"

#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/objects.h>
#include <stdlib.h>
#include <string.h>

struct p11_signer {
    struct xtt_signer base;
    struct xtt_p11 *p;
    struct p11_slotkey slotkey; /* guarded by p->find */
    char label[XTT_P11_LABEL_MAX + 1];
    uint8_t id[XTT_P11_ID_MAX];
    struct xtt_p11_key key; /* points to the two above */
    uint8_t pub[65];
};

static int is_key(const PKCS11_KEY *k, const struct xtt_p11_key *key)
{
    if (key->label && (!k->label || strcmp(k->label, key->label) != 0))
        return 0;
    return key->id.n == 0 || (k->id_len == key->id.n && memcmp(k->id, key->id.p, key->id.n) == 0);
}

static xtt_err check_curve(struct xtt_p11 *p, EVP_PKEY *pkey, const char *words, uint8_t pub[65])
{
    char group[64];
    unsigned char *point = NULL;
    size_t n, group_n;

    n = EVP_PKEY_get1_encoded_public_key(pkey, &point);
    if (n != 65 || !EVP_PKEY_get_group_name(pkey, group, sizeof group, &group_n) ||
        strcmp(group, SN_X9_62_prime256v1) != 0) {
        OPENSSL_free(point);
        ERR_clear_error();
        return p11_say(XTT_ERR_HSM_KEY,
                       "key %s on token %s is no P-256 key with a public half; make one with this "
                       "program",
                       words, p->name);
    }
    memcpy(pub, point, 65);
    OPENSSL_free(point);
    return XTT_OK;
}

/* The one private key of that label and id; the caller holds p->find and frees the EVP_PKEY before
 * the context goes. */
static xtt_err find_private(struct xtt_p11 *p, const struct xtt_p11_key *key, EVP_PKEY **out,
                            uint8_t pub[65])
{
    char words[P11_KEY_WORDS];
    PKCS11_KEY *keys = NULL, *hit = NULL;
    unsigned i, n = 0, hits = 0;
    EVP_PKEY *pkey;
    xtt_err err;

    p11_key_words(key, words);
    ERR_clear_error();
    if (PKCS11_enumerate_keys(p->slot->token, &keys, &n) != 0)
        return p11_fault_queue("C_FindObjects", p->name, words);
    for (i = 0; i < n; i++)
        if (is_key(&keys[i], key)) {
            hit = &keys[i];
            hits++;
        }
    if (hits == 0 && (err = p11_alive(p)) != XTT_OK)
        return err;
    if (hits != 1)
        return p11_say(XTT_ERR_HSM_KEY, "%s %s on token %s%s",
                       hits ? "there is more than one private key" : "there is no private key",
                       words, p->name,
                       hits ? "; name it by id= too" : "; see its label, or make it first");
    if ((pkey = PKCS11_get_private_key(hit)) == NULL)
        return p11_fault_queue("C_GetAttributeValue", p->name, words);
    if ((err = check_curve(p, pkey, words, pub)) != XTT_OK) {
        EVP_PKEY_free(pkey);
        return err;
    }
    *out = pkey;
    return XTT_OK;
}

/* ---- one signature --------------------------------------------------------------------------- */

struct job {
    struct p11_signer *s;
    const uint8_t *digest;
    uint8_t *sig;
};

/* OpenSSL gives SEQUENCE { r, s }; the protocol wants r || s, each 32 bytes. */
static int to_raw(const unsigned char *der, size_t n, uint8_t sig[64])
{
    ECDSA_SIG *parsed = d2i_ECDSA_SIG(NULL, &der, (long)n);
    int ok;

    ok = parsed && BN_bn2binpad(ECDSA_SIG_get0_r(parsed), sig, 32) == 32 &&
         BN_bn2binpad(ECDSA_SIG_get0_s(parsed), sig + 32, 32) == 32;
    ECDSA_SIG_free(parsed);
    return ok;
}

/* A reference of the key for this thread, found again after the context was replaced. */
static xtt_err hold_key(struct xtt_p11 *p, struct p11_signer *s, EVP_PKEY **out)
{
    xtt_err err = XTT_OK;
    uint8_t pub[65];

    (void)pthread_mutex_lock(&p->find);
    if (!s->slotkey.pkey) {
        err = find_private(p, &s->key, &s->slotkey.pkey, pub);
        if (err == XTT_OK && memcmp(pub, s->pub, sizeof pub) != 0) {
            EVP_PKEY_free(s->slotkey.pkey);
            s->slotkey.pkey = NULL;
            err = p11_say(XTT_ERR_HSM_KEY, "key %s on token %s is not the key it was at the start",
                          s->label, p->name);
        }
    }
    if (err == XTT_OK) {
        (void)EVP_PKEY_up_ref(s->slotkey.pkey);
        *out = s->slotkey.pkey;
    }
    (void)pthread_mutex_unlock(&p->find);
    return err;
}

static xtt_err sign_once(struct xtt_p11 *p, void *arg)
{
    struct job *job = arg;
    EVP_PKEY *pkey = NULL;
    EVP_PKEY_CTX *ctx = NULL;
    unsigned char der[80];
    size_t n = sizeof der;
    char words[P11_KEY_WORDS];
    xtt_err err;

    if ((err = hold_key(p, job->s, &pkey)) != XTT_OK)
        return err;
    if ((ctx = EVP_PKEY_CTX_new(pkey, NULL)) == NULL || EVP_PKEY_sign_init(ctx) <= 0 ||
        EVP_PKEY_sign(ctx, der, &n, job->digest, 32) <= 0 || !to_raw(der, n, job->sig)) {
        p11_key_words(&job->s->key, words);
        err = p11_fault_queue("C_Sign", p->name, words);
    }
    EVP_PKEY_CTX_free(ctx);
    EVP_PKEY_free(pkey);
    return err;
}

static xtt_err sign(struct xtt_signer *base, const uint8_t digest[32], uint8_t sig[64])
{
    struct p11_signer *s = (struct p11_signer *)base;
    uint8_t raw[64];
    struct job job = {s, digest, raw};
    xtt_err err;

    if ((err = p11_run(s->p, sign_once, &job)) == XTT_OK)
        memcpy(sig, raw, sizeof raw);
    return err;
}

static xtt_err public_key(struct xtt_signer *base, uint8_t pub[65])
{
    memcpy(pub, ((struct p11_signer *)base)->pub, 65);
    return XTT_OK;
}

static void free_signer(struct xtt_signer *base)
{
    struct p11_signer *s = (struct p11_signer *)base;
    struct p11_slotkey **at;

    if (!s)
        return;
    (void)pthread_rwlock_rdlock(&s->p->lock);
    (void)pthread_mutex_lock(&s->p->find);
    for (at = &s->p->keys; *at; at = &(*at)->next)
        if (*at == &s->slotkey) {
            *at = s->slotkey.next;
            break;
        }
    EVP_PKEY_free(s->slotkey.pkey);
    (void)pthread_mutex_unlock(&s->p->find);
    (void)pthread_rwlock_unlock(&s->p->lock);
    free(s);
}

static const struct xtt_signer_ops ops = {public_key, sign, free_signer};

/* ---- looking up ------------------------------------------------------------------------------ */

struct lookup {
    const struct xtt_p11_key *key;
    uint8_t pub[65];
};

static xtt_err look_up(struct xtt_p11 *p, void *arg)
{
    struct lookup *l = arg;
    EVP_PKEY *pkey;
    xtt_err err;

    (void)pthread_mutex_lock(&p->find);
    if ((err = find_private(p, l->key, &pkey, l->pub)) == XTT_OK)
        EVP_PKEY_free(pkey);
    (void)pthread_mutex_unlock(&p->find);
    return err;
}

static xtt_err check_name(const struct xtt_p11_key *key)
{
    size_t n = key->label ? strlen(key->label) : 0;

    if ((key->label && (n == 0 || n > XTT_P11_LABEL_MAX)) || key->id.n > XTT_P11_ID_MAX ||
        (n == 0 && key->id.n == 0))
        return p11_say(XTT_ERR_ARGUMENT,
                       "a key is named by a label of 1 to %d bytes or an id of 1 to "
                       "%d bytes",
                       XTT_P11_LABEL_MAX, XTT_P11_ID_MAX);
    return XTT_OK;
}

xtt_err xtt_p11_public_key(struct xtt_p11 *p, const struct xtt_p11_key *key, uint8_t pub[65])
{
    struct lookup l = {key, {0}};
    xtt_err err;

    if ((err = check_name(key)) != XTT_OK || (err = p11_run(p, look_up, &l)) != XTT_OK)
        return err;
    memcpy(pub, l.pub, sizeof l.pub);
    return XTT_OK;
}

xtt_err xtt_p11_signer_new(struct xtt_signer **out, struct xtt_p11 *p,
                           const struct xtt_p11_key *key)
{
    struct p11_signer *s;
    uint8_t pub[65];
    xtt_err err;

    if ((err = xtt_p11_public_key(p, key, pub)) != XTT_OK)
        return err;
    if ((s = calloc(1, sizeof *s)) == NULL)
        return p11_say(XTT_ERR_NOMEM, "PKCS#11: out of memory");
    s->base.ops = &ops;
    s->p = p;
    memcpy(s->pub, pub, sizeof pub);
    if (key->label) {
        memcpy(s->label, key->label, strlen(key->label) + 1);
        s->key.label = s->label;
    }
    if (key->id.n) {
        memcpy(s->id, key->id.p, key->id.n);
        s->key.id = (xtt_bytes){s->id, key->id.n};
    }
    (void)pthread_rwlock_rdlock(&p->lock);
    (void)pthread_mutex_lock(&p->find);
    s->slotkey.next = p->keys;
    p->keys = &s->slotkey;
    (void)pthread_mutex_unlock(&p->find);
    (void)pthread_rwlock_unlock(&p->lock);
    *out = &s->base;
    return XTT_OK;
}

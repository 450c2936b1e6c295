/* SPDX-License-Identifier: Apache-2.0 */
/* What tests of pkcs11/ share: a SoftHSM token, the struct xtt_p11 over it, and a clock to turn. */
#ifndef TEST_SUPPORT_TOKEN_H
#define TEST_SUPPORT_TOKEN_H

#include "pkcs11/p11.h"
#include "test/support/softhsm.h"

#include <check.h>
#include <dlfcn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <p11-kit/pkcs11.h>
#include <string.h>

#define TOKEN_PIN "1234-abcd"

static struct softhsm hsm;
static struct xtt_p11 *token;
static uint64_t token_clock = 1000;

static inline uint64_t token_now(void *arg)
{
    (void)arg;
    return token_clock;
}

static inline xtt_err token_open_as(struct xtt_p11 **out, const char *text, const char *pin_file)
{
    struct xtt_p11_uri uri;
    struct xtt_p11_pin_from from = {.file = pin_file, .fd = -1};
    struct xtt_p11_config cfg = {.uri = &uri, .now_ms = token_now};

    ck_assert_msg(xtt_p11_uri_parse(&uri, text) == XTT_OK, "%s", xtt_p11_why());
    if (pin_file)
        ck_assert_msg(xtt_p11_pin_read(&cfg.pin, &from) == XTT_OK, "%s", xtt_p11_why());
    return xtt_p11_open(out, &cfg);
}

/* A checked fixture. */
static inline void token_start(void)
{
    softhsm_start(&hsm, "station", TOKEN_PIN);
    ck_assert_msg(token_open_as(&token, hsm.uri, hsm.pin_file) == XTT_OK, "%s", xtt_p11_why());
}

static inline void token_stop(void)
{
    xtt_p11_close(token);
    token = NULL;
    softhsm_stop(&hsm);
}

/* The very instance of the module that token uses: what it does there happens under our feet. */
static inline CK_FUNCTION_LIST_PTR token_functions(void)
{
    void *dl = dlopen(softhsm_module(), RTLD_NOW | RTLD_LOCAL);
    CK_RV (*get)(CK_FUNCTION_LIST_PTR_PTR);
    CK_FUNCTION_LIST_PTR f = NULL;

    ck_assert_ptr_nonnull(dl);
    *(void **)&get = dlsym(dl, "C_GetFunctionList");
    ck_assert_ptr_nonnull(get);
    ck_assert_uint_eq(get(&f), CKR_OK);
    return f;
}

/* The slot of the token with that label; the module must be initialised. */
static inline CK_SLOT_ID token_slot(CK_FUNCTION_LIST_PTR f, const char *label)
{
    CK_SLOT_ID slots[8];
    CK_ULONG n = 8, i;
    CK_TOKEN_INFO info;

    ck_assert_uint_eq(f->C_GetSlotList(CK_TRUE, slots, &n), CKR_OK);
    for (i = 0; i < n; i++)
        if (f->C_GetTokenInfo(slots[i], &info) == CKR_OK &&
            memcmp(info.label, label, strlen(label)) == 0)
            return slots[i];
    ck_abort_msg("no token %s", label);
    return 0;
}

/* 1 if sig is an ECDSA signature of digest by pub, as OpenSSL sees it. */
static inline int token_verifies(const uint8_t pub[65], const uint8_t digest[32],
                                 const uint8_t sig[64])
{
    OSSL_PARAM params[] = {
        OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME, (char[]){"prime256v1"}, 0),
        OSSL_PARAM_construct_octet_string(OSSL_PKEY_PARAM_PUB_KEY, (void *)(uintptr_t)pub, 65),
        OSSL_PARAM_construct_end()};
    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, "EC", NULL);
    EVP_PKEY *pkey = NULL;
    ECDSA_SIG *s = ECDSA_SIG_new();
    unsigned char *der = NULL;
    int n, ok;

    ck_assert_int_eq(EVP_PKEY_fromdata_init(ctx), 1);
    ck_assert_int_eq(EVP_PKEY_fromdata(ctx, &pkey, EVP_PKEY_PUBLIC_KEY, params), 1);
    EVP_PKEY_CTX_free(ctx);
    ECDSA_SIG_set0(s, BN_bin2bn(sig, 32, NULL), BN_bin2bn(sig + 32, 32, NULL));
    n = i2d_ECDSA_SIG(s, &der);
    ECDSA_SIG_free(s);
    ctx = EVP_PKEY_CTX_new(pkey, NULL);
    ck_assert_int_eq(EVP_PKEY_verify_init(ctx), 1);
    ok = EVP_PKEY_verify(ctx, der, (size_t)n, digest, 32) == 1;
    OPENSSL_free(der);
    EVP_PKEY_CTX_free(ctx);
    EVP_PKEY_free(pkey);
    return ok;
}

#endif

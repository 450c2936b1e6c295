/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Lines for signatures by a PKCS#11 token (SoftHSM), next to C_SignInit and C_Sign with nothing
 * around them on the same key of the same module.  Two threads are two sessions; keyd is a process
 * away.
 */
#include "test/bench/bench.h"

#include "pkcs11/p11.h"
#include "provisioner/keyd.h"
#include "test/support/softhsm.h"

#include <dlfcn.h>
#include <p11-kit/pkcs11.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#define LABEL "server"
#define PAIR  32 /* signatures of one thread before both are waited for */

static struct softhsm hsm;
static struct xtt_p11 *token;
static struct xtt_signer *signer;
static struct prov_keyd *keyd;
static const uint8_t digest[32] = {1};

/* A session of the module's own, logged in as the application is. */
struct raw {
    CK_FUNCTION_LIST_PTR f;
    CK_SESSION_HANDLE session;
    CK_OBJECT_HANDLE key;
};

/* The one slot with an initialised token. */
static CK_SLOT_ID find_slot(CK_FUNCTION_LIST_PTR f)
{
    CK_SLOT_ID slots[4];
    CK_ULONG n = 4;
    CK_TOKEN_INFO info;

    bench_need(f->C_GetSlotList(CK_TRUE, slots, &n) == CKR_OK, "C_GetSlotList");
    while (n-- > 0)
        if (f->C_GetTokenInfo(slots[n], &info) == CKR_OK &&
            (info.flags & CKF_TOKEN_INITIALIZED) != 0)
            return slots[n];
    bench_need(0, "no token");
    return 0;
}

static void open_raw(struct raw *raw)
{
    CK_OBJECT_CLASS class = CKO_PRIVATE_KEY;
    CK_ATTRIBUTE wanted[] = {{CKA_CLASS, &class, sizeof class},
                             {CKA_LABEL, (char[]){LABEL}, sizeof LABEL - 1}};
    void *dl = dlopen(softhsm_module(), RTLD_NOW | RTLD_LOCAL);
    CK_RV (*get)(CK_FUNCTION_LIST_PTR_PTR) = NULL;
    CK_ULONG n = 0;

    bench_need(dl != NULL, "dlopen");
    *(void **)&get = dlsym(dl, "C_GetFunctionList");
    bench_need(get != NULL && get(&raw->f) == CKR_OK, "C_GetFunctionList");
    bench_need(raw->f->C_OpenSession(find_slot(raw->f), CKF_SERIAL_SESSION, NULL, NULL,
                                     &raw->session) == CKR_OK,
               "C_OpenSession");
    bench_need(raw->f->C_FindObjectsInit(raw->session, wanted, 2) == CKR_OK &&
                   raw->f->C_FindObjects(raw->session, &raw->key, 1, &n) == CKR_OK && n == 1 &&
                   raw->f->C_FindObjectsFinal(raw->session) == CKR_OK,
               "C_FindObjects");
}

/* The token in this process, as keyd opens it in its own. */
static void open_token(void)
{
    struct xtt_p11_uri uri;
    struct xtt_p11_pin_from from = {.file = hsm.pin_file, .fd = -1};
    struct xtt_p11_config cfg = {.uri = &uri};
    uint8_t pub[65];

    bench_need(
        xtt_p11_uri_parse(&uri, hsm.uri) == XTT_OK && xtt_p11_pin_read(&cfg.pin, &from) == XTT_OK &&
            xtt_p11_open(&token, &cfg) == XTT_OK && xtt_p11_make_key(token, LABEL, pub) == XTT_OK,
        xtt_p11_why());
}

static void sign_raw(void *arg)
{
    struct raw *raw = arg;
    CK_MECHANISM mechanism = {CKM_ECDSA, NULL, 0};
    uint8_t sig[64];
    CK_ULONG n = sizeof sig;

    bench_need(raw->f->C_SignInit(raw->session, &mechanism, raw->key) == CKR_OK &&
                   raw->f->C_Sign(raw->session, (CK_BYTE_PTR)(uintptr_t)digest, sizeof digest, sig,
                                  &n) == CKR_OK,
               "C_Sign");
}

static void sign_ours(void *arg)
{
    uint8_t sig[64];

    (void)arg;
    bench_need(signer->ops->sign(signer, digest, sig) == XTT_OK, xtt_p11_why());
}

static void sign_keyd(void *arg)
{
    struct xttd_fail fail = {0};
    uint8_t sig[64];

    (void)arg;
    bench_need(prov_keyd_sign(keyd, LABEL, digest, sig, &fail) == XTT_OK, fail.message);
}

/* ---- two at once ------------------------------------------------------------------------------
 */

struct pair {
    bench_op *op;
    void *args[2];
};

struct half {
    bench_op *op;
    void *arg;
};

static void *sign_half(void *arg)
{
    struct half *half = arg;

    for (int i = 0; i < PAIR; i++)
        half->op(half->arg);
    return NULL;
}

/* 2 * PAIR signatures by two threads. */
static void sign_pair(void *arg)
{
    struct pair *pair = arg;
    struct half halves[2] = {{pair->op, pair->args[0]}, {pair->op, pair->args[1]}};
    pthread_t other;

    bench_need(pthread_create(&other, NULL, sign_half, &halves[1]) == 0, "thread");
    (void)sign_half(&halves[0]);
    (void)pthread_join(other, NULL);
}

/* The same number by one thread. */
static void sign_alone(void *arg)
{
    struct pair *pair = arg;
    struct half half = {pair->op, pair->args[0]};

    (void)sign_half(&half);
    (void)sign_half(&half);
}

/* ---- what is measured -------------------------------------------------------------------------
 */

int bench_as_keyd(int argc, char **argv)
{
    return argc > 2 && strcmp(argv[1], "keyd") == 0 ? prov_keyd_main(argc - 1, argv + 1) : -1;
}

static void stop(void)
{
    prov_keyd_close(keyd);
    signer->ops->free(signer);
    xtt_p11_close(token);
    softhsm_stop(&hsm);
}

void bench_hsm(struct bench *b)
{
    static struct raw raws[2];
    static struct pair raw_pair = {sign_raw, {&raws[0], &raws[1]}}, our_pair = {sign_ours, {NULL}},
                       keyd_pair = {sign_keyd, {NULL}};
    const struct xtt_p11_key key = {LABEL, {NULL, 0}};
    struct prov_keyd_config cfg = {.pin_fd = -1};
    struct xttd_fail fail = {0};

    if (!softhsm_module())
        return;
    softhsm_start(&hsm, "station", "1234-abcd");
    open_token();
    cfg.state = hsm.dir;
    cfg.token = hsm.uri;
    bench_need(prov_keyd_open(&keyd, &cfg, &fail) == XTT_OK, fail.message);
    bench_need(xtt_p11_signer_new(&signer, token, &key) == XTT_OK, "a signer");
    open_raw(&raws[0]);
    open_raw(&raws[1]);
    atexit(stop);

    bench_add(b, "pkcs11_raw_sign", "us", sign_raw, &raws[0], NULL);
    bench_add(b, "hsm_sign", "us", sign_ours, NULL, "pkcs11_raw_sign");
    bench_add(b, "hsm_sign_keyd", "us", sign_keyd, NULL, "pkcs11_raw_sign");
    bench_add(b, "pkcs11_raw_64_by_1", "us", sign_alone, &raw_pair, NULL);
    bench_add(b, "pkcs11_raw_64_by_2", "us", sign_pair, &raw_pair, "pkcs11_raw_64_by_1");
    bench_add(b, "hsm_64_by_1", "us", sign_alone, &our_pair, NULL);
    bench_add(b, "hsm_64_by_2", "us", sign_pair, &our_pair, "hsm_64_by_1");
    bench_add(b, "hsm_keyd_64_by_1", "us", sign_alone, &keyd_pair, NULL);
    bench_add(b, "hsm_keyd_64_by_2", "us", sign_pair, &keyd_pair, "hsm_keyd_64_by_1");
}

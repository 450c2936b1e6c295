/* SPDX-License-Identifier: Apache-2.0 */
/* Tests pkcs11/signer.c: signatures that OpenSSL accepts, from several threads, and through every
 * way of losing the token in between. */
#include "test/support/suite.h"
#include "test/support/token.h"

#include <pthread.h>

static uint8_t pub[65];
static struct xtt_signer *signer;

static void start(void)
{
    struct xtt_p11_key key = {"server", {NULL, 0}};
    uint8_t other[65];

    token_start();
    ck_assert_msg(xtt_p11_make_key(token, "server", pub) == XTT_OK, "%s", xtt_p11_why());
    ck_assert_int_eq(xtt_p11_make_key(token, "root", other), XTT_OK);
    ck_assert_msg(xtt_p11_signer_new(&signer, token, &key) == XTT_OK, "%s", xtt_p11_why());
}

static void stop(void)
{
    if (signer)
        signer->ops->free(signer);
    signer = NULL;
    token_stop();
}

static void expect_signature(uint8_t seed)
{
    uint8_t digest[32], sig[64];

    memset(digest, seed, sizeof digest);
    ck_assert_msg(signer->ops->sign(signer, digest, sig) == XTT_OK, "%s", xtt_p11_why());
    ck_assert(token_verifies(pub, digest, sig));
    digest[31] ^= 1;
    ck_assert(!token_verifies(pub, digest, sig));
}

START_TEST(signs_what_openssl_verifies)
{
    uint8_t own[65];
    int i;

    ck_assert_int_eq(signer->ops->public_key(signer, own), XTT_OK);
    ck_assert_mem_eq(own, pub, 65);
    for (i = 0; i < 300; i++) /* enough for short r and short s */
        expect_signature((uint8_t)i);
}
END_TEST

START_TEST(finds_a_key_by_its_id)
{
    CK_FUNCTION_LIST_PTR f = token_functions();
    CK_SESSION_HANDLE s;
    CK_OBJECT_HANDLE object;
    CK_ULONG n;
    uint8_t id[32], found[65];
    CK_ATTRIBUTE label = {CKA_LABEL, (char[]){"server"}, 6}, a = {CKA_ID, id, sizeof id};
    struct xtt_p11_key key = {NULL, {id, 16}};

    ck_assert_uint_eq(
        f->C_OpenSession(token_slot(f, "station"), CKF_SERIAL_SESSION, NULL, NULL, &s), CKR_OK);
    ck_assert_uint_eq(f->C_FindObjectsInit(s, &label, 1), CKR_OK);
    ck_assert_uint_eq(f->C_FindObjects(s, &object, 1, &n), CKR_OK);
    ck_assert_uint_eq(f->C_FindObjectsFinal(s), CKR_OK);
    ck_assert_uint_eq(f->C_GetAttributeValue(s, object, &a, 1), CKR_OK);
    ck_assert_uint_eq(a.ulValueLen, 16);
    ck_assert_int_eq(xtt_p11_public_key(token, &key, found), XTT_OK);
    ck_assert_mem_eq(found, pub, 65);
    key.label = "root"; /* label and id must both fit */
    ck_assert_int_eq(xtt_p11_public_key(token, &key, found), XTT_ERR_HSM_KEY);
    key.label = NULL;
    id[0] ^= 1;
    ck_assert_int_eq(xtt_p11_public_key(token, &key, found), XTT_ERR_HSM_KEY);
    ck_assert_msg(strstr(xtt_p11_why(), "no private key id ") != NULL, "%s", xtt_p11_why());
}
END_TEST

START_TEST(refuses_keys_that_are_not_there_and_names_that_are_none)
{
    struct xtt_p11_key key = {"nobody", {NULL, 0}};
    struct xtt_signer *none = NULL;
    char longest[80];
    uint8_t out[65];

    ck_assert_int_eq(xtt_p11_signer_new(&none, token, &key), XTT_ERR_HSM_KEY);
    ck_assert_ptr_nonnull(strstr(xtt_p11_why(), "nobody"));
    key.label = "serve"; /* no prefixes */
    ck_assert_int_eq(xtt_p11_public_key(token, &key, out), XTT_ERR_HSM_KEY);
    key.label = NULL;
    ck_assert_int_eq(xtt_p11_public_key(token, &key, out), XTT_ERR_ARGUMENT);
    key.label = "";
    ck_assert_int_eq(xtt_p11_public_key(token, &key, out), XTT_ERR_ARGUMENT);
    memset(longest, 'x', sizeof longest);
    longest[65] = 0;
    key.label = longest;
    ck_assert_int_eq(xtt_p11_public_key(token, &key, out), XTT_ERR_ARGUMENT);
    ck_assert_ptr_null(none);
}
END_TEST

/* A key pair made behind our back, with any curve and label. */
static void make_pair(const uint8_t *curve, size_t n, const char *label, uint8_t id)
{
    CK_FUNCTION_LIST_PTR f = token_functions();
    CK_MECHANISM m = {CKM_EC_KEY_PAIR_GEN, NULL, 0};
    CK_BBOOL yes = CK_TRUE;
    CK_ATTRIBUTE a[] = {{CKA_EC_PARAMS, (void *)(uintptr_t)curve, n},
                        {CKA_TOKEN, &yes, sizeof yes},
                        {CKA_LABEL, (void *)(uintptr_t)label, strlen(label)},
                        {CKA_ID, &id, 1}};
    CK_ATTRIBUTE b[] = {a[1], a[2], a[3], {CKA_SIGN, &yes, sizeof yes}};
    CK_SESSION_HANDLE s;
    CK_OBJECT_HANDLE x, y;

    ck_assert_uint_eq(f->C_OpenSession(token_slot(f, "station"),
                                       CKF_SERIAL_SESSION | CKF_RW_SESSION, NULL, NULL, &s),
                      CKR_OK);
    ck_assert_uint_eq(f->C_GenerateKeyPair(s, &m, a, 4, b, 4, &x, &y), CKR_OK);
    ck_assert_uint_eq(f->C_CloseSession(s), CKR_OK);
}

START_TEST(refuses_a_key_on_another_curve)
{
    static const uint8_t p384[] = {0x06, 0x05, 0x2b, 0x81, 0x04, 0x00, 0x22};
    static const uint8_t k256[] = {0x06, 0x05, 0x2b, 0x81, 0x04, 0x00, 0x0a};
    struct xtt_p11_key key = {"large", {NULL, 0}};
    uint8_t out[65];

    make_pair(p384, sizeof p384, "large", 1);
    make_pair(k256, sizeof k256, "coin", 2);
    ck_assert_int_eq(xtt_p11_public_key(token, &key, out), XTT_ERR_HSM_KEY);
    ck_assert_msg(strstr(xtt_p11_why(), "P-256") != NULL, "%s", xtt_p11_why());
    key.label = "coin";
    ck_assert_int_eq(xtt_p11_public_key(token, &key, out), XTT_ERR_HSM_KEY);
    ck_assert_msg(strstr(xtt_p11_why(), "P-256") != NULL, "%s", xtt_p11_why());
}
END_TEST

START_TEST(refuses_two_keys_of_one_label)
{
    static const uint8_t p256[] = {0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07};
    uint8_t id = 7, out[65];
    struct xtt_p11_key key = {"server", {NULL, 0}}, exact = {"server", {&id, 1}};

    make_pair(p256, sizeof p256, "server", id);
    ck_assert_int_eq(xtt_p11_public_key(token, &key, out), XTT_ERR_HSM_KEY);
    ck_assert_ptr_nonnull(strstr(xtt_p11_why(), "more than one"));
    ck_assert_int_eq(xtt_p11_public_key(token, &exact, out), XTT_OK);
    ck_assert_mem_ne(out, pub, 65);
}
END_TEST

/* ---- losing the token ------------------------------------------------------------------------ */

START_TEST(signs_on_after_its_sessions_were_closed)
{
    CK_FUNCTION_LIST_PTR f = token_functions();

    expect_signature(1);
    ck_assert_uint_eq(f->C_CloseAllSessions(token_slot(f, "station")), CKR_OK);
    expect_signature(2);
    token_clock += XTT_P11_REOPEN_MS;
    ck_assert_uint_eq(f->C_CloseAllSessions(token_slot(f, "station")), CKR_OK);
    expect_signature(3);
}
END_TEST

START_TEST(signs_on_after_the_module_was_finalised)
{
    expect_signature(1);
    ck_assert_uint_eq(token_functions()->C_Finalize(NULL), CKR_OK);
    expect_signature(2);
}
END_TEST

START_TEST(signs_on_after_a_logout)
{
    CK_FUNCTION_LIST_PTR f = token_functions();
    CK_SESSION_HANDLE s;

    expect_signature(1);
    ck_assert_uint_eq(
        f->C_OpenSession(token_slot(f, "station"), CKF_SERIAL_SESSION, NULL, NULL, &s), CKR_OK);
    ck_assert_uint_eq(f->C_Logout(s), CKR_OK);
    expect_signature(2);
}
END_TEST

START_TEST(tells_that_the_token_is_gone_and_signs_when_it_returns)
{
    uint8_t digest[32] = {1}, sig[64];

    expect_signature(1);
    softhsm_unplug(&hsm);
    ck_assert_int_eq(signer->ops->sign(signer, digest, sig), XTT_ERR_HSM_UNREACHABLE);
    ck_assert_msg(strstr(xtt_p11_why(), "station") != NULL, "%s", xtt_p11_why());
    softhsm_plug(&hsm);
    token_clock += XTT_P11_RELOAD_MS;
    expect_signature(2);
}
END_TEST

START_TEST(refuses_another_key_under_the_same_label)
{
    static const uint8_t p256[] = {0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07};
    CK_FUNCTION_LIST_PTR f = token_functions();
    CK_ATTRIBUTE label = {CKA_LABEL, (char[]){"server"}, 6};
    CK_OBJECT_HANDLE objects[4];
    CK_SESSION_HANDLE s;
    CK_ULONG n, i;
    uint8_t digest[32] = {1}, sig[64];

    expect_signature(1);
    ck_assert_uint_eq(f->C_OpenSession(token_slot(f, "station"),
                                       CKF_SERIAL_SESSION | CKF_RW_SESSION, NULL, NULL, &s),
                      CKR_OK);
    ck_assert_uint_eq(f->C_FindObjectsInit(s, &label, 1), CKR_OK);
    ck_assert_uint_eq(f->C_FindObjects(s, objects, 4, &n), CKR_OK);
    ck_assert_uint_eq(f->C_FindObjectsFinal(s), CKR_OK);
    for (i = 0; i < n; i++)
        ck_assert_uint_eq(f->C_DestroyObject(s, objects[i]), CKR_OK);
    ck_assert_uint_eq(f->C_CloseSession(s), CKR_OK);
    make_pair(p256, sizeof p256, "server", 9);
    ck_assert_int_eq(signer->ops->sign(signer, digest, sig), XTT_ERR_HSM_KEY);
    ck_assert_msg(strstr(xtt_p11_why(), "not the key it was") != NULL, "%s", xtt_p11_why());
}
END_TEST

/* ---- threads --------------------------------------------------------------------------------- */

#define THREADS 4
#define EACH    200

static uint8_t digests[THREADS][EACH][32], sigs[THREADS][EACH][64];
static xtt_err results[THREADS][EACH];

static pthread_barrier_t halfway;

static void *sign_many(void *arg)
{
    size_t t = *(size_t *)arg, i;

    for (i = 0; i < EACH; i++) {
        if (i == EACH / 2) {
            (void)pthread_barrier_wait(&halfway);
            (void)pthread_barrier_wait(&halfway);
        }
        memset(digests[t][i], (int)t, 16);
        memset(digests[t][i] + 16, (int)i, 16);
        results[t][i] = signer->ops->sign(signer, digests[t][i], sigs[t][i]);
    }
    return NULL;
}

/* SoftHSM itself does not survive sessions that are closed in the middle of a signature, so all
 * threads hold still for that moment; then all four find their sessions dead at once. */
START_TEST(four_threads_sign_and_lose_nothing_when_the_sessions_die)
{
    CK_FUNCTION_LIST_PTR f = token_functions();
    pthread_t threads[THREADS];
    size_t numbers[THREADS], t, i;

    ck_assert_int_eq(pthread_barrier_init(&halfway, NULL, THREADS + 1), 0);
    for (t = 0; t < THREADS; t++) {
        numbers[t] = t;
        ck_assert_int_eq(pthread_create(&threads[t], NULL, sign_many, &numbers[t]), 0);
    }
    (void)pthread_barrier_wait(&halfway);
    if (_i == 1)
        ck_assert_uint_eq(f->C_CloseAllSessions(token_slot(f, "station")), CKR_OK);
    else if (_i == 2)
        ck_assert_uint_eq(f->C_Finalize(NULL), CKR_OK);
    (void)pthread_barrier_wait(&halfway);
    for (t = 0; t < THREADS; t++)
        ck_assert_int_eq(pthread_join(threads[t], NULL), 0);
    for (t = 0; t < THREADS; t++)
        for (i = 0; i < EACH; i++) {
            ck_assert_int_eq(results[t][i], XTT_OK);
            ck_assert(token_verifies(pub, digests[t][i], sigs[t][i]));
        }
}
END_TEST

static void fill(TCase *tc)
{
    tcase_add_checked_fixture(tc, start, stop);
    tcase_add_test(tc, signs_what_openssl_verifies);
    tcase_add_test(tc, finds_a_key_by_its_id);
    tcase_add_test(tc, refuses_keys_that_are_not_there_and_names_that_are_none);
    tcase_add_test(tc, refuses_a_key_on_another_curve);
    tcase_add_test(tc, refuses_two_keys_of_one_label);
    tcase_add_test(tc, signs_on_after_its_sessions_were_closed);
    tcase_add_test(tc, signs_on_after_the_module_was_finalised);
    tcase_add_test(tc, signs_on_after_a_logout);
    tcase_add_test(tc, tells_that_the_token_is_gone_and_signs_when_it_returns);
    tcase_add_test(tc, refuses_another_key_under_the_same_label);
    tcase_add_loop_test(tc, four_threads_sign_and_lose_nothing_when_the_sessions_die, 0, 3);
}

int main(void)
{
    if (!softhsm_module())
        return 77;
    return run_suite("pkcs11_signer", fill, 30);
}

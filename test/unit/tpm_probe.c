/* SPDX-License-Identifier: Apache-2.0 */
/* Tests tpm/probe.c: what swtpm is known to say about itself, and what our own doings change. */
#include "test/support/suite.h"
#include "test/support/tpm.h"

#include <tss2/tss2_esys.h>

static struct xtt_tpm_info info;

static struct xtt_tpm *probe(void)
{
    struct xtt_tpm *tpm = tpm_new();

    ck_assert_msg(xtt_tpm_probe(tpm, &info) == XTT_OK, "%s", xtt_tpm_why(tpm));
    return tpm;
}

START_TEST(tells_what_swtpm_is)
{
    struct xtt_tpm *tpm = probe();

    ck_assert_str_eq(info.manufacturer, "IBM");
    ck_assert_str_eq(info.vendor, "SW   TPM");
    ck_assert_uint_ge(info.revision, 138);
    ck_assert_int_eq(info.has_p256, 1);
    ck_assert_int_eq(info.has_member, 1);
    ck_assert_int_eq(info.has_srk, 0);
    ck_assert_uint_eq(info.free_slots, 3);
    xtt_tpm_free(tpm);
    ck_assert_uint_eq(tpm_count(TPM2_PERSISTENT_FIRST), 0);
}
END_TEST

START_TEST(sees_the_srk_and_loaded_keys)
{
    struct xtt_tpm *tpm = probe();
    struct xtt_signer *s;
    char pem[XTT_TPM_PEM_SIZE];
    uint8_t digest[32] = {0}, sig[64];

    ck_assert_int_eq(xtt_tpm_create(tpm, XTT_TPM_LONGTERM, pem), XTT_OK);
    ck_assert_int_eq(xtt_tpm_signer_new(&s, tpm, tpm_pem(pem)), XTT_OK);
    ck_assert_int_eq(s->ops->sign(s, digest, sig), XTT_OK);
    ck_assert_int_eq(xtt_tpm_probe(tpm, &info), XTT_OK);
    ck_assert_int_eq(info.has_srk, 1);
    ck_assert_uint_eq(info.free_slots, 2);
    s->ops->free(s);
    xtt_tpm_free(tpm);
}
END_TEST

/* Locks the TPM as a careless program does: wrong passwords for a key that is guarded against it.
 */
static void lock_out(void)
{
    const TPM2B_PUBLIC template = {
        .publicArea = {.type = TPM2_ALG_KEYEDHASH,
                       .nameAlg = TPM2_ALG_SHA256,
                       .objectAttributes = TPMA_OBJECT_USERWITHAUTH | TPMA_OBJECT_FIXEDTPM |
                                           TPMA_OBJECT_FIXEDPARENT,
                       .parameters.keyedHashDetail.scheme.scheme = TPM2_ALG_NULL}};
    const TPM2B_SENSITIVE_CREATE secret = {
        .sensitive = {.userAuth = {.size = 1, .buffer = {'a'}}, .data = {.size = 1}}};
    const TPM2B_AUTH wrong = {.size = 1, .buffer = {'b'}};
    const TPM2B_DATA outside = {0};
    const TPML_PCR_SELECTION pcrs = {0};
    TPM2B_SENSITIVE_DATA *data = NULL;
    TSS2_TCTI_CONTEXT *io = NULL;
    ESYS_CONTEXT *esys = NULL;
    ESYS_TR tr;

    ck_assert_uint_eq(Tss2_TctiLdr_Initialize(swtpm_tcti(the_swtpm), &io), 0);
    ck_assert_uint_eq(Esys_Initialize(&esys, io, NULL), 0);
    ck_assert_uint_eq(Esys_CreatePrimary(esys, ESYS_TR_RH_OWNER, ESYS_TR_PASSWORD, ESYS_TR_NONE,
                                         ESYS_TR_NONE, &secret, &template, &outside, &pcrs, &tr,
                                         NULL, NULL, NULL, NULL),
                      0);
    ck_assert_uint_eq(Esys_TR_SetAuth(esys, tr, &wrong), 0);
    for (int i = 0; i < 4; i++)
        ck_assert_uint_ne(
            Esys_Unseal(esys, tr, ESYS_TR_PASSWORD, ESYS_TR_NONE, ESYS_TR_NONE, &data), 0);
    ck_assert_uint_eq(Esys_FlushContext(esys, tr), 0);
    Esys_Finalize(&esys);
    Tss2_TctiLdr_Finalize(&io);
}

START_TEST(reports_a_lockout_in_which_our_keys_work)
{
    struct xtt_tpm *tpm = probe();
    struct xtt_signer *s;
    char pem[XTT_TPM_PEM_SIZE];
    uint8_t digest[32] = {0}, sig[64];

    ck_assert_int_eq(info.is_locked_out, 0);
    ck_assert_uint_eq(info.lockout_count, 0);
    lock_out();
    ck_assert_int_eq(xtt_tpm_probe(tpm, &info), XTT_OK);
    ck_assert_int_eq(info.is_locked_out, 1);
    ck_assert_uint_eq(info.lockout_max, 3);
    ck_assert_uint_ge(info.lockout_count, info.lockout_max);
    ck_assert_uint_eq(info.recovery_s, 1000);
    ck_assert_int_eq(xtt_tpm_create(tpm, XTT_TPM_LONGTERM, pem), XTT_OK);
    ck_assert_int_eq(xtt_tpm_signer_new(&s, tpm, tpm_pem(pem)), XTT_OK);
    ck_assert_int_eq(s->ops->sign(s, digest, sig), XTT_OK);
    s->ops->free(s);
    xtt_tpm_free(tpm);
    tpm_assert_clean();
}
END_TEST

START_TEST(writes_nothing_when_there_is_no_tpm)
{
    struct xtt_tpm *tpm = probe();
    struct xtt_tpm_info before;

    memset(&info, 0x5A, sizeof info);
    before = info;
    swtpm_kill(the_swtpm);
    ck_assert_int_eq(xtt_tpm_probe(tpm, &info), XTT_ERR_TPM_UNREACHABLE);
    ck_assert_mem_eq(&info, &before, sizeof info);
    xtt_tpm_free(tpm);
}
END_TEST

static void fill(TCase *tc)
{
    tcase_add_checked_fixture(tc, tpm_start, tpm_stop);
    tcase_add_test(tc, tells_what_swtpm_is);
    tcase_add_test(tc, sees_the_srk_and_loaded_keys);
    tcase_add_test(tc, reports_a_lockout_in_which_our_keys_work);
    tcase_add_test(tc, writes_nothing_when_there_is_no_tpm);
}

int main(void)
{
    return run_suite("tpm_probe", fill, 20);
}

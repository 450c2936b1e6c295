/* SPDX-License-Identifier: Apache-2.0 */
/* Tests tpm/signer.c on a real TPM: signatures that OpenSSL accepts, resets, keys of others. */
#include "test/support/suite.h"
#include "test/support/tpm.h"

#include "crypto/provider.h"

static struct xtt_tpm *tpm;
static char pem[XTT_TPM_PEM_SIZE];
static uint8_t digest[32] = {1, 2, 3};

static void make(void)
{
    tpm = tpm_new();
    ck_assert_msg(xtt_tpm_create(tpm, XTT_TPM_LONGTERM, pem) == XTT_OK, "%s", xtt_tpm_why(tpm));
}

static void drop(void)
{
    xtt_tpm_free(tpm);
    tpm_assert_clean();
}

static struct xtt_signer *new_signer(void)
{
    struct xtt_signer *s;

    ck_assert_msg(xtt_tpm_signer_new(&s, tpm, tpm_pem(pem)) == XTT_OK, "%s", xtt_tpm_why(tpm));
    return s;
}

static void assert_signs(struct xtt_signer *s)
{
    uint8_t pub[65], sig[64];

    ck_assert_int_eq(s->ops->public_key(s, pub), XTT_OK);
    ck_assert_msg(s->ops->sign(s, digest, sig) == XTT_OK, "%s", xtt_tpm_why(tpm));
    ck_assert_int_eq(xtt_p256_verify(pub, digest, sig), XTT_OK);
    sig[40] ^= 1;
    ck_assert_int_ne(xtt_p256_verify(pub, digest, sig), XTT_OK);
}

START_TEST(signs_what_openssl_verifies)
{
    struct xtt_signer *s = new_signer();

    for (digest[31] = 0; digest[31] < 20; digest[31]++)
        assert_signs(s);
    ck_assert_uint_eq(tpm_count(TPM2_TRANSIENT_FIRST), 1);
    s->ops->free(s);
    ck_assert_uint_eq(tpm_count(TPM2_TRANSIENT_FIRST), 0);
}
END_TEST

START_TEST(says_the_public_key_without_a_tpm)
{
    struct xtt_signer *s;
    struct xtt_tpm *nowhere;
    uint8_t pub[65], sig[64];

    ck_assert_int_eq(xtt_tpm_new(&nowhere, "swtpm:path=/nonexistent/s", XTT_TPM_SIMULATOR), XTT_OK);
    ck_assert_int_eq(xtt_tpm_signer_new(&s, nowhere, tpm_pem(pem)), XTT_OK);
    ck_assert_int_eq(s->ops->public_key(s, pub), XTT_OK);
    ck_assert_int_eq(pub[0], 4);
    ck_assert_int_eq(s->ops->sign(s, digest, sig), XTT_ERR_TPM_UNREACHABLE);
    s->ops->free(s);
    xtt_tpm_free(nowhere);
}
END_TEST

START_TEST(signs_again_after_a_power_cut)
{
    struct xtt_signer *s = new_signer();

    assert_signs(s);
    swtpm_reset(the_swtpm);
    assert_signs(s);
    s->ops->free(s);
}
END_TEST

START_TEST(answers_unreachable_while_power_is_off_and_signs_later)
{
    struct xtt_signer *s = new_signer();
    uint8_t sig[64] = {0};

    assert_signs(s);
    swtpm_kill(the_swtpm);
    ck_assert_int_eq(s->ops->sign(s, digest, sig), XTT_ERR_TPM_UNREACHABLE);
    ck_assert_int_eq(xtt_ct_is_zero(sig, sizeof sig), 1);
    ck_assert_ptr_nonnull(strstr(xtt_tpm_why(tpm), "0x000A"));
    swtpm_restart(the_swtpm);
    assert_signs(s);
    s->ops->free(s);
}
END_TEST

START_TEST(frees_a_signer_of_a_tpm_that_is_gone)
{
    struct xtt_signer *s = new_signer();

    assert_signs(s);
    swtpm_kill(the_swtpm);
    s->ops->free(s);
    swtpm_restart(the_swtpm);
}
END_TEST

START_TEST(rejects_the_key_of_another_tpm)
{
    struct swtpm *mine = the_swtpm;
    struct xtt_signer *s;
    struct xtt_tpm *other;
    uint8_t name[XTT_TPM_NAME_SIZE], sig[64];

    the_swtpm = swtpm_start();
    other = tpm_new();
    ck_assert_int_eq(xtt_tpm_srk(other, name), XTT_OK);
    ck_assert_int_eq(xtt_tpm_signer_new(&s, other, tpm_pem(pem)), XTT_OK);
    ck_assert_int_eq(s->ops->sign(s, digest, sig), XTT_ERR_TPM_KEY);
    ck_assert_int_eq(xtt_err_class(XTT_ERR_TPM_KEY), XTT_CLASS_REENROL);
    ck_assert_ptr_nonnull(strstr(xtt_tpm_why(other), "Esys_Load: 0x000001DF"));
    s->ops->free(s);
    xtt_tpm_free(other);
    tpm_assert_clean();
    tpm_stop();
    the_swtpm = mine;
}
END_TEST

START_TEST(rejects_a_key_in_a_tpm_without_srk)
{
    struct swtpm *mine = the_swtpm;
    struct xtt_signer *s;
    struct xtt_tpm *empty;
    uint8_t sig[64];

    the_swtpm = swtpm_start();
    empty = tpm_new();
    ck_assert_int_eq(xtt_tpm_signer_new(&s, empty, tpm_pem(pem)), XTT_OK);
    ck_assert_int_eq(s->ops->sign(s, digest, sig), XTT_ERR_TPM_KEY);
    s->ops->free(s);
    xtt_tpm_free(empty);
    tpm_assert_clean();
    ck_assert_uint_eq(tpm_count(TPM2_PERSISTENT_FIRST), 0);
    tpm_stop();
    the_swtpm = mine;
}
END_TEST

START_TEST(rejects_a_member_key)
{
    struct xtt_signer *s = NULL;
    char member[XTT_TPM_PEM_SIZE];

    ck_assert_int_eq(xtt_tpm_create(tpm, XTT_TPM_MEMBER, member), XTT_OK);
    ck_assert_int_eq(xtt_tpm_signer_new(&s, tpm, tpm_pem(member)), XTT_ERR_TPM_KEY);
    ck_assert_ptr_null(s);
    ck_assert_ptr_nonnull(strstr(xtt_tpm_why(tpm), "P-256"));
}
END_TEST

/* The TPM of swtpm has three places for objects, and one is needed while another is loaded. */
START_TEST(many_signers_share_three_places)
{
    struct xtt_signer *s[6];

    for (int i = 0; i < 6; i++)
        s[i] = new_signer();
    for (int round = 0; round < 2; round++)
        for (int i = 0; i < 6; i++)
            assert_signs(s[i]);
    for (int i = 0; i < 6; i++)
        s[i]->ops->free(s[i]);
}
END_TEST

static void fill(TCase *tc)
{
    tcase_add_unchecked_fixture(tc, tpm_start, tpm_stop);
    tcase_add_checked_fixture(tc, make, drop);
    tcase_add_test(tc, signs_what_openssl_verifies);
    tcase_add_test(tc, says_the_public_key_without_a_tpm);
    tcase_add_test(tc, rejects_the_key_of_another_tpm);
    tcase_add_test(tc, rejects_a_key_in_a_tpm_without_srk);
    tcase_add_test(tc, rejects_a_member_key);
    tcase_add_test(tc, many_signers_share_three_places);
}

/* These cut the power, so each has a TPM of its own, started by the process that runs the test. */
static void fill_power(TCase *tc)
{
    tcase_add_checked_fixture(tc, tpm_start, tpm_stop);
    tcase_add_checked_fixture(tc, make, drop);
    tcase_add_test(tc, signs_again_after_a_power_cut);
    tcase_add_test(tc, answers_unreachable_while_power_is_off_and_signs_later);
    tcase_add_test(tc, frees_a_signer_of_a_tpm_that_is_gone);
}

int main(void)
{
    const int shared = run_suite("tpm_signer", fill, 20);

    return run_suite("tpm_signer_power", fill_power, 20) == EXIT_SUCCESS ? shared : EXIT_FAILURE;
}

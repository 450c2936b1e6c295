/* SPDX-License-Identifier: Apache-2.0 */
/* Tests tpm/gsigner.c on a real TPM: commit and respond, the lock between them, lost commitments.
 */
#include "test/support/suite.h"
#include "test/support/tpm.h"

#include <pthread.h>
#include <xtt/daa.h>

static struct xtt_tpm *tpm;
static struct xtt_gsigner *g;
static struct xtt_commitment com;
static uint8_t digest[32] = {7}, n[32], s[32];

/* G1 of FP256BN. */
static const uint8_t g1[65] = {[0] = 4, [32] = 1, [64] = 2};

static void make(void)
{
    char pem[XTT_TPM_PEM_SIZE];

    tpm = tpm_new();
    ck_assert_msg(xtt_tpm_create(tpm, XTT_TPM_MEMBER, pem) == XTT_OK, "%s", xtt_tpm_why(tpm));
    ck_assert_msg(xtt_tpm_gsigner_new(&g, tpm, tpm_pem(pem)) == XTT_OK, "%s", xtt_tpm_why(tpm));
}

static void drop(void)
{
    g->ops->free(g);
    xtt_tpm_free(tpm);
    tpm_assert_clean();
}

static xtt_err commit(void)
{
    return g->ops->commit(g, g1, (xtt_bytes){NULL, 0}, NULL, &com);
}

/* As daa/sign.c does it. */
static void assert_signs(void)
{
    xtt_err err = XTT_RESTART;

    for (int i = 0; err == XTT_RESTART && i < 10; i++) {
        ck_assert_msg(commit() == XTT_OK, "%s", xtt_tpm_why(tpm));
        err = g->ops->respond(g, com.ticket, digest, n, s);
    }
    ck_assert_msg(err == XTT_OK, "%s", xtt_tpm_why(tpm));
}

/* Uses up the commitment with a signature by another program's key. */
static void steal_commitment(void)
{
    struct xtt_tpm *mine = tpm_new();
    struct xtt_gsigner *other;
    char pem[XTT_TPM_PEM_SIZE];
    uint8_t a[32], b[32];
    struct xtt_commitment unused;

    ck_assert_int_eq(xtt_tpm_create(mine, XTT_TPM_MEMBER, pem), XTT_OK);
    ck_assert_int_eq(xtt_tpm_gsigner_new(&other, mine, tpm_pem(pem)), XTT_OK);
    ck_assert_int_eq(other->ops->commit(other, g1, (xtt_bytes){NULL, 0}, NULL, &unused), XTT_OK);
    ck_assert_int_eq(other->ops->respond(other, com.ticket, digest, a, b), XTT_OK);
    other->ops->free(other);
    xtt_tpm_free(mine);
}

START_TEST(commits_and_responds)
{
    uint8_t q[65], e[65];

    ck_assert_int_eq(g->ops->public_key(g, q), XTT_OK);
    ck_assert_int_eq(q[0], 4);
    assert_signs();
    memcpy(e, com.e, sizeof e);
    assert_signs();
    ck_assert_mem_ne(e, com.e, sizeof e);
    ck_assert_uint_eq(tpm_count(TPM2_TRANSIENT_FIRST), 1);
}
END_TEST

START_TEST(a_failed_commit_writes_nothing_and_frees_the_lock)
{
    struct xtt_commitment before;
    uint8_t off[65];

    memset(&com, 0xEE, sizeof com);
    before = com;
    memcpy(off, g1, sizeof off);
    off[64] = 3;
    ck_assert_int_eq(g->ops->commit(g, off, (xtt_bytes){NULL, 0}, NULL, &com), XTT_ERR_TPM);
    ck_assert_ptr_nonnull(strstr(xtt_tpm_why(tpm), "Esys_Commit: 0x000001E7"));
    ck_assert_mem_eq(&com, &before, sizeof com);
    assert_signs();
}
END_TEST

START_TEST(rejects_a_p2_that_is_not_on_the_curve)
{
    const uint8_t name[] = {0, 0, 0, 0, 'x'}, y2[32] = {1};

    ck_assert_int_eq(g->ops->commit(g, g1, (xtt_bytes){name, sizeof name}, y2, &com), XTT_ERR_TPM);
    ck_assert_ptr_nonnull(strstr(xtt_tpm_why(tpm), "0x000002E7"));
}
END_TEST

START_TEST(rejects_what_tpm2_commit_cannot_take)
{
    static const uint8_t s2[129];
    uint8_t p1[65];

    memcpy(p1, g1, sizeof p1);
    p1[0] = 2;
    ck_assert_int_eq(g->ops->commit(g, p1, (xtt_bytes){NULL, 0}, NULL, &com), XTT_ERR_ARGUMENT);
    ck_assert_int_eq(g->ops->commit(g, g1, (xtt_bytes){s2, 129}, s2, &com), XTT_ERR_ARGUMENT);
    assert_signs();
}
END_TEST

START_TEST(rejects_to_respond_without_or_twice_to_a_commit)
{
    xtt_err err;

    ck_assert_int_eq(g->ops->respond(g, 1, digest, n, s), XTT_ERR_ARGUMENT);
    ck_assert_int_eq(commit(), XTT_OK);
    err = g->ops->respond(g, com.ticket, digest, n, s);
    ck_assert(err == XTT_OK || err == XTT_RESTART);
    ck_assert_int_eq(g->ops->respond(g, com.ticket, digest, n, s), XTT_ERR_ARGUMENT);
    ck_assert_int_eq(commit(), XTT_OK);
    g->ops->cancel(g, com.ticket);
    g->ops->cancel(g, com.ticket);
    ck_assert_int_eq(g->ops->respond(g, com.ticket, digest, n, s), XTT_ERR_ARGUMENT);
}
END_TEST

START_TEST(rejects_another_call_of_the_same_thread_before_respond)
{
    struct xtt_tpm_info info;

    ck_assert_int_eq(commit(), XTT_OK);
    ck_assert_int_eq(commit(), XTT_ERR_ARGUMENT);
    ck_assert_int_eq(xtt_tpm_probe(tpm, &info), XTT_ERR_ARGUMENT);
    g->ops->cancel(g, com.ticket);
    ck_assert_int_eq(xtt_tpm_probe(tpm, &info), XTT_OK);
}
END_TEST

static void *sign_many(void *arg)
{
    (void)arg;
    for (int i = 0; i < 25; i++) {
        struct xtt_commitment c;
        uint8_t a[32], b[32];
        xtt_err err;

        if (g->ops->commit(g, g1, (xtt_bytes){NULL, 0}, NULL, &c) != XTT_OK)
            return NULL;
        err = g->ops->respond(g, c.ticket, digest, a, b);
        if (err != XTT_OK && err != XTT_RESTART)
            return NULL;
    }
    return &tpm;
}

START_TEST(threads_wait_for_each_other)
{
    pthread_t threads[4];
    void *result;

    for (int i = 0; i < 4; i++)
        ck_assert_int_eq(pthread_create(&threads[i], NULL, sign_many, NULL), 0);
    for (int i = 0; i < 4; i++) {
        pthread_join(threads[i], &result);
        ck_assert_ptr_nonnull(result);
    }
}
END_TEST

/* One nonce in 256 is short; 6000 without one do not happen. */
START_TEST(restarts_when_the_nonce_is_short)
{
    int restarts = 0;

    for (int i = 0; restarts == 0 && i < 6000; i++) {
        xtt_err err;

        ck_assert_int_eq(commit(), XTT_OK);
        memset(n, 0, sizeof n);
        err = g->ops->respond(g, com.ticket, digest, n, s);
        restarts += err == XTT_RESTART;
        ck_assert(err == XTT_OK ? n[0] != 0 : err == XTT_RESTART && xtt_ct_is_zero(n, sizeof n));
    }
    ck_assert_int_gt(restarts, 0);
}
END_TEST

START_TEST(restarts_when_another_program_used_the_commitment)
{
    ck_assert_int_eq(commit(), XTT_OK);
    steal_commitment();
    ck_assert_int_eq(g->ops->respond(g, com.ticket, digest, n, s), XTT_RESTART);
    assert_signs();
}
END_TEST

START_TEST(restarts_when_the_power_was_cut_after_commit)
{
    ck_assert_int_eq(commit(), XTT_OK);
    swtpm_reset(the_swtpm);
    ck_assert_int_eq(g->ops->respond(g, com.ticket, digest, n, s), XTT_RESTART);
    assert_signs();
}
END_TEST

START_TEST(signs_again_when_the_power_was_cut_before_commit)
{
    assert_signs();
    swtpm_reset(the_swtpm);
    assert_signs();
}
END_TEST

START_TEST(answers_unreachable_and_frees_the_lock_when_power_stays_off)
{
    ck_assert_int_eq(commit(), XTT_OK);
    swtpm_kill(the_swtpm);
    ck_assert_int_eq(g->ops->respond(g, com.ticket, digest, n, s), XTT_ERR_TPM_UNREACHABLE);
    ck_assert_int_eq(commit(), XTT_ERR_TPM_UNREACHABLE);
    swtpm_restart(the_swtpm);
    assert_signs();
}
END_TEST

/* A group of our own, with the TPM's key as a member. */
struct membership {
    struct xtt_daa_group *group;
    uint8_t cred[XTT_DAA_CREDENTIAL_SIZE];
};

static void join(struct membership *m)
{
    static const uint8_t nonce[] = "a nonce of the station";
    uint8_t secret[XTT_DAA_ISSUER_SECRET_SIZE], pub[XTT_DAA_ISSUER_KEY_SIZE];
    uint8_t member[XTT_DAA_MEMBER_KEY_SIZE], proof[XTT_DAA_CREDENTIAL_SIG_SIZE], q[65];
    const xtt_bytes n1 = {nonce, sizeof nonce}, n2 = {nonce, sizeof nonce - 1};

    ck_assert_int_eq(xtt_daa_issuer_new(NULL, secret, pub), XTT_OK);
    ck_assert_int_eq(xtt_daa_group_new(&m->group, pub), XTT_OK);
    ck_assert_msg(xtt_daa_join(g, n1, member) == XTT_OK, "%s", xtt_tpm_why(tpm));
    ck_assert_int_eq(g->ops->public_key(g, q), XTT_OK);
    ck_assert_mem_eq(member, q, sizeof q);
    ck_assert_int_eq(xtt_daa_join_check(member, n1), XTT_OK);
    ck_assert_int_eq(xtt_daa_join_check(member, n2), XTT_ERR_JOIN_REFUSED);
    ck_assert_int_eq(xtt_daa_issue(secret, q, NULL, m->cred, proof), XTT_OK);
    ck_assert_int_eq(xtt_daa_credential_check(m->group, q, m->cred, proof), XTT_OK);
}

START_TEST(group_signatures_verify)
{
    struct membership m;
    uint8_t sig[XTT_DAA_SIGNATURE_SIZE], pseudonym[65] = {0};
    char text[XTT_DAA_BASENAME_MAX + 1];
    xtt_bytes name = {(const uint8_t *)text, 0}, msg = {digest, sizeof digest};

    join(&m);
    memset(text, 'b', sizeof text);
    for (name.n = 1; name.n <= XTT_DAA_BASENAME_MAX; name.n += 21) {
        ck_assert_msg(xtt_daa_sign(g, m.cred, name, msg, NULL, sig) == XTT_OK, "%s",
                      xtt_tpm_why(tpm));
        ck_assert_int_eq(xtt_daa_verify(m.group, name, msg, sig, NULL, NULL), XTT_OK);
        ck_assert_mem_ne(pseudonym, sig + XTT_DAA_SIGNATURE_PSEUDONYM, 65);
        memcpy(pseudonym, sig + XTT_DAA_SIGNATURE_PSEUDONYM, 65);
        /* the same member under the same basename: the same pseudonym */
        ck_assert_int_eq(xtt_daa_sign(g, m.cred, name, msg, NULL, sig), XTT_OK);
        ck_assert_mem_eq(pseudonym, sig + XTT_DAA_SIGNATURE_PSEUDONYM, 65);
        digest[0] ^= 1;
        ck_assert_int_eq(xtt_daa_verify(m.group, name, msg, sig, NULL, NULL),
                         XTT_ERR_GROUP_SIGNATURE);
    }
    xtt_daa_group_free(m.group);
}
END_TEST

/* A short nonce must lead to another try, never to a padded one: 300 signatures meet about one. */
START_TEST(every_one_of_many_group_signatures_verifies)
{
    const xtt_bytes name = {(const uint8_t *)"many", 4}, msg = {digest, sizeof digest};
    uint8_t sig[XTT_DAA_SIGNATURE_SIZE];
    struct membership m;

    join(&m);
    for (int i = 0; i < 300; i++) {
        digest[1] = (uint8_t)i;
        ck_assert_int_eq(xtt_daa_sign(g, m.cred, name, msg, NULL, sig), XTT_OK);
        ck_assert_int_eq(xtt_daa_verify(m.group, name, msg, sig, NULL, NULL), XTT_OK);
    }
    xtt_daa_group_free(m.group);
}
END_TEST

START_TEST(rejects_a_credential_of_another_member)
{
    const xtt_bytes name = {(const uint8_t *)"x", 1}, msg = {digest, sizeof digest};
    struct xtt_gsigner *mine = g;
    struct membership m;
    char pem[XTT_TPM_PEM_SIZE];
    uint8_t sig[XTT_DAA_SIGNATURE_SIZE];

    ck_assert_int_eq(xtt_tpm_create(tpm, XTT_TPM_MEMBER, pem), XTT_OK);
    ck_assert_int_eq(xtt_tpm_gsigner_new(&g, tpm, tpm_pem(pem)), XTT_OK);
    join(&m);
    g->ops->free(g);
    g = mine;
    ck_assert_int_eq(xtt_daa_sign(g, m.cred, name, msg, NULL, sig), XTT_ERR_CREDENTIAL);
    xtt_daa_group_free(m.group);
}
END_TEST

START_TEST(group_signatures_go_on_after_a_power_cut)
{
    const xtt_bytes name = {(const uint8_t *)"x", 1}, msg = {digest, sizeof digest};
    uint8_t sig[XTT_DAA_SIGNATURE_SIZE];
    struct membership m;

    join(&m);
    swtpm_reset(the_swtpm);
    ck_assert_int_eq(xtt_daa_sign(g, m.cred, name, msg, NULL, sig), XTT_OK);
    ck_assert_int_eq(xtt_daa_verify(m.group, name, msg, sig, NULL, NULL), XTT_OK);
    xtt_daa_group_free(m.group);
}
END_TEST

static void fill(TCase *tc)
{
    tcase_add_unchecked_fixture(tc, tpm_start, tpm_stop);
    tcase_add_checked_fixture(tc, make, drop);
    tcase_add_test(tc, commits_and_responds);
    tcase_add_test(tc, a_failed_commit_writes_nothing_and_frees_the_lock);
    tcase_add_test(tc, rejects_a_p2_that_is_not_on_the_curve);
    tcase_add_test(tc, rejects_what_tpm2_commit_cannot_take);
    tcase_add_test(tc, rejects_to_respond_without_or_twice_to_a_commit);
    tcase_add_test(tc, rejects_another_call_of_the_same_thread_before_respond);
    tcase_add_test(tc, threads_wait_for_each_other);
    tcase_add_test(tc, restarts_when_the_nonce_is_short);
    tcase_add_test(tc, restarts_when_another_program_used_the_commitment);
    tcase_add_test(tc, group_signatures_verify);
    tcase_add_test(tc, every_one_of_many_group_signatures_verifies);
    tcase_add_test(tc, rejects_a_credential_of_another_member);
}

/* These cut the power, so each has a TPM of its own, started by the process that runs the test. */
static void fill_power(TCase *tc)
{
    tcase_add_checked_fixture(tc, tpm_start, tpm_stop);
    tcase_add_checked_fixture(tc, make, drop);
    tcase_add_test(tc, restarts_when_the_power_was_cut_after_commit);
    tcase_add_test(tc, signs_again_when_the_power_was_cut_before_commit);
    tcase_add_test(tc, answers_unreachable_and_frees_the_lock_when_power_stays_off);
    tcase_add_test(tc, group_signatures_go_on_after_a_power_cut);
}

int main(void)
{
    const int shared = run_suite("tpm_gsigner", fill, 60);

    return run_suite("tpm_gsigner_power", fill_power, 20) == EXIT_SUCCESS ? shared : EXIT_FAILURE;
}

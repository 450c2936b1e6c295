/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Tests tpm/esys.c: every response code an agent must handle, answered in the place of every
 * command we send, once and for ever; answers that get lost; and nothing left in the TPM after any
 * of it.
 */
#include "test/support/suite.h"
#include "test/support/tcti_inject.h"
#include "test/support/tpm.h"

#include <limits.h>
#include <stdio.h>

/* What an agent must make of each code, written down apart from the table that is tested. */
static const struct expected {
    TSS2_RC rc;
    xtt_err err;    /* when it does not go away */
    unsigned times; /* as often as this it is got over; 0: it is not */
    int waits;      /* by waiting */
} codes[] = {
    {0x128, XTT_ERR_TPM, 1, 0},
    {0x99D, XTT_ERR_TPM_AUTH, 0, 0},
    {0xA9D, XTT_ERR_TPM_AUTH, 0, 0},
    {0x1C4, XTT_ERR_TPM_AUTH, 0, 0},
    {0x2DB, XTT_ERR_TPM_AUTH, 0, 0},
    {0x5DB, XTT_ERR_TPM_AUTH, 0, 0},
    {0x98E, XTT_ERR_TPM_AUTH, 0, 0},
    {0x9A2, XTT_ERR_TPM_AUTH, 0, 0},
    {0x921, XTT_ERR_TPM_LOCKOUT, 0, 0},
    {0x12F, XTT_ERR_TPM_AUTH, 0, 0},
    {0x910, XTT_ERR_TPM, 1, 0},
    {0x918, XTT_ERR_TPM, 1, 0},
    {0x1CB, XTT_ERR_TPM, 1, 0},
    {0x084, XTT_ERR_TPM, 1, 0},
    {0x901, XTT_ERR_TPM_BUSY, 7, 1},
    {0x902, XTT_ERR_TPM_BUSY, 7, 1},
    {0x903, XTT_ERR_TPM_BUSY, 7, 1},
    {0x904, XTT_ERR_TPM_BUSY, 7, 1},
    {0x905, XTT_ERR_TPM_BUSY, 7, 1},
    {0x000B0902, XTT_ERR_TPM_BUSY, 7, 1},
    {0x000C0903, XTT_ERR_TPM_BUSY, 7, 1},
    /* ESYS submits these five times before it tells us */
    {0x922, XTT_ERR_TPM_BUSY, 7 * 5, 1},
    {0x908, XTT_ERR_TPM_BUSY, 7 * 5, 1},
    {0x90A, XTT_ERR_TPM_BUSY, 7 * 5, 1},
    {0x920, XTT_ERR_TPM_BUSY, 7, 1},
    {0x923, XTT_ERR_TPM_BUSY, 7, 1},
    {0x909, XTT_ERR_TPM_BUSY, 7, 1},
    {0x907, XTT_ERR_TPM, 0, 0},
    {0x100, XTT_ERR_TPM, 0, 0},
    {0x101, XTT_ERR_TPM, 0, 0},
    {0x1DF, XTT_ERR_TPM_KEY, 0, 0},
    {0x18B, XTT_ERR_TPM_KEY, 0, 0},
    {0x14C, XTT_ERR_TPM, 1, 0},
    {0x14A, XTT_ERR_TPM, 0, 0},
    {0x14B, XTT_ERR_TPM, 0, 0},
    {0x148, XTT_ERR_TPM, 0, 0},
    {0x149, XTT_ERR_TPM_AUTH, 0, 0},
    {0x146, XTT_ERR_TPM, 0, 0},
    {0x143, XTT_ERR_TPM_UNSUPPORTED, 0, 0},
    {0x000A000A, XTT_ERR_TPM_UNREACHABLE, 1, 0},
    {0x000A0008, XTT_ERR_TPM_UNREACHABLE, 1, 0},
    {0x00070007, XTT_ERR_TPM_UNREACHABLE, 1, 0},
};
#define CODES ((int)(sizeof codes / sizeof codes[0]))

/* All commands whose answers we look at. */
static const TPM2_CC commands[] = {
    TPM2_CC_GetCapability, TPM2_CC_CreatePrimary, TPM2_CC_EvictControl, TPM2_CC_ReadPublic,
    TPM2_CC_Create,        TPM2_CC_Load,          TPM2_CC_Sign,         TPM2_CC_Commit};
#define COMMANDS ((int)(sizeof commands / sizeof commands[0]))

static const uint8_t g1[65] = {[0] = 4, [32] = 1, [64] = 2};
static const uint8_t digest[32] = {9};
static unsigned pauses;
static char why[768];

static void count_pause(unsigned ms)
{
    ck_assert_uint_gt(ms, 0);
    pauses++;
}

static struct xtt_tpm *faulty_new(void)
{
    struct xtt_tpm *tpm = tpm_new();

    tpm->io_open = inject_open;
    tpm->io_close = inject_close;
    tpm->pause = count_pause;
    return tpm;
}

/* Removes the SRK, so that it has to be made again; not through the faulty connection. */
static void remove_srk(void)
{
    TSS2_TCTI_CONTEXT *io = NULL;
    ESYS_CONTEXT *esys = NULL;
    ESYS_TR srk, gone = ESYS_TR_NONE;

    ck_assert_uint_eq(Tss2_TctiLdr_Initialize(swtpm_tcti(the_swtpm), &io), 0);
    ck_assert_uint_eq(Esys_Initialize(&esys, io, NULL), 0);
    if (Esys_TR_FromTPMPublic(esys, XTT_TPM_SRK, ESYS_TR_NONE, ESYS_TR_NONE, ESYS_TR_NONE, &srk) ==
        0)
        ck_assert_uint_eq(Esys_EvictControl(esys, ESYS_TR_RH_OWNER, srk, ESYS_TR_PASSWORD,
                                            ESYS_TR_NONE, ESYS_TR_NONE, XTT_TPM_SRK, &gone),
                          0);
    Esys_Finalize(&esys);
    Tss2_TctiLdr_Finalize(&io);
}

static xtt_err sign_longterm(struct xtt_tpm *tpm, const char *pem)
{
    struct xtt_signer *s;
    uint8_t sig[64];
    xtt_err err;

    if ((err = xtt_tpm_signer_new(&s, tpm, tpm_pem(pem))) != XTT_OK)
        return err;
    err = s->ops->sign(s, digest, sig);
    snprintf(why, sizeof why, "%s", xtt_tpm_why(tpm));
    s->ops->free(s);
    return err;
}

/* As daa/sign.c does it: ten times at most. */
static xtt_err sign_member(struct xtt_tpm *tpm, const char *pem)
{
    struct xtt_gsigner *g;
    struct xtt_commitment com;
    uint8_t n[32], s[32];
    xtt_err err;

    if ((err = xtt_tpm_gsigner_new(&g, tpm, tpm_pem(pem))) != XTT_OK)
        return err;
    err = XTT_RESTART;
    for (int i = 0; err == XTT_RESTART && i < 10; i++)
        if ((err = g->ops->commit(g, g1, (xtt_bytes){NULL, 0}, NULL, &com)) == XTT_OK)
            err = g->ops->respond(g, com.ticket, digest, n, s);
    snprintf(why, sizeof why, "%s", xtt_tpm_why(tpm));
    g->ops->free(g);
    return err;
}

/* Everything an agent does with a TPM, from an empty one; the first error, if there is one. */
static xtt_err do_everything(struct xtt_tpm *tpm)
{
    char longterm[XTT_TPM_PEM_SIZE], member[XTT_TPM_PEM_SIZE];
    uint8_t name[XTT_TPM_NAME_SIZE];
    xtt_err err;

    if ((err = xtt_tpm_srk(tpm, name)) != XTT_OK ||
        (err = xtt_tpm_create(tpm, XTT_TPM_LONGTERM, longterm)) != XTT_OK ||
        (err = xtt_tpm_create(tpm, XTT_TPM_MEMBER, member)) != XTT_OK) {
        snprintf(why, sizeof why, "%s", xtt_tpm_why(tpm));
        return err;
    }
    if ((err = sign_longterm(tpm, longterm)) != XTT_OK)
        return err;
    return sign_member(tpm, member);
}

/* Runs everything under a plan; whatever happens, nothing may stay in the TPM. */
static xtt_err run(struct inject plan)
{
    struct xtt_tpm *tpm = faulty_new();
    xtt_err err;

    remove_srk();
    pauses = 0;
    inject_plan = plan;
    err = do_everything(tpm);
    ck_assert_msg(inject_plan.hits > 0, "command %x was never sent", plan.command);
    inject_plan.times = 0;
    xtt_tpm_free(tpm);
    tpm_assert_clean();
    return err;
}

START_TEST(every_code_that_stays_becomes_its_error)
{
    const struct expected *e = &codes[_i];
    char hex[16];

    snprintf(hex, sizeof hex, "0x%08X", (unsigned)e->rc);
    for (int c = 0; c < COMMANDS; c++) {
        const xtt_err err =
            run((struct inject){.command = commands[c], .rc = e->rc, .times = UINT_MAX});

        ck_assert_msg(err == e->err, "code %x, command %x: %s", e->rc, commands[c],
                      xtt_err_name(err));
        ck_assert_msg(strstr(why, hex) != NULL && strncmp(why, "Esys_", 5) == 0,
                      "code %x, command %x: %s", e->rc, commands[c], why);
        ck_assert_int_eq(pauses > 0, e->waits);
    }
}
END_TEST

START_TEST(every_code_that_passes_is_got_over_or_surfaces)
{
    const struct expected *e = &codes[_i];
    const unsigned times = e->times > 0 ? e->times : 1;

    for (int c = 0; c < COMMANDS; c++) {
        const xtt_err want = e->times > 0 ? XTT_OK : e->err;
        const xtt_err err =
            run((struct inject){.command = commands[c], .rc = e->rc, .times = times});

        ck_assert_msg(err == want, "code %x, command %x: %s, %s", e->rc, commands[c],
                      xtt_err_name(err), why);
    }
}
END_TEST

/* The first Sign is the long-term key's; the second comes after a commit. */
START_TEST(every_code_between_commit_and_sign_is_got_over_or_surfaces)
{
    const struct expected *e = &codes[_i];
    const unsigned times = e->times > 0 ? e->times : 1;
    const xtt_err err =
        run((struct inject){.command = TPM2_CC_Sign, .rc = e->rc, .skip = 1, .times = times});

    ck_assert_msg(err == (e->times > 0 ? XTT_OK : e->err), "code %x: %s, %s", e->rc,
                  xtt_err_name(err), why);
}
END_TEST

START_TEST(a_lost_commitment_that_stays_lost_ends_in_restart)
{
    ck_assert_int_eq(
        run((struct inject){.command = TPM2_CC_Sign, .rc = 0x084, .skip = 1, .times = UINT_MAX}),
        XTT_RESTART);
}
END_TEST

START_TEST(a_failing_flush_fails_nothing_and_is_made_up_for)
{
    const struct expected *e = &codes[_i];

    /* ESYS swallows up to four of some codes, so try more and fewer. */
    for (unsigned times = 1; times <= 6; times += 5)
        ck_assert_int_eq(
            run((struct inject){.command = TPM2_CC_FlushContext, .rc = e->rc, .times = times}),
            XTT_OK);
}
END_TEST

START_TEST(answers_that_get_lost_are_got_over)
{
    static const TPM2_CC flush = TPM2_CC_FlushContext;

    for (int c = 0; c <= COMMANDS; c++)
        for (unsigned skip = 0; skip < 2; skip++) {
            const TPM2_CC command = c < COMMANDS ? commands[c] : flush;
            xtt_err err;

            if (skip > 0 && (command == TPM2_CC_CreatePrimary || command == TPM2_CC_EvictControl ||
                             command == TPM2_CC_Commit))
                continue; /* sent once only */
            err = run((struct inject){.command = command,
                                      .rc = TSS2_TCTI_RC_IO_ERROR,
                                      .is_lost = 1,
                                      .skip = skip,
                                      .times = 1});
            ck_assert_msg(err == XTT_OK, "command %x, answer %u: %s, %s", command, skip,
                          xtt_err_name(err), why);
        }
}
END_TEST

START_TEST(a_connection_that_never_answers_right_is_unreachable)
{
    ck_assert_int_eq(
        run((struct inject){.rc = TSS2_TCTI_RC_IO_ERROR, .is_lost = 1, .times = UINT_MAX}),
        XTT_ERR_TPM_UNREACHABLE);
}
END_TEST

/* What a killed process leaves fills the TPM; our own things are found by Name and flushed. */
START_TEST(leftovers_of_a_killed_process_are_flushed)
{
    struct xtt_tpm *tpm = faulty_new(), *killed[3];
    struct xtt_signer *s[3], *mine;
    char pem[XTT_TPM_PEM_SIZE];
    uint8_t sig[64];

    ck_assert_int_eq(xtt_tpm_create(tpm, XTT_TPM_LONGTERM, pem), XTT_OK);
    ck_assert_int_eq(xtt_tpm_signer_new(&mine, tpm, tpm_pem(pem)), XTT_OK);
    for (int i = 0; i < 2; i++) {
        killed[i] = faulty_new();
        ck_assert_int_eq(xtt_tpm_signer_new(&s[i], killed[i], tpm_pem(pem)), XTT_OK);
        ck_assert_int_eq(s[i]->ops->sign(s[i], digest, sig), XTT_OK);
    }
    ck_assert_uint_eq(tpm_count(TPM2_TRANSIENT_FIRST), 2);
    ck_assert_msg(mine->ops->sign(mine, digest, sig) == XTT_OK, "%s", xtt_tpm_why(tpm));
    ck_assert_uint_eq(tpm_count(TPM2_TRANSIENT_FIRST), 1);
    mine->ops->free(mine);
    for (int i = 0; i < 2; i++) {
        s[i]->ops->free(s[i]);
        xtt_tpm_free(killed[i]);
    }
    xtt_tpm_free(tpm);
    tpm_assert_clean();
}
END_TEST

/* Handles of others are never touched, even when memory is short. */
START_TEST(objects_of_others_stay_and_memory_is_reported)
{
    struct xtt_tpm *tpm = faulty_new(), *others = faulty_new();
    struct xtt_signer *mine, *theirs[2];
    char pem[XTT_TPM_PEM_SIZE], other[XTT_TPM_PEM_SIZE];
    uint8_t sig[64];

    ck_assert_int_eq(xtt_tpm_create(tpm, XTT_TPM_LONGTERM, pem), XTT_OK);
    ck_assert_int_eq(xtt_tpm_signer_new(&mine, tpm, tpm_pem(pem)), XTT_OK);
    for (int i = 0; i < 2; i++) {
        ck_assert_int_eq(xtt_tpm_create(others, XTT_TPM_LONGTERM, other), XTT_OK);
        ck_assert_int_eq(xtt_tpm_signer_new(&theirs[i], others, tpm_pem(other)), XTT_OK);
        ck_assert_int_eq(theirs[i]->ops->sign(theirs[i], digest, sig), XTT_OK);
    }
    pauses = 0;
    ck_assert_int_eq(mine->ops->sign(mine, digest, sig), XTT_ERR_TPM_BUSY);
    ck_assert_uint_eq(pauses, 7);
    ck_assert_ptr_nonnull(strstr(xtt_tpm_why(tpm), "tpmrm0"));
    ck_assert_uint_eq(tpm_count(TPM2_TRANSIENT_FIRST), 2);
    theirs[0]->ops->free(theirs[0]);
    ck_assert_int_eq(mine->ops->sign(mine, digest, sig), XTT_OK);
    theirs[1]->ops->free(theirs[1]);
    mine->ops->free(mine);
    xtt_tpm_free(others);
    xtt_tpm_free(tpm);
    tpm_assert_clean();
}
END_TEST

START_TEST(a_lockout_says_how_long)
{
    ck_assert_int_eq(run((struct inject){.command = TPM2_CC_Load, .rc = 0x921, .times = 1}),
                     XTT_ERR_TPM_LOCKOUT);
    ck_assert_msg(strstr(why, "every 1000 s") != NULL, "%s", why);
}
END_TEST

START_TEST(a_failure_is_forgotten_after_a_success)
{
    struct xtt_tpm *tpm = faulty_new();
    struct xtt_tpm_info info;

    inject_plan = (struct inject){.rc = 0x101, .times = 1};
    ck_assert_int_eq(xtt_tpm_probe(tpm, &info), XTT_ERR_TPM);
    ck_assert_str_ne(xtt_tpm_why(tpm), "");
    ck_assert_int_eq(xtt_tpm_probe(tpm, &info), XTT_OK);
    ck_assert_str_eq(xtt_tpm_why(tpm), "");
    xtt_tpm_free(tpm);
}
END_TEST

static void fill(TCase *tc)
{
    tcase_add_checked_fixture(tc, tpm_start, tpm_stop);
    tcase_add_loop_test(tc, every_code_that_stays_becomes_its_error, 0, CODES);
    tcase_add_loop_test(tc, every_code_that_passes_is_got_over_or_surfaces, 0, CODES);
    tcase_add_loop_test(tc, every_code_between_commit_and_sign_is_got_over_or_surfaces, 0, CODES);
    tcase_add_test(tc, a_lost_commitment_that_stays_lost_ends_in_restart);
    tcase_add_loop_test(tc, a_failing_flush_fails_nothing_and_is_made_up_for, 0, CODES);
    tcase_add_test(tc, answers_that_get_lost_are_got_over);
    tcase_add_test(tc, a_connection_that_never_answers_right_is_unreachable);
    tcase_add_test(tc, leftovers_of_a_killed_process_are_flushed);
    tcase_add_test(tc, objects_of_others_stay_and_memory_is_reported);
    tcase_add_test(tc, a_lockout_says_how_long);
    tcase_add_test(tc, a_failure_is_forgotten_after_a_success);
}

int main(void)
{
    return run_suite("tpm_esys", fill, 60);
}

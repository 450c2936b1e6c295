/* SPDX-License-Identifier: Apache-2.0 */
/* Tests provisioner/keyring.c: lending a real keyd, and what happens when somebody kills it. */
#include "provisioner/keyring.h"
#include "test/support/call.h"
#include "test/support/suite.h"

#include <signal.h>
#include <string.h>
#include <sched.h>
#include <time.h>
#include <unistd.h>

static struct softhsm hsm;
static struct prov_keyring *ring;
static struct xttd_fail words;

static void set_up(void)
{
    softhsm_start(&hsm, "station", "1234-abcd");
    call_init(&hsm);
    memset(&words, 0, sizeof words);
    ck_assert_msg(prov_keyring_open(&ring, &call, &words) == XTT_OK, "%s", words.message);
}

static void tear_down(void)
{
    prov_keyring_close(ring);
    softhsm_stop(&hsm);
}

/* The only child of this process. */
static void kill_keyd(void)
{
    char path[64];
    FILE *f;
    int pid = 0;

    snprintf(path, sizeof path, "/proc/self/task/%d/children", (int)getpid());
    f = fopen(path, "r");
    ck_assert_ptr_nonnull(f);
    ck_assert_int_eq(fscanf(f, "%d", &pid), 1);
    fclose(f);
    ck_assert_int_eq(kill(pid, SIGKILL), 0);
}

/* Takes and gives until keyd is there or not there any more; 20 s at most. */
static int becomes(int there)
{
    const time_t end = time(NULL) + 20;
    struct prov_keyd *keyd;

    do {
        if ((keyd = prov_keyring_take(ring)) != NULL)
            prov_keyring_give(ring);
        if ((keyd != NULL) == there)
            return 1;
        sched_yield();
    } while (time(NULL) < end);
    return 0;
}

START_TEST(lends_one_keyd_to_many)
{
    struct prov_keyd *a = prov_keyring_take(ring), *b = prov_keyring_take(ring);

    ck_assert_ptr_nonnull(a);
    ck_assert_ptr_eq(a, b);
    ck_assert_int_eq(prov_keyd_check(a, &words), XTT_OK);
    prov_keyring_give(ring);
    prov_keyring_give(ring);
}
END_TEST

START_TEST(starts_another_one_when_it_is_killed)
{
    struct prov_keyd *keyd;
    uint8_t pub[65];

    kill_keyd();
    ck_assert(becomes(0));
    ck_assert(becomes(1));
    keyd = prov_keyring_take(ring);
    ck_assert_ptr_nonnull(keyd);
    ck_assert_int_eq(prov_keyd_make_key(keyd, "k", pub, &words), XTT_OK);
    prov_keyring_give(ring);
}
END_TEST

START_TEST(what_is_lent_stays_valid_until_it_is_given_back)
{
    struct prov_keyd *keyd = prov_keyring_take(ring);

    kill_keyd();
    ck_assert_int_eq(prov_keyd_check(keyd, &words), XTT_ERR_HSM_UNREACHABLE);
    ck_assert(becomes(0));
    ck_assert_int_eq(prov_keyd_check(keyd, &words), XTT_ERR_HSM_UNREACHABLE);
    prov_keyring_give(ring);
    ck_assert(becomes(1));
}
END_TEST

START_TEST(a_pin_that_was_refused_is_not_presented_again)
{
    FILE *f = fopen(hsm.pin_file, "w");

    fputs("wrong\n", f);
    fclose(f);
    kill_keyd();
    ck_assert(becomes(0));
    /* The right PIN would open the token in a moment; but nobody tries any more. */
    prov_keyring_close(ring);
    ring = NULL;
    ck_assert_int_eq(prov_keyring_open(&ring, &call, &words), XTT_ERR_HSM_PIN);
    ck_assert_ptr_null(ring);
}
END_TEST

START_TEST(needs_a_token)
{
    prov_keyring_close(ring);
    ring = NULL;
    call_settings.token = "";
    ck_assert_int_eq(prov_keyring_open(&ring, &call, &words), XTT_ERR_CONFIG);
    ck_assert_ptr_nonnull(strstr(words.remedy, "station.token"));
}
END_TEST

static void fill(TCase *tc)
{
    tcase_add_checked_fixture(tc, set_up, tear_down);
    tcase_add_test(tc, lends_one_keyd_to_many);
    tcase_add_test(tc, starts_another_one_when_it_is_killed);
    tcase_add_test(tc, what_is_lent_stays_valid_until_it_is_given_back);
    tcase_add_test(tc, a_pin_that_was_refused_is_not_presented_again);
    tcase_add_test(tc, needs_a_token);
}

int main(int argc, char **argv)
{
    if (argc > 1 && strcmp(argv[1], "keyd") == 0)
        return prov_keyd_main(argc - 1, argv + 1);
    if (softhsm_module() == NULL)
        return 77;
    return run_suite("provisioner/keyring", fill, 60);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Tests provisioner/registrar.c: order of commit and answer, competing claims, crashes, failures.
 */
#include "provisioner/registrar.h"
#include "test/support/registry.h"
#include "test/support/suite.h"

#include <pthread.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static struct prov_registry *reg;
static struct prov_registrar *registrar;
static struct prov_group cars;
static struct prov_rules rules;
static int failures;

static int64_t fixed_clock(void)
{
    return NOW;
}

static void hear_failure(void *arg, const char *text)
{
    (void)arg;
    ck_assert_int_gt((int)strlen(text), 10);
    failures++;
}

static void start(void)
{
    ck_assert_int_eq(prov_registrar_new(&registrar, reg, fixed_clock, hear_failure, NULL), XTT_OK);
}

static void set_up(void)
{
    tmpdir_make();
    reg = new_registry(&cars);
    rules = rules_of(&cars);
}

static void tear_down(void)
{
    prov_registrar_free(registrar);
    prov_registry_close(reg);
    tmpdir_remove();
}

/* A device: its claim, and a wait for the answer. */
struct device {
    struct prov_ask ask;
    uint8_t pseudonym[65], key[65], requested[16];
    pthread_mutex_t lock;
    pthread_cond_t answered;
    int done;
};

static void device_answered(struct prov_ask *ask)
{
    struct device *d = (struct device *)ask;

    pthread_mutex_lock(&d->lock);
    d->done++;
    pthread_cond_signal(&d->answered);
    pthread_mutex_unlock(&d->lock);
}

static void device_init(struct device *d, uint32_t member, uint32_t key)
{
    memset(d, 0, sizeof *d);
    numbered(d->pseudonym, 'p', member);
    numbered(d->key, 'k', key);
    d->ask.rules = &rules;
    d->ask.claim = (struct xtt_claim){0x0101, cars.gid, d->pseudonym, d->key, d->requested};
    d->ask.done = device_answered;
    pthread_mutex_init(&d->lock, NULL);
    pthread_cond_init(&d->answered, NULL);
}

static void device_wait(struct device *d)
{
    pthread_mutex_lock(&d->lock);
    while (d->done == 0)
        pthread_cond_wait(&d->answered, &d->lock);
    pthread_mutex_unlock(&d->lock);
}

static void *device_run(void *arg)
{
    struct device *d = arg;

    ck_assert_int_eq(prov_registrar_ask(registrar, &d->ask), XTT_OK);
    device_wait(d);
    return NULL;
}

/* Runs all devices at once, each on a thread of its own. */
static void run_devices(struct device *d, size_t n)
{
    pthread_t threads[64];

    for (size_t i = 0; i < n; i++)
        ck_assert_int_eq(pthread_create(&threads[i], NULL, device_run, &d[i]), 0);
    for (size_t i = 0; i < n; i++)
        pthread_join(threads[i], NULL);
}

static int seen_by_reader;

/* Runs on the registrar's thread: another connection must find the row by now. */
static void look_for_it(struct prov_ask *ask)
{
    struct prov_registry *reader = open_registry();
    struct prov_identity out;

    if (prov_identity_by_id(reader, ask->answer.id, &out) == XTT_OK)
        seen_by_reader++;
    prov_registry_close(reader);
    device_answered(ask);
}

START_TEST(answers_after_the_commit_only)
{
    struct device d[8];

    for (uint32_t i = 0; i < 8; i++) {
        device_init(&d[i], i, i);
        d[i].ask.done = look_for_it;
    }
    start();
    run_devices(d, 8);
    ck_assert_int_eq(seen_by_reader, 8);
}
END_TEST

START_TEST(everybody_is_answered_once_and_gets_his_own)
{
    enum { N = 48 };
    struct device d[N];

    for (uint32_t i = 0; i < N; i++)
        device_init(&d[i], i, i);
    start();
    run_devices(d, N);
    for (uint32_t i = 0; i < N; i++) {
        ck_assert_int_eq(d[i].done, 1);
        ck_assert_int_eq(d[i].ask.answer.err, XTT_OK);
        for (uint32_t k = 0; k < i; k++)
            ck_assert_mem_ne(d[i].ask.answer.id, d[k].ask.answer.id, 16);
    }
}
END_TEST

START_TEST(one_of_many_gets_the_id_that_all_ask_for)
{
    enum { N = 16 };
    struct device d[N];
    int granted = 0;

    rules.choice = 1;
    for (uint32_t i = 0; i < N; i++) {
        device_init(&d[i], i, i);
        memcpy(d[i].requested, prefix, 8);
        d[i].requested[15] = 1;
    }
    start();
    run_devices(d, N);
    for (uint32_t i = 0; i < N; i++) {
        if (d[i].ask.answer.err == XTT_OK) {
            granted++;
            ck_assert_mem_eq(d[i].ask.answer.id, d[i].requested, 16);
        } else {
            ck_assert_int_eq(d[i].ask.answer.err, XTT_ERR_ID);
        }
    }
    ck_assert_int_eq(granted, 1);
}
END_TEST

START_TEST(one_of_many_registers_the_key_that_all_bring)
{
    enum { N = 16 };
    struct device d[N];
    int granted = 0;

    for (uint32_t i = 0; i < N; i++)
        device_init(&d[i], i, 1);
    start();
    run_devices(d, N);
    for (uint32_t i = 0; i < N; i++) {
        granted += d[i].ask.answer.err == XTT_OK;
        ck_assert(d[i].ask.answer.err == XTT_OK || d[i].ask.answer.err == XTT_ERR_ID_CONFLICT);
    }
    ck_assert_int_eq(granted, 1);
}
END_TEST

START_TEST(one_member_many_times_at_once_is_one_identity)
{
    enum { N = 16 };
    struct device d[N];

    for (uint32_t i = 0; i < N; i++)
        device_init(&d[i], 1, 1);
    start();
    run_devices(d, N);
    for (uint32_t i = 0; i < N; i++) {
        ck_assert_int_eq(d[i].ask.answer.err, XTT_OK);
        ck_assert_mem_eq(d[i].ask.answer.id, d[0].ask.answer.id, 16);
    }
}
END_TEST

START_TEST(a_claim_that_cannot_be_decided_harms_only_itself)
{
    enum { N = 9 };
    struct prov_registry *other = open_registry();
    struct prov_rules nowhere = rules;
    struct device d[N];

    nowhere.group = 77; /* the database refuses the row */
    /* Held up by the other connection, all of them end up in one group. */
    ck_assert_int_eq(prov_registry_begin(other), XTT_OK);
    start();
    for (uint32_t i = 0; i < N; i++) {
        device_init(&d[i], i, i);
        if (i == 4)
            d[i].ask.rules = &nowhere;
        ck_assert_int_eq(prov_registrar_ask(registrar, &d[i].ask), XTT_OK);
    }
    prov_registry_rollback(other);
    prov_registry_close(other);
    for (uint32_t i = 0; i < N; i++) {
        device_wait(&d[i]);
        ck_assert_int_eq(d[i].ask.answer.err, i == 4 ? XTT_ERR_REGISTRY : XTT_OK);
    }
    ck_assert_int_gt(failures, 0);
}
END_TEST

START_TEST(ending_answers_what_is_queued)
{
    struct device d[32];

    start();
    for (uint32_t i = 0; i < 32; i++) {
        device_init(&d[i], i, i);
        ck_assert_int_eq(prov_registrar_ask(registrar, &d[i].ask), XTT_OK);
    }
    prov_registrar_free(registrar);
    registrar = NULL;
    for (uint32_t i = 0; i < 32; i++) {
        ck_assert_int_eq(d[i].done, 1);
        ck_assert_int_eq(d[i].ask.answer.err, XTT_OK);
    }
}
END_TEST

START_TEST(a_full_queue_refuses_instead_of_growing)
{
    enum { N = 5000 };
    struct device *d = calloc(N, sizeof *d);
    struct prov_registry *other = open_registry();
    unsigned refused = 0;

    /* While somebody else holds the registry's lock nothing leaves the queue but one group. */
    ck_assert_int_eq(prov_registry_begin(other), XTT_OK);
    start();
    for (uint32_t i = 0; i < N; i++) {
        device_init(&d[i], i, i);
        if (prov_registrar_ask(registrar, &d[i].ask) == XTT_ERR_OVERLOAD) {
            d[i].done = -1;
            refused++;
        }
    }
    prov_registry_rollback(other);
    prov_registry_close(other);
    ck_assert_uint_gt(refused, 0);
    ck_assert_uint_lt(refused, N / 2);
    prov_registrar_free(registrar);
    registrar = NULL;
    for (uint32_t i = 0; i < N; i++)
        ck_assert(d[i].done == -1 || (d[i].done == 1 && d[i].ask.answer.err == XTT_OK));
    free(d);
}
END_TEST

START_TEST(a_full_disk_refuses_all_and_heals)
{
    struct rlimit old, small = {4096, 4096};
    struct prov_identity out;
    struct device d[8];

    signal(SIGXFSZ, SIG_IGN);
    getrlimit(RLIMIT_FSIZE, &old);
    small.rlim_max = old.rlim_max;
    for (uint32_t i = 0; i < 8; i++)
        device_init(&d[i], i, i);
    setrlimit(RLIMIT_FSIZE, &small);
    start();
    run_devices(d, 8);
    setrlimit(RLIMIT_FSIZE, &old);
    ck_assert_int_gt(failures, 0);
    for (uint32_t i = 0; i < 8; i++) {
        ck_assert_int_eq(d[i].ask.answer.err, XTT_ERR_REGISTRY);
        ck_assert(xtt_ct_is_zero(d[i].ask.answer.id, 16));
    }
    for (uint32_t i = 0; i < 8; i++)
        device_init(&d[i], i, i);
    run_devices(d, 8);
    prov_registrar_free(registrar);
    registrar = NULL;
    for (uint32_t i = 0; i < 8; i++) {
        ck_assert_int_eq(d[i].ask.answer.err, XTT_OK);
        ck_assert_int_eq(prov_identity_by_id(reg, d[i].ask.answer.id, &out), XTT_OK);
    }
}
END_TEST

/* --- crashes ---------------------------------------------------------------------------------- */

/* What a station that is about to die tells the outside: a member and the id it was given. */
struct told {
    uint32_t member;
    uint8_t id[16];
};

static int told_fd;

static void tell(struct prov_ask *ask)
{
    struct told told;

    memcpy(&told.member, ask->claim.pseudonym + 2, sizeof told.member);
    memcpy(told.id, ask->answer.id, sizeof told.id);
    if (ask->answer.err != XTT_OK || write(told_fd, &told, sizeof told) != sizeof told)
        _exit(1);
    device_answered(ask);
}

/* 16 devices without end, until somebody kills it. */
static void serve_until_killed(uint32_t first)
{
    enum { N = 16 };
    struct device d[N];

    reg = open_registry();
    start();
    for (uint32_t round = 0;; round++) {
        for (uint32_t i = 0; i < N; i++) {
            device_init(&d[i], first + round * N + i, first + round * N + i);
            d[i].ask.done = tell;
            if (prov_registrar_ask(registrar, &d[i].ask) != XTT_OK)
                _exit(1);
        }
        for (uint32_t i = 0; i < N; i++)
            device_wait(&d[i]);
    }
}

/* Reads what was told until the writer is dead; kills it after a random number of messages. */
static size_t listen_and_kill(int fd, pid_t child, struct told *told, size_t max)
{
    const size_t kill_at = 1 + (size_t)rand() % 60;
    size_t n = 0;

    while (n < max && read(fd, &told[n], sizeof told[n]) == sizeof told[n])
        if (++n == kill_at)
            kill(child, SIGKILL);
    return n;
}

START_TEST(a_killed_station_has_lost_nothing_it_told)
{
    enum { MAX = 4096 };
    static struct told told[MAX];
    struct prov_identity out;
    struct device d;
    int fds[2], status;
    size_t n;
    pid_t child;

    srand((unsigned)time(NULL));
    prov_registry_close(reg);
    for (uint32_t crash = 0; crash < 20; crash++) {
        ck_assert_int_eq(pipe(fds), 0);
        if ((child = fork()) == 0) {
            close(fds[0]);
            told_fd = fds[1];
            serve_until_killed(crash * 100000);
        }
        close(fds[1]);
        n = listen_and_kill(fds[0], child, told, MAX);
        close(fds[0]);
        waitpid(child, &status, 0);
        ck_assert(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
        ck_assert_uint_gt(n, 0);

        reg = open_registry();
        ck_assert_int_eq(prov_registry_check(reg), XTT_OK);
        start();
        for (size_t i = 0; i < n; i++) {
            device_init(&d, told[i].member, told[i].member);
            ck_assert_int_eq(prov_registrar_ask(registrar, &d.ask), XTT_OK);
            device_wait(&d);
            ck_assert_int_eq(d.ask.answer.err, XTT_OK);
            ck_assert_int_eq(d.ask.answer.step, PROV_SAME);
            ck_assert_mem_eq(d.ask.answer.id, told[i].id, 16);
        }
        prov_registrar_free(registrar);
        registrar = NULL;
        ck_assert_int_eq(prov_identity_by_id(reg, told[0].id, &out), XTT_OK);
        prov_registry_close(reg);
    }
    reg = open_registry();
}
END_TEST

static void fill(TCase *tc)
{
    tcase_add_checked_fixture(tc, set_up, tear_down);
    tcase_add_test(tc, answers_after_the_commit_only);
    tcase_add_test(tc, everybody_is_answered_once_and_gets_his_own);
    tcase_add_test(tc, one_of_many_gets_the_id_that_all_ask_for);
    tcase_add_test(tc, one_of_many_registers_the_key_that_all_bring);
    tcase_add_test(tc, one_member_many_times_at_once_is_one_identity);
    tcase_add_test(tc, a_claim_that_cannot_be_decided_harms_only_itself);
    tcase_add_test(tc, ending_answers_what_is_queued);
    tcase_add_test(tc, a_full_queue_refuses_instead_of_growing);
    tcase_add_test(tc, a_full_disk_refuses_all_and_heals);
    tcase_add_test(tc, a_killed_station_has_lost_nothing_it_told);
}

int main(void)
{
    return run_suite("provisioner/registrar", fill, 60);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Tests agent/store.c: what is on the disk after a crash or a failure at every single step. */
#include "agent/store.h"

#include <dirent.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "daemon/file.h"
#include "test/support/powercut.h"
#include "test/support/suite.h"
#include "test/support/tmpdir.h"

static struct xttd_fail why;

/* A story in steps: every step is one commit that ends in state[step]. */
enum { STEPS = 4 };

static struct agent_key key_number(uint8_t n, const char *role)
{
    struct agent_key key = {.kind = "tpm"};

    memset(key.public_key, n, sizeof key.public_key);
    snprintf(key.file, sizeof key.file, "%s-%02x%02x%02x%02x.pem", role, n, n, n, n);
    return key;
}

static struct agent_identity identity_number(uint8_t n)
{
    struct agent_identity identity = {.server = "station:4444", .suite = "0x0101", .since = 1};

    memset(identity.id, n, sizeof identity.id);
    return identity;
}

static struct agent_state state_after(int step)
{
    struct agent_state state = {0};

    if (step >= 1) { /* init */
        state.member = key_number(1, "member");
        state.longterm = key_number(2, "longterm");
    }
    if (step >= 2) /* provision */
        state.identity = identity_number(1);
    if (step == 3) /* a new key, before a station took it */
        state.pending = key_number(3, "longterm");
    if (step >= 4) { /* the swap */
        state.longterm = key_number(3, "longterm");
        state.identity = identity_number(2);
    }
    return state;
}

static const char *state_dir(void)
{
    return tmpdir_file("state");
}

static xtt_err add_key(struct agent_store *store, const struct agent_key *want, const char *role)
{
    struct agent_key key = *want;
    char text[16];
    xtt_err err;

    snprintf(text, sizeof text, "key %d", want->public_key[0]);
    err = agent_store_add_key(store, role, "pem", (xtt_bytes){(uint8_t *)text, strlen(text)}, &key,
                              &why);
    if (err == XTT_OK)
        ck_assert_str_eq(key.file, want->file);
    return err;
}

static xtt_err take_step(struct agent_store *store, int step)
{
    struct agent_state next = state_after(step);
    xtt_err err = XTT_OK;

    if (step == 1 && (err = add_key(store, &next.member, "member")) != XTT_OK)
        return err;
    if (step == 1)
        err = add_key(store, &next.longterm, "longterm");
    if (step == 3)
        err = add_key(store, &next.pending, "longterm");
    return err != XTT_OK ? err : agent_store_commit(store, &next, &why);
}

/* Every key that the state names is there with its content. */
static void expect_keys(const struct agent_store *store)
{
    const struct agent_state *state = agent_store_get(store);
    const struct agent_key *keys[] = {&state->member, &state->longterm, &state->pending};

    for (size_t i = 0; i < 3; i++) {
        char want[16];
        uint8_t *text;
        size_t n;

        if (keys[i]->kind[0] == '\0')
            continue;
        snprintf(want, sizeof want, "key %d", keys[i]->public_key[0]);
        ck_assert_int_eq(agent_store_read_key(store, keys[i], &text, &n, &why), XTT_OK);
        ck_assert_str_eq((char *)text, want);
        xttd_file_free(text, n);
    }
}

static size_t count_key_files(void)
{
    DIR *dir = opendir(state_dir());
    struct dirent *entry;
    size_t n = 0;

    ck_assert_ptr_nonnull(dir);
    while ((entry = readdir(dir)) != NULL)
        n += strncmp(entry->d_name, "member-", 7) == 0 ||
             strncmp(entry->d_name, "longterm-", 9) == 0;
    closedir(dir);
    return n;
}

static struct agent_store *open_store(enum agent_access access)
{
    struct agent_store *store = NULL;
    xtt_err err = agent_store_open(&store, state_dir(), access, &why);

    ck_assert_msg(err == XTT_OK, "%s", why.message);
    return store;
}

static int is_state(const struct agent_store *store, int step)
{
    struct agent_state want = state_after(step);

    return memcmp(agent_store_get(store), &want, sizeof want) == 0;
}

/* The story goes on from the state that is there, to its end. */
static void finish_story(void)
{
    struct agent_store *store = open_store(AGENT_WRITE);
    int step = 0;

    while (!is_state(store, step))
        ck_assert_int_le(++step, STEPS);
    while (step < STEPS)
        ck_assert_int_eq(take_step(store, ++step), XTT_OK);
    /* A last commit, in case the crash came between the swap and the tidying up. */
    ck_assert_int_eq(agent_store_commit(store, agent_store_get(store), &why), XTT_OK);
    expect_keys(store);
    ck_assert_uint_eq(count_key_files(), 2);
    agent_store_close(store);
}

static volatile int *shared; /* commits that were answered with success */

static void live(enum powercut how, int n)
{
    struct agent_store *store;

    powercut_arm(how, n);
    if (agent_store_open(&store, state_dir(), AGENT_WRITE, &why) != XTT_OK)
        _exit(1);
    for (int step = 1; step <= STEPS; step++) {
        if (take_step(store, step) != XTT_OK)
            _exit(2);
        *shared = step;
    }
    _exit(0);
}

/* One life with a power cut at call n; 0 when the story ended before it. */
static int live_and_die(enum powercut how, int n)
{
    struct agent_store *store;
    int status;
    pid_t child;

    tmpdir_make();
    *shared = 0;
    if ((child = fork()) == 0)
        live(how, n);
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    ck_assert(WIFEXITED(status));
    if (WEXITSTATUS(status) != 0)
        ck_assert_int_eq(WEXITSTATUS(status), POWERCUT_EXIT);
    store = open_store(AGENT_READ);
    /* What was answered counts; of what was not, all or nothing. */
    ck_assert_msg(is_state(store, *shared) || is_state(store, *shared + 1),
                  "call %d: neither state %d nor the next, but %s", n, *shared,
                  agent_state_name(agent_store_get(store)));
    expect_keys(store);
    agent_store_close(store);
    finish_story();
    tmpdir_remove();
    return WEXITSTATUS(status);
}

START_TEST(a_power_cut_at_any_step_leaves_old_or_new)
{
    int n = 1;

    while (live_and_die((enum powercut)_i, n) != 0)
        n++;
    ck_assert_int_gt(n, 40); /* the cuts did happen */
}
END_TEST

START_TEST(a_failure_at_any_step_leaves_old_or_new)
{
    int failures = 0;

    for (int n = 1;; n++) {
        struct agent_store *store, *again;
        int step = 0, calls;

        tmpdir_make();
        powercut_arm(POWERCUT_ERROR, n);
        if (agent_store_open(&store, state_dir(), AGENT_WRITE, &why) != XTT_OK)
            store = NULL;
        while (store != NULL && step < STEPS && take_step(store, step + 1) == XTT_OK)
            step++;
        calls = powercut_disarm();
        agent_store_close(store);
        if (step < STEPS) {
            failures++;
            ck_assert_str_ne(why.message, "");
            again = open_store(AGENT_READ);
            ck_assert(is_state(again, step) || is_state(again, step + 1));
            expect_keys(again);
            agent_store_close(again);
        }
        finish_story();
        tmpdir_remove();
        if (calls < n)
            break;
    }
    ck_assert_int_gt(failures, 20);
}
END_TEST

START_TEST(a_directory_that_is_not_there_is_a_new_device)
{
    struct agent_store *store;

    tmpdir_make();
    store = open_store(AGENT_READ);
    ck_assert_str_eq(agent_state_name(agent_store_get(store)), "new");
    agent_store_close(store);
    ck_assert_int_ne(access(state_dir(), F_OK), 0);
    tmpdir_remove();
}
END_TEST

START_TEST(files_are_for_their_owner_alone)
{
    struct agent_store *store;
    struct stat st;
    char path[256];

    tmpdir_make();
    umask(0);
    store = open_store(AGENT_WRITE);
    ck_assert_int_eq(take_step(store, 1), XTT_OK);
    ck_assert_int_eq(stat(state_dir(), &st), 0);
    ck_assert_uint_eq(st.st_mode & 07777, 0700);
    agent_store_path(store, &agent_store_get(store)->member, path, sizeof path);
    ck_assert_int_eq(stat(path, &st), 0);
    ck_assert_uint_eq(st.st_mode & 07777, 0600);
    agent_store_close(store);
    tmpdir_remove();
}
END_TEST

START_TEST(one_writer_at_a_time_and_readers_meanwhile)
{
    struct agent_store *writer, *other;

    tmpdir_make();
    writer = open_store(AGENT_WRITE);
    ck_assert_int_eq(agent_store_open(&other, state_dir(), AGENT_WRITE, &why), XTT_ERR_LOCKED);
    agent_store_close(open_store(AGENT_READ));
    agent_store_close(writer);
    agent_store_close(open_store(AGENT_WRITE));
    tmpdir_remove();
}
END_TEST

START_TEST(the_link_names_the_present_long_term_key)
{
    struct agent_store *store;
    char target[128];
    ssize_t n;

    tmpdir_make();
    store = open_store(AGENT_WRITE);
    for (int step = 1; step <= STEPS; step++)
        ck_assert_int_eq(take_step(store, step), XTT_OK);
    n = readlink(tmpdir_file("state/longterm.pem"), target, sizeof target - 1);
    ck_assert_int_gt(n, 0);
    target[n] = '\0';
    ck_assert_str_eq(target, "longterm-03030303.pem");
    agent_store_close(store);
    tmpdir_remove();
}
END_TEST

static const char *const bad[] = {
    "",
    "{}",
    "[]",
    "{\"schema\":1}",
    "{\"schema\":1,\"type\":\"xtt-group\"}",
    "{\"schema\":2,\"type\":\"xtt-agent-state\"}",
    "{\"schema\":1,\"type\":\"xtt-agent-state\",\"more\":{}}",
    "{\"schema\":1,\"type\":\"xtt-agent-state\",\"member\":{}}",
    "{\"schema\":1,\"type\":\"xtt-agent-state\",\"member\":7}",
    "{\"schema\":1,\"type\":\"xtt-agent-state\",\"trouble\":{\"code\":\"X\",\"since\":-1}}",
    "{\"schema\":1,\"type\":\"xtt-agent-state\",\"trouble\":{\"code\":\"X\",\"since\":1.5}}",
    "{\"schema\":1,\"type\":\"xtt-agent-state\",\"trouble\":{\"code\":\"\",\"since\":1}}",
    "{\"schema\":1,\"type\":\"xtt-agent-state\",\"trouble\":{\"code\":\"../x\",\"since\":1}}",
};

START_TEST(a_damaged_record_is_refused_and_left_alone)
{
    struct agent_store *store;
    uint8_t *text;
    size_t n;

    tmpdir_make();
    ck_assert_int_eq(mkdir(state_dir(), 0700), 0);
    tmpdir_write("state/state.json", bad[_i]);
    ck_assert_int_eq(agent_store_open(&store, state_dir(), AGENT_WRITE, &why), XTT_ERR_FORMAT);
    ck_assert_ptr_nonnull(strstr(why.message, "state.json"));
    ck_assert_int_eq(xttd_file_read(tmpdir_file("state/state.json"), 4096, &text, &n, &why),
                     XTT_OK);
    ck_assert_str_eq((char *)text, bad[_i]);
    xttd_file_free(text, n);
    tmpdir_remove();
}
END_TEST

START_TEST(a_key_file_cannot_lie_outside_the_directory)
{
    struct agent_state state = state_after(1), read;
    char *text;

    strcpy(state.member.file, "../member-1.pem");
    ck_assert_int_eq(agent_state_encode(&state, &text, &why), XTT_OK);
    ck_assert_int_eq(agent_state_decode((uint8_t *)text, strlen(text), "x", &read, &why),
                     XTT_ERR_FORMAT);
    free(text);
}
END_TEST

START_TEST(a_missing_key_file_means_enrolling_again)
{
    struct agent_store *store;
    char path[256];
    uint8_t *text;
    size_t n;

    tmpdir_make();
    store = open_store(AGENT_WRITE);
    ck_assert_int_eq(take_step(store, 1), XTT_OK);
    agent_store_path(store, &agent_store_get(store)->longterm, path, sizeof path);
    ck_assert_int_eq(unlink(path), 0);
    ck_assert_int_eq(
        agent_store_read_key(store, &agent_store_get(store)->longterm, &text, &n, &why),
        XTT_ERR_TPM_KEY);
    agent_store_close(store);
    tmpdir_remove();
}
END_TEST

static void fill(TCase *tc)
{
    shared = mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    tcase_add_loop_test(tc, a_power_cut_at_any_step_leaves_old_or_new, POWERCUT_KEEP,
                        POWERCUT_LOSE + 1);
    tcase_add_test(tc, a_failure_at_any_step_leaves_old_or_new);
    tcase_add_test(tc, a_directory_that_is_not_there_is_a_new_device);
    tcase_add_test(tc, files_are_for_their_owner_alone);
    tcase_add_test(tc, one_writer_at_a_time_and_readers_meanwhile);
    tcase_add_test(tc, the_link_names_the_present_long_term_key);
    tcase_add_loop_test(tc, a_damaged_record_is_refused_and_left_alone, 0,
                        (int)(sizeof bad / sizeof bad[0]));
    tcase_add_test(tc, a_key_file_cannot_lie_outside_the_directory);
    tcase_add_test(tc, a_missing_key_file_means_enrolling_again);
}

int main(void)
{
    return run_suite("agent/store", fill, 60);
}

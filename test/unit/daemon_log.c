/* SPDX-License-Identifier: Apache-2.0 */
/* Tests daemon/log.c and daemon/harden.c: log lines, and the process as it should be afterwards. */
#include "daemon/log.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "daemon/harden.h"
#include "test/support/suite.h"
#include "test/support/tmpdir.h"

static char path[128], text[4096];
static int keep;

static void setup(void)
{
    tmpdir_make();
    snprintf(path, sizeof path, "%s/err", tmpdir_path);
    keep = dup(2);
    ck_assert_ptr_nonnull(freopen(path, "w", stderr));
    unsetenv("JOURNAL_STREAM");
}

static void teardown(void)
{
    tmpdir_remove();
}

static const char *logged(void)
{
    int fd = open(path, O_RDONLY);
    ssize_t n = read(fd, text, sizeof text - 1);

    close(fd);
    dup2(keep, 2);
    ck_assert_int_ge(n, 0);
    text[n] = '\0';
    return text;
}

START_TEST(lines_say_program_and_level)
{
    xttd_log_open("prog", XTTD_INFO);
    xttd_log(XTTD_ERR, "one %d", 1);
    xttd_log(XTTD_INFO, "two");
    ck_assert_str_eq(logged(), "prog: err: one 1\nprog: info: two\n");
}
END_TEST

START_TEST(less_important_lines_are_not_shown)
{
    xttd_log_open("prog", XTTD_WARNING);
    xttd_log(XTTD_INFO, "no");
    ck_assert_int_eq(xttd_log_shows(XTTD_DEBUG), 0);
    xttd_log_level(XTTD_DEBUG);
    xttd_log(XTTD_DEBUG, "yes");
    ck_assert_str_eq(logged(), "prog: debug: yes\n");
}
END_TEST

START_TEST(the_journal_gets_its_prefix)
{
    struct stat st;
    char stream[64];

    ck_assert_int_eq(fstat(2, &st), 0);
    snprintf(stream, sizeof stream, "%llu:%llu", (unsigned long long)st.st_dev,
             (unsigned long long)st.st_ino);
    setenv("JOURNAL_STREAM", stream, 1);
    xttd_log_open("prog", XTTD_DEBUG);
    xttd_log(XTTD_WARNING, "careful");
    xttd_log(XTTD_DEBUG, "detail");
    ck_assert_str_eq(logged(), "<4>careful\n<7>detail\n");
}
END_TEST

START_TEST(another_stream_than_the_journals_is_plain)
{
    setenv("JOURNAL_STREAM", "1:2", 1);
    xttd_log_open("prog", XTTD_DEBUG);
    xttd_log(XTTD_ERR, "x");
    setenv("JOURNAL_STREAM", "rubbish", 1);
    xttd_log_open("prog", XTTD_DEBUG);
    xttd_log(XTTD_ERR, "y");
    ck_assert_str_eq(logged(), "prog: err: x\nprog: err: y\n");
}
END_TEST

START_TEST(a_message_cannot_forge_a_line)
{
    xttd_log_open("prog", XTTD_DEBUG);
    xttd_log(XTTD_ERR, "peer says %s", "hi\nprog: err: fire\x1b[0m");
    ck_assert_str_eq(logged(), "prog: err: peer says hi?prog: err: fire?[0m\n");
}
END_TEST

START_TEST(a_long_message_is_cut_and_ends_its_line)
{
    char words[3000];

    memset(words, 'x', sizeof words - 1);
    words[sizeof words - 1] = '\0';
    xttd_log_open("prog", XTTD_DEBUG);
    xttd_log(XTTD_ERR, "%s", words);
    xttd_log(XTTD_ERR, "next");
    ck_assert_ptr_nonnull(strstr(logged(), "x\nprog: err: next\n"));
    ck_assert_uint_lt(strlen(text), 1100);
}
END_TEST

static int is_hardened(void)
{
    struct rlimit core;
    struct sigaction pipe_action;
    struct stat st;

    if (close(0) != 0 || close(1) != 0 || xttd_harden(NULL) != XTT_OK)
        return 0;
    return getrlimit(RLIMIT_CORE, &core) == 0 && core.rlim_cur == 0 && core.rlim_max == 0 &&
           sigaction(SIGPIPE, NULL, &pipe_action) == 0 && pipe_action.sa_handler == SIG_IGN &&
           umask(0) == 077 && fstat(0, &st) == 0 && S_ISCHR(st.st_mode) && fstat(1, &st) == 0 &&
           dup(0) > 2;
}

START_TEST(a_hardened_process_leaks_no_core_and_no_descriptor)
{
    pid_t child = fork();
    int status;

    if (child == 0)
        _exit(is_hardened() ? 0 : 1);
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    ck_assert_int_eq(status, 0);
    logged();
}
END_TEST

static void fill(TCase *tc)
{
    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_add_test(tc, lines_say_program_and_level);
    tcase_add_test(tc, less_important_lines_are_not_shown);
    tcase_add_test(tc, the_journal_gets_its_prefix);
    tcase_add_test(tc, another_stream_than_the_journals_is_plain);
    tcase_add_test(tc, a_message_cannot_forge_a_line);
    tcase_add_test(tc, a_long_message_is_cut_and_ends_its_line);
    tcase_add_test(tc, a_hardened_process_leaks_no_core_and_no_descriptor);
}

int main(void)
{
    return run_suite("daemon/log", fill, 4);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Tests daemon/file.c: whole files, atomic writes, locks. */
#include "daemon/file.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "test/support/suite.h"
#include "test/support/tmpdir.h"

static char path[128], fresh[128];
static struct xttd_fail why;

static void setup(void)
{
    tmpdir_make();
    snprintf(path, sizeof path, "%s/file", tmpdir_path);
    snprintf(fresh, sizeof fresh, "%s/file.new", tmpdir_path);
    why = (struct xttd_fail){0};
}

static void teardown(void)
{
    tmpdir_remove();
}

static void expect_content(const char *want)
{
    uint8_t *data;
    size_t n;

    ck_assert_int_eq(xttd_file_read(path, 4096, &data, &n, &why), XTT_OK);
    ck_assert_uint_eq(n, strlen(want));
    ck_assert_str_eq((char *)data, want);
    xttd_file_free(data, n);
}

START_TEST(what_is_written_is_read)
{
    struct stat st;

    umask(0777);
    ck_assert_int_eq(xttd_file_write(path, "abc", 3, 0640, &why), XTT_OK);
    umask(022);
    expect_content("abc");
    ck_assert_int_eq(stat(path, &st), 0);
    ck_assert_uint_eq(st.st_mode & 0777, 0640);
    ck_assert_int_ne(access(fresh, F_OK), 0);
    ck_assert_int_eq(xttd_file_write(path, "", 0, 0600, &why), XTT_OK);
    expect_content("");
}
END_TEST

START_TEST(a_left_over_of_a_crash_does_not_matter)
{
    tmpdir_write("file", "old");
    tmpdir_write("file.new", "half of the n");
    ck_assert_int_eq(xttd_file_write(path, "new", 3, 0600, &why), XTT_OK);
    expect_content("new");
}
END_TEST

START_TEST(a_link_that_somebody_put_there_is_not_followed)
{
    char victim[128];

    snprintf(victim, sizeof victim, "%s/victim", tmpdir_path);
    tmpdir_write("victim", "mine");
    ck_assert_int_eq(symlink(victim, fresh), 0);
    ck_assert_int_eq(xttd_file_write(path, "new", 3, 0600, &why), XTT_OK);
    snprintf(path, sizeof path, "%s", victim);
    expect_content("mine");
}
END_TEST

START_TEST(a_failed_write_keeps_the_old_file)
{
    tmpdir_write("file", "old");
    ck_assert_int_eq(mkdir(fresh, 0700), 0); /* cannot be unlinked, so nothing can be written */
    ck_assert_int_eq(xttd_file_write(path, "new", 3, 0600, &why), XTT_ERR_IO);
    ck_assert_ptr_nonnull(strstr(why.message, fresh));
    expect_content("old");
}
END_TEST

START_TEST(writing_where_no_directory_is_names_the_file)
{
    snprintf(path, sizeof path, "%s/none/file", tmpdir_path);
    ck_assert_int_eq(xttd_file_write(path, "new", 3, 0600, &why), XTT_ERR_IO);
    ck_assert_ptr_nonnull(strstr(why.message, path));
    ck_assert_ptr_nonnull(strstr(why.message, "No such file"));
}
END_TEST

START_TEST(a_full_disk_is_an_error_and_leaves_nothing)
{
    static uint8_t big[1 << 16];
    pid_t child = fork();
    int status;

    if (child == 0) {
        const struct rlimit limit = {4096, 4096};

        signal(SIGXFSZ, SIG_IGN);
        setrlimit(RLIMIT_FSIZE, &limit);
        _exit(xttd_file_write(path, big, sizeof big, 0600, &why) == XTT_ERR_IO &&
                      access(fresh, F_OK) != 0 && access(path, F_OK) != 0
                  ? 0
                  : 1);
    }
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    ck_assert_int_eq(status, 0);
}
END_TEST

START_TEST(a_missing_file_is_not_found)
{
    uint8_t *data;
    size_t n;

    ck_assert_int_eq(xttd_file_read(path, 10, &data, &n, &why), XTT_ERR_NOT_FOUND);
    ck_assert_ptr_nonnull(strstr(why.message, path));
}
END_TEST

START_TEST(the_limit_is_kept)
{
    uint8_t *data;
    size_t n;

    tmpdir_write("file", "12345");
    ck_assert_int_eq(xttd_file_read(path, 4, &data, &n, &why), XTT_ERR_FORMAT);
    ck_assert_int_eq(xttd_file_read(path, 5, &data, &n, &why), XTT_OK);
    xttd_file_free(data, n);
    ck_assert_int_eq(xttd_file_read(tmpdir_path, 5, &data, &n, &why), XTT_ERR_IO);
}
END_TEST

START_TEST(a_size_that_is_not_the_wanted_one_is_refused_with_both)
{
    uint8_t five[5];

    tmpdir_write("file", "12345");
    ck_assert_int_eq(xttd_file_read_exactly(path, five, 5, &why), XTT_OK);
    ck_assert_mem_eq(five, "12345", 5);
    ck_assert_int_eq(xttd_file_read_exactly(path, five, 4, &why), XTT_ERR_FORMAT);
    ck_assert_ptr_nonnull(strstr(why.message, "5 bytes where 4"));
    tmpdir_write("file", "1234");
    ck_assert_int_eq(xttd_file_read_exactly(path, five, 5, &why), XTT_ERR_FORMAT);
    ck_assert_mem_eq(five, "12345", 5);
}
END_TEST

START_TEST(one_process_at_a_time_has_the_lock)
{
    int fd, other, status;
    pid_t child;

    ck_assert_int_eq(xttd_file_lock(path, &fd, &why), XTT_OK);
    ck_assert_int_eq(xttd_file_lock(path, &other, &why), XTT_ERR_LOCKED);
    if ((child = fork()) == 0) {
        close(fd);
        _exit(xttd_file_lock(path, &other, NULL) == XTT_ERR_LOCKED ? 0 : 1);
    }
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    ck_assert_int_eq(status, 0);
    xttd_file_unlock(fd);
    ck_assert_int_eq(xttd_file_lock(path, &other, &why), XTT_OK);
    xttd_file_unlock(other);
    xttd_file_unlock(-1);
}
END_TEST

START_TEST(a_lock_where_no_directory_is_fails)
{
    int fd;

    snprintf(path, sizeof path, "%s/none/lock", tmpdir_path);
    ck_assert_int_eq(xttd_file_lock(path, &fd, &why), XTT_ERR_IO);
}
END_TEST

START_TEST(a_directory_is_made_once)
{
    ck_assert_int_eq(xttd_file_make_dir(path, 0700, &why), XTT_OK);
    ck_assert_int_eq(xttd_file_make_dir(path, 0700, &why), XTT_OK);
    ck_assert_int_eq(rmdir(path), 0);
    tmpdir_write("file", "");
    ck_assert_int_eq(xttd_file_make_dir(path, 0700, &why), XTT_ERR_IO);
    snprintf(path, sizeof path, "%s/a/b", tmpdir_path);
    ck_assert_int_eq(xttd_file_make_dir(path, 0700, &why), XTT_ERR_IO);
}
END_TEST

static void fill(TCase *tc)
{
    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_add_test(tc, what_is_written_is_read);
    tcase_add_test(tc, a_left_over_of_a_crash_does_not_matter);
    tcase_add_test(tc, a_link_that_somebody_put_there_is_not_followed);
    tcase_add_test(tc, a_failed_write_keeps_the_old_file);
    tcase_add_test(tc, writing_where_no_directory_is_names_the_file);
    tcase_add_test(tc, a_full_disk_is_an_error_and_leaves_nothing);
    tcase_add_test(tc, a_missing_file_is_not_found);
    tcase_add_test(tc, the_limit_is_kept);
    tcase_add_test(tc, a_size_that_is_not_the_wanted_one_is_refused_with_both);
    tcase_add_test(tc, one_process_at_a_time_has_the_lock);
    tcase_add_test(tc, a_lock_where_no_directory_is_fails);
    tcase_add_test(tc, a_directory_is_made_once);
}

int main(void)
{
    return run_suite("daemon/file", fill, 4);
}

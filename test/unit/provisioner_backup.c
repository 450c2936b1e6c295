/* SPDX-License-Identifier: Apache-2.0 */
/* Tests provisioner/backup.c: what is restored, and every way in which a backup is refused. */
#include "provisioner/backup.h"
#include "test/support/registry.h"
#include "test/support/suite.h"

#include <sys/stat.h>
#include <unistd.h>

static struct prov_registry *reg;
static struct prov_group cars;
static struct xttd_fail words;

static void set_up(void)
{
    tmpdir_make();
    reg = new_registry(&cars);
    memset(&words, 0, sizeof words);
    ck_assert_int_eq(prov_backup_make(reg, tmpdir_file("backup"), &words), XTT_OK);
}

static void tear_down(void)
{
    prov_registry_close(reg);
    tmpdir_remove();
}

static int is_there(const char *name)
{
    return access(tmpdir_file(name), F_OK) == 0;
}

static void refuses(xtt_err err, const char *says)
{
    ck_assert_int_eq(prov_backup_restore(tmpdir_file("backup"), tmpdir_file("again"), &words), err);
    ck_assert_msg(strstr(words.message, says) != NULL, "%s", words.message);
    ck_assert(!is_there("again"));
    ck_assert(!is_there("again.restored"));
}

START_TEST(a_restored_registry_is_the_one_that_was_backed_up)
{
    struct prov_registry *again;
    struct prov_group out;

    ck_assert_int_eq(prov_backup_restore(tmpdir_file("backup"), tmpdir_file("again"), &words),
                     XTT_OK);
    ck_assert_int_eq(prov_registry_open(&again, tmpdir_file("again")), XTT_OK);
    ck_assert_int_eq(prov_group_get(again, "cars", &out), XTT_OK);
    ck_assert_mem_eq(&out, &cars, sizeof out);
    prov_registry_close(again);
    ck_assert(!is_there("again.restored"));
    ck_assert(!is_there("backup.part"));
}
END_TEST

START_TEST(a_backup_is_for_its_owner_only)
{
    struct stat st;

    ck_assert_int_eq(stat(tmpdir_file("backup"), &st), 0);
    ck_assert_uint_eq(st.st_mode & 0777, 0600);
}
END_TEST

START_TEST(nothing_is_overwritten)
{
    ck_assert_int_eq(prov_backup_make(reg, tmpdir_file("backup"), &words), XTT_ERR_EXISTS);
    ck_assert_int_eq(prov_backup_restore(tmpdir_file("backup"), tmpdir_file("registry"), &words),
                     XTT_ERR_EXISTS);
    ck_assert_int_eq(prov_group_get(reg, "cars", &cars), XTT_OK);
}
END_TEST

START_TEST(refuses_a_backup_with_any_byte_changed)
{
    struct stat st;
    FILE *f;

    stat(tmpdir_file("backup"), &st);
    for (long at = 0; at < st.st_size; at += at < 100 ? 1 : 4999) {
        int c;

        f = fopen(tmpdir_file("backup"), "r+");
        fseek(f, at, SEEK_SET);
        c = fgetc(f);
        fseek(f, at, SEEK_SET);
        fputc(c ^ 1, f);
        fflush(f);
        refuses(XTT_ERR_FORMAT, "backup");
        fseek(f, at, SEEK_SET);
        fputc(c, f);
        fclose(f);
    }
    ck_assert_int_eq(prov_backup_restore(tmpdir_file("backup"), tmpdir_file("again"), &words),
                     XTT_OK);
}
END_TEST

START_TEST(refuses_a_backup_that_was_cut_off)
{
    static const off_t sizes[] = {5000, 93, 92, 91, 20, 1};

    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        ck_assert_int_eq(truncate(tmpdir_file("backup"), sizes[i]), 0);
        refuses(XTT_ERR_FORMAT, "backup");
    }
    ck_assert_int_eq(truncate(tmpdir_file("backup"), 0), 0);
    refuses(XTT_ERR_FORMAT, "empty");
    unlink(tmpdir_file("backup"));
    refuses(XTT_ERR_NOT_FOUND, "No such file");
}
END_TEST

START_TEST(a_backup_that_cannot_be_written_says_why)
{
    ck_assert_int_eq(prov_backup_make(reg, "/nowhere/backup", &words), XTT_ERR_REGISTRY);
    ck_assert_ptr_nonnull(strstr(words.message, "/nowhere"));
}
END_TEST

static void fill(TCase *tc)
{
    tcase_add_checked_fixture(tc, set_up, tear_down);
    tcase_add_test(tc, a_restored_registry_is_the_one_that_was_backed_up);
    tcase_add_test(tc, a_backup_is_for_its_owner_only);
    tcase_add_test(tc, nothing_is_overwritten);
    tcase_add_test(tc, refuses_a_backup_with_any_byte_changed);
    tcase_add_test(tc, refuses_a_backup_that_was_cut_off);
    tcase_add_test(tc, a_backup_that_cannot_be_written_says_why);
}

int main(void)
{
    return run_suite("provisioner/backup", fill, 30);
}

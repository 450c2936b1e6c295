/* SPDX-License-Identifier: Apache-2.0 */
/* Tests provisioner/registry*.c on real files: opening, constraints, transactions, copies, damage.
 */
#include "provisioner/registry.h"
#include "test/support/registry.h"
#include "test/support/suite.h"

#include <fcntl.h>
#include <signal.h>
#include <sqlite3.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

static struct prov_registry *reg;
static struct prov_group cars;

static void set_up(void)
{
    tmpdir_make();
    reg = new_registry(&cars);
}

static void tear_down(void)
{
    prov_registry_close(reg);
    tmpdir_remove();
}

/* Runs SQL of the test's own on the file, past the registry's interface. */
static void behind_its_back(const char *sql)
{
    sqlite3 *db;

    ck_assert_int_eq(sqlite3_open(tmpdir_file("registry"), &db), SQLITE_OK);
    ck_assert_int_eq(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(db);
}

static struct prov_identity an_identity(uint32_t n)
{
    struct prov_identity in = {
        .group = cars.number, .has_active = 1, .created = NOW, .suite = 0x0101};

    memcpy(in.id, prefix, 8);
    memcpy(in.id + 8, &n, sizeof n);
    numbered(in.pseudonym, 'p', n);
    numbered(in.active_key, 'k', n);
    return in;
}

static int64_t add(uint32_t n)
{
    const struct prov_identity in = an_identity(n);
    int64_t number = 0;

    ck_assert_int_eq(prov_identity_add(reg, &in, &number), XTT_OK);
    return number;
}

START_TEST(is_made_for_its_owner_only)
{
    struct stat st;

    ck_assert_int_eq(stat(tmpdir_file("registry"), &st), 0);
    ck_assert_uint_eq(st.st_mode & 0777, 0600);
    ck_assert_int_eq(stat(tmpdir_file("registry-wal"), &st), 0);
    ck_assert_uint_eq(st.st_mode & 0777, 0600);
}
END_TEST

START_TEST(is_not_made_twice)
{
    struct prov_registry *again;

    ck_assert_int_eq(prov_registry_create(&again, tmpdir_file("registry")), XTT_ERR_EXISTS);
    ck_assert_ptr_null(again);
    ck_assert_int_eq(prov_group_get(reg, "cars", &cars), XTT_OK);
}
END_TEST

START_TEST(a_missing_file_is_not_made_by_opening)
{
    struct prov_registry *other;

    ck_assert_int_eq(prov_registry_open(&other, tmpdir_file("nothing")), XTT_ERR_NOT_FOUND);
    ck_assert_int_ne(access(tmpdir_file("nothing"), F_OK), 0);
}
END_TEST

START_TEST(refuses_files_that_are_no_registry)
{
    static const struct {
        const char *content, *words;
    } rows[] = {{"", "no registry"}, {"this is a text, and a long one at that", "not a database"}};
    struct prov_registry *other;
    sqlite3 *db;

    for (size_t i = 0; i < 2; i++) {
        FILE *f = fopen(tmpdir_file("other"), "w");

        /* SQLite judges a file by its first 512 bytes. */
        for (int k = 0; k < 40; k++)
            fputs(rows[i].content, f);
        fclose(f);
        ck_assert_int_eq(prov_registry_open(&other, tmpdir_file("other")), XTT_ERR_REGISTRY);
        ck_assert_ptr_nonnull(strstr(prov_registry_error(other), rows[i].words));
        prov_registry_close(other);
    }
    unlink(tmpdir_file("other"));
    sqlite3_open(tmpdir_file("other"), &db);
    sqlite3_exec(db, "CREATE TABLE songs (title TEXT)", NULL, NULL, NULL);
    sqlite3_close(db);
    ck_assert_int_eq(prov_registry_open(&other, tmpdir_file("other")), XTT_ERR_REGISTRY);
    ck_assert_ptr_nonnull(strstr(prov_registry_error(other), "no registry"));
    prov_registry_close(other);
}
END_TEST

START_TEST(refuses_a_newer_schema_and_leaves_it_alone)
{
    struct prov_registry *other;

    behind_its_back("UPDATE meta SET value = 99 WHERE name = 'schema'");
    ck_assert_int_eq(prov_registry_open(&other, tmpdir_file("registry")), XTT_ERR_REGISTRY);
    ck_assert_ptr_nonnull(strstr(prov_registry_error(other), "schema 99"));
    prov_registry_close(other);
    behind_its_back("UPDATE meta SET value = 1 WHERE name = 'schema' AND value = 99");
    prov_registry_close(open_registry());
}
END_TEST

START_TEST(the_database_enforces_what_the_rules_rely_on)
{
    struct prov_identity in = an_identity(1);
    int64_t number, again;

    ck_assert_int_eq(prov_identity_add(reg, &in, &number), XTT_OK);
    /* The same id. */
    in = an_identity(2);
    memcpy(in.id, an_identity(1).id, 16);
    again = -1;
    ck_assert_int_eq(prov_identity_add(reg, &in, &again), XTT_ERR_EXISTS);
    ck_assert_int_eq(again, -1);
    /* The same member. */
    in = an_identity(2);
    numbered(in.pseudonym, 'p', 1);
    ck_assert_int_eq(prov_identity_add(reg, &in, &again), XTT_ERR_REGISTRY);
    ck_assert_ptr_nonnull(strstr(prov_registry_error(reg), "UNIQUE"));
    /* The same key. */
    in = an_identity(2);
    numbered(in.active_key, 'k', 1);
    ck_assert_int_eq(prov_registry_begin(reg), XTT_OK);
    ck_assert_int_eq(prov_identity_add(reg, &in, &again), XTT_ERR_ID_CONFLICT);
    prov_registry_rollback(reg);
    /* A group that is not there. */
    in = an_identity(2);
    in.group = 77;
    ck_assert_int_eq(prov_identity_add(reg, &in, &again), XTT_ERR_REGISTRY);
    ck_assert_ptr_nonnull(strstr(prov_registry_error(reg), "FOREIGN KEY"));
    ck_assert_int_eq(again, -1);
    ck_assert_int_eq(prov_identity_by_id(reg, an_identity(2).id, &in), XTT_ERR_NOT_FOUND);
}
END_TEST

START_TEST(registry_numbers_rise_and_are_not_used_again)
{
    const int64_t first = add(1);

    ck_assert_int_eq(prov_registry_begin(reg), XTT_OK);
    ck_assert_int_eq(add(2), first + 1);
    prov_registry_rollback(reg);
    behind_its_back("PRAGMA foreign_keys = OFF; DELETE FROM keys; DELETE FROM identities");
    ck_assert_int_gt(add(3), first);
}
END_TEST

START_TEST(a_group_comes_back_as_it_was)
{
    struct prov_group in = a_group("boats", 0x22), out;

    in.basename_size = 64;
    memset(in.basename, 0xfe, 64);
    memset(in.issuer_key, 7, sizeof in.issuer_key);
    in.issuer_secret_size = PROV_WRAPPED_MAX;
    memset(in.issuer_secret, 8, sizeof in.issuer_secret);
    in.activation = PROV_AT_ONCE;
    in.choice = in.software = 1;
    ck_assert_int_eq(prov_group_add(reg, &in), XTT_OK);
    ck_assert_int_eq(prov_group_get(reg, "boats", &out), XTT_OK);
    in.number = out.number;
    ck_assert_mem_eq(&in, &out, sizeof in);
    ck_assert_int_eq(prov_group_set_status(reg, out.number, PROV_GROUP_CLOSED), XTT_OK);
    ck_assert_int_eq(prov_group_get(reg, "boats", &out), XTT_OK);
    ck_assert_int_eq(out.status, PROV_GROUP_CLOSED);
    ck_assert_int_eq(prov_group_set_status(reg, 99, PROV_GROUP_CLOSED), XTT_ERR_NOT_FOUND);
}
END_TEST

START_TEST(refuses_a_second_group_of_the_same_name_or_gid)
{
    struct prov_group same_name = a_group("cars", 0x33), same_gid = a_group("vans", 0x11), out;

    ck_assert_int_eq(prov_group_add(reg, &same_name), XTT_ERR_EXISTS);
    ck_assert_int_eq(prov_group_add(reg, &same_gid), XTT_ERR_EXISTS);
    ck_assert_int_eq(prov_group_get(reg, "vans", &out), XTT_ERR_NOT_FOUND);
}
END_TEST

START_TEST(refuses_a_basename_that_is_empty)
{
    struct prov_group in = a_group("boats", 0x22);

    in.basename_size = 0;
    ck_assert_int_eq(prov_group_add(reg, &in), XTT_ERR_REGISTRY);
}
END_TEST

static xtt_err count_groups(void *arg, const struct prov_group *group)
{
    (void)group;
    return ++*(int *)arg == 2 ? XTT_ERR_REFUSED : XTT_OK;
}

START_TEST(a_walk_ends_when_the_visitor_says_so)
{
    struct prov_group boats = a_group("boats", 0x22), vans = a_group("vans", 0x33);
    int n = 0;

    ck_assert_int_eq(prov_group_each(reg, count_groups, &n), XTT_OK);
    ck_assert_int_eq(n, 1);
    ck_assert_int_eq(prov_group_add(reg, &boats), XTT_OK);
    ck_assert_int_eq(prov_group_add(reg, &vans), XTT_OK);
    n = 0;
    ck_assert_int_eq(prov_group_each(reg, count_groups, &n), XTT_ERR_REFUSED);
    ck_assert_int_eq(n, 2);
    n = 0;
    ck_assert_int_eq(prov_group_each(reg, count_groups, &n), XTT_ERR_REFUSED);
}
END_TEST

START_TEST(a_nonce_is_good_once_and_for_its_group)
{
    struct prov_group boats = a_group("boats", 0x22);
    const xtt_bytes nonce = {(const uint8_t *)"0123456789abcdef", 16};
    const xtt_bytes other = {(const uint8_t *)"0123456789abcdeF", 16};

    ck_assert_int_eq(prov_group_add(reg, &boats), XTT_OK);
    ck_assert_int_eq(prov_group_get(reg, "boats", &boats), XTT_OK);
    ck_assert_int_eq(prov_nonce_add(reg, cars.number, nonce, NOW), XTT_OK);
    ck_assert_int_eq(prov_nonce_use(reg, cars.number, other, NOW), XTT_ERR_NOT_FOUND);
    ck_assert_int_eq(prov_nonce_use(reg, boats.number, nonce, NOW), XTT_ERR_NOT_FOUND);
    ck_assert_int_eq(prov_nonce_use(reg, cars.number, nonce, NOW), XTT_OK);
    ck_assert_int_eq(prov_nonce_use(reg, cars.number, nonce, NOW), XTT_ERR_NOT_FOUND);
    ck_assert_int_eq(prov_nonce_add(reg, cars.number, nonce, NOW), XTT_ERR_REGISTRY);
    ck_assert_int_eq(prov_nonce_add(reg, cars.number, (xtt_bytes){nonce.p, 0}, NOW),
                     XTT_ERR_ARGUMENT);
}
END_TEST

START_TEST(the_server_key_certified_last_is_the_current_one)
{
    struct prov_server a = {.label = "a", .created = NOW}, b = a, out;
    uint8_t certificate[169] = {1};

    numbered(a.public_key, 's', 1);
    numbered(b.public_key, 's', 2);
    ck_assert_int_eq(prov_server_current(reg, &out), XTT_ERR_NOT_FOUND);
    ck_assert_int_eq(prov_server_add(reg, &a), XTT_OK);
    ck_assert_int_eq(prov_server_add(reg, &a), XTT_ERR_EXISTS);
    ck_assert_int_eq(prov_server_current(reg, &out), XTT_ERR_NOT_FOUND);
    ck_assert_int_eq(prov_server_add(reg, &b), XTT_OK);
    ck_assert_int_eq(prov_server_requested(reg, &out), XTT_OK);
    ck_assert_mem_eq(out.public_key, b.public_key, 65);
    ck_assert_int_eq(prov_server_certify(reg, b.public_key, certificate), XTT_OK);
    ck_assert_int_eq(prov_server_certify(reg, a.public_key, certificate), XTT_OK);
    ck_assert_int_eq(prov_server_current(reg, &out), XTT_OK);
    ck_assert_mem_eq(out.public_key, a.public_key, 65);
    ck_assert_mem_eq(out.certificate, certificate, 169);
    ck_assert_str_eq(out.label, a.label);
    ck_assert_int_eq(prov_server_requested(reg, &out), XTT_ERR_NOT_FOUND);
    a.public_key[5] = 9;
    ck_assert_int_eq(prov_server_certify(reg, a.public_key, certificate), XTT_ERR_NOT_FOUND);
    ck_assert_int_eq(prov_server_get(reg, a.public_key, &out), XTT_ERR_NOT_FOUND);
}
END_TEST

START_TEST(roots_are_found_by_id_or_newest)
{
    struct prov_root a = {.root_id = {1}, .label = "root", .created = NOW}, b = a, out;

    b.root_id[0] = 2;
    b.label[0] = '\0';
    ck_assert_int_eq(prov_root_get(reg, NULL, &out), XTT_ERR_NOT_FOUND);
    ck_assert_int_eq(prov_root_add(reg, &a), XTT_OK);
    ck_assert_int_eq(prov_root_add(reg, &a), XTT_ERR_EXISTS);
    ck_assert_int_eq(prov_root_add(reg, &b), XTT_OK);
    ck_assert_int_eq(prov_root_get(reg, NULL, &out), XTT_OK);
    ck_assert_int_eq(out.root_id[0], 2);
    ck_assert_str_eq(out.label, "");
    ck_assert_int_eq(prov_root_get(reg, a.root_id, &out), XTT_OK);
    ck_assert_str_eq(out.label, a.label);
}
END_TEST

START_TEST(settings_are_kept_and_too_long_ones_refused)
{
    char value[8];

    ck_assert_int_eq(prov_meta_get(reg, "kek", value, sizeof value), XTT_ERR_NOT_FOUND);
    ck_assert_int_eq(prov_meta_set(reg, "kek", "1234567"), XTT_OK);
    ck_assert_int_eq(prov_meta_get(reg, "kek", value, sizeof value), XTT_OK);
    ck_assert_str_eq(value, "1234567");
    ck_assert_int_eq(prov_meta_set(reg, "kek", "12345678"), XTT_OK);
    ck_assert_int_eq(prov_meta_get(reg, "kek", value, sizeof value), XTT_ERR_LENGTH);
}
END_TEST

START_TEST(a_closed_handle_forgets_its_open_transaction)
{
    struct prov_identity out;

    ck_assert_int_eq(prov_registry_begin(reg), XTT_OK);
    add(1);
    ck_assert(prov_registry_is_open(reg));
    prov_registry_close(reg);
    reg = open_registry();
    ck_assert_int_eq(prov_identity_by_id(reg, an_identity(1).id, &out), XTT_ERR_NOT_FOUND);
}
END_TEST

START_TEST(a_full_disk_is_an_error_in_words_and_no_half_row)
{
    struct rlimit old, small = {4096, 4096};
    struct prov_identity in = an_identity(1);
    int64_t number;
    xtt_err err = XTT_OK;

    signal(SIGXFSZ, SIG_IGN);
    getrlimit(RLIMIT_FSIZE, &old);
    small.rlim_max = old.rlim_max;
    setrlimit(RLIMIT_FSIZE, &small);
    ck_assert_int_eq(prov_registry_begin(reg), XTT_OK);
    err = prov_identity_add(reg, &in, &number);
    if (err == XTT_OK)
        err = prov_registry_commit(reg);
    setrlimit(RLIMIT_FSIZE, &old);
    ck_assert_int_eq(err, XTT_ERR_REGISTRY);
    ck_assert_msg(strstr(prov_registry_error(reg), "SQL_COMMIT: disk I/O error") != NULL, "%s",
                  prov_registry_error(reg));
    prov_registry_rollback(reg);
    ck_assert_int_eq(prov_identity_by_id(reg, in.id, &in), XTT_ERR_NOT_FOUND);
    add(1);
    ck_assert_int_eq(prov_identity_by_id(reg, in.id, &in), XTT_OK);
}
END_TEST

START_TEST(a_copy_is_a_registry_and_overwrites_nothing)
{
    struct prov_registry *copy;
    struct prov_identity out;

    add(1);
    ck_assert_int_eq(prov_registry_copy(reg, tmpdir_file("registry")), XTT_ERR_EXISTS);
    ck_assert_int_eq(prov_registry_copy(reg, tmpdir_file("copy")), XTT_OK);
    ck_assert_int_ne(access(tmpdir_file("copy-wal"), F_OK), 0);
    add(2);
    ck_assert_int_eq(prov_registry_open(&copy, tmpdir_file("copy")), XTT_OK);
    ck_assert_int_eq(prov_registry_check(copy), XTT_OK);
    ck_assert_int_eq(prov_identity_by_id(copy, an_identity(1).id, &out), XTT_OK);
    ck_assert_int_eq(prov_identity_by_id(copy, an_identity(2).id, &out), XTT_ERR_NOT_FOUND);
    prov_registry_close(copy);
    ck_assert_int_eq(prov_registry_copy(reg, "/nowhere/copy"), XTT_ERR_REGISTRY);
}
END_TEST

START_TEST(a_check_finds_damage)
{
    char junk[300];
    int fd;

    for (uint32_t i = 0; i < 300; i++)
        add(i);
    ck_assert_int_eq(prov_registry_check(reg), XTT_OK);
    prov_registry_close(reg); /* the last one writes the log back into the file */
    memset(junk, 0x5a, sizeof junk);
    fd = open(tmpdir_file("registry"), O_WRONLY);
    for (off_t at = 12 * 4096; at < 40 * 4096; at += 4096)
        ck_assert_int_eq(pwrite(fd, junk, sizeof junk, at), sizeof junk);
    close(fd);
    reg = open_registry();
    ck_assert_int_eq(prov_registry_check(reg), XTT_ERR_REGISTRY);
    ck_assert_int_gt((int)strlen(prov_registry_error(reg)), 20);
}
END_TEST

START_TEST(a_check_finds_a_dangling_reference)
{
    add(1);
    behind_its_back("PRAGMA foreign_keys = OFF; DELETE FROM identities");
    ck_assert_int_eq(prov_registry_check(reg), XTT_ERR_REGISTRY);
    ck_assert_ptr_nonnull(strstr(prov_registry_error(reg), "dangle"));
}
END_TEST

START_TEST(a_status_nobody_knows_grants_nothing)
{
    struct prov_identity out;

    add(1);
    behind_its_back("UPDATE identities SET status = 200");
    ck_assert_int_eq(prov_identity_by_id(reg, an_identity(1).id, &out), XTT_OK);
    ck_assert_int_eq(out.status, PROV_ID_QUARANTINED);
}
END_TEST

static void fill(TCase *tc)
{
    tcase_add_checked_fixture(tc, set_up, tear_down);
    tcase_add_test(tc, is_made_for_its_owner_only);
    tcase_add_test(tc, is_not_made_twice);
    tcase_add_test(tc, a_missing_file_is_not_made_by_opening);
    tcase_add_test(tc, refuses_files_that_are_no_registry);
    tcase_add_test(tc, refuses_a_newer_schema_and_leaves_it_alone);
    tcase_add_test(tc, the_database_enforces_what_the_rules_rely_on);
    tcase_add_test(tc, registry_numbers_rise_and_are_not_used_again);
    tcase_add_test(tc, a_group_comes_back_as_it_was);
    tcase_add_test(tc, refuses_a_second_group_of_the_same_name_or_gid);
    tcase_add_test(tc, refuses_a_basename_that_is_empty);
    tcase_add_test(tc, a_walk_ends_when_the_visitor_says_so);
    tcase_add_test(tc, a_nonce_is_good_once_and_for_its_group);
    tcase_add_test(tc, the_server_key_certified_last_is_the_current_one);
    tcase_add_test(tc, roots_are_found_by_id_or_newest);
    tcase_add_test(tc, settings_are_kept_and_too_long_ones_refused);
    tcase_add_test(tc, a_closed_handle_forgets_its_open_transaction);
    tcase_add_test(tc, a_full_disk_is_an_error_in_words_and_no_half_row);
    tcase_add_test(tc, a_copy_is_a_registry_and_overwrites_nothing);
    tcase_add_test(tc, a_check_finds_damage);
    tcase_add_test(tc, a_check_finds_a_dangling_reference);
    tcase_add_test(tc, a_status_nobody_knows_grants_nothing);
}

int main(void)
{
    return run_suite("provisioner/registry", fill, 30);
}

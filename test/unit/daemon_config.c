/* SPDX-License-Identifier: Apache-2.0 */
/* Tests daemon/config.c and daemon/setting.c: the configuration. */
#include "daemon/config.h"

#include <sys/stat.h>

#include "test/support/capture.h"
#include "test/support/suite.h"
#include "test/support/tmpdir.h"

struct values {
    const char *name;
    const char *dir;
    const char *maybe;
    uint64_t count;
    int on;
    uint64_t wait;
    struct xttd_list words;
    int kind;
};

#define AT(field) offsetof(struct values, field)

static const struct xttd_setting rows[] = {
    {"one", "name", XTTD_STRING, AT(name), "anna", "", "XTT_TEST_NAME", "a name"},
    {"one", "dir", XTTD_PATH, AT(dir), "/var", "", NULL, "a directory"},
    {"one", "maybe", XTTD_PATH, AT(maybe), "", "", NULL, "a file"},
    {"two", "count", XTTD_UINT, AT(count), "5", "1..100", NULL, "a count"},
    {"two", "on", XTTD_BOOL, AT(on), "no", "", NULL, "a switch"},
    {"two", "wait", XTTD_DURATION, AT(wait), "30s", "10ms..1h", NULL, "a time"},
    {"two", "words", XTTD_LIST, AT(words), "a b", "", NULL, "some words"},
    {"two", "kind", XTTD_ENUM, AT(kind), "tpm", "tpm|software", NULL, "a kind"},
};
enum { N = sizeof rows / sizeof rows[0] };

static char path[128];
static struct values v;
static struct xttd_config config;
static struct xttd_fail why;

static void setup(void)
{
    tmpdir_make();
    snprintf(path, sizeof path, "%s/x.conf", tmpdir_path);
    why = (struct xttd_fail){0};
    ck_assert_int_eq(xttd_config_open(&config, rows, N, &v, &why), XTT_OK);
}

static void teardown(void)
{
    xttd_config_close(&config);
    tmpdir_remove();
}

static xtt_err load(const char *content)
{
    tmpdir_write("x.conf", content);
    return xttd_config_read(&config, path, 1, &why);
}

START_TEST(defaults_are_there_before_any_file)
{
    ck_assert_str_eq(v.name, "anna");
    ck_assert_str_eq(v.dir, "/var");
    ck_assert_str_eq(v.maybe, "");
    ck_assert_uint_eq(v.count, 5);
    ck_assert_int_eq(v.on, 0);
    ck_assert_uint_eq(v.wait, 30000);
    ck_assert_uint_eq(v.words.n, 2);
    ck_assert_str_eq(v.words.items[1], "b");
    ck_assert_int_eq(v.kind, 0);
    ck_assert_str_eq(xttd_config_from(&config, "one.name"), "default");
}
END_TEST

START_TEST(a_file_is_read_with_all_types)
{
    char from[160];

    ck_assert_int_eq(
        load("# comment\n; comment\n\n[one]\nname = otto ; inline\ndir=/tmp\n"
             "[two]\ncount = 7\non = yes\nwait = 5min\nwords = x,y z, q\nkind = software"),
        XTT_OK);
    ck_assert_str_eq(v.name, "otto");
    ck_assert_str_eq(v.dir, "/tmp");
    ck_assert_uint_eq(v.count, 7);
    ck_assert_int_eq(v.on, 1);
    ck_assert_uint_eq(v.wait, 300000);
    ck_assert_uint_eq(v.words.n, 4);
    ck_assert_str_eq(v.words.items[3], "q");
    ck_assert_int_eq(v.kind, 1);
    snprintf(from, sizeof from, "%s:5", path);
    ck_assert_str_eq(xttd_config_from(&config, "one.name"), from);
    ck_assert_str_eq(xttd_config_get(&config, "two.wait"), "5min");
}
END_TEST

static const struct {
    const char *text;
    uint64_t ms;
} durations[] = {{"10ms", 10},     {"1", 1000},     {"45s", 45000},   {"45 s", 45000},
                 {"2min", 120000}, {"1h", 3600000}, {"3600", 3600000}};

START_TEST(durations_have_units)
{
    ck_assert_int_eq(xttd_config_set(&config, "two.wait", durations[_i].text, "test", &why),
                     XTT_OK);
    ck_assert_uint_eq(v.wait, durations[_i].ms);
}
END_TEST

static const struct {
    const char *text; /* the whole file */
    const char *line; /* where the error is */
    const char *word; /* what the message names */
} bad[] = {
    {"[one]\nnome = x\n", ":2:", "unknown setting nome"},
    {"[three]\n", ":1:", "unknown section [three]"},
    {"[one\nname = x\n", ":1:", "without ]"},
    {"name = x\n", ":1:", "before the first [section]"},
    {"[one]\nname = x\n[two]\n[one]\ndir = /\n", ":4:", "already a section"},
    {"[one]\n[one]\n", ":2:", "already a section"},
    {"[one]\nname = x\nname = y\n", ":3:", "second time"},
    {"[one]\nname\n", ":2", "neither"},
    {"[one]\nname = x\n dir = /tmp\n", ":3:", "blanks"},
    {"[one]\ndir = tmp\n", ":2:", "absolute path"},
    {"[one]\ndir =\n", ":2:", "absolute path"},
    {"[one]\nmaybe = x\n", ":2:", "absolute path"},
    {"[two]\ncount = 0\n", ":2:", "1..100"},
    {"[two]\ncount = 101\n", ":2:", "1..100"},
    {"[two]\ncount = 1x\n", ":2:", "a number"},
    {"[two]\ncount = -1\n", ":2:", "a number"},
    {"[two]\ncount = 99999999999999999999999\n", ":2:", "a number"},
    {"[two]\ncount =\n", ":2:", "a number"},
    {"[two]\non = maybe\n", ":2:", "yes or no"},
    {"[two]\non =\n", ":2:", "yes or no"},
    {"[two]\nwait = 5 weeks\n", ":2:", "a time"},
    {"[two]\nwait = 2h\n", ":2:", "10ms..1h"},
    {"[two]\nwait = 18446744073709551615d\n", ":2:", "a time"},
    {"[two]\nkind = soft\n", ":2:", "tpm|software"},
    {"[two]\nkind = tpm|software\n", ":2:", "tpm|software"},
    {"[two]\nkind =\n", ":2:", "tpm|software"},
};

START_TEST(refuses_with_file_line_and_reason)
{
    char place[160];

    ck_assert_int_eq(load(bad[_i].text), XTT_ERR_CONFIG);
    snprintf(place, sizeof place, "%s%s", path, bad[_i].line);
    ck_assert_msg(strstr(why.message, place) != NULL, "%s lacks %s", why.message, place);
    ck_assert_msg(strstr(why.message, bad[_i].word) != NULL, "%s lacks %s", why.message,
                  bad[_i].word);
    /* The first error ends the reading; what stood before it may be set, what is bad is not. */
    ck_assert_uint_eq(v.count, 5);
    ck_assert_int_eq(v.kind, 0);
}
END_TEST

START_TEST(a_line_that_is_too_long_is_refused)
{
    char text[9000];

    snprintf(text, sizeof text, "[one]\nname = %08000d\n", 1);
    ck_assert_int_eq(load(text), XTT_ERR_CONFIG);
    ck_assert_ptr_nonnull(strstr(why.message, ":2: the line is too long"));
}
END_TEST

START_TEST(an_empty_file_and_one_without_newline_are_fine)
{
    ck_assert_int_eq(load(""), XTT_OK);
    ck_assert_int_eq(load("[one]\nname = x"), XTT_OK);
    ck_assert_str_eq(v.name, "x");
}
END_TEST

START_TEST(a_missing_file_is_an_error_only_if_it_is_needed)
{
    ck_assert_int_eq(xttd_config_read(&config, path, 0, &why), XTT_OK);
    ck_assert_int_eq(why.err, XTT_OK);
    ck_assert_int_eq(xttd_config_read(&config, path, 1, &why), XTT_ERR_NOT_FOUND);
    ck_assert_ptr_nonnull(strstr(why.message, path));
}
END_TEST

START_TEST(an_unneeded_file_that_is_bad_is_still_an_error)
{
    tmpdir_write("x.conf", "[none]\n");
    ck_assert_int_eq(xttd_config_read(&config, path, 0, &why), XTT_ERR_CONFIG);
    ck_assert_ptr_nonnull(strstr(why.message, "unknown section"));
}
END_TEST

START_TEST(drop_ins_win_in_the_order_of_their_names)
{
    char drop_in[128];

    snprintf(drop_in, sizeof drop_in, "%s/x.conf.d", tmpdir_path);
    ck_assert_int_eq(mkdir(drop_in, 0700), 0);
    tmpdir_write("x.conf.d/20-b.conf", "[one]\nname = b\n");
    tmpdir_write("x.conf.d/10-a.conf", "[one]\nname = a\n[two]\ncount = 9\n");
    tmpdir_write("x.conf.d/30-c.conf~", "[one]\nname = c\n");
    tmpdir_write("x.conf.d/.40.conf", "[one]\nname = d\n");
    ck_assert_int_eq(load("[one]\nname = main\n"), XTT_OK);
    ck_assert_str_eq(v.name, "b");
    ck_assert_uint_eq(v.count, 9);
    tmpdir_write("x.conf.d/50.conf", "[two]\ncount = x\n");
    ck_assert_int_eq(xttd_config_read(&config, path, 1, &why), XTT_ERR_CONFIG);
    ck_assert_ptr_nonnull(strstr(why.message, "x.conf.d/50.conf:2:"));
}
END_TEST

START_TEST(the_environment_wins_over_files_where_the_row_allows_it)
{
    setenv("XTT_TEST_NAME", "env", 1);
    ck_assert_int_eq(load("[one]\nname = main\n"), XTT_OK);
    ck_assert_int_eq(xttd_config_environment(&config, &why), XTT_OK);
    unsetenv("XTT_TEST_NAME");
    ck_assert_str_eq(v.name, "env");
    ck_assert_str_eq(xttd_config_from(&config, "one.name"), "$XTT_TEST_NAME");
}
END_TEST

START_TEST(setting_by_name_says_who_wanted_it)
{
    ck_assert_int_eq(xttd_config_set(&config, "two.count", "200", "--count", &why), XTT_ERR_CONFIG);
    ck_assert_ptr_nonnull(strstr(why.message, "--count: count in [two]"));
    ck_assert_int_eq(xttd_config_set(&config, "two.none", "1", "--none", &why), XTT_ERR_INTERNAL);
}
END_TEST

START_TEST(a_dump_reads_back_as_the_same_configuration)
{
    struct capture out;

    ck_assert_int_eq(load("[one]\nname = x y\n[two]\nwait = 2min\nwords = p, q\n"), XTT_OK);
    capture_open(&out);
    xttd_config_dump(&config, out.stream);
    ck_assert_ptr_nonnull(strstr(capture_text(&out), "x.conf:2\nname = x y\n"));
    xttd_config_close(&config);
    ck_assert_int_eq(xttd_config_open(&config, rows, N, &v, &why), XTT_OK);
    ck_assert_int_eq(load(capture_text(&out)), XTT_OK);
    capture_close(&out);
    ck_assert_str_eq(v.name, "x y");
    ck_assert_uint_eq(v.wait, 120000);
    ck_assert_str_eq(v.words.items[1], "q");
}
END_TEST

static void fill(TCase *tc)
{
    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_add_test(tc, defaults_are_there_before_any_file);
    tcase_add_test(tc, a_file_is_read_with_all_types);
    tcase_add_loop_test(tc, durations_have_units, 0, (int)(sizeof durations / sizeof durations[0]));
    tcase_add_loop_test(tc, refuses_with_file_line_and_reason, 0,
                        (int)(sizeof bad / sizeof bad[0]));
    tcase_add_test(tc, a_line_that_is_too_long_is_refused);
    tcase_add_test(tc, an_empty_file_and_one_without_newline_are_fine);
    tcase_add_test(tc, a_missing_file_is_an_error_only_if_it_is_needed);
    tcase_add_test(tc, an_unneeded_file_that_is_bad_is_still_an_error);
    tcase_add_test(tc, drop_ins_win_in_the_order_of_their_names);
    tcase_add_test(tc, the_environment_wins_over_files_where_the_row_allows_it);
    tcase_add_test(tc, setting_by_name_says_who_wanted_it);
    tcase_add_test(tc, a_dump_reads_back_as_the_same_configuration);
}

int main(void)
{
    return run_suite("daemon/config", fill, 4);
}

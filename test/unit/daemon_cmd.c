/* SPDX-License-Identifier: Apache-2.0 */
/* Tests daemon/cmd.c and daemon/doc.c: command lines, how they end, and what is printed of them. */
#include "daemon/cmd.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "daemon/doc.h"
#include "daemon/json.h"
#include "daemon/log.h"
#include "test/support/cmdline.h"
#include "test/support/suite.h"
#include "test/support/tmpdir.h"

struct values {
    int level;
    const char *name;
};

static const struct xttd_setting settings[] = {
    {"log", "level", XTTD_ENUM, offsetof(struct values, level), "warning", XTTD_LEVELS, NULL,
     "level"},
    {"one", "name", XTTD_STRING, offsetof(struct values, name), "anna", "", "XTT_TEST_NAME",
     "who it is"},
};

/* What the verbs saw. */
static struct {
    int runs;
    char verb[32], arg[32], name[32], out[32];
    int argc, has_flag;
} saw;

static xtt_err look(struct xttd_call *call)
{
    const struct values *values = call->settings;
    const char *out = xttd_option_get(call, "out");

    saw.runs++;
    saw.argc = call->argc;
    snprintf(saw.verb, sizeof saw.verb, "%s", call->verb->name);
    snprintf(saw.arg, sizeof saw.arg, "%s", call->argc > 0 ? call->argv[0] : "");
    snprintf(saw.name, sizeof saw.name, "%s", values->name);
    snprintf(saw.out, sizeof saw.out, "%s", out != NULL ? out : "-");
    saw.has_flag = xttd_option_get(call, "flag") != NULL;
    return XTT_OK;
}

static xtt_err refuse(struct xttd_call *call)
{
    return xttd_fail(&call->fail, XTT_ERR_REVOKED, "no %s today", "bread");
}

static xtt_err refuse_silently(struct xttd_call *call)
{
    (void)call;
    return XTT_ERR_TIMEOUT;
}

static const struct xttd_option make_options[] = {
    {"out", "FILE", "where to", NULL, 'o', 1}, {"flag", NULL, "a flag", NULL, 0, 0}, {0}};
static const struct xttd_option see_options[] = {
    {"out", "FILE", "where to", NULL, 0, 0}, {"flag", NULL, "a flag", NULL, 0, 0}, {0}};
static const struct xttd_verb verbs[] = {
    {"thing make", "NAME", "makes a thing", make_options, look, XTTD_VERB_PLAIN},
    {"thing see", "[NAME]", "shows a thing - or all", see_options, look, XTTD_VERB_PLAIN},
    {"refuse", "", "fails", NULL, refuse, XTTD_VERB_PLAIN},
    {"timeout", "", "fails without words", NULL, refuse_silently, XTTD_VERB_PLAIN},
    {0}};
static const struct xttd_option program_options[] = {
    {"name", "TEXT", "who it is", "one.name", 0, 0}, {0}};

static xtt_err check(const struct xttd_config *config, struct xttd_fail *fail)
{
    if (strcmp(xttd_config_get(config, "one.name"), "nobody") == 0)
        return xttd_fail(fail, XTT_ERR_CONFIG, "%s: nobody is nobody",
                         xttd_config_from(config, "one.name"));
    return XTT_OK;
}

static struct xttd_program program = {.name = "prog",
                                      .summary = "does things",
                                      .description = "First.\n\n.Second\\.",
                                      .verbs = verbs,
                                      .options = program_options,
                                      .settings = settings,
                                      .n_settings = 2,
                                      .settings_size = sizeof(struct values),
                                      .man_section = 1,
                                      .log_level = "log.level",
                                      .check = check};

static char *const out = cmdline_out, *const err = cmdline_err;

static void setup(void)
{
    static char config_path[128];

    tmpdir_make();
    snprintf(config_path, sizeof config_path, "%s", tmpdir_file("prog.conf"));
    program.config_file = config_path;
    memset(&saw, 0, sizeof saw);
}

static int run(const char *line)
{
    return cmdline_run(&program, line);
}

START_TEST(a_verb_of_two_words_gets_its_argument_and_options)
{
    ck_assert_int_eq(run("thing make box --out=x --flag"), 0);
    ck_assert_str_eq(saw.verb, "thing make");
    ck_assert_str_eq(saw.arg, "box");
    ck_assert_str_eq(saw.out, "x");
    ck_assert_int_eq(saw.has_flag, 1);
    ck_assert_str_eq(err, "");
}
END_TEST

START_TEST(options_stand_anywhere)
{
    ck_assert_int_eq(run("--name otto thing --json make -o y box"), 2); /* not inside the name */
    ck_assert_int_eq(run("--name otto thing make -o y box"), 0);
    ck_assert_str_eq(saw.arg, "box");
    ck_assert_str_eq(saw.name, "otto");
    ck_assert_int_eq(run("thing make box -o y --name=emil"), 0);
    ck_assert_str_eq(saw.name, "emil");
    ck_assert_int_eq(run("thing see -- --flag"), 0);
    ck_assert_str_eq(saw.arg, "--flag");
    ck_assert_int_eq(saw.has_flag, 0);
}
END_TEST

static const struct {
    const char *line, *word;
} wrong[] = {
    {"", "say what to do"},
    {"nothing", "there is no \"nothing\""},
    {"thing", "there is no \"thing\""},
    {"thing break", "there is no \"thing break\""},
    {"make box", "there is no"},
    {"thing make", "needs NAME"},
    {"thing make box", "needs --out FILE"},
    {"thing make box --out", "value is missing behind --out"},
    {"thing make box -o", "value is missing behind -o"},
    {"thing make box two --out x", "no use for \"two\""},
    {"thing make box --out x --out y", "--out is there twice"},
    {"thing make box --out x --colour", "--colour is no option"},
    {"thing make box --out x --flag=1", "--flag=1 is no option here, or takes no value"},
    {"thing make box --out x -q", "no option -q"},
    {"--out x thing make box", "--out is no option"},
    {"refuse now", "no use for \"now\""},
};

START_TEST(a_wrong_line_exits_with_2_and_says_why)
{
    ck_assert_int_eq(run(wrong[_i].line), 2);
    ck_assert_int_eq(saw.runs, 0);
    ck_assert_str_eq(out, "");
    ck_assert_msg(strstr(err, wrong[_i].word) != NULL, "%s lacks %s", err, wrong[_i].word);
    ck_assert_ptr_nonnull(strstr(err, "--help"));
}
END_TEST

START_TEST(help_goes_to_stdout_with_0_even_if_the_configuration_is_bad)
{
    tmpdir_write("prog.conf", "garbage\n");
    ck_assert_int_eq(run("--help"), 0);
    ck_assert_ptr_nonnull(strstr(out, "thing make NAME"));
    ck_assert_ptr_nonnull(strstr(out, "check-config"));
    ck_assert_ptr_null(strstr(out, "print-document"));
    ck_assert_int_eq(run("thing make --help"), 0);
    ck_assert_ptr_nonnull(strstr(out, "-o, --out FILE"));
    ck_assert_int_eq(run("thing see -h"), 0);
    ck_assert_str_eq(err, "");
}
END_TEST

START_TEST(version_is_one_line)
{
    ck_assert_int_eq(run("--version"), 0);
    ck_assert_int_eq(strncmp(out, "prog 0.", 7), 0);
    ck_assert_ptr_eq(strchr(out, '\n'), out + strlen(out) - 1);
}
END_TEST

START_TEST(a_failure_is_told_with_its_exit_status)
{
    ck_assert_int_eq(run("refuse"), 6);
    ck_assert_str_eq(out, "");
    ck_assert_int_eq(strncmp(err, "prog: no bread today\n", 21), 0);
    ck_assert_int_eq(run("timeout"), 7);
    ck_assert_ptr_nonnull(strstr(err, xtt_err_text(XTT_ERR_TIMEOUT)));
}
END_TEST

START_TEST(json_failures_are_one_object_on_stdout)
{
    json_t *whole;

    ck_assert_int_eq(run("--json refuse"), 6);
    ck_assert_str_eq(err, "");
    whole = json_loads(out, 0, NULL);
    ck_assert_ptr_nonnull(whole);
    ck_assert_str_eq(json_string_value(json_object_get(json_object_get(whole, "error"), "message")),
                     "no bread today");
    json_decref(whole);
    ck_assert_int_eq(run("thing make --json"), 2);
    whole = json_loads(out, 0, NULL);
    ck_assert_ptr_nonnull(whole);
    json_decref(whole);
}
END_TEST

START_TEST(file_environment_and_option_win_in_this_order)
{
    tmpdir_write("prog.conf", "[one]\nname = file\n");
    ck_assert_int_eq(run("thing see"), 0);
    ck_assert_str_eq(saw.name, "file");
    setenv("XTT_TEST_NAME", "env", 1);
    ck_assert_int_eq(run("thing see"), 0);
    ck_assert_str_eq(saw.name, "env");
    ck_assert_int_eq(run("thing see --name option"), 0);
    ck_assert_str_eq(saw.name, "option");
    unsetenv("XTT_TEST_NAME");
}
END_TEST

START_TEST(a_configuration_that_is_named_must_be_there)
{
    ck_assert_int_eq(run("thing see"), 0);
    ck_assert_int_eq(run("thing see --config /nonexistent"), 1);
    ck_assert_ptr_nonnull(strstr(err, "/nonexistent"));
}
END_TEST

START_TEST(a_bad_configuration_stops_every_verb_with_2)
{
    tmpdir_write("prog.conf", "[one]\nnames = x\n");
    ck_assert_int_eq(run("thing see"), 2);
    ck_assert_int_eq(saw.runs, 0);
    ck_assert_ptr_nonnull(strstr(err, "prog.conf:2: unknown setting names"));
    ck_assert_int_eq(run("check-config"), 2);
    tmpdir_write("prog.conf", "[one]\nname = nobody\n");
    ck_assert_int_eq(run("check-config"), 2);
    ck_assert_ptr_nonnull(strstr(err, "prog.conf:2: nobody is nobody"));
}
END_TEST

START_TEST(check_config_says_good_and_dumps)
{
    ck_assert_int_eq(run("check-config"), 0);
    ck_assert_ptr_nonnull(strstr(out, "good"));
    ck_assert_int_eq(run("check-config --dump-config --name x -v"), 0);
    ck_assert_ptr_nonnull(strstr(out, "# --name\nname = x\n"));
    ck_assert_ptr_nonnull(strstr(out, "# -v\nlevel = debug\n"));
    ck_assert_int_eq(run("check-config --json"), 0);
    ck_assert_ptr_nonnull(strstr(out, "\"config_ok\": true"));
}
END_TEST

START_TEST(stdout_that_cannot_be_written_is_a_failure)
{
    int keep = dup(1), status;
    char *argv[] = {"prog", "--help", NULL};

    fflush(stdout);
    ck_assert_ptr_nonnull(freopen("/dev/full", "w", stdout));
    status = xttd_cmd_main(&program, 2, argv);
    clearerr(stdout);
    ck_assert_ptr_nonnull(freopen("/dev/null", "w", stdout));
    dup2(keep, 1);
    ck_assert_int_eq(status, 1);
}
END_TEST

START_TEST(the_man_page_escapes_what_troff_would_read)
{
    ck_assert_int_eq(run("print-document man"), 0);
    ck_assert_ptr_nonnull(strstr(out, ".TH PROG 1"));
    ck_assert_ptr_nonnull(strstr(out, "First.\n.PP\n\\&.Second\\e."));
    ck_assert_ptr_nonnull(strstr(out, "a thing \\- or all."));
    ck_assert_ptr_nonnull(strstr(out, ".B 8\n"));
    ck_assert_ptr_nonnull(strstr(out, "XTT_TEST_NAME"));
}
END_TEST

START_TEST(the_example_configuration_is_valid_and_changes_nothing)
{
    ck_assert_int_eq(run("print-document config"), 0);
    tmpdir_write("prog.conf", out);
    ck_assert_int_eq(run("thing see"), 0);
    ck_assert_str_eq(saw.name, "anna");
}
END_TEST

START_TEST(a_document_nobody_knows_is_a_usage_error)
{
    ck_assert_int_eq(run("print-document poem"), 2);
    ck_assert_int_eq(run("print-document config-man"), 0);
    ck_assert_ptr_nonnull(strstr(out, ".TH PROG.CONF 5"));
}
END_TEST

/* What bash offers behind these words. */
static void complete(const char *words, char *offers, size_t cap)
{
    char command[1024];
    FILE *f;
    size_t n;

    ck_assert_int_eq(run("print-document completion"), 0);
    tmpdir_write("completion", out);
    snprintf(command, sizeof command,
             "bash -c 'compopt() { :; }; . %s/completion; COMP_WORDS=(%s); "
             "COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); _prog; echo \"${COMPREPLY[*]}\"'",
             tmpdir_path, words);
    f = popen(command, "r");
    ck_assert_ptr_nonnull(f);
    n = fread(offers, 1, cap - 1, f);
    offers[n] = '\0';
    ck_assert_int_eq(pclose(f), 0);
}

START_TEST(bash_completes_verbs_and_options)
{
    char offers[1024];

    complete("prog \"\"", offers, sizeof offers);
    ck_assert_ptr_nonnull(strstr(offers, "thing"));
    ck_assert_ptr_nonnull(strstr(offers, "check-config"));
    ck_assert_ptr_null(strstr(offers, "make"));
    complete("prog thing \"\"", offers, sizeof offers);
    ck_assert_str_eq(offers, "make see\n");
    complete("prog thing make --o", offers, sizeof offers);
    ck_assert_str_eq(offers, "--out\n");
}
END_TEST

static void fill(TCase *tc)
{
    tcase_add_checked_fixture(tc, setup, tmpdir_remove);
    tcase_add_test(tc, a_verb_of_two_words_gets_its_argument_and_options);
    tcase_add_test(tc, options_stand_anywhere);
    tcase_add_loop_test(tc, a_wrong_line_exits_with_2_and_says_why, 0,
                        (int)(sizeof wrong / sizeof wrong[0]));
    tcase_add_test(tc, help_goes_to_stdout_with_0_even_if_the_configuration_is_bad);
    tcase_add_test(tc, version_is_one_line);
    tcase_add_test(tc, a_failure_is_told_with_its_exit_status);
    tcase_add_test(tc, json_failures_are_one_object_on_stdout);
    tcase_add_test(tc, file_environment_and_option_win_in_this_order);
    tcase_add_test(tc, a_configuration_that_is_named_must_be_there);
    tcase_add_test(tc, a_bad_configuration_stops_every_verb_with_2);
    tcase_add_test(tc, check_config_says_good_and_dumps);
    tcase_add_test(tc, stdout_that_cannot_be_written_is_a_failure);
    tcase_add_test(tc, the_man_page_escapes_what_troff_would_read);
    tcase_add_test(tc, the_example_configuration_is_valid_and_changes_nothing);
    tcase_add_test(tc, a_document_nobody_knows_is_a_usage_error);
    tcase_add_test(tc, bash_completes_verbs_and_options);
}

int main(void)
{
    return run_suite("daemon/cmd", fill, 10);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* The engine behind every command line; see cmd.h. */
#include <config.h>

#include "daemon/cmd.h"

#include <assert.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/doc.h"
#include "daemon/json.h"
#include "daemon/log.h"

static xtt_err check_config(struct xttd_call *call);
static xtt_err print_document(struct xttd_call *call);

const struct xttd_option xttd_cmd_options[] = {
    {"config", "FILE", "reads FILE and FILE.d/*.conf instead of the default configuration", NULL, 0,
     0},
    {"json", NULL, "answers with one JSON object on standard output, also for a failure", NULL, 0,
     0},
    {"verbose", NULL, "logs every step", NULL, 'v', 0},
    {"help", NULL, "shows this help and does nothing else", NULL, 'h', 0},
    {"version", NULL, "shows the version and does nothing else", NULL, 0, 0},
    {0}};

static const struct xttd_option check_options[] = {
    {"dump-config", NULL, "shows every setting, its value, and where it comes from", NULL, 0, 0},
    {0}};

const struct xttd_verb xttd_cmd_verbs[] = {
    {"check-config", "", "reads the configuration and says whether it is good", check_options,
     check_config, XTTD_VERB_PLAIN},
    {"print-document", "man|config-man|config|completion", "prints documentation", NULL,
     print_document, XTTD_VERB_UNCONFIGURED | XTTD_VERB_HIDDEN},
    {0}};

static const char *const statuses[] = {
    [XTT_CLASS_OK] = "success",
    [XTT_CLASS_FAILURE] = "failure",
    [XTT_CLASS_USAGE] = "wrong command line or configuration",
    [XTT_CLASS_AUTH] = "authentication or PIN",
    [XTT_CLASS_TPM] = "the TPM cannot be reached or used",
    [XTT_CLASS_HSM] = "the HSM cannot be reached or used",
    [XTT_CLASS_REFUSED] = "refused by policy; asking again does not help",
    [XTT_CLASS_RETRY] = "network, load or time; asking again may help",
    [XTT_CLASS_REENROL] = "keys are gone or not this device's; enrol again",
};

const char *xttd_cmd_status(int n)
{
    return statuses[n];
}

const char *xttd_option_get(const struct xttd_call *call, const char *name)
{
    for (size_t i = 0; i < call->n_options; i++)
        if (strcmp(call->options[i]->name, name) == 0)
            return call->values[i];
    assert(0 && "an option that is in no table");
    return NULL;
}

static xtt_err check_config(struct xttd_call *call)
{
    const struct xttd_program *program = call->program;

    if (xttd_option_get(call, "dump-config") != NULL)
        xttd_config_dump(&call->config, stdout);
    else if (call->json)
        return xttd_json_print(json_pack("{s:b}", "config_ok", 1), stdout);
    else
        printf("%s: the configuration is good\n", program->name);
    return XTT_OK;
}

static xtt_err print_document(struct xttd_call *call)
{
    if (xttd_doc_print(call->program, call->argv[0], stdout) == XTT_OK)
        return XTT_OK;
    return xttd_fail(&call->fail, XTT_ERR_USAGE, "there is no document %s", call->argv[0]);
}

static void collect(struct xttd_call *call, const struct xttd_option *options)
{
    for (; options != NULL && options->name != NULL; options++) {
        assert(call->n_options < XTTD_OPTIONS_MAX);
        call->options[call->n_options++] = options;
    }
}

/* Reads the options that are collected, up to the first other word if order is "+", and leaves
 * optind behind them. */
static xtt_err read_options(struct xttd_call *call, const char *order, int argc, char **argv)
{
    struct option longs[XTTD_OPTIONS_MAX + 1] = {{0}};
    char letters[2 * XTTD_OPTIONS_MAX + 4];
    int code, at;

    at = snprintf(letters, sizeof letters, "%s:", order);
    for (size_t i = 0; i < call->n_options; i++) {
        const struct xttd_option *option = call->options[i];

        longs[i] = (struct option){option->name, option->arg != NULL, NULL, 256 + (int)i};
        if (option->letter != 0)
            letters[at++] = (char)option->letter;
        if (option->letter != 0 && option->arg != NULL)
            letters[at++] = ':';
    }
    letters[at] = '\0';
    opterr = 0;
    optind = 0; /* start afresh, as getopt(3) says for GNU */
    while ((code = getopt_long(argc, argv, letters, longs, NULL)) != -1) {
        size_t i = code >= 256 ? (size_t)code - 256 : 0;

        if (code == '?' && optopt != 0 && optopt < 256)
            return xttd_fail(&call->fail, XTT_ERR_USAGE, "there is no option -%c here", optopt);
        if (code == '?')
            return xttd_fail(&call->fail, XTT_ERR_USAGE, "%s is no option here, or takes no value",
                             argv[optind - 1]);
        if (code == ':')
            return xttd_fail(&call->fail, XTT_ERR_USAGE, "a value is missing behind %s",
                             argv[optind - 1]);
        while (code < 256 && call->options[i]->letter != code)
            i++;
        if (call->values[i] != NULL && call->options[i]->arg != NULL)
            return xttd_fail(&call->fail, XTT_ERR_USAGE, "--%s is there twice",
                             call->options[i]->name);
        call->values[i] = call->options[i]->arg == NULL ? "" : optarg;
    }
    return XTT_OK;
}

/* How many of the words, n of them, are the verb's name; 0 if they are not. */
static int matches(const struct xttd_verb *verb, int n, char **words)
{
    const char *space = strchr(verb->name, ' ');
    size_t first = space == NULL ? strlen(verb->name) : (size_t)(space - verb->name);

    if (n < 1 || strlen(words[0]) != first || strncmp(verb->name, words[0], first) != 0)
        return 0;
    if (space == NULL)
        return 1;
    return n > 1 && strcmp(space + 1, words[1]) == 0 ? 2 : 0;
}

static int find_verb(struct xttd_call *call, const struct xttd_verb *verbs, int n, char **words)
{
    for (; verbs->name != NULL; verbs++) {
        int used = matches(verbs, n, words);

        if (used > 0) {
            call->verb = verbs;
            return used;
        }
    }
    return 0;
}

/* "NAME [FILE]" takes one or two arguments. */
static void count_args(const char *args, int *least, int *most)
{
    *least = *most = 0;
    for (const char *p = args; *p != '\0'; p += strspn(p, " ")) {
        *least += *p != '[';
        *most += 1;
        p += strcspn(p, " ");
    }
}

/* The verb is known: its options, its arguments. */
static xtt_err read_verb(struct xttd_call *call, int argc, char **argv)
{
    int least, most;
    xtt_err err;

    collect(call, call->verb->options);
    if ((err = read_options(call, "", argc, argv)) != XTT_OK)
        return err;
    if (xttd_option_get(call, "help") != NULL || xttd_option_get(call, "version") != NULL)
        return XTT_OK;
    call->argc = argc - optind;
    call->argv = argv + optind;
    count_args(call->verb->args, &least, &most);
    if (call->argc < least)
        return xttd_fail(&call->fail, XTT_ERR_USAGE, "%s needs %s", call->verb->name,
                         call->verb->args);
    if (call->argc > most)
        return xttd_fail(&call->fail, XTT_ERR_USAGE, "%s has no use for \"%s\"", call->verb->name,
                         call->argv[most]);
    for (size_t i = 0; i < call->n_options; i++)
        if (call->options[i]->is_needed && call->values[i] == NULL)
            return xttd_fail(&call->fail, XTT_ERR_USAGE, "%s needs --%s %s", call->verb->name,
                             call->options[i]->name, call->options[i]->arg);
    return XTT_OK;
}

/* From the command line to verb, options and arguments.  Options may stand before the verb. */
static xtt_err read_line(struct xttd_call *call, int argc, char **argv)
{
    int used;
    xtt_err err;

    collect(call, xttd_cmd_options);
    collect(call, call->program->options);
    if ((err = read_options(call, "+", argc, argv)) != XTT_OK)
        return err;
    call->json = xttd_option_get(call, "json") != NULL;
    if (optind == argc) {
        if (xttd_option_get(call, "help") != NULL || xttd_option_get(call, "version") != NULL)
            return XTT_OK;
        return xttd_fail(&call->fail, XTT_ERR_USAGE, "say what to do");
    }
    used = find_verb(call, call->program->verbs, argc - optind, argv + optind);
    if (used == 0)
        used = find_verb(call, xttd_cmd_verbs, argc - optind, argv + optind);
    if (used == 0)
        return xttd_fail(&call->fail, XTT_ERR_USAGE, "there is no \"%s%s%s\"", argv[optind],
                         optind + 1 < argc ? " " : "", optind + 1 < argc ? argv[optind + 1] : "");
    /* The verb's last word stands where getopt expects the program's name. */
    err = read_verb(call, argc - optind - used + 1, argv + optind + used - 1);
    call->json = xttd_option_get(call, "json") != NULL;
    return err;
}

static enum xttd_level level_of(const char *text)
{
    static const char *const names[] = {"err", "warning", "info", "debug"};
    size_t i = 0;

    while (i < XTTD_DEBUG && strcmp(names[i], text) != 0)
        i++;
    return (enum xttd_level)i;
}

/* Files, environment, command line, in the order of their weight. */
xtt_err xttd_cmd_configure(const struct xttd_call *call, struct xttd_config *config, void *settings,
                           struct xttd_fail *fail)
{
    const struct xttd_program *program = call->program;
    const char *file = xttd_option_get(call, "config");
    xtt_err err;

    if ((err = xttd_config_open(config, program->settings, program->n_settings, settings, fail)) !=
        XTT_OK)
        return err;
    if ((err = xttd_config_read(config, file != NULL ? file : program->config_file, file != NULL,
                                fail)) != XTT_OK)
        return err;
    if ((err = xttd_config_environment(config, fail)) != XTT_OK)
        return err;
    for (size_t i = 0; i < call->n_options; i++) {
        const struct xttd_option *option = call->options[i];
        char from[64];

        if (option->setting == NULL || call->values[i] == NULL)
            continue;
        snprintf(from, sizeof from, "--%s", option->name);
        if ((err = xttd_config_set(config, option->setting, call->values[i], from, fail)) != XTT_OK)
            return err;
    }
    if (xttd_option_get(call, "verbose") != NULL &&
        (err = xttd_config_set(config, program->log_level, "debug", "-v", fail)) != XTT_OK)
        return err;
    return program->check != NULL ? program->check(config, fail) : XTT_OK;
}

static xtt_err configure(struct xttd_call *call, void *settings)
{
    const struct xttd_program *program = call->program;
    xtt_err err;

    if ((err = xttd_cmd_configure(call, &call->config, settings, &call->fail)) != XTT_OK)
        return err;
    call->settings = settings;
    xttd_log_open(program->name, level_of(xttd_config_get(&call->config, program->log_level)));
    return XTT_OK;
}

static int flush_stdout(const struct xttd_call *call)
{
    if (fflush(stdout) == 0 && !ferror(stdout))
        return call->status;
    fprintf(stderr, "%s: cannot write to standard output\n", call->program->name);
    return XTT_CLASS_FAILURE;
}

static int end(struct xttd_call *call, xtt_err err)
{
    int status;

    if (err == XTT_OK)
        return flush_stdout(call);
    if (call->fail.err != err)
        xttd_fail(&call->fail, err, "%s", "");
    if (err == XTT_ERR_USAGE && call->fail.remedy[0] == '\0')
        xttd_fail_remedy(&call->fail, "see %s%s%s --help", call->program->name,
                         call->verb != NULL ? " " : "", call->verb != NULL ? call->verb->name : "");
    status = xttd_fail_tell(&call->fail, call->program->name, call->json, stdout, stderr);
    (void)fflush(stdout);
    return status;
}

int xttd_cmd_main(const struct xttd_program *program, int argc, char **argv)
{
    struct xttd_call call = {.program = program};
    void *settings = calloc(1, program->settings_size);
    xtt_err err;
    int status;

    if (settings == NULL)
        return end(&call, XTT_ERR_NOMEM);
    if ((err = read_line(&call, argc, argv)) != XTT_OK)
        goto out;
    if (xttd_option_get(&call, "help") != NULL)
        xttd_doc_help(program, call.verb, stdout);
    else if (xttd_option_get(&call, "version") != NULL)
        printf("%s %s\n", program->name, PACKAGE_VERSION);
    else if (call.verb->flags & XTTD_VERB_UNCONFIGURED ||
             (err = configure(&call, settings)) == XTT_OK)
        err = call.verb->run(&call);
out:
    status = end(&call, err);
    xttd_config_close(&call.config);
    free(settings);
    return status;
}

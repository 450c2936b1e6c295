/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A program as a table of verbs and options.  One engine reads the command line, the configuration
 * and the environment, runs the verb, and tells how it ended; man pages, completion and the example
 * configuration are printed from the same tables (doc.c).  What a verb does is the program's part.
 *
 * Every program has, without listing them: --config, --json, -v, --help, --version, and the verb
 * check-config [--dump-config].
 */
#ifndef XTTD_CMD_H
#define XTTD_CMD_H

#include "daemon/config.h"

/* A table of options ends with a row of name NULL. */
struct xttd_option {
    const char *name;    /* without the dashes */
    const char *arg;     /* what stands behind it, in capitals; NULL: nothing */
    const char *help;    /* half a sentence */
    const char *setting; /* "section.key" that it overrides, or NULL */
    int letter;          /* short form, or 0 */
    int is_needed;       /* the verb cannot run without it */
};

struct xttd_call;

/* Runs a verb.  On an error the words are in call->fail, or the error's own text has to do. */
typedef xtt_err xttd_run(struct xttd_call *call);

/* A table of verbs ends with a row of name NULL. */
struct xttd_verb {
    const char *name;                  /* one word or two: "group create" */
    const char *args;                  /* "NAME", "NAME [FILE]", or "" */
    const char *summary;               /* third person, no full stop: "makes a group" */
    const struct xttd_option *options; /* of this verb, or NULL */
    xttd_run *run;
    enum { XTTD_VERB_PLAIN = 0, XTTD_VERB_UNCONFIGURED = 1, XTTD_VERB_HIDDEN = 2 } flags;
};

struct xttd_program {
    const char *name;
    const char *summary;     /* half a sentence for man page and --help */
    const char *description; /* paragraphs for the man page, separated by "\n\n" */
    const struct xttd_verb *verbs;
    const struct xttd_option *options; /* of every verb, or NULL */
    const struct xttd_setting *settings;
    size_t n_settings;
    size_t settings_size;    /* of the struct they fill */
    const char *config_file; /* read if there and --config is not given */
    int man_section;         /* 1, or 8 for a daemon */
    const char *log_level;   /* "section.key" of an XTTD_LEVELS setting */
    /* Judges what single settings cannot: XTT_ERR_CONFIG with words.  Or NULL. */
    xtt_err (*check)(const struct xttd_config *config, struct xttd_fail *fail);
};

#define XTTD_OPTIONS_MAX 32

/* One run of one verb. */
struct xttd_call {
    const struct xttd_program *program;
    const struct xttd_verb *verb;
    const void *settings; /* the program's struct; NULL for an unconfigured verb */
    struct xttd_config config;
    struct xttd_fail fail;
    int json; /* --json */
    int argc; /* arguments of the verb, as many as its args ask for */
    char **argv;
    int status; /* exit status of a verb that answers XTT_OK: for findings that it told itself */

    const struct xttd_option *options[XTTD_OPTIONS_MAX]; /* all that apply */
    const char *values[XTTD_OPTIONS_MAX];
    size_t n_options;
};

/* What stood behind --name, "" for an option without argument, NULL if it was not given.  name is
 * in the tables. */
const char *xttd_option_get(const struct xttd_call *call, const char *name);

/* Reads the configuration once more, as xttd_cmd_main did for this call: for a service that is told
 * to reload.  settings is a struct of the program's, zeroed.  Close config, whose texts settings
 * borrows, in any case.  From any thread. */
XTT_MUST xtt_err xttd_cmd_configure(const struct xttd_call *call, struct xttd_config *config,
                                    void *settings, struct xttd_fail *fail);

/* The whole of main: answers the exit status.  0 to 8 as enum xtt_class says. */
int xttd_cmd_main(const struct xttd_program *program, int argc, char **argv);

/* For doc.c: options every verb of every program has, and verbs every program has. */
extern const struct xttd_option xttd_cmd_options[];
extern const struct xttd_verb xttd_cmd_verbs[];
/* What the exit status n (0 to 8) means. */
const char *xttd_cmd_status(int n);

#endif

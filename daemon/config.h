/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The configuration of a program: a table of settings, read from an INI file and its drop-ins into
 * the program's struct.  What is not in the table is an error with file and line.
 *
 * A program keeps its table in settings.def, one row a setting:
 *     SETTING(field, section, key, TYPE, default, range, environment, help)
 * and makes the struct and the rows of it:
 *     struct agent_settings {
 *     #define SETTING(field, section, key, type, ...) XTTD_TYPE_##type field;
 *     #include "agent/settings.def"
 *     #undef SETTING
 *     };
 *     #define SETTING(field, section, key, type, dflt, range, env, help) \
 *         {section, key, XTTD_##type, offsetof(struct agent_settings, field), dflt, range, env,
 * help},
 */
#ifndef XTTD_CONFIG_H
#define XTTD_CONFIG_H

#include "daemon/fail.h"

enum xttd_type {
    XTTD_STRING,   /* anything; borrowed from the configuration */
    XTTD_PATH,     /* absolute, or empty if the default is empty */
    XTTD_UINT,     /* decimal; range "LOW..HIGH" */
    XTTD_BOOL,     /* yes, no, true, false, on, off, 1, 0 */
    XTTD_DURATION, /* in ms; written 250ms, 30s, 5min, 2h, 7d, or seconds; range "LOW..HIGH" */
    XTTD_LIST,     /* words between blanks or commas */
    XTTD_ENUM      /* one of range, "first|second"; the field is its number from 0 */
};

struct xttd_list {
    const char **items;
    size_t n;
};

#define XTTD_TYPE_STRING   const char *
#define XTTD_TYPE_PATH     const char *
#define XTTD_TYPE_UINT     uint64_t
#define XTTD_TYPE_BOOL     int
#define XTTD_TYPE_DURATION uint64_t
#define XTTD_TYPE_LIST     struct xttd_list
#define XTTD_TYPE_ENUM     int

struct xttd_setting {
    const char *section;
    const char *key;
    enum xttd_type type;
    size_t offset;           /* of the field in the program's struct */
    const char *dflt;        /* as text; must be a good value */
    const char *range;       /* see the types; "" if the type has none */
    const char *environment; /* variable that overrides the files, or NULL */
    const char *help;        /* one sentence, no full stop */
};

/* The same texts that were read, and where each came from. */
struct xttd_config {
    const struct xttd_setting *rows;
    size_t n;
    void *values; /* the program's struct, borrowed */
    struct xttd_config_entry *entries;
};

/* Sets all fields of values to their defaults.  XTT_ERR_NOMEM, XTT_ERR_CONFIG. */
XTT_MUST xtt_err xttd_config_open(struct xttd_config *config, const struct xttd_setting *rows,
                                  size_t n, void *values, struct xttd_fail *fail);
/* Reads path and then PATH.d/?*.conf in the order of their names; later files win.  A missing path
 * is an error only if needed.  XTT_ERR_CONFIG names file and line; XTT_ERR_IO. */
XTT_MUST xtt_err xttd_config_read(struct xttd_config *config, const char *path, int needed,
                                  struct xttd_fail *fail);
/* Takes over what the environment says, for the rows that allow it. */
XTT_MUST xtt_err xttd_config_environment(struct xttd_config *config, struct xttd_fail *fail);
/* Sets "section.key", which is in the table, from text; from says who wanted it ("--tcti"). */
XTT_MUST xtt_err xttd_config_set(struct xttd_config *config, const char *name, const char *text,
                                 const char *from, struct xttd_fail *fail);
/* The text of "section.key", which is in the table. */
const char *xttd_config_get(const struct xttd_config *config, const char *name);
/* Where the value of "section.key" came from: "FILE:LINE", "$VARIABLE", "--option", "default". */
const char *xttd_config_from(const struct xttd_config *config, const char *name);
/* Writes all settings as a configuration file, with where each came from as comments. */
void xttd_config_dump(const struct xttd_config *config, FILE *out);
/* Frees everything; the values' texts are gone then.  Zeroed or closed before is fine. */
void xttd_config_close(struct xttd_config *config);

#endif

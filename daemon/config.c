/* SPDX-License-Identifier: Apache-2.0 */
/* The configuration; see config.h.  inih reads the lines, setting.c understands the values. */
#include <config.h>

#include "daemon/config.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <ini.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/setting.h"

struct xttd_config_entry {
    char *text;              /* as written */
    char *from;              /* who wrote it */
    struct xttd_value value; /* owns what the field points to */
};

/* One file while it is read. */
struct source {
    struct xttd_config *config;
    struct xttd_fail *fail;
    FILE *file;
    const char *path;
    unsigned line;
    xtt_err err;           /* the first thing wrong; nothing is looked at behind it */
    uint8_t *key_seen;     /* by row */
    uint8_t *section_seen; /* by the section's first row */
};

/* The field's name as people write it, "section.key". */
static int is_named(const struct xttd_setting *row, const char *name)
{
    size_t n = strlen(row->section);

    return strncmp(name, row->section, n) == 0 && name[n] == '.' &&
           strcmp(name + n + 1, row->key) == 0;
}

static size_t find(const struct xttd_config *config, const char *name)
{
    size_t i = 0;

    while (i < config->n && !is_named(&config->rows[i], name))
        i++;
    return i;
}

static xtt_err assign(struct xttd_config *config, size_t i, const char *text, const char *from,
                      struct xttd_fail *fail)
{
    const struct xttd_setting *row = &config->rows[i];
    struct xttd_config_entry *entry = &config->entries[i];
    struct xttd_config_entry fresh = {.text = strdup(text), .from = strdup(from)};
    xtt_err err = XTT_ERR_NOMEM;

    if (fresh.text == NULL || fresh.from == NULL)
        goto out;
    if ((err = xttd_value_read(&fresh.value, row, fresh.text, fail)) != XTT_OK)
        goto out;
    xttd_value_store(&fresh.value, row, config->values);
    xttd_value_free(&entry->value);
    free(entry->text);
    free(entry->from);
    *entry = fresh;
    return XTT_OK;
out:
    free(fresh.text);
    free(fresh.from);
    if (err == XTT_ERR_NOMEM)
        return xttd_fail(fail, err, "out of memory for the configuration");
    return xttd_fail_while(fail, "%s: %s in [%s]", from, row->key, row->section);
}

xtt_err xttd_config_open(struct xttd_config *config, const struct xttd_setting *rows, size_t n,
                         void *values, struct xttd_fail *fail)
{
    xtt_err err = XTT_OK;

    *config = (struct xttd_config){rows, n, values, calloc(n + 1, sizeof *config->entries)};
    if (config->entries == NULL)
        return xttd_fail(fail, XTT_ERR_NOMEM, "out of memory for the configuration");
    for (size_t i = 0; i < n && err == XTT_OK; i++)
        err = assign(config, i, rows[i].dflt, "default", fail);
    if (err != XTT_OK)
        xttd_config_close(config);
    return err;
}

static xtt_err complain(struct source *src, const char *what, const char *which)
{
    src->err =
        xttd_fail(src->fail, XTT_ERR_CONFIG, "%s:%u: %s%s", src->path, src->line, what, which);
    return src->err;
}

/* "[name]": known, and not for the second time. */
static void enter_section(struct source *src, const char *line)
{
    const char *end = strchr(line, ']');
    size_t n = end == NULL ? 0 : (size_t)(end - line - 1);

    for (size_t i = 0; i < src->config->n; i++) {
        const char *section = src->config->rows[i].section;

        if (strlen(section) != n || strncmp(section, line + 1, n) != 0)
            continue;
        if (src->section_seen[i])
            complain(src, "there is already a section of this name: ", section);
        src->section_seen[i] = 1;
        return;
    }
    if (end == NULL)
        complain(src, "a section without ]", "");
    else {
        char name[64];

        snprintf(name, sizeof name, "[%.*s]", (int)n, line + 1);
        complain(src, "unknown section ", name);
    }
}

/* fgets with our rules for lines; inih sees the end of the file at the first thing wrong. */
static char *next_line(char *line, int cap, void *arg)
{
    struct source *src = arg;
    const char *p = line;

    if (src->err != XTT_OK || fgets(line, cap, src->file) == NULL)
        return NULL;
    src->line++;
    if (strchr(line, '\n') == NULL && !feof(src->file)) {
        complain(src, "the line is too long, or holds a zero byte", "");
        return NULL;
    }
    while (isspace((unsigned char)*p))
        p++;
    /* inih would take an indented line for more of the value above it. */
    if (p != line && *p != '\0' && *p != ';' && *p != '#') {
        complain(src, "a setting begins with blanks; begin it at the first column", "");
        return NULL;
    }
    if (*p == '[')
        enter_section(src, p);
    return src->err == XTT_OK ? line : NULL;
}

static int take_setting(void *arg, const char *section, const char *key, const char *value)
{
    struct source *src = arg;
    char name[128], from[PATH_MAX + 16];
    size_t i;

    if (src->err != XTT_OK)
        return 0;
    snprintf(name, sizeof name, "%s.%s", section, key);
    if ((i = find(src->config, name)) == src->config->n) {
        if (section[0] == '\0')
            complain(src, "a setting before the first [section]: ", key);
        else
            complain(src, "unknown setting ", key);
        return 0;
    }
    if (src->key_seen[i]) {
        complain(src, "set a second time: ", key);
        return 0;
    }
    src->key_seen[i] = 1;
    snprintf(from, sizeof from, "%s:%u", src->path, src->line);
    src->err = assign(src->config, i, value, from, src->fail);
    return src->err == XTT_OK;
}

static xtt_err read_file(struct xttd_config *config, const char *path, struct xttd_fail *fail)
{
    struct source src = {config, fail, fopen(path, "re"), path, 0, XTT_OK, NULL, NULL};
    int bad_line;

    if (src.file == NULL)
        return xttd_fail_errno(fail, errno == ENOENT ? XTT_ERR_NOT_FOUND : XTT_ERR_IO,
                               "cannot open the configuration %s", path);
    src.key_seen = calloc(2, config->n + 1);
    if (src.key_seen == NULL) {
        src.err = xttd_fail(fail, XTT_ERR_NOMEM, "out of memory for the configuration");
        goto out;
    }
    src.section_seen = src.key_seen + config->n + 1;
#if HAVE_DECL_INI_MAX_LINE
    ini_use_stack = false; /* lines of 4095 bytes, where the library can */
    ini_max_line = 4096;
    ini_initial_alloc = 4096;
#endif
    bad_line = ini_parse_stream(next_line, &src, take_setting, &src);
    if (src.err != XTT_OK)
        goto out;
    if (ferror(src.file))
        src.err = xttd_fail_errno(fail, XTT_ERR_IO, "cannot read the configuration %s", path);
    else if (bad_line > 0)
        src.err = xttd_fail(fail, XTT_ERR_CONFIG, "%s:%d: neither [section] nor key = value", path,
                            bad_line);
    else if (bad_line < 0)
        src.err = xttd_fail(fail, XTT_ERR_NOMEM, "out of memory for the configuration");
out:
    free(src.key_seen);
    fclose(src.file);
    return src.err;
}

static int is_drop_in(const struct dirent *entry)
{
    size_t n = strlen(entry->d_name);

    return n > 5 && entry->d_name[0] != '.' && strcmp(entry->d_name + n - 5, ".conf") == 0;
}

xtt_err xttd_config_read(struct xttd_config *config, const char *path, int needed,
                         struct xttd_fail *fail)
{
    struct xttd_fail missing = {0};
    struct dirent **names;
    char name[PATH_MAX];
    xtt_err err;
    int n;

    err = read_file(config, path, needed ? fail : &missing);
    if (!needed && err == XTT_ERR_NOT_FOUND)
        err = XTT_OK;
    else if (!needed && err != XTT_OK && fail != NULL)
        *fail = missing;
    if (err != XTT_OK)
        return err;
    snprintf(name, sizeof name, "%s.d", path);
    if ((n = scandir(name, &names, is_drop_in, alphasort)) < 0) {
        if (errno == ENOENT)
            return XTT_OK;
        return xttd_fail_errno(fail, XTT_ERR_IO, "cannot read the directory %s", name);
    }
    for (int i = 0; i < n; i++) {
        snprintf(name, sizeof name, "%s.d/%s", path, names[i]->d_name);
        if (err == XTT_OK)
            err = read_file(config, name, fail);
        free(names[i]);
    }
    free(names);
    return err;
}

xtt_err xttd_config_environment(struct xttd_config *config, struct xttd_fail *fail)
{
    xtt_err err = XTT_OK;

    for (size_t i = 0; i < config->n && err == XTT_OK; i++) {
        const char *variable = config->rows[i].environment;
        const char *text = variable == NULL ? NULL : getenv(variable);
        char from[64];

        if (text == NULL)
            continue;
        snprintf(from, sizeof from, "$%s", variable);
        err = assign(config, i, text, from, fail);
    }
    return err;
}

xtt_err xttd_config_set(struct xttd_config *config, const char *name, const char *text,
                        const char *from, struct xttd_fail *fail)
{
    size_t i = find(config, name);

    if (i == config->n)
        return xttd_fail(fail, XTT_ERR_INTERNAL, "there is no setting %s", name);
    return assign(config, i, text, from, fail);
}

const char *xttd_config_get(const struct xttd_config *config, const char *name)
{
    size_t i = find(config, name);

    return i == config->n ? "" : config->entries[i].text;
}

const char *xttd_config_from(const struct xttd_config *config, const char *name)
{
    size_t i = find(config, name);

    return i == config->n ? "nowhere" : config->entries[i].from;
}

void xttd_config_dump(const struct xttd_config *config, FILE *out)
{
    const char *section = "";

    for (size_t i = 0; i < config->n; i++) {
        const struct xttd_setting *row = &config->rows[i];

        if (strcmp(section, row->section) != 0)
            fprintf(out, "%s[%s]\n", i == 0 ? "" : "\n", row->section);
        section = row->section;
        fprintf(out, "# %s\n%s = %s\n", config->entries[i].from, row->key, config->entries[i].text);
    }
}

void xttd_config_close(struct xttd_config *config)
{
    for (size_t i = 0; config->entries != NULL && i < config->n; i++) {
        xttd_value_free(&config->entries[i].value);
        free(config->entries[i].text);
        free(config->entries[i].from);
    }
    free(config->entries);
    config->entries = NULL;
    config->n = 0;
}

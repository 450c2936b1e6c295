/* SPDX-License-Identifier: Apache-2.0 */
/* Values of the configuration; see setting.h. */
#include "daemon/setting.h"

#include <stdlib.h>
#include <string.h>

#define BLANKS " \t\r\n"

struct kind {
    const char *words; /* "a number" */
    xtt_err (*read)(struct xttd_value *value, const struct xttd_setting *row, const char *text);
    void (*store)(const struct xttd_value *value, void *field);
};

static xtt_err read_text(struct xttd_value *value, const struct xttd_setting *row, const char *text)
{
    (void)row;
    value->text = text;
    return XTT_OK;
}

static xtt_err read_path(struct xttd_value *value, const struct xttd_setting *row, const char *text)
{
    if (text[0] != '/' && !(text[0] == '\0' && row->dflt[0] == '\0'))
        return XTT_ERR_CONFIG;
    return read_text(value, row, text);
}

/* Digits and nothing else; *end is behind them. */
static xtt_err read_digits(const char *text, const char **end, uint64_t *number)
{
    uint64_t n = 0;
    const char *p = text;

    for (; *p >= '0' && *p <= '9'; p++) {
        uint64_t digit = (uint64_t)(*p - '0');

        if (n > (UINT64_MAX - digit) / 10)
            return XTT_ERR_CONFIG;
        n = 10 * n + digit;
    }
    *end = p;
    *number = n;
    return p == text ? XTT_ERR_CONFIG : XTT_OK;
}

static xtt_err as_count(const char *text, uint64_t *number)
{
    const char *end;
    xtt_err err = read_digits(text, &end, number);

    return err == XTT_OK && *end != '\0' ? XTT_ERR_CONFIG : err;
}

static xtt_err as_ms(const char *text, uint64_t *number)
{
    static const struct {
        const char *name;
        uint64_t ms;
    } units[] = {{"", 1000},     {"ms", 1},          {"s", 1000},
                 {"min", 60000}, {"h", 3600 * 1000}, {"d", 24 * 3600 * 1000}};
    const char *end;
    uint64_t n;

    if (read_digits(text, &end, &n) != XTT_OK)
        return XTT_ERR_CONFIG;
    while (*end == ' ')
        end++;
    for (size_t i = 0; i < sizeof units / sizeof units[0]; i++)
        if (strcmp(end, units[i].name) == 0 && n <= UINT64_MAX / units[i].ms) {
            *number = n * units[i].ms;
            return XTT_OK;
        }
    return XTT_ERR_CONFIG;
}

static xtt_err read_within(struct xttd_value *value, const char *range, const char *text,
                           xtt_err (*read)(const char *text, uint64_t *number))
{
    const char *dots = strstr(range, "..");
    char low_text[32];
    uint64_t low, high, n;

    if (read(text, &n) != XTT_OK)
        return XTT_ERR_CONFIG;
    value->number = n;
    if (dots == NULL)
        return XTT_OK;
    snprintf(low_text, sizeof low_text, "%.*s", (int)(dots - range), range);
    if (read(low_text, &low) != XTT_OK || read(dots + 2, &high) != XTT_OK)
        return XTT_ERR_INTERNAL;
    return n >= low && n <= high ? XTT_OK : XTT_ERR_CONFIG;
}

static xtt_err read_count(struct xttd_value *value, const struct xttd_setting *row,
                          const char *text)
{
    return read_within(value, row->range, text, as_count);
}

static xtt_err read_duration(struct xttd_value *value, const struct xttd_setting *row,
                             const char *text)
{
    return read_within(value, row->range, text, as_ms);
}

/* The number of text in "first|second|third". */
static xtt_err choose(const char *choices, const char *text, int *choice)
{
    size_t n = strlen(text);

    for (int i = 0; n > 0; i++) {
        size_t width = strcspn(choices, "|");

        if (width == n && strncmp(choices, text, n) == 0) {
            *choice = i;
            return XTT_OK;
        }
        if (choices[width] == '\0')
            break;
        choices += width + 1;
    }
    return XTT_ERR_CONFIG;
}

static xtt_err read_switch(struct xttd_value *value, const struct xttd_setting *row,
                           const char *text)
{
    xtt_err err = choose("no|yes|false|true|off|on|0|1", text, &value->choice);

    (void)row;
    value->choice &= 1;
    return err;
}

static xtt_err read_choice(struct xttd_value *value, const struct xttd_setting *row,
                           const char *text)
{
    return choose(row->range, text, &value->choice);
}

static xtt_err read_list(struct xttd_value *value, const struct xttd_setting *row, const char *text)
{
    char *rest;

    (void)row;
    /* One word needs at least two bytes of text. */
    if ((value->words = strdup(text)) == NULL)
        return XTT_ERR_NOMEM;
    if ((value->list.items = calloc(strlen(text) / 2 + 1, sizeof *value->list.items)) == NULL)
        return XTT_ERR_NOMEM;
    for (char *word = strtok_r(value->words, BLANKS ",", &rest); word != NULL;
         word = strtok_r(NULL, BLANKS ",", &rest))
        value->list.items[value->list.n++] = word;
    return XTT_OK;
}

static void store_text(const struct xttd_value *value, void *field)
{
    memcpy(field, &value->text, sizeof value->text);
}

static void store_number(const struct xttd_value *value, void *field)
{
    memcpy(field, &value->number, sizeof value->number);
}

static void store_choice(const struct xttd_value *value, void *field)
{
    memcpy(field, &value->choice, sizeof value->choice);
}

static void store_list(const struct xttd_value *value, void *field)
{
    memcpy(field, &value->list, sizeof value->list);
}

static const struct kind kinds[] = {
    [XTTD_STRING] = {"a text", read_text, store_text},
    [XTTD_PATH] = {"an absolute path", read_path, store_text},
    [XTTD_UINT] = {"a number", read_count, store_number},
    [XTTD_BOOL] = {"yes or no", read_switch, store_choice},
    [XTTD_DURATION] = {"a time such as 250ms, 30s, 5min or 2h", read_duration, store_number},
    [XTTD_LIST] = {"words", read_list, store_list},
    [XTTD_ENUM] = {"one of", read_choice, store_choice},
};

xtt_err xttd_value_read(struct xttd_value *value, const struct xttd_setting *row, const char *text,
                        struct xttd_fail *fail)
{
    struct xttd_value read = {0};
    char wanted[128];
    xtt_err err = kinds[row->type].read(&read, row, text);

    if (err == XTT_OK) {
        *value = read;
        return XTT_OK;
    }
    xttd_value_free(&read);
    if (err == XTT_ERR_NOMEM)
        return xttd_fail(fail, err, "out of memory");
    xttd_setting_describe(row, wanted, sizeof wanted);
    return xttd_fail(fail, XTT_ERR_CONFIG, "\"%.80s\" is not %s", text, wanted);
}

void xttd_value_store(const struct xttd_value *value, const struct xttd_setting *row, void *values)
{
    kinds[row->type].store(value, (char *)values + row->offset);
}

void xttd_value_free(struct xttd_value *value)
{
    if (value->words != NULL)
        free(value->list.items);
    free(value->words);
    *value = (struct xttd_value){0};
}

void xttd_setting_describe(const struct xttd_setting *row, char *text, size_t cap)
{
    if (row->range[0] == '\0')
        snprintf(text, cap, "%s", kinds[row->type].words);
    else if (row->type == XTTD_ENUM)
        snprintf(text, cap, "%s %s", kinds[row->type].words, row->range);
    else
        snprintf(text, cap, "%s, %s", kinds[row->type].words, row->range);
}

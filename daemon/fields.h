/* SPDX-License-Identifier: Apache-2.0 */
/*
 * JSON objects and structs by tables: one row says how a key's text and a field's bytes become each
 * other.  Strict in reading; which objects there are is the owner's part (paper.c, the agent's
 * state).
 */
#ifndef XTTD_FIELDS_H
#define XTTD_FIELDS_H

#include <jansson.h>

#include "daemon/fail.h"

enum xttd_form {
    XTTD_BYTES,  /* exactly size bytes, as hexadecimal */
    XTTD_SPAN,   /* 1 to size bytes, as hexadecimal; the size_t at count says how many */
    XTTD_NAME,   /* text of 1 to size - 1 letters, digits, '-', '_', '.' */
    XTTD_TEXT,   /* text of 0 to size - 1 printable ASCII characters */
    XTTD_CHOICE, /* one of the words of choices */
    XTTD_NUMBER  /* a uint64_t below 2^53 */
};

/* A table ends with a row of name NULL.  No field is longer than 512 bytes. */
struct xttd_field {
    const char *name;
    enum xttd_form form;
    size_t offset;
    size_t size;
    const char *choices; /* "|first|second|" */
    size_t count;
};

/* A row whose key is the field's own name. */
#define XTTD_FIELD(type, field, form, choices, count)                                              \
    {                                                                                              \
#field, form, offsetof(struct type, field), sizeof((struct type *)0)->field, choices,      \
            count                                                                                  \
    }
#define XTTD_FIELDS_END                                                                            \
    {                                                                                              \
        NULL, XTTD_BYTES, 0, 0, NULL, 0                                                            \
    }

/* Reads all rows from object, which has others further keys and no more.  origin names the file for
 * the words.  XTT_ERR_FORMAT; out may then hold some of the fields. */
XTT_MUST xtt_err xttd_fields_decode(const struct xttd_field *rows, const json_t *object,
                                    size_t others, const char *origin, void *out,
                                    struct xttd_fail *fail);
/* Adds all rows to object.  XTT_ERR_NOMEM. */
XTT_MUST xtt_err xttd_fields_encode(const struct xttd_field *rows, const void *in, json_t *object);

#endif

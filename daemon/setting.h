/* SPDX-License-Identifier: Apache-2.0 */
/* One value of the configuration: from its text to the field.  Files and tables are config.c's. */
#ifndef XTTD_SETTING_H
#define XTTD_SETTING_H

#include "daemon/config.h"

/* A value that was understood. */
struct xttd_value {
    union {
        const char *text; /* borrowed */
        uint64_t number;
        int choice;
        struct xttd_list list;
    };
    char *words; /* what the list's items point into, owned */
};

/* Understands text, which must outlive the value, as row wants it.  XTT_ERR_CONFIG says what would
 * be right; XTT_ERR_NOMEM. */
XTT_MUST xtt_err xttd_value_read(struct xttd_value *value, const struct xttd_setting *row,
                                 const char *text, struct xttd_fail *fail);
/* Copies the value into row's field of values.  Pointers stay the value's. */
void xttd_value_store(const struct xttd_value *value, const struct xttd_setting *row, void *values);
void xttd_value_free(struct xttd_value *value);
/* What row takes, for people: "a number, 1..65535". */
void xttd_setting_describe(const struct xttd_setting *row, char *text, size_t cap);

#endif

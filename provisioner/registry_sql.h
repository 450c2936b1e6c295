/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How the registry's own files run the statements of registry.def on SQLite: bind, step, read,
 * reset.  Private to provisioner/registry*.c.
 */
#ifndef XTT_PROVISIONER_REGISTRY_SQL_H
#define XTT_PROVISIONER_REGISTRY_SQL_H

#include "provisioner/registry.h"

#include <sqlite3.h>

enum prov_sql {
#define PROV_SCHEMA(version, text)
#define PROV_SQL(name, text) name,
#include "provisioner/registry.def"
#undef PROV_SQL
#undef PROV_SCHEMA
    SQL_COUNT
};

/* One bound value; the bytes are borrowed until the statement is done. */
struct prov_arg {
    enum { ARG_NULL, ARG_INT, ARG_BLOB, ARG_TEXT } type;
    int64_t i;
    const void *p;
    size_t n;
};

static inline struct prov_arg arg_int(int64_t i)
{
    return (struct prov_arg){.type = ARG_INT, .i = i};
}

/* NULL with n == 0 is SQL's NULL. */
static inline struct prov_arg arg_blob(const void *p, size_t n)
{
    return (struct prov_arg){.type = n != 0 ? ARG_BLOB : ARG_NULL, .p = p, .n = n};
}

static inline struct prov_arg arg_text(const char *text)
{
    return (struct prov_arg){.type = text != NULL ? ARG_TEXT : ARG_NULL, .p = text};
}

/* The arguments of a call, with their number: PROV_ARGS(arg_int(1), arg_text("x")). */
#define PROV_ARGS(...)                                                                             \
    (const struct prov_arg[]){__VA_ARGS__},                                                        \
        sizeof((const struct prov_arg[]){__VA_ARGS__}) / sizeof(struct prov_arg)

/* Runs a statement that gives no rows; *changes, if not NULL, is how many rows it changed. */
XTT_MUST xtt_err prov_sql_run(struct prov_registry *reg, enum prov_sql which,
                              const struct prov_arg *args, size_t n, int *changes);
/* Starts a query and steps to its first row.  XTT_ERR_NOT_FOUND if there is none; the statement is
 * then done.  Otherwise read its columns, then prov_sql_next or prov_sql_done. */
XTT_MUST xtt_err prov_sql_query(struct prov_registry *reg, enum prov_sql which,
                                const struct prov_arg *args, size_t n, sqlite3_stmt **out);
/* The next row, or XTT_ERR_NOT_FOUND after the last; then the statement is done. */
XTT_MUST xtt_err prov_sql_next(struct prov_registry *reg, sqlite3_stmt *stmt);
void prov_sql_done(sqlite3_stmt *stmt);
/* The row number that the last insert got. */
int64_t prov_sql_last(const struct prov_registry *reg);

/* Columns that must have exactly size bytes, at most size bytes, or fit as text with a NUL; else
 * XTT_ERR_REGISTRY with words about it.  NULL counts as 0 bytes. */
XTT_MUST xtt_err prov_sql_fixed(struct prov_registry *reg, sqlite3_stmt *stmt, int column,
                                void *out, size_t size);
XTT_MUST xtt_err prov_sql_bytes(struct prov_registry *reg, sqlite3_stmt *stmt, int column,
                                void *out, size_t size, size_t *n);
XTT_MUST xtt_err prov_sql_text(struct prov_registry *reg, sqlite3_stmt *stmt, int column, char *out,
                               size_t size);

#endif

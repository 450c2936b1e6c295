/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The registry as one SQLite file: opening, schema, transactions, statements, copies.  What is
 * stored is in registry_keys.c, registry_groups.c and registry_identities.c; the SQL is in
 * registry.def.
 */
#include "provisioner/registry_sql.h"

#include "daemon/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* "XTTr": tells our files from other SQLite files. */
#define APPLICATION_ID 0x58545472
#define BUSY_MS        10000
#define STRINGIFY(x)   #x
#define TEXT_OF(x)     STRINGIFY(x)

struct prov_registry {
    sqlite3 *db;
    char *path;
    sqlite3_stmt *stmt[SQL_COUNT];
    char error[512];
};

static const struct {
    int version;
    const char *sql;
} schema[] = {
#define PROV_SCHEMA(version, text) {version, text},
#define PROV_SQL(name, text)
#include "provisioner/registry.def"
#undef PROV_SQL
#undef PROV_SCHEMA
};
#define SCHEMA_VERSION (schema[sizeof schema / sizeof schema[0] - 1].version)

static const struct {
    const char *name, *sql;
} statements[SQL_COUNT] = {
#define PROV_SCHEMA(version, text)
#define PROV_SQL(name, text) [name] = {#name, text},
#include "provisioner/registry.def"
#undef PROV_SQL
#undef PROV_SCHEMA
};

/* For every connection.  FULL makes COMMIT wait for the disk.  A page is written back once per
 * checkpoint however often it changed, so a longer log saves writes, and the cache holds it. */
static const char on_open[] = "PRAGMA foreign_keys = ON;"
                              "PRAGMA synchronous = FULL;"
                              "PRAGMA cache_size = -65536;"
                              "PRAGMA wal_autocheckpoint = 2000;"
                              "PRAGMA journal_mode = WAL;";

static xtt_err fail(struct prov_registry *reg, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
static xtt_err fail(struct prov_registry *reg, const char *format, ...)
{
    va_list args;
    size_t n;

    snprintf(reg->error, sizeof reg->error, "registry %s: ", reg->path);
    n = strlen(reg->error);
    va_start(args, format);
    vsnprintf(reg->error + n, sizeof reg->error - n, format, args);
    va_end(args);
    return XTT_ERR_REGISTRY;
}

static xtt_err fail_sqlite(struct prov_registry *reg, const char *doing)
{
    const int code = sqlite3_extended_errcode(reg->db);
    const int system = (code & 0xff) == SQLITE_IOERR || (code & 0xff) == SQLITE_CANTOPEN
                           ? sqlite3_system_errno(reg->db)
                           : 0;

    return fail(reg, "%s: %s%s%s (SQLite code %d)", doing, sqlite3_errmsg(reg->db),
                system != 0 ? ", " : "", system != 0 ? strerror(system) : "", code);
}

const char *prov_registry_error(const struct prov_registry *reg)
{
    if (reg == NULL)
        return "registry: out of memory";
    return reg->error[0] != '\0' ? reg->error : "registry: no error";
}

/* --- statements ----------------------------------------------------------------------------- */

static xtt_err prepare(struct prov_registry *reg, enum prov_sql which, const struct prov_arg *args,
                       size_t n, sqlite3_stmt **out)
{
    sqlite3_stmt *stmt = reg->stmt[which];
    int rc = SQLITE_OK;

    if (stmt == NULL) {
        rc = sqlite3_prepare_v3(reg->db, statements[which].sql, -1, SQLITE_PREPARE_PERSISTENT,
                                &stmt, NULL);
        if (rc != SQLITE_OK)
            return fail_sqlite(reg, statements[which].name);
        reg->stmt[which] = stmt;
    }
    for (size_t i = 0; i < n && rc == SQLITE_OK; i++) {
        const struct prov_arg *a = &args[i];
        const int at = (int)i + 1;

        if (a->type == ARG_INT)
            rc = sqlite3_bind_int64(stmt, at, a->i);
        else if (a->type == ARG_BLOB)
            rc = sqlite3_bind_blob64(stmt, at, a->p, a->n, SQLITE_STATIC);
        else if (a->type == ARG_TEXT)
            rc = sqlite3_bind_text(stmt, at, a->p, -1, SQLITE_STATIC);
        else
            rc = sqlite3_bind_null(stmt, at);
    }
    if (rc != SQLITE_OK)
        return fail_sqlite(reg, statements[which].name);
    *out = stmt;
    return XTT_OK;
}

void prov_sql_done(sqlite3_stmt *stmt)
{
    sqlite3_reset(stmt);
    sqlite3_clear_bindings(stmt); /* the bound bytes were borrowed */
}

xtt_err prov_sql_next(struct prov_registry *reg, sqlite3_stmt *stmt)
{
    const int rc = sqlite3_step(stmt);
    xtt_err err = XTT_ERR_NOT_FOUND;

    if (rc == SQLITE_ROW)
        return XTT_OK;
    if (rc != SQLITE_DONE)
        err = fail_sqlite(reg, sqlite3_sql(stmt));
    prov_sql_done(stmt);
    return err;
}

xtt_err prov_sql_query(struct prov_registry *reg, enum prov_sql which, const struct prov_arg *args,
                       size_t n, sqlite3_stmt **out)
{
    sqlite3_stmt *stmt;
    xtt_err err;

    if ((err = prepare(reg, which, args, n, &stmt)) != XTT_OK)
        return err;
    if ((err = prov_sql_next(reg, stmt)) != XTT_OK)
        return err;
    *out = stmt;
    return XTT_OK;
}

xtt_err prov_sql_run(struct prov_registry *reg, enum prov_sql which, const struct prov_arg *args,
                     size_t n, int *changes)
{
    sqlite3_stmt *stmt;
    xtt_err err;

    if ((err = prepare(reg, which, args, n, &stmt)) != XTT_OK)
        return err;
    if (sqlite3_step(stmt) != SQLITE_DONE)
        err = fail_sqlite(reg, statements[which].name);
    else if (changes != NULL)
        *changes = sqlite3_changes(reg->db);
    prov_sql_done(stmt);
    return err;
}

int64_t prov_sql_last(const struct prov_registry *reg)
{
    return sqlite3_last_insert_rowid(reg->db);
}

xtt_err prov_sql_bytes(struct prov_registry *reg, sqlite3_stmt *stmt, int column, void *out,
                       size_t size, size_t *n)
{
    const void *p = sqlite3_column_blob(stmt, column);
    const size_t have = (size_t)sqlite3_column_bytes(stmt, column);

    if (have > size)
        return fail(reg, "column %s has %zu bytes where at most %zu are possible: damaged?",
                    sqlite3_column_name(stmt, column), have, size);
    if (have != 0)
        memcpy(out, p, have);
    *n = have;
    return XTT_OK;
}

xtt_err prov_sql_fixed(struct prov_registry *reg, sqlite3_stmt *stmt, int column, void *out,
                       size_t size)
{
    size_t n;
    xtt_err err;

    if ((err = prov_sql_bytes(reg, stmt, column, out, size, &n)) != XTT_OK)
        return err;
    if (n != size)
        return fail(reg, "column %s has %zu bytes instead of %zu: damaged?",
                    sqlite3_column_name(stmt, column), n, size);
    return XTT_OK;
}

xtt_err prov_sql_text(struct prov_registry *reg, sqlite3_stmt *stmt, int column, char *out,
                      size_t size)
{
    size_t n;
    xtt_err err;

    if ((err = prov_sql_bytes(reg, stmt, column, out, size - 1, &n)) != XTT_OK)
        return err;
    out[n] = '\0';
    return XTT_OK;
}

/* --- opening -------------------------------------------------------------------------------- */

static xtt_err run_text(struct prov_registry *reg, const char *doing, const char *sql)
{
    if (sqlite3_exec(reg->db, sql, NULL, NULL, NULL) != SQLITE_OK)
        return fail_sqlite(reg, doing);
    return XTT_OK;
}

/* The first column of a query's first row; missing if there is none. */
static xtt_err read_number(struct prov_registry *reg, const char *sql, int64_t missing,
                           int64_t *out)
{
    sqlite3_stmt *stmt;
    int rc;

    if (sqlite3_prepare_v2(reg->db, sql, -1, &stmt, NULL) != SQLITE_OK)
        return fail_sqlite(reg, "opening");
    rc = sqlite3_step(stmt);
    if (rc == SQLITE_ROW)
        *out = sqlite3_column_int64(stmt, 0);
    else if (rc == SQLITE_DONE)
        *out = missing;
    else
        rc = SQLITE_ERROR;
    if (rc == SQLITE_ERROR) {
        const xtt_err err = fail_sqlite(reg, "opening");

        sqlite3_finalize(stmt);
        return err;
    }
    sqlite3_finalize(stmt);
    return XTT_OK;
}

static xtt_err schema_version(struct prov_registry *reg, int64_t *version)
{
    int64_t tables;
    xtt_err err;

    *version = 0;
    err = read_number(reg, "SELECT count(*) FROM sqlite_schema WHERE name = 'meta'", 0, &tables);
    if (err != XTT_OK || tables == 0)
        return err;
    return read_number(reg, "SELECT value FROM meta WHERE name = 'schema'", 0, version);
}

/* Runs the schema rows above the file's version, all in one transaction. */
static xtt_err migrate(struct prov_registry *reg)
{
    int64_t version;
    xtt_err err;

    if ((err = schema_version(reg, &version)) != XTT_OK || version == SCHEMA_VERSION)
        return err;
    if ((err = prov_registry_begin(reg)) != XTT_OK)
        return err;
    /* Another process may have done it while we waited for the lock. */
    if ((err = schema_version(reg, &version)) != XTT_OK)
        goto out;
    if (version > SCHEMA_VERSION) {
        err = fail(reg, "it has schema %lld and this program knows %d only; use a newer program",
                   (long long)version, SCHEMA_VERSION);
        goto out;
    }
    for (size_t i = 0; i < sizeof schema / sizeof schema[0]; i++)
        if (schema[i].version > version &&
            (err = run_text(reg, "making the tables", schema[i].sql)) != XTT_OK)
            goto out;
    err = prov_sql_run(reg, SQL_META_SET, PROV_ARGS(arg_text("schema"), arg_int(SCHEMA_VERSION)),
                       NULL);
    if (err == XTT_OK)
        err = prov_registry_commit(reg);
out:
    prov_registry_rollback(reg);
    return err;
}

static xtt_err connect_file(struct prov_registry *reg, int create)
{
    int64_t application;
    xtt_err err;

    if (sqlite3_open_v2(reg->path, &reg->db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL) !=
        SQLITE_OK)
        return fail_sqlite(reg, "opening");
    sqlite3_busy_timeout(reg->db, BUSY_MS);
    sqlite3_extended_result_codes(reg->db, 1);
    if (create && (err = run_text(reg, "creating",
                                  "PRAGMA application_id = " TEXT_OF(APPLICATION_ID))) != XTT_OK)
        return err;
    if ((err = read_number(reg, "PRAGMA application_id", 0, &application)) != XTT_OK)
        return err;
    if (application != APPLICATION_ID)
        return fail(reg, "this SQLite file is no registry of an XTT station");
    if ((err = run_text(reg, "opening", on_open)) != XTT_OK)
        return err;
    return migrate(reg);
}

static xtt_err new_handle(struct prov_registry **out, const char *path)
{
    struct prov_registry *reg;

    if ((reg = calloc(1, sizeof *reg)) == NULL)
        return XTT_ERR_NOMEM;
    if ((reg->path = strdup(path)) == NULL) {
        free(reg);
        return XTT_ERR_NOMEM;
    }
    *out = reg;
    return XTT_OK;
}

xtt_err prov_registry_open(struct prov_registry **out, const char *path)
{
    xtt_err err;

    *out = NULL;
    if (access(path, F_OK) != 0)
        return XTT_ERR_NOT_FOUND;
    if ((err = new_handle(out, path)) != XTT_OK)
        return err;
    return connect_file(*out, 0);
}

/* Makes an empty file that nobody else reads. */
static xtt_err new_file(struct prov_registry *reg, const char *path)
{
    const int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

    if (fd < 0 && errno == EEXIST)
        return XTT_ERR_EXISTS;
    if (fd < 0)
        return fail(reg, "creating %s: %s", path, strerror(errno));
    close(fd);
    return XTT_OK;
}

/* Makes a new name in a directory last. */
static xtt_err sync_name(struct prov_registry *reg, const char *path)
{
    struct xttd_fail words = {0};

    return xttd_file_sync_dir(path, &words) == XTT_OK ? XTT_OK : fail(reg, "%s", words.message);
}

xtt_err prov_registry_create(struct prov_registry **out, const char *path)
{
    struct prov_registry *reg;
    xtt_err err;

    *out = NULL;
    if ((err = new_handle(&reg, path)) != XTT_OK)
        return err;
    if ((err = new_file(reg, path)) == XTT_ERR_EXISTS) {
        prov_registry_close(reg);
        return err;
    }
    if (err == XTT_OK && (err = connect_file(reg, 1)) == XTT_OK)
        err = sync_name(reg, path);
    *out = reg;
    return err;
}

void prov_registry_close(struct prov_registry *reg)
{
    if (reg == NULL)
        return;
    for (size_t i = 0; i < SQL_COUNT; i++)
        sqlite3_finalize(reg->stmt[i]);
    sqlite3_close(reg->db);
    free(reg->path);
    free(reg);
}

/* --- transactions --------------------------------------------------------------------------- */

int prov_registry_is_open(const struct prov_registry *reg)
{
    return reg->db != NULL && sqlite3_get_autocommit(reg->db) == 0;
}

xtt_err prov_registry_begin(struct prov_registry *reg)
{
    return prov_sql_run(reg, SQL_BEGIN, NULL, 0, NULL);
}

xtt_err prov_registry_commit(struct prov_registry *reg)
{
    return prov_sql_run(reg, SQL_COMMIT, NULL, 0, NULL);
}

void prov_registry_rollback(struct prov_registry *reg)
{
    /* If it fails, the database has ended the transaction by itself or will at the next open. */
    if (prov_registry_is_open(reg)) {
        char error[sizeof reg->error];

        memcpy(error, reg->error, sizeof error);
        if (prov_sql_run(reg, SQL_ROLLBACK, NULL, 0, NULL) != XTT_OK)
            memcpy(reg->error, error, sizeof error);
    }
}

/* --- copies and checks ---------------------------------------------------------------------- */

static xtt_err copy_pages(struct prov_registry *reg, sqlite3 *to)
{
    sqlite3_backup *backup = sqlite3_backup_init(to, "main", reg->db, "main");
    int rc;

    if (backup == NULL)
        return fail(reg, "copying: %s", sqlite3_errmsg(to));
    rc = sqlite3_backup_step(backup, -1);
    sqlite3_backup_finish(backup);
    if (rc != SQLITE_DONE)
        return fail(reg, "copying: %s", sqlite3_errstr(rc));
    /* One file without a log beside it; the next open returns to WAL. */
    if (sqlite3_exec(to, "PRAGMA synchronous = FULL; PRAGMA journal_mode = DELETE", NULL, NULL,
                     NULL) != SQLITE_OK)
        return fail(reg, "closing the copy: %s", sqlite3_errmsg(to));
    return XTT_OK;
}

static xtt_err sync_file(struct prov_registry *reg, const char *path)
{
    const int fd = open(path, O_RDWR | O_CLOEXEC);
    xtt_err err = XTT_OK;

    if (fd < 0 || fsync(fd) != 0)
        err = fail(reg, "syncing the copy: %s", strerror(errno));
    if (fd >= 0)
        close(fd);
    return err == XTT_OK ? sync_name(reg, path) : err;
}

xtt_err prov_registry_copy(struct prov_registry *reg, const char *path)
{
    sqlite3 *to = NULL;
    xtt_err err;

    if ((err = new_file(reg, path)) != XTT_OK)
        return err;
    if (sqlite3_open_v2(path, &to, SQLITE_OPEN_READWRITE, NULL) != SQLITE_OK)
        err = fail(reg, "opening the copy %s: %s", path, sqlite3_errmsg(to));
    else
        err = copy_pages(reg, to);
    sqlite3_close(to);
    if (err == XTT_OK)
        err = sync_file(reg, path);
    if (err != XTT_OK)
        unlink(path);
    return err;
}

xtt_err prov_registry_check(struct prov_registry *reg)
{
    sqlite3_stmt *stmt;
    int64_t dangling;
    xtt_err err = XTT_OK;

    if (sqlite3_prepare_v2(reg->db, "PRAGMA integrity_check(1)", -1, &stmt, NULL) != SQLITE_OK)
        return fail_sqlite(reg, "checking");
    if (sqlite3_step(stmt) != SQLITE_ROW)
        err = fail_sqlite(reg, "checking");
    else if (strcmp((const char *)sqlite3_column_text(stmt, 0), "ok") != 0)
        err = fail(reg, "damaged: %s; restore a backup", sqlite3_column_text(stmt, 0));
    sqlite3_finalize(stmt);
    if (err != XTT_OK)
        return err;
    err = read_number(reg, "SELECT count(*) FROM pragma_foreign_key_check", 0, &dangling);
    if (err == XTT_OK && dangling != 0)
        err = fail(reg, "%lld references dangle; restore a backup", (long long)dangling);
    return err;
}

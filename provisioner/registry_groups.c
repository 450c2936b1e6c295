/* SPDX-License-Identifier: Apache-2.0 */
/* The registry's groups, their join nonces and their revocations: rows in, rows out. */
#include "provisioner/registry_sql.h"

#include <string.h>

/* --- groups --------------------------------------------------------------------------------- */

xtt_err prov_group_add(struct prov_registry *reg, const struct prov_group *g)
{
    int changes;
    xtt_err err;

    err = prov_sql_run(
        reg, SQL_GROUP_ADD,
        PROV_ARGS(arg_blob(g->gid, 32), arg_text(g->name), arg_blob(g->basename, g->basename_size),
                  arg_blob(g->issuer_key, sizeof g->issuer_key), arg_blob(g->prefix, 8),
                  arg_blob(g->issuer_secret, g->issuer_secret_size),
                  arg_blob(g->k_alloc, g->k_alloc_size), arg_int(g->status), arg_int(g->activation),
                  arg_int(g->choice), arg_int(g->software), arg_int(g->created)),
        &changes);
    if (err == XTT_OK && changes == 0)
        err = XTT_ERR_EXISTS;
    return err;
}

static xtt_err read_group(struct prov_registry *reg, sqlite3_stmt *stmt, struct prov_group *g)
{
    xtt_err err;

    memset(g, 0, sizeof *g);
    g->number = sqlite3_column_int64(stmt, 0);
    if ((err = prov_sql_fixed(reg, stmt, 1, g->gid, sizeof g->gid)) != XTT_OK ||
        (err = prov_sql_text(reg, stmt, 2, g->name, sizeof g->name)) != XTT_OK ||
        (err = prov_sql_bytes(reg, stmt, 3, g->basename, sizeof g->basename, &g->basename_size)) !=
            XTT_OK ||
        (err = prov_sql_fixed(reg, stmt, 4, g->issuer_key, sizeof g->issuer_key)) != XTT_OK ||
        (err = prov_sql_fixed(reg, stmt, 5, g->prefix, sizeof g->prefix)) != XTT_OK ||
        (err = prov_sql_bytes(reg, stmt, 6, g->issuer_secret, sizeof g->issuer_secret,
                              &g->issuer_secret_size)) != XTT_OK ||
        (err = prov_sql_bytes(reg, stmt, 7, g->k_alloc, sizeof g->k_alloc, &g->k_alloc_size)) !=
            XTT_OK)
        return err;
    g->status =
        sqlite3_column_int(stmt, 8) == PROV_GROUP_OPEN ? PROV_GROUP_OPEN : PROV_GROUP_CLOSED;
    g->activation =
        sqlite3_column_int(stmt, 9) == PROV_AT_ONCE ? PROV_AT_ONCE : PROV_AT_FIRST_SESSION;
    g->choice = sqlite3_column_int(stmt, 10) != 0;
    g->software = sqlite3_column_int(stmt, 11) != 0;
    g->created = sqlite3_column_int64(stmt, 12);
    return XTT_OK;
}

xtt_err prov_group_get(struct prov_registry *reg, const char *name, struct prov_group *out)
{
    struct prov_group group;
    sqlite3_stmt *stmt;
    xtt_err err;

    if ((err = prov_sql_query(reg, SQL_GROUP_BY_NAME, PROV_ARGS(arg_text(name)), &stmt)) != XTT_OK)
        return err;
    if ((err = read_group(reg, stmt, &group)) == XTT_OK)
        *out = group;
    prov_sql_done(stmt);
    return err;
}

xtt_err prov_group_set_status(struct prov_registry *reg, int64_t number,
                              enum prov_group_status status)
{
    int changes;
    xtt_err err;

    err = prov_sql_run(reg, SQL_GROUP_SET_STATUS, PROV_ARGS(arg_int(number), arg_int(status)),
                       &changes);
    if (err == XTT_OK && changes == 0)
        err = XTT_ERR_NOT_FOUND;
    return err;
}

xtt_err prov_group_each(struct prov_registry *reg,
                        xtt_err (*each)(void *arg, const struct prov_group *group), void *arg)
{
    struct prov_group group;
    sqlite3_stmt *stmt;
    xtt_err err;

    for (err = prov_sql_query(reg, SQL_GROUP_ALL, NULL, 0, &stmt); err == XTT_OK;
         err = prov_sql_next(reg, stmt)) {
        if ((err = read_group(reg, stmt, &group)) == XTT_OK)
            err = each(arg, &group);
        if (err != XTT_OK) {
            prov_sql_done(stmt);
            return err;
        }
    }
    return err == XTT_ERR_NOT_FOUND ? XTT_OK : err;
}

/* --- join nonces ---------------------------------------------------------------------------- */

xtt_err prov_nonce_add(struct prov_registry *reg, int64_t group, xtt_bytes nonce, int64_t now)
{
    if (nonce.n == 0 || nonce.n > PROV_NONCE_MAX)
        return XTT_ERR_ARGUMENT;
    return prov_sql_run(reg, SQL_NONCE_ADD,
                        PROV_ARGS(arg_blob(nonce.p, nonce.n), arg_int(group), arg_int(now)), NULL);
}

xtt_err prov_nonce_use(struct prov_registry *reg, int64_t group, xtt_bytes nonce, int64_t now)
{
    int changes;
    xtt_err err;

    err =
        prov_sql_run(reg, SQL_NONCE_USE,
                     PROV_ARGS(arg_blob(nonce.p, nonce.n), arg_int(group), arg_int(now)), &changes);
    if (err == XTT_OK && changes == 0)
        err = XTT_ERR_NOT_FOUND;
    return err;
}

/* --- revocations ---------------------------------------------------------------------------- */

xtt_err prov_revoke(struct prov_registry *reg, int64_t group, enum prov_revoked_kind kind,
                    xtt_bytes value, const char *reason, int64_t now)
{
    if (value.n != (kind == PROV_REVOKED_PSEUDONYM ? 65u : 32u))
        return XTT_ERR_ARGUMENT;
    return prov_sql_run(reg, SQL_REVOKE,
                        PROV_ARGS(arg_int(group), arg_int(kind), arg_blob(value.p, value.n),
                                  arg_text(reason), arg_int(now)),
                        NULL);
}

xtt_err prov_revoked_each(struct prov_registry *reg, int64_t group,
                          xtt_err (*each)(void *arg, enum prov_revoked_kind kind, xtt_bytes value),
                          void *arg)
{
    sqlite3_stmt *stmt;
    xtt_err err;

    for (err = prov_sql_query(reg, SQL_REVOKED, PROV_ARGS(arg_int(group)), &stmt); err == XTT_OK;
         err = prov_sql_next(reg, stmt)) {
        const enum prov_revoked_kind kind = sqlite3_column_int(stmt, 0) == PROV_REVOKED_PSEUDONYM
                                                ? PROV_REVOKED_PSEUDONYM
                                                : PROV_REVOKED_SECRET;
        const xtt_bytes value = {sqlite3_column_blob(stmt, 1),
                                 (size_t)sqlite3_column_bytes(stmt, 1)};

        if ((err = each(arg, kind, value)) != XTT_OK) {
            prov_sql_done(stmt);
            return err;
        }
    }
    return err == XTT_ERR_NOT_FOUND ? XTT_OK : err;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* The registry's identities, their keys and history: rows in, rows out.  The rules are elsewhere.
 */
#include "provisioner/registry_sql.h"

#include <string.h>

static const char *const status_names[] = {
    [PROV_ID_OK] = "ok",
    [PROV_ID_QUARANTINED] = "quarantined",
    [PROV_ID_REVOKED] = "revoked",
    [PROV_ID_RESERVED] = "reserved",
};
#define N_STATUS ((int)(sizeof status_names / sizeof status_names[0]))

const char *prov_status_name(enum prov_status status)
{
    return (int)status >= 0 && (int)status < N_STATUS ? status_names[status] : "damaged";
}

/* NULL or a whole key. */
static xtt_err read_key(struct prov_registry *reg, sqlite3_stmt *stmt, int column, int *has,
                        uint8_t key[65])
{
    *has = sqlite3_column_type(stmt, column) != SQLITE_NULL;
    return *has ? prov_sql_fixed(reg, stmt, column, key, 65) : XTT_OK;
}

static xtt_err read_identity(struct prov_registry *reg, sqlite3_stmt *stmt, struct prov_identity *i)
{
    const int status = sqlite3_column_int(stmt, 7);
    xtt_err err;

    memset(i, 0, sizeof *i);
    i->number = sqlite3_column_int64(stmt, 0);
    i->group = sqlite3_column_int64(stmt, 2);
    i->generation = (uint32_t)sqlite3_column_int64(stmt, 6);
    /* A status that nobody knows grants nothing. */
    i->status = status >= 0 && status < N_STATUS ? (enum prov_status)status : PROV_ID_QUARANTINED;
    i->created = sqlite3_column_int64(stmt, 9);
    i->last_seen = sqlite3_column_int64(stmt, 10);
    i->counted_from = sqlite3_column_int64(stmt, 11);
    i->suite = (uint16_t)sqlite3_column_int(stmt, 12);
    if ((err = prov_sql_fixed(reg, stmt, 1, i->id, sizeof i->id)) != XTT_OK ||
        (err = prov_sql_fixed(reg, stmt, 3, i->pseudonym, sizeof i->pseudonym)) != XTT_OK ||
        (err = read_key(reg, stmt, 4, &i->has_active, i->active_key)) != XTT_OK ||
        (err = read_key(reg, stmt, 5, &i->has_pending, i->pending_key)) != XTT_OK)
        return err;
    return prov_sql_text(reg, stmt, 8, i->reason, sizeof i->reason);
}

static xtt_err find(struct prov_registry *reg, enum prov_sql which, const struct prov_arg *args,
                    size_t n, struct prov_identity *out)
{
    struct prov_identity identity;
    sqlite3_stmt *stmt;
    xtt_err err;

    if ((err = prov_sql_query(reg, which, args, n, &stmt)) != XTT_OK)
        return err;
    if ((err = read_identity(reg, stmt, &identity)) == XTT_OK)
        *out = identity;
    prov_sql_done(stmt);
    return err;
}

xtt_err prov_identity_by_member(struct prov_registry *reg, int64_t group,
                                const uint8_t pseudonym[65], struct prov_identity *out)
{
    return find(reg, SQL_IDENTITY_BY_MEMBER, PROV_ARGS(arg_int(group), arg_blob(pseudonym, 65)),
                out);
}

xtt_err prov_identity_by_id(struct prov_registry *reg, const uint8_t id[16],
                            struct prov_identity *out)
{
    return find(reg, SQL_IDENTITY_BY_ID, PROV_ARGS(arg_blob(id, 16)), out);
}

xtt_err prov_identity_each(struct prov_registry *reg, int64_t group,
                           xtt_err (*each)(void *arg, const struct prov_identity *identity),
                           void *arg)
{
    struct prov_identity identity;
    sqlite3_stmt *stmt;
    xtt_err err;

    for (err = prov_sql_query(reg, SQL_IDENTITY_ALL, PROV_ARGS(arg_int(0), arg_int(group)), &stmt);
         err == XTT_OK; err = prov_sql_next(reg, stmt)) {
        if ((err = read_identity(reg, stmt, &identity)) == XTT_OK)
            err = each(arg, &identity);
        if (err != XTT_OK) {
            prov_sql_done(stmt);
            return err;
        }
    }
    return err == XTT_ERR_NOT_FOUND ? XTT_OK : err;
}

/* A key that the identity had before is its own still; one of another identity is refused. */
static xtt_err add_key(struct prov_registry *reg, int64_t number, const uint8_t key[65])
{
    int64_t owner = number;
    int changes;
    xtt_err err;

    err = prov_sql_run(reg, SQL_KEY_ADD, PROV_ARGS(arg_blob(key, 65), arg_int(number)), &changes);
    if (err == XTT_OK && changes == 0)
        err = prov_key_owner(reg, key, &owner);
    return err == XTT_OK && owner != number ? XTT_ERR_ID_CONFLICT : err;
}

xtt_err prov_identity_add(struct prov_registry *reg, const struct prov_identity *in,
                          int64_t *number)
{
    int64_t added;
    int changes;
    xtt_err err;

    err = prov_sql_run(
        reg, SQL_IDENTITY_ADD,
        PROV_ARGS(arg_blob(in->id, 16), arg_int(in->group), arg_blob(in->pseudonym, 65),
                  arg_blob(in->active_key, in->has_active ? 65 : 0), arg_int(in->has_active),
                  arg_int(in->status), arg_int(in->created), arg_int(in->suite)),
        &changes);
    if (err != XTT_OK)
        return err;
    if (changes == 0)
        return XTT_ERR_EXISTS;
    added = prov_sql_last(reg);
    if (in->has_active && (err = add_key(reg, added, in->active_key)) != XTT_OK)
        return err;
    *number = added;
    return XTT_OK;
}

xtt_err prov_identity_take(struct prov_registry *reg, int64_t number, const uint8_t key[65],
                           uint16_t suite, int64_t now)
{
    xtt_err err;

    err = prov_sql_run(reg, SQL_IDENTITY_TAKE,
                       PROV_ARGS(arg_int(number), arg_blob(key, 65), arg_int(PROV_ID_OK),
                                 arg_int(now), arg_int(suite)),
                       NULL);
    return err == XTT_OK ? add_key(reg, number, key) : err;
}

xtt_err prov_identity_seen(struct prov_registry *reg, int64_t number, uint16_t suite, int64_t now)
{
    return prov_sql_run(reg, SQL_IDENTITY_SEEN,
                        PROV_ARGS(arg_int(number), arg_int(now), arg_int(suite)), NULL);
}

xtt_err prov_identity_replace(struct prov_registry *reg, const struct prov_identity *identity,
                              const uint8_t key[65], int at_once, int64_t now)
{
    const uint8_t *replaced = identity->has_pending ? identity->pending_key : identity->active_key;
    xtt_err err;

    if ((err = add_key(reg, identity->number, key)) != XTT_OK)
        return err;
    err = prov_sql_run(reg, SQL_REPLACEMENT_ADD,
                       PROV_ARGS(arg_int(identity->number), arg_blob(key, 65),
                                 arg_blob(replaced, 65), arg_int(now)),
                       NULL);
    if (err != XTT_OK)
        return err;
    return prov_sql_run(reg, at_once ? SQL_IDENTITY_ACTIVE : SQL_IDENTITY_PENDING,
                        PROV_ARGS(arg_int(identity->number), arg_blob(key, 65)), NULL);
}

xtt_err prov_identity_activate(struct prov_registry *reg, const struct prov_identity *identity,
                               const uint8_t key[65])
{
    if (!identity->has_pending || memcmp(identity->pending_key, key, 65) != 0)
        return XTT_ERR_NOT_FOUND;
    return prov_sql_run(reg, SQL_IDENTITY_ACTIVE,
                        PROV_ARGS(arg_int(identity->number), arg_blob(key, 65)), NULL);
}

xtt_err prov_identity_set_status(struct prov_registry *reg, int64_t number, enum prov_status status,
                                 const char *reason, int64_t counted_from)
{
    int changes;
    xtt_err err;

    err = prov_sql_run(
        reg, SQL_IDENTITY_STATUS,
        PROV_ARGS(arg_int(number), arg_int(status), arg_text(reason), arg_int(counted_from)),
        &changes);
    if (err == XTT_OK && changes == 0)
        err = XTT_ERR_NOT_FOUND;
    return err;
}

xtt_err prov_identity_replacements(struct prov_registry *reg, int64_t number, int64_t after,
                                   unsigned *count)
{
    sqlite3_stmt *stmt;
    xtt_err err;

    err = prov_sql_query(reg, SQL_REPLACEMENT_COUNT, PROV_ARGS(arg_int(number), arg_int(after)),
                         &stmt);
    if (err != XTT_OK)
        return err;
    *count = (unsigned)sqlite3_column_int(stmt, 0);
    prov_sql_done(stmt);
    return XTT_OK;
}

xtt_err prov_history_each(struct prov_registry *reg, int64_t number,
                          xtt_err (*each)(void *arg, const uint8_t key[65],
                                          const uint8_t replaced[65], int64_t at),
                          void *arg)
{
    uint8_t key[65], replaced[65];
    sqlite3_stmt *stmt;
    xtt_err err;

    for (err = prov_sql_query(reg, SQL_REPLACEMENTS, PROV_ARGS(arg_int(number)), &stmt);
         err == XTT_OK; err = prov_sql_next(reg, stmt)) {
        if ((err = prov_sql_fixed(reg, stmt, 0, key, 65)) == XTT_OK &&
            (err = prov_sql_fixed(reg, stmt, 1, replaced, 65)) == XTT_OK)
            err = each(arg, key, replaced, sqlite3_column_int64(stmt, 2));
        if (err != XTT_OK) {
            prov_sql_done(stmt);
            return err;
        }
    }
    return err == XTT_ERR_NOT_FOUND ? XTT_OK : err;
}

xtt_err prov_key_owner(struct prov_registry *reg, const uint8_t key[65], int64_t *number)
{
    sqlite3_stmt *stmt;
    xtt_err err;

    if ((err = prov_sql_query(reg, SQL_KEY_OWNER, PROV_ARGS(arg_blob(key, 65)), &stmt)) != XTT_OK)
        return err;
    *number = sqlite3_column_int64(stmt, 0);
    prov_sql_done(stmt);
    return XTT_OK;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* The registry's settings, roots and server keys: rows in, rows out.  No private key is in it. */
#include "provisioner/registry_sql.h"

#include <string.h>

xtt_err prov_meta_get(struct prov_registry *reg, const char *name, char *value, size_t size)
{
    sqlite3_stmt *stmt;
    xtt_err err;

    if ((err = prov_sql_query(reg, SQL_META_GET, PROV_ARGS(arg_text(name)), &stmt)) != XTT_OK)
        return err;
    if ((size_t)sqlite3_column_bytes(stmt, 0) >= size)
        err = XTT_ERR_LENGTH;
    else
        err = prov_sql_text(reg, stmt, 0, value, size);
    prov_sql_done(stmt);
    return err;
}

xtt_err prov_meta_set(struct prov_registry *reg, const char *name, const char *value)
{
    return prov_sql_run(reg, SQL_META_SET, PROV_ARGS(arg_text(name), arg_text(value)), NULL);
}

xtt_err prov_root_add(struct prov_registry *reg, const struct prov_root *root)
{
    int changes;
    xtt_err err;

    err = prov_sql_run(reg, SQL_ROOT_ADD,
                       PROV_ARGS(arg_blob(root->root_id, 16), arg_blob(root->public_key, 65),
                                 arg_text(root->label[0] != '\0' ? root->label : NULL),
                                 arg_int(root->created)),
                       &changes);
    if (err == XTT_OK && changes == 0)
        err = XTT_ERR_EXISTS;
    return err;
}

static xtt_err read_root(struct prov_registry *reg, sqlite3_stmt *stmt, struct prov_root *out)
{
    struct prov_root root = {.number = sqlite3_column_int64(stmt, 0),
                             .created = sqlite3_column_int64(stmt, 4)};
    xtt_err err;

    if ((err = prov_sql_fixed(reg, stmt, 1, root.root_id, sizeof root.root_id)) != XTT_OK ||
        (err = prov_sql_fixed(reg, stmt, 2, root.public_key, sizeof root.public_key)) != XTT_OK ||
        (err = prov_sql_text(reg, stmt, 3, root.label, sizeof root.label)) != XTT_OK)
        return err;
    *out = root;
    return XTT_OK;
}

xtt_err prov_root_get(struct prov_registry *reg, const uint8_t *root_id, struct prov_root *out)
{
    sqlite3_stmt *stmt;
    xtt_err err;

    if (root_id != NULL)
        err = prov_sql_query(reg, SQL_ROOT_BY_ID, PROV_ARGS(arg_blob(root_id, 16)), &stmt);
    else
        err = prov_sql_query(reg, SQL_ROOT_LAST, NULL, 0, &stmt);
    if (err != XTT_OK)
        return err;
    err = read_root(reg, stmt, out);
    prov_sql_done(stmt);
    return err;
}

xtt_err prov_server_add(struct prov_registry *reg, const struct prov_server *server)
{
    int changes;
    xtt_err err;

    err = prov_sql_run(reg, SQL_SERVER_ADD,
                       PROV_ARGS(arg_blob(server->public_key, 65), arg_text(server->label),
                                 arg_int(server->created)),
                       &changes);
    if (err == XTT_OK && changes == 0)
        err = XTT_ERR_EXISTS;
    return err;
}

xtt_err prov_server_certify(struct prov_registry *reg, const uint8_t public_key[65],
                            const uint8_t certificate[169])
{
    int changes;
    xtt_err err;

    err = prov_sql_run(reg, SQL_SERVER_CERTIFY,
                       PROV_ARGS(arg_blob(public_key, 65), arg_blob(certificate, 169)), &changes);
    if (err == XTT_OK && changes == 0)
        err = XTT_ERR_NOT_FOUND;
    return err;
}

static xtt_err read_server(struct prov_registry *reg, sqlite3_stmt *stmt, struct prov_server *out)
{
    struct prov_server server = {.number = sqlite3_column_int64(stmt, 0),
                                 .created = sqlite3_column_int64(stmt, 4)};
    xtt_err err;

    server.has_certificate = sqlite3_column_type(stmt, 3) != SQLITE_NULL;
    if ((err = prov_sql_fixed(reg, stmt, 1, server.public_key, 65)) != XTT_OK ||
        (err = prov_sql_text(reg, stmt, 2, server.label, sizeof server.label)) != XTT_OK)
        return err;
    if (server.has_certificate &&
        (err = prov_sql_fixed(reg, stmt, 3, server.certificate, 169)) != XTT_OK)
        return err;
    *out = server;
    return XTT_OK;
}

static xtt_err find_server(struct prov_registry *reg, enum prov_sql which,
                           const struct prov_arg *args, size_t n, struct prov_server *out)
{
    sqlite3_stmt *stmt;
    xtt_err err;

    if ((err = prov_sql_query(reg, which, args, n, &stmt)) != XTT_OK)
        return err;
    err = read_server(reg, stmt, out);
    prov_sql_done(stmt);
    return err;
}

xtt_err prov_server_current(struct prov_registry *reg, struct prov_server *out)
{
    return find_server(reg, SQL_SERVER_CURRENT, NULL, 0, out);
}

xtt_err prov_server_requested(struct prov_registry *reg, struct prov_server *out)
{
    return find_server(reg, SQL_SERVER_REQUESTED, NULL, 0, out);
}

xtt_err prov_server_get(struct prov_registry *reg, const uint8_t public_key[65],
                        struct prov_server *out)
{
    return find_server(reg, SQL_SERVER_BY_KEY, PROV_ARGS(arg_blob(public_key, 65)), out);
}

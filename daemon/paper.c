/* SPDX-License-Identifier: Apache-2.0 */
/* Papers between station and agent; see paper.h.  Each kind is a table of its keys. */
#include "daemon/paper.h"

#include <stdlib.h>
#include <string.h>

#include "daemon/fields.h"
#include "daemon/file.h"

static const struct xttd_field group_keys[] = {
    XTTD_FIELD(xttd_group_paper, name, XTTD_NAME, NULL, 0),
    XTTD_FIELD(xttd_group_paper, group_key, XTTD_BYTES, NULL, 0),
    XTTD_FIELD(xttd_group_paper, basename, XTTD_SPAN, NULL,
               offsetof(struct xttd_group_paper, basename_n)),
    XTTD_FIELD(xttd_group_paper, gid, XTTD_BYTES, NULL, 0), XTTD_FIELDS_END};
static const struct xttd_field root_keys[] = {
    XTTD_FIELD(xttd_root_paper, root_id, XTTD_BYTES, NULL, 0),
    XTTD_FIELD(xttd_root_paper, public_key, XTTD_BYTES, NULL, 0), XTTD_FIELDS_END};
static const struct xttd_field request_keys[] = {
    XTTD_FIELD(xttd_request_paper, member_key, XTTD_BYTES, NULL, 0),
    XTTD_FIELD(xttd_request_paper, kind, XTTD_CHOICE, "|tpm|software|", 0), XTTD_FIELDS_END};
static const struct xttd_field credential_keys[] = {
    XTTD_FIELD(xttd_credential_paper, credential, XTTD_BYTES, NULL, 0),
    XTTD_FIELD(xttd_credential_paper, signature, XTTD_BYTES, NULL, 0),
    XTTD_FIELD(xttd_credential_paper, gid, XTTD_BYTES, NULL, 0), XTTD_FIELDS_END};
static const struct xttd_field server_request_keys[] = {
    XTTD_FIELD(xttd_server_request_paper, request, XTTD_BYTES, NULL, 0), XTTD_FIELDS_END};
static const struct xttd_field server_keys[] = {
    XTTD_FIELD(xttd_server_paper, certificate, XTTD_BYTES, NULL, 0),
    XTTD_FIELD(xttd_server_paper, root_id, XTTD_BYTES, NULL, 0),
    XTTD_FIELD(xttd_server_paper, root_key, XTTD_BYTES, NULL, 0), XTTD_FIELDS_END};

static const struct {
    const char *type;
    const struct xttd_field *keys;
    size_t size; /* of the struct */
} papers[] = {
    [XTTD_PAPER_GROUP] = {"xtt-group", group_keys, sizeof(struct xttd_group_paper)},
    [XTTD_PAPER_ROOT] = {"xtt-root", root_keys, sizeof(struct xttd_root_paper)},
    [XTTD_PAPER_REQUEST] = {"xtt-member-request", request_keys, sizeof(struct xttd_request_paper)},
    [XTTD_PAPER_CREDENTIAL] = {"xtt-credential", credential_keys,
                               sizeof(struct xttd_credential_paper)},
    [XTTD_PAPER_SERVER_REQUEST] = {"xtt-server-request", server_request_keys,
                                   sizeof(struct xttd_server_request_paper)},
    [XTTD_PAPER_SERVER] = {"xtt-server-certificate", server_keys, sizeof(struct xttd_server_paper)},
};

/* The longest struct above, for decoding beside the caller's. */
union any_paper {
    struct xttd_group_paper group;
    struct xttd_root_paper root;
    struct xttd_request_paper request;
    struct xttd_credential_paper credential;
    struct xttd_server_request_paper server_request;
    struct xttd_server_paper server;
};

static xtt_err decode_object(enum xttd_paper kind, const json_t *object, const char *origin,
                             void *paper, struct xttd_fail *fail)
{
    const char *type = json_string_value(json_object_get(object, "type"));
    const json_t *schema = json_object_get(object, "schema");

    if (type == NULL || strcmp(type, papers[kind].type) != 0)
        return xttd_fail(fail, XTT_ERR_FORMAT, "%s is no file of type %s but %s", origin,
                         papers[kind].type, type != NULL ? type : "something else");
    if (!json_is_integer(schema) || json_integer_value(schema) != 1)
        return xttd_fail(fail, XTT_ERR_FORMAT, "%s is of a schema other than 1", origin);
    return xttd_fields_decode(papers[kind].keys, object, 2, origin, paper, fail);
}

xtt_err xttd_paper_decode(enum xttd_paper kind, const uint8_t *text, size_t n, const char *origin,
                          void *paper, struct xttd_fail *fail)
{
    json_error_t why;
    json_t *object = json_loadb((const char *)text, n, JSON_REJECT_DUPLICATES, &why);
    union any_paper read = {0};
    xtt_err err;

    if (object == NULL)
        err = xttd_fail(fail, XTT_ERR_FORMAT, "%s, line %d: %s", origin, why.line, why.text);
    else
        err = decode_object(kind, object, origin, &read, fail);
    if (err == XTT_OK)
        memcpy(paper, &read, papers[kind].size);
    json_decref(object);
    return err;
}

xtt_err xttd_paper_encode(enum xttd_paper kind, const void *paper, char **text,
                          struct xttd_fail *fail)
{
    json_t *object = json_pack("{s:i, s:s}", "schema", 1, "type", papers[kind].type);
    char *line = NULL;
    int bad = object == NULL || xttd_fields_encode(papers[kind].keys, paper, object) != XTT_OK;

    if (!bad && (line = json_dumps(object, JSON_INDENT(2))) != NULL)
        bad = asprintf(text, "%s\n", line) < 0;
    bad |= line == NULL;
    free(line);
    json_decref(object);
    return bad ? xttd_fail(fail, XTT_ERR_NOMEM, "out of memory") : XTT_OK;
}

xtt_err xttd_paper_read(enum xttd_paper kind, const char *path, void *paper, struct xttd_fail *fail)
{
    uint8_t *text;
    size_t n;
    xtt_err err;

    if ((err = xttd_file_read(path, XTTD_PAPER_MAX, &text, &n, fail)) != XTT_OK)
        return err;
    err = xttd_paper_decode(kind, text, n, path, paper, fail);
    xttd_file_free(text, n);
    return err;
}

xtt_err xttd_paper_write(enum xttd_paper kind, const void *paper, const char *path,
                         struct xttd_fail *fail)
{
    char *text;
    xtt_err err;

    if ((err = xttd_paper_encode(kind, paper, &text, fail)) != XTT_OK)
        return err;
    err = xttd_file_write(path, text, strlen(text), 0644, fail);
    free(text);
    return err;
}

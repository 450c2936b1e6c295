/* SPDX-License-Identifier: Apache-2.0 */
/* Papers between station and agent; see paper.h.  Each kind is a table of its keys. */
#include "daemon/paper.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/file.h"
#include "daemon/hex.h"

enum form {
    BYTES, /* exactly size bytes */
    SPAN,  /* 1 to size bytes; the size_t at count says how many */
    NAME,  /* a name of 1 to size - 1 characters */
    CHOICE /* one of the words of choices */
};

struct key {
    const char *name;
    enum form form;
    size_t offset;
    size_t size;
    const char *choices; /* "|first|second|" */
    size_t count;
};

/* A row: the JSON key is the field's name. */
#define KEY(type, field, form, choices, count)                                                     \
    {                                                                                              \
#field, form, offsetof(struct type, field), sizeof((struct type *)0)->field, choices,      \
            count                                                                                  \
    }
#define END                                                                                        \
    {                                                                                              \
        NULL, BYTES, 0, 0, NULL, 0                                                                 \
    }

static const struct key group_keys[] = {
    KEY(xttd_group_paper, name, NAME, NULL, 0), KEY(xttd_group_paper, group_key, BYTES, NULL, 0),
    KEY(xttd_group_paper, basename, SPAN, NULL, offsetof(struct xttd_group_paper, basename_n)),
    KEY(xttd_group_paper, gid, BYTES, NULL, 0), END};
static const struct key root_keys[] = {KEY(xttd_root_paper, root_id, BYTES, NULL, 0),
                                       KEY(xttd_root_paper, public_key, BYTES, NULL, 0), END};
static const struct key request_keys[] = {
    KEY(xttd_request_paper, member_key, BYTES, NULL, 0),
    KEY(xttd_request_paper, kind, CHOICE, "|tpm|software|", 0), END};
static const struct key credential_keys[] = {KEY(xttd_credential_paper, credential, BYTES, NULL, 0),
                                             KEY(xttd_credential_paper, signature, BYTES, NULL, 0),
                                             KEY(xttd_credential_paper, gid, BYTES, NULL, 0), END};

static const struct {
    const char *type;
    const struct key *keys;
    size_t size; /* of the struct */
} papers[] = {
    [XTTD_PAPER_GROUP] = {"xtt-group", group_keys, sizeof(struct xttd_group_paper)},
    [XTTD_PAPER_ROOT] = {"xtt-root", root_keys, sizeof(struct xttd_root_paper)},
    [XTTD_PAPER_REQUEST] = {"xtt-member-request", request_keys, sizeof(struct xttd_request_paper)},
    [XTTD_PAPER_CREDENTIAL] = {"xtt-credential", credential_keys,
                               sizeof(struct xttd_credential_paper)},
};

/* The longest struct above, for decoding beside the caller's. */
union any_paper {
    struct xttd_group_paper group;
    struct xttd_root_paper root;
    struct xttd_request_paper request;
    struct xttd_credential_paper credential;
};

static int is_name(const char *text, size_t n)
{
    return n > 0 &&
           strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.") == n;
}

static int is_choice(const char *choices, const char *text)
{
    char word[32];

    snprintf(word, sizeof word, "|%.20s|", text);
    return text[0] != '\0' && strchr(text, '|') == NULL && strstr(choices, word) != NULL;
}

/* One key's value into its field. */
static xtt_err decode_value(const struct key *key, const char *text, char *paper)
{
    uint8_t *field = (uint8_t *)paper + key->offset;
    size_t n = strlen(text);
    uint8_t bytes[512];

    if (key->form == NAME || key->form == CHOICE) {
        if (n >= key->size ||
            !(key->form == NAME ? is_name(text, n) : is_choice(key->choices, text)))
            return XTT_ERR_FORMAT;
        memcpy(field, text, n + 1);
        return XTT_OK;
    }
    if (xttd_hex_parse(text, bytes, key->size, &n) != XTT_OK || n == 0)
        return XTT_ERR_FORMAT;
    if (key->form == BYTES && n != key->size)
        return XTT_ERR_FORMAT;
    if (key->form == SPAN)
        memcpy(paper + key->count, &n, sizeof n);
    memcpy(field, bytes, n);
    return XTT_OK;
}

static xtt_err decode_object(enum xttd_paper kind, const json_t *object, const char *origin,
                             char *paper, struct xttd_fail *fail)
{
    const char *type = json_string_value(json_object_get(object, "type"));
    const json_t *schema = json_object_get(object, "schema");
    size_t n = 2;

    if (type == NULL || strcmp(type, papers[kind].type) != 0)
        return xttd_fail(fail, XTT_ERR_FORMAT, "%s is no file of type %s but %s", origin,
                         papers[kind].type, type != NULL ? type : "something else");
    if (!json_is_integer(schema) || json_integer_value(schema) != 1)
        return xttd_fail(fail, XTT_ERR_FORMAT, "%s is of a schema other than 1", origin);
    for (const struct key *key = papers[kind].keys; key->name != NULL; key++, n++) {
        const char *text = json_string_value(json_object_get(object, key->name));

        if (text == NULL)
            return xttd_fail(fail, XTT_ERR_FORMAT, "%s has no text \"%s\"", origin, key->name);
        if (decode_value(key, text, paper) != XTT_OK)
            return xttd_fail(fail, XTT_ERR_FORMAT, "%s has a bad \"%s\"", origin, key->name);
    }
    if (json_object_size(object) != n)
        return xttd_fail(fail, XTT_ERR_FORMAT, "%s has a key that does not belong there", origin);
    return XTT_OK;
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
        err = decode_object(kind, object, origin, (char *)&read, fail);
    if (err == XTT_OK)
        memcpy(paper, &read, papers[kind].size);
    json_decref(object);
    return err;
}

static json_t *encode_value(const struct key *key, const char *paper)
{
    char text[2 * 512 + 1];
    size_t n = key->size;

    if (key->form == NAME || key->form == CHOICE)
        return json_string(paper + key->offset);
    if (key->form == SPAN)
        memcpy(&n, paper + key->count, sizeof n);
    xttd_hex_print((const uint8_t *)paper + key->offset, n, text);
    return json_string(text);
}

xtt_err xttd_paper_encode(enum xttd_paper kind, const void *paper, char **text,
                          struct xttd_fail *fail)
{
    json_t *object = json_pack("{s:i, s:s}", "schema", 1, "type", papers[kind].type);
    char *line = NULL;
    int bad = object == NULL;

    for (const struct key *key = papers[kind].keys; !bad && key->name != NULL; key++)
        bad = json_object_set_new(object, key->name, encode_value(key, paper));
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

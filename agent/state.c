/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The agent's record as JSON; see state.h.  Each part is a table, and a part that is not there is
 * left out of the file.
 */
#include "agent/state.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/fields.h"

#define KINDS "|tpm|software|"

static const struct xttd_field srk_rows[] = {XTTD_FIELD(agent_srk, where, XTTD_NAME, NULL, 0),
                                             XTTD_FIELD(agent_srk, name, XTTD_BYTES, NULL, 0),
                                             XTTD_FIELDS_END};
static const struct xttd_field key_rows[] = {XTTD_FIELD(agent_key, kind, XTTD_CHOICE, KINDS, 0),
                                             XTTD_FIELD(agent_key, file, XTTD_NAME, NULL, 0),
                                             XTTD_FIELD(agent_key, public_key, XTTD_BYTES, NULL, 0),
                                             XTTD_FIELDS_END};
static const struct xttd_field membership_rows[] = {
    XTTD_FIELD(agent_membership, group, XTTD_NAME, NULL, 0),
    XTTD_FIELD(agent_membership, group_key, XTTD_BYTES, NULL, 0),
    XTTD_FIELD(agent_membership, basename, XTTD_SPAN, NULL,
               offsetof(struct agent_membership, basename_n)),
    XTTD_FIELD(agent_membership, gid, XTTD_BYTES, NULL, 0),
    XTTD_FIELD(agent_membership, credential, XTTD_BYTES, NULL, 0),
    XTTD_FIELD(agent_membership, root_id, XTTD_BYTES, NULL, 0),
    XTTD_FIELD(agent_membership, root_key, XTTD_BYTES, NULL, 0),
    XTTD_FIELDS_END};
static const struct xttd_field identity_rows[] = {
    XTTD_FIELD(agent_identity, server, XTTD_TEXT, NULL, 0),
    XTTD_FIELD(agent_identity, id, XTTD_BYTES, NULL, 0),
    XTTD_FIELD(agent_identity, gid, XTTD_BYTES, NULL, 0),
    XTTD_FIELD(agent_identity, pseudonym, XTTD_BYTES, NULL, 0),
    XTTD_FIELD(agent_identity, suite, XTTD_NAME, NULL, 0),
    XTTD_FIELD(agent_identity, since, XTTD_NUMBER, NULL, 0),
    XTTD_FIELDS_END};
static const struct xttd_field trouble_rows[] = {
    XTTD_FIELD(agent_trouble, code, XTTD_NAME, NULL, 0),
    XTTD_FIELD(agent_trouble, since, XTTD_NUMBER, NULL, 0), XTTD_FIELDS_END};

/* The first field of each part is a text, and empty if the part is not there. */
static const struct part {
    const char *name;
    const struct xttd_field *rows;
    size_t offset;
} parts[] = {
    {"srk", srk_rows, offsetof(struct agent_state, srk)},
    {"member", key_rows, offsetof(struct agent_state, member)},
    {"longterm", key_rows, offsetof(struct agent_state, longterm)},
    {"pending", key_rows, offsetof(struct agent_state, pending)},
    {"membership", membership_rows, offsetof(struct agent_state, membership)},
    {"identity", identity_rows, offsetof(struct agent_state, identity)},
    {"trouble", trouble_rows, offsetof(struct agent_state, trouble)},
};
enum { PARTS = sizeof parts / sizeof parts[0] };

static xtt_err decode_object(const json_t *object, const char *origin, struct agent_state *state,
                             struct xttd_fail *fail)
{
    const char *type = json_string_value(json_object_get(object, "type"));
    size_t n = 2;
    xtt_err err;

    if (type == NULL || strcmp(type, "xtt-agent-state") != 0)
        return xttd_fail(fail, XTT_ERR_FORMAT, "%s is no agent's state", origin);
    if (json_integer_value(json_object_get(object, "schema")) != 1) {
        xttd_fail(fail, XTT_ERR_FORMAT, "%s is of a schema other than 1", origin);
        return xttd_fail_remedy(fail, "it was written by another version; use that one");
    }
    for (const struct part *part = parts; part < parts + PARTS; part++) {
        const json_t *value = json_object_get(object, part->name);

        if (value == NULL)
            continue;
        n++;
        if ((err = xttd_fields_decode(part->rows, value, 0, part->name,
                                      (char *)state + part->offset, fail)) != XTT_OK)
            return xttd_fail_while(fail, "%s", origin);
    }
    if (json_object_size(object) != n)
        return xttd_fail(fail, XTT_ERR_FORMAT, "%s has a key that does not belong there", origin);
    return XTT_OK;
}

xtt_err agent_state_decode(const uint8_t *text, size_t n, const char *origin,
                           struct agent_state *state, struct xttd_fail *fail)
{
    struct agent_state read = {0};
    json_error_t why;
    json_t *object = json_loadb((const char *)text, n, JSON_REJECT_DUPLICATES, &why);
    xtt_err err;

    if (object == NULL)
        err = xttd_fail(fail, XTT_ERR_FORMAT, "%s, line %d: %s", origin, why.line, why.text);
    else
        err = decode_object(object, origin, &read, fail);
    if (err == XTT_OK)
        *state = read;
    json_decref(object);
    return err;
}

static xtt_err encode_part(const struct part *part, const char *from, json_t *object)
{
    json_t *value;
    xtt_err err;

    if (from[0] == '\0')
        return XTT_OK;
    if ((value = json_object()) == NULL)
        return XTT_ERR_NOMEM;
    if ((err = xttd_fields_encode(part->rows, from, value)) != XTT_OK) {
        json_decref(value);
        return err;
    }
    return json_object_set_new(object, part->name, value) == 0 ? XTT_OK : XTT_ERR_NOMEM;
}

xtt_err agent_state_encode(const struct agent_state *state, char **text, struct xttd_fail *fail)
{
    json_t *object = json_pack("{s:i, s:s}", "schema", 1, "type", "xtt-agent-state");
    char *line = NULL;
    xtt_err err = object == NULL ? XTT_ERR_NOMEM : XTT_OK;

    for (const struct part *part = parts; err == XTT_OK && part < parts + PARTS; part++)
        err = encode_part(part, (const char *)state + part->offset, object);
    if (err == XTT_OK &&
        ((line = json_dumps(object, JSON_INDENT(2))) == NULL || asprintf(text, "%s\n", line) < 0))
        err = XTT_ERR_NOMEM;
    free(line);
    json_decref(object);
    return err == XTT_OK ? XTT_OK : xttd_fail(fail, err, "out of memory");
}

const char *agent_state_name(const struct agent_state *state)
{
    if (state->trouble.code[0] != '\0')
        return "needs-reenrolment";
    if (state->identity.server[0] != '\0')
        return "provisioned";
    if (state->membership.group[0] != '\0')
        return "member";
    if (state->member.kind[0] != '\0' || state->longterm.kind[0] != '\0')
        return "keyed";
    return "new";
}

/* SPDX-License-Identifier: Apache-2.0 */
/* identity list, show, revoke, release, reserve: what the registry says, and what an operator may
 * change in it.  The station that serves sees each change with its next claim. */
#include "provisioner/cmd.h"

#include "daemon/hex.h"
#include "daemon/json.h"
#include "provisioner/identity.h"
#include "provisioner/place.h"

#include <string.h>
#include <xtt/handshake.h>

/* --- list ----------------------------------------------------------------------------------- */

struct names {
    struct prov_group *groups;
    size_t n;
};

static xtt_err add_group(void *arg, const struct prov_group *group)
{
    struct names *names = arg;
    struct prov_group *more = realloc(names->groups, (names->n + 1) * sizeof *more);

    if (more == NULL)
        return XTT_ERR_NOMEM;
    names->groups = more;
    names->groups[names->n++] = *group;
    return XTT_OK;
}

static const char *group_name(const struct names *names, int64_t number)
{
    for (size_t i = 0; i < names->n; i++)
        if (names->groups[i].number == number)
            return names->groups[i].name;
    return "?";
}

struct listing {
    const struct names *names;
    json_t *array; /* NULL: text */
};

static json_t *to_json(const struct names *names, const struct prov_identity *identity)
{
    char id[XTT_ID_TEXT_SIZE], created[PROV_TIME_SIZE], seen[PROV_TIME_SIZE], suite[8];

    xtt_id_print(identity->id, id);
    prov_time_print(identity->created, created);
    prov_time_print(identity->last_seen, seen);
    snprintf(suite, sizeof suite, "0x%04X", identity->suite);
    return json_pack("{s:s, s:s, s:s, s:I, s:i, s:s, s:s, s:s}", "identity", id, "group",
                     group_name(names, identity->group), "status",
                     prov_status_name(identity->status), "number", (json_int_t)identity->number,
                     "generation", (int)identity->generation, "created", created, "last_seen", seen,
                     "suite", suite);
}

static xtt_err list_one(void *arg, const struct prov_identity *identity)
{
    const struct listing *listing = arg;
    char id[XTT_ID_TEXT_SIZE], seen[PROV_TIME_SIZE];

    if (listing->array != NULL)
        return json_array_append_new(listing->array, to_json(listing->names, identity)) == 0
                   ? XTT_OK
                   : XTT_ERR_NOMEM;
    xtt_id_print(identity->id, id);
    prov_time_print(identity->last_seen, seen);
    printf("%s  %-11s  %s  %s\n", id, prov_status_name(identity->status), seen,
           group_name(listing->names, identity->group));
    return XTT_OK;
}

xtt_err prov_cmd_identity_list(struct xttd_call *call)
{
    const char *only = xttd_option_get(call, "group");
    struct names names = {NULL, 0};
    struct listing listing = {&names, NULL};
    struct prov_place place;
    int64_t group = 0;
    xtt_err err;

    if ((err = prov_place_open(&place, call, 0)) != XTT_OK)
        return err;
    if ((err = prov_group_each(place.reg, add_group, &names)) != XTT_OK)
        goto out;
    for (size_t i = 0; only != NULL && i < names.n; i++)
        if (strcmp(names.groups[i].name, only) == 0)
            group = names.groups[i].number;
    if (only != NULL && group == 0) {
        err = xttd_fail(&call->fail, XTT_ERR_NOT_FOUND, "there is no group %s", only);
        goto out;
    }
    if (call->json && (listing.array = json_array()) == NULL)
        err = XTT_ERR_NOMEM;
    else
        err = prov_identity_each(place.reg, group, list_one, &listing);
    if (err == XTT_OK && call->json)
        err = xttd_json_print(json_pack("{s:O}", "identities", listing.array), stdout);
out:
    if (err == XTT_ERR_REGISTRY)
        prov_place_fail(&place, err, "listing identities");
    json_decref(listing.array);
    free(names.groups);
    prov_place_close(&place);
    return err;
}

/* --- one identity --------------------------------------------------------------------------- */

/* Opens the place and finds the identity the verb is about. */
static xtt_err open_identity(struct prov_place *place, struct xttd_call *call,
                             struct prov_identity *identity)
{
    uint8_t id[16];
    xtt_err err;

    if (xtt_id_parse(call->argv[0], id) != XTT_OK) {
        xttd_fail(&call->fail, XTT_ERR_USAGE, "\"%s\" is no identity", call->argv[0]);
        return xttd_fail_remedy(&call->fail, "write all eight groups of four digits, as "
                                             "\"identity list\" shows them");
    }
    if ((err = prov_place_open(place, call, 0)) != XTT_OK)
        return err;
    if ((err = prov_identity_by_id(place->reg, id, identity)) == XTT_OK)
        return XTT_OK;
    if (err == XTT_ERR_NOT_FOUND)
        xttd_fail(&call->fail, err, "there is no identity %s", call->argv[0]);
    else
        prov_place_fail(place, err, "looking up the identity");
    prov_place_close(place);
    return err;
}

struct history {
    json_t *array; /* NULL: text */
};

static xtt_err show_replacement(void *arg, const uint8_t key[65], const uint8_t replaced[65],
                                int64_t at)
{
    const struct history *history = arg;
    char key_text[131], replaced_text[131], time[PROV_TIME_SIZE];

    xttd_hex_print(key, 65, key_text);
    xttd_hex_print(replaced, 65, replaced_text);
    prov_time_print(at, time);
    if (history->array == NULL) {
        printf("  replaced     %s by %s\n", time, key_text);
        return XTT_OK;
    }
    return json_array_append_new(history->array, json_pack("{s:s, s:s, s:s}", "at", time, "key",
                                                           key_text, "replaced", replaced_text)) ==
                   0
               ? XTT_OK
               : XTT_ERR_NOMEM;
}

static void show_key(const char *what, int has, const uint8_t key[65])
{
    char text[131];

    if (!has)
        return;
    xttd_hex_print(key, 65, text);
    printf("  %-12s %s\n", what, text);
}

static xtt_err show_text(struct prov_place *place, const struct names *names,
                         const struct prov_identity *identity)
{
    struct history history = {NULL};
    char id[XTT_ID_TEXT_SIZE], created[PROV_TIME_SIZE], seen[PROV_TIME_SIZE], pseudonym[131];

    xtt_id_print(identity->id, id);
    prov_time_print(identity->created, created);
    prov_time_print(identity->last_seen, seen);
    xttd_hex_print(identity->pseudonym, 65, pseudonym);
    printf("%s\n  group        %s\n  status       %s%s%s\n  created      %s\n  last seen    %s\n"
           "  suite        0x%04X\n  generation   %u\n  pseudonym    %s\n",
           id, group_name(names, identity->group), prov_status_name(identity->status),
           identity->reason[0] != '\0' ? ": " : "", identity->reason, created, seen,
           identity->suite, identity->generation, pseudonym);
    show_key("active key", identity->has_active, identity->active_key);
    show_key("pending key", identity->has_pending, identity->pending_key);
    return prov_history_each(place->reg, identity->number, show_replacement, &history);
}

static void set_hex(json_t *object, const char *name, int has, const uint8_t key[65])
{
    char text[131];

    xttd_hex_print(key, 65, text);
    (void)json_object_set_new(object, name, has ? json_string(text) : json_null());
}

static xtt_err show_json(struct prov_place *place, const struct names *names,
                         const struct prov_identity *identity)
{
    struct history history = {json_array()};
    json_t *object = to_json(names, identity);
    xtt_err err;

    err = prov_history_each(place->reg, identity->number, show_replacement, &history);
    set_hex(object, "pseudonym", 1, identity->pseudonym);
    set_hex(object, "active_key", identity->has_active, identity->active_key);
    set_hex(object, "pending_key", identity->has_pending, identity->pending_key);
    (void)json_object_set_new(object, "reason", json_string(identity->reason));
    (void)json_object_set_new(object, "replacements", history.array);
    if (err == XTT_OK)
        return xttd_json_print(object, stdout);
    json_decref(object);
    return err;
}

xtt_err prov_cmd_identity_show(struct xttd_call *call)
{
    struct names names = {NULL, 0};
    struct prov_identity identity;
    struct prov_place place;
    xtt_err err;

    if ((err = open_identity(&place, call, &identity)) != XTT_OK)
        return err;
    if ((err = prov_group_each(place.reg, add_group, &names)) == XTT_OK)
        err = call->json ? show_json(&place, &names, &identity)
                         : show_text(&place, &names, &identity);
    if (err == XTT_ERR_REGISTRY)
        prov_place_fail(&place, err, "reading the identity");
    free(names.groups);
    prov_place_close(&place);
    return err;
}

/* --- changes -------------------------------------------------------------------------------- */

static xtt_err tell(struct xttd_call *call, const uint8_t id[16], const char *status)
{
    char text[XTT_ID_TEXT_SIZE];

    xtt_id_print(id, text);
    if (call->json)
        return xttd_json_print(json_pack("{s:s, s:s}", "identity", text, "status", status), stdout);
    printf("%s is %s now\n", text, status);
    return XTT_OK;
}

xtt_err prov_cmd_identity_revoke(struct xttd_call *call)
{
    const char *reason = xttd_option_get(call, "reason");
    struct prov_identity identity;
    struct prov_place place;
    xtt_err err;

    if ((err = open_identity(&place, call, &identity)) != XTT_OK)
        return err;
    err = prov_identity_revoke(place.reg, &identity, reason, prov_now());
    if (err != XTT_OK)
        prov_place_fail(&place, err, "revoking the identity");
    else
        err = tell(call, identity.id, "revoked");
    prov_place_close(&place);
    return err;
}

xtt_err prov_cmd_identity_release(struct xttd_call *call)
{
    const char *reason = xttd_option_get(call, "reason");
    struct prov_identity identity;
    struct prov_place place;
    xtt_err err;

    if ((err = open_identity(&place, call, &identity)) != XTT_OK)
        return err;
    if (identity.status != PROV_ID_QUARANTINED)
        err = xttd_fail(&call->fail, XTT_ERR_REFUSED, "%s is not quarantined, it is %s",
                        call->argv[0], prov_status_name(identity.status));
    else if ((err = prov_identity_set_status(place.reg, identity.number, PROV_ID_OK, reason,
                                             prov_now())) != XTT_OK)
        prov_place_fail(&place, err, "releasing the identity");
    else
        err = tell(call, identity.id, "ok");
    prov_place_close(&place);
    return err;
}

xtt_err prov_cmd_identity_reserve(struct xttd_call *call)
{
    const char *name = xttd_option_get(call, "group");
    struct prov_group group;
    struct prov_place place;
    uint8_t id[16], pseudonym[65];
    size_t n;
    xtt_err err;

    if (xtt_id_parse(call->argv[0], id) != XTT_OK)
        return xttd_fail(&call->fail, XTT_ERR_USAGE, "\"%s\" is no identity", call->argv[0]);
    if (xttd_hex_parse(xttd_option_get(call, "pseudonym"), pseudonym, sizeof pseudonym, &n) !=
            XTT_OK ||
        n != sizeof pseudonym)
        return xttd_fail(&call->fail, XTT_ERR_USAGE,
                         "a pseudonym is 65 bytes, 130 hexadecimal digits");
    if ((err = prov_place_open(&place, call, 0)) != XTT_OK)
        return err;
    if ((err = prov_group_get(place.reg, name, &group)) == XTT_ERR_NOT_FOUND)
        xttd_fail(&call->fail, err, "there is no group %s", name);
    else if (err == XTT_OK && (err = prov_identity_reserve(place.reg, &group, pseudonym, id,
                                                           prov_now())) == XTT_ERR_EXISTS)
        xttd_fail(&call->fail, err, "the identity or the member is in the registry already");
    else if (err == XTT_ERR_ID)
        xttd_fail(&call->fail, err, "%s is outside the group's prefix, or an id nobody may have",
                  call->argv[0]);
    else if (err != XTT_OK)
        prov_place_fail(&place, err, "reserving the identity");
    else
        err = tell(call, id, "reserved");
    prov_place_close(&place);
    return err;
}

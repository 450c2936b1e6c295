/* SPDX-License-Identifier: Apache-2.0 */
/* group create, nonce, issue, export, list, open, close. */
#include "provisioner/cmd.h"

#include "daemon/file.h"
#include "daemon/hex.h"
#include "daemon/json.h"
#include "daemon/paper.h"
#include "provisioner/authority.h"
#include "provisioner/k_alloc.h"
#include "provisioner/place.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* Ours, and the longest that a deployed tool may have chosen. */
#define NONCE_SIZE 32
#define NONCE_MAX  1024

/* --- create --------------------------------------------------------------------------------- */

static xtt_err read_name(struct xttd_call *call, const char *name, struct prov_group *group)
{
    static const char good[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.";
    const size_t n = strlen(name);

    if (n == 0 || n >= sizeof group->name || strspn(name, good) != n)
        return xttd_fail(&call->fail, XTT_ERR_USAGE,
                         "a group's name has 1 to %zu letters, digits, '-', '_' or '.'",
                         sizeof group->name - 1);
    memcpy(group->name, name, n + 1);
    return XTT_OK;
}

/* "2001:db8:0:1::/64" */
static xtt_err read_prefix(struct xttd_call *call, const char *text, uint8_t prefix[8])
{
    uint8_t address[16];
    char copy[64];
    char *slash;

    snprintf(copy, sizeof copy, "%s", text);
    if ((slash = strchr(copy, '/')) == NULL || strcmp(slash, "/64") != 0)
        goto bad;
    *slash = '\0';
    if (inet_pton(AF_INET6, copy, address) != 1 || !xtt_ct_is_zero(address + 8, 8) ||
        xtt_ct_is_zero(address, 8))
        goto bad;
    memcpy(prefix, address, 8);
    return XTT_OK;
bad:
    xttd_fail(&call->fail, XTT_ERR_USAGE, "\"%s\" is no IPv6 /64", text);
    return xttd_fail_remedy(&call->fail, "write it like 2001:db8:0:1::/64, with nothing behind the "
                                         "first 64 bits");
}

static xtt_err read_basename(struct xttd_call *call, struct prov_group *group)
{
    const char *text = xttd_option_get(call, "basename");
    const char *raw = xttd_option_get(call, "raw-basename");
    uint8_t *data;
    size_t n;
    xtt_err err;

    if ((text == NULL) == (raw == NULL))
        return xttd_fail(&call->fail, XTT_ERR_USAGE, "give --basename or --raw-basename");
    if (text != NULL) {
        n = strlen(text);
        if (n <= sizeof group->basename)
            memcpy(group->basename, text, n);
    } else {
        if ((err = xttd_file_read(raw, 4096, &data, &n, &call->fail)) != XTT_OK)
            return err;
        if (n <= sizeof group->basename)
            memcpy(group->basename, data, n);
        xttd_file_free(data, n);
    }
    group->basename_size = n;
    if (n > sizeof group->basename ||
        (err = xtt_daa_basename_check((xtt_bytes){group->basename, n})) != XTT_OK)
        return xttd_fail(&call->fail, XTT_ERR_BASENAME, "this basename has %zu bytes", n);
    return XTT_OK;
}

static xtt_err read_policy(struct xttd_call *call, struct prov_group *group)
{
    const char *activate = xttd_option_get(call, "activate");

    group->choice = xttd_option_get(call, "choose-ids") != NULL;
    group->software = xttd_option_get(call, "software") != NULL;
    if (activate == NULL || strcmp(activate, "first-session") == 0)
        group->activation = PROV_AT_FIRST_SESSION;
    else if (strcmp(activate, "at-once") == 0)
        group->activation = PROV_AT_ONCE;
    else
        return xttd_fail(&call->fail, XTT_ERR_USAGE,
                         "--activate takes first-session or at-once, not \"%s\"", activate);
    return XTT_OK;
}

/* A new issuer key, or one that was made elsewhere. */
static xtt_err make_issuer(struct xttd_call *call, struct prov_keyd *keyd, const char *wrapping_key,
                           struct prov_group *group)
{
    const char *raw = xttd_option_get(call, "raw-issuer-secret");
    uint8_t secret[XTT_DAA_ISSUER_SECRET_SIZE];
    xtt_err err;

    if (raw == NULL)
        return prov_keyd_make_issuer(keyd, wrapping_key, group->issuer_key, group->issuer_secret,
                                     &group->issuer_secret_size, &call->fail);
    if ((err = xttd_file_read_exactly(raw, secret, sizeof secret, &call->fail)) != XTT_OK)
        goto out;
    if ((err = xtt_daa_issuer_public(secret, NULL, group->issuer_key)) != XTT_OK)
        err = xttd_fail(&call->fail, err, "%s holds no issuer secret", raw);
    else
        err =
            prov_keyd_import_issuer(keyd, wrapping_key, group->issuer_key, secret,
                                    group->issuer_secret, &group->issuer_secret_size, &call->fail);
out:
    xtt_wipe(secret, sizeof secret);
    return err;
}

static xtt_err fill_secrets(struct xttd_call *call, struct prov_place *place,
                            struct prov_keyd *keyd, struct prov_group *group)
{
    char wrapping_key[PROV_LABEL_SIZE];
    xtt_err err;

    /* A station whose root is elsewhere gets here without init. */
    if ((err = prov_wrapping_make(place, keyd)) != XTT_OK ||
        (err = prov_place_wrapping_key(place, wrapping_key)) != XTT_OK)
        return err;
    if ((err = make_issuer(call, keyd, wrapping_key, group)) != XTT_OK)
        return xttd_fail_while(&call->fail, "making the issuer key");
    err = xtt_daa_gid(group->issuer_key, (xtt_bytes){group->basename, group->basename_size},
                      group->gid);
    if (err != XTT_OK)
        return err;
    return prov_k_alloc_make(keyd, wrapping_key, group, &call->fail);
}

static json_t *to_json(const struct prov_group *group)
{
    char gid[65], prefix[INET6_ADDRSTRLEN], created[PROV_TIME_SIZE];
    uint8_t address[16] = {0};

    memcpy(address, group->prefix, 8);
    xttd_hex_print(group->gid, sizeof group->gid, gid);
    if (inet_ntop(AF_INET6, address, prefix, sizeof prefix) == NULL)
        strcpy(prefix, "?");
    prov_time_print(group->created, created);
    return json_pack("{s:s, s:s, s:s+, s:s, s:s, s:b, s:b, s:b, s:s}", "name", group->name, "gid",
                     gid, "prefix", prefix, "/64", "status",
                     group->status == PROV_GROUP_OPEN ? "open" : "closed", "activation",
                     group->activation == PROV_AT_ONCE ? "at-once" : "first-session", "choose_ids",
                     group->choice, "software", group->software, "issuer",
                     group->issuer_secret_size != 0, "created", created);
}

static xtt_err print_text(const struct prov_group *group)
{
    json_t *object = to_json(group);

    if (object == NULL)
        return XTT_ERR_NOMEM;
    printf("%s  %s  %-6s  %s%s%s\n", json_string_value(json_object_get(object, "gid")),
           json_string_value(json_object_get(object, "prefix")),
           json_string_value(json_object_get(object, "status")), group->name,
           group->choice ? "  chooses-ids" : "", group->software ? "  SOFTWARE-MEMBERS" : "");
    json_decref(object);
    return XTT_OK;
}

static xtt_err tell(struct xttd_call *call, const struct prov_group *group)
{
    return call->json ? xttd_json_print(to_json(group), stdout) : print_text(group);
}

xtt_err prov_cmd_group_create(struct xttd_call *call)
{
    struct prov_group group = {.status = PROV_GROUP_OPEN, .created = prov_now()};
    struct prov_keyd *keyd = NULL;
    struct prov_place place;
    xtt_err err;

    if ((err = read_name(call, call->argv[0], &group)) != XTT_OK ||
        (err = read_basename(call, &group)) != XTT_OK ||
        (err = read_prefix(call, xttd_option_get(call, "prefix"), group.prefix)) != XTT_OK ||
        (err = read_policy(call, &group)) != XTT_OK ||
        (err = prov_place_open(&place, call, 0)) != XTT_OK)
        return err;
    if ((err = prov_place_keys(call, NULL, NULL, &keyd, &call->fail)) != XTT_OK ||
        (err = fill_secrets(call, &place, keyd, &group)) != XTT_OK)
        goto out;
    if ((err = prov_group_add(place.reg, &group)) == XTT_ERR_EXISTS)
        xttd_fail(&call->fail, err,
                  "there is a group %s already, or one of the same key and "
                  "basename",
                  group.name);
    else if (err != XTT_OK)
        prov_place_fail(&place, err, "entering the group");
    else
        err = tell(call, &group);
out:
    prov_keyd_close(keyd);
    prov_place_close(&place);
    return err;
}

/* --- list, open, close ---------------------------------------------------------------------- */

static xtt_err get_group(struct prov_place *place, const char *name, struct prov_group *group)
{
    const xtt_err err = prov_group_get(place->reg, name, group);

    if (err == XTT_ERR_NOT_FOUND)
        return xttd_fail(place->fail, err, "there is no group %s", name);
    return err == XTT_OK ? err : prov_place_fail(place, err, "looking up the group");
}

static xtt_err list_one(void *arg, const struct prov_group *group)
{
    if (arg == NULL)
        return print_text(group);
    return json_array_append_new(arg, to_json(group)) == 0 ? XTT_OK : XTT_ERR_NOMEM;
}

xtt_err prov_cmd_group_list(struct xttd_call *call)
{
    json_t *array = call->json ? json_array() : NULL;
    struct prov_place place;
    xtt_err err;

    if ((err = prov_place_open(&place, call, 0)) != XTT_OK)
        goto out;
    if ((err = prov_group_each(place.reg, list_one, array)) != XTT_OK)
        prov_place_fail(&place, err, "listing groups");
    else if (call->json)
        err = xttd_json_print(json_pack("{s:O}", "groups", array), stdout);
    prov_place_close(&place);
out:
    json_decref(array);
    return err;
}

static xtt_err set_status(struct xttd_call *call, enum prov_group_status status)
{
    struct prov_group group;
    struct prov_place place;
    xtt_err err;

    if ((err = prov_place_open(&place, call, 0)) != XTT_OK)
        return err;
    if ((err = get_group(&place, call->argv[0], &group)) == XTT_OK) {
        group.status = status;
        if ((err = prov_group_set_status(place.reg, group.number, status)) != XTT_OK)
            prov_place_fail(&place, err, "changing the group");
        else
            err = tell(call, &group);
    }
    prov_place_close(&place);
    return err;
}

xtt_err prov_cmd_group_open(struct xttd_call *call)
{
    return set_status(call, PROV_GROUP_OPEN);
}

xtt_err prov_cmd_group_close(struct xttd_call *call)
{
    return set_status(call, PROV_GROUP_CLOSED);
}

/* --- export --------------------------------------------------------------------------------- */

static xtt_err export_raw(struct xttd_call *call, const struct prov_group *group, const char *dir)
{
    char path[PROV_PATH_SIZE];
    xtt_err err;

    if (strlen(dir) + sizeof "/basename.bin" > sizeof path)
        return xttd_fail(&call->fail, XTT_ERR_USAGE, "the path is too long: %.80s...", dir);
    if ((err = xttd_file_make_dir(dir, 0755, &call->fail)) != XTT_OK)
        return err;
    snprintf(path, sizeof path, "%s/gpk.bin", dir);
    err = xttd_file_write(path, group->issuer_key, XTT_DAA_GROUP_KEY_SIZE, 0644, &call->fail);
    if (err != XTT_OK)
        return err;
    snprintf(path, sizeof path, "%s/basename.bin", dir);
    return xttd_file_write(path, group->basename, group->basename_size, 0644, &call->fail);
}

xtt_err prov_cmd_group_export(struct xttd_call *call)
{
    const char *raw = xttd_option_get(call, "raw"), *out = xttd_option_get(call, "out");
    struct xttd_group_paper paper = {.basename_n = 0};
    struct prov_group group;
    struct prov_place place;
    char *text;
    xtt_err err;

    if ((err = prov_place_open(&place, call, 0)) != XTT_OK)
        return err;
    err = get_group(&place, call->argv[0], &group);
    prov_place_close(&place);
    if (err != XTT_OK || (raw != NULL && (err = export_raw(call, &group, raw)) != XTT_OK))
        return err;
    memcpy(paper.name, group.name, sizeof paper.name);
    memcpy(paper.group_key, group.issuer_key, sizeof paper.group_key);
    memcpy(paper.basename, group.basename, sizeof paper.basename);
    paper.basename_n = group.basename_size;
    memcpy(paper.gid, group.gid, sizeof paper.gid);
    if (out != NULL)
        return xttd_paper_write(XTTD_PAPER_GROUP, &paper, out, &call->fail);
    if (raw != NULL)
        return XTT_OK;
    if ((err = xttd_paper_encode(XTTD_PAPER_GROUP, &paper, &text, &call->fail)) != XTT_OK)
        return err;
    fputs(text, stdout);
    free(text);
    return XTT_OK;
}

/* --- nonce and issue ------------------------------------------------------------------------ */

xtt_err prov_cmd_group_nonce(struct xttd_call *call)
{
    uint8_t nonce[NONCE_SIZE];
    char text[2 * NONCE_SIZE + 1];
    struct prov_group group;
    struct prov_place place;
    xtt_err err;

    if ((err = prov_place_open(&place, call, 0)) != XTT_OK)
        return err;
    if ((err = get_group(&place, call->argv[0], &group)) != XTT_OK ||
        (err = xtt_rng_draw(NULL, nonce, sizeof nonce)) != XTT_OK)
        goto out;
    err = prov_nonce_add(place.reg, group.number, (xtt_bytes){nonce, sizeof nonce}, prov_now());
    if (err != XTT_OK) {
        prov_place_fail(&place, err, "entering the nonce");
        goto out;
    }
    xttd_hex_print(nonce, sizeof nonce, text);
    if (call->json)
        err = xttd_json_print(json_pack("{s:s, s:s}", "group", group.name, "nonce", text), stdout);
    else
        puts(text);
out:
    prov_place_close(&place);
    return err;
}

/* What a member brings: its key with the proof, and the nonce it proves. */
struct application {
    uint8_t member_key[XTT_DAA_MEMBER_KEY_SIZE];
    uint8_t nonce[NONCE_MAX];
    size_t nonce_size;
    int is_raw;
    int is_software;
};

static xtt_err read_nonce(struct xttd_call *call, struct application *app)
{
    const char *hex = xttd_option_get(call, "nonce"), *text = xttd_option_get(call, "nonce-text");

    if (app->is_raw ? text == NULL || hex != NULL : hex == NULL || text != NULL)
        return xttd_fail(&call->fail, XTT_ERR_USAGE,
                         "give --nonce as \"group nonce\" printed it; with --raw, --nonce-text");
    if (text != NULL) {
        app->nonce_size = strlen(text);
        if (app->nonce_size <= sizeof app->nonce)
            memcpy(app->nonce, text, app->nonce_size);
    } else if (xttd_hex_parse(hex, app->nonce, sizeof app->nonce, &app->nonce_size) != XTT_OK) {
        app->nonce_size = 0;
    }
    if (app->nonce_size == 0 || app->nonce_size > sizeof app->nonce)
        return xttd_fail(&call->fail, XTT_ERR_USAGE, "the nonce must have 1 to %zu bytes",
                         sizeof app->nonce);
    return XTT_OK;
}

static xtt_err read_application(struct xttd_call *call, struct application *app)
{
    const char *path = xttd_option_get(call, "member-key");
    struct xttd_request_paper paper;
    xtt_err err;

    memset(app, 0, sizeof *app);
    app->is_raw = xttd_option_get(call, "raw") != NULL;
    if ((err = read_nonce(call, app)) != XTT_OK)
        return err;
    if (app->is_raw)
        return xttd_file_read_exactly(path, app->member_key, sizeof app->member_key, &call->fail);
    if ((err = xttd_paper_read(XTTD_PAPER_REQUEST, path, &paper, &call->fail)) != XTT_OK)
        return err;
    memcpy(app->member_key, paper.member_key, sizeof app->member_key);
    app->is_software = strcmp(paper.kind, "software") == 0;
    return XTT_OK;
}

static xtt_err check_application(struct xttd_call *call, const struct prov_group *group,
                                 const struct application *app)
{
    xtt_err err;

    if (group->issuer_secret_size == 0)
        return xttd_fail(&call->fail, XTT_ERR_REFUSED, "group %s is issued elsewhere", group->name);
    if (app->is_software && !group->software) {
        xttd_fail(&call->fail, XTT_ERR_REFUSED, "group %s takes no members without a TPM",
                  group->name);
        return xttd_fail_remedy(&call->fail, "for development, make a group with --software");
    }
    err = xtt_daa_join_check(app->member_key, (xtt_bytes){app->nonce, app->nonce_size});
    if (err != XTT_OK) {
        xttd_fail(&call->fail, err, "the member does not prove its key for this nonce");
        return xttd_fail_remedy(&call->fail, "let it make its request with the nonce given here");
    }
    return XTT_OK;
}

/* The credential is given out only when the nonce is used up; raw nonces are the operator's. */
static xtt_err issue(struct xttd_call *call, struct prov_place *place,
                     const struct prov_group *group, const struct application *app,
                     struct xttd_credential_paper *out)
{
    struct prov_keyd *keyd;
    xtt_err err;

    if ((err = prov_place_keys(call, NULL, NULL, &keyd, &call->fail)) != XTT_OK)
        return err;
    err = prov_keyd_issue(keyd, group->issuer_key,
                          (xtt_bytes){group->issuer_secret, group->issuer_secret_size},
                          app->member_key, out->credential, out->signature, &call->fail);
    prov_keyd_close(keyd);
    if (err != XTT_OK)
        return xttd_fail_while(&call->fail, "issuing the credential");
    memcpy(out->gid, group->gid, sizeof out->gid);
    if (app->is_raw)
        return XTT_OK;
    err = prov_nonce_use(place->reg, group->number, (xtt_bytes){app->nonce, app->nonce_size},
                         prov_now());
    if (err == XTT_ERR_NOT_FOUND) {
        xttd_fail(&call->fail, XTT_ERR_REFUSED,
                  "this nonce was not given out for group %s, or was used before", group->name);
        return xttd_fail_remedy(&call->fail, "get a fresh one with \"group nonce %s\"",
                                group->name);
    }
    return err == XTT_OK ? err : prov_place_fail(place, err, "using up the nonce");
}

static xtt_err write_credential(struct xttd_call *call, const struct xttd_credential_paper *paper,
                                int is_raw)
{
    const char *credential = xttd_option_get(call, "out-credential");
    const char *signature = xttd_option_get(call, "out-signature");
    xtt_err err;

    if (is_raw)
        err = xttd_file_write(credential, paper->credential, sizeof paper->credential, 0644,
                              &call->fail);
    else
        err = xttd_paper_write(XTTD_PAPER_CREDENTIAL, paper, credential, &call->fail);
    if (err != XTT_OK || signature == NULL)
        return err;
    return xttd_file_write(signature, paper->signature, sizeof paper->signature, 0644, &call->fail);
}

xtt_err prov_cmd_group_issue(struct xttd_call *call)
{
    struct xttd_credential_paper paper;
    struct application app;
    struct prov_group group;
    struct prov_place place;
    xtt_err err;

    if ((err = read_application(call, &app)) != XTT_OK ||
        (err = prov_place_open(&place, call, 0)) != XTT_OK)
        return err;
    if ((err = get_group(&place, call->argv[0], &group)) == XTT_OK &&
        (err = check_application(call, &group, &app)) == XTT_OK &&
        (err = issue(call, &place, &group, &app, &paper)) == XTT_OK)
        err = write_credential(call, &paper, app.is_raw);
    prov_place_close(&place);
    return err;
}

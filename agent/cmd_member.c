/* SPDX-License-Identifier: Apache-2.0 */
/* xtt-agent member request, member import: how the device becomes a member of a group. */
#include <stdlib.h>
#include <string.h>
#include <xtt/cert.h>
#include <xtt/daa.h>

#include "agent/cmd.h"
#include "daemon/file.h"
#include "daemon/hex.h"
#include "daemon/json.h"
#include "daemon/paper.h"

#define NONCE_MAX 1024

/* ---- request */

static xtt_err read_nonce(struct xttd_call *call, uint8_t nonce[NONCE_MAX], size_t *n)
{
    const char *hex = xttd_option_get(call, "nonce");
    const char *text = xttd_option_get(call, "nonce-text");

    if ((hex == NULL) == (text == NULL))
        return xttd_fail(&call->fail, XTT_ERR_USAGE, "give one of --nonce and --nonce-text");
    if (hex != NULL) {
        if (xttd_hex_parse(hex, nonce, NONCE_MAX, n) != XTT_OK || *n == 0)
            return xttd_fail(&call->fail, XTT_ERR_USAGE, "the nonce is no hexadecimal string");
        return XTT_OK;
    }
    *n = strlen(text);
    if (*n > NONCE_MAX)
        return xttd_fail(&call->fail, XTT_ERR_USAGE, "the nonce is longer than %d bytes",
                         NONCE_MAX);
    memcpy(nonce, text, *n);
    return XTT_OK;
}

static xtt_err write_request(struct xttd_call *call, const struct agent_key *member,
                             const uint8_t public_key[161])
{
    const char *out = xttd_option_get(call, "out");
    struct xttd_request_paper paper;
    xtt_err err;

    memcpy(paper.member_key, public_key, sizeof paper.member_key);
    memcpy(paper.kind, member->kind, sizeof paper.kind);
    if (xttd_option_get(call, "raw") != NULL)
        err = xttd_file_write(out, public_key, 161, 0644, &call->fail);
    else
        err = xttd_paper_write(XTTD_PAPER_REQUEST, &paper, out, &call->fail);
    if (err != XTT_OK)
        return err;
    if (call->json)
        return xttd_json_print(json_pack("{s:s, s:s}", "request", out, "member_kind", member->kind),
                               stdout);
    printf("request written to %s; give it to the station\n", out);
    return XTT_OK;
}

xtt_err agent_cmd_member_request(struct xttd_call *call)
{
    uint8_t nonce[NONCE_MAX], public_key[XTT_DAA_MEMBER_KEY_SIZE];
    struct agent_run run = {0};
    size_t n = 0;
    xtt_err err;

    if ((err = read_nonce(call, nonce, &n)) != XTT_OK)
        goto out;
    if ((err = agent_run_open(&run, call, AGENT_READ)) != XTT_OK)
        goto out;
    if (run.state.member.kind[0] == '\0') {
        err = xttd_fail(&call->fail, XTT_ERR_NOT_FOUND, "there is no member key in %s",
                        run.settings->state);
        xttd_fail_remedy(&call->fail, "run xtt-agent init first");
        goto out;
    }
    if ((err = agent_keys_open_member(&run.keys, &run.state.member, &call->fail)) != XTT_OK)
        goto out;
    if ((err = xtt_daa_join(run.keys.member, (xtt_bytes){nonce, n}, public_key)) != XTT_OK) {
        const char *why = agent_keys_why(&run.keys);

        xttd_fail(&call->fail, err, "the member key cannot sign the request: %s",
                  why[0] != '\0' ? why : xtt_err_text(err));
        goto out;
    }
    err = write_request(call, &run.state.member, public_key);
out:
    agent_run_close(&run);
    return err;
}

/* ---- import */

/* What was given, whichever form it had. */
struct import {
    struct agent_membership membership;
    uint8_t signature[64];
    int has_signature;
    uint8_t secret[32];
    int has_secret;
};

static const char *const paper_options[] = {"credential", "group", "root", NULL};
static const char *const raw_options[] = {"raw-credential", "raw-group-key", "raw-basename",
                                          "raw-root", NULL};

/* How many of the options are there; *missing is the first that is not. */
static size_t count(const struct xttd_call *call, const char *const *names, const char **missing)
{
    size_t n = 0;

    *missing = NULL;
    for (; *names != NULL; names++) {
        if (xttd_option_get(call, *names) != NULL)
            n++;
        else if (*missing == NULL)
            *missing = *names;
    }
    return n;
}

/* A credential paper has its signature inside; one given apart must be the same. */
static xtt_err read_signature(struct xttd_call *call, struct import *in)
{
    const char *path = xttd_option_get(call, "signature");
    uint8_t apart[64];
    xtt_err err;

    if (path == NULL)
        return XTT_OK;
    if ((err = xttd_file_read_exactly(path, apart, sizeof apart, &call->fail)) != XTT_OK)
        return err;
    if (in->has_signature && memcmp(apart, in->signature, sizeof apart) != 0)
        return xttd_fail(&call->fail, XTT_ERR_CREDENTIAL,
                         "%s is not the signature that the credential file holds", path);
    memcpy(in->signature, apart, sizeof apart);
    in->has_signature = 1;
    return XTT_OK;
}

static xtt_err read_papers(struct xttd_call *call, struct import *in)
{
    struct agent_membership *m = &in->membership;
    const char *group_path = xttd_option_get(call, "group");
    const char *credential_path = xttd_option_get(call, "credential");
    struct xttd_group_paper group;
    struct xttd_root_paper root;
    struct xttd_credential_paper credential;
    xtt_err err;

    if ((err = xttd_paper_read(XTTD_PAPER_GROUP, group_path, &group, &call->fail)) != XTT_OK)
        return err;
    if ((err = xttd_paper_read(XTTD_PAPER_ROOT, xttd_option_get(call, "root"), &root,
                               &call->fail)) != XTT_OK)
        return err;
    if ((err = xttd_paper_read(XTTD_PAPER_CREDENTIAL, credential_path, &credential, &call->fail)) !=
        XTT_OK)
        return err;
    if (memcmp(credential.gid, group.gid, sizeof group.gid) != 0)
        return xttd_fail(&call->fail, XTT_ERR_CREDENTIAL,
                         "the credential %s is not for the group %s", credential_path, group_path);
    memcpy(m->group, group.name, sizeof m->group);
    memcpy(m->group_key, group.group_key, sizeof m->group_key);
    memcpy(m->basename, group.basename, sizeof m->basename);
    m->basename_n = group.basename_n;
    memcpy(m->gid, group.gid, sizeof m->gid);
    memcpy(m->credential, credential.credential, sizeof m->credential);
    memcpy(m->root_id, root.root_id, sizeof m->root_id);
    memcpy(m->root_key, root.public_key, sizeof m->root_key);
    memcpy(in->signature, credential.signature, sizeof in->signature);
    in->has_signature = 1;
    return XTT_OK;
}

static xtt_err read_basename(const char *path, struct agent_membership *m, struct xttd_fail *fail)
{
    uint8_t *data;
    size_t n;
    xtt_err err;

    if ((err = xttd_file_read(path, sizeof m->basename, &data, &n, fail)) != XTT_OK)
        return err;
    memcpy(m->basename, data, n);
    m->basename_n = n;
    xttd_file_free(data, n);
    return n > 0 ? XTT_OK : xttd_fail(fail, XTT_ERR_BASENAME, "%s is empty", path);
}

/* Files as the deployed tools write them carry no group name: the gid makes one. */
static xtt_err read_raw(struct xttd_call *call, struct import *in)
{
    struct agent_membership *m = &in->membership;
    struct xttd_fail *fail = &call->fail;
    uint8_t certificate[XTT_ROOT_CERT_SIZE];
    const char *root_path = xttd_option_get(call, "raw-root");
    const char *secret_path = xttd_option_get(call, "raw-secret");
    char mark[9];
    struct xtt_root root;
    xtt_err err;

    if ((err = xttd_file_read_exactly(xttd_option_get(call, "raw-credential"), m->credential,
                                      sizeof m->credential, fail)) != XTT_OK)
        return err;
    if ((err = xttd_file_read_exactly(xttd_option_get(call, "raw-group-key"), m->group_key,
                                      sizeof m->group_key, fail)) != XTT_OK)
        return err;
    if ((err = read_basename(xttd_option_get(call, "raw-basename"), m, fail)) != XTT_OK)
        return err;
    if ((err = xttd_file_read_exactly(root_path, certificate, sizeof certificate, fail)) != XTT_OK)
        return err;
    if ((err = xtt_root_cert_decode(certificate, &root)) != XTT_OK)
        return xttd_fail(fail, err, "%s: %s", root_path, xtt_err_text(err));
    memcpy(m->root_id, root.id, sizeof m->root_id);
    memcpy(m->root_key, root.public_key, sizeof m->root_key);
    if ((err = xtt_daa_gid(m->group_key, (xtt_bytes){m->basename, m->basename_n}, m->gid)) !=
        XTT_OK)
        return xttd_fail(fail, err, "the group: %s", xtt_err_text(err));
    xttd_hex_print(m->gid, 4, mark);
    snprintf(m->group, sizeof m->group, "gid-%s", mark);
    in->has_secret = secret_path != NULL;
    return in->has_secret ? xttd_file_read_exactly(secret_path, in->secret, 32, fail) : XTT_OK;
}

static xtt_err read_import(struct xttd_call *call, struct import *in)
{
    const char *no_paper, *no_raw;
    size_t papers = count(call, paper_options, &no_paper);
    size_t raws = count(call, raw_options, &no_raw);
    xtt_err err;

    if (papers > 0 && raws > 0)
        return xttd_fail(&call->fail, XTT_ERR_USAGE,
                         "--%s and the --raw options do not go together",
                         papers == 3 || no_paper != paper_options[0] ? paper_options[0] : "group");
    if (raws == 0 && xttd_option_get(call, "raw-secret") != NULL)
        return xttd_fail(&call->fail, XTT_ERR_USAGE, "--raw-secret needs the other --raw options");
    if (raws == 0 && no_paper != NULL)
        return xttd_fail(&call->fail, XTT_ERR_USAGE, "member import needs --%s", no_paper);
    if (raws > 0 && no_raw != NULL)
        return xttd_fail(&call->fail, XTT_ERR_USAGE, "member import needs --%s", no_raw);
    if ((err = raws > 0 ? read_raw(call, in) : read_papers(call, in)) != XTT_OK)
        return err;
    return read_signature(call, in);
}

/* The group key is one, its basename usable, its gid the right one, and the root key a point. */
static xtt_err check_group(const struct agent_membership *m, struct xtt_daa_group **group,
                           struct xttd_fail *fail)
{
    const xtt_bytes basename = {m->basename, m->basename_n};
    struct xtt_root root;
    uint8_t certificate[XTT_ROOT_CERT_SIZE], gid[XTT_DAA_GID_SIZE];
    xtt_err err;

    if ((err = xtt_daa_basename_check(basename)) != XTT_OK)
        return xttd_fail(fail, err, "the basename of group %s: %s", m->group, xtt_err_text(err));
    if ((err = xtt_daa_gid(m->group_key, basename, gid)) != XTT_OK)
        return xttd_fail(fail, err, "group %s: %s", m->group, xtt_err_text(err));
    if (memcmp(gid, m->gid, sizeof gid) != 0)
        return xttd_fail(fail, XTT_ERR_FORMAT,
                         "the gid of group %s is not that of its key and basename", m->group);
    memcpy(root.id, m->root_id, sizeof root.id);
    memcpy(root.public_key, m->root_key, sizeof root.public_key);
    if ((err = xtt_root_cert_encode(&root, certificate)) != XTT_OK)
        return xttd_fail(fail, err, "the root's public key: %s", xtt_err_text(err));
    if ((err = xtt_daa_group_new(group, m->group_key)) != XTT_OK)
        return xttd_fail(fail, err, "the group key of %s: %s", m->group, xtt_err_text(err));
    return XTT_OK;
}

/* Signs and verifies once as in a handshake: what passes here will pass at the station. */
static xtt_err try_out(struct agent_run *run, const struct agent_membership *m,
                       const struct xtt_daa_group *group, struct xttd_fail *fail)
{
    static const uint8_t text[] = "xtt-agent member import";
    const xtt_bytes basename = {m->basename, m->basename_n}, msg = {text, sizeof text - 1};
    uint8_t signature[XTT_DAA_SIGNATURE_SIZE];
    xtt_err err;

    err = xtt_daa_sign(run->keys.member, m->credential, basename, msg, NULL, signature);
    if (err != XTT_OK && err != XTT_ERR_CREDENTIAL && err != XTT_ERR_POINT) {
        const char *why = agent_keys_why(&run->keys);

        return xttd_fail(fail, err, "the member key cannot sign: %s",
                         why[0] != '\0' ? why : xtt_err_text(err));
    }
    if (err == XTT_OK)
        err = xtt_daa_verify(group, basename, msg, signature, NULL, NULL);
    if (err == XTT_OK)
        return XTT_OK;
    return xttd_fail(fail, XTT_ERR_CREDENTIAL,
                     "the credential does not fit the member key and the key of group %s",
                     m->group);
}

static xtt_err check_credential(struct agent_run *run, const struct import *in,
                                struct xttd_fail *fail)
{
    const struct agent_membership *m = &in->membership;
    struct xtt_daa_group *group;
    xtt_err err;

    if ((err = check_group(m, &group, fail)) != XTT_OK)
        return err;
    if (in->has_signature && xtt_daa_credential_check(group, run->state.member.public_key,
                                                      m->credential, in->signature) != XTT_OK)
        err = xttd_fail(fail, XTT_ERR_CREDENTIAL,
                        "the credential does not fit the member key and the key of group %s",
                        m->group);
    else
        err = try_out(run, m, group, fail);
    xtt_daa_group_free(group);
    return err;
}

static xtt_err open_member(struct agent_run *run, const struct import *in, struct xttd_fail *fail)
{
    struct agent_state *state = &run->state;
    xtt_err err;

    if (in->has_secret) {
        if ((err = agent_keys_import(&run->keys, in->secret, &state->member, fail)) != XTT_OK)
            return err;
    } else if (state->member.kind[0] == '\0') {
        xttd_fail(fail, XTT_ERR_NOT_FOUND, "there is no member key in %s", run->settings->state);
        return xttd_fail_remedy(fail, "run xtt-agent init first");
    }
    return agent_keys_open_member(&run->keys, &state->member, fail);
}

static xtt_err tell_import(const struct xttd_call *call, const struct agent_state *state)
{
    const struct agent_membership *m = &state->membership;
    char gid[65];

    xttd_hex_print(m->gid, sizeof m->gid, gid);
    if (call->json)
        return xttd_json_print(json_pack("{s:s, s:{s:s, s:s}, s:s}", "state",
                                         agent_state_name(state), "group", "name", m->group, "gid",
                                         gid, "member_kind", state->member.kind),
                               stdout);
    printf("member of group %s (gid %s)\n", m->group, gid);
    return XTT_OK;
}

xtt_err agent_cmd_member_import(struct xttd_call *call)
{
    struct agent_run run = {0};
    struct import in = {.has_secret = 0};
    xtt_err err;

    if ((err = read_import(call, &in)) != XTT_OK)
        goto out;
    if ((err = agent_run_open(&run, call, AGENT_WRITE)) != XTT_OK)
        goto out;
    if ((err = open_member(&run, &in, &call->fail)) != XTT_OK)
        goto out;
    if ((err = check_credential(&run, &in, &call->fail)) != XTT_OK)
        goto out;
    run.state.membership = in.membership;
    memset(&run.state.trouble, 0, sizeof run.state.trouble);
    if ((err = agent_store_commit(run.store, &run.state, &call->fail)) != XTT_OK)
        goto out;
    err = tell_import(call, &run.state);
out:
    xtt_wipe(&in, sizeof in);
    agent_run_close(&run);
    return err;
}

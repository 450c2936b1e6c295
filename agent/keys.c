/* SPDX-License-Identifier: Apache-2.0 */
/* The device's keys, whichever box they live in; see keys.h. */
#include "agent/keys.h"

#include <string.h>
#include <xtt/daa.h>

#include "daemon/file.h"

void agent_keys_init(struct agent_keys *keys, const struct xttd_config *config,
                     const struct agent_settings *settings, struct agent_store *store)
{
    memset(keys, 0, sizeof *keys);
    keys->config = config;
    keys->settings = settings;
    keys->store = store;
    keys->srk = agent_store_get(store)->srk;
}

void agent_keys_close(struct agent_keys *keys)
{
    struct agent_keybox *boxes[] = {keys->tpm, keys->software};

    if (keys->longterm != NULL)
        keys->longterm->ops->free(keys->longterm);
    if (keys->member != NULL)
        keys->member->ops->free(keys->member);
    for (size_t i = 0; i < 2; i++)
        if (boxes[i] != NULL)
            boxes[i]->ops->free(boxes[i]);
    memset(keys, 0, sizeof *keys);
}

const char *agent_keys_why(const struct agent_keys *keys)
{
    return keys->tpm != NULL ? keys->tpm->ops->why(keys->tpm) : "";
}

static xtt_err open_tpm(struct agent_keys *keys, struct agent_keybox **box, struct xttd_fail *fail)
{
    const char *from = xttd_config_from(keys->config, "tpm.tcti");
    xtt_err err;

    if (keys->tpm == NULL &&
        (err = agent_keybox_tpm(&keys->tpm, keys->settings->tcti, strcmp(from, "default") != 0,
                                &keys->srk, fail)) != XTT_OK)
        return err;
    *box = keys->tpm;
    return XTT_OK;
}

/* Never a silent software key: the configuration has to ask for it, each time one is used. */
static xtt_err open_software(struct agent_keys *keys, struct agent_keybox **box,
                             struct xttd_fail *fail)
{
    xtt_err err;

    if (keys->settings->key != AGENT_KEY_SOFTWARE) {
        xttd_fail(fail, XTT_ERR_REFUSED,
                  "this key is a software key, and the configuration allows "
                  "none");
        xttd_fail_remedy(fail, "set key = software in [agent], for development only");
        return XTT_ERR_REFUSED;
    }
    if (keys->software == NULL && (err = agent_keybox_software(&keys->software, fail)) != XTT_OK)
        return err;
    *box = keys->software;
    return XTT_OK;
}

static xtt_err open_box(struct agent_keys *keys, const char *kind, struct agent_keybox **box,
                        struct xttd_fail *fail)
{
    return strcmp(kind, "software") == 0 ? open_software(keys, box, fail)
                                         : open_tpm(keys, box, fail);
}

static const char *wanted_kind(const struct agent_keys *keys)
{
    return keys->settings->key == AGENT_KEY_SOFTWARE ? "software" : "tpm";
}

xtt_err agent_keys_box(struct agent_keys *keys, struct agent_keybox **box, struct xttd_fail *fail)
{
    return open_box(keys, wanted_kind(keys), box, fail);
}

/* The box's own words are better than ours. */
static xtt_err box_failed(struct agent_keybox *box, xtt_err err, const char *doing,
                          struct xttd_fail *fail)
{
    const char *why = box->ops->why(box);

    return xttd_fail(fail, err, "%s: %s", doing, why[0] != '\0' ? why : xtt_err_text(err));
}

static xtt_err read_public(struct agent_keybox *box, int is_member, xtt_bytes text,
                           uint8_t public_key[65])
{
    struct xtt_gsigner *gsigner;
    struct xtt_signer *signer;
    xtt_err err;

    if (is_member) {
        if ((err = box->ops->gsigner(box, text, &gsigner)) != XTT_OK)
            return err;
        err = gsigner->ops->public_key(gsigner, public_key);
        gsigner->ops->free(gsigner);
        return err;
    }
    if ((err = box->ops->signer(box, text, &signer)) != XTT_OK)
        return err;
    err = signer->ops->public_key(signer, public_key);
    signer->ops->free(signer);
    return err;
}

/* A key's text becomes a file, and *key says which. */
static xtt_err keep(struct agent_keys *keys, struct agent_keybox *box, int is_member,
                    xtt_bytes text, struct agent_key *key, struct xttd_fail *fail)
{
    struct agent_key fresh = {.file = ""};
    xtt_err err;

    strcpy(fresh.kind, box->ops->kind);
    if ((err = read_public(box, is_member, text, fresh.public_key)) != XTT_OK)
        return box_failed(box, err, "reading the new key", fail);
    if ((err = agent_store_add_key(keys->store, is_member ? "member" : "longterm",
                                   box->ops->extension, text, &fresh, fail)) == XTT_OK)
        *key = fresh;
    return err;
}

xtt_err agent_keys_make(struct agent_keys *keys, int is_member, struct agent_key *key,
                        struct xttd_fail *fail)
{
    uint8_t text[AGENT_KEY_MAX];
    struct agent_keybox *box;
    size_t n = 0;
    xtt_err err;

    if ((err = open_box(keys, wanted_kind(keys), &box, fail)) != XTT_OK)
        return err;
    if ((err = box->ops->make(box, is_member, text, &n)) != XTT_OK)
        box_failed(box, err, is_member ? "making the member key" : "making the long-term key",
                   fail);
    else
        err = keep(keys, box, is_member, (xtt_bytes){text, n}, key, fail);
    xtt_wipe(text, sizeof text);
    return err;
}

xtt_err agent_keys_import(struct agent_keys *keys, const uint8_t secret[32], struct agent_key *key,
                          struct xttd_fail *fail)
{
    struct agent_keybox *box;
    xtt_err err;

    if ((err = open_software(keys, &box, fail)) != XTT_OK)
        return err;
    return keep(keys, box, 1, (xtt_bytes){secret, 32}, key, fail);
}

/* Reads the key's file and checks that it holds the key that the state names. */
static xtt_err read_key(struct agent_keys *keys, int is_member, const struct agent_key *key,
                        struct agent_keybox **box, uint8_t **text, size_t *n,
                        struct xttd_fail *fail)
{
    uint8_t public_key[65];
    xtt_err err;

    if ((err = open_box(keys, key->kind, box, fail)) != XTT_OK)
        return err;
    if ((err = agent_store_read_key(keys->store, key, text, n, fail)) != XTT_OK)
        return err;
    if ((err = read_public(*box, is_member, (xtt_bytes){*text, *n}, public_key)) != XTT_OK)
        box_failed(*box, err, key->file, fail);
    else if (memcmp(public_key, key->public_key, sizeof public_key) != 0)
        err =
            xttd_fail(fail, XTT_ERR_TPM_KEY, "%s holds another key than the state says", key->file);
    if (err != XTT_OK)
        xttd_file_free(*text, *n);
    return err;
}

xtt_err agent_keys_open_longterm(struct agent_keys *keys, const struct agent_key *key,
                                 struct xttd_fail *fail)
{
    struct agent_keybox *box;
    uint8_t *text;
    size_t n;
    xtt_err err;

    if ((err = read_key(keys, 0, key, &box, &text, &n, fail)) != XTT_OK)
        return err;
    if ((err = box->ops->signer(box, (xtt_bytes){text, n}, &keys->longterm)) != XTT_OK)
        box_failed(box, err, key->file, fail);
    xttd_file_free(text, n);
    return err;
}

xtt_err agent_keys_open_member(struct agent_keys *keys, const struct agent_key *key,
                               struct xttd_fail *fail)
{
    struct agent_keybox *box;
    uint8_t *text;
    size_t n;
    xtt_err err;

    if ((err = read_key(keys, 1, key, &box, &text, &n, fail)) != XTT_OK)
        return err;
    if ((err = box->ops->gsigner(box, (xtt_bytes){text, n}, &keys->member)) != XTT_OK)
        box_failed(box, err, key->file, fail);
    xttd_file_free(text, n);
    return err;
}

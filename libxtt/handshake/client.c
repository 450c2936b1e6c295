/* SPDX-License-Identifier: Apache-2.0 */
/* The client of identity provisioning: its steps and their order.  doc/protocol.md, "Client". */
#include "handshake/machine.h"

#include <string.h>

#include "base/bytes.h"
#include "handshake/proof.h"

static xtt_err send_init(struct xtt_hs *hs)
{
    const uint16_t suite = hs->cfg->suites[0];
    uint8_t *init = hs->t.init;
    xtt_err err;

    hs->t.suite = xtt_suite_find(suite);
    xtt_msg_init(init, XTT_M_CLIENT_INIT, suite);
    if ((err = xtt_rng_draw(hs->cfg->rng, xtt_msg_field(init, XTT_F_NONCE), 32)) != XTT_OK)
        return err;
    if ((err = xtt_rng_draw(hs->cfg->rng, hs->secret->kx, sizeof hs->secret->kx)) != XTT_OK)
        return err;
    if ((err = xtt_x25519_public(hs->secret->kx, xtt_msg_field(init, XTT_F_DH))) != XTT_OK)
        return err;
    xtt_hs_put(hs, init);
    return XTT_OK;
}

static xtt_err accept_attest(struct xtt_hs *hs)
{
    xtt_err err;

    /* The keys depend on the clear part alone; opening then fills in the rest. */
    memcpy(hs->t.attest, hs->in, hs->in_size);
    err = xtt_keys_exchange(hs->secret, &hs->t, xtt_msg_field(hs->in, XTT_F_DH));
    if (err != XTT_OK)
        return err;
    return xtt_hs_take_sealed(hs, hs->t.attest);
}

/* Everything about the server is known to be good before the device says who it is. */
static xtt_err check_server(struct xtt_hs *hs)
{
    const struct xtt_policy *policy = hs->cfg->policy;
    const uint8_t *cert = xtt_msg_field(hs->t.attest, XTT_F_CERT);
    struct xtt_server_cert server;
    struct xtt_root root;
    xtt_err err;

    if ((err = xtt_server_cert_decode(cert, &server)) != XTT_OK)
        return err;
    if ((err = policy->root(policy->arg, server.root_id, &root)) != XTT_OK)
        return err;
    err = xtt_server_cert_check(cert, &root, hs->t.suite->labelled, hs->cfg->now);
    if (err != XTT_OK)
        return err;
    err = xtt_verify_transcript(&hs->t, XTT_H_SIG_SERVER, server.public_key,
                                xtt_msg_field(hs->t.attest, XTT_F_SIG_S));
    return err == XTT_ERR_CLIENT_SIGNATURE ? XTT_ERR_SERVER_SIGNATURE : err;
}

static xtt_err build_attest(struct xtt_hs *hs)
{
    const struct xtt_member *member = hs->cfg->member;
    struct xtt_signer *key = hs->cfg->longterm_key;
    uint8_t *client = hs->t.client;
    xtt_err err;

    xtt_msg_init(client, XTT_M_ID_CLIENT_ATTEST, hs->t.suite->number);
    memcpy(xtt_msg_field(client, XTT_F_COOKIE), xtt_msg_field(hs->t.attest, XTT_F_COOKIE),
           XTT_COOKIE_SIZE);
    if ((err = key->ops->public_key(key, xtt_msg_field(client, XTT_F_LT_PUB))) != XTT_OK)
        return err;
    err = xtt_daa_gid(member->group_key, member->basename, xtt_msg_field(client, XTT_F_GROUP));
    if (err != XTT_OK)
        return err;
    memcpy(xtt_msg_field(client, XTT_F_ID), hs->cfg->requested_id, XTT_ID_SIZE);
    return XTT_OK;
}

static xtt_err sign_longterm(struct xtt_hs *hs)
{
    return xtt_sign_transcript(&hs->t, XTT_H_SIG_LONGTERM, hs->cfg->longterm_key,
                               xtt_msg_field(hs->t.client, XTT_F_LT_SIG));
}

static xtt_err sign_group(struct xtt_hs *hs)
{
    const struct xtt_member *member = hs->cfg->member;
    uint8_t msg[XTT_SIGNED_MAX];
    size_t size;
    xtt_err err;

    if ((err = xtt_transcript_signed(&hs->t, XTT_H_SIG_DAA, msg, &size)) != XTT_OK)
        return err;
    return xtt_daa_sign(member->key, member->credential, member->basename, xtt_span(msg, size),
                        hs->cfg->rng, xtt_msg_field(hs->t.client, XTT_F_DAA_SIG));
}

static xtt_err send_attest(struct xtt_hs *hs)
{
    return xtt_hs_put_sealed(hs, hs->t.client);
}

static xtt_err accept_finished(struct xtt_hs *hs)
{
    const uint8_t *client = hs->t.client;
    const uint8_t *longterm_key = xtt_msg_cfield(client, XTT_F_LT_PUB);
    struct xtt_identity *identity = &hs->identity;
    uint8_t finished[XTT_HS_MESSAGE_MAX];
    const uint8_t *id;
    xtt_err err;

    if ((err = xtt_hs_take_sealed(hs, finished)) != XTT_OK)
        return err;
    id = xtt_msg_field(finished, XTT_F_ID);
    if (xtt_ct_is_zero(id, XTT_ID_SIZE))
        return XTT_ERR_FINISH;
    if (!xtt_ct_is_zero(hs->cfg->requested_id, XTT_ID_SIZE) &&
        memcmp(id, hs->cfg->requested_id, XTT_ID_SIZE) != 0)
        return XTT_ERR_FINISH;
    if (memcmp(xtt_msg_field(finished, XTT_F_LT_PUB), longterm_key, XTT_P256_PUB_SIZE) != 0)
        return XTT_ERR_FINISH;
    memcpy(identity->id, id, sizeof identity->id);
    memcpy(identity->longterm_key, longterm_key, sizeof identity->longterm_key);
    memcpy(identity->pseudonym, xtt_msg_cfield(client, XTT_F_DAA_SIG) + XTT_DAA_SIGNATURE_PSEUDONYM,
           sizeof identity->pseudonym);
    memcpy(identity->gid, xtt_msg_cfield(client, XTT_F_GROUP), sizeof identity->gid);
    identity->suite = hs->t.suite->number;
    return XTT_OK;
}

/* clang-format off */
const struct xtt_step xtt_client_steps[] = {
    { XTT_S_START,         XTT_M_NONE,               send_init,       XTT_S_WAIT_ATTEST },
    { XTT_S_WAIT_ATTEST,   XTT_M_SERVER_ATTEST,      accept_attest,   XTT_S_CHECK_SERVER },
    { XTT_S_CHECK_SERVER,  XTT_M_NONE,               check_server,    XTT_S_BUILD_ATTEST },
    { XTT_S_BUILD_ATTEST,  XTT_M_NONE,               build_attest,    XTT_S_SIGN_LONGTERM },
    { XTT_S_SIGN_LONGTERM, XTT_M_NONE,               sign_longterm,   XTT_S_SIGN_GROUP },
    { XTT_S_SIGN_GROUP,    XTT_M_NONE,               sign_group,      XTT_S_SEND_ATTEST },
    { XTT_S_SEND_ATTEST,   XTT_M_NONE,               send_attest,     XTT_S_WAIT_FINISHED },
    { XTT_S_WAIT_FINISHED, XTT_M_ID_SERVER_FINISHED, accept_finished, XTT_S_DONE },
    { XTT_S_DONE,          XTT_M_NONE,               NULL,            XTT_S_DONE } };

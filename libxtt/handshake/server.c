/* SPDX-License-Identifier: Apache-2.0 */
/* The server of identity provisioning: its steps and their order.  doc/protocol.md, "Server". */
#include "handshake/machine.h"

#include <string.h>

#include "base/bytes.h"
#include "handshake/proof.h"

static xtt_err accept_init(struct xtt_hs *hs)
{
    const uint16_t number = xtt_get16(xtt_msg_field(hs->in, XTT_F_SUITE));
    size_t i;

    for (i = 0; i < hs->cfg->n_suites && hs->cfg->suites[i] != number; i++)
        ;
    if (i == hs->cfg->n_suites)
        return XTT_ERR_SUITE;
    hs->t.suite = xtt_suite_find(number);
    memcpy(hs->t.init, hs->in, sizeof hs->t.init);
    return XTT_OK;
}

static xtt_err make_attest(struct xtt_hs *hs)
{
    const struct xtt_policy *policy = hs->cfg->policy;
    uint8_t *attest = hs->t.attest;
    xtt_err err;

    xtt_msg_init(attest, XTT_M_SERVER_ATTEST, hs->t.suite->number);
    if ((err = policy->cookie(policy->arg, xtt_msg_field(attest, XTT_F_COOKIE))) != XTT_OK)
        return err;
    memcpy(xtt_msg_field(attest, XTT_F_CERT), hs->cfg->certificate, XTT_SERVER_CERT_SIZE);
    if ((err = xtt_rng_draw(hs->cfg->rng, hs->secret->kx, sizeof hs->secret->kx)) != XTT_OK)
        return err;
    if ((err = xtt_x25519_public(hs->secret->kx, xtt_msg_field(attest, XTT_F_DH))) != XTT_OK)
        return err;
    return xtt_keys_exchange(hs->secret, &hs->t, xtt_msg_field(hs->t.init, XTT_F_DH));
}

static xtt_err sign_attest(struct xtt_hs *hs)
{
    struct xtt_signer *key = hs->cfg->server_key;
    xtt_err err;

    err = xtt_sign_transcript(&hs->t, XTT_H_SIG_SERVER, key,
                              xtt_msg_field(hs->t.attest, XTT_F_SIG_S));
    return err != XTT_OK ? err : xtt_hs_put_sealed(hs, hs->t.attest);
}

static xtt_err open_attest(struct xtt_hs *hs)
{
    xtt_err err;

    if (!xtt_ct_eq(xtt_msg_field(hs->in, XTT_F_COOKIE), xtt_msg_field(hs->t.attest, XTT_F_COOKIE),
                   XTT_COOKIE_SIZE))
        return XTT_ERR_COOKIE;
    if ((err = xtt_hs_take_sealed(hs, hs->t.client)) != XTT_OK)
        return err;
    hs->attest_opened = hs->t.suite->labelled;
    return XTT_OK;
}

static xtt_err verify_longterm(const struct xtt_hs *hs)
{
    const uint8_t *client = hs->t.client;
    xtt_err err;

    err = xtt_verify_transcript(&hs->t, XTT_H_SIG_LONGTERM, xtt_msg_cfield(client, XTT_F_LT_PUB),
                                xtt_msg_cfield(client, XTT_F_LT_SIG));
    /* A key that is no point is told from a wrong signature by nobody outside. */
    return err == XTT_ERR_POINT ? XTT_ERR_CLIENT_SIGNATURE : err;
}

static xtt_err verify_group(struct xtt_hs *hs)
{
    const struct xtt_policy *policy = hs->cfg->policy;
    struct xtt_group group;
    uint8_t msg[XTT_SIGNED_MAX];
    size_t size;
    xtt_err err;

    err = policy->group(policy->arg, xtt_msg_field(hs->t.client, XTT_F_GROUP), &group);
    if (err != XTT_OK)
        return err;
    if ((err = xtt_transcript_signed(&hs->t, XTT_H_SIG_DAA, msg, &size)) != XTT_OK)
        return err;
    return xtt_daa_verify(group.key, group.basename, xtt_span(msg, size),
                          xtt_msg_field(hs->t.client, XTT_F_DAA_SIG), group.revoked, hs->cfg->rng);
}

static xtt_err verify_client(struct xtt_hs *hs)
{
    xtt_err err = verify_longterm(hs);

    return err != XTT_OK ? err : verify_group(hs);
}

static xtt_err assign_identity(struct xtt_hs *hs)
{
    const struct xtt_policy *policy = hs->cfg->policy;
    uint8_t *client = hs->t.client;
    const uint8_t *pseudonym = xtt_msg_field(client, XTT_F_DAA_SIG) + XTT_DAA_SIGNATURE_PSEUDONYM;
    const struct xtt_claim claim = {
        .suite = hs->t.suite->number,
        .gid = xtt_msg_field(client, XTT_F_GROUP),
        .pseudonym = pseudonym,
        .longterm_key = xtt_msg_field(client, XTT_F_LT_PUB),
        .requested_id = xtt_msg_field(client, XTT_F_ID),
    };
    struct xtt_identity *identity = &hs->identity;
    xtt_err err;

    if ((err = policy->assign(policy->arg, &claim, identity->id)) != XTT_OK)
        return err;
    memcpy(identity->longterm_key, claim.longterm_key, sizeof identity->longterm_key);
    memcpy(identity->pseudonym, pseudonym, sizeof identity->pseudonym);
    memcpy(identity->gid, claim.gid, sizeof identity->gid);
    identity->suite = claim.suite;
    return XTT_OK;
}

static xtt_err send_finished(struct xtt_hs *hs)
{
    uint8_t finished[XTT_HS_MESSAGE_MAX];

    xtt_msg_init(finished, XTT_M_ID_SERVER_FINISHED, hs->t.suite->number);
    memcpy(xtt_msg_field(finished, XTT_F_ID), hs->identity.id, XTT_ID_SIZE);
    memcpy(xtt_msg_field(finished, XTT_F_LT_PUB), hs->identity.longterm_key, XTT_P256_PUB_SIZE);
    return xtt_hs_put_sealed(hs, finished);
}

/* clang-format off */
const struct xtt_step xtt_server_steps[] = {
    { XTT_S_START,       XTT_M_CLIENT_INIT,      accept_init,     XTT_S_MAKE_ATTEST },
    { XTT_S_MAKE_ATTEST, XTT_M_NONE,             make_attest,     XTT_S_SIGN_ATTEST },
    { XTT_S_SIGN_ATTEST, XTT_M_NONE,             sign_attest,     XTT_S_WAIT_ATTEST },
    { XTT_S_WAIT_ATTEST, XTT_M_ID_CLIENT_ATTEST, open_attest,     XTT_S_VERIFY },
    { XTT_S_VERIFY,      XTT_M_NONE,             verify_client,   XTT_S_ASSIGN },
    { XTT_S_ASSIGN,      XTT_M_NONE,             assign_identity, XTT_S_FINISH },
    { XTT_S_FINISH,      XTT_M_NONE,             send_finished,   XTT_S_DONE },
    { XTT_S_DONE,        XTT_M_NONE,             NULL,            XTT_S_DONE } };

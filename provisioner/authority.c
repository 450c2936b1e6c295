/* SPDX-License-Identifier: Apache-2.0 */
/* Root, server key, certificate: made on the token, entered in the registry; see authority.h. */
#include "provisioner/authority.h"

#include "provisioner/request.h"

#include <stdlib.h>
#include <string.h>
#include <xtt/cert.h>

#define DAY 86400u
/* A certificate begins a little before it was made: clocks differ. */
#define SKEW         300u
#define WRAPPING_KEY "xtt-wrapping"

/* PREFIX-12345678: keys of one kind are told apart by a random ending. */
static xtt_err make_label(const char *prefix, char label[PROV_LABEL_SIZE])
{
    uint8_t r[4];
    xtt_err err;

    if ((err = xtt_rng_draw(NULL, r, sizeof r)) == XTT_OK)
        snprintf(label, PROV_LABEL_SIZE, "%s-%02x%02x%02x%02x", prefix, r[0], r[1], r[2], r[3]);
    return err;
}

xtt_err prov_root_make(struct prov_place *place, struct prov_keyd *keyd, struct prov_root *out)
{
    struct prov_root root = {.created = prov_now()};
    xtt_err err;

    if ((err = xtt_rng_draw(NULL, root.root_id, sizeof root.root_id)) != XTT_OK ||
        (err = make_label("xtt-root", root.label)) != XTT_OK)
        return err;
    err = prov_keyd_make_key(keyd, root.label, root.public_key, place->fail);
    if (err != XTT_OK)
        return xttd_fail_while(place->fail, "making the root key");
    if ((err = prov_root_add(place->reg, &root)) != XTT_OK)
        return prov_place_fail(place, err, "entering the root");
    *out = root;
    return XTT_OK;
}

xtt_err prov_server_make(struct prov_place *place, struct prov_keyd *keyd, struct prov_server *out)
{
    struct prov_server server = {.created = prov_now()};
    xtt_err err;

    if ((err = prov_server_requested(place->reg, out)) != XTT_ERR_NOT_FOUND)
        return err == XTT_OK ? err : prov_place_fail(place, err, "looking for a server key");
    if ((err = make_label("xtt-server", server.label)) != XTT_OK)
        return err;
    err = prov_keyd_make_key(keyd, server.label, server.public_key, place->fail);
    if (err != XTT_OK)
        return xttd_fail_while(place->fail, "making the server key");
    if ((err = prov_server_add(place->reg, &server)) != XTT_OK)
        return prov_place_fail(place, err, "entering the server key");
    *out = server;
    return XTT_OK;
}

xtt_err prov_server_request(struct prov_place *place, struct prov_keyd *keyd,
                            const struct prov_server *server, struct xttd_server_request_paper *out)
{
    struct xtt_signer *signer;
    xtt_err err;

    if ((err = prov_keyd_signer_new(&signer, keyd, server->label)) != XTT_OK)
        return xttd_fail(place->fail, err, "the server key %s cannot be used", server->label);
    if ((err = prov_request_make(signer, server->public_key, out->request)) != XTT_OK) {
        xttd_fail(place->fail, err, "the server key %s does not sign as it should", server->label);
        xttd_fail_remedy(place->fail, "is this the token it was made on? %s", xtt_err_text(err));
    }
    signer->ops->free(signer);
    return err;
}

/* The newest root, if its key is on our token. */
static xtt_err get_own_root(struct prov_place *place, struct prov_root *root)
{
    xtt_err err;

    err = prov_root_get(place->reg, NULL, root);
    if (err == XTT_ERR_REGISTRY)
        return prov_place_fail(place, err, "looking for the root");
    if (err == XTT_OK && root->label[0] != '\0')
        return XTT_OK;
    xttd_fail(place->fail, XTT_ERR_NOT_FOUND, "the key of the root is not on this station's token");
    return xttd_fail_remedy(
        place->fail, "make one with \"root init\", or run \"root certify\" where the root is "
                     "and \"server import\" here");
}

xtt_err prov_root_sign(struct prov_place *place, struct prov_keyd *keyd,
                       const struct xttd_server_request_paper *request, uint64_t days,
                       struct xttd_server_paper *out)
{
    const uint64_t now = (uint64_t)prov_now();
    struct xtt_server_cert cert = {.dated = 1,
                                   .not_before = now - SKEW,
                                   .not_after = days != 0 ? now + days * DAY : XTT_NO_END};
    struct xttd_server_paper paper;
    struct xtt_signer *signer;
    struct prov_root root;
    xtt_err err;

    if ((err = prov_request_check(request->request, cert.public_key)) != XTT_OK)
        return xttd_fail(place->fail, err, "the request is not signed by the key in it");
    if ((err = get_own_root(place, &root)) != XTT_OK)
        return err;
    memcpy(cert.root_id, root.root_id, sizeof cert.root_id);
    memcpy(paper.root_id, root.root_id, sizeof paper.root_id);
    memcpy(paper.root_key, root.public_key, sizeof paper.root_key);
    if ((err = prov_keyd_signer_new(&signer, keyd, root.label)) != XTT_OK)
        return xttd_fail(place->fail, err, "the root key %s cannot be used", root.label);
    if ((err = xtt_server_cert_sign(&cert, signer, paper.certificate)) != XTT_OK)
        xttd_fail(place->fail, err, "signing the certificate with %s", root.label);
    else
        *out = paper;
    signer->ops->free(signer);
    return err;
}

/* Enters the root of a certificate, or compares it with the one of that name. */
static xtt_err take_root(struct prov_place *place, const struct xttd_server_paper *paper)
{
    struct prov_root root = {.created = prov_now()}, known;
    xtt_err err;

    err = prov_root_get(place->reg, paper->root_id, &known);
    if (err == XTT_OK && memcmp(known.public_key, paper->root_key, sizeof known.public_key) != 0)
        return xttd_fail(place->fail, XTT_ERR_CERTIFICATE,
                         "a root of the same name but with another key is known here");
    if (err == XTT_ERR_NOT_FOUND) {
        memcpy(root.root_id, paper->root_id, sizeof root.root_id);
        memcpy(root.public_key, paper->root_key, sizeof root.public_key);
        err = prov_root_add(place->reg, &root);
    }
    return err == XTT_OK ? err : prov_place_fail(place, err, "entering the root");
}

xtt_err prov_server_take(struct prov_place *place, const struct xttd_server_paper *paper)
{
    struct xtt_server_cert cert;
    struct xtt_root root;
    xtt_err err;

    memcpy(root.id, paper->root_id, sizeof root.id);
    memcpy(root.public_key, paper->root_key, sizeof root.public_key);
    if ((err = xtt_server_cert_check(paper->certificate, &root, 0, 0)) != XTT_OK ||
        (err = xtt_server_cert_decode(paper->certificate, &cert)) != XTT_OK)
        return xttd_fail(place->fail, err, "the certificate is not signed by its root");
    if (cert.dated && (uint64_t)prov_now() > cert.not_after)
        return xttd_fail(place->fail, XTT_ERR_CERTIFICATE, "the certificate is out of date");
    if ((err = prov_registry_begin(place->reg)) != XTT_OK)
        return prov_place_fail(place, err, "importing the certificate");
    if ((err = take_root(place, paper)) != XTT_OK)
        goto out;
    err = prov_server_certify(place->reg, cert.public_key, paper->certificate);
    if (err == XTT_ERR_NOT_FOUND)
        xttd_fail(place->fail, err, "the certificate is for a key that is not this station's");
    else if (err != XTT_OK || (err = prov_registry_commit(place->reg)) != XTT_OK)
        prov_place_fail(place, err, "importing the certificate");
out:
    prov_registry_rollback(place->reg);
    return err;
}

xtt_err prov_wrapping_make(struct prov_place *place, struct prov_keyd *keyd)
{
    char label[PROV_LABEL_SIZE];
    xtt_err err;

    err = prov_meta_get(place->reg, "wrapping-key", label, sizeof label);
    if (err != XTT_ERR_NOT_FOUND)
        return err == XTT_OK ? err : prov_place_fail(place, err, "looking up the wrapping key");
    /* One that an earlier, interrupted init left on the token is as good as a new one. */
    err = prov_keyd_make_wrapping_key(keyd, WRAPPING_KEY, place->fail);
    if (err != XTT_OK && err != XTT_ERR_EXISTS)
        return xttd_fail_while(place->fail, "making the wrapping key");
    err = prov_meta_set(place->reg, "wrapping-key", WRAPPING_KEY);
    return err == XTT_OK ? err : prov_place_fail(place, err, "entering the wrapping key");
}

xtt_err prov_days_read(struct xttd_call *call, uint64_t dflt, uint64_t *days)
{
    const char *text = xttd_option_get(call, "days");

    *days = dflt;
    if (text == NULL)
        return XTT_OK;
    if (text[0] == '\0' || strlen(text) > 5 || strspn(text, "0123456789") != strlen(text) ||
        strtoul(text, NULL, 10) > 36500)
        return xttd_fail(&call->fail, XTT_ERR_USAGE, "--days takes a number from 0 to 36500");
    *days = strtoul(text, NULL, 10);
    return XTT_OK;
}

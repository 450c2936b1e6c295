/* SPDX-License-Identifier: Apache-2.0 */
/* init, root *, server *: the command line in front of authority.c. */
#include "provisioner/cmd.h"

#include "daemon/file.h"
#include "daemon/hex.h"
#include "daemon/json.h"
#include "provisioner/authority.h"

#include <stdlib.h>
#include <string.h>
#include <xtt/cert.h>

#define DEFAULT_DAYS 365

/* Registry and key process, which most of these verbs need. */
struct desk {
    struct prov_place place;
    struct prov_keyd *keyd;
};

static xtt_err open_desk(struct desk *desk, struct xttd_call *call, int make)
{
    xtt_err err;

    if ((err = prov_place_open(&desk->place, call, make)) != XTT_OK)
        return err;
    if ((err = prov_place_keys(call, NULL, NULL, &desk->keyd, &call->fail)) != XTT_OK)
        prov_place_close(&desk->place);
    return err;
}

static void close_desk(struct desk *desk)
{
    prov_keyd_close(desk->keyd);
    prov_place_close(&desk->place);
}

/* --- what is told --------------------------------------------------------------------------- */

static json_t *hex_json(const uint8_t *bytes, size_t n)
{
    char text[2 * XTT_SERVER_CERT_SIZE + 1];

    xttd_hex_print(bytes, n, text);
    return json_string(text);
}

static xtt_err tell_root(struct xttd_call *call, const struct prov_root *root)
{
    char id[33];

    xttd_hex_print(root->root_id, sizeof root->root_id, id);
    if (call->json)
        return xttd_json_print(json_pack("{s:s, s:s, s:o}", "root_id", id, "label", root->label,
                                         "public_key", hex_json(root->public_key, 65)),
                               stdout);
    printf("root %s\n  key on the token: %s\n", id,
           root->label[0] != '\0' ? root->label : "none, it is elsewhere");
    return XTT_OK;
}

static xtt_err tell_server(struct xttd_call *call, const struct prov_server *server)
{
    struct xtt_server_cert cert;
    char until[PROV_TIME_SIZE] = "without end";
    xtt_err err;

    if ((err = xtt_server_cert_decode(server->certificate, &cert)) != XTT_OK)
        return err;
    if (cert.dated && cert.not_after != XTT_NO_END)
        prov_time_print((int64_t)cert.not_after, until);
    if (call->json)
        return xttd_json_print(json_pack("{s:s, s:o, s:s?, s:b}", "label", server->label, "root_id",
                                         hex_json(cert.root_id, 16), "not_after",
                                         cert.not_after == XTT_NO_END ? NULL : until, "dated",
                                         cert.dated),
                               stdout);
    printf("server key %s, certificate valid until: %s\n", server->label, until);
    if (!cert.dated)
        printf(
            "  the certificate is of the old form without dates: suites 0x0001 to 0x0004 only\n");
    return XTT_OK;
}

static xtt_err tell_current(struct xttd_call *call, struct prov_place *place)
{
    struct prov_server server;
    xtt_err err;

    if ((err = prov_server_current(place->reg, &server)) != XTT_OK)
        return prov_place_fail(place, err, "reading the certificate");
    return tell_server(call, &server);
}

/* --- root ----------------------------------------------------------------------------------- */

xtt_err prov_cmd_root_init(struct xttd_call *call)
{
    struct prov_root root;
    struct desk desk;
    xtt_err err;

    if ((err = open_desk(&desk, call, 1)) != XTT_OK)
        return err;
    if ((err = prov_root_make(&desk.place, desk.keyd, &root)) == XTT_OK)
        err = tell_root(call, &root);
    close_desk(&desk);
    return err;
}

xtt_err prov_cmd_root_certify(struct xttd_call *call)
{
    struct xttd_server_request_paper request;
    struct xttd_server_paper paper;
    struct desk desk;
    uint64_t days;
    xtt_err err;

    if ((err = prov_days_read(call, DEFAULT_DAYS, &days)) != XTT_OK ||
        (err = xttd_paper_read(XTTD_PAPER_SERVER_REQUEST, call->argv[0], &request, &call->fail)) !=
            XTT_OK ||
        (err = open_desk(&desk, call, 0)) != XTT_OK)
        return err;
    if ((err = prov_root_sign(&desk.place, desk.keyd, &request, days, &paper)) == XTT_OK)
        err = xttd_paper_write(XTTD_PAPER_SERVER, &paper, call->argv[1], &call->fail);
    close_desk(&desk);
    return err;
}

/* The root of the current certificate; before there is one, the newest root. */
static xtt_err get_root(struct prov_place *place, struct prov_root *root)
{
    struct prov_server server;
    struct xtt_server_cert cert;
    xtt_err err;

    err = prov_server_current(place->reg, &server);
    if (err == XTT_OK && (err = xtt_server_cert_decode(server.certificate, &cert)) == XTT_OK)
        err = prov_root_get(place->reg, cert.root_id, root);
    else if (err == XTT_ERR_NOT_FOUND)
        err = prov_root_get(place->reg, NULL, root);
    return err == XTT_OK ? err : prov_place_fail(place, err, "there is no root here yet");
}

xtt_err prov_cmd_root_export(struct xttd_call *call)
{
    const char *raw = xttd_option_get(call, "raw"), *out = xttd_option_get(call, "out");
    uint8_t bytes[XTT_ROOT_CERT_SIZE];
    struct xttd_root_paper paper;
    struct xtt_root plain;
    struct prov_place place;
    struct prov_root root;
    char *text;
    xtt_err err;

    if ((err = prov_place_open(&place, call, 0)) != XTT_OK)
        return err;
    err = get_root(&place, &root);
    prov_place_close(&place);
    if (err != XTT_OK)
        return err;
    memcpy(plain.id, root.root_id, sizeof plain.id);
    memcpy(plain.public_key, root.public_key, sizeof plain.public_key);
    memcpy(paper.root_id, root.root_id, sizeof paper.root_id);
    memcpy(paper.public_key, root.public_key, sizeof paper.public_key);
    if (raw != NULL &&
        ((err = xtt_root_cert_encode(&plain, bytes)) != XTT_OK ||
         (err = xttd_file_write(raw, bytes, sizeof bytes, 0644, &call->fail)) != XTT_OK))
        return err;
    if (out != NULL)
        return xttd_paper_write(XTTD_PAPER_ROOT, &paper, out, &call->fail);
    if (raw != NULL ||
        (err = xttd_paper_encode(XTTD_PAPER_ROOT, &paper, &text, &call->fail)) != XTT_OK)
        return err;
    fputs(text, stdout);
    free(text);
    return XTT_OK;
}

/* A paper, or the 81 bytes of the deployed tools. */
static xtt_err read_root(struct xttd_call *call, struct prov_root *root)
{
    const char *path = call->argv[0];
    struct xttd_root_paper paper;
    struct xtt_root plain;
    uint8_t *data;
    size_t n;
    xtt_err err;

    if ((err = xttd_file_read(path, XTTD_PAPER_MAX, &data, &n, &call->fail)) != XTT_OK)
        return err;
    if (n == XTT_ROOT_CERT_SIZE && (err = xtt_root_cert_decode(data, &plain)) == XTT_OK) {
        memcpy(root->root_id, plain.id, sizeof plain.id);
        memcpy(root->public_key, plain.public_key, sizeof plain.public_key);
    } else if (n == XTT_ROOT_CERT_SIZE) {
        xttd_fail(&call->fail, err, "%s is no root certificate", path);
    } else if ((err = xttd_paper_decode(XTTD_PAPER_ROOT, data, n, path, &paper, &call->fail)) ==
               XTT_OK) {
        memcpy(root->root_id, paper.root_id, sizeof paper.root_id);
        memcpy(root->public_key, paper.public_key, sizeof paper.public_key);
    }
    xttd_file_free(data, n);
    return err;
}

xtt_err prov_cmd_root_import(struct xttd_call *call)
{
    struct prov_root root = {.created = prov_now()};
    struct prov_place place;
    xtt_err err;

    if ((err = read_root(call, &root)) != XTT_OK ||
        (err = prov_place_open(&place, call, 1)) != XTT_OK)
        return err;
    if ((err = prov_root_add(place.reg, &root)) == XTT_ERR_EXISTS)
        xttd_fail(&call->fail, err, "a root of that name is here already");
    else if (err != XTT_OK)
        prov_place_fail(&place, err, "entering the root");
    else
        err = tell_root(call, &root);
    prov_place_close(&place);
    return err;
}

/* --- server --------------------------------------------------------------------------------- */

xtt_err prov_cmd_server_csr(struct xttd_call *call)
{
    struct xttd_server_request_paper request;
    struct prov_server server;
    struct desk desk;
    xtt_err err;

    if ((err = open_desk(&desk, call, 1)) != XTT_OK)
        return err;
    if ((err = prov_server_make(&desk.place, desk.keyd, &server)) == XTT_OK &&
        (err = prov_server_request(&desk.place, desk.keyd, &server, &request)) == XTT_OK)
        err = xttd_paper_write(XTTD_PAPER_SERVER_REQUEST, &request, call->argv[0], &call->fail);
    close_desk(&desk);
    return err;
}

/* A paper, or the 169 bytes of the deployed tools, whose root must be known here. */
static xtt_err read_certificate(struct xttd_call *call, struct prov_place *place,
                                struct xttd_server_paper *paper)
{
    const char *path = call->argv[0];
    struct prov_root root;
    uint8_t *data;
    size_t n;
    xtt_err err;

    if ((err = xttd_file_read(path, XTTD_PAPER_MAX, &data, &n, &call->fail)) != XTT_OK)
        return err;
    if (n == XTT_SERVER_CERT_SIZE) {
        struct xtt_server_cert cert;

        memcpy(paper->certificate, data, sizeof paper->certificate);
        if ((err = xtt_server_cert_decode(data, &cert)) == XTT_OK &&
            (err = prov_root_get(place->reg, cert.root_id, &root)) == XTT_OK) {
            memcpy(paper->root_id, root.root_id, sizeof paper->root_id);
            memcpy(paper->root_key, root.public_key, sizeof paper->root_key);
        } else {
            xttd_fail(&call->fail, err, "%s is no certificate, or its root is not known here",
                      path);
            xttd_fail_remedy(&call->fail, "\"root import\" the root first");
        }
    } else {
        err = xttd_paper_decode(XTTD_PAPER_SERVER, data, n, path, paper, &call->fail);
    }
    xttd_file_free(data, n);
    return err;
}

xtt_err prov_cmd_server_import(struct xttd_call *call)
{
    struct xttd_server_paper paper;
    struct prov_place place;
    xtt_err err;

    if ((err = prov_place_open(&place, call, 0)) != XTT_OK)
        return err;
    if ((err = read_certificate(call, &place, &paper)) == XTT_OK &&
        (err = prov_server_take(&place, &paper)) == XTT_OK)
        err = tell_current(call, &place);
    prov_place_close(&place);
    return err;
}

/* Request, certificate and import at one desk. */
static xtt_err certify_here(struct desk *desk, const struct prov_server *server, uint64_t days)
{
    struct xttd_server_request_paper request;
    struct xttd_server_paper paper;
    xtt_err err;

    if ((err = prov_server_request(&desk->place, desk->keyd, server, &request)) != XTT_OK ||
        (err = prov_root_sign(&desk->place, desk->keyd, &request, days, &paper)) != XTT_OK)
        return err;
    return prov_server_take(&desk->place, &paper);
}

xtt_err prov_cmd_server_renew(struct xttd_call *call)
{
    struct prov_server server;
    struct desk desk;
    uint64_t days;
    xtt_err err;

    if ((err = prov_days_read(call, DEFAULT_DAYS, &days)) != XTT_OK ||
        (err = open_desk(&desk, call, 0)) != XTT_OK)
        return err;
    if (xttd_option_get(call, "new-key") != NULL)
        err = prov_server_make(&desk.place, desk.keyd, &server);
    else if ((err = prov_server_current(desk.place.reg, &server)) != XTT_OK)
        prov_place_fail(&desk.place, err, "there is no certificate to renew");
    if (err == XTT_OK && (err = certify_here(&desk, &server, days)) == XTT_OK)
        err = tell_current(call, &desk.place);
    close_desk(&desk);
    return err;
}

/* --- all of it ------------------------------------------------------------------------------ */

/* Does what is missing, so it may be run again after an interruption. */
static xtt_err complete(struct desk *desk, uint64_t days)
{
    struct prov_server server;
    struct prov_root root;
    xtt_err err;

    if ((err = prov_wrapping_make(&desk->place, desk->keyd)) != XTT_OK)
        return err;
    if ((err = prov_root_get(desk->place.reg, NULL, &root)) == XTT_ERR_NOT_FOUND)
        err = prov_root_make(&desk->place, desk->keyd, &root);
    else if (err != XTT_OK)
        prov_place_fail(&desk->place, err, "looking for the root");
    if (err != XTT_OK)
        return err;
    if ((err = prov_server_current(desk->place.reg, &server)) != XTT_ERR_NOT_FOUND)
        return err == XTT_OK ? err : prov_place_fail(&desk->place, err, "reading the certificate");
    if ((err = prov_server_make(&desk->place, desk->keyd, &server)) != XTT_OK)
        return err;
    return certify_here(desk, &server, days);
}

xtt_err prov_cmd_init(struct xttd_call *call)
{
    struct desk desk;
    uint64_t days;
    xtt_err err;

    if ((err = prov_days_read(call, DEFAULT_DAYS, &days)) != XTT_OK ||
        (err = open_desk(&desk, call, 1)) != XTT_OK)
        return err;
    if ((err = complete(&desk, days)) == XTT_OK)
        err = tell_current(call, &desk.place);
    close_desk(&desk);
    return err;
}

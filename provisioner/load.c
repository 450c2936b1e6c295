/* SPDX-License-Identifier: Apache-2.0 */
/* Reading what serve needs; see load.h. */
#include "provisioner/load.h"

#include <string.h>

#include "daemon/log.h"
#include "provisioner/k_alloc.h"
#include "provisioner/request.h"

#define SOON (30 * 24 * 3600)

xtt_err prov_suites_read(const struct prov_settings *settings, uint16_t suites[PROV_SUITES_MAX],
                         size_t *n, struct xttd_fail *fail)
{
    const struct xttd_list *list = &settings->suites;

    if (list->n == 0 || list->n > PROV_SUITES_MAX)
        return xttd_fail(fail, XTT_ERR_CONFIG, "station.suites must name 1 to %d suites",
                         PROV_SUITES_MAX);
    for (size_t i = 0; i < list->n; i++)
        if (xtt_suite_parse(list->items[i], &suites[i]) != XTT_OK) {
            xttd_fail(fail, XTT_ERR_CONFIG, "station.suites: there is no suite \"%.80s\"",
                      list->items[i]);
            return xttd_fail_remedy(fail, "use 0x0101 to 0x0104, and 0x0001 to 0x0004 for devices "
                                          "of older make");
        }
    *n = list->n;
    return XTT_OK;
}

/* Says what is wrong with the dates; a device without a clock takes the certificate all the same.
 */
static void judge_dates(const struct xtt_server_cert *cert)
{
    const uint64_t now = (uint64_t)prov_now();
    char until[PROV_TIME_SIZE];

    if (!cert->dated || cert->not_after == XTT_NO_END || cert->not_after > now + SOON)
        return;
    prov_time_print((int64_t)cert->not_after, until);
    if (now > cert->not_after)
        xttd_log(XTTD_ERR,
                 "the server certificate ended %s: devices with a clock refuse it; "
                 "run \"server renew\"",
                 until);
    else
        xttd_log(XTTD_WARNING, "the server certificate ends %s; run \"server renew\"", until);
}

static xtt_err check_suites(const struct prov_loaded *loaded, const struct xtt_server_cert *cert,
                            struct xttd_fail *fail)
{
    for (size_t i = 0; i < loaded->n_suites; i++)
        if (!cert->dated && (loaded->suites[i] & 0x0100) != 0) {
            xttd_fail(fail, XTT_ERR_CONFIG,
                      "the server certificate has no dates, which suite 0x%04X needs",
                      loaded->suites[i]);
            return xttd_fail_remedy(fail, "set station.suites to 0x0001 to 0x0004, or run "
                                          "\"server renew\"");
        }
    return XTT_OK;
}

/* The key that the certificate is for signs, on this token, now. */
static xtt_err try_key(const struct prov_loaded *loaded, const struct xtt_server_cert *cert,
                       struct prov_keyd *keyd, struct xttd_fail *fail)
{
    uint8_t request[XTT_SERVER_CERT_SIZE], pub[65];
    struct xtt_signer *signer;
    xtt_err err;

    if ((err = prov_keyd_check(keyd, fail)) != XTT_OK ||
        (err = prov_keyd_public_key(keyd, loaded->label, pub, fail)) != XTT_OK)
        return err;
    if (memcmp(pub, cert->public_key, sizeof pub) != 0)
        return xttd_fail(fail, XTT_ERR_HSM_KEY,
                         "the key %s on the token is not the one of the server certificate",
                         loaded->label);
    if ((err = prov_keyd_signer_new(&signer, keyd, loaded->label)) != XTT_OK)
        return err;
    if ((err = prov_request_make(signer, pub, request)) != XTT_OK)
        xttd_fail(fail, err, "the key %s on the token does not sign as it should", loaded->label);
    signer->ops->free(signer);
    return err;
}

static xtt_err load_server(struct prov_loaded *loaded, struct prov_registry *reg,
                           struct prov_keyd *keyd, struct xttd_fail *fail)
{
    struct xtt_server_cert cert;
    struct prov_server server;
    xtt_err err;

    if ((err = prov_server_current(reg, &server)) == XTT_ERR_NOT_FOUND) {
        xttd_fail(fail, err, "the station has no server certificate yet");
        return xttd_fail_remedy(fail, "run \"init\", or \"server csr\" and \"server import\"");
    }
    if (err != XTT_OK)
        return xttd_fail(fail, err, "%s", prov_registry_error(reg));
    if ((err = xtt_server_cert_decode(server.certificate, &cert)) != XTT_OK)
        return xttd_fail(fail, err, "the server certificate is damaged");
    memcpy(loaded->certificate, server.certificate, sizeof loaded->certificate);
    memcpy(loaded->label, server.label, sizeof loaded->label);
    if ((err = check_suites(loaded, &cert, fail)) != XTT_OK ||
        (err = try_key(loaded, &cert, keyd, fail)) != XTT_OK)
        return err;
    judge_dates(&cert);
    return XTT_OK;
}

xtt_err prov_load(struct prov_loaded *out, const struct prov_settings *settings,
                  struct prov_keyd *keyd, struct xttd_fail *fail)
{
    struct prov_loaded loaded = {.roster = NULL};
    struct prov_registry *reg;
    char path[PROV_PATH_SIZE];
    xtt_err err;

    if ((err = prov_suites_read(settings, loaded.suites, &loaded.n_suites, fail)) != XTT_OK ||
        (err = prov_place_path(settings, "registry.db", path, fail)) != XTT_OK)
        return err;
    if ((err = prov_registry_open(&reg, path)) != XTT_OK)
        xttd_fail(fail, err, "%s", prov_registry_error(reg));
    else if ((err = load_server(&loaded, reg, keyd, fail)) == XTT_OK &&
             (err = prov_roster_new(&loaded.roster, reg, prov_k_alloc_open, keyd, fail)) == XTT_OK)
        *out = loaded;
    prov_registry_close(reg);
    return err;
}

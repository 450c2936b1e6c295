/* SPDX-License-Identifier: Apache-2.0 */
/* The station's command line as tables: verbs, options, settings.  --help, man pages, completion
 * and the example configuration are printed from them. */
#include <config.h>

#include "provisioner/program.h"

#include <string.h>

#include "daemon/log.h"
#include "daemon/net.h"
#include "provisioner/cmd.h"
#include "provisioner/load.h"

static const struct xttd_setting settings[] = {
#define SETTING(field, section, key, type, dflt, range, env, help)                                 \
    {section, key, XTTD_##type, offsetof(struct prov_settings, field), dflt, range, env, help},
#include "provisioner/settings.def"
#undef SETTING
};

static const struct xttd_option options[] = {
    {"state", "DIR", "keeps the registry in DIR", "station.state", 0, 0},
    {"token", "URI", "uses the keys on this PKCS#11 token", "station.token", 0, 0},
    {"pin-fd", "N", "reads the token's PIN from the open descriptor N", NULL, 0, 0},
    {0}};

/* clang-format off */
static const struct xttd_option days_options[] = {
    {"days", "N", "how long the certificate is good for, 365 if not given; 0: without end", NULL, 0, 0},
    {0}};

static const struct xttd_option renew_options[] = {
    {"days", "N", "how long the certificate is good for, 365 if not given; 0: without end", NULL, 0, 0},
    {"new-key", NULL, "makes a new server key, too", NULL, 0, 0},
    {0}};

static const struct xttd_option root_export_options[] = {
    {"out", "FILE", "writes the file that agents import; standard output if not given", NULL, 0, 0},
    {"raw", "FILE", "writes the bare root certificate, 81 bytes", NULL, 0, 0},
    {0}};

static const struct xttd_option create_options[] = {
    {"prefix", "IPV6/64", "the identities' first 64 bits, such as 2001:db8:0:1::/64", NULL, 0, 1},
    {"basename", "TEXT", "the group's basename, 1 to 64 bytes", NULL, 0, 0},
    {"raw-basename", "FILE", "the basename as the bytes of a file", NULL, 0, 0},
    {"raw-issuer-secret", "FILE", "takes over a bare issuer secret, 64 bytes; destroy the file afterwards", NULL, 0, 0},
    {"activate", "WHEN", "when a device's new long-term key counts: first-session (if not given) or at-once", NULL, 0, 0},
    {"choose-ids", NULL, "devices may ask for any free identity inside the prefix", NULL, 0, 0},
    {"software", NULL, "takes members without a TPM: for development only", NULL, 0, 0},
    {0}};

static const struct xttd_option issue_options[] = {
    {"member-key", "FILE", "the member's request (xtt-agent member request)", NULL, 0, 1},
    {"nonce", "HEX", "the nonce that was given to the member (group nonce)", NULL, 0, 0},
    {"nonce-text", "TEXT", "with --raw: the nonce, free to choose", NULL, 0, 0},
    {"out-credential", "FILE", "where the credential goes", NULL, 0, 1},
    {"out-signature", "FILE", "where the credential's signature goes, bare 64 bytes", NULL, 0, 0},
    {"raw", NULL, "FILE is a bare member public key, 161 bytes, and so is the credential, 260 bytes", NULL, 0, 0},
    {0}};

static const struct xttd_option group_export_options[] = {
    {"out", "FILE", "writes the file that agents import; standard output if not given", NULL, 0, 0},
    {"raw", "DIR", "writes gpk.bin and basename.bin into DIR", NULL, 0, 0},
    {0}};

static const struct xttd_option list_options[] = {
    {"group", "NAME", "of this group only", NULL, 0, 0},
    {0}};

static const struct xttd_option reason_options[] = {
    {"reason", "TEXT", "why; it stands in the registry", NULL, 0, 0},
    {0}};

static const struct xttd_option reserve_options[] = {
    {"group", "NAME", "the member's group", NULL, 0, 1},
    {"pseudonym", "HEX", "the member's pseudonym, 65 bytes", NULL, 0, 1},
    {0}};

static const struct xttd_verb verbs[] = {
    {"init", "", "makes the station: registry, wrapping key, root, server key, certificate", days_options, prov_cmd_init, XTTD_VERB_PLAIN},
    {"serve", "", "gives identities to devices until SIGTERM", NULL, prov_cmd_serve, XTTD_VERB_PLAIN},
    {"root init", "", "makes a root key on the token", NULL, prov_cmd_root_init, XTTD_VERB_PLAIN},
    {"root certify", "REQUEST OUT", "lets the root sign a server's request", days_options, prov_cmd_root_certify, XTTD_VERB_PLAIN},
    {"root export", "", "writes the root that devices trust", root_export_options, prov_cmd_root_export, XTTD_VERB_PLAIN},
    {"root import", "FILE", "enters a root whose key is elsewhere", NULL, prov_cmd_root_import, XTTD_VERB_PLAIN},
    {"server csr", "OUT", "makes a server key and its request for a certificate", NULL, prov_cmd_server_csr, XTTD_VERB_PLAIN},
    {"server import", "CERTIFICATE", "checks a certificate and makes it the current one", NULL, prov_cmd_server_import, XTTD_VERB_PLAIN},
    {"server renew", "", "makes a new certificate where the root is on this station", renew_options, prov_cmd_server_renew, XTTD_VERB_PLAIN},
    {"group create", "NAME", "makes a group with its issuer key", create_options, prov_cmd_group_create, XTTD_VERB_PLAIN},
    {"group nonce", "NAME", "gives a nonce for one member request", NULL, prov_cmd_group_nonce, XTTD_VERB_PLAIN},
    {"group issue", "NAME", "gives a member its credential", issue_options, prov_cmd_group_issue, XTTD_VERB_PLAIN},
    {"group export", "NAME", "writes what members need to know of the group", group_export_options, prov_cmd_group_export, XTTD_VERB_PLAIN},
    {"group list", "", "lists the groups", NULL, prov_cmd_group_list, XTTD_VERB_PLAIN},
    {"group open", "NAME", "lets a closed group's devices in again", NULL, prov_cmd_group_open, XTTD_VERB_PLAIN},
    {"group close", "NAME", "refuses the group's devices from the next reload on", NULL, prov_cmd_group_close, XTTD_VERB_PLAIN},
    {"identity list", "", "lists the identities", list_options, prov_cmd_identity_list, XTTD_VERB_PLAIN},
    {"identity show", "ID", "shows all that is known of an identity", NULL, prov_cmd_identity_show, XTTD_VERB_PLAIN},
    {"identity revoke", "ID", "refuses an identity and its member from now on", reason_options, prov_cmd_identity_revoke, XTTD_VERB_PLAIN},
    {"identity release", "ID", "ends a quarantine and forgives the key replacements", reason_options, prov_cmd_identity_release, XTTD_VERB_PLAIN},
    {"identity reserve", "ID", "keeps an identity for a member who has not come yet", reserve_options, prov_cmd_identity_reserve, XTTD_VERB_PLAIN},
    {"backup", "FILE", "copies the registry, also while the station serves, into one file", NULL, prov_cmd_backup, XTTD_VERB_PLAIN},
    {"restore", "FILE", "checks a backup and puts it where no registry is yet", NULL, prov_cmd_restore, XTTD_VERB_PLAIN},
    {0}};
/* clang-format on */

/* Addresses and suites that no table can judge. */
static xtt_err check(const struct xttd_config *config, struct xttd_fail *fail)
{
    const struct prov_settings *values = config->values;
    uint16_t suites[PROV_SUITES_MAX];
    struct xttd_addr addr;
    size_t n;

    for (size_t i = 0; i < values->listen.n; i++)
        if (xttd_addr_parse(values->listen.items[i], &addr, fail) != XTT_OK)
            return xttd_fail_while(fail, "%s", xttd_config_from(config, "station.listen"));
    if (prov_suites_read(values, suites, &n, fail) != XTT_OK)
        return xttd_fail_while(fail, "%s", xttd_config_from(config, "station.suites"));
    return XTT_OK;
}

const struct xttd_program prov_program = {
    .name = "xtt-provisioner",
    .summary = "gives devices their identities",
    .description =
        "xtt-provisioner is the station that devices come to for an identity. Its private keys "
        "live on a PKCS#11 token; what it gave to whom is in a registry, which is durable before "
        "a device is told.\n\n"
        "The order of things: init makes the station; group create makes a group of devices, "
        "group nonce and group issue make a device its member; serve then gives each member its "
        "identity, and the same one whenever it asks again.\n\n"
        "The root may live on another token, offline: root init and root certify there, server "
        "csr and server import here.\n\n"
        "The issuer secret of a group cannot be a key inside a token, because no token knows the "
        "curve. It is stored encrypted under a key that never leaves the token, and decrypted "
        "into locked memory of one small process for the time of issuing.",
    .verbs = verbs,
    .options = options,
    .settings = settings,
    .n_settings = sizeof settings / sizeof settings[0],
    .settings_size = sizeof(struct prov_settings),
    .config_file = XTT_SYSCONFDIR "/xtt/provisioner.conf",
    .man_section = 8,
    .log_level = "log.level",
    .check = check,
};

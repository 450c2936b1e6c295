/* SPDX-License-Identifier: Apache-2.0 */
/* The agent's command line as tables: verbs, options, settings; and how a verb opens its state. */
#include <config.h>

#include "agent/cmd.h"

#include <string.h>
#include <xtt/handshake.h>

#include "daemon/net.h"

static const struct xttd_setting settings[] = {
#define SETTING(field, section, key, type, dflt, range, env, help)                                 \
    {section, key, XTTD_##type, offsetof(struct agent_settings, field), dflt, range, env, help},
#include "agent/settings.def"
#undef SETTING
};

static const struct xttd_option options[] = {
    {"state", "DIR", "keeps keys and identity in DIR", "agent.state", 0, 0},
    {"tcti", "STRING", "reaches the TPM this way", "tpm.tcti", 0, 0},
    {0}};

static const struct xttd_option init_options[] = {
    {"new", NULL,
     "starts over with new keys; the old identity stays until a station gives one anew", NULL, 0,
     0},
    {0}};

static const struct xttd_option request_options[] = {
    {"nonce", "HEX", "the station's nonce (xtt-provisioner group nonce)", NULL, 0, 0},
    {"nonce-text", "TEXT", "a nonce that is these characters", NULL, 0, 0},
    {"out", "FILE", "where the request goes", NULL, 0, 1},
    {"raw", NULL, "writes the bare 161 bytes of the member public key", NULL, 0, 0},
    {0}};

static const struct xttd_option import_options[] = {
    {"credential", "FILE", "what the station issued", NULL, 0, 0},
    {"signature", "FILE", "the credential's signature as bare 64 bytes, if FILE above lacks it",
     NULL, 0, 0},
    {"group", "FILE", "the group (xtt-provisioner group export)", NULL, 0, 0},
    {"root", "FILE", "the root to trust (xtt-provisioner root export)", NULL, 0, 0},
    {"raw-credential", "FILE", "bare credential, 260 bytes", NULL, 0, 0},
    {"raw-group-key", "FILE", "bare group public key, 258 bytes", NULL, 0, 0},
    {"raw-basename", "FILE", "bare basename, 1 to 64 bytes", NULL, 0, 0},
    {"raw-root", "FILE", "bare root certificate, 81 bytes", NULL, 0, 0},
    {"raw-secret", "FILE", "bare member secret, 32 bytes, made elsewhere: a software key", NULL, 0,
     0},
    {0}};

static const struct xttd_option provision_options[] = {
    {"server", "HOST:PORT", "asks this station", "agent.server", 0, 0},
    {"suite", "NAME", "uses this cipher suite, name or 0xNNNN", "agent.suite", 0, 0},
    {"request-id", "ID", "asks for this identity, eight groups of four hex digits", NULL, 0, 0},
    {"new-key", NULL, "registers a new long-term key for the identity", NULL, 0, 0},
    {"old-key", NULL, "gives up a new key that no station has taken yet", NULL, 0, 0},
    {"if-needed", NULL, "does nothing if there is an identity and no change of keys is under way",
     NULL, 0, 0},
    {"retry", NULL, "keeps trying, with growing pauses, as long as trying again may help", NULL, 0,
     0},
    {0}};

static const struct xttd_verb verbs[] = {
    {"init", "", "makes the device's keys", init_options, agent_cmd_init, XTTD_VERB_PLAIN},
    {"member request", "", "writes the request for a group credential", request_options,
     agent_cmd_member_request, XTTD_VERB_PLAIN},
    {"member import", "", "checks and takes the credential, the group and the root", import_options,
     agent_cmd_member_import, XTTD_VERB_PLAIN},
    {"provision", "", "gets the device its identity from a station", provision_options,
     agent_cmd_provision, XTTD_VERB_PLAIN},
    {"status", "", "shows where the device stands", NULL, agent_cmd_status, XTTD_VERB_PLAIN},
    {"doctor", "", "looks for what would stop the device, and says what to do", NULL,
     agent_cmd_doctor, XTTD_VERB_PLAIN},
    {0}};

/* Names and addresses that no table can judge. */
static xtt_err check(const struct xttd_config *config, struct xttd_fail *fail)
{
    const struct agent_settings *values = config->values;
    struct xttd_addr addr;
    uint16_t suite;

    if (xtt_suite_parse(values->suite, &suite) != XTT_OK) {
        xttd_fail(fail, XTT_ERR_CONFIG, "%s: there is no suite \"%.80s\"",
                  xttd_config_from(config, "agent.suite"), values->suite);
        return xttd_fail_remedy(fail, "use 0x0101 to 0x0104, or 0x0001 to 0x0004 with a station of "
                                      "older make");
    }
    for (size_t i = 0; i < values->server.n; i++)
        if (xttd_addr_parse(values->server.items[i], &addr, fail) != XTT_OK)
            return xttd_fail_while(fail, "%s", xttd_config_from(config, "agent.server"));
    return XTT_OK;
}

const struct xttd_program agent_program = {
    .name = "xtt-agent",
    .summary = "gives a device its identity",
    .description = "xtt-agent runs on a device. It keeps the device's keys in its TPM 2.0, proves "
                   "to a station "
                   "that the device belongs to a group, and takes home the identity that the "
                   "station gives: an "
                   "IPv6-like name bound to a long-term key.\n\n"
                   "The order of things: init makes the keys; member request and member import get "
                   "the group's "
                   "credential; provision gets the identity. Each step may be repeated, and a step "
                   "that fails or "
                   "is cut off by a power failure leaves what was there before.\n\n"
                   "The long-term key of a device with a TPM is the file longterm.pem of the state "
                   "directory, a "
                   "TSS2 PRIVATE KEY that OpenSSL uses through the provider tpm2.",
    .verbs = verbs,
    .options = options,
    .settings = settings,
    .n_settings = sizeof settings / sizeof settings[0],
    .settings_size = sizeof(struct agent_settings),
    .config_file = XTT_SYSCONFDIR "/xtt/agent.conf",
    .man_section = 1,
    .log_level = "log.level",
    .check = check,
};

xtt_err agent_run_open(struct agent_run *run, struct xttd_call *call, enum agent_access access)
{
    xtt_err err;

    memset(run, 0, sizeof *run);
    run->settings = call->settings;
    if ((err = agent_store_open(&run->store, run->settings->state, access, &call->fail)) != XTT_OK)
        return err;
    run->state = *agent_store_get(run->store);
    agent_keys_init(&run->keys, &call->config, run->settings, run->store);
    return XTT_OK;
}

void agent_run_close(struct agent_run *run)
{
    agent_keys_close(&run->keys);
    agent_store_close(run->store);
    memset(run, 0, sizeof *run);
}

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * xtt-agent doctor: looks for what would stop the device.  Each check is a function in a table; it
 * changes nothing, neither in the TPM nor in the state.
 */
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <xtt/daa.h>

#include "agent/cmd.h"
#include "agent/policy.h"
#include "daemon/json.h"
#include "daemon/net.h"

enum result { PASS, WARN, FAIL };

struct finding {
    enum result result;
    struct xttd_fail words; /* message and, unless it passed, remedy */
};

static const char *const result_names[] = {"PASS", "WARN", "FAIL"};

static void XTTD_PRINTF(4, 5)
    found(struct finding *f, enum result result, const char *remedy, const char *format, ...)
{
    char text[512];
    va_list args;

    va_start(args, format);
    (void)vsnprintf(text, sizeof text, format, args);
    va_end(args);
    f->result = result;
    xttd_fail(&f->words, result == FAIL ? XTT_ERR_CONFIG : XTT_OK, "%s", text);
    xttd_fail_remedy(&f->words, "%s", remedy);
}

/* A function failed and left its words. */
static void failed(struct finding *f, xtt_err err)
{
    f->result = FAIL;
    f->words.err = err;
    if (f->words.remedy[0] == '\0')
        xttd_fail_remedy(&f->words, "%s", xtt_err_text(err));
}

static void check_state(struct agent_run *run, struct finding *f)
{
    const char *dir = run->settings->state;

    if (access(dir, F_OK) != 0)
        found(f, WARN, "xtt-agent init makes it", "%s is not there yet", dir);
    else if (access(dir, R_OK | W_OK | X_OK) != 0)
        found(f, FAIL, "run as the user it belongs to", "%s cannot be written", dir);
    else
        found(f, PASS, "", "%s can be written; the device is %s", dir,
              agent_state_name(&run->state));
}

static void check_tpm(struct agent_run *run, struct finding *f)
{
    struct agent_keybox *box;
    struct agent_probe probe = {.maker = ""};
    xtt_err err;

    if ((err = agent_keys_box(&run->keys, &box, &f->words)) != XTT_OK) {
        failed(f, err);
        return;
    }
    if (box->ops->probe == NULL) {
        found(f, WARN, "set key = tpm in [agent] for production", "keys are software keys");
        return;
    }
    if ((err = box->ops->probe(box, &probe)) != XTT_OK) {
        xttd_fail(&f->words, err, "%s: %s", run->settings->tcti, box->ops->why(box));
        failed(f, err);
    } else if (!probe.has_longterm || !probe.has_member)
        found(f, FAIL, "another TPM is needed", "%s lacks %s", probe.maker,
              !probe.has_longterm ? "P-256 with ECDSA" : "BN_P256 with ECDAA");
    else if (probe.is_locked_out)
        found(f, WARN, "our keys work all the same; wait, or reset the lockout as its owner",
              "%s is in dictionary-attack lockout, one failure is forgiven every %u s", probe.maker,
              probe.recovery_s);
    else if (probe.free_slots < 2)
        found(f, WARN, "use /dev/tpmrm0, or find out who leaves objects behind",
              "%s has room for %u more objects", probe.maker, probe.free_slots);
    else
        found(f, PASS, "", "%s does P-256 and BN_P256, %u objects free", probe.maker,
              probe.free_slots);
}

static void check_longterm(struct agent_run *run, struct finding *f)
{
    static const uint8_t digest[32] = {1};
    const struct agent_key *key = &run->state.longterm;
    struct xtt_signer *signer;
    uint8_t signature[64];
    xtt_err err;

    if (key->kind[0] == '\0') {
        found(f, WARN, "run xtt-agent init", "there is no long-term key yet");
        return;
    }
    if ((err = agent_keys_open_longterm(&run->keys, key, &f->words)) != XTT_OK) {
        failed(f, err);
        return;
    }
    signer = run->keys.longterm;
    if ((err = signer->ops->sign(signer, digest, signature)) == XTT_OK)
        found(f, PASS, "", "the long-term key (%s) signs", key->kind);
    else {
        xttd_fail(&f->words, err, "the long-term key does not sign: %s",
                  agent_keys_why(&run->keys));
        failed(f, err);
    }
}

static void check_member(struct agent_run *run, struct finding *f)
{
    static const uint8_t text[] = "xtt-agent doctor";
    const struct agent_membership *m = &run->state.membership;
    uint8_t signature[XTT_DAA_SIGNATURE_SIZE];
    xtt_err err;

    if (m->group[0] == '\0') {
        found(f, WARN, "run xtt-agent member request and member import",
              "the device is in no group yet");
        return;
    }
    if ((err = agent_keys_open_member(&run->keys, &run->state.member, &f->words)) != XTT_OK) {
        failed(f, err);
        return;
    }
    err = xtt_daa_sign(run->keys.member, m->credential, (xtt_bytes){m->basename, m->basename_n},
                       (xtt_bytes){text, sizeof text - 1}, NULL, signature);
    if (err == XTT_OK)
        found(f, PASS, "", "the member key (%s) signs for group %s", run->state.member.kind,
              m->group);
    else {
        xttd_fail(&f->words, err, "the member key does not sign for group %s: %s", m->group,
                  agent_keys_why(&run->keys));
        failed(f, err);
    }
}

static void check_clock(struct agent_run *run, struct finding *f)
{
    if (run->settings->clock != AGENT_CLOCK_NONE &&
        agent_policy_now(run->settings, &run->state, (uint64_t)time(NULL)) == 0)
        found(f, WARN, "set the clock, or clock = none in [agent] if there is none",
              "the clock is wrong: certificate dates are not checked");
    else
        found(f, PASS, "", "the clock is %s",
              run->settings->clock == AGENT_CLOCK_NONE ? "not asked" : "plausible");
}

static void on_reached(void *arg, uv_tcp_t *tcp, xtt_err err, const char *words)
{
    struct finding *f = arg;

    if (err == XTT_OK) {
        uv_close((uv_handle_t *)tcp, xttd_net_free);
        f->result = PASS;
        return;
    }
    xttd_fail(&f->words, err, "%s", words);
    xttd_fail_remedy(&f->words, "check the address, the network, and that the station runs");
    f->result = WARN; /* the device may be set up before it has a network */
}

static void check_server(struct agent_run *run, struct finding *f)
{
    struct xttd_addr addr;
    uv_loop_t loop;
    xtt_err err;

    if (run->settings->server.n == 0) {
        found(f, WARN, "set server in [agent]", "no station is named");
        return;
    }
    if ((err = xttd_addr_parse(run->settings->server.items[0], &addr, &f->words)) != XTT_OK ||
        uv_loop_init(&loop) != 0) {
        failed(f, err);
        return;
    }
    if ((err = xttd_net_connect(&loop, &addr, run->settings->connect, on_reached, f)) != XTT_OK)
        failed(f, err);
    uv_run(&loop, UV_RUN_DEFAULT);
    (void)uv_loop_close(&loop);
    if (f->result == PASS)
        found(f, PASS, "", "%s answers", run->settings->server.items[0]);
}

static const struct {
    const char *name;
    void (*run)(struct agent_run *run, struct finding *f);
} checks[] = {
    {"state", check_state},   {"tpm", check_tpm},     {"long-term key", check_longterm},
    {"member", check_member}, {"clock", check_clock}, {"station", check_server},
};
enum { CHECKS = sizeof checks / sizeof checks[0] };

static xtt_err print_json(const struct finding *findings)
{
    json_t *list = json_array();

    for (size_t i = 0; i < CHECKS; i++)
        json_array_append_new(list, json_pack("{s:s, s:s, s:s, s:s}", "check", checks[i].name,
                                              "result", result_names[findings[i].result], "message",
                                              findings[i].words.message, "remedy",
                                              findings[i].words.remedy));
    return xttd_json_print(json_pack("{s:o}", "checks", list), stdout);
}

static xtt_err print_text(const struct finding *findings)
{
    for (size_t i = 0; i < CHECKS; i++) {
        printf("%s  %-14s %s\n", result_names[findings[i].result], checks[i].name,
               findings[i].words.message);
        if (findings[i].result != PASS)
            printf("      %-14s -> %s\n", "", findings[i].words.remedy);
    }
    return XTT_OK;
}

xtt_err agent_cmd_doctor(struct xttd_call *call)
{
    struct finding findings[CHECKS] = {{0}};
    struct agent_run run = {0};
    xtt_err err;

    if ((err = agent_run_open(&run, call, AGENT_READ)) != XTT_OK)
        goto out;
    for (size_t i = 0; i < CHECKS; i++) {
        checks[i].run(&run, &findings[i]);
        if (findings[i].result == FAIL && call->status == 0)
            call->status = (int)xtt_err_class(findings[i].words.err);
    }
    err = call->json ? print_json(findings) : print_text(findings);
out:
    agent_run_close(&run);
    return err;
}

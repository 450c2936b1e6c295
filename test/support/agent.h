/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the tests of the agent's verbs share: a directory, a configuration and a state of their own,
 * a server on a real socket, a real TPM where one is meant, and command lines.
 */
#ifndef TEST_SUPPORT_AGENT_H
#define TEST_SUPPORT_AGENT_H

#include <config.h>

#include <xtt/daa.h>

#include "agent/cmd.h"
#include "daemon/file.h"
#include "daemon/json.h"
#include "daemon/paper.h"
#include "test/support/cmdline.h"
#include "test/support/station.h"
#include "test/support/suite.h"
#ifdef WITH_TPM
#include "test/support/swtpm.h"

static struct swtpm *swtpm;
#endif

static struct station station;
static struct xttd_program program;
static struct xttd_fail why;
static char server[80]; /* --server HOST:PORT of it */

#define SOFTWARE "[agent]\nkey = software\n"

static inline void configure(const char *text)
{
    tmpdir_write("agent.conf", text);
}

static inline void setup(void)
{
    tmpdir_make();
    configure(SOFTWARE);
    program = agent_program;
    station_start(&station, 0x0101);
    snprintf(server, sizeof server, "--server %s", station.address);
}

static inline void teardown(void)
{
    station_stop(&station);
#ifdef WITH_TPM
    swtpm_stop(swtpm);
    swtpm = NULL;
#endif
    tmpdir_remove();
}

/* "xtt-agent LINE" with this test's configuration and state; "@name" is a file of the test. */
static inline int agent(const char *format, ...)
{
    char words[1024], line[2048];
    size_t n;
    va_list args;

    va_start(args, format);
    vsnprintf(words, sizeof words, format, args);
    va_end(args);
    n = (size_t)snprintf(line, sizeof line, "--config %s --state %s ", tmpdir_file("agent.conf"),
                         tmpdir_file("state"));
    for (const char *p = words; *p != '\0'; p++) {
        if (*p == '@')
            n += (size_t)snprintf(line + n, sizeof line - n, "%s/", tmpdir_path);
        else
            line[n++] = *p;
    }
    line[n] = '\0';
    return cmdline_run(&program, line);
}

#define ck_ok(call)   ck_assert_msg((call) == 0, "%s", cmdline_err)
#define ck_says(text) ck_assert_msg(strstr(cmdline_err, text) != NULL, "%s", cmdline_err)

/* A text of `status --json`, "" for null. */
static inline const char *status(const char *key)
{
    static char text[512];
    json_t *whole;
    const char *value;

    ck_ok(agent("status --json"));
    whole = json_loads(cmdline_out, 0, NULL);
    ck_assert_ptr_nonnull(whole);
    value = json_string_value(json_object_get(whole, key));
    snprintf(text, sizeof text, "%s", value != NULL ? value : "");
    json_decref(whole);
    return text;
}

/* What a station would give a device of this party's group for its request. */
static inline void issue(void)
{
    struct party *p = &station.party;
    struct xttd_request_paper request;
    struct xttd_credential_paper credential;
    struct xttd_group_paper group = {.name = "party"};
    struct xttd_root_paper root;
    uint8_t raw_root[XTT_ROOT_CERT_SIZE];

    ck_assert_int_eq(xttd_paper_read(XTTD_PAPER_REQUEST, tmpdir_file("request"), &request, &why),
                     XTT_OK);
    ck_assert_int_eq(xtt_daa_join_check(request.member_key, (xtt_bytes){(uint8_t *)"nonce", 5}),
                     XTT_OK);
    ck_assert_int_eq(xtt_daa_issue(p->issuer_secret, request.member_key, NULL,
                                   credential.credential, credential.signature),
                     XTT_OK);
    memcpy(group.group_key, p->issuer_key, sizeof group.group_key);
    memcpy(group.basename, p->basename.p, p->basename.n);
    group.basename_n = p->basename.n;
    memcpy(group.gid, p->gid, sizeof group.gid);
    memcpy(credential.gid, p->gid, sizeof credential.gid);
    memcpy(root.root_id, p->root.id, sizeof root.root_id);
    memcpy(root.public_key, p->root.public_key, sizeof root.public_key);
    ck_assert_int_eq(
        xttd_paper_write(XTTD_PAPER_CREDENTIAL, &credential, tmpdir_file("credential"), &why),
        XTT_OK);
    ck_assert_int_eq(xttd_paper_write(XTTD_PAPER_GROUP, &group, tmpdir_file("group"), &why),
                     XTT_OK);
    ck_assert_int_eq(xttd_paper_write(XTTD_PAPER_ROOT, &root, tmpdir_file("root"), &why), XTT_OK);

    ck_assert_int_eq(xtt_root_cert_encode(&p->root, raw_root), XTT_OK);
    ck_assert_int_eq(
        xttd_file_write(tmpdir_file("raw-credential"), credential.credential, 260, 0600, &why),
        XTT_OK);
    ck_assert_int_eq(
        xttd_file_write(tmpdir_file("signature"), credential.signature, 64, 0600, &why), XTT_OK);
    ck_assert_int_eq(xttd_file_write(tmpdir_file("gpk"), p->issuer_key, 258, 0600, &why), XTT_OK);
    ck_assert_int_eq(
        xttd_file_write(tmpdir_file("basename"), p->basename.p, p->basename.n, 0600, &why), XTT_OK);
    ck_assert_int_eq(
        xttd_file_write(tmpdir_file("raw-root"), raw_root, sizeof raw_root, 0600, &why), XTT_OK);
}

#define IMPORT "member import --credential @credential --group @group --root @root"
#define IMPORT_RAW                                                                                 \
    "member import --raw-credential @raw-credential --raw-group-key @gpk "                         \
    "--raw-basename @basename --raw-root @raw-root"

static inline void become_keyed(void)
{
    ck_ok(agent("init"));
    ck_ok(agent("member request --nonce-text nonce --out @request"));
    issue();
}

static inline void become_member(void)
{
    become_keyed();
    ck_ok(agent(IMPORT));
}

static const char assigned[] = "1D1D:1D1D:1D1D:1D1D:1D1D:1D1D:1D1D:1D1D";

#ifdef WITH_TPM
static inline void use_tpm(void)
{
    char text[256];

    swtpm = swtpm_start();
    snprintf(text, sizeof text, "[tpm]\ntcti = %s\n", swtpm_tcti(swtpm));
    configure(text);
}
#endif

static inline void save_state(char *text, size_t cap)
{
    cmdline_slurp("state/state.json", text, cap);
}

/* The import is refused with that status and that word, and changes nothing. */
static inline void expect_refused(const char *line, int want, const char *word)
{
    char before[8192], after[8192];

    save_state(before, sizeof before);
    ck_assert_msg(agent(line) == want, "%s: %s", line, cmdline_err);
    ck_says(word);
    save_state(after, sizeof after);
    ck_assert_str_eq(before, after);
}

#define N(array) (int)(sizeof array / sizeof array[0])

#endif

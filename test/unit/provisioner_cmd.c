/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Tests provisioner/cmd_*.c and authority.c through the command line, on a real token: what each
 * verb makes, and with which status and words it refuses.
 */
#include "provisioner/program.h"

#include "daemon/hex.h"
#include "daemon/paper.h"
#include "provisioner/identity.h"
#include "provisioner/keyd.h"
#include "test/support/cmdline.h"
#include "test/support/softhsm.h"
#include "test/support/suite.h"

#include <xtt/cert.h>

#define ID "2001:0DB8:0000:0001:0000:0000:0000:0042"

static struct softhsm hsm;

static void write_config(const char *more)
{
    FILE *f = fopen(tmpdir_file("conf"), "w");

    fprintf(f, "[station]\nstate = %s/state\ntoken = %s\n%s", tmpdir_path, hsm.uri, more);
    fclose(f);
}

/* Runs a verb; %s stands for the test's directory, as often as it is there. */
static int verb(const char *line)
{
    char whole[2048];
    size_t n = (size_t)snprintf(whole, sizeof whole, "--config %s/conf ", tmpdir_path);

    for (const char *p = line; *p != '\0' && n + 64 < sizeof whole; p++) {
        if (p[0] == '%' && p[1] == 's') {
            n += (size_t)snprintf(whole + n, sizeof whole - n, "%s", tmpdir_path);
            p++;
        } else {
            whole[n++] = *p;
        }
    }
    whole[n] = '\0';
    return cmdline_run(&prov_program, whole);
}

static void works(const char *line)
{
    const int status = verb(line);

    ck_assert_msg(status == 0, "%s: %d: %s", line, status, cmdline_err);
}

static void refuses(const char *line, int status, const char *says)
{
    const int is = verb(line);

    ck_assert_msg(is == status, "%s: %d instead of %d: %s", line, is, status, cmdline_err);
    ck_assert_msg(strstr(cmdline_err, says) != NULL, "%s: %s", line, cmdline_err);
}

static void set_up(void)
{
    tmpdir_make();
    softhsm_start(&hsm, "station", "1234-abcd");
    write_config("");
}

static void set_up_station(void)
{
    set_up();
    works("init");
    works("group create cars --basename wheels --prefix 2001:db8:0:1::/64");
}

static void tear_down(void)
{
    softhsm_stop(&hsm);
    tmpdir_remove();
}

/* --- before there is a station --------------------------------------------------------------- */

START_TEST(nothing_works_before_init_and_says_so)
{
    static const char *const lines[] = {"group list",          "group nonce cars",
                                        "group export cars",   "identity list",
                                        ("identity show " ID), "server renew",
                                        "server import %s/x",  "root export",
                                        "backup %s/b",         "serve"};

    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++)
        refuses(lines[i], XTT_CLASS_FAILURE, "there is no station");
}
END_TEST

START_TEST(a_token_that_is_not_there_is_a_matter_of_the_hsm)
{
    char line[256];

    snprintf(line, sizeof line,
             "init --token pkcs11:token=nobody?module-path=/nowhere.so&pin-source=%s",
             hsm.pin_file);
    refuses(line, XTT_CLASS_HSM, "/nowhere.so");
    snprintf(line, sizeof line, "init --token pkcs11:token=nobody?module-path=%s&pin-source=%s",
             softhsm_module(), hsm.pin_file);
    refuses(line, XTT_CLASS_HSM, "nobody");
    refuses("init --token pkcs11:slot-id=1", XTT_CLASS_USAGE, "slot-id");
}
END_TEST

START_TEST(a_wrong_pin_is_a_matter_of_authentication)
{
    FILE *f = fopen(hsm.pin_file, "w");

    fputs("0000\n", f);
    fclose(f);
    refuses("init", XTT_CLASS_AUTH, "PIN");
}
END_TEST

START_TEST(init_may_be_run_again)
{
    char first[4096];

    works("init");
    works("root export");
    strcpy(first, cmdline_out);
    works("init");
    works("root export");
    ck_assert_str_eq(first, cmdline_out);
}
END_TEST

/* --- configuration ---------------------------------------------------------------------------- */

START_TEST(the_configuration_is_judged)
{
    works("check-config");
    write_config("suites = 0x0101 0x0005\n");
    refuses("check-config", XTT_CLASS_USAGE, "0x0005");
    write_config("listen = nonsense:99999\n");
    refuses("check-config", XTT_CLASS_USAGE, "nonsense");
    write_config("colour = red\n");
    refuses("check-config", XTT_CLASS_USAGE, "colour");
    write_config("connections = 0\n");
    refuses("check-config", XTT_CLASS_USAGE, "connections");
}
END_TEST

/* --- root and server ---------------------------------------------------------------------------
 */

START_TEST(root_and_station_may_be_two_places)
{
    struct xttd_server_paper paper;
    struct xttd_fail fail = {0};
    struct xtt_root root = {{0}, {0}};

    works("--state %s/vault root init");
    works("server csr %s/request");
    works("--state %s/vault root certify %s/request %s/certificate --days 30");
    works("server import %s/certificate");
    ck_assert_int_eq(xttd_paper_read(XTTD_PAPER_SERVER, tmpdir_file("certificate"), &paper, &fail),
                     XTT_OK);
    memcpy(root.id, paper.root_id, 16);
    memcpy(root.public_key, paper.root_key, 65);
    ck_assert_int_eq(xtt_server_cert_check(paper.certificate, &root, 1, 0), XTT_OK);
    /* The root's key is not here. */
    refuses("server renew", XTT_CLASS_FAILURE, "not on this station's token");
    refuses("root certify %s/request %s/again", XTT_CLASS_FAILURE, "not on this station's token");
}
END_TEST

START_TEST(a_certificate_for_another_key_or_by_another_root_is_refused)
{
    struct xttd_server_paper paper;
    struct xttd_fail fail = {0};

    works("init");
    works("--state %s/other init");
    works("--state %s/other server csr %s/request");
    works("--state %s/other root certify %s/request %s/certificate");
    refuses("server import %s/certificate", XTT_CLASS_FAILURE, "not this station's");
    ck_assert_int_eq(xttd_paper_read(XTTD_PAPER_SERVER, tmpdir_file("certificate"), &paper, &fail),
                     XTT_OK);
    paper.certificate[168] ^= 1;
    ck_assert_int_eq(xttd_paper_write(XTTD_PAPER_SERVER, &paper, tmpdir_file("forged"), &fail),
                     XTT_OK);
    refuses("--state %s/other server import %s/forged", XTT_CLASS_FAILURE,
            "not signed by its root");
    refuses("server import %s/conf", XTT_CLASS_FAILURE, "conf");
    refuses("server import %s/nothing", XTT_CLASS_FAILURE, "nothing");
}
END_TEST

START_TEST(a_forged_request_is_refused)
{
    struct xttd_server_request_paper paper;
    struct xttd_fail fail = {0};

    works("init");
    works("server csr %s/request");
    ck_assert_int_eq(
        xttd_paper_read(XTTD_PAPER_SERVER_REQUEST, tmpdir_file("request"), &paper, &fail), XTT_OK);
    paper.request[168] ^= 1;
    ck_assert_int_eq(
        xttd_paper_write(XTTD_PAPER_SERVER_REQUEST, &paper, tmpdir_file("request"), &fail), XTT_OK);
    refuses("root certify %s/request %s/out", XTT_CLASS_FAILURE, "not signed by the key in it");
    refuses("root certify %s/request %s/out --days never", XTT_CLASS_USAGE, "--days");
    refuses("root certify %s/request %s/out --days 99999", XTT_CLASS_USAGE, "--days");
}
END_TEST

START_TEST(raw_root_and_certificate_go_the_way_of_the_papers)
{
    struct xttd_server_paper paper;
    struct xttd_fail fail = {0};
    FILE *f;

    works("--state %s/vault root init");
    works("--state %s/vault root export --raw %s/root.bin");
    works("server csr %s/request");
    works("--state %s/vault root certify %s/request %s/certificate");
    ck_assert_int_eq(xttd_paper_read(XTTD_PAPER_SERVER, tmpdir_file("certificate"), &paper, &fail),
                     XTT_OK);
    f = fopen(tmpdir_file("certificate.bin"), "w");
    fwrite(paper.certificate, 1, sizeof paper.certificate, f);
    fclose(f);
    refuses("server import %s/certificate.bin", XTT_CLASS_FAILURE, "its root is not known here");
    works("root import %s/root.bin");
    refuses("root import %s/root.bin", XTT_CLASS_FAILURE, "already");
    works("server import %s/certificate.bin");
}
END_TEST

START_TEST(renewing_keeps_the_key_unless_asked)
{
    char first[4096];

    works("init --json");
    strcpy(first, strstr(cmdline_out, "\"label\""));
    *strchr(first, ',') = '\0';
    works("server renew --json --days 0");
    ck_assert_ptr_nonnull(strstr(cmdline_out, first));
    ck_assert_ptr_nonnull(strstr(cmdline_out, "\"not_after\": null"));
    works("server renew --json --new-key");
    ck_assert_ptr_null(strstr(cmdline_out, first));
}
END_TEST

/* --- groups ------------------------------------------------------------------------------------
 */

START_TEST(a_group_needs_a_good_name_basename_and_prefix)
{
    static const struct {
        const char *line, *says;
    } rows[] = {
        {"group create a/b --basename x --prefix 2001:db8::/64", "name"},
        {"group create boats --prefix 2001:db8::/64", "basename"},
        {"group create boats --basename x", "prefix"},
        {"group create boats --basename x --raw-basename %s/conf --prefix 2001:db8::/64",
         "basename"},
        {"group create boats --basename x --prefix 2001:db8::/48", "/64"},
        {"group create boats --basename x --prefix 2001:db8::1/64", "/64"},
        {"group create boats --basename x --prefix 10.0.0.0/64", "/64"},
        {"group create boats --basename x --prefix ::/64", "/64"},
        {"group create boats --basename x --prefix 2001:db8::/64 --activate soon", "soon"},
        {"group create boats --raw-basename %s/conf --prefix 2001:db8::/64", "bytes"},
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        refuses(rows[i].line, XTT_CLASS_USAGE, rows[i].says);
    refuses("group create cars --basename x --prefix 2001:db8::/64", XTT_CLASS_FAILURE, "already");
    works("group list --json");
    ck_assert_ptr_null(strstr(cmdline_out, "boats"));
}
END_TEST

START_TEST(an_issuer_secret_from_elsewhere_gives_its_own_group)
{
    uint8_t secret[64], pub[354], gpk[258];
    FILE *f;

    ck_assert_int_eq(xtt_daa_issuer_new(NULL, secret, pub), XTT_OK);
    f = fopen(tmpdir_file("secret"), "w");
    fwrite(secret, 1, sizeof secret, f);
    fclose(f);
    f = fopen(tmpdir_file("basename"), "w");
    fwrite("old\0name", 1, 8, f);
    fclose(f);
    works("group create old --raw-issuer-secret %s/secret --raw-basename %s/basename"
          " --prefix 2001:db8:0:2::/64");
    works("group export old --raw %s/raw");
    f = fopen(tmpdir_file("raw/gpk.bin"), "r");
    ck_assert_ptr_nonnull(f);
    ck_assert_uint_eq(fread(gpk, 1, sizeof gpk, f), sizeof gpk);
    fclose(f);
    ck_assert_mem_eq(gpk, pub, sizeof gpk);
    refuses("group create older --raw-issuer-secret %s/secret --raw-basename %s/basename"
            " --prefix 2001:db8:0:3::/64",
            XTT_CLASS_FAILURE, "already");
    refuses("group create odd --raw-issuer-secret %s/basename --basename x"
            " --prefix 2001:db8:0:3::/64",
            XTT_CLASS_FAILURE, "64");
    f = fopen(tmpdir_file("secret"), "w");
    for (int i = 0; i < 64; i++)
        fputc(0xff, f);
    fclose(f);
    refuses("group create odd --raw-issuer-secret %s/secret --basename x"
            " --prefix 2001:db8:0:3::/64",
            XTT_CLASS_FAILURE, "no issuer secret");
}
END_TEST

/* A member's request for the nonce that the station printed last. */
static struct xtt_gsigner *write_request(const char *kind)
{
    struct xttd_request_paper paper;
    struct xttd_fail fail = {0};
    struct xtt_gsigner *member;
    uint8_t nonce[64];
    size_t n;

    cmdline_out[strcspn(cmdline_out, "\n")] = '\0';
    ck_assert_int_eq(xttd_hex_parse(cmdline_out, nonce, sizeof nonce, &n), XTT_OK);
    ck_assert_int_eq(xtt_daa_soft_new(&member, NULL, NULL), XTT_OK);
    ck_assert_int_eq(xtt_daa_join(member, (xtt_bytes){nonce, n}, paper.member_key), XTT_OK);
    strcpy(paper.kind, kind);
    ck_assert_int_eq(xttd_paper_write(XTTD_PAPER_REQUEST, &paper, tmpdir_file("request"), &fail),
                     XTT_OK);
    return member;
}

/* "group issue cars" with a nonce. */
static const char *issue_line(const char *group, const char *nonce)
{
    static char line[512];

    snprintf(line, sizeof line,
             "group issue %s --member-key %%s/request --nonce %s --out-credential %%s/credential"
             " --out-signature %%s/signature",
             group, nonce);
    return line;
}

START_TEST(a_credential_is_issued_once_for_a_nonce_and_fits)
{
    struct xttd_credential_paper paper;
    struct xttd_fail fail = {0};
    struct xttd_group_paper exported;
    struct xtt_daa_group *group;
    struct xtt_gsigner *member;
    char nonce[129];
    uint8_t q[65];

    works("group nonce cars");
    member = write_request("tpm");
    strcpy(nonce, cmdline_out);
    works(issue_line("cars", nonce));
    works("group export cars --out %s/group");
    ck_assert_int_eq(
        xttd_paper_read(XTTD_PAPER_CREDENTIAL, tmpdir_file("credential"), &paper, &fail), XTT_OK);
    ck_assert_int_eq(xttd_paper_read(XTTD_PAPER_GROUP, tmpdir_file("group"), &exported, &fail),
                     XTT_OK);
    ck_assert_int_eq(xtt_daa_group_new(&group, exported.group_key), XTT_OK);
    ck_assert_int_eq(member->ops->public_key(member, q), XTT_OK);
    ck_assert_int_eq(xtt_daa_credential_check(group, q, paper.credential, paper.signature), XTT_OK);
    ck_assert_mem_eq(paper.gid, exported.gid, 32);
    xtt_daa_group_free(group);
    member->ops->free(member);
    remove(tmpdir_file("credential"));
    refuses(issue_line("cars", nonce), XTT_CLASS_REFUSED, "used before");
    ck_assert_int_ne(access(tmpdir_file("credential"), F_OK), 0);
}
END_TEST

START_TEST(a_credential_is_refused_for_a_wrong_nonce_group_or_member)
{
    struct xtt_gsigner *member;
    char nonce[129], other[129];

    works("group create boats --basename keel --prefix 2001:db8:0:2::/64");
    works("group nonce cars");
    strcpy(other, cmdline_out);
    other[strcspn(other, "\n")] = '\0';
    works("group nonce cars");
    member = write_request("tpm");
    strcpy(nonce, cmdline_out);
    member->ops->free(member);
    refuses(issue_line("cars", other), XTT_CLASS_REFUSED, "does not prove its key");
    refuses(issue_line("boats", nonce), XTT_CLASS_REFUSED, "not given out for group boats");
    refuses(issue_line("vans", nonce), XTT_CLASS_FAILURE, "no group vans");
    refuses(issue_line("cars", "xyz"), XTT_CLASS_USAGE, "nonce");
    works("group nonce cars");
    member = write_request("software");
    strcpy(nonce, cmdline_out);
    member->ops->free(member);
    refuses(issue_line("cars", nonce), XTT_CLASS_REFUSED, "without a TPM");
    ck_assert_int_ne(access(tmpdir_file("credential"), F_OK), 0);
    works("group create lab --basename lab --prefix 2001:db8:0:3::/64 --software");
    works("group nonce lab");
    member = write_request("software");
    strcpy(nonce, cmdline_out);
    member->ops->free(member);
    works(issue_line("lab", nonce));
}
END_TEST

/* --- identities --------------------------------------------------------------------------------
 */

static char pseudonym[131];

START_TEST(identities_are_reserved_shown_revoked_and_only_then_not_released)
{
    char line[512];

    memset(pseudonym, '7', 130);
    snprintf(line, sizeof line, "identity reserve " ID " --group cars --pseudonym %s", pseudonym);
    works(line);
    refuses(line, XTT_CLASS_FAILURE, "already");
    works("identity list --group cars");
    ck_assert_ptr_nonnull(strstr(cmdline_out, ID "  reserved"));
    works("identity show " ID " --json");
    ck_assert_ptr_nonnull(strstr(cmdline_out, "\"status\": \"reserved\""));
    ck_assert_ptr_nonnull(strstr(cmdline_out, pseudonym));
    refuses("identity release " ID, XTT_CLASS_REFUSED, "not quarantined");
    works("identity revoke " ID " --reason lost");
    works("identity show " ID);
    ck_assert_ptr_nonnull(strstr(cmdline_out, "revoked: lost"));
    refuses("identity release " ID, XTT_CLASS_REFUSED, "revoked");
}
END_TEST

START_TEST(an_identity_must_be_one_and_be_there)
{
    char line[512];

    refuses("identity show 2001:db8::1", XTT_CLASS_USAGE, "no identity");
    refuses("identity show " ID, XTT_CLASS_FAILURE, "there is no identity");
    refuses("identity revoke " ID, XTT_CLASS_FAILURE, "there is no identity");
    refuses("identity list --group vans", XTT_CLASS_FAILURE, "vans");
    refuses("identity reserve " ID " --group cars --pseudonym 12", XTT_CLASS_USAGE, "65 bytes");
    memset(pseudonym, '7', 130);
    snprintf(line, sizeof line,
             "identity reserve 2001:0DB8:0000:0009:0000:0000:0000:0042"
             " --group cars --pseudonym %s",
             pseudonym);
    refuses(line, XTT_CLASS_REFUSED, "outside the group's prefix");
    snprintf(line, sizeof line, "identity reserve " ID " --group vans --pseudonym %s", pseudonym);
    refuses(line, XTT_CLASS_FAILURE, "no group vans");
}
END_TEST

/* --- backup ------------------------------------------------------------------------------------
 */

START_TEST(a_restored_station_is_the_station)
{
    works("backup %s/backup");
    refuses("backup %s/backup", XTT_CLASS_FAILURE, "already");
    refuses("restore %s/backup", XTT_CLASS_FAILURE, "already");
    works("--state %s/new restore %s/backup");
    works("--state %s/new group nonce cars");
    works("--state %s/new server renew");
    refuses("--state %s/third restore %s/conf", XTT_CLASS_FAILURE, "no backup");
}
END_TEST

static void fill(TCase *tc)
{
    tcase_add_checked_fixture(tc, set_up, tear_down);
    tcase_add_test(tc, nothing_works_before_init_and_says_so);
    tcase_add_test(tc, a_token_that_is_not_there_is_a_matter_of_the_hsm);
    tcase_add_test(tc, a_wrong_pin_is_a_matter_of_authentication);
    tcase_add_test(tc, init_may_be_run_again);
    tcase_add_test(tc, the_configuration_is_judged);
    tcase_add_test(tc, root_and_station_may_be_two_places);
    tcase_add_test(tc, a_certificate_for_another_key_or_by_another_root_is_refused);
    tcase_add_test(tc, a_forged_request_is_refused);
    tcase_add_test(tc, raw_root_and_certificate_go_the_way_of_the_papers);
    tcase_add_test(tc, renewing_keeps_the_key_unless_asked);
}

static void fill_station(TCase *tc)
{
    tcase_add_checked_fixture(tc, set_up_station, tear_down);
    tcase_add_test(tc, a_group_needs_a_good_name_basename_and_prefix);
    tcase_add_test(tc, an_issuer_secret_from_elsewhere_gives_its_own_group);
    tcase_add_test(tc, a_credential_is_issued_once_for_a_nonce_and_fits);
    tcase_add_test(tc, a_credential_is_refused_for_a_wrong_nonce_group_or_member);
    tcase_add_test(tc, identities_are_reserved_shown_revoked_and_only_then_not_released);
    tcase_add_test(tc, an_identity_must_be_one_and_be_there);
    tcase_add_test(tc, a_restored_station_is_the_station);
}

int main(int argc, char **argv)
{
    int without, with;

    if (argc > 1 && strcmp(argv[1], "keyd") == 0)
        return prov_keyd_main(argc - 1, argv + 1);
    if (softhsm_module() == NULL)
        return 77;
    without = run_suite("provisioner/cmd", fill, 60);
    with = run_suite("provisioner/cmd, with a station", fill_station, 60);
    return without != EXIT_SUCCESS ? without : with;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Tests tpm/tcti.c: which TCTI strings are refused, and in which words a device does not open. */
#include "test/support/suite.h"
#include "test/support/tmpdir.h"
#include "test/support/tpm.h"

#include <sys/stat.h>
#include <unistd.h>

static const struct {
    const char *tcti;
    unsigned flags;
    xtt_err err;
    const char *words;
} refused[] = {
    {NULL, XTT_TPM_SIMULATOR, XTT_ERR_CONFIG, "no TCTI is set"},
    {"", XTT_TPM_SIMULATOR, XTT_ERR_CONFIG, "no TCTI is set"},
    {"swtpm:path=/nonexistent/s", 0, XTT_ERR_CONFIG, "simulator"},
    {"swtpm", 0, XTT_ERR_CONFIG, "simulator"},
    {"mssim:host=localhost,port=2321", 0, XTT_ERR_CONFIG, "simulator"},
    {"cmd:swtpm-anything", 0, XTT_ERR_CONFIG, "simulator"},
    {"pcap:swtpm", 0, XTT_ERR_CONFIG, "simulator"},
    {"/tmp/libtss2-tcti-evil.so", 0, XTT_ERR_CONFIG, "simulator"},
    {"devices:/dev/tpmrm0", 0, XTT_ERR_CONFIG, "simulator"},
    {":", 0, XTT_ERR_CONFIG, "simulator"},
    {"device:/nonexistent/tpmrm0", 0, XTT_ERR_TPM_UNREACHABLE,
     "/nonexistent/tpmrm0: there is no such TPM"},
    {"device:/dev/tpmrm0/x", 0, XTT_ERR_TPM_UNREACHABLE, "/dev/tpmrm0/x: "},
    {"device:/etc/passwd", 0, XTT_ERR_TPM_UNREACHABLE, "not a TPM device"},
    {"device:/tmp", 0, XTT_ERR_TPM_UNREACHABLE, "not a TPM device"},
    {"swtpm:path=/nonexistent/s", XTT_TPM_SIMULATOR, XTT_ERR_TPM_UNREACHABLE, "0x000A"},
    {"nonsense:x", XTT_TPM_SIMULATOR, XTT_ERR_TPM_UNREACHABLE, "0x000A"},
};

START_TEST(refuses_in_words)
{
    struct xtt_tpm *tpm;

    ck_assert_int_eq(xtt_tpm_new(&tpm, refused[_i].tcti, refused[_i].flags), XTT_OK);
    ck_assert_str_eq(xtt_tpm_why(tpm), "");
    ck_assert_int_eq(xtt_tpm_open(tpm), refused[_i].err);
    ck_assert_msg(strstr(xtt_tpm_why(tpm), refused[_i].words) != NULL, "%s", xtt_tpm_why(tpm));
    xtt_tpm_free(tpm);
}
END_TEST

/* A device that is there but that this user may not open; root may, so the test becomes nobody. */
START_TEST(names_the_group_when_permission_is_missing)
{
    const char *path = tmpdir_file("tpmrm0");
    struct xtt_tpm *tpm;
    char tcti[256];

    if (geteuid() != 0)
        return; /* only root can make a device */
    if (mknod(path, S_IFCHR | 0600, 0x0103 /* 1:3, null */) != 0)
        return; /* nor can root in every container */
    ck_assert_int_eq(chmod(tmpdir_path, 0755), 0);
    ck_assert_int_eq(seteuid(65534), 0);
    snprintf(tcti, sizeof tcti, "device:%s", path);
    ck_assert_int_eq(xtt_tpm_new(&tpm, tcti, 0), XTT_OK);
    ck_assert_int_eq(xtt_tpm_open(tpm), XTT_ERR_TPM_UNREACHABLE);
    ck_assert_int_eq(seteuid(0), 0);
    ck_assert_msg(strstr(xtt_tpm_why(tpm), "group tss") != NULL, "%s", xtt_tpm_why(tpm));
    xtt_tpm_free(tpm);
}
END_TEST

START_TEST(a_device_that_is_no_tpm_is_unreachable)
{
    struct xtt_tpm *tpm;

    ck_assert_int_eq(xtt_tpm_new(&tpm, "device:/dev/null", 0), XTT_OK);
    ck_assert_msg(xtt_tpm_open(tpm) == XTT_ERR_TPM_UNREACHABLE, "%s", xtt_tpm_why(tpm));
    xtt_tpm_free(tpm);
}
END_TEST

START_TEST(opens_a_simulator_that_is_allowed)
{
    struct xtt_tpm *tpm;

    tpm_start();
    tpm = tpm_new();
    ck_assert_int_eq(xtt_tpm_open(tpm), XTT_OK);
    ck_assert_str_eq(xtt_tpm_why(tpm), "");
    xtt_tpm_free(tpm);
    tpm_stop();
}
END_TEST

static void fill(TCase *tc)
{
    tcase_add_checked_fixture(tc, tmpdir_make, tmpdir_remove);
    tcase_add_loop_test(tc, refuses_in_words, 0, (int)(sizeof refused / sizeof refused[0]));
    tcase_add_test(tc, names_the_group_when_permission_is_missing);
    tcase_add_test(tc, a_device_that_is_no_tpm_is_unreachable);
    tcase_add_test(tc, opens_a_simulator_that_is_allowed);
}

int main(void)
{
    return run_suite("tpm_tcti", fill, 20);
}

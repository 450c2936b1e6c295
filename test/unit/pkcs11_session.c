/* SPDX-License-Identifier: Apache-2.0 */
/* Tests pkcs11/session.c and fault.c: finding the token, the login, and healing after each way a
 * token can be lost, on a real SoftHSM. */
#include "pkcs11/fault.h"

#include "test/support/suite.h"
#include "test/support/token.h"

#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

/* ---- the codes ------------------------------------------------------------------------------- */

/* tpm-independent truth: the classes of the PKCS#11 codes, typed from the standard by hand. */
static const struct {
    CK_RV rv;
    enum p11_cure cure;
    const char *name;
} codes[] = {
    {0x03, P11_RELOAD, "CKR_SLOT_ID_INVALID"},
    {0x05, P11_TWICE, "CKR_GENERAL_ERROR"},
    {0x10, P11_NEVER, "CKR_ATTRIBUTE_READ_ONLY"},
    {0x13, P11_NEVER, "CKR_ATTRIBUTE_VALUE_INVALID"},
    {0x30, P11_RELOAD, "CKR_DEVICE_ERROR"},
    {0x31, P11_LATER, "CKR_DEVICE_MEMORY"},
    {0x32, P11_RELOAD, "CKR_DEVICE_REMOVED"},
    {0x60, P11_REOPEN, "CKR_KEY_HANDLE_INVALID"},
    {0x6a, P11_NEVER, "CKR_KEY_UNEXTRACTABLE"},
    {0x70, P11_NEVER, "CKR_MECHANISM_INVALID"},
    {0x71, P11_NEVER, "CKR_MECHANISM_PARAM_INVALID"},
    {0x82, P11_REOPEN, "CKR_OBJECT_HANDLE_INVALID"},
    {0xa0, P11_NEVER, "CKR_PIN_INCORRECT"},
    {0xa1, P11_NEVER, "CKR_PIN_INVALID"},
    {0xa2, P11_NEVER, "CKR_PIN_LEN_RANGE"},
    {0xa3, P11_NEVER, "CKR_PIN_EXPIRED"},
    {0xa4, P11_NEVER, "CKR_PIN_LOCKED"},
    {0xb0, P11_REOPEN, "CKR_SESSION_CLOSED"},
    {0xb1, P11_LATER, "CKR_SESSION_COUNT"},
    {0xb3, P11_REOPEN, "CKR_SESSION_HANDLE_INVALID"},
    {0xe0, P11_RELOAD, "CKR_TOKEN_NOT_PRESENT"},
    {0xe1, P11_RELOAD, "CKR_TOKEN_NOT_RECOGNIZED"},
    {0x101, P11_REOPEN, "CKR_USER_NOT_LOGGED_IN"},
    {0x190, P11_RELOAD, "CKR_CRYPTOKI_NOT_INITIALIZED"},
    {0x80000123, P11_NEVER, "unknown"},
};

START_TEST(knows_what_cures_each_code)
{
    char hex[24];

    ck_assert_int_ne(p11_fault("C_Sign", codes[_i].rv, "station", "root"), XTT_OK);
    ck_assert_int_eq(p11_fault_cure(), codes[_i].cure);
    ck_assert_uint_eq(p11_fault_rv(), codes[_i].rv);
    (void)snprintf(hex, sizeof hex, "0x%lx", codes[_i].rv);
    ck_assert_ptr_nonnull(strstr(xtt_p11_why(), codes[_i].name));
    ck_assert_ptr_nonnull(strstr(xtt_p11_why(), hex));
    ck_assert_ptr_nonnull(strstr(xtt_p11_why(), "C_Sign"));
    ck_assert_ptr_nonnull(strstr(xtt_p11_why(), "station"));
    ck_assert_ptr_nonnull(strstr(xtt_p11_why(), "root"));
}
END_TEST

/* ---- finding the token ----------------------------------------------------------------------- */

static void refuse_open(const char *uri, const char *pin_file, xtt_err wanted, const char *word)
{
    struct xtt_p11 *p = NULL;

    ck_assert_int_eq(token_open_as(&p, uri, pin_file), wanted);
    ck_assert_ptr_null(p);
    ck_assert_msg(strstr(xtt_p11_why(), word) != NULL, "%s", xtt_p11_why());
}

/* The token's serial number, from outside. */
static void read_serial(const char *label, char serial[17])
{
    CK_FUNCTION_LIST_PTR f = token_functions();
    CK_TOKEN_INFO info;

    ck_assert_uint_eq(f->C_Initialize(NULL), CKR_OK);
    ck_assert_uint_eq(f->C_GetTokenInfo(token_slot(f, label), &info), CKR_OK);
    ck_assert_uint_eq(f->C_Finalize(NULL), CKR_OK);
    memcpy(serial, info.serialNumber, 16);
    serial[16] = 0;
}

START_TEST(finds_a_token_by_label_and_serial)
{
    char serial[17], uri[300];

    xtt_p11_close(token);
    token = NULL;
    read_serial("station", serial);
    (void)snprintf(uri, sizeof uri, "pkcs11:serial=%s?module-path=%s", serial, softhsm_module());
    ck_assert_msg(token_open_as(&token, uri, hsm.pin_file) == XTT_OK, "%s", xtt_p11_why());
    ck_assert_ptr_nonnull(strstr(xtt_p11_name(token), serial));
    ck_assert_ptr_nonnull(strstr(xtt_p11_name(token), "station"));
    ck_assert_int_eq(xtt_p11_check(token), XTT_OK);
}
END_TEST

START_TEST(refuses_a_token_that_is_not_there)
{
    char uri[300];

    xtt_p11_close(token);
    token = NULL;
    (void)snprintf(uri, sizeof uri, "pkcs11:token=other?module-path=%s", softhsm_module());
    refuse_open(uri, hsm.pin_file, XTT_ERR_HSM_UNREACHABLE, "this module has station");
    (void)snprintf(uri, sizeof uri, "pkcs11:token=station;serial=0?module-path=%s",
                   softhsm_module());
    refuse_open(uri, hsm.pin_file, XTT_ERR_HSM_UNREACHABLE, "serial 0");
    (void)snprintf(uri, sizeof uri, "pkcs11:token=station;manufacturer=X?module-path=%s",
                   softhsm_module());
    refuse_open(uri, hsm.pin_file, XTT_ERR_HSM_UNREACHABLE, "no token");
}
END_TEST

START_TEST(refuses_a_module_that_is_not_there)
{
    refuse_open("pkcs11:token=station?module-path=/nonexistent.so", hsm.pin_file,
                XTT_ERR_HSM_UNREACHABLE, "/nonexistent.so");
    refuse_open("pkcs11:token=station", hsm.pin_file, XTT_ERR_CONFIG, "module-path");
    refuse_open("pkcs11:object=a?module-path=/x.so", hsm.pin_file, XTT_ERR_CONFIG, "token=");
}
END_TEST

START_TEST(refuses_a_library_that_is_no_module)
{
    refuse_open("pkcs11:token=station?module-path=/lib/x86_64-linux-gnu/libm.so.6", hsm.pin_file,
                XTT_ERR_HSM_UNREACHABLE, "module");
}
END_TEST

START_TEST(refuses_two_tokens_of_one_label)
{
    char serial[17], uri[300];

    xtt_p11_close(token);
    token = NULL;
    softhsm_add(&hsm, "station", TOKEN_PIN);
    refuse_open(hsm.uri, hsm.pin_file, XTT_ERR_CONFIG, "2 tokens match");
    ck_assert_ptr_nonnull(strstr(xtt_p11_why(), "serial="));
    read_serial("station", serial);
    (void)snprintf(uri, sizeof uri, "pkcs11:token=station;serial=%s?module-path=%s", serial,
                   softhsm_module());
    ck_assert_msg(token_open_as(&token, uri, hsm.pin_file) == XTT_OK, "%s", xtt_p11_why());
}
END_TEST

/* ---- the PIN --------------------------------------------------------------------------------- */

static CK_FLAGS flags_of(const char *label)
{
    CK_FUNCTION_LIST_PTR f = token_functions();
    CK_TOKEN_INFO info;

    ck_assert_uint_eq(f->C_Initialize(NULL), CKR_OK);
    ck_assert_uint_eq(f->C_GetTokenInfo(token_slot(f, label), &info), CKR_OK);
    ck_assert_uint_eq(f->C_Finalize(NULL), CKR_OK);
    return info.flags;
}

static const char *other_pin(const char *text)
{
    static char path[128];
    FILE *file;

    (void)snprintf(path, sizeof path, "%s/other-pin", hsm.dir);
    file = fopen(path, "w");
    ck_assert_ptr_nonnull(file);
    ck_assert_int_eq(chmod(path, 0600), 0);
    fputs(text, file);
    fclose(file);
    return path;
}

START_TEST(refuses_a_wrong_pin)
{
    xtt_p11_close(token);
    token = NULL;
    ck_assert_uint_eq(flags_of("station") & CKF_USER_PIN_COUNT_LOW, 0);
    refuse_open(hsm.uri, other_pin("wrong-pin"), XTT_ERR_HSM_PIN, "CKR_PIN_INCORRECT (0xa0)");
    ck_assert_ptr_null(strstr(xtt_p11_why(), "wrong-pin"));
    ck_assert_uint_ne(flags_of("station") & CKF_USER_PIN_COUNT_LOW, 0);
}
END_TEST

START_TEST(refuses_to_go_without_a_pin)
{
    xtt_p11_close(token);
    token = NULL;
    refuse_open(hsm.uri, NULL, XTT_ERR_HSM_PIN, "needs a PIN");
    ck_assert_uint_eq(flags_of("station") & CKF_USER_PIN_COUNT_LOW, 0);
}
END_TEST

/* Counts the logins that reach the token. */
static unsigned logins;
static CK_RV (*real_login)(CK_SESSION_HANDLE, CK_USER_TYPE, CK_UTF8CHAR_PTR, CK_ULONG);

static CK_RV count_login(CK_SESSION_HANDLE s, CK_USER_TYPE who, CK_UTF8CHAR_PTR pin, CK_ULONG n)
{
    logins++;
    return real_login(s, who, pin, n);
}

static void change_pin(CK_FUNCTION_LIST_PTR f, const char *from, const char *to)
{
    CK_SESSION_HANDLE s;

    ck_assert_uint_eq(f->C_OpenSession(token_slot(f, "station"),
                                       CKF_SERIAL_SESSION | CKF_RW_SESSION, NULL, NULL, &s),
                      CKR_OK);
    ck_assert_uint_eq(f->C_SetPIN(s, (CK_UTF8CHAR_PTR)(uintptr_t)from, strlen(from),
                                  (CK_UTF8CHAR_PTR)(uintptr_t)to, strlen(to)),
                      CKR_OK);
    ck_assert_uint_eq(f->C_CloseSession(s), CKR_OK);
}

START_TEST(never_presents_a_refused_pin_again)
{
    CK_FUNCTION_LIST_PTR f = token_functions();
    int i;

    real_login = f->C_Login;
    f->C_Login = count_login;
    change_pin(f, TOKEN_PIN, "another-pin");
    ck_assert_uint_eq(f->C_Finalize(NULL), CKR_OK);
    ck_assert_int_eq(xtt_p11_check(token), XTT_ERR_HSM_PIN);
    ck_assert_uint_eq(logins, 1);
    for (i = 0; i < 5; i++) {
        token_clock += 10 * XTT_P11_RELOAD_MS;
        ck_assert_int_eq(xtt_p11_check(token), XTT_ERR_HSM_PIN);
        ck_assert_ptr_nonnull(strstr(xtt_p11_why(), "0xa0"));
    }
    ck_assert_uint_eq(logins, 1);
    f->C_Login = real_login;
}
END_TEST

/* A token that says its PIN is nearly gone: SoftHSM does not lock, so its answer is changed. */
static CK_FLAGS added;
static CK_RV (*real_info)(CK_SLOT_ID, CK_TOKEN_INFO_PTR);

static CK_RV add_flags(CK_SLOT_ID slot, CK_TOKEN_INFO_PTR info)
{
    CK_RV rv = real_info(slot, info);

    info->flags |= added;
    return rv;
}

static const CK_FLAGS stop_flags[] = {CKF_USER_PIN_FINAL_TRY, CKF_USER_PIN_LOCKED};

START_TEST(does_not_use_up_the_last_try)
{
    CK_FUNCTION_LIST_PTR f = token_functions();
    struct xtt_p11 *p = NULL;

    xtt_p11_close(token);
    token = NULL;
    added = stop_flags[_i];
    real_info = f->C_GetTokenInfo;
    real_login = f->C_Login;
    f->C_GetTokenInfo = add_flags;
    f->C_Login = count_login;
    ck_assert_int_eq(token_open_as(&p, hsm.uri, hsm.pin_file), XTT_ERR_HSM_PIN_LOCKED);
    ck_assert_uint_eq(logins, 0);
    ck_assert_ptr_nonnull(strstr(xtt_p11_why(), "vendor's tool"));
    f->C_GetTokenInfo = real_info;
    f->C_Login = real_login;
}
END_TEST

/* ---- healing --------------------------------------------------------------------------------- */

START_TEST(heals_after_its_sessions_were_closed)
{
    CK_FUNCTION_LIST_PTR f = token_functions();

    ck_assert_int_eq(xtt_p11_check(token), XTT_OK);
    ck_assert_uint_eq(f->C_CloseAllSessions(token_slot(f, "station")), CKR_OK);
    ck_assert_msg(xtt_p11_check(token) == XTT_OK, "%s", xtt_p11_why());
}
END_TEST

START_TEST(heals_after_the_module_was_finalised)
{
    ck_assert_uint_eq(token_functions()->C_Finalize(NULL), CKR_OK);
    ck_assert_msg(xtt_p11_check(token) == XTT_OK, "%s", xtt_p11_why());
}
END_TEST

START_TEST(heals_after_a_logout)
{
    CK_FUNCTION_LIST_PTR f = token_functions();
    CK_SESSION_HANDLE s;

    ck_assert_uint_eq(
        f->C_OpenSession(token_slot(f, "station"), CKF_SERIAL_SESSION, NULL, NULL, &s), CKR_OK);
    ck_assert_uint_eq(f->C_Logout(s), CKR_OK);
    ck_assert_msg(xtt_p11_check(token) == XTT_OK, "%s", xtt_p11_why());
}
END_TEST

static unsigned starts;
static CK_RV (*real_start)(void *);

static CK_RV count_start(void *args)
{
    starts++;
    return real_start(args);
}

START_TEST(reloads_the_module_once_in_thirty_seconds)
{
    CK_FUNCTION_LIST_PTR f = token_functions();
    int i;

    real_start = f->C_Initialize;
    f->C_Initialize = count_start;
    ck_assert_uint_eq(f->C_Finalize(NULL), CKR_OK);
    ck_assert_int_eq(xtt_p11_check(token), XTT_OK);
    ck_assert_uint_eq(starts, 1);
    ck_assert_uint_eq(f->C_Finalize(NULL), CKR_OK);
    for (i = 0; i < 100; i++)
        ck_assert_int_eq(xtt_p11_check(token), XTT_ERR_HSM_UNREACHABLE);
    ck_assert_ptr_nonnull(strstr(xtt_p11_why(), "next attempt in 30 s"));
    ck_assert_uint_eq(starts, 1);
    token_clock += XTT_P11_RELOAD_MS - 1;
    ck_assert_int_eq(xtt_p11_check(token), XTT_ERR_HSM_UNREACHABLE);
    ck_assert_ptr_nonnull(strstr(xtt_p11_why(), "next attempt in 1 s"));
    token_clock += 1;
    ck_assert_int_eq(xtt_p11_check(token), XTT_OK);
    ck_assert_uint_eq(starts, 2);
    f->C_Initialize = real_start;
}
END_TEST

START_TEST(tells_that_the_token_is_gone_and_heals_when_it_returns)
{
    ck_assert_int_eq(xtt_p11_check(token), XTT_OK);
    softhsm_unplug(&hsm);
    ck_assert_int_eq(xtt_p11_check(token), XTT_ERR_HSM_UNREACHABLE);
    ck_assert_msg(strstr(xtt_p11_why(), "station") != NULL, "%s", xtt_p11_why());
    ck_assert_int_eq(xtt_p11_check(token), XTT_ERR_HSM_UNREACHABLE);
    ck_assert_msg(strstr(xtt_p11_why(), "next attempt") != NULL, "%s", xtt_p11_why());
    token_clock += XTT_P11_RELOAD_MS;
    ck_assert_int_eq(xtt_p11_check(token), XTT_ERR_HSM_UNREACHABLE);
    softhsm_plug(&hsm);
    ck_assert_int_eq(xtt_p11_check(token), XTT_ERR_HSM_UNREACHABLE);
    token_clock += XTT_P11_RELOAD_MS;
    ck_assert_msg(xtt_p11_check(token) == XTT_OK, "%s", xtt_p11_why());
}
END_TEST

/* A passing fault: the token answers the n-th random draws from now on with a general error. */
static unsigned faults, draws;
static CK_RV (*real_draw)(CK_SESSION_HANDLE, unsigned char *, CK_ULONG);

static CK_RV fail_draw(CK_SESSION_HANDLE s, unsigned char *out, CK_ULONG n)
{
    draws++;
    if (faults == 0)
        return real_draw(s, out, n);
    faults--;
    return CKR_GENERAL_ERROR;
}

START_TEST(repeats_once_before_it_reloads_for_a_general_error)
{
    CK_FUNCTION_LIST_PTR f = token_functions();

    real_start = f->C_Initialize;
    real_draw = f->C_GenerateRandom;
    f->C_Initialize = count_start;
    f->C_GenerateRandom = fail_draw;
    faults = 1;
    ck_assert_int_eq(xtt_p11_check(token), XTT_OK);
    ck_assert_uint_eq(draws, 2);
    ck_assert_uint_eq(starts, 0);
    faults = 2;
    ck_assert_int_eq(xtt_p11_check(token), XTT_OK);
    ck_assert_uint_eq(draws, 5);
    ck_assert_uint_eq(starts, 1);
    faults = 100;
    ck_assert_int_eq(xtt_p11_check(token),
                     XTT_ERR_HSM_UNREACHABLE); /* it is too early to reload again */
    ck_assert_ptr_nonnull(strstr(xtt_p11_why(), "next attempt in 30 s"));
    ck_assert_uint_eq(draws, 7);
    token_clock += XTT_P11_RELOAD_MS;
    ck_assert_int_eq(xtt_p11_check(token), XTT_ERR_HSM); /* no third repetition */
    ck_assert_uint_eq(draws, 10);
    ck_assert_uint_eq(starts, 2);
    f->C_Initialize = real_start;
    f->C_GenerateRandom = real_draw;
}
END_TEST

static void fill(TCase *tc)
{
    tcase_add_checked_fixture(tc, token_start, token_stop);
    tcase_add_loop_test(tc, knows_what_cures_each_code, 0, (int)(sizeof codes / sizeof *codes));
    tcase_add_test(tc, finds_a_token_by_label_and_serial);
    tcase_add_test(tc, refuses_a_token_that_is_not_there);
    tcase_add_test(tc, refuses_a_module_that_is_not_there);
    tcase_add_test(tc, refuses_a_library_that_is_no_module);
    tcase_add_test(tc, refuses_two_tokens_of_one_label);
    tcase_add_test(tc, refuses_a_wrong_pin);
    tcase_add_test(tc, refuses_to_go_without_a_pin);
    tcase_add_test(tc, never_presents_a_refused_pin_again);
    tcase_add_loop_test(tc, does_not_use_up_the_last_try, 0, 2);
    tcase_add_test(tc, heals_after_its_sessions_were_closed);
    tcase_add_test(tc, heals_after_the_module_was_finalised);
    tcase_add_test(tc, heals_after_a_logout);
    tcase_add_test(tc, reloads_the_module_once_in_thirty_seconds);
    tcase_add_test(tc, tells_that_the_token_is_gone_and_heals_when_it_returns);
    tcase_add_test(tc, repeats_once_before_it_reloads_for_a_general_error);
}

int main(void)
{
    if (!softhsm_module())
        return 77;
    return run_suite("pkcs11_session", fill, 20);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Tests pkcs11/uri.c: what a PKCS#11 URI may say here, and everything it may not. */
#include "pkcs11/p11.h"

#include "test/support/suite.h"

#include <stdio.h>
#include <string.h>

START_TEST(reads_every_attribute_it_knows)
{
    struct xtt_p11_uri u;

    ck_assert_int_eq(
        xtt_p11_uri_parse(&u,
                          "pkcs11:token=The%20Station;serial=00ff;manufacturer=SoftHSM%20project;"
                          "model=SoftHSM%20v2;object=server;id=%01%02%00;type=private"
                          "?module-path=/usr/lib/x.so&pin-source=file:/etc/xtt/pin"),
        XTT_OK);
    ck_assert_str_eq(u.token, "The Station");
    ck_assert_str_eq(u.serial, "00ff");
    ck_assert_str_eq(u.manufacturer, "SoftHSM project");
    ck_assert_str_eq(u.model, "SoftHSM v2");
    ck_assert_str_eq(u.object, "server");
    ck_assert_uint_eq(u.id_n, 3);
    ck_assert_mem_eq(u.id, "\x01\x02\x00", 3);
    ck_assert_int_eq(u.type, XTT_P11_PRIVATE);
    ck_assert_str_eq(u.module_path, "/usr/lib/x.so");
    ck_assert_str_eq(u.pin_source, "/etc/xtt/pin");
}
END_TEST

START_TEST(leaves_empty_what_is_not_said)
{
    struct xtt_p11_uri u;

    memset(&u, 0xa5, sizeof u);
    ck_assert_int_eq(xtt_p11_uri_parse(&u, "pkcs11:token=a"), XTT_OK);
    ck_assert_str_eq(u.token, "a");
    ck_assert_str_eq(u.serial, "");
    ck_assert_str_eq(u.object, "");
    ck_assert_uint_eq(u.id_n, 0);
    ck_assert_int_eq(u.type, XTT_P11_ANY);
    ck_assert_str_eq(u.module_path, "");
    ck_assert_str_eq(u.pin_source, "");
}
END_TEST

START_TEST(takes_each_form_of_a_pin_file)
{
    static const char *const forms[] = {"/p", "file:/p", "file:///p"};
    struct xtt_p11_uri u;
    char text[64];

    (void)snprintf(text, sizeof text, "pkcs11:token=a?pin-source=%s", forms[_i]);
    ck_assert_int_eq(xtt_p11_uri_parse(&u, text), XTT_OK);
    ck_assert_str_eq(u.pin_source, "/p");
}
END_TEST

/* A URI and a word that the refusal must have. */
static const char *const malformed[][2] = {
    {"", "pkcs11:"},
    {"token=a", "pkcs11:"},
    {"PKCS12:token=a", "pkcs11:"},
    {"http://token", "pkcs11:"},
    {"pkcs11:", "nothing"},
    {"pkcs11:token", "no value"},
    {"pkcs11:token=", "no value"},
    {"pkcs11:=a", "unknown"},
    {"pkcs11:token=a;", "separator"},
    {"pkcs11:token=a;;serial=b", "unknown"},
    {"pkcs11:token=a?", "separator"},
    {"pkcs11:token=a;token=b", "twice"},
    {"pkcs11:object=a;object=a", "twice"},
    {"pkcs11:token=a?module-path=/a&module-path=/b", "twice"},
    {"pkcs11:token=%", ""},
    {"pkcs11:token=%4", ""},
    {"pkcs11:token=%zz", ""},
    {"pkcs11:token=a;type=horse", ""},
    {"pkcs11:token=a;type=cert", "type"},
    {"pkcs11:token=a;type=data", "type"},
    {"pkcs11:token=a;x-vendor=b", "x-vendor"},
    {"pkcs11:token=a;Token=b", "Token"},
    {"pkcs11:token=a?pin-value=1234", "does not belong"},
    {"pkcs11:token=a?x=1", "unknown"},
    {"pkcs11:slot-id=3", "slot numbers"},
    {"pkcs11:slot-description=x", "slot-description"},
    {"pkcs11:slot-manufacturer=x", "slot-manufacturer"},
    {"pkcs11:library-description=x", "library-description"},
    {"pkcs11:library-manufacturer=x", "library-manufacturer"},
    {"pkcs11:library-version=1.2", "library-version"},
    {"pkcs11:token=a?module-name=softhsm2", "module-name"},
    {"pkcs11:token=a?module-path=x.so", "absolute"},
    {"pkcs11:token=a?pin-source=pin", "pin-source"},
    {"pkcs11:token=a?pin-source=%7Ccat%20pin", "pin-source"},
    {"pkcs11:token=a?pin-source=https://x/pin", "pin-source"},
    {"pkcs11:token=a?pin-source=file://host/pin", "pin-source"},
    {"pkcs11:token=a;object=x%00y", "zero byte"},
    {"pkcs11:token=a;id=", "no value"},
    {"pkcs11:token=a;id=%01%02%03%04%05%06%07%08%09%0a%0b%0c%0d%0e%0f%10%11%12%13%14%15%16%17%18"
     "%19%1a%1b%1c%1d%1e%1f%20%21",
     "id="},
    {"pkcs11:token=123456789012345678901234567890123", ""},
    {"pkcs11:serial=12345678901234567", ""},
    {"pkcs11:token=a;object=1234567890123456789012345678901234567890123456789012345678901234x",
     "object="},
};

START_TEST(refuses_with_words_and_leaves_the_output)
{
    struct xtt_p11_uri u, before;

    memset(&u, 0xa5, sizeof u);
    before = u;
    ck_assert_msg(xtt_p11_uri_parse(&u, malformed[_i][0]) == XTT_ERR_CONFIG, "taken: %s",
                  malformed[_i][0]);
    ck_assert_msg(strstr(xtt_p11_why(), malformed[_i][1]) != NULL, "%s: %s", malformed[_i][0],
                  xtt_p11_why());
    ck_assert_mem_eq(&u, &before, sizeof u);
}
END_TEST

START_TEST(does_not_repeat_a_pin)
{
    struct xtt_p11_uri u;

    ck_assert_int_eq(xtt_p11_uri_parse(&u, "pkcs11:token=a?pin-value=s3cret"), XTT_ERR_CONFIG);
    ck_assert_ptr_null(strstr(xtt_p11_why(), "s3cret"));
}
END_TEST

static void fill(TCase *tc)
{
    tcase_add_test(tc, reads_every_attribute_it_knows);
    tcase_add_test(tc, leaves_empty_what_is_not_said);
    tcase_add_loop_test(tc, takes_each_form_of_a_pin_file, 0, 3);
    tcase_add_loop_test(tc, refuses_with_words_and_leaves_the_output, 0,
                        (int)(sizeof malformed / sizeof *malformed));
    tcase_add_test(tc, does_not_repeat_a_pin);
}

int main(void)
{
    return run_suite("pkcs11_uri", fill, 20);
}

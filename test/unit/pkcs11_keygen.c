/* SPDX-License-Identifier: Apache-2.0 */
/* Tests pkcs11/keygen.c: which attributes keys have, read back from the token. */
#include "test/support/suite.h"
#include "test/support/token.h"

static CK_FUNCTION_LIST_PTR f;
static CK_SESSION_HANDLE session;

static void start(void)
{
    token_start();
    f = token_functions();
    ck_assert_uint_eq(f->C_OpenSession(token_slot(f, "station"),
                                       CKF_SERIAL_SESSION | CKF_RW_SESSION, NULL, NULL, &session),
                      CKR_OK);
}

static CK_OBJECT_HANDLE find(CK_OBJECT_CLASS class, const char *label)
{
    CK_ATTRIBUTE a[] = {{CKA_CLASS, &class, sizeof class},
                        {CKA_LABEL, (void *)(uintptr_t)label, strlen(label)}};
    CK_OBJECT_HANDLE found[2];
    CK_ULONG n;

    ck_assert_uint_eq(f->C_FindObjectsInit(session, a, 2), CKR_OK);
    ck_assert_uint_eq(f->C_FindObjects(session, found, 2, &n), CKR_OK);
    ck_assert_uint_eq(f->C_FindObjectsFinal(session), CKR_OK);
    ck_assert_uint_eq(n, 1);
    return found[0];
}

static void expect(CK_OBJECT_HANDLE object, CK_ATTRIBUTE_TYPE type, CK_BBOOL wanted)
{
    CK_BBOOL value = 2;
    CK_ATTRIBUTE a = {type, &value, sizeof value};

    ck_assert_msg(f->C_GetAttributeValue(session, object, &a, 1) == CKR_OK, "0x%lx", type);
    ck_assert_msg(value == wanted, "attribute 0x%lx is %d", type, value);
}

START_TEST(a_signing_key_signs_and_does_nothing_else)
{
    static const struct {
        CK_ATTRIBUTE_TYPE type;
        CK_BBOOL value;
    } wanted[] = {
        {CKA_TOKEN, 1},
        {CKA_PRIVATE, 1},
        {CKA_SENSITIVE, 1},
        {CKA_EXTRACTABLE, 0},
        {CKA_SIGN, 1},
        {CKA_SIGN_RECOVER, 0},
        {CKA_DECRYPT, 0},
        {CKA_UNWRAP, 0},
        {CKA_DERIVE, 0},
        {CKA_LOCAL, 1},
        {CKA_ALWAYS_SENSITIVE, 1},
        {CKA_NEVER_EXTRACTABLE, 1},
    };
    CK_OBJECT_HANDLE private_key, public_key;
    CK_ATTRIBUTE value = {CKA_VALUE, NULL, 0};
    uint8_t pub[65], id[2][32];
    CK_ATTRIBUTE a = {CKA_ID, id[0], 32}, b = {CKA_ID, id[1], 32};
    size_t i;

    ck_assert_msg(xtt_p11_make_key(token, "server", pub) == XTT_OK, "%s", xtt_p11_why());
    ck_assert_int_eq(pub[0], 4);
    private_key = find(CKO_PRIVATE_KEY, "server");
    public_key = find(CKO_PUBLIC_KEY, "server");
    for (i = 0; i < sizeof wanted / sizeof *wanted; i++)
        expect(private_key, wanted[i].type, wanted[i].value);
    expect(public_key, CKA_VERIFY, 1);
    expect(public_key, CKA_ENCRYPT, 0);
    expect(public_key, CKA_WRAP, 0);
    expect(public_key, CKA_PRIVATE, 0);
    ck_assert_uint_eq(f->C_GetAttributeValue(session, private_key, &value, 1),
                      CKR_ATTRIBUTE_SENSITIVE);
    ck_assert_uint_eq(f->C_GetAttributeValue(session, private_key, &a, 1), CKR_OK);
    ck_assert_uint_eq(f->C_GetAttributeValue(session, public_key, &b, 1), CKR_OK);
    ck_assert_uint_eq(a.ulValueLen, 16);
    ck_assert_uint_eq(b.ulValueLen, 16);
    ck_assert_mem_eq(id[0], id[1], 16);
}
END_TEST

START_TEST(a_wrapping_key_encrypts_and_never_wraps)
{
    static const struct {
        CK_ATTRIBUTE_TYPE type;
        CK_BBOOL value;
    } wanted[] = {
        {CKA_TOKEN, 1},   {CKA_PRIVATE, 1}, {CKA_SENSITIVE, 1}, {CKA_EXTRACTABLE, 0},
        {CKA_ENCRYPT, 1}, {CKA_DECRYPT, 1}, {CKA_SIGN, 0},      {CKA_VERIFY, 0},
        {CKA_WRAP, 0},    {CKA_UNWRAP, 0},  {CKA_DERIVE, 0},    {CKA_MODIFIABLE, 0},
    };
    CK_OBJECT_HANDLE key;
    CK_ULONG size = 0;
    CK_ATTRIBUTE n = {CKA_VALUE_LEN, &size, sizeof size}, value = {CKA_VALUE, NULL, 0};
    size_t i;

    ck_assert_msg(xtt_p11_make_wrapping_key(token, "kek") == XTT_OK, "%s", xtt_p11_why());
    key = find(CKO_SECRET_KEY, "kek");
    for (i = 0; i < sizeof wanted / sizeof *wanted; i++)
        expect(key, wanted[i].type, wanted[i].value);
    ck_assert_uint_eq(f->C_GetAttributeValue(session, key, &n, 1), CKR_OK);
    ck_assert_uint_eq(size, 32);
    ck_assert_uint_eq(f->C_GetAttributeValue(session, key, &value, 1), CKR_ATTRIBUTE_SENSITIVE);
}
END_TEST

START_TEST(refuses_a_label_that_is_taken_by_any_key)
{
    uint8_t pub[65], untouched[65];

    ck_assert_int_eq(xtt_p11_make_key(token, "server", pub), XTT_OK);
    memset(untouched, 0xa5, sizeof untouched);
    memcpy(pub, untouched, sizeof pub);
    ck_assert_int_eq(xtt_p11_make_key(token, "server", pub), XTT_ERR_EXISTS);
    ck_assert_mem_eq(pub, untouched, sizeof pub);
    ck_assert_ptr_nonnull(strstr(xtt_p11_why(), "server"));
    ck_assert_int_eq(xtt_p11_make_wrapping_key(token, "server"), XTT_ERR_EXISTS);
    ck_assert_int_eq(xtt_p11_make_wrapping_key(token, "kek"), XTT_OK);
    ck_assert_int_eq(xtt_p11_make_key(token, "kek", pub), XTT_ERR_EXISTS);
    find(CKO_PRIVATE_KEY, "server"); /* still one */
}
END_TEST

START_TEST(refuses_labels_that_are_none)
{
    uint8_t pub[65];
    char label[80];

    memset(label, 'x', sizeof label);
    label[65] = 0;
    ck_assert_int_eq(xtt_p11_make_key(token, "", pub), XTT_ERR_ARGUMENT);
    ck_assert_int_eq(xtt_p11_make_key(token, label, pub), XTT_ERR_ARGUMENT);
    ck_assert_int_eq(xtt_p11_make_wrapping_key(token, ""), XTT_ERR_ARGUMENT);
    ck_assert_int_eq(xtt_p11_make_wrapping_key(token, label), XTT_ERR_ARGUMENT);
    label[64] = 0;
    ck_assert_msg(xtt_p11_make_key(token, label, pub) == XTT_OK, "%s", xtt_p11_why());
}
END_TEST

START_TEST(makes_keys_on_after_the_module_was_finalised)
{
    uint8_t pub[65];

    ck_assert_uint_eq(f->C_Finalize(NULL), CKR_OK);
    ck_assert_msg(xtt_p11_make_key(token, "server", pub) == XTT_OK, "%s", xtt_p11_why());
}
END_TEST

static void fill(TCase *tc)
{
    tcase_add_checked_fixture(tc, start, token_stop);
    tcase_add_test(tc, a_signing_key_signs_and_does_nothing_else);
    tcase_add_test(tc, a_wrapping_key_encrypts_and_never_wraps);
    tcase_add_test(tc, refuses_a_label_that_is_taken_by_any_key);
    tcase_add_test(tc, refuses_labels_that_are_none);
    tcase_add_test(tc, makes_keys_on_after_the_module_was_finalised);
}

int main(void)
{
    if (!softhsm_module())
        return 77;
    return run_suite("pkcs11_keygen", fill, 20);
}

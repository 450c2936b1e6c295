/* SPDX-License-Identifier: Apache-2.0 */
/* Tests pkcs11/wrap.c: secrets come back whole, for their purpose and on their token only. */
#include "test/support/suite.h"
#include "test/support/token.h"

static const xtt_bytes purpose = {(const uint8_t *)"group 1", 7};
static uint8_t secret[64], blob[XTT_P11_BLOB_MAX], plain[XTT_P11_PLAIN_MAX];
static size_t blob_n, plain_n;

static void start(void)
{
    size_t i;

    token_start();
    ck_assert_msg(xtt_p11_make_wrapping_key(token, "kek") == XTT_OK, "%s", xtt_p11_why());
    for (i = 0; i < sizeof secret; i++)
        secret[i] = (uint8_t)(i * 7 + 1);
    ck_assert_msg(xtt_p11_wrap(token, "kek", purpose, (xtt_bytes){secret, sizeof secret}, blob,
                               sizeof blob, &blob_n) == XTT_OK,
                  "%s", xtt_p11_why());
}

static xtt_err open_blob(xtt_bytes aad)
{
    return xtt_p11_unwrap(token, aad, (xtt_bytes){blob, blob_n}, plain, sizeof plain, &plain_n);
}

START_TEST(gives_back_what_was_wrapped)
{
    ck_assert_uint_le(blob_n, XTT_P11_BLOB_SIZE(sizeof secret));
    ck_assert_msg(open_blob(purpose) == XTT_OK, "%s", xtt_p11_why());
    ck_assert_uint_eq(plain_n, sizeof secret);
    ck_assert_mem_eq(plain, secret, sizeof secret);
}
END_TEST

START_TEST(hides_the_secret_and_never_repeats_itself)
{
    uint8_t other[XTT_P11_BLOB_MAX];
    size_t n, i;

    for (i = 0; i + 8 <= blob_n; i++)
        ck_assert_mem_ne(blob + i, secret, 8);
    ck_assert_int_eq(xtt_p11_wrap(token, "kek", purpose, (xtt_bytes){secret, sizeof secret}, other,
                                  sizeof other, &n),
                     XTT_OK);
    ck_assert_uint_eq(n, blob_n);
    ck_assert_mem_ne(other + n - 64, blob + n - 64, 64);
}
END_TEST

/* Each byte with its lowest, its highest and all bits flipped. */
START_TEST(refuses_the_blob_with_any_byte_changed)
{
    static const uint8_t flips[] = {0x01, 0x80, 0xff};
    size_t i, j;
    xtt_err err;

    memset(plain, 0xa5, sizeof plain);
    for (i = 0; i < blob_n; i++)
        for (j = 0; j < sizeof flips; j++) {
            blob[i] ^= flips[j];
            err = open_blob(purpose);
            ck_assert_msg(err == XTT_ERR_DECRYPT || err == XTT_ERR_FORMAT || err == XTT_ERR_HSM_KEY,
                          "byte %zu: %s %s", i, xtt_err_name(err), xtt_p11_why());
            ck_assert_uint_gt(strlen(xtt_p11_why()), 0);
            ck_assert_int_eq(plain[0], 0xa5);
            blob[i] ^= flips[j];
        }
    ck_assert_int_eq(open_blob(purpose), XTT_OK);
}
END_TEST

START_TEST(says_changed_for_a_wrong_tag_and_for_a_wrong_head)
{
    blob[blob_n - 1] ^= 1;
    ck_assert_int_eq(open_blob(purpose), XTT_ERR_DECRYPT);
    ck_assert_msg(strstr(xtt_p11_why(), "changed") != NULL, "%s", xtt_p11_why());
    ck_assert_ptr_nonnull(strstr(xtt_p11_why(), "C_Decrypt"));
}
END_TEST

START_TEST(refuses_another_purpose)
{
    ck_assert_int_eq(open_blob((xtt_bytes){(const uint8_t *)"group 2", 7}), XTT_ERR_DECRYPT);
    ck_assert_ptr_nonnull(strstr(xtt_p11_why(), "something else"));
    ck_assert_int_eq(open_blob((xtt_bytes){(const uint8_t *)"group 1", 6}), XTT_ERR_DECRYPT);
    ck_assert_int_eq(open_blob((xtt_bytes){NULL, 0}), XTT_ERR_DECRYPT);
}
END_TEST

START_TEST(takes_one_byte_to_4096_and_no_more)
{
    static uint8_t large[XTT_P11_PLAIN_MAX + 1];
    static const size_t sizes[] = {1, 15, 16, 17, 4095, 4096};
    size_t i;

    memset(large, 0x5a, sizeof large);
    for (i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        ck_assert_msg(xtt_p11_wrap(token, "kek", (xtt_bytes){NULL, 0}, (xtt_bytes){large, sizes[i]},
                                   blob, sizeof blob, &blob_n) == XTT_OK,
                      "%s", xtt_p11_why());
        ck_assert_uint_le(blob_n, XTT_P11_BLOB_SIZE(sizes[i]));
        ck_assert_int_eq(open_blob((xtt_bytes){NULL, 0}), XTT_OK);
        ck_assert_uint_eq(plain_n, sizes[i]);
        ck_assert_mem_eq(plain, large, sizes[i]);
    }
    ck_assert_int_eq(
        xtt_p11_wrap(token, "kek", purpose, (xtt_bytes){large, 0}, blob, sizeof blob, &blob_n),
        XTT_ERR_ARGUMENT);
    ck_assert_int_eq(xtt_p11_wrap(token, "kek", purpose, (xtt_bytes){large, sizeof large}, blob,
                                  sizeof blob, &blob_n),
                     XTT_ERR_ARGUMENT);
}
END_TEST

START_TEST(refuses_room_that_is_too_small)
{
    uint8_t small[64];
    size_t n = 77;

    ck_assert_int_eq(xtt_p11_unwrap(token, purpose, (xtt_bytes){blob, blob_n}, small, 63, &n),
                     XTT_ERR_ARGUMENT);
    ck_assert_uint_eq(n, 77);
    ck_assert_int_eq(xtt_p11_unwrap(token, purpose, (xtt_bytes){blob, blob_n}, small, 64, &n),
                     XTT_OK);
    ck_assert_int_eq(xtt_p11_wrap(token, "kek", purpose, (xtt_bytes){secret, sizeof secret}, blob,
                                  blob_n - 1, &n),
                     XTT_ERR_ARGUMENT);
}
END_TEST

START_TEST(refuses_a_wrapping_key_that_is_not_there)
{
    uint8_t pub[65];

    ck_assert_int_eq(xtt_p11_wrap(token, "nobody", purpose, (xtt_bytes){secret, sizeof secret},
                                  blob, sizeof blob, &blob_n),
                     XTT_ERR_HSM_KEY);
    ck_assert_ptr_nonnull(strstr(xtt_p11_why(), "nobody"));
    ck_assert_int_eq(xtt_p11_make_key(token, "server", pub), XTT_OK);
    ck_assert_int_eq(xtt_p11_wrap(token, "server", purpose, (xtt_bytes){secret, sizeof secret},
                                  blob, sizeof blob, &blob_n),
                     XTT_ERR_HSM_KEY);
}
END_TEST

START_TEST(refuses_a_blob_of_another_token)
{
    char uri[300];

    xtt_p11_close(token);
    token = NULL;
    softhsm_add(&hsm, "other", TOKEN_PIN);
    (void)snprintf(uri, sizeof uri, "pkcs11:token=other?module-path=%s", softhsm_module());
    ck_assert_msg(token_open_as(&token, uri, hsm.pin_file) == XTT_OK, "%s", xtt_p11_why());
    ck_assert_int_eq(xtt_p11_make_wrapping_key(token, "kek"), XTT_OK);
    ck_assert_int_eq(open_blob(purpose), XTT_ERR_HSM_KEY);
    ck_assert_ptr_nonnull(strstr(xtt_p11_why(), "is it the token"));
}
END_TEST

/* A token that draws the initialisation vector itself and writes it back. */
static CK_RV (*real_init)(CK_SESSION_HANDLE, CK_MECHANISM_PTR, CK_OBJECT_HANDLE);

static CK_RV choose_iv(CK_SESSION_HANDLE s, CK_MECHANISM_PTR m, CK_OBJECT_HANDLE key)
{
    CK_GCM_PARAMS *gcm = m->pParameter;

    memset(gcm->pIv, 0x77, gcm->ulIvLen);
    return real_init(s, m, key);
}

START_TEST(believes_a_token_that_chooses_its_own_vector)
{
    CK_FUNCTION_LIST_PTR f = token_functions();
    uint8_t chosen[12];
    size_t i, seen = 0;

    real_init = f->C_EncryptInit;
    f->C_EncryptInit = choose_iv;
    ck_assert_int_eq(xtt_p11_wrap(token, "kek", purpose, (xtt_bytes){secret, sizeof secret}, blob,
                                  sizeof blob, &blob_n),
                     XTT_OK);
    f->C_EncryptInit = real_init;
    memset(chosen, 0x77, sizeof chosen);
    for (i = 0; i + 12 <= blob_n; i++)
        seen += memcmp(blob + i, chosen, 12) == 0;
    ck_assert_uint_eq(seen, 1);
    ck_assert_int_eq(open_blob(purpose), XTT_OK);
    ck_assert_mem_eq(plain, secret, sizeof secret);
}
END_TEST

START_TEST(opens_on_after_each_loss_of_the_token)
{
    CK_FUNCTION_LIST_PTR f = token_functions();

    ck_assert_uint_eq(f->C_CloseAllSessions(token_slot(f, "station")), CKR_OK);
    ck_assert_msg(open_blob(purpose) == XTT_OK, "%s", xtt_p11_why());
    ck_assert_uint_eq(f->C_Finalize(NULL), CKR_OK);
    ck_assert_msg(open_blob(purpose) == XTT_OK, "%s", xtt_p11_why());
    softhsm_unplug(&hsm);
    ck_assert_int_eq(open_blob(purpose), XTT_ERR_HSM_UNREACHABLE);
    softhsm_plug(&hsm);
    token_clock += XTT_P11_RELOAD_MS;
    ck_assert_msg(open_blob(purpose) == XTT_OK, "%s", xtt_p11_why());
}
END_TEST

static void fill(TCase *tc)
{
    tcase_add_checked_fixture(tc, start, token_stop);
    tcase_add_test(tc, gives_back_what_was_wrapped);
    tcase_add_test(tc, hides_the_secret_and_never_repeats_itself);
    tcase_add_test(tc, refuses_the_blob_with_any_byte_changed);
    tcase_add_test(tc, says_changed_for_a_wrong_tag_and_for_a_wrong_head);
    tcase_add_test(tc, refuses_another_purpose);
    tcase_add_test(tc, takes_one_byte_to_4096_and_no_more);
    tcase_add_test(tc, refuses_room_that_is_too_small);
    tcase_add_test(tc, refuses_a_wrapping_key_that_is_not_there);
    tcase_add_test(tc, refuses_a_blob_of_another_token);
    tcase_add_test(tc, believes_a_token_that_chooses_its_own_vector);
    tcase_add_test(tc, opens_on_after_each_loss_of_the_token);
}

int main(void)
{
    if (!softhsm_module())
        return 77;
    return run_suite("pkcs11_wrap", fill, 20);
}

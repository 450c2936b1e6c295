/* SPDX-License-Identifier: Apache-2.0 */
/* Tests provisioner/request.c: a request names the key that signed it, and nothing else passes. */
#include "provisioner/request.h"
#include "test/support/suite.h"

#include <string.h>

static struct xtt_signer *signer, *other;
static uint8_t key[65], other_key[65], request[169];

static void set_up(void)
{
    static const uint8_t one[32] = {[31] = 1}, two[32] = {[31] = 2};

    ck_assert_int_eq(xtt_signer_soft_new(&signer, one), XTT_OK);
    ck_assert_int_eq(xtt_signer_soft_new(&other, two), XTT_OK);
    ck_assert_int_eq(signer->ops->public_key(signer, key), XTT_OK);
    ck_assert_int_eq(other->ops->public_key(other, other_key), XTT_OK);
    ck_assert_int_eq(prov_request_make(signer, key, request), XTT_OK);
}

static void tear_down(void)
{
    signer->ops->free(signer);
    other->ops->free(other);
}

START_TEST(names_the_key_that_signed_it)
{
    uint8_t asks[65];

    ck_assert_int_eq(prov_request_check(request, asks), XTT_OK);
    ck_assert_mem_eq(asks, key, 65);
}
END_TEST

START_TEST(refuses_any_byte_changed)
{
    uint8_t asks[65] = {7};

    for (size_t i = 0; i < sizeof request; i++) {
        request[i] ^= 1;
        ck_assert_int_eq(prov_request_check(request, asks), XTT_ERR_CERTIFICATE);
        request[i] ^= 1;
    }
    ck_assert_uint_eq(asks[0], 7);
}
END_TEST

START_TEST(is_not_made_for_a_key_the_signer_does_not_hold)
{
    uint8_t made[169] = {7};

    ck_assert_int_eq(prov_request_make(signer, other_key, made), XTT_ERR_CERTIFICATE);
    ck_assert_uint_eq(made[0], 7);
}
END_TEST

/* A certificate, even one whose root is its own key, is no request. */
START_TEST(refuses_what_has_a_root_or_dates)
{
    struct xtt_server_cert cert = {.dated = 1};
    uint8_t made[169], asks[65];

    memcpy(cert.public_key, key, sizeof key);
    cert.root_id[3] = 1;
    ck_assert_int_eq(xtt_server_cert_sign(&cert, signer, made), XTT_OK);
    ck_assert_int_eq(prov_request_check(made, asks), XTT_ERR_CERTIFICATE);
    cert.root_id[3] = 0;
    cert.not_after = 1;
    ck_assert_int_eq(xtt_server_cert_sign(&cert, signer, made), XTT_OK);
    ck_assert_int_eq(prov_request_check(made, asks), XTT_ERR_CERTIFICATE);
}
END_TEST

START_TEST(is_no_certificate_for_anybody)
{
    struct xtt_root root = {.id = {1}};

    memcpy(root.public_key, key, sizeof key);
    ck_assert_int_eq(xtt_server_cert_check(request, &root, 0, 0), XTT_ERR_CERTIFICATE);
    memset(root.id, 0, sizeof root.id);
    memcpy(root.public_key, other_key, sizeof key);
    ck_assert_int_eq(xtt_server_cert_check(request, &root, 0, 0), XTT_ERR_CERTIFICATE);
}
END_TEST

static void fill(TCase *tc)
{
    tcase_add_checked_fixture(tc, set_up, tear_down);
    tcase_add_test(tc, names_the_key_that_signed_it);
    tcase_add_test(tc, refuses_any_byte_changed);
    tcase_add_test(tc, is_not_made_for_a_key_the_signer_does_not_hold);
    tcase_add_test(tc, refuses_what_has_a_root_or_dates);
    tcase_add_test(tc, is_no_certificate_for_anybody);
}

int main(void)
{
    return run_suite("provisioner/request", fill, 30);
}

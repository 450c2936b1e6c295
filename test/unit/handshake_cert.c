/* SPDX-License-Identifier: Apache-2.0 */
/* Tests libxtt/handshake/cert.c: what makes a server certificate trusted, and what does not. */
#include <xtt/cert.h>

#include <string.h>

#include "test/support/suite.h"

enum { NOW = 1700000000 };

static struct xtt_signer *root_key, *server_key;
static struct xtt_root root;
static struct xtt_server_cert wanted;
static uint8_t cert[XTT_SERVER_CERT_SIZE];

static void setup(void)
{
    static const uint8_t a[32] = {[31] = 5}, b[32] = {[31] = 6};

    ck_assert_int_eq(xtt_signer_soft_new(&root_key, a), XTT_OK);
    ck_assert_int_eq(xtt_signer_soft_new(&server_key, b), XTT_OK);
    memset(root.id, 0x11, sizeof root.id);
    ck_assert_int_eq(root_key->ops->public_key(root_key, root.public_key), XTT_OK);
    wanted = (struct xtt_server_cert){.dated = 1, .not_before = NOW - 10, .not_after = NOW + 10};
    memcpy(wanted.root_id, root.id, sizeof root.id);
    ck_assert_int_eq(server_key->ops->public_key(server_key, wanted.public_key), XTT_OK);
    ck_assert_int_eq(xtt_server_cert_sign(&wanted, root_key, cert), XTT_OK);
}

static void teardown(void)
{
    root_key->ops->free(root_key);
    server_key->ops->free(server_key);
}

START_TEST(a_signed_certificate_is_trusted_and_says_what_was_signed)
{
    struct xtt_server_cert got;

    ck_assert_int_eq(xtt_server_cert_check(cert, &root, 1, NOW), XTT_OK);
    ck_assert_int_eq(xtt_server_cert_decode(cert, &got), XTT_OK);
    ck_assert_uint_eq(got.not_before, wanted.not_before);
    ck_assert_uint_eq(got.not_after, wanted.not_after);
    ck_assert_mem_eq(got.public_key, wanted.public_key, 65);
    ck_assert_mem_eq(got.root_id, wanted.root_id, 16);
    ck_assert_int_eq(got.dated, 1);
}
END_TEST

START_TEST(every_flipped_bit_is_noticed)
{
    for (size_t bit = 0; bit < 8 * sizeof cert; bit++) {
        cert[bit / 8] ^= (uint8_t)(1u << bit % 8);
        ck_assert_int_eq(xtt_server_cert_check(cert, &root, 1, NOW), XTT_ERR_CERTIFICATE);
        cert[bit / 8] ^= (uint8_t)(1u << bit % 8);
    }
}
END_TEST

START_TEST(dates_count_when_there_is_a_clock)
{
    ck_assert_int_eq(xtt_server_cert_check(cert, &root, 1, NOW - 10), XTT_OK);
    ck_assert_int_eq(xtt_server_cert_check(cert, &root, 1, NOW + 10), XTT_OK);
    ck_assert_int_eq(xtt_server_cert_check(cert, &root, 1, NOW - 11), XTT_ERR_CERTIFICATE);
    ck_assert_int_eq(xtt_server_cert_check(cert, &root, 1, NOW + 11), XTT_ERR_CERTIFICATE);
    ck_assert_int_eq(xtt_server_cert_check(cert, &root, 1, 0), XTT_OK);
    ck_assert_int_eq(xtt_server_cert_check(cert, &root, 0, NOW + 11), XTT_OK);
}
END_TEST

START_TEST(no_end_never_ends)
{
    wanted.not_after = XTT_NO_END;
    ck_assert_int_eq(xtt_server_cert_sign(&wanted, root_key, cert), XTT_OK);
    ck_assert_int_eq(xtt_server_cert_check(cert, &root, 1, XTT_NO_END - 1), XTT_OK);
}
END_TEST

START_TEST(another_root_is_not_trusted)
{
    struct xtt_root other = root;

    other.id[0] ^= 1;
    ck_assert_int_eq(xtt_server_cert_check(cert, &other, 1, NOW), XTT_ERR_CERTIFICATE);
    other = root;
    memcpy(other.public_key, wanted.public_key, 65);
    ck_assert_int_eq(xtt_server_cert_check(cert, &other, 1, NOW), XTT_ERR_CERTIFICATE);
}
END_TEST

START_TEST(a_malformed_request_is_not_signed)
{
    uint8_t untouched[XTT_SERVER_CERT_SIZE] = {0xaa};
    struct xtt_server_cert bad = wanted;

    bad.public_key[64] ^= 1;
    ck_assert_int_eq(xtt_server_cert_sign(&bad, root_key, untouched), XTT_ERR_POINT);
    bad = wanted;
    bad.not_before = bad.not_after + 1;
    ck_assert_int_eq(xtt_server_cert_sign(&bad, root_key, untouched), XTT_ERR_ARGUMENT);
    ck_assert_uint_eq(untouched[0], 0xaa);
}
END_TEST

START_TEST(root_certificates_come_back_and_need_a_point)
{
    uint8_t bytes[XTT_ROOT_CERT_SIZE];
    struct xtt_root back;

    ck_assert_int_eq(xtt_root_cert_encode(&root, bytes), XTT_OK);
    ck_assert_int_eq(xtt_root_cert_decode(bytes, &back), XTT_OK);
    ck_assert_mem_eq(&back, &root, sizeof root);
    bytes[80] ^= 1;
    ck_assert_int_eq(xtt_root_cert_decode(bytes, &back), XTT_ERR_POINT);
}
END_TEST

static void fill(TCase *tc)
{
    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_add_test(tc, a_signed_certificate_is_trusted_and_says_what_was_signed);
    tcase_add_test(tc, every_flipped_bit_is_noticed);
    tcase_add_test(tc, dates_count_when_there_is_a_clock);
    tcase_add_test(tc, no_end_never_ends);
    tcase_add_test(tc, another_root_is_not_trusted);
    tcase_add_test(tc, a_malformed_request_is_not_signed);
    tcase_add_test(tc, root_certificates_come_back_and_need_a_point);
}

int main(void)
{
    return run_suite("handshake/cert", fill, 20);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Tests libxtt/wire/msg.c against the offsets of doc/protocol.md, and the header check. */
#include "wire/msg.h"

#include <string.h>

#include "test/support/suite.h"

static const struct {
    uint8_t type;
    size_t clear, plain, size;
} layouts[] = {
    {XTT_M_CLIENT_INIT, 70, 70, 70},
    {XTT_M_SERVER_ATTEST, 168, 401, 417},
    {XTT_M_ID_CLIENT_ATTEST, 136, 734, 750},
    {XTT_M_ID_SERVER_FINISHED, 6, 87, 103},
    {XTT_M_ERROR, 4, 4, 4},
    {XTT_M_AUTH_ERROR, 24, 24, 24},
};

#define N_LAYOUTS ((int)(sizeof layouts / sizeof layouts[0]))

START_TEST(sizes_are_those_of_the_protocol)
{
    struct xtt_layout at;

    ck_assert_int_eq(xtt_msg_layout(layouts[_i].type, &at), 1);
    ck_assert_uint_eq(at.clear, layouts[_i].clear);
    ck_assert_uint_eq(at.plain, layouts[_i].plain);
    ck_assert_uint_eq(at.size, layouts[_i].size);
}
END_TEST

static const struct {
    uint8_t type;
    enum xtt_field field;
    size_t at, size;
} fields[] = {
    {XTT_M_CLIENT_INIT, XTT_F_SUITE, 4, 2},
    {XTT_M_CLIENT_INIT, XTT_F_NONCE, 6, 32},
    {XTT_M_CLIENT_INIT, XTT_F_DH, 38, 32},
    {XTT_M_SERVER_ATTEST, XTT_F_DH, 6, 32},
    {XTT_M_SERVER_ATTEST, XTT_F_COOKIE, 38, 130},
    {XTT_M_SERVER_ATTEST, XTT_F_CERT, 168, 169},
    {XTT_M_SERVER_ATTEST, XTT_F_SIG_S, 337, 64},
    {XTT_M_ID_CLIENT_ATTEST, XTT_F_COOKIE, 6, 130},
    {XTT_M_ID_CLIENT_ATTEST, XTT_F_LT_PUB, 136, 65},
    {XTT_M_ID_CLIENT_ATTEST, XTT_F_GROUP, 201, 32},
    {XTT_M_ID_CLIENT_ATTEST, XTT_F_ID, 233, 16},
    {XTT_M_ID_CLIENT_ATTEST, XTT_F_LT_SIG, 249, 64},
    {XTT_M_ID_CLIENT_ATTEST, XTT_F_DAA_SIG, 313, 421},
    {XTT_M_ID_SERVER_FINISHED, XTT_F_ID, 6, 16},
    {XTT_M_ID_SERVER_FINISHED, XTT_F_LT_PUB, 22, 65},
    {XTT_M_AUTH_ERROR, XTT_F_CODE, 6, 2},
    {XTT_M_AUTH_ERROR, XTT_F_MAC, 8, 16},
};

#define N_FIELDS ((int)(sizeof fields / sizeof fields[0]))

START_TEST(fields_are_where_the_protocol_puts_them)
{
    size_t size;

    ck_assert_uint_eq(xtt_msg_offset(fields[_i].type, fields[_i].field, &size), fields[_i].at);
    ck_assert_uint_eq(size, fields[_i].size);
}
END_TEST

START_TEST(the_error_message_is_four_bytes)
{
    uint8_t msg[4];

    xtt_msg_init(msg, XTT_M_ERROR, 0);
    ck_assert_mem_eq(msg, "\x41\x00\x04\x01", 4);
}
END_TEST

START_TEST(unknown_types_have_no_layout)
{
    struct xtt_layout at;
    int known = 0;

    for (int type = 0; type < 256; type++)
        known += xtt_msg_layout((uint8_t)type, &at);
    ck_assert_int_eq(known, N_LAYOUTS);
    ck_assert_str_eq(xtt_msg_name(0), "unknown message");
}
END_TEST

static xtt_err check(const char *head, size_t n, uint16_t suite)
{
    return xtt_msg_check((xtt_bytes){(const uint8_t *)head, n}, suite);
}

START_TEST(header_is_judged_in_order_as_bytes_arrive)
{
    ck_assert_int_eq(check("\xff\xff\xff", 3, 0x0101), XTT_OK);
    ck_assert_int_eq(check("\x7f\x00\x46\x01", 4, 0x0101), XTT_ERR_MESSAGE);
    ck_assert_int_eq(check("\x00\x00\x46\x01", 4, 0x0101), XTT_ERR_MESSAGE);
    ck_assert_int_eq(check("\x01\x00\x45\x01", 4, 0x0101), XTT_ERR_LENGTH);
    ck_assert_int_eq(check("\x01\x00\x47\x02", 4, 0x0101), XTT_ERR_LENGTH);
    ck_assert_int_eq(check("\x01\xff\xff\x01", 4, 0x0101), XTT_ERR_LENGTH);
    ck_assert_int_eq(check("\x01\x00\x46\x00", 4, 0x0101), XTT_ERR_VERSION);
    ck_assert_int_eq(check("\x01\x00\x46\x02", 4, 0x0101), XTT_ERR_VERSION);
    ck_assert_int_eq(check("\x01\x00\x46\xff", 4, 0x0101), XTT_ERR_VERSION);
    ck_assert_int_eq(check("\x01\x00\x46\x01\x02", 5, 0x0101), XTT_OK);
    ck_assert_int_eq(check("\x01\x00\x46\x01\x00\x01", 6, 0x0101), XTT_ERR_SUITE);
    ck_assert_int_eq(check("\x01\x00\x46\x01\x00\x01", 6, 0), XTT_OK);
    ck_assert_int_eq(check("\x01\x00\x46\x01\x01\x01", 6, 0x0101), XTT_OK);
    ck_assert_int_eq(check("\x41\x00\x04\x01", 4, 0x0101), XTT_OK);
    ck_assert_int_eq(check("\x41\x00\x05\x01", 4, 0x0101), XTT_ERR_LENGTH);
}
END_TEST

static void fill(TCase *tc)
{
    tcase_add_loop_test(tc, sizes_are_those_of_the_protocol, 0, N_LAYOUTS);
    tcase_add_loop_test(tc, fields_are_where_the_protocol_puts_them, 0, N_FIELDS);
    tcase_add_test(tc, the_error_message_is_four_bytes);
    tcase_add_test(tc, unknown_types_have_no_layout);
    tcase_add_test(tc, header_is_judged_in_order_as_bytes_arrive);
}

int main(void)
{
    return run_suite("wire/msg", fill, 4);
}

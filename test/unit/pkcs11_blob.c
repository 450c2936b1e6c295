/* SPDX-License-Identifier: Apache-2.0 */
/* Tests pkcs11/blob.c: the layout of a wrapped secret, byte by byte, and every way to break it. */
#include "pkcs11/blob.h"

#include "test/support/suite.h"

#include <string.h>

/* Written by hand from the layout in p11.h. */
static const uint8_t example[] = {
    'X',  'T',  'T',  'W',  'R',  'A',  'P',  '1', /* magic */
    1,                                             /* method */
    3,    'k',  'e',  'k',                         /* label */
    2,    0x07, 0x08,                              /* id */
    0xb0, 0xb1, 0xb2, 0xb3, 0xb4, 0xb5, 0xb6, 0xb7, 0xb8, 0xb9, 0xba, 0xbb, 0xbc, 0xbd, 0xbe, 0xbf,
    0xc0, 0xc1, 0xc2, 0xc3, 0xc4, 0xc5, 0xc6, 0xc7, 0xc8, 0xc9, 0xca, 0xcb, 0xcc, 0xcd, 0xce, 0xcf,
    12,   0,    1,    2,    3,    4,    5,    6,    7,    8,    9,    10,   11,   0,    3,    0xe0,
    0xe1, 0xe2, /* ciphertext */
    0xf0, 0xf1, 0xf2, 0xf3, 0xf4, 0xf5, 0xf6, 0xf7, 0xf8, 0xf9, 0xfa, 0xfb, 0xfc, 0xfd, 0xfe, 0xff};

START_TEST(lays_out_what_the_header_says)
{
    static const uint8_t id[] = {7, 8};
    static const uint8_t iv[] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11};
    uint8_t out[XTT_P11_BLOB_SIZE(3)];
    size_t n;

    n = p11_blob_begin(out, "kek", (xtt_bytes){id, 2}, example + 16);
    ck_assert_uint_eq(n, 48);
    n = p11_blob_end(out, n, (xtt_bytes){iv, 12}, (xtt_bytes){example + sizeof example - 19, 19});
    ck_assert_uint_eq(n, sizeof example);
    ck_assert_mem_eq(out, example, n);
}
END_TEST

START_TEST(takes_apart_what_it_laid_out)
{
    struct p11_blob b;

    ck_assert_int_eq(p11_blob_parse(&b, (xtt_bytes){example, sizeof example}), XTT_OK);
    ck_assert_int_eq(b.method, P11_METHOD_GCM);
    ck_assert_str_eq(b.label, "kek");
    ck_assert_uint_eq(b.id.n, 2);
    ck_assert_int_eq(b.id.p[0], 7);
    ck_assert_int_eq(b.binding[0], 0xb0);
    ck_assert_ptr_eq(b.head.p, example);
    ck_assert_uint_eq(b.head.n, 48);
    ck_assert_uint_eq(b.iv.n, 12);
    ck_assert_int_eq(b.iv.p[11], 11);
    ck_assert_uint_eq(b.sealed.n, 19);
    ck_assert_int_eq(b.sealed.p[0], 0xe0);
    ck_assert_int_eq(b.sealed.p[18], 0xff);
}
END_TEST

START_TEST(refuses_every_length_but_the_right_one)
{
    uint8_t longer[sizeof example + 8] = {0};
    struct p11_blob b;
    size_t n;

    memcpy(longer, example, sizeof example);
    for (n = 0; n <= sizeof longer; n++)
        ck_assert_int_eq(p11_blob_parse(&b, (xtt_bytes){longer, n}),
                         n == sizeof example ? XTT_OK : XTT_ERR_FORMAT);
    ck_assert_int_eq(p11_blob_parse(&b, (xtt_bytes){NULL, 0}), XTT_ERR_FORMAT);
}
END_TEST

/* Offset, what it becomes. */
static const struct {
    size_t at;
    uint8_t is;
} broken[] = {
    {0, 'x'}, {7, '2'},  {8, 0},  {8, 2},   {8, 255},  {9, 0},    {9, 2},  {9, 65},  {9, 255},
    {10, 0},  {12, 0},   {13, 0}, {13, 1},  {13, 33},  {13, 255}, {48, 0}, {48, 11}, {48, 13},
    {48, 33}, {48, 255}, {61, 1}, {61, 16}, {61, 255}, {62, 0},   {62, 2}, {62, 4},  {62, 255},
};

START_TEST(refuses_fields_that_do_not_fit)
{
    uint8_t copy[sizeof example];
    struct p11_blob b;

    memcpy(copy, example, sizeof copy);
    copy[broken[_i].at] = broken[_i].is;
    ck_assert_int_eq(p11_blob_parse(&b, (xtt_bytes){copy, sizeof copy}), XTT_ERR_FORMAT);
    ck_assert_ptr_nonnull(strstr(xtt_p11_why(), "backup"));
}
END_TEST

static void fill(TCase *tc)
{
    tcase_add_test(tc, lays_out_what_the_header_says);
    tcase_add_test(tc, takes_apart_what_it_laid_out);
    tcase_add_test(tc, refuses_every_length_but_the_right_one);
    tcase_add_loop_test(tc, refuses_fields_that_do_not_fit, 0,
                        (int)(sizeof broken / sizeof *broken));
}

int main(void)
{
    return run_suite("pkcs11_blob", fill, 20);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Tests provisioner/limits.c: the overall bound, the bound per prefix, and what leaving gives back.
 */
#include "provisioner/limits.h"
#include "test/support/suite.h"

#include <string.h>

static struct prov_limits *limits;

static void set_up(void)
{
    ck_assert_int_eq(prov_limits_new(&limits, 6, 2), XTT_OK);
}

static void tear_down(void)
{
    prov_limits_free(limits);
}

/* 2001:db8:0:NET::HOST */
static const uint8_t *v6(uint8_t net, uint8_t host)
{
    static uint8_t address[16];

    memset(address, 0, sizeof address);
    memcpy(address, "\x20\x01\x0d\xb8", 4);
    address[7] = net;
    address[15] = host;
    return address;
}

/* ::ffff:192.0.2.HOST */
static const uint8_t *v4(uint8_t host)
{
    static uint8_t address[16] = {[10] = 0xff, [11] = 0xff, [12] = 192, [13] = 0, [14] = 2};

    address[15] = host;
    return address;
}

START_TEST(an_ipv6_network_counts_as_one)
{
    ck_assert_int_eq(prov_limits_enter(limits, v6(1, 1)), XTT_OK);
    ck_assert_int_eq(prov_limits_enter(limits, v6(1, 2)), XTT_OK);
    ck_assert_int_eq(prov_limits_enter(limits, v6(1, 3)), XTT_ERR_OVERLOAD);
    ck_assert_int_eq(prov_limits_enter(limits, v6(2, 1)), XTT_OK);
    ck_assert_uint_eq(prov_limits_count(limits), 3);
}
END_TEST

START_TEST(ipv4_addresses_count_each)
{
    ck_assert_int_eq(prov_limits_enter(limits, v4(1)), XTT_OK);
    ck_assert_int_eq(prov_limits_enter(limits, v4(1)), XTT_OK);
    ck_assert_int_eq(prov_limits_enter(limits, v4(1)), XTT_ERR_OVERLOAD);
    ck_assert_int_eq(prov_limits_enter(limits, v4(2)), XTT_OK);
}
END_TEST

START_TEST(the_total_holds_over_all_prefixes)
{
    for (uint8_t i = 0; i < 6; i++)
        ck_assert_int_eq(prov_limits_enter(limits, v4(i)), XTT_OK);
    ck_assert_int_eq(prov_limits_enter(limits, v4(6)), XTT_ERR_OVERLOAD);
    ck_assert_int_eq(prov_limits_enter(limits, v4(0)), XTT_ERR_OVERLOAD);
    prov_limits_leave(limits, v4(3));
    ck_assert_int_eq(prov_limits_enter(limits, v4(6)), XTT_OK);
    ck_assert_int_eq(prov_limits_enter(limits, v4(7)), XTT_ERR_OVERLOAD);
}
END_TEST

START_TEST(who_leaves_makes_room_in_his_prefix)
{
    for (int round = 0; round < 100; round++) {
        ck_assert_int_eq(prov_limits_enter(limits, v6(1, 1)), XTT_OK);
        ck_assert_int_eq(prov_limits_enter(limits, v4(1)), XTT_OK);
        ck_assert_int_eq(prov_limits_enter(limits, v6(1, 2)), XTT_OK);
        ck_assert_int_eq(prov_limits_enter(limits, v6(1, 3)), XTT_ERR_OVERLOAD);
        prov_limits_leave(limits, v6(1, 1));
        prov_limits_leave(limits, v4(1));
        ck_assert_int_eq(prov_limits_enter(limits, v6(1, 3)), XTT_OK);
        ck_assert_int_eq(prov_limits_enter(limits, v6(1, 4)), XTT_ERR_OVERLOAD);
        prov_limits_leave(limits, v6(1, 2));
        prov_limits_leave(limits, v6(1, 3));
        ck_assert_uint_eq(prov_limits_count(limits), 0);
    }
}
END_TEST

START_TEST(leaving_without_having_come_changes_nothing)
{
    ck_assert_int_eq(prov_limits_enter(limits, v4(1)), XTT_OK);
    prov_limits_leave(limits, v4(2));
    ck_assert_uint_eq(prov_limits_count(limits), 1);
}
END_TEST

START_TEST(refuses_bounds_of_nothing_and_of_too_much)
{
    struct prov_limits *none = NULL;

    ck_assert_int_eq(prov_limits_new(&none, 0, 1), XTT_ERR_ARGUMENT);
    ck_assert_int_eq(prov_limits_new(&none, 1, 0), XTT_ERR_ARGUMENT);
    ck_assert_int_eq(prov_limits_new(&none, SIZE_MAX, 1), XTT_ERR_ARGUMENT);
    ck_assert_ptr_null(none);
}
END_TEST

static void fill(TCase *tc)
{
    tcase_add_checked_fixture(tc, set_up, tear_down);
    tcase_add_test(tc, an_ipv6_network_counts_as_one);
    tcase_add_test(tc, ipv4_addresses_count_each);
    tcase_add_test(tc, the_total_holds_over_all_prefixes);
    tcase_add_test(tc, who_leaves_makes_room_in_his_prefix);
    tcase_add_test(tc, leaving_without_having_come_changes_nothing);
    tcase_add_test(tc, refuses_bounds_of_nothing_and_of_too_much);
}

int main(void)
{
    return run_suite("provisioner/limits", fill, 10);
}

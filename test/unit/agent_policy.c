/* SPDX-License-Identifier: Apache-2.0 */
/* Tests agent/policy.c and agent/retry.c: what the device trusts, and how long it waits. */
#include "agent/policy.h"

#include <string.h>

#include "agent/retry.h"
#include "test/support/suite.h"

START_TEST(trusts_the_imported_root_and_no_other)
{
    struct agent_membership membership = {.root_id = {1, 2, 3}, .root_key = {4, 5}};
    struct agent_trust trust = {&membership, 0};
    struct xtt_policy policy = agent_policy(&trust);
    struct xtt_root root = {.id = {9}};
    uint8_t id[16] = {1, 2, 3};

    id[15] ^= 1;
    ck_assert_int_eq(policy.root(policy.arg, id, &root), XTT_ERR_CERTIFICATE);
    ck_assert_uint_eq(root.id[0], 9);
    ck_assert_int_eq(trust.was_asked, 1);
    id[15] ^= 1;
    ck_assert_int_eq(policy.root(policy.arg, id, &root), XTT_OK);
    ck_assert_mem_eq(root.id, id, 16);
    ck_assert_mem_eq(root.public_key, membership.root_key, 65);
}
END_TEST

static const struct {
    int clock;
    uint64_t since, now, want;
} clocks[] = {
    {AGENT_CLOCK_AUTO, 0, 1800000000, 1800000000},
    {AGENT_CLOCK_AUTO, 0, 0, 0},                   /* 1970 */
    {AGENT_CLOCK_AUTO, 0, 1767225599, 0},          /* before the first release */
    {AGENT_CLOCK_AUTO, 1800000000, 1799999999, 0}, /* before its own identity */
    {AGENT_CLOCK_AUTO, 1800000000, 1800000000, 1800000000},
    {AGENT_CLOCK_TRUSTED, 1800000000, 5, 5},
    {AGENT_CLOCK_NONE, 0, 1800000000, 0},
};

START_TEST(a_clock_that_is_certainly_wrong_is_not_asked)
{
    struct agent_settings settings = {.clock = clocks[_i].clock};
    struct agent_state state = {.identity = {.since = clocks[_i].since}};

    ck_assert_uint_eq(agent_policy_now(&settings, &state, clocks[_i].now), clocks[_i].want);
}
END_TEST

START_TEST(pauses_grow_from_5_s_to_10_min_within_a_quarter)
{
    static const uint32_t seconds[] = {5, 10, 20, 40, 80, 160, 320, 600, 600, 600};

    for (unsigned n = 0; n < 10; n++) {
        uint32_t low = UINT32_MAX, high = 0;

        for (uint32_t random = 0; random < 1000000; random += 997) {
            uint32_t ms = agent_retry_ms(n, random);

            low = ms < low ? ms : low;
            high = ms > high ? ms : high;
        }
        ck_assert_uint_ge(low, seconds[n] * 750);
        ck_assert_uint_le(high, seconds[n] * 1250);
        ck_assert_uint_gt(high - low, seconds[n] * 400);
    }
    ck_assert_uint_le(agent_retry_ms(4000000000u, UINT32_MAX), 750000);
}
END_TEST

static void fill(TCase *tc)
{
    tcase_add_test(tc, trusts_the_imported_root_and_no_other);
    tcase_add_loop_test(tc, a_clock_that_is_certainly_wrong_is_not_asked, 0,
                        (int)(sizeof clocks / sizeof clocks[0]));
    tcase_add_test(tc, pauses_grow_from_5_s_to_10_min_within_a_quarter);
}

int main(void)
{
    return run_suite("agent/policy", fill, 4);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Tests libxtt/daa/revoke.c: both lists, and what they refuse. */
#include "test/support/group.h"
#include "test/support/suite.h"

#define MANY 1500

static uint8_t list[MANY][65];

/* MANY pseudonyms of nobody. */
static void fill_list(void)
{
    struct g1 p = xtt_g1_generator;

    for (int i = 0; i < MANY; i++) {
        xtt_g1_double(&p, &p);
        xtt_g1_normalize(&p, 1);
        ck_assert_uint_eq(xtt_g1_to_bytes(list[i], &p), 1);
    }
}

static xtt_err verify(const uint8_t sig[421], const struct xtt_daa_revoked *revoked)
{
    return xtt_daa_verify(group, basename_a, message, sig, revoked, NULL);
}

START_TEST(finds_the_member_by_secret_or_pseudonym_and_nobody_else)
{
    struct member bob = make_member();
    struct xtt_daa_revoked *by_secret, *by_pseudonym, *both;
    uint8_t mine[421], his[421];

    sign(&alice, basename_a, mine);
    sign(&bob, basename_a, his);
    ck_assert_int_eq(xtt_daa_revoked_new(&by_secret, basename_a, bob.sk, 1, NULL, 0), XTT_OK);
    ck_assert_int_eq(xtt_daa_revoked_new(&by_pseudonym, basename_a, NULL, 0, his + 356, 1), XTT_OK);
    ck_assert_int_eq(xtt_daa_revoked_new(&both, basename_a, alice.sk, 1, his + 356, 1), XTT_OK);
    ck_assert_int_eq(verify(his, by_secret), XTT_ERR_REVOKED);
    ck_assert_int_eq(verify(mine, by_secret), XTT_OK);
    ck_assert_int_eq(verify(his, by_pseudonym), XTT_ERR_REVOKED);
    ck_assert_int_eq(verify(mine, by_pseudonym), XTT_OK);
    ck_assert_int_eq(verify(his, both), XTT_ERR_REVOKED);
    ck_assert_int_eq(verify(mine, both), XTT_ERR_REVOKED);
    xtt_daa_revoked_free(by_secret);
    xtt_daa_revoked_free(by_pseudonym);
    xtt_daa_revoked_free(both);
    bob.key->ops->free(bob.key);
}
END_TEST

START_TEST(finds_every_one_of_many_and_no_other)
{
    struct xtt_daa_revoked *revoked;
    uint8_t sig[421];

    fill_list();
    ck_assert_int_eq(xtt_daa_revoked_new(&revoked, basename_a, NULL, 0, list[0], MANY - 1), XTT_OK);
    for (int i = 0; i < MANY - 1; i++)
        ck_assert_int_eq(xtt_daa_revoked_has(revoked, list[i]), 1);
    ck_assert_int_eq(xtt_daa_revoked_has(revoked, list[MANY - 1]), 0);
    sign(&alice, basename_a, sig);
    ck_assert_int_eq(verify(sig, revoked), XTT_OK);
    xtt_daa_revoked_free(revoked);
}
END_TEST

START_TEST(an_empty_list_revokes_nobody)
{
    struct xtt_daa_revoked *revoked;
    uint8_t sig[421];

    ck_assert_int_eq(xtt_daa_revoked_new(&revoked, basename_a, NULL, 0, NULL, 0), XTT_OK);
    sign(&alice, basename_a, sig);
    ck_assert_int_eq(verify(sig, revoked), XTT_OK);
    xtt_daa_revoked_free(revoked);
    xtt_daa_revoked_free(NULL);
}
END_TEST

START_TEST(rejects_entries_that_are_none)
{
    struct xtt_daa_revoked *revoked = NULL;
    uint8_t secrets[2][32], points[2][65];

    memcpy(secrets[0], alice.sk, 32);
    memset(secrets[1], 0, 32);
    ck_assert_int_eq(xtt_daa_revoked_new(&revoked, basename_a, secrets[0], 2, NULL, 0),
                     XTT_ERR_SCALAR);
    memset(secrets[1], 0xff, 32);
    ck_assert_int_eq(xtt_daa_revoked_new(&revoked, basename_a, secrets[0], 2, NULL, 0),
                     XTT_ERR_SCALAR);
    memcpy(points[0], alice.q, 65);
    memcpy(points[1], alice.q, 65);
    points[1][33] ^= 1;
    ck_assert_int_eq(xtt_daa_revoked_new(&revoked, basename_a, NULL, 0, points[0], 2),
                     XTT_ERR_POINT);
    ck_assert_ptr_null(revoked);
}
END_TEST

START_TEST(rejects_basenames_of_no_length_or_too_long)
{
    struct xtt_daa_revoked *revoked;
    uint8_t text[65] = {0};

    ck_assert_int_eq(xtt_daa_revoked_new(&revoked, xtt_span(NULL, 0), NULL, 0, NULL, 0),
                     XTT_ERR_BASENAME);
    ck_assert_int_eq(xtt_daa_revoked_new(&revoked, xtt_span(text, 65), NULL, 0, NULL, 0),
                     XTT_ERR_BASENAME);
}
END_TEST

START_TEST(refuses_sizes_that_wrap_around)
{
    struct xtt_daa_revoked *revoked;

    ck_assert_int_eq(xtt_daa_revoked_new(&revoked, basename_a, NULL, 0, list[0], SIZE_MAX / 65),
                     XTT_ERR_NOMEM);
    ck_assert_int_eq(xtt_daa_revoked_new(&revoked, basename_a, alice.sk, SIZE_MAX, list[0], 2),
                     XTT_ERR_NOMEM);
}
END_TEST

static void fill(TCase *tc)
{
    tcase_add_checked_fixture(tc, make_group, free_group);
    tcase_add_test(tc, finds_the_member_by_secret_or_pseudonym_and_nobody_else);
    tcase_add_test(tc, finds_every_one_of_many_and_no_other);
    tcase_add_test(tc, an_empty_list_revokes_nobody);
    tcase_add_test(tc, rejects_entries_that_are_none);
    tcase_add_test(tc, rejects_basenames_of_no_length_or_too_long);
    tcase_add_test(tc, refuses_sizes_that_wrap_around);
}

int main(void)
{
    return run_suite("daa/revoke", fill, 30);
}

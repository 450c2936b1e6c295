/* SPDX-License-Identifier: Apache-2.0 */
/* Tests libxtt/daa/join.c: the member's proof, and what a member takes for a credential. */
#include "test/support/group.h"
#include "test/support/suite.h"

static const xtt_bytes nonce = {(const uint8_t *)"nonce", 5};

START_TEST(proves_the_members_key)
{
    uint8_t pub[161];

    ck_assert_int_eq(xtt_daa_join(alice.key, nonce, pub), XTT_OK);
    ck_assert_mem_eq(pub, alice.q, 65);
    ck_assert_int_eq(xtt_daa_join_check(pub, nonce), XTT_OK);
    ck_assert_int_eq(xtt_daa_join(alice.key, xtt_span(NULL, 0), pub), XTT_OK);
    ck_assert_int_eq(xtt_daa_join_check(pub, xtt_span(NULL, 0)), XTT_OK);
}
END_TEST

START_TEST(refuses_a_member_key_with_a_bit_changed)
{
    uint8_t pub[161];

    ck_assert_int_eq(xtt_daa_join(alice.key, nonce, pub), XTT_OK);
    for (size_t i = 0; i < sizeof pub; i++) {
        pub[i] ^= 8;
        ck_assert_int_eq(xtt_daa_join_check(pub, nonce), XTT_ERR_JOIN_REFUSED);
        pub[i] ^= 8;
    }
}
END_TEST

START_TEST(refuses_another_nonce_or_key)
{
    struct member bob = make_member();
    uint8_t pub[161];

    ck_assert_int_eq(xtt_daa_join(alice.key, nonce, pub), XTT_OK);
    ck_assert_int_eq(xtt_daa_join_check(pub, xtt_span(nonce.p, 4)), XTT_ERR_JOIN_REFUSED);
    ck_assert_int_eq(xtt_daa_join_check(pub, xtt_span(NULL, 0)), XTT_ERR_JOIN_REFUSED);
    memcpy(pub, bob.q, 65);
    ck_assert_int_eq(xtt_daa_join_check(pub, nonce), XTT_ERR_JOIN_REFUSED);
    bob.key->ops->free(bob.key);
}
END_TEST

/* A group signature without basename has the same proof inside, but another base. */
START_TEST(takes_no_group_signature_for_a_member_key)
{
    uint8_t sig[356], pub[161];

    ck_assert_int_eq(xtt_daa_sign_plain(alice.key, alice.cred, nonce, NULL, sig), XTT_OK);
    memcpy(pub, sig + 64 + 195, 65);
    memcpy(pub + 65, sig, 64);
    memcpy(pub + 129, sig + 324, 32);
    ck_assert_int_eq(xtt_daa_join_check(pub, nonce), XTT_ERR_JOIN_REFUSED);
}
END_TEST

START_TEST(rejects_a_credential_with_a_bit_changed)
{
    uint8_t cred[260], sig[64];

    memcpy(cred, alice.cred, sizeof cred);
    memcpy(sig, alice.cred_sig, sizeof sig);
    for (size_t i = 0; i < sizeof cred; i += 3) {
        cred[i] ^= 1;
        ck_assert_int_eq(xtt_daa_credential_check(group, alice.q, cred, sig), XTT_ERR_CREDENTIAL);
        cred[i] ^= 1;
    }
    for (size_t i = 0; i < sizeof sig; i += 3) {
        sig[i] ^= 1;
        ck_assert_int_eq(xtt_daa_credential_check(group, alice.q, cred, sig), XTT_ERR_CREDENTIAL);
        sig[i] ^= 1;
    }
}
END_TEST

START_TEST(rejects_a_credential_for_somebody_else_or_of_another_group)
{
    struct member bob = make_member();
    uint8_t secret[64], pub[354], cred[260], sig[64];

    ck_assert_int_eq(xtt_daa_credential_check(group, alice.q, bob.cred, bob.cred_sig),
                     XTT_ERR_CREDENTIAL);
    ck_assert_int_eq(xtt_daa_issuer_new(NULL, secret, pub), XTT_OK);
    ck_assert_int_eq(xtt_daa_issue(secret, alice.q, NULL, cred, sig), XTT_OK);
    ck_assert_int_eq(xtt_daa_credential_check(group, alice.q, cred, sig), XTT_ERR_CREDENTIAL);
    bob.key->ops->free(bob.key);
}
END_TEST

/* B and D in order, A or C of another credential: the pairings are what tells. */
START_TEST(rejects_a_credential_put_together_from_two)
{
    uint8_t other[260], sig[64], cred[260];

    ck_assert_int_eq(xtt_daa_issue(issuer_secret, alice.q, NULL, other, sig), XTT_OK);
    memcpy(cred, alice.cred, sizeof cred);
    memcpy(cred + 130 * _i, other + 130 * _i, 65);
    ck_assert_int_eq(xtt_daa_credential_check(group, alice.q, cred, alice.cred_sig),
                     XTT_ERR_CREDENTIAL);
}
END_TEST

static void fill(TCase *tc)
{
    tcase_add_checked_fixture(tc, make_group, free_group);
    tcase_add_test(tc, proves_the_members_key);
    tcase_add_test(tc, refuses_a_member_key_with_a_bit_changed);
    tcase_add_test(tc, refuses_another_nonce_or_key);
    tcase_add_test(tc, takes_no_group_signature_for_a_member_key);
    tcase_add_test(tc, rejects_a_credential_with_a_bit_changed);
    tcase_add_test(tc, rejects_a_credential_for_somebody_else_or_of_another_group);
    tcase_add_loop_test(tc, rejects_a_credential_put_together_from_two, 0, 2);
}

int main(void)
{
    return run_suite("daa/join", fill, 30);
}

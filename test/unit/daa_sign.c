/* SPDX-License-Identifier: Apache-2.0 */
/* Tests libxtt/daa/sign.c: what members' signatures show, and signers that misbehave. */
#include "test/support/group.h"
#include "test/support/suite.h"

START_TEST(links_signatures_of_one_basename_only)
{
    uint8_t one[421], two[421], other[421];

    sign(&alice, basename_a, one);
    sign(&alice, basename_a, two);
    sign(&alice, basename_b, other);
    ck_assert_mem_eq(one + 356, two + 356, 65);
    ck_assert_mem_ne(one + 356, other + 356, 65);
    /* nothing else repeats: c, s, R, S, T, W, n */
    ck_assert_mem_ne(one, two, 32);
    ck_assert_mem_ne(one + 32, two + 32, 32);
    for (size_t at = 64; at < 324; at += 65)
        ck_assert_mem_ne(one + at, two + at, 65);
    ck_assert_mem_ne(one + 324, two + 324, 32);
}
END_TEST

START_TEST(gives_members_different_pseudonyms)
{
    struct member bob = make_member();
    uint8_t one[421], two[421];

    sign(&alice, basename_a, one);
    sign(&bob, basename_a, two);
    ck_assert_mem_ne(one + 356, two + 356, 65);
    bob.key->ops->free(bob.key);
}
END_TEST

START_TEST(signs_messages_and_basenames_of_any_length_allowed)
{
    uint8_t text[64], sig[421];

    memset(text, 'b', sizeof text);
    for (size_t n = 1; n <= 64; n += 21) {
        xtt_bytes basename = xtt_span(text, n), msg = xtt_span(text, 64 - n);

        ck_assert_int_eq(xtt_daa_sign(alice.key, alice.cred, basename, msg, NULL, sig), XTT_OK);
        ck_assert_int_eq(xtt_daa_verify(group, basename, msg, sig, NULL, NULL), XTT_OK);
    }
}
END_TEST

START_TEST(rejects_basenames_of_no_length_or_too_long)
{
    uint8_t text[65], sig[421];

    memset(text, 'b', sizeof text);
    ck_assert_int_eq(xtt_daa_sign(alice.key, alice.cred, xtt_span(NULL, 0), message, NULL, sig),
                     XTT_ERR_BASENAME);
    ck_assert_int_eq(xtt_daa_sign(alice.key, alice.cred, xtt_span(text, 65), message, NULL, sig),
                     XTT_ERR_BASENAME);
}
END_TEST

START_TEST(rejects_a_credential_of_another_member)
{
    struct member bob = make_member();
    uint8_t sig[421] = {7};

    ck_assert_int_eq(xtt_daa_sign(alice.key, bob.cred, basename_a, message, NULL, sig),
                     XTT_ERR_CREDENTIAL);
    ck_assert_uint_eq(sig[0], 7);
    bob.key->ops->free(bob.key);
}
END_TEST

START_TEST(rejects_a_credential_that_is_no_points)
{
    uint8_t cred[260], sig[421];

    memcpy(cred, alice.cred, sizeof cred);
    cred[65 * _i + 40] ^= 1;
    ck_assert_int_eq(xtt_daa_sign(alice.key, cred, basename_a, message, NULL, sig),
                     XTT_ERR_CREDENTIAL);
}
END_TEST

START_TEST(releases_nothing_without_randomness)
{
    uint8_t sig[421] = {7};

    ck_assert_int_eq(
        xtt_daa_sign(alice.key, alice.cred, basename_a, message, &broken_rngs[_i], sig),
        XTT_ERR_RNG);
    ck_assert_uint_eq(sig[0], 7);
}
END_TEST

/* A signer in front of Alice's that does one thing wrong. */
struct trickster {
    struct xtt_gsigner base;
    int restarts;   /* how often respond says XTT_RESTART */
    int big_nonces; /* how often n comes out not below r */
    xtt_err commit_fails, respond_fails;
    size_t flip; /* which byte of e, k, l, s to change, if flip_in is not 0 */
    char flip_in;
    int commits, open; /* open: commits that were not answered */
};

static xtt_err trick_public_key(struct xtt_gsigner *g, uint8_t q[65])
{
    (void)g;
    return alice.key->ops->public_key(alice.key, q);
}

static xtt_err trick_commit(struct xtt_gsigner *g, const uint8_t p1[65], xtt_bytes s2,
                            const uint8_t y2[32], struct xtt_commitment *out)
{
    struct trickster *t = (struct trickster *)g;
    xtt_err err = t->commit_fails;

    t->commits++;
    if (err == XTT_OK)
        err = alice.key->ops->commit(alice.key, p1, s2, y2, out);
    if (err == XTT_OK)
        t->open++;
    if (t->flip_in == 'e')
        out->e[t->flip] ^= 1;
    if (t->flip_in == 'k')
        out->k[t->flip] ^= 1;
    if (t->flip_in == 'l')
        out->l[t->flip] ^= 1;
    return err;
}

static void trick_cancel(struct xtt_gsigner *g, uint16_t ticket)
{
    ((struct trickster *)g)->open--;
    alice.key->ops->cancel(alice.key, ticket);
}

static xtt_err trick_respond(struct xtt_gsigner *g, uint16_t ticket, const uint8_t digest[32],
                             uint8_t n[32], uint8_t s[32])
{
    struct trickster *t = (struct trickster *)g;
    xtt_err err;

    if (t->restarts > 0 || t->respond_fails != XTT_OK) {
        trick_cancel(g, ticket);
        return t->restarts-- > 0 ? XTT_RESTART : t->respond_fails;
    }
    err = alice.key->ops->respond(alice.key, ticket, digest, n, s);
    t->open--;
    if (t->flip_in == 's')
        s[t->flip] ^= 1;
    if (t->flip_in == 'n')
        n[t->flip] ^= 1;
    if (t->big_nonces-- > 0)
        memset(n, 0xff, 32);
    return err;
}

static const struct xtt_gsigner_ops trick_ops = {
    .public_key = trick_public_key,
    .commit = trick_commit,
    .respond = trick_respond,
    .cancel = trick_cancel,
};

static xtt_err sign_with(struct trickster *t, uint8_t sig[421])
{
    xtt_err err;

    t->base.ops = &trick_ops;
    err = xtt_daa_sign(&t->base, alice.cred, basename_a, message, NULL, sig);
    ck_assert_int_eq(t->open, 0); /* every lock was given back */
    return err;
}

START_TEST(begins_again_after_nine_lost_commitments)
{
    struct trickster t = {.restarts = 9};
    uint8_t sig[421];

    ck_assert_int_eq(sign_with(&t, sig), XTT_OK);
    ck_assert_int_eq(t.commits, 10);
    ck_assert_int_eq(xtt_daa_verify(group, basename_a, message, sig, NULL, NULL), XTT_OK);
}
END_TEST

START_TEST(gives_up_after_ten_lost_commitments)
{
    struct trickster t = {.restarts = 11};
    uint8_t sig[421] = {7};

    ck_assert_int_eq(sign_with(&t, sig), XTT_ERR_TPM_BUSY);
    ck_assert_int_eq(t.commits, 10);
    ck_assert_uint_eq(sig[0], 7);
}
END_TEST

START_TEST(begins_again_after_a_nonce_not_below_r)
{
    struct trickster t = {.big_nonces = 2};
    uint8_t sig[421];

    ck_assert_int_eq(sign_with(&t, sig), XTT_OK);
    ck_assert_int_eq(t.commits, 3);
}
END_TEST

START_TEST(passes_the_signers_errors_on_at_once)
{
    struct trickster t = {.commit_fails = XTT_ERR_TPM_UNREACHABLE};
    struct trickster u = {.respond_fails = XTT_ERR_TPM_LOCKOUT};
    uint8_t sig[421];

    ck_assert_int_eq(sign_with(&t, sig), XTT_ERR_TPM_UNREACHABLE);
    ck_assert_int_eq(t.commits, 1);
    ck_assert_int_eq(sign_with(&u, sig), XTT_ERR_TPM_LOCKOUT);
    ck_assert_int_eq(u.commits, 1);
}
END_TEST

static const struct {
    char in;
    size_t byte;
} flips[] = {{'e', 0}, {'e', 20}, {'e', 64}, {'k', 0}, {'k', 20}, {'k', 64},
             {'l', 0}, {'l', 20}, {'l', 64}, {'s', 0}, {'s', 31}, {'n', 31}};

START_TEST(releases_no_wrong_answer)
{
    struct trickster t = {.flip_in = flips[_i].in, .flip = flips[_i].byte};
    uint8_t sig[421] = {7};

    ck_assert_int_eq(sign_with(&t, sig), XTT_ERR_CREDENTIAL);
    ck_assert_uint_eq(sig[0], 7);
}
END_TEST

static void fill(TCase *tc)
{
    tcase_add_checked_fixture(tc, make_group, free_group);
    tcase_add_test(tc, links_signatures_of_one_basename_only);
    tcase_add_test(tc, gives_members_different_pseudonyms);
    tcase_add_test(tc, signs_messages_and_basenames_of_any_length_allowed);
    tcase_add_test(tc, rejects_basenames_of_no_length_or_too_long);
    tcase_add_test(tc, rejects_a_credential_of_another_member);
    tcase_add_loop_test(tc, rejects_a_credential_that_is_no_points, 0, 4);
    tcase_add_loop_test(tc, releases_nothing_without_randomness, 0, 3);
    tcase_add_test(tc, begins_again_after_nine_lost_commitments);
    tcase_add_test(tc, gives_up_after_ten_lost_commitments);
    tcase_add_test(tc, begins_again_after_a_nonce_not_below_r);
    tcase_add_test(tc, passes_the_signers_errors_on_at_once);
    tcase_add_loop_test(tc, releases_no_wrong_answer, 0, (int)(sizeof flips / sizeof flips[0]));
}

int main(void)
{
    return run_suite("daa/sign", fill, 60);
}

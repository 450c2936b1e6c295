/* SPDX-License-Identifier: Apache-2.0 */
/* Tests libxtt/daa/verify.c: what is a signature, and above all what is none. */
#include "test/support/group.h"
#include "test/support/suite.h"

static xtt_err verify(const uint8_t sig[421])
{
    return xtt_daa_verify(group, basename_a, message, sig, NULL, NULL);
}

START_TEST(accepts_a_members_signature)
{
    uint8_t sig[421];

    sign(&alice, basename_a, sig);
    ck_assert_int_eq(verify(sig), XTT_OK);
}
END_TEST

/* All 421 bytes, one bit each; the bit moves with the byte. */
START_TEST(rejects_a_signature_with_a_bit_changed)
{
    uint8_t sig[421];

    sign(&alice, basename_a, sig);
    for (size_t i = (size_t)_i; i < sizeof sig; i += 4) {
        sig[i] ^= (uint8_t)(1 << (i % 8));
        ck_assert_int_eq(verify(sig), XTT_ERR_GROUP_SIGNATURE);
        sig[i] ^= (uint8_t)(1 << (i % 8));
    }
    ck_assert_int_eq(verify(sig), XTT_OK);
}
END_TEST

START_TEST(rejects_another_message_basename_or_group)
{
    uint8_t sig[421], secret[64], pub[354];
    struct xtt_daa_group *other;
    const xtt_bytes shorter = {message.p, message.n - 1};

    sign(&alice, basename_a, sig);
    ck_assert_int_eq(xtt_daa_verify(group, basename_a, shorter, sig, NULL, NULL),
                     XTT_ERR_GROUP_SIGNATURE);
    ck_assert_int_eq(xtt_daa_verify(group, basename_b, message, sig, NULL, NULL),
                     XTT_ERR_GROUP_SIGNATURE);
    ck_assert_int_eq(xtt_daa_issuer_new(NULL, secret, pub), XTT_OK);
    ck_assert_int_eq(xtt_daa_group_new(&other, pub), XTT_OK);
    ck_assert_int_eq(xtt_daa_verify(other, basename_a, message, sig, NULL, NULL),
                     XTT_ERR_GROUP_SIGNATURE);
    xtt_daa_group_free(other);
}
END_TEST

START_TEST(rejects_basenames_of_no_length_or_too_long)
{
    uint8_t sig[421], text[65];

    memset(text, 'a', sizeof text);
    sign(&alice, basename_a, sig);
    ck_assert_int_eq(xtt_daa_verify(group, xtt_span(NULL, 0), message, sig, NULL, NULL),
                     XTT_ERR_BASENAME);
    ck_assert_int_eq(xtt_daa_verify(group, xtt_span(text, 65), message, sig, NULL, NULL),
                     XTT_ERR_BASENAME);
}
END_TEST

/* Where the scalars and points of a signature stand. */
static const struct {
    size_t at, size;
} fields[] = {{0, 32}, {32, 32}, {324, 32}, {64, 65}, {129, 65}, {194, 65}, {259, 65}, {356, 65}};

START_TEST(rejects_fields_out_of_range)
{
    static const uint8_t r[32] = {0xff, 0xff, 0xff, 0xff, 0xff, 0xfc, 0xf0, 0xcd, 0x46, 0xe5, 0xf2,
                                  0x5e, 0xee, 0x71, 0xa4, 0x9e, 0x0c, 0xdc, 0x65, 0xfb, 0x12, 0x99,
                                  0x92, 0x1a, 0xf6, 0x2d, 0x53, 0x6c, 0xd1, 0x0b, 0x50, 0x0d};
    uint8_t sig[421], changed[421];
    const size_t at = fields[_i].at, size = fields[_i].size;

    sign(&alice, basename_a, sig);
    memcpy(changed, sig, sizeof sig);
    memset(changed + at, 0, size);
    ck_assert_int_eq(verify(changed), XTT_ERR_GROUP_SIGNATURE);
    memset(changed + at, 0xff, size);
    ck_assert_int_eq(verify(changed), XTT_ERR_GROUP_SIGNATURE);
    if (size == 65)
        changed[at] = 4;
    memcpy(changed + at + size - 32, r, 32);
    ck_assert_int_eq(verify(changed), XTT_ERR_GROUP_SIGNATURE);
}
END_TEST

START_TEST(rejects_all_zero_bytes)
{
    uint8_t sig[421] = {0};

    ck_assert_int_eq(verify(sig), XTT_ERR_GROUP_SIGNATURE);
}
END_TEST

/* Who knows a key of her own but has no credential: R, S, T, W = any points with W = sk S. */
START_TEST(rejects_a_member_without_credential)
{
    struct member mallory = make_member();
    uint8_t sig[421];

    memcpy(mallory.cred, mallory.cred + 65, 65); /* A := B, so that e(A,Y) is not e(B,G2) */
    sign(&mallory, basename_a, sig);
    ck_assert_int_eq(verify(sig), XTT_ERR_GROUP_SIGNATURE);
    memcpy(mallory.cred, alice.cred, 65);
    sign(&mallory, basename_a, sig);
    ck_assert_int_eq(verify(sig), XTT_ERR_GROUP_SIGNATURE);
    mallory.key->ops->free(mallory.key);
}
END_TEST

/* One equation true, the other false, each way round; the issuer's x makes the second one true. */
START_TEST(rejects_half_a_credential)
{
    struct member m = make_member();
    uint8_t sig[421], good[260];
    struct daa_credential cred;
    struct scalar x, y;

    memcpy(good, m.cred, sizeof good);
    memcpy(m.cred + 130, alice.cred + 130, 65); /* C */
    sign(&m, basename_a, sig);
    ck_assert_int_eq(verify(sig), XTT_ERR_GROUP_SIGNATURE);

    ck_assert_int_eq(xtt_daa_credential_decode(&cred, good), XTT_OK);
    ck_assert_int_eq(xtt_daa_secrets_decode(&x, &y, issuer_secret), XTT_OK);
    xtt_g1_neg(&cred.a, &cred.a);
    xtt_g1_add(&cred.c, &cred.a, &cred.d);
    xtt_g1_mul(&cred.c, &cred.c, &x); /* C = x (A + D) holds, B = y A does not */
    ck_assert_int_eq(xtt_daa_credential_encode(m.cred, &cred), XTT_OK);
    sign(&m, basename_a, sig);
    ck_assert_int_eq(verify(sig), XTT_ERR_GROUP_SIGNATURE);
    m.key->ops->free(m.key);
}
END_TEST

START_TEST(says_revoked_only_of_good_signatures)
{
    struct xtt_daa_revoked *revoked;
    uint8_t sig[421];

    sign(&alice, basename_a, sig);
    ck_assert_int_eq(xtt_daa_revoked_new(&revoked, basename_a, alice.sk, 1, NULL, 0), XTT_OK);
    ck_assert_int_eq(xtt_daa_verify(group, basename_a, message, sig, revoked, NULL),
                     XTT_ERR_REVOKED);
    sig[10] ^= 1;
    ck_assert_int_eq(xtt_daa_verify(group, basename_a, message, sig, revoked, NULL),
                     XTT_ERR_GROUP_SIGNATURE);
    xtt_daa_revoked_free(revoked);
}
END_TEST

START_TEST(refuses_a_list_made_for_another_basename)
{
    struct xtt_daa_revoked *revoked;
    uint8_t sig[421];

    sign(&alice, basename_a, sig);
    ck_assert_int_eq(xtt_daa_revoked_new(&revoked, basename_b, NULL, 0, NULL, 0), XTT_OK);
    ck_assert_int_eq(xtt_daa_verify(group, basename_a, message, sig, revoked, NULL),
                     XTT_ERR_ARGUMENT);
    xtt_daa_revoked_free(revoked);
}
END_TEST

/* Without a random factor one equation would go unchecked. */
START_TEST(refuses_to_work_without_randomness)
{
    uint8_t sig[421];

    sign(&alice, basename_a, sig);
    ck_assert_int_eq(xtt_daa_verify(group, basename_a, message, sig, NULL, &broken_rngs[_i]),
                     XTT_ERR_RNG);
}
END_TEST

START_TEST(keeps_signatures_with_and_without_basename_apart)
{
    uint8_t sig[421], plain[356];

    sign(&alice, basename_a, sig);
    ck_assert_int_eq(xtt_daa_verify_plain(group, message, sig, NULL), XTT_ERR_GROUP_SIGNATURE);
    ck_assert_int_eq(xtt_daa_sign_plain(alice.key, alice.cred, message, NULL, plain), XTT_OK);
    ck_assert_int_eq(xtt_daa_verify_plain(group, message, plain, NULL), XTT_OK);
    memcpy(sig, plain, sizeof plain);
    ck_assert_int_eq(verify(sig), XTT_ERR_GROUP_SIGNATURE);
}
END_TEST

static void fill(TCase *tc)
{
    tcase_add_checked_fixture(tc, make_group, free_group);
    tcase_add_test(tc, accepts_a_members_signature);
    tcase_add_loop_test(tc, rejects_a_signature_with_a_bit_changed, 0, 4);
    tcase_add_test(tc, rejects_another_message_basename_or_group);
    tcase_add_test(tc, rejects_basenames_of_no_length_or_too_long);
    tcase_add_loop_test(tc, rejects_fields_out_of_range, 0, (int)(sizeof fields / sizeof *fields));
    tcase_add_test(tc, rejects_all_zero_bytes);
    tcase_add_test(tc, rejects_a_member_without_credential);
    tcase_add_test(tc, rejects_half_a_credential);
    tcase_add_test(tc, says_revoked_only_of_good_signatures);
    tcase_add_test(tc, refuses_a_list_made_for_another_basename);
    tcase_add_loop_test(tc, refuses_to_work_without_randomness, 0, 2);
    tcase_add_test(tc, keeps_signatures_with_and_without_basename_apart);
}

int main(void)
{
    return run_suite("daa/verify", fill, 60);
}

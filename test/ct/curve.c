/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Run under valgrind's memcheck: secrets are declared undefined memory, so a branch or an index
 * that depends on one is reported as the use of an undefined value.  What may show is declared in
 * allowed.supp, with the reason.  Proves nothing about instructions of variable time; there are
 * none among those the code uses.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <valgrind/memcheck.h>

#include "base/bytes.h"
#include "daa/daa.h"

#define SECRET(x) VALGRIND_MAKE_MEM_UNDEFINED(&(x), sizeof(x))
#define PUBLIC(x) VALGRIND_MAKE_MEM_DEFINED(&(x), sizeof(x))

static void expect(int ok, const char *what)
{
    if (!ok) {
        fprintf(stderr, "ct: %s\n", what);
        exit(EXIT_FAILURE);
    }
}

/* The system's randomness, secret from the moment it is drawn. */
static xtt_err draw_secret(struct xtt_rng *rng, uint8_t *out, size_t n)
{
    xtt_err err = xtt_rng_draw(NULL, out, n);

    (void)rng;
    (void)VALGRIND_MAKE_MEM_UNDEFINED(out, n);
    return err;
}

static struct xtt_rng secret_rng = {draw_secret};

static struct scalar secret_scalar(void)
{
    struct scalar k;

    expect(xtt_daa_draw(NULL, &k) == XTT_OK, "no scalar");
    SECRET(k);
    return k;
}

static struct fp secret_fp(void)
{
    uint8_t bytes[32];
    struct fp a;

    expect(xtt_rng_draw(NULL, bytes, sizeof bytes) == XTT_OK, "no randomness");
    xtt_fp_from_hash(&a, bytes);
    SECRET(a);
    return a;
}

static void numbers(void)
{
    struct fp a = secret_fp(), b = secret_fp(), c;
    struct fp2 x = {a, b}, y = {b, a};
    struct scalar k = secret_scalar(), m = secret_scalar();
    struct scalar_halves halves;
    uint8_t bytes[32];

    xtt_fp_add(&c, &a, &b);
    xtt_fp_sub(&c, &c, &a);
    xtt_fp_neg(&c, &c);
    xtt_fp_mul(&c, &c, &b);
    xtt_fp_mul_add(&c, &c, &b, &a, &a);
    xtt_fp_mul_sub(&c, &c, &b, &a, &a);
    xtt_fp_inv(&c, &c);
    xtt_fp_to_bytes(bytes, &c);
    xtt_fp2_mul(&x, &x, &y);
    xtt_fp2_sqr(&x, &x);
    xtt_fp2_inv(&x, &x);
    xtt_scalar_mul(&k, &k, &m);
    xtt_scalar_add(&k, &k, &m);
    xtt_scalar_sub(&k, &k, &m);
    xtt_scalar_split(&halves, &k);
    xtt_scalar_from_hash(&k, bytes);
    xtt_scalar_to_bytes(bytes, &k);
}

static void points(void)
{
    struct scalar k = secret_scalar();
    uint8_t bytes[129];
    uint64_t finite;
    struct g1 p;
    struct g2 q;

    xtt_g1_mul_base(&p, &k);
    xtt_g1_mul(&p, &p, &k);
    xtt_g1_normalize(&p, 1);
    finite = xtt_g1_to_bytes(bytes, &p);
    PUBLIC(finite);
    expect(finite == 1, "infinity");
    xtt_g2_mul(&q, &xtt_g2_generator, &k);
    finite = xtt_g2_to_bytes(bytes, &q);
    PUBLIC(finite);
    expect(finite == 1, "infinity");
}

static void pairings(void)
{
    struct scalar k = secret_scalar();
    struct fp12 e;
    struct g1 p;
    struct g2 q;

    xtt_g1_mul_base(&p, &k);
    xtt_g2_mul(&q, &xtt_g2_generator, &k);
    xtt_pairing(&e, &p, &q);
}

/* A software member whose answers become public as they leave, as a TPM's do. */
struct front {
    struct xtt_gsigner base, *key;
};

static xtt_err front_public_key(struct xtt_gsigner *g, uint8_t q[65])
{
    struct front *f = (struct front *)g;
    xtt_err err = f->key->ops->public_key(f->key, q);

    PUBLIC(err);
    (void)VALGRIND_MAKE_MEM_DEFINED(q, 65);
    return err;
}

static xtt_err front_commit(struct xtt_gsigner *g, const uint8_t p1[65], xtt_bytes s2,
                            const uint8_t y2[32], struct xtt_commitment *out)
{
    struct front *f = (struct front *)g;
    xtt_err err = f->key->ops->commit(f->key, p1, s2, y2, out);

    PUBLIC(err);
    PUBLIC(*out);
    return err;
}

static xtt_err front_respond(struct xtt_gsigner *g, uint16_t ticket, const uint8_t digest[32],
                             uint8_t n[32], uint8_t s[32])
{
    struct front *f = (struct front *)g;
    xtt_err err = f->key->ops->respond(f->key, ticket, digest, n, s);

    PUBLIC(err);
    (void)VALGRIND_MAKE_MEM_DEFINED(n, 32);
    (void)VALGRIND_MAKE_MEM_DEFINED(s, 32);
    return err;
}

static void front_cancel(struct xtt_gsigner *g, uint16_t ticket)
{
    struct front *f = (struct front *)g;

    f->key->ops->cancel(f->key, ticket);
}

static const struct xtt_gsigner_ops front_ops = {
    .public_key = front_public_key,
    .commit = front_commit,
    .respond = front_respond,
    .cancel = front_cancel,
};

/* Issuer secret, member secret, blinding and commitments are all secret; what each party sends is
 * public, and at the end the group accepts the signature. */
static void group_signature(void)
{
    const xtt_bytes basename = xtt_span("basename", 8), msg = xtt_span("message", 7);
    uint8_t secret[64], pub[354], member[161], cred[260], cred_sig[64], sig[421], sk[32];
    struct front front = {.base = {&front_ops}};
    struct xtt_daa_group *group;
    int matches;

    expect(xtt_daa_issuer_new(&secret_rng, secret, pub) == XTT_OK, "no issuer");
    PUBLIC(pub);
    expect(xtt_daa_issuer_check(pub) == XTT_OK, "issuer key");
    matches = xtt_daa_issuer_matches(secret, pub);
    PUBLIC(matches);
    expect(matches, "issuer secret");
    expect(xtt_daa_secret_new(&secret_rng, sk) == XTT_OK, "no member secret");
    expect(xtt_daa_soft_new(&front.key, sk, &secret_rng) == XTT_OK, "no member");
    expect(xtt_daa_join(&front.base, msg, member) == XTT_OK, "no member key");
    expect(xtt_daa_join_check(member, msg) == XTT_OK, "member key");
    expect(xtt_daa_issue(secret, member, &secret_rng, cred, cred_sig) == XTT_OK, "no credential");
    PUBLIC(cred);
    PUBLIC(cred_sig);
    expect(xtt_daa_group_new(&group, pub) == XTT_OK, "no group");
    expect(xtt_daa_credential_check(group, member, cred, cred_sig) == XTT_OK, "credential");
    expect(xtt_daa_sign(&front.base, cred, basename, msg, NULL, sig) == XTT_OK, "no signature");
    expect(xtt_daa_verify(group, basename, msg, sig, NULL, NULL) == XTT_OK, "signature");
    xtt_daa_group_free(group);
    front.key->ops->free(front.key);
}

/* What xtt_daa_sign does with its random factor before the points become public. */
static void blinding(void)
{
    struct scalar l = secret_scalar();
    struct daa_credential cred = {xtt_g1_generator, xtt_g1_generator, xtt_g1_generator,
                                  xtt_g1_generator};
    uint8_t bytes[260];

    xtt_g1_mul(&cred.a, &cred.a, &l);
    xtt_g1_mul(&cred.b, &cred.b, &l);
    xtt_g1_mul(&cred.c, &cred.c, &l);
    xtt_g1_mul(&cred.d, &cred.d, &l);
    expect(xtt_daa_credential_encode(bytes, &cred) == XTT_OK, "infinity");
}

/* With an argument: a branch on a secret, which memcheck must report; else the checks are idle. */
int main(int argc, char **argv)
{
    (void)argv;
    if (!RUNNING_ON_VALGRIND) {
        fputs("ct: run me under valgrind (make check-ct)\n", stderr);
        return EXIT_FAILURE;
    }
    if (argc > 1) {
        struct scalar k = secret_scalar();

        expect(k.w[0] != 0, "a scalar with a zero limb");
        return EXIT_SUCCESS;
    }
    numbers();
    points();
    pairings();
    group_signature();
    blinding();
    return EXIT_SUCCESS;
}

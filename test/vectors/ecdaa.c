/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ecdaa.json: issuer, member, credential and signatures made again from their random numbers, byte
 * for byte; valid ones accepted, invalid ones refused; hashes to points; pairing values.
 */
#include "test/vectors/vectors.h"

#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "daa/daa.h"
#include "test/support/script_rng.h"

/* What records further down need of those before them. */
struct group_file {
    uint8_t secret[64], pub[354], sk[32], member[161], cred[260], cred_sig[64];
    struct xtt_daa_group *group;
};

/* Fills the script with fields of "derived", 32 bytes each. */
static void fill_script(struct vectors *v, struct script_rng *rng, const json_t *record,
                        const char *const *fields)
{
    const json_t *derived = json_object_get(record, "derived");

    script_rng_init(rng);
    for (; *fields; fields++, rng->n += 32)
        (void)vectors_bytes(v, derived, *fields, rng->bytes + rng->n, 32);
}

static int fails(struct vectors *v, const json_t *record, const char *field)
{
    return strcmp(vectors_text(v, record, field), "0") != 0;
}

static void read_issuer(struct vectors *v, struct group_file *f, const json_t *record)
{
    static const char *const fields[] = {"x", "y", "rx", "ry", NULL};
    uint8_t secret[64], pub[354], gpk[258];
    struct script_rng rng;

    if (!vectors_bytes(v, record, "isk", f->secret, 64) ||
        !vectors_bytes(v, record, "ipk", f->pub, 354) || !vectors_bytes(v, record, "gpk", gpk, 258))
        return;
    fill_script(v, &rng, record, fields);
    vectors_check(v, xtt_daa_issuer_new(&rng.base, secret, pub) == XTT_OK, "issuer: not made");
    vectors_check(v, memcmp(secret, f->secret, 64) == 0, "issuer: secret differs");
    vectors_check(v, memcmp(pub, f->pub, 354) == 0, "issuer: public key differs");
    vectors_check(v, memcmp(pub, gpk, 258) == 0, "issuer: group key differs");
    vectors_check(v, xtt_daa_issuer_check(f->pub) == XTT_OK, "issuer: proof refused");
    vectors_check(v, xtt_daa_issuer_matches(f->secret, gpk), "issuer: secret does not match");
    if (!f->group)
        vectors_check(v, xtt_daa_group_new(&f->group, gpk) == XTT_OK, "issuer: group key refused");
    pub[300] ^= 1;
    vectors_check(v, xtt_daa_issuer_check(pub) != XTT_OK, "issuer: changed proof accepted");
}

static void read_member(struct vectors *v, struct group_file *f, const json_t *record)
{
    static const char *const fields[] = {"sk", "k", "n", NULL};
    struct xtt_gsigner *key = NULL;
    uint8_t pub[161], nonce[256];
    struct script_rng rng;
    xtt_bytes span;

    if (!vectors_bytes(v, record, "sk", f->sk, 32) ||
        !vectors_bytes(v, record, "pk", f->member, 161))
        return;
    span = xtt_span(nonce, vectors_blob(v, record, "nonce", nonce, sizeof nonce));
    fill_script(v, &rng, record, fields);
    vectors_check(v, memcmp(rng.bytes, f->sk, 32) == 0, "member: secret differs");
    if (xtt_daa_soft_new(&key, NULL, &rng.base) != XTT_OK) {
        vectors_check(v, 0, "member: no key");
        return;
    }
    vectors_check(v, xtt_daa_join(key, span, pub) == XTT_OK, "member: key not made");
    vectors_check(v, memcmp(pub, f->member, 161) == 0, "member: public key differs");
    vectors_check(v,
                  (xtt_daa_join_check(f->member, span) != XTT_OK) == fails(v, record, "verify_rc"),
                  "member: proof judged otherwise");
    span.n--;
    vectors_check(v, xtt_daa_join_check(f->member, span) == XTT_ERR_JOIN_REFUSED,
                  "member: proof accepted for another nonce");
    key->ops->free(key);
}

static void read_credential(struct vectors *v, struct group_file *f, const json_t *record)
{
    static const char *const fields[] = {"l", "r", NULL};
    uint8_t cred[260], sig[64];
    struct script_rng rng;

    if (!vectors_bytes(v, record, "cred", f->cred, 260) ||
        !vectors_bytes(v, record, "cred_sig", f->cred_sig, 64) || !f->group)
        return;
    fill_script(v, &rng, record, fields);
    vectors_check(v, xtt_daa_issue(f->secret, f->member, &rng.base, cred, sig) == XTT_OK,
                  "credential: not made");
    vectors_check(v, memcmp(cred, f->cred, 260) == 0, "credential: differs");
    vectors_check(v, memcmp(sig, f->cred_sig, 64) == 0, "credential: signature differs");
    vectors_check(v,
                  (xtt_daa_credential_check(f->group, f->member, f->cred, f->cred_sig) != XTT_OK) ==
                      fails(v, record, "verify_rc"),
                  "credential: judged otherwise");
    sig[0] ^= 1;
    vectors_check(v, xtt_daa_credential_check(f->group, f->member, cred, sig) == XTT_ERR_CREDENTIAL,
                  "credential: changed proof accepted");
}

static void read_signature(struct vectors *v, struct group_file *f, const json_t *record)
{
    static const char *const fields[] = {"l", "k", "n", NULL};
    uint8_t sig[421], made[421], msg[1024], base[256];
    const char *id = vectors_text(v, record, "id");
    xtt_bytes m = xtt_span(msg, vectors_blob(v, record, "msg", msg, sizeof msg));
    xtt_bytes b = xtt_span(base, vectors_blob(v, record, "basename", base, sizeof base));
    size_t size = b.n > 0 ? 421 : 356;
    struct xtt_gsigner *key = NULL;
    struct script_rng rng;
    xtt_err err;

    if (!f->group || !vectors_bytes(v, record, "sig", sig, size))
        return;
    fill_script(v, &rng, record, fields);
    if (xtt_daa_soft_new(&key, f->sk, &rng.base) != XTT_OK) {
        vectors_check(v, 0, "signature %s: no key", id);
        return;
    }
    err = b.n > 0 ? xtt_daa_sign(key, f->cred, b, m, &rng.base, made)
                  : xtt_daa_sign_plain(key, f->cred, m, &rng.base, made);
    vectors_check(v, err == XTT_OK, "signature %s: not made, %s", id, xtt_err_name(err));
    vectors_check(v, memcmp(made, sig, size) == 0, "signature %s: differs", id);
    err = b.n > 0 ? xtt_daa_verify(f->group, b, m, sig, NULL, NULL)
                  : xtt_daa_verify_plain(f->group, m, sig, NULL);
    vectors_check(v, (err != XTT_OK) == fails(v, record, "verify_rc"),
                  "signature %s: judged otherwise, %s", id, xtt_err_name(err));
    key->ops->free(key);
}

static void read_invalid(struct vectors *v, const json_t *record)
{
    const char *what = vectors_text(v, record, "desc");
    uint8_t sig[421], gpk[258], k[65], msg[1024], base[256];
    xtt_bytes m = xtt_span(msg, vectors_blob(v, record, "msg", msg, sizeof msg));
    xtt_bytes b = xtt_span(base, vectors_blob(v, record, "basename", base, sizeof base));
    struct xtt_daa_revoked *revoked = NULL;
    struct xtt_daa_group *group = NULL;
    xtt_err err, expected = XTT_ERR_GROUP_SIGNATURE;

    if (!vectors_bytes(v, record, "sig", sig, b.n > 0 ? 421 : 356) ||
        !vectors_bytes(v, record, "gpk", gpk, 258))
        return;
    if (json_object_get(record, "bsn_revocation")) {
        if (!vectors_bytes(v, record, "bsn_revocation", k, 65))
            return;
        vectors_check(v, xtt_daa_revoked_new(&revoked, b, NULL, 0, k, 1) == XTT_OK,
                      "invalid: %s: list refused", what);
        expected = XTT_ERR_REVOKED;
    }
    if (xtt_daa_group_new(&group, gpk) == XTT_OK) {
        err = b.n > 0 ? xtt_daa_verify(group, b, m, sig, revoked, NULL)
                      : xtt_daa_verify_plain(group, m, sig, NULL);
        vectors_check(v, err == expected, "invalid: %s: answered %s", what, xtt_err_name(err));
        xtt_daa_group_free(group);
    } else {
        vectors_check(v, strstr(what, "group") != NULL, "invalid: %s: group key refused", what);
    }
    xtt_daa_revoked_free(revoked);
}

static void read_hash2point(struct vectors *v, const json_t *record)
{
    const char *name = vectors_text(v, record, "basename");
    uint8_t base[256], expected[65];
    xtt_bytes b = xtt_span(base, vectors_blob(v, record, "basename", base, sizeof base));
    struct daa_basepoint point;

    if (!vectors_bytes(v, record, "point", expected, 65))
        return;
    if (xtt_daa_hash_to_point(&point, b) != XTT_OK) {
        vectors_check(v, 0, "hash2point \"%s\": no point", name);
        return;
    }
    vectors_check(v, memcmp(point.bytes, expected, 65) == 0, "hash2point \"%s\": differs", name);
    vectors_check(v, point.s2[0] == atoi(vectors_text(v, record, "counter")),
                  "hash2point \"%s\": other counter", name);
}

/* The file's tower is Fp2, Fp4 = Fp2[s]/(s^2 - xi), Fp12 = Fp4[w]/(w^3 - s). */
static void encode_fp12(uint8_t out[384], const struct fp12 *f)
{
    const struct fp2 *const order[6] = {&f->c0.c0, &f->c1.c1, &f->c1.c0,
                                        &f->c0.c2, &f->c0.c1, &f->c1.c2};

    for (int i = 0; i < 6; i++) {
        xtt_fp_to_bytes(out + 64 * i, &order[i]->c0);
        xtt_fp_to_bytes(out + 64 * i + 32, &order[i]->c1);
    }
}

/* f^k, bit by bit: slow, and not the library's own powering. */
static void power(struct fp12 *o, const struct fp12 *f, const uint8_t k[32])
{
    struct fp12 acc;

    xtt_fp12_one(&acc);
    for (int i = 0; i < 256; i++) {
        xtt_fp12_sqr(&acc, &acc);
        if (k[i / 8] >> (7 - i % 8) & 1)
            xtt_fp12_mul(&acc, &acc, f);
    }
    *o = acc;
}

static void read_pairing(struct vectors *v, const json_t *record)
{
    uint8_t a[32], b[32], ag1[65], bg2[129], e[384], bytes[384];
    struct fp12 value, expected;
    struct scalar ka, kb;
    struct g1 p, p_made;
    struct g2 q, q_made;

    if (!vectors_bytes(v, record, "a", a, 32) || !vectors_bytes(v, record, "b", b, 32) ||
        !vectors_bytes(v, record, "aG1", ag1, 65) || !vectors_bytes(v, record, "bG2", bg2, 129) ||
        !vectors_bytes(v, record, "e", e, 384))
        return;
    if (!xtt_g1_from_bytes(&p, ag1) || !xtt_g2_from_bytes(&q, bg2) ||
        !xtt_scalar_from_bytes(&ka, a) || !xtt_scalar_from_bytes(&kb, b)) {
        vectors_check(v, 0, "pairing: arguments refused");
        return;
    }
    xtt_g1_mul_base(&p_made, &ka);
    vectors_check(v, (int)xtt_g1_eq(&p_made, &p), "pairing: a G1 differs (fixed base)");
    xtt_g1_mul(&p_made, &xtt_g1_generator, &ka);
    vectors_check(v, (int)xtt_g1_eq(&p_made, &p), "pairing: a G1 differs");
    xtt_g2_mul(&q_made, &xtt_g2_generator, &kb);
    vectors_check(v, (int)xtt_g2_eq(&q_made, &q), "pairing: b G2 differs");

    xtt_pairing(&value, &p, &q);
    encode_fp12(bytes, &value);
    vectors_check(v, memcmp(bytes, e, 384) == 0, "pairing: value differs");
    xtt_pairing(&expected, &xtt_g1_generator, &xtt_g2_generator);
    power(&expected, &expected, a);
    power(&expected, &expected, b);
    vectors_check(v, (int)xtt_fp12_eq(&value, &expected), "pairing: e(aP,bQ) is not e(P,Q)^ab");
}

void vectors_ecdaa(struct vectors *v, const char *path)
{
    struct group_file f = {0};
    json_error_t error;
    json_t *root = json_load_file(path, 0, &error), *record;
    size_t i;

    if (!json_is_array(root))
        vectors_check(v, 0, "%s: not an array of records: %s", path, error.text);
    json_array_foreach(root, i, record)
    {
        const char *type = vectors_text(v, record, "type");

        if (strcmp(type, "issuer") == 0)
            read_issuer(v, &f, record);
        else if (strcmp(type, "member") == 0)
            read_member(v, &f, record);
        else if (strcmp(type, "credential") == 0)
            read_credential(v, &f, record);
        else if (strcmp(type, "signature") == 0)
            read_signature(v, &f, record);
        else if (strcmp(type, "invalid") == 0)
            read_invalid(v, record);
        else if (strcmp(type, "hash2point") == 0)
            read_hash2point(v, record);
        else if (strcmp(type, "pairing") == 0)
            read_pairing(v, record);
        else
            vectors_check(v, 0, "unknown record type \"%s\"", type);
    }
    xtt_daa_group_free(f.group);
    json_decref(root);
}

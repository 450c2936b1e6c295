/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tpm.json: commands to a TPM and its responses, recorded.  The join proof is made again with a
 * signer that plays the recorded responses and compares what it is handed with the recorded
 * commands; a commitment with a basename is checked against its response.
 */
#include "test/vectors/vectors.h"

#include <string.h>

#include "base/bytes.h"
#include "daa/daa.h"

/* TPM 2.0 Part 2 */
#define TPM_CC_COMMIT   0x018b
#define TPM_CC_SIGN     0x015d
#define TPM_ALG_ECDAA   0x001a
#define TPM_ST_SESSIONS 0x8002

/* A pair of Commit and Sign, taken apart. */
struct exchange {
    uint8_t p1[65], s2[128], y2[32], e[65], k[65], l[65], digest[32], n[32], s[32];
    size_t s2_size;
    int named, signed_; /* has a basename; has its Sign */
};

struct reader {
    const uint8_t *p;
    size_t n;
    int bad;
};

static const uint8_t *take(struct reader *r, size_t n)
{
    static const uint8_t nothing[256];
    const uint8_t *p = r->p;

    if (r->bad || n > r->n || n > sizeof nothing) {
        r->bad = 1;
        return nothing;
    }
    r->p += n;
    r->n -= n;
    return p;
}

static uint16_t take16(struct reader *r)
{
    return xtt_get16(take(r, 2));
}

static uint32_t take32(struct reader *r)
{
    return xtt_get32(take(r, 4));
}

/* A TPM2B of up to cap bytes, padded on the left to cap when pad; returns its size. */
static size_t take_sized(struct reader *r, uint8_t *out, size_t cap, int pad)
{
    size_t n = take16(r);
    const uint8_t *p = take(r, n);

    if (r->bad || n > cap) {
        r->bad = 1;
        return 0;
    }
    memset(out, 0, cap);
    memcpy(pad ? out + cap - n : out, p, n);
    return n;
}

/* A TPM2B_ECC_POINT; returns 0 if it is empty. */
static int take_point(struct reader *r, uint8_t out[65])
{
    if (take16(r) <= 4) {
        (void)take32(r);
        return 0;
    }
    out[0] = 4;
    (void)take_sized(r, out + 1, 32, 1);
    (void)take_sized(r, out + 33, 32, 1);
    return 1;
}

/* Header, handle and authorisations of a command; returns the command code. */
static uint32_t open_command(struct reader *r)
{
    uint16_t tag = take16(r);
    uint32_t code;

    (void)take32(r);
    code = take32(r);
    (void)take32(r);
    if (tag == TPM_ST_SESSIONS)
        (void)take(r, take32(r));
    return code;
}

/* Header of a response; returns the response code and stands at the parameters. */
static uint32_t open_response(struct reader *r)
{
    uint32_t code;

    (void)take16(r);
    (void)take32(r);
    code = take32(r);
    if (code == 0)
        (void)take32(r);
    return code;
}

static void read_commit(struct exchange *x, struct reader *cmd, struct reader *rsp)
{
    memset(x, 0, sizeof *x);
    (void)take_point(cmd, x->p1);
    x->s2_size = take_sized(cmd, x->s2, sizeof x->s2, 0);
    (void)take_sized(cmd, x->y2, 32, 1);
    x->named = take_point(rsp, x->k);
    (void)take_point(rsp, x->l);
    (void)take_point(rsp, x->e);
}

static void read_sign(struct exchange *x, struct reader *cmd, struct reader *rsp)
{
    (void)take_sized(cmd, x->digest, 32, 0);
    if (take16(cmd) != TPM_ALG_ECDAA)
        return;
    (void)take32(rsp); /* scheme and hash */
    (void)take_sized(rsp, x->n, 32, 1);
    (void)take_sized(rsp, x->s, 32, 1);
    x->signed_ = 1;
}

/* A signer that plays one exchange. */
struct player {
    struct xtt_gsigner base;
    const struct exchange *x;
    struct vectors *v;
    uint8_t q[65];
};

static xtt_err play_public_key(struct xtt_gsigner *g, uint8_t q[65])
{
    memcpy(q, ((struct player *)g)->q, 65);
    return XTT_OK;
}

static xtt_err play_commit(struct xtt_gsigner *g, const uint8_t p1[65], xtt_bytes s2,
                           const uint8_t y2[32], struct xtt_commitment *out)
{
    struct player *player = (struct player *)g;

    vectors_check(player->v, memcmp(p1, player->x->p1, 65) == 0, "commit: other P1");
    vectors_check(player->v, s2.n == player->x->s2_size, "commit: other s2");
    vectors_check(player->v, memcmp(y2, player->x->y2, 32) == 0, "commit: other y2");
    *out = (struct xtt_commitment){0};
    memcpy(out->e, player->x->e, 65);
    memcpy(out->k, player->x->k, 65);
    memcpy(out->l, player->x->l, 65);
    return XTT_OK;
}

static xtt_err play_respond(struct xtt_gsigner *g, uint16_t ticket, const uint8_t digest[32],
                            uint8_t n[32], uint8_t s[32])
{
    struct player *player = (struct player *)g;

    (void)ticket;
    vectors_check(player->v, memcmp(digest, player->x->digest, 32) == 0, "sign: c1 differs");
    memcpy(n, player->x->n, 32);
    memcpy(s, player->x->s, 32);
    return XTT_OK;
}

static void play_cancel(struct xtt_gsigner *g, uint16_t ticket)
{
    (void)g;
    (void)ticket;
}

static const struct xtt_gsigner_ops player_ops = {
    .public_key = play_public_key,
    .commit = play_commit,
    .respond = play_respond,
    .cancel = play_cancel,
};

static void check_join(struct vectors *v, const struct exchange *x, const json_t *root)
{
    struct player player = {.base = {&player_ops}, .x = x, .v = v};
    uint8_t expected[161], pub[161], nonce[256];
    xtt_bytes span = xtt_span(nonce, vectors_blob(v, root, "join_nonce", nonce, sizeof nonce));
    xtt_err err;

    if (!vectors_bytes(v, root, "tpm_pk", expected, 161))
        return;
    memcpy(player.q, expected, 65);
    err = xtt_daa_join(&player.base, span, pub);
    vectors_check(v, err == XTT_OK, "join: %s", xtt_err_name(err));
    vectors_check(v, memcmp(pub, expected, 161) == 0, "join: public key differs");
    vectors_check(v, xtt_daa_join_check(expected, span) == XTT_OK, "join: proof refused");
}

/* c = Hr( n || c1 ) and L = s P2 - c K, with the P2 that s2 names. */
static void check_named(struct vectors *v, const struct exchange *x)
{
    const xtt_bytes basename = xtt_span(x->s2 + 4, x->s2_size > 4 ? x->s2_size - 4 : 0);
    static const struct scalar zero;
    struct daa_basepoint point;
    struct scalar c, s;
    struct g1 k, l;
    uint8_t bytes[65];

    if (xtt_daa_hash_to_point(&point, basename) != XTT_OK || !xtt_g1_from_bytes(&k, x->k) ||
        !xtt_scalar_from_bytes(&s, x->s) || xtt_daa_hash_nonce(x->n, x->digest, &c) != XTT_OK) {
        vectors_check(v, 0, "commit with a basename: cannot be read");
        return;
    }
    vectors_check(v, point.s2_size == x->s2_size && memcmp(point.s2, x->s2, x->s2_size) == 0,
                  "commit with a basename: other s2");
    vectors_check(v, memcmp(point.bytes + 33, x->y2, 32) == 0, "commit with a basename: other y2");
    xtt_scalar_sub(&c, &zero, &c);
    xtt_g1_mul2_vartime(&l, &s, &point.p2, &c, &k);
    vectors_check(v, xtt_g1_to_bytes(bytes, &l) && memcmp(bytes, x->l, 65) == 0,
                  "commit with a basename: L is not s P2 - c K");
}

static void check_exchange(struct vectors *v, const struct exchange *x, const json_t *root)
{
    if (x->named)
        check_named(v, x);
    else
        check_join(v, x, root);
}

void vectors_tpm(struct vectors *v, const char *path)
{
    json_error_t error;
    json_t *root = json_load_file(path, 0, &error), *record;
    struct exchange x = {0};
    int pairs = 0;
    size_t i;

    json_array_foreach(json_object_get(root, "log"), i, record)
    {
        uint8_t cmd_bytes[1024], rsp_bytes[1024];
        struct reader cmd = {cmd_bytes, vectors_blob(v, record, "cmd", cmd_bytes, 1024), 0};
        struct reader rsp = {rsp_bytes, vectors_blob(v, record, "rsp", rsp_bytes, 1024), 0};
        uint32_t code = open_command(&cmd);

        if (open_response(&rsp) != 0)
            continue; /* TPM_RC_RETRY: the same command follows */
        if (code == TPM_CC_COMMIT)
            read_commit(&x, &cmd, &rsp);
        else if (code == TPM_CC_SIGN)
            read_sign(&x, &cmd, &rsp);
        vectors_check(v, !cmd.bad && !rsp.bad, "log %zu: malformed", i);
        if (x.signed_) {
            check_exchange(v, &x, root);
            pairs++;
            x.signed_ = 0;
        }
    }
    vectors_check(v, pairs > 0, "no pair of Commit and Sign in it");
    json_decref(root);
}

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * handshakes.json with fixture.json: recorded handshakes of the deployed suites, replayed by our
 * client against the recorded server and by our server against the recorded client.  The signers
 * return the recorded signatures and compare what they are asked to sign with what was recorded;
 * the other side verifies them for real.  xtt_daa_sign is replaced at link time (--wrap).
 */
#include "test/vectors/vectors.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "handshake/machine.h"

/* One recorded handshake, the fields of the file as bytes. */
struct record {
    struct vectors *v;
    const json_t *json;
    const json_t *fixture;
    unsigned suite;
};

struct scripted {
    struct xtt_signer signer;
    struct xtt_rng rng;
    const struct record *rec;
    const char *pub, *hash; /* fields of the record */
    uint8_t sig[64];
    uint8_t script[64]; /* randomness, in order; after n bytes of it, real randomness */
    size_t n, at;
};

static void expect(const struct record *rec, const char *name, const void *got, size_t n)
{
    uint8_t want[1024];
    size_t have = vectors_blob(rec->v, rec->json, name, want, sizeof want);

    vectors_check(rec->v, have == n && memcmp(want, got, n) == 0, "suite %u: %s", rec->suite, name);
}

static size_t recorded(const struct record *rec, const char *name, uint8_t *out, size_t cap)
{
    return vectors_blob(rec->v, rec->json, name, out, cap);
}

static size_t fixed(const struct record *rec, const char *name, uint8_t *out, size_t cap)
{
    return vectors_blob(rec->v, rec->fixture, name, out, cap);
}

static xtt_err scripted_public(struct xtt_signer *s, uint8_t pub[65])
{
    struct scripted *script = (struct scripted *)s;

    return recorded(script->rec, script->pub, pub, 65) == 65 ? XTT_OK : XTT_ERR_CRYPTO;
}

static xtt_err scripted_sign(struct xtt_signer *s, const uint8_t digest[32], uint8_t sig[64])
{
    struct scripted *script = (struct scripted *)s;
    uint8_t hash[64], want[32];
    xtt_bytes part = {hash, recorded(script->rec, script->hash, hash, sizeof hash)};

    vectors_check(script->rec->v, xtt_sha256(&part, 1, want) == XTT_OK && !memcmp(want, digest, 32),
                  "suite %u: %s", script->rec->suite, script->hash);
    memcpy(sig, script->sig, 64);
    return XTT_OK;
}

static const struct xtt_signer_ops scripted_ops = {scripted_public, scripted_sign, NULL};

static xtt_err scripted_draw(struct xtt_rng *rng, uint8_t *out, size_t n)
{
    struct scripted *script = (struct scripted *)((char *)rng - offsetof(struct scripted, rng));

    if (n > script->n - script->at)
        return xtt_rng_draw(NULL, out, n);
    memcpy(out, script->script + script->at, n);
    script->at += n;
    return XTT_OK;
}

/* The handshake whose client is replayed; everybody else signs for real. */
static const struct record *signing;

xtt_err __real_xtt_daa_sign(struct xtt_gsigner *key, const uint8_t credential[260],
                            xtt_bytes basename, xtt_bytes msg, struct xtt_rng *rng,
                            uint8_t sig[421]);
xtt_err __wrap_xtt_daa_sign(struct xtt_gsigner *key, const uint8_t credential[260],
                            xtt_bytes basename, xtt_bytes msg, struct xtt_rng *rng,
                            uint8_t sig[421]);
xtt_err __wrap_xtt_daa_sign(struct xtt_gsigner *key, const uint8_t credential[260],
                            xtt_bytes basename, xtt_bytes msg, struct xtt_rng *rng,
                            uint8_t sig[421])
{
    uint8_t plain[1024];

    if (signing == NULL)
        return __real_xtt_daa_sign(key, credential, basename, msg, rng, sig);
    expect(signing, "client_daa_sig_hash", msg.p, msg.n);
    recorded(signing, "msg3_plaintext", plain, sizeof plain);
    memcpy(sig, plain + 177, 421);
    return XTT_OK;
}

static xtt_err on_root(void *arg, const uint8_t id[16], struct xtt_root *out)
{
    const struct record *rec = arg;
    uint8_t cert[XTT_ROOT_CERT_SIZE];

    if (fixed(rec, "client/root_cert.bin", cert, sizeof cert) != sizeof cert ||
        memcmp(cert, id, 16) != 0)
        return XTT_ERR_CERTIFICATE;
    return xtt_root_cert_decode(cert, out);
}

static xtt_err on_cookie(void *arg, uint8_t cookie[130])
{
    const struct record *rec = arg;
    uint8_t msg[1024];

    recorded(rec, "msg2_ServerInitAndAttest", msg, sizeof msg);
    memcpy(cookie, msg + 38, 130);
    return XTT_OK;
}

static xtt_err on_assign(void *arg, const struct xtt_claim *claim, uint8_t id[16])
{
    const struct record *rec = arg;

    expect(rec, "pseudonym", claim->pseudonym, 65);
    expect(rec, "client_longterm_public", claim->longterm_key, 65);
    expect(rec, "requested_id", claim->requested_id, 16);
    return recorded(rec, "assigned_id", id, 16) == 16 ? XTT_OK : XTT_ERR_ID;
}

static struct xtt_group the_group;
static uint8_t the_gid[32];

static xtt_err on_group(void *arg, const uint8_t gid[32], struct xtt_group *out)
{
    (void)arg;
    if (memcmp(gid, the_gid, 32) != 0)
        return XTT_ERR_GROUP;
    *out = the_group;
    return XTT_OK;
}

static void feed(struct xtt_hs *hs, const struct record *rec, const char *name)
{
    uint8_t msg[1024];
    xtt_bytes in = {msg, recorded(rec, name, msg, sizeof msg)};
    xtt_err err = xtt_hs_feed(hs, &in);

    vectors_check(rec->v, err == XTT_OK, "suite %u: %s taken (%s)", rec->suite, name,
                  xtt_err_name(err));
}

static void drain(struct xtt_hs *hs, const struct record *rec, const char *name)
{
    uint8_t msg[1024];

    expect(rec, name, msg, xtt_hs_drain(hs, msg, sizeof msg));
}

static void expect_secrets(const struct record *rec, const struct xtt_hs *hs)
{
    vectors_check(rec->v, hs->secret != NULL, "suite %u: keys are there", rec->suite);
    if (hs->secret == NULL)
        return;
    expect(rec, "inner_hash", hs->t.inner, 64);
    expect(rec, "handshake_key_hash", hs->t.key_hash, 64);
    expect(rec, "handshake_secret", hs->secret->hs, 64);
    expect(rec, "client_key", hs->secret->c2s.key, 32);
    expect(rec, "client_iv", hs->secret->c2s.iv, 12);
    expect(rec, "server_key", hs->secret->s2c.key, 32);
    expect(rec, "server_iv", hs->secret->s2c.iv, 12);
}

static void expect_identity(const struct record *rec, const struct xtt_hs *hs)
{
    struct xtt_identity got;

    vectors_check(rec->v, xtt_hs_identity(hs, &got) == XTT_OK, "suite %u: done", rec->suite);
    expect(rec, "assigned_id", got.id, 16);
    expect(rec, "pseudonym", got.pseudonym, 65);
    expect(rec, "client_longterm_public", got.longterm_key, 65);
}

static struct xtt_hs *start(const struct record *rec, const struct xtt_hs_config *cfg)
{
    struct xtt_hs *hs = NULL;

    vectors_check(rec->v, xtt_hs_new(&hs, cfg) == XTT_OK, "suite %u: starts", rec->suite);
    return hs;
}

static void replay_client(struct record *rec)
{
    const uint16_t suite = (uint16_t)rec->suite;
    const struct xtt_policy policy = {.arg = rec, .root = on_root};
    struct scripted script = {.signer = {&scripted_ops},
                              .rng = {scripted_draw},
                              .rec = rec,
                              .pub = "client_longterm_public",
                              .hash = "client_longterm_sig_hash"};
    uint8_t credential[260], gpk[258], basename[64], msg[1024];
    struct xtt_gsigner unused;
    struct xtt_member member = {&unused, credential, gpk, {basename, 0}};
    struct xtt_hs_config cfg = {.role = XTT_CLIENT,
                                .suites = &suite,
                                .n_suites = 1,
                                .policy = &policy,
                                .rng = &script.rng,
                                .longterm_key = &script.signer,
                                .member = &member};
    struct xtt_hs *hs;

    fixed(rec, "client/daa_cred.bin", credential, sizeof credential);
    fixed(rec, "client/daa_gpk.bin", gpk, sizeof gpk);
    member.basename.n = fixed(rec, "client/basename.bin", basename, sizeof basename);
    recorded(rec, "requested_id", cfg.requested_id, 16);
    recorded(rec, "msg1_ClientInit", msg, sizeof msg);
    memcpy(script.script, msg + 6, 32);
    script.n = 32 + recorded(rec, "client_x25519_secret", script.script + 32, 32);
    recorded(rec, "msg3_plaintext", msg, sizeof msg);
    memcpy(script.sig, msg + 113, 64);
    signing = rec;
    if ((hs = start(rec, &cfg)) == NULL)
        return;
    drain(hs, rec, "msg1_ClientInit");
    feed(hs, rec, "msg2_ServerInitAndAttest");
    drain(hs, rec, "msg3_Identity_ClientAttest");
    expect_secrets(rec, hs);
    feed(hs, rec, "msg4_Identity_ServerFinished");
    expect_identity(rec, hs);
    xtt_hs_free(hs);
    signing = NULL;
}

static void replay_server(struct record *rec)
{
    const uint16_t suite = (uint16_t)rec->suite;
    const struct xtt_policy policy = {
        .arg = rec, .cookie = on_cookie, .group = on_group, .assign = on_assign};
    struct scripted script = {
        .signer = {&scripted_ops}, .rng = {scripted_draw}, .rec = rec, .hash = "server_sig_hash"};
    uint8_t certificate[XTT_SERVER_CERT_SIZE], gpk[258], basename[64];
    const struct xtt_hs_config cfg = {.role = XTT_SERVER,
                                      .suites = &suite,
                                      .n_suites = 1,
                                      .policy = &policy,
                                      .rng = &script.rng,
                                      .server_key = &script.signer,
                                      .certificate = certificate};
    struct xtt_daa_group *group = NULL;
    struct xtt_hs *hs;

    fixed(rec, "server/server_cert.bin", certificate, sizeof certificate);
    fixed(rec, "server/daa_gpk.bin", gpk, sizeof gpk);
    the_group.basename = xtt_span(basename, fixed(rec, "server/basename.bin", basename, 64));
    vectors_check(rec->v,
                  xtt_daa_group_new(&group, gpk) == XTT_OK &&
                      xtt_daa_gid(gpk, the_group.basename, the_gid) == XTT_OK,
                  "suite %u: the group's key", rec->suite);
    the_group.key = group;
    script.n = recorded(rec, "server_x25519_secret", script.script, 32);
    recorded(rec, "server_sig", script.sig, 64);
    if (group != NULL && (hs = start(rec, &cfg)) != NULL) {
        feed(hs, rec, "msg1_ClientInit");
        drain(hs, rec, "msg2_ServerInitAndAttest");
        expect_secrets(rec, hs);
        feed(hs, rec, "msg3_Identity_ClientAttest");
        drain(hs, rec, "msg4_Identity_ServerFinished");
        expect_identity(rec, hs);
        xtt_hs_free(hs);
    }
    xtt_daa_group_free(group);
}

void vectors_handshakes(struct vectors *v, const char *path)
{
    char fixture_path[4200];
    json_t *all, *fixture, *one;
    size_t i;

    snprintf(fixture_path, sizeof fixture_path, "%.*s/fixture.json",
             (int)(strrchr(path, '/') - path), path);
    all = json_load_file(path, 0, NULL);
    fixture = json_load_file(fixture_path, 0, NULL);
    vectors_check(v, all != NULL, "no JSON");
    vectors_check(v, fixture != NULL, "fixture.json is not beside it");
    json_array_foreach(all, i, one)
    {
        struct record rec = {v, one, fixture,
                             (unsigned)strtoul(vectors_text(v, one, "suite"), NULL, 0)};

        replay_client(&rec);
        replay_server(&rec);
    }
    json_decref(all);
    json_decref(fixture);
}

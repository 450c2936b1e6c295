/* SPDX-License-Identifier: Apache-2.0 */
/* Makes the two sides of a handshake and moves bytes between them. */
#include "test/support/party.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Not Check's assertions: fuzz targets and benches use this file too. */
static void must(xtt_err err)
{
    if (err != XTT_OK) {
        fprintf(stderr, "party: %s\n", xtt_err_name(err));
        abort();
    }
}

static xtt_err wrapped_public(struct xtt_signer *s, uint8_t pub[65])
{
    struct wrapped_signer *w = (struct wrapped_signer *)s;

    return w->inner->ops->public_key(w->inner, pub);
}

static xtt_err wrapped_sign(struct xtt_signer *s, const uint8_t digest[32], uint8_t sig[64])
{
    struct wrapped_signer *w = (struct wrapped_signer *)s;

    w->calls++;
    if (w->again > 0) {
        w->again--;
        return XTT_AGAIN;
    }
    return w->answer != XTT_OK ? w->answer : w->inner->ops->sign(w->inner, digest, sig);
}

static const struct xtt_signer_ops wrapped_ops = {wrapped_public, wrapped_sign, NULL};

static void wrap_new_key(struct wrapped_signer *w)
{
    uint8_t secret[32];

    memset(w, 0, sizeof *w);
    w->signer.ops = &wrapped_ops;
    must(xtt_rng_draw(NULL, secret, sizeof secret));
    secret[0] = 0x7f; /* below the order, whatever was drawn */
    must(xtt_signer_soft_new(&w->inner, secret));
}

static xtt_err counted_draw(struct xtt_rng *rng, uint8_t *out, size_t n)
{
    struct counted_rng *c = (struct counted_rng *)rng;

    if (++c->draws == c->fail_at)
        return XTT_ERR_RNG;
    return xtt_rng_draw(NULL, out, n);
}

static xtt_err ask(struct question *q)
{
    q->calls++;
    if (q->again > 0) {
        q->again--;
        return XTT_AGAIN;
    }
    return q->answer;
}

static xtt_err on_root(void *arg, const uint8_t id[16], struct xtt_root *out)
{
    struct party *p = arg;
    xtt_err err = ask(&p->on_root);

    if (err == XTT_OK && memcmp(id, p->root.id, 16) != 0)
        err = XTT_ERR_CERTIFICATE;
    if (err == XTT_OK)
        *out = p->root;
    return err;
}

static xtt_err on_cookie(void *arg, uint8_t cookie[130])
{
    struct party *p = arg;
    xtt_err err = ask(&p->on_cookie);

    return err != XTT_OK ? err : xtt_cookie_make(7, 1, &p->server_rng.rng, cookie);
}

static xtt_err on_group(void *arg, const uint8_t gid[32], struct xtt_group *out)
{
    struct party *p = arg;
    xtt_err err = ask(&p->on_group);

    if (err == XTT_OK && memcmp(gid, p->gid, 32) != 0)
        err = XTT_ERR_GROUP;
    if (err == XTT_OK)
        *out = (struct xtt_group){p->group, p->basename, p->revoked};
    return err;
}

static xtt_err on_assign(void *arg, const struct xtt_claim *claim, uint8_t id[16])
{
    static const uint8_t none[16];
    struct party *p = arg;
    xtt_err err = ask(&p->on_assign);

    if (err == XTT_OK)
        memcpy(id,
               memcmp(claim->requested_id, none, 16) != 0 ? claim->requested_id : p->assigned_id,
               16);
    return err;
}

static void make_trust(struct party *p)
{
    struct xtt_server_cert cert = {
        .dated = 1, .not_before = PARTY_NOW - 100, .not_after = PARTY_NOW + 100};

    static const uint8_t secret[32] = {1, 2, 3};

    must(xtt_signer_soft_new(&p->root_key, secret));
    memset(p->root.id, 0x52, sizeof p->root.id);
    must(p->root_key->ops->public_key(p->root_key, p->root.public_key));
    wrap_new_key(&p->server_key);
    wrap_new_key(&p->longterm_key);
    memcpy(cert.root_id, p->root.id, sizeof cert.root_id);
    must(wrapped_public(&p->server_key.signer, cert.public_key));
    must(xtt_server_cert_sign(&cert, p->root_key, p->certificate));
}

static void make_member(struct party *p)
{
    uint8_t q[65], cred_sig[64];

    p->basename = (xtt_bytes){(const uint8_t *)"party", 5};
    must(xtt_daa_issuer_new(NULL, p->issuer_secret, p->issuer_key));
    must(xtt_daa_group_new(&p->group, p->issuer_key));
    must(xtt_daa_gid(p->issuer_key, p->basename, p->gid));
    must(xtt_daa_soft_new(&p->member_key, NULL, NULL));
    must(p->member_key->ops->public_key(p->member_key, q));
    must(xtt_daa_issue(p->issuer_secret, q, NULL, p->credential, cred_sig));
    p->member = (struct xtt_member){p->member_key, p->credential, p->issuer_key, p->basename};
}

void party_init(struct party *p, uint16_t suite)
{
    memset(p, 0, sizeof *p);
    p->suite = suite;
    memset(p->assigned_id, 0x1d, sizeof p->assigned_id);
    p->client_rng.rng.draw = p->server_rng.rng.draw = counted_draw;
    make_trust(p);
    make_member(p);
    p->client_policy = (struct xtt_policy){.arg = p, .root = on_root};
    p->server_policy =
        (struct xtt_policy){.arg = p, .cookie = on_cookie, .group = on_group, .assign = on_assign};
    p->client = (struct xtt_hs_config){
        .role = XTT_CLIENT,
        .suites = &p->suite,
        .n_suites = 1,
        .policy = &p->client_policy,
        .rng = &p->client_rng.rng,
        .now = PARTY_NOW,
        .longterm_key = &p->longterm_key.signer,
        .member = &p->member,
    };
    p->server = (struct xtt_hs_config){
        .role = XTT_SERVER,
        .suites = &p->suite,
        .n_suites = 1,
        .policy = &p->server_policy,
        .rng = &p->server_rng.rng,
        .server_key = &p->server_key.signer,
        .certificate = p->certificate,
    };
}

void party_free(struct party *p)
{
    p->member_key->ops->free(p->member_key);
    p->server_key.inner->ops->free(p->server_key.inner);
    p->longterm_key.inner->ops->free(p->longterm_key.inner);
    p->root_key->ops->free(p->root_key);
    xtt_daa_group_free(p->group);
}

size_t party_drain(struct xtt_hs *hs, uint8_t *out, size_t cap)
{
    size_t n = 0;

    while (xtt_hs_want(hs) == XTT_WANT_WRITE && n < cap)
        n += xtt_hs_drain(hs, out + n, cap - n);
    return n;
}

xtt_err party_feed(struct xtt_hs *hs, const uint8_t *in, size_t n)
{
    xtt_bytes left = {in, n};

    return xtt_hs_feed(hs, &left);
}

static int step(struct xtt_hs *from, struct xtt_hs *to, size_t chunk)
{
    uint8_t wire[2048];
    size_t n;

    if (xtt_hs_want(from) == XTT_WANT_RESUME) {
        (void)!xtt_hs_resume(from);
        return 1;
    }
    n = xtt_hs_drain(from, wire, chunk != 0 ? chunk : sizeof wire);
    if (n > 0)
        (void)!party_feed(to, wire, n);
    return n > 0;
}

void party_run(struct xtt_hs *client, struct xtt_hs *server, size_t chunk)
{
    while (step(client, server, chunk) | step(server, client, chunk))
        ;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* What the other lines are compared with: OpenSSL's own operations, in the same run. */
#include "test/bench/bench.h"

#include <openssl/ec.h>
#include <openssl/evp.h>

static EVP_PKEY *p256, *x25519, *peer;
static unsigned char digest[32] = {1}, sig[80];
static size_t sig_size = sizeof sig;

static void verify_ecdsa(void *arg)
{
    EVP_PKEY_CTX *ctx = arg;

    bench_need(EVP_PKEY_verify(ctx, sig, sig_size, digest, sizeof digest) == 1, "ECDSA verify");
}

static void exchange_x25519(void *arg)
{
    unsigned char shared[32];
    size_t size = sizeof shared;

    bench_need(EVP_PKEY_derive(arg, shared, &size) == 1, "X25519");
}

static EVP_PKEY_CTX *context(EVP_PKEY *key, int (*init)(EVP_PKEY_CTX *ctx))
{
    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new(key, NULL);

    bench_need(ctx && init(ctx) == 1, "OpenSSL context");
    return ctx;
}

void bench_anchors(struct bench *b)
{
    EVP_PKEY_CTX *sign, *derive;

    p256 = EVP_EC_gen("P-256");
    x25519 = EVP_PKEY_Q_keygen(NULL, NULL, "X25519");
    peer = EVP_PKEY_Q_keygen(NULL, NULL, "X25519");
    bench_need(p256 && x25519 && peer, "OpenSSL keys");
    sign = context(p256, EVP_PKEY_sign_init);
    bench_need(EVP_PKEY_sign(sign, sig, &sig_size, digest, sizeof digest) == 1, "ECDSA sign");
    EVP_PKEY_CTX_free(sign);
    derive = context(x25519, EVP_PKEY_derive_init);
    bench_need(EVP_PKEY_derive_set_peer(derive, peer) == 1, "X25519 peer");

    bench_add(b, "openssl_p256_verify", "us", verify_ecdsa, context(p256, EVP_PKEY_verify_init),
              NULL);
    bench_add(b, "openssl_x25519", "us", exchange_x25519, derive, NULL);
}

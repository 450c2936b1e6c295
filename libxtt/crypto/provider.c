/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Hashes, prf, X25519, ECDSA P-256 and AEAD on OpenSSL 3.  The only file of libxtt that includes
 * OpenSSL's headers; no protocol in here.
 *
 * P-256 points go through EC_KEY: building an EVP_PKEY from 65 bytes costs a third of a
 * verification, and the server does it for each device.
 */
#define OPENSSL_SUPPRESS_DEPRECATED
#include "crypto/provider.h"

#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <stdlib.h>
#include <string.h>

static xtt_err hash(const EVP_MD *md, const xtt_bytes *parts, size_t n, uint8_t *out)
{
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    xtt_err err = XTT_ERR_CRYPTO;

    if (ctx == NULL || EVP_DigestInit_ex(ctx, md, NULL) != 1)
        goto out;
    for (size_t i = 0; i < n; i++)
        if (EVP_DigestUpdate(ctx, parts[i].p, parts[i].n) != 1)
            goto out;
    if (EVP_DigestFinal_ex(ctx, out, NULL) == 1)
        err = XTT_OK;
out:
    EVP_MD_CTX_free(ctx);
    return err;
}

xtt_err xtt_sha256(const xtt_bytes *parts, size_t n, uint8_t out[32])
{
    return hash(EVP_sha256(), parts, n, out);
}

xtt_err xtt_sha512(const xtt_bytes *parts, size_t n, uint8_t out[64])
{
    return hash(EVP_sha512(), parts, n, out);
}

xtt_err xtt_blake2b(const xtt_bytes *parts, size_t n, uint8_t out[64])
{
    return hash(EVP_blake2b512(), parts, n, out);
}

static xtt_err mac(const char *name, const OSSL_PARAM params[], const uint8_t *key,
                   const xtt_bytes *parts, size_t n, uint8_t out[64])
{
    EVP_MAC *alg = EVP_MAC_fetch(NULL, name, NULL);
    EVP_MAC_CTX *ctx = NULL;
    xtt_err err = XTT_ERR_CRYPTO;
    size_t size;

    if (alg == NULL || (ctx = EVP_MAC_CTX_new(alg)) == NULL)
        goto out;
    if (EVP_MAC_init(ctx, key, 64, params) != 1)
        goto out;
    for (size_t i = 0; i < n; i++)
        if (EVP_MAC_update(ctx, parts[i].p, parts[i].n) != 1)
            goto out;
    if (EVP_MAC_final(ctx, out, &size, 64) == 1)
        err = XTT_OK;
out:
    EVP_MAC_CTX_free(ctx);
    EVP_MAC_free(alg);
    return err;
}

xtt_err xtt_hmac_sha512(const uint8_t key[static 64], const xtt_bytes *parts, size_t n,
                        uint8_t *out, size_t size)
{
    static char digest[] = "SHA512";
    const OSSL_PARAM params[] = {OSSL_PARAM_utf8_string(OSSL_MAC_PARAM_DIGEST, digest, 6),
                                 OSSL_PARAM_END};
    uint8_t full[64];
    xtt_err err;

    if (size == 0 || size > sizeof full)
        return XTT_ERR_ARGUMENT;
    if ((err = mac("HMAC", params, key, parts, n, full)) == XTT_OK)
        memcpy(out, full, size);
    xtt_wipe(full, sizeof full);
    return err;
}

xtt_err xtt_blake2b_keyed(const uint8_t key[static 64], const xtt_bytes *parts, size_t n,
                          uint8_t *out, size_t size)
{
    size_t digest_size = size;
    const OSSL_PARAM params[] = {OSSL_PARAM_size_t(OSSL_MAC_PARAM_SIZE, &digest_size),
                                 OSSL_PARAM_END};
    uint8_t full[64];
    xtt_err err;

    if (size == 0 || size > sizeof full)
        return XTT_ERR_ARGUMENT;
    if ((err = mac("BLAKE2BMAC", params, key, parts, n, full)) == XTT_OK)
        memcpy(out, full, size);
    xtt_wipe(full, sizeof full);
    return err;
}

xtt_err xtt_x25519_public(const uint8_t secret[static 32], uint8_t pub[static 32])
{
    EVP_PKEY *key = EVP_PKEY_new_raw_private_key(EVP_PKEY_X25519, NULL, secret, 32);
    size_t n = 32;
    xtt_err err = XTT_ERR_CRYPTO;

    if (key != NULL && EVP_PKEY_get_raw_public_key(key, pub, &n) == 1)
        err = XTT_OK;
    EVP_PKEY_free(key);
    return err;
}

xtt_err xtt_x25519_exchange(const uint8_t secret[static 32], const uint8_t peer[static 32],
                            uint8_t shared[static 32])
{
    EVP_PKEY *ours = EVP_PKEY_new_raw_private_key(EVP_PKEY_X25519, NULL, secret, 32);
    EVP_PKEY *theirs = EVP_PKEY_new_raw_public_key(EVP_PKEY_X25519, NULL, peer, 32);
    EVP_PKEY_CTX *ctx = NULL;
    uint8_t z[32];
    size_t n = sizeof z;
    xtt_err err = XTT_ERR_CRYPTO;

    if (ours == NULL || theirs == NULL || (ctx = EVP_PKEY_CTX_new(ours, NULL)) == NULL)
        goto out;
    if (EVP_PKEY_derive_init(ctx) != 1 || EVP_PKEY_derive_set_peer(ctx, theirs) != 1)
        goto out;
    /* OpenSSL refuses an all-zero result itself; other providers may not. */
    if (EVP_PKEY_derive(ctx, z, &n) != 1 || n != sizeof z || xtt_ct_is_zero(z, sizeof z)) {
        err = XTT_ERR_DH;
        goto out;
    }
    memcpy(shared, z, sizeof z);
    err = XTT_OK;
out:
    xtt_wipe(z, sizeof z);
    EVP_PKEY_CTX_free(ctx);
    EVP_PKEY_free(theirs);
    EVP_PKEY_free(ours);
    return err;
}

/* A public key from 04 || x || y; NULL unless it is a point of P-256 in that form. */
static EC_KEY *read_point(const uint8_t pub[static 65])
{
    EC_KEY *key;

    if (pub[0] != 4 || (key = EC_KEY_new_by_curve_name(NID_X9_62_prime256v1)) == NULL)
        return NULL;
    if (EC_KEY_oct2key(key, pub, 65, NULL) == 1)
        return key;
    EC_KEY_free(key);
    return NULL;
}

xtt_err xtt_p256_check_point(const uint8_t pub[static 65])
{
    EC_KEY *key = read_point(pub);

    EC_KEY_free(key);
    return key != NULL ? XTT_OK : XTT_ERR_POINT;
}

xtt_err xtt_p256_verify(const uint8_t pub[static 65], const uint8_t digest[static 32],
                        const uint8_t sig[static 64])
{
    EC_KEY *key = read_point(pub);
    ECDSA_SIG *ecdsa = NULL;
    BIGNUM *r = NULL, *s = NULL;
    xtt_err err = XTT_ERR_CRYPTO;

    if (key == NULL)
        return XTT_ERR_POINT;
    r = BN_bin2bn(sig, 32, NULL);
    s = BN_bin2bn(sig + 32, 32, NULL);
    if (r == NULL || s == NULL || (ecdsa = ECDSA_SIG_new()) == NULL ||
        ECDSA_SIG_set0(ecdsa, r, s) != 1)
        goto out;
    r = s = NULL;
    /* 1 <= r, s < n is checked inside; an error there is a bad signature to us. */
    err = ECDSA_do_verify(digest, 32, ecdsa, key) == 1 ? XTT_OK : XTT_ERR_CLIENT_SIGNATURE;
out:
    BN_free(r);
    BN_free(s);
    ECDSA_SIG_free(ecdsa);
    EC_KEY_free(key);
    return err;
}

struct xtt_p256_key {
    EC_KEY *ec;
};

xtt_err xtt_p256_key_new(struct xtt_p256_key **out, const uint8_t secret[static 32])
{
    struct xtt_p256_key *key = calloc(1, sizeof *key);
    const EC_GROUP *group;
    EC_POINT *pub = NULL;
    BIGNUM *d = NULL;
    xtt_err err = XTT_ERR_NOMEM;

    if (key == NULL || (key->ec = EC_KEY_new_by_curve_name(NID_X9_62_prime256v1)) == NULL)
        goto out;
    group = EC_KEY_get0_group(key->ec);
    if ((d = BN_secure_new()) == NULL || (pub = EC_POINT_new(group)) == NULL)
        goto out;
    err = XTT_ERR_SCALAR;
    if (BN_bin2bn(secret, 32, d) == NULL || BN_is_zero(d) ||
        BN_cmp(d, EC_GROUP_get0_order(group)) >= 0)
        goto out;
    BN_set_flags(d, BN_FLG_CONSTTIME);
    err = XTT_ERR_CRYPTO;
    if (EC_POINT_mul(group, pub, d, NULL, NULL, NULL) != 1 ||
        EC_KEY_set_private_key(key->ec, d) != 1 || EC_KEY_set_public_key(key->ec, pub) != 1)
        goto out;
    *out = key;
    key = NULL;
    err = XTT_OK;
out:
    BN_clear_free(d);
    EC_POINT_free(pub);
    xtt_p256_key_free(key);
    return err;
}

xtt_err xtt_p256_key_public(const struct xtt_p256_key *key, uint8_t pub[static 65])
{
    const EC_GROUP *group = EC_KEY_get0_group(key->ec);
    size_t n = EC_POINT_point2oct(group, EC_KEY_get0_public_key(key->ec),
                                  POINT_CONVERSION_UNCOMPRESSED, pub, 65, NULL);

    return n == 65 ? XTT_OK : XTT_ERR_CRYPTO;
}

xtt_err xtt_p256_key_sign(struct xtt_p256_key *key, const uint8_t digest[static 32],
                          uint8_t sig[static 64])
{
    ECDSA_SIG *ecdsa = ECDSA_do_sign(digest, 32, key->ec);
    xtt_err err = XTT_ERR_CRYPTO;

    if (ecdsa != NULL && BN_bn2binpad(ECDSA_SIG_get0_r(ecdsa), sig, 32) == 32 &&
        BN_bn2binpad(ECDSA_SIG_get0_s(ecdsa), sig + 32, 32) == 32)
        err = XTT_OK;
    ECDSA_SIG_free(ecdsa);
    return err;
}

void xtt_p256_key_free(struct xtt_p256_key *key)
{
    if (key == NULL)
        return;
    EC_KEY_free(key->ec);
    free(key);
}

static const EVP_CIPHER *cipher_of(enum xtt_aead aead)
{
    return aead == XTT_AES_256_GCM ? EVP_aes_256_gcm() : EVP_chacha20_poly1305();
}

xtt_err xtt_aead_seal(enum xtt_aead aead, const uint8_t key[static 32],
                      const uint8_t nonce[static 12], xtt_bytes ad, xtt_bytes in, uint8_t *out)
{
    EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
    xtt_err err = XTT_ERR_CRYPTO;
    int n;

    if (ctx == NULL || EVP_EncryptInit_ex(ctx, cipher_of(aead), NULL, key, nonce) != 1)
        goto out;
    if (EVP_EncryptUpdate(ctx, NULL, &n, ad.p, (int)ad.n) != 1 ||
        EVP_EncryptUpdate(ctx, out, &n, in.p, (int)in.n) != 1 ||
        EVP_EncryptFinal_ex(ctx, out + n, &n) != 1 ||
        EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_AEAD_GET_TAG, 16, out + in.n) != 1)
        goto out;
    err = XTT_OK;
out:
    EVP_CIPHER_CTX_free(ctx);
    return err;
}

xtt_err xtt_aead_open(enum xtt_aead aead, const uint8_t key[static 32],
                      const uint8_t nonce[static 12], xtt_bytes ad, xtt_bytes in, uint8_t *out)
{
    EVP_CIPHER_CTX *ctx;
    xtt_err err = XTT_ERR_CRYPTO;
    uint8_t tag[16];
    size_t size;
    int n;

    if (in.n < sizeof tag)
        return XTT_ERR_DECRYPT;
    size = in.n - sizeof tag;
    memcpy(tag, in.p + size, sizeof tag);
    if ((ctx = EVP_CIPHER_CTX_new()) == NULL)
        return XTT_ERR_CRYPTO;
    if (EVP_DecryptInit_ex(ctx, cipher_of(aead), NULL, key, nonce) != 1 ||
        EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_AEAD_SET_TAG, 16, tag) != 1 ||
        EVP_DecryptUpdate(ctx, NULL, &n, ad.p, (int)ad.n) != 1 ||
        EVP_DecryptUpdate(ctx, out, &n, in.p, (int)size) != 1)
        goto out;
    err = EVP_DecryptFinal_ex(ctx, out + n, &n) == 1 ? XTT_OK : XTT_ERR_DECRYPT;
    if (err != XTT_OK)
        xtt_wipe(out, size);
out:
    EVP_CIPHER_CTX_free(ctx);
    return err;
}

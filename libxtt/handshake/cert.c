/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Server and root certificates: their 169 and 81 bytes, and what makes one trusted.  Which roots
 * are trusted is the policy's to say.  doc/protocol.md, "Certificates".
 */
#include <xtt/cert.h>

#include <string.h>

#include "base/bytes.h"
#include "crypto/provider.h"

/* Offsets in a server certificate; the first 24 bytes are "reserved" to the deployed suites. */
enum {
    MAGIC = 0,
    NOT_BEFORE = 4,
    NOT_AFTER = 12,
    ZEROS = 20,
    ROOT_ID = 24,
    PUBLIC_KEY = 40,
    SIGNATURE = 105
};

static const uint8_t magic[4] = {'X', 'T', '1', 0};
static const uint8_t zeros[4];

xtt_err xtt_root_cert_encode(const struct xtt_root *root, uint8_t cert[XTT_ROOT_CERT_SIZE])
{
    xtt_err err = xtt_p256_check_point(root->public_key);

    if (err != XTT_OK)
        return err;
    memcpy(cert, root->id, 16);
    memcpy(cert + 16, root->public_key, 65);
    return XTT_OK;
}

xtt_err xtt_root_cert_decode(const uint8_t cert[XTT_ROOT_CERT_SIZE], struct xtt_root *root)
{
    xtt_err err = xtt_p256_check_point(cert + 16);

    if (err != XTT_OK)
        return err;
    memcpy(root->id, cert, 16);
    memcpy(root->public_key, cert + 16, 65);
    return XTT_OK;
}

static xtt_err digest_of(const uint8_t *cert, uint8_t digest[32])
{
    const xtt_bytes part = xtt_span(cert, SIGNATURE);

    return xtt_sha256(&part, 1, digest);
}

xtt_err xtt_server_cert_sign(const struct xtt_server_cert *in, struct xtt_signer *root,
                             uint8_t cert[XTT_SERVER_CERT_SIZE])
{
    uint8_t draft[XTT_SERVER_CERT_SIZE] = {0};
    uint8_t digest[32];
    xtt_err err;

    if (!in->dated || in->not_before > in->not_after)
        return XTT_ERR_ARGUMENT;
    if ((err = xtt_p256_check_point(in->public_key)) != XTT_OK)
        return err;
    memcpy(draft + MAGIC, magic, sizeof magic);
    xtt_put64(draft + NOT_BEFORE, in->not_before);
    xtt_put64(draft + NOT_AFTER, in->not_after);
    memcpy(draft + ROOT_ID, in->root_id, sizeof in->root_id);
    memcpy(draft + PUBLIC_KEY, in->public_key, sizeof in->public_key);
    if ((err = digest_of(draft, digest)) != XTT_OK)
        return err;
    if ((err = root->ops->sign(root, digest, draft + SIGNATURE)) != XTT_OK)
        return err;
    memcpy(cert, draft, sizeof draft);
    return XTT_OK;
}

xtt_err xtt_server_cert_decode(const uint8_t cert[XTT_SERVER_CERT_SIZE],
                               struct xtt_server_cert *out)
{
    if (xtt_p256_check_point(cert + PUBLIC_KEY) != XTT_OK)
        return XTT_ERR_CERTIFICATE;
    out->dated = memcmp(cert + MAGIC, magic, sizeof magic) == 0 &&
                 memcmp(cert + ZEROS, zeros, sizeof zeros) == 0;
    out->not_before = out->dated ? xtt_get64(cert + NOT_BEFORE) : 0;
    out->not_after = out->dated ? xtt_get64(cert + NOT_AFTER) : XTT_NO_END;
    memcpy(out->root_id, cert + ROOT_ID, sizeof out->root_id);
    memcpy(out->public_key, cert + PUBLIC_KEY, sizeof out->public_key);
    return XTT_OK;
}

xtt_err xtt_server_cert_check(const uint8_t cert[XTT_SERVER_CERT_SIZE], const struct xtt_root *root,
                              int need_dates, uint64_t now)
{
    struct xtt_server_cert server;
    uint8_t digest[32];
    xtt_err err;

    if ((err = xtt_server_cert_decode(cert, &server)) != XTT_OK)
        return err;
    if (memcmp(server.root_id, root->id, sizeof root->id) != 0)
        return XTT_ERR_CERTIFICATE;
    if ((err = digest_of(cert, digest)) != XTT_OK)
        return err;
    err = xtt_p256_verify(root->public_key, digest, cert + SIGNATURE);
    if (err == XTT_ERR_CRYPTO)
        return err;
    if (err != XTT_OK)
        return XTT_ERR_CERTIFICATE;
    if (!need_dates)
        return XTT_OK;
    if (!server.dated || (now != 0 && (now < server.not_before || now > server.not_after)))
        return XTT_ERR_CERTIFICATE;
    return XTT_OK;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* The key schedule as rows of label, destination and size; sealing and opening of messages. */
#include "handshake/keys.h"

#include <assert.h>
#include <string.h>

#include "base/bytes.h"

#define AT(member) offsetof(struct xtt_secret, member), sizeof((struct xtt_secret *)0)->member

static const struct {
    const char *label;
    size_t at, size;
} schedule[] = {
    {"XTT handshake client key", AT(c2s.key)},
    {"XTT handshake client iv", AT(c2s.iv)},
    {"XTT handshake server key", AT(s2c.key)},
    {"XTT handshake server iv", AT(s2c.iv)},
};

xtt_err xtt_keys_derive(struct xtt_secret *secret, struct xtt_transcript *t,
                        const uint8_t shared[static 32])
{
    static const uint8_t zero[64];
    const xtt_bytes dh = xtt_span(shared, 32);
    xtt_err err;

    if ((err = xtt_transcript_hash(t, XTT_H_INNER, t->inner)) != XTT_OK)
        return err;
    if ((err = xtt_transcript_hash(t, XTT_H_KEY, t->key_hash)) != XTT_OK)
        return err;
    if ((err = xtt_suite_prf(t->suite, zero, &dh, 1, secret->hs, sizeof secret->hs)) != XTT_OK)
        return err;
    for (size_t i = 0; i < sizeof schedule / sizeof schedule[0]; i++) {
        const xtt_bytes parts[] = {xtt_span(t->key_hash, sizeof t->key_hash),
                                   xtt_span(schedule[i].label, strlen(schedule[i].label))};

        err = xtt_suite_prf(t->suite, secret->hs, parts, 2, (uint8_t *)secret + schedule[i].at,
                            schedule[i].size);
        if (err != XTT_OK)
            return err;
    }
    return XTT_OK;
}

xtt_err xtt_keys_exchange(struct xtt_secret *secret, struct xtt_transcript *t,
                          const uint8_t peer[static 32])
{
    uint8_t shared[32];
    xtt_err err;

    err = xtt_x25519_exchange(secret->kx, peer, shared);
    xtt_wipe(secret->kx, sizeof secret->kx);
    if (err == XTT_OK)
        err = xtt_keys_derive(secret, t, shared);
    xtt_wipe(shared, sizeof shared);
    return err;
}

/* nonce = IV xor ( 0^4 || u64 seq ) */
static void make_nonce(const struct xtt_keys *keys, uint8_t nonce[static 12])
{
    memcpy(nonce, keys->iv, 12);
    for (int i = 0; i < 8; i++)
        nonce[4 + i] ^= (uint8_t)(keys->seq >> (56 - 8 * i));
}

static struct xtt_layout layout_of(const uint8_t *msg)
{
    struct xtt_layout at = {0, 0, 0};
    int known = xtt_msg_layout(msg[0], &at);

    assert(known && at.size > at.plain);
    (void)known;
    return at;
}

xtt_err xtt_keys_seal(struct xtt_keys *keys, const struct xtt_suite *suite, const uint8_t *msg,
                      uint8_t *out)
{
    const struct xtt_layout at = layout_of(msg);
    uint8_t nonce[12];
    xtt_err err;

    make_nonce(keys, nonce);
    err = xtt_aead_seal(suite->aead, keys->key, nonce, xtt_span(msg, at.clear),
                        xtt_span(msg + at.clear, at.plain - at.clear), out + at.clear);
    if (err != XTT_OK)
        return err;
    memcpy(out, msg, at.clear);
    keys->seq++;
    return XTT_OK;
}

xtt_err xtt_keys_open(struct xtt_keys *keys, const struct xtt_suite *suite, uint8_t *msg)
{
    const struct xtt_layout at = layout_of(msg);
    uint8_t nonce[12];
    xtt_err err;

    make_nonce(keys, nonce);
    err = xtt_aead_open(suite->aead, keys->key, nonce, xtt_span(msg, at.clear),
                        xtt_span(msg + at.clear, at.size - at.clear), msg + at.clear);
    if (err == XTT_OK)
        keys->seq++;
    return err;
}

xtt_err xtt_keys_alert(const struct xtt_secret *secret, const struct xtt_transcript *t,
                       uint8_t role, const uint8_t head[static 8], uint8_t mac[static 16])
{
    static const char label[] = "XTT handshake alert";
    const xtt_bytes parts[] = {xtt_span(t->key_hash, sizeof t->key_hash),
                               xtt_span(label, sizeof label - 1), xtt_span(&role, 1),
                               xtt_span(head, 8)};

    return xtt_suite_prf(t->suite, secret->hs, parts, 4, mac, 16);
}

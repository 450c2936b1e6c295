/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Fuzzes both sides of the provisioning handshake as state machines.  The first byte of an input
 * says who is fed, after how many genuine messages, and whether the rest is put on the wire as it
 * is or as the plaintext of the next message, sealed with the keys that only a peer has; the second
 * in what portions.  No input may end in an identity that both sides did not agree on.
 */
#include <stdlib.h>
#include <string.h>

#include "handshake/machine.h"
#include "test/support/party.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct party party;

static void pass(struct xtt_hs *from, struct xtt_hs *to)
{
    uint8_t msg[1024];
    size_t n = party_drain(from, msg, sizeof msg);

    if (party_feed(to, msg, n) != XTT_OK)
        abort();
}

/* The input as the next message's plaintext, padded with zeros, under genuine keys. */
static size_t seal(struct xtt_hs *peer, int to_server, const uint8_t *data, size_t size,
                   uint8_t out[1024])
{
    const enum xtt_msg_type type = to_server ? XTT_M_ID_CLIENT_ATTEST : XTT_M_ID_SERVER_FINISHED;
    struct xtt_keys *keys = to_server ? &peer->secret->c2s : &peer->secret->s2c;
    uint8_t msg[1024];
    struct xtt_layout at;

    if (!xtt_msg_layout((uint8_t)type, &at))
        abort();
    xtt_msg_init(msg, type, party.suite);
    if (to_server) /* begin from the genuine message: only what the input covers is strange */
        memcpy(msg, peer->t.client, at.plain);
    for (size_t i = 0; i < size && at.clear + i < at.plain; i++)
        msg[at.clear + i] ^= data[i];
    keys->seq = to_server ? 0 : 1;
    if (xtt_keys_seal(keys, peer->t.suite, msg, out) != XTT_OK)
        abort();
    return at.size;
}

static void feed_in_portions(struct xtt_hs *hs, const uint8_t *data, size_t size, size_t portion)
{
    while (size > 0) {
        size_t n = portion != 0 && portion < size ? portion : size;
        uint8_t out[1024];

        (void)!party_feed(hs, data, n);
        (void)party_drain(hs, out, sizeof out);
        data += n;
        size -= n;
    }
    (void)!xtt_hs_eof(hs);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct xtt_hs *client, *server, *target;
    uint8_t sealed[1024];
    unsigned stage, kind;

    if (party.group == NULL)
        party_init(&party, 0x0101);
    if (size < 2)
        return 0;
    stage = data[0] % 4;
    kind = data[0] / 4 % 2;
    if (xtt_hs_new(&client, &party.client) != XTT_OK ||
        xtt_hs_new(&server, &party.server) != XTT_OK)
        abort();
    for (unsigned i = 0; i < stage; i++)
        pass(i % 2 == 0 ? client : server, i % 2 == 0 ? server : client);
    target = stage % 2 == 0 ? server : client;
    if (kind == 1 && stage == 2) {
        size_t n = seal(client, 1, data + 2, size - 2, sealed);

        (void)party_drain(client, (uint8_t[1024]){0}, 1024);
        feed_in_portions(target, sealed, n, data[1]);
    } else if (kind == 1 && stage == 3 && server->secret == NULL) {
        /* The server is done and has forgotten its keys; the client's own pair is the same. */
        size_t n = seal(client, 0, data + 2, size - 2, sealed);

        client->secret->s2c.seq = 1;
        feed_in_portions(target, sealed, n, data[1]);
    } else {
        feed_in_portions(target, data + 2, size - 2, data[1]);
    }
    xtt_hs_free(client);
    xtt_hs_free(server);
    return 0;
}

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Identity provisioning in memory, both sides, beside the sum of the operations that it cannot do
 * without: what is above that is the library's own.
 */
#include "test/bench/bench.h"

#include "crypto/provider.h"
#include "test/support/party.h"

static struct party party;

static void handshake(void *arg)
{
    struct xtt_hs *client = NULL, *server = NULL;

    (void)arg;
    bench_need(xtt_hs_new(&client, &party.client) == XTT_OK &&
                   xtt_hs_new(&server, &party.server) == XTT_OK,
               "a handshake does not begin");
    party_run(client, server, 0);
    bench_need(xtt_hs_is_done(client) && xtt_hs_is_done(server), "a handshake fails");
    xtt_hs_free(client);
    xtt_hs_free(server);
}

/* Two key shares and two exchanges; three signatures made, four verified. */
static void parts(void *arg)
{
    static const uint8_t digest[32] = {1};
    const xtt_bytes msg = {digest, sizeof digest};
    struct xtt_signer *key = party.server_key.inner;
    uint8_t secret[2][32] = {{1}, {2}}, pub[2][32], shared[32], p256[65], sig[64], group_sig[421];
    xtt_err err = XTT_OK;

    (void)arg;
    for (int i = 0; i < 2; i++)
        err = err != XTT_OK ? err : xtt_x25519_public(secret[i], pub[i]);
    for (int i = 0; i < 2; i++)
        err = err != XTT_OK ? err : xtt_x25519_exchange(secret[i], pub[1 - i], shared);
    err = err != XTT_OK ? err : key->ops->public_key(key, p256);
    for (int i = 0; i < 2; i++)
        err = err != XTT_OK ? err : key->ops->sign(key, digest, sig);
    for (int i = 0; i < 3; i++)
        err = err != XTT_OK ? err : xtt_p256_verify(p256, digest, sig);
    err = err != XTT_OK ? err
                        : xtt_daa_sign(party.member_key, party.credential, party.basename, msg,
                                       NULL, group_sig);
    err = err != XTT_OK ? err
                        : xtt_daa_verify(party.group, party.basename, msg, group_sig, NULL, NULL);
    bench_need(err == XTT_OK, "an operation of the handshake fails");
}

void bench_handshake(struct bench *b)
{
    party_init(&party, 0x0101);
    bench_add(b, "identity_handshake_parts", "us", parts, NULL, NULL);
    bench_add(b, "identity_handshake", "us", handshake, NULL, "identity_handshake_parts");
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Lines for group signatures, with a software member. */
#include "test/bench/bench.h"

#include "base/bytes.h"
#include "daa/daa.h"

static struct {
    uint8_t secret[64], pub[354], q[65], cred[260], cred_sig[64], sig[421];
    struct xtt_gsigner *key;
    struct xtt_daa_group *group;
    xtt_bytes basename, msg;
} in;

static void sign(void *arg)
{
    (void)arg;
    bench_need(xtt_daa_sign(in.key, in.cred, in.basename, in.msg, NULL, in.sig) == XTT_OK,
               "group signature");
}

static void verify(void *arg)
{
    (void)arg;
    bench_need(xtt_daa_verify(in.group, in.basename, in.msg, in.sig, NULL, NULL) == XTT_OK,
               "group signature verification");
}

static void issue(void *arg)
{
    (void)arg;
    bench_need(xtt_daa_issue(in.secret, in.q, NULL, in.cred, in.cred_sig) == XTT_OK, "credential");
}

static void group_new(void *arg)
{
    struct xtt_daa_group *group;

    (void)arg;
    bench_need(xtt_daa_group_new(&group, in.pub) == XTT_OK, "group key");
    xtt_daa_group_free(group);
}

void bench_daa(struct bench *b)
{
    in.basename = xtt_span("basename", 8);
    in.msg = xtt_span("a message of a handshake", 24);
    bench_need(xtt_daa_issuer_new(NULL, in.secret, in.pub) == XTT_OK &&
                   xtt_daa_group_new(&in.group, in.pub) == XTT_OK &&
                   xtt_daa_soft_new(&in.key, NULL, NULL) == XTT_OK &&
                   in.key->ops->public_key(in.key, in.q) == XTT_OK,
               "group");
    bench_add(b, "daa_issue", "us", issue, NULL, "openssl_x25519");
    bench_add(b, "daa_group_new", "us", group_new, NULL, "openssl_p256_verify");
    bench_add(b, "daa_sign", "us", sign, NULL, "openssl_x25519");
    bench_add(b, "daa_verify", "us", verify, NULL, "openssl_p256_verify");
}

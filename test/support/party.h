/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Everything a provisioning handshake in memory needs: a root, a server key with its certificate, a
 * group, a member with its credential, and the policies of both sides with switches for tests.
 */
#ifndef TEST_SUPPORT_PARTY_H
#define TEST_SUPPORT_PARTY_H

#include <xtt/xtt.h>

enum { PARTY_NOW = 1700000000 };

/* A signer around another one: counts calls, answers XTT_AGAIN to the first few, or fails. */
struct wrapped_signer {
    struct xtt_signer signer;
    struct xtt_signer *inner;
    int again;      /* answer XTT_AGAIN so many times */
    xtt_err answer; /* unless XTT_OK: answered instead of a signature */
    int calls;
};

/* A generator that fails at its n-th draw (counted from 1; 0: never). */
struct counted_rng {
    struct xtt_rng rng;
    int draws, fail_at;
};

/* How a policy answers a question: XTT_AGAIN so many times, then this. */
struct question {
    int again;
    xtt_err answer;
    int calls;
};

struct party {
    struct xtt_root root;
    struct xtt_signer *root_key;
    struct wrapped_signer server_key, longterm_key;
    uint8_t certificate[XTT_SERVER_CERT_SIZE];

    uint8_t issuer_secret[64], issuer_key[354];
    struct xtt_daa_group *group;
    xtt_bytes basename;
    uint8_t gid[32];
    struct xtt_gsigner *member_key;
    uint8_t credential[260];
    struct xtt_member member;

    struct counted_rng client_rng, server_rng;
    struct xtt_policy client_policy, server_policy;
    struct xtt_hs_config client, server;
    uint16_t suite;

    struct question on_root, on_cookie, on_group, on_assign;
    struct xtt_daa_revoked *revoked;
    uint8_t assigned_id[16];
};

/* Fails the test if anything of it cannot be made. */
void party_init(struct party *p, uint16_t suite);
void party_free(struct party *p);

/* Moves bytes between the two until neither wants any; chunk bytes at a time (0: whole).  Stops
 * when a resume is asked for and resumes it.  Errors stay in the contexts. */
void party_run(struct xtt_hs *client, struct xtt_hs *server, size_t chunk);

/* Everything hs has to say, at most cap bytes. */
size_t party_drain(struct xtt_hs *hs, uint8_t *out, size_t cap);
/* Feeds all of it and answers the error. */
xtt_err party_feed(struct xtt_hs *hs, const uint8_t *in, size_t n);

#endif

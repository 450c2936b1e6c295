/* SPDX-License-Identifier: Apache-2.0 */
/*
 * key-schedule.txt: transcript hashes, keys and nonces of the deployed suites from fixed inputs.
 * Lines `name=hex`; a line `# suite N` begins the next suite, which inherits the inputs.
 */
#include "test/vectors/vectors.h"

#include <stdio.h>
#include <string.h>

#include "base/bytes.h"
#include "handshake/keys.h"

struct entry {
    char name[64]; /* cut to this */
    uint8_t value[1024];
    size_t n;
};

struct table {
    struct vectors *v;
    struct entry rows[128];
    size_t n;
};

static const struct entry *find(const struct table *t, const char *name)
{
    for (size_t i = t->n; i-- > 0;)
        if (strncmp(t->rows[i].name, name, sizeof t->rows[i].name - 1) == 0)
            return &t->rows[i];
    return NULL;
}

/* The bytes of an input; zeros, and a failure, if it is not there. */
static const uint8_t *bytes_of(const struct table *t, const char *name)
{
    static const struct entry none;
    const struct entry *e = find(t, name);

    vectors_check(t->v, e != NULL, "%s is there", name);
    return e != NULL ? e->value : none.value;
}

static void expect(const struct table *t, unsigned suite, const char *name, const void *got)
{
    const struct entry *e = find(t, name);

    vectors_check(t->v, e != NULL && memcmp(e->value, got, e->n) == 0, "suite %u: %s", suite, name);
}

static void load_transcript(const struct table *in, struct xtt_transcript *t)
{
    memcpy(t->init, bytes_of(in, "client_init"), 70);
    memcpy(t->attest, bytes_of(in, "siaa_clear"), 168);
    memcpy(t->attest + 168, bytes_of(in, "certificate"), 169);
    memcpy(t->attest + 337, bytes_of(in, "signature_s"), 64);
    memcpy(t->client, bytes_of(in, "clientattest_clear"), 136);
    memcpy(t->client + 136, bytes_of(in, "clientattest_enc_plain_first177"), 177);
    xtt_put16(t->init + 4, t->suite->number);
    xtt_put16(t->attest + 4, t->suite->number);
    xtt_put16(t->client + 4, t->suite->number);
}

static void check_suite(const struct table *in, unsigned number)
{
    static const struct {
        enum xtt_hash hash;
        const char *name;
    } hashes[] = {{XTT_H_SIG_SERVER, "ServerSigHash"},
                  {XTT_H_SIG_LONGTERM, "ClientLongtermSigHash_ref"},
                  {XTT_H_SIG_DAA, "ClientDAASigHash_ref"}};
    struct xtt_transcript t = {.suite = xtt_suite_find((uint16_t)number)};
    struct xtt_secret secret = {.s2c.seq = 0};
    uint8_t hash[64], nonce[12];

    if (t.suite == NULL) {
        vectors_check(in->v, 0, "suite %u is unknown", number);
        return;
    }
    load_transcript(in, &t);
    vectors_check(in->v, xtt_keys_derive(&secret, &t, bytes_of(in, "dh")) == XTT_OK,
                  "suite %u: derive", number);
    expect(in, number, "inner_hash", t.inner);
    expect(in, number, "HandshakeKeyHash", t.key_hash);
    expect(in, number, "handshake_secret", secret.hs);
    expect(in, number, "client_key", secret.c2s.key);
    expect(in, number, "client_iv", secret.c2s.iv);
    expect(in, number, "server_key", secret.s2c.key);
    expect(in, number, "server_iv", secret.s2c.iv);
    memcpy(nonce, secret.s2c.iv, sizeof nonce);
    nonce[11] ^= 1;
    expect(in, number, "server_nonce_seq1", nonce);
    for (size_t i = 0; i < sizeof hashes / sizeof hashes[0]; i++) {
        vectors_check(in->v, xtt_transcript_hash(&t, hashes[i].hash, hash) == XTT_OK,
                      "suite %u: hash %s", number, hashes[i].name);
        expect(in, number, hashes[i].name, hash);
    }
}

static void add(struct table *t, const char *name, const char *hex)
{
    struct entry *e = &t->rows[t->n];

    if (t->n == sizeof t->rows / sizeof t->rows[0])
        return;
    snprintf(e->name, sizeof e->name, "%.63s", name);
    for (e->n = 0; e->n < sizeof e->value && sscanf(hex + 2 * e->n, "%2hhx", &e->value[e->n]) == 1;)
        e->n++;
    t->n++;
}

void vectors_key_schedule(struct vectors *v, const char *path)
{
    static struct table in;
    static char line[8192];
    FILE *f = fopen(path, "r");
    unsigned suite = 0, next;
    char *eq;

    in.v = v;
    while (f != NULL && fgets(line, sizeof line, f) != NULL)
        if (sscanf(line, "# suite %u", &next) == 1) {
            if (suite != 0)
                check_suite(&in, suite);
            suite = next;
        } else if (line[0] != '#' && (eq = strchr(line, '=')) != NULL) {
            *eq = '\0';
            eq[1 + strcspn(eq + 1, "\r\n")] = '\0';
            add(&in, line, eq + 1);
        }
    if (suite != 0)
        check_suite(&in, suite);
    if (f != NULL)
        fclose(f);
}

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Durable claims through the registrar, N devices asking at once, beside the same N rows written by
 * bare SQLite in one transaction: same tables, same durability.  One operation is N new identities.
 */
#include "test/bench/bench.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sqlite3.h>

#include "provisioner/registrar.h"

enum { GROUP_MAX = 100 };

static struct {
    char dir[64];
    struct prov_registry *reg;
    struct prov_registrar *registrar;
    struct prov_rules rules;
    uint8_t gid[32];
    uint64_t members; /* so far */

    pthread_mutex_t lock;
    pthread_cond_t all;
    int waiting;

    sqlite3 *db;
    sqlite3_stmt *identity, *key;
} setup = {.lock = PTHREAD_MUTEX_INITIALIZER, .all = PTHREAD_COND_INITIALIZER};

/* Members as they come: in no order that an index would like. */
static void next_member(uint8_t pseudonym[65], uint8_t key[65])
{
    const uint64_t n = ++setup.members, mixed = n * 0x9e3779b97f4a7c15u;

    memset(pseudonym, 4, 65);
    memcpy(pseudonym + 1, &mixed, sizeof mixed);
    memset(key, 5, 65);
    memcpy(key + 1, &mixed, sizeof mixed);
}

/* --- ours ----------------------------------------------------------------------------------- */

struct device {
    struct prov_ask ask;
    uint8_t pseudonym[65], key[65], none[16];
};

static struct device devices[GROUP_MAX];

static void answered(struct prov_ask *ask)
{
    bench_need(ask->answer.err == XTT_OK, "a claim was refused");
    pthread_mutex_lock(&setup.lock);
    if (--setup.waiting == 0)
        pthread_cond_signal(&setup.all);
    pthread_mutex_unlock(&setup.lock);
}

static void claim_group(void *arg)
{
    const int n = *(const int *)arg;

    setup.waiting = n;
    for (int i = 0; i < n; i++) {
        struct device *d = &devices[i];

        next_member(d->pseudonym, d->key);
        d->ask.rules = &setup.rules;
        d->ask.claim = (struct xtt_claim){0x0101, setup.gid, d->pseudonym, d->key, d->none};
        d->ask.done = answered;
        bench_need(prov_registrar_ask(setup.registrar, &d->ask) == XTT_OK, "the queue is full");
    }
    pthread_mutex_lock(&setup.lock);
    while (setup.waiting > 0)
        pthread_cond_wait(&setup.all, &setup.lock);
    pthread_mutex_unlock(&setup.lock);
}

/* --- bare SQLite ---------------------------------------------------------------------------- */

static void insert_bare(void)
{
    uint8_t pseudonym[65], key[65], id[16] = {0x20};

    next_member(pseudonym, key);
    memcpy(id + 8, pseudonym + 1, 8);
    sqlite3_bind_blob(setup.identity, 1, id, sizeof id, SQLITE_STATIC);
    sqlite3_bind_blob(setup.identity, 2, pseudonym, sizeof pseudonym, SQLITE_STATIC);
    sqlite3_bind_blob(setup.identity, 3, key, sizeof key, SQLITE_STATIC);
    bench_need(sqlite3_step(setup.identity) == SQLITE_DONE, "bare insert");
    sqlite3_reset(setup.identity);
    sqlite3_bind_blob(setup.key, 1, key, sizeof key, SQLITE_STATIC);
    sqlite3_bind_int64(setup.key, 2, sqlite3_last_insert_rowid(setup.db));
    bench_need(sqlite3_step(setup.key) == SQLITE_DONE, "bare insert");
    sqlite3_reset(setup.key);
}

static void insert_group(void *arg)
{
    const int n = *(const int *)arg;

    bench_need(sqlite3_exec(setup.db, "BEGIN IMMEDIATE", NULL, NULL, NULL) == SQLITE_OK, "begin");
    for (int i = 0; i < n; i++)
        insert_bare();
    bench_need(sqlite3_exec(setup.db, "COMMIT", NULL, NULL, NULL) == SQLITE_OK, "commit");
}

/* --- both ----------------------------------------------------------------------------------- */

static void remove_all(void)
{
    static const char *const names[] = {"ours", "ours-wal", "ours-shm",
                                        "bare", "bare-wal", "bare-shm"};
    char path[128];

    prov_registrar_free(setup.registrar);
    prov_registry_close(setup.reg);
    sqlite3_finalize(setup.identity);
    sqlite3_finalize(setup.key);
    sqlite3_close(setup.db);
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        snprintf(path, sizeof path, "%s/%s", setup.dir, names[i]);
        remove(path);
    }
    remove(setup.dir);
}

static void make_ours(const char *path)
{
    static const uint8_t k_alloc[64] = {7};
    struct prov_group group = {.name = "bench", .basename_size = 1, .k_alloc_size = 1};

    bench_need(prov_registry_create(&setup.reg, path) == XTT_OK, "a registry");
    bench_need(prov_group_add(setup.reg, &group) == XTT_OK &&
                   prov_group_get(setup.reg, "bench", &group) == XTT_OK,
               "a group");
    setup.rules = (struct prov_rules){.group = group.number, .prefix = {0x20}, .k_alloc = k_alloc};
}

static void make_bare(const char *path)
{
    bench_need(prov_registry_copy(setup.reg, path) == XTT_OK, "a copy of the tables");
    bench_need(sqlite3_open(path, &setup.db) == SQLITE_OK &&
                   sqlite3_exec(setup.db,
                                "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;"
                                "PRAGMA foreign_keys = ON",
                                NULL, NULL, NULL) == SQLITE_OK,
               "SQLite");
    bench_need(sqlite3_prepare_v2(setup.db,
                                  "INSERT INTO identities (client_id, grp, pseudonym, active_key,"
                                  " generation, status, created, last_seen, counted_from, suite)"
                                  " VALUES (?1, 1, ?2, ?3, 1, 0, 0, 0, 0, 257)",
                                  -1, &setup.identity, NULL) == SQLITE_OK &&
                   sqlite3_prepare_v2(setup.db, "INSERT INTO keys (key, identity) VALUES (?1, ?2)",
                                      -1, &setup.key, NULL) == SQLITE_OK,
               "statements");
}

void bench_registry(struct bench *b)
{
    static const int one = 1, ten = 10, hundred = 100;
    char ours[128], bare[128];

    strcpy(setup.dir, "/tmp/xtt-bench-XXXXXX");
    bench_need(mkdtemp(setup.dir) != NULL, "a directory in /tmp");
    snprintf(ours, sizeof ours, "%s/ours", setup.dir);
    snprintf(bare, sizeof bare, "%s/bare", setup.dir);
    make_ours(ours);
    make_bare(bare);
    bench_need(prov_registrar_new(&setup.registrar, setup.reg, NULL, NULL, NULL) == XTT_OK,
               "a registrar");
    atexit(remove_all);
    bench_add(b, "sqlite_commit_1", "us", insert_group, (void *)(uintptr_t)&one, NULL);
    bench_add(b, "registry_commit_1", "us", claim_group, (void *)(uintptr_t)&one,
              "sqlite_commit_1");
    bench_add(b, "sqlite_commit_10", "us", insert_group, (void *)(uintptr_t)&ten, NULL);
    bench_add(b, "registry_commit_10", "us", claim_group, (void *)(uintptr_t)&ten,
              "sqlite_commit_10");
    bench_add(b, "sqlite_commit_100", "us", insert_group, (void *)(uintptr_t)&hundred, NULL);
    bench_add(b, "registry_commit_100", "us", claim_group, (void *)(uintptr_t)&hundred,
              "sqlite_commit_100");
}

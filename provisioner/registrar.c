/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Group commit: while one group waits for the disk the next one gathers in the queue.  A savepoint
 * around each claim keeps a failure to itself; a failed commit fails the whole group.
 */
#include "provisioner/registrar.h"

#include <pthread.h>
#include <stdlib.h>
#include <time.h>

/* Claims in one transaction, and in the queue.  The first bounds how long the first one waits. */
#define GROUP_MAX 256
#define QUEUE_MAX 4096

struct prov_registrar {
    struct prov_registry *reg;
    int64_t (*clock)(void);
    void (*failed)(void *arg, const char *text);
    void *arg;
    pthread_t thread;

    pthread_mutex_t lock; /* guards what follows */
    pthread_cond_t wake;
    struct prov_ask *first, **last;
    size_t queued;
    int stop;
};

static int64_t system_clock(void)
{
    return (int64_t)time(NULL);
}

/* Takes up to GROUP_MAX claims from the queue, waiting for the first; NULL when it is time to end.
 */
static struct prov_ask *take_group(struct prov_registrar *r)
{
    struct prov_ask *group, *end;
    size_t n = 1;

    pthread_mutex_lock(&r->lock);
    while (r->first == NULL && !r->stop)
        pthread_cond_wait(&r->wake, &r->lock);
    if ((group = r->first) != NULL) {
        for (end = group; end->next != NULL && n < GROUP_MAX; end = end->next)
            n++;
        r->queued -= n;
        if ((r->first = end->next) == NULL)
            r->last = &r->first;
        end->next = NULL;
    }
    pthread_mutex_unlock(&r->lock);
    return group;
}

/* One claim between mark and keep.  An answer is written in any case; an error means that the
 * transaction itself is lost. */
static xtt_err decide_one(struct prov_registrar *r, struct prov_ask *ask, int64_t now)
{
    xtt_err err;

    if ((err = prov_registry_mark(r->reg)) != XTT_OK)
        return err;
    err = prov_identity_claim(r->reg, ask->rules, &ask->claim, now, &ask->answer);
    if (err == XTT_OK)
        return prov_registry_keep(r->reg);
    ask->answer = (struct prov_answer){.err = err, .step = PROV_REFUSE};
    if (r->failed != NULL)
        r->failed(r->arg,
                  err == XTT_ERR_REGISTRY ? prov_registry_error(r->reg) : xtt_err_text(err));
    return prov_registry_is_open(r->reg) ? prov_registry_undo(r->reg) : err;
}

static xtt_err decide_group(struct prov_registrar *r, struct prov_ask *group, int64_t now)
{
    xtt_err err;

    if ((err = prov_registry_begin(r->reg)) != XTT_OK)
        return err;
    for (struct prov_ask *ask = group; ask != NULL && err == XTT_OK; ask = ask->next)
        err = decide_one(r, ask, now);
    if (err == XTT_OK)
        err = prov_registry_commit(r->reg);
    return err;
}

static void answer_group(struct prov_registrar *r, struct prov_ask *group)
{
    const xtt_err err = decide_group(r, group, r->clock());

    if (err != XTT_OK) {
        if (r->failed != NULL)
            r->failed(r->arg, prov_registry_error(r->reg));
        prov_registry_rollback(r->reg);
    }
    for (struct prov_ask *ask = group, *next; ask != NULL; ask = next) {
        next = ask->next; /* done may free the claim */
        if (err != XTT_OK)
            ask->answer = (struct prov_answer){.err = XTT_ERR_REGISTRY, .step = PROV_REFUSE};
        ask->done(ask);
    }
}

static void *run(void *arg)
{
    struct prov_registrar *r = arg;
    struct prov_ask *group;

    while ((group = take_group(r)) != NULL)
        answer_group(r, group);
    return NULL;
}

xtt_err prov_registrar_new(struct prov_registrar **out, struct prov_registry *reg,
                           int64_t (*clock)(void), void (*failed)(void *arg, const char *text),
                           void *arg)
{
    struct prov_registrar *r;

    if ((r = calloc(1, sizeof *r)) == NULL)
        return XTT_ERR_NOMEM;
    r->reg = reg;
    r->clock = clock != NULL ? clock : system_clock;
    r->failed = failed;
    r->arg = arg;
    r->last = &r->first;
    pthread_mutex_init(&r->lock, NULL);
    pthread_cond_init(&r->wake, NULL);
    if (pthread_create(&r->thread, NULL, run, r) != 0) {
        free(r);
        return XTT_ERR_NOMEM;
    }
    *out = r;
    return XTT_OK;
}

xtt_err prov_registrar_ask(struct prov_registrar *r, struct prov_ask *ask)
{
    xtt_err err = XTT_OK;

    ask->next = NULL;
    pthread_mutex_lock(&r->lock);
    if (r->stop || r->queued >= QUEUE_MAX) {
        err = XTT_ERR_OVERLOAD;
    } else {
        *r->last = ask;
        r->last = &ask->next;
        r->queued++;
        pthread_cond_signal(&r->wake);
    }
    pthread_mutex_unlock(&r->lock);
    return err;
}

void prov_registrar_free(struct prov_registrar *r)
{
    if (r == NULL)
        return;
    pthread_mutex_lock(&r->lock);
    r->stop = 1;
    pthread_cond_signal(&r->wake);
    pthread_mutex_unlock(&r->lock);
    pthread_join(r->thread, NULL);
    pthread_cond_destroy(&r->wake);
    pthread_mutex_destroy(&r->lock);
    free(r);
}

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Group commit: while one group waits for the disk the next one gathers in the queue.
 */
#include "provisioner/registrar.h"

#include <pthread.h>
#include <stdlib.h>
#include <time.h>

/* Claims in one transaction, and in the queue.  The first bounds how long the first one waits. */
#define GROUP_MAX 256
#define QUEUE_MAX 4096
#define LINGER_NS 100000

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
    size_t last_group; /* claims in it */
    int stop;
};

static int64_t system_clock(void)
{
    return (int64_t)time(NULL);
}

/* Those who were answered together often ask together again: waits a moment for as many as last
 * time, because the first of them alone would cost a commit. */
static void linger(struct prov_registrar *r)
{
    struct timespec until;

    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_nsec += LINGER_NS;
    if (until.tv_nsec >= 1000000000) {
        until.tv_sec++;
        until.tv_nsec -= 1000000000;
    }
    while (r->queued < r->last_group && !r->stop)
        if (pthread_cond_timedwait(&r->wake, &r->lock, &until) != 0)
            return;
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
    linger(r);
    if ((group = r->first) != NULL) {
        for (end = group; end->next != NULL && n < GROUP_MAX; end = end->next)
            n++;
        r->queued -= n;
        r->last_group = n;
        if ((r->first = end->next) == NULL)
            r->last = &r->first;
        end->next = NULL;
    }
    pthread_mutex_unlock(&r->lock);
    return group;
}

static void report(const struct prov_registrar *r, xtt_err err)
{
    if (r->failed != NULL)
        r->failed(r->arg,
                  err == XTT_ERR_REGISTRY ? prov_registry_error(r->reg) : xtt_err_text(err));
}

/* Decides the claims from first up to end, which is not one of them, in one transaction. */
static xtt_err commit_group(struct prov_registrar *r, struct prov_ask *first,
                            const struct prov_ask *end, int64_t now)
{
    xtt_err err;

    if ((err = prov_registry_begin(r->reg)) != XTT_OK)
        return err;
    for (struct prov_ask *ask = first; ask != end && err == XTT_OK; ask = ask->next)
        err = prov_identity_claim(r->reg, ask->rules, &ask->claim, now, &ask->answer);
    if (err == XTT_OK)
        err = prov_registry_commit(r->reg);
    prov_registry_rollback(r->reg);
    return err;
}

static void refuse(struct prov_ask *ask)
{
    ask->answer = (struct prov_answer){.err = XTT_ERR_REGISTRY, .step = PROV_REFUSE};
}

/* A group that failed is tried once more, each claim alone: one that cannot be decided harms nobody
 * but itself, and that costs nothing while all goes well. */
static void decide_group(struct prov_registrar *r, struct prov_ask *group)
{
    const int64_t now = r->clock();
    xtt_err err;

    if ((err = commit_group(r, group, NULL, now)) == XTT_OK)
        return;
    report(r, err);
    if (group->next == NULL)
        refuse(group);
    for (struct prov_ask *ask = group; group->next != NULL && ask != NULL; ask = ask->next)
        if ((err = commit_group(r, ask, ask->next, now)) != XTT_OK) {
            report(r, err);
            refuse(ask);
        }
}

static void answer_group(struct prov_registrar *r, struct prov_ask *group)
{
    decide_group(r, group);
    for (struct prov_ask *ask = group, *next; ask != NULL; ask = next) {
        next = ask->next; /* done may free the claim */
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
    pthread_condattr_t attr;

    if ((r = calloc(1, sizeof *r)) == NULL)
        return XTT_ERR_NOMEM;
    r->reg = reg;
    r->clock = clock != NULL ? clock : system_clock;
    r->failed = failed;
    r->arg = arg;
    r->last = &r->first;
    pthread_mutex_init(&r->lock, NULL);
    pthread_condattr_init(&attr);
    pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
    pthread_cond_init(&r->wake, &attr);
    pthread_condattr_destroy(&attr);
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

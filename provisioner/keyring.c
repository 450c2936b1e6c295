/* SPDX-License-Identifier: Apache-2.0 */
/* Lending keyd and replacing it; see keyring.h. */
#include "provisioner/keyring.h"

#include <pthread.h>
#include <stdlib.h>
#include <time.h>

#include "daemon/log.h"
#include "provisioner/place.h"

enum { FIRST_PAUSE_S = 1, LONGEST_PAUSE_S = 30 };

struct prov_keyring {
    const struct xttd_call *call;
    pthread_t minder;

    pthread_mutex_t lock; /* guards what follows */
    pthread_cond_t change;
    struct prov_keyd *keyd; /* NULL while there is none */
    unsigned takers;
    int is_gone; /* keyd has said so */
    int is_ending;
};

/* On a thread of keyd's client. */
static void keyd_gone(void *arg)
{
    struct prov_keyring *ring = arg;

    pthread_mutex_lock(&ring->lock);
    ring->is_gone = 1;
    pthread_cond_broadcast(&ring->change);
    pthread_mutex_unlock(&ring->lock);
}

static xtt_err open_keyd(struct prov_keyring *ring, struct prov_keyd **out, struct xttd_fail *fail)
{
    return prov_place_keys(ring->call, keyd_gone, ring, out, fail);
}

/* Waits, with the lock held, until it is time to try again or to end. */
static void pause_s(struct prov_keyring *ring, int seconds)
{
    struct timespec until;

    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += seconds;
    while (!ring->is_ending && pthread_cond_timedwait(&ring->change, &ring->lock, &until) == 0)
        ;
}

/* With the lock held, which is given up while keyd starts.  A PIN that was refused is not presented
 * again: it would lock the token. */
static void replace(struct prov_keyring *ring)
{
    struct prov_keyd *old = ring->keyd, *fresh;
    int seconds = FIRST_PAUSE_S;

    ring->keyd = NULL;
    ring->is_gone = 0;
    while (!ring->is_ending) {
        struct xttd_fail fail = {0};
        xtt_err err;

        pthread_mutex_unlock(&ring->lock);
        prov_keyd_close(old);
        old = NULL;
        err = open_keyd(ring, &fresh, &fail);
        pthread_mutex_lock(&ring->lock);
        if (err == XTT_OK) {
            ring->keyd = fresh;
            xttd_log(XTTD_WARNING, "keyd, the process that owns the HSM, is there again");
            return;
        }
        xttd_log(XTTD_ERR, "keyd cannot be started again: %s", fail.message);
        if (xtt_err_class(err) == XTT_CLASS_AUTH) {
            xttd_log(XTTD_ERR, "the PIN is not tried again; restart the station");
            return;
        }
        pause_s(ring, seconds);
        seconds = 2 * seconds < LONGEST_PAUSE_S ? 2 * seconds : LONGEST_PAUSE_S;
    }
    prov_keyd_close(old);
}

static void *mind(void *arg)
{
    struct prov_keyring *ring = arg;

    pthread_mutex_lock(&ring->lock);
    while (!ring->is_ending) {
        if (ring->is_gone && ring->takers == 0)
            replace(ring);
        else
            pthread_cond_wait(&ring->change, &ring->lock);
    }
    pthread_mutex_unlock(&ring->lock);
    return NULL;
}

struct prov_keyd *prov_keyring_take(struct prov_keyring *ring)
{
    struct prov_keyd *keyd;

    pthread_mutex_lock(&ring->lock);
    keyd = ring->is_gone ? NULL : ring->keyd;
    ring->takers += keyd != NULL;
    pthread_mutex_unlock(&ring->lock);
    return keyd;
}

void prov_keyring_give(struct prov_keyring *ring)
{
    pthread_mutex_lock(&ring->lock);
    if (--ring->takers == 0 && ring->is_gone)
        pthread_cond_broadcast(&ring->change);
    pthread_mutex_unlock(&ring->lock);
}

static void free_ring(struct prov_keyring *ring)
{
    pthread_cond_destroy(&ring->change);
    pthread_mutex_destroy(&ring->lock);
    free(ring);
}

xtt_err prov_keyring_open(struct prov_keyring **out, const struct xttd_call *call,
                          struct xttd_fail *fail)
{
    struct prov_keyring *ring = calloc(1, sizeof *ring);
    pthread_condattr_t attr;
    xtt_err err;

    if (ring == NULL)
        return XTT_ERR_NOMEM;
    ring->call = call;
    pthread_mutex_init(&ring->lock, NULL);
    pthread_condattr_init(&attr);
    pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
    pthread_cond_init(&ring->change, &attr);
    pthread_condattr_destroy(&attr);
    if ((err = open_keyd(ring, &ring->keyd, fail)) != XTT_OK) {
        free_ring(ring);
        return err;
    }
    if (pthread_create(&ring->minder, NULL, mind, ring) != 0) {
        prov_keyd_close(ring->keyd);
        free_ring(ring);
        return XTT_ERR_NOMEM;
    }
    *out = ring;
    return XTT_OK;
}

void prov_keyring_close(struct prov_keyring *ring)
{
    if (ring == NULL)
        return;
    pthread_mutex_lock(&ring->lock);
    ring->is_ending = 1;
    pthread_cond_broadcast(&ring->change);
    pthread_mutex_unlock(&ring->lock);
    pthread_join(ring->minder, NULL);
    prov_keyd_close(ring->keyd);
    free_ring(ring);
}

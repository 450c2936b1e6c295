/* SPDX-License-Identifier: Apache-2.0 */
/*
 * keyd: the process that owns the HSM.  Reads requests from the process that started it and, if it
 * is shared, from other commands of the station; two threads work on them, so that a signature can
 * begin while another is in the token.  Never opens a network socket and never reads the registry.
 * What the token does is in keyd_token.c.  Requests and answers may carry secrets, so both are in
 * locked memory.
 */
#include "provisioner/keyd.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "daemon/chan.h"
#include "daemon/harden.h"
#include "daemon/log.h"
#include "provisioner/keyd_op.h"
#include "provisioner/keyd_token.h"

enum { WORKERS = KEYD_WORKERS, PEERS_MAX = 16, QUEUE_MAX = 1024 };
enum { REQUEST_MAX = 2560 }; /* a blob of PROV_KEYD_BLOB_MAX bytes, its purpose and a label fit */
enum { RETRY_MS = 5000 };    /* how often a token that is down is asked how it is */
enum { END_S = 10 };         /* for the token to answer when we are to end */

/* One connection.  Freed by the last of reader and workers. */
struct peer {
    int fd;
    int users; /* guarded by keyd.lock */
    pthread_mutex_t sending;
    uint8_t *in; /* XTTD_FRAME_MAX bytes, for the reader: of frames that are not whole yet */
    size_t n;
};

struct job {
    struct job *next;
    struct peer *peer;
    struct xttd_frame frame;
    uint8_t bytes[REQUEST_MAX];
};

static struct {
    struct xtt_arena *jobs;   /* QUEUE_MAX and those in work */
    struct xtt_arena *bodies; /* answers, one for each worker and one for the reader */
    struct xtt_arena *inputs; /* one for each peer */
    atomic_int is_down;       /* the last that was heard of the token */

    pthread_mutex_t lock;
    pthread_cond_t more;
    struct job *first, **last;
    int is_ending;
} keyd = {.lock = PTHREAD_MUTEX_INITIALIZER, .more = PTHREAD_COND_INITIALIZER, .last = &keyd.first};

/* ---- requests -------------------------------------------------------------------------------- */

static void answer(struct peer *peer, uint32_t id, xtt_err err, struct xttd_body *body)
{
    if (err != XTT_OK) {
        xttd_body_init(body);
        xttd_body_add(body, keyd_token_words(err), strlen(keyd_token_words(err)));
    }
    pthread_mutex_lock(&peer->sending);
    /* A peer that hung up hears nothing; its end is seen by the reader. */
    (void)!xttd_frame_send(peer->fd, id, (uint16_t)err, body);
    pthread_mutex_unlock(&peer->sending);
    xtt_wipe(body, sizeof *body);
}

static void let_go(struct peer *peer)
{
    int left;

    pthread_mutex_lock(&keyd.lock);
    left = --peer->users;
    pthread_mutex_unlock(&keyd.lock);
    if (left > 0)
        return;
    close(peer->fd);
    xtt_arena_put(keyd.inputs, peer->in);
    pthread_mutex_destroy(&peer->sending);
    free(peer);
}

/* One line in the log when the token goes and one when it is back. */
static void note_state(xtt_err err)
{
    const int is_down = err == XTT_ERR_HSM || err == XTT_ERR_HSM_UNREACHABLE ||
                        err == XTT_ERR_HSM_PIN || err == XTT_ERR_HSM_PIN_LOCKED;

    if ((err != XTT_OK && !is_down) || atomic_exchange(&keyd.is_down, is_down) == is_down)
        return;
    if (is_down)
        xttd_log(XTTD_ERR, "the HSM is down: %s", keyd_token_words(err));
    else
        xttd_log(XTTD_WARNING, "the HSM is back: token %s", keyd_token_name());
}

static struct job *next_job(void)
{
    struct job *job;

    pthread_mutex_lock(&keyd.lock);
    while (keyd.first == NULL && !keyd.is_ending)
        pthread_cond_wait(&keyd.more, &keyd.lock);
    if ((job = keyd.first) != NULL && (keyd.first = job->next) == NULL)
        keyd.last = &keyd.first;
    pthread_mutex_unlock(&keyd.lock);
    return job;
}

static void *work(void *arg)
{
    struct xttd_body *body = arg;
    struct job *job;
    xtt_err err;

    while ((job = next_job()) != NULL) {
        xttd_body_init(body);
        err = keyd_token_run(&job->frame, body);
        note_state(err);
        answer(job->peer, job->frame.id, err, body);
        let_go(job->peer);
        xtt_arena_put(keyd.jobs, job);
    }
    return NULL;
}

static void refuse(struct peer *peer, uint32_t id, xtt_err err)
{
    struct xttd_body *body = xtt_arena_get(keyd.bodies, sizeof *body);

    if (body != NULL)
        answer(peer, id, err, body);
    xtt_arena_put(keyd.bodies, body);
}

static void put_in_queue(struct peer *peer, const struct xttd_frame *frame)
{
    struct job *job;

    if (frame->body.n > REQUEST_MAX) {
        refuse(peer, frame->id, XTT_ERR_FORMAT);
        return;
    }
    if ((job = xtt_arena_get(keyd.jobs, sizeof *job)) == NULL) {
        refuse(peer, frame->id, XTT_ERR_OVERLOAD);
        return;
    }
    memcpy(job->bytes, frame->body.p, frame->body.n);
    job->frame = *frame;
    job->frame.body.p = job->bytes;
    job->peer = peer;
    pthread_mutex_lock(&keyd.lock);
    peer->users++;
    *keyd.last = job;
    keyd.last = &job->next;
    pthread_cond_signal(&keyd.more);
    pthread_mutex_unlock(&keyd.lock);
}

/* Reads what a peer has to say, and waits for no more of it.  0 when the peer is gone. */
static int take_requests(struct peer *peer)
{
    const ssize_t got = xttd_chan_read(peer->fd, peer->in + peer->n, XTTD_FRAME_MAX - peer->n);
    struct xttd_frame frame;
    xtt_bytes in;
    xtt_err err;

    if (got <= 0)
        return got == 0;
    peer->n += (size_t)got;
    in = (xtt_bytes){peer->in, peer->n};
    while ((err = xttd_frame_take(&in, &frame)) == XTT_OK)
        put_in_queue(peer, &frame);
    memmove(peer->in, in.p, in.n);
    xtt_wipe(peer->in + in.n, peer->n - in.n);
    peer->n = in.n;
    return err == XTT_AGAIN;
}

/* Takes fd, also on failure. */
static struct peer *new_peer(int fd)
{
    struct peer *peer = calloc(1, sizeof *peer);

    if (peer == NULL || (peer->in = xtt_arena_get(keyd.inputs, XTTD_FRAME_MAX)) == NULL) {
        free(peer);
        close(fd);
        return NULL;
    }
    peer->fd = fd;
    peer->users = 1;
    pthread_mutex_init(&peer->sending, NULL);
    return peer;
}

/* What every peer hears first: that the token is open. */
static void greet(struct peer *peer, xtt_err err)
{
    struct xttd_body *body = xtt_arena_get(keyd.bodies, sizeof *body);

    if (body == NULL)
        return;
    xttd_body_init(body);
    if (err == XTT_OK)
        xttd_body_add(body, keyd_token_name(), strlen(keyd_token_name()));
    answer(peer, 0, err, body);
    xtt_arena_put(keyd.bodies, body);
}

/* Reads from everybody until the process that started us hangs up; peers[0] is that process. */
static void serve(struct peer *parent, int listener)
{
    struct peer *peers[PEERS_MAX] = {parent};
    struct pollfd fds[PEERS_MAX + 1];
    size_t n = 1;
    int ready;

    for (;;) {
        for (size_t i = 0; i < n; i++)
            fds[i] = (struct pollfd){.fd = peers[i]->fd, .events = POLLIN};
        fds[n] = (struct pollfd){.fd = n < PEERS_MAX ? listener : -1, .events = POLLIN};
        ready = poll(fds, (nfds_t)(n + 1), atomic_load(&keyd.is_down) ? RETRY_MS : -1);
        if (ready < 0 && errno == EINTR)
            continue;
        if (ready < 0)
            break;
        if (ready == 0) /* asking heals what can be healed, also when nobody else asks */
            note_state(keyd_token_check());
        if (fds[n].revents != 0) {
            int fd = xttd_chan_accept(listener);

            if (fd >= 0 && (peers[n] = new_peer(fd)) != NULL)
                greet(peers[n++], XTT_OK);
        }
        for (size_t i = n; i-- > 0;) {
            if (fds[i].fd != peers[i]->fd || fds[i].revents == 0 || take_requests(peers[i]))
                continue;
            let_go(peers[i]);
            if (i == 0)
                goto out;
            peers[i] = peers[--n];
        }
    }
out:
    while (n > 1)
        let_go(peers[--n]);
}

static xtt_err make_arenas(void)
{
    xtt_err err;

    if ((err = xtt_arena_new(&keyd.jobs, sizeof(struct job), QUEUE_MAX + WORKERS)) != XTT_OK ||
        (err = xtt_arena_new(&keyd.bodies, sizeof(struct xttd_body), WORKERS + 1)) != XTT_OK ||
        (err = xtt_arena_new(&keyd.inputs, XTTD_FRAME_MAX, PEERS_MAX)) != XTT_OK)
        return err;
    if (!xtt_arena_is_locked(keyd.jobs))
        xttd_log(XTTD_WARNING,
                 "secrets may reach the swap: memory cannot be locked; raise its limit "
                 "(LimitMEMLOCK=)");
    return XTT_OK;
}

static void free_arenas(void)
{
    xtt_arena_free(keyd.inputs);
    xtt_arena_free(keyd.bodies);
    xtt_arena_free(keyd.jobs);
}

/* Works until the process that started us hangs up, then finishes what was asked before. */
static void work_for(struct peer *parent, int listener)
{
    pthread_t threads[WORKERS];
    struct xttd_body *body;
    size_t n = 0;

    while (n < WORKERS && (body = xtt_arena_get(keyd.bodies, sizeof *body)) != NULL &&
           pthread_create(&threads[n], NULL, work, body) == 0)
        n++;
    if (n > 0)
        serve(parent, listener);
    (void)alarm(END_S); /* a token that hangs does not keep us */
    pthread_mutex_lock(&keyd.lock);
    keyd.is_ending = 1;
    pthread_cond_broadcast(&keyd.more);
    pthread_mutex_unlock(&keyd.lock);
    while (n > 0)
        pthread_join(threads[--n], NULL);
}

/* keyd FD TOKEN PIN_FD SOCKET, from prov_keyd_open: SOCKET is empty if we are not shared. */
int prov_keyd_main(int argc, char **argv)
{
    static const int ignored[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGUSR1, SIGUSR2};
    struct peer *parent;
    int listener = -1;
    xtt_err err;

    if (argc != 5)
        return XTT_CLASS_USAGE;
    xttd_log_open("xtt-keyd", XTTD_WARNING);
    /* Signals of the terminal and the service manager are for the process that started us; it hangs
     * up when it has no more to sign. */
    for (size_t i = 0; i < sizeof ignored / sizeof ignored[0]; i++)
        (void)signal(ignored[i], SIG_IGN);
    if (xttd_harden(NULL) != XTT_OK || make_arenas() != XTT_OK ||
        (parent = new_peer((int)strtol(argv[1], NULL, 10))) == NULL) {
        free_arenas();
        return XTT_CLASS_FAILURE;
    }
    err = keyd_token_open(argv[2], (int)strtol(argv[3], NULL, 10));
    if (err == XTT_OK && argv[4][0] != '\0' && (listener = xttd_chan_listen(argv[4])) < 0)
        err = XTT_ERR_IO;
    greet(parent, err);
    if (err == XTT_OK)
        work_for(parent, listener); /* which lets go of parent */
    else
        let_go(parent);
    if (listener >= 0)
        (void)unlink(argv[4]);
    keyd_token_close();
    free_arenas();
    return (int)xtt_err_class(err);
}

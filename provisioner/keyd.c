/* SPDX-License-Identifier: Apache-2.0 */
/*
 * keyd: the process that owns the HSM.  Reads requests from the process that started it and, if it
 * is shared, from other commands of the station; two threads work on them, so that a signature can
 * begin while another is in the token.  Never opens a network socket and never reads the registry.
 * Requests and answers may carry secrets, so both are in locked memory.
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
#include "pkcs11/p11.h"
#include "provisioner/keyd_op.h"

enum { WORKERS = 2, PEERS_MAX = 16, LABELS_MAX = 16, QUEUE_MAX = 1024 };
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
    struct xtt_p11 *token;
    struct xtt_arena *arena;  /* issuer secrets, while they are used */
    struct xtt_arena *jobs;   /* QUEUE_MAX and those in work */
    struct xtt_arena *bodies; /* answers, one for each worker and one for the reader */
    struct xtt_arena *inputs; /* one for each peer */
    atomic_int is_down;       /* the last that was heard of the token */

    pthread_mutex_t lock;
    pthread_cond_t more;
    struct job *first, **last;
    int is_ending;

    pthread_mutex_t signers_lock;
    struct {
        char label[XTT_P11_LABEL_MAX + 1];
        struct xtt_signer *signer;
    } signers[LABELS_MAX];
    size_t n_signers;
} keyd = {.lock = PTHREAD_MUTEX_INITIALIZER,
          .more = PTHREAD_COND_INITIALIZER,
          .last = &keyd.first,
          .signers_lock = PTHREAD_MUTEX_INITIALIZER};

/* ---- operations ------------------------------------------------------------------------------ */

static xtt_err take_label(xtt_bytes *in, char label[XTT_P11_LABEL_MAX + 1])
{
    xtt_bytes field;
    xtt_err err;

    if ((err = xttd_body_take(in, &field)) != XTT_OK)
        return err;
    if (field.n == 0 || field.n > XTT_P11_LABEL_MAX || memchr(field.p, '\0', field.n) != NULL)
        return XTT_ERR_FORMAT;
    memcpy(label, field.p, field.n);
    label[field.n] = '\0';
    return XTT_OK;
}

static xtt_err find_signer(const char *label, struct xtt_signer **out)
{
    const struct xtt_p11_key key = {label, {NULL, 0}};
    xtt_err err = XTT_OK;
    size_t i;

    pthread_mutex_lock(&keyd.signers_lock);
    for (i = 0; i < keyd.n_signers && strcmp(keyd.signers[i].label, label) != 0; i++)
        ;
    if (i == keyd.n_signers) {
        if (i == LABELS_MAX)
            err = XTT_ERR_NOMEM;
        else if ((err = xtt_p11_signer_new(&keyd.signers[i].signer, keyd.token, &key)) == XTT_OK) {
            memcpy(keyd.signers[i].label, label, strlen(label) + 1);
            keyd.n_signers++;
        }
    }
    if (err == XTT_OK)
        *out = keyd.signers[i].signer;
    pthread_mutex_unlock(&keyd.signers_lock);
    return err;
}

static xtt_err check(xtt_bytes in, struct xttd_body *out)
{
    (void)in;
    (void)out;
    return xtt_p11_check(keyd.token);
}

static xtt_err public_key(xtt_bytes in, struct xttd_body *out)
{
    char label[XTT_P11_LABEL_MAX + 1];
    const struct xtt_p11_key key = {label, {NULL, 0}};
    uint8_t pub[65];
    xtt_err err;

    if ((err = take_label(&in, label)) != XTT_OK ||
        (err = xtt_p11_public_key(keyd.token, &key, pub)) != XTT_OK)
        return err;
    xttd_body_add(out, pub, sizeof pub);
    return XTT_OK;
}

static xtt_err sign(xtt_bytes in, struct xttd_body *out)
{
    char label[XTT_P11_LABEL_MAX + 1];
    struct xtt_signer *signer;
    uint8_t digest[32], sig[64];
    xtt_err err;

    if ((err = take_label(&in, label)) != XTT_OK ||
        (err = xttd_body_take_exactly(&in, digest, sizeof digest)) != XTT_OK ||
        (err = find_signer(label, &signer)) != XTT_OK ||
        (err = signer->ops->sign(signer, digest, sig)) != XTT_OK)
        return err;
    xttd_body_add(out, sig, sizeof sig);
    return XTT_OK;
}

static xtt_err make_key(xtt_bytes in, struct xttd_body *out)
{
    char label[XTT_P11_LABEL_MAX + 1];
    uint8_t pub[65];
    xtt_err err;

    if ((err = take_label(&in, label)) != XTT_OK ||
        (err = xtt_p11_make_key(keyd.token, label, pub)) != XTT_OK)
        return err;
    xttd_body_add(out, pub, sizeof pub);
    return XTT_OK;
}

static xtt_err make_wrapping_key(xtt_bytes in, struct xttd_body *out)
{
    char label[XTT_P11_LABEL_MAX + 1];
    xtt_err err = take_label(&in, label);

    (void)out;
    return err != XTT_OK ? err : xtt_p11_make_wrapping_key(keyd.token, label);
}

static int is_issuer_aad(xtt_bytes aad)
{
    const size_t n = sizeof KEYD_ISSUER_AAD - 1;

    return aad.n >= n && memcmp(aad.p, KEYD_ISSUER_AAD, n) == 0;
}

static xtt_err add_wrapped(struct xttd_body *out, const char *kek, xtt_bytes aad, xtt_bytes plain)
{
    uint8_t blob[PROV_KEYD_BLOB_MAX];
    size_t n;
    xtt_err err = xtt_p11_wrap(keyd.token, kek, aad, plain, blob, sizeof blob, &n);

    if (err == XTT_OK)
        xttd_body_add(out, blob, n);
    return err;
}

static xtt_err wrap(xtt_bytes in, struct xttd_body *out)
{
    char kek[XTT_P11_LABEL_MAX + 1];
    xtt_bytes aad, plain;
    xtt_err err;

    if ((err = take_label(&in, kek)) != XTT_OK || (err = xttd_body_take(&in, &aad)) != XTT_OK ||
        (err = xttd_body_take(&in, &plain)) != XTT_OK)
        return err;
    if (is_issuer_aad(aad))
        return XTT_ERR_ARGUMENT;
    return add_wrapped(out, kek, aad, plain);
}

static xtt_err unwrap(xtt_bytes in, struct xttd_body *out)
{
    uint8_t plain[PROV_KEYD_BLOB_MAX];
    xtt_bytes aad, blob;
    size_t n;
    xtt_err err;

    if ((err = xttd_body_take(&in, &aad)) != XTT_OK || (err = xttd_body_take(&in, &blob)) != XTT_OK)
        return err;
    if (is_issuer_aad(aad))
        return XTT_ERR_ARGUMENT;
    err = xtt_p11_unwrap(keyd.token, aad, blob, plain, sizeof plain, &n);
    if (err == XTT_OK)
        xttd_body_add(out, plain, n);
    xtt_wipe(plain, sizeof plain);
    return err;
}

struct issuer_aad {
    uint8_t bytes[sizeof KEYD_ISSUER_AAD - 1 + XTT_DAA_GROUP_KEY_SIZE];
};

static xtt_bytes make_issuer_aad(struct issuer_aad *aad, const uint8_t gpk[XTT_DAA_GROUP_KEY_SIZE])
{
    memcpy(aad->bytes, KEYD_ISSUER_AAD, sizeof KEYD_ISSUER_AAD - 1);
    memcpy(aad->bytes + sizeof KEYD_ISSUER_AAD - 1, gpk, XTT_DAA_GROUP_KEY_SIZE);
    return (xtt_bytes){aad->bytes, sizeof aad->bytes};
}

static xtt_err make_issuer(xtt_bytes in, struct xttd_body *out)
{
    uint8_t *secret = xtt_arena_get(keyd.arena, XTT_DAA_ISSUER_SECRET_SIZE);
    char kek[XTT_P11_LABEL_MAX + 1];
    uint8_t pub[XTT_DAA_ISSUER_KEY_SIZE];
    struct issuer_aad aad;
    xtt_err err = XTT_ERR_NOMEM;

    if (secret == NULL || (err = take_label(&in, kek)) != XTT_OK ||
        (err = xtt_daa_issuer_new(NULL, secret, pub)) != XTT_OK)
        goto out;
    xttd_body_add(out, pub, sizeof pub);
    err = add_wrapped(out, kek, make_issuer_aad(&aad, pub),
                      (xtt_bytes){secret, XTT_DAA_ISSUER_SECRET_SIZE});
out:
    xtt_arena_put(keyd.arena, secret);
    return err;
}

static xtt_err import_issuer(xtt_bytes in, struct xttd_body *out)
{
    uint8_t *secret = xtt_arena_get(keyd.arena, XTT_DAA_ISSUER_SECRET_SIZE);
    char kek[XTT_P11_LABEL_MAX + 1];
    uint8_t gpk[XTT_DAA_GROUP_KEY_SIZE];
    struct issuer_aad aad;
    xtt_err err = XTT_ERR_NOMEM;

    if (secret == NULL || (err = take_label(&in, kek)) != XTT_OK ||
        (err = xttd_body_take_exactly(&in, gpk, sizeof gpk)) != XTT_OK ||
        (err = xttd_body_take_exactly(&in, secret, XTT_DAA_ISSUER_SECRET_SIZE)) != XTT_OK)
        goto out;
    err = XTT_ERR_CREDENTIAL;
    if (!xtt_daa_issuer_matches(secret, gpk))
        goto out;
    err = add_wrapped(out, kek, make_issuer_aad(&aad, gpk),
                      (xtt_bytes){secret, XTT_DAA_ISSUER_SECRET_SIZE});
out:
    xtt_arena_put(keyd.arena, secret);
    return err;
}

static xtt_err issue(xtt_bytes in, struct xttd_body *out)
{
    uint8_t *secret = xtt_arena_get(keyd.arena, XTT_DAA_ISSUER_SECRET_SIZE);
    uint8_t gpk[XTT_DAA_GROUP_KEY_SIZE], q[XTT_DAA_POINT_SIZE];
    uint8_t cred[XTT_DAA_CREDENTIAL_SIZE], sig[XTT_DAA_CREDENTIAL_SIG_SIZE];
    struct issuer_aad aad;
    xtt_bytes blob;
    size_t n;
    xtt_err err = XTT_ERR_NOMEM;

    if (secret == NULL || (err = xttd_body_take_exactly(&in, gpk, sizeof gpk)) != XTT_OK ||
        (err = xttd_body_take(&in, &blob)) != XTT_OK ||
        (err = xttd_body_take_exactly(&in, q, sizeof q)) != XTT_OK)
        goto out;
    err = xtt_p11_unwrap(keyd.token, make_issuer_aad(&aad, gpk), blob, secret,
                         XTT_DAA_ISSUER_SECRET_SIZE, &n);
    if (err != XTT_OK)
        goto out;
    err = XTT_ERR_CREDENTIAL;
    if (n != XTT_DAA_ISSUER_SECRET_SIZE || !xtt_daa_issuer_matches(secret, gpk))
        goto out;
    if ((err = xtt_daa_issue(secret, q, NULL, cred, sig)) != XTT_OK)
        goto out;
    xttd_body_add(out, cred, sizeof cred);
    xttd_body_add(out, sig, sizeof sig);
out:
    xtt_arena_put(keyd.arena, secret);
    return err;
}

/* With the number of fields that a request has, no more and no fewer. */
static const struct {
    xtt_err (*run)(xtt_bytes in, struct xttd_body *out);
    size_t fields;
} ops[KEYD_OPS] = {
    [KEYD_CHECK] = {check, 0},
    [KEYD_PUBLIC_KEY] = {public_key, 1},
    [KEYD_SIGN] = {sign, 2},
    [KEYD_MAKE_KEY] = {make_key, 1},
    [KEYD_MAKE_WRAPPING_KEY] = {make_wrapping_key, 1},
    [KEYD_WRAP] = {wrap, 3},
    [KEYD_UNWRAP] = {unwrap, 2},
    [KEYD_MAKE_ISSUER] = {make_issuer, 1},
    [KEYD_IMPORT_ISSUER] = {import_issuer, 3},
    [KEYD_ISSUE] = {issue, 3},
};

static xtt_err run(const struct xttd_frame *request, struct xttd_body *out)
{
    xtt_bytes rest = request->body, field;
    size_t n = 0;

    if (request->code >= KEYD_OPS)
        return XTT_ERR_ARGUMENT;
    for (; xttd_body_take(&rest, &field) == XTT_OK; n++)
        ;
    if (rest.n > 0 || n != ops[request->code].fields)
        return XTT_ERR_FORMAT;
    return ops[request->code].run(request->body, out);
}

/* ---- requests -------------------------------------------------------------------------------- */

/* The words of the HSM's own failures; the text of the error says the rest. */
static const char *words_of(xtt_err err)
{
    const enum xtt_class class = xtt_err_class(err);
    const int is_tokens = class == XTT_CLASS_HSM || class == XTT_CLASS_AUTH ||
                          err == XTT_ERR_EXISTS || err == XTT_ERR_CONFIG || err == XTT_ERR_DECRYPT;

    return is_tokens && xtt_p11_why()[0] != '\0' ? xtt_p11_why() : xtt_err_text(err);
}

static void answer(struct peer *peer, uint32_t id, xtt_err err, struct xttd_body *body)
{
    if (err != XTT_OK) {
        xttd_body_init(body);
        xttd_body_add(body, words_of(err), strlen(words_of(err)));
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
        xttd_log(XTTD_ERR, "the HSM is down: %s", xtt_p11_why());
    else
        xttd_log(XTTD_WARNING, "the HSM is back: token %s", xtt_p11_name(keyd.token));
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
        err = run(&job->frame, body);
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
        xttd_body_add(body, xtt_p11_name(keyd.token), strlen(xtt_p11_name(keyd.token)));
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
            note_state(xtt_p11_check(keyd.token));
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

static xtt_err open_token(const char *uri_text, int pin_fd)
{
    char prompt[128];
    struct xtt_p11_uri uri;
    struct xtt_p11_pin_from from = {
        .credential = "pin", .fd = pin_fd, .prompt = prompt, .environment = 1};
    struct xtt_p11_config cfg = {.uri = &uri};
    xtt_err err;

    if ((err = xtt_p11_uri_parse(&uri, uri_text)) != XTT_OK)
        return err;
    if (uri.pin_source[0] != '\0')
        from.file = uri.pin_source;
    snprintf(prompt, sizeof prompt, "PIN of token %s",
             uri.token[0] != '\0' ? uri.token : uri.serial);
    if ((err = xtt_p11_pin_read(&cfg.pin, &from)) != XTT_OK)
        return err;
    if (xtt_p11_pin_is_exposed(cfg.pin))
        xttd_log(XTTD_WARNING, "the PIN came from the %s", xtt_p11_pin_origin(cfg.pin));
    return xtt_p11_open(&keyd.token, &cfg);
}

static xtt_err make_arenas(void)
{
    xtt_err err;

    if ((err = xtt_arena_new(&keyd.arena, XTT_DAA_ISSUER_SECRET_SIZE, WORKERS)) != XTT_OK ||
        (err = xtt_arena_new(&keyd.jobs, sizeof(struct job), QUEUE_MAX + WORKERS)) != XTT_OK ||
        (err = xtt_arena_new(&keyd.bodies, sizeof(struct xttd_body), WORKERS + 1)) != XTT_OK ||
        (err = xtt_arena_new(&keyd.inputs, XTTD_FRAME_MAX, PEERS_MAX)) != XTT_OK)
        return err;
    if (!xtt_arena_is_locked(keyd.arena) || !xtt_arena_is_locked(keyd.jobs))
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
    xtt_arena_free(keyd.arena);
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

static void close_token(void)
{
    while (keyd.n_signers > 0) {
        struct xtt_signer *signer = keyd.signers[--keyd.n_signers].signer;

        signer->ops->free(signer);
    }
    xtt_p11_close(keyd.token);
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
    err = open_token(argv[2], (int)strtol(argv[3], NULL, 10));
    if (err == XTT_OK && argv[4][0] != '\0' && (listener = xttd_chan_listen(argv[4])) < 0)
        err = XTT_ERR_IO;
    greet(parent, err);
    if (err == XTT_OK)
        work_for(parent, listener); /* which lets go of parent */
    else
        let_go(parent);
    if (listener >= 0)
        (void)unlink(argv[4]);
    close_token();
    free_arenas();
    return (int)xtt_err_class(err);
}

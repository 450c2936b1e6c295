/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The client of keyd: finds or starts it, asks, waits.  One thread reads the answers and hands them
 * to whoever asked, so any number of threads and handshakes share one channel.
 */
#include "provisioner/keyd.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <xtt/hash.h>

#include "daemon/chan.h"
#include "daemon/file.h"
#include "pkcs11/p11.h"
#include "provisioner/keyd_op.h"

enum { TRY_EVERY_MS = 20, TRY_FOR_MS = 5000 };

/* A call that waits for its answer. */
struct waiting {
    struct waiting *next;
    uint32_t id;
    int is_answered;
    struct xttd_frame *frame; /* where the answer goes; its bytes are in buf */
    uint8_t *buf;
};

struct prov_keyd {
    int fd;
    pid_t pid; /* of a keyd we started, or 0 */
    int lock;  /* on the token, for as long as that keyd lives; or -1 */
    void (*gone)(void *arg);
    void *arg;

    pthread_t reader;
    pthread_mutex_t sending;
    pthread_mutex_t state; /* guards what follows */
    pthread_cond_t answered;
    uint32_t last_id;
    int is_gone, is_closing;
    struct waiting *waiting;
    struct prov_asking *asking;
};

enum { IDLE, ASKED, ANSWERED };

/* ---- answers -----------------------------------------------------------------------------------
 */

static void deliver_to_asking(struct prov_asking *asking, const struct xttd_frame *frame)
{
    xtt_bytes body = frame->body, words;

    asking->err = (xtt_err)frame->code;
    asking->words[0] = '\0';
    if (asking->err == XTT_OK)
        asking->err = xttd_body_take_exactly(&body, asking->sig, sizeof asking->sig);
    else if (xttd_body_take(&body, &words) == XTT_OK)
        snprintf(asking->words, sizeof asking->words, "%.*s", (int)words.n, (const char *)words.p);
    asking->state = ANSWERED;
    asking->ready(asking->arg);
}

/* With the state locked: gives the answer to whoever waits for it; nobody may, if they gave up. */
static void deliver(struct prov_keyd *keyd, const struct xttd_frame *frame, const uint8_t *buf)
{
    for (struct prov_asking **at = &keyd->asking; *at != NULL; at = &(*at)->next)
        if ((*at)->id == frame->id) {
            struct prov_asking *asking = *at;

            *at = asking->next;
            deliver_to_asking(asking, frame);
            return;
        }
    for (struct waiting *w = keyd->waiting; w != NULL; w = w->next)
        if (w->id == frame->id) {
            memcpy(w->buf, buf, XTTD_FRAME_HEAD + frame->body.n);
            *w->frame = *frame;
            w->frame->body.p = w->buf + XTTD_FRAME_HEAD;
            w->is_answered = 1;
            pthread_cond_broadcast(&keyd->answered);
            return;
        }
}

static void fail_everybody(struct prov_keyd *keyd)
{
    const struct xttd_frame lost = {.code = XTT_ERR_HSM_UNREACHABLE};

    keyd->is_gone = 1;
    while (keyd->asking != NULL) {
        struct prov_asking *asking = keyd->asking;

        keyd->asking = asking->next;
        deliver_to_asking(asking, &lost);
    }
    pthread_cond_broadcast(&keyd->answered);
}

static void *read_answers(void *arg)
{
    struct prov_keyd *keyd = arg;
    static const size_t whole = XTTD_FRAME_MAX;
    uint8_t *buf = malloc(whole);
    struct xttd_frame frame;
    int was_asked_to;

    while (buf != NULL && xttd_frame_receive(keyd->fd, buf, &frame) == XTT_OK) {
        pthread_mutex_lock(&keyd->state);
        deliver(keyd, &frame, buf);
        pthread_mutex_unlock(&keyd->state);
        xtt_wipe(buf, XTTD_FRAME_HEAD + frame.body.n);
    }
    free(buf);
    pthread_mutex_lock(&keyd->state);
    fail_everybody(keyd);
    was_asked_to = keyd->is_closing;
    pthread_mutex_unlock(&keyd->state);
    if (!was_asked_to && keyd->gone != NULL)
        keyd->gone(keyd->arg);
    return NULL;
}

/* ---- questions ---------------------------------------------------------------------------------
 */

static xtt_err send_question(struct prov_keyd *keyd, uint32_t id, enum keyd_op op,
                             struct xttd_body *body)
{
    xtt_err err;

    pthread_mutex_lock(&keyd->sending);
    err = xttd_frame_send(keyd->fd, id, (uint16_t)op, body);
    pthread_mutex_unlock(&keyd->sending);
    return err == XTT_ERR_IO ? XTT_ERR_HSM_UNREACHABLE : err;
}

static void forget_waiting(struct prov_keyd *keyd, struct waiting *w)
{
    for (struct waiting **at = &keyd->waiting; *at != NULL; at = &(*at)->next)
        if (*at == w) {
            *at = w->next;
            return;
        }
}

/* Asks and waits.  Takes the question out of body and puts the answer's fields there. */
static xtt_err call(struct prov_keyd *keyd, enum keyd_op op, struct xttd_body *body,
                    xtt_bytes *answer, struct xttd_fail *fail)
{
    struct xttd_frame frame = {.code = XTT_ERR_HSM_UNREACHABLE};
    struct waiting w = {.frame = &frame, .buf = body->bytes};
    xtt_bytes words;
    xtt_err err;

    pthread_mutex_lock(&keyd->state);
    w.id = ++keyd->last_id;
    w.next = keyd->waiting;
    keyd->waiting = &w;
    pthread_mutex_unlock(&keyd->state);
    /* The answer comes into the same buffer, and only after the question has left it. */
    err = send_question(keyd, w.id, op, body);
    pthread_mutex_lock(&keyd->state);
    while (err == XTT_OK && !w.is_answered && !keyd->is_gone)
        pthread_cond_wait(&keyd->answered, &keyd->state);
    forget_waiting(keyd, &w);
    pthread_mutex_unlock(&keyd->state);
    if (err == XTT_OK)
        err = (xtt_err)frame.code;
    if (err == XTT_OK)
        *answer = frame.body;
    else if (w.is_answered && xttd_body_take(&frame.body, &words) == XTT_OK)
        xttd_fail(fail, err, "%.*s", (int)words.n, (const char *)words.p);
    else
        xttd_fail(fail, err, "keyd, the process that owns the HSM, does not answer");
    return err;
}

/* An answer that has not the fields it should have can only come from a keyd of another version. */
static xtt_err malformed(struct xttd_fail *fail)
{
    return xttd_fail(fail, XTT_ERR_INTERNAL,
                     "keyd, the process that owns the HSM, answered in another form; "
                     "restart the station");
}

static void add_label(struct xttd_body *body, const char *label)
{
    xttd_body_add(body, label, strlen(label));
}

xtt_err prov_keyd_check(struct prov_keyd *keyd, struct xttd_fail *fail)
{
    struct xttd_body body;
    xtt_bytes answer;

    xttd_body_init(&body);
    return call(keyd, KEYD_CHECK, &body, &answer, fail);
}

/* An operation on a label, with some bytes, that answers one field of exactly n bytes. */
static xtt_err call_for(struct prov_keyd *keyd, enum keyd_op op, const char *label, xtt_bytes more,
                        uint8_t *out, size_t n, struct xttd_fail *fail)
{
    struct xttd_body body;
    xtt_bytes answer;
    xtt_err err;

    xttd_body_init(&body);
    add_label(&body, label);
    if (more.n > 0)
        xttd_body_add(&body, more.p, more.n);
    if ((err = call(keyd, op, &body, &answer, fail)) != XTT_OK)
        return err;
    if (n > 0 && xttd_body_take_exactly(&answer, out, n) != XTT_OK)
        return malformed(fail);
    return XTT_OK;
}

xtt_err prov_keyd_public_key(struct prov_keyd *keyd, const char *label, uint8_t pub[65],
                             struct xttd_fail *fail)
{
    return call_for(keyd, KEYD_PUBLIC_KEY, label, (xtt_bytes){NULL, 0}, pub, 65, fail);
}

xtt_err prov_keyd_sign(struct prov_keyd *keyd, const char *label, const uint8_t digest[32],
                       uint8_t sig[64], struct xttd_fail *fail)
{
    return call_for(keyd, KEYD_SIGN, label, (xtt_bytes){digest, 32}, sig, 64, fail);
}

xtt_err prov_keyd_make_key(struct prov_keyd *keyd, const char *label, uint8_t pub[65],
                           struct xttd_fail *fail)
{
    return call_for(keyd, KEYD_MAKE_KEY, label, (xtt_bytes){NULL, 0}, pub, 65, fail);
}

xtt_err prov_keyd_make_wrapping_key(struct prov_keyd *keyd, const char *label,
                                    struct xttd_fail *fail)
{
    return call_for(keyd, KEYD_MAKE_WRAPPING_KEY, label, (xtt_bytes){NULL, 0}, NULL, 0, fail);
}

/* The next field of an answer, of at most cap bytes. */
static xtt_err take_up_to(xtt_bytes *answer, uint8_t *out, size_t cap, size_t *n,
                          struct xttd_fail *fail)
{
    xtt_bytes field;

    if (xttd_body_take(answer, &field) != XTT_OK)
        return malformed(fail);
    if (field.n > cap)
        return xttd_fail(fail, XTT_ERR_ARGUMENT, "a secret of %zu bytes where %zu were expected",
                         field.n, cap);
    memcpy(out, field.p, field.n);
    *n = field.n;
    return XTT_OK;
}

xtt_err prov_keyd_wrap(struct prov_keyd *keyd, const char *wrapping_key, xtt_bytes aad,
                       xtt_bytes plain, uint8_t blob[PROV_KEYD_BLOB_MAX], size_t *n,
                       struct xttd_fail *fail)
{
    struct xttd_body body;
    xtt_bytes answer;
    xtt_err err;

    xttd_body_init(&body);
    add_label(&body, wrapping_key);
    xttd_body_add(&body, aad.p, aad.n);
    xttd_body_add(&body, plain.p, plain.n);
    if ((err = call(keyd, KEYD_WRAP, &body, &answer, fail)) == XTT_OK)
        err = take_up_to(&answer, blob, PROV_KEYD_BLOB_MAX, n, fail);
    xtt_wipe(&body, sizeof body);
    return err;
}

xtt_err prov_keyd_unwrap(struct prov_keyd *keyd, xtt_bytes aad, xtt_bytes blob, uint8_t *plain,
                         size_t cap, size_t *n, struct xttd_fail *fail)
{
    struct xttd_body body;
    xtt_bytes answer;
    xtt_err err;

    xttd_body_init(&body);
    xttd_body_add(&body, aad.p, aad.n);
    xttd_body_add(&body, blob.p, blob.n);
    if ((err = call(keyd, KEYD_UNWRAP, &body, &answer, fail)) == XTT_OK)
        err = take_up_to(&answer, plain, cap, n, fail);
    xtt_wipe(&body, sizeof body);
    return err;
}

xtt_err prov_keyd_make_issuer(struct prov_keyd *keyd, const char *wrapping_key,
                              uint8_t pub[XTT_DAA_ISSUER_KEY_SIZE],
                              uint8_t blob[PROV_KEYD_BLOB_MAX], size_t *n, struct xttd_fail *fail)
{
    struct xttd_body body;
    xtt_bytes answer;
    xtt_err err;

    xttd_body_init(&body);
    add_label(&body, wrapping_key);
    if ((err = call(keyd, KEYD_MAKE_ISSUER, &body, &answer, fail)) != XTT_OK)
        return err;
    if (xttd_body_take_exactly(&answer, pub, XTT_DAA_ISSUER_KEY_SIZE) != XTT_OK)
        return malformed(fail);
    return take_up_to(&answer, blob, PROV_KEYD_BLOB_MAX, n, fail);
}

xtt_err prov_keyd_import_issuer(struct prov_keyd *keyd, const char *wrapping_key,
                                const uint8_t gpk[XTT_DAA_GROUP_KEY_SIZE],
                                const uint8_t secret[XTT_DAA_ISSUER_SECRET_SIZE],
                                uint8_t blob[PROV_KEYD_BLOB_MAX], size_t *n, struct xttd_fail *fail)
{
    struct xttd_body body;
    xtt_bytes answer;
    xtt_err err;

    xttd_body_init(&body);
    add_label(&body, wrapping_key);
    xttd_body_add(&body, gpk, XTT_DAA_GROUP_KEY_SIZE);
    xttd_body_add(&body, secret, XTT_DAA_ISSUER_SECRET_SIZE);
    if ((err = call(keyd, KEYD_IMPORT_ISSUER, &body, &answer, fail)) == XTT_OK)
        err = take_up_to(&answer, blob, PROV_KEYD_BLOB_MAX, n, fail);
    xtt_wipe(&body, sizeof body);
    return err;
}

xtt_err prov_keyd_issue(struct prov_keyd *keyd, const uint8_t gpk[XTT_DAA_GROUP_KEY_SIZE],
                        xtt_bytes blob, const uint8_t q[XTT_DAA_POINT_SIZE],
                        uint8_t cred[XTT_DAA_CREDENTIAL_SIZE],
                        uint8_t sig[XTT_DAA_CREDENTIAL_SIG_SIZE], struct xttd_fail *fail)
{
    struct xttd_body body;
    xtt_bytes answer;
    xtt_err err;

    xttd_body_init(&body);
    xttd_body_add(&body, gpk, XTT_DAA_GROUP_KEY_SIZE);
    xttd_body_add(&body, blob.p, blob.n);
    xttd_body_add(&body, q, XTT_DAA_POINT_SIZE);
    if ((err = call(keyd, KEYD_ISSUE, &body, &answer, fail)) != XTT_OK)
        return err;
    if (xttd_body_take_exactly(&answer, cred, XTT_DAA_CREDENTIAL_SIZE) != XTT_OK ||
        xttd_body_take_exactly(&answer, sig, XTT_DAA_CREDENTIAL_SIG_SIZE) != XTT_OK)
        return malformed(fail);
    return XTT_OK;
}

/* ---- signers -----------------------------------------------------------------------------------
 */

struct waiting_signer {
    struct xtt_signer signer;
    struct prov_keyd *keyd;
    char label[65];
};

static xtt_err waiting_public(struct xtt_signer *s, uint8_t pub[65])
{
    struct waiting_signer *w = (struct waiting_signer *)s;

    return prov_keyd_public_key(w->keyd, w->label, pub, NULL);
}

static xtt_err waiting_sign(struct xtt_signer *s, const uint8_t digest[32], uint8_t sig[64])
{
    struct waiting_signer *w = (struct waiting_signer *)s;

    return prov_keyd_sign(w->keyd, w->label, digest, sig, NULL);
}

static void waiting_free(struct xtt_signer *s)
{
    free(s);
}

static const struct xtt_signer_ops waiting_ops = {waiting_public, waiting_sign, waiting_free};

xtt_err prov_keyd_signer_new(struct xtt_signer **out, struct prov_keyd *keyd, const char *label)
{
    struct waiting_signer *w = calloc(1, sizeof *w);

    if (w == NULL)
        return XTT_ERR_NOMEM;
    w->signer.ops = &waiting_ops;
    w->keyd = keyd;
    snprintf(w->label, sizeof w->label, "%s", label);
    *out = &w->signer;
    return XTT_OK;
}

static xtt_err asking_public(struct xtt_signer *s, uint8_t pub[65])
{
    struct prov_asking *asking = (struct prov_asking *)s;

    return prov_keyd_public_key(asking->keyd, asking->label, pub, NULL);
}

static void forget_asking(struct prov_asking *asking)
{
    for (struct prov_asking **at = &asking->keyd->asking; *at != NULL; at = &(*at)->next)
        if (*at == asking) {
            *at = asking->next;
            break;
        }
    asking->state = IDLE;
}

/* With the state locked.  The entry is in the list before the question leaves, so that the answer
 * finds it; the lock is free while it leaves, because room for it may need answers to be read. */
static xtt_err ask(struct prov_asking *asking, const uint8_t digest[32])
{
    struct prov_keyd *keyd = asking->keyd;
    struct xttd_body body;
    uint32_t id;
    xtt_err err;

    if (keyd->is_gone)
        return XTT_ERR_HSM_UNREACHABLE;
    xttd_body_init(&body);
    add_label(&body, asking->label);
    xttd_body_add(&body, digest, 32);
    memcpy(asking->digest, digest, 32);
    asking->id = ++keyd->last_id;
    asking->next = keyd->asking;
    keyd->asking = asking;
    asking->state = ASKED;
    id = asking->id;
    pthread_mutex_unlock(&keyd->state);
    err = send_question(keyd, id, KEYD_SIGN, &body);
    pthread_mutex_lock(&keyd->state);
    if (err == XTT_OK)
        return XTT_AGAIN;
    if (asking->state == ASKED && asking->id == id)
        forget_asking(asking);
    return err;
}

static xtt_err asking_sign(struct xtt_signer *s, const uint8_t digest[32], uint8_t sig[64])
{
    struct prov_asking *asking = (struct prov_asking *)s;
    xtt_err err = XTT_AGAIN;

    pthread_mutex_lock(&asking->keyd->state);
    if (asking->state == IDLE)
        err = ask(asking, digest);
    else if (memcmp(asking->digest, digest, 32) != 0)
        err = XTT_ERR_ARGUMENT;
    else if (asking->state == ANSWERED) {
        asking->state = IDLE;
        if ((err = asking->err) == XTT_OK)
            memcpy(sig, asking->sig, 64);
    }
    pthread_mutex_unlock(&asking->keyd->state);
    return err;
}

static const struct xtt_signer_ops asking_ops = {asking_public, asking_sign, NULL};

void prov_asking_init(struct prov_asking *asking, struct prov_keyd *keyd, const char *label,
                      void (*ready)(void *arg), void *arg)
{
    memset(asking, 0, sizeof *asking);
    asking->signer.ops = &asking_ops;
    asking->keyd = keyd;
    asking->label = label;
    asking->ready = ready;
    asking->arg = arg;
}

void prov_asking_wipe(struct prov_asking *asking)
{
    struct prov_keyd *keyd = asking->keyd;

    if (keyd == NULL)
        return;
    pthread_mutex_lock(&keyd->state);
    forget_asking(asking);
    pthread_mutex_unlock(&keyd->state);
}

/* ---- finding and starting keyd -----------------------------------------------------------------
 */

/* Eight digits that stand for a token in file names: of what says which token it is, so that URIs
 * that differ in the rest have one keyd. */
static xtt_err name_token(const char *token, char name[9], struct xttd_fail *fail)
{
    struct xtt_p11_uri uri;
    char text[512];
    uint8_t digest[32];
    xtt_bytes part = {(const uint8_t *)text, 0};
    xtt_err err;

    if ((err = xtt_p11_uri_parse(&uri, token)) != XTT_OK)
        return xttd_fail(fail, err, "%s", xtt_p11_why());
    part.n = (size_t)snprintf(text, sizeof text, "%s\n%s\n%s\n%s\n%s", uri.module_path, uri.token,
                              uri.serial, uri.manufacturer, uri.model);
    if ((err = xtt_sha256(&part, 1, digest)) == XTT_OK)
        snprintf(name, 9, "%02x%02x%02x%02x", digest[0], digest[1], digest[2], digest[3]);
    return err;
}

/* In the child, between fork and exec: only calls that are safe there.  The lock goes along: it is
 * free when keyd has ended, not when we have. */
static _Noreturn void become_keyd(const int keep[3], char *const argv[])
{
    if (close_range(STDERR_FILENO + 1, ~0u, CLOSE_RANGE_CLOEXEC) != 0)
        _exit(XTT_CLASS_FAILURE);
    for (int i = 0; i < 3; i++)
        if (keep[i] >= 0 && fcntl(keep[i], F_SETFD, 0) != 0)
            _exit(XTT_CLASS_FAILURE);
    execv("/proc/self/exe", argv);
    _exit(XTT_CLASS_FAILURE);
}

/* A process that talks to the network keeps no PIN, not even one it inherited. */
static void forget_environment(void)
{
    char *pin = getenv("XTT_PIN");

    if (pin != NULL) {
        xtt_wipe(pin, strlen(pin));
        (void)unsetenv("XTT_PIN");
    }
}

static xtt_err start_keyd(struct prov_keyd *keyd, const struct prov_keyd_config *cfg,
                          const char *socket_path, struct xttd_fail *fail)
{
    char fd[16], pin_fd[16];
    char *const argv[] = {"xtt-provisioner",
                          "keyd",
                          fd,
                          (char *)cfg->token,
                          pin_fd,
                          (char *)(cfg->is_shared ? socket_path : ""),
                          NULL};
    int pair[2];

    if (xttd_chan_pair(pair) != 0)
        return xttd_fail_errno(fail, XTT_ERR_IO, "socketpair");
    snprintf(fd, sizeof fd, "%d", pair[1]);
    snprintf(pin_fd, sizeof pin_fd, "%d", cfg->pin_fd);
    if ((keyd->pid = fork()) == 0)
        become_keyd((const int[3]){pair[1], cfg->pin_fd, keyd->lock}, argv);
    if (cfg->is_shared)
        forget_environment();
    close(pair[1]);
    keyd->fd = pair[0];
    if (keyd->pid > 0)
        return XTT_OK;
    keyd->pid = 0;
    return xttd_fail_errno(fail, XTT_ERR_IO, "fork");
}

/* The first frame says whether the token is open. */
static xtt_err hear_greeting(struct prov_keyd *keyd, struct xttd_fail *fail)
{
    struct xttd_body body;
    struct xttd_frame frame;
    xtt_bytes words = {NULL, 0};

    if (xttd_frame_receive(keyd->fd, body.bytes, &frame) != XTT_OK)
        return xttd_fail(fail, keyd->pid != 0 ? XTT_ERR_HSM_UNREACHABLE : XTT_ERR_TRUNCATED,
                         "keyd, the process that owns the HSM, ended while it opened the token");
    (void)!xttd_body_take(&frame.body, &words);
    if (frame.code == XTT_OK)
        return XTT_OK;
    return xttd_fail(fail, (xtt_err)frame.code, "%.*s", (int)words.n, (const char *)words.p);
}

/* The paths of the token's lock and socket. */
static xtt_err make_paths(const struct prov_keyd_config *cfg, char lock[512], char socket[512],
                          struct xttd_fail *fail)
{
    char name[9], lock_name[32], socket_name[32];
    xtt_err err = name_token(cfg->token, name, fail);

    if (err != XTT_OK)
        return err;
    snprintf(lock_name, sizeof lock_name, KEYD_LOCK_NAME, name);
    snprintf(socket_name, sizeof socket_name, KEYD_SOCKET_NAME, name);
    if (snprintf(lock, 512, "%s/%s", cfg->state, lock_name) >= 512 ||
        snprintf(socket, 512, "%s/%s", cfg->state, socket_name) >= 512)
        return xttd_fail(fail, XTT_ERR_CONFIG, "the path of the state directory is too long");
    return XTT_OK;
}

/* Once: takes the lock and starts a keyd, or connects to the one that has it.  XTT_ERR_LOCKED if
 * neither works now. */
static xtt_err reach_keyd(struct prov_keyd *keyd, const struct prov_keyd_config *cfg,
                          const char *lock_path, const char *socket_path, struct xttd_fail *fail)
{
    xtt_err err = xttd_file_lock(lock_path, &keyd->lock, fail);

    if (err == XTT_OK)
        return start_keyd(keyd, cfg, socket_path, fail);
    keyd->lock = -1;
    if (err != XTT_ERR_LOCKED)
        return err;
    /* A keyd that is to be shared must end with its own station. */
    keyd->fd = cfg->is_shared ? -1 : xttd_chan_connect(socket_path);
    if (keyd->fd >= 0)
        return XTT_OK;
    return xttd_fail(fail, XTT_ERR_LOCKED, "another command or station is using the token");
}

static void end_keyd(struct prov_keyd *keyd)
{
    if (keyd->fd >= 0)
        xttd_chan_hang_up(keyd->fd);
    if (keyd->pid > 0)
        while (waitpid(keyd->pid, NULL, 0) < 0 && errno == EINTR)
            ;
    if (keyd->fd >= 0)
        close(keyd->fd);
    xttd_file_unlock(keyd->lock);
    keyd->fd = keyd->lock = -1;
    keyd->pid = 0;
}

/* Tries until the token is ours, or its owner lets us in: a station that was killed leaves a keyd
 * behind for a moment, and a command has it for seconds. */
static xtt_err connect_keyd(struct prov_keyd *keyd, const struct prov_keyd_config *cfg,
                            struct xttd_fail *fail)
{
    char lock_path[512], socket_path[512];
    xtt_err err = make_paths(cfg, lock_path, socket_path, fail);

    if (err != XTT_OK)
        return err;
    for (int waited = 0;; waited += TRY_EVERY_MS) {
        const struct timespec pause = {0, TRY_EVERY_MS * 1000000L};

        err = reach_keyd(keyd, cfg, lock_path, socket_path, fail);
        if (err == XTT_OK && (err = hear_greeting(keyd, fail)) == XTT_OK)
            return XTT_OK;
        /* Somebody else's keyd that went away while we connected is one more reason to wait. */
        if ((err != XTT_ERR_LOCKED && (keyd->pid != 0 || err != XTT_ERR_TRUNCATED)) ||
            waited >= TRY_FOR_MS)
            return err;
        end_keyd(keyd);
        nanosleep(&pause, NULL);
    }
}

xtt_err prov_keyd_open(struct prov_keyd **out, const struct prov_keyd_config *cfg,
                       struct xttd_fail *fail)
{
    struct prov_keyd *keyd = calloc(1, sizeof *keyd);
    xtt_err err;

    if (keyd == NULL)
        return XTT_ERR_NOMEM;
    keyd->fd = keyd->lock = -1;
    keyd->gone = cfg->gone;
    keyd->arg = cfg->arg;
    if ((err = connect_keyd(keyd, cfg, fail)) != XTT_OK)
        goto out;
    pthread_mutex_init(&keyd->sending, NULL);
    pthread_mutex_init(&keyd->state, NULL);
    pthread_cond_init(&keyd->answered, NULL);
    if (pthread_create(&keyd->reader, NULL, read_answers, keyd) != 0) {
        err = XTT_ERR_NOMEM;
        goto out;
    }
    *out = keyd;
    return XTT_OK;
out:
    end_keyd(keyd);
    free(keyd);
    return err;
}

void prov_keyd_close(struct prov_keyd *keyd)
{
    if (keyd == NULL)
        return;
    pthread_mutex_lock(&keyd->state);
    keyd->is_closing = 1;
    pthread_mutex_unlock(&keyd->state);
    xttd_chan_hang_up(keyd->fd);
    pthread_join(keyd->reader, NULL);
    end_keyd(keyd);
    pthread_cond_destroy(&keyd->answered);
    pthread_mutex_destroy(&keyd->state);
    pthread_mutex_destroy(&keyd->sending);
    free(keyd);
}

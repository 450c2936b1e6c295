/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The client of keyd: asks and waits.  One thread reads the answers and hands them
 * to whoever asked, so any number of threads and handshakes share one channel.
 */
#include "provisioner/keyd.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/chan.h"
#include "provisioner/keyd_op.h"
#include "provisioner/keylink.h"

/* A call that waits for its answer. */
struct waiting {
    struct waiting *next;
    uint32_t id;
    int is_answered;
    struct xttd_frame *frame; /* where the answer goes; its bytes are in buf */
    uint8_t *buf;
};

struct prov_keyd {
    struct prov_keylink link;
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

    while (buf != NULL && xttd_frame_receive(keyd->link.fd, buf, &frame) == XTT_OK) {
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
    err = xttd_frame_send(keyd->link.fd, id, (uint16_t)op, body);
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

/* A question and the bytes of its answer; either may be secret. */
struct exchange {
    struct xttd_body question;
    uint8_t answer[XTTD_FRAME_MAX];
};

/* Asks and waits; answer is the fields that came, in x. */
static xtt_err call(struct prov_keyd *keyd, enum keyd_op op, struct exchange *x, xtt_bytes *answer,
                    struct xttd_fail *fail)
{
    struct xttd_frame frame = {.code = XTT_ERR_HSM_UNREACHABLE};
    struct waiting w = {.frame = &frame, .buf = x->answer};
    xtt_bytes words;
    xtt_err err;

    pthread_mutex_lock(&keyd->state);
    w.id = ++keyd->last_id;
    w.next = keyd->waiting;
    keyd->waiting = &w;
    pthread_mutex_unlock(&keyd->state);
    err = send_question(keyd, w.id, op, &x->question);
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
    struct exchange x;
    xtt_bytes answer;

    xttd_body_init(&x.question);
    return call(keyd, KEYD_CHECK, &x, &answer, fail);
}

/* An operation on a label, with some bytes, that answers one field of exactly n bytes. */
static xtt_err call_for(struct prov_keyd *keyd, enum keyd_op op, const char *label, xtt_bytes more,
                        uint8_t *out, size_t n, struct xttd_fail *fail)
{
    struct exchange x;
    xtt_bytes answer;
    xtt_err err;

    xttd_body_init(&x.question);
    add_label(&x.question, label);
    if (more.n > 0)
        xttd_body_add(&x.question, more.p, more.n);
    if ((err = call(keyd, op, &x, &answer, fail)) != XTT_OK)
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
    struct exchange x;
    xtt_bytes answer;
    xtt_err err;

    xttd_body_init(&x.question);
    add_label(&x.question, wrapping_key);
    xttd_body_add(&x.question, aad.p, aad.n);
    xttd_body_add(&x.question, plain.p, plain.n);
    if ((err = call(keyd, KEYD_WRAP, &x, &answer, fail)) == XTT_OK)
        err = take_up_to(&answer, blob, PROV_KEYD_BLOB_MAX, n, fail);
    xtt_wipe(&x, sizeof x);
    return err;
}

xtt_err prov_keyd_unwrap(struct prov_keyd *keyd, xtt_bytes aad, xtt_bytes blob, uint8_t *plain,
                         size_t cap, size_t *n, struct xttd_fail *fail)
{
    struct exchange x;
    xtt_bytes answer;
    xtt_err err;

    xttd_body_init(&x.question);
    xttd_body_add(&x.question, aad.p, aad.n);
    xttd_body_add(&x.question, blob.p, blob.n);
    if ((err = call(keyd, KEYD_UNWRAP, &x, &answer, fail)) == XTT_OK)
        err = take_up_to(&answer, plain, cap, n, fail);
    xtt_wipe(&x, sizeof x);
    return err;
}

xtt_err prov_keyd_make_issuer(struct prov_keyd *keyd, const char *wrapping_key,
                              uint8_t pub[XTT_DAA_ISSUER_KEY_SIZE],
                              uint8_t blob[PROV_KEYD_BLOB_MAX], size_t *n, struct xttd_fail *fail)
{
    struct exchange x;
    xtt_bytes answer;
    xtt_err err;

    xttd_body_init(&x.question);
    add_label(&x.question, wrapping_key);
    if ((err = call(keyd, KEYD_MAKE_ISSUER, &x, &answer, fail)) != XTT_OK)
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
    struct exchange x;
    xtt_bytes answer;
    xtt_err err;

    xttd_body_init(&x.question);
    add_label(&x.question, wrapping_key);
    xttd_body_add(&x.question, gpk, XTT_DAA_GROUP_KEY_SIZE);
    xttd_body_add(&x.question, secret, XTT_DAA_ISSUER_SECRET_SIZE);
    if ((err = call(keyd, KEYD_IMPORT_ISSUER, &x, &answer, fail)) == XTT_OK)
        err = take_up_to(&answer, blob, PROV_KEYD_BLOB_MAX, n, fail);
    xtt_wipe(&x, sizeof x);
    return err;
}

xtt_err prov_keyd_issue(struct prov_keyd *keyd, const uint8_t gpk[XTT_DAA_GROUP_KEY_SIZE],
                        xtt_bytes blob, const uint8_t q[XTT_DAA_POINT_SIZE],
                        uint8_t cred[XTT_DAA_CREDENTIAL_SIZE],
                        uint8_t sig[XTT_DAA_CREDENTIAL_SIG_SIZE], struct xttd_fail *fail)
{
    struct exchange x;
    xtt_bytes answer;
    xtt_err err;

    xttd_body_init(&x.question);
    xttd_body_add(&x.question, gpk, XTT_DAA_GROUP_KEY_SIZE);
    xttd_body_add(&x.question, blob.p, blob.n);
    xttd_body_add(&x.question, q, XTT_DAA_POINT_SIZE);
    if ((err = call(keyd, KEYD_ISSUE, &x, &answer, fail)) != XTT_OK)
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

/* ---- opening and closing -----------------------------------------------------------------------
 */

xtt_err prov_keyd_open(struct prov_keyd **out, const struct prov_keyd_config *cfg,
                       struct xttd_fail *fail)
{
    struct prov_keyd *keyd = calloc(1, sizeof *keyd);
    xtt_err err;

    if (keyd == NULL)
        return XTT_ERR_NOMEM;
    keyd->gone = cfg->gone;
    keyd->arg = cfg->arg;
    if ((err = prov_keylink_open(&keyd->link, cfg, fail)) != XTT_OK)
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
    prov_keylink_close(&keyd->link);
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
    xttd_chan_hang_up(keyd->link.fd);
    pthread_join(keyd->reader, NULL);
    prov_keylink_close(&keyd->link);
    pthread_cond_destroy(&keyd->answered);
    pthread_mutex_destroy(&keyd->state);
    pthread_mutex_destroy(&keyd->sending);
    free(keyd);
}

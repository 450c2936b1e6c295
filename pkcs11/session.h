/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One module, one token, one login, and how they heal.  Private to pkcs11/: signer.c, keygen.c and
 * wrap.c run their operations through p11_run.
 */
#ifndef XTT_P11_SESSION_H
#define XTT_P11_SESSION_H

#include "pkcs11/fault.h"
#include "pkcs11/p11.h"

#include <libp11.h>
#include <pthread.h>

/* A private key as libp11 found it.  Lives until the context is replaced, then it is found again.
 */
struct p11_slotkey {
    struct p11_slotkey *next;
    EVP_PKEY *pkey; /* NULL: not looked up in this context */
};

struct xtt_p11 {
    struct xtt_p11_uri uri;
    char module[256];
    char name[96]; /* for people */
    struct xtt_p11_pin *pin;
    uint64_t (*now_ms)(void *arg);
    void *arg;

    void *dl;               /* keeps the module mapped while contexts come and go */
    CK_FUNCTION_LIST_PTR f; /* the same instance that libp11 uses */

    pthread_rwlock_t lock; /* readers use what follows, the writer replaces it */
    uint64_t generation;   /* counts contexts */
    PKCS11_CTX *ctx;       /* NULL: not connected; down says why */
    PKCS11_SLOT *slots;
    unsigned slots_n;
    PKCS11_SLOT *slot;
    CK_SLOT_ID slot_id;
    CK_SESSION_HANDLE holder; /* kept open: the login ends with the last session */
    uint64_t replaced_ms;     /* when the context was last replaced */
    uint64_t reloaded_ms;     /* and when because the module or token was gone */
    int was_replaced, was_reloaded;
    int pin_refused; /* never presented again */
    xtt_err down;
    char down_words[400];

    pthread_mutex_t find; /* one thread looks for keys; guards keys and their pkey */
    struct p11_slotkey *keys;
};

/* An operation on a connected token; called with p->lock held for reading.  On failure it has
 * called p11_fault or p11_say. */
typedef xtt_err (*p11_op)(struct xtt_p11 *p, void *arg);

/* Runs op; heals by the cure of what failed and runs it once more (what may be a passing fault is
 * repeated before that). */
xtt_err p11_run(struct xtt_p11 *p, p11_op op, void *arg);

/* Inside an op: a read-write session of its own, which sees the login. */
xtt_err p11_session_open(struct xtt_p11 *p, CK_SESSION_HANDLE *session);
void p11_session_close(struct xtt_p11 *p, CK_SESSION_HANDLE session);

/* Inside an op: the objects of a class (and of key's label and id) are counted, up to 2, and the
 * first is given.  class CK_UNAVAILABLE_INFORMATION: of any class. */
xtt_err p11_count_objects(struct xtt_p11 *p, CK_SESSION_HANDLE session, CK_OBJECT_CLASS class,
                          const struct xtt_p11_key *key, CK_OBJECT_HANDLE *first, unsigned *n);

/* Inside an op: the token answers and we are logged in.  A key that is not found means something
 * only then: a token that was pulled has no keys either. */
xtt_err p11_alive(struct xtt_p11 *p);

/* "key LABEL" for words: the label, or the id in hexadecimal. */
#define P11_KEY_WORDS 96
void p11_key_words(const struct xtt_p11_key *key, char out[P11_KEY_WORDS]);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The one writer in front of the registry: claims of many devices are queued, decided in groups,
 * and share one commit.  No claim is answered before it is durable.
 */
#ifndef XTT_PROVISIONER_REGISTRAR_H
#define XTT_PROVISIONER_REGISTRAR_H

#include "provisioner/identity.h"

struct prov_registrar;

/*
 * One claim in the queue.  The caller fills everything above answer and keeps the struct, the rules
 * and what claim points to in place until done was called; done is called exactly once, on the
 * registrar's thread, and must not block.
 */
struct prov_ask {
    const struct prov_rules *rules;
    struct xtt_claim claim;
    void (*done)(struct prov_ask *ask);

    struct prov_answer answer; /* err is XTT_ERR_REGISTRY if the registry failed */
    struct prov_ask *next;     /* the registrar's */
};

/* Starts the thread.  reg belongs to it until prov_registrar_free; clock gives unix seconds (NULL:
 * the system's); failed, which may be NULL, hears of a registry failure in words, on the thread. */
XTT_MUST xtt_err prov_registrar_new(struct prov_registrar **out, struct prov_registry *reg,
                                    int64_t (*clock)(void),
                                    void (*failed)(void *arg, const char *text), void *arg);
/* Queues a claim, from any thread.  XTT_ERR_OVERLOAD, without a call of done, when the queue is
 * full. */
XTT_MUST xtt_err prov_registrar_ask(struct prov_registrar *registrar, struct prov_ask *ask);
/* Answers what is queued, ends the thread; reg belongs to the caller again.  NULL is fine. */
void prov_registrar_free(struct prov_registrar *registrar);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What every other header of libxtt builds on: error codes, borrowed bytes, randomness by
 * injection, wiping and comparing secrets, and the arena of locked memory.  Not the protocol.
 */
#ifndef XTT_BASE_H
#define XTT_BASE_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Everything that is exported from libxtt carries this mark. */
#define XTT_API __attribute__((visibility("default")))
/* A result that must be looked at. */
#define XTT_MUST __attribute__((warn_unused_result))

/* What an error means to the person in front of it; the numbers are exit codes of the programs. */
enum xtt_class {
    XTT_CLASS_OK = 0,      /* no error */
    XTT_CLASS_FAILURE = 1, /* anything that has no class of its own */
    XTT_CLASS_USAGE = 2,   /* the caller's words are wrong */
    XTT_CLASS_AUTH = 3,    /* authentication or PIN */
    XTT_CLASS_TPM = 4,     /* the TPM cannot be reached or used */
    XTT_CLASS_HSM = 5,     /* the HSM cannot be reached or used */
    XTT_CLASS_REFUSED = 6, /* a policy says no; asking again does not help */
    XTT_CLASS_RETRY = 7,   /* network, load or time: asking again may help */
    XTT_CLASS_REENROL = 8  /* this device's keys are gone or not its own any more */
};

/* Every code the toolkit knows, from base/err.def: XTT_OK, XTT_AGAIN, XTT_RESTART, XTT_ERR_... */
typedef enum xtt_err {
#define XTT_ERR_ROW(name, wire, class_, text) name,
#include <xtt/err.def>
#undef XTT_ERR_ROW
    XTT_ERR_COUNT
} xtt_err;

/* "XTT_ERR_DECRYPT"; never NULL, also for a number that is no code. */
XTT_API const char *xtt_err_name(xtt_err err);
/* One sentence for people: what failed and what to do.  Never NULL. */
XTT_API const char *xtt_err_text(xtt_err err);
/* What the error means to a person or a script; see enum xtt_class. */
XTT_API enum xtt_class xtt_err_class(xtt_err err);
/* The code that stands for err in an AuthError or CLOSE (doc/protocol.md, "Errors"); 28, internal,
 * for an error that has none of its own. */
XTT_API uint16_t xtt_err_wire(xtt_err err);
/* The error that a peer means by a code; XTT_ERR_INTERNAL for a code nobody knows. */
XTT_API xtt_err xtt_err_from_wire(uint16_t code);

/* Bytes that belong to somebody else and outlive the call.  {NULL, 0} is empty. */
typedef struct {
    const uint8_t *p;
    size_t n;
} xtt_bytes;

/* Overwrite n bytes with zeros in a way the compiler keeps.  p may be NULL if n is 0. */
XTT_API void xtt_wipe(void *p, size_t n);
/* 1 if the n bytes are equal, else 0, in time that depends on n alone. */
XTT_API XTT_MUST int xtt_ct_eq(const void *a, const void *b, size_t n);
/* 1 if all n bytes are zero, else 0, in time that depends on n alone. */
XTT_API XTT_MUST int xtt_ct_is_zero(const void *p, size_t n);

/* The source of randomness of a context.  Embed as first member to carry state. */
struct xtt_rng {
    /* Fill n bytes of out, or fail with XTT_ERR_RNG and leave out to be ignored. */
    xtt_err (*draw)(struct xtt_rng *rng, uint8_t *out, size_t n);
};

/* The operating system's generator (getrandom); needs no freeing and may be shared by threads. */
XTT_API struct xtt_rng *xtt_rng_system(void);
/* n bytes from rng, which may be NULL: the system's.  XTT_ERR_RNG: nothing may be sent. */
XTT_API XTT_MUST xtt_err xtt_rng_draw(struct xtt_rng *rng, uint8_t *out, size_t n);

/*
 * An arena of slots of one size for secrets: locked into memory where the system allows it, kept
 * out of core dumps, between guard pages.  Slots are zeroed when given out and wiped when returned.
 * One arena may be shared by threads.
 */
struct xtt_arena;
/* Makes an arena of n slots of size bytes each.  XTT_ERR_NOMEM if the pages are not to be had. */
XTT_API XTT_MUST xtt_err xtt_arena_new(struct xtt_arena **out, size_t size, size_t n);
/* 1 if the pages are locked; 0 if the system refused (RLIMIT_MEMLOCK): say so once and go on. */
XTT_API int xtt_arena_is_locked(const struct xtt_arena *arena);
/* A zeroed slot, or NULL when all are in use or size is more than a slot holds. */
XTT_API XTT_MUST void *xtt_arena_get(struct xtt_arena *arena, size_t size);
/* Wipes the slot and takes it back; NULL is fine. */
XTT_API void xtt_arena_put(struct xtt_arena *arena, void *slot);
/* Wipes and unmaps everything; NULL is fine. */
XTT_API void xtt_arena_free(struct xtt_arena *arena);

#ifdef __cplusplus
}
#endif

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* Randomness from a script: gives the bytes it was filled with, in order, and fails after them. */
#ifndef TEST_SUPPORT_SCRIPT_RNG_H
#define TEST_SUPPORT_SCRIPT_RNG_H

#include <string.h>
#include <xtt/base.h>

struct script_rng {
    struct xtt_rng base;
    uint8_t bytes[512];
    size_t n, used;
};

static inline xtt_err script_rng_draw(struct xtt_rng *rng, uint8_t *out, size_t n)
{
    struct script_rng *s = (struct script_rng *)rng;

    if (n > s->n - s->used)
        return XTT_ERR_RNG;
    memcpy(out, s->bytes + s->used, n);
    s->used += n;
    return XTT_OK;
}

static inline void script_rng_init(struct script_rng *s)
{
    *s = (struct script_rng){.base = {script_rng_draw}};
}

/* 1 if every byte was drawn. */
static inline int script_rng_is_empty(const struct script_rng *s)
{
    return s->used == s->n;
}

#endif

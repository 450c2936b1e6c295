/* SPDX-License-Identifier: Apache-2.0 */
/* Spans and big-endian integers.  No allocation, no secrets of its own. */
#ifndef XTT_BASE_BYTES_H
#define XTT_BASE_BYTES_H

#include <xtt/base.h>

static inline xtt_bytes xtt_span(const void *p, size_t n)
{
    return (xtt_bytes){(const uint8_t *)p, n};
}

static inline void xtt_put16(uint8_t *p, uint16_t v)
{
    p[0] = (uint8_t)(v >> 8);
    p[1] = (uint8_t)v;
}

static inline void xtt_put32(uint8_t *p, uint32_t v)
{
    xtt_put16(p, (uint16_t)(v >> 16));
    xtt_put16(p + 2, (uint16_t)v);
}

static inline void xtt_put64(uint8_t *p, uint64_t v)
{
    xtt_put32(p, (uint32_t)(v >> 32));
    xtt_put32(p + 4, (uint32_t)v);
}

static inline uint16_t xtt_get16(const uint8_t *p)
{
    return (uint16_t)(p[0] << 8 | p[1]);
}

static inline uint32_t xtt_get32(const uint8_t *p)
{
    return (uint32_t)xtt_get16(p) << 16 | xtt_get16(p + 2);
}

static inline uint64_t xtt_get64(const uint8_t *p)
{
    return (uint64_t)xtt_get32(p) << 32 | xtt_get32(p + 4);
}

#endif

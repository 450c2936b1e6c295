/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Numbers of four 64-bit limbs, least significant first, and Montgomery's multiplication for a
 * modulus of 256 bits with no bit to spare.  Shared by the field and the scalars; knows neither.
 *
 * This is the one place where the width of a limb shows.  Another path (32-bit, or x86-64 with
 * mulx and adx) replaces these functions and nothing above them.
 */
#ifndef XTT_CURVE_MONT_H
#define XTT_CURVE_MONT_H

#include <stdint.h>

#if defined(__x86_64__)
#include <immintrin.h>

static inline uint64_t xtt_adc(uint64_t a, uint64_t b, unsigned char *carry)
{
    unsigned long long sum;

    *carry = _addcarry_u64(*carry, a, b, &sum);
    return sum;
}

static inline uint64_t xtt_sbb(uint64_t a, uint64_t b, unsigned char *borrow)
{
    unsigned long long diff;

    *borrow = _subborrow_u64(*borrow, a, b, &diff);
    return diff;
}
#else
static inline uint64_t xtt_adc(uint64_t a, uint64_t b, unsigned char *carry)
{
    unsigned __int128 sum = (unsigned __int128)a + b + *carry;

    *carry = (unsigned char)(sum >> 64);
    return (uint64_t)sum;
}

static inline uint64_t xtt_sbb(uint64_t a, uint64_t b, unsigned char *borrow)
{
    unsigned __int128 diff = (unsigned __int128)a - b - *borrow;

    *borrow = (unsigned char)((diff >> 64) & 1);
    return (uint64_t)diff;
}
#endif

/* a + b c + carry; the high half becomes the carry. */
static inline uint64_t xtt_mac(uint64_t a, uint64_t b, uint64_t c, uint64_t *carry)
{
    unsigned __int128 t = (unsigned __int128)b * c + a + *carry;

    *carry = (uint64_t)(t >> 64);
    return (uint64_t)t;
}

/* All ones if bit is 1, zero if it is 0; the compiler may not find out which and branch on it. */
static inline uint64_t xtt_mask(uint64_t bit)
{
    __asm__("" : "+r"(bit));
    return 0 - bit;
}

/* o = mask ? a : b, for a mask of all ones or zero. */
static inline void xtt_limbs_select(uint64_t o[4], uint64_t mask, const uint64_t a[4],
                                    const uint64_t b[4])
{
#pragma GCC unroll 4
    for (int i = 0; i < 4; i++)
        o[i] = b[i] ^ (mask & (a[i] ^ b[i]));
}

/* 1 if all limbs are zero, else 0. */
static inline uint64_t xtt_limbs_is_zero(const uint64_t a[4])
{
    uint64_t any = a[0] | a[1] | a[2] | a[3];

    return 1 ^ ((any | (0 - any)) >> 63);
}

/* 1 if a < b, else 0. */
static inline uint64_t xtt_limbs_less(const uint64_t a[4], const uint64_t b[4])
{
    unsigned char borrow = 0;

    for (int i = 0; i < 4; i++)
        (void)xtt_sbb(a[i], b[i], &borrow);
    return borrow;
}

/* Big-endian bytes. */
static inline void xtt_limbs_from_bytes(uint64_t o[4], const uint8_t in[32])
{
    for (int i = 0; i < 4; i++) {
        uint64_t limb = 0;

        for (int j = 0; j < 8; j++)
            limb = limb << 8 | in[8 * (3 - i) + j];
        o[i] = limb;
    }
}

static inline void xtt_limbs_to_bytes(uint8_t out[32], const uint64_t a[4])
{
    for (int i = 0; i < 32; i++)
        out[i] = (uint8_t)(a[3 - i / 8] >> (56 - 8 * (i % 8)));
}

/* o = a - m if that is not negative, else a; a has a fifth limb, top. */
static inline void xtt_mont_correct(uint64_t o[4], const uint64_t a[4], uint64_t top,
                                    const uint64_t m[4])
{
    unsigned char borrow = 0;
    uint64_t d[4];

#pragma GCC unroll 4
    for (int i = 0; i < 4; i++)
        d[i] = xtt_sbb(a[i], m[i], &borrow);
    (void)xtt_sbb(top, 0, &borrow);
    xtt_limbs_select(o, xtt_mask(borrow), a, d);
}

/* o = a + b mod m, for a, b < m. */
static inline void xtt_mont_add(uint64_t o[4], const uint64_t a[4], const uint64_t b[4],
                                const uint64_t m[4])
{
    unsigned char carry = 0;
    uint64_t t[4];

#pragma GCC unroll 4
    for (int i = 0; i < 4; i++)
        t[i] = xtt_adc(a[i], b[i], &carry);
    xtt_mont_correct(o, t, carry, m);
}

/* o = a - b mod m, for a, b < m. */
static inline void xtt_mont_sub(uint64_t o[4], const uint64_t a[4], const uint64_t b[4],
                                const uint64_t m[4])
{
    unsigned char borrow = 0, carry = 0;
    uint64_t t[4], mask;

#pragma GCC unroll 4
    for (int i = 0; i < 4; i++)
        t[i] = xtt_sbb(a[i], b[i], &borrow);
    mask = xtt_mask(borrow);
#pragma GCC unroll 4
    for (int i = 0; i < 4; i++)
        o[i] = xtt_adc(t[i], m[i] & mask, &carry);
}

/* o = a b 2^-256 mod m, for a, b < m and neg_inv = -1/m mod 2^64 (P. Montgomery 1985, operands
 * scanned and reduced word by word). */
static inline void xtt_mont_mul(uint64_t o[4], const uint64_t a[4], const uint64_t b[4],
                                const uint64_t m[4], uint64_t neg_inv)
{
    uint64_t t[5] = {0};

#pragma GCC unroll 4
    for (int i = 0; i < 4; i++) {
        uint64_t carry = 0, q;
        unsigned __int128 high;

        t[0] = xtt_mac(t[0], a[0], b[i], &carry);
        t[1] = xtt_mac(t[1], a[1], b[i], &carry);
        t[2] = xtt_mac(t[2], a[2], b[i], &carry);
        t[3] = xtt_mac(t[3], a[3], b[i], &carry);
        high = (unsigned __int128)t[4] + carry;
        q = t[0] * neg_inv;
        carry = 0;
        (void)xtt_mac(t[0], q, m[0], &carry);
        t[0] = xtt_mac(t[1], q, m[1], &carry);
        t[1] = xtt_mac(t[2], q, m[2], &carry);
        t[2] = xtt_mac(t[3], q, m[3], &carry);
        high += carry;
        t[3] = (uint64_t)high;
        t[4] = (uint64_t)(high >> 64);
    }
    xtt_mont_correct(o, t, t[4], m);
}

/*
 * Lazy reduction: a product of eight limbs that is not yet reduced.  Sums of products are taken in
 * this form, kept in [0, m 2^256) by adding or subtracting m 2^256, and reduced once.
 */
static inline void xtt_wide_mul(uint64_t o[8], const uint64_t a[4], const uint64_t b[4])
{
    uint64_t carry = 0;

    o[0] = xtt_mac(0, a[0], b[0], &carry);
    o[1] = xtt_mac(0, a[1], b[0], &carry);
    o[2] = xtt_mac(0, a[2], b[0], &carry);
    o[3] = xtt_mac(0, a[3], b[0], &carry);
    o[4] = carry;
#pragma GCC unroll 4
    for (int i = 1; i < 4; i++) {
        carry = 0;
        o[i] = xtt_mac(o[i], a[0], b[i], &carry);
        o[i + 1] = xtt_mac(o[i + 1], a[1], b[i], &carry);
        o[i + 2] = xtt_mac(o[i + 2], a[2], b[i], &carry);
        o[i + 3] = xtt_mac(o[i + 3], a[3], b[i], &carry);
        o[i + 4] = carry;
    }
}

static inline void xtt_wide_add(uint64_t o[8], const uint64_t a[8], const uint64_t b[8],
                                const uint64_t m[4])
{
    unsigned char carry = 0;

#pragma GCC unroll 8
    for (int i = 0; i < 8; i++)
        o[i] = xtt_adc(a[i], b[i], &carry);
    xtt_mont_correct(o + 4, o + 4, carry, m);
}

static inline void xtt_wide_sub(uint64_t o[8], const uint64_t a[8], const uint64_t b[8],
                                const uint64_t m[4])
{
    unsigned char borrow = 0, carry = 0;
    uint64_t mask;

#pragma GCC unroll 8
    for (int i = 0; i < 8; i++)
        o[i] = xtt_sbb(a[i], b[i], &borrow);
    mask = xtt_mask(borrow);
#pragma GCC unroll 4
    for (int i = 0; i < 4; i++)
        o[4 + i] = xtt_adc(o[4 + i], m[i] & mask, &carry);
}

/* o = w 2^-256 mod m, for w < m 2^256. */
static inline void xtt_wide_reduce(uint64_t o[4], const uint64_t w[8], const uint64_t m[4],
                                   uint64_t neg_inv)
{
    uint64_t t[8], top = 0;

#pragma GCC unroll 8
    for (int i = 0; i < 8; i++)
        t[i] = w[i];
#pragma GCC unroll 4
    for (int i = 0; i < 4; i++) {
        uint64_t carry = 0, q = t[i] * neg_inv;
        unsigned __int128 high;

        (void)xtt_mac(t[i], q, m[0], &carry);
        t[i + 1] = xtt_mac(t[i + 1], q, m[1], &carry);
        t[i + 2] = xtt_mac(t[i + 2], q, m[2], &carry);
        t[i + 3] = xtt_mac(t[i + 3], q, m[3], &carry);
        high = (unsigned __int128)t[i + 4] + carry + top;
        t[i + 4] = (uint64_t)high;
        top = (uint64_t)(high >> 64);
    }
    xtt_mont_correct(o, t + 4, top, m);
}

#endif

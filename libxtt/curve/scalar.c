/* SPDX-License-Identifier: Apache-2.0 */
/* Arithmetic modulo the group order; see scalar.h. */
#include "curve/scalar.h"

/* r */
static const uint64_t order[4] = {0xf62d536cd10b500d, 0x0cdc65fb1299921a, 0x46e5f25eee71a49e,
                                  0xfffffffffffcf0cd};
#define ORDER_NEG_INV 0x09826627c9c6813bULL /* -1/r mod 2^64 */
/* 2^512 mod r */
static const uint64_t order_r2[4] = {0xaf948aa38f4c4808, 0xbd789efd26123232, 0x117fd17ceb526be7,
                                     0x2bfc4998fb8f407a};

void xtt_scalar_add(struct scalar *o, const struct scalar *a, const struct scalar *b)
{
    xtt_mont_add(o->w, a->w, b->w, order);
}

void xtt_scalar_sub(struct scalar *o, const struct scalar *a, const struct scalar *b)
{
    xtt_mont_sub(o->w, a->w, b->w, order);
}

void xtt_scalar_mul(struct scalar *o, const struct scalar *a, const struct scalar *b)
{
    uint64_t t[4];

    xtt_mont_mul(t, a->w, b->w, order, ORDER_NEG_INV);
    xtt_mont_mul(o->w, t, order_r2, order, ORDER_NEG_INV);
}

uint64_t xtt_scalar_is_zero(const struct scalar *a)
{
    return xtt_limbs_is_zero(a->w);
}

uint64_t xtt_scalar_eq(const struct scalar *a, const struct scalar *b)
{
    struct scalar d;

    xtt_scalar_sub(&d, a, b);
    return xtt_limbs_is_zero(d.w);
}

/* CT: whether the number is in range leaks. */
uint64_t xtt_scalar_from_bytes(struct scalar *o, const uint8_t in[static 32])
{
    uint64_t t[4];

    xtt_limbs_from_bytes(t, in);
    if (!xtt_limbs_less(t, order))
        return 0;
    for (int i = 0; i < 4; i++)
        o->w[i] = t[i];
    return 1;
}

void xtt_scalar_from_hash(struct scalar *o, const uint8_t in[static 32])
{
    uint64_t t[4];

    xtt_limbs_from_bytes(t, in);
    xtt_mont_correct(o->w, t, 0, order);
}

void xtt_scalar_to_bytes(uint8_t out[static 32], const struct scalar *a)
{
    xtt_limbs_to_bytes(out, a->w);
}

/* o = a b / 2^320 rounded, less than 2^128 here. */
static void mul_high(uint64_t o[4], const uint64_t a[4], const uint64_t b[4])
{
    unsigned char carry = 0;
    uint64_t t[8];

    xtt_wide_mul(t, a, b);
    (void)xtt_adc(t[4], (uint64_t)1 << 63, &carry);
    o[0] = xtt_adc(t[5], 0, &carry);
    o[1] = xtt_adc(t[6], 0, &carry);
    o[2] = o[3] = 0;
}

/* o = o - a b or o + a b, modulo 2^256 */
static void sub_product(uint64_t o[4], const uint64_t a[4], const uint64_t b[4])
{
    unsigned char borrow = 0;
    uint64_t t[8];

    xtt_wide_mul(t, a, b);
    for (int i = 0; i < 4; i++)
        o[i] = xtt_sbb(o[i], t[i], &borrow);
}

static void add_product(uint64_t o[4], const uint64_t a[4], const uint64_t b[4])
{
    unsigned char carry = 0;
    uint64_t t[8];

    xtt_wide_mul(t, a, b);
    for (int i = 0; i < 4; i++)
        o[i] = xtt_adc(o[i], t[i], &carry);
}

/* The sign of a number modulo 2^256 and the low half of its magnitude. */
static void take_sign(uint64_t *neg, uint64_t half[2], const uint64_t a[4])
{
    unsigned char carry = 0;
    uint64_t mask = xtt_mask(a[3] >> 63);

    half[0] = xtt_adc(a[0] ^ mask, mask & 1, &carry);
    half[1] = xtt_adc(a[1] ^ mask, 0, &carry);
    *neg = mask;
}

/*
 * The lattice of all (x, y) with x + y lambda = 0 mod r has the basis (m, B), (A, -m) with
 * m = -(2u+1), A = 6u^2+4u+1, B = 6u^2+2u and m^2 + A B = r, so the closest vector to (k, 0) is
 * c1 (m, B) + c2 (A, -m) with c1 = k m / r and c2 = k B / r, rounded.  Both halves of what is left
 * are below (m + A + 2) / 2 < 2^128.
 */
void xtt_scalar_split(struct scalar_halves *o, const struct scalar *k)
{
    static const uint64_t m[4] = {0xd105eb8061615001};
    static const uint64_t a[4] = {0x3af0036e1b054003, 0xfffffffffffe7866};
    static const uint64_t b[4] = {0x0bf5eeee7c669004, 0xfffffffffffe7867};
    /* 2^320 m / r and 2^320 B / r, rounded */
    static const uint64_t m_over_r[4] = {0x859835ddce889a09, 0xd105eb806163cf7b};
    static const uint64_t b_over_r[4] = {0x4fac153abc9b3109, 0xc50ffc943c01d450, 0x18799, 1};
    uint64_t c1[4], c2[4], x[4], y[4] = {0};

    mul_high(c1, k->w, m_over_r);
    mul_high(c2, k->w, b_over_r);
    for (int i = 0; i < 4; i++)
        x[i] = k->w[i];
    sub_product(x, c1, m);
    sub_product(x, c2, a);
    sub_product(y, c1, b);
    add_product(y, c2, m);
    take_sign(&o->neg[0], o->half[0], x);
    take_sign(&o->neg[1], o->half[1], y);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Elements of the tower as polynomials in w over Fp2, multiplied term by term: the slow way. */
#ifndef TEST_SUPPORT_TOWER_H
#define TEST_SUPPORT_TOWER_H

#include "curve/fp12.h"
#include "test/support/field.h"

static inline struct fp6 tower_fp6(unsigned i)
{
    return (struct fp6){field_fp2(i), field_fp2(i + 11), field_fp2(i + 23)};
}

static inline struct fp12 tower_fp12(unsigned i)
{
    return (struct fp12){tower_fp6(i), tower_fp6(i + 37)};
}

static inline void tower_unpack(struct fp2 o[6], const struct fp12 *a)
{
    const struct fp2 terms[6] = {a->c0.c0, a->c1.c0, a->c0.c1, a->c1.c1, a->c0.c2, a->c1.c2};

    memcpy(o, terms, sizeof terms);
}

static inline struct fp12 tower_pack(const struct fp2 a[6])
{
    return (struct fp12){{a[0], a[2], a[4]}, {a[1], a[3], a[5]}};
}

/* All 36 products, and w^6 = xi. */
static inline struct fp12 tower_mul(const struct fp12 *a, const struct fp12 *b)
{
    struct fp2 x[6], y[6], o[6], t;

    memset(o, 0, sizeof o);
    tower_unpack(x, a);
    tower_unpack(y, b);
    for (int i = 0; i < 6; i++) {
        for (int j = 0; j < 6; j++) {
            xtt_fp2_mul(&t, &x[i], &y[j]);
            if (i + j >= 6)
                xtt_fp2_mul_xi(&t, &t);
            xtt_fp2_add(&o[(i + j) % 6], &o[(i + j) % 6], &t);
        }
    }
    return tower_pack(o);
}

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* Comparing without telling where the difference is.  Not for public things: use memcmp there. */
#include <xtt/base.h>

/* CT: the result leaks, the position of a difference does not. */
int xtt_ct_eq(const void *a, const void *b, size_t n)
{
    const volatile uint8_t *x = a, *y = b;
    uint8_t diff = 0;

    for (size_t i = 0; i < n; i++)
        diff = (uint8_t)(diff | (x[i] ^ y[i]));
    return (int)(((uint32_t)diff - 1) >> 31);
}

/* CT: the result leaks, the position of a set bit does not. */
int xtt_ct_is_zero(const void *p, size_t n)
{
    const volatile uint8_t *x = p;
    uint8_t any = 0;

    for (size_t i = 0; i < n; i++)
        any = (uint8_t)(any | x[i]);
    return (int)(((uint32_t)any - 1) >> 31);
}

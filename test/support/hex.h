/* SPDX-License-Identifier: Apache-2.0 */
/* Hexadecimal text to bytes, for tests: aborts on anything that is not hexadecimal. */
#ifndef TEST_SUPPORT_HEX_H
#define TEST_SUPPORT_HEX_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static inline unsigned hex_digit(char c)
{
    const char *digits = "0123456789abcdef", *at;

    c = c >= 'A' && c <= 'F' ? (char)(c - 'A' + 'a') : c;
    if (c == 0 || !(at = strchr(digits, c))) {
        fprintf(stderr, "not a hexadecimal digit: %c\n", c);
        abort();
    }
    return (unsigned)(at - digits);
}

/* Returns the number of bytes; aborts if they are more than cap. */
static inline size_t hex_decode(uint8_t *out, size_t cap, const char *text)
{
    size_t n = strlen(text) / 2;

    if (strlen(text) % 2 || n > cap) {
        fprintf(stderr, "%zu hexadecimal digits do not fit into %zu bytes\n", strlen(text), cap);
        abort();
    }
    for (size_t i = 0; i < n; i++)
        out[i] = (uint8_t)(hex_digit(text[2 * i]) << 4 | hex_digit(text[2 * i + 1]));
    return n;
}

#endif

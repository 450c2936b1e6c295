/* SPDX-License-Identifier: Apache-2.0 */
/* Hexadecimal text; see hex.h. */
#include "daemon/hex.h"

#include <string.h>

static const char digits[] = "0123456789abcdef";

void xttd_hex_print(const uint8_t *bytes, size_t n, char *text)
{
    for (size_t i = 0; i < n; i++) {
        *text++ = digits[bytes[i] >> 4];
        *text++ = digits[bytes[i] & 15];
    }
    *text = '\0';
}

static int value(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

xtt_err xttd_hex_parse(const char *text, uint8_t *bytes, size_t cap, size_t *n)
{
    size_t length = strlen(text);

    if (length % 2 != 0 || length / 2 > cap)
        return XTT_ERR_FORMAT;
    for (size_t i = 0; i < length; i++)
        if (value(text[i]) < 0)
            return XTT_ERR_FORMAT;
    for (size_t i = 0; i < length; i += 2)
        bytes[i / 2] = (uint8_t)(value(text[i]) << 4 | value(text[i + 1]));
    *n = length / 2;
    return XTT_OK;
}

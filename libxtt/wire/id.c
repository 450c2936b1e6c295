/* SPDX-License-Identifier: Apache-2.0 */
/* The text form of a ClientID: an IPv6 address written out in full. */
#include <xtt/identity.h>

#include <stddef.h>

void xtt_id_print(const uint8_t id[16], char text[XTT_ID_TEXT_SIZE])
{
    static const char digits[] = "0123456789ABCDEF";

    for (size_t i = 0; i < 16; i++) {
        if (i > 0 && i % 2 == 0)
            *text++ = ':';
        *text++ = digits[id[i] >> 4];
        *text++ = digits[id[i] & 15];
    }
    *text = '\0';
}

static int digit_of(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

xtt_err xtt_id_parse(const char *text, uint8_t id[16])
{
    uint8_t bytes[16];

    for (size_t i = 0; i < 16; i++) {
        int high, low;

        if (i > 0 && i % 2 == 0 && *text++ != ':')
            return XTT_ERR_FORMAT;
        if ((high = digit_of(text[0])) < 0 || (low = digit_of(text[1])) < 0)
            return XTT_ERR_FORMAT;
        bytes[i] = (uint8_t)(high << 4 | low);
        text += 2;
    }
    if (*text != '\0')
        return XTT_ERR_FORMAT;
    for (size_t i = 0; i < 16; i++)
        id[i] = bytes[i];
    return XTT_OK;
}

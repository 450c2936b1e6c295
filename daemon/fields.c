/* SPDX-License-Identifier: Apache-2.0 */
/* JSON by tables; see fields.h. */
#include "daemon/fields.h"

#include <string.h>

#include "daemon/hex.h"

#define FIELD_MAX 512

static int is_name(const char *text)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                  "0123456789-_.";

    return text[0] != '\0' && text[strspn(text, letters)] == '\0';
}

static int is_printable(const char *text)
{
    while (*text >= 0x20 && *text < 0x7f)
        text++;
    return *text == '\0';
}

static int is_choice(const char *choices, const char *text)
{
    char word[32];

    snprintf(word, sizeof word, "|%.20s|", text);
    return text[0] != '\0' && strchr(text, '|') == NULL && strstr(choices, word) != NULL;
}

static xtt_err decode_text(const struct xttd_field *row, const char *text, char *out)
{
    size_t n = strlen(text);
    int good;

    if (row->form == XTTD_NAME)
        good = is_name(text);
    else if (row->form == XTTD_CHOICE)
        good = is_choice(row->choices, text);
    else
        good = is_printable(text);
    if (!good || n >= row->size)
        return XTT_ERR_FORMAT;
    memcpy(out + row->offset, text, n + 1);
    return XTT_OK;
}

static xtt_err decode_bytes(const struct xttd_field *row, const char *text, char *out)
{
    uint8_t bytes[FIELD_MAX];
    size_t n;

    if (xttd_hex_parse(text, bytes, row->size, &n) != XTT_OK || n == 0)
        return XTT_ERR_FORMAT;
    if (row->form == XTTD_BYTES && n != row->size)
        return XTT_ERR_FORMAT;
    if (row->form == XTTD_SPAN)
        memcpy(out + row->count, &n, sizeof n);
    memcpy(out + row->offset, bytes, n);
    return XTT_OK;
}

static xtt_err decode_value(const struct xttd_field *row, const json_t *value, char *out)
{
    if (row->form == XTTD_NUMBER) {
        uint64_t number = (uint64_t)json_integer_value(value);

        if (!json_is_integer(value) || number >> 53 != 0)
            return XTT_ERR_FORMAT;
        memcpy(out + row->offset, &number, sizeof number);
        return XTT_OK;
    }
    if (!json_is_string(value) || strlen(json_string_value(value)) != json_string_length(value))
        return XTT_ERR_FORMAT;
    if (row->form == XTTD_BYTES || row->form == XTTD_SPAN)
        return decode_bytes(row, json_string_value(value), out);
    return decode_text(row, json_string_value(value), out);
}

xtt_err xttd_fields_decode(const struct xttd_field *rows, const json_t *object, size_t others,
                           const char *origin, void *out, struct xttd_fail *fail)
{
    size_t n = others;

    for (const struct xttd_field *row = rows; row->name != NULL; row++, n++) {
        const json_t *value = json_object_get(object, row->name);

        if (value == NULL)
            return xttd_fail(fail, XTT_ERR_FORMAT, "%s has no \"%s\"", origin, row->name);
        if (decode_value(row, value, out) != XTT_OK)
            return xttd_fail(fail, XTT_ERR_FORMAT, "%s has a bad \"%s\"", origin, row->name);
    }
    if (json_object_size(object) != n)
        return xttd_fail(fail, XTT_ERR_FORMAT, "%s has a key that does not belong there", origin);
    return XTT_OK;
}

static json_t *encode_value(const struct xttd_field *row, const char *in)
{
    char text[2 * FIELD_MAX + 1];
    size_t n = row->size;
    uint64_t number;

    if (row->form == XTTD_NUMBER) {
        memcpy(&number, in + row->offset, sizeof number);
        return json_integer((json_int_t)number);
    }
    if (row->form != XTTD_BYTES && row->form != XTTD_SPAN)
        return json_string(in + row->offset);
    if (row->form == XTTD_SPAN)
        memcpy(&n, in + row->count, sizeof n);
    xttd_hex_print((const uint8_t *)in + row->offset, n, text);
    return json_string(text);
}

xtt_err xttd_fields_encode(const struct xttd_field *rows, const void *in, json_t *object)
{
    for (; rows->name != NULL; rows++)
        if (json_object_set_new(object, rows->name, encode_value(rows, in)) != 0)
            return XTT_ERR_NOMEM;
    return XTT_OK;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Names, texts, classes and wire codes of errors, all from err.def.  Decides nothing. */
#include <xtt/base.h>

struct row {
    const char *name;
    const char *text;
    int wire; /* -1: none */
    enum xtt_class class_;
};

static const struct row rows[XTT_ERR_COUNT] = {
#define XTT_ERR_ROW(name, wire, class_, text) [name] = {#name, text, wire, XTT_CLASS_##class_},
#include <xtt/err.def>
#undef XTT_ERR_ROW
};

static const struct row *row_of(xtt_err err)
{
    if ((unsigned)err >= XTT_ERR_COUNT)
        return &rows[XTT_ERR_INTERNAL];
    return &rows[err];
}

const char *xtt_err_name(xtt_err err)
{
    return row_of(err)->name;
}

const char *xtt_err_text(xtt_err err)
{
    return row_of(err)->text;
}

enum xtt_class xtt_err_class(xtt_err err)
{
    return row_of(err)->class_;
}

uint16_t xtt_err_wire(xtt_err err)
{
    const struct row *row = row_of(err);

    if (row->wire < 0)
        row = &rows[XTT_ERR_INTERNAL];
    return (uint16_t)row->wire;
}

xtt_err xtt_err_from_wire(uint16_t code)
{
    /* The protocol's rows stand before our own, so the first match is the protocol's. */
    for (size_t i = 0; i < XTT_ERR_COUNT; i++)
        if (rows[i].wire == (int)code)
            return (xtt_err)i;
    return XTT_ERR_INTERNAL;
}

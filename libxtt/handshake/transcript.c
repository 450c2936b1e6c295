/* SPDX-License-Identifier: Apache-2.0 */
/* The hashes of the draft as rows, and the one walk that turns a row into bytes and a length. */
#include "handshake/transcript.h"

#include <assert.h>
#include <string.h>

#include "base/bytes.h"

enum kind {
    END,
    INNER_HASH, /* inner_hash itself */
    UP_TO,      /* a message's first bytes, up to a field; all of its plain bytes for XTT_F_NONE */
    FIELD,      /* one field */
    COMPAT      /* the first n bytes of a field, or of the message for XTT_F_NONE */
};

struct item {
    enum kind kind;
    enum xtt_msg_type msg;
    enum xtt_field field;
    uint16_t n;
};

struct row {
    const char *label; /* of what is signed; NULL where nothing is, and in the deployed family */
    struct item items[6];
};

#define MAX_ITEMS (sizeof((struct row *)0)->items / sizeof(struct item))

#define INIT   XTT_M_CLIENT_INIT
#define ATTEST XTT_M_SERVER_ATTEST
#define CLIENT XTT_M_ID_CLIENT_ATTEST

/* clang-format off */
static const struct row rows[XTT_H_COUNT] = {
    [XTT_H_INNER]        = { NULL, {
        { UP_TO, INIT, XTT_F_NONE, 0 }, { UP_TO, ATTEST, XTT_F_COOKIE, 0 } } },
    [XTT_H_KEY]          = { NULL, {
        { INNER_HASH, 0, 0, 0 }, { FIELD, ATTEST, XTT_F_COOKIE, 0 } } },
    [XTT_H_SIG_SERVER]   = { "XTT1 server", {
        { UP_TO, INIT, XTT_F_NONE, 0 }, { UP_TO, ATTEST, XTT_F_SIG_S, 0 } } },
    [XTT_H_SIG_LONGTERM] = { "XTT1 client longterm", {
        { INNER_HASH, 0, 0, 0 }, { FIELD, ATTEST, XTT_F_COOKIE, 0 }, { FIELD, ATTEST, XTT_F_CERT, 0 },
        { FIELD, ATTEST, XTT_F_SIG_S, 0 }, { UP_TO, CLIENT, XTT_F_LT_SIG, 0 } } },
    [XTT_H_SIG_DAA]      = { "XTT1 client daa", {
        { INNER_HASH, 0, 0, 0 }, { FIELD, ATTEST, XTT_F_COOKIE, 0 }, { FIELD, ATTEST, XTT_F_CERT, 0 },
        { FIELD, ATTEST, XTT_F_SIG_S, 0 }, { UP_TO, CLIENT, XTT_F_DAA_SIG, 0 } } },
};

/* Compat: the deployed implementation hashes one byte of the cookie and the first bytes of the
 * client's message where the draft wants all of them; doc/protocol.md, "What is signed". */
static const struct row deployed[XTT_H_COUNT] = {
    [XTT_H_SIG_LONGTERM] = { NULL, {
        { INNER_HASH, 0, 0, 0 }, { COMPAT, ATTEST, XTT_F_COOKIE, 1 }, { FIELD, ATTEST, XTT_F_CERT, 0 },
        { FIELD, ATTEST, XTT_F_SIG_S, 0 }, { COMPAT, CLIENT, XTT_F_NONE, 16 } } },
    [XTT_H_SIG_DAA]      = { NULL, {
        { INNER_HASH, 0, 0, 0 }, { COMPAT, ATTEST, XTT_F_COOKIE, 1 }, { FIELD, ATTEST, XTT_F_CERT, 0 },
        { FIELD, ATTEST, XTT_F_SIG_S, 0 }, { COMPAT, CLIENT, XTT_F_NONE, 80 } } },
};
/* clang-format on */

static const struct row *row_of(const struct xtt_transcript *t, enum xtt_hash which)
{
    if (!t->suite->labelled && deployed[which].items[0].kind != END)
        return &deployed[which];
    return &rows[which];
}

static const uint8_t *message_of(const struct xtt_transcript *t, enum xtt_msg_type type)
{
    return type == INIT ? t->init : type == ATTEST ? t->attest : t->client;
}

static xtt_bytes span_of(const struct xtt_transcript *t, const struct item *item)
{
    const uint8_t *msg = message_of(t, item->msg);
    size_t at, size;

    if (item->kind == INNER_HASH)
        return xtt_span(t->inner, sizeof t->inner);
    at = xtt_msg_offset((uint8_t)item->msg, item->field, &size);
    if (item->kind == UP_TO)
        return xtt_span(msg, at);
    if (item->kind == FIELD)
        return xtt_span(msg + at, size);
    return xtt_span(item->field != XTT_F_NONE ? msg + at : msg, item->n);
}

/* he(x) = H( u16(len x) || x ) */
xtt_err xtt_transcript_hash(const struct xtt_transcript *t, enum xtt_hash which,
                            uint8_t out[static 64])
{
    const struct row *row = row_of(t, which);
    xtt_bytes parts[1 + MAX_ITEMS];
    uint8_t length[2];
    size_t total = 0, n;

    for (n = 0; n < MAX_ITEMS && row->items[n].kind != END; n++) {
        parts[1 + n] = span_of(t, &row->items[n]);
        total += parts[1 + n].n;
    }
    assert(total <= UINT16_MAX);
    xtt_put16(length, (uint16_t)total);
    parts[0] = xtt_span(length, sizeof length);
    return t->suite->hash(parts, 1 + n, out);
}

xtt_err xtt_transcript_signed(const struct xtt_transcript *t, enum xtt_hash which,
                              uint8_t out[static XTT_SIGNED_MAX], size_t *size)
{
    const char *label = t->suite->labelled ? rows[which].label : NULL;
    size_t n = label != NULL ? strlen(label) + 1 : 0;
    xtt_err err;

    assert(n + 64 <= XTT_SIGNED_MAX);
    if ((err = xtt_transcript_hash(t, which, out + n)) != XTT_OK)
        return err;
    if (n > 0)
        memcpy(out, label, n);
    *size = n + 64;
    return XTT_OK;
}

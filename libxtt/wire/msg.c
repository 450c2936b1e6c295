/* SPDX-License-Identifier: Apache-2.0 */
/* The message tables of XTT 1.0 (draft: "Protocol Data Structures") and what follows from them. */
#include "wire/msg.h"

#include <assert.h>
#include <string.h>

#include "base/bytes.h"

enum part { CLEAR, SEALED };

struct fdef {
    enum xtt_field field;
    enum part part;
    uint16_t size;
};

/* clang-format off */
static const struct fdef client_init[] = {
    { XTT_F_SUITE,   CLEAR,  2 },
    { XTT_F_NONCE,   CLEAR,  32 },
    { XTT_F_DH,      CLEAR,  32 },
    { XTT_F_NONE,    CLEAR,  0 } };

static const struct fdef server_attest[] = {
    { XTT_F_SUITE,   CLEAR,  2 },
    { XTT_F_DH,      CLEAR,  32 },
    { XTT_F_COOKIE,  CLEAR,  XTT_COOKIE_SIZE },
    { XTT_F_CERT,    SEALED, 169 },
    { XTT_F_SIG_S,   SEALED, XTT_P256_SIG_SIZE },
    { XTT_F_NONE,    CLEAR,  0 } };

static const struct fdef id_client_attest[] = {
    { XTT_F_SUITE,   CLEAR,  2 },
    { XTT_F_COOKIE,  CLEAR,  XTT_COOKIE_SIZE },
    { XTT_F_LT_PUB,  SEALED, XTT_P256_PUB_SIZE },
    { XTT_F_GROUP,   SEALED, XTT_GID_SIZE },
    { XTT_F_ID,      SEALED, XTT_ID_SIZE },
    { XTT_F_LT_SIG,  SEALED, XTT_P256_SIG_SIZE },
    { XTT_F_DAA_SIG, SEALED, XTT_DAA_SIG_SIZE },
    { XTT_F_NONE,    CLEAR,  0 } };

static const struct fdef id_server_finished[] = {
    { XTT_F_SUITE,   CLEAR,  2 },
    { XTT_F_ID,      SEALED, XTT_ID_SIZE },
    { XTT_F_LT_PUB,  SEALED, XTT_P256_PUB_SIZE },
    { XTT_F_NONE,    CLEAR,  0 } };

static const struct fdef error[] = {
    { XTT_F_NONE,    CLEAR,  0 } };

static const struct fdef auth_error[] = {
    { XTT_F_SUITE,   CLEAR,  2 },
    { XTT_F_CODE,    CLEAR,  2 },
    { XTT_F_MAC,     CLEAR,  16 },
    { XTT_F_NONE,    CLEAR,  0 } };

static const struct mdef {
    enum xtt_msg_type type;
    const char *name;
    const struct fdef *fields;
} messages[] = {
    { XTT_M_CLIENT_INIT,        "ClientInit",             client_init },
    { XTT_M_SERVER_ATTEST,      "ServerInitAndAttest",    server_attest },
    { XTT_M_ID_CLIENT_ATTEST,   "IdentityClientAttest",   id_client_attest },
    { XTT_M_ID_SERVER_FINISHED, "IdentityServerFinished", id_server_finished },
    { XTT_M_ERROR,              "Error",                  error },
    { XTT_M_AUTH_ERROR,         "AuthError",              auth_error },
};
/* clang-format on */

static const struct mdef *find(uint8_t type)
{
    for (size_t i = 0; i < sizeof messages / sizeof messages[0]; i++)
        if (messages[i].type == type)
            return &messages[i];
    return NULL;
}

/* The one walk over a message: up to a field (the end for XTT_F_NONE).  Answers the offset there,
 * the field's size, and how much of what was walked is clear. */
static size_t walk(const struct mdef *m, enum xtt_field to, size_t *size, size_t *clear)
{
    size_t at = XTT_HEADER_SIZE;
    const struct fdef *f;

    *clear = at;
    for (f = m->fields; f->field != XTT_F_NONE && f->field != to; f++) {
        at += f->size;
        if (f->part == CLEAR)
            *clear = at;
    }
    assert(f->field == to);
    *size = f->size;
    return at;
}

static struct xtt_layout lay_out(const struct mdef *m)
{
    struct xtt_layout at;
    size_t none;

    at.plain = walk(m, XTT_F_NONE, &none, &at.clear);
    at.size = at.plain + (at.clear < at.plain ? XTT_TAG_SIZE : 0);
    return at;
}

int xtt_msg_layout(uint8_t type, struct xtt_layout *out)
{
    const struct mdef *m = find(type);

    if (m == NULL)
        return 0;
    *out = lay_out(m);
    return 1;
}

const char *xtt_msg_name(uint8_t type)
{
    const struct mdef *m = find(type);

    return m != NULL ? m->name : "unknown message";
}

size_t xtt_msg_offset(uint8_t type, enum xtt_field field, size_t *size)
{
    const struct mdef *m = find(type);
    size_t n, clear, at;

    assert(m != NULL);
    at = walk(m, field, &n, &clear);
    if (size != NULL)
        *size = n;
    return at;
}

uint8_t *xtt_msg_field(uint8_t *msg, enum xtt_field field)
{
    return msg + xtt_msg_offset(msg[0], field, NULL);
}

const uint8_t *xtt_msg_cfield(const uint8_t *msg, enum xtt_field field)
{
    return msg + xtt_msg_offset(msg[0], field, NULL);
}

static int has_suite(const struct mdef *m)
{
    return m->fields[0].field == XTT_F_SUITE;
}

void xtt_msg_init(uint8_t *msg, enum xtt_msg_type type, uint16_t suite)
{
    const struct mdef *m = find((uint8_t)type);
    struct xtt_layout at;

    assert(m != NULL);
    at = lay_out(m);
    memset(msg, 0, at.plain);
    msg[0] = (uint8_t)type;
    xtt_put16(msg + 1, (uint16_t)at.size);
    msg[3] = XTT_VERSION;
    if (has_suite(m))
        xtt_put16(msg + XTT_HEADER_SIZE, suite);
}

xtt_err xtt_msg_check(xtt_bytes head, uint16_t suite)
{
    const struct mdef *m;

    if (head.n < XTT_HEADER_SIZE)
        return XTT_OK;
    if ((m = find(head.p[0])) == NULL)
        return XTT_ERR_MESSAGE;
    if (xtt_get16(head.p + 1) != lay_out(m).size)
        return XTT_ERR_LENGTH;
    if (head.p[3] != XTT_VERSION)
        return XTT_ERR_VERSION;
    if (suite != 0 && has_suite(m) && head.n >= XTT_HEADER_SIZE + 2 &&
        xtt_get16(head.p + XTT_HEADER_SIZE) != suite)
        return XTT_ERR_SUITE;
    return XTT_OK;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* The layout of a wrapped secret (p11.h, xtt_p11_wrap).  Knows no key and no cryptography. */
#include "pkcs11/blob.h"

#include "pkcs11/fault.h"

#include <string.h>

static const char magic[8] = {'X', 'T', 'T', 'W', 'R', 'A', 'P', '1'};

size_t p11_blob_begin(uint8_t *out, const char *label, xtt_bytes id, const uint8_t binding[32])
{
    size_t n = 0, label_n = strlen(label);

    memcpy(out, magic, sizeof magic);
    n += sizeof magic;
    out[n++] = P11_METHOD_GCM;
    out[n++] = (uint8_t)label_n;
    memcpy(out + n, label, label_n);
    n += label_n;
    out[n++] = (uint8_t)id.n;
    memcpy(out + n, id.p, id.n);
    n += id.n;
    memcpy(out + n, binding, P11_BINDING);
    return n + P11_BINDING;
}

size_t p11_blob_end(uint8_t *out, size_t n, xtt_bytes iv, xtt_bytes sealed)
{
    size_t ct = sealed.n - P11_TAG;

    out[n++] = (uint8_t)iv.n;
    memcpy(out + n, iv.p, iv.n);
    n += iv.n;
    out[n++] = (uint8_t)(ct >> 8);
    out[n++] = (uint8_t)ct;
    memcpy(out + n, sealed.p, sealed.n);
    return n + sealed.n;
}

/* The next n bytes, or NULL if there are fewer. */
static const uint8_t *take(xtt_bytes *in, size_t n)
{
    const uint8_t *p = in->p;

    if (in->n < n)
        return NULL;
    in->p += n;
    in->n -= n;
    return p;
}

static xtt_err bad(const char *what)
{
    return p11_say(XTT_ERR_FORMAT, "wrapped secret: %s; restore it from a backup", what);
}

xtt_err p11_blob_parse(struct p11_blob *out, xtt_bytes in)
{
    struct p11_blob b;
    const uint8_t *begin = in.p, *at;
    size_t n;

    memset(&b, 0, sizeof b);
    if ((at = take(&in, sizeof magic)) == NULL || memcmp(at, magic, sizeof magic) != 0)
        return bad("it does not begin as one of this version does");
    if ((at = take(&in, 1)) == NULL || (b.method = *at) != P11_METHOD_GCM)
        return bad("its method is not known");
    if ((at = take(&in, 1)) == NULL || (n = *at) == 0 || n > XTT_P11_LABEL_MAX ||
        (at = take(&in, n)) == NULL || memchr(at, 0, n))
        return bad("the key label is malformed");
    memcpy(b.label, at, n);
    if ((at = take(&in, 1)) == NULL || (n = *at) == 0 || n > XTT_P11_ID_MAX ||
        (at = take(&in, n)) == NULL)
        return bad("the key id is malformed");
    b.id = (xtt_bytes){at, n};
    if ((b.binding = take(&in, P11_BINDING)) == NULL)
        return bad("it is cut off");
    b.head = (xtt_bytes){begin, (size_t)(in.p - begin)};
    if ((at = take(&in, 1)) == NULL || (n = *at) < P11_IV_MIN || n > P11_IV_MAX ||
        (at = take(&in, n)) == NULL)
        return bad("the initialisation vector is malformed");
    b.iv = (xtt_bytes){at, n};
    if ((at = take(&in, 2)) == NULL || (n = (size_t)at[0] << 8 | at[1]) == 0 ||
        n > XTT_P11_PLAIN_MAX || in.n != n + P11_TAG)
        return bad("its length is wrong");
    b.sealed = in;
    *out = b;
    return XTT_OK;
}

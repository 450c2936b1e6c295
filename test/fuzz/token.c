/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Fuzzes what the station reads around its token: PKCS#11 URIs, wrapped secrets, and the frames
 * between its processes.  The first byte says which.
 */
#include <stdlib.h>
#include <string.h>

#include "daemon/chan.h"
#include "pkcs11/blob.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void try_uri(const uint8_t *data, size_t size)
{
    struct xtt_p11_uri uri;
    char *text = malloc(size + 1);

    if (text == NULL)
        return;
    memcpy(text, data, size);
    text[size] = '\0';
    if (xtt_p11_uri_parse(&uri, text) == XTT_OK && strstr(text, "pin-value") != NULL &&
        strstr(text, "?pin-value=") != NULL)
        abort(); /* a PIN does not belong in a URI */
    free(text);
}

/* What parses is what stands there: nothing beyond the end, nothing left over. */
static void try_blob(const uint8_t *data, size_t size)
{
    struct p11_blob blob;

    if (p11_blob_parse(&blob, (xtt_bytes){data, size}) != XTT_OK)
        return;
    if (blob.sealed.p + blob.sealed.n > data + size || blob.iv.p + blob.iv.n > data + size ||
        blob.id.n > XTT_P11_ID_MAX || strlen(blob.label) > XTT_P11_LABEL_MAX)
        abort();
}

static void try_frames(const uint8_t *data, size_t size)
{
    xtt_bytes in = {data, size}, field;
    struct xttd_frame frame;
    uint8_t exact[32];

    while (xttd_frame_take(&in, &frame) == XTT_OK) {
        xtt_bytes body = frame.body;

        while (xttd_body_take(&body, &field) == XTT_OK)
            if (field.p + field.n > data + size)
                abort();
        (void)!xttd_body_take_exactly(&frame.body, exact, sizeof exact);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static void (*const tries[])(const uint8_t *data, size_t size) = {try_uri, try_blob,
                                                                      try_frames};

    if (size > 0)
        tries[data[0] % 3](data + 1, size - 1);
    return 0;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Fuzzes the small parsers of libxtt: certificates, identities and suites as text. */
#include <stdlib.h>
#include <string.h>

#include <xtt/handshake.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void try_certificate(const uint8_t *data, size_t size)
{
    uint8_t cert[XTT_SERVER_CERT_SIZE] = {0};
    struct xtt_server_cert server;
    struct xtt_root root;

    memcpy(cert, data, size < sizeof cert ? size : sizeof cert);
    if (xtt_root_cert_decode(cert, &root) == XTT_OK &&
        xtt_server_cert_check(cert, &root, 1, 1) == XTT_OK)
        abort(); /* nobody signed it */
    (void)!xtt_server_cert_decode(cert, &server);
}

static void try_text(const uint8_t *data, size_t size)
{
    char *text = malloc(size + 1), back[XTT_ID_TEXT_SIZE];
    uint8_t id[16], again[16];
    uint16_t suite;

    if (text == NULL)
        return;
    memcpy(text, data, size);
    text[size] = '\0';
    if (xtt_id_parse(text, id) == XTT_OK) {
        xtt_id_print(id, back);
        if (xtt_id_parse(back, again) != XTT_OK || memcmp(id, again, 16) != 0)
            abort();
    }
    if (xtt_suite_parse(text, &suite) == XTT_OK && xtt_suite_name(suite) == NULL)
        abort();
    free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    try_certificate(data, size);
    try_text(data, size);
    return 0;
}

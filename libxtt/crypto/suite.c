/* SPDX-License-Identifier: Apache-2.0 */
/* The suites of XTT 1.0 in order of preference.  doc/protocol.md, "Suites". */
#include "crypto/suite.h"

#include <xtt/handshake.h>

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"

#define SHA512  xtt_sha512, xtt_hmac_sha512
#define BLAKE2B xtt_blake2b, xtt_blake2b_keyed

static const struct xtt_suite suites[] = {
    {0x0101, "XTT1-X25519-LRSW-P256-CHACHA20POLY1305-SHA512", 1, XTT_CHACHA20_POLY1305, SHA512},
    {0x0102, "XTT1-X25519-LRSW-P256-CHACHA20POLY1305-BLAKE2B", 1, XTT_CHACHA20_POLY1305, BLAKE2B},
    {0x0103, "XTT1-X25519-LRSW-P256-AES256GCM-SHA512", 1, XTT_AES_256_GCM, SHA512},
    {0x0104, "XTT1-X25519-LRSW-P256-AES256GCM-BLAKE2B", 1, XTT_AES_256_GCM, BLAKE2B},
    {0x0001, "XTT-X25519-LRSW-P256-CHACHA20POLY1305-SHA512", 0, XTT_CHACHA20_POLY1305, SHA512},
    {0x0002, "XTT-X25519-LRSW-P256-CHACHA20POLY1305-BLAKE2B", 0, XTT_CHACHA20_POLY1305, BLAKE2B},
    {0x0003, "XTT-X25519-LRSW-P256-AES256GCM-SHA512", 0, XTT_AES_256_GCM, SHA512},
    {0x0004, "XTT-X25519-LRSW-P256-AES256GCM-BLAKE2B", 0, XTT_AES_256_GCM, BLAKE2B},
};

#define N_SUITES (sizeof suites / sizeof suites[0])

const struct xtt_suite *xtt_suite_find(uint16_t number)
{
    for (size_t i = 0; i < N_SUITES; i++)
        if (suites[i].number == number)
            return &suites[i];
    return NULL;
}

xtt_err xtt_suite_prf(const struct xtt_suite *suite, const uint8_t key[static 64],
                      const xtt_bytes *parts, size_t n, uint8_t *out, size_t size)
{
    uint8_t length[2];
    xtt_bytes all[8];
    size_t m = 0;

    assert(n < sizeof all / sizeof all[0]);
    xtt_put16(length, (uint16_t)size);
    if (suite->labelled)
        all[m++] = xtt_span(length, sizeof length);
    for (size_t i = 0; i < n; i++)
        all[m++] = parts[i];
    return suite->prf(key, all, m, out, size);
}

const char *xtt_suite_name(uint16_t number)
{
    const struct xtt_suite *suite = xtt_suite_find(number);

    return suite != NULL ? suite->name : NULL;
}

uint16_t xtt_suite_list(size_t n)
{
    return n < N_SUITES ? suites[n].number : 0;
}

xtt_err xtt_suite_parse(const char *text, uint16_t *suite)
{
    char *end;
    unsigned long number;

    for (size_t i = 0; i < N_SUITES; i++)
        if (strcmp(text, suites[i].name) == 0) {
            *suite = suites[i].number;
            return XTT_OK;
        }
    if (strncmp(text, "0x", 2) != 0 || strlen(text) != 6)
        return XTT_ERR_SUITE;
    number = strtoul(text + 2, &end, 16);
    if (*end != '\0' || xtt_suite_find((uint16_t)number) == NULL)
        return XTT_ERR_SUITE;
    *suite = (uint16_t)number;
    return XTT_OK;
}

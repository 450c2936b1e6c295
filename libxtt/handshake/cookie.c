/* SPDX-License-Identifier: Apache-2.0 */
/* Cookies of format 2: the name of a table entry and enough randomness to not be guessed. */
#include <xtt/handshake.h>

#include "base/bytes.h"

enum { FORMAT = 0, KEY_NO = 1, SERVER_ID = 2, INDEX = 4, RANDOM = 12, SIZE = 130 };

xtt_err xtt_cookie_make(uint16_t server_id, uint64_t index, struct xtt_rng *rng,
                        uint8_t cookie[130])
{
    xtt_err err = xtt_rng_draw(rng, cookie + RANDOM, SIZE - RANDOM);

    if (err != XTT_OK)
        return err;
    cookie[FORMAT] = 2;
    cookie[KEY_NO] = 0;
    xtt_put16(cookie + SERVER_ID, server_id);
    xtt_put64(cookie + INDEX, index);
    return XTT_OK;
}

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The server side of a party on a real socket, in a thread of the test: what an agent talks to when
 * the whole station would be too much.  Decisions are the party's switches.
 */
#ifndef TEST_SUPPORT_STATION_H
#define TEST_SUPPORT_STATION_H

#include "test/support/party.h"

struct station {
    struct party party;
    char address[64];         /* "127.0.0.1:PORT" */
    int handshakes;           /* that ended well */
    uint8_t longterm_key[65]; /* of the last one */
    struct station_thread *thread;
};

/* Starts serving one suite; the certificate has no end.  Aborts the test program on a failure. */
void station_start(struct station *station, uint16_t suite);
void station_stop(struct station *station);

#endif

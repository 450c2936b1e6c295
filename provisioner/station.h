/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One connection of the serving station: a handshake whose questions are answered from roster and
 * registrar, with one log line at its end.  Listening, reloading and ending are serve.c's.
 */
#ifndef XTT_PROVISIONER_STATION_H
#define XTT_PROVISIONER_STATION_H

#include <stdatomic.h>
#include <uv.h>

#include "provisioner/keyring.h"
#include "provisioner/limits.h"
#include "provisioner/registrar.h"
#include "provisioner/roster.h"

#include <xtt/handshake.h>

#define PROV_SUITES_MAX 8

/* What all connections share; serve.c fills it and may exchange what is marked between two calls of
 * prov_station_take. */
struct prov_station {
    uint16_t suites[PROV_SUITES_MAX]; /* exchanged */
    size_t n_suites;
    uint8_t certificate[XTT_SERVER_CERT_SIZE]; /* exchanged, with the label of its key */
    char label[PROV_LABEL_SIZE];
    struct prov_keyring *keys;
    struct prov_roster *roster; /* exchanged */
    struct prov_registrar *registrar;
    struct prov_limits *limits;
    struct xtt_arena *arena;
    uint64_t first_ms, total_ms;
    atomic_uint_least64_t cookies; /* made so far */

    /* The last connection is gone. */
    void (*idle)(void *arg);
    void *arg;

    struct prov_visit *visits; /* all that are there */
    int hsm_down;              /* the log has said so */
    int is_full;               /* the log has said so */
};

/* Takes a connected stream over; refuses it by closing when there are too many. */
void prov_station_take(struct prov_station *station, uv_tcp_t *tcp);
/* Ends all connections that are there. */
void prov_station_abort(struct prov_station *station);

#endif

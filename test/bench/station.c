/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Identities per second through the real station with its HSM and durable registry, 64 devices at
 * once on the same machine.  run.sh starts the station and says where it is.
 */
#include "test/bench/bench.h"

#include <stdlib.h>

#include "test/support/crowd.h"

enum { DEVICES = 1024, AT_ONCE = 64 };

void bench_station(struct bench *b)
{
    const char *dir = getenv("XTT_BENCH_LINE"), *port = getenv("XTT_BENCH_PORT");
    struct device *devices;
    struct device_line line;
    double took;
    int failed;

    if (dir == NULL || port == NULL)
        return;
    bench_need(device_line_load(&line, dir) == 0, "the station's line cannot be read");
    line.port = (uint16_t)atoi(port);
    line.suite = 0x0101;
    devices = calloc(DEVICES, sizeof *devices);
    bench_need(devices != NULL, "no memory");
    for (int i = 0; i < DEVICES; i++)
        device_init(&devices[i], &line);
    took = crowd_run(&line, devices, DEVICES, AT_ONCE, &failed);
    bench_need(failed == 0, "a device was refused");
    bench_add_value(b, "identity_handshake_tcp", DEVICES / took, "/s", NULL);
    took = crowd_run(&line, devices, DEVICES, AT_ONCE, &failed);
    bench_need(failed == 0, "a device was refused");
    bench_add_value(b, "identity_handshake_tcp_again", DEVICES / took, "/s", NULL);
    for (int i = 0; i < DEVICES; i++)
        device_wipe(&devices[i]);
    free(devices);
}

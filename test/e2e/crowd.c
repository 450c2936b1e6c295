/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Many devices at once at a real station: crowd LINE_DIR PORT DEVICES AT_ONCE [SUITE].  All must get
 * an identity, all different, and each the same one when it asks again.  Prints the rate.
 */
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "test/support/device.h"

enum { THREADS_MAX = 256 };

static struct {
    struct device_line line;
    struct device *devices;
    int n;
    atomic_int next, failed;
} crowd;

static void *work(void *arg)
{
    int i;

    (void)arg;
    while ((i = atomic_fetch_add(&crowd.next, 1)) < crowd.n) {
        xtt_err err = device_provision(&crowd.devices[i], &crowd.line);

        if (err != XTT_OK) {
            fprintf(stderr, "crowd: device %d: %s\n", i, xtt_err_name(err));
            atomic_fetch_add(&crowd.failed, 1);
        }
    }
    return NULL;
}

static double seconds(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* Everybody once; how long it took. */
static double run(int at_once)
{
    pthread_t threads[THREADS_MAX];
    double begin = seconds();

    atomic_store(&crowd.next, 0);
    for (int i = 0; i < at_once; i++)
        if (pthread_create(&threads[i], NULL, work, NULL) != 0)
            exit(EXIT_FAILURE);
    for (int i = 0; i < at_once; i++)
        pthread_join(threads[i], NULL);
    return seconds() - begin;
}

static int by_id(const void *a, const void *b)
{
    return memcmp(a, b, 16);
}

static uint8_t (*ids_of_all(void))[16]
{
    uint8_t(*ids)[16] = calloc((size_t)crowd.n, 16);

    if (ids == NULL)
        exit(EXIT_FAILURE);
    for (int i = 0; i < crowd.n; i++)
        memcpy(ids[i], crowd.devices[i].identity.id, 16);
    return ids;
}

static int has_doubles(void)
{
    uint8_t(*ids)[16] = ids_of_all();
    int doubles = 0;

    qsort(ids, (size_t)crowd.n, 16, by_id);
    for (int i = 1; i < crowd.n; i++)
        doubles += memcmp(ids[i - 1], ids[i], 16) == 0;
    free(ids);
    return doubles;
}

int main(int argc, char **argv)
{
    uint8_t(*before)[16], (*after)[16];
    double first, again;
    int at_once, same;

    if (argc < 5 || device_line_load(&crowd.line, argv[1]) != 0) {
        fprintf(stderr, "usage: crowd LINE_DIR PORT DEVICES AT_ONCE [SUITE]\n");
        return EXIT_FAILURE;
    }
    crowd.line.port = (uint16_t)atoi(argv[2]);
    crowd.line.suite = argc > 5 ? (uint16_t)strtoul(argv[5], NULL, 0) : 0x0101;
    crowd.n = atoi(argv[3]);
    at_once = atoi(argv[4]) < THREADS_MAX ? atoi(argv[4]) : THREADS_MAX;
    if ((crowd.devices = calloc((size_t)crowd.n, sizeof *crowd.devices)) == NULL)
        return EXIT_FAILURE;
    for (int i = 0; i < crowd.n; i++)
        device_init(&crowd.devices[i], &crowd.line);
    first = run(at_once);
    before = ids_of_all();
    again = run(at_once);
    after = ids_of_all();
    same = memcmp(before, after, 16 * (size_t)crowd.n) == 0;
    printf("%d devices, %d at once: %.0f new/s, %.0f again/s, %d failed, %d doubles, %s\n", crowd.n,
           at_once, crowd.n / first, crowd.n / again, atomic_load(&crowd.failed), has_doubles(),
           same ? "each the same again" : "SOME ANOTHER WHEN THEY ASKED AGAIN");
    same = same && atomic_load(&crowd.failed) == 0 && has_doubles() == 0;
    for (int i = 0; i < crowd.n; i++)
        device_wipe(&crowd.devices[i]);
    free(crowd.devices);
    free(before);
    free(after);
    return same ? EXIT_SUCCESS : EXIT_FAILURE;
}

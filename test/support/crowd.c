/* SPDX-License-Identifier: Apache-2.0 */
/* A crowd of devices; see crowd.h. */
#include "test/support/crowd.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

struct crowd {
    const struct device_line *line;
    struct device *devices;
    int n;
    atomic_int next, failed;
};

static void *work(void *arg)
{
    struct crowd *crowd = arg;
    int i;

    while ((i = atomic_fetch_add(&crowd->next, 1)) < crowd->n) {
        xtt_err err = device_provision(&crowd->devices[i], crowd->line);

        if (err != XTT_OK) {
            fprintf(stderr, "device %d: %s\n", i, xtt_err_name(err));
            atomic_fetch_add(&crowd->failed, 1);
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

double crowd_run(const struct device_line *line, struct device *devices, int n, int at_once,
                 int *failed)
{
    struct crowd crowd = {.line = line, .devices = devices, .n = n};
    pthread_t threads[CROWD_AT_ONCE_MAX];
    const double begin = seconds();

    if (at_once > CROWD_AT_ONCE_MAX)
        at_once = CROWD_AT_ONCE_MAX;
    for (int i = 0; i < at_once; i++)
        if (pthread_create(&threads[i], NULL, work, &crowd) != 0)
            exit(EXIT_FAILURE);
    for (int i = 0; i < at_once; i++)
        pthread_join(threads[i], NULL);
    *failed = atomic_load(&crowd.failed);
    return seconds() - begin;
}

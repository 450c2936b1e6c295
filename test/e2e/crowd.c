/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Many devices at once at a real station: crowd LINE_DIR PORT DEVICES AT_ONCE SUITE.  All must get
 * an identity, all different, and each the same one when it asks again.  Prints the rate.
 */
#include "test/support/crowd.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { DEVICES_MAX = 4096 };

static int by_id(const void *a, const void *b)
{
    return memcmp(a, b, 16);
}

static void collect_ids(const struct device *devices, int n, uint8_t (*ids)[16])
{
    for (int i = 0; i < n; i++)
        memcpy(ids[i], devices[i].identity.id, 16);
}

static int count_doubles(uint8_t (*ids)[16], int n)
{
    int doubles = 0;

    qsort(ids, (size_t)n, 16, by_id);
    for (int i = 1; i < n; i++)
        doubles += memcmp(ids[i - 1], ids[i], 16) == 0;
    return doubles;
}

int main(int argc, char **argv)
{
    static struct device_line line;
    static struct device devices[DEVICES_MAX];
    static uint8_t before[DEVICES_MAX][16], after[DEVICES_MAX][16];
    const int n = argc == 6 ? atoi(argv[3]) : 0, at_once = n > 0 ? atoi(argv[4]) : 0;
    int failed, failed_again, same, doubles;
    double first, again;

    if (n < 1 || n > DEVICES_MAX || device_line_load(&line, argv[1]) != 0) {
        fprintf(stderr, "usage: crowd LINE_DIR PORT DEVICES AT_ONCE SUITE\n");
        return EXIT_FAILURE;
    }
    line.port = (uint16_t)atoi(argv[2]);
    line.suite = (uint16_t)strtoul(argv[5], NULL, 0);
    for (int i = 0; i < n; i++)
        device_init(&devices[i], &line);
    first = crowd_run(&line, devices, n, at_once, &failed);
    collect_ids(devices, n, before);
    again = crowd_run(&line, devices, n, at_once, &failed_again);
    collect_ids(devices, n, after);
    same = memcmp(before, after, sizeof before) == 0;
    doubles = count_doubles(after, n);
    printf("%d devices, %d at once: %.0f new/s, %.0f again/s, %d failed, %d doubles, %s\n", n,
           at_once, n / first, n / again, failed + failed_again, doubles,
           same ? "each the same again" : "SOME ANOTHER WHEN THEY ASKED AGAIN");
    for (int i = 0; i < n; i++)
        device_wipe(&devices[i]);
    return same && failed + failed_again + doubles == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

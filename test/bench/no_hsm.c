/* SPDX-License-Identifier: Apache-2.0 */
/* In the place of hsm.c when the toolkit is built without PKCS#11: there is nothing to measure. */
#include "test/bench/bench.h"

void bench_hsm(struct bench *b)
{
    (void)b;
}

int bench_as_keyd(int argc, char **argv)
{
    (void)argc;
    (void)argv;
    return -1;
}

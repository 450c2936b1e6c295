/* SPDX-License-Identifier: Apache-2.0 */
/* In place of registry.c where there is no station. */
#include "test/bench/bench.h"

void bench_registry(struct bench *b)
{
    (void)b;
}

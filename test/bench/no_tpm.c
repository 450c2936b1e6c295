/* SPDX-License-Identifier: Apache-2.0 */
/* In the place of tpm.c when the toolkit is built without TPM support: there is nothing to measure.
 */
#include "test/bench/bench.h"

void bench_tpm(struct bench *b)
{
    (void)b;
}

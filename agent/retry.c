/* SPDX-License-Identifier: Apache-2.0 */
/* The backoff table; see retry.h. */
#include "agent/retry.h"

static const uint32_t seconds[] = {5, 10, 20, 40, 80, 160, 320, 600};

uint32_t agent_retry_ms(unsigned n, uint32_t random)
{
    const unsigned last = sizeof seconds / sizeof seconds[0] - 1;
    uint32_t ms = 1000 * seconds[n < last ? n : last];

    return ms - ms / 4 + random % (ms / 2 + 1);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* How long to wait before asking again.  doc/protocol.md: 5 s to 10 min, with jitter. */
#ifndef AGENT_RETRY_H
#define AGENT_RETRY_H

#include <stdint.h>

/* Milliseconds to wait after the n-th failure (from 0), spread by +-25 % so that a thousand devices
 * that lost their station together do not come back together.  random is any number. */
uint32_t agent_retry_ms(unsigned n, uint32_t random);

#endif

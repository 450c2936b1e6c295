/* SPDX-License-Identifier: Apache-2.0 */
/* Many devices that provision themselves at once, from threads. */
#ifndef TEST_SUPPORT_CROWD_H
#define TEST_SUPPORT_CROWD_H

#include "test/support/device.h"

#define CROWD_AT_ONCE_MAX 256

/* Everybody once, at most at_once of them at a time.  The seconds it took; *failed counts those
 * that got no identity, each told on stderr. */
double crowd_run(const struct device_line *line, struct device *devices, int n, int at_once,
                 int *failed);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* The agent's configuration as a struct; the table is settings.def. */
#ifndef AGENT_SETTINGS_H
#define AGENT_SETTINGS_H

#include "daemon/config.h"
#include "daemon/log.h"

struct agent_settings {
#define SETTING(field, section, key, type, dflt, range, env, help) XTTD_TYPE_##type field;
#include "agent/settings.def"
#undef SETTING
};

/* Values of the enumerations, in the order of their ranges. */
enum { AGENT_KEY_TPM, AGENT_KEY_SOFTWARE };
enum { AGENT_CLOCK_AUTO, AGENT_CLOCK_TRUSTED, AGENT_CLOCK_NONE };

#endif

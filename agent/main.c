/* SPDX-License-Identifier: Apache-2.0 */
/* xtt-agent: the device's program.  Everything it can do is in cmd.c. */
#include <stdio.h>

#include "agent/cmd.h"
#include "daemon/harden.h"

int main(int argc, char **argv)
{
    struct xttd_fail fail = {0};

    if (xttd_harden(&fail) != XTT_OK)
        return xttd_fail_tell(&fail, agent_program.name, 0, stdout, stderr);
    return xttd_cmd_main(&agent_program, argc, argv);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* xtt-provisioner: the station's program, and, run again by itself as "keyd", the process that owns
 * the HSM.  All it can do is in program.c. */
#include <stdio.h>
#include <string.h>

#include "daemon/harden.h"
#include "provisioner/keyd.h"
#include "provisioner/program.h"

int main(int argc, char **argv)
{
    struct xttd_fail fail = {0};

    if (argc > 1 && strcmp(argv[1], "keyd") == 0)
        return prov_keyd_main(argc - 1, argv + 1);
    if (xttd_harden(&fail) != XTT_OK)
        return xttd_fail_tell(&fail, prov_program.name, 0, stdout, stderr);
    return xttd_cmd_main(&prov_program, argc, argv);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* The verbs of xtt-provisioner, one function each; main.c has the table. */
#ifndef XTT_PROVISIONER_CMD_H
#define XTT_PROVISIONER_CMD_H

#include "daemon/cmd.h"

xttd_run prov_cmd_init;
xttd_run prov_cmd_root_init, prov_cmd_root_certify, prov_cmd_root_export, prov_cmd_root_import;
xttd_run prov_cmd_server_csr, prov_cmd_server_import, prov_cmd_server_renew;
xttd_run prov_cmd_group_create, prov_cmd_group_nonce, prov_cmd_group_issue, prov_cmd_group_export,
    prov_cmd_group_list, prov_cmd_group_open, prov_cmd_group_close;
xttd_run prov_cmd_identity_list, prov_cmd_identity_show, prov_cmd_identity_revoke,
    prov_cmd_identity_release, prov_cmd_identity_reserve;
xttd_run prov_cmd_backup, prov_cmd_restore;
xttd_run prov_cmd_serve;

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* backup, restore: the command line in front of backup.c. */
#include "provisioner/cmd.h"

#include "daemon/file.h"
#include "daemon/json.h"
#include "provisioner/backup.h"
#include "provisioner/place.h"

static xtt_err tell(struct xttd_call *call, const char *what, const char *path)
{
    if (call->json)
        return xttd_json_print(json_pack("{s:s}", what, path), stdout);
    printf("%s: %s\n", what, path);
    return XTT_OK;
}

xtt_err prov_cmd_backup(struct xttd_call *call)
{
    struct prov_place place;
    xtt_err err;

    if ((err = prov_place_open(&place, call, 0)) != XTT_OK)
        return err;
    err = prov_backup_make(place.reg, call->argv[0], &call->fail);
    prov_place_close(&place);
    return err == XTT_OK ? tell(call, "backup", call->argv[0]) : err;
}

xtt_err prov_cmd_restore(struct xttd_call *call)
{
    const struct prov_settings *settings = call->settings;
    char to[PROV_PATH_SIZE];
    xtt_err err;

    if ((err = prov_place_path(settings, "registry.db", to, &call->fail)) != XTT_OK ||
        (err = xttd_file_make_dir(settings->state, 0700, &call->fail)) != XTT_OK)
        return err;
    err = prov_backup_restore(call->argv[0], to, &call->fail);
    return err == XTT_OK ? tell(call, "restored", to) : err;
}

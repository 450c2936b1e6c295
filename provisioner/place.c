/* SPDX-License-Identifier: Apache-2.0 */
/* State directory and registry, opened with words for everything that can be wrong with them. */
#include "provisioner/place.h"

#include "daemon/file.h"

#include <string.h>
#include <time.h>

xtt_err prov_place_path(const struct prov_settings *settings, const char *name,
                        char path[PROV_PATH_SIZE], struct xttd_fail *fail)
{
    const int n = snprintf(path, PROV_PATH_SIZE, "%s/%s", settings->state, name);

    if (n < 0 || n >= PROV_PATH_SIZE)
        return xttd_fail(fail, XTT_ERR_CONFIG,
                         "the path of the state directory is too long: %.80s...", settings->state);
    return XTT_OK;
}

xtt_err prov_place_fail(const struct prov_place *place, xtt_err err, const char *doing)
{
    if (err == XTT_ERR_REGISTRY)
        return xttd_fail(place->fail, err, "%s: %s", doing, prov_registry_error(place->reg));
    return xttd_fail(place->fail, err, "%s", doing);
}

xtt_err prov_place_open(struct prov_place *place, struct xttd_call *call, int make)
{
    struct prov_place opened = {.settings = call->settings, .fail = &call->fail};
    char path[PROV_PATH_SIZE];
    xtt_err err;

    if ((err = prov_place_path(opened.settings, "registry.db", path, opened.fail)) != XTT_OK)
        return err;
    err = prov_registry_open(&opened.reg, path);
    if (err == XTT_ERR_NOT_FOUND && make) {
        if ((err = xttd_file_make_dir(opened.settings->state, 0700, opened.fail)) != XTT_OK)
            return err;
        err = prov_registry_create(&opened.reg, path);
    }
    if (err == XTT_ERR_NOT_FOUND) {
        xttd_fail(opened.fail, err, "there is no station in %s", opened.settings->state);
        return xttd_fail_remedy(opened.fail, "set station.state, or make one with \"init\"");
    }
    if (err != XTT_OK) {
        prov_place_fail(&opened, err, "opening the registry");
        prov_registry_close(opened.reg);
        return err;
    }
    *place = opened;
    return XTT_OK;
}

void prov_place_close(struct prov_place *place)
{
    prov_registry_close(place->reg);
    place->reg = NULL;
}

int64_t prov_now(void)
{
    return (int64_t)time(NULL);
}

void prov_time_print(int64_t when, char text[PROV_TIME_SIZE])
{
    const time_t t = (time_t)when;
    struct tm tm;

    if (gmtime_r(&t, &tm) == NULL || strftime(text, PROV_TIME_SIZE, "%Y-%m-%dT%H:%M:%SZ", &tm) == 0)
        strcpy(text, "?");
}

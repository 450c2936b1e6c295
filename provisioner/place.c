/* SPDX-License-Identifier: Apache-2.0 */
/* State directory and registry, opened with words for everything that can be wrong with them. */
#include "provisioner/place.h"

#include "daemon/file.h"

#include <stdlib.h>
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

/* --pin-fd N as a number; -1 if it was not given. */
static xtt_err read_pin_fd(const struct xttd_call *call, int *fd, struct xttd_fail *fail)
{
    const char *text = xttd_option_get(call, "pin-fd");

    *fd = -1;
    if (text == NULL)
        return XTT_OK;
    if (text[0] == '\0' || strlen(text) > 4 || strspn(text, "0123456789") != strlen(text))
        return xttd_fail(fail, XTT_ERR_USAGE, "--pin-fd takes the number of an open descriptor");
    *fd = (int)strtol(text, NULL, 10);
    return XTT_OK;
}

xtt_err prov_place_keys(const struct xttd_call *call, void (*gone)(void *arg), void *arg,
                        struct prov_keyd **out, struct xttd_fail *fail)
{
    const struct prov_settings *settings = call->settings;
    struct prov_keyd_config config = {.state = settings->state,
                                      .token = settings->token,
                                      .is_shared = gone != NULL,
                                      .gone = gone,
                                      .arg = arg};
    xtt_err err;

    if (settings->token[0] == '\0') {
        xttd_fail(fail, XTT_ERR_CONFIG, "no token is set");
        return xttd_fail_remedy(fail, "set station.token to the PKCS#11 URI of the token, or give "
                                      "--token");
    }
    if ((err = read_pin_fd(call, &config.pin_fd, fail)) != XTT_OK)
        return err;
    return prov_keyd_open(out, &config, fail);
}

xtt_err prov_place_wrapping_key(const struct prov_place *place, char label[PROV_LABEL_SIZE])
{
    const xtt_err err = prov_meta_get(place->reg, "wrapping-key", label, PROV_LABEL_SIZE);

    if (err == XTT_ERR_NOT_FOUND) {
        xttd_fail(place->fail, err, "the station has no wrapping key yet");
        xttd_fail_remedy(place->fail, "run \"init\"");
    } else if (err != XTT_OK) {
        prov_place_fail(place, err, "looking up the wrapping key");
    }
    return err;
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

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The station's place: its settings, its state directory, the registry in it.  What every verb
 * opens first.  Keys are keyd's.
 */
#ifndef XTT_PROVISIONER_PLACE_H
#define XTT_PROVISIONER_PLACE_H

#include "daemon/cmd.h"
#include "provisioner/keyd.h"
#include "provisioner/registry.h"

#define PROV_PATH_SIZE 512

struct prov_settings {
#define SETTING(field, section, key, type, ...) XTTD_TYPE_##type field;
#include "provisioner/settings.def"
#undef SETTING
};

struct prov_place {
    const struct prov_settings *settings;
    struct prov_registry *reg;
    struct xttd_fail *fail; /* of the verb that runs */
};

/* The path of a file in the state directory.  XTT_ERR_CONFIG if it is too long. */
XTT_MUST xtt_err prov_place_path(const struct prov_settings *settings, const char *name,
                                 char path[PROV_PATH_SIZE], struct xttd_fail *fail);
/* Opens the registry of the verb's station; with make, makes state directory and registry if they
 * are not there yet.  XTT_ERR_NOT_FOUND says to run init first.  On success prov_place_close. */
XTT_MUST xtt_err prov_place_open(struct prov_place *place, struct xttd_call *call, int make);
void prov_place_close(struct prov_place *place);
/* Connects to the token's keyd or starts one (keyd.h).  With gone, which is the serving station's,
 * it is one of its own that other commands may use.  XTT_ERR_CONFIG if no token is set. */
XTT_MUST xtt_err prov_place_keys(const struct xttd_call *call, void (*gone)(void *arg), void *arg,
                                 struct prov_keyd **out, struct xttd_fail *fail);
/* The label of the wrapping key.  XTT_ERR_NOT_FOUND says to run init. */
XTT_MUST xtt_err prov_place_wrapping_key(const struct prov_place *place,
                                         char label[PROV_LABEL_SIZE]);
/* Records what happened to the registry while doing something; err, which is not XTT_OK, is
 * answered. */
xtt_err prov_place_fail(const struct prov_place *place, xtt_err err, const char *doing);

/* Unix seconds. */
int64_t prov_now(void);
/* A time as 2026-01-31T12:00:00Z. */
#define PROV_TIME_SIZE 32
void prov_time_print(int64_t time, char text[PROV_TIME_SIZE]);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the serving station reads from registry and token before it begins, and again when it is
 * told to reload: groups, certificate with its key, suites.  Blocks; not for the loop's thread.
 */
#ifndef XTT_PROVISIONER_LOAD_H
#define XTT_PROVISIONER_LOAD_H

#include "provisioner/place.h"
#include "provisioner/station.h"

struct prov_loaded {
    struct prov_roster *roster; /* one reference */
    uint8_t certificate[XTT_SERVER_CERT_SIZE];
    char label[PROV_LABEL_SIZE]; /* of the certificate's key */
    uint16_t suites[PROV_SUITES_MAX];
    size_t n_suites;
};

/* Reads all of it, and lets the server key sign once, to see that the token answers and that the
 * key is the certificate's.  A certificate that ends soon or has ended is logged. */
XTT_MUST xtt_err prov_load(struct prov_loaded *out, const struct prov_settings *settings,
                           struct prov_keyd *keyd, struct xttd_fail *fail);
/* Reads station.suites; for the check of the configuration, too. */
XTT_MUST xtt_err prov_suites_read(const struct prov_settings *settings,
                                  uint16_t suites[PROV_SUITES_MAX], size_t *n,
                                  struct xttd_fail *fail);

#endif

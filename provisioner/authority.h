/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The steps from a bare token to a certified station, each of which can be taken alone (root on
 * another token) or in a chain (init): root key, server key, request, certificate, import.
 */
#ifndef XTT_PROVISIONER_AUTHORITY_H
#define XTT_PROVISIONER_AUTHORITY_H

#include "daemon/paper.h"
#include "provisioner/place.h"

/* Makes a root key on the token and enters it.  XTT_ERR_HSM... */
XTT_MUST xtt_err prov_root_make(struct prov_place *place, struct prov_keyd *keyd,
                                struct prov_root *out);
/* Makes a server key on the token and enters it; one that still waits for its certificate is used
 * again. */
XTT_MUST xtt_err prov_server_make(struct prov_place *place, struct prov_keyd *keyd,
                                  struct prov_server *out);
/* The request of that key, which this also proves to work. */
XTT_MUST xtt_err prov_server_request(struct prov_place *place, struct prov_keyd *keyd,
                                     const struct prov_server *server,
                                     struct xttd_server_request_paper *out);
/* The newest root whose key is ours signs what a request asks for; days 0: without end. */
XTT_MUST xtt_err prov_root_sign(struct prov_place *place, struct prov_keyd *keyd,
                                const struct xttd_server_request_paper *request, uint64_t days,
                                struct xttd_server_paper *out);
/* Checks a certificate against its root and makes it the station's current one.  A root that is not
 * known yet is entered. */
XTT_MUST xtt_err prov_server_take(struct prov_place *place, const struct xttd_server_paper *paper);
/* Makes the wrapping key if there is none, and enters its label. */
XTT_MUST xtt_err prov_wrapping_make(struct prov_place *place, struct prov_keyd *keyd);

/* Reads --days, 0 to 36500. */
XTT_MUST xtt_err prov_days_read(struct xttd_call *call, uint64_t dflt, uint64_t *days);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* A call of the station's as its verbs see it, for tests of what stands behind them. */
#ifndef TEST_SUPPORT_CALL_H
#define TEST_SUPPORT_CALL_H

#include "provisioner/place.h"
#include "test/support/softhsm.h"

static struct prov_settings call_settings;
static struct xttd_call call;

/* On the token of h, with h's directory as state. */
static inline void call_init(const struct softhsm *h)
{
    static const struct xttd_option pin_fd = {"pin-fd", "N", "", NULL, 0, 0};

    call_settings = (struct prov_settings){.state = h->dir, .token = h->uri};
    call = (struct xttd_call){.settings = &call_settings, .options = {&pin_fd}, .n_options = 1};
}

#endif

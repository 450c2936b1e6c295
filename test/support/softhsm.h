/* SPDX-License-Identifier: Apache-2.0 */
/* A SoftHSM of its own for each test: configuration and tokens in a directory under /tmp. */
#ifndef TEST_SUPPORT_SOFTHSM_H
#define TEST_SUPPORT_SOFTHSM_H

struct softhsm {
    char dir[64];
    char tokens[96];   /* where SoftHSM keeps its tokens */
    char uri[256];     /* of the first token, with module-path and pin-source */
    char pin_file[96]; /* mode 0600, holds the first token's PIN */
};

/* Path of the module, or NULL: skip (exit 77).  $XTT_SOFTHSM names it where the distribution's
 * places do not. */
const char *softhsm_module(void);
/* Makes the directory, points SOFTHSM2_CONF there and initialises one token.  Before the module is
 * loaded by this process.  Ends the process in words if it cannot. */
void softhsm_start(struct softhsm *h, const char *label, const char *pin);
/* One more token; its label may be one that is there. */
void softhsm_add(struct softhsm *h, const char *label, const char *pin);
/* Takes the tokens away as if unplugged, and puts them back. */
void softhsm_unplug(const struct softhsm *h);
void softhsm_plug(const struct softhsm *h);
/* Removes everything. */
void softhsm_stop(struct softhsm *h);

#endif

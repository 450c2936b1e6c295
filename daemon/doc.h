/* SPDX-License-Identifier: Apache-2.0 */
/* Help, man pages, completion and example configuration, printed from a program's tables. */
#ifndef XTTD_DOC_H
#define XTTD_DOC_H

#include "daemon/cmd.h"

/* What --help shows: of one verb, or of the program if verb is NULL. */
void xttd_doc_help(const struct xttd_program *program, const struct xttd_verb *verb, FILE *out);
/* A document by its name: "man" (its section is the program's), "config-man" (section 5), "config"
 * (an example with every default), "completion" (bash).  XTT_ERR_NOT_FOUND. */
XTT_MUST xtt_err xttd_doc_print(const struct xttd_program *program, const char *name, FILE *out);

#endif

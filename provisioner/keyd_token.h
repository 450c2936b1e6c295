/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What keyd does with its token: signs, makes keys, wraps and unwraps, issues credentials.  There
 * is one token in the process.  Who asks and how is keyd.c's.
 */
#ifndef XTT_PROVISIONER_KEYD_TOKEN_H
#define XTT_PROVISIONER_KEYD_TOKEN_H

#include "daemon/chan.h"

/* So many threads may be in keyd_token_run at once. */
#define KEYD_WORKERS 2

/* Opens the token with the PIN from wherever there is one.  Errors as xtt_p11_open; close after an
 * error, too. */
XTT_MUST xtt_err keyd_token_open(const char *uri, int pin_fd);
void keyd_token_close(void);
/* Does what a request asks and adds the fields of the answer.  XTT_ERR_ARGUMENT for an operation
 * that there is not, XTT_ERR_FORMAT for fields that it does not have, otherwise the operation's
 * own. */
XTT_MUST xtt_err keyd_token_run(const struct xttd_frame *request, struct xttd_body *out);
/* The words for an error of this thread's last operation: the token's own, or the text of err. */
const char *keyd_token_words(xtt_err err);
/* The open token's name for people. */
const char *keyd_token_name(void);
/* Asks the token how it is, which heals what can be healed. */
XTT_MUST xtt_err keyd_token_check(void);

#endif

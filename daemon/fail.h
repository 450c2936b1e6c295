/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How something ends badly, told to a person: the code, what failed in words, and what to do.  Not
 * the log, which tells what happens while a program goes on.
 */
#ifndef XTTD_FAIL_H
#define XTTD_FAIL_H

#include <stdio.h>

#include <xtt/base.h>

#define XTTD_PRINTF(words, first) __attribute__((format(printf, words, first)))

/* Where a function leaves the words for its error.  Zero it first: {0}. */
struct xttd_fail {
    xtt_err err;
    char message[768]; /* what failed, one line without a full stop */
    char remedy[384];  /* what to do about it; empty: the text of err says it */
};

/* Records err and its words and answers err, so that `return xttd_fail(...)` reads well.  Words of
 * an earlier failure are replaced.  f may be NULL.  Control characters become '?'. */
xtt_err xttd_fail(struct xttd_fail *f, xtt_err err, const char *format, ...) XTTD_PRINTF(3, 4);
/* The same with ": " and the text of errno behind the words. */
xtt_err xttd_fail_errno(struct xttd_fail *f, xtt_err err, const char *format, ...)
    XTTD_PRINTF(3, 4);
/* Puts words and ": " in front of the message that is there: what was being done.  Answers the
 * recorded error. */
xtt_err xttd_fail_while(struct xttd_fail *f, const char *format, ...) XTTD_PRINTF(2, 3);
/* Adds what to do.  Answers the recorded error. */
xtt_err xttd_fail_remedy(struct xttd_fail *f, const char *format, ...) XTTD_PRINTF(2, 3);

/* Tells it: one or two lines "PROG: ..." on err, or with json one object on out:
 * {"schema": 1, "error": {"code", "message", "remedy"}}.  Answers the exit status, which is
 * xtt_err_class of the code. */
int xttd_fail_tell(const struct xttd_fail *f, const char *prog, int json, FILE *out, FILE *err);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The log: lines on stderr, with the journal's <N> in front when stderr is the journal, and
 * "PROG: level: " otherwise.  Secrets and PINs never go here.  Any thread may write.
 */
#ifndef XTTD_LOG_H
#define XTTD_LOG_H

#include "daemon/fail.h"

enum xttd_level { XTTD_ERR, XTTD_WARNING, XTTD_INFO, XTTD_DEBUG };

/* The levels as the configuration names them, separated by '|'. */
#define XTTD_LEVELS "err|warning|info|debug"

/* Names the program and the least important level to show; before it: "xtt", warning.  prog is
 * borrowed for ever.  Call it before there are threads. */
void xttd_log_open(const char *prog, enum xttd_level level);
/* Changes the level. */
void xttd_log_level(enum xttd_level level);
/* 1 if lines of this level are shown: for words that cost something to find. */
int xttd_log_shows(enum xttd_level level);
/* One line; longer ones are cut at 1000 bytes, control characters become '?'. */
void xttd_log(enum xttd_level level, const char *format, ...) XTTD_PRINTF(2, 3);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* Hexadecimal text, as it stands in our files and on command lines.  Not for secrets. */
#ifndef XTTD_HEX_H
#define XTTD_HEX_H

#include <xtt/base.h>

/* Writes 2 n lower-case digits and a NUL. */
void xttd_hex_print(const uint8_t *bytes, size_t n, char *text);
/* Reads an even number of digits of either case, nothing else, into at most cap bytes; *n is how
 * many.  XTT_ERR_FORMAT, then nothing is written. */
XTT_MUST xtt_err xttd_hex_parse(const char *text, uint8_t *bytes, size_t cap, size_t *n);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the programs print with --json: one object per run with "schema" first.  Building the object
 * is jansson's part.
 */
#ifndef XTTD_JSON_H
#define XTTD_JSON_H

#include <stdio.h>

#include <jansson.h>
#include <xtt/base.h>

/* The number behind "schema": raised when a key changes its meaning or goes away. */
#define XTTD_JSON_SCHEMA 1

/* Prints object with "schema" in front, keys in the order they were set, and a newline.  Takes the
 * reference; NULL (json_pack ran out of memory) is XTT_ERR_NOMEM.  XTT_ERR_IO. */
xtt_err xttd_json_print(json_t *object, FILE *out);

#endif

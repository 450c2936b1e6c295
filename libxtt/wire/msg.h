/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Messages as lists of fields, and the one function that lays them out.  Sizes, offsets and what is
 * sealed follow from the lists; nothing here knows an algorithm or a state.
 */
#ifndef XTT_WIRE_MSG_H
#define XTT_WIRE_MSG_H

#include <xtt/base.h>

#include "wire/types.h"

/* Where things are in a message. */
struct xtt_layout {
    size_t clear; /* bytes in the clear, header included: the associated data of the rest */
    size_t plain; /* all bytes but the tag */
    size_t size;  /* all bytes on the wire */
};

/* The layout of a message type; 0 if the type is unknown (and *out is left alone). */
XTT_MUST int xtt_msg_layout(uint8_t type, struct xtt_layout *out);
/* The message's name in doc/protocol.md; "unknown message" for other types. */
const char *xtt_msg_name(uint8_t type);
/* Where a field begins in messages of a type, and its size through size, which may be NULL.  The
 * message has the field: asking otherwise is a mistake of ours. */
size_t xtt_msg_offset(uint8_t type, enum xtt_field field, size_t *size);
/* The field's first byte in a message that begins with its own header. */
uint8_t *xtt_msg_field(uint8_t *msg, enum xtt_field field);
const uint8_t *xtt_msg_cfield(const uint8_t *msg, enum xtt_field field);
/* Zeroes a message of its plain size and writes header and, where the type has one, suite. */
void xtt_msg_init(uint8_t *msg, enum xtt_msg_type type, uint16_t suite);
/* Judges as much of a received header as is there: XTT_ERR_MESSAGE for an unknown type,
 * XTT_ERR_LENGTH, XTT_ERR_VERSION, and XTT_ERR_SUITE once the suite is there and is not the given
 * one (0: any).  Looks at nothing before four bytes are there. */
XTT_MUST xtt_err xtt_msg_check(xtt_bytes head, uint16_t suite);

#endif

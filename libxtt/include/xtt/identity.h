/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How a ClientID follows from a member's pseudonym, and its text form.  doc/protocol.md,
 * "Identities".  Which ids are taken is the registry's business.
 */
#ifndef XTT_IDENTITY_H
#define XTT_IDENTITY_H

#include <xtt/base.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Interface id number attempt (0, 1, ...) of a member: the first 8 bytes of
 * HMAC-SHA-512( k_alloc, pseudonym || u32 attempt ).  Every server with the group's key computes
 * the same one.  The caller skips reserved ids and those that are taken.  XTT_ERR_CRYPTO. */
XTT_API XTT_MUST xtt_err xtt_id_allot(const uint8_t k_alloc[64], const uint8_t pseudonym[65],
                                      uint32_t attempt, uint8_t iid[8]);
/* 1 if no device may have this interface id (RFC 5453, section 3): the subnet-router anycast
 * address, the IANA Ethernet block, the subnet anycast addresses. */
XTT_API int xtt_iid_is_reserved(const uint8_t iid[8]);

/* ClientID as text: eight groups of four upper-case hexadecimal digits, 40 bytes with the NUL. */
#define XTT_ID_TEXT_SIZE 40
XTT_API void xtt_id_print(const uint8_t id[16], char text[XTT_ID_TEXT_SIZE]);
/* Reads that form, digits in either case.  XTT_ERR_FORMAT. */
XTT_API XTT_MUST xtt_err xtt_id_parse(const char *text, uint8_t id[16]);

#ifdef __cplusplus
}
#endif

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How many connections the station holds at once: overall, and from one part of the network, so
 * that one flat full of devices, or one attacker, does not keep everybody else out.  Not a rate.
 */
#ifndef XTT_PROVISIONER_LIMITS_H
#define XTT_PROVISIONER_LIMITS_H

#include <xtt/base.h>

struct prov_limits;

/* At most total connections, at most per_prefix from one IPv4 address or one IPv6 /64. */
XTT_MUST xtt_err prov_limits_new(struct prov_limits **out, size_t total, size_t per_prefix);
void prov_limits_free(struct prov_limits *limits);
/* A connection comes from an IPv6 address, ::ffff:a.b.c.d for IPv4.  XTT_ERR_OVERLOAD: refuse it,
 * and do not call leave for it. */
XTT_MUST xtt_err prov_limits_enter(struct prov_limits *limits, const uint8_t address[16]);
/* A connection that entered from there has ended. */
void prov_limits_leave(struct prov_limits *limits, const uint8_t address[16]);
/* How many there are now. */
size_t prov_limits_count(const struct prov_limits *limits);

#endif

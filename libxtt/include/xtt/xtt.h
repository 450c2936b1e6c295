/* SPDX-License-Identifier: Apache-2.0 */
/* All of libxtt in one include. */
#ifndef XTT_XTT_H
#define XTT_XTT_H

#include <xtt/base.h>
#include <xtt/hash.h>
#include <xtt/signer.h>
#include <xtt/cert.h>
#include <xtt/daa.h>
#include <xtt/policy.h>
#include <xtt/handshake.h>
#include <xtt/identity.h>

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* The one thing of a PIN that only session.c may see.  Private to pkcs11/. */
#ifndef XTT_P11_PIN_H
#define XTT_P11_PIN_H

#include "pkcs11/p11.h"

/* The PIN itself, in locked memory, ended by a NUL; lives as long as pin. */
const char *p11_pin_text(const struct xtt_p11_pin *pin);

#endif

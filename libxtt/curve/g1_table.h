/* SPDX-License-Identifier: Apache-2.0 */
/* The precomputed multiples of G1's generator; for g1.c alone. */
#ifndef XTT_CURVE_G1_TABLE_H
#define XTT_CURVE_G1_TABLE_H

#include "curve/fp.h"

#define XTT_G1_TABLE_TEETH   6
#define XTT_G1_TABLE_SPACING 43

/* x and y; see g1_table.c for the rows. */
extern const struct fp xtt_g1_table[63][2];

#endif

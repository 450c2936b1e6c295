/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The frame of `make bench`: one line per operation, `name value unit [ratio X of ANCHOR]`, the
 * same format every time.  All lines of a run are measured in turns, so that what the machine does
 * meanwhile falls on all of them; each value is the median of the turns.
 */
#ifndef TEST_BENCH_BENCH_H
#define TEST_BENCH_BENCH_H

#include <stddef.h>

struct bench;

/* One operation.  arg is what the line was added with. */
typedef void bench_op(void *arg);

/* A line in time per operation, unit "ns" or "us"; anchor: the name of the line that it is compared
 * with, or NULL.  Names are not copied.  The operation is run some times while it is added. */
void bench_add(struct bench *b, const char *name, const char *unit, bench_op *op, void *arg,
               const char *anchor);
/* A line whose value was measured elsewhere, in any unit, such as connections per second. */
void bench_add_value(struct bench *b, const char *name, double value, const char *unit,
                     const char *anchor);
/* Stops the run: what the bench needs does not work. */
void bench_need(int ok, const char *what);

/* One file for each area. */
void bench_anchors(struct bench *b);
void bench_curve(struct bench *b);
void bench_daa(struct bench *b);
void bench_handshake(struct bench *b);
void bench_tpm(struct bench *b);
void bench_registry(struct bench *b);
void bench_hsm(struct bench *b);
void bench_station(struct bench *b);

/* The station's keyd is this program run again: its exit status, or -1 if this run is no keyd. */
int bench_as_keyd(int argc, char **argv);

#endif

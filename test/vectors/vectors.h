/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the readers of vector files share: counting what passed, and fields of JSON records.  Each
 * format has one reader; run.c calls those whose file is there.
 */
#ifndef TEST_VECTORS_VECTORS_H
#define TEST_VECTORS_VECTORS_H

#include <jansson.h>
#include <stdint.h>

struct vectors {
    const char *file; /* the one being read */
    int passed, failed;
};

/* Counts one comparison; a failed one is printed with what it was. */
void vectors_check(struct vectors *v, int ok, const char *what, ...)
    __attribute__((format(printf, 3, 4)));
/* The string of a record's field; "" and a failure if it is not there. */
const char *vectors_text(struct vectors *v, const json_t *record, const char *field);
/* Its hexadecimal bytes, exactly n of them, else a failure and 0. */
int vectors_bytes(struct vectors *v, const json_t *record, const char *field, uint8_t *out,
                  size_t n);
/* The same for any number of bytes up to cap; returns how many. */
size_t vectors_blob(struct vectors *v, const json_t *record, const char *field, uint8_t *out,
                    size_t cap);

/* One reader for each format. */
void vectors_ecdaa(struct vectors *v, const char *path);
void vectors_tpm(struct vectors *v, const char *path);
void vectors_handshakes(struct vectors *v, const char *path); /* with fixture.json beside it */
void vectors_key_schedule(struct vectors *v, const char *path);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* What a piece of code prints to a stream, kept in memory. */
#ifndef TEST_SUPPORT_CAPTURE_H
#define TEST_SUPPORT_CAPTURE_H

#include <check.h>
#include <stdio.h>
#include <stdlib.h>

struct capture {
    FILE *stream;
    char *text;
    size_t n;
};

static inline void capture_open(struct capture *c)
{
    c->stream = open_memstream(&c->text, &c->n);
    ck_assert_ptr_nonnull(c->stream);
}

/* What was printed so far; good until more is printed. */
static inline const char *capture_text(struct capture *c)
{
    fflush(c->stream);
    return c->text;
}

static inline void capture_close(struct capture *c)
{
    fclose(c->stream);
    free(c->text);
}

#endif

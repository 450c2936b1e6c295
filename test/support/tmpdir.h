/* SPDX-License-Identifier: Apache-2.0 */
/* A directory of its own for each test: tmpdir_make and tmpdir_remove are a checked fixture. */
#ifndef TEST_SUPPORT_TMPDIR_H
#define TEST_SUPPORT_TMPDIR_H

#include <check.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static char tmpdir_path[64];

static inline void tmpdir_make(void)
{
    strcpy(tmpdir_path, "/tmp/xtt-test-XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(tmpdir_path));
}

static inline int tmpdir_remove_one(const char *path, const struct stat *st, int type,
                                    struct FTW *ftw)
{
    (void)st;
    (void)type;
    (void)ftw;
    return remove(path);
}

static inline void tmpdir_remove(void)
{
    nftw(tmpdir_path, tmpdir_remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

/* The path of a name in it; good until the fourth next call. */
static inline const char *tmpdir_file(const char *name)
{
    static char paths[4][160];
    static unsigned next;
    char *path = paths[next++ % 4];

    snprintf(path, sizeof paths[0], "%s/%s", tmpdir_path, name);
    return path;
}

/* Writes a file of it. */
static inline void tmpdir_write(const char *name, const char *content)
{
    FILE *f = fopen(tmpdir_file(name), "w");

    ck_assert_ptr_nonnull(f);
    ck_assert_int_ge(fputs(content, f), 0);
    ck_assert_int_eq(fclose(f), 0);
}

#endif

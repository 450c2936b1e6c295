/* SPDX-License-Identifier: Apache-2.0 */
/* Runs a program's table in this process, with a command line, and catches what it prints. */
#ifndef TEST_SUPPORT_CMDLINE_H
#define TEST_SUPPORT_CMDLINE_H

#include <unistd.h>

#include "daemon/cmd.h"
#include "test/support/tmpdir.h"

static char cmdline_out[16384], cmdline_err[8192];

static inline void cmdline_slurp(const char *name, char *text, size_t cap)
{
    FILE *f = fopen(tmpdir_file(name), "r");
    size_t n;

    ck_assert_ptr_nonnull(f);
    n = fread(text, 1, cap - 1, f);
    text[n] = '\0';
    fclose(f);
}

/* Runs "NAME LINE", words between single blanks, and answers the exit status; cmdline_out and
 * cmdline_err are what it printed. */
static inline int cmdline_run(const struct xttd_program *program, const char *line)
{
    char words[2048], *argv[64] = {(char *)(uintptr_t)program->name}, *rest;
    int argc = 1, status, out = dup(1), err = dup(2);

    ck_assert_uint_lt(strlen(line), sizeof words);
    strcpy(words, line);
    for (char *w = strtok_r(words, " ", &rest); w != NULL; w = strtok_r(NULL, " ", &rest))
        argv[argc++] = w;
    fflush(NULL);
    ck_assert_ptr_nonnull(freopen(tmpdir_file("stdout"), "w", stdout));
    ck_assert_ptr_nonnull(freopen(tmpdir_file("stderr"), "w", stderr));
    status = xttd_cmd_main(program, argc, argv);
    fflush(NULL);
    dup2(out, 1);
    dup2(err, 2);
    close(out);
    close(err);
    cmdline_slurp("stdout", cmdline_out, sizeof cmdline_out);
    cmdline_slurp("stderr", cmdline_err, sizeof cmdline_err);
    return status;
}

#endif

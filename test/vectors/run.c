/* SPDX-License-Identifier: Apache-2.0 */
/*
 * run DIR: compares the library with vectors that another implementation made.  Reads every file of
 * a known name in DIR (the source's own vectors if none is given); fails if a value differs or no
 * file was found.
 */
#include "test/vectors/vectors.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const struct {
    const char *file;
    void (*read)(struct vectors *v, const char *path);
} formats[] = {
    {"ecdaa.json", vectors_ecdaa},
    {"tpm.json", vectors_tpm},
    {"handshakes.json", vectors_handshakes},
    {"key-schedule.txt", vectors_key_schedule},
};

void vectors_check(struct vectors *v, int ok, const char *what, ...)
{
    va_list args;

    if (ok) {
        v->passed++;
        return;
    }
    v->failed++;
    printf("%s: FAILED: ", v->file);
    va_start(args, what);
    vprintf(what, args);
    va_end(args);
    putchar('\n');
}

const char *vectors_text(struct vectors *v, const json_t *record, const char *field)
{
    const char *text = json_string_value(json_object_get(record, field));

    if (!text)
        vectors_check(v, 0, "no text in field \"%s\"", field);
    return text ? text : "";
}

static int digit(char c)
{
    const char *digits = "0123456789abcdef0123456789ABCDEF", *at = c ? strchr(digits, c) : NULL;

    return at ? (int)(at - digits) % 16 : -1;
}

size_t vectors_blob(struct vectors *v, const json_t *record, const char *field, uint8_t *out,
                    size_t cap)
{
    const char *text = vectors_text(v, record, field);
    size_t n = strlen(text) / 2;
    int good = strlen(text) % 2 == 0 && n <= cap;

    for (size_t i = 0; good && i < n; i++) {
        int high = digit(text[2 * i]), low = digit(text[2 * i + 1]);

        good = high >= 0 && low >= 0;
        out[i] = (uint8_t)(high << 4 | low);
    }
    if (!good)
        vectors_check(v, 0, "field \"%s\" is not hexadecimal or too long", field);
    return good ? n : 0;
}

int vectors_bytes(struct vectors *v, const json_t *record, const char *field, uint8_t *out,
                  size_t n)
{
    size_t got = vectors_blob(v, record, field, out, n);

    if (got != n)
        vectors_check(v, 0, "field \"%s\" has %zu bytes, not %zu", field, got, n);
    return got == n;
}

int main(int argc, char **argv)
{
    const char *srcdir = getenv("srcdir");
    struct vectors total = {0};
    int files = 0;
    char dir[4096], path[4200];

    if (argc > 1)
        snprintf(dir, sizeof dir, "%s", argv[1]);
    else
        snprintf(dir, sizeof dir, "%s/test/vectors", srcdir ? srcdir : ".");
    for (size_t i = 0; i < sizeof formats / sizeof *formats; i++) {
        struct vectors v = {.file = formats[i].file};

        snprintf(path, sizeof path, "%s/%s", dir, formats[i].file);
        if (access(path, F_OK) != 0)
            continue;
        files++;
        formats[i].read(&v, path);
        vectors_check(&v, v.passed > 0, "nothing in it was compared");
        printf("%s: %d passed, %d failed\n", v.file, v.passed, v.failed);
        total.passed += v.passed;
        total.failed += v.failed;
    }
    if (files == 0)
        fprintf(stderr, "%s: no vector files in %s\n", argv[0], dir);
    return files > 0 && total.failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

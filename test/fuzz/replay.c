/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Runs a fuzz target over files instead of under libFuzzer: every file of the given directories,
 * and of each file every prefix and every single-bit change near its front.  A crash or a
 * sanitizer's report is the failure.
 */
#include <dirent.h>
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { INPUT_MAX = 1 << 16, CHANGED_BYTES = 96 };

static unsigned long runs;

static void run(const uint8_t *data, size_t size)
{
    /* An allocation of exactly the size lets AddressSanitizer see a read past the end. */
    uint8_t *copy = malloc(size > 0 ? size : 1);

    if (copy == NULL)
        exit(EXIT_FAILURE);
    memcpy(copy, data, size);
    (void)LLVMFuzzerTestOneInput(copy, size);
    free(copy);
    runs++;
}

static void replay(const char *path)
{
    static uint8_t data[INPUT_MAX];
    FILE *f = fopen(path, "rb");
    size_t n;

    if (f == NULL) {
        perror(path);
        exit(EXIT_FAILURE);
    }
    n = fread(data, 1, sizeof data, f);
    fclose(f);
    run(data, n);
    for (size_t cut = 0; cut < n && cut < CHANGED_BYTES; cut++)
        run(data, cut);
    for (size_t at = 0; at < n && at < CHANGED_BYTES; at++) {
        data[at] ^= (uint8_t)(1u << at % 8);
        run(data, n);
        data[at] ^= (uint8_t)(1u << at % 8);
    }
}

int main(int argc, char **argv)
{
    unsigned files = 0;

    for (int i = 1; i < argc; i++) {
        DIR *dir = opendir(argv[i]);
        struct dirent *entry;
        char path[PATH_MAX];

        if (dir == NULL) {
            perror(argv[i]);
            return EXIT_FAILURE;
        }
        while ((entry = readdir(dir)) != NULL)
            if (entry->d_name[0] != '.') {
                snprintf(path, sizeof path, "%s/%s", argv[i], entry->d_name);
                replay(path);
                files++;
            }
        closedir(dir);
    }
    printf("%u files, %lu inputs\n", files, runs);
    return files > 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

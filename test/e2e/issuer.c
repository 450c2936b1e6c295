/* SPDX-License-Identifier: Apache-2.0 */
/* issuer DIR: a fresh group for tests, as DIR/issuer-secret.bin and DIR/gpk.bin. */
#include <stdio.h>
#include <stdlib.h>
#include <xtt/daa.h>

static int store(const char *dir, const char *name, const uint8_t *p, size_t n)
{
    char path[4096];
    FILE *f;
    int ok;

    snprintf(path, sizeof path, "%s/%s", dir, name);
    if ((f = fopen(path, "wb")) == NULL)
        return 0;
    ok = fwrite(p, 1, n, f) == n;
    return fclose(f) == 0 && ok;
}

int main(int argc, char **argv)
{
    uint8_t secret[XTT_DAA_ISSUER_SECRET_SIZE], pub[XTT_DAA_ISSUER_KEY_SIZE];

    if (argc != 2 || xtt_daa_issuer_new(NULL, secret, pub) != XTT_OK)
        return EXIT_FAILURE;
    return store(argv[1], "issuer-secret.bin", secret, sizeof secret) &&
                   store(argv[1], "gpk.bin", pub, XTT_DAA_GROUP_KEY_SIZE)
               ? EXIT_SUCCESS
               : EXIT_FAILURE;
}

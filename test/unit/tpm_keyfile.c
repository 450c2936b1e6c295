/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Tests tpm/keyfile.c: key files go both ways between us and OpenSSL's tpm2 provider, and whatever
 * is cut, flipped or wrongly put together is refused.
 */
#include "tpm/keyfile.h"
#include "test/support/suite.h"
#include "test/support/tmpdir.h"
#include "test/support/tpm.h"

#include "crypto/provider.h"

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/pem.h>

#define TPM2 "-provider tpm2 -provider default -propquery '?provider=tpm2'"

static struct xtt_tpm *tpm;
static char pem[XTT_TPM_PEM_SIZE];
static struct xtt_tpm_keyfile file;
static const char *words;

static void make(void)
{
    tmpdir_make();
    tpm = tpm_new();
    ck_assert_msg(xtt_tpm_create(tpm, XTT_TPM_LONGTERM, pem) == XTT_OK, "%s", xtt_tpm_why(tpm));
    ck_assert_int_eq(xtt_tpm_keyfile_read(&file, tpm_pem(pem), &words), XTT_OK);
}

static void drop(void)
{
    xtt_tpm_free(tpm);
    tpm_assert_clean();
    tmpdir_remove();
}

/* Runs a shell command in the test's directory, with the provider pointed at our TPM. */
static int shell(const char *command)
{
    char all[768];

    ck_assert_int_eq(setenv("TPM2OPENSSL_TCTI", swtpm_tcti(the_swtpm), 1), 0);
    snprintf(all, sizeof all, "cd %s && { %s; } >log 2>&1 </dev/null", tmpdir_path, command);
    return system(all);
}

static void assert_shell(const char *command)
{
    char show[512];

    if (shell(command) == 0)
        return;
    snprintf(show, sizeof show, "cat %s/log >&2", tmpdir_path);
    (void)!system(show);
    ck_abort_msg("failed: %s", command);
}

/* The provider is another project's and may not be installed. */
static int has_provider(void)
{
    if (shell("openssl list -providers -provider tpm2") == 0)
        return 1;
    fprintf(stderr, "skipped: no tpm2 provider for OpenSSL (Debian: tpm2-openssl)\n");
    return 0;
}

static void save(const char *name, const char *text)
{
    FILE *f = fopen(tmpdir_file(name), "w");

    ck_assert_ptr_nonnull(f);
    ck_assert_int_ge(fputs(text, f), 0);
    ck_assert_int_eq(fclose(f), 0);
}

static xtt_bytes load(const char *name, uint8_t *buffer, size_t size)
{
    FILE *f = fopen(tmpdir_file(name), "r");
    size_t n;

    ck_assert_ptr_nonnull(f);
    n = fread(buffer, 1, size, f);
    fclose(f);
    return (xtt_bytes){buffer, n};
}

static void public_point(const char *name, uint8_t point[65])
{
    FILE *f = fopen(tmpdir_file(name), "r");
    EVP_PKEY *key = PEM_read_PUBKEY(f, NULL, NULL, NULL);
    size_t n;

    fclose(f);
    ck_assert_ptr_nonnull(key);
    ck_assert_int_eq(EVP_PKEY_get_octet_string_param(key, OSSL_PKEY_PARAM_PUB_KEY, point, 65, &n),
                     1);
    ck_assert_uint_eq(n, 65);
    EVP_PKEY_free(key);
}

START_TEST(openssl_signs_with_our_key)
{
    struct xtt_signer *s;
    uint8_t theirs[65], ours[65];

    if (!has_provider())
        return;
    save("key.pem", pem);
    save("text", "what is signed");
    assert_shell("openssl dgst -sha256 " TPM2 " -sign key.pem -out sig text");
    assert_shell("openssl pkey " TPM2 " -in key.pem -pubout -out pub.pem");
    assert_shell("openssl dgst -sha256 -verify pub.pem -signature sig text");
    save("text", "what is not signed");
    ck_assert_int_ne(shell("openssl dgst -sha256 -verify pub.pem -signature sig text"), 0);
    public_point("pub.pem", theirs);
    ck_assert_int_eq(xtt_tpm_signer_new(&s, tpm, tpm_pem(pem)), XTT_OK);
    ck_assert_int_eq(s->ops->public_key(s, ours), XTT_OK);
    ck_assert_mem_eq(theirs, ours, 65);
    s->ops->free(s);
}
END_TEST

static const char *const generate[] = {
    "openssl genpkey -provider tpm2 -algorithm EC -pkeyopt group:P-256 -out key.pem",
    "openssl genpkey -provider tpm2 -algorithm EC -pkeyopt group:P-256 -pkeyopt parent:0x81000001 "
    "-out key.pem",
};

START_TEST(we_sign_with_a_key_of_openssl)
{
    struct xtt_signer *s;
    uint8_t text[4096], digest[32] = {5}, sig[64], pub[65], theirs[65];

    if (!has_provider())
        return;
    assert_shell(generate[_i]);
    assert_shell("openssl pkey " TPM2 " -in key.pem -pubout -out pub.pem");
    ck_assert_msg(xtt_tpm_signer_new(&s, tpm, load("key.pem", text, sizeof text)) == XTT_OK, "%s",
                  xtt_tpm_why(tpm));
    ck_assert_msg(s->ops->sign(s, digest, sig) == XTT_OK, "%s", xtt_tpm_why(tpm));
    ck_assert_int_eq(s->ops->public_key(s, pub), XTT_OK);
    ck_assert_int_eq(xtt_p256_verify(pub, digest, sig), XTT_OK);
    public_point("pub.pem", theirs);
    ck_assert_mem_eq(theirs, pub, 65);
    s->ops->free(s);
}
END_TEST

START_TEST(rejects_a_key_of_openssl_with_a_password)
{
    uint8_t text[4096];

    if (!has_provider())
        return;
    assert_shell("openssl genpkey -provider tpm2 -algorithm EC -pkeyopt group:P-256 -pkeyopt "
                 "user-auth:secret -out key.pem");
    ck_assert_int_eq(xtt_tpm_keyfile_read(&file, load("key.pem", text, sizeof text), &words),
                     XTT_ERR_FORMAT);
    ck_assert_msg(strstr(words, "password") != NULL, "%s", words);
}
END_TEST

START_TEST(what_is_written_is_read)
{
    struct xtt_tpm_keyfile again;
    char text[XTT_TPM_PEM_SIZE];

    ck_assert_int_eq(xtt_tpm_keyfile_write(text, &file), XTT_OK);
    ck_assert_str_eq(text, pem);
    ck_assert_int_eq(xtt_tpm_keyfile_read(&again, tpm_pem(text), &words), XTT_OK);
    ck_assert_mem_eq(&again.name, &file.name, sizeof again.name);
    ck_assert_uint_eq(again.private.size, file.private.size);
    ck_assert_mem_eq(again.private.buffer, file.private.buffer, file.private.size);
}
END_TEST

/* The Name that we compute is the one that the TPM gives the loaded key. */
START_TEST(the_name_is_the_tpms)
{
    struct xtt_signer *s;
    uint8_t digest[32] = {0}, sig[64];
    TSS2_TCTI_CONTEXT *io = NULL;
    ESYS_CONTEXT *esys = NULL;
    TPM2B_NAME *name = NULL;
    ESYS_TR tr;

    ck_assert_int_eq(xtt_tpm_signer_new(&s, tpm, tpm_pem(pem)), XTT_OK);
    ck_assert_int_eq(s->ops->sign(s, digest, sig), XTT_OK);
    ck_assert_uint_eq(Tss2_TctiLdr_Initialize(swtpm_tcti(the_swtpm), &io), 0);
    ck_assert_uint_eq(Esys_Initialize(&esys, io, NULL), 0);
    ck_assert_uint_eq(Esys_TR_FromTPMPublic(esys, tpm_handles(TPM2_TRANSIENT_FIRST).handle[0],
                                            ESYS_TR_NONE, ESYS_TR_NONE, ESYS_TR_NONE, &tr),
                      0);
    ck_assert_uint_eq(Esys_TR_GetName(esys, tr, &name), 0);
    ck_assert_uint_eq(name->size, XTT_TPM_NAME_SIZE);
    ck_assert_mem_eq(name->name, file.name, XTT_TPM_NAME_SIZE);
    Esys_Free(name);
    Esys_Finalize(&esys);
    Tss2_TctiLdr_Finalize(&io);
    s->ops->free(s);
}
END_TEST

START_TEST(rejects_every_shorter_file)
{
    const size_t n = strlen(pem);

    /* the last newline alone may go */
    for (size_t i = 0; i + 1 < n; i++)
        ck_assert_msg(xtt_tpm_keyfile_read(&file, (xtt_bytes){(const uint8_t *)pem, i}, &words) ==
                          XTT_ERR_FORMAT,
                      "the first %zu bytes", i);
}
END_TEST

static int is_same(const struct xtt_tpm_keyfile *a, const struct xtt_tpm_keyfile *b)
{
    return memcmp(a->name, b->name, sizeof a->name) == 0 && a->private.size == b->private.size &&
           memcmp(a->private.buffer, b->private.buffer, a->private.size) == 0;
}

/* A flipped byte is refused, or it is in a half that only the TPM can judge, and the TPM refuses
 * it; or the text says the same in another way: another blank, or bits that base64 does not use. */
START_TEST(a_flipped_byte_is_refused_here_or_by_the_tpm)
{
    const xtt_bytes all = tpm_pem(pem);
    char bad[XTT_TPM_PEM_SIZE];
    unsigned here = 0, there = 0;

    for (size_t i = 0; i < all.n; i++)
        for (unsigned bit = 0; bit < 8; bit += 3) {
            struct xtt_signer *s;
            struct xtt_tpm_keyfile other;
            uint8_t digest[32] = {0}, sig[64];
            xtt_err want;

            memcpy(bad, pem, sizeof bad);
            bad[i] = (char)((uint8_t)bad[i] ^ 1u << bit);
            if (xtt_tpm_signer_new(&s, tpm, (xtt_bytes){(const uint8_t *)bad, all.n}) != XTT_OK) {
                ck_assert_str_ne(xtt_tpm_why(tpm), "");
                here++;
                continue;
            }
            ck_assert_int_eq(
                xtt_tpm_keyfile_read(&other, (xtt_bytes){(const uint8_t *)bad, all.n}, &words),
                XTT_OK);
            want = is_same(&other, &file) ? XTT_OK : XTT_ERR_TPM_KEY;
            ck_assert_msg(s->ops->sign(s, digest, sig) == want, "byte %zu: %s", i,
                          xtt_tpm_why(tpm));
            there++;
            s->ops->free(s);
        }
    ck_assert_uint_gt(here, 100);
    ck_assert_uint_gt(there, 100);
}
END_TEST

START_TEST(rejects_what_is_no_key_file)
{
    static const char *const texts[] = {
        "",
        "\n",
        "hello",
        "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n",
        "-----BEGIN TSS2 PRIVATE KEY-----\n-----END TSS2 PRIVATE KEY-----\n",
        "-----BEGIN TSS2 PRIVATE KEY-----\nMAA=\n-----END TSS2 PRIVATE KEY-----\n",
        "-----BEGIN TSS2 PRIVATE KEY-----\nMIAAAA==\n-----END TSS2 PRIVATE KEY-----\n",
    };

    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        ck_assert_int_eq(xtt_tpm_keyfile_read(&file, tpm_pem(texts[i]), &words), XTT_ERR_FORMAT);
}
END_TEST

START_TEST(rejects_what_surrounds_the_block)
{
    char text[8192];

    snprintf(text, sizeof text, "%s%s", pem, pem);
    ck_assert_int_eq(xtt_tpm_keyfile_read(&file, tpm_pem(text), &words), XTT_ERR_FORMAT);
    snprintf(text, sizeof text, "%sx", pem);
    ck_assert_int_eq(xtt_tpm_keyfile_read(&file, tpm_pem(text), &words), XTT_ERR_FORMAT);
    snprintf(text, sizeof text, "%s%5000s", pem, "\n");
    ck_assert_int_eq(xtt_tpm_keyfile_read(&file, tpm_pem(text), &words), XTT_ERR_FORMAT);
    memcpy(text, pem, sizeof pem);
    ck_assert_int_eq(
        xtt_tpm_keyfile_read(&file, (xtt_bytes){(const uint8_t *)text, strlen(pem) + 1}, &words),
        XTT_ERR_FORMAT); /* with its zero */
    snprintf(text, sizeof text, "%s\n \r\n", pem);
    ck_assert_int_eq(xtt_tpm_keyfile_read(&file, tpm_pem(text), &words), XTT_OK);
}
END_TEST

/* Reads the file of our key with some bytes of its DER exchanged. */
static xtt_err read_changed(const char *from, const char *to, size_t n)
{
    static const char begin[] = "-----BEGIN TSS2 PRIVATE KEY-----\n",
                      end[] = "-----END TSS2 PRIVATE KEY-----\n";
    unsigned char base64[2048], der[1024], *at;
    char text[4096];
    size_t size;
    BIO *bio = BIO_new_mem_buf(pem, -1);
    char *name, *header;
    unsigned char *data;
    long len;

    ck_assert_int_eq(PEM_read_bio(bio, &name, &header, &data, &len), 1);
    BIO_free(bio);
    memcpy(der, data, (size_t)len);
    size = (size_t)len;
    OPENSSL_free(name);
    OPENSSL_free(header);
    OPENSSL_free(data);
    at = memmem(der, size, from, n);
    ck_assert_ptr_nonnull(at);
    memcpy(at, to, n);
    EVP_EncodeBlock(base64, der, (int)size);
    snprintf(text, sizeof text, "%s", begin);
    for (size_t i = 0; i < strlen((char *)base64); i += 64)
        snprintf(text + strlen(text), sizeof text - strlen(text), "%.64s\n", base64 + i);
    snprintf(text + strlen(text), sizeof text - strlen(text), "%s", end);
    return xtt_tpm_keyfile_read(&file, tpm_pem(text), &words);
}

static const struct {
    const char *from, *to;
    size_t n;
    const char *words; /* NULL: it is taken */
} changes[] = {
    {"\x06\x06\x67\x81\x05", "\x06\x06\x67\x81\x05", 5, NULL},
    {"\x0A\x01\x03", "\x0A\x01\x05", 3, "not a loadable TPM key"}, /* a sealed object */
    {"\x01\x01\xFF", "\x01\x01\x00", 3, "password"},               /* emptyAuth FALSE */
    {"\x01\x01\xFF", "\x01\x01\x01", 3, NULL},                     /* TRUE as tpm2-openssl has it */
    {"\xA0\x03\x01", "\xA1\x03\x01", 3, "DER"},                    /* a policy, in its place */
    {"\x00\x81\x00\x00\x01", "\x00\x81\x00\x00\x02", 5, "parent"}, /* another handle */
    {"\x05\x00\x81\x00\x00\x01", "\x05\x00\x40\x00\x00\x01", 6, "DER"}, /* a needless zero */
    {"\x00\x23\x00\x0B", "\x00\x23\x00\x0C", 4, "public"},              /* nameAlg SHA-384 */
    {"\x00\x23\x00\x0B", "\x00\x99\x00\x0B", 4, "public"},              /* an unknown type */
};

START_TEST(says_what_is_wrong)
{
    const xtt_err err = read_changed(changes[_i].from, changes[_i].to, changes[_i].n);

    ck_assert_int_eq(err, changes[_i].words == NULL ? XTT_OK : XTT_ERR_FORMAT);
    if (changes[_i].words != NULL)
        ck_assert_msg(strstr(words, changes[_i].words) != NULL, "%s", words);
}
END_TEST

static void fill(TCase *tc)
{
    tcase_add_checked_fixture(tc, tpm_start, tpm_stop);
    tcase_add_checked_fixture(tc, make, drop);
    tcase_add_test(tc, openssl_signs_with_our_key);
    tcase_add_loop_test(tc, we_sign_with_a_key_of_openssl, 0, 2);
    tcase_add_test(tc, rejects_a_key_of_openssl_with_a_password);
    tcase_add_test(tc, what_is_written_is_read);
    tcase_add_test(tc, the_name_is_the_tpms);
    tcase_add_test(tc, rejects_every_shorter_file);
    tcase_add_test(tc, a_flipped_byte_is_refused_here_or_by_the_tpm);
    tcase_add_test(tc, rejects_what_is_no_key_file);
    tcase_add_test(tc, rejects_what_surrounds_the_block);
    tcase_add_loop_test(tc, says_what_is_wrong, 0, (int)(sizeof changes / sizeof changes[0]));
}

int main(void)
{
    return run_suite("tpm_keyfile", fill, 60);
}

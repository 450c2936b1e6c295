/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Key files as tpm2-openssl and others write them (draft "ASN.1 Specification for TPM 2.0 Key
 * Files"): PEM and DER by OpenSSL, the halves of the key by the TSS.  Judges form, not use.
 */
#include "keyfile.h"

#include <openssl/asn1t.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/objects.h>
#include <openssl/pem.h>
#include <string.h>
#include <tss2/tss2_mu.h>

#define PEM_NAME     "TSS2 PRIVATE KEY"
#define KEY_OID      "2.23.133.10.1.3"
#define PEM_IN_MAX   4096
#define HANDLE_SRK   0x81000001
#define HANDLE_OWNER 0x40000001

typedef struct {
    ASN1_OBJECT *type;
    ASN1_BOOLEAN empty_auth; /* -1 if absent */
    ASN1_INTEGER *parent;
    ASN1_OCTET_STRING *public;
    ASN1_OCTET_STRING *private;
} TPM_KEY;

/* TPMKey without the optional policy, secret and authPolicy, which nobody here could satisfy. */
ASN1_SEQUENCE(TPM_KEY) =
    {
        ASN1_SIMPLE(TPM_KEY, type, ASN1_OBJECT),
        ASN1_EXP_OPT(TPM_KEY, empty_auth, ASN1_BOOLEAN, 0),
        ASN1_SIMPLE(TPM_KEY, parent, ASN1_INTEGER),
        ASN1_SIMPLE(TPM_KEY, public, ASN1_OCTET_STRING),
        ASN1_SIMPLE(TPM_KEY, private, ASN1_OCTET_STRING),
} static_ASN1_SEQUENCE_END(TPM_KEY)

        static void free_key(TPM_KEY * key)
{
    ASN1_item_free((ASN1_VALUE *)key, ASN1_ITEM_rptr(TPM_KEY));
}

/* DER of a key; the caller frees it with OPENSSL_free.  Its length, or 0. */
static size_t encode(const TPM_KEY *key, unsigned char **der)
{
    const int n = ASN1_item_i2d((const ASN1_VALUE *)key, der, ASN1_ITEM_rptr(TPM_KEY));

    return n > 0 ? (size_t)n : 0;
}

/* The key that the n bytes encode, and that encodes to them (whatever they have for TRUE), or NULL.
 */
static TPM_KEY *decode(const unsigned char *der, size_t n)
{
    const unsigned char *at = der;
    unsigned char *again = NULL;
    TPM_KEY *key = (TPM_KEY *)ASN1_item_d2i(NULL, &at, (long)n, ASN1_ITEM_rptr(TPM_KEY));

    if (key != NULL && (encode(key, &again) != n || memcmp(again, der, n) != 0)) {
        free_key(key);
        key = NULL;
    }
    OPENSSL_free(again);
    return key;
}

static int has_type(const TPM_KEY *key)
{
    char oid[sizeof KEY_OID + 1];

    return OBJ_obj2txt(oid, sizeof oid, key->type, 1) > 0 && strcmp(oid, KEY_OID) == 0;
}

static int has_parent(const TPM_KEY *key)
{
    uint64_t handle;

    return ASN1_INTEGER_get_uint64(&handle, key->parent) == 1 &&
           (handle == HANDLE_SRK || handle == HANDLE_OWNER);
}

/* 000B || SHA-256(TPMT_PUBLIC): TPM 2.0 Part 1, "Names".  area is a TPM2B_PUBLIC. */
static int make_name(uint8_t name[static XTT_TPM_NAME_SIZE], const uint8_t *area, size_t n)
{
    name[0] = TPM2_ALG_SHA256 >> 8;
    name[1] = TPM2_ALG_SHA256 & 0xFF;
    return EVP_Digest(area + 2, n - 2, name + 2, NULL, EVP_sha256(), NULL) == 1;
}

/* The public half, whole and in the one way that it is written; and the Name it has. */
static int read_public(struct xtt_tpm_keyfile *out, const ASN1_OCTET_STRING *in)
{
    const uint8_t *p = ASN1_STRING_get0_data(in);
    const size_t n = (size_t)ASN1_STRING_length(in);
    uint8_t again[sizeof(TPM2B_PUBLIC)];
    size_t used = 0, m = 0;

    return Tss2_MU_TPM2B_PUBLIC_Unmarshal(p, n, &used, &out->public) == TSS2_RC_SUCCESS &&
           used == n && out->public.publicArea.nameAlg == TPM2_ALG_SHA256 &&
           Tss2_MU_TPM2B_PUBLIC_Marshal(&out->public, again, sizeof again, &m) == TSS2_RC_SUCCESS &&
           m == n && memcmp(again, p, n) == 0 && make_name(out->name, p, n);
}

static int read_private(struct xtt_tpm_keyfile *out, const ASN1_OCTET_STRING *in)
{
    const size_t n = (size_t)ASN1_STRING_length(in);
    size_t used = 0;

    return Tss2_MU_TPM2B_PRIVATE_Unmarshal(ASN1_STRING_get0_data(in), n, &used, &out->private) ==
               TSS2_RC_SUCCESS &&
           used == n && out->private.size > 0;
}

/* Why a key is not taken, or NULL. */
static const char *read_key(struct xtt_tpm_keyfile *out, const TPM_KEY *key)
{
    if (!has_type(key))
        return "it is not a loadable TPM key (OID " KEY_OID ")";
    if (key->empty_auth <= 0) /* absent is FALSE; tpm2-openssl writes TRUE as 1 */
        return "it has a password, which is not supported (emptyAuth is not TRUE)";
    if (!has_parent(key))
        return "its parent is neither the SRK at 0x81000001 nor the owner hierarchy";
    if (!read_public(out, key->public))
        return "its public half is malformed";
    if (!read_private(out, key->private))
        return "its private half is malformed";
    return NULL;
}

static int is_blank(BIO *bio)
{
    char c;

    while (BIO_read(bio, &c, 1) == 1)
        if (c != '\n' && c != '\r' && c != ' ' && c != '\t')
            return 0;
    return 1;
}

xtt_err xtt_tpm_keyfile_read(struct xtt_tpm_keyfile *out, xtt_bytes pem, const char **words)
{
    struct xtt_tpm_keyfile file = {0};
    BIO *bio = NULL;
    TPM_KEY *key = NULL;
    char *name = NULL, *header = NULL;
    unsigned char *der = NULL;
    long n = 0;
    xtt_err err = XTT_ERR_FORMAT;

    *words = "it is no PEM block of type \"" PEM_NAME "\", or more than that";
    if (pem.n == 0 || pem.n > PEM_IN_MAX || memchr(pem.p, '\0', pem.n) != NULL)
        goto out;
    if ((bio = BIO_new_mem_buf(pem.p, (int)pem.n)) == NULL) {
        *words = "out of memory";
        err = XTT_ERR_NOMEM;
        goto out;
    }
    if (PEM_read_bio(bio, &name, &header, &der, &n) != 1 || strcmp(name, PEM_NAME) != 0 ||
        header[0] != '\0' || !is_blank(bio))
        goto out;
    *words = "it is not the DER encoding of a TPM key without policy";
    if ((key = decode(der, (size_t)n)) == NULL)
        goto out;
    if ((*words = read_key(&file, key)) != NULL)
        goto out;
    *out = file;
    err = XTT_OK;
out:
    ERR_clear_error();
    free_key(key);
    OPENSSL_free(name);
    OPENSSL_free(header);
    OPENSSL_free(der);
    BIO_free(bio);
    return err;
}

/* Fills the fields of a key. */
static int fill(TPM_KEY *key, const struct xtt_tpm_keyfile *file)
{
    uint8_t public[sizeof(TPM2B_PUBLIC)], private[sizeof(TPM2B_PRIVATE)];
    size_t n = 0, m = 0;

    if (Tss2_MU_TPM2B_PUBLIC_Marshal(&file->public, public, sizeof public, &n) != TSS2_RC_SUCCESS ||
        Tss2_MU_TPM2B_PRIVATE_Marshal(&file->private, private, sizeof private, &m) !=
            TSS2_RC_SUCCESS)
        return 0;
    ASN1_OBJECT_free(key->type);
    key->type = OBJ_txt2obj(KEY_OID, 1);
    key->empty_auth = 0xFF;
    return key->type != NULL && ASN1_INTEGER_set_uint64(key->parent, HANDLE_SRK) == 1 &&
           ASN1_OCTET_STRING_set(key->public, public, (int)n) == 1 &&
           ASN1_OCTET_STRING_set(key->private, private, (int)m) == 1;
}

xtt_err xtt_tpm_keyfile_write(char pem[XTT_TPM_PEM_SIZE], const struct xtt_tpm_keyfile *file)
{
    TPM_KEY *key = (TPM_KEY *)ASN1_item_new(ASN1_ITEM_rptr(TPM_KEY));
    BIO *bio = BIO_new(BIO_s_mem());
    unsigned char *der = NULL;
    char *text;
    size_t n;
    long m;
    xtt_err err = XTT_ERR_CRYPTO;

    if (key == NULL || bio == NULL || !fill(key, file) || (n = encode(key, &der)) == 0 ||
        PEM_write_bio(bio, PEM_NAME, "", der, (long)n) <= 0)
        goto out;
    m = BIO_get_mem_data(bio, &text);
    if (m <= 0 || m >= XTT_TPM_PEM_SIZE)
        goto out;
    memcpy(pem, text, (size_t)m);
    pem[m] = '\0';
    err = XTT_OK;
out:
    ERR_clear_error();
    OPENSSL_free(der);
    free_key(key);
    BIO_free(bio);
    return err;
}

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Tests tpm/keys.c: the SRK is found, made, recorded and told from others; keys have the attributes
 * they should have; a TPM that lacks something is named.
 */
#include "tpm/keys.h"
#include "test/support/suite.h"
#include "test/support/tcti_inject.h"
#include "test/support/tpm.h"

static struct xtt_tpm *tpm;
static uint8_t name[XTT_TPM_NAME_SIZE];

/* A connection of our own to do what other programs do. */
static TSS2_TCTI_CONTEXT *io;
static ESYS_CONTEXT *esys;

static void open_all(void)
{
    tpm_start();
    tpm = tpm_new();
    ck_assert_uint_eq(Tss2_TctiLdr_Initialize(swtpm_tcti(the_swtpm), &io), 0);
    ck_assert_uint_eq(Esys_Initialize(&esys, io, NULL), 0);
}

static void close_all(void)
{
    xtt_tpm_free(tpm);
    Esys_Finalize(&esys);
    Tss2_TctiLdr_Finalize(&io);
    tpm_assert_clean();
    tpm_stop();
}

/* The SRK as tpm2-openssl and tpm2-tools make it. */
static TPM2B_PUBLIC srk_of_others(void)
{
    return (TPM2B_PUBLIC){
        .publicArea = {.type = TPM2_ALG_ECC,
                       .nameAlg = TPM2_ALG_SHA256,
                       .objectAttributes = TPMA_OBJECT_FIXEDTPM | TPMA_OBJECT_FIXEDPARENT |
                                           TPMA_OBJECT_SENSITIVEDATAORIGIN |
                                           TPMA_OBJECT_USERWITHAUTH | TPMA_OBJECT_NODA |
                                           TPMA_OBJECT_RESTRICTED | TPMA_OBJECT_DECRYPT,
                       .parameters.eccDetail = {.symmetric = {.algorithm = TPM2_ALG_AES,
                                                              .keyBits.aes = 128,
                                                              .mode.aes = TPM2_ALG_CFB},
                                                .scheme = {.scheme = TPM2_ALG_NULL},
                                                .curveID = TPM2_ECC_NIST_P256,
                                                .kdf = {.scheme = TPM2_ALG_NULL}}}};
}

/* Makes a primary key persistent at the SRK's handle; its Name. */
static void persist(const TPM2B_PUBLIC *template, uint8_t out[XTT_TPM_NAME_SIZE])
{
    const TPM2B_SENSITIVE_CREATE sensitive = {0};
    const TPM2B_DATA outside = {0};
    const TPML_PCR_SELECTION pcrs = {0};
    TPM2B_NAME *n = NULL;
    ESYS_TR tr, there;

    ck_assert_uint_eq(Esys_CreatePrimary(esys, ESYS_TR_RH_OWNER, ESYS_TR_PASSWORD, ESYS_TR_NONE,
                                         ESYS_TR_NONE, &sensitive, template, &outside, &pcrs, &tr,
                                         NULL, NULL, NULL, NULL),
                      0);
    ck_assert_uint_eq(Esys_TR_GetName(esys, tr, &n), 0);
    memcpy(out, n->name, XTT_TPM_NAME_SIZE);
    Esys_Free(n);
    ck_assert_uint_eq(Esys_EvictControl(esys, ESYS_TR_RH_OWNER, tr, ESYS_TR_PASSWORD, ESYS_TR_NONE,
                                        ESYS_TR_NONE, XTT_TPM_SRK, &there),
                      0);
    ck_assert_uint_eq(Esys_FlushContext(esys, tr), 0);
    Esys_TR_Close(esys, &there);
}

static void evict(void)
{
    ESYS_TR srk, gone;

    ck_assert_uint_eq(
        Esys_TR_FromTPMPublic(esys, XTT_TPM_SRK, ESYS_TR_NONE, ESYS_TR_NONE, ESYS_TR_NONE, &srk),
        0);
    ck_assert_uint_eq(Esys_EvictControl(esys, ESYS_TR_RH_OWNER, srk, ESYS_TR_PASSWORD, ESYS_TR_NONE,
                                        ESYS_TR_NONE, XTT_TPM_SRK, &gone),
                      0);
}

static void set_owner_password(void)
{
    const TPM2B_AUTH password = {.size = 1, .buffer = {'p'}};

    ck_assert_uint_eq(Esys_HierarchyChangeAuth(esys, ESYS_TR_RH_OWNER, ESYS_TR_PASSWORD,
                                               ESYS_TR_NONE, ESYS_TR_NONE, &password),
                      0);
}

static xtt_err use(const char *pem)
{
    struct xtt_signer *s;
    uint8_t digest[32] = {0}, sig[64];
    xtt_err err;

    ck_assert_int_eq(xtt_tpm_signer_new(&s, tpm, tpm_pem(pem)), XTT_OK);
    err = s->ops->sign(s, digest, sig);
    s->ops->free(s);
    return err;
}

START_TEST(makes_the_srk_that_other_programs_make)
{
    uint8_t again[XTT_TPM_NAME_SIZE], theirs[XTT_TPM_NAME_SIZE];
    const TPM2B_PUBLIC template = srk_of_others();

    ck_assert_msg(xtt_tpm_srk(tpm, name) == XTT_OK, "%s", xtt_tpm_why(tpm));
    ck_assert_int_eq(xtt_tpm_srk(tpm, again), XTT_OK);
    ck_assert_mem_eq(name, again, sizeof name);
    ck_assert_int_eq(name[0] << 8 | name[1], TPM2_ALG_SHA256);
    ck_assert_uint_eq(tpm_count(TPM2_PERSISTENT_FIRST), 1);
    evict();
    persist(&template, theirs);
    ck_assert_mem_eq(name, theirs, sizeof name);
}
END_TEST

START_TEST(takes_the_srk_it_finds)
{
    uint8_t theirs[XTT_TPM_NAME_SIZE];
    TPM2B_PUBLIC template = srk_of_others();
    char pem[XTT_TPM_PEM_SIZE];

    /* the TCG's template: another key, and just as good */
    template.publicArea.unique.ecc.x.size = 32;
    template.publicArea.unique.ecc.y.size = 32;
    persist(&template, theirs);
    ck_assert_int_eq(xtt_tpm_srk(tpm, name), XTT_OK);
    ck_assert_mem_eq(name, theirs, sizeof name);
    ck_assert_int_eq(xtt_tpm_create(tpm, XTT_TPM_LONGTERM, pem), XTT_OK);
    ck_assert_int_eq(use(pem), XTT_OK);
}
END_TEST

START_TEST(rejects_another_object_at_the_handle)
{
    TPM2B_PUBLIC template = srk_of_others();
    TPMT_PUBLIC *p = &template.publicArea;

    switch (_i) {
    case 0: /* a key that signs */
        p->objectAttributes &= ~(TPMA_OBJECT_RESTRICTED | TPMA_OBJECT_DECRYPT);
        p->objectAttributes |= TPMA_OBJECT_SIGN_ENCRYPT;
        p->parameters.eccDetail.symmetric.algorithm = TPM2_ALG_NULL;
        break;
    case 1: /* no parent */
        p->objectAttributes &= ~TPMA_OBJECT_RESTRICTED;
        p->parameters.eccDetail.symmetric.algorithm = TPM2_ALG_NULL;
        break;
    case 2:
        p->parameters.eccDetail.curveID = TPM2_ECC_NIST_P384;
        break;
    case 3:
        p->parameters.eccDetail.symmetric.keyBits.aes = 256;
        break;
    default:
        p->type = TPM2_ALG_RSA;
        p->parameters.rsaDetail = (TPMS_RSA_PARMS){
            .symmetric = {.algorithm = TPM2_ALG_AES, .keyBits.aes = 128, .mode.aes = TPM2_ALG_CFB},
            .scheme = {.scheme = TPM2_ALG_NULL},
            .keyBits = 2048};
    }
    persist(&template, name);
    ck_assert_int_eq(xtt_tpm_srk(tpm, name), XTT_ERR_TPM);
    ck_assert_msg(strstr(xtt_tpm_why(tpm), "no storage root key") != NULL, "%s", xtt_tpm_why(tpm));
}
END_TEST

START_TEST(rejects_an_srk_that_was_swapped)
{
    TPM2B_PUBLIC template = srk_of_others();
    uint8_t other[XTT_TPM_NAME_SIZE];
    char pem[XTT_TPM_PEM_SIZE];

    ck_assert_int_eq(xtt_tpm_srk(tpm, name), XTT_OK);
    ck_assert_int_eq(xtt_tpm_create(tpm, XTT_TPM_LONGTERM, pem), XTT_OK);
    xtt_tpm_pin_srk(tpm, name);
    ck_assert_int_eq(use(pem), XTT_OK);
    evict();
    template.publicArea.unique.ecc.x.size = 1;
    persist(&template, other);
    ck_assert_mem_ne(name, other, sizeof name);
    ck_assert_int_eq(use(pem), XTT_ERR_TPM_KEY);
    ck_assert_msg(strstr(xtt_tpm_why(tpm), "enrol again") != NULL, "%s", xtt_tpm_why(tpm));
    ck_assert_int_eq(xtt_tpm_srk(tpm, other), XTT_ERR_TPM_KEY);
    ck_assert_int_eq(xtt_tpm_create(tpm, XTT_TPM_MEMBER, pem), XTT_ERR_TPM_KEY);
}
END_TEST

START_TEST(makes_no_new_srk_in_place_of_a_pinned_one)
{
    char pem[XTT_TPM_PEM_SIZE];

    ck_assert_int_eq(xtt_tpm_srk(tpm, name), XTT_OK);
    ck_assert_int_eq(xtt_tpm_create(tpm, XTT_TPM_LONGTERM, pem), XTT_OK);
    xtt_tpm_pin_srk(tpm, name);
    evict();
    ck_assert_int_eq(use(pem), XTT_ERR_TPM_KEY);
    ck_assert_int_eq(xtt_tpm_srk(tpm, name), XTT_ERR_TPM_KEY);
    ck_assert_uint_eq(tpm_count(TPM2_PERSISTENT_FIRST), 0);
}
END_TEST

START_TEST(a_cleared_tpm_wants_a_new_enrolment)
{
    char pem[XTT_TPM_PEM_SIZE];

    ck_assert_int_eq(xtt_tpm_create(tpm, XTT_TPM_LONGTERM, pem), XTT_OK);
    ck_assert_uint_eq(
        Esys_Clear(esys, ESYS_TR_RH_PLATFORM, ESYS_TR_PASSWORD, ESYS_TR_NONE, ESYS_TR_NONE), 0);
    ck_assert_int_eq(use(pem), XTT_ERR_TPM_KEY);
    ck_assert_int_eq(xtt_tpm_srk(tpm, name), XTT_OK); /* a new one: the seed is new */
    ck_assert_int_eq(use(pem), XTT_ERR_TPM_KEY);
}
END_TEST

START_TEST(an_owner_password_needs_an_administrator_once)
{
    TPM2B_PUBLIC template = srk_of_others();
    const TPM2B_AUTH password = {.size = 1, .buffer = {'p'}};
    char pem[XTT_TPM_PEM_SIZE];

    set_owner_password();
    ck_assert_int_eq(xtt_tpm_srk(tpm, name), XTT_ERR_TPM_AUTH);
    ck_assert_msg(strstr(xtt_tpm_why(tpm), "administrator") != NULL, "%s", xtt_tpm_why(tpm));
    ck_assert_uint_eq(Esys_TR_SetAuth(esys, ESYS_TR_RH_OWNER, &password), 0);
    persist(&template, name);
    ck_assert_int_eq(xtt_tpm_create(tpm, XTT_TPM_LONGTERM, pem), XTT_OK);
    ck_assert_int_eq(use(pem), XTT_OK);
}
END_TEST

START_TEST(keys_have_the_attributes_they_should_have)
{
    static const struct {
        enum xtt_tpm_kind kind;
        TPM2_ECC_CURVE curve;
        TPMI_ALG_ECC_SCHEME scheme;
    } want[] = {{XTT_TPM_LONGTERM, TPM2_ECC_NIST_P256, TPM2_ALG_ECDSA},
                {XTT_TPM_MEMBER, TPM2_ECC_BN_P256, TPM2_ALG_ECDAA}};
    struct xtt_tpm_keyfile file;
    const char *words;
    char pem[XTT_TPM_PEM_SIZE];
    const TPMT_PUBLIC *p = &file.public.publicArea;

    ck_assert_int_eq(xtt_tpm_create(tpm, want[_i].kind, pem), XTT_OK);
    ck_assert_int_eq(xtt_tpm_keyfile_read(&file, tpm_pem(pem), &words), XTT_OK);
    /* fixedTPM, fixedParent, sensitiveDataOrigin, userWithAuth, noDA, sign: nothing else */
    ck_assert_uint_eq(p->objectAttributes, 0x00040472);
    ck_assert_uint_eq(p->parameters.eccDetail.curveID, want[_i].curve);
    ck_assert_uint_eq(p->parameters.eccDetail.scheme.scheme, want[_i].scheme);
    ck_assert_uint_eq(p->parameters.eccDetail.scheme.details.anySig.hashAlg, TPM2_ALG_SHA256);
    ck_assert_uint_eq(p->authPolicy.size, 0);
    if (want[_i].kind == XTT_TPM_MEMBER) {
        ck_assert_uint_eq(p->parameters.eccDetail.scheme.details.ecdaa.count, 0);
    }
}
END_TEST

START_TEST(no_two_keys_are_the_same)
{
    char a[XTT_TPM_PEM_SIZE], b[XTT_TPM_PEM_SIZE];

    ck_assert_int_eq(xtt_tpm_create(tpm, XTT_TPM_MEMBER, a), XTT_OK);
    ck_assert_int_eq(xtt_tpm_create(tpm, XTT_TPM_MEMBER, b), XTT_OK);
    ck_assert_str_ne(a, b);
}
END_TEST

/* What each kind of keys needs, one at a time not there. */
static const struct {
    struct inject_lack lack;
    const char *words;
    xtt_err longterm, member;
    int has_p256, has_member;
} lacks[] = {
    {{TPM2_CAP_ECC_CURVES, TPM2_ECC_BN_P256}, "BN_P256", XTT_OK, XTT_ERR_TPM_UNSUPPORTED, 1, 0},
    {{TPM2_CAP_ALGS, TPM2_ALG_ECDAA}, "ECDAA", XTT_OK, XTT_ERR_TPM_UNSUPPORTED, 1, 0},
    {{TPM2_CAP_COMMANDS, TPM2_CC_Commit}, "TPM2_Commit", XTT_OK, XTT_ERR_TPM_UNSUPPORTED, 1, 0},
    {{TPM2_CAP_ECC_CURVES, TPM2_ECC_NIST_P256}, "P-256", XTT_ERR_TPM_UNSUPPORTED, XTT_OK, 0, 1},
    {{TPM2_CAP_ALGS, TPM2_ALG_ECDSA}, "ECDSA", XTT_ERR_TPM_UNSUPPORTED, XTT_OK, 0, 1},
};

START_TEST(a_tpm_that_lacks_something_is_told_so)
{
    struct xtt_tpm_info info;
    char pem[XTT_TPM_PEM_SIZE] = "untouched";
    const enum xtt_tpm_kind failing = lacks[_i].has_p256 ? XTT_TPM_MEMBER : XTT_TPM_LONGTERM;

    tpm->io_open = inject_open;
    tpm->io_close = inject_close;
    inject_lack = lacks[_i].lack;
    ck_assert_int_eq(xtt_tpm_create(tpm, failing, pem), XTT_ERR_TPM_UNSUPPORTED);
    ck_assert_msg(strstr(xtt_tpm_why(tpm), lacks[_i].words) != NULL, "%s", xtt_tpm_why(tpm));
    ck_assert_str_eq(pem, "untouched");
    ck_assert_uint_eq(tpm_count(TPM2_PERSISTENT_FIRST), 0);
    ck_assert_int_eq(xtt_tpm_create(tpm, XTT_TPM_LONGTERM, pem), lacks[_i].longterm);
    ck_assert_int_eq(xtt_tpm_create(tpm, XTT_TPM_MEMBER, pem), lacks[_i].member);
    ck_assert_int_eq(xtt_tpm_probe(tpm, &info), XTT_OK);
    ck_assert_int_eq(info.has_p256, lacks[_i].has_p256);
    ck_assert_int_eq(info.has_member, lacks[_i].has_member);
}
END_TEST

static void fill(TCase *tc)
{
    tcase_add_checked_fixture(tc, open_all, close_all);
    tcase_add_test(tc, makes_the_srk_that_other_programs_make);
    tcase_add_test(tc, takes_the_srk_it_finds);
    tcase_add_loop_test(tc, rejects_another_object_at_the_handle, 0, 5);
    tcase_add_test(tc, rejects_an_srk_that_was_swapped);
    tcase_add_test(tc, makes_no_new_srk_in_place_of_a_pinned_one);
    tcase_add_test(tc, a_cleared_tpm_wants_a_new_enrolment);
    tcase_add_test(tc, an_owner_password_needs_an_administrator_once);
    tcase_add_loop_test(tc, keys_have_the_attributes_they_should_have, 0, 2);
    tcase_add_test(tc, no_two_keys_are_the_same);
    tcase_add_loop_test(tc, a_tpm_that_lacks_something_is_told_so, 0,
                        (int)(sizeof lacks / sizeof lacks[0]));
}

int main(void)
{
    return run_suite("tpm_keys", fill, 20);
}

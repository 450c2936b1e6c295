/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Tests provisioner/keyd.c and keyclient.c: a real keyd, this program run again, over a real
 * SoftHSM token; what it does, what it refuses, who may reach it, and what happens when it is gone.
 */
#include "provisioner/keyd.h"

#include <dirent.h>
#include <fcntl.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "crypto/provider.h"
#include "daemon/chan.h"
#include "provisioner/keyd_op.h"
#include "test/support/softhsm.h"
#include "test/support/suite.h"

static struct softhsm hsm;
static struct prov_keyd *keyd;
static struct xttd_fail fail;

static xtt_err open_keyd(struct prov_keyd **out, const char *token, int is_shared)
{
    const struct prov_keyd_config cfg = {
        .state = hsm.dir, .token = token, .pin_fd = -1, .is_shared = is_shared};

    fail = (struct xttd_fail){0};
    return prov_keyd_open(out, &cfg, &fail);
}

static void setup(void)
{
    softhsm_start(&hsm, "station", "1234-abcd");
    ck_assert_msg(open_keyd(&keyd, hsm.uri, 1) == XTT_OK, "%s", fail.message);
}

static void teardown(void)
{
    prov_keyd_close(keyd);
    softhsm_stop(&hsm);
}

static const uint8_t digest[32] = {1, 2, 3};

START_TEST(makes_keys_and_signs_with_them)
{
    uint8_t pub[65], again[65], sig[64];

    ck_assert_int_eq(prov_keyd_make_key(keyd, "server", pub, &fail), XTT_OK);
    ck_assert_int_eq(prov_keyd_public_key(keyd, "server", again, &fail), XTT_OK);
    ck_assert_mem_eq(pub, again, sizeof pub);
    ck_assert_int_eq(prov_keyd_sign(keyd, "server", digest, sig, &fail), XTT_OK);
    ck_assert_int_eq(xtt_p256_verify(pub, digest, sig), XTT_OK);
    ck_assert_int_eq(prov_keyd_make_key(keyd, "server", pub, &fail), XTT_ERR_EXISTS);
    ck_assert_int_eq(prov_keyd_check(keyd, &fail), XTT_OK);
}
END_TEST

START_TEST(a_key_that_is_not_there_is_named)
{
    uint8_t sig[64];

    ck_assert_int_eq(prov_keyd_sign(keyd, "nobody", digest, sig, &fail), XTT_ERR_HSM_KEY);
    ck_assert_ptr_nonnull(strstr(fail.message, "nobody"));
}
END_TEST

START_TEST(wraps_secrets_for_one_purpose_only)
{
    static const uint8_t secret[64] = {7};
    const xtt_bytes aad = {(const uint8_t *)"allocation key", 14}, plain = {secret, 64};
    const xtt_bytes other = {(const uint8_t *)"something else", 14};
    uint8_t blob[PROV_KEYD_BLOB_MAX], back[64];
    size_t n, back_n;

    ck_assert_int_eq(prov_keyd_make_wrapping_key(keyd, "wrap", &fail), XTT_OK);
    ck_assert_int_eq(prov_keyd_wrap(keyd, "wrap", aad, plain, blob, &n, &fail), XTT_OK);
    ck_assert_ptr_null(memmem(blob, n, secret, sizeof secret));
    ck_assert_int_eq(
        prov_keyd_unwrap(keyd, aad, (xtt_bytes){blob, n}, back, sizeof back, &back_n, &fail),
        XTT_OK);
    ck_assert_uint_eq(back_n, 64);
    ck_assert_mem_eq(back, secret, 64);
    ck_assert_int_eq(
        prov_keyd_unwrap(keyd, other, (xtt_bytes){blob, n}, back, sizeof back, &back_n, &fail),
        XTT_ERR_DECRYPT);
    blob[n - 1] ^= 1;
    ck_assert_int_eq(
        prov_keyd_unwrap(keyd, aad, (xtt_bytes){blob, n}, back, sizeof back, &back_n, &fail),
        XTT_ERR_DECRYPT);
    ck_assert_int_eq(
        prov_keyd_unwrap(keyd, aad, (xtt_bytes){blob, 3}, back, sizeof back, &back_n, &fail),
        XTT_ERR_FORMAT);
}
END_TEST

START_TEST(issues_credentials_and_never_gives_the_issuer_secret)
{
    uint8_t pub[XTT_DAA_ISSUER_KEY_SIZE], other[XTT_DAA_ISSUER_KEY_SIZE];
    uint8_t blob[PROV_KEYD_BLOB_MAX], other_blob[PROV_KEYD_BLOB_MAX], plain[256];
    uint8_t aad[17 + XTT_DAA_GROUP_KEY_SIZE] = "XTT issuer secret";
    uint8_t q[65], cred[260], sig[64];
    struct xtt_daa_group *group;
    struct xtt_gsigner *member;
    size_t n, other_n, plain_n;

    ck_assert_int_eq(prov_keyd_make_wrapping_key(keyd, "wrap", &fail), XTT_OK);
    ck_assert_int_eq(prov_keyd_make_issuer(keyd, "wrap", pub, blob, &n, &fail), XTT_OK);
    ck_assert_int_eq(prov_keyd_make_issuer(keyd, "wrap", other, other_blob, &other_n, &fail),
                     XTT_OK);
    ck_assert_int_eq(xtt_daa_issuer_check(pub), XTT_OK);
    ck_assert_int_eq(xtt_daa_soft_new(&member, NULL, NULL), XTT_OK);
    ck_assert_int_eq(member->ops->public_key(member, q), XTT_OK);
    ck_assert_int_eq(prov_keyd_issue(keyd, pub, (xtt_bytes){blob, n}, q, cred, sig, &fail), XTT_OK);
    ck_assert_int_eq(xtt_daa_group_new(&group, pub), XTT_OK);
    ck_assert_int_eq(xtt_daa_credential_check(group, q, cred, sig), XTT_OK);
    /* Another group's secret, and a point that is none. */
    ck_assert_int_eq(
        prov_keyd_issue(keyd, pub, (xtt_bytes){other_blob, other_n}, q, cred, sig, &fail),
        XTT_ERR_DECRYPT);
    q[64] ^= 1;
    ck_assert_int_eq(prov_keyd_issue(keyd, pub, (xtt_bytes){blob, n}, q, cred, sig, &fail),
                     XTT_ERR_POINT);
    memcpy(aad + 17, pub, XTT_DAA_GROUP_KEY_SIZE);
    ck_assert_int_eq(prov_keyd_unwrap(keyd, (xtt_bytes){aad, sizeof aad}, (xtt_bytes){blob, n},
                                      plain, sizeof plain, &plain_n, &fail),
                     XTT_ERR_ARGUMENT);
    xtt_daa_group_free(group);
    member->ops->free(member);
}
END_TEST

START_TEST(imports_an_issuer_secret_only_with_its_group_key)
{
    uint8_t secret[64], pub[XTT_DAA_ISSUER_KEY_SIZE], blob[PROV_KEYD_BLOB_MAX];
    size_t n;

    ck_assert_int_eq(prov_keyd_make_wrapping_key(keyd, "wrap", &fail), XTT_OK);
    ck_assert_int_eq(xtt_daa_issuer_new(NULL, secret, pub), XTT_OK);
    ck_assert_int_eq(prov_keyd_import_issuer(keyd, "wrap", pub, secret, blob, &n, &fail), XTT_OK);
    secret[63] ^= 1;
    ck_assert_int_eq(prov_keyd_import_issuer(keyd, "wrap", pub, secret, blob, &n, &fail),
                     XTT_ERR_CREDENTIAL);
}
END_TEST

static void on_ready(void *arg)
{
    sem_post(arg);
}

START_TEST(an_asking_answers_again_until_the_signature_is_there)
{
    enum { MANY = 64 };
    static struct prov_asking askings[MANY];
    static sem_t ready[MANY];
    uint8_t pub[65], sig[64], other[32] = {9};

    ck_assert_int_eq(prov_keyd_make_key(keyd, "server", pub, &fail), XTT_OK);
    for (int i = 0; i < MANY; i++) {
        sem_init(&ready[i], 0, 0);
        prov_asking_init(&askings[i], keyd, "server", on_ready, &ready[i]);
        ck_assert_int_eq(askings[i].signer.ops->sign(&askings[i].signer, digest, sig), XTT_AGAIN);
    }
    for (int i = 0; i < MANY; i++) {
        sem_wait(&ready[i]);
        ck_assert_int_eq(askings[i].signer.ops->sign(&askings[i].signer, other, sig),
                         XTT_ERR_ARGUMENT);
        ck_assert_int_eq(askings[i].signer.ops->sign(&askings[i].signer, digest, sig), XTT_OK);
        ck_assert_int_eq(xtt_p256_verify(pub, digest, sig), XTT_OK);
        prov_asking_wipe(&askings[i]);
    }
}
END_TEST

START_TEST(an_asking_that_is_wiped_hears_nothing)
{
    struct prov_asking asking;
    uint8_t pub[65], sig[64];
    sem_t ready;
    int value;

    sem_init(&ready, 0, 0);
    ck_assert_int_eq(prov_keyd_make_key(keyd, "server", pub, &fail), XTT_OK);
    prov_asking_init(&asking, keyd, "server", on_ready, &ready);
    ck_assert_int_eq(asking.signer.ops->sign(&asking.signer, digest, sig), XTT_AGAIN);
    prov_asking_wipe(&asking);
    sem_getvalue(&ready, &value);
    while (value > 0) { /* it may have been answered before the wipe */
        sem_wait(&ready);
        value--;
    }
    ck_assert_int_eq(prov_keyd_check(keyd, &fail), XTT_OK); /* comes after the signature */
    sem_getvalue(&ready, &value);
    ck_assert_int_eq(value, 0);
}
END_TEST

START_TEST(a_second_client_shares_the_keyd_and_a_second_station_does_not)
{
    struct prov_keyd *second = NULL;
    uint8_t pub[65], sig[64];

    ck_assert_int_eq(prov_keyd_make_key(keyd, "server", pub, &fail), XTT_OK);
    ck_assert_msg(open_keyd(&second, hsm.uri, 0) == XTT_OK, "%s", fail.message);
    ck_assert_int_eq(prov_keyd_sign(second, "server", digest, sig, &fail), XTT_OK);
    ck_assert_int_eq(xtt_p256_verify(pub, digest, sig), XTT_OK);
    prov_keyd_close(second);
    ck_assert_int_eq(prov_keyd_check(keyd, &fail), XTT_OK);
}
END_TEST

static void *take_token(void *arg)
{
    struct prov_keyd **out = arg;

    return open_keyd(out, hsm.uri, 1) == XTT_OK ? out : NULL;
}

START_TEST(a_station_that_was_killed_gives_the_token_free)
{
    int status, pipe_fds[2];
    pid_t pid;
    char byte;

    prov_keyd_close(keyd);
    keyd = NULL;
    ck_assert_int_eq(pipe2(pipe_fds, O_CLOEXEC), 0);
    if ((pid = fork()) == 0) {
        struct prov_keyd *mine;

        _exit(take_token(&mine) != NULL && write(pipe_fds[1], "x", 1) == 1 ? pause() : 1);
    }
    close(pipe_fds[1]);
    ck_assert_int_eq(read(pipe_fds[0], &byte, 1), 1);
    kill(pid, SIGKILL);
    waitpid(pid, &status, 0);
    ck_assert_msg(open_keyd(&keyd, hsm.uri, 1) == XTT_OK, "%s", fail.message);
    ck_assert_int_eq(prov_keyd_check(keyd, &fail), XTT_OK);
}
END_TEST

START_TEST(opening_fails_in_words)
{
    struct prov_keyd *none = NULL;
    FILE *pin;

    prov_keyd_close(keyd);
    keyd = NULL;
    ck_assert_int_eq(open_keyd(&none, "pkcs11:token=another?module-path=/nowhere.so", 0),
                     XTT_ERR_HSM_PIN); /* there is no PIN to be had */
    ck_assert_int_eq(open_keyd(&none, "http://token", 0), XTT_ERR_CONFIG);
    pin = fopen(hsm.pin_file, "w");
    ck_assert_ptr_nonnull(pin);
    fputs("wrong\n", pin);
    fclose(pin);
    ck_assert_int_eq(open_keyd(&none, hsm.uri, 0), XTT_ERR_HSM_PIN);
    ck_assert_ptr_nonnull(strstr(fail.message, "CKR_PIN_INCORRECT"));
    ck_assert_ptr_null(strstr(fail.message, "wrong"));
    ck_assert_ptr_null(none);
}
END_TEST

static sem_t gone;

static void on_gone(void *arg)
{
    (void)arg;
    sem_post(&gone);
}

/* The pid of the only child of this process. */
static pid_t only_child(void)
{
    char path[64], text[64] = "";
    FILE *f;

    snprintf(path, sizeof path, "/proc/self/task/%d/children", (int)getpid());
    f = fopen(path, "r");
    ck_assert_ptr_nonnull(f);
    ck_assert_ptr_nonnull(fgets(text, sizeof text, f));
    fclose(f);
    return (pid_t)strtol(text, NULL, 10);
}

START_TEST(a_keyd_that_dies_is_noticed_by_everybody)
{
    struct prov_keyd_config cfg = {
        .state = hsm.dir, .token = hsm.uri, .pin_fd = -1, .is_shared = 1, .gone = on_gone};
    struct prov_asking asking;
    uint8_t sig[64];
    sem_t ready;

    prov_keyd_close(keyd);
    sem_init(&gone, 0, 0);
    sem_init(&ready, 0, 0);
    ck_assert_int_eq(prov_keyd_open(&keyd, &cfg, &fail), XTT_OK);
    kill(only_child(), SIGKILL);
    sem_wait(&gone);
    ck_assert_int_eq(prov_keyd_check(keyd, &fail), XTT_ERR_HSM_UNREACHABLE);
    prov_asking_init(&asking, keyd, "server", on_ready, &ready);
    ck_assert_int_eq(asking.signer.ops->sign(&asking.signer, digest, sig), XTT_ERR_HSM_UNREACHABLE);
    prov_asking_wipe(&asking);
}
END_TEST

START_TEST(a_token_that_is_unplugged_is_an_error_in_words)
{
    uint8_t pub[65], sig[64];

    ck_assert_int_eq(prov_keyd_make_key(keyd, "server", pub, &fail), XTT_OK);
    softhsm_unplug(&hsm);
    ck_assert_int_eq(xtt_err_class(prov_keyd_sign(keyd, "server", digest, sig, &fail)),
                     XTT_CLASS_HSM);
    ck_assert_ptr_nonnull(strstr(fail.message, "CKR_"));
    softhsm_plug(&hsm);
}
END_TEST

/* ---- what others of this user may say to it ----------------------------------------------------
 */

/* The socket of the keyd that is shared. */
static const char *socket_path(void)
{
    static char path[512];
    DIR *dir = opendir(hsm.dir);
    struct dirent *entry;

    ck_assert_ptr_nonnull(dir);
    path[0] = '\0';
    while ((entry = readdir(dir)) != NULL)
        if (strstr(entry->d_name, ".sock") != NULL)
            snprintf(path, sizeof path, "%s/%s", hsm.dir, entry->d_name);
    closedir(dir);
    ck_assert_int_ne(path[0], '\0');
    return path;
}

static int dial(void)
{
    static uint8_t buf[XTTD_FRAME_MAX];
    struct xttd_frame greeting;
    int fd = xttd_chan_connect(socket_path());

    ck_assert_int_ge(fd, 0);
    ck_assert_int_eq(xttd_frame_receive(fd, buf, &greeting), XTT_OK);
    ck_assert_uint_eq(greeting.code, XTT_OK);
    return fd;
}

START_TEST(its_socket_is_for_its_user_alone)
{
    struct stat st;

    ck_assert_int_eq(stat(socket_path(), &st), 0);
    ck_assert(S_ISSOCK(st.st_mode));
    ck_assert_uint_eq(st.st_mode & 0777, 0600);
}
END_TEST

START_TEST(a_peer_that_stops_in_a_frame_stops_nobody_else)
{
    const uint8_t begun[7] = {0, 0, 0, 40, 0, 0, 0};
    int fd = dial();

    ck_assert_int_eq((int)write(fd, begun, sizeof begun), (int)sizeof begun);
    for (int i = 0; i < 3; i++)
        ck_assert_int_eq(prov_keyd_check(keyd, &fail), XTT_OK);
    close(fd);
    ck_assert_int_eq(prov_keyd_check(keyd, &fail), XTT_OK);
}
END_TEST

START_TEST(frames_in_pieces_and_in_heaps_are_answered)
{
    static uint8_t buf[XTTD_FRAME_MAX];
    const uint8_t check[] = {0, 0, 0, 6, 0, 0, 0, 9, 0, KEYD_CHECK};
    uint8_t heap[sizeof check * 20];
    struct xttd_frame frame;
    int fd = dial();

    for (size_t i = 0; i < sizeof check; i++)
        ck_assert_int_eq((int)write(fd, check + i, 1), 1);
    for (size_t i = 0; i < 20; i++)
        memcpy(heap + i * sizeof check, check, sizeof check);
    ck_assert_int_eq((int)write(fd, heap, sizeof heap), (int)sizeof heap);
    for (int i = 0; i < 21; i++) {
        ck_assert_int_eq(xttd_frame_receive(fd, buf, &frame), XTT_OK);
        ck_assert_uint_eq(frame.id, 9);
        ck_assert_uint_eq(frame.code, XTT_OK);
    }
    close(fd);
}
END_TEST

START_TEST(a_length_that_no_frame_has_ends_that_peer_only)
{
    static const uint8_t lengths[][4] = {{0, 0, 0, 5}, {0, 0, 0, 0}, {0xff, 0xff, 0xff, 0xff}};
    static uint8_t buf[XTTD_FRAME_MAX];
    struct xttd_frame frame;
    int fd = dial();

    ck_assert_int_eq((int)write(fd, lengths[_i], 4), 4);
    ck_assert_int_eq(xttd_frame_receive(fd, buf, &frame), XTT_ERR_TRUNCATED);
    close(fd);
    ck_assert_int_eq(prov_keyd_check(keyd, &fail), XTT_OK);
}
END_TEST

/* Operation, number of fields of one byte: all of them wrong. */
static const struct {
    uint16_t code;
    int fields;
    xtt_err err;
} wrong[] = {
    {KEYD_CHECK, 1, XTT_ERR_FORMAT},       {KEYD_PUBLIC_KEY, 0, XTT_ERR_FORMAT},
    {KEYD_PUBLIC_KEY, 2, XTT_ERR_FORMAT},  {KEYD_SIGN, 1, XTT_ERR_FORMAT},
    {KEYD_SIGN, 2, XTT_ERR_FORMAT},        {KEYD_SIGN, 3, XTT_ERR_FORMAT},
    {KEYD_MAKE_KEY, 2, XTT_ERR_FORMAT},    {KEYD_MAKE_WRAPPING_KEY, 2, XTT_ERR_FORMAT},
    {KEYD_WRAP, 2, XTT_ERR_FORMAT},        {KEYD_WRAP, 4, XTT_ERR_FORMAT},
    {KEYD_UNWRAP, 1, XTT_ERR_FORMAT},      {KEYD_UNWRAP, 2, XTT_ERR_FORMAT},
    {KEYD_MAKE_ISSUER, 0, XTT_ERR_FORMAT}, {KEYD_IMPORT_ISSUER, 3, XTT_ERR_FORMAT},
    {KEYD_ISSUE, 3, XTT_ERR_FORMAT},       {KEYD_OPS, 0, XTT_ERR_ARGUMENT},
    {0xffff, 0, XTT_ERR_ARGUMENT},
};

START_TEST(requests_that_are_none_are_refused)
{
    static uint8_t buf[XTTD_FRAME_MAX];
    static struct xttd_body body;
    struct xttd_frame frame;
    int fd = dial();

    xttd_body_init(&body);
    for (int i = 0; i < wrong[_i].fields; i++)
        xttd_body_add(&body, "x", 1);
    ck_assert_int_eq(xttd_frame_send(fd, 5, wrong[_i].code, &body), XTT_OK);
    ck_assert_int_eq(xttd_frame_receive(fd, buf, &frame), XTT_OK);
    ck_assert_uint_eq(frame.id, 5);
    ck_assert_int_eq((int)frame.code, (int)wrong[_i].err);
    close(fd);
}
END_TEST

START_TEST(a_request_that_is_too_long_is_refused)
{
    static uint8_t buf[XTTD_FRAME_MAX], secret[4000];
    static struct xttd_body body;
    struct xttd_frame frame;
    int fd = dial();

    xttd_body_init(&body);
    xttd_body_add(&body, "wrap", 4);
    xttd_body_add(&body, "aad", 3);
    xttd_body_add(&body, secret, sizeof secret);
    ck_assert_int_eq(xttd_frame_send(fd, 6, KEYD_WRAP, &body), XTT_OK);
    ck_assert_int_eq(xttd_frame_receive(fd, buf, &frame), XTT_OK);
    ck_assert_int_eq((int)frame.code, XTT_ERR_FORMAT);
    close(fd);
}
END_TEST

START_TEST(a_token_has_one_keyd_however_its_uri_is_spelled)
{
    struct prov_keyd *second = NULL;
    char uri[400];

    snprintf(uri, sizeof uri, "pkcs11:object=root;token=station?module-path=%s", softhsm_module());
    ck_assert_msg(open_keyd(&second, uri, 0) == XTT_OK, "%s", fail.message); /* no PIN was needed */
    ck_assert_int_eq(prov_keyd_check(second, &fail), XTT_OK);
    prov_keyd_close(second);
}
END_TEST

START_TEST(a_state_directory_may_have_a_long_name)
{
    char state[256];
    struct prov_keyd_config cfg = {.state = state, .token = hsm.uri, .pin_fd = -1, .is_shared = 1};
    struct prov_keyd *second = NULL;
    int n = snprintf(state, sizeof state, "%s/", hsm.dir);

    memset(state + n, 'x', 150);
    state[n + 150] = '\0';
    ck_assert_int_eq(mkdir(state, 0700), 0);
    prov_keyd_close(keyd);
    ck_assert_msg(prov_keyd_open(&keyd, &cfg, &fail) == XTT_OK, "%s", fail.message);
    cfg.is_shared = 0;
    ck_assert_msg(prov_keyd_open(&second, &cfg, &fail) == XTT_OK, "%s", fail.message);
    ck_assert_int_eq(prov_keyd_check(second, &fail), XTT_OK);
    prov_keyd_close(second);
}
END_TEST

START_TEST(the_station_keeps_no_pin_of_its_environment)
{
    char uri[400];
    const char *was;

    prov_keyd_close(keyd);
    ck_assert_int_eq(setenv("XTT_PIN", "1234-abcd", 1), 0);
    was = getenv("XTT_PIN");
    snprintf(uri, sizeof uri, "pkcs11:token=station?module-path=%s", softhsm_module());
    ck_assert_msg(open_keyd(&keyd, uri, 1) == XTT_OK, "%s", fail.message);
    ck_assert_ptr_null(getenv("XTT_PIN"));
    ck_assert_int_eq(was[0], '\0');
    ck_assert_int_eq(was[8], '\0');
}
END_TEST

START_TEST(more_questions_than_it_queues_are_all_answered)
{
    enum { MANY = 3000 };
    static struct prov_asking askings[MANY];
    uint8_t pub[65], sig[64];
    int signatures = 0;
    sem_t ready;
    xtt_err err;

    sem_init(&ready, 0, 0);
    ck_assert_int_eq(prov_keyd_make_key(keyd, "server", pub, &fail), XTT_OK);
    for (int i = 0; i < MANY; i++) {
        prov_asking_init(&askings[i], keyd, "server", on_ready, &ready);
        ck_assert_int_eq(askings[i].signer.ops->sign(&askings[i].signer, digest, sig), XTT_AGAIN);
    }
    for (int i = 0; i < MANY; i++)
        sem_wait(&ready);
    for (int i = 0; i < MANY; i++) {
        err = askings[i].signer.ops->sign(&askings[i].signer, digest, sig);
        ck_assert(err == XTT_OK || err == XTT_ERR_OVERLOAD);
        signatures += err == XTT_OK;
        prov_asking_wipe(&askings[i]);
    }
    ck_assert_int_ge(signatures, 1024);
    ck_assert_int_eq(prov_keyd_check(keyd, &fail), XTT_OK);
}
END_TEST

static void fill(TCase *tc)
{
    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_add_test(tc, makes_keys_and_signs_with_them);
    tcase_add_test(tc, a_key_that_is_not_there_is_named);
    tcase_add_test(tc, wraps_secrets_for_one_purpose_only);
    tcase_add_test(tc, issues_credentials_and_never_gives_the_issuer_secret);
    tcase_add_test(tc, imports_an_issuer_secret_only_with_its_group_key);
    tcase_add_test(tc, an_asking_answers_again_until_the_signature_is_there);
    tcase_add_test(tc, an_asking_that_is_wiped_hears_nothing);
    tcase_add_test(tc, a_second_client_shares_the_keyd_and_a_second_station_does_not);
    tcase_add_test(tc, a_station_that_was_killed_gives_the_token_free);
    tcase_add_test(tc, opening_fails_in_words);
    tcase_add_test(tc, a_keyd_that_dies_is_noticed_by_everybody);
    tcase_add_test(tc, a_token_that_is_unplugged_is_an_error_in_words);
    tcase_add_test(tc, its_socket_is_for_its_user_alone);
    tcase_add_test(tc, a_peer_that_stops_in_a_frame_stops_nobody_else);
    tcase_add_test(tc, frames_in_pieces_and_in_heaps_are_answered);
    tcase_add_loop_test(tc, a_length_that_no_frame_has_ends_that_peer_only, 0, 3);
    tcase_add_loop_test(tc, requests_that_are_none_are_refused, 0,
                        (int)(sizeof wrong / sizeof wrong[0]));
    tcase_add_test(tc, a_request_that_is_too_long_is_refused);
    tcase_add_test(tc, a_token_has_one_keyd_however_its_uri_is_spelled);
    tcase_add_test(tc, a_state_directory_may_have_a_long_name);
    tcase_add_test(tc, the_station_keeps_no_pin_of_its_environment);
    tcase_add_test(tc, more_questions_than_it_queues_are_all_answered);
}

int main(int argc, char **argv)
{
    if (argc > 1 && strcmp(argv[1], "keyd") == 0)
        return prov_keyd_main(argc - 1, argv + 1);
    if (softhsm_module() == NULL)
        return 77;
    return run_suite("provisioner/keyd", fill, 60);
}

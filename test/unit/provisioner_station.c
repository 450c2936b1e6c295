/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Tests provisioner/station.c over real sockets, with a real keyd, registry and registrar: what a
 * device is given, how it is refused, and connections that end when it suits nobody.
 */
#include "provisioner/station.h"

#include "daemon/net.h"
#include "test/support/call.h"
#include "test/support/device.h"
#include "test/support/registry.h"
#include "test/support/suite.h"

#include <netinet/in.h>
#include <pthread.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static struct softhsm hsm;
static struct xttd_fail words;
static struct prov_registry *reg;
static struct prov_group cars;
static struct prov_station station;
static struct device_line line;
static struct device dev;

static uv_loop_t loop;
static uv_tcp_t listener;
static uv_async_t finished; /* a client has what it wanted */
static uv_timer_t timer;

/* --- a station ------------------------------------------------------------------------------ */

static xtt_err no_hsm_for_this(void *arg, const struct prov_group *group, uint8_t k[64],
                               struct xttd_fail *fail)
{
    (void)arg;
    (void)group;
    (void)fail;
    memcpy(k, k_alloc, 64);
    return XTT_OK;
}

static void make_group(void)
{
    struct prov_group g = a_group("cars", 0);
    uint8_t pub[354];

    ck_assert_int_eq(xtt_daa_issuer_new(NULL, line.issuer_secret, pub), XTT_OK);
    memcpy(line.gpk, pub, sizeof line.gpk);
    memcpy(line.basename, "base", 4);
    line.basename_size = 4;
    memcpy(g.issuer_key, pub, sizeof pub);
    ck_assert_int_eq(xtt_daa_gid(pub, (xtt_bytes){line.basename, 4}, g.gid), XTT_OK);
    ck_assert_int_eq(prov_group_add(reg, &g), XTT_OK);
    ck_assert_int_eq(prov_group_get(reg, "cars", &cars), XTT_OK);
}

static void make_certificate(void)
{
    static const uint8_t secret[32] = {[31] = 7};
    struct xtt_server_cert cert = {.dated = 1, .not_after = XTT_NO_END, .root_id = {5}};
    struct prov_keyd *keyd = prov_keyring_take(station.keys);
    struct xtt_signer *root;

    strcpy(station.label, "server");
    ck_assert_int_eq(prov_keyd_make_key(keyd, "server", cert.public_key, &words), XTT_OK);
    prov_keyring_give(station.keys);
    ck_assert_int_eq(xtt_signer_soft_new(&root, secret), XTT_OK);
    memcpy(line.root.id, cert.root_id, 16);
    ck_assert_int_eq(root->ops->public_key(root, line.root.public_key), XTT_OK);
    ck_assert_int_eq(xtt_server_cert_sign(&cert, root, station.certificate), XTT_OK);
    root->ops->free(root);
}

static void on_connection(uv_stream_t *stream, int status)
{
    uv_tcp_t *tcp;

    ck_assert_int_eq(status, 0);
    ck_assert_int_eq(xttd_net_accept(stream, &tcp), XTT_OK);
    prov_station_take(&station, tcp);
}

static void close_all_handles(void)
{
    uv_close((uv_handle_t *)&listener, NULL);
    uv_close((uv_handle_t *)&finished, NULL);
    uv_close((uv_handle_t *)&timer, NULL);
}

/* Set by the client's end; the loop ends when the station has no visit any more either. */
static int client_ended;

static void became_idle(void *arg)
{
    (void)arg;
    if (client_ended)
        close_all_handles();
}

static void on_finished(uv_async_t *async)
{
    (void)async;
    client_ended = 1;
    if (station.visits == NULL)
        close_all_handles();
}

static void start_listening(void)
{
    const struct xttd_addr addr = {.host = "127.0.0.1", .port = 0};
    char text[XTTD_ADDR_TEXT];

    ck_assert_int_eq(uv_loop_init(&loop), 0);
    ck_assert_int_eq(uv_async_init(&loop, &finished, on_finished), 0);
    ck_assert_int_eq(uv_timer_init(&loop, &timer), 0);
    ck_assert_int_eq(xttd_net_listen(&loop, &addr, &listener, on_connection, &words), XTT_OK);
    xttd_net_print(&listener, 0, text);
    line.port = (uint16_t)strtoul(strrchr(text, ':') + 1, NULL, 10);
}

static void set_up(void)
{
    tmpdir_make();
    softhsm_start(&hsm, "station", "1234-abcd");
    call_init(&hsm);
    ck_assert_int_eq(prov_keyring_open(&station.keys, &call, &words), XTT_OK);
    ck_assert_int_eq(prov_registry_create(&reg, tmpdir_file("registry")), XTT_OK);
    make_group();
    make_certificate();
    line.suite = 0x0101;
    station.suites[0] = 0x0101;
    station.suites[1] = 0x0004;
    station.n_suites = 2;
    station.first_ms = station.total_ms = 20000;
    station.idle = became_idle;
    ck_assert_int_eq(prov_roster_new(&station.roster, reg, no_hsm_for_this, NULL, &words), XTT_OK);
    ck_assert_int_eq(prov_limits_new(&station.limits, 4, 2), XTT_OK);
    ck_assert_int_eq(xtt_arena_new(&station.arena, xtt_hs_secret_size(), 4), XTT_OK);
    ck_assert_int_eq(prov_registrar_new(&station.registrar, reg, NULL, NULL, NULL), XTT_OK);
    start_listening();
    device_init(&dev, &line);
}

static void tear_down(void)
{
    device_wipe(&dev);
    ck_assert_int_eq(uv_loop_close(&loop), 0);
    prov_registrar_free(station.registrar);
    prov_roster_drop(station.roster);
    prov_keyring_close(station.keys);
    prov_limits_free(station.limits);
    xtt_arena_free(station.arena);
    prov_registry_close(reg);
    softhsm_stop(&hsm);
    tmpdir_remove();
}

/* --- clients -------------------------------------------------------------------------------- */

static xtt_err answer;

static void *provision(void *arg)
{
    (void)arg;
    answer = device_provision(&dev, &line);
    uv_async_send(&finished);
    return NULL;
}

/* Runs the client beside the loop, until both have ended. */
static void run(void *(*client)(void *arg))
{
    pthread_t thread;

    client_ended = 0;
    ck_assert_int_eq(pthread_create(&thread, NULL, client, NULL), 0);
    ck_assert_int_eq(uv_run(&loop, UV_RUN_DEFAULT), 0);
    pthread_join(thread, NULL);
    ck_assert_ptr_null(station.visits);
    ck_assert_uint_eq(prov_limits_count(station.limits), 0);
}

static int dial(void)
{
    struct sockaddr_in to = {.sin_family = AF_INET,
                             .sin_port = htons(line.port),
                             .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    const int fd = socket(AF_INET, SOCK_STREAM, 0);

    ck_assert_int_eq(connect(fd, (struct sockaddr *)&to, sizeof to), 0);
    return fd;
}

START_TEST(gives_a_member_the_identity_that_is_in_the_registry)
{
    struct prov_identity row;

    run(provision);
    ck_assert_int_eq(answer, XTT_OK);
    prov_registrar_free(station.registrar);
    station.registrar = NULL;
    ck_assert_int_eq(prov_identity_by_id(reg, dev.identity.id, &row), XTT_OK);
    ck_assert_mem_eq(row.pseudonym, dev.pseudonym, 65);
    ck_assert_mem_eq(row.active_key, dev.identity.longterm_key, 65);
    ck_assert_int_eq(row.suite, 0x0101);
}
END_TEST

START_TEST(refuses_a_group_it_does_not_have)
{
    line.basename[0] ^= 1;
    run(provision);
    ck_assert_int_eq(answer, XTT_ERR_GROUP);
}
END_TEST

START_TEST(refuses_a_suite_that_is_not_enabled)
{
    line.suite = 0x0102;
    run(provision);
    ck_assert_int_eq(answer, XTT_ERR_PEER);
}
END_TEST

START_TEST(refuses_a_member_of_another_issuer)
{
    uint8_t pub[354];

    ck_assert_int_eq(xtt_daa_issuer_new(NULL, line.issuer_secret, pub), XTT_OK);
    device_wipe(&dev);
    device_init(&dev, &line);
    run(provision);
    ck_assert_int_ne(answer, XTT_OK);
    ck_assert_int_ne(dev.progress, DEVICE_PROVISIONED);
}
END_TEST

START_TEST(answers_an_error_while_the_key_is_not_there)
{
    strcpy(station.label, "nothing");
    run(provision);
    ck_assert_int_eq(answer, XTT_ERR_PEER);
    ck_assert_int_eq(station.hsm_down, 1);
}
END_TEST

static void *crowd(void *arg)
{
    const int a = dial(), b = dial();

    (void)arg;
    /* Two from here are the most: the third is turned away without a word. */
    answer = device_provision(&dev, &line);
    ck_assert_int_ne(answer, XTT_OK);
    close(a);
    /* The station sees that end sooner or later; until then the device is turned away. */
    do
        answer = device_provision(&dev, &line);
    while (answer == XTT_ERR_TRUNCATED || answer == XTT_ERR_NETWORK);
    close(b);
    uv_async_send(&finished);
    return NULL;
}

START_TEST(turns_away_more_than_it_may_hold)
{
    run(crowd);
    ck_assert_int_eq(answer, XTT_OK);
}
END_TEST

static void *say_nothing(void *arg)
{
    const int fd = dial();
    char byte;

    (void)arg;
    answer = read(fd, &byte, 1) == 0 ? XTT_OK : XTT_ERR_NETWORK;
    close(fd);
    uv_async_send(&finished);
    return NULL;
}

START_TEST(gives_up_a_peer_that_says_nothing)
{
    station.first_ms = 50;
    run(say_nothing);
    ck_assert_int_eq(answer, XTT_OK);
}
END_TEST

static struct prov_registry *blocker;

static void abort_when_sent(uv_timer_t *t)
{
    (void)t;
    if (*(volatile enum device_progress *)&dev.progress == DEVICE_IDLE)
        return;
    prov_station_abort(&station);
}

/* The registry is held by somebody else, so the claim waits; the connection is ended meanwhile, and
 * the answer comes to nobody. */
START_TEST(a_claim_outlives_its_connection)
{
    struct prov_identity row;

    blocker = open_registry();
    ck_assert_int_eq(prov_registry_begin(blocker), XTT_OK);
    uv_timer_start(&timer, abort_when_sent, 1, 1);
    run(provision);
    ck_assert_int_ne(answer, XTT_OK);
    prov_registry_rollback(blocker);
    prov_registry_close(blocker);
    prov_registrar_free(station.registrar);
    station.registrar = NULL;
    /* It was committed all the same, if it had come that far: asking again would give it. */
    if (prov_identity_by_member(reg, cars.number, dev.pseudonym, &row) == XTT_OK)
        ck_assert_int_eq(row.status, PROV_ID_OK);
}
END_TEST

static void fill(TCase *tc)
{
    tcase_add_checked_fixture(tc, set_up, tear_down);
    tcase_add_test(tc, gives_a_member_the_identity_that_is_in_the_registry);
    tcase_add_test(tc, refuses_a_group_it_does_not_have);
    tcase_add_test(tc, refuses_a_suite_that_is_not_enabled);
    tcase_add_test(tc, refuses_a_member_of_another_issuer);
    tcase_add_test(tc, answers_an_error_while_the_key_is_not_there);
    tcase_add_test(tc, turns_away_more_than_it_may_hold);
    tcase_add_test(tc, gives_up_a_peer_that_says_nothing);
    tcase_add_test(tc, a_claim_outlives_its_connection);
}

int main(int argc, char **argv)
{
    if (argc > 1 && strcmp(argv[1], "keyd") == 0)
        return prov_keyd_main(argc - 1, argv + 1);
    if (softhsm_module() == NULL)
        return 77;
    return run_suite("provisioner/station", fill, 60);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Tests daemon/conn.c: handshakes over real sockets, with peers that behave and peers that do not.
 */
#include "daemon/conn.h"

#include <pthread.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "daemon/net.h"
#include "test/support/party.h"
#include "test/support/suite.h"

static uv_loop_t loop;
static struct party party;

/* One side as conn.c drives it, and what it told. */
struct side {
    struct xttd_conn *conn;
    int dones, closes;
    xtt_err err;
    struct xtt_identity identity;
    uint64_t done_at, closed_at; /* loop time */
};

static void setup(void)
{
    ck_assert_int_eq(uv_loop_init(&loop), 0);
    party_init(&party, 0x0101);
}

static void teardown(void)
{
    party_free(&party);
    ck_assert_int_eq(uv_loop_close(&loop), 0); /* every handle was closed */
}

static void done(void *arg, const struct xtt_hs *hs, xtt_err err)
{
    struct side *side = arg;

    side->dones++;
    side->err = err;
    side->done_at = uv_now(&loop);
    ck_assert_int_eq(side->closes, 0);
    if (err == XTT_OK)
        ck_assert_int_eq(xtt_hs_identity(hs, &side->identity), XTT_OK);
}

static void closed(void *arg)
{
    struct side *side = arg;

    side->closes++;
    side->closed_at = uv_now(&loop);
    ck_assert_int_eq(side->dones, 1);
}

static void start(struct side *side, const struct xtt_hs_config *cfg, int fd, uint64_t first_ms,
                  uint64_t total_ms)
{
    struct xttd_conn_config config = {first_ms, total_ms, done, closed, side};
    uv_tcp_t *tcp = malloc(sizeof *tcp);
    struct xtt_hs *hs;

    memset(side, 0, sizeof *side);
    ck_assert_ptr_nonnull(tcp);
    ck_assert_int_eq(uv_tcp_init(&loop, tcp), 0);
    ck_assert_int_eq(uv_tcp_open(tcp, fd), 0);
    ck_assert_int_eq(xtt_hs_new(&hs, cfg), XTT_OK);
    ck_assert_int_eq(xttd_conn_new(&side->conn, (uv_stream_t *)tcp, hs, &config), XTT_OK);
}

/* Two connected TCP sockets. */
static void tcp_pair(int fds[2])
{
    struct sockaddr_in sa = {.sin_family = AF_INET};
    socklen_t size = sizeof sa;
    int listener = socket(AF_INET, SOCK_STREAM, 0);

    sa.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    ck_assert_int_eq(bind(listener, (struct sockaddr *)&sa, sizeof sa), 0);
    ck_assert_int_eq(listen(listener, 1), 0);
    ck_assert_int_eq(getsockname(listener, (struct sockaddr *)&sa, &size), 0);
    fds[0] = socket(AF_INET, SOCK_STREAM, 0);
    ck_assert_int_eq(connect(fds[0], (struct sockaddr *)&sa, sizeof sa), 0);
    fds[1] = accept(listener, NULL, NULL);
    ck_assert_int_ge(fds[1], 0);
    close(listener);
}

/* A peer that a test writes by hand, on a blocking socket in its own thread. */
struct puppet {
    int fd;
    pthread_t thread;
    uint8_t got[2048];
    size_t n_got;
    int saw_end;
    xtt_err err; /* of its handshake, if it has one */
};

static void *stay_silent(void *arg)
{
    struct puppet *puppet = arg;

    puppet->n_got = (size_t)recv(puppet->fd, puppet->got, sizeof puppet->got, MSG_WAITALL);
    puppet->saw_end = 1;
    return NULL;
}

static void *close_at_once(void *arg)
{
    shutdown(((struct puppet *)arg)->fd, SHUT_WR);
    return stay_silent(arg);
}

static void *send_garbage(void *arg)
{
    struct puppet *puppet = arg;

    ck_assert_int_eq(send(puppet->fd, "\x77\0\4\1more", 8, MSG_NOSIGNAL), 8);
    return stay_silent(arg);
}

/* A client that speaks correctly, one byte a packet, and sends on after its last message. */
static void *dribble(void *arg)
{
    struct puppet *puppet = arg;
    struct xtt_hs *hs;
    uint8_t byte;

    ck_assert_int_eq(xtt_hs_new(&hs, &party.client), XTT_OK);
    while (xtt_hs_want(hs) != XTT_WANT_NOTHING) {
        xtt_bytes in = {&byte, 1};

        if (xtt_hs_want(hs) == XTT_WANT_WRITE && xtt_hs_drain(hs, &byte, 1) == 1)
            ck_assert_int_eq(send(puppet->fd, &byte, 1, MSG_NOSIGNAL), 1);
        else if (recv(puppet->fd, &byte, 1, 0) != 1 || xtt_hs_feed(hs, &in) != XTT_OK)
            break;
    }
    puppet->err = xtt_hs_is_done(hs) ? XTT_OK : xtt_hs_error(hs);
    xtt_hs_free(hs);
    return stay_silent(arg);
}

/* Sends its first message and no other. */
static void *begin_only(void *arg)
{
    struct puppet *puppet = arg;
    struct xtt_hs *hs;
    uint8_t msg[XTT_HS_MESSAGE_MAX];
    size_t n;

    ck_assert_int_eq(xtt_hs_new(&hs, &party.client), XTT_OK);
    n = party_drain(hs, msg, sizeof msg);
    ck_assert_int_eq(send(puppet->fd, msg, n, MSG_NOSIGNAL), (ssize_t)n);
    xtt_hs_free(hs);
    return stay_silent(arg);
}

/* Wrong first message and then more than the other side is ready to discard. */
static void *flood(void *arg)
{
    struct puppet *puppet = arg;
    static const uint8_t junk[65536] = {0x77};

    puppet->saw_end = send(puppet->fd, junk, sizeof junk, MSG_NOSIGNAL) < 0;
    return stay_silent(arg);
}

static void play(struct puppet *puppet, int fd, void *(*part)(void *))
{
    memset(puppet, 0, sizeof *puppet);
    puppet->fd = fd;
    ck_assert_int_eq(pthread_create(&puppet->thread, NULL, part, puppet), 0);
}

static void finish(struct puppet *puppet)
{
    shutdown(puppet->fd, SHUT_RDWR);
    ck_assert_int_eq(pthread_join(puppet->thread, NULL), 0);
    close(puppet->fd);
}

/* A server against a puppet; runs until the server's side is gone. */
static void serve(struct side *server, void *(*part)(void *), struct puppet *puppet,
                  uint64_t first_ms, uint64_t total_ms)
{
    int fds[2];

    tcp_pair(fds);
    play(puppet, fds[0], part);
    start(server, &party.server, fds[1], first_ms, total_ms);
    uv_run(&loop, UV_RUN_DEFAULT);
    finish(puppet);
    ck_assert_int_eq(server->dones, 1);
    ck_assert_int_eq(server->closes, 1);
}

START_TEST(both_sides_end_with_the_same_identity)
{
    static const uint16_t suites[] = {0x0101, 0x0001, 0x0104};
    struct side client, server;
    int fds[2];

    party_free(&party);
    party_init(&party, suites[_i]);
    tcp_pair(fds);
    start(&server, &party.server, fds[1], XTTD_FIRST_MS, XTTD_TOTAL_MS);
    start(&client, &party.client, fds[0], 0, XTTD_TOTAL_MS);
    uv_run(&loop, UV_RUN_DEFAULT);
    ck_assert_int_eq(server.err, XTT_OK);
    ck_assert_int_eq(client.err, XTT_OK);
    ck_assert_mem_eq(client.identity.id, server.identity.id, 16);
    ck_assert_mem_eq(client.identity.longterm_key, server.identity.longterm_key, 65);
    ck_assert_int_eq(client.closes + server.closes, 2);
    /* Both shut down, so nobody had to wait for the linger time. */
    ck_assert_uint_lt(server.closed_at - server.done_at, 900);
}
END_TEST

START_TEST(many_share_the_loop)
{
    enum { MANY = 8 };
    struct side clients[MANY], servers[MANY];
    int fds[2];

    for (int i = 0; i < MANY; i++) {
        tcp_pair(fds);
        start(&servers[i], &party.server, fds[1], XTTD_FIRST_MS, XTTD_TOTAL_MS);
        start(&clients[i], &party.client, fds[0], 0, XTTD_TOTAL_MS);
    }
    uv_run(&loop, UV_RUN_DEFAULT);
    for (int i = 0; i < MANY; i++) {
        ck_assert_int_eq(clients[i].err, XTT_OK);
        ck_assert_int_eq(servers[i].err, XTT_OK);
    }
}
END_TEST

START_TEST(a_peer_may_send_byte_by_byte)
{
    struct puppet puppet;
    struct side server;

    serve(&server, dribble, &puppet, XTTD_FIRST_MS, XTTD_TOTAL_MS);
    ck_assert_int_eq(server.err, XTT_OK);
    ck_assert_int_eq(puppet.err, XTT_OK);
}
END_TEST

START_TEST(a_silent_peer_meets_the_first_deadline)
{
    struct puppet puppet;
    struct side server;

    serve(&server, stay_silent, &puppet, 30, 20000);
    ck_assert_int_eq(server.err, XTT_ERR_TIMEOUT);
}
END_TEST

START_TEST(a_peer_that_stops_halfway_meets_the_second_deadline)
{
    struct puppet puppet;
    struct side server;

    serve(&server, begin_only, &puppet, 10000, 1000);
    ck_assert_int_eq(server.err, XTT_ERR_TIMEOUT);
    ck_assert_uint_eq(puppet.n_got, 417); /* it got its answer before */
}
END_TEST

START_TEST(a_peer_that_leaves_is_a_truncated_handshake)
{
    struct puppet puppet;
    struct side server;

    serve(&server, close_at_once, &puppet, 10000, 10000);
    ck_assert_int_eq(server.err, XTT_ERR_TRUNCATED);
    ck_assert_uint_eq(puppet.n_got, 0);
}
END_TEST

START_TEST(garbage_is_answered_with_one_error_and_the_end_of_the_stream)
{
    struct puppet puppet;
    struct side server;

    serve(&server, send_garbage, &puppet, 10000, 10000);
    ck_assert_int_eq(server.err, XTT_ERR_MESSAGE);
    ck_assert_uint_eq(puppet.n_got, 4);
    ck_assert_mem_eq(puppet.got, "\x41\0\4\1", 4);
}
END_TEST

START_TEST(a_peer_that_never_closes_is_left_after_a_second)
{
    struct puppet puppet;
    struct side server;

    serve(&server, send_garbage, &puppet, 10000, 10000);
    ck_assert_uint_ge(server.closed_at - server.done_at, 900);
    ck_assert_uint_lt(server.closed_at - server.done_at, 3000);
}
END_TEST

START_TEST(a_peer_that_sends_on_is_cut_off)
{
    struct puppet puppet;
    struct side server;

    serve(&server, flood, &puppet, 10000, 10000);
    ck_assert_int_eq(server.err, XTT_ERR_MESSAGE);
    ck_assert_uint_lt(server.closed_at - server.done_at, 900);
}
END_TEST

START_TEST(a_refusal_reaches_the_client_with_its_reason)
{
    struct side client, server;
    int fds[2];

    party.on_assign.answer = XTT_ERR_QUARANTINED;
    tcp_pair(fds);
    start(&server, &party.server, fds[1], XTTD_FIRST_MS, XTTD_TOTAL_MS);
    start(&client, &party.client, fds[0], 0, XTTD_TOTAL_MS);
    uv_run(&loop, UV_RUN_DEFAULT);
    ck_assert_int_eq(server.err, XTT_ERR_QUARANTINED);
    ck_assert_int_eq(client.err, XTT_ERR_QUARANTINED);
}
END_TEST

static struct side answered;

static void *resume_until_closed(void *arg)
{
    volatile int *stop = arg;

    while (!*stop) {
        xttd_conn_resume(answered.conn);
        usleep(500);
    }
    return NULL;
}

static volatile int stop_resuming;

static void stop_at_done(void *arg, const struct xtt_hs *hs, xtt_err err)
{
    stop_resuming = 1;
    done(arg, hs, err);
}

START_TEST(an_answer_that_comes_later_from_another_thread_resumes)
{
    struct side client;
    struct xttd_conn_config config = {XTTD_FIRST_MS, XTTD_TOTAL_MS, stop_at_done, closed,
                                      &answered};
    uv_tcp_t *tcp = malloc(sizeof *tcp);
    struct xtt_hs *hs;
    pthread_t thread;
    int fds[2];

    party.server_key.again = 2;
    party.on_group.again = 1;
    party.on_assign.again = 3;
    tcp_pair(fds);
    ck_assert_int_eq(uv_tcp_init(&loop, tcp), 0);
    ck_assert_int_eq(uv_tcp_open(tcp, fds[1]), 0);
    ck_assert_int_eq(xtt_hs_new(&hs, &party.server), XTT_OK);
    ck_assert_int_eq(xttd_conn_new(&answered.conn, (uv_stream_t *)tcp, hs, &config), XTT_OK);
    start(&client, &party.client, fds[0], 0, XTTD_TOTAL_MS);
    ck_assert_int_eq(pthread_create(&thread, NULL, resume_until_closed, (void *)&stop_resuming), 0);
    while (answered.dones == 0)
        uv_run(&loop, UV_RUN_ONCE);
    pthread_join(thread, NULL); /* before the connection can be gone: it lingers */
    uv_run(&loop, UV_RUN_DEFAULT);
    ck_assert_int_eq(answered.err, XTT_OK);
    ck_assert_int_eq(client.err, XTT_OK);
    ck_assert_int_eq(party.on_assign.calls, 4);
}
END_TEST

START_TEST(nobody_resumes_without_an_answer)
{
    struct puppet puppet;
    struct side server;

    party.server_key.again = 1;
    serve(&server, begin_only, &puppet, 10000, 100);
    ck_assert_int_eq(server.err, XTT_ERR_TIMEOUT);
    ck_assert_int_eq(party.server_key.calls, 1);
    ck_assert_uint_eq(puppet.n_got, 0);
}
END_TEST

static void abort_now(uv_timer_t *timer)
{
    struct side *side = timer->data;

    if (side->closes == 0)
        xttd_conn_abort(side->conn, XTT_ERR_NETWORK);
    uv_close((uv_handle_t *)timer, NULL);
}

START_TEST(an_abort_ends_at_any_moment)
{
    struct side client, server;
    uv_timer_t timer;
    int fds[2];

    tcp_pair(fds);
    start(&server, &party.server, fds[1], XTTD_FIRST_MS, XTTD_TOTAL_MS);
    start(&client, &party.client, fds[0], 0, XTTD_TOTAL_MS);
    ck_assert_int_eq(uv_timer_init(&loop, &timer), 0);
    timer.data = &server;
    uv_timer_start(&timer, abort_now, (uint64_t)_i, 0);
    while (server.closes == 0 && server.dones == 0)
        uv_run(&loop, UV_RUN_ONCE);
    uv_run(&loop, UV_RUN_DEFAULT);
    ck_assert_int_eq(server.dones, 1);
    ck_assert_int_eq(server.closes, 1);
    ck_assert_int_eq(client.closes, 1);
    ck_assert(server.err == XTT_ERR_NETWORK || server.err == XTT_OK);
    ck_assert(client.err != XTT_OK || server.err == XTT_OK);
}
END_TEST

static void fill(TCase *tc)
{
    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_add_loop_test(tc, both_sides_end_with_the_same_identity, 0, 3);
    tcase_add_test(tc, many_share_the_loop);
    tcase_add_test(tc, a_peer_may_send_byte_by_byte);
    tcase_add_test(tc, a_silent_peer_meets_the_first_deadline);
    tcase_add_test(tc, a_peer_that_stops_halfway_meets_the_second_deadline);
    tcase_add_test(tc, a_peer_that_leaves_is_a_truncated_handshake);
    tcase_add_test(tc, garbage_is_answered_with_one_error_and_the_end_of_the_stream);
    tcase_add_test(tc, a_peer_that_never_closes_is_left_after_a_second);
    tcase_add_test(tc, a_peer_that_sends_on_is_cut_off);
    tcase_add_test(tc, a_refusal_reaches_the_client_with_its_reason);
    tcase_add_test(tc, an_answer_that_comes_later_from_another_thread_resumes);
    tcase_add_test(tc, nobody_resumes_without_an_answer);
    tcase_add_loop_test(tc, an_abort_ends_at_any_moment, 0, 8);
}

int main(void)
{
    return run_suite("daemon/conn", fill, 30);
}

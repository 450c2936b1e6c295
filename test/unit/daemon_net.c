/* SPDX-License-Identifier: Apache-2.0 */
/* Tests daemon/net.c: addresses, connecting, listening, over real sockets. */
#include "daemon/net.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "test/support/suite.h"

static uv_loop_t loop;
static struct xttd_fail why;

static void setup(void)
{
    ck_assert_int_eq(uv_loop_init(&loop), 0);
    why = (struct xttd_fail){0};
}

static void teardown(void)
{
    uv_run(&loop, UV_RUN_DEFAULT);
    ck_assert_int_eq(uv_loop_close(&loop), 0); /* nothing is left open */
}

static const struct {
    const char *text, *host;
    uint16_t port;
} good[] = {
    {"station", "station", 4444},
    {"station:1", "station", 1},
    {"192.0.2.1:65535", "192.0.2.1", 65535},
    {"[2001:db8::1]:80", "2001:db8::1", 80},
    {"[::]", "::", 4444},
    {":0", "", 0},
};

START_TEST(reads_host_and_port)
{
    struct xttd_addr addr;

    ck_assert_int_eq(xttd_addr_parse(good[_i].text, &addr, &why), XTT_OK);
    ck_assert_str_eq(addr.host, good[_i].host);
    ck_assert_uint_eq(addr.port, good[_i].port);
}
END_TEST

static const char *const bad[] = {
    "",     "host:", "host:0x50", "host:65536",  "host:-1", "host: 80", "host:123456",
    "[::1", "[]:80", "[::1]80",   "2001:db8::1", "a:b:80",  "::1",      "[::1]:",
};

START_TEST(refuses_what_is_no_address)
{
    struct xttd_addr addr = {.port = 7};

    ck_assert_int_eq(xttd_addr_parse(bad[_i], &addr, &why), XTT_ERR_USAGE);
    ck_assert_uint_eq(addr.port, 7);
    ck_assert_ptr_nonnull(strstr(why.remedy, "HOST:PORT"));
}
END_TEST

START_TEST(refuses_a_host_that_is_too_long)
{
    struct xttd_addr addr;
    char text[400];

    memset(text, 'a', sizeof text);
    memcpy(text + sizeof text - 4, ":80", 4);
    ck_assert_int_eq(xttd_addr_parse(text, &addr, &why), XTT_ERR_USAGE);
}
END_TEST

static struct {
    int calls, incoming;
    uv_tcp_t *tcp, *accepted;
    xtt_err err;
    char words[512];
} heard;

static void free_handle(uv_handle_t *handle)
{
    free(handle);
}

static void connected(void *arg, uv_tcp_t *tcp, xtt_err err, const char *words)
{
    ck_assert_ptr_eq(arg, &heard);
    heard.calls++;
    heard.tcp = tcp;
    heard.err = err;
    snprintf(heard.words, sizeof heard.words, "%s", words);
    if (err != XTT_OK)
        ck_assert_ptr_null(tcp);
}

static void incoming(uv_stream_t *listener, int status)
{
    ck_assert_int_eq(status, 0);
    heard.incoming++;
    ck_assert_int_eq(xttd_net_accept(listener, &heard.accepted), XTT_OK);
    uv_close((uv_handle_t *)listener, NULL);
}

static uint16_t port_of(const uv_tcp_t *tcp)
{
    char text[XTTD_ADDR_TEXT];

    xttd_net_print(tcp, 0, text);
    return (uint16_t)strtoul(strrchr(text, ':') + 1, NULL, 10);
}

START_TEST(a_listener_hears_who_connects)
{
    struct xttd_addr addr;
    static uv_tcp_t listener;
    char text[XTTD_ADDR_TEXT];

    ck_assert_int_eq(xttd_addr_parse("127.0.0.1:0", &addr, &why), XTT_OK);
    ck_assert_int_eq(xttd_net_listen(&loop, &addr, &listener, incoming, &why), XTT_OK);
    addr.port = port_of(&listener);
    /* The name may mean ::1 first, where nobody listens: the next address is tried. */
    strcpy(addr.host, "localhost");
    ck_assert_int_eq(xttd_net_connect(&loop, &addr, 2000, connected, &heard), XTT_OK);
    uv_run(&loop, UV_RUN_DEFAULT);
    ck_assert_int_eq(heard.calls, 1);
    ck_assert_int_eq(heard.err, XTT_OK);
    ck_assert_int_eq(heard.incoming, 1);
    xttd_net_print(heard.tcp, 1, text);
    ck_assert_uint_eq(strtoul(strrchr(text, ':') + 1, NULL, 10), addr.port);
    ck_assert_int_eq(strncmp(text, "127.0.0.1:", 10), 0);
    uv_close((uv_handle_t *)heard.tcp, free_handle);
    uv_close((uv_handle_t *)heard.accepted, free_handle);
}
END_TEST

START_TEST(a_refused_connection_says_where_and_why)
{
    struct xttd_addr addr;
    static uv_tcp_t listener;

    ck_assert_int_eq(xttd_addr_parse("127.0.0.1:0", &addr, &why), XTT_OK);
    ck_assert_int_eq(xttd_net_listen(&loop, &addr, &listener, incoming, &why), XTT_OK);
    addr.port = port_of(&listener);
    uv_close((uv_handle_t *)&listener, NULL);
    uv_run(&loop, UV_RUN_DEFAULT);
    ck_assert_int_eq(xttd_net_connect(&loop, &addr, 2000, connected, &heard), XTT_OK);
    uv_run(&loop, UV_RUN_DEFAULT);
    ck_assert_int_eq(heard.calls, 1);
    ck_assert_int_eq(heard.err, XTT_ERR_NETWORK);
    ck_assert_ptr_nonnull(strstr(heard.words, "127.0.0.1:"));
    ck_assert_ptr_nonnull(strstr(heard.words, "connection refused"));
}
END_TEST

START_TEST(a_silent_address_times_out)
{
    struct xttd_addr addr;
    static uv_tcp_t listener;
    struct sockaddr_in sa;
    uv_os_fd_t fd;
    int fds[8], n = 0;

    /* A backlog of one, filled: further connections get no answer. */
    ck_assert_int_eq(uv_tcp_init(&loop, &listener), 0);
    ck_assert_int_eq(uv_ip4_addr("127.0.0.1", 0, &sa), 0);
    ck_assert_int_eq(uv_tcp_bind(&listener, (struct sockaddr *)&sa, 0), 0);
    ck_assert_int_eq(xttd_addr_parse("127.0.0.1:0", &addr, &why), XTT_OK);
    ck_assert_int_eq(uv_fileno((uv_handle_t *)&listener, &fd), 0);
    ck_assert_int_eq(listen(fd, 0), 0);
    addr.port = port_of(&listener);
    sa.sin_port = htons(addr.port);
    for (; n < 8; n++) {
        fds[n] = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
        (void)connect(fds[n], (struct sockaddr *)&sa, sizeof sa);
    }
    ck_assert_int_eq(xttd_net_connect(&loop, &addr, 50, connected, &heard), XTT_OK);
    while (heard.calls == 0)
        uv_run(&loop, UV_RUN_ONCE);
    uv_close((uv_handle_t *)&listener, NULL);
    while (n > 0)
        close(fds[--n]);
    ck_assert_int_eq(heard.err, XTT_ERR_NETWORK);
    ck_assert_ptr_nonnull(strstr(heard.words, "no answer in time"));
}
END_TEST

START_TEST(an_unknown_name_says_so)
{
    struct xttd_addr addr;

    ck_assert_int_eq(xttd_addr_parse("no-such-host.invalid:1", &addr, &why), XTT_OK);
    ck_assert_int_eq(xttd_net_connect(&loop, &addr, 100, connected, &heard), XTT_OK);
    uv_run(&loop, UV_RUN_DEFAULT);
    ck_assert_int_eq(heard.calls, 1);
    ck_assert_int_eq(heard.err, XTT_ERR_NETWORK);
    ck_assert_ptr_nonnull(strstr(heard.words, "no-such-host.invalid: "));
}
END_TEST

START_TEST(a_port_in_use_is_named)
{
    struct xttd_addr addr;
    static uv_tcp_t first, second;

    ck_assert_int_eq(xttd_addr_parse("[::1]:0", &addr, &why), XTT_OK);
    if (xttd_net_listen(&loop, &addr, &first, incoming, &why) != XTT_OK) {
        ck_assert_int_eq(xttd_addr_parse("127.0.0.1:0", &addr, &why), XTT_OK);
        ck_assert_int_eq(xttd_net_listen(&loop, &addr, &first, incoming, &why), XTT_OK);
    }
    addr.port = port_of(&first);
    ck_assert_int_eq(xttd_net_listen(&loop, &addr, &second, incoming, &why), XTT_ERR_NETWORK);
    ck_assert_ptr_nonnull(strstr(why.message, "address already in use"));
    ck_assert_ptr_nonnull(strstr(why.message, addr.host));
    uv_close((uv_handle_t *)&first, NULL);
}
END_TEST

START_TEST(listening_on_a_foreign_address_fails)
{
    struct xttd_addr addr;
    static uv_tcp_t tcp;

    ck_assert_int_eq(xttd_addr_parse("192.0.2.1:4444", &addr, &why), XTT_OK);
    ck_assert_int_eq(xttd_net_listen(&loop, &addr, &tcp, incoming, &why), XTT_ERR_NETWORK);
}
END_TEST

static void fill(TCase *tc)
{
    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_add_loop_test(tc, reads_host_and_port, 0, (int)(sizeof good / sizeof good[0]));
    tcase_add_loop_test(tc, refuses_what_is_no_address, 0, (int)(sizeof bad / sizeof bad[0]));
    tcase_add_test(tc, refuses_a_host_that_is_too_long);
    tcase_add_test(tc, a_listener_hears_who_connects);
    tcase_add_test(tc, a_refused_connection_says_where_and_why);
    tcase_add_test(tc, a_silent_address_times_out);
    tcase_add_test(tc, an_unknown_name_says_so);
    tcase_add_test(tc, a_port_in_use_is_named);
    tcase_add_test(tc, listening_on_a_foreign_address_fails);
}

int main(void)
{
    return run_suite("daemon/net", fill, 10);
}

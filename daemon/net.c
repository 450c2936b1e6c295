/* SPDX-License-Identifier: Apache-2.0 */
/* Names and TCP sockets; see net.h. */
#include "daemon/net.h"

#include <stdlib.h>
#include <string.h>

static xtt_err parse_port(const char *text, uint16_t *port)
{
    unsigned long n = 0;

    if (text[0] == '\0' || strlen(text) > 5 || strspn(text, "0123456789") != strlen(text))
        return XTT_ERR_USAGE;
    n = strtoul(text, NULL, 10);
    if (n > UINT16_MAX)
        return XTT_ERR_USAGE;
    *port = (uint16_t)n;
    return XTT_OK;
}

xtt_err xttd_addr_parse(const char *text, struct xttd_addr *addr, struct xttd_fail *fail)
{
    struct xttd_addr read = {.port = XTTD_DEFAULT_PORT};
    const char *host = text, *port;
    size_t n;

    if (text[0] == '[') {
        host = text + 1;
        n = strcspn(host, "]");
        if (host[n] != ']' || n == 0)
            goto bad;
        port = host + n + 1;
    } else {
        n = strcspn(text, ":");
        port = text + n;
        /* Two colons are an IPv6 address without brackets: where would its port begin? */
        if (port[0] == ':' && strchr(port + 1, ':') != NULL)
            goto bad;
    }
    if (n >= sizeof read.host || (n == 0 && port[0] == '\0'))
        goto bad;
    memcpy(read.host, host, n);
    if (port[0] != '\0' && (port[0] != ':' || parse_port(port + 1, &read.port) != XTT_OK))
        goto bad;
    *addr = read;
    return XTT_OK;
bad:
    xttd_fail(fail, XTT_ERR_USAGE, "\"%.200s\" is no address", text);
    return xttd_fail_remedy(fail, "write HOST:PORT, 192.0.2.1:PORT or [2001:db8::1]:PORT");
}

static void print_sockaddr(const struct sockaddr *sa, char text[XTTD_ADDR_TEXT])
{
    char host[48] = "?";

    (void)uv_ip_name(sa, host, sizeof host);
    if (sa->sa_family == AF_INET6)
        snprintf(text, XTTD_ADDR_TEXT, "[%s]:%u", host,
                 ntohs(((const struct sockaddr_in6 *)(const void *)sa)->sin6_port));
    else
        snprintf(text, XTTD_ADDR_TEXT, "%s:%u", host,
                 ntohs(((const struct sockaddr_in *)(const void *)sa)->sin_port));
}

void xttd_net_print(const uv_tcp_t *tcp, int peer, char text[XTTD_ADDR_TEXT])
{
    struct sockaddr_storage sa = {0};
    int size = sizeof sa;
    int status = peer ? uv_tcp_getpeername(tcp, (struct sockaddr *)&sa, &size)
                      : uv_tcp_getsockname(tcp, (struct sockaddr *)&sa, &size);

    if (status == 0)
        print_sockaddr((const struct sockaddr *)&sa, text);
    else
        snprintf(text, XTTD_ADDR_TEXT, "?");
}

void xttd_net_peer(const uv_tcp_t *tcp, uint8_t address[16])
{
    static const uint8_t mapped[12] = {[10] = 0xff, [11] = 0xff};
    struct sockaddr_storage sa = {0};
    const struct sockaddr_in *v4 = (const void *)&sa;
    const struct sockaddr_in6 *v6 = (const void *)&sa;
    int size = sizeof sa;

    memset(address, 0, 16);
    if (uv_tcp_getpeername(tcp, (struct sockaddr *)&sa, &size) != 0)
        return;
    if (sa.ss_family == AF_INET6) {
        memcpy(address, &v6->sin6_addr, 16);
    } else if (sa.ss_family == AF_INET) {
        memcpy(address, mapped, sizeof mapped);
        memcpy(address + 12, &v4->sin_addr, 4);
    }
}

/* One attempt to reach a name, over all its addresses. */
struct dial {
    uv_loop_t *loop;
    struct xttd_addr addr;
    uint64_t timeout_ms;
    xttd_connected *done;
    void *arg;

    uv_getaddrinfo_t lookup;
    struct addrinfo *list, *next;
    uv_timer_t timer;
    uv_tcp_t *tcp;
    uv_connect_t request;
    int timed_out;

    xtt_err err;
    char words[512];
};

void xttd_net_free(uv_handle_t *handle)
{
    free(handle);
}

static void finish(uv_handle_t *timer)
{
    struct dial *dial = timer->data;

    dial->done(dial->arg, dial->tcp, dial->err, dial->words);
    uv_freeaddrinfo(dial->list);
    free(dial);
}

static void end_dial(struct dial *dial, xtt_err err)
{
    dial->err = err;
    uv_close((uv_handle_t *)&dial->timer, finish);
}

static void note(struct dial *dial, const char *what, const char *why)
{
    size_t n = strlen(dial->words);

    snprintf(dial->words + n, sizeof dial->words - n, "%s%s: %s", n > 0 ? "; " : "", what, why);
}

static void try_next(struct dial *dial);

static void on_timeout(uv_timer_t *timer)
{
    struct dial *dial = timer->data;

    /* Closing makes libuv answer the connect request with UV_ECANCELED. */
    dial->timed_out = 1;
    uv_close((uv_handle_t *)dial->tcp, xttd_net_free);
}

static void on_connect(uv_connect_t *request, int status)
{
    struct dial *dial = request->data;
    char text[XTTD_ADDR_TEXT];

    uv_timer_stop(&dial->timer);
    if (status == 0 && !dial->timed_out) {
        (void)uv_tcp_nodelay(dial->tcp, 1);
        end_dial(dial, XTT_OK);
        return;
    }
    print_sockaddr(dial->next->ai_addr, text);
    note(dial, text, dial->timed_out ? "no answer in time" : uv_strerror(status));
    if (!dial->timed_out)
        uv_close((uv_handle_t *)dial->tcp, xttd_net_free);
    dial->tcp = NULL;
    dial->next = dial->next->ai_next;
    try_next(dial);
}

static void try_next(struct dial *dial)
{
    for (; dial->next != NULL; dial->next = dial->next->ai_next) {
        char text[XTTD_ADDR_TEXT];
        int status;

        if ((dial->tcp = malloc(sizeof *dial->tcp)) == NULL) {
            end_dial(dial, XTT_ERR_NOMEM);
            return;
        }
        if ((status = uv_tcp_init(dial->loop, dial->tcp)) != 0) {
            free(dial->tcp);
            dial->tcp = NULL;
            note(dial, "socket", uv_strerror(status));
            break;
        }
        dial->timed_out = 0;
        status = uv_tcp_connect(&dial->request, dial->tcp, dial->next->ai_addr, on_connect);
        if (status == 0) {
            uv_timer_start(&dial->timer, on_timeout, dial->timeout_ms, 0);
            return;
        }
        print_sockaddr(dial->next->ai_addr, text);
        note(dial, text, uv_strerror(status));
        uv_close((uv_handle_t *)dial->tcp, xttd_net_free);
        dial->tcp = NULL;
    }
    end_dial(dial, XTT_ERR_NETWORK);
}

static void on_lookup(uv_getaddrinfo_t *lookup, int status, struct addrinfo *list)
{
    struct dial *dial = lookup->data;

    if (status != 0) {
        note(dial, dial->addr.host, uv_strerror(status));
        end_dial(dial, XTT_ERR_NETWORK);
        return;
    }
    dial->list = dial->next = list;
    try_next(dial);
}

xtt_err xttd_net_connect(uv_loop_t *loop, const struct xttd_addr *addr, uint64_t timeout_ms,
                         xttd_connected *done, void *arg)
{
    const struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_ADDRCONFIG};
    struct dial *dial = calloc(1, sizeof *dial);
    char port[8];
    int status;

    if (dial == NULL)
        return XTT_ERR_NOMEM;
    dial->loop = loop;
    dial->addr = *addr;
    dial->timeout_ms = timeout_ms;
    dial->done = done;
    dial->arg = arg;
    dial->lookup.data = dial->request.data = dial;
    (void)uv_timer_init(loop, &dial->timer);
    dial->timer.data = dial;
    snprintf(port, sizeof port, "%u", addr->port);
    status = uv_getaddrinfo(loop, &dial->lookup, on_lookup,
                            addr->host[0] != '\0' ? addr->host : NULL, port, &hints);
    if (status != 0) {
        note(dial, addr->host, uv_strerror(status));
        end_dial(dial, XTT_ERR_NETWORK);
    }
    return XTT_OK;
}

/* The addresses to try for listening: all of [::], which takes IPv4 too, or what the name means. */
static int resolve(uv_loop_t *loop, const struct xttd_addr *addr, uv_getaddrinfo_t *lookup)
{
    const struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_PASSIVE};
    char port[8];

    snprintf(port, sizeof port, "%u", addr->port);
    return uv_getaddrinfo(loop, lookup, NULL, addr->host[0] != '\0' ? addr->host : "::", port,
                          &hints);
}

xtt_err xttd_net_listen(uv_loop_t *loop, const struct xttd_addr *addr, uv_tcp_t *tcp,
                        uv_connection_cb incoming, struct xttd_fail *fail)
{
    uv_getaddrinfo_t lookup = {.addrinfo = NULL};
    int status = resolve(loop, addr, &lookup);

    if (status == 0 && (status = uv_tcp_init(loop, tcp)) == 0) {
        if ((status = uv_tcp_bind(tcp, lookup.addrinfo->ai_addr, 0)) == 0)
            status = uv_listen((uv_stream_t *)tcp, SOMAXCONN, incoming);
        if (status != 0)
            uv_close((uv_handle_t *)tcp, NULL);
    }
    uv_freeaddrinfo(lookup.addrinfo);
    if (status == 0)
        return XTT_OK;
    return xttd_fail(fail, XTT_ERR_NETWORK, "cannot listen on %s%s%s:%u: %s",
                     strchr(addr->host, ':') ? "[" : "", addr->host,
                     strchr(addr->host, ':') ? "]" : "", addr->port, uv_strerror(status));
}

xtt_err xttd_net_accept(uv_stream_t *listener, uv_tcp_t **tcp)
{
    uv_tcp_t *taken = malloc(sizeof *taken);

    if (taken == NULL)
        return XTT_ERR_NOMEM;
    if (uv_tcp_init(listener->loop, taken) != 0) {
        free(taken);
        return XTT_ERR_NETWORK;
    }
    if (uv_accept(listener, (uv_stream_t *)taken) != 0) {
        uv_close((uv_handle_t *)taken, xttd_net_free);
        return XTT_ERR_NETWORK;
    }
    (void)uv_tcp_nodelay(taken, 1);
    *tcp = taken;
    return XTT_OK;
}

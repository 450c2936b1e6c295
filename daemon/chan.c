/* SPDX-License-Identifier: Apache-2.0 */
/* Frames over UNIX stream sockets; see chan.h. */
#include "daemon/chan.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

static void put_number(uint8_t *p, uint32_t v, int bytes)
{
    for (int i = bytes - 1; i >= 0; i--, v >>= 8)
        p[i] = (uint8_t)v;
}

static uint32_t get_number(const uint8_t *p, int bytes)
{
    uint32_t v = 0;

    for (int i = 0; i < bytes; i++)
        v = v << 8 | p[i];
    return v;
}

void xttd_body_init(struct xttd_body *body)
{
    body->n = XTTD_FRAME_HEAD;
    body->is_full = 0;
}

void xttd_body_add(struct xttd_body *body, const void *p, size_t n)
{
    if (n > UINT16_MAX || n + 2 > sizeof body->bytes - body->n) {
        body->is_full = 1;
        return;
    }
    put_number(body->bytes + body->n, (uint32_t)n, 2);
    if (n > 0)
        memcpy(body->bytes + body->n + 2, p, n);
    body->n += 2 + n;
}

xtt_err xttd_body_take(xtt_bytes *body, xtt_bytes *field)
{
    size_t n;

    if (body->n < 2 || (n = get_number(body->p, 2)) > body->n - 2)
        return XTT_ERR_FORMAT;
    *field = (xtt_bytes){body->p + 2, n};
    body->p += 2 + n;
    body->n -= 2 + n;
    return XTT_OK;
}

xtt_err xttd_body_take_exactly(xtt_bytes *body, uint8_t *out, size_t n)
{
    xtt_bytes field;
    xtt_err err;

    if ((err = xttd_body_take(body, &field)) != XTT_OK)
        return err;
    if (field.n != n)
        return XTT_ERR_FORMAT;
    memcpy(out, field.p, n);
    return XTT_OK;
}

xtt_err xttd_frame_send(int fd, uint32_t id, uint16_t code, struct xttd_body *body)
{
    const uint8_t *p = body->bytes;
    size_t left = body->n;

    if (body->is_full)
        return XTT_ERR_LENGTH;
    put_number(body->bytes, (uint32_t)(body->n - 4), 4);
    put_number(body->bytes + 4, id, 4);
    put_number(body->bytes + 8, code, 2);
    while (left > 0) {
        ssize_t n = send(fd, p, left, MSG_NOSIGNAL);

        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return XTT_ERR_IO;
        p += n;
        left -= (size_t)n;
    }
    return XTT_OK;
}

static xtt_err receive(int fd, uint8_t *p, size_t left)
{
    while (left > 0) {
        ssize_t n = recv(fd, p, left, 0);

        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return XTT_ERR_IO;
        if (n == 0)
            return XTT_ERR_TRUNCATED;
        p += n;
        left -= (size_t)n;
    }
    return XTT_OK;
}

xtt_err xttd_frame_receive(int fd, uint8_t buf[XTTD_FRAME_MAX], struct xttd_frame *out)
{
    xtt_bytes in;
    uint32_t n;
    xtt_err err;

    if ((err = receive(fd, buf, 4)) != XTT_OK)
        return err;
    n = get_number(buf, 4);
    if (n < XTTD_FRAME_HEAD - 4 || n > XTTD_FRAME_MAX - 4)
        return XTT_ERR_FORMAT;
    if ((err = receive(fd, buf + 4, n)) != XTT_OK)
        return err;
    in = (xtt_bytes){buf, 4 + n};
    return xttd_frame_take(&in, out);
}

xtt_err xttd_frame_take(xtt_bytes *in, struct xttd_frame *out)
{
    uint32_t n;

    if (in->n < 4)
        return XTT_AGAIN;
    n = get_number(in->p, 4);
    if (n < XTTD_FRAME_HEAD - 4 || n > XTTD_FRAME_MAX - 4)
        return XTT_ERR_FORMAT;
    if (in->n - 4 < n)
        return XTT_AGAIN;
    out->id = get_number(in->p + 4, 4);
    out->code = (uint16_t)get_number(in->p + 8, 2);
    out->body = (xtt_bytes){in->p + XTTD_FRAME_HEAD, n - (XTTD_FRAME_HEAD - 4)};
    in->p += 4 + n;
    in->n -= 4 + n;
    return XTT_OK;
}

ssize_t xttd_chan_read(int fd, uint8_t *p, size_t n)
{
    const ssize_t got = recv(fd, p, n, MSG_DONTWAIT);

    if (got > 0)
        return got;
    return got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR) ? 0 : -1;
}

int xttd_chan_pair(int ends[2])
{
    return socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends);
}

void xttd_chan_hang_up(int fd)
{
    (void)shutdown(fd, SHUT_RDWR);
}

/* An address has room for 107 bytes; a directory that is open has a short name in /proc, so the
 * path may be of any length.  The descriptor of the directory, or -1. */
static int name_socket(const char *path, struct sockaddr_un *addr)
{
    const char *slash = strrchr(path, '/');
    const char *name = slash ? slash + 1 : path;
    char dir[4096];
    int fd;

    if (snprintf(dir, sizeof dir, "%.*s", slash ? (int)(name - path) : 1, slash ? path : ".") >=
        (int)sizeof dir) {
        errno = ENAMETOOLONG;
        return -1;
    }
    if ((fd = open(dir, O_PATH | O_DIRECTORY | O_CLOEXEC)) < 0)
        return -1;
    *addr = (struct sockaddr_un){.sun_family = AF_UNIX};
    if (snprintf(addr->sun_path, sizeof addr->sun_path, "/proc/self/fd/%d/%s", fd, name) <
        (int)sizeof addr->sun_path)
        return fd;
    close(fd);
    errno = ENAMETOOLONG;
    return -1;
}

static void close_quietly(int fd)
{
    const int saved = errno;

    if (fd >= 0)
        close(fd);
    errno = saved;
}

static int listen_at(int fd, const struct sockaddr_un *addr)
{
    return bind(fd, (const struct sockaddr *)addr, sizeof *addr) == 0 && listen(fd, 16) == 0;
}

static int connect_to(int fd, const struct sockaddr_un *addr)
{
    return connect(fd, (const struct sockaddr *)addr, sizeof *addr) == 0;
}

static int open_socket(const char *path, int (*begin)(int fd, const struct sockaddr_un *addr))
{
    struct sockaddr_un addr;
    int dir, fd;

    if ((dir = name_socket(path, &addr)) < 0)
        return -1;
    fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd >= 0 && !begin(fd, &addr)) {
        close_quietly(fd);
        fd = -1;
    }
    close_quietly(dir);
    return fd;
}

int xttd_chan_listen(const char *path)
{
    const mode_t old = umask(0177);
    int fd;

    (void)unlink(path);
    fd = open_socket(path, listen_at);
    (void)umask(old);
    return fd;
}

int xttd_chan_connect(const char *path)
{
    return open_socket(path, connect_to);
}

int xttd_chan_accept(int listener)
{
    const struct timeval patience = {.tv_sec = 5};
    int fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
    struct ucred peer;
    socklen_t n = sizeof peer;

    if (fd < 0)
        return -1;
    if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &n) == 0 &&
        (peer.uid == 0 || peer.uid == geteuid()) &&
        setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience) == 0)
        return fd;
    close(fd);
    return -1;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* A blocking client over a TCP socket.  Not the agent: no store, no retry, no TPM. */
#include "test/support/device.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "handshake/machine.h"

static void must(int ok, const char *what)
{
    if (!ok) {
        fprintf(stderr, "device: %s failed\n", what);
        exit(EXIT_FAILURE);
    }
}

static size_t load(const char *dir, const char *name, uint8_t *out, size_t cap)
{
    char path[4096];
    FILE *f;
    size_t n;

    snprintf(path, sizeof path, "%s/%s", dir, name);
    if ((f = fopen(path, "rb")) == NULL) {
        perror(path);
        return 0;
    }
    n = fread(out, 1, cap, f);
    fclose(f);
    return n;
}

int device_line_load(struct device_line *line, const char *dir)
{
    uint8_t root[XTT_ROOT_CERT_SIZE];

    line->basename_size = load(dir, "basename.bin", line->basename, sizeof line->basename);
    return load(dir, "gpk.bin", line->gpk, sizeof line->gpk) == sizeof line->gpk &&
                   load(dir, "issuer-secret.bin", line->issuer_secret, 64) == 64 &&
                   load(dir, "root.bin", root, sizeof root) == sizeof root &&
                   line->basename_size > 0 && xtt_root_cert_decode(root, &line->root) == XTT_OK
               ? 0
               : -1;
}

void device_init(struct device *dev, const struct device_line *line)
{
    uint8_t secret[32], q[65], sig[64];

    memset(dev, 0, sizeof *dev);
    must(xtt_rng_draw(NULL, secret, sizeof secret) == XTT_OK, "randomness");
    secret[0] = 0x7f; /* below the order, whatever was drawn */
    must(xtt_signer_soft_new(&dev->longterm_key, secret) == XTT_OK, "long-term key");
    must(xtt_daa_soft_new(&dev->member_key, NULL, NULL) == XTT_OK, "member key");
    must(dev->member_key->ops->public_key(dev->member_key, q) == XTT_OK, "member public key");
    must(xtt_daa_issue(line->issuer_secret, q, NULL, dev->credential, sig) == XTT_OK, "credential");
}

void device_wipe(struct device *dev)
{
    if (dev->member_key != NULL)
        dev->member_key->ops->free(dev->member_key);
    if (dev->longterm_key != NULL)
        dev->longterm_key->ops->free(dev->longterm_key);
    memset(dev, 0, sizeof *dev);
}

static xtt_err on_root(void *arg, const uint8_t id[16], struct xtt_root *out)
{
    const struct device_line *line = arg;

    if (memcmp(id, line->root.id, 16) != 0)
        return XTT_ERR_CERTIFICATE;
    *out = line->root;
    return XTT_OK;
}

static int dial(uint16_t port)
{
    struct sockaddr_in to = {
        .sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    const int on = 1;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    if (fd < 0)
        return -1;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    if (connect(fd, (struct sockaddr *)&to, sizeof to) == 0)
        return fd;
    close(fd);
    return -1;
}

static xtt_err flush(struct xtt_hs *hs, int fd)
{
    uint8_t out[1024];
    size_t n = xtt_hs_drain(hs, out, sizeof out);

    return send(fd, out, n, MSG_NOSIGNAL) == (ssize_t)n ? XTT_OK : XTT_ERR_NETWORK;
}

static xtt_err fill(struct xtt_hs *hs, int fd)
{
    uint8_t in[1024];
    ssize_t n = recv(fd, in, sizeof in, 0);
    xtt_bytes bytes = {in, n > 0 ? (size_t)n : 0};

    if (n < 0)
        return XTT_ERR_NETWORK;
    return n == 0 ? xtt_hs_eof(hs) : xtt_hs_feed(hs, &bytes);
}

static xtt_err converse(struct device *dev, struct xtt_hs *hs, int fd)
{
    xtt_err err = XTT_OK;

    while (err == XTT_OK && !xtt_hs_is_done(hs)) {
        if (xtt_hs_want(hs) == XTT_WANT_WRITE) {
            if ((err = flush(hs, fd)) == XTT_OK && hs->state == XTT_S_WAIT_FINISHED &&
                dev->progress == DEVICE_IDLE) {
                dev->progress = DEVICE_SENT;
                memcpy(dev->pseudonym,
                       xtt_msg_field(hs->t.client, XTT_F_DAA_SIG) + XTT_DAA_SIGNATURE_PSEUDONYM,
                       65);
            }
        } else {
            err = fill(hs, fd);
        }
    }
    return err;
}

xtt_err device_provision(struct device *dev, const struct device_line *line)
{
    const struct xtt_policy policy = {.arg = (void *)line, .root = on_root};
    const struct xtt_member member = {
        dev->member_key, dev->credential, line->gpk, {line->basename, line->basename_size}};
    const struct xtt_hs_config cfg = {.role = XTT_CLIENT,
                                      .suites = &line->suite,
                                      .n_suites = 1,
                                      .policy = &policy,
                                      .longterm_key = dev->longterm_key,
                                      .member = &member};
    struct xtt_hs *hs = NULL;
    xtt_err err;
    int fd;

    if ((fd = dial(line->port)) < 0)
        return XTT_ERR_NETWORK;
    if ((err = xtt_hs_new(&hs, &cfg)) == XTT_OK && (err = converse(dev, hs, fd)) == XTT_OK &&
        (err = xtt_hs_identity(hs, &dev->identity)) == XTT_OK)
        dev->progress = DEVICE_PROVISIONED;
    xtt_hs_free(hs);
    close(fd);
    return err;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Finding a token's keyd by its lock and socket in the state directory, or starting one. */
#include "provisioner/keylink.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <xtt/hash.h>

#include "daemon/chan.h"
#include "daemon/file.h"
#include "pkcs11/p11.h"
#include "provisioner/keyd_op.h"

enum { TRY_EVERY_MS = 20, TRY_FOR_MS = 5000 };

/* Eight digits that stand for a token in file names: of what says which token it is, so that URIs
 * that differ in the rest have one keyd. */
static xtt_err name_token(const char *token, char name[9], struct xttd_fail *fail)
{
    struct xtt_p11_uri uri;
    char text[512];
    uint8_t digest[32];
    xtt_bytes part = {(const uint8_t *)text, 0};
    xtt_err err;

    if ((err = xtt_p11_uri_parse(&uri, token)) != XTT_OK)
        return xttd_fail(fail, err, "%s", xtt_p11_why());
    part.n = (size_t)snprintf(text, sizeof text, "%s\n%s\n%s\n%s\n%s", uri.module_path, uri.token,
                              uri.serial, uri.manufacturer, uri.model);
    if ((err = xtt_sha256(&part, 1, digest)) == XTT_OK)
        snprintf(name, 9, "%02x%02x%02x%02x", digest[0], digest[1], digest[2], digest[3]);
    return err;
}

/* In the child, between fork and exec: only calls that are safe there.  The lock goes along: it is
 * free when keyd has ended, not when we have. */
static _Noreturn void become_keyd(const int keep[3], char *const argv[])
{
    if (close_range(STDERR_FILENO + 1, ~0u, CLOSE_RANGE_CLOEXEC) != 0)
        _exit(XTT_CLASS_FAILURE);
    for (int i = 0; i < 3; i++)
        if (keep[i] >= 0 && fcntl(keep[i], F_SETFD, 0) != 0)
            _exit(XTT_CLASS_FAILURE);
    execv("/proc/self/exe", argv);
    _exit(XTT_CLASS_FAILURE);
}

/* A process that talks to the network keeps no PIN, not even one it inherited. */
static void forget_environment(void)
{
    char *pin = getenv("XTT_PIN");

    if (pin != NULL) {
        xtt_wipe(pin, strlen(pin));
        (void)unsetenv("XTT_PIN");
    }
}

static xtt_err start_keyd(struct prov_keylink *link, const struct prov_keyd_config *cfg,
                          const char *socket_path, struct xttd_fail *fail)
{
    char fd[16], pin_fd[16];
    char *const argv[] = {"xtt-provisioner",
                          "keyd",
                          fd,
                          (char *)cfg->token,
                          pin_fd,
                          (char *)(cfg->is_shared ? socket_path : ""),
                          NULL};
    int pair[2];

    if (xttd_chan_pair(pair) != 0)
        return xttd_fail_errno(fail, XTT_ERR_IO, "socketpair");
    snprintf(fd, sizeof fd, "%d", pair[1]);
    snprintf(pin_fd, sizeof pin_fd, "%d", cfg->pin_fd);
    if ((link->pid = fork()) == 0)
        become_keyd((const int[3]){pair[1], cfg->pin_fd, link->lock}, argv);
    if (cfg->is_shared)
        forget_environment();
    close(pair[1]);
    link->fd = pair[0];
    if (link->pid > 0)
        return XTT_OK;
    link->pid = 0;
    return xttd_fail_errno(fail, XTT_ERR_IO, "fork");
}

/* The first frame says whether the token is open. */
static xtt_err hear_greeting(struct prov_keylink *link, struct xttd_fail *fail)
{
    struct xttd_body body;
    struct xttd_frame frame;
    xtt_bytes words = {NULL, 0};

    if (xttd_frame_receive(link->fd, body.bytes, &frame) != XTT_OK)
        return xttd_fail(fail, link->pid != 0 ? XTT_ERR_HSM_UNREACHABLE : XTT_ERR_TRUNCATED,
                         "keyd, the process that owns the HSM, ended while it opened the token");
    (void)!xttd_body_take(&frame.body, &words);
    if (frame.code == XTT_OK)
        return XTT_OK;
    return xttd_fail(fail, (xtt_err)frame.code, "%.*s", (int)words.n, (const char *)words.p);
}

/* The paths of the token's lock and socket. */
static xtt_err make_paths(const struct prov_keyd_config *cfg, char lock[512], char socket[512],
                          struct xttd_fail *fail)
{
    char name[9], lock_name[32], socket_name[32];
    xtt_err err = name_token(cfg->token, name, fail);

    if (err != XTT_OK)
        return err;
    snprintf(lock_name, sizeof lock_name, KEYD_LOCK_NAME, name);
    snprintf(socket_name, sizeof socket_name, KEYD_SOCKET_NAME, name);
    if (snprintf(lock, 512, "%s/%s", cfg->state, lock_name) >= 512 ||
        snprintf(socket, 512, "%s/%s", cfg->state, socket_name) >= 512)
        return xttd_fail(fail, XTT_ERR_CONFIG, "the path of the state directory is too long");
    return XTT_OK;
}

/* Once: takes the lock and starts a keyd, or connects to the one that has it.  XTT_ERR_LOCKED if
 * neither works now. */
static xtt_err reach_keyd(struct prov_keylink *link, const struct prov_keyd_config *cfg,
                          const char *lock_path, const char *socket_path, struct xttd_fail *fail)
{
    xtt_err err = xttd_file_lock(lock_path, &link->lock, fail);

    if (err == XTT_OK)
        return start_keyd(link, cfg, socket_path, fail);
    link->lock = -1;
    if (err != XTT_ERR_LOCKED)
        return err;
    /* A keyd that is to be shared must end with its own station. */
    link->fd = cfg->is_shared ? -1 : xttd_chan_connect(socket_path);
    if (link->fd >= 0)
        return XTT_OK;
    return xttd_fail(fail, XTT_ERR_LOCKED, "another command or station is using the token");
}

void prov_keylink_close(struct prov_keylink *link)
{
    if (link->fd >= 0)
        xttd_chan_hang_up(link->fd);
    if (link->pid > 0)
        while (waitpid(link->pid, NULL, 0) < 0 && errno == EINTR)
            ;
    if (link->fd >= 0)
        close(link->fd);
    xttd_file_unlock(link->lock);
    link->fd = link->lock = -1;
    link->pid = 0;
}

/* Tries until the token is ours, or its owner lets us in: a station that was killed leaves a keyd
 * behind for a moment, and a command has it for seconds. */
xtt_err prov_keylink_open(struct prov_keylink *link, const struct prov_keyd_config *cfg,
                          struct xttd_fail *fail)
{
    char lock_path[512], socket_path[512];
    xtt_err err = make_paths(cfg, lock_path, socket_path, fail);

    *link = (struct prov_keylink){.fd = -1, .lock = -1};
    if (err != XTT_OK)
        return err;
    for (int waited = 0;; waited += TRY_EVERY_MS) {
        const struct timespec pause = {0, TRY_EVERY_MS * 1000000L};

        err = reach_keyd(link, cfg, lock_path, socket_path, fail);
        if (err == XTT_OK && (err = hear_greeting(link, fail)) == XTT_OK)
            return XTT_OK;
        /* Somebody else's keyd that went away while we connected is one more reason to wait. */
        if ((err != XTT_ERR_LOCKED && (link->pid != 0 || err != XTT_ERR_TRUNCATED)) ||
            waited >= TRY_FOR_MS)
            return err;
        prov_keylink_close(link);
        nanosleep(&pause, NULL);
    }
}

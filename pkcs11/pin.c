/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where a PIN comes from, as a table of sources in their order.  It is held in locked memory and is
 * never an argument; presenting it to the token is session.c's.
 */
#include "pkcs11/pin.h"

#include "pkcs11/fault.h"
#include "pkcs11/p11.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

#define ENVIRONMENT "XTT_PIN"

struct xtt_p11_pin {
    struct xtt_arena *arena;
    char *text; /* in the arena; dies with the pin */
    int exposed;
    char origin[300];
};

/* A source answers XTT_OK with the PIN in text, XTT_ERR_NOT_FOUND if it is not there, or an error.
 * text has XTT_P11_PIN_MAX + 2 bytes: room for a newline and for one byte too many. */
#define CAP (XTT_P11_PIN_MAX + 2)
typedef xtt_err (*source_fn)(struct xtt_p11_pin *pin, const struct xtt_p11_pin_from *from,
                             size_t *n);

static xtt_err read_all(struct xtt_p11_pin *pin, int fd, size_t *n)
{
    ssize_t got;

    *n = 0;
    while (*n < CAP) {
        got = read(fd, pin->text + *n, CAP - *n);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return p11_say(XTT_ERR_HSM_PIN, "PIN from %s: %s", pin->origin, strerror(errno));
        if (got == 0)
            break;
        *n += (size_t)got;
    }
    return XTT_OK;
}

static xtt_err read_file(struct xtt_p11_pin *pin, const char *path, int must_be_private, size_t *n)
{
    struct stat st;
    xtt_err err;
    int fd;

    if ((fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK)) < 0)
        return p11_say(XTT_ERR_HSM_PIN, "PIN from %s: %s", pin->origin, strerror(errno));
    if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode))
        err = p11_say(XTT_ERR_HSM_PIN, "PIN from %s: it is no regular file", pin->origin);
    else if (must_be_private && (st.st_mode & 077) != 0)
        err =
            p11_say(XTT_ERR_HSM_PIN, "PIN from %s: others may read it; chmod 0600 it", pin->origin);
    else if (must_be_private && st.st_uid != geteuid() && st.st_uid != 0)
        err = p11_say(XTT_ERR_HSM_PIN, "PIN from %s: it belongs to somebody else", pin->origin);
    else
        err = read_all(pin, fd, n);
    close(fd);
    return err;
}

/* systemd.exec(5), LoadCredential=: the directory is the service's alone, and the files in it may
 * carry access lists whose mask shows as group rights; so their modes are not looked at. */
static xtt_err from_credential(struct xtt_p11_pin *pin, const struct xtt_p11_pin_from *from,
                               size_t *n)
{
    const char *dir = getenv("CREDENTIALS_DIRECTORY");
    char path[512];
    int len;

    if (!from->credential || !dir || dir[0] != '/')
        return XTT_ERR_NOT_FOUND;
    len = snprintf(path, sizeof path, "%s/%s", dir, from->credential);
    if (len < 0 || (size_t)len >= sizeof path || strchr(from->credential, '/'))
        return p11_say(XTT_ERR_HSM_PIN, "PIN from a credential: its name is too long or a path");
    if (access(path, F_OK) != 0 && errno == ENOENT)
        return XTT_ERR_NOT_FOUND;
    (void)snprintf(pin->origin, sizeof pin->origin, "credential %s", from->credential);
    return read_file(pin, path, 0, n);
}

static xtt_err from_file(struct xtt_p11_pin *pin, const struct xtt_p11_pin_from *from, size_t *n)
{
    if (!from->file || !from->file[0])
        return XTT_ERR_NOT_FOUND;
    (void)snprintf(pin->origin, sizeof pin->origin, "file %s", from->file);
    return read_file(pin, from->file, 1, n);
}

static xtt_err from_fd(struct xtt_p11_pin *pin, const struct xtt_p11_pin_from *from, size_t *n)
{
    if (from->fd < 0)
        return XTT_ERR_NOT_FOUND;
    (void)snprintf(pin->origin, sizeof pin->origin, "descriptor %d", from->fd);
    return read_all(pin, from->fd, n);
}

/* One line, byte by byte, so that control-C can be told from an answer while echo is off. */
static xtt_err read_keys(struct xtt_p11_pin *pin, int tty, size_t *n)
{
    char c;
    ssize_t got;

    *n = 0;
    for (;;) {
        got = read(tty, &c, 1);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0 || c == 3 || c == 4)
            return p11_say(XTT_ERR_HSM_PIN, "PIN from the terminal: nothing was entered");
        if (c == '\n' || c == '\r')
            return XTT_OK;
        if (c == 8 || c == 127)
            *n -= *n > 0;
        else if (*n < CAP)
            pin->text[(*n)++] = c;
        c = 0;
    }
}

static xtt_err from_terminal(struct xtt_p11_pin *pin, const struct xtt_p11_pin_from *from,
                             size_t *n)
{
    struct termios was, quiet;
    xtt_err err;
    int tty;

    if (!from->prompt || (tty = open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY)) < 0)
        return XTT_ERR_NOT_FOUND;
    (void)snprintf(pin->origin, sizeof pin->origin, "the terminal");
    if (tcgetattr(tty, &was) != 0) {
        close(tty);
        return XTT_ERR_NOT_FOUND;
    }
    quiet = was;
    quiet.c_lflag &= ~(tcflag_t)(ECHO | ICANON | ISIG);
    quiet.c_cc[VMIN] = 1;
    quiet.c_cc[VTIME] = 0;
    if (tcsetattr(tty, TCSAFLUSH, &quiet) != 0) {
        err = p11_say(XTT_ERR_HSM_PIN, "PIN from the terminal: echo cannot be switched off");
        goto out;
    }
    (void)dprintf(tty, "%s: ", from->prompt);
    err = read_keys(pin, tty, n);
    (void)tcsetattr(tty, TCSAFLUSH, &was);
    (void)dprintf(tty, "\n");
out:
    close(tty);
    return err;
}

static xtt_err from_environment(struct xtt_p11_pin *pin, const struct xtt_p11_pin_from *from,
                                size_t *n)
{
    char *value = getenv(ENVIRONMENT);

    if (!from->environment || !value)
        return XTT_ERR_NOT_FOUND;
    (void)snprintf(pin->origin, sizeof pin->origin,
                   "environment variable %s, which other processes of this user can read; "
                   "use a file of mode 0600, a credential or --pin-fd",
                   ENVIRONMENT);
    pin->exposed = 1;
    *n = strnlen(value, CAP);
    memcpy(pin->text, value, *n);
    xtt_wipe(value, strlen(value));
    (void)unsetenv(ENVIRONMENT);
    return XTT_OK;
}

static const source_fn sources[] = {from_credential, from_file, from_fd, from_terminal,
                                    from_environment};

/* One line: drops its newline, refuses a second line, a zero byte and a wrong length. */
static xtt_err trim(struct xtt_p11_pin *pin, size_t n)
{
    if (n > 0 && n <= CAP && pin->text[n - 1] == '\n')
        n--;
    if (n > 0 && pin->text[n - 1] == '\r')
        n--;
    if (n == 0)
        return p11_say(XTT_ERR_HSM_PIN, "PIN from %s: it is empty", pin->origin);
    if (n > XTT_P11_PIN_MAX)
        return p11_say(XTT_ERR_HSM_PIN, "PIN from %s: it is longer than %d bytes", pin->origin,
                       XTT_P11_PIN_MAX);
    pin->text[n] = 0;
    if (strlen(pin->text) != n || strchr(pin->text, '\n'))
        return p11_say(XTT_ERR_HSM_PIN, "PIN from %s: it must be one line of text", pin->origin);
    return XTT_OK;
}

xtt_err xtt_p11_pin_read(struct xtt_p11_pin **out, const struct xtt_p11_pin_from *from)
{
    struct xtt_p11_pin *pin;
    size_t i, n = 0;
    xtt_err err = XTT_ERR_NOT_FOUND;

    if ((pin = calloc(1, sizeof *pin)) == NULL ||
        xtt_arena_new(&pin->arena, CAP + 1, 1) != XTT_OK ||
        (pin->text = xtt_arena_get(pin->arena, CAP + 1)) == NULL) {
        xtt_p11_pin_free(pin);
        return p11_say(XTT_ERR_NOMEM, "PIN: out of memory");
    }
    for (i = 0; err == XTT_ERR_NOT_FOUND && i < sizeof sources / sizeof *sources; i++)
        err = sources[i](pin, from, &n);
    if (err == XTT_ERR_NOT_FOUND)
        err =
            p11_say(XTT_ERR_HSM_PIN, "no PIN: give a systemd credential, pin-source= (mode 0600), "
                                     "--pin-fd, or run it on a terminal");
    else if (err == XTT_OK)
        err = trim(pin, n);
    if (err != XTT_OK) {
        xtt_p11_pin_free(pin);
        return err;
    }
    *out = pin;
    return XTT_OK;
}

const char *xtt_p11_pin_origin(const struct xtt_p11_pin *pin)
{
    return pin->origin;
}

int xtt_p11_pin_is_exposed(const struct xtt_p11_pin *pin)
{
    return pin->exposed;
}

const char *p11_pin_text(const struct xtt_p11_pin *pin)
{
    return pin->text;
}

void xtt_p11_pin_free(struct xtt_p11_pin *pin)
{
    if (!pin)
        return;
    if (pin->arena)
        xtt_arena_put(pin->arena, pin->text);
    xtt_arena_free(pin->arena);
    free(pin);
}

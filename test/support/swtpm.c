/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Starts and stops swtpm.  The control socket is listening before swtpm runs, and its first answer
 * on it means that the data socket is there too: nobody sleeps, nobody polls.
 */
#include "test/support/swtpm.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#define PATH_SIZE 64

struct swtpm {
    char dir[32];
    char tcti[PATH_SIZE + 16];
    pid_t pid;   /* 0: power is off */
    pid_t owner; /* the process that started it; its children only use it */
    struct swtpm *next;
};

/* All that run: a test that fails ends its process without stopping them. */
static struct swtpm *running;

/* What swtpm writes into its directory, and the directory's sockets. */
static const char *const files[] = {"s",
                                    "s.ctrl",
                                    "log",
                                    "tpm2-00.permall",
                                    "tpm2-00.volatilestate",
                                    "tpm2-00.savestate",
                                    ".lock",
                                    "TMP2-00.permall"};

static void die(const char *what)
{
    fprintf(stderr, "swtpm: %s: %s\n", what, strerror(errno));
    abort();
}

static void make_path(const struct swtpm *swtpm, const char *file, char path[PATH_SIZE])
{
    snprintf(path, PATH_SIZE, "%s/%s", swtpm->dir, file);
}

static int control_socket(const struct swtpm *swtpm, struct sockaddr_un *addr)
{
    const int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

    if (fd < 0)
        die("socket");
    memset(addr, 0, sizeof *addr);
    addr->sun_family = AF_UNIX;
    make_path(swtpm, "s.ctrl", addr->sun_path);
    return fd;
}

static int listen_control(const struct swtpm *swtpm)
{
    struct sockaddr_un addr;
    const int fd = control_socket(swtpm, &addr);

    unlink(addr.sun_path);
    if (bind(fd, (struct sockaddr *)&addr, sizeof addr) != 0 || listen(fd, 8) != 0)
        die(addr.sun_path);
    return fd;
}

static _Noreturn void become_swtpm(const struct swtpm *swtpm, int control, pid_t parent)
{
    char log[PATH_SIZE], state[PATH_SIZE + 8], server[PATH_SIZE + 32], ctrl[64];
    const int null = open("/dev/null", O_RDONLY);
    int out;

    make_path(swtpm, "log", log);
    out = open(log, O_WRONLY | O_CREAT | O_APPEND, 0600);
    snprintf(state, sizeof state, "dir=%s", swtpm->dir);
    snprintf(server, sizeof server, "type=unixio,path=%s/s", swtpm->dir);
    snprintf(ctrl, sizeof ctrl, "type=unixio,fd=%d", control);
    /* An orphan that holds the test's pipes would keep everybody waiting who reads them. */
    if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0 || getppid() != parent || null < 0 || out < 0 ||
        dup2(null, 0) < 0 || dup2(out, 1) < 0 || dup2(out, 2) < 0 ||
        fcntl(control, F_SETFD, 0) != 0)
        _exit(126);
    execlp("swtpm", "swtpm", "socket", "--tpm2", "--tpmstate", state, "--server", server, "--ctrl",
           ctrl, "--flags", "not-need-init,startup-clear", (char *)NULL);
    _exit(127);
}

/* CMD_GET_CAPABILITY of the control channel: four bytes there, eight back. */
static void wait_ready(const struct swtpm *swtpm)
{
    static const unsigned char request[4] = {0, 0, 0, 1};
    unsigned char answer[8];
    struct sockaddr_un addr;
    const int fd = control_socket(swtpm, &addr);

    if (connect(fd, (struct sockaddr *)&addr, sizeof addr) != 0 ||
        send(fd, request, sizeof request, MSG_NOSIGNAL) != (ssize_t)sizeof request ||
        recv(fd, answer, sizeof answer, MSG_WAITALL) != (ssize_t)sizeof answer)
        die("it does not start; is the package swtpm installed?");
    close(fd);
}

void swtpm_restart(struct swtpm *swtpm)
{
    const pid_t parent = getpid();
    char data[PATH_SIZE];
    const int control = listen_control(swtpm);

    make_path(swtpm, "s", data);
    unlink(data);
    if ((swtpm->pid = fork()) < 0)
        die("fork");
    if (swtpm->pid == 0)
        become_swtpm(swtpm, control, parent);
    close(control); /* so that connecting fails if swtpm dies */
    wait_ready(swtpm);
}

static void stop_all(void)
{
    struct swtpm *next;

    for (struct swtpm *swtpm = running; swtpm != NULL; swtpm = next) {
        next = swtpm->next;
        if (swtpm->owner == getpid())
            swtpm_stop(swtpm);
    }
}

struct swtpm *swtpm_start(void)
{
    struct swtpm *swtpm = calloc(1, sizeof *swtpm);

    if (swtpm == NULL)
        die("calloc");
    strcpy(swtpm->dir, "/tmp/xtt-tpm-XXXXXX"); /* short: a socket's path has 107 characters */
    if (mkdtemp(swtpm->dir) == NULL)
        die(swtpm->dir);
    snprintf(swtpm->tcti, sizeof swtpm->tcti, "swtpm:path=%s/s", swtpm->dir);
    swtpm->owner = getpid();
    if (running == NULL)
        atexit(stop_all);
    swtpm->next = running;
    running = swtpm;
    swtpm_restart(swtpm);
    return swtpm;
}

const char *swtpm_tcti(const struct swtpm *swtpm)
{
    return swtpm->tcti;
}

void swtpm_kill(struct swtpm *swtpm)
{
    if (swtpm->pid == 0)
        return;
    kill(swtpm->pid, SIGKILL);
    while (waitpid(swtpm->pid, NULL, 0) < 0 && errno == EINTR)
        ;
    swtpm->pid = 0;
}

void swtpm_reset(struct swtpm *swtpm)
{
    swtpm_kill(swtpm);
    swtpm_restart(swtpm);
}

static void forget(const struct swtpm *swtpm)
{
    for (struct swtpm **at = &running; *at != NULL; at = &(*at)->next)
        if (*at == swtpm) {
            *at = swtpm->next;
            return;
        }
}

void swtpm_stop(struct swtpm *swtpm)
{
    char path[PATH_SIZE];

    if (swtpm == NULL)
        return;
    swtpm_kill(swtpm);
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
        make_path(swtpm, files[i], path);
        unlink(path);
    }
    if (rmdir(swtpm->dir) != 0)
        die(swtpm->dir);
    forget(swtpm);
    free(swtpm);
}

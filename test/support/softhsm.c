/* SPDX-License-Identifier: Apache-2.0 */
/* A SoftHSM of its own for each test.  with-softhsm is the same for shell scripts.  Knows nothing
 * of Check, so that the bench can use it too: what fails ends the process in words. */
#include "test/support/softhsm.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

const char *softhsm_module(void)
{
    static const char *const places[] = {
        "/usr/lib/softhsm/libsofthsm2.so", "/usr/lib64/pkcs11/libsofthsm2.so",
        "/usr/lib64/softhsm/libsofthsm2.so", "/usr/local/lib/softhsm/libsofthsm2.so"};
    const char *named = getenv("XTT_SOFTHSM");
    size_t i;

    if (named)
        return access(named, R_OK) == 0 ? named : NULL;
    for (i = 0; i < sizeof places / sizeof *places; i++)
        if (access(places[i], R_OK) == 0)
            return places[i];
    return NULL;
}

static void need(int ok, const char *what)
{
    if (ok)
        return;
    fprintf(stderr, "softhsm: %s: %s\n", what, strerror(errno));
    exit(EXIT_FAILURE);
}

static void write_file(const char *path, const char *text)
{
    FILE *f = fopen(path, "w");

    need(f != NULL, path);
    need(chmod(path, 0600) == 0, path);
    need(fputs(text, f) >= 0, path);
    need(fclose(f) == 0, path);
}

void softhsm_add(struct softhsm *h, const char *label, const char *pin)
{
    char log[128];
    int fd, status;
    pid_t pid;

    (void)snprintf(log, sizeof log, "%s/util.log", h->dir);
    pid = fork();
    need(pid >= 0, "fork");
    if (pid == 0) {
        fd = open(log, O_WRONLY | O_CREAT | O_APPEND, 0600);
        if (fd < 0 || dup2(fd, 1) < 0 || dup2(fd, 2) < 0)
            _exit(126);
        execlp("softhsm2-util", "softhsm2-util", "--init-token", "--free", "--label", label,
               "--pin", pin, "--so-pin", "so-12345678", (char *)NULL);
        _exit(127);
    }
    need(waitpid(pid, &status, 0) == pid, "waitpid");
    need(WIFEXITED(status) && WEXITSTATUS(status) == 0, log);
}

void softhsm_start(struct softhsm *h, const char *label, const char *pin)
{
    char conf[96], text[256];

    memset(h, 0, sizeof *h);
    strcpy(h->dir, "/tmp/xtt-hsm-XXXXXX");
    need(mkdtemp(h->dir) != NULL, h->dir);
    (void)snprintf(h->tokens, sizeof h->tokens, "%s/tokens", h->dir);
    (void)snprintf(h->pin_file, sizeof h->pin_file, "%s/pin", h->dir);
    (void)snprintf(conf, sizeof conf, "%s/softhsm2.conf", h->dir);
    need(mkdir(h->tokens, 0700) == 0, h->tokens);
    (void)snprintf(text, sizeof text,
                   "directories.tokendir = %s\nobjectstore.backend = file\nlog.level = ERROR\n",
                   h->tokens);
    write_file(conf, text);
    (void)snprintf(text, sizeof text, "%s\n", pin);
    write_file(h->pin_file, text);
    need(setenv("SOFTHSM2_CONF", conf, 1) == 0, "setenv");
    softhsm_add(h, label, pin);
    (void)snprintf(h->uri, sizeof h->uri, "pkcs11:token=%s?module-path=%s&pin-source=file:%s",
                   label, softhsm_module(), h->pin_file);
}

static void rename_tokens(const struct softhsm *h, int away)
{
    char other[128];

    (void)snprintf(other, sizeof other, "%s.away", h->tokens);
    need((away ? rename(h->tokens, other) : rename(other, h->tokens)) == 0, h->tokens);
}

void softhsm_unplug(const struct softhsm *h)
{
    rename_tokens(h, 1);
}

void softhsm_plug(const struct softhsm *h)
{
    rename_tokens(h, 0);
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
    (void)st;
    (void)type;
    (void)ftw;
    return remove(path);
}

void softhsm_stop(struct softhsm *h)
{
    nftw(h->dir, remove_one, 8, FTW_DEPTH | FTW_PHYS);
    memset(h, 0, sizeof *h);
}

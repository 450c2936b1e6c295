/* SPDX-License-Identifier: Apache-2.0 */
/* A SoftHSM of its own for each test.  with-softhsm is the same for shell scripts. */
#include "test/support/softhsm.h"

#include <check.h>
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

static void write_file(const char *path, const char *text)
{
    FILE *f = fopen(path, "w");

    ck_assert_ptr_nonnull(f);
    ck_assert_int_eq(chmod(path, 0600), 0);
    ck_assert_int_ge(fputs(text, f), 0);
    ck_assert_int_eq(fclose(f), 0);
}

void softhsm_add(struct softhsm *h, const char *label, const char *pin)
{
    char log[128];
    int fd, status;
    pid_t pid;

    (void)snprintf(log, sizeof log, "%s/util.log", h->dir);
    pid = fork();
    ck_assert_int_ge(pid, 0);
    if (pid == 0) {
        fd = open(log, O_WRONLY | O_CREAT | O_APPEND, 0600);
        if (fd < 0 || dup2(fd, 1) < 0 || dup2(fd, 2) < 0)
            _exit(126);
        execlp("softhsm2-util", "softhsm2-util", "--init-token", "--free", "--label", label,
               "--pin", pin, "--so-pin", "so-12345678", (char *)NULL);
        _exit(127);
    }
    ck_assert_int_eq(waitpid(pid, &status, 0), pid);
    ck_assert_msg(WIFEXITED(status) && WEXITSTATUS(status) == 0, "softhsm2-util failed, see %s",
                  log);
}

void softhsm_start(struct softhsm *h, const char *label, const char *pin)
{
    char conf[96], text[256];

    memset(h, 0, sizeof *h);
    strcpy(h->dir, "/tmp/xtt-hsm-XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(h->dir));
    (void)snprintf(h->tokens, sizeof h->tokens, "%s/tokens", h->dir);
    (void)snprintf(h->pin_file, sizeof h->pin_file, "%s/pin", h->dir);
    (void)snprintf(conf, sizeof conf, "%s/softhsm2.conf", h->dir);
    ck_assert_int_eq(mkdir(h->tokens, 0700), 0);
    (void)snprintf(text, sizeof text,
                   "directories.tokendir = %s\nobjectstore.backend = file\nlog.level = ERROR\n",
                   h->tokens);
    write_file(conf, text);
    (void)snprintf(text, sizeof text, "%s\n", pin);
    write_file(h->pin_file, text);
    ck_assert_int_eq(setenv("SOFTHSM2_CONF", conf, 1), 0);
    softhsm_add(h, label, pin);
    (void)snprintf(h->uri, sizeof h->uri, "pkcs11:token=%s?module-path=%s&pin-source=file:%s",
                   label, softhsm_module(), h->pin_file);
}

static void rename_tokens(const struct softhsm *h, int away)
{
    char other[128];

    (void)snprintf(other, sizeof other, "%s.away", h->tokens);
    ck_assert_int_eq(away ? rename(h->tokens, other) : rename(other, h->tokens), 0);
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

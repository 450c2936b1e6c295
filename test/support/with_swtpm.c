/* SPDX-License-Identifier: Apache-2.0 */
/*
 * with-swtpm COMMAND...: runs a command next to a fresh software TPM, whose TCTI string stands in
 * XTT_TEST_TCTI, TPM2TOOLS_TCTI and TPM2OPENSSL_TCTI; answers with the command's exit status.
 */
#include "test/support/swtpm.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

int main(int argc, char **argv)
{
    static const char *const names[] = {"XTT_TEST_TCTI", "TPM2TOOLS_TCTI", "TPM2OPENSSL_TCTI"};
    struct swtpm *swtpm;
    int status = 0;
    pid_t pid;

    if (argc < 2) {
        fprintf(stderr, "usage: with-swtpm COMMAND [ARGUMENT...]\n");
        return 2;
    }
    /* The command hears of it too; the TPM goes only after it. */
    signal(SIGINT, SIG_IGN);
    swtpm = swtpm_start();
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        setenv(names[i], swtpm_tcti(swtpm), 1);
    if ((pid = fork()) == 0) {
        signal(SIGINT, SIG_DFL);
        execvp(argv[1], argv + 1);
        fprintf(stderr, "with-swtpm: %s: %s\n", argv[1], strerror(errno));
        _exit(127);
    }
    while (pid > 0 && waitpid(pid, &status, 0) < 0 && errno == EINTR)
        ;
    swtpm_stop(swtpm);
    if (pid < 0)
        return 126;
    return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

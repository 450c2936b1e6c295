/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A real TPM 2.0 in software for one test: swtpm in a private directory, on UNIX sockets, gone with
 * the process that started it.  Aborts the test program on any failure.
 */
#ifndef XTT_TEST_SWTPM_H
#define XTT_TEST_SWTPM_H

struct swtpm;

/* Starts a fresh TPM and returns when it answers.  Stopped at exit if nobody did before. */
struct swtpm *swtpm_start(void);
/* "swtpm:path=...", valid until swtpm_stop, also across power cuts. */
const char *swtpm_tcti(const struct swtpm *swtpm);
/* A power cut: the process is killed; persistent state stays. */
void swtpm_kill(struct swtpm *swtpm);
/* Power on again, after swtpm_kill; returns when it answers. */
void swtpm_restart(struct swtpm *swtpm);
/* Both. */
void swtpm_reset(struct swtpm *swtpm);
/* Kills it and removes its directory; NULL is fine. */
void swtpm_stop(struct swtpm *swtpm);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A power cut at the n-th system call that changes files: what was not synced is lost.  For
 * programs linked with POWERCUT_WRAPS (test/local.mk), which bend those calls of our own code here.
 */
#ifndef TEST_SUPPORT_POWERCUT_H
#define TEST_SUPPORT_POWERCUT_H

enum powercut {
    POWERCUT_KEEP, /* unsynced file content is lost; names made or moved without a sync stay */
    POWERCUT_LOSE, /* such names are lost, too: the old file is back */
    POWERCUT_ERROR /* no cut: the n-th call fails with EIO, once */
};

/* What powercut_arm's process exits with when the power goes. */
#define POWERCUT_EXIT 42

/* From here on the n-th call (from 1) meets its fate. */
void powercut_arm(enum powercut how, int n);
/* Calls counted since, and no fate any more. */
int powercut_disarm(void);

#endif

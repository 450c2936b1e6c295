#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Constant time: the curve's and the group signatures' secrets under memcheck (test/ct/curve.c).
set -eu
check="${LIBTOOL:-./libtool} --mode=execute valgrind -q --error-exitcode=9 --track-origins=yes"
supp="${srcdir:-.}/test/ct/allowed.supp"
if $check --suppressions="$supp" test/ct/curve leak >/dev/null 2>&1; then
    echo "check-ct: a branch on a secret was not noticed: this run would prove nothing" >&2
    exit 1
fi
$check --suppressions="$supp" test/ct/curve
echo "check-ct: no branch or index depends on a secret"

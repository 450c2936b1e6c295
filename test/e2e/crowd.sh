#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# 32 devices at once, in every suite, against one station: each gets an identity of its own and the
# same one again.
. "${srcdir:-$(dirname "$0")/../..}/test/e2e/lib.sh"
need token
. "$top/test/e2e/line.sh"

make_line "suites = 0x0101 0x0102 0x0103 0x0104 0x0001 0x0002 0x0003 0x0004"
serve
for suite in 0x0101 0x0102 0x0103 0x0104 0x0001 0x0002 0x0003 0x0004; do
    echo -n "$suite: "
    "$build/test/e2e/crowd" "$scratch/line" "$port" 64 32 $suite
done
[ "$(station identity list --json | grep -c '"identity"')" -eq 512 ] || die "512 devices were served"

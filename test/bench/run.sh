#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# `make bench`: the bench, with a station beside it.  $BENCH: only lines that begin with one of these.
. "${srcdir:-$(dirname "$0")/../..}/test/e2e/lib.sh"
need token
. "$top/test/e2e/line.sh"
make_line
printf '[log]\nlevel = warning\n' >>station.conf
serve
cd "$build"
XTT_BENCH_LINE=$scratch/line XTT_BENCH_PORT=$port ./test/bench/bench ${BENCH:-}
cd "$scratch"

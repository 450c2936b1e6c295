#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# The station is killed in mid-work, again and again, with and without a power cut that loses what was
# not synced: no identity that a device was told is ever lost, and asking again gives the same.
# ROUNDS of each; the seed is printed and may be given as SEED.
. "${srcdir:-$(dirname "$0")/../..}/test/e2e/lib.sh"
need token
. "$top/test/e2e/line.sh"

rounds=${ROUNDS:-20}
seed=${SEED:-$$}
echo "seed $seed"
make_line
mkdir shadow
export UNSYNCED_SO=$build/test/support/.libs/libunsynced.so
serve_command=("$build/xtt-provisioner" --config "$scratch/station.conf" serve)
judge() {
    cat said
    # None of the three places where a kill can fall may be missing.
    ! grep -qE '(before commit|between commit and send|after send) 0( |$)' said || [ "$rounds" -lt 50 ] ||
        die "a place where a kill can fall was never hit"
}
expect 0 "$build/test/e2e/crash" line station "$rounds" "$seed" -- "${serve_command[@]}"
judge
expect 0 "$build/test/e2e/crash" line station "$rounds" "$seed" --power-cut "$scratch/shadow" -- \
    "${serve_command[@]}"
judge

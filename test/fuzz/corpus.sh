#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Replays every fuzz target over its corpus, with prefixes and flipped bits; part of `make check`.
set -euo pipefail
for dir in "${srcdir:-.}"/test/fuzz/corpus/*/; do
    target=$(basename "$dir")
    echo -n "$target: "
    if grep -q libFuzzer "test/fuzz/$target" 2>/dev/null; then
        "test/fuzz/$target" -runs=0 "$dir"
    else
        "test/fuzz/$target" "$dir"
    fi
done

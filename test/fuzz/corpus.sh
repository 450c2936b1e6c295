#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Replays every fuzz target over its corpus, with prefixes and flipped bits; part of `make check`.
set -euo pipefail
for target in ${FUZZ_TARGETS:?set by make check}; do
    corpus=${srcdir:-.}/test/fuzz/corpus/$(basename "$target")
    echo -n "$(basename "$target"): "
    if grep -q libFuzzer "$target"; then
        "$target" -runs=0 "$corpus"
    else
        "$target" "$corpus"
    fi
done

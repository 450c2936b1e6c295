# SPDX-License-Identifier: Apache-2.0
# A station for crowds and crashes; sourced after lib.sh.  Its group was made elsewhere, so that the test can
# issue as many members as it likes: $scratch/line has the issuer secret, group key, basename and root.
make_line() {
    mkdir -p line
    "$build/test/e2e/issuer" line
    printf e2e >line/basename.bin
    configure_station "$@" "connections-per-prefix = 4096"
    expect 0 station init
    expect 0 station group create demo --raw-issuer-secret line/issuer-secret.bin \
        --raw-basename line/basename.bin --prefix 2001:db8:1:2::/64 --software
    expect 0 station root export --raw line/root.bin
}

# SPDX-License-Identifier: Apache-2.0
# What scenarios share; sourced.  A scenario runs in a scratch directory of its own with a SoftHSM token
# and, if it says so, a swtpm; everything is gone when it ends.  $top is the source, $build the build.
set -euo pipefail
top=$(cd "${srcdir:-$(dirname "$0")/../..}" && pwd)
build=${XTT_BUILD:-$PWD}

# Runs the scenario again with what it needs (token, or token tpm), and in there makes its directory.
need() {
    if [ -z "${XTT_E2E:-}" ]; then
        export XTT_E2E=1 XTT_BUILD=$build srcdir=$top
        local with=(sh "$top/test/support/with-softhsm")
        [ "$*" = token ] || with+=("$build/test/support/with-swtpm")
        exec "${with[@]}" bash "$0"
    fi
    scratch=$(mktemp -d /tmp/xtt-e2e-XXXXXX)
    served=
    trap finish EXIT
    cd "$scratch"
}

finish() {
    local status=$?
    [ -z "$served" ] || { kill "$served" 2>/dev/null || true; wait "$served" 2>/dev/null || true; }
    [ $status -eq 0 ] || { echo "--- station.log"; tail -n 20 "$scratch/station.log" 2>/dev/null || true; }
    rm -rf "$scratch"
    exit $status
}

die() { echo "FAILED: $*" >&2; exit 1; }
# expect STATUS COMMAND...: runs it, keeps what it said in $scratch/said, and compares its exit status.
expect() {
    local want=$1 got=0
    shift
    "$@" >said 2>&1 || got=$?
    [ "$got" -eq "$want" ] || { cat said >&2; die "$* ended with $got, not $want"; }
}
# says WORDS...: the last command's words contain each of them.
says() {
    local word
    for word; do grep -qF -- "$word" said || { cat said >&2; die "nothing said of '$word'"; }; done
}
# until_true COMMAND...: waits for it, 20 s at most.
until_true() {
    local i
    for ((i = 0; i < 1000; i++)); do
        "$@" >/dev/null 2>&1 && return
        sleep 0.02
    done
    die "never became true: $*"
}

# The station: station VERB..., configured in $scratch/station.conf.
station() { "$build/xtt-provisioner" --config "$scratch/station.conf" "$@"; }
# configure_station [LINE...]: more settings of [station] may follow.
configure_station() {
    printf '[station]\nstate = %s\nlisten = 127.0.0.1:0\ntoken = %s\n' "$scratch/station" \
        "${token:-$XTT_TEST_TOKEN_URI}" >station.conf
    printf '%s\n' "$@" >>station.conf
}
# Begins to serve and sets $port.
serve() {
    rm -f "$scratch/station/port"
    "$build/xtt-provisioner" --config "$scratch/station.conf" serve "$@" 2>>station.log &
    served=$!
    until_true test -s "$scratch/station/port"
    port=$(cat "$scratch/station/port")
}
# stop [SIGNAL]: ends the station and sets $status to its exit status.
stop() {
    kill "-${1:-TERM}" "$served"
    status=0
    wait "$served" || status=$?
    served=
}
# A station with one group, "demo", ready to serve; its papers in $scratch.
make_station() {
    configure_station "$@"
    expect 0 station init
    expect 0 station group create demo --basename e2e --prefix 2001:db8:1:2::/64
    expect 0 station group export demo --out group.json
    expect 0 station root export --out root.json
}

# A device: device NAME VERB..., with its state in $scratch/NAME.
device() {
    local name=$1
    shift
    "$build/xtt-agent" --config "$scratch/agent.conf" --state "$scratch/$name" \
        --tcti "${tcti:-${XTT_TEST_TCTI:-none}}" "$@"
}
# make_device NAME: keys and a credential of group demo.
make_device() {
    local nonce
    [ -e agent.conf ] || printf '[agent]\nkey = %s\n' "${key:-tpm}" >agent.conf
    expect 0 device "$1" init
    nonce=$(station group nonce demo)
    expect 0 device "$1" member request --nonce "$nonce" --out "$1.request"
    expect 0 station group issue demo --member-key "$1.request" --nonce "$nonce" \
        --out-credential "$1.credential" --out-signature "$1.signature"
    expect 0 device "$1" member import --credential "$1.credential" --signature "$1.signature" \
        --group group.json --root root.json
}
identity_of() { device "$1" status --json | sed -n 's/.*"identity": *"\([^"]*\)".*/\1/p'; }

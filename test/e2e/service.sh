#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# The station as a service: it says when it is ready, takes changes by SIGHUP, keeps serving while commands
# use its keyd, and drains on SIGTERM.
. "${srcdir:-$(dirname "$0")/../..}/test/e2e/lib.sh"
need token
key=software

configure_station
expect 0 station init
expect 0 station root export --out root.json
serve
expect 0 station group create demo --basename e2e --prefix 2001:db8:1:2::/64 --software
expect 0 station group export demo --out group.json
make_device lamp

# The running station hears of the group when told to reload.
expect 6 device lamp provision --server "127.0.0.1:$port"
kill -HUP "$served"
until_true device lamp provision --server "127.0.0.1:$port"

# A second station on the same state is refused; the first goes on.
expect 7 station serve
expect 0 device lamp provision --server "127.0.0.1:$port"

# Configuration: a wrong key is named with file and line.
cp station.conf good.conf
echo 'colour = blue' >>station.conf
expect 2 station check-config
says "station.conf:" colour
cp good.conf station.conf
expect 0 station check-config

# A device in mid-handshake when the station is told to end is not cut off; nobody new gets in.
descriptors() { ls "/proc/$served/fd" | wc -l; }
has_more_than() { [ "$(descriptors)" -gt "$1" ]; }
turned_away() { ! (exec 4<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; }
before=$(descriptors)
exec 3<>"/dev/tcp/127.0.0.1/$port"
until_true has_more_than "$before"
kill -TERM "$served"
until_true grep -q '1 handshakes in flight' station.log
until_true turned_away
kill -0 "$served" || die "the station did not wait for the handshake in flight"
exec 3>&-
status=0
wait "$served" || status=$?
served=
[ $status -eq 0 ] || die "the station ended with $status"
echo "ready, reloaded, drained"

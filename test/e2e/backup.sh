#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# A backup taken while the station serves gives a new station that knows every device; a damaged one
# is refused, and nothing is overwritten.
. "${srcdir:-$(dirname "$0")/../..}/test/e2e/lib.sh"
need token
key=software

configure_station
expect 0 station init
expect 0 station group create demo --basename e2e --prefix 2001:db8:1:2::/64 --software
expect 0 station group export demo --out group.json
expect 0 station root export --out root.json
serve
make_device lamp
expect 0 device lamp provision --server "127.0.0.1:$port"
identity=$(identity_of lamp)
expect 0 station backup station.backup
stop

mv station burnt
expect 1 station identity show "$identity"
head -c 1000 station.backup >damaged.backup
expect 1 station restore damaged.backup
expect 0 station restore station.backup
expect 1 station restore station.backup
expect 0 station identity show "$identity"
serve
expect 0 device lamp provision --server "127.0.0.1:$port"
[ "$(identity_of lamp)" = "$identity" ] || die "the restored station gave another identity"
make_device door
expect 0 device door provision --server "127.0.0.1:$port"
[ "$(identity_of door)" != "$identity" ] || die "two devices, one identity"
echo "restored, and every device known"

#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# What goes wrong says so: the cause and the remedy in words, the right exit status, nothing lost, and
# the station goes on.
. "${srcdir:-$(dirname "$0")/../..}/test/e2e/lib.sh"
need token tpm

make_station
serve
make_device lamp
make_device door
at="127.0.0.1:$port"
expect 0 device lamp provision --server "$at"
identity=$(identity_of lamp)
expect 0 device door provision --server "$at"
door=$(identity_of door)

# Somebody else's identity, and one outside the prefix.
expect 6 device door provision --server "$at" --request-id "$identity"
says "somebody else"
expect 6 device door provision --server "$at" --request-id 2001:0DB8:FFFF:0000:0000:0000:0000:0001
[ "$(identity_of door)" = "$door" ] || die "a refusal cost the device its identity"

# A suite that the station does not take, one that there is not, a version from elsewhere.
expect 6 device lamp provision --server "$at" --suite 0x0001
expect 2 device lamp provision --server "$at" --suite 0x0005
says 0x0005
exec 3<>"/dev/tcp/127.0.0.1/$port"
printf '\001\000\106\002' >&3
cat <&3 >answer
exec 3>&-
[ "$(od -An -tx1 answer | tr -d ' \n')" = 41000401 ] || die "version 2 was not answered with Error"

# Nobody there; no TPM; words that are wrong.
expect 7 device lamp provision --server 127.0.0.1:1
says 127.0.0.1:1
tcti=swtpm:path=/nonexistent expect 4 device lamp provision --server "$at"
says "TPM"
expect 2 device lamp provision
expect 2 device lamp frobnicate
expect 0 device lamp --help

# A group that the station does not know: same papers, another basename.
cp -r lamp stray
sed 's/"basename": *"[^"]*"/"basename": "7a7a"/' group.json >other.json
expect 1 device lamp member import --credential lamp.credential --signature lamp.signature \
    --group other.json --root root.json

# Revoked: refused, also when it asks again for what it has; the others are served on.
expect 0 station identity revoke "$identity" --reason "lost in the field"
kill -HUP "$served"
expect 6 device lamp provision --server "$at"
says revoked
[ "$(identity_of lamp)" = "$identity" ] || die "a refusal cost the device its identity"
expect 0 device door provision --server "$at"
expect 0 station identity show "$identity"
says revoked

# The token: a wrong PIN is tried once, a missing token and a missing module are named.
stop
cp "$XTT_TEST_PIN_FILE" pin && chmod 600 pin
echo 00000000 >"$XTT_TEST_PIN_FILE"
expect 3 station serve
says PIN
cp pin "$XTT_TEST_PIN_FILE"
sed -i 's/token=[^?;]*/token=nobody/' station.conf
expect 5 station serve
says nobody
sed -i 's|module-path=[^&]*|module-path=/nonexistent.so|' station.conf
expect 5 station serve
says /nonexistent.so
configure_station
serve
expect 0 device door provision --server "127.0.0.1:$port"
echo "refused in words, and the station went on"

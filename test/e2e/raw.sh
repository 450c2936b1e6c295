#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Files of the deployed tools: a group made elsewhere is imported with its issuer secret, a member made
# elsewhere with its secret and credential, and the two meet in all suites of the deployed family.
. "${srcdir:-$(dirname "$0")/../..}/test/e2e/lib.sh"
need token

# field NAME FILE: one file of the recorded fixture.
field() {
    sed -n "s|.*\"$1\": \"\([0-9a-f]*\)\".*|\1|p" "$top/test/vectors/fixture.json" | xxd -r -p >"$2"
    [ -s "$2" ] || die "no $1 in the fixture"
}
field issuer/isk.bin isk.bin
field client/daa_gpk.bin gpk.bin
field client/basename.bin basename.bin
field client/daa_cred.bin cred.bin
field client/daa_secretkey.bin secret.bin

configure_station "suites = 0x0101 0x0001 0x0002 0x0003 0x0004"
expect 0 station init
expect 0 station group create old --raw-issuer-secret isk.bin --raw-basename basename.bin \
    --prefix 2001:db8:1:3::/64 --software
expect 0 station root export --raw root.bin
[ "$(stat -c %s root.bin)" -eq 81 ] || die "a root certificate has 81 bytes"
mkdir out
expect 0 station group export old --raw out
cmp gpk.bin out/gpk.bin && cmp basename.bin out/basename.bin || die "the group came out changed"
serve

printf '[agent]\nkey = software\n' >agent.conf
expect 0 device lamp init
expect 0 device lamp member import --raw-credential cred.bin --raw-group-key gpk.bin \
    --raw-basename basename.bin --raw-root root.bin --raw-secret secret.bin
identity=
for suite in 0x0001 0x0002 0x0003 0x0004 0x0101; do
    expect 0 device lamp provision --server "127.0.0.1:$port" --suite $suite
    got=$(identity_of lamp)
    [ "${identity:=$got}" = "$got" ] || die "$suite gave $got after $identity"
done

# Issued with raw files and a nonce of the line's own choice.
expect 0 device door init
expect 0 device door member request --nonce-text "line 7" --raw --out door.pub
[ "$(stat -c %s door.pub)" -eq 161 ] || die "a member public key has 161 bytes"
expect 6 station group issue old --raw --member-key door.pub --nonce-text "line 8" \
    --out-credential door.cred --out-signature door.sig
expect 0 station group issue old --raw --member-key door.pub --nonce-text "line 7" \
    --out-credential door.cred --out-signature door.sig
[ "$(stat -c %s door.cred)" -eq 260 ] && [ "$(stat -c %s door.sig)" -eq 64 ] || die "sizes"
expect 0 device door member import --raw-credential door.cred --raw-group-key gpk.bin \
    --raw-basename basename.bin --raw-root root.bin
expect 0 device door provision --server "127.0.0.1:$port" --suite 0x0001
[ "$(identity_of door)" != "$identity" ] || die "two devices, one identity"

# Files of another size are named.
head -c 80 root.bin >short.bin
expect 1 device door member import --raw-credential door.cred --raw-group-key gpk.bin \
    --raw-basename basename.bin --raw-root short.bin
says 81
echo "old files, old suites: $identity"

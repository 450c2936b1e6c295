#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# The root key on a token of its own, offline: a request goes there, a certificate comes back, and a
# renewal does the same for a new server key while the device keeps its root.
. "${srcdir:-$(dirname "$0")/../..}/test/e2e/lib.sh"
need token
key=software

# The root's place: another state directory and another token.
softhsm2-util --init-token --free --label vault --pin vault-pin --so-pin so-vault >/dev/null
(umask 077 && echo vault-pin >vault.pin)
vault_uri=$(printf '%s' "$XTT_TEST_TOKEN_URI" |
    sed "s|token=[^?;]*|token=vault|; s|pin-source=.*|pin-source=file:$scratch/vault.pin|")
printf '[station]\nstate = %s\ntoken = %s\n' "$scratch/vault" "$vault_uri" >vault.conf
vault() { "$build/xtt-provisioner" --config "$scratch/vault.conf" "$@"; }

expect 0 vault root init
expect 0 vault root export --out root.json

configure_station
expect 0 station server csr request.json
expect 0 vault root certify request.json --days 30 certificate.json
expect 0 station server import certificate.json
expect 0 station group create demo --basename e2e --prefix 2001:db8:1:2::/64 --software
expect 0 station group export demo --out group.json
serve
make_device lamp
expect 0 device lamp provision --server "127.0.0.1:$port"
identity=$(identity_of lamp)

# A request whose signature is wrong is not certified.
sed -E 's/("request": *"[0-9a-f]{300})0/\11/; t; s/("request": *"[0-9a-f]{300})./\10/' request.json >forged.json
expect 1 vault root certify forged.json --days 30 forged-certificate.json
[ ! -e forged-certificate.json ] || die "a forged request was certified"

expect 0 station server csr second.json
expect 0 vault root certify second.json --days 30 second-certificate.json
expect 0 station server import second-certificate.json
kill -HUP "$served"
expect 0 device lamp provision --server "127.0.0.1:$port"
[ "$(identity_of lamp)" = "$identity" ] || die "a renewed certificate brought another identity"
echo "the root stayed in its vault"

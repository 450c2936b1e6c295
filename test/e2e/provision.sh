#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# A device with a TPM gets its identity from a station with an HSM, in every suite, and keeps it:
# through another suite, a restart of the station, and a new long-term key.
. "${srcdir:-$(dirname "$0")/../..}/test/e2e/lib.sh"
need token tpm

make_station "suites = 0x0101 0x0102 0x0103 0x0104 0x0001 0x0002 0x0003 0x0004"
serve
make_device lamp
[ -z "$(identity_of lamp)" ] || die "an identity before any station gave one"

identity=
for suite in 0x0101 0x0102 0x0103 0x0104 0x0001 0x0002 0x0003 0x0004; do
    expect 0 device lamp provision --server "127.0.0.1:$port" --suite $suite
    got=$(identity_of lamp)
    [[ $got =~ ^2001:0DB8:0001:0002(:[0-9A-F]{4}){4}$ ]] || die "identity '$got'"
    [ "${identity:=$got}" = "$got" ] || die "$suite gave $got after $identity"
done
expect 0 station identity show "$identity"
says "$identity" ok
expect 0 station identity list --json
says '"schema": 1' "$identity"

# The long-term key is a TSS2 PRIVATE KEY that OpenSSL's provider signs with.
key=$(device lamp status --json | sed -n 's/.*"key_file": *"\([^"]*\)".*/\1/p')
grep -q 'BEGIN TSS2 PRIVATE KEY' "$key" || die "no TSS2 PRIVATE KEY in $key"
echo "signed by the device" >text
export TPM2OPENSSL_TCTI=$XTT_TEST_TCTI
expect 0 openssl dgst -provider tpm2 -provider default -propquery '?provider=tpm2' -sha256 \
    -sign "$key" -out text.sig text
expect 0 openssl pkey -provider tpm2 -provider default -propquery '?provider=tpm2' -in "$key" \
    -pubout -out key.pub
expect 0 openssl dgst -sha256 -verify key.pub -signature text.sig text

stop TERM
[ $status -eq 0 ] || die "the station ended with $status"
serve
expect 0 device lamp provision --server "127.0.0.1:$port" --new-key
[ "$(identity_of lamp)" = "$identity" ] || die "a new key brought another identity"
expect 0 device lamp provision --server "127.0.0.1:$port" --request-id "$identity"
[ "$(station identity list --json | grep -o "$identity" | wc -l)" -eq 1 ] || die "two rows for one device"
echo "one device, eight suites, one identity: $identity"

#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Who may include whom: each folder's files may include only what its row allows (doc/architecture.md).
set -euo pipefail
cd "${srcdir:-.}"
bad=0

# allow FOLDER REGEX: every #include in FOLDER must match REGEX or be of the C library or POSIX.
allow() {
    local folder=$1 allowed=$2 line
    [ -d "$folder" ] || return 0
    while IFS= read -r line; do
        echo "$line"
        bad=1
    done < <(grep -rnE '^[[:space:]]*#[[:space:]]*include' --include='*.[ch]' "$folder" |
        grep -vE "include [<\"](($allowed)|$system)" || true)
}

system='(assert|ctype|dirent|dlfcn|errno|fcntl|getopt|grp|inttypes|libgen|limits|poll|pthread|pwd|signal|stdarg|stdatomic|stdbool|stddef|stdint|stdio|stdlib|string|strings|termios|time|unistd)\.h|sys/|netdb\.h|netinet/|arpa/|linux/|config\.h'

allow libxtt/base 'xtt/(base\.h|err\.def)|base/'
allow libxtt/wire 'xtt/(base|identity)\.h|base/|wire/'
allow libxtt/crypto 'xtt/(base|hash|signer|handshake)\.h|base/|crypto/|openssl/'
allow libxtt/curve 'immintrin\.h|xtt/base\.h|base/|curve/'
allow libxtt/daa 'xtt/(base|signer|daa)\.h|base/|curve/|crypto/|daa/'
allow libxtt/handshake 'xtt/|base/|wire/|crypto/|daa/|handshake/'
allow tpm 'xtt/(base|signer)\.h|(tpm/)?(esys|keyfile|keys|tpm)\.h|tss2/|openssl/'
allow pkcs11 'xtt/(base|signer)\.h|pkcs11/|p11-kit/|libp11\.h|openssl/'
allow daemon 'xtt/|daemon/|uv\.h|ini\.h|jansson\.h|systemd/'
allow provisioner 'xtt/|daemon/|pkcs11/|provisioner/|uv\.h|jansson\.h|sqlite3\.h'
allow agent 'xtt/|daemon/|tpm/tpm\.h|agent/|uv\.h|jansson\.h'

# only PATTERN FILES: a header that one place alone may include.
only() {
    local header=$1 where=$2 line
    while IFS= read -r line; do
        echo "$line"
        bad=1
    done < <(grep -rnE "include <$header" --include='*.[ch]' libxtt tpm pkcs11 daemon provisioner agent |
        grep -vE "^($where)" || true)
}
only 'openssl/' 'libxtt/crypto/provider\.c|pkcs11/|tpm/keyfile\.c|tpm/attest/'
only 'tss2/' 'tpm/'
only 'libp11' 'pkcs11/'
only 'sys/socket' 'daemon/|pkcs11/none'

# Dependencies of the library's folders point one way only.
if grep -rnE '#include "(handshake|daa|wire|crypto|curve)/' --include='*.[ch]' libxtt/base; then bad=1; fi
[ "$bad" -eq 0 ] || { echo "layers: the lines above include what their folder may not know"; exit 1; }

#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# What libxtt shows and what it needs: exports begin with xtt_ and stand in a public header, and the
# library imports nothing that opens, reads, writes, waits, prints, starts a thread or tells the time.
set -euo pipefail
lib=libxtt/.libs/libxtt.so
bad=0

while read -r name; do
    case $name in
    xtt_*)
        grep -rqw "$name" "${srcdir:-.}/libxtt/include" ||
            { echo "exported but in no public header: $name"; bad=1; } ;;
    XTT_1) ;;
    *) echo "exported under a foreign name: $name"; bad=1 ;;
    esac
done < <(nm -D --defined-only "$lib" | awk '{print $3}' | sed 's/@.*//')

forbidden='^(open|openat|creat|fopen|fdopen|read|write|pread|pwrite|fread|fwrite|fputs|puts|f?printf|__f?printf_chk|socket|connect|send|recv|sendmsg|recvmsg|poll|select|epoll_.*|time|clock_gettime|gettimeofday|sleep|usleep|nanosleep|pthread_create|fork|exec.*|system|exit|_exit|getenv|secure_getenv)$'
while read -r name; do
    if [[ $name =~ $forbidden ]]; then
        # The sanitizers' runtime brings imports of its own.
        echo "imported, but libxtt does no I/O: $name"
        bad=1
    fi
done < <(nm -D --undefined-only "$lib" | awk '{print $2}' | sed 's/@.*//')

# Every function of a public header has a comment before it or before its group.
for header in "${srcdir:-.}"/libxtt/include/xtt/*.h; do
    awk -v file="$header" '
        /\*\/[[:space:]]*$/ || /^XTT_API/ { documented = 1 }
        /^XTT_API/ { if (!seen_comment) { print file ": " $0 ": no comment"; bad = 1 } }
        /\/\*/ { seen_comment = 1 }
        /^$/ { seen_comment = 0 }
        END { exit bad }' "$header" || bad=1
done
exit $bad

#!/bin/sh
# Checks what a reviewer should not have to: functions that are banned, comments of the wrong kind, unfinished marks, layout.
set -eu
cd "$1"
status=0
files=$(find decoder src ui tests -name '*.[ch]' -o -name '*.def' | sort)

forbid() { # forbid PATTERN WHY
    # shellcheck disable=SC2086
    if grep -nE "$1" $files; then
        echo "^ $2"
        status=1
    fi
}

forbid '(^|[^_[:alnum:]])(strcpy|strcat|sprintf|vsprintf|strtok|atoi|gets|alloca)[[:space:]]*\(' 'banned function'
forbid '(^|[^[:alnum:]])(TODO|FIXME|XXX|HACK)([^[:alnum:]]|$)' 'unfinished mark'
forbid '^[[:space:]]*//' 'comments are /* */'

for f in $files; do
    case $f in *.def) continue ;; esac
    if ! head -n 1 "$f" | grep -qE '^/\*'; then
        echo "$f: does not open with a comment that says what it owns"
        status=1
    fi
done
if command -v clang-format >/dev/null; then
    # shellcheck disable=SC2086
    clang-format --dry-run --Werror $(printf '%s\n' $files | grep -v '\.def$') || status=1
fi
exit $status

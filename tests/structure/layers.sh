#!/bin/sh
# Checks the direction of dependencies: which of our folders, and which libraries, each folder may include.
set -eu
cd "$1"
status=0

# allow FOLDER PATTERN: every #include in FOLDER matches PATTERN (an extended regular expression over the included name).
allow() {
    bad=$(grep -nE '^#[[:space:]]*include' "$1"/*.[ch] | grep -vE "include [<\"]($2)[>\"]" || true)
    if [ -n "$bad" ]; then
        printf '%s may not include:\n%s\n' "$1" "$bad"
        status=1
    fi
}

std='[a-z0-9]+\.h|(sys|linux)/[a-z]+\.h'
own() { # own FOLDER: the C library and nothing else that happens to have a plain name
    if grep -nE 'include <(uv|curses|ini|jansson|libfwnt|pcre2|xxhash|archive|zlib|cmocka|vterm)\.h>' "$1"/*.[ch] | grep -vE "<($2)\.h>"; then
        echo "$1 may not use that library"
        status=1
    fi
}

allow src/base     "$std|base/.*"
allow src/config   "$std|(base|config)/.*"
allow decoder      "$std|(base|decoder)/.*"
allow src/model    "$std|(base|decoder|model)/.*"
allow src/query    "$std|(base|decoder|model|query)/.*"
for kind in src/answer src/answer/*/; do
    allow "${kind%/}" "$std|(base|decoder|model|query|answer)/.*"
    own "${kind%/}" 'none'
done
allow src/source   "$std|(base|decoder|model|query|source)/.*|archive_entry\.h|gsf/gsf-[a-z-]+\.h"
allow src/symbols  "$std|(base|symbols)/.*"
allow src/export   "$std|(base|decoder|model|query|answer|export)/.*"
allow src/commands "$std|(base|decoder|model|query|answer|source|export|config|commands)/.*"
allow ui/term      "$std|(base|ui/term)/.*|[a-z_]+\.inc"
allow ui/keys      "$std|(base|ui/term|ui/keys)/.*"
allow ui/widget    "$std|(base|ui/term|ui/keys|ui/widget)/.*"
for screen in ui/view ui/view/*/; do
    allow "${screen%/}" "$std|(base|decoder|model|query|answer|ui/term|ui/keys|ui/widget|ui/view)/.*"
done
allow ui/app       "$std|(base|config|decoder|model|query|answer|ui)/.*"
allow src/runtime  "$std|(base|decoder|model|query|answer|source|symbols|export|config|runtime|ui)/.*"

own src/base     'none'
own src/config   'ini'
own decoder      'libfwnt'
own src/model    'xxhash'
own src/query    'pcre2'
own src/source   'archive|zlib'
own src/symbols  'jansson'
own src/export   'none'
own src/commands 'jansson'
own ui/term      'curses|ini'
own ui/keys      'none'
own ui/widget    'none'
for screen in ui/view ui/view/*/; do
    own "${screen%/}" 'none'
done
own ui/app       'none'
own src/runtime  'uv'

if grep -lE 'include <curses.h>' ui/*/*.[ch] ui/*/*/*.[ch] | grep -vx 'ui/term/screen.h'; then
    echo 'only ui/term/screen.h includes curses.h'
    status=1
fi
exit $status

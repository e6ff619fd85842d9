#!/bin/sh
# Traces in what they travel in: read by every command and by the explorer, from files and pipes, and refused in one line.
. "$(dirname "$0")/lib.sh"

numbers() { "$HEAPTAIL" report --format json "$1" | sed '/"file":/d; /"late_records":/d'; }
lines() { printf '%s\n' "$1" | wc -l; }

gzip -c "$HT_DEMO" >"$work/demo.gz"
numbers "$HT_DEMO" >"$work/plain.json"

# batch: a file, a pipe, what it is and what it holds
numbers "$work/demo.gz" >"$work/packed.json"
cmp "$work/plain.json" "$work/packed.json" || fail 'a compressed file gives other numbers'
numbers - <"$work/demo.gz" >"$work/packed.json"
cmp "$work/plain.json" "$work/packed.json" || fail 'a redirected file gives other numbers'
# shellcheck disable=SC2002
cat "$work/demo.gz" | numbers - >"$work/packed.json"
cmp "$work/plain.json" "$work/packed.json" || fail 'a compressed pipe gives other numbers'
"$HEAPTAIL" events -q "$HT_DEMO" >"$work/plain.tsv"
"$HEAPTAIL" events -q "$work/demo.gz" | cmp - "$work/plain.tsv" || fail 'a compressed file gives other events'
"$HEAPTAIL" info "$work/demo.gz" | grep -q '^  container   gzip-compressed, 1 member, 1 read$' || fail 'info of a container'

# cut off: what there is is read, the loss is told and --strict fails
head -c 100000 "$work/demo.gz" >"$work/cut.gz"
told=$("$HEAPTAIL" report --format json "$work/cut.gz" 2>&1 >"$work/cut.json")
case $told in *'gzip data ends too early'*) ;; *) fail "of a cut file it says: $told" ;; esac
grep -q '"buffers_damaged": [1-9]' "$work/cut.json" || fail 'no damage is counted'
code=0
"$HEAPTAIL" report --strict -q "$work/cut.gz" >/dev/null 2>&1 || code=$?
[ "$code" = 3 ] || fail "--strict of a cut file exits with $code"

# limits, and what is no trace: one line, exit 1
code=0
told=$("$HEAPTAIL" report --expand-limit 100K "$work/demo.gz" 2>&1) || code=$?
case $code:$told in 1:*'expands to more than 100 KiB'*'--expand-limit') ;; *) fail "a limit: $code $told" ;; esac
[ "$(lines "$told")" = 1 ] || fail 'more than one line'
echo 'only words' | gzip >"$work/words.gz"
code=0
told=$("$HEAPTAIL" report "$work/words.gz" 2>&1) || code=$?
case $code:$told in 1:*'expanded it is text, not a trace'*) ;; *) fail "of text it says: $code $told" ;; esac

# explorer: a file, and a pipe that is read whole first
start 80x24 "'$HEAPTAIL' '$work/demo.gz'"
wait_for '1 Summary'
wait_for 'demo.gz .*26,179 events'
keys q
wait_for 'shell>'
start 80x24 "cat '$work/demo.gz' | '$HEAPTAIL'"
wait_for 'stdin .*26,179 events'
keys r
wait_for 'A pipe cannot be read again'
keys q
start 80x24 "'$HEAPTAIL' '$work/words.gz'; echo exit \$?"
wait_for 'words.gz: gzip-compressed; expanded it is text'
wait_for 'exit 1'
start 80x24 "cat '$work/words.gz' | '$HEAPTAIL'; echo exit \$?"
wait_for 'exit 1'

# reload: what has the name now is unpacked
start 80x24 "'$HEAPTAIL' '$work/demo.gz'"
wait_for '26,179 events'
"$MKETL" -n 500 -o "$work/small.etl"
gzip -c "$work/small.etl" >"$work/anew"
mv "$work/anew" "$work/demo.gz"
keys r
wait_not '26,179 events'
wait_for 'demo.gz .* 500 events'
keys q

# the packages of Visual Studio
if [ -d "$HT_CAPTURES_DIR" ]; then
    numbers "$HT_CAPTURES_DIR/heap-vs17-x64.etl" >"$work/plain.json"
    numbers "$HT_CAPTURES_DIR/heap-vs17-x64.diagsession" >"$work/packed.json"
    cmp "$work/plain.json" "$work/packed.json" || fail 'a .diagsession gives other numbers than its .etl'
    code=0
    told=$("$HEAPTAIL" report "$HT_CAPTURES_DIR/cpu-vs16-compound.diagsession" 2>&1) || code=$?
    case $code:$told in 1:*'no heap events: the file has 87,983 records'*) ;; *) fail "a compound file: $code $told" ;; esac
    "$HEAPTAIL" info "$HT_CAPTURES_DIR/cpu-vs16-compound.diagsession" >"$work/info"
    grep -q '^  container   OLE compound file, 2 members, 1 read$' "$work/info" || fail 'info of a compound file'
    grep -q '^  sc.user_aux.etl  *10,158,080  Windows event trace  read$' "$work/info" || fail 'its members'
else
    echo 'skipped: no real captures at hand'
fi

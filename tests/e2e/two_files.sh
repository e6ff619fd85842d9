# A heap session and its kernel session in two files: one trace in batch, in either order, and on the screen, saved and while both
# grow; one that finished, one that was replaced, one of another boot.
. "$(dirname "$0")/lib.sh"
"$MKETL" --demo -o "$work/heap.etl" -k "$work/kernel.etl" -t "$work/truth.json"
sorted() { jq -S 'del(.file, .stacks) | walk(if type == "array" then sort_by(tostring) else . end)'; }

# Both together are what the generator says, whichever is named first.
sorted <"$work/truth.json" >"$work/expected.json"
for pair in 'heap kernel' 'kernel heap'; do
    "$HEAPTAIL" report -q --merge --format json "$work/${pair% *}.etl" "$work/${pair#* }.etl" | sorted >"$work/got.json"
    cmp "$work/expected.json" "$work/got.json" || fail "merged: $pair"
done
"$HEAPTAIL" -q "$work/heap.etl" "$work/kernel.etl" | head -n 1 | grep -q 'heap.etl + .*kernel.etl' || fail 'merged without a terminal'
"$HEAPTAIL" events -q --merge "$work/heap.etl" "$work/kernel.etl" >"$work/events.tsv"
"$HEAPTAIL" events -q --merge "$work/heap.etl" - <"$work/kernel.etl" | cmp - "$work/events.tsv" || fail 'one of them through a pipe'
"$HEAPTAIL" info --merge "$work/heap.etl" "$work/kernel.etl" | grep -q '^  kernel.etl  *NT Kernel Logger' || fail 'info'
"$HEAPTAIL" report "$work/heap.etl" | grep -q 'heaptail heap.etl kernel.etl' || fail 'where the names are'

# What cannot be merged is refused with its name.
"$MKETL" --events 100 --frequency 3000000 -o "$work/other.etl"
code=0
"$HEAPTAIL" report --merge "$work/heap.etl" "$work/other.etl" >"$work/out" 2>"$work/err" || code=$?
[ "$code" = 1 ] && [ ! -s "$work/out" ] || fail "another clock: exit $code"
grep -q '^heaptail: .*/other.etl: .*clock' "$work/err" || fail "another clock: $(cat "$work/err")"
code=0
"$HEAPTAIL" events "$work/heap.etl" "$work/kernel.etl" >"$work/out" 2>"$work/err" || code=$?
[ "$code" = 2 ] && grep -q -- '--merge' "$work/err" || fail "several without --merge: exit $code"

# Saved ones at the terminal: names meet events.
start 120x30 "'$HEAPTAIL' '$work/heap.etl' '$work/kernel.etl'"
wait_for 'heap.etl + kernel.etl'
keys 3
wait_for 'Contoso.*xe 6124'
keys Q
wait_for 'shell> *$'
start 100x30 "'$HEAPTAIL' '$work/heap.etl'"
wait_for 'kernel session'
keys Q
wait_for 'shell> *$'
start 100x30 "'$HEAPTAIL' '$work/heap.etl' '$work/other.etl'"
wait_for 'other.etl: .*clock'

# Both growing end with what the finished ones have.
events=$(jq .heap_events "$work/truth.json" | sed ':a;s/\([0-9]\)\([0-9]\{3\}\)\($\|,\)/\1,\2\3/;ta')
"$MKETL" --demo --live 20 -o "$work/growing.etl" -k "$work/names.etl" &
while [ ! -s "$work/growing.etl" ] || [ ! -s "$work/names.etl" ]; do sleep 0.02; done
start 120x30 "'$HEAPTAIL' '$work/growing.etl' '$work/names.etl'"
wait_for 'follow'
wait_for 'closed after' 60
wait_for "$events events"
keys 3
wait_for 'Contoso.*xe 6124'
keys Q
wait_for 'shell> *$'
"$HEAPTAIL" report -q --merge --format json "$work/growing.etl" "$work/names.etl" | sorted | cmp - "$work/expected.json" || fail 'grown'

# One of two is replaced while both grow: what was read is kept, `r` reads both anew.
rm "$work/growing.etl" "$work/names.etl"
"$MKETL" --demo --live 200 -o "$work/growing.etl" -k "$work/names.etl" &
writer=$!
while [ ! -s "$work/growing.etl" ] || [ ! -s "$work/names.etl" ]; do sleep 0.02; done
start 120x30 "'$HEAPTAIL' '$work/growing.etl' '$work/names.etl'"
wait_for 'follow'
kill "$writer"
cp "$work/kernel.etl" "$work/new.etl"
mv "$work/new.etl" "$work/names.etl"
wait_for 'replaced'
cp "$work/heap.etl" "$work/growing.etl"
keys r
wait_for "$events events"
keys Q
wait_for 'shell> *$'

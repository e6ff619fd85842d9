# Exit codes and output of the batch commands on good inputs: formats, usage, --strict, pipes, full disks.
. "$(dirname "$0")/lib.sh"

# expect CODE COMMAND...: runs heaptail with its output in $work/out and $work/err.
expect() {
    wanted=$1
    shift
    code=0
    "$HEAPTAIL" "$@" >"$work/out" 2>"$work/err" </dev/null || code=$?
    [ "$code" = "$wanted" ] || fail "heaptail $*: exit $code, not $wanted: $(cat "$work/err")"
}

says() { grep -q -- "$1" "$work/err" || fail "no '$1' in: $(cat "$work/err")"; }
prints() { grep -q -- "$1" "$work/out" || fail "no '$1' in: $(head -c 2000 "$work/out")"; }

# ---- help, version, usage
expect 0 --version
prints '^heaptail [0-9]'
expect 0 --help
prints 'heaptail events'
expect 0 events --help
prints 'block_size'
expect 2
says '--demo'
expect 2 report --nonsense "$HT_DEMO"
says "try 'heaptail report --help'"
expect 2 --nonsense "$HT_DEMO"
says "try 'heaptail --help'"
expect 2 reprot "$HT_DEMO"
says 'report, events, blocks, stacks, diff and info'

expect 2 blocks --all --class aifo "$HT_DEMO"
says 'leave it or --class out'
expect 2 blocks --class leaked "$HT_DEMO"
says 'expected aifi, aifo, aofi or aofo'
expect 2 blocks --sort delta "$HT_DEMO"
says 'expected born, address, size'
expect 2 blocks --columns op "$HT_DEMO"
says "no column 'op'"
[ ! -s "$work/out" ] || fail 'bad column: wrote to stdout'
expect 0 blocks --sort size --top 3 "$HT_DEMO"
prints '^  outstanding [0-9,]* blocks, [0-9,]* bytes$'
prints '^and [0-9,]* more$'

# ---- a bad filter: the text, the caret below the first wrong character, what was expected
expect 2 events --filter 'size >= 4K && colour == 3' "$HT_DEMO"
[ "$(sed -n 3p "$work/err")" = '              ^' ] || fail "caret: $(cat "$work/err")"
says 'expected'
[ ! -s "$work/out" ] || fail 'bad filter: wrote to stdout'

# ---- report is what a bare call becomes without a terminal; the demo needs no name
expect 0 report --format json --demo
cp "$work/out" "$work/demo.json"
expect 0 --format json "$HT_DEMO"
sed '/"file"/d' "$work/out" >"$work/a"
sed '/"file"/d' "$work/demo.json" >"$work/b"
cmp "$work/a" "$work/b" || fail 'heaptail FILE is not heaptail report FILE'

# ---- several files: an array; one that fails does not hide the others
"$MKETL" -n 500 -o "$work/one.etl"
expect 0 report --format json "$work/one.etl" "$HT_DEMO"
[ "$(grep -c '"heap_events"' "$work/out")" = 2 ] || fail 'two objects'
expect 1 report --format json "$work/missing.etl" "$work/one.etl"
[ "$(grep -c '"heap_events"' "$work/out")" = 1 ] || fail 'the object of the good file'
expect 0 report --format tsv "$work/one.etl" "$HT_DEMO"
prints '^file	pid	process	heap'

# ---- a file, a redirected file, a pipe and a FIFO are one and the same trace
"$HEAPTAIL" events "$work/one.etl" >"$work/file.tsv"
"$HEAPTAIL" events - <"$work/one.etl" | cmp - "$work/file.tsv" || fail 'redirected file'
cat "$work/one.etl" | "$HEAPTAIL" events | cmp - "$work/file.tsv" || fail 'pipe'
mkfifo "$work/fifo"
cat "$work/one.etl" >"$work/fifo" &
"$HEAPTAIL" events "$work/fifo" | cmp - "$work/file.tsv" || fail 'FIFO'

# ---- --strict: everything is printed first
"$MKETL" -n 5000 --lose-every 7 --flag-losses -o "$work/lossy.etl"
expect 0 report --format json "$work/lossy.etl"
cp "$work/out" "$work/lossy.json"
expect 3 report --strict --format json "$work/lossy.etl"
cmp "$work/out" "$work/lossy.json" || fail '--strict changes the output'
says 'lost'
expect 3 info --strict "$work/lossy.etl"
expect 0 events -q "$work/lossy.etl"
[ ! -s "$work/err" ] || fail "quiet: $(cat "$work/err")"
expect 0 events "$work/lossy.etl"
says 'incomplete'
expect 0 report --strict "$work/one.etl"
expect 1 report --strict "$work/lossy.etl" "$work/missing.etl"

# ---- a reader that leaves early is no error; a full disk is
"$MKETL" -n 200000 --no-truth -o "$work/long.etl"
{ "$HEAPTAIL" events "$work/long.etl" 2>"$work/err"; echo "$?" >"$work/code"; } | head -n 1 >/dev/null
[ "$(cat "$work/code")" = 0 ] && [ ! -s "$work/err" ] || fail "broken pipe: $(cat "$work/code" "$work/err")"
code=0
(ulimit -f 8 && "$HEAPTAIL" events "$work/long.etl" >"$work/limited" 2>"$work/err") || code=$?
[ "$code" = 1 ] || fail "a file at its limit: exit $code"
if [ -w /dev/full ]; then
    code=0
    "$HEAPTAIL" events "$work/one.etl" >/dev/full 2>"$work/err" || code=$?
    [ "$code" = 1 ] || fail "full disk: exit $code"
    says 'cannot write the output'
    code=0
    "$HEAPTAIL" --help >/dev/full 2>"$work/err" || code=$?
    [ "$code" = 1 ] || fail "help on a full disk: exit $code"
    says 'cannot write the output'
fi

# ---- what a filter selects is what it counts, over several chunks of rows
select="--since 0.01 --until 1h --filter"
# shellcheck disable=SC2086
listed=$("$HEAPTAIL" events $select 'op == alloc && size >= 256' "$work/long.etl" | tail -n +2 | wc -l)
# shellcheck disable=SC2086
"$HEAPTAIL" report --format json $select 'op == alloc && size >= 256' "$work/long.etl" >"$work/out"
prints "\"Alloc\": $listed\$"
[ "$listed" -gt 1000 ] || fail "only $listed events match"
expect 0 events --filter 'size == 1 && size == 2' "$work/one.etl"
[ "$(wc -l <"$work/out")" = 1 ] || fail 'no match: a line of names alone'

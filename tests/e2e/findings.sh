# What is wrong: the Findings screen on the demo and on planted traces, the rows that prove it, and the same through `report`.
. "$(dirname "$0")/lib.sh"

"$MKETL" --planted leak --planted double-free -n 40000 -o "$work/bad.etl" --no-truth
"$MKETL" --planted clean -n 40000 -o "$work/clean.etl" --no-truth

# The report names both, with filters that show rows; a clean trace has no such section.
"$HEAPTAIL" report --by finding --format tsv "$work/bad.etl" > "$work/found"
[ "$(cut -f1 "$work/found" | tr '\n' ' ')" = 'kind double_free growth ' ] || fail "$(cat "$work/found")"
tail -n +2 "$work/found" | cut -f13 | while read -r filter; do
    [ "$("$HEAPTAIL" events -q --filter "$filter" "$work/bad.etl" | wc -l)" -gt 1 ] || fail "no rows: $filter"
done
"$HEAPTAIL" report "$work/bad.etl" | grep -q '^Findings (confidence high)' || fail 'the report ends without findings'
if "$HEAPTAIL" report "$work/clean.etl" | grep -q '^Findings'; then fail 'something was found in a clean trace'; fi
"$HEAPTAIL" report --by finding --format json "$work/bad.etl" | grep -q '"kind": "growth"' || fail 'no findings in the JSON'
if "$HEAPTAIL" report --format json "$work/bad.etl" | grep -q '"findings"'; then fail 'the JSON report has grown'; fi

walk() { # walk COLSxROWS ENVIRONMENT OPTIONS
    start "$1" "$2 '$HEAPTAIL' $3 '$work/bad.etl'; echo left:\$?"
    wait_for 'Biggest heaps'
    keys 9
    wait_for 'to 59.999 s' # all of it is read
    wait_for '^> double free'
    keys j
    wait_for '^> growth'
    wait_for 'proved by'
    blocks=$(cut -f1,8 "$work/found" | sed -n 's/^growth.//p')
    keys Enter
    wait_for 'filter .*live'
    wait_for "$blocks of "
    keys BSpace
    wait_for '^> growth'
    wait_for 'filter  none'
    keys q
    wait_for '^left:0'
    check_sane
    tm kill-server
}

walk 100x30 "TERM=tmux-256color" ""
walk 60x15 "TERM=xterm LC_ALL=C" "--ascii"
walk 200x60 "TERM=screen" "--theme monochrome"

# A clean one says what was looked for.
start 80x24 "'$HEAPTAIL' '$work/clean.etl'; echo left:\$?"
wait_for 'Biggest heaps'
keys 9
wait_for 'Nothing found in'
wait_for 'Looked for: '
keys q
wait_for '^left:0'

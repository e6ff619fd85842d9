# Follows the demo while it is written as an unfinished file, through a FIFO and through a pipe: the last rows and totals equal those
# of the finished file.
. "$(dirname "$0")/lib.sh"
"$HEAPTAIL" report --format json "$HT_DEMO" >"$work/finished.json"
events=$(jq .heap_events "$work/finished.json" | sed ':a;s/\([0-9]\)\([0-9]\{3\}\)\($\|,\)/\1,\2\3/;ta')
last=$("$HEAPTAIL" events "$HT_DEMO" | tail -n 1 | awk -F '\t' '{ printf "%s .*%s .*%s", $3, tolower($4), $5 }')

check_end() {
    wait_for 'closed after' 60
    wait_for "$events events"
    keys 2 G
    wait_for "^ *> .*$last"
    keys Q
    wait_for 'shell> *$'
    tm kill-server
}

"$MKETL" --demo --live 20 -o "$work/growing.etl" &
while [ ! -s "$work/growing.etl" ]; do sleep 0.02; done
start 160x30 "'$HEAPTAIL' '$work/growing.etl'"
wait_for 'follow'
check_end
"$HEAPTAIL" report --format json "$work/growing.etl" | jq 'del(.file)' >"$work/grown.json"
jq 'del(.file)' "$work/finished.json" | cmp - "$work/grown.json" || fail 'the grown file differs from the finished one'

mkfifo "$work/fifo"
start 160x30 "'$HEAPTAIL' '$work/fifo'"
"$MKETL" --demo --live 5 -o "$work/fifo" &
check_end

start 160x30 "'$MKETL' --demo --live 5 -o - | '$HEAPTAIL'"
check_end

# A followed file that shrinks or is replaced: what was read is kept, the bar says so, `r` reads the new one.
. "$(dirname "$0")/lib.sh"
"$MKETL" --demo --shape unfinished -o "$work/live.etl"
start 120x30 "'$HEAPTAIL' '$work/live.etl'"
wait_for 'follow'
cp "$HT_DEMO" "$work/other.etl"
mv "$work/other.etl" "$work/live.etl"
wait_for 'replaced'
keys r
wait_for 'Summary'
keys 3
wait_for 'Outstanding'
keys Q
wait_for 'shell> *$'

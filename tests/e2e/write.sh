# What `w` writes is what the commands print: the same filter, columns and format, byte for byte.
. "$(dirname "$0")/lib.sh"

cd "$work"

# written NAME: waits until the program says so.
written() { wait_for "Wrote .* to .*$1"; }

# write NAME: types it at the prompt.
write() {
    keys w
    wait_for 'write to'
    type_text "$1"
    keys Enter
}

# Outcome is the screen's own column: no command has it.
mkdir -p "$XDG_CONFIG_HOME/heaptail"
printf '[columns]\nevents = op heap outcome time:14 size tid\n' >"$XDG_CONFIG_HOME/heaptail/config"
start 120x30 "$HEAPTAIL --demo --filter 'size >= 4K && op != free'"
wait_for 'Summary'
keys 2
wait_for 'Outcome'
wait_for 'filter  size.* of 26,179' # every row is there, in its order
shown=op,heap,time,size,tid
for format in tsv csv jsonl; do
    write "events.$format"
    written "events.$format"
    "$HEAPTAIL" events --demo -q --filter 'size >= 4K && op != free' --columns "$shown" --format "$format" >expected
    cmp "events.$format" expected || fail "events.$format differs"
done

# A file that is there is asked about, another name is not; a name without a known suffix is refused.
echo mine >mine.tsv
write mine.tsv
wait_for 'Enter again replaces it'
grep -qx mine mine.tsv || fail 'replaced unasked'
keys Enter
written mine.tsv
cmp mine.tsv events.tsv || fail 'mine.tsv differs'
write events.xls
wait_for 'ends in .tsv, .csv or .jsonl'
keys Escape
wait_for 'filter  size'
write none/events.tsv
wait_for 'cannot be written: No such file or directory'
[ -z "$(ls ./*.tmp 2>/dev/null)" ] || fail 'something was left behind'

# Heaps as shown: largest first. Sources have an order of their own on the screen: Source 0 is last.
keys 3
wait_for 'Outstanding'
write heaps.tsv
written heaps.tsv
"$HEAPTAIL" report --demo -q --filter 'size >= 4K && op != free' --by heap --top 1000 --format tsv >expected
cmp heaps.tsv expected || fail 'heaps.tsv differs'
keys 4
wait_for 'low-frag'
write sources.csv
written sources.csv
"$HEAPTAIL" report --demo -q --filter 'size >= 4K && op != free' --by source --format csv | sort >expected
sort sources.csv | cmp - expected || fail 'sources.csv differs'
keys 1
wait_for 'records'
keys w
wait_for 'Only lists can be written'
pid=$(heaptail_pid)
keys q
wait_gone "$pid"

# What the Diff screen writes with `w` is what `heaptail diff` prints of the same two moments: by stack, heap, size, Source,
# thread and process, in the order of the screen.
. "$(dirname "$0")/lib.sh"

start 120x30 "'$HEAPTAIL' '$HT_DEMO'; echo left:\$?"
wait_for 'Biggest heaps'
type_text ':diff 1s 5s'
keys Enter
for by in stack heap size source thread process; do
    wait_for "Diff 1.000 s .. 5.000 s by [sS]*${by#s}"
    wait_for '^> .*+'
    keys w
    wait_for 'write to'
    type_text "$work/$by.tsv"
    keys Enter
    wait_for 'Wrote [0-9]* row'
    "$HEAPTAIL" diff -q --by "$by" --format tsv "$HT_DEMO" 1s 5s >"$work/$by.command"
    cmp "$work/$by.tsv" "$work/$by.command" || fail "by $by: the screen and the command differ"
    keys t
done
keys Q
wait_for 'left:0'

# How large the blocks are: the Sizes screen on the demo, its kinds and its cells, the way to the events of a row, what is written
# of it and what `heaptail report --by` prints: the same rows. On several sizes and terminals.
. "$(dirname "$0")/lib.sh"

rows() { "$HEAPTAIL" report -q --by "$1" --format tsv "$HT_DEMO"; }

walk() { # walk COLSxROWS ENVIRONMENT OPTIONS
    start "$1" "$2 '$HEAPTAIL' $3 '$HT_DEMO'; echo left:\$?"
    wait_for 'Biggest heaps'
    keys 5
    wait_for 'Size (2^n)'
    wait_for '^> 8 to <16'
    wait_for ' 1,940 ' # all of it is read
    keys w
    wait_for 'write to'
    rm -f "$work/sizes.tsv"
    type_text "$work/sizes.tsv"
    keys Enter
    wait_for 'Wrote'
    rows size | cmp - "$work/sizes.tsv" || fail "what is written is not what report prints"
    keys v
    wait_for 'Exact size'
    keys v
    wait_for 'LFH requests'
    keys v
    wait_for 'Size (2^n)'
    keys Enter
    wait_for 'block_size in 8..15'
    wait_for 'Outcome'
    keys BSpace
    wait_for 'filter  none'
    wait_for '^> 8 to <16'
    wait_for ' 1,940 '
    keys Tab
    wait_for 'by lifetime'
    keys =
    wait_for 'block_size in 8..15 && life'
    keys BSpace
    wait_for 'filter  none'
    keys q
    wait_for '^left:0'
    check_sane
    tm kill-server
}

walk 100x30 "TERM=tmux-256color" ""
walk 60x15 "TERM=xterm LC_ALL=C" "--ascii"
walk 200x60 "TERM=screen" "--theme monochrome"

# The tables agree with each other and with the JSON report.
sum() { rows "$1" | awk -F '\t' -v name="$2" 'NR == 1 { for (i = 1; i <= NF; i++) if ($i == name) c = i; next } { s += $c } END { print s }'; }
json=$("$HEAPTAIL" report -q --format json "$HT_DEMO")
for table in size exact bucket; do
    for column in allocs outstanding_bytes; do
        n=$(sum $table $column)
        case $json in
        *"\"$column\": $n,"* | *"\"$column\":$n,"*) ;;
        *) fail "$table: $n $column" ;;
        esac
    done
    test "$(sum $table ended)" = "$(sum life blocks)" || fail "$table: lifetimes"
done

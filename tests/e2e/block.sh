# The life of an address and the way along a block, against what the events command lists.
. "$(dirname "$0")/lib.sh"
group() { printf "%d" "$1" | sed ':a;s/\([0-9]\)\([0-9]\{3\}\)\($\|,\)/\1,\2\3/;ta'; }

# A block that is moved: the first ReAlloc of at least 4 KiB with another old address.
line=$("$HEAPTAIL" events --filter 'op == realloc && size >= 4K' "$HT_DEMO" | tail -n +2 | awk '$6 != $7 { print; exit }')
# shellcheck disable=SC2086
set -- $line
pid=$2 heap=$5 address=$6 old=$7
of_address="(address == $address || old_address == $address) && op in [alloc, realloc, free] && heap == $heap && pid == $pid"
count=$("$HEAPTAIL" events --filter "$of_address" "$HT_DEMO" | tail -n +2 | wc -l)
[ "$count" -gt 2 ] || fail "the demo has no such block"

start 140x40 "'$HEAPTAIL' --filter 'op == realloc && size >= 4K && address == $address' '$HT_DEMO'; echo left:\$?"
wait_for 'Summary'
keys 2
wait_for "R realloc .*$address"
keys Enter
wait_for "Life  at $address, event [0-9,]* of $(group "$count")"
wait_for "OldAddress  *$old"
wait_for "moved in .*from $old"

# The next operation is hidden: the selection stays.
keys '}'
wait_for 'Hidden by the filter: row [0-9]'
wait_for "^ ReAlloc  row"

# Without the filter the move before it is one key away, at the old address.
keys f C-u Enter
wait_for '^ filter  none'
keys '{'
wait_for "Life  at $old,"

# Back to its birth, and on to its end.
keys '#' 9 9 '{'
wait_for 'The block was born here'
wait_for '^ Alloc  row'
keys '#' 9 9 '}'
wait_for 'The block died here\|Outstanding; nothing later'

# In the pane Enter goes to the event under the cursor.
wait_for 'Life  at [0-9a-fx]*, event [0-9,]* of [0-9,]* *$' # the list puts its cursor on the event once it is whole
keys Tab Tab g
wait_for ', event 1 of'
keys Enter
wait_for ', event 1 of'
keys q Q
wait_for '^left:0'
check_sane

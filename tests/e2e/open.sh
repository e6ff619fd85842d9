# Opens the demo and walks: Summary, Heaps, a heap's events, back, a typed filter, help, quit.
. "$(dirname "$0")/lib.sh"
total=$("$HEAPTAIL" events "$HT_DEMO" | tail -n +2 | wc -l)
grouped=$(printf "%d" "$total" | sed ':a;s/\([0-9]\)\([0-9]\{3\}\)\($\|,\)/\1,\2\3/;ta')

# A wrong filter is told before the screen opens.
start 100x30 "'$HEAPTAIL' --filter 'size >= 4X' '$HT_DEMO'; echo left:\$?"
wait_for '^left:2'
tm kill-server

start 120x30 "'$HEAPTAIL' '$HT_DEMO'; echo left:\$?"
wait_for 'heaptail'
wait_for 'Summary'
keys 3
wait_for 'Heap  .*Outstanding'
wait_for '^> *0x' # the figures may come later than the titles
keys Enter
wait_for 'filter .*heap == 0x'
keys BSpace
wait_for 'Heap  .*Outstanding'

expression='size >= 1K && source == mainpath'
count=$("$HEAPTAIL" events --filter "$expression" "$HT_DEMO" | tail -n +2 | wc -l)
keys 2 f
type_text "$expression"
keys Enter
wait_for "$(printf "%d" "$count" | sed ':a;s/\([0-9]\)\([0-9]\{3\}\)\($\|,\)/\1,\2\3/;ta') of $grouped"

keys '?'
wait_for 'Follow the newest event'
keys Escape
wait_for 'Outcome'
tm resize-window -x 60 -y 15
wait_for 'Op '
keys Q
wait_for '^left:0'
check_sane

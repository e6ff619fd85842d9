# Types filters with Tab, finds them again in the next run, drills from Summary and comes back by Backspace alone.
. "$(dirname "$0")/lib.sh"

start 100x30 "'$HEAPTAIL' '$HT_DEMO'; echo left:\$?"
wait_for 'Biggest heaps'
keys f
type_text 'so'
keys Tab
wait_for 'filter *source'
type_text '== main'
keys Tab
wait_for 'filter *source == mainpath'
keys Enter
wait_for 'Enter open'
keys Q
wait_for '^left:0'
test "$(cat "$XDG_STATE_HOME/heaptail/history")" = 'filter source == mainpath' || fail 'the filter was not kept'

# The next run, in a terminal of its own.
tm kill-server
start 100x30 "'$HEAPTAIL' '$HT_DEMO'; echo left:\$?"
wait_for '>0x'
keys f Up
wait_for 'filter *source == mainpath'
keys Escape
wait_for 'filter  none'
keys Enter
wait_for 'Outcome'
wait_for 'filter  heap == 0x'
keys = Enter
wait_for 'Biography\|Heap event\|row '
keys BSpace BSpace BSpace
wait_for '>0x'
wait_for 'filter  none'
keys BSpace
wait_for 'There is no step to take back'
keys Q
wait_for '^left:0'
check_sane

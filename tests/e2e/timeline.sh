# Timeline by keys: from the whole to single events and back, the peak and what was alive then, panning, a range, parting
# by heap, Source and size; and a growing file that it follows.
. "$(dirname "$0")/lib.sh"

walk() { # walk COLSxROWS ENVIRONMENT OPTIONS
    start "$1" "$2 '$HEAPTAIL' $3 '$HT_DEMO'; echo left:\$?"
    wait_for 'Biggest heaps'
    keys 8
    wait_for 'Outstanding bytes'
    wait_for '^ at 29[.]998' # all of it is read
    whole=$(screen | sed -n 's/^ at \([0-9. ]*\):.*/\1/p')

    # The peak, and what was alive then.
    keys p
    wait_not "^ at $whole:"
    at=$(screen | sed -n 's/^ at \([0-9. ]*\):.*/\1/p')
    keys Enter
    wait_for "Alive at $at"
    keys Escape
    wait_not 'Alive at'

    # As near as the clock tells times apart, from event to event, and back to the whole.
    type_text '#1000+#1000+#1000+#1000+'
    wait_for 'as near as'
    keys k
    wait_not "^ at $at:"
    keys Enter
    wait_for 'Outcome'
    keys BSpace
    wait_for 'Outstanding bytes'
    keys z G
    wait_for "^ at $whole:"

    # Away from the peak the events of the column are a step that Backspace takes back.
    keys g
    wait_not "^ at $whole:"
    type_text '>>'
    keys Enter
    wait_for 'filter .*time >='
    keys BSpace
    wait_for 'filter *none'
    wait_for 'Outstanding bytes'

    # A window moves; a range from the start to the peak is told beside the tabs and drawn above the seconds.
    keys p
    wait_for "^ at $at:"
    type_text '+++'
    keys PageUp
    wait_not "^ at $at:"
    keys z g
    wait_for '^ at 0\.'
    keys [ p
    wait_for "^ at $at:"
    keys ]
    wait_for 'Timeline.*> \[\|Timeline.*› \['
    wait_for '^ *\[[^0-9 ]'
    type_text '\'
    wait_not '^ *\[[^0-9 ]'

    for by in heap Source size; do
        keys x
        wait_for "by $by"
    done
    keys x
    wait_not 'by size'
    keys Q
    wait_for '^left:0'
    check_sane
    tm kill-server
}

walk 80x24 '' ''
walk 60x15 'TERM=xterm LC_ALL=C' '--ascii'
walk 120x40 'TERM=screen' '--theme monochrome'

# A file that is being recorded: the cursor stays at its end, and what came before is still there to go to.
"$MKETL" --demo --live 100 -o "$work/live.etl" --no-truth &
tries=200
while [ ! -s "$work/live.etl" ] && [ "$tries" -gt 0 ]; do
    tries=$((tries - 1))
    sleep 0.05
done
start 100x30 "'$HEAPTAIL' '$work/live.etl'; echo left:\$?"
wait_for 'follow'
keys 8
wait_for '^ at [0-9]'
first=$(screen | sed -n 's/^ at \([0-9. ]*\):.*/\1/p')
wait_not "^ at $first:"
type_text '++'
second=$(screen | sed -n 's/^ at \([0-9. ]*\):.*/\1/p')
wait_not "^ at $second:"
keys g
wait_for '^ at 0\.0'
keys G
wait_not '^ at 0\.0'
keys A
wait_for 'Alive at'
keys Escape
wait_not 'Alive at'
keys Q
wait_for '^left:0'

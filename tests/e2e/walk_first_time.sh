# The first walk of somebody who looks for a leak: Summary, the biggest heap, its events, a Source, a size class, one block's life, and
# back to the start by Backspace. Each count on the way equals that of the batch command with the same filter. On several terminal types.
. "$(dirname "$0")/lib.sh"
export XDG_CONFIG_HOME="$work/config" XDG_STATE_HOME="$work/state"

group() { sed ':a;s/\([0-9]\)\([0-9]\{3\}\)\($\|,\)/\1,\2\3/;ta'; }
count() { "$HEAPTAIL" events -q --filter "$1" "$HT_DEMO" | tail -n +2 | wc -l | group; }
total=$("$HEAPTAIL" events -q "$HT_DEMO" | tail -n +2 | wc -l | group)
biggest=$("$HEAPTAIL" report -q --format json "$HT_DEMO" | jq -r '.heaps | max_by(.outstanding_bytes) | .heap')

# expect_count EXPRESSION: the filter line says how many events match.
expect_count() { wait_for "$(count "$1") of $total"; }

walk() { # walk COLSxROWS ENVIRONMENT OPTIONS
    start "$1" "$2 '$HEAPTAIL' $3 '$HT_DEMO'; echo left:\$?"
    wait_for 'Biggest heaps'
    keys 3
    wait_for "^> $biggest"
    keys Enter
    wait_for 'Outcome'
    expect_count "heap == $biggest"

    keys 4
    wait_for '^> *1 lookaside'
    keys j j
    wait_for '^> *3 main path'
    keys Enter
    wait_for 'Outcome'
    expect_count "heap == $biggest && source == mainpath"

    keys 4
    wait_for '^> *3 main path'
    keys Tab l
    wait_for 'main path, size [0-9,]*\.\.[0-9]'
    sizes=$(screen | sed -n 's/.*main path, size \([0-9,]*\.\.[0-9,]*\).*/\1/p' | tr -d ,)
    keys Enter
    wait_for 'Outcome'
    expect_count "heap == $biggest && source == mainpath && op == alloc && size in $sizes"

    keys Enter
    wait_for 'Life  *at 0x'
    keys Escape
    wait_not 'Life  *at 0x' # Esc and Backspace at once are one key, Alt-Backspace
    keys BSpace
    wait_for 'seconds'
    expect_count "heap == $biggest && source == mainpath"
    keys BSpace
    wait_for 'low-frag'
    expect_count "heap == $biggest"
    keys BSpace
    wait_for "^> $biggest"
    wait_for 'filter  none'
    keys 1
    wait_for 'Biggest heaps'
    keys q
    wait_for '^left:0'
    check_sane
    tm kill-server
}

walk 110x34 '' ''
walk 200x60 TERM=xterm-256color ''
walk 100x40 TERM=screen '--theme monochrome'
walk 100x40 TERM=xterm --ascii

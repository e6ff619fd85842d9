# What was allocated: the Blocks screen on the demo. Sorted, on to the alloc and back to the same block, and to a block by an address
# inside it. On several sizes and terminals.
. "$(dirname "$0")/lib.sh"

# A byte inside the largest block that is outstanding, no first byte of any.
largest=$("$HEAPTAIL" blocks -q --sort size --format tsv "$HT_DEMO" | awk -F '\t' 'NR == 1 { for (i = 1; i <= NF; i++) if ($i == "address") c = i; next } { print $c; exit }')
inside=$(printf '0x%x' $((largest + 5)))

walk() { # walk COLSxROWS ENVIRONMENT OPTIONS
    start "$1" "$2 '$HEAPTAIL' $3 '$HT_DEMO'; echo left:\$?"
    wait_for 'Biggest heaps'
    keys 6
    wait_for 'Outstanding: .* blocks'
    wait_for "^>.*$largest"
    keys S
    keys G
    wait_for "^>.*$largest"
    keys S
    keys g
    wait_for "^>.*$largest"
    keys j
    keys Enter
    wait_for 'Outcome'
    keys BSpace
    wait_for 'Outstanding: .* blocks'
    keys G
    keys /
    wait_for 'find'
    type_text "$inside"
    wait_for 'hit 1 of '
    keys Enter
    wait_for "^>.*$largest"
    for try in 1 2 3; do # under ThreadSanitizer one in four does not arrive
        keys G
        keys :
        type_text "$inside"
        keys Enter
        sleep 1
        if screen | grep -q "^>.*$largest"; then break; fi
    done
    wait_for "^>.*$largest"
    keys '}'
    wait_for 'Outcome'
    keys BSpace
    wait_for "^>.*$largest"
    keys q
    wait_for '^left:0'
    check_sane
    tm kill-server
}

walk 80x24 "TERM=tmux-256color" ""
walk 60x15 "TERM=xterm LC_ALL=C" "--ascii"
walk 200x60 "TERM=screen" "--theme monochrome"

# The hunt for a leak by keys alone, on the demo: two marks, their diff, Enter to the stack, Enter to its blocks, Enter to the
# event that allocated one. Ten keys.
. "$(dirname "$0")/lib.sh"

pressed=0
press() { # press KEY...: one key each
    pressed=$((pressed + $#))
    keys "$@"
}

hunt() { # hunt COLSxROWS ENVIRONMENT OPTIONS
    pressed=0
    start "$1" "$2 '$HEAPTAIL' $3 '$HT_DEMO'; echo left:\$?"
    wait_for 'Biggest heaps'
    press 2
    wait_for 'Outcome'
    press m a
    wait_for 'mark a at'
    press G m b
    wait_for 'mark b at'
    press D
    wait_for 'Diff a .. b by stack'
    wait_for '^> Contoso'
    grown=$(screen | sed -n 's/^> \(Contoso[^ ]*\).*/\1/p')
    press Enter
    wait_for 'class == aifo'
    wait_for 'Bottom-up: who allocates'
    wait_for "^> . *$grown"
    press Enter
    wait_for ' 6 Blocks'
    wait_for '^> *0x'
    address=$(screen | sed -n 's/^> *\(0x[0-9a-f]*\).*/\1/p')
    press Enter
    wait_for 'Outcome'
    wait_for "^> .*A alloc"
    [ "$pressed" -le 10 ] || fail "$pressed keys"
    keys Enter
    wait_for "$address"
    keys Q
    wait_for 'left:0'
}

hunt 120x30 '' ''
hunt 80x24 '' '--ascii'

# Who allocates: the Stacks screen on the demo, its kinds, its picture, the frames it folds and what is remembered of them, and the
# way to the events of a row: as many outstanding ones as the row has blocks. On several sizes and terminals.
. "$(dirname "$0")/lib.sh"

group() { sed ':a;s/\([0-9]\)\([0-9]\{3\}\)\($\|,\)/\1,\2\3/;ta'; }
total=$("$HEAPTAIL" events -q "$HT_DEMO" | tail -n +2 | wc -l | group)

# blocks: the outstanding blocks of the selected row, which stand behind its bytes.
blocks() { screen | awk '/^>/ { for (i = 1; i < NF; i++) if ($i == "B") { print $(i + 1); exit } }'; }

walk() { # walk COLSxROWS ENVIRONMENT OPTIONS
    start "$1" "$2 '$HEAPTAIL' $3 '$HT_DEMO'; echo left:\$?"
    wait_for 'Biggest heaps'
    keys 7
    wait_for 'Bottom-up: who allocates'
    wait_for '^> [^ ] Contoso'
    first=$(screen | sed -n 's/^> [^ ] \([^ ]*\).*/\1/p')
    keys Enter
    wait_for 'Outstanding: '
    wait_for " of $total"
    keys BSpace
    wait_for '^> [^ ] Contoso'
    blocks=$(blocks)
    keys o
    wait_for "$blocks of $total"
    wait_for '&& live'
    keys BSpace
    wait_for 'filter  none'
    wait_for "^> [^ ] $first"

    keys x
    wait_for 'not folded'
    keys x
    wait_not 'not folded'

    keys v
    wait_for 'Top-down'
    wait_for '^> [^ ] ntdll'
    keys i
    wait_for '^>ntdll'
    keys j j j
    wait_for '^>Contoso'
    keys Enter
    wait_not '^ntdll'
    keys Escape
    wait_for '^ntdll'
    keys Escape
    wait_for '^> .*Contoso'
    keys v v v
    wait_for 'Bottom-up'
    keys q
    wait_for '^left:0'
    check_sane
    tm kill-server
}

walk 100x30 "TERM=tmux-256color" ""
walk 60x15 "TERM=xterm LC_ALL=C" "--ascii"
walk 200x60 "TERM=screen" "--theme monochrome"

# What is folded is remembered by W and holds at the next start; what is wrong stays out.
start 80x24 "'$HEAPTAIL' '$HT_DEMO'; echo left:\$?"
wait_for 'Biggest heaps'
keys 7
wait_for '^> [^ ] Contoso'
keys a
wait_for 'fold  default'
keys C-u
type_text '!x'
keys Enter
wait_for 'begins with a module'
keys C-u
type_text 'default; Contoso.Editor'
keys Enter
wait_not '^> [^ ] Contoso.Editor'
keys W
wait_for 'Wrote .*fold'
keys q
wait_for '^left:0'
grep -qx 'fold *= *default; Contoso.Editor' "$XDG_CONFIG_HOME/heaptail/config" || fail 'the list is not in the file'
tm send-keys "'$HEAPTAIL' '$HT_DEMO'" Enter
wait_for 'Biggest heaps'
keys 7
wait_for '^> [^ ] Contoso.Doc'
keys a
wait_for 'fold  default; Contoso.Editor'

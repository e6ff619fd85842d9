# Finds, goes to places and marks events; what is on the screen is compared with what `heaptail events` says.
. "$(dirname "$0")/lib.sh"
group() { printf "%d" "$1" | sed ':a;s/\([0-9]\)\([0-9]\{3\}\)\($\|,\)/\1,\2\3/;ta'; }
count() { "$HEAPTAIL" events --filter "$1" "$HT_DEMO" | tail -n +2 | wc -l; }

# close PATTERN: Esc, until the pattern is gone from the screen. A key behind Esc too early would be Alt and that key.
close() {
    keys Escape
    tries=200
    while screen | grep -q -- "$1"; do
        tries=$((tries - 1))
        [ "$tries" -gt 0 ] || fail "'$1' is still on the screen"
        sleep 0.05
    done
}

start 120x30 "'$HEAPTAIL' '$HT_DEMO'; echo left:\$?"
wait_for 'Summary'
keys 2
wait_for 'Outcome'

# A word, an expression, a part of an address: as many hits as the filter has matches.
keys /
type_text 'realloc'
keys Enter
wait_for "find  realloc  hit 1 of $(group "$(count 'op == realloc')")"
keys n n
wait_for 'hit 3 of'
keys N
wait_for 'hit 2 of'
expression='size >= 16K && source == mainpath'
keys g /
type_text "$expression"
keys Enter
wait_for "hit 1 of $(group "$(count "$expression")")"
close 'find  size'

# A row of the trace, its time and its address lead to it.
number=4321
line=$("$HEAPTAIL" events --format jsonl "$HT_DEMO" | sed -n "$((number + 1))p")
time=$(printf '%s' "$line" | sed 's/.*"time":\([0-9]*\).*/\1/')
keys :
type_text "$(group $number)"
keys Enter
keys Enter
wait_for "row $(group $number) "
close 'raw time'
keys g :
type_text "${time}ns"
keys Enter
keys Enter
wait_for "row $(group $number) "
close 'raw time'

# Marks, and the way back.
keys m a
wait_for 'mark a at'
keys G
keys "'" a
keys Enter
wait_for "row $(group $number) "
close 'raw time'

# The range holds for every screen, and is taken back.
keys '['
wait_for 'range  *\['
keys 3
wait_for 'range  *\['
keys BSpace
wait_for 'Outcome'

# Actions by name; help is searched.
keys :
type_text 'help'
keys Enter
wait_for 'Screens'
keys /
type_text 'screen anew'
keys Enter
wait_for 'hit 1 of 1'
keys q
keys :
type_text 'screen.sou'
keys Tab Enter
wait_for '6 segment heap'
keys Q
wait_for '^left:0'
check_sane

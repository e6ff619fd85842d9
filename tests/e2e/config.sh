# What W writes holds at the next start: theme, units, columns; a file of one's own keeps its words; its mistakes are told; keys are
# those of the file in help, hints and messages; --no-config looks at none of it and leaves nothing.
. "$(dirname "$0")/lib.sh"
unset HEAPTAIL_THEME
config=$XDG_CONFIG_HOME/heaptail/config

# wait_gone_from_screen PATTERN: until the screen does not show it any more.
wait_gone_from_screen() {
    tries=400
    while screen | grep -q -- "$1"; do
        tries=$((tries - 1))
        [ "$tries" -gt 0 ] || fail "'$1' stays on the screen"
        sleep 0.05
    done
}

# leave: quits and waits until the program has ended.
leave() {
    pid=$(heaptail_pid)
    keys Q
    wait_gone "$pid"
}

# Nothing was set: nothing is written.
start 100x30 "$HEAPTAIL --demo"
wait_for 'Capture'
keys W
wait_for 'Nothing to write'
[ ! -e "$config" ] || fail 'a file was written'

# A theme, units and columns.
keys T
wait_for 'solarized-light'
type_text '/solarized-light'
keys Enter Enter
wait_for 'The theme is solarized-light now'
keys u 3
wait_for 'Over time'
keys c
wait_for 'x show or hide'
keys j x Enter
wait_gone_from_screen 'x show or hide'
keys W
wait_for "Wrote theme, units, heaps to .*/heaptail/config"
screen | sed -n 3p >"$work/titles"
leave
grep -qx 'theme = solarized-light' "$config" || fail 'no theme in the file'
grep -qx 'units = short' "$config" || fail 'no units in the file'
grep -q '^heaps = ' "$config" || fail 'no columns in the file'

# They are there again, and there is nothing more to write.
start 100x30 "$HEAPTAIL --demo"
wait_for 'Capture'
keys 3
wait_for 'line 1 of 9' # the titles are as wide as the rows want them
screen | sed -n 3p | cmp - "$work/titles" || fail 'other columns'
wait_for 'KiB'
keys W
wait_for 'Nothing to write'
leave

# One's own words stay; keys are those of the file.
cat >"$config" <<'END'
# mine, do not touch
[keys]
help = <F2>  ; not ?
drill.back = Z

[options]
units = exact ; to the byte
[columns]
END
start 100x30 "$HEAPTAIL --demo"
wait_for 'F2 help'
keys '?'
wait_for '? does nothing here; F2 lists the keys'
keys u W
wait_for "Wrote units to "
keys F2
wait_for 'Z  *Undo the last step'
leave
sed 's/exact/short/' >"$work/expected" <<'END'
# mine, do not touch
[keys]
help = <F2>  ; not ?
drill.back = Z

[options]
units = exact ; to the byte
[columns]
END
cmp "$config" "$work/expected" || fail 'the file was changed otherwise'

# Mistakes: the first in the status line, all in help; by commands on standard error, and -q is quiet.
printf '[options]\nunits = long\ntheme = nowhere\n[keys]\nlist.down = k\n' >"$config"
start 100x30 "$HEAPTAIL --demo"
wait_for '3 mistakes, ? tells all: config:2: units = long: expected exact or short'
keys '?'
wait_for 'config:3: there is no theme'
wait_for 'config:5: list.down = k: the key is taken by list.up'
leave
"$HEAPTAIL" events --demo --top 1 >/dev/null 2>"$work/said" || fail 'a mistake was fatal'
grep -q 'config:2: units = long: expected exact or short' "$work/said" || fail 'a command told nothing'
"$HEAPTAIL" events --demo --top 1 -q >/dev/null 2>"$work/said"
[ ! -s "$work/said" ] || fail '-q told something'
"$HEAPTAIL" events --demo --top 1 --no-config 2>&1 >/dev/null | grep -q config: && fail '--no-config read it'

# --no-config: not read, not written, and no history either.
rm -rf "$XDG_STATE_HOME"
start 100x30 "$HEAPTAIL --no-config --demo"
wait_for 'Capture'
keys f
type_text 'size >= 4K'
keys Enter
wait_for 'filter  size'
keys u W
wait_for 'Nothing is written'
leave
[ ! -e "$XDG_STATE_HOME/heaptail" ] || fail 'history was kept'
grep -qx 'units = long' "$config" || fail 'the file was changed'

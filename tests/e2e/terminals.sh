# Every kind of terminal: starts, draws, quits, is sane afterwards, and is sent nothing that it does not know.
. "$(dirname "$0")/lib.sh"
command -v script >/dev/null || exit 77

# What a terminal of type $1 is sent for the keys $2 under the settings after it, in $work/sent; `script` is the terminal.
send() {
    type=$1 typed=$2
    shift 2
    (
        # The picture is there when its status line is: the keys follow it, as a person's would.
        tries=200
        while [ "$tries" -gt 0 ] && ! grep -aq 'lost' "$work/sent" 2>/dev/null; do
            tries=$((tries - 1))
            sleep 0.05
        done
        printf '%s' "$typed"
    ) | env -u COLORTERM -u TMUX TERM="$type" "$@" \
        script -qfc "stty rows 24 cols 80; '$HEAPTAIL' --demo; echo left:\$?" "$work/sent" >/dev/null
    grep -aq 'left:0' "$work/sent" || fail "$type: did not leave cleanly"
}
has() { LC_ALL=C grep -aqP "$1" "$work/sent"; }
knows() { infocmp "$1" >/dev/null 2>&1; }

for type in linux screen tmux xterm xterm-256color vt100 screen-256color tmux-256color vt220; do
    knows "$type" || continue
    rm -f "$work/sent"
    send "$type" 234Q
    has 'heaptail' || fail "$type: draws nothing"
    case $type in
    vt100 | vt220)
        has '\x1b\[(3[0-9]|4[0-9])[;m]' && fail "$type: is sent colours"
        ;;
    *-256color) has '\x1b\[[0-9;]*[34]8[:;]5[:;]' || fail "$type: is sent no 256 colours" ;;
    *) has '\x1b\[[0-9;]*[34]8[:;]' && fail "$type: is sent more colours than it has" ;;
    esac
    case $type in
    linux | vt100 | vt220 | screen | screen-256color)
        has '\x1b\[\?2026' && fail "$type: is asked what it does not know"
        ;;
    esac
    has '\x1b\[\?100[0-6]h' && fail "$type: the mouse is on unasked"
    has '\x1b\]' && fail "$type: is sent a title or clipboard unasked"
done

# Fewer colours, or none, or more than TERM says.
rm -f "$work/sent"
send xterm-256color Q NO_COLOR=1
has '\x1b\[[0-9;]*[34]8[:;]5' && fail 'NO_COLOR: colours'
if knows xterm-256color; then
    rm -f "$work/sent"
    send xterm Q COLORTERM=truecolor
    has '\x1b\[[0-9;]*[34]8[:;]5[:;]' || fail 'COLORTERM: no 256 colours'
fi
rm -f "$work/sent"
send xterm Q COLORTERM=yes
has '\x1b\[[0-9;]*[34]8[:;]5[:;]' && fail 'COLORTERM=yes says nothing'

# One that cannot place a cursor gets the report, and one that nobody knows an error.
if knows dumb; then
    env TERM=dumb script -qfc "'$HEAPTAIL' --demo >$work/report 2>&1 || true; '$HEAPTAIL' --demo; echo left:\$?" "$work/sent" \
        >/dev/null </dev/null
    has "terminal type 'dumb' cannot place text" || fail 'dumb: no remark'
    has 'left:0' || fail 'dumb: failed'
    has '26,179 heap events' || fail 'dumb: no report'
    has '\x1b' && fail 'dumb: escape sequences'
    grep -q 'cannot place text' "$work/report" && fail 'a file is no terminal: no remark'
fi
env TERM=no-such-terminal script -qfc "'$HEAPTAIL' --demo; echo left:\$?" "$work/sent" >/dev/null </dev/null
has 'left:1' || fail 'unknown TERM: exit code'
has "'no-such-terminal' is unknown" || fail 'unknown TERM: not named'
has '\x1b' && fail 'unknown TERM: escape sequences'

# The shell has its terminal back, after the mouse, too.
start 100x30 "'$HEAPTAIL' --mouse --demo; echo left:\$?"
wait_for 'Mouse on'
[ "$(tm display-message -p '#{mouse_standard_flag}')" = 1 ] || fail 'no mouse'
keys Q
wait_for '^left:0'
[ "$(tm display-message -p '#{mouse_any_flag}')" = 0 ] || fail 'the mouse is left on'
check_sane

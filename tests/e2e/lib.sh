# Shared by the end-to-end tests: heaptail in a private tmux server, watched by polling the screen for a marker, never by
# waiting a fixed time. Sourced; expects HEAPTAIL, MKETL and HT_DEMO in the environment.
set -eu
: "${HEAPTAIL:?}" "${MKETL:?}" "${HT_DEMO:?}"
export LC_ALL=C.UTF-8 HEAPTAIL_THEME=dark
unset TMUX NO_COLOR
work=$(mktemp -d "${TMPDIR:-/tmp}/heaptail-e2e.XXXXXX")
socket=$work/tmux
export XDG_CONFIG_HOME="$work/config" XDG_STATE_HOME="$work/state" # nothing of the person who runs the tests
terminals=0
tm() { tmux -S "$socket" -f /dev/null "$@"; }
cleanup() {
    tm kill-server 2>/dev/null || true
    # shellcheck disable=SC2046
    kill $(jobs -p) 2>/dev/null || true
    rm -rf "$work"
}
trap cleanup EXIT

fail() {
    echo "FAILED: $*"
    tm capture-pane -p 2>/dev/null | sed 's/^/  | /' || true
    exit 1
}

# start COLSxROWS COMMAND...: a shell in a fresh terminal of that size, in which the command is typed.
start() {
    size=$1
    shift
    terminals=$((terminals + 1))
    socket=$work/tmux$terminals
    tm new-session -d -x "${size%x*}" -y "${size#*x}" "env PS1='shell> ' sh"
    wait_for 'shell>'
    tm send-keys -l "$*"
    tm send-keys Enter
}

keys() { tm send-keys "$@"; }
type_text() { tm send-keys -l "$1"; }
screen() { tm capture-pane -p; }

# wait_for PATTERN [SECONDS]: until the screen shows it (a basic regular expression).
wait_for() {
    tries=$((${2:-20} * 20))
    while [ "$tries" -gt 0 ]; do
        screen 2>/dev/null | grep -q -- "$1" && return 0
        tries=$((tries - 1))
        sleep 0.05
    done
    fail "no '$1' on the screen"
}

# wait_not PATTERN [SECONDS]: until the screen shows it no more.
wait_not() {
    tries=$((${2:-20} * 20))
    while [ "$tries" -gt 0 ]; do
        screen 2>/dev/null | grep -q -- "$1" || return 0
        tries=$((tries - 1))
        sleep 0.05
    done
    fail "'$1' stays on the screen"
}

# wait_gone PID [SECONDS]: until the process has ended.
wait_gone() {
    tries=$((${2:-5} * 20))
    while [ "$tries" -gt 0 ]; do
        case $(ps -o stat= -p "$1") in '' | Z*) return 0 ;; esac
        tries=$((tries - 1))
        sleep 0.05
    done
    fail "process $1 is still there"
}

heaptail_pid() { pgrep -P "$(tm display-message -p '#{pane_pid}')" -x heaptail; }

# The terminal is sane again: the shell answers and what is typed is echoed.
check_sane() {
    type_text 'echo sa""ne; stty -a | grep -o "[-]*echo "; stty -a | grep -o "[-]*icanon"'
    keys Enter
    wait_for '^sane'
    wait_for '^echo *$'
    wait_for '^icanon *$'
}

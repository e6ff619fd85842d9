# The ways out that nobody chooses: SIGHUP, a closed terminal, a crash, suspend and resume. The program is gone at once, the terminal sane.
. "$(dirname "$0")/lib.sh"

open_demo() {
    start 100x30 "'$HEAPTAIL' '$HT_DEMO'; echo left:\$?"
    wait_for 'Summary'
    pid=$(heaptail_pid)
}

open_demo
kill -HUP "$pid"
wait_for '^left:129'
check_sane
tm kill-server

# Under a sanitizer a crash is the sanitizer's to report.
if [ "${HT_SANITIZED:-}" = "" ]; then
    open_demo
    kill -SEGV "$pid"
    wait_for 'left:139'
    check_sane
    tm kill-server
fi

open_demo
tm kill-server
wait_gone "$pid"

start 100x30 "'$HEAPTAIL' '$HT_DEMO'"
wait_for 'Summary'
keys C-z
wait_for 'shell>'
check_sane
type_text 'fg'
keys Enter
wait_for 'Summary'
keys Q
check_sane

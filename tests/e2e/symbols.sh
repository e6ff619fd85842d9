# Names of functions on the command line and on the screen: a program and its PDB are built here, and a trace whose
# stacks go through it; the linker's map says which function is where.
. "$(dirname "$0")/lib.sh"
unset _NT_SYMBOL_PATH
for tool in clang lld-link llvm-symbolizer llvm-readobj; do
    command -v "$tool" >/dev/null || { echo "skipped: no $tool"; exit 77; }
done
[ "${HT_SANITIZED:-}" != thread ] || { echo 'skipped: forks under ThreadSanitizer'; exit 77; }
mkdir "$work/sym" "$work/run"
export XDG_RUNTIME_DIR="$work/run"
"$(dirname "$0")/../tools/mkpdb.sh" "$work/sym" x86_64
guid=$(llvm-readobj --coff-debug-directory "$work/sym/shop.exe" | sed -n 's/ *PDBGUID: (\(.*\))/\1/p' | tr -d ' ')

# at NAME: the address of a function when the program is loaded at 0x7ff600000000, plus the second argument.
at() {
    rva=$(awk -v name="$1" '$2 == name { print substr($3, 9) }' "$work/sym/shop.map")
    printf '0x7ff6%08x' $((0x0$rva - 0x40000000 + ${2:-0}))
}

# make AGE: a trace in which helper, called by twice, grow and start, allocates a hundred times, and start three times.
make() {
    frames=$(at helper 4),$(at '??$twice@H@shop@@YAHH@Z' 13),$(at grow 30),$(at start 10)
    {
        echo '0.01 7 8 dcstart shop.exe'
        echo "= 7 8 load 0x7ff600000000 0x8000 \\Device\\HarddiskVolume3\\shop\\shop.exe pdb=D:\\x\\shop.pdb guid=$guid age=$1"
        echo '= 7 8 create 0x500000'
        i=0
        while [ $i -lt 100 ]; do
            i=$((i + 1))
            printf '0.%03d 7 8 alloc 0x500000 0x%x 64 frames=%s\n' $((i + 100)) $((0x600000 + i * 64)) "$frames"
        done
        for i in 1 2 3; do
            echo "0.5 7 8 alloc 0x500000 0x80000$i 10 frames=$(at start 10)"
        done
    } >"$work/shop.txt"
    "$MKETL" --workload "$work/shop.txt" -o "$work/shop.etl"
}

expect() { grep -q -- "$1" "$work/out" || fail "no '$1' in: $(cat "$work/out" "$work/err")"; }
stacks() { "$HEAPTAIL" stacks --no-config "$@" "$work/shop.etl" >"$work/out" 2>"$work/err" || fail "exit $?: $(cat "$work/err")"; }
wait_tool() {
    tries=200
    until [ -s "$work/tool.pid" ]; do
        tries=$((tries - 1))
        [ $tries -gt 0 ] || fail 'the tool was not started'
        sleep 0.05
    done
}
nothing_left() { [ -z "$(ls "$work/run")" ] || fail "left behind: $(ls "$work/run")"; }

# Without folders: modules and offsets, and not a word about it.
make 1
stacks --bottom-up
expect 'shop.exe+0x'
[ ! -s "$work/err" ] || fail "said: $(cat "$work/err")"

# With them, by option and by environment.
stacks --bottom-up --symbols "$work/sym"
expect 'shop!helper'
expect 'shop!shop::twice<int>(int)'
expect 'shop!grow'
expect 'helper.c:'
[ ! -s "$work/err" ] || fail "said: $(cat "$work/err")"
nothing_left
_NT_SYMBOL_PATH="srv*C:\\symbols*$work/sym*https://localhost/" stacks --flat --format json
expect 'shop!grow'
grep -q 'C:.symbols is a folder of Windows' "$work/err" || fail "no remark: $(cat "$work/err")"
[ "$(wc -l <"$work/err")" = 1 ] || fail "said: $(cat "$work/err")"

# The wrong age is refused, and it is said which; so is the missing tool, once for two files.
make 2
stacks --bottom-up --symbols "$work/sym"
expect 'shop.exe+0x'
grep -q '/shop.pdb: age 1, the trace wants 2$' "$work/err" || fail "no reason: $(cat "$work/err")"
[ "$(wc -l <"$work/err")" = 1 ] || fail "said: $(cat "$work/err")"
make 1
"$HEAPTAIL" info --symbols "$work/sym" "$work/shop.etl" >"$work/out" 2>"$work/err"
expect 'PDBs found'
expect "shop.exe  *$work/sym/shop.pdb\$"
mkdir "$work/empty"
"$HEAPTAIL" info --symbols "$work/empty" "$work/shop.etl" >"$work/out" 2>"$work/err"
expect 'shop.exe  *shop.pdb/[0-9A-F]\{32\}1/shop.pdb$'
PATH="$work/none" stacks --bottom-up --symbols "$work/sym"
expect 'shop.exe+0x'
grep -q 'llvm-symbolizer is not in PATH' "$work/err" || fail "no word: $(cat "$work/err")"
[ "$(wc -l <"$work/err")" = 1 ] || fail "said: $(cat "$work/err")"
PATH="$work/none" stacks --bottom-up --quiet --symbols "$work/sym"
[ ! -s "$work/err" ] || fail "said: $(cat "$work/err")"

# ^C while a tool hangs: it goes, the program with it, and nothing stays behind.
mkdir "$work/hang"
printf '#!/bin/sh\necho $$ >%s\nexec sleep 1000\n' "$work/tool.pid" >"$work/hang/llvm-symbolizer"
chmod +x "$work/hang/llvm-symbolizer"
PATH="$work/hang:$PATH" "$HEAPTAIL" stacks --no-config --symbols "$work/sym" "$work/shop.etl" >"$work/out" 2>"$work/err" &
pid=$!
wait_tool
kill -TERM $pid
code=0
wait $pid || code=$?
[ $code = 143 ] || fail "exit $code, not 143"
wait_gone "$(cat "$work/tool.pid")"
nothing_left

# Started by nohup it goes on when the terminal goes away, as without symbols.
rm -f "$work/tool.pid"
(trap '' HUP && PATH="$work/hang:$PATH" exec "$HEAPTAIL" stacks --no-config --symbols "$work/sym" "$work/shop.etl") \
    >"$work/out" 2>"$work/err" &
pid=$!
wait_tool
ignored=$(sed -n 's/^SigIgn:[[:space:]]*//p' "/proc/$pid/status")
[ $((0x$ignored & 1)) = 1 ] || fail "SIGHUP is not ignored any more: $ignored"
kill -TERM $pid
code=0
wait $pid || code=$?
[ $code = 143 ] || fail "exit $code, not 143"
wait_gone "$(cat "$work/tool.pid")"
nothing_left

# A folder that does not answer, as on a network that is gone: quitting gives the terminal back at once, and ^C ends
# what still waits.
[ -z "${HT_SANITIZED:-}" ] || exit 0
cat >"$work/slow.c" <<'END'
#define _GNU_SOURCE
#include <dirent.h>
#include <dlfcn.h>
#include <string.h>
#include <unistd.h>

DIR *opendir(const char *path)
{
    if (strstr(path, "/unreachable") != NULL)
        for (;;)
            pause();
    return ((DIR *(*)(const char *))dlsym(RTLD_NEXT, "opendir"))(path);
}
END
clang -shared -fPIC -o "$work/slow.so" "$work/slow.c" -ldl
mkdir "$work/unreachable"
start 100x24 "LD_PRELOAD=$work/slow.so $HEAPTAIL --no-config --symbols $work/unreachable $work/shop.etl"
wait_for '1 Summary'
keys 7
wait_for 'finding names'
pid=$(heaptail_pid)
keys q
wait_not 'finding names'
keys C-c
wait_gone "$pid"

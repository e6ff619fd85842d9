# What batch commands say about inputs that are not what they should be: one line on stderr, nothing on stdout, exit 1.
. "$(dirname "$0")/lib.sh"

# refuse INPUT WORDS [COMMAND...]: the command on INPUT exits with 1 and says WORDS in one line that names the input.
refuse() {
    input=$1
    words=$2
    shift 2
    code=0
    "$HEAPTAIL" "${@:-report}" "$input" >"$work/out" 2>"$work/err" || code=$?
    [ "$code" = 1 ] || fail "$input: exit $code, not 1"
    [ ! -s "$work/out" ] || fail "$input: wrote to stdout"
    [ "$(wc -l <"$work/err")" = 1 ] || fail "$input: not one line: $(cat "$work/err")"
    grep -q "^heaptail: .*$(basename "$input").*$words" "$work/err" || fail "$input: $(cat "$work/err")"
}

refuse "$work/missing.etl" 'no such file'
refuse "$work" 'a directory'
: >"$work/empty.etl"
refuse "$work/empty.etl" 'empty'
echo 'heap: alloc 0x1234' >"$work/notes.txt"
refuse "$work/notes.txt" 'text'
head -c 4096 /dev/zero >"$work/zeros.etl"
refuse "$work/zeros.etl" '.'
printf 'PK\003\004\024\000\000\000' >"$work/app.etl.zip"
refuse "$work/app.etl.zip" 'zip'
printf '\037\213\010\000\000\000\000\000' >"$work/app.etl.gz"
refuse "$work/app.etl.gz" 'gzip'
cp "$HT_DEMO" "$work/unreadable.etl"
chmod 000 "$work/unreadable.etl"
[ -r "$work/unreadable.etl" ] || refuse "$work/unreadable.etl" 'permission'

# All commands alike.
for command in events info; do
    refuse "$work/missing.etl" 'no such file' "$command"
    refuse "$work/notes.txt" 'text' "$command"
done

# A pipe that is no trace, or ends at once.
code=0
echo 'not a trace' | "$HEAPTAIL" report - >"$work/out" 2>"$work/err" || code=$?
[ "$code" = 1 ] && [ ! -s "$work/out" ] || fail "text in a pipe: exit $code"
grep -q '^heaptail: .*stdin' "$work/err" || fail "text in a pipe: $(cat "$work/err")"
code=0
"$HEAPTAIL" report - </dev/null >"$work/out" 2>"$work/err" || code=$?
[ "$code" = 1 ] || fail "nothing in a pipe: exit $code"

# A trace without heap events: report and events fail with a sentence, info tells what it holds.
printf '0.1 10 11 sample\n0.2 10 11 sample\n' >"$work/samples.txt"
"$MKETL" --workload "$work/samples.txt" -o "$work/samples.etl"
for format in text json tsv jsonl; do
    refuse "$work/samples.etl" 'no heap events' report --format "$format"
done
refuse "$work/samples.etl" 'no heap events' events
"$HEAPTAIL" info "$work/samples.etl" | grep -q 'heap events 0' || fail 'info without heap events'

# Control characters of a name never reach the terminal.
hostile=$(printf '%s/\033[31mred.etl' "$work")
code=0
"$HEAPTAIL" report "$hostile" 2>"$work/err" || code=$?
grep -q "$(printf '\033')" "$work/err" && fail 'escape sequence on stderr'
grep -q 'x1b' "$work/err" || fail "escaped name: $(cat "$work/err")"

# The real captures: every one but the heap trace is refused with a sentence.
if [ -d "$HT_CAPTURES_DIR" ]; then
    for capture in "$HT_CAPTURES_DIR"/*.etl; do
        case $capture in
        */heap-vs17-x64.etl)
            "$HEAPTAIL" report --format json "$capture" | grep -q '"heap_events": 67050' || fail "$capture"
            ;;
        *) refuse "$capture" 'no heap events' ;;
        esac
    done
fi

# What has changed: a program that runs twice at other addresses and leaks the second time; marks and moments of one trace.
. "$(dirname "$0")/lib.sh"

# run BASE HEAP TID: the same program elsewhere in memory; stack A allocates, stack B frees again, stack C keeps ten bytes.
run() {
    at() { printf '0x%x' $(($1 + $2)); }
    cat <<EOF
0.001 77 $3 dcstart app.exe
= 77 $3 load $1 0x10000 C:\\app\\app.exe
= 77 $3 load $(at "$1" 0x1000000) 0x10000 C:\\app\\work.dll
0.010 77 $3 create $2
0.020 77 $3 alloc $2 $(at "$2" 0x100) 100 frames=$(at "$1" 0x1000100),$(at "$1" 0x200)
0.021 77 $3 alloc $2 $(at "$2" 0x200) 200 frames=$(at "$1" 0x1000110),$(at "$1" 0x200)
0.022 77 $3 mark ready
0.030 77 $3 free $2 $(at "$2" 0x200)
0.031 77 $3 alloc $2 $(at "$2" 0x300) 10 frames=$(at "$1" 0x1000120),$(at "$1" 0x300)
EOF
}
run 0x7ff600000000 0x1d0000000000 8 >"$work/one.txt"
run 0x7ff7a0000000 0x2e0000000000 12 >"$work/two.txt"
{
    cat "$work/two.txt"
    echo '0.040 77 12 alloc 0x2e0000000000 0x2e0000000400 5000 frames=0x7ff7a1000130,0x7ff7a0000300'
    echo '0.041 77 12 alloc 0x2e0000000000 0x2e0000001800 30 frames=0x7ff7a1000120,0x7ff7a0000300'
    echo '0.042 77 12 create 0x2f0000000000'
    echo '0.043 77 12 alloc 0x2f0000000000 0x2f0000000100 7 frames=0x7ff7a1000140,0x7ff7a0000300'
    echo '0.044 77 12 free 0x2e0000000000 0x2e0000000100'
} >"$work/leak.txt"
for name in one two leak; do "$MKETL" -w "$work/$name.txt" -o "$work/$name.etl"; done

diff_json() { "$HEAPTAIL" diff -q --no-config --format json "$@"; }
outstanding() { "$HEAPTAIL" report -q --no-config --format json "$@" | jq .outstanding_bytes; }
expect() { # expect WHAT WANTED GOT
    [ "$2" = "$3" ] || fail "$1: expected $2, got $3"
}

# The same program elsewhere is the same.
for by in stack heap size source thread process; do
    expect "the same by $by" '[0,0,0]' \
        "$(diff_json --by $by "$work/one.etl" "$work/two.etl" | jq -c '[.whole.delta_bytes, .whole.new_blocks, .whole.gone_blocks]')"
    expect "no row by $by" 0 "$(diff_json --by $by "$work/one.etl" "$work/two.etl" | jq '[.rows[] | select(.delta_bytes != 0)] | length')"
done
"$HEAPTAIL" diff -q --no-config "$work/one.etl" "$work/two.etl" | grep -q 'nothing has changed' || fail 'nothing has changed'

# What the second run leaks is found by what it is, and adds up.
before=$(outstanding "$work/one.etl") after=$(outstanding "$work/leak.etl")
for by in stack heap size source thread process; do
    diff_json --by $by "$work/one.etl" "$work/leak.etl" >"$work/out.json"
    expect "the whole by $by" $((after - before)) "$(jq .whole.delta_bytes "$work/out.json")"
    expect "rows by $by" $((after - before)) "$(jq '[.rows[].delta_bytes] | add' "$work/out.json")"
done
expect 'by stack' '["work.dll+0x130 < app.exe+0x300",5000,5000,0]
["work.dll+0x120 < app.exe+0x300",30,0,0]
["work.dll+0x140 < app.exe+0x300",7,7,0]
["work.dll+0x100 < app.exe+0x200",-100,0,100]' \
    "$(diff_json "$work/one.etl" "$work/leak.etl" | jq -c '.rows[] | [.name, .delta_bytes, .new_bytes, .gone_bytes]')"
expect 'by heap' '["heap 1",4930,0]
["heap 2",7,7]' "$(diff_json --by heap "$work/one.etl" "$work/leak.etl" | jq -c '.rows[] | [.name, .delta_bytes, .new_bytes]')"
expect 'the condition' 1 "$("$HEAPTAIL" events -q --no-config --filter \
    "$(diff_json "$work/one.etl" "$work/leak.etl" | jq -r '.rows[0].condition')" "$work/leak.etl" | tail -n +2 | wc -l)"
expect 'up to a time' 0 "$(diff_json --until 35ms "$work/one.etl" "$work/leak.etl" | jq .whole.delta_bytes)"
expect 'filtered' 5000 "$(diff_json --filter 'size >= 1K' "$work/one.etl" "$work/leak.etl" | jq .whole.delta_bytes)"

# Moments of one: its mark, its peak, times; a file called like a moment.
expect 'from the mark' '[-190,10,200,100]' \
    "$(diff_json "$work/one.etl" ready end | jq -c '.whole | [.delta_bytes, .new_bytes, .gone_bytes, .old_bytes]')"
expect 'mark:NAME' '[22000000,44000000]' "$(diff_json "$work/leak.etl" mark:ready end | jq -c '[.moments[].time]')"
expect 'peak' 5147 "$(diff_json "$work/leak.etl" start 20ms peak end | jq '.whole.bytes[2]')"
expect 'grew' '["work.dll+0x120 < app.exe+0x300"]' \
    "$(diff_json --grew "$work/leak.etl" 25ms 35ms end | jq -c '[.rows[].name]')"
cp "$work/two.etl" "$work/end"
(cd "$work" && expect 'a file called end' 0 "$(diff_json one.etl end | jq .whole.delta_bytes)")
for args in 'one.etl' 'one.etl 1' 'one.etl end start' 'one.etl start nowhere' '--grew one.etl start end' '--by module one.etl start end' \
    '--sort allocs one.etl start end' '--merge one.etl two.etl'; do
    code=0
    # shellcheck disable=SC2086
    (cd "$work" && "$HEAPTAIL" diff $args >out 2>err) || code=$?
    [ "$code" = 2 ] && [ ! -s "$work/out" ] && [ "$(grep -c . "$work/err")" = 1 ] || fail "diff $args: exit $code: $(cat "$work/err")"
done

# The text on a narrow page, as it is read.
"$HEAPTAIL" diff -q --no-config "$work/one.etl" "$work/leak.etl" | sed "s,$work/,," >"$work/page"
cat >"$work/wanted" <<'EOF'
leak.etl
  outstanding 110 bytes in 2 blocks one.etl
              5,047 bytes in 4 blocks leak.etl
  change      +4,937 bytes, +2 blocks
              5,007 bytes in 2 blocks new, 100 bytes in 1 block gone,
              40 bytes in 2 blocks in both, which grew by 30

   bytes  blocks    new  gone    now  stack
  +5,000      +1  5,000     0  5,000  work.dll+0x130
                                      < app.exe+0x300
     +30      +1      0     0     40  work.dll+0x120
                                      < app.exe+0x300
      +7      +1      7     0      7  work.dll+0x140
                                      < app.exe+0x300
    -100      -1      0   100      0  work.dll+0x100
                                      < app.exe+0x200
EOF
diff "$work/wanted" "$work/page" || fail 'the page'

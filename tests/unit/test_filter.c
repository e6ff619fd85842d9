/* The filter language: what is accepted, where and how the rest is refused, what each field means.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "query/filter_priv.h"

#define COUNT_OF(a) (sizeof(a) / sizeof((a)[0]))

static struct filter *parse(const char *text, struct filter_error *e)
{
    *e = (struct filter_error){0};
    return filter_parse(text, strlen(text), e);
}

static const char *const good[] = {
    "",
    "  \t ",
    "live",
    "!live",
    "not live",
    "! ! live",
    "(live)",
    "live&&temporary||unmatched",
    "live and temporary or failed and not repaired",
    "heap == 0x13d35bd0000 && size >= 4K && (source == lowfrag || op == realloc) && life < 1ms",
    "heap ~ 0x13d35b",
    "heap ~ D35B",
    "heap !~ \"0x13\"",
    "heap in [0x1, 2, 0X3]",
    "heap in 0x10..0x20",
    "op == Alloc",
    "op != sUbSeGmEnTaLlOc",
    "op == op77",
    "op == OP255",
    "op in [alloc,free , realloc]",
    "op ~ snap",
    "op ~ /^sub.*cached$/",
    "pid == 2080",
    "tid in 1 .. 5",
    "process == Solution.exe",
    "process == \"a \\\"quoted\\\" \\\\ name\\n\\t\"",
    "process in [a.exe, \"b c.exe\"]",
    "process ~ sol",
    "process !~ /so[l]+/",
    "process ~ /a\\/b/",
    "address == 0x13d35bd0860",
    "address contains 0x13d35bd0861",
    "address in 0x0..0xffffffffffffffff",
    "old_address != 0",
    "size < 1G",
    "size in 1K..1M",
    "size in [0, 16, 4k]",
    "size in [0..16, 4k .. 8k,1]",
    "old_size > 10 && block_size <= 3",
    "source == LFH",
    "source in [1, mainpath, 4294967295]",
    "source >= 3",
    "source in lookaside..mainpath",
    "time >= 0.5",
    "time in 1ms..2.5s",
    "time in 0..1",
    "time < -1us",
    "time < 666666666666666ns",
    "time in -1s..-0.5s",
    "life == 12ns",
    "life in 1us..1ms",
    "size >= 4K and\n\tlive",
};

static void test_accepts(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(good); i++) {
        struct filter_error e;
        struct filter *f = parse(good[i], &e);
        if (f == NULL)
            fail_msg("'%s' refused at %zu: expected %s", good[i], e.offset, e.expected);
        filter_unref(f);
    }
}

/* Whoever types a good expression sees no error on the way. */
static void test_every_beginning_is_good_or_incomplete(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(good); i++) {
        for (size_t n = 0; n < strlen(good[i]); n++) {
            struct filter_error e = {0};
            struct filter *f = filter_parse(good[i], n, &e);
            if (f == NULL && !e.incomplete)
                fail_msg("'%.*s' is wrong at %zu: expected %s", (int)n, good[i], e.offset,
                         e.expected);
            filter_unref(f);
        }
    }
}

struct bad {
    const char *text;
    size_t offset;
    bool incomplete;
    const char *expected; /* a part of it */
};

static const struct bad bad[] = {
    {"siez > 4", 0, false, "a field"},
    {"si", 0, true, "a field"},
    {"n", 0, true, "a field"},
    {"size", 4, true, "an operator for size"},
    {"size 4", 5, false, "== != < <= > >= in"},
    {"size =", 5, true, "an operator for size"},
    {"size = 4", 5, false, "an operator for size"},
    {"size ~ 4", 5, false, "an operator for size"},
    {"size contains 4", 5, false, "an operator for size"},
    {"size contai", 5, false, "an operator for size"},
    {"size >", 6, true, "a size such as 256 or 4K"},
    {"size > ", 7, true, "a size such as"},
    {"size > 4X", 7, false, "a size such as"},
    {"size > -1", 7, false, "a size such as"},
    {"size > 0x", 7, true, "a size such as"},
    {"size > 18446744073709551616", 7, false, "a size such as"},
    {"size > 20000000000G", 7, false, "a size such as"},
    {"size > 4 5", 9, false, "'&&', '||' or the end"},
    {"size > 4 &", 9, true, "'&&', '||' or the end"},
    {"size > 4 & live", 9, false, "'&&', '||' or the end"},
    {"size > 4 an", 9, true, "'&&', '||' or the end"},
    {"size > 4 andy", 9, false, "'&&', '||' or the end"},
    {"size > 4 &&", 11, true, "a field"},
    {"size > 4 && )", 12, false, "a field"},
    {"live == 1", 5, false, "the end"},
    {"(live", 5, true, "')'"},
    {"(live]", 5, false, "')'"},
    {"live)", 4, false, "the end"},
    {"()", 1, false, "a field"},
    {"!", 1, true, "a field"},
    {"! == 4", 2, false, "a field"},
    {"heap == lowfrag", 8, false, "a heap handle such as"},
    {"heap == 4K", 8, false, "a heap handle such as"},
    {"heap ~ 0x13g", 7, false, "a part of a heap handle"},
    {"heap ~ /13/", 7, false, "a part of a heap handle"},
    {"address ~ \"x y\"", 10, false, "a part of an address"},
    {"address cont", 8, true, "contains"},
    {"old_address contains 1", 12, false, "an operator"},
    {"pid == 1K", 7, false, "a number such as"},
    {"pid in 5", 8, true, "'..'"},
    {"pid in 5 .", 9, true, "'..'"},
    {"pid in 5,6", 8, false, "'..'"},
    {"pid in [5", 9, true, "',' or ']'"},
    {"pid in [5 6]", 10, false, "',' or ']'"},
    {"pid in [5..", 11, true, "a number such as"},
    {"pid in [5..x]", 11, false, "a number such as"},
    {"pid in [5..6..7]", 11, false, "a number such as"},
    {"pid in []", 8, false, "a number such as"},
    {"pid in [5,]", 10, false, "a number such as"},
    {"pid in", 6, true, "a list [a, b, c] or"},
    {"op == alocate", 6, false, "an operation: alloc"},
    {"op == allo", 6, true, "an operation: alloc"},
    {"op == op", 6, true, "op<N>"},
    {"op == op256", 6, false, "op<N>"},
    {"op < alloc", 3, false, "== != ~ !~ in"},
    {"op in alloc..free", 6, false, "a list"},
    {"op ~ /(/", 7, false, "a regular expression"},
    {"process ~ /a(?<n/", 16, false, "a regular expression"},
    {"process ~ /abc", 14, true, "a closing '/'"},
    {"process == \"abc", 15, true, "a closing '\"'"},
    {"process == \"a\\q\"", 14, false, "one of \\\""},
    {"process < a", 8, false, "an operator for process"},
    {"process in a..b", 11, false, "a list"},
    {"process == ", 11, true, "a process name"},
    {"process == )", 11, false, "a process name"},
    {"source == low", 10, true, "a Source: lookaside"},
    {"source == lowfat", 10, false, "a Source: lookaside"},
    {"source == 4294967296", 10, false, "a Source: lookaside"},
    {"time == 5m", 8, true, "a time since"},
    {"time == 5m && live", 8, false, "a time since"},
    {"time == 1h", 8, false, "a time since"},
    {"life < -1s", 7, false, "a duration such as"},
    {"life < 1 ms", 9, false, "'&&', '||' or the end"},
    {"chain ~ x", 6, false, "an operator for chain"},
    {"chain >= ", 9, true, "a number such as 3"},
    {"class < aifo", 6, false, "an operator for class"},
    {"class == ai", 9, true, "a class: aifi, aifo"},
    {"class == never", 9, false, "a class: aifi, aifo"},
    {"class in aifi..aofo", 9, false, "a list"},
    {"live \xff", 5, false, "'&&', '||' or the end"},
    {"process ~ /\xff/", 11, false, "a regular expression"},
};

static void test_refuses(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(bad); i++) {
        struct filter_error e;
        struct filter *f = parse(bad[i].text, &e);
        if (f != NULL)
            fail_msg("'%s' accepted", bad[i].text);
        if (e.offset != bad[i].offset || e.incomplete != bad[i].incomplete ||
            strstr(e.expected, bad[i].expected) == NULL)
            fail_msg("'%s': at %zu, %s, expected %s", bad[i].text, e.offset,
                     e.incomplete ? "incomplete" : "wrong", e.expected);
    }
}

/* "(((...live...)))" with `depth` parentheses. */
static struct filter *parse_nested(size_t depth, const char *open, const char *close,
                                   struct filter_error *e)
{
    struct strbuf b = {0};
    for (size_t i = 0; i < depth; i++)
        strbuf_puts(&b, open);
    strbuf_puts(&b, "live");
    for (size_t i = 0; i < depth; i++)
        strbuf_puts(&b, close);
    struct filter *f = filter_parse(b.s, b.len, e);
    strbuf_release(&b);
    return f;
}

static void test_limits(void **state)
{
    (void)state;
    struct filter_error e;
    struct filter *f = parse_nested(64, "(", ")", &e);
    assert_non_null(f);
    filter_unref(f);
    assert_null(parse_nested(65, "(", ")", &e));
    assert_int_equal(e.offset, 64);
    assert_non_null(strstr(e.expected, "at most 64"));
    assert_null(parse_nested(65, "!", "", &e));
    f = parse_nested(64, "!", "", &e);
    assert_non_null(f);
    filter_unref(f);

    char *text = malloc(FILTER_MAX_LENGTH + 1);
    memset(text, ' ', FILTER_MAX_LENGTH + 1);
    memcpy(text, "live", 4);
    f = filter_parse(text, FILTER_MAX_LENGTH, &e);
    assert_non_null(f);
    assert_string_equal(filter_text(f), "live");
    filter_unref(f);
    assert_null(filter_parse(text, FILTER_MAX_LENGTH + 1, &e));
    assert_int_equal(e.offset, FILTER_MAX_LENGTH);
    text[7] = '\0';
    assert_null(filter_parse(text, 100, &e));
    assert_int_equal(e.offset, 7);
    free(text);
}

/* Not each the length of all that follows: that would be half a gigabyte. */
static void test_names_take_their_own_length(void **state)
{
    (void)state;
    struct strbuf text = {0};
    strbuf_puts(&text, "process in [\"a\\\"b\"");
    while (text.len < 65000)
        strbuf_puts(&text, ",\"a\"");
    strbuf_puts(&text, "]");
    struct filter_error e;
    struct filter *f = filter_parse(text.s, text.len, &e);
    assert_non_null(f);
    assert_string_equal(f->conds[0].names[0].s, "a\"b");
    assert_true(f->arena.bytes < (size_t)1 << 20);
    filter_unref(f);
    strbuf_release(&text);
}

static void test_shows_the_place(void **state)
{
    (void)state;
    struct strbuf b = {0};
    struct filter_error e;
    const char *text = "process == \"\xc3\xa9\" && siez > 4";
    assert_null(parse(text, &e));
    filter_format_error(text, strlen(text), &e, &b);
    assert_memory_equal(
        b.s, "process == \"\xc3\xa9\" && siez > 4\n                  ^\nexpected a field", 55);
    strbuf_clear(&b);
    text = "live\x1b[31m";
    assert_null(parse(text, &e));
    filter_format_error(text, strlen(text), &e, &b);
    assert_null(strchr(b.s, '\x1b'));
    assert_non_null(strstr(b.s, "\n    ^\n"));
    strbuf_release(&b);
}

static void test_properties(void **state)
{
    (void)state;
    struct filter_error e;
    struct filter *f = parse("  size > 4 && live\n", &e);
    assert_string_equal(filter_text(f), "size > 4 && live");
    assert_true(filter_depends_on_fate(f));
    assert_false(filter_is_empty(f));
    struct filter *g = filter_ref(f);
    filter_unref(f);
    assert_string_equal(filter_text(g), "size > 4 && live");
    filter_unref(g);
    f = parse("size > 4 || failed", &e);
    assert_false(filter_depends_on_fate(f));
    filter_unref(f);
    f = parse(" \n", &e);
    assert_true(filter_is_empty(f));
    filter_unref(f);
}

/*
 * One row of each sort; raw times are 1,000 ticks of 100 ns apart, the trace starts at row 0.
 *
 *   0 Alloc   a 256 B        freed by row 2, before its thread allocated again
 *   1 Alloc   b 4 KiB        resized by row 3, lives on
 *   2 Free    a
 *   3 ReAlloc b 4K -> 8K in place
 *   4 Free    unmatched, without Source
 *   5 Alloc   failed
 *   6 ReAlloc moved, repaired: opens a block
 *   7 Lock    another process, without name
 *   8 op77    without heap and ids
 *   9 Expand
 *  10 Alloc   5 GiB, Source 70000, another heap
 *  11 RangeReserve
 */
static const struct trace_event sample[] = {
    {.op = HEAP_OP_ALLOC,
     .has = 0x27,
     .pid = 7,
     .tid = 70,
     .heap = 0x13d35bd0000,
     .address = 0x13d35bd1000,
     .size = 256,
     .source = 2},
    {.op = HEAP_OP_ALLOC,
     .has = 0x27,
     .pid = 7,
     .tid = 71,
     .heap = 0x13d35bd0000,
     .address = 0x13d35bd2000,
     .size = 4096,
     .source = 3},
    {.op = HEAP_OP_FREE,
     .has = 0x23,
     .pid = 7,
     .tid = 72,
     .heap = 0x13d35bd0000,
     .address = 0x13d35bd1000,
     .source = 2},
    {.op = HEAP_OP_REALLOC,
     .has = 0x3f,
     .pid = 7,
     .tid = 70,
     .heap = 0x13d35bd0000,
     .address = 0x13d35bd2000,
     .old_address = 0x13d35bd2000,
     .size = 8192,
     .old_size = 4096,
     .source = 3},
    {.op = HEAP_OP_FREE,
     .has = 0x03,
     .pid = 7,
     .tid = 70,
     .heap = 0x13d35bd0000,
     .address = 0x13d35bd9990},
    {.op = HEAP_OP_ALLOC, .has = 0x27, .pid = 7, .tid = 70, .heap = 0x13d35bd0000, .size = 64},
    {.op = HEAP_OP_REALLOC,
     .has = 0x3f,
     .pid = 7,
     .tid = 70,
     .heap = 0x13d35bd0000,
     .address = 0x13d35bd4000,
     .old_address = 0x13d35bd3000,
     .size = 100,
     .old_size = 50,
     .source = 3},
    {.op = 43, .has = 0x01, .pid = 8, .tid = 80, .heap = 0x20000},
    {.op = 77, .pid = EVENT_NO_ID, .tid = EVENT_NO_ID},
    {.op = HEAP_OP_EXPAND,
     .has = 0x07,
     .pid = 7,
     .tid = 70,
     .heap = 0x13d35bd0000,
     .address = 0x13d35be0000,
     .size = 4096},
    {.op = HEAP_OP_ALLOC,
     .has = 0x27,
     .pid = 8,
     .tid = 80,
     .heap = 0x20000,
     .address = 0x21000,
     .size = UINT64_C(5) << 30,
     .source = 70000},
    {.op = HEAP_OP_RANGE_RESERVE,
     .has = 0x07,
     .pid = 7,
     .tid = 70,
     .heap = 0x13d35bd0000,
     .address = 0x13d35bf0000,
     .size = 65536},
};

static struct trace *sample_trace(void)
{
    struct etl_file_header header = {.header_time = 500, .perf_frequency = 10000000};
    struct trace *t = trace_new(&header);
    assert_non_null(t);
    struct trace_event name = {
        .kind = EVENT_PROCESS_START,
        .time = 400,
        .pid = 7,
        .name = {(const uint8_t *)"Solution.exe", 12},
    };
    assert_int_equal(replay_take(t->replay, &name, 1), 0);
    for (size_t i = 0; i < COUNT_OF(sample); i++) {
        struct trace_event e = sample[i];
        e.time = 500 + (int64_t)i * 1000;
        assert_int_equal(replay_take(t->replay, &e, 1), 0);
    }
    store_publish(t->store);
    return t;
}

static const struct {
    const char *text, *rows; /* 1 for each row that matches */
} meanings[] = {
    {"", "111111111111"},
    {"op == alloc", "110001000010"},
    {"op != alloc", "001110111101"},
    {"op in [free, realloc]", "001110100000"},
    {"op == op77", "000000001000"},
    {"op == op36", "001010000000"},
    {"op ~ ALLOC", "110101100010"},
    {"op !~ alloc", "001010011101"},
    {"op ~ /^re/", "000100100000"},
    {"op == rangereserve", "000000000001"},
    {"heap == 0x13d35bd0000", "111111100101"},
    {"heap != 0x13d35bd0000", "000000010010"},
    {"!heap == 0x13d35bd0000", "000000011010"},
    {"heap > 0x20000", "111111100101"},
    {"heap in 0x20000..0x20000", "000000010010"},
    {"heap in [0x20000, 0x13d35bd0000]", "111111110111"},
    {"heap ~ 0x13d35b", "111111100101"},
    {"heap ~ 0x0", "000000000000"},
    {"heap ~ 2000", "000000010010"},
    {"heap !~ 13D3", "000000010010"},
    {"pid == 7", "111111100101"},
    {"pid != 7", "000000010010"},
    {"!pid == 7", "000000011010"},
    {"pid >= 8", "000000010010"},
    {"tid in 71..80", "011000010010"},
    {"tid < 71", "100111100101"},
    {"process == Solution.exe", "111111100101"},
    {"process == solution.exe", "000000000000"},
    {"process != Solution.exe", "000000000000"},
    {"process in [a, \"Solution.exe\"]", "111111100101"},
    {"process ~ olut", "111111100101"},
    {"process !~ .exe", "000000000000"},
    {"process !~ y", "111111100101"},
    {"process ~ /^S.*e$/", "111111100101"},
    {"process !~ /^s/", "111111100101"},
    {"address == 0x13d35bd1000", "101000000000"},
    {"address != 0", "111110100111"},
    {"address == 0", "000001000000"},
    {"address >= 0x13d35bd4000", "000010100101"},
    {"address in 0x13d35bd2000..0x13d35bd4000", "010100100000"},
    {"address in [0x21000, 0x13d35bd9990]", "000010000010"},
    {"address ~ bd9", "000010000000"},
    {"address !~ 13d3", "000001000010"},
    {"address contains 0x13d35bd1000", "101000000000"},
    {"address contains 0x13d35bd10ff", "101000000000"},
    {"address contains 0x13d35bd1100", "000000000000"},
    {"address contains 0x13d35bd2fff", "010100000000"},
    {"address contains 0x13d35bd3000", "000100000000"},
    {"address contains 0x13d35be0000", "000000000000"},
    {"address contains 0x13d35bd9990", "000000000000"},
    {"address contains 0x13d35bd4063", "000000100000"},
    {"old_address == 0x13d35bd2000", "000100000000"},
    {"old_address != 0x13d35bd2000", "000000100000"},
    {"old_address ~ bd3", "000000100000"},
    {"size == 4K", "010000000100"},
    {"size != 4096", "100101100011"},
    {"size < 256", "000001100000"},
    {"size <= 256", "100001100000"},
    {"size > 64K", "000000000010"},
    {"size >= 64K", "000000000011"},
    {"size >= 5G", "000000000010"},
    {"size > 5G", "000000000000"},
    {"size < 0", "000000000000"},
    {"size in 64..100", "000001100000"},
    {"size in 100..64", "000000000000"},
    {"size in [64, 256, 5G]", "100001000010"},
    {"size in [0..64, 256 .. 256,5G..6G]", "100001000010"},
    {"old_size == 50", "000000100000"},
    {"old_size >= 0", "000100100000"},
    {"block_size == 256", "101000000000"},
    {"block_size >= 0", "111100100010"},
    {"block_size != 256", "010100100010"},
    {"block_size > 4K", "000100000010"},
    {"source == lfh", "101000000000"},
    {"source == LowFrag", "101000000000"},
    {"source != lfh", "010101100010"},
    {"source == 0", "000001000000"},
    {"source == 70000", "000000000010"},
    {"source in [2, 70000]", "101000000010"},
    {"source > mainpath", "000000000010"},
    {"time == 0", "100000000000"},
    {"time == 0.0001", "010000000000"},
    {"time == 100us", "010000000000"},
    {"time != 100us", "101111111111"},
    {"time >= 1ms", "000000000011"},
    {"time > 1000000ns", "000000000001"},
    {"time in 200us..400us", "001110000000"},
    {"time < 0", "000000000000"},
    {"time >= -1s", "111111111111"},
    {"time > 9000000000s", "000000000000"},
    {"time in [100us, 1.1ms]", "010000000001"},
    {"life == 200us", "101000000000"},
    {"life < 200us", "000000000000"},
    {"life != 200us", "000000000000"},
    {"life >= 0", "101000000000"},
    {"live", "010100100010"},
    {"!live", "101011011101"},
    {"temporary", "101000000000"},
    {"unmatched", "000010000000"},
    {"failed", "000001000000"},
    {"repaired", "000000100000"},
    {"live || failed && unmatched", "010100100010"},
    {"(live || failed) && unmatched", "000000000000"},
    {"unmatched || failed && op == alloc", "000011000000"},
    {"!live && !op == free && pid == 7", "100001000101"},
    {"!(live && op == alloc) && heap == 0x20000", "000000010000"},
    {"not failed and not live or live", "111110111111"},
};

/* The filter's rows as a string of 0 and 1. */
static void evaluate(const struct trace *t, const char *text, bool by_row, char *out)
{
    struct filter_error e;
    struct filter *f = parse(text, &e);
    if (f == NULL)
        fail_msg("'%s' refused at %zu: expected %s", text, e.offset, e.expected);
    struct filter_run *run = filter_run_new(f, t);
    uint64_t bits[1024] = {0};
    uint32_t n = (uint32_t)COUNT_OF(sample);
    filter_run_chunk(run, 0, 0, n, bits);
    for (uint32_t i = 0; i < n; i++)
        out[i] = (by_row ? filter_run_row(run, i) : (bits[0] >> i & 1) != 0) ? '1' : '0';
    out[n] = '\0';
    filter_run_free(run);
    filter_unref(f);
}

static void test_meanings(void **state)
{
    (void)state;
    struct trace *t = sample_trace();
    for (size_t i = 0; i < COUNT_OF(meanings); i++) {
        char by_word[COUNT_OF(sample) + 1], by_row[COUNT_OF(sample) + 1];
        evaluate(t, meanings[i].text, false, by_word);
        evaluate(t, meanings[i].text, true, by_row);
        if (strcmp(by_word, meanings[i].rows) != 0)
            fail_msg("'%s' gives %s, not %s", meanings[i].text, by_word, meanings[i].rows);
        if (strcmp(by_row, meanings[i].rows) != 0)
            fail_msg("'%s' gives %s row by row, not %s", meanings[i].text, by_row,
                     meanings[i].rows);
    }
    trace_unref(t);
}

/* Every field, every operator: `!=` and `!~` never match what is absent, `!` does. */
static void test_absent_values(void **state)
{
    (void)state;
    static const struct {
        const char *field, *value;
    } absent[] = {
        {"heap", "1"},       {"pid", "1"},         {"tid", "1"},  {"process", "x"},
        {"address", "1"},    {"old_address", "1"}, {"size", "1"}, {"old_size", "1"},
        {"block_size", "1"}, {"source", "1"},      {"life", "1"},
    };
    static const char *const operators[] = {"==", "!=", "<", "<=", ">", ">=", "~", "!~"};
    struct trace *t = sample_trace();
    const size_t row = 8; /* has nothing but an operation and a time */
    for (size_t i = 0; i < COUNT_OF(absent); i++) {
        for (size_t k = 0; k < COUNT_OF(operators); k++) {
            char text[64], rows[COUNT_OF(sample) + 1];
            snprintf(text, sizeof text, "%s %s %s", absent[i].field, operators[k], absent[i].value);
            struct filter_error e;
            struct filter *f = parse(text, &e);
            if (f == NULL)
                continue;
            filter_unref(f);
            evaluate(t, text, false, rows);
            assert_int_equal(rows[row], '0');
            snprintf(text, sizeof text, "!%s %s %s", absent[i].field, operators[k],
                     absent[i].value);
            evaluate(t, text, false, rows);
            assert_int_equal(rows[row], '1');
        }
    }
    trace_unref(t);
}

/* A pattern made to take for ever gives up: no match, and at once. */
static void test_hostile_regex(void **state)
{
    (void)state;
    struct etl_file_header header = {.perf_frequency = 10000000};
    struct trace *t = trace_new(&header);
    struct trace_event name = {.kind = EVENT_PROCESS_START, .pid = 7};
    static const char a[] = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab";
    name.name = (struct span){(const uint8_t *)a, sizeof a - 1};
    assert_int_equal(replay_take(t->replay, &name, 1), 0);
    struct trace_event e = {.op = 43, .pid = 7, .tid = 1};
    for (int i = 0; i < 12; i++)
        assert_int_equal(replay_take(t->replay, &e, 1), 0);
    store_publish(t->store);
    char rows[COUNT_OF(sample) + 1];
    evaluate(t, "process ~ /(a+)+(a+)+(a+)+$/", false, rows);
    assert_string_equal(rows, "000000000000");
    evaluate(t, "process ~ /a+b$/", false, rows);
    assert_string_equal(rows, "111111111111");
    trace_unref(t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_accepts),
        cmocka_unit_test(test_every_beginning_is_good_or_incomplete),
        cmocka_unit_test(test_refuses),
        cmocka_unit_test(test_limits),
        cmocka_unit_test(test_names_take_their_own_length),
        cmocka_unit_test(test_shows_the_place),
        cmocka_unit_test(test_properties),
        cmocka_unit_test(test_meanings),
        cmocka_unit_test(test_absent_values),
        cmocka_unit_test(test_hostile_regex),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

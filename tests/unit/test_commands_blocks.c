/*
 * `heaptail blocks` in process: block for block against the generator's truth, over the whole and
 * over ranges, its formats against each other, its orders, and what a person reads.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <inttypes.h>

#include <jansson.h>

#include "answer/blocks/block_column.h"
#include "answer/blocks/block_order.h"
#include "command_world.h"
#include "export/text_table.h"

static const struct mketl_options usual = {
    .seed = 5, .events = 5000, .mix = true, .rates = {[MKETL_KNOB_MOVE] = 40}};

static int setup(void **state)
{
    struct command_world *w = calloc(1, sizeof *w);
    assert_non_null(w);
    command_world_init(w, &usual);
    *state = w;
    return 0;
}

static int teardown(void **state)
{
    command_world_release(*state);
    free(*state);
    return 0;
}

static char *call(const struct command_world *w, const char *const *args)
{
    char *text;
    assert_int_equal(command_call(w, args, &text), COMMAND_OK);
    return text;
}

#define CALL(...) call(w, (const char *const[]){"blocks", "-q", __VA_ARGS__, NULL})

static json_t *parse(char *text)
{
    json_error_t e;
    json_t *root = json_loads(text, JSON_DISABLE_EOF_CHECK, &e);
    if (root == NULL)
        fail_msg("%s at line %d", e.text, e.line);
    free(text);
    return root;
}

static int64_t number(const json_t *object, const char *key)
{
    json_t *v = json_object_get(object, key);
    assert_true(json_is_integer(v));
    return json_integer_value(v);
}

/* ---- the generator's blocks ---- */

static int64_t ns_of(const struct command_world *w, size_t event)
{
    return truth_time_ns(&w->trace.truth.facts, w->trace.events[event].time);
}

static const char *end_of(const struct command_world *w, const struct truth_block *b)
{
    static const char *const words[] = {
        [TRUTH_FREED] = "free",
        [TRUTH_LOST_FREE] = "lost free",
        [TRUTH_DESTROYED] = "destroy",
        [TRUTH_LOST_DESTROY] = "lost destroy",
    };
    const struct truth *t = &w->trace.truth;
    if (b->end == TRUTH_OUTSTANDING)
        return t->processes[t->heaps[b->heap].process].ended ? "at exit" : "-";
    return b->repaired ? "moved" : words[b->end];
}

static void put_truth(const struct command_world *w, const struct truth_block *b,
                      struct strbuf *out)
{
    strbuf_put_hex(out, b->address);
    strbuf_printf(out, "\t%" PRIu64 "\t", b->size);
    strbuf_put_hex(out, w->trace.truth.heaps[b->heap].handle);
    strbuf_printf(out, "\t%" PRId64 "\t", ns_of(w, b->born));
    if (b->end == TRUTH_OUTSTANDING)
        strbuf_printf(out, "-\t-\t%s\n", end_of(w, b));
    else
        strbuf_printf(out, "%" PRId64 "\t%" PRId64 "\t%s\n", ns_of(w, b->died),
                      ns_of(w, b->died) - ns_of(w, b->born), end_of(w, b));
}

#define TRUTH_COLUMNS "--columns=address,size,heap,born,died,life,end"

static void check_truth(const struct command_world *w, bool all)
{
    const struct truth *t = &w->trace.truth;
    struct strbuf want = {0};
    strbuf_puts(&want, "address\tsize\theap\tborn\tdied\tlife\tend\n");
    for (size_t i = 0; i < t->block_count; i++)
        if (all || t->blocks[i].end == TRUTH_OUTSTANDING)
            put_truth(w, &t->blocks[i], &want);
    char *got =
        all ? CALL("--format=tsv", TRUTH_COLUMNS, "--all") : CALL("--format=tsv", TRUTH_COLUMNS);
    assert_string_equal(got, strbuf_str(&want));
    free(got);
    strbuf_release(&want);
}

static void test_blocks_are_the_truth(void **state)
{
    const struct command_world *w = *state;
    assert_true(w->trace.truth.block_count > 1000);
    check_truth(w, true);
    check_truth(w, false);
}

/* What is outstanding adds up to what the generator says. */
static void test_totals(void **state)
{
    const struct command_world *w = *state;
    const struct truth *t = &w->trace.truth;
    json_t *root = parse(CALL("--format=json", "--top", "3"));
    json_t *total = json_object_get(root, "total");
    json_t *classes = json_object_get(total, "classes");
    assert_int_equal(number(total, "blocks"), t->outstanding_blocks);
    assert_int_equal(number(total, "bytes"), t->outstanding_bytes);
    assert_int_equal(json_object_size(classes), 2);
    assert_int_equal(number(json_object_get(classes, "aifo"), "blocks"), t->outstanding_blocks);
    assert_int_equal(number(json_object_get(classes, "aofo"), "blocks"), 0);
    assert_int_equal(json_array_size(json_object_get(root, "rows")), 3);
    json_decref(root);
}

/* ---- ranges ---- */

/* The class of a block by its times alone; both ends of the range belong to it. */
static const char *class_of(const struct command_world *w, const struct truth_block *b,
                            int64_t since, int64_t until)
{
    int64_t born = ns_of(w, b->born);
    int64_t died = b->end != TRUTH_OUTSTANDING ? ns_of(w, b->died) : INT64_MAX;
    if (born > until || died < since)
        return "never";
    if (born >= since)
        return died <= until ? "aifi" : "aifo";
    return died <= until ? "aofi" : "aofo";
}

static size_t check_range(const struct command_world *w, const char *const *option,
                          const char *wanted, int64_t since, int64_t until)
{
    char times[2][32];
    snprintf(times[0], sizeof times[0], "%" PRId64 "ns", since);
    snprintf(times[1], sizeof times[1], "%" PRId64 "ns", until);
    json_t *root = parse(CALL("--format=json", "--columns=address,born,class", "--since", times[0],
                              "--until", times[1], option[0], option[1]));
    json_t *rows = json_object_get(root, "rows");
    size_t at = 0;
    for (size_t i = 0; i < w->trace.truth.block_count; i++) {
        const struct truth_block *b = &w->trace.truth.blocks[i];
        const char *class = class_of(w, b, since, until);
        if (strstr(wanted, class) == NULL)
            continue;
        const json_t *row = json_array_get(rows, at++);
        assert_int_equal(strtoull(json_string_value(json_object_get(row, "address")), NULL, 16),
                         b->address);
        assert_int_equal(number(row, "born"), ns_of(w, b->born));
        assert_string_equal(json_string_value(json_object_get(row, "class")), class);
    }
    assert_int_equal(json_array_size(rows), at);
    assert_int_equal(number(json_object_get(root, "total"), "blocks"), at);
    json_decref(root);
    return at;
}

static void test_classes_of_ranges(void **state)
{
    const struct command_world *w = *state;
    static const char *const options[][2] = {
        {"--class", "aifi"}, {"--class", "aifo"}, {"--class", "aofi"},
        {"--class", "aofo"}, {"--all", NULL},     {NULL, NULL},
    };
    static const char *const wanted[] = {
        "aifi", "aifo", "aofi", "aofo", "aifi aifo aofi aofo", "aifo aofo",
    };
    static const size_t ranges[][2] = {{300, 700}, {0, 500}, {500, 999}};
    for (size_t r = 0; r < sizeof ranges / sizeof ranges[0]; r++) {
        int64_t since = ns_of(w, w->trace.event_count * ranges[r][0] / 1000);
        int64_t until = ns_of(w, w->trace.event_count * ranges[r][1] / 1000);
        size_t n[sizeof options / sizeof options[0]];
        for (size_t i = 0; i < sizeof options / sizeof options[0]; i++)
            n[i] = check_range(w, options[i], wanted[i], since, until);
        assert_true(n[4] == n[0] + n[1] + n[2] + n[3] && n[5] == n[1] + n[3]);
        assert_true(n[0] > 0 && n[1] > 0);
    }
}

/* ---- filters ---- */

static void test_filters_choose_births(void **state)
{
    const struct command_world *w = *state;
    size_t want = 0, lines = 0;
    for (size_t i = 0; i < w->trace.truth.block_count; i++) {
        const struct truth_block *b = &w->trace.truth.blocks[i];
        want += b->end != TRUTH_OUTSTANDING && ns_of(w, b->died) - ns_of(w, b->born) < 1000000;
    }
    char *text = CALL("--format=tsv", "--all", "--filter", "life < 1ms");
    for (const char *s = text; *s != '\0'; s++)
        lines += *s == '\n';
    assert_true(want > 0);
    assert_int_equal(lines, want + 1);
    free(text);
}

/* ---- the formats say the same ---- */

#define EVERY_COLUMN "--columns=+age,process,generation,row,free_row,caller,module"

static void check_cell(const json_t *object, const char *name, const char *cell, bool jsonl)
{
    json_t *v = json_object_get(object, name);
    if (strcmp(cell, "-") == 0)
        assert_true(jsonl ? v == NULL : json_is_null(v));
    else if (json_is_string(v))
        assert_string_equal(json_string_value(v), cell);
    else
        assert_int_equal(json_integer_value(v), strtoll(cell, NULL, 10));
}

/* Names as the generator makes them need no quotes. */
static void check_csv(const char *tsv, const char *csv)
{
    struct strbuf want = {0};
    for (const char *s = tsv; *s != '\0'; s++) {
        bool first = s == tsv || s[-1] == '\t' || s[-1] == '\n';
        if (*s == '-' && first && (s[1] == '\t' || s[1] == '\n'))
            continue;
        strbuf_putc(&want, *s == '\t' ? ',' : *s);
    }
    assert_string_equal(csv, strbuf_str(&want));
    strbuf_release(&want);
}

static void test_formats_agree(void **state)
{
    const struct command_world *w = *state;
    char *tsv = CALL("--format=tsv", "--all", EVERY_COLUMN);
    char *csv = CALL("--format=csv", "--all", EVERY_COLUMN);
    char *jsonl = CALL("--format=jsonl", "--all", EVERY_COLUMN);
    json_t *root = parse(CALL("--format=json", "--all", EVERY_COLUMN));
    json_t *rows = json_object_get(root, "rows");
    char *rest = tsv, *rest_jsonl = jsonl, *line;
    check_csv(tsv, csv);
    assert_true(BLOCK_COLUMN_COUNT <= TEXT_TABLE_COLUMNS);
    assert_true(strncmp(tsv, "address\tsize\theap\tpid\tborn\t", 27) == 0);
    strsep(&rest, "\n");
    for (size_t n = 0; (line = strsep(&rest, "\n"))[0] != '\0'; n++) {
        json_error_t e;
        json_t *object = json_loads(strsep(&rest_jsonl, "\n"), 0, &e);
        const json_t *row = json_array_get(rows, n);
        assert_int_equal(json_object_size(row), BLOCK_COLUMN_COUNT);
        for (size_t i = 0; i < BLOCK_COLUMN_COUNT; i++) {
            const char *cell = strsep(&line, "\t");
            check_cell(row, block_columns[i].name, cell, false);
            check_cell(object, block_columns[i].name, cell, true);
        }
        json_decref(object);
    }
    assert_int_equal(json_array_size(rows), w->trace.truth.block_count);
    json_decref(root);
    free(jsonl);
    free(csv);
    free(tsv);
}

/* ---- orders ---- */

static int compare_cells(const json_t *a, const json_t *b)
{
    if (json_is_null(a) || json_is_null(b))
        return json_is_null(b) - json_is_null(a);
    if (json_is_integer(a)) {
        int64_t x = json_integer_value(a), y = json_integer_value(b);
        return (x > y) - (x < y);
    }
    const char *s = json_string_value(a), *t = json_string_value(b);
    if (strncmp(s, "0x", 2) != 0)
        return strcmp(s, t);
    uint64_t x = strtoull(s, NULL, 16), y = strtoull(t, NULL, 16);
    return (x > y) - (x < y);
}

static void check_order(const struct command_world *w, const char *name)
{
    static const char *const descending[] = {"size", "age", "life", "chain"};
    int sign = 1;
    for (size_t i = 0; i < sizeof descending / sizeof descending[0]; i++)
        sign = strcmp(name, descending[i]) == 0 ? -1 : sign;
    json_t *root = parse(CALL("--format=json", "--all", "--columns", name, "--sort", name));
    json_t *rows = json_object_get(root, "rows");
    assert_string_equal(json_string_value(json_object_get(root, "sort")), name);
    assert_int_equal(json_array_size(rows), w->trace.truth.block_count);
    for (size_t i = 1; i < json_array_size(rows); i++) {
        const json_t *before = json_object_get(json_array_get(rows, i - 1), name);
        const json_t *cell = json_object_get(json_array_get(rows, i), name);
        if (sign * compare_cells(before, cell) > 0)
            fail_msg("--sort %s: row %zu", name, i);
    }
    json_decref(root);
}

static void test_orders(void **state)
{
    for (size_t i = 0; i < BLOCK_ORDERS; i++)
        check_order(*state, block_order_names[i]);
}

/* ---- what a person reads, and what is refused ---- */

static const struct mketl_options small = {
    .workload = MKETL_WORKLOAD_TEXT,
    .text = "0.1 10 11 start a.exe\n"
            "0.2 10 11 alloc 0x10000 0x20000 64\n"
            "0.3 10 11 alloc 0x10000 0x30000 1000\n"
            "0.4 10 11 alloc 0x10000 0x40000 8\n"
            "0.5 10 11 free 0x10000 0x20000\n",
};

static void check_text(const struct command_world *w, const char *const *args, const char *behind)
{
    char *text = call(w, args);
    const char *line = strchr(text, '\n');
    assert_non_null(line);
    assert_string_equal(line + 1, behind);
    free(text);
}

#define CHECK_TEXT(behind, ...)                                                                    \
    check_text(&w, (const char *const[]){"blocks", "-q", __VA_ARGS__, NULL}, (behind))

static void test_text(void **state)
{
    (void)state;
    struct command_world w;
    command_world_init(&w, &small);
    CHECK_TEXT("  outstanding 2 blocks, 1,008 bytes\n"
               "\n"
               "Address   Size\n"
               "0x30000  1,000\n"
               "0x40000      8\n",
               "--columns=address,size");
    CHECK_TEXT("  together    3 blocks, 1,072 bytes\n"
               "  aifi        1 block, 64 bytes\n"
               "  aifo        2 blocks, 1,008 bytes\n"
               "\n"
               "Address   Size\n"
               "0x30000  1,000\n"
               "and 2 more\n",
               "--columns=address,size", "--all", "--sort=size", "--top=1");
    CHECK_TEXT("  range       0.250 000 0 .. the end s\n"
               "  together    0 blocks, 0 bytes\n",
               "--since", "0.25", "--class=aifi");
    CHECK_TEXT("  range       0.250 000 0 .. 0.450 000 0 s\n"
               "  outstanding 3 blocks, 1,072 bytes\n"
               "  aifo        2 blocks, 1,008 bytes\n"
               "  aofo        1 block, 64 bytes\n"
               "\n"
               "Address  End\n"
               "0x20000  free\n"
               "0x30000  -\n"
               "0x40000  -\n",
               "--since", "0.25", "--until=0.45", "--columns=address,end");
    command_world_release(&w);
}

static void test_wrong_columns(void **state)
{
    const struct command_world *w = *state;
    static const char *const wrong[] = {"op", "address,", "+colour", ""};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        char *text;
        assert_int_equal(COMMAND_CALL(w, &text, "blocks", "--columns", wrong[i]), COMMAND_USAGE);
        assert_string_equal(text, "");
        free(text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_blocks_are_the_truth, setup, teardown),
        cmocka_unit_test_setup_teardown(test_totals, setup, teardown),
        cmocka_unit_test_setup_teardown(test_classes_of_ranges, setup, teardown),
        cmocka_unit_test_setup_teardown(test_filters_choose_births, setup, teardown),
        cmocka_unit_test_setup_teardown(test_formats_agree, setup, teardown),
        cmocka_unit_test_setup_teardown(test_orders, setup, teardown),
        cmocka_unit_test(test_text),
        cmocka_unit_test_setup_teardown(test_wrong_columns, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

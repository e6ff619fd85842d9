/*
 * `heaptail report` in process: the JSON read back and held against the generator's own totals,
 * a filter against a plain recount, the tables against the JSON.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "base/text.h"
#include "command_world.h"
#include "commands/json_value.h"
#include "export/text_table.h"

static const struct mketl_options usual = {
    .seed = 21,
    .events = 20000,
    .rates = {[MKETL_KNOB_MOVE] = 40, [MKETL_KNOB_FAILED] = 10, [MKETL_KNOB_ODD_SOURCE] = 10},
};

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

/* What the command prints, which is JSON; the caller owns it. */
static json_t *parsed(const char *text)
{
    json_error_t e;
    json_t *root = json_loads(text, 0, &e);
    if (root == NULL)
        fail_msg("%s at line %d", e.text, e.line);
    return root;
}

static json_t *truth_of(const struct command_world *w)
{
    FILE *f = tmpfile();
    assert_non_null(f);
    assert_int_equal(truth_write_json(&w->trace.truth, f), 0);
    char *text = command_read_all(f);
    json_t *root = parsed(text);
    free(text);
    return root;
}

/* The item of `array` that has every scalar of `like`; the order of arrays is not part of truth. */
static bool has_item(const json_t *array, const json_t *like)
{
    for (size_t i = 0; i < json_array_size(array); i++)
        if (json_equal(json_array_get(array, i), like))
            return true;
    return false;
}

static void check_same(const char *key, const json_t *truth, const json_t *told)
{
    if (!json_is_array(truth)) {
        if (!json_equal(truth, told))
            fail_msg("%s: expected %s, got %s", key, json_dumps(truth, JSON_ENCODE_ANY),
                     told != NULL ? json_dumps(told, JSON_ENCODE_ANY) : "nothing");
        return;
    }
    assert_int_equal(json_array_size(truth), json_array_size(told));
    for (size_t i = 0; i < json_array_size(truth); i++)
        if (!has_item(told, json_array_get(truth, i)))
            fail_msg("%s: not found: %s", key, json_dumps(json_array_get(truth, i), 0));
}

static void test_json_is_the_truth(void **state)
{
    const struct command_world *w = *state;
    char *text;
    assert_int_equal(COMMAND_CALL(w, &text, "report", "--format", "json"), COMMAND_OK);
    json_t *told = parsed(text);
    json_t *truth = truth_of(w);
    const char *key;
    json_t *value;
    json_object_foreach(truth, key, value) check_same(key, value, json_object_get(told, key));
    assert_string_equal(json_string_value(json_object_get(told, "file")), w->path);
    assert_true(json_is_null(json_object_get(json_object_get(told, "stacks"), "with")));
    json_decref(truth);
    json_decref(told);
    free(text);
}

static json_int_t number(const json_t *root, const char *object, const char *key)
{
    const json_t *from = object != NULL ? json_object_get(root, object) : root;
    return json_integer_value(json_object_get(from, key));
}

/* What the report of the world says of stacks. */
static json_t *told_stacks(const struct command_world *w, const char *filter)
{
    char *text;
    assert_int_equal(COMMAND_CALL(w, &text, "report", "--format", "json", "--filter", filter),
                     COMMAND_OK);
    json_t *told = parsed(text);
    json_t *stacks = json_incref(json_object_get(told, "stacks"));
    json_decref(told);
    free(text);
    return stacks;
}

static void test_stacks_are_the_truth(void **state)
{
    (void)state;
    struct mketl_options options = {.seed = 5, .events = 5000, .mix = true};
    struct command_world w;
    command_world_init(&w, &options);
    const struct truth *truth = &w.trace.truth;
    json_t *all = told_stacks(&w, "");
    assert_int_equal(number(all, NULL, "with"), truth->with_stack);
    assert_int_equal(number(all, NULL, "without"), truth->without_stack);
    assert_int_equal(number(all, NULL, "distinct"), truth->distinct_stacks);
    json_t *few = told_stacks(&w, "op == alloc && size < 64");
    json_t *rest = told_stacks(&w, "!(op == alloc && size < 64)");
    assert_true(number(few, NULL, "with") > 0 &&
                number(few, NULL, "distinct") <= number(all, NULL, "distinct"));
    assert_int_equal(number(few, NULL, "with") + number(rest, NULL, "with"),
                     number(all, NULL, "with"));
    assert_int_equal(number(few, NULL, "without") + number(rest, NULL, "without"),
                     number(all, NULL, "without"));
    json_decref(all);
    json_decref(few);
    json_decref(rest);
    command_world_release(&w);
}

/* The keys of cli.md, in its order. */
static void test_json_keys(void **state)
{
    static const char *const keys[] = {
        "file",
        "format",
        "start",
        "duration_ns",
        "pointer_size",
        "cpus",
        "records",
        "heap_events",
        "ops",
        "allocs",
        "alloc_bytes",
        "frees",
        "freed_bytes",
        "reallocs",
        "failed_allocs",
        "outstanding_bytes",
        "outstanding_blocks",
        "peak",
        "sources",
        "heaps",
        "sizes",
        "stacks",
        "trust",
    };
    char *text;
    assert_int_equal(COMMAND_CALL(*state, &text, "report", "--format", "json"), COMMAND_OK);
    json_t *told = parsed(text);
    size_t at = 0;
    const char *key;
    json_t *value;
    json_object_foreach(told, key, value)
    {
        assert_true(at < sizeof keys / sizeof keys[0]);
        assert_string_equal(key, keys[at++]);
    }
    assert_int_equal(at, sizeof keys / sizeof keys[0]);
    json_decref(told);
    free(text);
}

/* Under a filter and in a range: ops count rows, while records and heap_events stay the input's. */
static void test_filter_and_range(void **state)
{
    const struct command_world *w = *state;
    const struct truth *truth = &w->trace.truth;
    const int64_t since = truth->duration_ns / 4 / 1000000 * 1000000;
    const int64_t until = truth->duration_ns / 2 / 1000000 * 1000000;
    uint64_t rows = 0;
    uint64_t bytes = 0;
    for (size_t i = 0; i < w->trace.event_count; i++) {
        const struct mketl_event *e = &w->trace.events[i];
        int64_t ns = truth_time_ns(&truth->facts, e->time);
        if (e->kind != MKETL_KIND_HEAP || e->opcode != MKETL_ALLOC || e->size < 100 || ns < since ||
            ns > until)
            continue;
        rows++;
        bytes += e->address != 0 ? e->size : 0; /* a failed allocation takes no memory */
    }
    assert_true(rows > 100);
    char from[32];
    char to[32];
    snprintf(from, sizeof from, "%" PRId64 "ms", since / 1000000);
    snprintf(to, sizeof to, "%" PRId64 "ms", until / 1000000);
    char *text;
    assert_int_equal(COMMAND_CALL(w, &text, "report", "--format", "json", "--filter",
                                  "op == alloc && size >= 100", "--since", from, "--until", to),
                     COMMAND_OK);
    json_t *told = parsed(text);
    assert_int_equal(number(told, "ops", "Alloc"), rows);
    assert_int_equal(json_object_size(json_object_get(told, "ops")), 1);
    assert_int_equal(number(told, NULL, "alloc_bytes"), bytes);
    assert_int_equal(number(told, NULL, "heap_events"), truth->heap_events);
    assert_int_equal(number(told, NULL, "records"), truth->records);
    json_decref(told);
    free(text);
}

/* The report of the range, its JSON; NULL for an end is open. */
static json_t *told_range(void *const *state, const char *since, const char *until)
{
    char *text;
    const char *from = since != NULL ? since : "0";
    int code = until != NULL
                   ? COMMAND_CALL(*state, &text, "report", "--format", "json", "--since", from,
                                  "--until", until)
                   : COMMAND_CALL(*state, &text, "report", "--format", "json", "--since", from);
    assert_int_equal(code, COMMAND_OK);
    json_t *told = parsed(text);
    free(text);
    return told;
}

/* The key is there when a range was asked for, and has these keys in this order. */
static void test_range_keys(void **state)
{
    static const char *const keys[] = {
        "since", "until", "impacting_bytes", "impacting_blocks", "aifi", "aifo", "aofi", "aofo"};
    json_t *told = told_range(state, "10ms", NULL), *range = json_object_get(told, "range"), *value;
    const char *key;
    size_t at = 0;
    json_object_foreach(range, key, value) assert_string_equal(key, keys[at++]);
    assert_int_equal(at, sizeof keys / sizeof keys[0]);
    assert_int_equal(number(range, NULL, "since"), 10000000);
    assert_true(json_is_null(json_object_get(range, "until")));
    assert_true(number(range, "aifo", "blocks") > 0 && number(range, "aifi", "bytes") > 0);
    assert_int_equal(number(range, "aifo", "blocks") + number(range, "aofo", "blocks"),
                     number(told, NULL, "outstanding_blocks"));
    assert_int_equal(number(range, "aifo", "bytes") + number(range, "aofo", "bytes"),
                     number(told, NULL, "outstanding_bytes"));
    json_decref(told);
}

/* Behind the last event nothing happens, and what is there stays. */
static void test_range_behind_the_end(void **state)
{
    json_t *all = told_range(state, NULL, "1000s"), *none = told_range(state, "1000s", NULL);
    const json_t *range = json_object_get(none, "range");
    char *text;
    assert_int_equal(json_object_size(json_object_get(none, "ops")), 0);
    assert_int_equal(number(none, NULL, "allocs"), 0);
    assert_int_equal(number(none, NULL, "outstanding_bytes"),
                     number(all, NULL, "outstanding_bytes"));
    assert_int_equal(number(range, "aofo", "bytes"), number(all, NULL, "outstanding_bytes"));
    assert_int_equal(number(range, NULL, "impacting_bytes"), 0);
    assert_int_equal(COMMAND_CALL(*state, &text, "report", "--since", "1000s"), COMMAND_OK);
    assert_non_null(strstr(text, "; all of them are from 0."));
    json_decref(all);
    json_decref(none);
    free(text);
}

/* At the instant of an event: it is inside, but nothing changes behind it. */
static void test_range_of_one_instant(void **state)
{
    const struct command_world *w = *state;
    const struct truth *truth = &w->trace.truth;
    char at[32];
    json_int_t rows = 0;
    for (size_t i = 500; i < 600; i++) {
        const struct mketl_event *e = &w->trace.events[i];
        if (e->kind != MKETL_KIND_HEAP || e->opcode != MKETL_ALLOC || e->address == 0)
            continue;
        snprintf(at, sizeof at, "%" PRId64 "ns", truth_time_ns(&truth->facts, e->time));
        json_t *told = told_range(state, at, at);
        rows += number(told, NULL, "allocs");
        assert_true(number(told, NULL, "allocs") >= 1);
        assert_int_equal(number(told, "range", "impacting_bytes"), 0);
        assert_int_equal(number(told, "range", "impacting_blocks"), 0);
        json_decref(told);
        if (rows > 5)
            break;
    }
    assert_true(rows > 0);
}

static uint64_t column_sum(void *const *state, const char *table, const char *column)
{
    char *text;
    assert_int_equal(COMMAND_CALL(*state, &text, "report", "--format", "jsonl", "--by", table),
                     COMMAND_OK);
    uint64_t sum = 0;
    for (const char *line = text; *line != '\0'; line = strchr(line, '\n') + 1) {
        json_t *row = json_loads(line, JSON_DISABLE_EOF_CHECK, NULL);
        assert_non_null(row);
        sum += (uint64_t)json_integer_value(json_object_get(row, column));
        json_decref(row);
    }
    free(text);
    return sum;
}

/* Every table of sizes adds up to the totals, and the histogram of lifetimes to what ended. */
static void test_tables_of_sizes(void **state)
{
    static const char *const tables[] = {"size", "exact", "bucket"};
    char *text;
    assert_int_equal(COMMAND_CALL(*state, &text, "report", "--format", "json"), COMMAND_OK);
    json_t *told = parsed(text);
    uint64_t ended = column_sum(state, "life", "blocks");
    assert_true(ended > 0);
    for (size_t i = 0; i < sizeof tables / sizeof tables[0]; i++) {
        assert_int_equal(column_sum(state, tables[i], "allocs"), number(told, NULL, "allocs"));
        assert_int_equal(column_sum(state, tables[i], "bytes"), number(told, NULL, "alloc_bytes"));
        assert_int_equal(column_sum(state, tables[i], "outstanding_bytes"),
                         number(told, NULL, "outstanding_bytes"));
        assert_int_equal(column_sum(state, tables[i], "ended"), ended);
    }
    json_decref(told);
    free(text);
}

/* Nothing matches: zeros, not a failure. */
static void test_filter_that_matches_nothing(void **state)
{
    char *text;
    assert_int_equal(COMMAND_CALL(*state, &text, "report", "--format", "json", "--filter",
                                  "size == 1 && size == 2"),
                     COMMAND_OK);
    json_t *told = parsed(text);
    assert_int_equal(number(told, NULL, "allocs"), 0);
    assert_true(json_is_null(json_object_get(json_object_get(told, "peak"), "time")));
    assert_int_equal(json_array_size(json_object_get(told, "heaps")), 0);
    json_decref(told);
    free(text);
}

static size_t count_lines(const char *text)
{
    size_t n = 0;
    for (; *text != '\0'; text++)
        n += *text == '\n';
    return n;
}

/* A table of heaps as JSONL has the JSON report's heaps, key by key. */
static void test_heap_table(void **state)
{
    char *text;
    char *lines;
    assert_int_equal(COMMAND_CALL(*state, &text, "report", "--format", "json"), COMMAND_OK);
    assert_int_equal(COMMAND_CALL(*state, &lines, "report", "--format", "jsonl", "--by", "heap"),
                     COMMAND_OK);
    json_t *told = parsed(text);
    const json_t *heaps = json_object_get(told, "heaps");
    assert_int_equal(count_lines(lines), json_array_size(heaps));
    const char *line = lines;
    for (size_t i = 0; i < json_array_size(heaps); i++, line = strchr(line, '\n') + 1) {
        json_t *row = json_loads(line, JSON_DISABLE_EOF_CHECK, NULL);
        const char *key;
        json_t *value;
        json_object_foreach(json_array_get(heaps, i), key, value)
        {
            if (!json_is_null(value))
                check_same(key, value, json_object_get(row, key));
        }
        json_decref(row);
    }
    json_decref(told);
    free(lines);
    free(text);
}

/* --top takes the heaps that hold most. */
static void test_top(void **state)
{
    const struct command_world *w = *state;
    uint64_t most = 0;
    for (size_t i = 0; i < w->trace.truth.heap_count; i++)
        if (w->trace.truth.heaps[i].outstanding_bytes > most)
            most = w->trace.truth.heaps[i].outstanding_bytes;
    char *text;
    assert_int_equal(COMMAND_CALL(w, &text, "report", "--format", "jsonl", "--top", "1"),
                     COMMAND_OK);
    assert_int_equal(count_lines(text), 1);
    json_t *row = parsed(text);
    assert_int_equal(number(row, NULL, "outstanding_bytes"), most);
    json_decref(row);
    free(text);
}

/* The stretches of time add up to the whole, and the last one ends with what is left. */
static void test_times(void **state)
{
    const struct command_world *w = *state;
    static const char *const summed[] = {"allocs", "alloc_bytes", "frees", "freed_bytes"};
    char *text;
    assert_int_equal(
        COMMAND_CALL(w, &text, "report", "--format", "json", "--by", "time", "--bins", "37"),
        COMMAND_OK);
    json_t *root = parsed(text), *times = json_object_get(root, "times");
    size_t n = json_array_size(times);
    assert_true(n > 30 && n <= 37);
    for (size_t i = 0; i < sizeof summed / sizeof summed[0]; i++) {
        json_int_t sum = 0;
        for (size_t k = 0; k < n; k++)
            sum += number(json_array_get(times, k), NULL, summed[i]);
        assert_int_equal(sum, number(root, NULL, summed[i]));
    }
    json_int_t peak = 0;
    for (size_t k = 0; k < n; k++) {
        json_int_t most = number(json_array_get(times, k), NULL, "peak_bytes");
        peak = most > peak ? most : peak;
    }
    assert_int_equal(peak, number(root, "peak", "bytes"));
    const json_t *last = json_array_get(times, n - 1);
    assert_int_equal(number(last, NULL, "outstanding_bytes"),
                     number(root, NULL, "outstanding_bytes"));
    assert_int_equal(number(last, NULL, "outstanding_blocks"),
                     number(root, NULL, "outstanding_blocks"));
    json_decref(root);
    free(text);
}

/* The page for people says the same figures and stays within 80 columns. */
static void test_text(void **state)
{
    const struct command_world *w = *state;
    char *text;
    assert_int_equal(COMMAND_CALL(w, &text, "report", "--by", "heap,source,size,process,thread"),
                     COMMAND_OK);
    struct strbuf heap_events = {0};
    text_put_grouped(&heap_events, w->trace.truth.heap_events);
    strbuf_puts(&heap_events, " heap events");
    assert_non_null(strstr(text, strbuf_str(&heap_events)));
    strbuf_release(&heap_events);
    for (const char *line = text; *line != '\0'; line += strcspn(line, "\n") + 1) {
        size_t n = strcspn(line, "\n");
        if (text_width(line, n) > TEXT_TABLE_WIDTH)
            fail_msg("too wide: %.*s", (int)n, line);
    }
    free(text);
}

/* A number no signed reader could hold keeps its magnitude. */
static void test_huge_numbers(void **state)
{
    (void)state;
    json_t *v = json_u64(INT64_MAX);
    assert_true(json_is_integer(v));
    assert_true(json_integer_value(v) == INT64_MAX);
    json_decref(v);
    v = json_u64(UINT64_MAX);
    assert_true(json_is_real(v));
    assert_true(json_real_value(v) > 1.8e19);
    json_decref(v);
}

/* `info` counts the same records, by provider and by header type. */
static void test_info(void **state)
{
    const struct command_world *w = *state;
    char *text;
    assert_int_equal(COMMAND_CALL(w, &text, "info", "--format", "json"), COMMAND_OK);
    json_t *told = parsed(text);
    assert_int_equal(number(told, NULL, "records"), w->trace.truth.records);
    assert_int_equal(number(told, NULL, "heap_events"), w->trace.truth.heap_events);
    json_int_t sum = number(told, NULL, "other_provider_records");
    size_t i;
    json_t *value;
    json_array_foreach(json_object_get(told, "providers"), i, value)
    {
        sum += number(value, NULL, "records");
    }
    assert_int_equal(sum, w->trace.truth.records);
    sum = 0;
    const char *key;
    json_object_foreach(json_object_get(told, "header_types"), key, value)
    {
        sum += json_integer_value(value);
    }
    assert_int_equal(sum, w->trace.truth.records);
    assert_true(json_is_true(json_object_get(told, "finished")));
    json_decref(told);
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_range_keys, setup, teardown),
        cmocka_unit_test_setup_teardown(test_range_behind_the_end, setup, teardown),
        cmocka_unit_test_setup_teardown(test_range_of_one_instant, setup, teardown),
        cmocka_unit_test_setup_teardown(test_json_is_the_truth, setup, teardown),
        cmocka_unit_test(test_stacks_are_the_truth),
        cmocka_unit_test_setup_teardown(test_json_keys, setup, teardown),
        cmocka_unit_test_setup_teardown(test_tables_of_sizes, setup, teardown),
        cmocka_unit_test_setup_teardown(test_filter_and_range, setup, teardown),
        cmocka_unit_test_setup_teardown(test_filter_that_matches_nothing, setup, teardown),
        cmocka_unit_test_setup_teardown(test_heap_table, setup, teardown),
        cmocka_unit_test_setup_teardown(test_top, setup, teardown),
        cmocka_unit_test_setup_teardown(test_times, setup, teardown),
        cmocka_unit_test_setup_teardown(test_text, setup, teardown),
        cmocka_unit_test_setup_teardown(test_info, setup, teardown),
        cmocka_unit_test(test_huge_numbers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

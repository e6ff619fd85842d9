/*
 * `heaptail diff` in process: rows against the whole, the whole against the generator's totals and
 * against `report --until`, its formats against each other, and a trace against itself.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <inttypes.h>

#include <jansson.h>

#include "command_world.h"

static const struct mketl_options usual = {.seed = 5, .events = 5000, .mix = true};

static const char *const groups[] = {"stack", "heap", "size", "source", "thread", "process"};

#define GROUPS (sizeof groups / sizeof groups[0])

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

/* `heaptail ARGS`, which works, as JSON. */
static json_t *call_json(const char *const *args)
{
    char *text;
    json_error_t e;
    assert_int_equal(command_call_args(args, &text), COMMAND_OK);
    json_t *root = json_loads(text, 0, &e);
    if (root == NULL)
        fail_msg("%s at line %d", e.text, e.line);
    free(text);
    return root;
}

static json_t *diff_json(const struct command_world *w, const char *by, const char *a,
                         const char *b)
{
    return call_json(
        (const char *const[]){"diff", "-q", "--format", "json", "--by", by, w->path, a, b, NULL});
}

static int64_t number(const json_t *object, const char *key)
{
    json_t *v = json_object_get(object, key);
    assert_true(json_is_integer(v));
    return json_integer_value(v);
}

static int64_t at(const json_t *object, const char *key, size_t k)
{
    return json_integer_value(json_array_get(json_object_get(object, key), k));
}

/* delta = last - first = new - gone + what the old ones grew, in numbers of blocks without that. */
static void check_figures(const json_t *row)
{
    size_t last = json_array_size(json_object_get(row, "bytes")) - 1;
    assert_int_equal(number(row, "delta_bytes"), at(row, "bytes", last) - at(row, "bytes", 0));
    assert_int_equal(number(row, "delta_blocks"), at(row, "blocks", last) - at(row, "blocks", 0));
    assert_int_equal(number(row, "delta_blocks"),
                     number(row, "new_blocks") - number(row, "gone_blocks"));
    assert_int_equal(number(row, "new_bytes") + number(row, "old_bytes"), at(row, "bytes", last));
    assert_int_equal(number(row, "new_blocks") + number(row, "old_blocks"),
                     at(row, "blocks", last));
}

/* What the rows have at moment `k` is what the whole has. */
static void check_sum(const json_t *root, const char *key, size_t k)
{
    int64_t sum = 0;
    size_t i;
    json_t *row;
    json_array_foreach(json_object_get(root, "rows"), i, row) sum += at(row, key, k);
    assert_int_equal(sum, at(json_object_get(root, "whole"), key, k));
}

static void check_all_rows(const json_t *root)
{
    size_t i, moments = json_array_size(json_object_get(root, "moments"));
    json_t *row;
    check_figures(json_object_get(root, "whole"));
    json_array_foreach(json_object_get(root, "rows"), i, row) check_figures(row);
    for (size_t k = 0; k < moments; k++) {
        check_sum(root, "bytes", k);
        check_sum(root, "blocks", k);
    }
}

static void test_the_whole_trace(void **state)
{
    const struct command_world *w = *state;
    for (size_t i = 0; i < GROUPS; i++) {
        json_t *root = diff_json(w, groups[i], "start", "end");
        json_t *whole = json_object_get(root, "whole");
        check_all_rows(root);
        assert_int_equal(number(whole, "delta_bytes"), w->trace.truth.outstanding_bytes);
        assert_int_equal(number(whole, "delta_blocks"), w->trace.truth.outstanding_blocks);
        assert_string_equal(json_string_value(json_object_get(root, "by")), groups[i]);
        json_decref(root);
    }
}

/* Any two moments of it, against two reports. */
static void test_reports_of_both_moments(void **state)
{
    static const char *const times[] = {"100us", "1ms", "2.5ms", "7ms", "0.02"};
    const struct command_world *w = *state;
    int64_t bytes[5], blocks[5];
    for (size_t i = 0; i < 5; i++) {
        json_t *root = call_json((const char *const[]){"report", "-q", "--format", "json",
                                                       "--until", times[i], w->path, NULL});
        bytes[i] = number(root, "outstanding_bytes");
        blocks[i] = number(root, "outstanding_blocks");
        json_decref(root);
    }
    for (size_t i = 0; i + 1 < 5; i++) {
        json_t *root = diff_json(w, groups[i % GROUPS], times[i], times[i + 1]);
        json_t *whole = json_object_get(root, "whole");
        check_all_rows(root);
        assert_int_equal(number(whole, "delta_bytes"), bytes[i + 1] - bytes[i]);
        assert_int_equal(number(whole, "delta_blocks"), blocks[i + 1] - blocks[i]);
        json_decref(root);
    }
}

static void test_the_peak(void **state)
{
    const struct command_world *w = *state;
    json_t *root = diff_json(w, "heap", "start", "peak");
    assert_int_equal(number(json_object_get(root, "whole"), "delta_bytes"),
                     w->trace.truth.peak_bytes);
    json_decref(root);
}

static size_t lines_of(const char *text)
{
    size_t n = 0;
    for (; *text != '\0'; text++)
        n += *text == '\n';
    return n;
}

static void test_records(void **state)
{
    static const struct {
        const char *format;
        size_t head;
    } formats[] = {{"tsv", 1}, {"csv", 1}, {"jsonl", 0}};
    const struct command_world *w = *state;
    for (size_t i = 0; i < GROUPS; i++) {
        json_t *root = diff_json(w, groups[i], "1ms", "end");
        size_t rows = json_array_size(json_object_get(root, "rows"));
        for (size_t f = 0; f < 3; f++) {
            char *text;
            const char *const args[] = {"diff", "-q",      "--format", formats[f].format,
                                        "--by", groups[i], w->path,    "1ms",
                                        "end",  NULL};
            assert_int_equal(command_call_args(args, &text), COMMAND_OK);
            assert_int_equal(lines_of(text), rows + formats[f].head);
            free(text);
        }
        json_decref(root);
    }
}

/* Nothing has changed between a trace and itself. */
static void test_a_file_and_itself(void **state)
{
    const struct command_world *w = *state;
    for (size_t i = 0; i < GROUPS; i++) {
        size_t k;
        json_t *row,
            *root = call_json((const char *const[]){"diff", "-q", "--format", "json", "--by",
                                                    groups[i], w->path, w->path, NULL});
        check_figures(json_object_get(root, "whole"));
        assert_int_equal(at(json_object_get(root, "whole"), "bytes", 1),
                         w->trace.truth.outstanding_bytes);
        json_array_foreach(json_object_get(root, "rows"), k, row)
        {
            assert_int_equal(number(row, "delta_bytes"), 0);
            assert_int_equal(number(row, "delta_blocks"), 0);
        }
        json_decref(root);
    }
}

/* With --grew every row grew from each moment to the next; without, those are among the others. */
static void test_what_grew(void **state)
{
    const struct command_world *w = *state;
    const char *args[] = {"diff",  "-q",  "--format", "json", "--by",   "size",
                          w->path, "1ms", "2ms",      "3ms",  "--grew", NULL};
    json_t *grown = call_json(args);
    args[10] = NULL;
    json_t *all = call_json(args);
    size_t i, count = 0;
    json_t *row;
    json_array_foreach(json_object_get(all, "rows"), i, row) count +=
        json_is_true(json_object_get(row, "grew"));
    assert_int_equal(json_array_size(json_object_get(grown, "rows")), count);
    json_array_foreach(json_object_get(grown, "rows"), i, row)
    {
        assert_true(at(row, "bytes", 0) < at(row, "bytes", 1));
        assert_true(at(row, "bytes", 1) < at(row, "bytes", 2));
    }
    json_decref(grown);
    json_decref(all);
}

static int code_of(const char *const *args)
{
    char *text;
    int code = command_call_args(args, &text);
    assert_string_equal(text, "");
    free(text);
    return code;
}

#define CODE_OF(...) code_of((const char *const[]){"diff", "-q", __VA_ARGS__, NULL})

static void test_what_is_no_diff(void **state)
{
    const struct command_world *w = *state;
    assert_int_equal(CODE_OF(w->path), COMMAND_USAGE);
    assert_int_equal(CODE_OF(w->path, "1.5"), COMMAND_USAGE);
    assert_int_equal(CODE_OF(w->path, "2ms", "1ms"), COMMAND_USAGE);
    assert_int_equal(CODE_OF(w->path, "start", "no mark"), COMMAND_USAGE);
    assert_int_equal(CODE_OF("--grew", w->path, "start", "end"), COMMAND_USAGE);
    assert_int_equal(CODE_OF("--by", "module", w->path, "start", "end"), COMMAND_USAGE);
    assert_int_equal(CODE_OF("--by", "heap,size", w->path, "start", "end"), COMMAND_USAGE);
    assert_int_equal(CODE_OF(w->path, "no such file.etl"), COMMAND_FAILED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_whole_trace),   cmocka_unit_test(test_reports_of_both_moments),
        cmocka_unit_test(test_the_peak),          cmocka_unit_test(test_records),
        cmocka_unit_test(test_a_file_and_itself), cmocka_unit_test(test_what_grew),
        cmocka_unit_test(test_what_is_no_diff),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}

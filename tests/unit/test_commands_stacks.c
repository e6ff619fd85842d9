/*
 * `heaptail stacks` in process: its formats against each other and against the generator's totals,
 * and what a person reads of the real capture.
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

#include "answer/tree/call_tree.h"
#include "command_world.h"

static const struct mketl_options usual = {.seed = 5, .events = 5000, .mix = true};

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

static json_t *call_json(const struct command_world *w, const char *kind, const char *top)
{
    char *text = call(
        w, (const char *const[]){"stacks", "-q", "--format", "json", "--top", top, kind, NULL});
    json_error_t e;
    json_t *root = json_loads(text, 0, &e);
    if (root == NULL)
        fail_msg("%s at line %d", e.text, e.line);
    free(text);
    return root;
}

#define ALL "1000000000"

static uint64_t number(const json_t *object, const char *key)
{
    json_t *v = json_object_get(object, key);
    assert_true(json_is_integer(v));
    return (uint64_t)json_integer_value(v);
}

static const char *const columns[CALL_TREE_COLUMNS] = {
    "outstanding_bytes", "outstanding_blocks", "allocs",       "alloc_bytes",
    "churn_bytes",       "at_peak_bytes",      "copied_bytes",
};

/* Adds what ends in the nodes of a list, at any depth; counts them. */
static void add_self(const json_t *nodes, uint64_t *sum, size_t *count)
{
    size_t i;
    json_t *n;
    json_array_foreach(nodes, i, n)
    {
        for (int c = 0; c < CALL_TREE_COLUMNS; c++)
            sum[c] += number(json_object_get(n, "self"), columns[c]);
        ++*count;
        add_self(json_object_get(n, "children"), sum, count);
    }
}

/* What ends in the nodes, and what goes through the roots, is the whole, which is the generator's.
 */
static void check_whole(const struct command_world *w, const char *kind)
{
    const struct truth *truth = &w->trace.truth;
    json_t *root = call_json(w, kind, ALL), *total = json_object_get(root, "total");
    uint64_t self[CALL_TREE_COLUMNS] = {0};
    size_t count = 0;
    add_self(json_object_get(root, "nodes"), self, &count);
    for (int c = 0; c < CALL_TREE_COLUMNS; c++)
        assert_int_equal(self[c], number(total, columns[c]));
    assert_int_equal(number(total, "allocs"), truth->allocs);
    assert_int_equal(number(total, "alloc_bytes"), truth->alloc_bytes);
    assert_int_equal(number(total, "churn_bytes"), truth->alloc_bytes + truth->freed_bytes);
    assert_int_equal(number(total, "outstanding_bytes"), truth->outstanding_bytes);
    assert_int_equal(number(total, "outstanding_blocks"), truth->outstanding_blocks);
    assert_int_equal(number(total, "at_peak_bytes"), truth->peak_bytes);
    json_t *stacks = json_object_get(root, "stacks");
    assert_int_equal(number(stacks, "with"), truth->with_stack);
    assert_int_equal(number(stacks, "without"), truth->without_stack);
    json_decref(root);
}

static void test_totals(void **state)
{
    check_whole(*state, "--bottom-up");
    check_whole(*state, "--top-down");
    check_whole(*state, "--flat");
    check_whole(*state, "--modules");
}

static size_t lines_of(const char *text)
{
    size_t n = 0;
    for (; *text != '\0'; text++)
        n += *text == '\n';
    return n;
}

/* tsv, csv and jsonl have the nodes of the JSON, a record each. */
static void test_records(void **state)
{
    static const char *const kinds[] = {"--bottom-up", "--top-down", "--flat", "--modules"};
    static const struct {
        const char *format;
        size_t head;
    } formats[] = {{"tsv", 1}, {"csv", 1}, {"jsonl", 0}};
    for (size_t k = 0; k < sizeof kinds / sizeof kinds[0]; k++) {
        for (size_t f = 0; f < sizeof formats / sizeof formats[0]; f++) {
            json_t *root = call_json(*state, kinds[k], ALL);
            uint64_t sum[CALL_TREE_COLUMNS] = {0};
            size_t count = 0;
            add_self(json_object_get(root, "nodes"), sum, &count);
            char *text = call(*state, (const char *const[]){"stacks", "-q", "--format",
                                                            formats[f].format, kinds[k], NULL});
            assert_int_equal(lines_of(text), count + formats[f].head);
            free(text);
            json_decref(root);
        }
    }
}

/* The names are a promise. */
static void test_names(void **state)
{
    static const char names[] =
        "node\tparent\tdepth\tfunction\tmodule\tplace\tstacks\toutstanding_bytes\t"
        "outstanding_blocks\tallocs\talloc_bytes\tchurn_bytes\tat_peak_bytes\tcopied_bytes\t"
        "self_outstanding_bytes\tself_outstanding_blocks\tself_allocs\tself_alloc_bytes\t"
        "self_churn_bytes\tself_at_peak_bytes\tself_copied_bytes\n";
    char *text = call(*state, (const char *const[]){"stacks", "-q", "--format", "tsv", NULL});
    assert_memory_equal(text, names, strlen(names));
    free(text);
}

/* --top chooses the heaviest, and never one without those above it. */
static void test_top(void **state)
{
    for (unsigned top = 0; top < 40; top += 13) {
        char digits[16];
        snprintf(digits, sizeof digits, "%u", top);
        json_t *root = call_json(*state, "--top-down", digits);
        uint64_t sum[CALL_TREE_COLUMNS] = {0};
        size_t count = 0;
        add_self(json_object_get(root, "nodes"), sum, &count);
        assert_int_equal(count, top);
        json_decref(root);
    }
}

/* No line is wider than the page, and there are figures. */
static void check_page(const char *text)
{
    size_t rows = 0, cells = 0;
    bool share = false;
    for (const char *s = text; *s != '\0'; s++) {
        cells += (*s & 0xc0) != 0x80;
        share = share || strncmp(s, " % ", 3) == 0;
        if (*s != '\n')
            continue;
        assert_true(cells <= 101);
        rows += share;
        share = false;
        cells = 0;
    }
    assert_true(rows > 0 && rows <= 10);
}

static void test_text(void **state)
{
    static const char *const kinds[] = {"--bottom-up", "--top-down", "--flat", "--modules"};
    static const char *const sorts[] = {"outstanding", "blocks", "allocs",
                                        "alloc_bytes", "churn",  "peak"};
    for (size_t i = 0; i < sizeof sorts / sizeof sorts[0]; i++) {
        const char *const args[] = {"stacks", "-q", "--sort", sorts[i], kinds[i % 4], NULL};
        char *text = call(*state, args);
        check_page(text);
        free(text);
    }
}

/* What is asked for has no Allocs: an answer all the same. */
static void test_nothing(void **state)
{
    char *text =
        call(*state, (const char *const[]){"stacks", "-q", "--filter", "op == lock", NULL});
    assert_non_null(strstr(text, "0 allocs, 0 bytes"));
    free(text);
}

/* The numbers in column `name` of a table of tsv, added up. */
static uint64_t sum_of(const char *tsv, const char *name)
{
    char line[1024];
    uint64_t sum = 0;
    int column = -1;
    for (const char *s = tsv; *s != '\0'; s = strchr(s, '\n') + 1) {
        snprintf(line, sizeof line, "%.*s", (int)strcspn(s, "\n"), s);
        int at = 0;
        for (char *rest = line, *field; (field = strsep(&rest, "\t")) != NULL; at++) {
            if (s == tsv && strcmp(field, name) == 0)
                column = at;
            else if (s != tsv && at == column)
                sum += strtoull(field, NULL, 10);
        }
    }
    assert_true(column >= 0);
    return sum;
}

/* report --by stack and --by module add up to the trace. */
static void test_tables(void **state)
{
    static const char *const tables[] = {"stack", "module"};
    const struct command_world *w = *state;
    const struct truth *truth = &w->trace.truth;
    for (int i = 0; i < 2; i++) {
        char *text = call(
            w, (const char *const[]){"report", "-q", "--format", "tsv", "--by", tables[i], NULL});
        assert_int_equal(sum_of(text, "allocs"), truth->allocs);
        assert_int_equal(sum_of(text, "alloc_bytes"), truth->alloc_bytes);
        assert_int_equal(sum_of(text, "frees"), truth->frees);
        assert_int_equal(sum_of(text, "freed_bytes"), truth->freed_bytes);
        assert_int_equal(sum_of(text, "outstanding_bytes"), truth->outstanding_bytes);
        assert_int_equal(sum_of(text, "outstanding_blocks"), truth->outstanding_blocks);
        assert_int_equal(sum_of(text, "at_peak_bytes"), truth->peak_bytes);
        free(text);
    }
}

#define CAPTURE HT_CAPTURES_DIR "/heap-vs17-x64.etl"

/* The two stacks that made 10,000 blocks of 68 bytes each are the first thing one sees. */
static void test_real_capture(void **state)
{
    (void)state;
    FILE *f = fopen(CAPTURE, "rb");
    if (f == NULL) {
        print_message("skipped: no " CAPTURE "\n");
        skip();
    }
    fclose(f);
    struct command_world w;
    assert_true((size_t)snprintf(w.path, sizeof w.path, "%s", CAPTURE) < sizeof w.path);
    char *text = call(&w, (const char *const[]){"stacks", "-q", NULL});
    const char *first = strstr(text, "  10,000  44.5 %    68 B ");
    assert_non_null(first);
    assert_ptr_equal(strchr(strstr(text, "Who allocates"), '\n') + 1, first);
    assert_non_null(strstr(first + 1, "  10,000  44.5 %    68 B "));
    assert_non_null(strstr(first, "msvcp140d.dll+0x88dd3"));
    assert_non_null(strstr(first, "Solution.exe+0x15971"));
    assert_non_null(strstr(text, "731 different ones\n"));
    free(text);
}

/* A line that is too wide loses whole frames, and no offset but that of a run's end. */
static void test_narrow(void **state)
{
    (void)state;
    struct command_world w;
    snprintf(w.path, sizeof w.path, "%s", HT_DATA_DIR "/demo.etl");
    char *text = call(&w, (const char *const[]){"stacks", "-q", "--sort", "peak", NULL});
    bool brief = false;
    for (const char *line = text, *end; *line != '\0'; line = end + 1) {
        end = strchr(line, '\n');
        assert_non_null(end);
        const char *cut = strstr(line, " .. "), *run = strstr(line, " frames)");
        bool is_cut = cut != NULL && cut < end;
        if (is_cut)
            assert_memory_equal(cut + 4, "+0x", 3);
        brief = brief || (!is_cut && run != NULL && run < end);
    }
    assert_true(brief);
    free(text);
}

static void check_order(const json_t *nodes)
{
    uint64_t weight = UINT64_MAX, allocs = UINT64_MAX;
    size_t i;
    json_t *n;
    json_array_foreach(nodes, i, n)
    {
        const json_t *total = json_object_get(n, "total");
        if (number(total, columns[CALL_TREE_OUTSTANDING]) == weight)
            assert_true(number(total, "allocs") <= allocs);
        weight = number(total, columns[CALL_TREE_OUTSTANDING]);
        allocs = number(total, "allocs");
        check_order(json_object_get(n, "children"));
    }
}

/* Among those that hold nothing, the one that allocates most comes first. */
static void test_ties(void **state)
{
    char *text = call(*state, (const char *const[]){"stacks", "-q", "--format", "json", "--sort",
                                                    "outstanding", NULL});
    json_t *root = json_loads(text, 0, NULL);
    assert_non_null(root);
    check_order(json_object_get(root, "nodes"));
    json_decref(root);
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_totals), cmocka_unit_test(test_records),
        cmocka_unit_test(test_names),  cmocka_unit_test(test_top),
        cmocka_unit_test(test_text),   cmocka_unit_test(test_nothing),
        cmocka_unit_test(test_narrow), cmocka_unit_test(test_ties),
        cmocka_unit_test(test_tables), cmocka_unit_test(test_real_capture),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}

/*
 * `heaptail report`, the Summary page and the list of Heaps as they are drawn say the same under
 * any filter and range, and what they say of the range is what the definition says: random traces,
 * each read by the command from a file and by the screens through a stage of their own.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include <jansson.h>

#include "on_stage.h"
#include "tests/tools/rng.h"
#include "unit/command_world.h"

enum { SEEDS = 4, CASES = 24, SCREEN_ROWS = 60, SCREEN_COLS = 200 };

static const char *const filters[] = {
    "",       "size >= 64",  "op == alloc", "op == free",    "!(op == realloc)",
    "live",   "source == 3", "temporary",   "life < 1ms",    "class == aifo",
    "failed", "chain >= 2",  "size == 1",   "class != aofi",
};

struct world {
    struct command_world file;
    struct trace *trace;
    struct rng rng;
    const char *filter;
    int64_t since, until; /* ns; open at INT64_MIN, INT64_MAX */
};

static void open_world(struct world *w, uint64_t seed)
{
    const struct mketl_options options = {
        .seed = 900 + seed,
        .events = 3000,
        .rates = {[MKETL_KNOB_MOVE] = 60, [MKETL_KNOB_FAILED] = 10, [MKETL_KNOB_ODD_SOURCE] = 10},
    };
    *w = (struct world){.filter = ""};
    w->rng.state = seed;
    command_world_init(&w->file, &options);
    struct mketl_trace again;
    struct memory_file bytes;
    generate(&options, &again, &bytes);
    struct ingest *in = ingest_saved(&bytes);
    w->trace = trace_ref(ingest_trace(in));
    ingest_free(in);
    free(bytes.bytes);
    mketl_trace_release(&again);
}

static void close_world(struct world *w)
{
    trace_unref(w->trace);
    command_world_release(&w->file);
}

/* The time of some row, or one beside it. */
static int64_t some_time(struct world *w)
{
    uint64_t row = rng_below(&w->rng, store_rows(w->trace->store));
    return trace_ns(w->trace, store_time(w->trace->store, row)) +
           (int64_t)rng_below(&w->rng, 3) * 100 - 100;
}

/* Every filter comes up; so do ranges open at either end, of one instant and behind the trace. */
static void choose_case(struct world *w, unsigned i)
{
    int64_t a = some_time(w), b = some_time(w);
    w->filter = filters[i % (sizeof filters / sizeof filters[0])];
    w->since = i % 6 == 0 ? INT64_MIN : a < b ? a : b;
    w->until = i % 6 == 0 || i % 6 == 1 ? INT64_MAX : a < b ? b : a;
    if (i % 6 == 2)
        w->since = INT64_MIN;
    if (i % 6 == 3)
        w->until = w->since;
    if (i % 23 == 22)
        w->since = w->until = INT64_C(3600000000000);
    if (w->since < 0 && w->since != INT64_MIN)
        w->since = 0;
    if (w->until < w->since)
        w->until = w->since;
}

static bool has_range(const struct world *w)
{
    return w->since != INT64_MIN || w->until != INT64_MAX;
}

/* ---- the command ---- */

/* What `heaptail report` prints; the caller frees it. */
static char *report(const struct world *w, const char *format, int64_t since, int64_t until)
{
    char from[32], to[32], *text;
    const char *args[16] = {"report", "--format", format, "--filter", w->filter};
    size_t n = 5;
    if (strcmp(format, "jsonl") == 0) {
        args[n++] = "--by";
        args[n++] = "heap";
    }
    snprintf(from, sizeof from, "%" PRId64 "ns", since);
    snprintf(to, sizeof to, "%" PRId64 "ns", until);
    if (since != INT64_MIN) {
        args[n++] = "--since";
        args[n++] = from;
    }
    if (until != INT64_MAX) {
        args[n++] = "--until";
        args[n++] = to;
    }
    assert_int_equal(command_call(&w->file, args, &text), COMMAND_OK);
    return text;
}

static json_t *report_json(const struct world *w, int64_t since, int64_t until)
{
    char *text = report(w, "json", since, until);
    json_t *root = json_loads(text, 0, NULL);
    assert_non_null(root);
    free(text);
    return root;
}

static int64_t number(const json_t *root, const char *object, const char *key)
{
    const json_t *value = json_object_get(object ? json_object_get(root, object) : root, key);
    if (!json_is_integer(value))
        fail_msg("no number: %s", key);
    return json_integer_value(value);
}

/* outstanding(B) - outstanding(A), each from a report of its own. */
static void check_impact(const struct world *w, const json_t *told)
{
    static const char *const of[2][2] = {{"outstanding_bytes", "impacting_bytes"},
                                         {"outstanding_blocks", "impacting_blocks"}};
    if (strncmp(w->filter, "class", 5) == 0 || w->since == INT64_MIN)
        return; /* In another range the filter would choose other events. */
    json_t *end = report_json(w, INT64_MIN, w->until);
    json_t *start = report_json(w, INT64_MIN, w->since);
    for (size_t i = 0; i < 2; i++) {
        assert_int_equal(number(told, NULL, of[i][0]), number(end, NULL, of[i][0]));
        assert_int_equal(number(told, "range", of[i][1]),
                         number(end, NULL, of[i][0]) - number(start, NULL, of[i][0]));
    }
    json_decref(start);
    json_decref(end);
}

/* ---- what is read off the screen ---- */

/* "+1,234" or the sign of zero at `s`; false when there is none. */
static bool read_number(const char *s, int64_t *out_n, const char **out_end)
{
    bool minus = *s == '-';
    *out_n = 0;
    s += *s == '-' || *s == '+';
    if (strncmp(s, "·", strlen("·")) == 0) {
        *out_end = s + strlen("·");
        return true;
    }
    if (!isdigit((unsigned char)*s))
        return false;
    for (; isdigit((unsigned char)*s) || *s == ','; s++)
        if (*s != ',')
            *out_n = *out_n * 10 + (*s - '0');
    *out_n = minus ? -*out_n : *out_n;
    *out_end = s;
    return true;
}

/* The count and the bytes of a line of Summary; no bytes are none. */
static bool read_line(const char *label, int64_t *out_count, int64_t *out_bytes)
{
    size_t len = strlen(label);
    for (int y = 2; y < SCREEN_ROWS; y++) {
        const char *row = term_row(st.term, y);
        for (const char *at = strstr(row, label); at != NULL; at = strstr(at + 1, label)) {
            bool begins = at == row + 1 || (at > row + 1 && at[-1] == ' ' && at[-2] == ' ');
            const char *rest = at + len;
            if (!begins || strncmp(rest, "  ", 2) != 0 ||
                !read_number(rest + strspn(rest, " "), out_count, &rest))
                continue;
            if (!read_number(rest + strspn(rest, " "), out_bytes, &rest) ||
                strncmp(rest, " B", 2) != 0)
                *out_bytes = 0;
            return true;
        }
    }
    return false;
}

static void check_line(const struct world *w, const char *label, int64_t count, int64_t bytes)
{
    int64_t has_count = 0, has_bytes = 0;
    if (!read_line(label, &has_count, &has_bytes))
        fail_msg("Summary has no '%s'", label);
    if (has_count != count || has_bytes != bytes)
        fail_msg("Summary, %s under '%s': %" PRId64 " and %" PRId64 " B, reported %" PRId64
                 " and %" PRId64,
                 label, w->filter, has_count, has_bytes, count, bytes);
}

static void check_class(const struct world *w, const char *label, const char *key,
                        const json_t *told)
{
    const json_t *range = json_object_get(told, "range");
    check_line(w, label, number(range, key, "blocks"), number(range, key, "bytes"));
}

static bool has_nothing(const json_t *told)
{
    return json_object_size(json_object_get(told, "ops")) == 0 &&
           number(told, NULL, "outstanding_blocks") == 0;
}

static void check_summary(const struct world *w, const json_t *told)
{
    if (has_nothing(told)) {
        assert_true(sees("No event"));
        assert_false(sees("outstanding"));
        return;
    }
    check_line(w, "outstanding", number(told, NULL, "outstanding_blocks"),
               number(told, NULL, "outstanding_bytes"));
    check_line(w, "peak", number(told, "peak", "blocks"), number(told, "peak", "bytes"));
    check_line(w, "allocs", number(told, NULL, "allocs"), number(told, NULL, "alloc_bytes"));
    check_line(w, "frees", number(told, NULL, "frees"), number(told, NULL, "freed_bytes"));
    check_line(w, "reallocs", number(told, NULL, "reallocs"), 0);
    check_line(w, "failed", number(told, NULL, "failed_allocs"), 0);
    assert_int_equal(json_object_get(told, "range") != NULL, has_range(w));
    if (!has_range(w))
        return;
    check_line(w, "impacting", number(told, "range", "impacting_blocks"),
               number(told, "range", "impacting_bytes"));
    check_class(w, "AIFI", "aifi", told);
    check_class(w, "AIFO", "aifo", told);
    check_class(w, "AOFI", "aofi", told);
    check_class(w, "AOFO", "aofo", told);
}

static size_t cells_before(const char *s, const char *end)
{
    size_t cells = 0;
    for (; s < end; s++)
        cells += ((unsigned char)*s & 0xc0) != 0x80;
    return cells;
}

/* The cell of a row that ends where its title does, or behind the mark of the order. */
static int64_t read_cell(const char *titles, const char *row, const char *title)
{
    const char *at = strstr(titles, title), *last;
    if (at == NULL)
        fail_msg("Heaps has no column %s", title);
    const char *end = at + strlen(title);
    size_t cell = cells_before(titles, end) + (strncmp(end, " ▾", strlen(" ▾")) == 0 ? 2 : 0);
    for (last = row; *last != '\0' && cells_before(row, last) < cell; last++)
        continue;
    while (((unsigned char)*last & 0xc0) == 0x80)
        last++;
    if (last - row > 2 && strncmp(last - 2, " B", 2) == 0)
        last -= 2;
    const char *first = last;
    while (first > row && first[-1] != ' ')
        first--;
    int64_t n = 0;
    if (!read_number(first, &n, &last))
        fail_msg("'%s' of Heaps: %s", title, row);
    return n;
}

static bool is_row_of(const char *titles, const char *row, const json_t *heap, bool ranged)
{
    static const char *const columns[][2] = {
        {"Outstanding", "outstanding_bytes"},
        {"Blocks", "outstanding_blocks"},
        {"Peak", "peak_bytes"},
        {"Allocs", "allocs"},
        {"Frees", "frees"},
        {"ReAllocs", "reallocs"},
        {"Impacting", "impacting_bytes"},
        {"AIFO", "aifo_bytes"},
    };
    if (strstr(row, json_string_value(json_object_get(heap, "heap"))) == NULL)
        return false;
    for (size_t i = 0; i < (ranged ? 8 : 6); i++)
        if (read_cell(titles, row, columns[i][0]) != number(heap, NULL, columns[i][1]))
            return false;
    return true;
}

/* Each line of the command's table is a row of the list, and there are no more. */
static void check_heaps(const struct world *w, const json_t *told)
{
    char titles[2 * SCREEN_COLS * 4], *lines = report(w, "jsonl", w->since, w->until);
    int y = 2, rows = 0, reported = 0;
    while (y < SCREEN_ROWS && strstr(term_row(st.term, y), " Outstanding") == NULL)
        y++;
    snprintf(titles, sizeof titles, "%s", term_row(st.term, y));
    for (int at = y + 1; at < SCREEN_ROWS; at++)
        rows += strncmp(term_row(st.term, at) + 1, " 0x", 3) == 0;
    int64_t impacting = 0, aifo = 0;
    for (const char *line = lines; *line != '\0'; line = strchr(line, '\n') + 1, reported++) {
        json_t *heap = json_loads(line, JSON_DISABLE_EOF_CHECK, NULL);
        int at = y + 1;
        while (at <= y + rows && !is_row_of(titles, term_row(st.term, at), heap, has_range(w)))
            at++;
        if (at > y + rows)
            fail_msg("under '%s' Heaps does not say: %s", w->filter, json_dumps(heap, 0));
        impacting += number(heap, NULL, "impacting_bytes");
        aifo += number(heap, NULL, "aifo_bytes");
        json_decref(heap);
    }
    assert_int_equal(rows, reported);
    if (has_range(w)) {
        assert_int_equal(impacting, number(told, "range", "impacting_bytes"));
        assert_int_equal(aifo, number(json_object_get(told, "range"), "aifo", "bytes"));
    }
    free(lines);
}

/* ---- together ---- */

static void check_case(const struct world *w)
{
    stage_open(&st, &(struct stage_options){.rows = SCREEN_ROWS,
                                            .cols = SCREEN_COLS,
                                            .filter = w->filter[0] != '\0' ? w->filter : NULL,
                                            .since = w->since,
                                            .until = w->until,
                                            .empty_handed = true});
    trace_unref(st.fixture.trace);
    st.fixture.trace = trace_ref(w->trace);
    stage_show(&st);
    json_t *told = report_json(w, w->since, w->until);
    check_summary(w, told);
    check_impact(w, told);
    type("3");
    check_heaps(w, told);
    json_decref(told);
    stage_close(&st);
}

static void report_and_screens_say_the_same(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= SEEDS; seed++) {
        struct world w;
        open_world(&w, seed);
        for (unsigned i = 0; i < CASES; i++) {
            choose_case(&w, i);
            check_case(&w);
        }
        close_world(&w);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(report_and_screens_say_the_same)};
    return cmocka_run_group_tests(tests, term_group_setup, NULL);
}

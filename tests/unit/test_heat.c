/*
 * The heat tables of Sources against the filter language: a cell's condition, asked of the trace
 * anew, must find as many rows as the cell says. At random cells, widths, filters and ranges, on
 * the capture that ships with the program and on random traces.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <string.h>
#include <sys/stat.h>

#include "answer/snapshot.h"
#include "decoder/heap_op.h"
#include "model/ingest.h"
#include "query/condition.h"
#include "random_trace.h"
#include "source/source.h"
#include "ui/view/census.h"
#include "ui/view/heat_table.h"

/* A picture of one question, as a screen has it. */
struct scene {
    struct snapshot snapshot;
    struct census census;
    struct view_settings settings;
    struct view_env env;
    struct heat_table heat;
    char filter[256];
    int64_t since, until; /* ns */
    struct rng rng;
};

static struct query *ask(struct trace *t, const char *text, int64_t since, int64_t until)
{
    struct filter_error error;
    struct query_spec spec = {
        .filter = filter_parse(text, strlen(text), &error), .since = since, .until = until};
    if (spec.filter == NULL)
        fail_msg("not a filter: %s", text);
    struct query *q = query_new(t, &spec);
    assert_non_null(q);
    filter_unref(spec.filter);
    while (query_advance(q, 100000))
        continue;
    return q;
}

static void scene_open(struct scene *s, struct trace *t, uint64_t seed, const char *filter,
                       int64_t since, int64_t until)
{
    memset(s, 0, sizeof *s);
    s->rng.state = seed;
    s->since = since;
    s->until = until;
    strncpy(s->filter, filter, sizeof s->filter - 1);
    struct query *q = ask(t, filter, since, until);
    s->snapshot.trace = t;
    s->snapshot.summary = query_summarize(q);
    query_unref(q);
    census_update(&s->census, t);
    s->env =
        (struct view_env){.snapshot = &s->snapshot, .census = &s->census, .settings = &s->settings};
}

static void scene_close(struct scene *s)
{
    heat_table_release(&s->heat);
    census_release(&s->census);
    summary_free(s->snapshot.summary);
}

static void show(struct scene *s, const struct source_show *how, int cols)
{
    struct heat_rows rows = {.summary = s->snapshot.summary,
                             .count = s->snapshot.summary->source_count};
    for (size_t i = 0; i < rows.count; i++)
        rows.source[i] = i;
    s->heat.grid.cols = cols;
    heat_table_sync(&s->heat, &s->env, how, &rows);
}

static struct source_cell sum_of_columns(const struct heat_table *h, size_t row)
{
    struct source_cell sum = {0};
    for (size_t k = 0; k < h->axis.count; k++) {
        struct source_cell cell = heat_axis_cell(&h->axis, h->rows.summary, h->rows.source[row], k);
        for (unsigned op = 0; op < FOLD_SOURCE_OPS; op++) {
            sum.count[op] += cell.count[op];
            sum.bytes[op] += cell.bytes[op];
        }
        bool counts = h->axis.table != SOURCE_TABLE_TIME || k + 1 == h->axis.count;
        sum.outstanding_bytes += counts ? cell.outstanding_bytes : 0;
        sum.outstanding_blocks += counts ? cell.outstanding_blocks : 0;
    }
    return sum;
}

/* Whatever the width, joining columns loses nothing, and they fit. */
static void check_columns(const struct heat_table *h, int cols)
{
    for (size_t i = 0; i < h->rows.count; i++) {
        struct source_cell sum = sum_of_columns(h, i);
        const struct source_cell *want = &h->rows.summary->sources[h->rows.source[i]].f;
        assert_int_equal(source_show_value(&h->show, &sum), source_show_value(&h->show, want));
    }
    for (size_t k = 1; k < h->axis.count && h->axis.table != SOURCE_TABLE_HEAP; k++)
        assert_true(h->axis.column[k].from > h->axis.column[k - 1].to);
    if (h->axis.table != SOURCE_TABLE_HEAP && h->axis.count > 2)
        assert_true(16 + (int)h->axis.count * h->axis.width <= cols);
}

static void go_to(struct heat_table *h, size_t row, size_t column)
{
    heat_grid_move(&h->grid, ACTION_FIRST, row + 1);
    heat_grid_move(&h->grid, ACTION_LEFT, UINT32_MAX);
    if (column > 0)
        heat_grid_move(&h->grid, ACTION_RIGHT, column);
    assert_int_equal(h->grid.row, row);
    assert_int_equal(h->grid.column, column);
}

/* The rows that the cell under the cursor leads to. */
static void check_cell(struct scene *s)
{
    struct heat_table *h = &s->heat;
    struct strbuf condition = {0}, label = {0}, joined = {0};
    struct source_cell cell =
        heat_axis_cell(&h->axis, h->rows.summary, h->rows.source[h->grid.row], h->grid.column);
    assert_null(heat_table_put_condition(h, &condition, &label));
    assert_true(label.len > 0);
    condition_join(s->filter, strbuf_str(&condition), &joined);
    struct query *q = ask(s->snapshot.trace, strbuf_str(&joined), s->since, s->until);
    if (query_count(q) != cell.count[h->show.op])
        fail_msg("%s: %llu rows, the cell says %llu", strbuf_str(&joined),
                 (unsigned long long)query_count(q), (unsigned long long)cell.count[h->show.op]);
    struct summary *f = query_summarize(q);
    uint64_t bytes = 0;
    for (size_t i = 0; i < f->source_count; i++)
        bytes += f->sources[i].f.bytes[h->show.op];
    assert_int_equal(bytes, cell.bytes[h->show.op]);
    summary_free(f);
    query_unref(q);
    strbuf_release(&condition);
    strbuf_release(&label);
    strbuf_release(&joined);
}

static void check_table(struct scene *s, enum source_table table, int cells)
{
    for (unsigned op = 0; op < FOLD_SOURCE_OPS; op++) {
        struct source_show how = {.op = (enum fold_source_op)op,
                                  .figure =
                                      rng_chance(&s->rng, 500) ? SOURCE_BY_COUNT : SOURCE_BY_BYTES,
                                  .table = table};
        int cols = 20 + (int)rng_below(&s->rng, 240);
        show(s, &how, cols);
        check_columns(&s->heat, cols);
        for (int i = 0; i < cells && heat_grid_has_cells(&s->heat.grid); i++) {
            go_to(&s->heat, rng_below(&s->rng, s->heat.rows.count),
                  rng_below(&s->rng, s->heat.axis.count));
            check_cell(s);
        }
    }
}

static const char *const filters[] = {"", "size >= 100 || op == free", "tid == 11 or !failed",
                                      "op == alloc"};

/* ---- the capture that ships ---- */

static struct source demo_source;
static struct ingest *demo;

static int load_demo(void **state)
{
    (void)state;
    struct err_info info;
    struct stat st;
    if (stat(HT_DATA_DIR "/demo.etl", &st) != 0 ||
        source_open(HT_DATA_DIR "/demo.etl", &demo_source, &info) != 0)
        return -1;
    demo = ingest_new_file(source_read_at, &demo_source);
    ingest_set_size(demo, 0, (uint64_t)st.st_size);
    while (ingest_step(demo, INGEST_FINISH, &info) == INGEST_MORE)
        continue;
    return 0;
}

static int unload_demo(void **state)
{
    (void)state;
    ingest_free(demo);
    source_close(&demo_source);
    return 0;
}

static void cells_lead_to_their_rows(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 8; seed++) {
        struct scene s;
        bool ranged = seed % 2 == 0;
        scene_open(&s, ingest_trace(demo), seed, filters[seed % 4],
                   ranged ? INT64_C(2345678901) : INT64_MIN,
                   ranged ? INT64_C(21098765432) : INT64_MAX);
        for (int table = 0; table < SOURCE_TABLES; table++)
            check_table(&s, (enum source_table)table, 12);
        scene_close(&s);
    }
}

/* Every figure of a drilled heap is of its own generation, though the handle is the same. */
static void generations_are_told_apart(void **state)
{
    (void)state;
    struct scene s;
    scene_open(&s, ingest_trace(demo), 1, "", INT64_MIN, INT64_MAX);
    show(&s, &(struct source_show){.table = SOURCE_TABLE_HEAP}, 200);
    unsigned later = 0;
    for (size_t k = 0; k < s.heat.axis.count; k++) {
        uint32_t heap = s.snapshot.summary->tables.heaps[s.heat.axis.column[k].from].heap;
        later += registry_heap(s.snapshot.trace->registry, heap)->generation > 1;
        for (size_t row = 0; row < s.heat.rows.count; row++) {
            go_to(&s.heat, row, k);
            check_cell(&s);
        }
    }
    assert_true(later > 0);
    scene_close(&s);
}

/* What is alive: as many bytes as the blocks of that heap, Source and class have. */
static void outstanding_leads_to_live_blocks(void **state)
{
    (void)state;
    struct scene s;
    struct strbuf condition = {0}, label = {0};
    scene_open(&s, ingest_trace(demo), 1, "", INT64_MIN, INT64_MAX);
    show(&s, &(struct source_show){.figure = SOURCE_OUTSTANDING}, 200);
    assert_null(heat_table_put_condition(&s.heat, &condition, &label));
    assert_non_null(strstr(strbuf_str(&condition), "live && block_size"));
    struct query *q = ask(s.snapshot.trace, strbuf_str(&condition), INT64_MIN, INT64_MAX);
    struct source_cell cell =
        heat_axis_cell(&s.heat.axis, s.snapshot.summary, s.heat.rows.source[0], 0);
    assert_int_equal(query_count(q), cell.outstanding_blocks);
    query_unref(q);
    strbuf_release(&condition);
    strbuf_release(&label);
    scene_close(&s);
}

/* ---- random traces ---- */

static void random_cells_lead_to_their_rows(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 12; seed++) {
        struct random_trace rt;
        struct scene s;
        random_trace_init(&rt, seed, 10000000, seed % 3 ? 700 : 3);
        random_trace_add(&rt, 400);
        scene_open(&s, rt.trace, seed, filters[seed % 4], INT64_MIN, INT64_MAX);
        check_table(&s, SOURCE_TABLE_SIZE, 12);
        check_table(&s, SOURCE_TABLE_TIME, 12);
        scene_close(&s);
        random_trace_release(&rt);
    }
}

/* ---- the cursor ---- */

static void take(struct random_trace *rt, uint64_t heap, uint64_t address, uint64_t size,
                 uint32_t source)
{
    struct trace_event e = {.op = HEAP_OP_ALLOC,
                            .has = EVENT_HAS_HEAP | EVENT_HAS_ADDRESS | EVENT_HAS_SIZE |
                                   EVENT_HAS_SOURCE,
                            .pid = 1,
                            .tid = 2,
                            .time = rt->now += 1000,
                            .heap = heap,
                            .address = address,
                            .size = size,
                            .source = source};
    assert_int_equal(replay_take(rt->trace->replay, &e, 1), 0);
    store_publish(rt->trace->store);
}

/* Classes, Sources and heaps come before those under the cursor; it stays on its cell. */
static void cursor_stays_on_its_cell(void **state)
{
    (void)state;
    static const enum source_table tables[] = {SOURCE_TABLE_SIZE, SOURCE_TABLE_HEAP};
    for (size_t i = 0; i < 2; i++) {
        struct random_trace rt;
        struct scene s;
        struct strbuf before = {0}, after = {0}, label = {0};
        random_trace_init(&rt, 1, 10000000, 0);
        take(&rt, 0x10000, 0x10, 100, 3);
        take(&rt, 0x20000, 0x20, 5000, 4);
        scene_open(&s, rt.trace, 1, "", INT64_MIN, INT64_MAX);
        show(&s, &(struct source_show){.table = tables[i]}, 200);
        heat_grid_move(&s.heat.grid, ACTION_LAST, 0);
        heat_grid_move(&s.heat.grid, ACTION_RIGHT, UINT32_MAX);
        assert_null(heat_table_put_condition(&s.heat, &before, &label));
        for (unsigned k = 0; k < 5; k++) {
            take(&rt, 0x30000, 0x100 + k, 9, 2);
            take(&rt, 0x10000, 0x200 + k, 9, 2);
        }
        struct heat_table kept = s.heat;
        s.heat = (struct heat_table){0};
        scene_close(&s);
        scene_open(&s, rt.trace, 1, "", INT64_MIN, INT64_MAX);
        s.heat = kept;
        show(&s, &(struct source_show){.table = tables[i]}, 200);
        assert_null(heat_table_put_condition(&s.heat, &after, &label));
        assert_string_equal(strbuf_str(&after), strbuf_str(&before));
        scene_close(&s);
        strbuf_release(&before);
        strbuf_release(&after);
        strbuf_release(&label);
        random_trace_release(&rt);
    }
}

static void scales_agree_at_their_ends(void **state)
{
    (void)state;
    for (int log = 0; log < 2; log++) {
        struct source_show how = {.log = log != 0};
        assert_true(source_show_scaled(&how, 0, 10) == 0);
        assert_true(source_show_scaled(&how, 10, 10) == 1);
        assert_true(source_show_scaled(&how, UINT64_MAX, UINT64_MAX) == 1);
        assert_true(source_show_scaled(&how, UINT64_MAX - 1, UINT64_MAX) < 1);
        assert_true(source_show_scaled(&how, 1, UINT64_MAX) > 0);
        assert_true(source_show_scaled(&how, 5, 0) == 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cells_lead_to_their_rows),
        cmocka_unit_test(generations_are_told_apart),
        cmocka_unit_test(outstanding_leads_to_live_blocks),
        cmocka_unit_test(random_cells_lead_to_their_rows),
        cmocka_unit_test(cursor_stays_on_its_cell),
        cmocka_unit_test(scales_agree_at_their_ends),
    };
    return cmocka_run_group_tests(tests, load_demo, unload_demo);
}

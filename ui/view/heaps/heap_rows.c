/* Rows of Heaps: what they add up to, and their order; see heap_rows.h. */
#include "ui/view/heaps/heap_rows.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "ui/view/cell_format.h"

void heap_rows_release(struct heap_rows *r)
{
    free(r->rows);
    strbuf_release(&r->text);
}

static const struct registry *registry_of(const struct heap_rows *r)
{
    return r->env->snapshot->trace->registry;
}

/* ---- making them ---- */

static void make_heaps(struct heap_rows *r)
{
    const struct summary *s = r->summary;
    for (size_t i = 0; i < s->heap_count; i++) {
        const struct heap_figures *h = &s->heaps[i];
        r->rows[i] = (struct heap_row){
            .id = h->heap,
            .process = registry_heap(registry_of(r), h->heap)->process,
            .f = &h->f,
            .h = h,
            .heaps = 1,
            .has_committed = h->has_committed,
            .committed = h->committed,
            .last_second_allocs = h->last_second_allocs,
            .destroyed = h->destroyed,
        };
    }
}

static int compare_id(const void *key, const void *row)
{
    uint32_t id = *(const uint32_t *)key, other = ((const struct heap_row *)row)->id;
    return id < other ? -1 : id > other;
}

/* Adds what a heap tells of itself to its process; what is committed is known when all of its heaps
 * have told it. */
static void add_heap(struct heap_rows *r, const struct heap_figures *h)
{
    uint32_t process = registry_heap(registry_of(r), h->heap)->process;
    struct heap_row *row = bsearch(&process, r->rows, r->count, sizeof *r->rows, compare_id);
    if (row == NULL)
        return;
    row->heaps++;
    row->last_second_allocs += h->last_second_allocs;
    if (h->destroyed != INT64_MAX)
        return;
    row->committed += h->committed;
    row->has_committed = row->has_committed && h->has_committed;
}

/* The summary has its processes in order of their index. */
static void make_processes(struct heap_rows *r)
{
    const struct summary *s = r->summary;
    for (size_t i = 0; i < s->process_count; i++)
        r->rows[i] = (struct heap_row){
            .id = s->processes[i].index,
            .process = s->processes[i].index,
            .f = &s->processes[i].f,
            .has_committed = true,
            .destroyed = INT64_MAX,
        };
    for (size_t i = 0; i < s->heap_count; i++)
        add_heap(r, &s->heaps[i]);
}

static void make_threads(struct heap_rows *r)
{
    const struct summary *s = r->summary;
    for (size_t i = 0; i < s->thread_count; i++)
        r->rows[i] = (struct heap_row){
            .id = s->threads[i].index,
            .process = registry_thread(registry_of(r), s->threads[i].index)->process,
            .f = &s->threads[i].f,
            .destroyed = INT64_MAX,
        };
}

/* ---- figures that are derived ---- */

/* Overhead compares all of a heap's blocks with its memory; under a filter or range only some of
 * them are counted. */
static bool has_overhead(const struct heap_rows *r, const struct heap_row *row)
{
    const struct query_spec *spec = query_asked(r->env->snapshot->query);
    bool whole = spec->filter == NULL || filter_is_empty(spec->filter);
    return whole && spec->since == INT64_MIN && spec->until == INT64_MAX && row->has_committed &&
           row->committed > 0 && row->destroyed == INT64_MAX;
}

double heap_rows_overhead(const struct heap_rows *r, const struct heap_row *row)
{
    if (!has_overhead(r, row))
        return -1;
    double rest = (double)row->committed - (double)row->f->outstanding_bytes;
    return rest > 0 ? rest / (double)row->committed : 0;
}

double heap_rows_rate(const struct heap_rows *r, const struct heap_row *row)
{
    return cell_rate(r->env->snapshot, row->f->allocs, row->last_second_allocs);
}

bool heap_rows_figure(const struct heap_row *row, enum heap_column column, uint64_t *out_figure)
{
#define AT(field) (offsetof(struct figures, field) + 1)
    static const size_t at[HEAP_COLUMN_COUNT] = {
        [HEAP_COLUMN_OUTSTANDING] = AT(outstanding_bytes),
        [HEAP_COLUMN_BLOCKS] = AT(outstanding_blocks),
        [HEAP_COLUMN_AIFO] = AT(aifo_bytes),
        [HEAP_COLUMN_PEAK] = AT(peak_bytes),
        [HEAP_COLUMN_ALLOCS] = AT(allocs),
        [HEAP_COLUMN_ALLOC_BYTES] = AT(alloc_bytes),
        [HEAP_COLUMN_FREES] = AT(frees),
        [HEAP_COLUMN_FREED_BYTES] = AT(freed_bytes),
        [HEAP_COLUMN_REALLOCS] = AT(reallocs),
        [HEAP_COLUMN_FAILED] = AT(failed_allocs),
    };
#undef AT
    if (column == HEAP_COLUMN_HEAPS)
        *out_figure = row->heaps;
    else if (at[column] != 0)
        memcpy(out_figure, (const char *)row->f + at[column] - 1, sizeof *out_figure);
    return column == HEAP_COLUMN_HEAPS || at[column] != 0;
}

/* ---- order ---- */

/* The value of a row in a column, as a key; figures up to 2^53 are told apart. */
static double sort_key(const struct heap_rows *r, const struct heap_row *row, enum heap_column by)
{
    uint64_t figure;
    if (heap_rows_figure(row, by, &figure))
        return (double)figure;
    switch ((int)by) {
    case HEAP_COLUMN_HEAP:
        return r->by == HEAP_ROWS_HEAP ? (double)registry_heap(registry_of(r), row->id)->handle : 0;
    case HEAP_COLUMN_THREAD:
        return r->by == HEAP_ROWS_THREAD ? registry_thread(registry_of(r), row->id)->tid : 0;
    case HEAP_COLUMN_PROCESS:
        return registry_process(registry_of(r), row->process)->pid;
    case HEAP_COLUMN_IMPACTING:
        return (double)row->f->impacting_bytes;
    case HEAP_COLUMN_RATE:
        return heap_rows_rate(r, row);
    case HEAP_COLUMN_COMMITTED:
        return row->has_committed ? (double)row->committed : -1;
    case HEAP_COLUMN_OVERHEAD:
        return heap_rows_overhead(r, row);
    default:
        return 0;
    }
}

static int compare_key(const void *a, const void *b)
{
    const struct heap_row *x = a, *y = b;
    if (x->key != y->key)
        return x->key < y->key ? -1 : 1;
    return x->id < y->id ? -1 : 1;
}

void heap_rows_make(struct heap_rows *r, enum heap_column sort, bool descending)
{
    const struct snapshot *snapshot = r->env->snapshot;
    const struct summary *s = snapshot != NULL ? snapshot->summary : NULL;
    void *rows = r->rows;
    r->summary = s;
    r->count = 0;
    if (s == NULL)
        return;
    static void (*const make[HEAP_ROWS_BY_COUNT])(struct heap_rows *) = {make_heaps, make_processes,
                                                                         make_threads};
    const size_t counts[HEAP_ROWS_BY_COUNT] = {s->heap_count, s->process_count, s->thread_count};
    if (base_grow(&rows, &r->cap, counts[r->by] + 1, sizeof *r->rows) != 0)
        return;
    r->rows = rows;
    r->count = counts[r->by];
    make[r->by](r);
    for (size_t i = 0; i < r->count; i++) {
        double key = sort_key(r, &r->rows[i], sort);
        r->rows[i].key = descending ? -key : key;
    }
    if (r->count > 0)
        qsort(r->rows, r->count, sizeof *r->rows, compare_key);
}

/* ---- as a list sees them ---- */

static uint64_t count_rows(void *ctx)
{
    return ((const struct heap_rows *)ctx)->count;
}

static void load_row(void *ctx, uint64_t pos, struct list_row *out_row)
{
    struct heap_rows *r = ctx;
    r->row = &r->rows[pos];
    if (r->row->destroyed != INT64_MAX)
        out_row->role = ROLE_TEXT_MUTED;
}

static uint64_t row_id(void *ctx, uint64_t pos)
{
    return ((const struct heap_rows *)ctx)->rows[pos].id;
}

static uint64_t pos_of(void *ctx, uint64_t id)
{
    const struct heap_rows *r = ctx;
    for (size_t i = 0; i < r->count; i++)
        if (r->rows[i].id == id)
            return i;
    return 0;
}

const struct list_source heap_rows_source = {
    .count = count_rows,
    .row = load_row,
    .row_id = row_id,
    .pos_of = pos_of,
};

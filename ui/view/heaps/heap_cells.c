/* The cells of Heaps and the widths of its columns; see heap_rows.h. */
#include <string.h>

#include "base/text.h"
#include "ui/view/cell_format.h"
#include "ui/view/census.h"
#include "ui/view/heaps/heap_rows.h"

/* Points of a sparkline at most. */
#define POINTS 64

static const struct registry *registry_of(const struct heap_rows *r)
{
    return r->env->snapshot->trace->registry;
}

static void put_heap(void *ctx, struct list_cell *cell)
{
    struct heap_rows *r = ctx;
    if (r->by != HEAP_ROWS_HEAP)
        return;
    cell_put_heap(cell->text, registry_heap(registry_of(r), r->row->id));
    cell_set_role(cell, cell_heap_role(r->row->id));
}

static void put_thread(void *ctx, struct list_cell *cell)
{
    struct heap_rows *r = ctx;
    if (r->by != HEAP_ROWS_THREAD)
        return;
    cell_set_role(cell, ROLE_THREAD);
    cell_put_thread(cell->text, registry_thread(registry_of(r), r->row->id));
}

static void put_process(void *ctx, struct list_cell *cell)
{
    struct heap_rows *r = ctx;
    cell_put_process(cell->text, registry_process(registry_of(r), r->row->process), false);
}

static void put_heaps(void *ctx, struct list_cell *cell)
{
    cell_show_count(cell, ((struct heap_rows *)ctx)->row->heaps);
}

static void put_live(void *ctx, struct list_cell *cell)
{
    struct heap_rows *r = ctx;
    cell_set_role(cell, ROLE_OUTSTANDING);
    cell_show_bytes(cell, r->env, r->row->f->outstanding_bytes);
}

static void put_blocks(void *ctx, struct list_cell *cell)
{
    cell_show_count(cell, ((struct heap_rows *)ctx)->row->f->outstanding_blocks);
}

static void put_impacting(void *ctx, struct list_cell *cell)
{
    struct heap_rows *r = ctx;
    int64_t by = r->row->f->impacting_bytes;
    cell_set_role(cell, by > 0 ? ROLE_OUTSTANDING : by == 0 ? ROLE_TEXT_MUTED : ROLE_TEXT);
    cell_put_delta_bytes(cell->text, r->env, by);
}

static void put_aifo(void *ctx, struct list_cell *cell)
{
    struct heap_rows *r = ctx;
    if (r->summary->range.known)
        cell_show_bytes(cell, r->env, r->row->f->aifo_bytes);
}

static void put_peak(void *ctx, struct list_cell *cell)
{
    struct heap_rows *r = ctx;
    cell_show_bytes(cell, r->env, r->row->f->peak_bytes);
}

static void put_allocs(void *ctx, struct list_cell *cell)
{
    cell_show_count(cell, ((struct heap_rows *)ctx)->row->f->allocs);
}

static void put_alloc_bytes(void *ctx, struct list_cell *cell)
{
    struct heap_rows *r = ctx;
    cell_show_bytes(cell, r->env, r->row->f->alloc_bytes);
}

static void put_frees(void *ctx, struct list_cell *cell)
{
    cell_show_count(cell, ((struct heap_rows *)ctx)->row->f->frees);
}

static void put_freed_bytes(void *ctx, struct list_cell *cell)
{
    struct heap_rows *r = ctx;
    cell_show_bytes(cell, r->env, r->row->f->freed_bytes);
}

static void put_reallocs(void *ctx, struct list_cell *cell)
{
    cell_show_count(cell, ((struct heap_rows *)ctx)->row->f->reallocs);
}

static void put_failed(void *ctx, struct list_cell *cell)
{
    cell_show_count(cell, ((struct heap_rows *)ctx)->row->f->failed_allocs);
}

static void put_rate(void *ctx, struct list_cell *cell)
{
    struct heap_rows *r = ctx;
    double rate = heap_rows_rate(r, r->row);
    if (rate > 0)
        cell_put_rate(cell->text, rate);
    else
        cell_show_count(cell, 0);
}

static void put_committed(void *ctx, struct list_cell *cell)
{
    const struct heap_row *row = ((struct heap_rows *)ctx)->row;
    if (row->has_committed)
        text_put_size(cell->text, row->committed);
    else
        cell_show_unknown(cell);
}

static void put_overhead(void *ctx, struct list_cell *cell)
{
    struct heap_rows *r = ctx;
    double part = heap_rows_overhead(r, r->row);
    if (part < 0)
        cell_show_unknown(cell);
    else
        strbuf_printf(cell->text, "%.0f %%", part * 100);
}

/* When a heap was destroyed stands where its curve would: as exactly as there is room for. */
static void draw_destroyed(struct heap_rows *r, const struct canvas *box, enum role role)
{
    static const char *const forms[] = {"destroyed at %.3f s", "gone at %.3f s", "D %.3f s",
                                        "D %.1f s", "D %.0f s"};
    double seconds = (double)trace_ns(r->env->snapshot->trace, r->row->destroyed) / 1e9;
    size_t last = sizeof forms / sizeof forms[0] - 1;
    for (size_t i = 0; i <= last; i++) {
        strbuf_clear(&r->text);
        strbuf_printf(&r->text, forms[i], seconds);
        if (r->text.len <= (size_t)box->cols || i == last)
            break;
    }
    canvas_puts(box, 0, 0, role, strbuf_str(&r->text));
}

/* Adds the curve of a heap; the curves of a process are those of its heaps together. Returns false
 * when it has none: a heap of few rows. */
static bool add_curve(const struct summary *s, const struct heap_figures *h, size_t n,
                      uint64_t values[POINTS])
{
    uint64_t own[POINTS];
    if (h->curve.points == 0)
        return false;
    cell_sample_curve(&h->curve, s->first, s->last, n, own);
    for (size_t i = 0; i < n; i++)
        values[i] += own[i];
    return true;
}

static void draw_curve(void *ctx, const struct canvas *box, enum role row_role)
{
    struct heap_rows *r = ctx;
    const struct summary *s = r->summary;
    if (r->row->destroyed != INT64_MAX) {
        draw_destroyed(r, box, row_role);
        return;
    }
    uint64_t values[POINTS] = {0};
    size_t n = box->cols < POINTS ? (size_t)box->cols : POINTS;
    bool any = false;
    if (s->first == INT64_MIN)
        return;
    if (r->row->h != NULL)
        any = add_curve(s, r->row->h, n, values);
    for (size_t i = 0; i < s->heap_count && r->by == HEAP_ROWS_PROCESS; i++)
        if (registry_heap(registry_of(r), s->heaps[i].heap)->process == r->row->id)
            any = add_curve(s, &s->heaps[i], n, values) || any;
    if (any)
        canvas_spark(box, 0, 0, (int)n, ROLE_GRAPH_BAR, values, n);
}

/* ---- columns ---- */

#define BY_HEAP    (1u << HEAP_ROWS_HEAP)
#define BY_PROCESS (1u << HEAP_ROWS_PROCESS)
#define BY_THREAD  (1u << HEAP_ROWS_THREAD)
#define BY_ALL     (BY_HEAP | BY_PROCESS | BY_THREAD)

/* How a column looks, and for which rows it means something. Figures are as wide as their title
 * or the largest of them. */
struct cell_look {
    const char *name, *title;
    unsigned by;
    int priority;
    bool hidden;
    bool is_bytes;
    void (*format)(void *ctx, struct list_cell *cell);
    const char *help;
};

static const struct cell_look looks[HEAP_COLUMN_COUNT] = {
    [HEAP_COLUMN_HEAP] = {"heap", "Heap", BY_HEAP, 0, false, false, put_heap, "heap handle"},
    [HEAP_COLUMN_THREAD] = {"tid", "Thread", BY_THREAD, 0, false, false, put_thread, "thread id"},
    [HEAP_COLUMN_PROCESS] = {"process", "Process", BY_ALL, 2, false, false, put_process,
                             "process name and id"},
    [HEAP_COLUMN_HEAPS] = {"heaps", "Heaps", BY_PROCESS, 6, false, false, put_heaps,
                           "heaps of the process"},
    [HEAP_COLUMN_OUTSTANDING] = {"outstanding_bytes", "Outstanding", BY_ALL, 1, false, true,
                                 put_live,
                                 "bytes not freed by the end; of a thread what it allocated"},
    [HEAP_COLUMN_BLOCKS] = {"outstanding_blocks", "Blocks", BY_ALL, 4, false, false, put_blocks,
                            "blocks not freed by the end; of a thread what it allocated"},
    [HEAP_COLUMN_IMPACTING] = {"impacting_bytes", "Impacting", BY_ALL, 3, false, true,
                               put_impacting, "by how much outstanding bytes grew in the range"},
    [HEAP_COLUMN_AIFO] = {"aifo_bytes", "AIFO", BY_ALL, 4, false, true, put_aifo,
                          "bytes allocated inside the range and not freed inside it"},
    [HEAP_COLUMN_PEAK] = {"peak_bytes", "Peak", BY_ALL, 6, false, true, put_peak,
                          "greatest outstanding bytes"},
    [HEAP_COLUMN_ALLOCS] = {"allocs", "Allocs", BY_ALL, 5, false, false, put_allocs,
                            "allocations that took effect"},
    [HEAP_COLUMN_ALLOC_BYTES] = {"alloc_bytes", "Alloc bytes", BY_ALL, 2, true, true,
                                 put_alloc_bytes, "bytes allocated"},
    [HEAP_COLUMN_FREES] = {"frees", "Frees", BY_ALL, 8, false, false, put_frees,
                           "frees that took effect; of a thread those it did"},
    [HEAP_COLUMN_FREED_BYTES] = {"freed_bytes", "Freed bytes", BY_ALL, 2, true, true,
                                 put_freed_bytes, "bytes freed"},
    [HEAP_COLUMN_REALLOCS] = {"reallocs", "ReAllocs", BY_ALL, 11, false, false, put_reallocs,
                              "reallocations"},
    [HEAP_COLUMN_FAILED] = {"failed_allocs", "Failed", BY_ALL, 2, true, false, put_failed,
                            "allocations that failed"},
    [HEAP_COLUMN_RATE] = {"alloc_rate", "Alloc/s", BY_ALL, 9, false, false, put_rate,
                          "allocations a second; live over the last second"},
    [HEAP_COLUMN_COMMITTED] = {"committed", "Committed", BY_HEAP | BY_PROCESS, 7, false, false,
                               put_committed, "memory the heap last said to have committed"},
    [HEAP_COLUMN_OVERHEAD] = {"overhead", "Overhead", BY_HEAP | BY_PROCESS, 10, false, false,
                              put_overhead, "part of the committed memory no block needs"},
    [HEAP_COLUMN_CURVE] = {"curve", "Over time", BY_HEAP | BY_PROCESS, 3, false, false, NULL,
                           "outstanding bytes over time; when a heap was destroyed"},
};

void heap_cells_init(struct list_column out_columns[HEAP_COLUMN_COUNT])
{
    for (size_t i = 0; i < HEAP_COLUMN_COUNT; i++) {
        const struct cell_look *look = &looks[i];
        bool left = i == HEAP_COLUMN_HEAP || i == HEAP_COLUMN_PROCESS || i == HEAP_COLUMN_CURVE;
        out_columns[i] = (struct list_column){
            .name = look->name,
            .title = look->title,
            .align = left ? ALIGN_LEFT : ALIGN_RIGHT,
            .cut = i == HEAP_COLUMN_PROCESS ? CUT_MIDDLE : CUT_END,
            .priority = look->priority,
            .sortable = i != HEAP_COLUMN_CURVE,
            .format = look->format,
            .draw = i == HEAP_COLUMN_CURVE ? draw_curve : NULL,
            .help = look->help,
            .hidden = look->hidden,
        };
    }
    out_columns[HEAP_COLUMN_CURVE].min_width = 9;
    out_columns[HEAP_COLUMN_CURVE].max_width = POINTS;
}

/* The greatest figure of a column; false when it has none. */
static bool find_largest(const struct heap_rows *r, enum heap_column column, uint64_t *out_largest)
{
    uint64_t figure, largest = 0;
    bool any = false;
    for (size_t i = 0; i < r->count && heap_rows_figure(&r->rows[i], column, &figure); i++) {
        largest = figure > largest ? figure : largest;
        any = true;
    }
    *out_largest = largest;
    return any;
}

/* The one that takes most room. */
static int64_t longest_impact(const struct heap_rows *r)
{
    uint64_t most = 0;
    for (size_t i = 0; i < r->count; i++) {
        int64_t by = r->rows[i].f->impacting_bytes;
        uint64_t size = by < 0 ? 0 - (uint64_t)by : (uint64_t)by;
        most = size > most ? size : most;
    }
    return (int64_t)most;
}

/* As wide as the title, with its mark where it is sorted by, and as the largest figure. */
static int figure_width(struct heap_rows *r, enum heap_column column, bool sorted)
{
    uint64_t largest = 0;
    int title = (int)strlen(looks[column].title) + (sorted ? 2 : 0);
    strbuf_clear(&r->text);
    if (column == HEAP_COLUMN_IMPACTING)
        cell_put_delta_bytes(&r->text, r->env, longest_impact(r));
    else if (find_largest(r, column, &largest) && looks[column].is_bytes)
        cell_put_bytes(&r->text, r->env, largest);
    else if (largest > 0)
        text_put_grouped(&r->text, largest);
    return (int)r->text.len > title ? (int)r->text.len : title;
}

/* A handle used again needs room for its number. */
static int handle_width(const struct heap_rows *r)
{
    for (size_t i = 0; i < r->count && r->by == HEAP_ROWS_HEAP; i++)
        if (registry_heap(registry_of(r), r->rows[i].id)->generation > 1)
            return 16;
    return 13;
}

static bool has_range(const struct heap_rows *r)
{
    if (r->env->snapshot == NULL || r->env->snapshot->query == NULL)
        return false;
    const struct query_spec *spec = query_asked(r->env->snapshot->query);
    return spec->since != INT64_MIN || spec->until != INT64_MAX;
}

/* Live rates are known of heaps alone. */
static bool is_absent(const struct heap_rows *r, enum heap_column column)
{
    bool live = r->env->snapshot != NULL && r->env->snapshot->source.state == SOURCE_FOLLOWING;
    if (column == HEAP_COLUMN_RATE && r->by == HEAP_ROWS_THREAD && live)
        return true;
    if ((column == HEAP_COLUMN_IMPACTING || column == HEAP_COLUMN_AIFO) && !has_range(r))
        return true;
    return (looks[column].by >> r->by & 1) == 0;
}

void heap_cells_find_absent(const struct heap_rows *r, struct list *l)
{
    l->absent = 0;
    for (size_t i = 0; i < HEAP_COLUMN_COUNT; i++)
        if (is_absent(r, (enum heap_column)i))
            l->absent |= UINT32_C(1) << i;
}

void heap_cells_fit(struct heap_rows *r, struct list *l,
                    struct list_column columns[HEAP_COLUMN_COUNT])
{
    static const enum heap_column names[HEAP_ROWS_BY_COUNT] = {
        HEAP_COLUMN_HEAP, HEAP_COLUMN_PROCESS, HEAP_COLUMN_THREAD};
    l->needed = UINT32_C(1) << names[r->by];
    for (size_t i = 0; i < HEAP_COLUMN_COUNT; i++)
        if (columns[i].align == ALIGN_RIGHT)
            columns[i].min_width = columns[i].max_width =
                figure_width(r, (enum heap_column)i, i == l->sort_column);
    struct list_column *heap = &columns[HEAP_COLUMN_HEAP];
    heap->min_width = heap->max_width = handle_width(r);
    /* The process says something where there are several, and where it is what a row stands for. */
    struct list_column *process = &columns[HEAP_COLUMN_PROCESS];
    bool is_row = r->by == HEAP_ROWS_PROCESS;
    process->min_width = is_row ? 18 : 14;
    process->max_width = 28;
    process->priority = is_row ? 0 : r->env->census->processes > 1 ? 2 : 12;
}

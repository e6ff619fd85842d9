/* Which columns a heat table has; see heat_axis.h. heat_words.c says what they are called. */
#include "ui/view/heat_axis.h"

#include <stdlib.h>

/* Cells of a heap's title where not all heaps fit: a sign and the last digits of the handle. */
#define SHORT_HEAP 8

/* The cells of a Source's row, and how many there are. */
static const struct source_cell *row_of(const struct heat_axis *a, const struct summary *s,
                                        size_t source, size_t *out_count)
{
    const struct source_tables *t = &s->tables;
    switch (a->table) {
    case SOURCE_TABLE_SIZE:
        *out_count = FOLD_SOURCE_CLASSES;
        return t->by_size + source * FOLD_SOURCE_CLASSES;
    case SOURCE_TABLE_TIME:
        *out_count = t->bins;
        return t->by_time + source * t->bins;
    case SOURCE_TABLE_HEAP:
    case SOURCE_TABLES:
        break;
    }
    *out_count = t->heap_count;
    return t->by_heap + source * t->heap_count;
}

static void add(struct source_cell *sum, const struct source_cell *c)
{
    for (unsigned op = 0; op < FOLD_SOURCE_OPS; op++) {
        sum->count[op] += c->count[op];
        sum->bytes[op] += c->bytes[op];
    }
    sum->outstanding_bytes += c->outstanding_bytes;
    sum->outstanding_blocks += c->outstanding_blocks;
}

static struct source_cell sum_cells(const struct heat_axis *a, const struct summary *s,
                                    size_t source, uint32_t from, uint32_t to)
{
    struct source_cell sum = {0};
    size_t count;
    const struct source_cell *row = row_of(a, s, source, &count);
    for (uint32_t k = from; k <= to && k < count; k++) {
        if (a->table == SOURCE_TABLE_TIME)
            sum.outstanding_bytes = sum.outstanding_blocks = 0;
        add(&sum, &row[k]);
    }
    return sum;
}

struct source_cell heat_axis_cell(const struct heat_axis *a, const struct summary *s, size_t source,
                                  size_t column)
{
    return sum_cells(a, s, source, a->column[column].from, a->column[column].to);
}

static void add_column(struct heat_axis *a, uint32_t from, uint32_t to)
{
    a->column[a->count++] = (struct heat_column){from, to};
}

/* ---- by size ---- */

/* How much the cells [from, to] hold in all rows; 0 only when there is nothing in them. */
static uint64_t weigh(const struct heat_axis *a, const struct heat_rows *rows,
                      const struct source_show *show, uint32_t from, uint32_t to)
{
    struct source_cell sum = {0};
    for (size_t i = 0; i < rows->count; i++) {
        struct source_cell part = sum_cells(a, rows->summary, rows->source[i], from, to);
        add(&sum, &part);
    }
    return source_show_has(show, &sum) ? source_show_value(show, &sum) + 1 : 0;
}

/* The classes in use without gaps; those that do not fit join their neighbour at the end that holds
 * less. Rows without a size stand behind them. */
static void choose_sizes(struct heat_axis *a, const struct heat_rows *rows,
                         const struct source_show *show, int cells)
{
    uint32_t first = 0, last = FOLD_SIZE_CLASSES - 1, low = 0, high = FOLD_SIZE_CLASSES - 1;
    bool without = weigh(a, rows, show, FOLD_NO_SIZE, FOLD_NO_SIZE) > 0;
    while (first < last && weigh(a, rows, show, first, first) == 0)
        low = ++first;
    while (last > first && weigh(a, rows, show, last, last) == 0)
        high = --last;
    bool any = first < last || weigh(a, rows, show, first, first) > 0;
    int room = cells / HEAT_LEAST_WIDTH - (without ? 1 : 0);
    while (first < last && (int)(last - first) + 1 > room) {
        if (weigh(a, rows, show, low, first) <= weigh(a, rows, show, last, high))
            first++;
        else
            last--;
    }
    for (uint32_t k = first; any && k <= last; k++)
        add_column(a, k == first ? low : k, k == last ? high : k);
    if (without)
        add_column(a, FOLD_NO_SIZE, FOLD_NO_SIZE);
}

/* ---- by time ---- */

static void choose_times(struct heat_axis *a, const struct heat_rows *rows, int cells)
{
    uint32_t bins = (uint32_t)rows->summary->tables.bins;
    uint32_t room = (uint32_t)(cells > a->width ? cells / a->width : 1);
    uint32_t each = (bins + room - 1) / room;
    for (uint32_t k = 0; k < bins; k += each)
        add_column(a, k, k + each < bins ? k + each - 1 : bins - 1);
}

/* ---- by heap ---- */

struct weighed_heap {
    uint64_t weight;
    uint32_t place;
};

/* The greatest first, those without a column of their own last; equals as they came. */
static int compare_heaps(const void *a, const void *b)
{
    const struct weighed_heap *x = a, *y = b;
    if (x->weight != y->weight)
        return x->weight > y->weight ? -1 : 1;
    return x->place < y->place ? -1 : 1;
}

static void choose_heaps(struct heat_axis *a, const struct heat_rows *rows,
                         const struct source_show *show)
{
    const struct source_tables *t = &rows->summary->tables;
    struct weighed_heap heaps[HEAT_MAX_COLUMNS];
    size_t n = 0;
    for (uint32_t k = 0; k < t->heap_count; k++) {
        uint64_t weight = weigh(a, rows, show, k, k);
        bool shared = t->heaps[k].heap >= FOLD_FURTHER_HEAPS;
        if (weight > 0)
            heaps[n++] = (struct weighed_heap){shared ? 0 : weight, k};
    }
    qsort(heaps, n, sizeof heaps[0], compare_heaps);
    for (size_t i = 0; i < n; i++)
        add_column(a, heaps[i].place, heaps[i].place);
}

/* ---- any ---- */

static int longest_title(const struct heat_axis *a, const struct view_env *env,
                         struct strbuf *scratch)
{
    size_t longest = 0;
    for (size_t i = 0; i < a->count; i++) {
        strbuf_clear(scratch);
        heat_axis_put_title(a, env, i, scratch);
        longest = scratch->len > longest ? scratch->len : longest;
    }
    return (int)longest;
}

/* Wide enough for whole numbers and titles where that costs no column. */
static void choose_width(struct heat_axis *a, int title, int cells)
{
    int each = a->count > 0 ? cells / (int)a->count : 0;
    int least = a->table == SOURCE_TABLE_HEAP && each <= title ? SHORT_HEAP + 1 : a->width;
    a->width = each > least ? each : least;
    int most = title >= HEAT_MOST_WIDTH ? title + 1 : HEAT_MOST_WIDTH;
    a->width = a->width > most ? most : a->width;
}

void heat_axis_choose(struct heat_axis *a, const struct heat_rows *rows, const struct view_env *env,
                      const struct source_show *show, int cells, struct strbuf *scratch)
{
    a->table = show->table;
    a->at_end = show->table == SOURCE_TABLE_TIME && show->figure == SOURCE_OUTSTANDING;
    a->count = 0;
    a->width = HEAT_LEAST_WIDTH;
    if (rows->count == 0)
        return;
    if (show->table == SOURCE_TABLE_SIZE)
        choose_sizes(a, rows, show, cells);
    else if (show->table == SOURCE_TABLE_TIME)
        choose_times(a, rows, cells);
    else
        choose_heaps(a, rows, show);
    int title = longest_title(a, env, scratch);
    if (show->table == SOURCE_TABLE_TIME && title >= a->width) {
        /* A long trace that begins late: titles need more cells than numbers do. */
        a->width = title + 1;
        a->count = 0;
        choose_times(a, rows, cells);
    }
    choose_width(a, title, cells);
}

/* ---- names ---- */

static int64_t bin_start(const struct source_tables *t, uint32_t bin)
{
    return (int64_t)((uint64_t)t->start + bin * t->bin_ticks);
}

uint64_t heat_axis_name(const struct heat_axis *a, const struct summary *s, size_t column)
{
    uint32_t from = a->column[column].from;
    if (a->table == SOURCE_TABLE_TIME)
        return (uint64_t)bin_start(&s->tables, from);
    return a->table == SOURCE_TABLE_HEAP ? s->tables.heaps[from].heap : a->column[column].to;
}

size_t heat_axis_find(const struct heat_axis *a, const struct summary *s, uint64_t name)
{
    size_t at = 0;
    for (size_t i = 0; i < a->count; i++) {
        uint64_t its = heat_axis_name(a, s, i);
        if (its == name)
            return i;
        /* Columns of time and size are in order: the one that begins before it holds it now. */
        bool before = a->table == SOURCE_TABLE_TIME ? (int64_t)its < (int64_t)name
                                                    : a->table == SOURCE_TABLE_SIZE && its < name;
        at = before ? i : at;
    }
    return at;
}

/* Rows, columns and order of the Sources; see source_list.h. */
#include "ui/view/sources/source_list.h"

#include <stdlib.h>
#include <string.h>

#include "answer/snapshot.h"
#include "decoder/heap_op.h"
#include "ui/view/cell_format.h"
#include "ui/view/why_empty.h"

#define PERCENT_CELLS 7
#define LEAST_BAR     6

/* Steps of a bar: finer than eighths of the widest terminal. */
#define BAR_STEPS (1 << 20)

/* ---- rows ---- */

static size_t find_place(const struct summary *s, uint32_t source)
{
    for (size_t i = 0; i < s->source_count; i++)
        if (!s->sources[i].other && s->sources[i].source == source)
            return i;
    return SOURCE_NO_PLACE;
}

static void add_row(struct source_list *l, uint32_t source, size_t place)
{
    struct source_row *row = &l->rows[l->count];
    *row = (struct source_row){.figures = {.source = source}, .place = place, .order = l->count};
    l->count++;
    if (place == SOURCE_NO_PLACE)
        return;
    const struct source_cell *f = &l->summary->sources[place].f;
    row->figures = l->summary->sources[place];
    for (unsigned op = 0; op < FOLD_SOURCE_OPS; op++) {
        l->total.count[op] += f->count[op];
        l->total.bytes[op] += f->bytes[op];
    }
    l->total.outstanding_bytes += f->outstanding_bytes;
    l->total.outstanding_blocks += f->outstanding_blocks;
}

/* The known ones in their order, then every other value. */
static void make_rows(struct source_list *l)
{
    const struct summary *s = l->summary;
    l->count = 0;
    l->total = (struct source_cell){0};
    if (s == NULL || s->rows == 0)
        return;
    for (uint32_t source = 1; source <= SOURCE_KNOWN; source++)
        add_row(l, source, find_place(s, source));
    for (size_t i = 0; i < s->source_count && l->count < SOURCE_MAX_ROWS; i++) {
        const struct source_figures *f = &s->sources[i];
        if (f->other || f->source == 0 || f->source > SOURCE_KNOWN)
            add_row(l, f->source, i);
    }
}

/* ---- order ---- */

/* The figure of a column; the Sources' own order for the others. */
static uint64_t column_value(const struct source_row *r, size_t column)
{
    const struct source_cell *f = &r->figures.f;
    switch (column) {
    case SOURCE_COLUMN_ALLOCS:
        return f->count[FOLD_SOURCE_ALLOC];
    case SOURCE_COLUMN_ALLOC_BYTES:
        return f->bytes[FOLD_SOURCE_ALLOC];
    case SOURCE_COLUMN_REALLOCS:
        return f->count[FOLD_SOURCE_REALLOC];
    case SOURCE_COLUMN_REALLOC_BYTES:
        return f->bytes[FOLD_SOURCE_REALLOC];
    case SOURCE_COLUMN_FREES:
        return f->count[FOLD_SOURCE_FREE];
    case SOURCE_COLUMN_FREED_BYTES:
        return f->bytes[FOLD_SOURCE_FREE];
    case SOURCE_COLUMN_OUTSTANDING:
        return f->outstanding_bytes;
    case SOURCE_COLUMN_BLOCKS:
        return f->outstanding_blocks;
    default:
        return r->order;
    }
}

static bool goes_before(const struct list *l, const struct source_row *a,
                        const struct source_row *b)
{
    uint64_t x = column_value(a, l->sort_column), y = column_value(b, l->sort_column);
    if (x != y)
        return l->sort_descending ? x > y : x < y;
    return a->order < b->order;
}

/* A few dozen rows. */
static void sort_rows(struct source_list *l)
{
    for (size_t i = 1; i < l->count && l->list.sort_column != LIST_NO_COLUMN; i++) {
        struct source_row row = l->rows[i];
        size_t k = i;
        for (; k > 0 && goes_before(&l->list, &row, &l->rows[k - 1]); k--)
            l->rows[k] = l->rows[k - 1];
        l->rows[k] = row;
    }
}

/* ---- the list's source ---- */

static uint64_t count_rows(void *ctx)
{
    return ((const struct source_list *)ctx)->count;
}

static void load_row(void *ctx, uint64_t pos, struct list_row *out_row)
{
    struct source_list *l = ctx;
    l->row = &l->rows[pos];
    if (source_is_unused(&l->row->figures.f))
        out_row->role = ROLE_TEXT_MUTED;
}

/* `other` shares no value with anyone: its slot's own value stands for nothing. */
static uint64_t id_of(const struct source_row *r)
{
    return r->figures.other ? UINT32_MAX + UINT64_C(1) : r->figures.source;
}

static uint64_t row_id(void *ctx, uint64_t pos)
{
    return id_of(&((const struct source_list *)ctx)->rows[pos]);
}

static uint64_t pos_of(void *ctx, uint64_t id)
{
    const struct source_list *l = ctx;
    for (size_t i = 0; i < l->count; i++)
        if (id_of(&l->rows[i]) == id)
            return i;
    return 0;
}

static const struct list_source source_rows = {
    .count = count_rows,
    .row = load_row,
    .row_id = row_id,
    .pos_of = pos_of,
};

/* ---- cells ---- */

/* The invalid Source is told by colour and sign. */
static void put_source(void *ctx, struct list_cell *cell)
{
    const struct source_row *r = ((const struct source_list *)ctx)->row;
    if (r->figures.other) {
        strbuf_puts(cell->text, "all further values");
        return;
    }
    cell_put_source(cell->text, r->figures.source);
    if (!source_is_alarming(&r->figures))
        return;
    strbuf_puts(cell->text, " !");
    cell_set_role(cell, ROLE_EVENT_FAIL);
}

#define PUT(name, how, ...)                                                                        \
    static void name(void *ctx, struct list_cell *cell)                                            \
    {                                                                                              \
        const struct source_list *l = ctx;                                                         \
        how(cell, __VA_ARGS__);                                                                    \
    }
#define PUT_COUNT(name, member) PUT(name, cell_show_count, l->row->figures.f.member)
#define PUT_BYTES(name, member) PUT(name, cell_show_bytes, l->env, l->row->figures.f.member)

PUT_COUNT(put_allocs, count[FOLD_SOURCE_ALLOC])
PUT_COUNT(put_reallocs, count[FOLD_SOURCE_REALLOC])
PUT_COUNT(put_frees, count[FOLD_SOURCE_FREE])
PUT_COUNT(put_blocks, outstanding_blocks)
PUT_BYTES(put_alloc_bytes, bytes[FOLD_SOURCE_ALLOC])
PUT_BYTES(put_realloc_bytes, bytes[FOLD_SOURCE_REALLOC])
PUT_BYTES(put_freed_bytes, bytes[FOLD_SOURCE_FREE])

static void put_outstanding(void *ctx, struct list_cell *cell)
{
    const struct source_list *l = ctx;
    cell_set_role(cell, ROLE_OUTSTANDING);
    cell_show_bytes(cell, l->env, l->row->figures.f.outstanding_bytes);
}

/* The bar goes by the scale, the percentage is always the share of the whole. */
static void draw_share(void *ctx, const struct canvas *box, enum role row_role)
{
    struct source_list *l = ctx;
    uint64_t value = source_show_value(l->show, &l->row->figures.f);
    uint64_t whole = source_show_value(l->show, &l->total);
    if (value == 0)
        return;
    strbuf_clear(&l->text);
    cell_put_percent(&l->text, value, whole);
    int percent = box->cols < PERCENT_CELLS ? box->cols : PERCENT_CELLS;
    canvas_field(box, 0, box->cols - percent, percent, row_role, ALIGN_RIGHT, CUT_END,
                 strbuf_str(&l->text), l->text.len);
    int bar = box->cols - percent - 1;
    if (bar < LEAST_BAR)
        return;
    uint64_t steps = (uint64_t)(source_show_scaled(l->show, value, whole) * BAR_STEPS);
    canvas_bar(box, 0, 0, bar,
               source_is_alarming(&l->row->figures) ? ROLE_EVENT_FAIL : ROLE_GRAPH_BAR,
               steps > 0 ? steps : 1, BAR_STEPS);
}

/* The figure shown over the range of the trace. */
static void draw_curve(void *ctx, const struct canvas *box, enum role row_role)
{
    struct source_list *l = ctx;
    const struct source_tables *t = &l->summary->tables;
    uint64_t values[FOLD_TIME_BINS], max = 0;
    (void)row_role;
    if (l->row->place == SOURCE_NO_PLACE)
        return;
    const struct source_cell *bins = t->by_time + l->row->place * t->bins;
    for (size_t k = 0; k < t->bins; k++) {
        values[k] = source_show_value(l->show, &bins[k]);
        max = values[k] > max ? values[k] : max;
    }
    for (size_t k = 0; k < t->bins && l->show->log; k++)
        values[k] = (uint64_t)(source_show_scaled(l->show, values[k], max) * BAR_STEPS);
    canvas_spark(box, 0, 0, box->cols, ROLE_GRAPH_BAR, values, t->bins);
}

/* A column of figures; fit_columns() widens it to what it shows and says how important it is. */
#define FIGURE(name, title, put, help)                                                             \
    {                                                                                              \
        name, title, ALIGN_RIGHT, CUT_END, 0, 0, 0, true, put, NULL, help, false                   \
    }

/* In the order of enum source_column: name, title, align, cut, least and most cells, priority,
 * sortable, format, draw, help, hidden. */
static const struct list_column source_columns[SOURCE_COLUMN_COUNT] = {
    {"source", "Source", ALIGN_LEFT, CUT_END, 14, 18, 0, true, put_source, NULL,
     "where the allocator took the memory from", false},
    {"share", "", ALIGN_LEFT, CUT_END, 16, 48, 1, false, NULL, draw_share,
     "share of the figure shown (o, b, L)", false},
    FIGURE("allocs", "Allocs", put_allocs, "alloc events, failed ones too"),
    FIGURE("alloc_bytes", "Alloc bytes", put_alloc_bytes, "bytes that were allocated"),
    FIGURE("reallocs", "ReAllocs", put_reallocs, "realloc events"),
    FIGURE("realloc_bytes", "ReAlloc bytes", put_realloc_bytes, "new sizes of reallocs"),
    FIGURE("frees", "Frees", put_frees, "free events, unmatched ones too"),
    FIGURE("freed_bytes", "Freed bytes", put_freed_bytes, "sizes of the blocks that were freed"),
    FIGURE("outstanding_bytes", "Outstanding", put_outstanding, "bytes not freed by the end"),
    FIGURE("outstanding_blocks", "Blocks", put_blocks, "blocks not freed by the end"),
    {"curve", "Over time", ALIGN_LEFT, CUT_END, 16, FOLD_TIME_BINS, 6, false, NULL, draw_curve,
     "the figure shown over time", false},
};

/* ---- what is shown, and how wide ---- */

static bool is_bytes(size_t column)
{
    return column == SOURCE_COLUMN_ALLOC_BYTES || column == SOURCE_COLUMN_REALLOC_BYTES ||
           column == SOURCE_COLUMN_FREED_BYTES || column == SOURCE_COLUMN_OUTSTANDING;
}

/* As wide as the greatest number, but no narrower than the title. */
static void fit_width(struct source_list *l, size_t column)
{
    uint64_t most = 0;
    for (size_t i = 0; i < l->count; i++) {
        uint64_t value = column_value(&l->rows[i], column);
        most = value > most ? value : most;
    }
    struct list_cell cell = {&l->text, ROLE_TEXT, 0};
    strbuf_clear(&l->text);
    if (is_bytes(column))
        cell_show_bytes(&cell, l->env, most);
    else
        cell_show_count(&cell, most);
    int title = (int)strlen(l->columns[column].title);
    int width = most > 0 && (int)l->text.len > title ? (int)l->text.len : title;
    /* The sort mark takes two cells of the title. */
    if (l->list.sort_column == column && width < title + 2)
        width = title + 2;
    l->columns[column].min_width = l->columns[column].max_width = width;
}

/* What is shown comes first, then the rest about its operation, then what is outstanding. */
static void fit_columns(struct source_list *l)
{
    const struct source_show *show = l->show;
    bool live = show->figure == SOURCE_OUTSTANDING;
    size_t count = SOURCE_COLUMN_ALLOCS + 2 * (size_t)show->op;
    for (size_t i = SOURCE_COLUMN_ALLOCS; i <= SOURCE_COLUMN_BLOCKS; i++) {
        fit_width(l, i);
        l->columns[i].priority = 7 + (int)i;
    }
    l->columns[SOURCE_COLUMN_OUTSTANDING].priority = live ? 2 : 4;
    l->columns[SOURCE_COLUMN_BLOCKS].priority = live ? 3 : 5;
    l->columns[count].priority = live ? 4 : show->figure == SOURCE_BY_COUNT ? 2 : 3;
    l->columns[count + 1].priority = live ? 5 : show->figure == SOURCE_BY_BYTES ? 2 : 3;
    strbuf_clear(&l->words);
    source_show_put_words(show, &l->words);
    l->columns[SOURCE_COLUMN_SHARE].title = strbuf_str(&l->words);
}

void source_list_sync(struct source_list *l)
{
    l->summary = l->env->snapshot != NULL ? l->env->snapshot->summary : NULL;
    make_rows(l);
    sort_rows(l);
    fit_columns(l);
    why_empty_figures(l->env, &l->empty);
    l->list.empty_text = strbuf_str(&l->empty);
    list_sync(&l->list);
}

const struct source_row *source_list_selected(const struct source_list *l)
{
    return l->list.count > 0 ? &l->rows[l->list.pos] : NULL;
}

/* ---- life ---- */

void source_list_init(struct source_list *l, const struct view_env *env,
                      const struct source_show *show)
{
    *l = (struct source_list){.env = env, .show = show};
    memcpy(l->columns, source_columns, sizeof source_columns);
    list_init(&l->list, &source_rows, l, l->columns, SOURCE_COLUMN_COUNT);
}

void source_list_release(struct source_list *l)
{
    list_release(&l->list);
    strbuf_release(&l->empty);
    strbuf_release(&l->words);
    strbuf_release(&l->text);
}

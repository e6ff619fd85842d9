/* Rows, columns and order of the sizes; see size_list.h. */
#include "ui/view/sizes/size_list.h"

#include <stdlib.h>
#include <string.h>

#include "answer/snapshot.h"
#include "base/alloc.h"
#include "base/text.h"
#include "query/lfh.h"
#include "ui/view/cell_format.h"
#include "ui/view/why_empty.h"

#define PERCENT_CELLS 7
#define LEAST_BAR     6

/* Steps of a bar: finer than eighths of the widest terminal. */
#define BAR_STEPS (1 << 20)

/* "~12 m 12 s" */
#define LIFE_CELLS 10

size_t size_list_count(const struct size_list *l)
{
    return l->table != NULL ? l->table->count : 0;
}

const struct size_row *size_list_at(const struct size_list *l, size_t pos)
{
    return &l->table->rows[l->places[pos].row];
}

/* ---- order ---- */

/* The figure of a column; the size for those that have none. */
static uint64_t column_value(const struct size_row *r, size_t column)
{
    switch (column) {
    case SIZE_COLUMN_ALLOCS:
        return r->f.allocs;
    case SIZE_COLUMN_ALLOC_BYTES:
        return r->f.alloc_bytes;
    case SIZE_COLUMN_OUTSTANDING:
        return r->f.outstanding_bytes;
    case SIZE_COLUMN_BLOCKS:
        return r->f.outstanding_blocks;
    case SIZE_COLUMN_MEAN:
        return (uint64_t)r->mean;
    case SIZE_COLUMN_P50:
        return (uint64_t)r->p50;
    case SIZE_COLUMN_P90:
        return (uint64_t)r->p90;
    case SIZE_COLUMN_P99:
        return (uint64_t)r->p99;
    case SIZE_COLUMN_LONGEST:
        return (uint64_t)r->longest;
    case SIZE_COLUMN_ENDED:
        return r->ended.blocks;
    default:
        return r->from;
    }
}

/* Parts of a whole in order of the part, in millionths. */
static uint64_t share_of(uint64_t part, uint64_t whole)
{
    return whole > 0 ? 1 + (uint64_t)((double)part / (double)whole * 1e6) : 0;
}

static uint64_t sort_value(const struct size_row *r, size_t column)
{
    if (column == SIZE_COLUMN_TEMPORARY)
        return share_of(r->temporary, r->ended.blocks);
    if (column == SIZE_COLUMN_LFH)
        return share_of(r->source[SIZE_LFH].allocs, r->f.allocs);
    return column_value(r, column);
}

/* Ascending; equals in order of size. */
static int compare_places(const void *a, const void *b)
{
    const struct size_place *x = a, *y = b;
    if (x->value != y->value)
        return x->value < y->value ? -1 : 1;
    return (x->row > y->row) - (x->row < y->row);
}

static void sort_rows(struct size_list *l)
{
    size_t n = size_list_count(l);
    bool sorted = l->list.sort_column != LIST_NO_COLUMN;
    bool down = sorted && l->list.sort_descending;
    for (size_t i = 0; i < n; i++) {
        uint64_t value = sorted ? sort_value(&l->table->rows[i], l->list.sort_column) : 0;
        l->places[i] = (struct size_place){down ? UINT64_MAX - value : value, i};
    }
    if (sorted && n > 1)
        qsort(l->places, n, sizeof *l->places, compare_places);
    l->sort_column = l->list.sort_column;
    l->sort_descending = l->list.sort_descending;
}

/* ---- the list's source ---- */

static uint64_t count_rows(void *ctx)
{
    return size_list_count(ctx);
}

static void load_row(void *ctx, uint64_t pos, struct list_row *out_row)
{
    struct size_list *l = ctx;
    l->row = size_list_at(l, pos);
    if (l->row->others)
        out_row->role = ROLE_TEXT_MUTED;
}

static uint64_t row_id(void *ctx, uint64_t pos)
{
    return size_row_id(size_list_at(ctx, pos));
}

/* The row that has the size, also where the rows are of another kind now; or the one below. */
static uint64_t pos_of(void *ctx, uint64_t id)
{
    const struct size_list *l = ctx;
    uint64_t best = 0, nearest = 0;
    for (size_t i = 0; i < size_list_count(l); i++) {
        uint64_t its = size_row_id(size_list_at(l, i));
        if (its <= id && its >= nearest) {
            nearest = its;
            best = i;
        }
    }
    return best;
}

static const struct list_source size_rows = {
    .count = count_rows,
    .row = load_row,
    .row_id = row_id,
    .pos_of = pos_of,
};

/* ---- cells ---- */

static void put_size(void *ctx, struct list_cell *cell)
{
    const struct size_list *l = ctx;
    size_show_put_row(l->table->kind, l->row, cell->text);
}

static void put_bucket(void *ctx, struct list_cell *cell)
{
    const struct size_list *l = ctx;
    if (l->row->key == LFH_NONE)
        strbuf_puts(cell->text, "none");
    else
        strbuf_put_u64(cell->text, l->row->key);
}

static void put_block_size(void *ctx, struct list_cell *cell)
{
    const struct size_list *l = ctx;
    if (l->row->key != LFH_NONE)
        text_put_grouped(cell->text, lfh_block_size((unsigned)l->row->key, l->table->pointer_size));
}

#define PUT(name, how, ...)                                                                        \
    static void name(void *ctx, struct list_cell *cell)                                            \
    {                                                                                              \
        const struct size_list *l = ctx;                                                           \
        how(cell, __VA_ARGS__);                                                                    \
    }

PUT(put_allocs, cell_show_count, l->row->f.allocs)
PUT(put_blocks, cell_show_count, l->row->f.outstanding_blocks)
PUT(put_ended, cell_show_count, l->row->ended.blocks)
PUT(put_alloc_bytes, cell_show_bytes, l->env, l->row->f.alloc_bytes)

static void put_outstanding(void *ctx, struct list_cell *cell)
{
    const struct size_list *l = ctx;
    cell_set_role(cell, ROLE_OUTSTANDING);
    cell_show_bytes(cell, l->env, l->row->f.outstanding_bytes);
}

/* Nothing where no block ended. */
static void put_life(const struct size_list *l, struct list_cell *cell, int64_t ns, bool exact)
{
    if (l->row->ended.blocks == 0) {
        cell_show_count(cell, 0);
        return;
    }
    if (!exact)
        strbuf_putc(cell->text, '~');
    text_put_duration(cell->text, ns);
}

#define PUT_LIFE(name, member, exact)                                                              \
    static void name(void *ctx, struct list_cell *cell)                                            \
    {                                                                                              \
        const struct size_list *l = ctx;                                                           \
        put_life(l, cell, l->row->member, exact);                                                  \
    }

PUT_LIFE(put_mean, mean, true)
PUT_LIFE(put_p50, p50, l->row->exact)
PUT_LIFE(put_p90, p90, l->row->exact)
PUT_LIFE(put_p99, p99, l->row->exact)
PUT_LIFE(put_longest, longest, true)

static void put_part(struct list_cell *cell, uint64_t part, uint64_t whole)
{
    if (part == 0)
        cell_show_count(cell, 0);
    else
        cell_put_percent(cell->text, part, whole);
}

PUT(put_temporary, put_part, l->row->temporary, l->row->ended.blocks)
PUT(put_lfh, put_part, l->row->source[SIZE_LFH].allocs, l->row->f.allocs)

/* The bar goes by the scale and the largest row, the percentage is the share of the whole. */
static void draw_share(void *ctx, const struct canvas *box, enum role row_role)
{
    struct size_list *l = ctx;
    uint64_t value = size_show_value(l->show, &l->row->f);
    uint64_t whole = size_show_value(l->show, &l->table->whole.f);
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
    uint64_t steps = (uint64_t)(size_show_scaled(l->show, value, l->largest) * BAR_STEPS);
    canvas_bar(box, 0, 0, bar, ROLE_GRAPH_BAR, steps > 0 ? steps : 1, BAR_STEPS);
}

#define FIGURE(name, title, put, help, hidden)                                                     \
    {                                                                                              \
        name, title, ALIGN_RIGHT, CUT_END, 0, 0, 0, true, put, NULL, help, hidden                  \
    }

/* In the order of enum size_column: name, title, align, cut, least and most cells, priority,
 * sortable, format, draw, help, hidden. */
static const struct list_column size_columns[SIZE_COLUMN_COUNT] = {
    {"size", "Size", ALIGN_LEFT, CUT_END, 14, 16, 0, true, put_size, NULL,
     "the size that was asked for; of outstanding blocks the one they have now", false},
    {"bucket", "Bucket", ALIGN_RIGHT, CUT_END, 6, 6, 2, false, put_bucket, NULL,
     "number of the bucket of the low-fragmentation heap", false},
    {"block", "Block", ALIGN_RIGHT, CUT_END, 6, 6, 12, false, put_block_size, NULL,
     "bytes of a block of the bucket, its header included", false},
    {"share", "", ALIGN_LEFT, CUT_END, 16, 48, 1, false, NULL, draw_share,
     "share of the figure shown (b, L)", false},
    FIGURE("allocs", "Allocs", put_allocs, "allocations that took effect", false),
    FIGURE("alloc_bytes", "Alloc bytes", put_alloc_bytes, "bytes that were allocated", false),
    FIGURE("outstanding_bytes", "Outstanding", put_outstanding, "bytes not freed by the end",
           false),
    FIGURE("outstanding_blocks", "Blocks", put_blocks, "blocks not freed by the end", false),
    FIGURE("mean_life", "Mean life", put_mean, "mean lifetime of the blocks that ended", false),
    FIGURE("p50_life", "Median", put_p50, "half of the blocks that ended lived no longer", false),
    FIGURE("p90_life", "90 % life", put_p90, "90 % of them lived no longer; ~: right to 1.6 %",
           false),
    FIGURE("p99_life", "99 % life", put_p99, "99 % of them lived no longer; ~: right to 1.6 %",
           false),
    FIGURE("longest_life", "Longest", put_longest, "the longest life of a block that ended", false),
    FIGURE("ended", "Ended", put_ended, "blocks that ended: the lifetimes are theirs", false),
    FIGURE("temporary", "Temp.", put_temporary,
           "part of them freed before their thread's next allocation in the heap", false),
    FIGURE("lfh", "LFH", put_lfh, "part of the allocs that the low-fragmentation heap served",
           false),
};

/* ---- what is shown, and how wide ---- */

static bool is_bytes(size_t column)
{
    return column == SIZE_COLUMN_ALLOC_BYTES || column == SIZE_COLUMN_OUTSTANDING;
}

/* As wide as the greatest number, but no narrower than the title. */
static int figure_width(struct size_list *l, size_t column)
{
    uint64_t most = 0;
    for (size_t i = 0; i < size_list_count(l); i++) {
        uint64_t value = column_value(&l->table->rows[i], column);
        most = value > most ? value : most;
    }
    struct list_cell cell = {&l->text, ROLE_TEXT, 0};
    strbuf_clear(&l->text);
    if (is_bytes(column))
        cell_show_bytes(&cell, l->env, most);
    else
        cell_show_count(&cell, most);
    return most > 0 ? (int)l->text.len : 0;
}

static void fit_width(struct size_list *l, size_t column)
{
    bool is_life = column >= SIZE_COLUMN_MEAN && column <= SIZE_COLUMN_LONGEST;
    bool is_part = column == SIZE_COLUMN_TEMPORARY || column == SIZE_COLUMN_LFH;
    int width = is_life ? LIFE_CELLS : is_part ? PERCENT_CELLS - 1 : figure_width(l, column);
    int title = (int)strlen(l->columns[column].title);
    /* The sort mark takes two cells of the title. */
    title += l->list.sort_column == column ? 2 : 0;
    width = width > title ? width : title;
    l->columns[column].min_width = l->columns[column].max_width = width;
}

static void find_largest(struct size_list *l)
{
    l->largest = 0;
    for (size_t i = 0; i < size_list_count(l); i++) {
        uint64_t value = size_show_value(l->show, &l->table->rows[i].f);
        l->largest = value > l->largest ? value : l->largest;
    }
}

/* What is shown comes first, then lifetimes, then the rest. */
static void fit_columns(struct size_list *l)
{
    static const int priorities[SIZE_COLUMN_COUNT] = {
        [SIZE_COLUMN_ALLOCS] = 4, [SIZE_COLUMN_ALLOC_BYTES] = 8, [SIZE_COLUMN_OUTSTANDING] = 5,
        [SIZE_COLUMN_BLOCKS] = 9, [SIZE_COLUMN_MEAN] = 3,        [SIZE_COLUMN_P50] = 10,
        [SIZE_COLUMN_P90] = 6,    [SIZE_COLUMN_P99] = 11,        [SIZE_COLUMN_LONGEST] = 14,
        [SIZE_COLUMN_ENDED] = 13, [SIZE_COLUMN_TEMPORARY] = 12,  [SIZE_COLUMN_LFH] = 10,
    };
    static const size_t shown[SIZE_FIGURES] = {SIZE_COLUMN_ALLOCS, SIZE_COLUMN_ALLOC_BYTES,
                                               SIZE_COLUMN_OUTSTANDING};
    for (size_t i = SIZE_COLUMN_ALLOCS; i < SIZE_COLUMN_COUNT; i++) {
        fit_width(l, i);
        l->columns[i].priority = priorities[i];
    }
    l->columns[shown[l->show->figure]].priority = 2;
    bool buckets = l->table != NULL && l->table->kind == SIZE_BY_BUCKET;
    if (buckets)
        l->columns[SIZE_COLUMN_LFH].priority = 3;
    uint32_t of_buckets = UINT32_C(1) << SIZE_COLUMN_BUCKET | UINT32_C(1) << SIZE_COLUMN_BLOCK_SIZE;
    l->list.absent = buckets ? 0 : of_buckets;
    strbuf_clear(&l->words);
    size_show_put_words(l->show, &l->words);
    l->columns[SIZE_COLUMN_SHARE].title = strbuf_str(&l->words);
}

/* The kind of the rows that are there: another one may have been asked for a moment ago. */
static void name_rows(struct size_list *l)
{
    static const char *const titles[SIZE_KINDS] = {"Size (2^n)", "Exact size", "LFH requests"};
    enum size_kind kind = l->table != NULL ? l->table->kind : l->show->kind;
    l->columns[SIZE_COLUMN_SIZE].title = titles[kind];
}

static void explain_empty(struct size_list *l)
{
    const struct snapshot *s = l->env->snapshot;
    strbuf_clear(&l->empty);
    if (s == NULL || s->matched == 0 || s->summary == NULL)
        why_empty_figures(l->env, &l->empty);
    else if (l->table == NULL)
        strbuf_puts(&l->empty, "The blocks are being added up by size.");
    else
        strbuf_puts(&l->empty, "None of these events allocates or ends a block, and none is "
                               "outstanding: there are no sizes.");
    l->list.empty_text = strbuf_str(&l->empty);
}

static bool take_table(struct size_list *l)
{
    const struct snapshot *s = l->env->snapshot;
    struct size_table *t = s != NULL ? snapshot_sizes(s) : NULL;
    if (t == l->table)
        return false;
    if (t != NULL)
        answer_ref(&t->base);
    if (l->table != NULL)
        answer_unref(&l->table->base);
    l->table = t;
    if (size_list_count(l) > l->place_cap) {
        l->place_cap = l->table->count;
        l->places = base_xrealloc(l->places, l->place_cap, sizeof *l->places);
    }
    return true;
}

bool size_list_sync(struct size_list *l)
{
    bool other = take_table(l) || l->sort_column != l->list.sort_column ||
                 l->sort_descending != l->list.sort_descending;
    if (other)
        sort_rows(l);
    name_rows(l);
    find_largest(l);
    fit_columns(l);
    explain_empty(l);
    list_sync(&l->list);
    return other;
}

const struct size_row *size_list_selected(const struct size_list *l)
{
    return l->list.count > 0 ? size_list_at(l, (size_t)l->list.pos) : NULL;
}

/* ---- life ---- */

void size_list_init(struct size_list *l, const struct view_env *env, const struct size_show *show)
{
    *l = (struct size_list){.env = env, .show = show, .sort_column = LIST_NO_COLUMN};
    memcpy(l->columns, size_columns, sizeof size_columns);
    list_init(&l->list, &size_rows, l, l->columns, SIZE_COLUMN_COUNT);
}

void size_list_release(struct size_list *l)
{
    if (l->table != NULL)
        answer_unref(&l->table->base);
    list_release(&l->list);
    strbuf_release(&l->empty);
    strbuf_release(&l->words);
    strbuf_release(&l->text);
    free(l->places);
}

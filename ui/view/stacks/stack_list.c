/* The rows and columns of the Stacks screen; see stack_list.h. */
#include "ui/view/stacks/stack_list.h"

#include <string.h>

#include "answer/snapshot.h"
#include "base/text.h"
#include "ui/term/glyph.h"
#include "ui/view/cell_format.h"
#include "ui/view/stacks/why_no_stacks.h"
#include "ui/widget/list_mouse.h"

#define PERCENT_CELLS 6
#define LEAST_BAR     6

/* On screens as wide as this the share has its bar before further columns have room. */
#define BAR_FROM 100

/* The mark of a row and the blank behind it. */
#define MARK_CELLS 2

/* Cells of the names: two fifths of the screen, and what is left over, but not on wide ones. */
#define LEAST_NAME 22
#define MOST_NAME  60

/* ---- figures ---- */

static const struct {
    const char *word;
    bool is_count;
} figures[CALL_TREE_COLUMNS] = {
    [CALL_TREE_OUTSTANDING] = {"outstanding", false},
    [CALL_TREE_BLOCKS] = {"blocks", true},
    [CALL_TREE_ALLOCS] = {"allocs", true},
    [CALL_TREE_ALLOC_BYTES] = {"alloc bytes", false},
    [CALL_TREE_CHURN] = {"churn", false},
    [CALL_TREE_AT_PEAK] = {"peak", false},
    [CALL_TREE_COPIED] = {"copied", false},
};

const char *stack_figure_word(enum call_tree_column column)
{
    return figures[column].word;
}

enum call_tree_column stack_list_figure(const struct stack_list *l)
{
    size_t i = l->list.sort_column;
    bool is_figure = i >= STACK_COLUMN_OUTSTANDING && i <= STACK_COLUMN_COPIED;
    return is_figure ? (enum call_tree_column)(i - STACK_COLUMN_OUTSTANDING)
                     : CALL_TREE_OUTSTANDING;
}

size_t stack_module_part(const struct call_node *n)
{
    if (n->hit == IMAGE_UNKNOWN)
        return 0;
    size_t len = strlen(n->text);
    const char *end = n->named ? memchr(n->text, '!', len) : strrchr(n->text, '+');
    return end != NULL ? (size_t)(end - n->text) : len;
}

/* ---- the list's source ---- */

struct outline *stack_list_outline(struct stack_list *l)
{
    return &l->outline[l->kind];
}

static const struct outline_rows *rows_of(const struct stack_list *l)
{
    return &l->outline[l->kind].rows;
}

static uint64_t count_rows(void *ctx)
{
    return rows_of(ctx)->count;
}

static void load_rows(void *ctx, uint64_t first, size_t n)
{
    struct stack_list *l = ctx;
    l->levels = 0;
    for (uint64_t i = first; i < first + n; i++)
        if (rows_of(l)->items[i].level > l->levels)
            l->levels = rows_of(l)->items[i].level;
}

static void load_row(void *ctx, uint64_t pos, struct list_row *out_row)
{
    struct stack_list *l = ctx;
    (void)out_row;
    l->row = &rows_of(l)->items[pos];
    l->node = &l->outline[l->kind].tree->nodes[l->row->node];
}

static uint64_t row_id(void *ctx, uint64_t pos)
{
    return rows_of(ctx)->items[pos].key;
}

static uint64_t pos_of(void *ctx, uint64_t id)
{
    struct stack_list *l = ctx;
    size_t pos = outline_find(stack_list_outline(l), id);
    return pos < rows_of(l)->count ? pos : l->list.pos;
}

static const struct list_source stack_rows = {
    .count = count_rows,
    .load = load_rows,
    .row = load_row,
    .row_id = row_id,
    .pos_of = pos_of,
};

/* ---- cells ---- */

static void put_name(void *ctx, struct list_cell *cell)
{
    strbuf_puts(cell->text, ((const struct stack_list *)ctx)->node->text);
}

static void put_place(void *ctx, struct list_cell *cell)
{
    cell_set_role(cell, ROLE_TEXT_MUTED);
    strbuf_puts(cell->text, ((const struct stack_list *)ctx)->node->place);
}

static void show_figure(const struct stack_list *l, struct list_cell *cell,
                        enum call_tree_column column, uint64_t value)
{
    if (figures[column].is_count)
        cell_show_count(cell, value);
    else
        cell_show_bytes(cell, l->env, value);
}

#define PUT_FIGURE(name, column)                                                                   \
    static void name(void *ctx, struct list_cell *cell)                                            \
    {                                                                                              \
        const struct stack_list *l = ctx;                                                          \
        show_figure(l, cell, column, l->node->total[column]);                                      \
    }

PUT_FIGURE(put_blocks, CALL_TREE_BLOCKS)
PUT_FIGURE(put_allocs, CALL_TREE_ALLOCS)
PUT_FIGURE(put_alloc_bytes, CALL_TREE_ALLOC_BYTES)
PUT_FIGURE(put_churn, CALL_TREE_CHURN)
PUT_FIGURE(put_at_peak, CALL_TREE_AT_PEAK)
PUT_FIGURE(put_copied, CALL_TREE_COPIED)

static void put_outstanding(void *ctx, struct list_cell *cell)
{
    const struct stack_list *l = ctx;
    cell_set_role(cell, ROLE_OUTSTANDING);
    show_figure(l, cell, CALL_TREE_OUTSTANDING, l->node->total[CALL_TREE_OUTSTANDING]);
}

static void put_impacting(void *ctx, struct list_cell *cell)
{
    const struct stack_list *l = ctx;
    int64_t by = l->node->impacting;
    cell_set_role(cell, by > 0 ? ROLE_OUTSTANDING : by == 0 ? ROLE_TEXT_MUTED : ROLE_TEXT);
    cell_put_delta_bytes(cell->text, l->env, by);
}

static void put_self(void *ctx, struct list_cell *cell)
{
    const struct stack_list *l = ctx;
    enum call_tree_column figure = stack_list_figure(l);
    show_figure(l, cell, figure, l->node->self[figure]);
}

static void draw_share(void *ctx, const struct canvas *box, enum role row_role)
{
    struct stack_list *l = ctx;
    enum call_tree_column figure = stack_list_figure(l);
    uint64_t value = l->node->total[figure];
    uint64_t whole = stack_list_outline(l)->tree->whole[figure];
    if (value == 0)
        return;
    strbuf_clear(&l->text);
    cell_put_percent(&l->text, value, whole);
    int percent = box->cols < PERCENT_CELLS ? box->cols : PERCENT_CELLS;
    canvas_field(box, 0, box->cols - percent, percent, row_role, ALIGN_RIGHT, CUT_END,
                 strbuf_str(&l->text), l->text.len);
    int bar = box->cols - percent - 1;
    if (bar >= LEAST_BAR)
        canvas_bar(box, 0, 0, bar, ROLE_GRAPH_BAR, value, whole);
}

/* ---- the tree ---- */

/* Half of the cells may be indentation: a step of two, of one, or the outermost levels go. */
static void choose_indent(struct stack_list *l, int cols)
{
    int room = cols / 2, levels = (int)(l->levels < INT16_MAX ? l->levels : INT16_MAX);
    l->indent = 2 * levels <= room ? 2 : 1;
    l->skip = l->indent * levels > room ? levels - room : 0;
    l->width = cols;
}

/* The cell of a row's mark. */
static int mark_cell(const struct stack_list *l, const struct outline_row *row)
{
    int level = (int)row->level - l->skip;
    return level > 0 ? level * l->indent : 0;
}

static const char *mark_glyph(enum outline_mark mark)
{
    switch (mark) {
    case OUTLINE_CLOSED:
        return GLYPH_CLOSED;
    case OUTLINE_OPEN:
        return GLYPH_OPEN;
    case OUTLINE_CHAIN:
        return GLYPH_LINE_DOWN;
    case OUTLINE_CHAIN_END:
        return GLYPH_LINE_END;
    case OUTLINE_LEAF:
        break;
    }
    return " ";
}

static void draw_guides(const struct stack_list *l, const struct canvas *box, int mark)
{
    for (int level = l->skip; level < (int)l->row->level && level < 64; level++)
        if ((l->row->guides >> level & 1) != 0)
            canvas_puts(box, 0, (level - l->skip) * l->indent, ROLE_BORDER, GLYPH_LINE_DOWN);
    if (l->skip > 0 && mark > 0)
        canvas_puts(box, 0, 0, ROLE_BORDER, GLYPH_MORE_LEFT);
    bool line = l->row->mark == OUTLINE_CHAIN || l->row->mark == OUTLINE_CHAIN_END;
    canvas_puts(box, 0, mark, line ? ROLE_BORDER : ROLE_TEXT, mark_glyph(l->row->mark));
}

/* The module apart from its function, if both fit; else the middle goes. */
static void draw_text(const struct stack_list *l, const struct canvas *box, enum role row_role)
{
    const struct call_node *n = l->node;
    size_t len = strlen(n->text), module = stack_module_part(n);
    enum role role = row_role != ROLE_TEXT     ? row_role
                     : n->hit == IMAGE_UNKNOWN ? ROLE_STACK_UNKNOWN
                                               : ROLE_STACK_FUNC;
    if (role != ROLE_STACK_FUNC || cells_width(canvas_charset(box), n->text, len) > box->cols) {
        canvas_field(box, 0, 0, box->cols, role, ALIGN_LEFT, CUT_MIDDLE, n->text, len);
        return;
    }
    int x = canvas_text(box, 0, 0, ROLE_STACK_MODULE, n->text, module);
    canvas_text(box, 0, x, role, n->text + module, len - module);
}

static void draw_name(void *ctx, const struct canvas *box, enum role row_role)
{
    struct stack_list *l = ctx;
    choose_indent(l, box->cols);
    int mark = mark_cell(l, l->row);
    draw_guides(l, box, mark);
    struct canvas rest = canvas_sub(box, 0, mark + MARK_CELLS, 1, box->cols - mark - MARK_CELLS);
    draw_text(l, &rest, row_role);
}

uint64_t stack_list_mark_at(const struct stack_list *l, int y, int x)
{
    struct list_spot spot = list_spot_at(&l->list, y, x);
    if (spot.part != LIST_ROW || spot.column != STACK_COLUMN_FUNCTION)
        return LIST_NO_ROW;
    /* A row that says nothing of what is below it is no place to click on. */
    const struct outline_row *row = &rows_of(l)->items[spot.pos];
    if (row->mark != OUTLINE_CLOSED && row->mark != OUTLINE_OPEN)
        return LIST_NO_ROW;
    int at = x - l->list.drawn.x - list_spot_start(&l->list, STACK_COLUMN_FUNCTION);
    int mark = mark_cell(l, row);
    return at >= mark && at < mark + MARK_CELLS ? spot.pos : LIST_NO_ROW;
}

/* ---- columns ---- */

/* A column of figures; fit_columns() gives it its width. */
#define FIGURE(name, title, priority, put, help)                                                   \
    {                                                                                              \
        name, title, ALIGN_RIGHT, CUT_END, 0, 0, priority, true, put, NULL, help, false            \
    }

/* In the order of enum stack_column: name, title, align, cut, least and most cells, priority,
 * sortable, format, draw, help, hidden. */
static const struct list_column stack_columns[STACK_COLUMN_COUNT] = {
    {"function", "Function", ALIGN_LEFT, CUT_MIDDLE, LEAST_NAME, MOST_NAME, 0, false, put_name,
     draw_name, "what allocated, and below it who called it", false},
    {"share", "Share", ALIGN_LEFT, CUT_END, PERCENT_CELLS, 24, 2, false, NULL, draw_share,
     "share of the whole, of the figure sorted by", false},
    FIGURE("outstanding_bytes", "Outstanding", 3, put_outstanding, "bytes not freed by the end"),
    FIGURE("outstanding_blocks", "Blocks", 4, put_blocks, "blocks not freed by the end"),
    FIGURE("allocs", "Allocs", 5, put_allocs, "blocks allocated; a realloc in place is none"),
    FIGURE("alloc_bytes", "Alloc bytes", 6, put_alloc_bytes, "bytes that were allocated"),
    FIGURE("churn", "Churn", 8, put_churn, "bytes allocated and bytes freed, together"),
    FIGURE("at_peak", "At peak", 9, put_at_peak,
           "bytes not freed when the whole was at its greatest"),
    FIGURE("copied", "Copied", 11, put_copied, "bytes copied by reallocs that moved a block"),
    {"impacting_bytes", "Impacting", ALIGN_RIGHT, CUT_END, 0, 0, 4, false, put_impacting, NULL,
     "by how much outstanding bytes grew in the range", false},
    {"self", "Self", ALIGN_RIGHT, CUT_END, 0, 0, 10, false, put_self, NULL,
     "of the figure sorted by: without the functions it called", false},
    {"place", "Place", ALIGN_LEFT, CUT_MIDDLE, 12, 40, 7, false, put_place, NULL,
     "file and line, from the symbols", false},
};

/* Nothing is greater than the whole. */
static void fit_figure(struct stack_list *l, size_t column, enum call_tree_column figure)
{
    const struct call_tree *t = stack_list_outline(l)->tree;
    struct list_cell cell = {&l->text, ROLE_TEXT, 0};
    strbuf_clear(&l->text);
    show_figure(l, &cell, figure, t != NULL ? t->whole[figure] : 0);
    int width = (int)strlen(l->columns[column].title);
    if (l->list.sort_column == column)
        width += 2; /* the sort mark */
    if (cell.role != ROLE_TEXT_MUTED && (int)l->text.len > width)
        width = (int)l->text.len;
    l->columns[column].min_width = l->columns[column].max_width = width;
}

/* As wide as the one that takes most room. */
static void fit_impacting(struct stack_list *l)
{
    const struct call_tree *t = stack_list_outline(l)->tree;
    struct list_column *column = &l->columns[STACK_COLUMN_IMPACTING];
    int width = (int)strlen(column->title);
    strbuf_clear(&l->text);
    cell_put_delta_bytes(&l->text, l->env, t != NULL ? (int64_t)t->impacting_most : 0);
    if ((int)l->text.len > width)
        width = (int)l->text.len;
    column->min_width = column->max_width = width;
}

static bool has_range(const struct stack_list *l)
{
    const struct snapshot *s = l->env->snapshot;
    if (s == NULL || s->query == NULL)
        return false;
    const struct query_spec *spec = query_asked(s->query);
    return spec->since != INT64_MIN || spec->until != INT64_MAX;
}

static bool has_places(const struct call_tree *t)
{
    for (uint32_t i = 0; t != NULL && i < t->count && i < 256; i++)
        if (t->nodes[i].place[0] != '\0')
            return true;
    return false;
}

static void fit_columns(struct stack_list *l)
{
    const struct call_tree *t = stack_list_outline(l)->tree;
    size_t sorted = STACK_COLUMN_OUTSTANDING + (size_t)stack_list_figure(l);
    for (size_t i = STACK_COLUMN_OUTSTANDING; i <= STACK_COLUMN_COPIED; i++) {
        fit_figure(l, i, (enum call_tree_column)(i - STACK_COLUMN_OUTSTANDING));
        l->columns[i].priority = i == sorted ? 1 : stack_columns[i].priority;
    }
    fit_figure(l, STACK_COLUMN_SELF, stack_list_figure(l));
    fit_impacting(l);
    bool modules = l->kind == CALL_TREE_MODULES;
    struct list_column *name = &l->columns[STACK_COLUMN_FUNCTION];
    name->title = modules ? "Module" : "Function";
    name->min_width = l->list.width * 2 / 5 > LEAST_NAME ? l->list.width * 2 / 5 : LEAST_NAME;
    name->max_width = l->list.width / 2 > MOST_NAME ? l->list.width / 2 : MOST_NAME;
    l->columns[STACK_COLUMN_SHARE].min_width =
        PERCENT_CELLS + (l->list.width >= BAR_FROM ? 1 + LEAST_BAR : 0);
    bool placed = !modules && has_places(t);
    l->list.absent = placed ? 0 : 1u << STACK_COLUMN_PLACE;
    bool copies = t == NULL || t->whole[CALL_TREE_COPIED] != 0;
    if (!copies && sorted != STACK_COLUMN_COPIED)
        l->list.absent |= 1u << STACK_COLUMN_COPIED;
    if (!has_range(l))
        l->list.absent |= 1u << STACK_COLUMN_IMPACTING;
    /* Bottom-up every path ends at its outermost caller, who asked for nothing himself. */
    if (l->kind == CALL_TREE_BOTTOM_UP)
        l->list.absent |= 1u << STACK_COLUMN_SELF;
}

/* ---- what is shown ---- */

/* Rows that may open by themselves: the roots behind the first are an answer, too. */
static int open_budget(const struct stack_list *l)
{
    return l->list.height * 2 / 3;
}

void stack_list_sync(struct stack_list *l)
{
    const struct snapshot *s = l->env->snapshot;
    struct call_tree *t = s != NULL ? snapshot_tree(s) : NULL;
    if (t != NULL && t->kind != l->kind)
        t = NULL;
    /* Of the events without a stack alone the reason says more than their row. */
    outline_show(stack_list_outline(l), t != NULL && t->stacks > 0 ? t : NULL,
                 !l->list.sort_descending, open_budget(l));
    fit_columns(l);
    why_no_stacks(l->env, t, &l->empty);
    l->list.empty_text = strbuf_str(&l->empty);
    list_sync(&l->list);
}

void stack_list_fit(struct stack_list *l, int rows, int cols)
{
    if (l->list.height == rows - 1 && l->list.width == cols)
        return;
    l->list.width = cols;
    list_set_height(&l->list, rows - 1);
    stack_list_sync(l);
}

void stack_list_show(struct stack_list *l, enum call_tree_kind kind)
{
    size_t sort = l->list.sort_column;
    bool descending = l->list.sort_descending;
    l->place[l->kind] = list_place(&l->list);
    l->kind = kind;
    list_return(&l->list, &l->place[kind]);
    list_set_sort(&l->list, sort, descending); /* one order for all of them */
}

uint32_t stack_list_selected(struct stack_list *l)
{
    const struct outline_rows *rows = rows_of(l);
    return l->list.pos < rows->count ? rows->items[l->list.pos].node : OUTLINE_NO_NODE;
}

void stack_list_select(struct stack_list *l, uint32_t node)
{
    size_t pos = outline_reveal(stack_list_outline(l), node);
    l->list.count = rows_of(l)->count;
    list_jump(&l->list, pos);
}

/* ---- life ---- */

void stack_list_init(struct stack_list *l, const struct view_env *env)
{
    *l = (struct stack_list){.env = env, .kind = CALL_TREE_BOTTOM_UP};
    memcpy(l->columns, stack_columns, sizeof stack_columns);
    for (size_t i = 0; i < STACK_KINDS; i++) {
        outline_init(&l->outline[i]);
        l->place[i] = (struct list_place){.id = LIST_NO_ROW, .column = STACK_COLUMN_FUNCTION};
    }
    list_init(&l->list, &stack_rows, l, l->columns, STACK_COLUMN_COUNT);
    l->list.needed = 1u << STACK_COLUMN_FUNCTION;
    list_set_sort(&l->list, STACK_COLUMN_OUTSTANDING, true);
}

void stack_list_release(struct stack_list *l)
{
    for (size_t i = 0; i < STACK_KINDS; i++)
        outline_release(&l->outline[i]);
    list_release(&l->list);
    strbuf_release(&l->empty);
    strbuf_release(&l->text);
}

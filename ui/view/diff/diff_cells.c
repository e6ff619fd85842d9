/* The cells of Diff and the widths of its columns; see diff_rows.h. */
#include <string.h>

#include "answer/snapshot.h"
#include "base/text.h"
#include "ui/view/cell_format.h"
#include "ui/view/diff/diff_rows.h"

/* Cells of the curve through the moments. */
#define LEAST_STEPS 5
#define MOST_STEPS  24

/* Cells of the names: two fifths of the screen, and what is left over. */
#define LEAST_NAME 16
#define MOST_NAME  60

enum role diff_role(int64_t delta)
{
    return delta > 0 ? ROLE_DELTA_GROW : delta < 0 ? ROLE_DELTA_SHRINK : ROLE_TEXT_MUTED;
}

static uint64_t magnitude(int64_t v)
{
    return v < 0 ? -(uint64_t)v : (uint64_t)v;
}

static void put_sign(struct strbuf *b, int64_t v)
{
    if (v != 0)
        strbuf_putc(b, v < 0 ? '-' : '+');
}

void diff_put_bytes(struct strbuf *b, const struct view_env *env, int64_t delta)
{
    put_sign(b, delta);
    cell_put_bytes(b, env, magnitude(delta));
}

void diff_put_blocks(struct strbuf *b, int64_t delta)
{
    put_sign(b, delta);
    text_put_grouped(b, magnitude(delta));
}

/* ---- cells ---- */

static void put_name(void *ctx, struct list_cell *cell)
{
    const struct moments_row *row = ((const struct diff_rows *)ctx)->row;
    if (row->condition[0] == '\0')
        cell_set_role(cell, ROLE_TEXT_MUTED);
    strbuf_puts(cell->text, row->text);
}

/* The sign stands before the figure, which is written shorter where it does not fit. */
static void show_delta(struct diff_rows *r, struct list_cell *cell, int64_t delta, bool is_bytes)
{
    cell_set_role(cell, diff_role(delta));
    if (delta == 0) {
        cell_show_count(cell, 0);
        return;
    }
    strbuf_clear(&r->text);
    struct list_cell figure = {&r->text, cell->role, cell->width > 1 ? cell->width - 1 : 0};
    if (is_bytes)
        cell_show_bytes(&figure, r->env, magnitude(delta));
    else
        cell_show_count(&figure, magnitude(delta));
    put_sign(cell->text, delta);
    strbuf_puts(cell->text, strbuf_str(&r->text));
}

static void put_delta_bytes(void *ctx, struct list_cell *cell)
{
    struct diff_rows *r = ctx;
    show_delta(r, cell, r->row->delta_bytes, true);
}

static void put_delta_blocks(void *ctx, struct list_cell *cell)
{
    struct diff_rows *r = ctx;
    show_delta(r, cell, r->row->delta_blocks, false);
}

static void put_grew(void *ctx, struct list_cell *cell)
{
    const struct diff_rows *r = ctx;
    if (!diff_rows_grew(r->answer, r->row))
        return;
    cell_set_role(cell, ROLE_DELTA_GROW);
    strbuf_puts(cell->text, "grew");
}

static void draw_steps(void *ctx, const struct canvas *box, enum role row_role)
{
    const struct diff_rows *r = ctx;
    uint64_t values[MOMENTS_MOST];
    size_t n = r->answer->count;
    (void)row_role;
    for (size_t i = 0; i < n; i++)
        values[i] = r->row->at[i].bytes;
    int width = (int)n < box->cols ? (int)n : box->cols;
    canvas_spark(box, 0, 0, width, ROLE_GRAPH_BAR, values, n);
}

static void show(const struct diff_rows *r, struct list_cell *cell, enum diff_column column)
{
    int64_t figure = 0;
    diff_rows_figure(r->answer, r->row, column, &figure);
    bool is_bytes = (column - DIFF_COLUMN_NEW_BYTES) % 2 == 0;
    if (is_bytes)
        cell_show_bytes(cell, r->env, (uint64_t)figure);
    else
        cell_show_count(cell, (uint64_t)figure);
}

#define PUT(name, column)                                                                          \
    static void name(void *ctx, struct list_cell *cell)                                            \
    {                                                                                              \
        show(ctx, cell, column);                                                                   \
    }

PUT(put_new_bytes, DIFF_COLUMN_NEW_BYTES)
PUT(put_new_blocks, DIFF_COLUMN_NEW_BLOCKS)
PUT(put_gone_bytes, DIFF_COLUMN_GONE_BYTES)
PUT(put_gone_blocks, DIFF_COLUMN_GONE_BLOCKS)
PUT(put_old_bytes, DIFF_COLUMN_OLD_BYTES)
PUT(put_old_blocks, DIFF_COLUMN_OLD_BLOCKS)
PUT(put_first_bytes, DIFF_COLUMN_FIRST_BYTES)
PUT(put_first_blocks, DIFF_COLUMN_FIRST_BLOCKS)
PUT(put_last_bytes, DIFF_COLUMN_LAST_BYTES)
PUT(put_last_blocks, DIFF_COLUMN_LAST_BLOCKS)

/* ---- columns ---- */

static const struct list_column columns[DIFF_COLUMN_COUNT] = {
    [DIFF_COLUMN_NAME] = {.name = "name",
                          .title = "Stack",
                          .cut = CUT_END,
                          .min_width = LEAST_NAME,
                          .max_width = LIST_WIDE,
                          .priority = 0,
                          .sortable = true,
                          .format = put_name,
                          .help = "what the row stands for"},
    [DIFF_COLUMN_DELTA_BYTES] = {.name = "delta_bytes",
                                 .title = "Delta",
                                 .priority = 1,
                                 .format = put_delta_bytes,
                                 .help = "outstanding bytes at the last moment less those at the "
                                         "first"},
    [DIFF_COLUMN_DELTA_BLOCKS] = {.name = "delta_blocks",
                                  .title = "Blocks",
                                  .priority = 2,
                                  .format = put_delta_blocks,
                                  .help = "likewise, outstanding blocks"},
    [DIFF_COLUMN_STEPS] = {.name = "steps",
                           .title = "Steps",
                           .priority = 3,
                           .min_width = LEAST_STEPS,
                           .max_width = MOST_STEPS,
                           .draw = draw_steps,
                           .help = "outstanding bytes at each moment"},
    [DIFF_COLUMN_GREW] = {.name = "grew",
                          .title = "Each",
                          .priority = 4,
                          .min_width = 4,
                          .max_width = 4,
                          .sortable = true,
                          .format = put_grew,
                          .help = "bytes grew in every interval"},
    [DIFF_COLUMN_NEW_BYTES] = {.name = "new_bytes",
                               .title = "New",
                               .priority = 5,
                               .format = put_new_bytes,
                               .help = "born behind the first moment, alive at the last"},
    [DIFF_COLUMN_NEW_BLOCKS] = {.name = "new_blocks",
                                .title = "New blocks",
                                .priority = 9,
                                .format = put_new_blocks,
                                .hidden = true,
                                .help = "likewise, blocks"},
    [DIFF_COLUMN_GONE_BYTES] = {.name = "gone_bytes",
                                .title = "Gone",
                                .priority = 6,
                                .format = put_gone_bytes,
                                .help = "alive at the first moment, not at the last"},
    [DIFF_COLUMN_GONE_BLOCKS] = {.name = "gone_blocks",
                                 .title = "Gone blocks",
                                 .priority = 9,
                                 .format = put_gone_blocks,
                                 .hidden = true,
                                 .help = "likewise, blocks"},
    [DIFF_COLUMN_OLD_BYTES] = {.name = "old_bytes",
                               .title = "Old",
                               .priority = 8,
                               .format = put_old_bytes,
                               .help = "alive at both, as of the last"},
    [DIFF_COLUMN_OLD_BLOCKS] = {.name = "old_blocks",
                                .title = "Old blocks",
                                .priority = 9,
                                .format = put_old_blocks,
                                .hidden = true,
                                .help = "likewise, blocks"},
    [DIFF_COLUMN_FIRST_BYTES] = {.name = "first_bytes",
                                 .title = "At first",
                                 .priority = 10,
                                 .format = put_first_bytes,
                                 .help = "outstanding at the first moment"},
    [DIFF_COLUMN_FIRST_BLOCKS] = {.name = "first_blocks",
                                  .title = "Blocks first",
                                  .priority = 11,
                                  .format = put_first_blocks,
                                  .hidden = true,
                                  .help = "likewise, blocks"},
    [DIFF_COLUMN_LAST_BYTES] = {.name = "last_bytes",
                                .title = "At last",
                                .priority = 7,
                                .format = put_last_bytes,
                                .help = "outstanding at the last moment"},
    [DIFF_COLUMN_LAST_BLOCKS] = {.name = "last_blocks",
                                 .title = "Blocks last",
                                 .priority = 11,
                                 .format = put_last_blocks,
                                 .hidden = true,
                                 .help = "likewise, blocks"},
};

static bool is_figure(size_t column)
{
    return column == DIFF_COLUMN_DELTA_BYTES || column == DIFF_COLUMN_DELTA_BLOCKS ||
           column >= DIFF_COLUMN_NEW_BYTES;
}

void diff_cells_init(struct list_column out_columns[DIFF_COLUMN_COUNT])
{
    memcpy(out_columns, columns, sizeof columns);
    for (size_t i = 0; i < DIFF_COLUMN_COUNT; i++) {
        out_columns[i].align = is_figure(i) ? ALIGN_RIGHT : ALIGN_LEFT;
        out_columns[i].sortable = i != DIFF_COLUMN_STEPS;
    }
}

/* As wide as the title, with its mark where it is sorted by, and as the largest figure. */
static int figure_width(struct diff_rows *r, size_t column, const char *title, bool sorted)
{
    int needs = (int)strlen(title) + (sorted ? 2 : 0);
    bool is_bytes = column == DIFF_COLUMN_DELTA_BYTES ||
                    (column >= DIFF_COLUMN_NEW_BYTES && (column - DIFF_COLUMN_NEW_BYTES) % 2 == 0);
    int sign = column < DIFF_COLUMN_NEW_BYTES ? 1 : 0;
    strbuf_clear(&r->text);
    if (is_bytes)
        cell_put_bytes(&r->text, r->env, r->largest[column]);
    else
        text_put_grouped(&r->text, r->largest[column]);
    int figure = (int)r->text.len + sign;
    return figure > needs ? figure : needs;
}

void diff_cells_fit(struct diff_rows *r, struct list *l, struct list_column cols[DIFF_COLUMN_COUNT],
                    const char *name)
{
    bool steps = r->answer != NULL && r->answer->count > 2;
    l->needed = UINT32_C(1) << DIFF_COLUMN_NAME;
    l->absent = steps ? 0 : UINT32_C(1) << DIFF_COLUMN_STEPS | UINT32_C(1) << DIFF_COLUMN_GREW;
    cols[DIFF_COLUMN_NAME].title = name;
    int least = l->width * 2 / 5;
    cols[DIFF_COLUMN_NAME].min_width = least < LEAST_NAME  ? LEAST_NAME
                                       : least > MOST_NAME ? MOST_NAME
                                                           : least;
    int n = steps && r->answer->count > LEAST_STEPS ? (int)r->answer->count : LEAST_STEPS;
    cols[DIFF_COLUMN_STEPS].max_width = n < MOST_STEPS ? n : MOST_STEPS;
    for (size_t i = 0; i < DIFF_COLUMN_COUNT; i++)
        if (is_figure(i))
            cols[i].min_width = cols[i].max_width =
                figure_width(r, i, cols[i].title, i == l->sort_column);
}

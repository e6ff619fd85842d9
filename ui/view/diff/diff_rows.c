/* Rows of Diff and their order; see diff_rows.h. */
#include "ui/view/diff/diff_rows.h"

#include <stdlib.h>
#include <string.h>

void diff_rows_release(struct diff_rows *r)
{
    if (r->answer != NULL)
        answer_unref(&r->answer->base);
    free(r->rows);
    strbuf_release(&r->text);
}

/* ---- figures ---- */

static int64_t clamped(uint64_t v)
{
    return v < INT64_MAX ? (int64_t)v : INT64_MAX;
}

bool diff_rows_figure(const struct moments *m, const struct moments_row *row,
                      enum diff_column column, int64_t *out_figure)
{
    const struct moment_value *first = &row->at[0], *last = &row->at[m->count - 1];
    const uint64_t value[DIFF_COLUMN_COUNT] = {
        [DIFF_COLUMN_NEW_BYTES] = row->fresh.bytes, [DIFF_COLUMN_NEW_BLOCKS] = row->fresh.blocks,
        [DIFF_COLUMN_GONE_BYTES] = row->gone.bytes, [DIFF_COLUMN_GONE_BLOCKS] = row->gone.blocks,
        [DIFF_COLUMN_OLD_BYTES] = row->old.bytes,   [DIFF_COLUMN_OLD_BLOCKS] = row->old.blocks,
        [DIFF_COLUMN_FIRST_BYTES] = first->bytes,   [DIFF_COLUMN_FIRST_BLOCKS] = first->blocks,
        [DIFF_COLUMN_LAST_BYTES] = last->bytes,     [DIFF_COLUMN_LAST_BLOCKS] = last->blocks,
    };
    if (column == DIFF_COLUMN_DELTA_BYTES)
        *out_figure = row->delta_bytes;
    else if (column == DIFF_COLUMN_DELTA_BLOCKS)
        *out_figure = row->delta_blocks;
    else if (column == DIFF_COLUMN_GREW)
        *out_figure = diff_rows_grew(m, row);
    else if (column >= DIFF_COLUMN_NEW_BYTES)
        *out_figure = clamped(value[column]);
    else
        return false;
    return true;
}

bool diff_rows_grew(const struct moments *m, const struct moments_row *row)
{
    return m->count > 2 ? row->grew : row->delta_bytes > 0;
}

/* ---- order ---- */

/* Largest first, and names from A on, whatever the direction of the others. */
static int compare(const void *a, const void *b)
{
    const struct diff_row *l = a, *r = b;
    if (l->key != r->key)
        return l->key > r->key ? -1 : 1;
    int by_text = strcmp(l->m->text, r->m->text);
    return by_text != 0 ? by_text : (l->m->key > r->m->key) - (l->m->key < r->m->key);
}

static void reverse(struct diff_rows *r)
{
    for (size_t i = 0, k = r->count; i + 1 < k; i++, k--) {
        struct diff_row row = r->rows[i];
        r->rows[i] = r->rows[k - 1];
        r->rows[k - 1] = row;
    }
}

static void note_figures(struct diff_rows *r, const struct moments_row *row)
{
    for (int column = 0; column < DIFF_COLUMN_COUNT; column++) {
        int64_t figure;
        if (!diff_rows_figure(r->answer, row, (enum diff_column)column, &figure))
            continue;
        uint64_t size = figure < 0 ? -(uint64_t)figure : (uint64_t)figure;
        if (size > r->largest[column])
            r->largest[column] = size;
    }
}

static void make_room(struct diff_rows *r, size_t count)
{
    if (count <= r->cap)
        return;
    free(r->rows);
    r->rows = malloc(count * sizeof *r->rows);
    r->cap = r->rows != NULL ? count : 0;
}

void diff_rows_sort(struct diff_rows *r, enum diff_column sort, bool descending)
{
    r->count = 0;
    memset(r->largest, 0, sizeof r->largest);
    if (r->answer == NULL)
        return;
    make_room(r, r->answer->row_count);
    for (size_t i = 0; i < r->answer->row_count && r->count < r->cap; i++) {
        const struct moments_row *row = &r->answer->rows[i];
        int64_t key = 0;
        if (r->grown_only && !diff_rows_grew(r->answer, row))
            continue;
        diff_rows_figure(r->answer, row, sort, &key);
        r->rows[r->count++] = (struct diff_row){row, key};
        note_figures(r, row);
    }
    if (r->count > 0)
        qsort(r->rows, r->count, sizeof *r->rows, compare);
    bool is_name = sort == DIFF_COLUMN_NAME;
    if (descending == is_name)
        reverse(r);
}

void diff_rows_show(struct diff_rows *r, struct moments *answer, enum diff_column sort,
                    bool descending)
{
    if (answer != NULL)
        answer_ref(&answer->base);
    if (r->answer != NULL)
        answer_unref(&r->answer->base);
    r->answer = answer;
    r->row = NULL;
    diff_rows_sort(r, sort, descending);
}

/* ---- the list's source ---- */

static uint64_t count_rows(void *ctx)
{
    return ((struct diff_rows *)ctx)->count;
}

static void load_row(void *ctx, uint64_t pos, struct list_row *out_row)
{
    struct diff_rows *r = ctx;
    (void)out_row;
    r->row = r->rows[pos].m;
}

/* The key of blocks without a Source is what a list has for no row. */
static uint64_t id_of(const struct moments_row *row)
{
    return row->key == LIST_NO_ROW ? LIST_NO_ROW - 1 : row->key;
}

static uint64_t row_id(void *ctx, uint64_t pos)
{
    return id_of(((struct diff_rows *)ctx)->rows[pos].m);
}

static uint64_t pos_of(void *ctx, uint64_t id)
{
    struct diff_rows *r = ctx;
    for (size_t i = 0; i < r->count; i++)
        if (id_of(r->rows[i].m) == id)
            return i;
    return r->count;
}

const struct list_source diff_rows_source = {
    .count = count_rows,
    .row = load_row,
    .row_id = row_id,
    .pos_of = pos_of,
};

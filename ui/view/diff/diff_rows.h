/*
 * The rows of Diff: what an answer about moments says of each group, sorted, and their columns.
 *
 * Keeps the answer it was made from. Loop thread only.
 */
#ifndef UI_VIEW_DIFF_DIFF_ROWS_H
#define UI_VIEW_DIFF_DIFF_ROWS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "answer/moments/moments.h"
#include "ui/view/view.h"
#include "ui/widget/list.h"

enum diff_column {
    DIFF_COLUMN_NAME,
    DIFF_COLUMN_DELTA_BYTES,
    DIFF_COLUMN_DELTA_BLOCKS,
    DIFF_COLUMN_STEPS, /* with three moments or more, as the next */
    DIFF_COLUMN_GREW,
    DIFF_COLUMN_NEW_BYTES,
    DIFF_COLUMN_NEW_BLOCKS,
    DIFF_COLUMN_GONE_BYTES,
    DIFF_COLUMN_GONE_BLOCKS,
    DIFF_COLUMN_OLD_BYTES,
    DIFF_COLUMN_OLD_BLOCKS,
    DIFF_COLUMN_FIRST_BYTES,
    DIFF_COLUMN_FIRST_BLOCKS,
    DIFF_COLUMN_LAST_BYTES,
    DIFF_COLUMN_LAST_BLOCKS,
    DIFF_COLUMN_COUNT
};

struct diff_row {
    const struct moments_row *m;
    int64_t key; /* what it is sorted by */
};

/* The context of the source and of the columns. Zeroed but for `env`: no rows. */
struct diff_rows {
    const struct view_env *env;
    struct moments *answer; /* referenced; NULL: none yet */
    bool grown_only;        /* rows that grew in every interval */
    struct diff_row *rows;  /* owned; as sorted */
    size_t count, cap;
    uint64_t largest[DIFF_COLUMN_COUNT]; /* figures, without their sign */
    const struct moments_row *row;       /* being drawn */
    struct strbuf text;
};

void diff_rows_release(struct diff_rows *r);

/* Takes the answer (NULL: none) and sorts what of it is shown. O(n log n) of groups. */
void diff_rows_show(struct diff_rows *r, struct moments *answer, enum diff_column sort,
                    bool descending);

/* The order or what is shown has changed: the same again. */
void diff_rows_sort(struct diff_rows *r, enum diff_column sort, bool descending);

/* True when bytes grew in every interval; of two moments in the only one. */
bool diff_rows_grew(const struct moments *m, const struct moments_row *row);

extern const struct list_source diff_rows_source;

/* What the row has in a column of figures; false for other columns. */
bool diff_rows_figure(const struct moments *m, const struct moments_row *row,
                      enum diff_column column, int64_t *out_figure);

/* ---- cells (diff_cells.c) ---- */

void diff_cells_init(struct list_column out_columns[DIFF_COLUMN_COUNT]);

/* Gives the columns of `l`, which are `columns`, titles and widths for the answer. `name` is what
 * the rows are; the moments are called `first` and `last`. */
void diff_cells_fit(struct diff_rows *r, struct list *l,
                    struct list_column columns[DIFF_COLUMN_COUNT], const char *name);

/* "+36,556 B", "-1.2 KiB", "0 B"; and the role of such a change. */
void diff_put_bytes(struct strbuf *b, const struct view_env *env, int64_t delta);
void diff_put_blocks(struct strbuf *b, int64_t delta);
enum role diff_role(int64_t delta);

#endif

/*
 * The list of the Sizes screen: a row for each class of sizes, exact size or bucket of the LFH,
 * every figure and the lifetimes as columns, the share of the figure that is shown as a bar.
 *
 * Loop thread only.
 */
#ifndef UI_VIEW_SIZES_SIZE_LIST_H
#define UI_VIEW_SIZES_SIZE_LIST_H

#include "answer/sizes/size_table.h"
#include "ui/view/sizes/size_show.h"
#include "ui/view/view.h"
#include "ui/widget/list.h"

enum size_column {
    SIZE_COLUMN_SIZE,
    SIZE_COLUMN_BUCKET,
    SIZE_COLUMN_BLOCK_SIZE,
    SIZE_COLUMN_SHARE,
    SIZE_COLUMN_ALLOCS,
    SIZE_COLUMN_ALLOC_BYTES,
    SIZE_COLUMN_OUTSTANDING,
    SIZE_COLUMN_BLOCKS,
    SIZE_COLUMN_MEAN,
    SIZE_COLUMN_P50,
    SIZE_COLUMN_P90,
    SIZE_COLUMN_P99,
    SIZE_COLUMN_LONGEST,
    SIZE_COLUMN_ENDED,
    SIZE_COLUMN_TEMPORARY,
    SIZE_COLUMN_LFH,
    SIZE_COLUMN_COUNT
};

/* A row of the table and what it is sorted by. */
struct size_place {
    uint64_t value;
    size_t row;
};

struct size_list {
    struct list list;
    struct list_column columns[SIZE_COLUMN_COUNT];
    const struct view_env *env; /* borrowed, as is the next */
    const struct size_show *show;
    struct size_table *table;  /* referenced; NULL: none yet */
    struct size_place *places; /* of its rows in order; owned */
    size_t place_cap;
    size_t sort_column; /* that they are in */
    bool sort_descending;
    uint64_t largest;           /* of the figure that is shown */
    const struct size_row *row; /* being drawn */
    struct strbuf empty;        /* why there are no rows */
    struct strbuf words;        /* the title of the shares */
    struct strbuf text;         /* scratch */
};

void size_list_init(struct size_list *l, const struct view_env *env, const struct size_show *show);
void size_list_release(struct size_list *l);

/* Looks at the snapshot's answer, at what is shown and at the order again. O(1) when nothing has
 * changed, else O(rows log rows). Returns true when the rows are others. */
bool size_list_sync(struct size_list *l);

/* The rows in the order shown. */
size_t size_list_count(const struct size_list *l);
const struct size_row *size_list_at(const struct size_list *l, size_t pos);

/* The row under the cursor; NULL when there are none. */
const struct size_row *size_list_selected(const struct size_list *l);

#endif

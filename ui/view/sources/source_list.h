/*
 * The list of the Sources screen: a row for each Source, every figure as a column, the share of the
 * one that is shown as a bar, and its course over time.
 *
 * The six documented Sources always have a row, others when the trace has them. Loop thread only.
 */
#ifndef UI_VIEW_SOURCES_SOURCE_LIST_H
#define UI_VIEW_SOURCES_SOURCE_LIST_H

#include "query/fold.h"
#include "ui/view/sources/source_show.h"
#include "ui/view/view.h"
#include "ui/widget/list.h"

#define SOURCE_KNOWN    6
#define SOURCE_MAX_ROWS (FOLD_SOURCES + SOURCE_KNOWN)
#define SOURCE_NO_PLACE SIZE_MAX

enum source_column {
    SOURCE_COLUMN_SOURCE,
    SOURCE_COLUMN_SHARE,
    SOURCE_COLUMN_ALLOCS,
    SOURCE_COLUMN_ALLOC_BYTES,
    SOURCE_COLUMN_REALLOCS,
    SOURCE_COLUMN_REALLOC_BYTES,
    SOURCE_COLUMN_FREES,
    SOURCE_COLUMN_FREED_BYTES,
    SOURCE_COLUMN_OUTSTANDING,
    SOURCE_COLUMN_BLOCKS,
    SOURCE_COLUMN_CURVE,
    SOURCE_COLUMN_COUNT
};

struct source_row {
    struct source_figures figures;
    size_t place; /* in the summary's Sources; SOURCE_NO_PLACE when the trace has none of it */
    size_t order; /* the Sources' own */
};

struct source_list {
    struct list list;
    struct list_column columns[SOURCE_COLUMN_COUNT];
    const struct view_env *env; /* borrowed, as the next two */
    const struct source_show *show;
    const struct summary *summary; /* NULL: none yet */
    struct source_row rows[SOURCE_MAX_ROWS];
    size_t count;
    const struct source_row *row; /* being drawn */
    struct source_cell total;     /* of all rows */
    struct strbuf empty;          /* why there are no rows */
    struct strbuf words;          /* the title of the shares */
    struct strbuf text;           /* scratch */
};

void source_list_init(struct source_list *l, const struct view_env *env,
                      const struct source_show *show);
void source_list_release(struct source_list *l);

/* Looks at the snapshot's figures, at what is shown and at the order again. */
void source_list_sync(struct source_list *l);

/* The row under the cursor; NULL when there are none. */
const struct source_row *source_list_selected(const struct source_list *l);

#endif

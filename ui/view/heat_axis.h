/*
 * The columns of a heat table: which cells of a Source's row each one stands for, what it is called
 * and how the filter language says it.
 *
 * By size: a class each; where they do not fit, those at the end that holds less share one. By
 * time: stretches of equal length, several bins each where they do not fit. By heap: a heap each,
 * the greatest first, more of them than fit. Loop thread only.
 */
#ifndef UI_VIEW_HEAT_AXIS_H
#define UI_VIEW_HEAT_AXIS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/strbuf.h"
#include "query/fold.h"
#include "ui/view/heat_grid.h"
#include "ui/view/sources/source_show.h"

/* Heaps are the most: one each, and two for those without a column of their own. */
#define HEAT_MAX_COLUMNS (FOLD_CROSS_HEAPS + 2)

/* The rows that the columns are chosen for: places in the summary's Sources. */
struct heat_rows {
    const struct summary *summary; /* borrowed */
    size_t count;
    size_t source[FOLD_SOURCES];
};

/* Cells [from, to] of a row of the table, both included. */
struct heat_column {
    uint32_t from, to;
};

struct heat_axis {
    enum source_table table;
    bool at_end;  /* by time: what was there when the stretch ended, not what happened in it */
    size_t count; /* 0: nothing to show */
    int width;    /* cells of each column */
    struct heat_column column[HEAT_MAX_COLUMNS];
};

/* Chooses columns for `cells` cells of width. O(rows x cells of a row); allocates nothing once
 * `scratch` has grown. */
void heat_axis_choose(struct heat_axis *a, const struct heat_rows *rows, const struct view_env *env,
                      const struct source_show *show, int cells, struct strbuf *scratch);

/* What a column holds of the summary's Source number `source`. Over time, outstanding is that of
 * its last bin. */
struct source_cell heat_axis_cell(const struct heat_axis *a, const struct summary *s, size_t source,
                                  size_t column);

/* The title of a column, as long as it likes: "64", "<16", "8K+", "0.512", "0x13d35bd0000". */
void heat_axis_put_title(const struct heat_axis *a, const struct view_env *env, size_t column,
                         struct strbuf *out);

/* What it stands for exactly: "size 64..127", "0.512 000 0 to 0.640 000 0", "at 0.640 000 0",
 * "heap 0x13d35bd0000". */
void heat_axis_put_bounds(const struct heat_axis *a, const struct view_env *env, size_t column,
                          struct strbuf *out);

/* The same as conditions of the filter language, for the rows or blocks that `show` is about. False
 * when a column stands for what no condition names. */
bool heat_axis_put_condition(const struct heat_axis *a, const struct view_env *env, size_t column,
                             const struct source_show *show, struct strbuf *out);

/* A name of the column that stays when others come: the class, the raw time, the heap. The column
 * that now holds the name, or the nearest. */
uint64_t heat_axis_name(const struct heat_axis *a, const struct summary *s, size_t column);
size_t heat_axis_find(const struct heat_axis *a, const struct summary *s, uint64_t name);

#endif

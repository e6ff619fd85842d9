/*
 * The heat table Source x size class: how many allocations of which size came from where.
 *
 *    size >       16      32      64     128   256+
 *    2 low-frag  _12   .1,204  +9,102  #12.1K    .
 *    3 main path   .       .       .      _14  _203
 *
 * Each count stands behind a sign whose height is its logarithm, so that the pattern shows before
 * the numbers are read. Loop thread only.
 */
#ifndef UI_VIEW_HEAT_TABLE_H
#define UI_VIEW_HEAT_TABLE_H

#include "base/strbuf.h"
#include "model/fold.h"
#include "ui/term/canvas.h"

/* Rows the table wants: the axis and one for each Source with allocations; 0 when there are none.
 */
int heat_table_rows(const struct source_figures *rows, size_t n);

/* Draws the table into `c`. Classes that do not fit are joined at the end where they hold less. */
void heat_table_draw(const struct source_figures *rows, size_t n, struct strbuf *scratch,
                     const struct canvas *c);

#endif

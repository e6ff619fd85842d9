/* Shared by heat_table.c and heat_draw.c; no one else includes this. */
#ifndef UI_VIEW_HEAT_PRIV_H
#define UI_VIEW_HEAT_PRIV_H

#include "ui/view/heat_table.h"

/* Cells before the columns: the sign of the cursor's row and a blank, then the Source. */
#define HEAT_SIGN_CELLS  2
#define HEAT_LABEL_CELLS (HEAT_SIGN_CELLS + 14)

/* The Source of a row. */
const struct source_figures *heat_row(const struct heat_table *h, size_t row);
void heat_put_source(const struct source_figures *f, struct strbuf *out);

/* Chooses the columns for a width and puts the cursor back on its cell. */
void heat_choose_columns(struct heat_table *h, int cols);

#endif

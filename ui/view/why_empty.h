/*
 * Why there is nothing to see: the sentence an empty screen shows instead of rows.
 *
 * Loop thread only.
 */
#ifndef UI_VIEW_WHY_EMPTY_H
#define UI_VIEW_WHY_EMPTY_H

#include <stdbool.h>

#include "base/strbuf.h"
#include "ui/view/view.h"

/* Rows of the query: loading, waiting, searching, filtered away, or a trace without heap events.
 * Replaces the contents of `out`. */
void why_empty_rows(const struct view_env *env, struct strbuf *out);

/* The same for figures, which may also not be counted yet. */
void why_empty_figures(const struct view_env *env, struct strbuf *out);

/* True, and a note in `out`, when the figures on the screen do not cover all rows yet: "counting
 * 62 %". Following figures are always a moment behind; less than 1 % is not told, unless the filter
 * asks for what becomes of blocks: then they are a whole pass behind. */
bool why_figures_lag(const struct view_env *env, struct strbuf *out);

#endif

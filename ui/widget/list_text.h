/* A row of a list as text: for the clipboard and for files. */
#ifndef UI_WIDGET_LIST_TEXT_H
#define UI_WIDGET_LIST_TEXT_H

#include "ui/widget/list.h"

/*
 * Appends the shown columns of the row at `pos` < count, tabs between, values whole and not cut to
 * what fits the screen; what is drawn and not written (bars) is left out. Text from the trace is
 * escaped, so that a cell holds no tab and no newline. No newline at the end.
 */
void list_put_row(struct list *l, uint64_t pos, struct strbuf *out);

#endif

/*
 * The findings as a list whose rows are sentences: each takes as many lines as it needs.
 *
 * What is selected, copied, looked for and written is the list's (ui/widget/list.h); only the
 * drawing is its own. Loop thread only.
 */
#ifndef UI_VIEW_FINDINGS_FINDING_LIST_H
#define UI_VIEW_FINDINGS_FINDING_LIST_H

#include "answer/findings/findings.h"
#include "ui/view/view.h"
#include "ui/widget/list.h"

/* Rows that can be in sight: no terminal has more lines. */
#define FINDING_LIST_SEEN 256

struct finding_list {
    const struct view_env *env;
    const struct findings *found; /* of the snapshot; NULL while there is none */
    const struct finding *at;     /* the row that is formatted */
    struct list list;
    uint64_t top;                /* the first row drawn */
    int line[FINDING_LIST_SEEN]; /* of the screen, where rows from `top` on began */
    size_t seen;
    struct strbuf text; /* scratch */
};

void finding_list_init(struct finding_list *l, const struct view_env *env);
void finding_list_release(struct finding_list *l);

/* Looks at the picture. */
void finding_list_sync(struct finding_list *l);

/* NULL when there is none. */
const struct finding *finding_list_selected(const struct finding_list *l);

/* Lines that all of them take at this width, `most` at the most. */
int finding_list_lines(const struct finding_list *l, int cols, int most);

/* Draws those around the selected one. */
void finding_list_draw(struct finding_list *l, const struct canvas *c, bool focused);

/* The row at line `y` of the screen; LIST_NO_ROW when there is none. */
uint64_t finding_list_at(const struct finding_list *l, int y);

#endif

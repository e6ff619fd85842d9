/*
 * The call stack of the selected event, a frame a row, leaf first.
 *
 * Part of the detail pane. The allocator's own frames are muted, the one that called it carries a
 * `*`. A frame is named when it is drawn, so a deep stack costs what is in sight. Loop thread only.
 */
#ifndef UI_VIEW_DETAIL_DETAIL_STACK_H
#define UI_VIEW_DETAIL_DETAIL_STACK_H

#include "model/frame_rules.h"
#include "model/trace.h"
#include "ui/view/view.h"
#include "ui/widget/list.h"

#define DETAIL_STACK_COLUMNS 4

struct detail_stack {
    const struct view_env *env;
    struct list list;
    struct list_column columns[DETAIL_STACK_COLUMNS];
    uint64_t event;             /* the row that is selected in Events */
    uint32_t stack;             /* its id; STACK_NONE: nothing to show */
    uint32_t process;           /* registry index */
    int64_t time;               /* raw */
    struct stack_frames frames; /* of the trace's table */
    uint32_t caller;            /* index of the frame that called the allocator */
    struct frame frame;         /* being drawn */
    struct strbuf text;         /* of the heading */
};

void detail_stack_init(struct detail_stack *d, const struct view_env *env);
void detail_stack_release(struct detail_stack *d);

/* Looks at the stack of `row` (id ROW_NONE for no event). The cursor goes to the caller when
 * another event is selected, else it stays. */
void detail_stack_sync(struct detail_stack *d, const struct row *row);

/* Rows that the heading and the whole stack take. */
int detail_stack_rows(const struct detail_stack *d);

/* A heading, then the list. `focused`: it has the keys. */
void detail_stack_draw(struct detail_stack *d, const struct canvas *c, bool focused);

/* What `=` on the frame under the cursor means: every event with that frame on its stack. */
void detail_stack_put_condition(struct detail_stack *d, struct strbuf *out);

#endif

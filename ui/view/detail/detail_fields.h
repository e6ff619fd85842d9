/*
 * What one event says, as blocks of a page: every field as recorded, what it meant, the block it is
 * about and its moves, and what its heap told last.
 *
 * Part of the detail pane. Loop thread only.
 */
#ifndef UI_VIEW_DETAIL_DETAIL_FIELDS_H
#define UI_VIEW_DETAIL_DETAIL_FIELDS_H

#include "ui/view/detail/move_chain.h"
#include "ui/view/view.h"
#include "ui/widget/page.h"

#define DETAIL_FIELDS_WIDTH  34 /* of a column: least that reads well */
#define DETAIL_FIELDS_BLOCKS 5

/* The ctx of the blocks. `row.id` ROW_NONE: no event. */
struct detail_event {
    const struct view_env *env;
    struct row row;
    struct move_chain chain;         /* count 0: the event is of no block */
    const struct row_closed *closed; /* blocks it ended; for comparing only */
    size_t closed_count;
    uint64_t closed_bytes; /* of all of them */
};

/* Looks at row `id` of the picture that is shown; ROW_NONE for none. */
void detail_event_look(struct detail_event *e, uint64_t id);

extern const struct page_block detail_fields[DETAIL_FIELDS_BLOCKS];

#endif

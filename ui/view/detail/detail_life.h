/*
 * The list of everything that ever happened at the selected event's address.
 *
 * Part of the detail pane: a virtual list over biography.h, so that a hundred thousand generations
 * cost what ten do. The events of the selected event's own block carry a `*`. Loop thread only.
 */
#ifndef UI_VIEW_DETAIL_DETAIL_LIFE_H
#define UI_VIEW_DETAIL_DETAIL_LIFE_H

#include "ui/view/detail/biography.h"
#include "ui/view/view.h"
#include "ui/widget/list.h"

#define DETAIL_LIFE_COLUMNS 7

struct detail_life {
    const struct view_env *env;
    struct list list;
    struct list_column columns[DETAIL_LIFE_COLUMNS];
    struct biography life;
    struct query *held;  /* the answer `life` reads from: pictures come and go between frames */
    bool of_block;       /* the event has an address whose life can be told */
    uint64_t event;      /* the row that is selected in Events */
    uint64_t block;      /* row that opened the block it is about */
    uint32_t heap;       /* registry index */
    struct strbuf text;  /* question, heading */
    struct strbuf empty; /* why there are no rows */
    struct row row;      /* being drawn */
};

void detail_life_init(struct detail_life *l, const struct view_env *env);
void detail_life_release(struct detail_life *l);

/* Looks at the answer for `row` (id ROW_NONE for no event). The cursor goes to another event when
 * that is selected, else it stays where the person moved it. */
void detail_life_sync(struct detail_life *l, const struct row *row);

/* A heading, then the list. `focused`: it has the keys. */
void detail_life_draw(struct detail_life *l, const struct canvas *c, bool focused);

/* The event under the cursor; ROW_NONE when there is none. */
uint64_t detail_life_selected(const struct detail_life *l);

#endif

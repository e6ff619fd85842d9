/*
 * The rows of Events as a list sees them, and the cells it draws of them.
 *
 * A row is materialised when it is drawn and nothing is kept, so ten million rows cost what ten do.
 * What the columns are called and mean stands in model/event_column.h; how they look on a screen
 * stands here, with two columns more: the time since the event before, and the outcome in words.
 * Loop thread only.
 */
#ifndef UI_VIEW_EVENTS_EVENT_ROWS_H
#define UI_VIEW_EVENTS_EVENT_ROWS_H

#include <stdbool.h>
#include <stdint.h>

#include "model/event_column.h"
#include "ui/view/view.h"
#include "ui/widget/list.h"

/* What a column of Events shows: one of enum event_column_id, or one of these. */
enum event_cell_id {
    EVENT_CELL_DELTA = EVENT_COLUMN_COUNT,
    EVENT_CELL_OUTCOME,
};

/* Places of columns that the view speaks of, in the order of the screen. */
enum event_cell_place {
    EVENT_PLACE_TIME,
    EVENT_PLACE_DELTA,
    EVENT_PLACE_PID,
    EVENT_PLACE_TID,
    EVENT_PLACE_OP,
    EVENT_PLACE_HEAP,
    EVENT_PLACE_ADDRESS,
    EVENT_PLACE_OLD_ADDRESS,
    EVENT_PLACE_SIZE,
    EVENT_PLACE_OLD_SIZE,
    EVENT_PLACE_SOURCE,
    EVENT_PLACE_OUTCOME,
    EVENT_PLACE_CALLER,
    EVENT_PLACE_PROCESS,
    EVENT_PLACE_GENERATION,
    EVENT_PLACE_BLOCK_SIZE,
    EVENT_PLACE_LIFE,
    EVENT_PLACE_CHAIN,
    EVENT_PLACE_FLAGS,
    EVENT_PLACE_CPU,
    EVENT_PLACE_ROW,
    EVENT_PLACE_MODULE,
    EVENT_PLACE_STACK,
    EVENT_PLACE_COUNT
};

/* The context of the source and of the columns. */
struct event_rows {
    const struct view_env *env;
    /* The row being drawn. */
    uint64_t pos;
    struct row row; /* id ROW_NONE: its cells are empty */
    bool has_delta;
    int64_t delta; /* ns since the row above it, shown or not */
    struct event_reader reader;
};

void event_rows_init(struct event_rows *r, const struct view_env *env);
void event_rows_release(struct event_rows *r);

/* The rows of the query shown; the context is a struct event_rows. */
extern const struct list_source event_rows_source;

/* The row at `pos`. False, and a row that shows nothing, when the filter has changed its mind about
 * it since the picture was made. About 1 us. */
bool event_rows_get(const struct event_rows *r, uint64_t pos, struct row *out_row);

/* Rows may have changed: nothing known of the last one drawn holds any more. */
void event_rows_forget(struct event_rows *r);

/* Names of images and symbols may have come. */
void event_rows_look(struct event_rows *r);

/* The columns of call stacks, as bits by enum event_cell_place. */
#define EVENT_PLACES_OF_STACKS                                                                     \
    (1u << EVENT_PLACE_CALLER | 1u << EVENT_PLACE_MODULE | 1u << EVENT_PLACE_STACK)

/* The columns, by enum event_cell_place; those that are rarely wanted are hidden. */
void event_cells_init(struct list_column out_columns[EVENT_PLACE_COUNT]);

/* What the column at `place` shows: enum event_column_id or enum event_cell_id. */
unsigned event_cells_id(enum event_cell_place place);

#endif

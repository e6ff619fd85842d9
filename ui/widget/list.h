/*
 * The virtual list: a scrolled, sorted table over rows it never holds.
 *
 * The source says how many rows there are and gives the rows that are drawn, nothing else;
 * positions are 64-bit. The selection is kept by row id, so it stays on its row while filters and
 * new data move positions, and on its screen line where possible. In follow mode the selection is
 * the last row until the person moves up.
 *
 * A row is `>` (selected), `*` (the source's sign) or a blank, a bar when it is a hit of what is
 * looked for, then the columns that fit (list_layout.h) of those that are shown (list_columns.h).
 * Nothing is allocated while drawing once the text buffer has grown to a cell.
 */
#ifndef UI_WIDGET_LIST_H
#define UI_WIDGET_LIST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/strbuf.h"
#include "ui/keys/action.h"
#include "ui/term/canvas.h"
#include "ui/term/matcher.h"
#include "ui/widget/list_columns.h"

#define LIST_NO_ROW UINT64_MAX
#define LIST_MARGIN 3 /* rows kept between the selection and the edge while scrolling */

/* How a whole row looks; preset to ROLE_TEXT and no sign. */
struct list_row {
    enum role role; /* of cells that do not choose their own */
    char sign; /* drawn before the row: '*' marked, '~' gap; '\0' none. Selected rows show '>' */
    bool hit;  /* of what is looked for; only where the list's `knows_hits` */
};

/* Where the rows come from. `ctx` is the view's; all calls are on the loop thread and must be
 * quick. */
struct list_source {
    uint64_t (*count)(void *ctx);

    /* Optional: rows [first, first + n) are about to be drawn, in order. */
    void (*load)(void *ctx, uint64_t first, size_t n);

    /* Makes the row at `pos` < count the one the columns format. */
    void (*row)(void *ctx, uint64_t pos, struct list_row *out_row);

    /* The identity of the row at `pos` < count, whatever its position will be later. */
    uint64_t (*row_id)(void *ctx, uint64_t pos);

    /* Where the row is now; of a row that is gone, where the nearest is. May return past the end.
     */
    uint64_t (*pos_of)(void *ctx, uint64_t row_id);
};

struct list {
    const struct list_source *source;  /* borrowed */
    void *ctx;                         /* borrowed */
    const struct list_column *columns; /* borrowed */
    size_t column_count;
    struct list_choice choice; /* changed through list_columns.h */
    uint32_t absent; /* bits of columns that mean nothing now: neither shown nor offered */
    uint32_t needed; /* bits of columns that say what the rows are: shown whatever was chosen */

    uint64_t count; /* as of the last list_sync() */
    uint64_t pos;   /* selected row; 0 when there is none */
    uint64_t id;    /* the row id that was chosen; LIST_NO_ROW until a row is: then the first one */
    uint64_t top;   /* first row on the screen */
    uint64_t line;  /* of the screen where the row was chosen: there it is shown when it can be */
    int height;     /* rows shown in the last frame */
    int width;      /* cells it had in the last frame, for list_layout(); 0 before the first */
    bool follow;

    size_t column;      /* under the cursor */
    size_t sort_column; /* LIST_NO_COLUMN: the source's own order */
    bool sort_descending;

    bool knows_hits;     /* the source says which rows are hits; else their texts do */
    uint32_t not_marked; /* bit i: column i holds nothing that can be looked for */

    bool blurred;           /* another pane has the keys */
    bool not_shown;         /* something else stands in its place: its position says nothing */
    const char *empty_text; /* borrowed; why there are no rows */

    struct canvas drawn; /* where it was in the last frame, for the mouse */
    struct strbuf text;  /* the cell being drawn */
};

/* `columns` are at most LIST_MAX_COLUMNS. Selects the first row. */
void list_init(struct list *l, const struct list_source *source, void *ctx,
               const struct list_column *columns, size_t column_count);
void list_release(struct list *l);

/* Looks at the source again: new count, the selection's new position, follow. Once a frame, before
 * drawing and after every change of filter or order. */
void list_sync(struct list *l);

/* Draws the header in the first row and the rows below; `empty_text` when there are none. */
void list_draw(struct list *l, const struct canvas *c);

/*
 * Moves the selection, the column cursor or the sort mark. `count` 0 means none was given. Returns
 * false when the action is none of the list's. After ACTION_SORT_* the view puts its rows in the
 * order of sort_column and sort_descending and calls list_sync().
 */
bool list_action(struct list *l, enum action a, uint64_t count);

/* Selects the row at `pos` (the last one if there are fewer) and ends follow mode. */
void list_go(struct list *l, uint64_t pos);

/* The same for a jump: a row that is out of sight comes to the middle of the screen. */
void list_jump(struct list *l, uint64_t pos);

/* Where the person is, to come back to: the row, its line on the screen, column and order. */
struct list_place {
    uint64_t id, line;
    size_t column, sort_column;
    bool sort_descending, follow;
};
struct list_place list_place(const struct list *l);

/* Takes effect with the next list_sync(), or the view's sync where it has an order to make. */
void list_return(struct list *l, const struct list_place *place);

/* True when a shown column of the row at `pos` < count holds what `m` looks for. O(columns). */
bool list_row_has(struct list *l, uint64_t pos, const struct matcher *m);

/* Turns follow mode on or off; on selects the last row. */
void list_set_follow(struct list *l, bool on);

/* Tells how many rows will be shown, and keeps the selection among them. list_draw() does. */
void list_set_height(struct list *l, int rows);

/* Sorts by a column (a view's default order). */
void list_set_sort(struct list *l, size_t column, bool descending);

/* Sorts by a column as a person asks for it (a click on its title): figures largest first, names
 * from A on, the column sorted by already the other way round. False, and nothing changes, when it
 * cannot be sorted by. What holds after ACTION_SORT_* holds here. */
bool list_sort_by(struct list *l, size_t column);

#endif

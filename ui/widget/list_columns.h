/*
 * The columns of a list: what each one is, and which of them a person wants to see.
 *
 * The description is the view's and the same for all; the choice (order, hidden ones, widths)
 * belongs to one list. Until somebody chooses, the view decides. As text a choice is the names of
 * the shown columns from left to right, each with its width where one was set: "time op heap:13
 * size". Loop thread only.
 */
#ifndef UI_WIDGET_LIST_COLUMNS_H
#define UI_WIDGET_LIST_COLUMNS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/strbuf.h"
#include "ui/term/canvas.h"

#define LIST_MAX_COLUMNS 32
#define LIST_NO_COLUMN   SIZE_MAX
#define LIST_WIDE        INT16_MAX /* as a width: whatever is left over */

/* The widths a person can set, in cells. */
#define LIST_LEAST_WIDTH 2
#define LIST_MOST_WIDTH  200

/* A cell being formatted. */
struct list_cell {
    struct strbuf *text; /* empty; UTF-8, may hold trace text as it is: the canvas makes it safe */
    enum role role;      /* preset to the row's */
    int width;           /* cells there are for it: figures too long are shortened. 0: any number */
};

/*
 * One column, of `format` or `draw`; both work on the row of the source's latest `row` call. With
 * both of them `format` says what is drawn, for finding and copying.
 */
struct list_column {
    const char *name;  /* as in cli.md: for filters, sorting, configuration */
    const char *title; /* as shown */
    enum align align;
    enum cut cut;
    int min_width, max_width; /* cells; the title is cut like any text */
    int priority;             /* 0 stays longest */
    bool sortable;
    void (*format)(void *ctx, struct list_cell *cell);
    void (*draw)(void *ctx, const struct canvas *box, enum role row_role); /* bars, sparklines */
    const char *help; /* what it tells, a few words; NULL: the title says it all */
    bool hidden;      /* until somebody asks for it */
};

/* What a person chose. A zeroed one is no choice; may be copied to be put back later. */
struct list_choice {
    bool made;                       /* false: the rest means nothing */
    uint8_t order[LIST_MAX_COLUMNS]; /* all columns, hidden ones too, from left to right */
    bool hidden[LIST_MAX_COLUMNS];   /* by column, as the next */
    uint8_t width[LIST_MAX_COLUMNS]; /* cells; 0: as wide as it likes */
};

struct list;

/* The columns there are from left to right, hidden ones too but not absent ones. Returns how many.
 */
size_t list_columns_order(const struct list *l, size_t out_column[LIST_MAX_COLUMNS]);

/* The columns that are not hidden, from left to right, whether they fit or not. At least one. */
size_t list_columns_shown(const struct list *l, size_t out_column[LIST_MAX_COLUMNS]);

bool list_columns_is_hidden(const struct list *l, size_t column);

/* The width that was set for a column; 0 when none was. */
int list_columns_width(const struct list *l, size_t column);

/* The cells a column needs, and those it can use. */
int list_columns_least(const struct list *l, size_t column);
int list_columns_most(const struct list *l, size_t column);

/* Hides a column or shows it again. False when it has to stay: the last one shown, and those that
 * say what the rows are. */
bool list_columns_hide(struct list *l, size_t column, bool hide);

/* Moves a column one place to the left or right among those there are. False at the end. */
bool list_columns_move(struct list *l, size_t column, bool right);

/* Sets a column's width in cells, brought between LIST_LEAST_WIDTH and LIST_MOST_WIDTH; 0 or less:
 * as wide as it likes. */
void list_columns_set_width(struct list *l, size_t column, int width);

/* Forgets the choice: the view's own columns are shown. */
void list_columns_reset(struct list *l);

/* Puts an earlier choice back. */
void list_columns_choose(struct list *l, const struct list_choice *choice);

/* Moves the column cursor to a shown column when its own is hidden. list_sync() does. */
void list_columns_keep_cursor(struct list *l);

/* Appends the shown columns as text, whether chosen or not: "time delta tid op heap:13 size".
 * What is absent or needed just now makes no difference: the choice is for later, too. */
void list_columns_put(const struct list *l, struct strbuf *out);

/*
 * Chooses the columns that `text` names (blanks or commas between); those it does not name are
 * hidden. No name at all: list_columns_reset(). Returns 0, or ERR_SYNTAX with the wrong word in
 * `out_why` (may be NULL) for an unknown name, one given twice, or no sensible width; the choice is
 * then what it was.
 */
int list_columns_take(struct list *l, const char *text, struct err_info *out_why);

#endif

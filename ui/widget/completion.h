/*
 * What could stand at the cursor of a prompt, and the way through it by Tab.
 *
 *   filter  source == low-frag
 *   lookaside  [low-frag]  main path  slow path ...                         2 of 6
 *
 * The first Tab puts in what all candidates have in common, or the first of them when that adds
 * nothing or nothing was typed; Tab and Shift-Tab go round, what was typed being one of the
 * stations. Any other key closes the menu and keeps the text. Who completes says what there is
 * (completion_begin(), completion_offer()); this knows nothing about what is typed.
 */
#ifndef UI_WIDGET_COMPLETION_H
#define UI_WIDGET_COMPLETION_H

#include <stdbool.h>
#include <stddef.h>

#include "base/strbuf.h"
#include "ui/term/canvas.h"
#include "ui/widget/prompt.h"

/* More are not kept: nobody pages through them; type more instead. */
#define COMPLETION_MAX 256

struct completion_candidate {
    size_t text, note; /* where they start in `words` */
};

struct completion {
    struct strbuf words; /* texts and notes, each ended by a NUL */
    struct completion_candidate candidate[COMPLETION_MAX];
    size_t count;
    bool more;              /* some were left out */
    size_t from, typed;     /* the part of the prompt's text that candidates begin with */
    struct strbuf original; /* what they replace: that, and what the cursor stands before */
    const char *tail;       /* borrowed; put behind the only candidate: " ", or "" */
    struct strbuf stem;     /* what was typed or is common, one of the stations */
    size_t current;         /* `count`: the stem */
    size_t shown;           /* bytes that stand at `from` now */
    bool open;              /* the menu is shown */
    struct strbuf place;    /* "2 of 6", kept from frame to frame */
};

/* Frees everything; empty and usable again. Accepts a zeroed struct. */
void completion_release(struct completion *c);

/* Starts to collect what may replace the text typed from byte `from` up to the prompt's cursor.
 * `tail` is put behind a candidate that is the only one and opens nothing: no '(' nor '!'. */
void completion_begin(struct completion *c, const struct prompt *p, size_t from, const char *tail);

/* The word goes on behind the cursor, up to byte `to`: all of it is replaced. */
void completion_reach(struct completion *c, const struct prompt *p, size_t to);

/*
 * Offers a candidate with a word about it (NULL: none); most useful first. Taken when it begins
 * with what was typed, whatever the case of ASCII letters, and was not offered yet. O(candidates).
 */
void completion_offer(struct completion *c, const char *text, const char *note);

/* The same, but taken as well when it has what was typed anywhere: for names. */
void completion_offer_part(struct completion *c, const char *text, const char *note);

/* True when another candidate would be left out: who collects can stop. */
bool completion_is_full(const struct completion *c);

/* The candidates are complete: changes the prompt's text for the first Tab (`back`: Shift-Tab).
 * False when there is nothing to change. */
bool completion_start(struct completion *c, struct prompt *p, bool back);

/* The next or previous station of an open menu. */
void completion_move(struct completion *c, struct prompt *p, bool back);

/* Closes the menu; `keep`: with the text as it is, else as it was typed. */
void completion_close(struct completion *c, struct prompt *p, bool keep);

/* Draws the menu into the canvas' row `y`, scrolled so that the current candidate shows. */
void completion_draw(struct completion *c, const struct canvas *canvas, int y);

#endif

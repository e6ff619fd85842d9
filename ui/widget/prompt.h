/*
 * A line of text being typed: the filter prompt.
 *
 * Readline keys, history, and a verdict on the text that the caller gives after every edit. The
 * prompt knows nothing about what is typed.
 */
#ifndef UI_WIDGET_PROMPT_H
#define UI_WIDGET_PROMPT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/strbuf.h"
#include "ui/term/canvas.h"
#include "ui/term/key.h"
#include "ui/widget/prompt_history.h"

enum prompt_state {
    PROMPT_VALID,
    PROMPT_INCOMPLETE, /* would be valid with more typed: muted */
    PROMPT_WRONG,
};

enum prompt_result {
    PROMPT_IGNORED, /* the key is none of the prompt's */
    PROMPT_MOVED,   /* handled; the text is the same */
    PROMPT_EDITED,  /* the text changed: judge it */
    PROMPT_ACCEPT,  /* Enter */
    PROMPT_CANCEL,  /* Esc, ^C, ^G */
};

struct prompt {
    const char *label; /* borrowed; drawn before the text */
    struct strbuf text;
    size_t cursor; /* byte offset, always at a character */
    bool active;

    enum prompt_state state;
    size_t wrong_at;       /* byte offset of the caret */
    struct strbuf message; /* what was expected there; "" for none */

    struct prompt_history *history; /* borrowed; NULL: nothing is remembered */
    size_t history_at;              /* history->count: the line being typed */
    struct strbuf draft;            /* that line, kept while looking through history */
    struct strbuf killed;           /* what ^K ^U ^W deleted last, for ^Y */
};

/* Frees everything; the prompt is empty and usable again. Accepts a zeroed struct. */
void prompt_release(struct prompt *p);

/* Starts typing with `text` (cursor at its end); the state is PROMPT_VALID. What was killed before
 * can be yanked. */
void prompt_open(struct prompt *p, const char *label, struct prompt_history *history,
                 const char *text);

/* Stops typing; an accepted text goes into the history. */
void prompt_close(struct prompt *p, bool accepted);

enum prompt_result prompt_key(struct prompt *p, struct ui_key key);

/* Puts [text, text+n) in the place of the `old` bytes at `from`, both at characters; the cursor
 * goes behind it. False, and nothing is changed, when there is no room. */
bool prompt_replace(struct prompt *p, size_t from, size_t old, const char *text, size_t n);

/* Says what the text is worth. `at` (bytes) and `message` are for the caret line; message may be
 * NULL. */
void prompt_judge(struct prompt *p, enum prompt_state state, size_t at, const char *message);

/*
 * Draws label and text in the canvas' first row, scrolled so that the cursor shows, and in the
 * second, if there is one, the caret under the wrong place with the message. Places the terminal's
 * cursor.
 */
void prompt_draw(const struct prompt *p, const struct canvas *c);

#endif

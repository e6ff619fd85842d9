/*
 * What surrounds every screen: title, tabs, filter line, status line.
 *
 *    heaptail  app.etl   Solution.exe (21912)   4.640 s   67,050 events        (live) last buffer
 * 0.4 s ago 1 Summary  2 Events  3 Heaps  4 Sources
 *    ...body...
 *    filter  size >= 4K                                  12,331 of 67,050   [======    ] 62 %
 * scanned range   [0.412 s .. 1.204 s]       lost: none                 Enter open  f filter  ?
 * help
 *
 * Drawn from plain values; the program fills them in before each frame. Narrow screens lose the
 * least important pieces first, low ones whole lines, so that the body is never crowded out.
 */
#ifndef UI_WIDGET_FRAME_H
#define UI_WIDGET_FRAME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/strbuf.h"
#include "ui/keys/keymap.h"
#include "ui/term/canvas.h"
#include "ui/widget/prompt.h"

enum frame_live {
    FRAME_COMPLETE,  /* a finished trace, all of it read: nothing to say */
    FRAME_UNPACKING, /* bytes_done of bytes_total of a container */
    FRAME_LOADING,   /* bytes_done of bytes_total */
    FRAME_FOLLOWING, /* live, at the newest event */
    FRAME_LIVE,      /* live, the person looks elsewhere */
    FRAME_ENDED,     /* the writer is gone */
    FRAME_TRUNCATED, /* the file was cut: what was read is kept */
    FRAME_REPLACED,  /* another file took its name: likewise */
};

struct frame_tab {
    enum action action; /* its key is the tab's digit */
    const char *title;
};

/* Everything is borrowed for the call; NULL strings are left out. */
struct frame_state {
    const char *file;
    const char *process; /* "Solution.exe (21912)", or how many there are */
    bool counted;        /* something was read: else duration and events are not known */
    int64_t duration_ns;
    uint64_t events;

    enum frame_live live;
    const char *live_note;            /* "last buffer 0.4 s ago", "writer closed after 12.3 s" */
    uint64_t bytes_done, bytes_total; /* total 0: not known */
    uint64_t bytes_per_second;        /* 0: not known */
    bool frozen;
    uint64_t new_events; /* since the picture was frozen */

    const struct frame_tab *tabs;
    size_t tab_count;
    size_t tab_active; /* tab_count or more: none */

    const char *filter; /* expression in force */
    uint64_t line,
        lines; /* of the screen's list: the selected one from 1, and how many; 0: no list */
    uint64_t shown, total;  /* rows that match, of all; shown when a filter is in force */
    int scanned_percent;    /* of the filter's scan; 100 or more: done */
    const char *breadcrumb; /* the steps of the drill */
    const char *range;      /* "[0.412 s .. 1.204 s]" */
    const char *find;       /* what is looked for, and how it stands: "hit 3 of 1,204" */
    const char *find_status;
    const char *marks; /* "a b" */
    const char *trust; /* "lost: none", "lost: 3 events, 1 buffer" */
    bool trust_bad;
    const char *note; /* what is not certain or not counted yet: "counting 62 %" */

    const char *message; /* something to tell just now, instead of range and trust */
    bool message_is_error;

    const struct action_hint *hints; /* what the view's keys do, most important first */
    size_t hint_count;
};

/* The part of the screen that belongs to the view. `prompting`: the bottom two lines are the
 * prompt's. */
struct canvas frame_body(const struct frame_state *st, const struct canvas *whole, bool prompting);

#define FRAME_MAX_TABS 12

/* The text of the line being drawn, kept so that drawing allocates nothing, and where the tabs
 * stand. Zero is a valid state. */
struct screen_frame {
    struct strbuf text;
    int tabs_y; /* of the screen; -1: not shown */
    struct frame_span {
        int from, to; /* cells [from, to) */
    } tab[FRAME_MAX_TABS];
};

void frame_release(struct screen_frame *f);

/* The tab that was drawn at (y, x), as an index; -1 where there is none. */
int frame_tab_at(const struct screen_frame *f, int y, int x);

/* Draws the frame around frame_body(). `prompt` is drawn in place of the bottom lines while it is
 * active; it may be NULL. */
void frame_draw(struct screen_frame *f, const struct frame_state *st, const struct keymap *km,
                const struct prompt *prompt, const struct canvas *whole);

#endif

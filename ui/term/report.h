/*
 * What the terminal tells of itself, among the keys: whether it has synchronized output (DECRPM
 * 2026, asked for once), and what the mouse does (SGR 1006).
 *
 * Reports arrive late, in pieces or never, and may be anything: they are taken out of the keys here
 * and believed only when they are to the letter what was asked for. No curses.
 */
#ifndef UI_TERM_REPORT_H
#define UI_TERM_REPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ui/term/key.h"

#define REPORT_QUESTION "\033[?2026$p"

/* How long an ESC at the start waits for the rest of an answer: longer than any key sequence. */
#define REPORT_ESCAPE_NS INT64_C(100000000)

/* After this no answer is waited for, though one that still comes is taken. */
#define REPORT_PATIENCE_NS INT64_C(1000000000)

struct report {
    bool owed;      /* the terminal was asked and has not answered yet */
    bool sync;      /* it has synchronized output */
    bool mouse;     /* it was told to report the mouse */
    bool open;      /* the start of a report has come, its end has not */
    int64_t asked;  /* monotonic ns */
    int64_t escape; /* when an ESC came that may be the start of an answer; 0: none */
    char text[24];  /* what stands between ESC [ and now */
    size_t len;
};

enum report_step {
    REPORT_MORE, /* taken; more is to come */
    REPORT_DONE, /* taken; the report is complete, and gave what is in *out_key */
    REPORT_KEY   /* belongs to no report: there was none, and the character is what it is */
};

/* The question has been sent. */
void report_expect(struct report *r, int64_t now);

/* True while an ESC may be the start of an answer that is waited for. */
bool report_may_come(const struct report *r, int64_t now);

/* ESC [ has come: true when a report is to be looked for behind it. */
bool report_start(struct report *r);

/* The next character. `*out_key` is the mouse's, or UI_KEY_NONE; set when done. */
enum report_step report_take(struct report *r, uint32_t c, struct ui_key *out_key);

/* What a button code and a cell counted from 1 mean; UI_KEY_NONE for releases and motion. */
struct ui_key report_mouse_key(unsigned button, unsigned x, unsigned y);

#endif

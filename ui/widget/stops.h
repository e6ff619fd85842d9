/*
 * Places that a find can jump to, in order, and which of them comes next.
 *
 * For what is small enough to be looked through at once: lists of heaps, pages. Loop thread only.
 */
#ifndef UI_WIDGET_STOPS_H
#define UI_WIDGET_STOPS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ui/term/canvas.h"
#include "ui/term/matcher.h"

struct list;

/* Rows of a list or lines of a page, ascending, each once. Zero is empty. */
struct stops {
    uint64_t *at; /* owned */
    size_t count, cap;
};

void stops_release(struct stops *s);
void stops_clear(struct stops *s);

/* What cannot be kept for want of memory is left out. O(1) when places come in order. */
void stops_add(struct stops *s, uint64_t place);

/* How many of them come before `place`. O(log n). */
size_t stops_before(const struct stops *s, uint64_t place);
bool stops_have(const struct stops *s, uint64_t place);

/* The positions of the rows whose shown columns hold the text. O(rows and columns). */
void stops_of_list(struct stops *s, struct list *l, const struct matcher *m);

/*
 * A canvas as large as `like` is wide, and without an end, that draws nothing: the lines in which
 * the text would stand become the stops. `tap` is filled in and lives as long as the canvas.
 */
struct stops_tap {
    struct canvas_tap tap;
    struct stops *stops;
    const struct matcher *matcher;
};
struct canvas stops_canvas(struct stops *s, struct stops_tap *out_tap, const struct canvas *like,
                           const struct matcher *m);

/* A jump: to the `count`-th stop from where one is. */
struct stops_jump {
    bool back;
    bool here;      /* where one is counts, too */
    uint64_t count; /* at least 1 */
};

/*
 * Which of `total` > 0 stops a jump leads to, when `before` of them come before where one is and
 * `on` tells whether one is on a stop. Goes round at the ends and says so.
 */
uint64_t stops_pick(const struct stops_jump *jump, uint64_t total, uint64_t before, bool on,
                    bool *out_wrapped);

#endif

/*
 * One line of pieces that gives way when it is narrow: elastic pieces shrink, and those that still
 * do not fit beside more important ones are left out.
 */
#ifndef UI_WIDGET_SEGMENTS_H
#define UI_WIDGET_SEGMENTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/strbuf.h"
#include "ui/term/canvas.h"

#define SEGMENTS_MAX 24

struct segment {
    size_t start, len; /* in the line's text */
    enum role role;
    uint8_t importance; /* the highest is placed first */
    uint8_t least;      /* cells an elastic piece can shrink to; 0: not elastic */
    bool right;         /* stands at the right end */
    bool joined; /* belongs to the piece before: one blank between, shown or left out together */
    bool meter;  /* not text: a meter of value/max, `least` cells wide */
    uint64_t value, max;
    int width; /* set by segments_draw(); 0: dropped */
};

struct segments {
    struct strbuf *text; /* borrowed; cleared by segments_init() */
    struct segment piece[SEGMENTS_MAX];
    size_t count;
};

void segments_init(struct segments *line, struct strbuf *text);

/*
 * Starts a piece; its text is what is added to line->text until the next one starts. A piece whose
 * text stays empty takes no room. Pieces beyond SEGMENTS_MAX are not shown.
 */
struct segment *segments_start(struct segments *line, enum role role, unsigned importance);

/* A whole piece of one string; NULL or "" adds nothing and returns NULL. */
struct segment *segments_add(struct segments *line, enum role role, unsigned importance,
                             const char *s);

/* Lays the pieces out in the canvas' row `y`, `gap` blanks apart, and draws them. */
void segments_draw(struct segments *line, const struct canvas *c, int y, int gap);

#endif

/*
 * Where one is on the timeline: the window that is shown and the moment the cursor stands at.
 *
 * The cursor is a time, so that it stays where it is when the window changes; it may be pinned to a
 * row. What stands in a window is told by the answer (answer/timeline.h), which lags behind by a
 * frame or so. Loop thread only.
 */
#ifndef UI_VIEW_TIMELINE_PLACE_H
#define UI_VIEW_TIMELINE_PLACE_H

#include <stdbool.h>
#include <stdint.h>

#include "answer/timeline/timeline.h"

struct timeline_place {
    bool whole;    /* the window is the whole trace */
    bool tail;     /* it ends with the last row, as more of them come */
    int64_t from;  /* else it begins here, raw */
    uint64_t span; /* of the window, in raw ticks */
    int cells;     /* it is drawn in; 0 before the first frame */
    int samples;   /* columns in each */
    bool at_end;   /* the cursor stands behind the last row, as more of them come */
    int64_t time;  /* else here, raw */
    uint64_t row;  /* pinned; ROW_NONE: at its cell's greatest moment */
};

/* The whole, the cursor at its end. */
void timeline_place_init(struct timeline_place *p);

/* What is to be asked for it. */
void timeline_place_ask(const struct timeline_place *p, enum timeline_parting by,
                        struct timeline_spec *out_spec);

/* The cell of a raw time; it may lie outside: below 0, or behind the last. */
int timeline_place_cell_of(const struct timeline_place *p, const struct timeline *t, int64_t raw);

/* Likewise that of the cursor. */
int timeline_place_cell(const struct timeline_place *p, const struct timeline *t);

/* The raw ticks of a cell. */
uint64_t timeline_place_ticks(const struct timeline_place *p, const struct timeline *t);

/* Of the columns of a cell that stand in the answer: the first, and how many. */
uint32_t timeline_place_columns(const struct timeline_place *p, const struct timeline *t, int cell,
                                uint32_t *out_count);

/* The greatest moment of a cell; NULL where there is none. */
const struct timeline_moment *timeline_place_most(const struct timeline_place *p,
                                                  const struct timeline *t, int cell);

/* The moment at the cursor; NULL while the answer has it not. */
const struct timeline_moment *timeline_place_moment(const struct timeline_place *p,
                                                    const struct timeline *t);

/* The cursor goes by cells, the window with it where it has to. */
void timeline_place_move(struct timeline_place *p, const struct timeline *t, int64_t cells);

/* The cursor goes to a time, and with `row` to that row; the window with it. */
void timeline_place_go(struct timeline_place *p, const struct timeline *t, int64_t time,
                       uint64_t row);

void timeline_place_go_first(struct timeline_place *p, const struct timeline *t);
void timeline_place_go_last(struct timeline_place *p); /* and stays there */

/* A window of 1/`factor` of the length, or `factor` times as long; the cursor keeps its cell. False
 * when there is none. */
bool timeline_place_zoom_in(struct timeline_place *p, const struct timeline *t, uint64_t factor);
bool timeline_place_zoom_out(struct timeline_place *p, const struct timeline *t, uint64_t factor);

/* The window moves by cells, the cursor with it. */
void timeline_place_pan(struct timeline_place *p, const struct timeline *t, int64_t cells);

/* The window from `since` to `until`, both included. */
void timeline_place_show(struct timeline_place *p, const struct timeline *t, int64_t since,
                         int64_t until);

#endif

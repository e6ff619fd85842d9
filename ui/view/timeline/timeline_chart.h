/*
 * The picture of a timeline: panels above each other, and below them the time.
 *
 *      80,000 │      ⣀⣤⣶⣿⣿            Outstanding bytes, and four more as height allows
 *           0 │⣠⣤⣶⣿⣿⣿⣿⣿
 *             ──[════┬═══a═▴]────      range, marks, the peak
 *                  0.500               seconds
 *
 * Draws what it is given and keeps nothing. Loop thread only.
 */
#ifndef UI_VIEW_TIMELINE_CHART_H
#define UI_VIEW_TIMELINE_CHART_H

#include "ui/term/canvas.h"
#include "ui/view/timeline/timeline_place.h"
#include "ui/view/view.h"

/* Cells left of the picture: numbers and a line. */
#define TIMELINE_GUTTER 11

/* Rows of the two lines of time. */
#define TIMELINE_AXIS_ROWS 2

/* With less than these the panel of the bytes is not drawn. */
#define TIMELINE_LEAST_ROWS 3

struct timeline_chart {
    const struct view_env *env;
    const struct timeline *t;
    const struct timeline_place *place;
    struct canvas_grain grain;
    int64_t since, until; /* the range in force, raw; open ends INT64_MIN and INT64_MAX */
    struct strbuf *text;  /* scratch */
};

/* The letter of series `i`, and its role; series `series_count` is all others. */
char timeline_series_letter(const struct timeline *t, uint32_t i);
enum role timeline_series_role(uint32_t i);

/* Draws all of it into `c`. */
void timeline_chart_draw(const struct timeline_chart *chart, const struct canvas *c);

#endif

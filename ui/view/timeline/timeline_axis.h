/* The time below a timeline: ticks, range, marks and the peak. Loop thread only. */
#ifndef UI_VIEW_TIMELINE_AXIS_H
#define UI_VIEW_TIMELINE_AXIS_H

#include "ui/view/timeline/timeline_chart.h"

/* Draws TIMELINE_AXIS_ROWS rows, the gutter's cells included. */
void timeline_axis_draw(const struct timeline_chart *chart, const struct canvas *c);

#endif

/* A small picture of what a theme makes of events, states and figures, for the theme picker. */
#ifndef UI_VIEW_THEME_SAMPLE_H
#define UI_VIEW_THEME_SAMPLE_H

#include "ui/term/canvas.h"

/* Rows and cells the whole sample takes; less shows its beginning. */
#define THEME_SAMPLE_ROWS  12
#define THEME_SAMPLE_CELLS 46

void theme_sample_draw(const struct canvas *c);

#endif

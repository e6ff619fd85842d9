/*
 * Colour arithmetic: the xterm palette, CIE Lab distance, WCAG contrast. Pure functions.
 */
#ifndef UI_TERM_COLOR_H
#define UI_TERM_COLOR_H

#include <stdint.h>

struct rgb {
    uint8_t r, g, b;
};

/* The RGB value of index 0..255: xterm's defaults for 0..15, then the 6x6x6 cube, then the greys.
 */
struct rgb color_of_index(int index);

/* The index in [first, last] that looks most like `c` (least distance in CIE Lab, D65). */
int color_nearest(struct rgb c, int first, int last);

/* Distance in CIE Lab (CIE76): about 2 is just noticeable. */
double color_distance(struct rgb a, struct rgb b);

/* Contrast ratio of WCAG 2.1, 1..21. */
double color_contrast(struct rgb a, struct rgb b);

#endif

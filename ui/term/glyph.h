/*
 * The signs of our own drawing, each one cell wide, as string literals that concatenate.
 *
 * On a terminal that cannot show them the canvas writes the ASCII sign of glyph_ascii() instead, so
 * whoever draws always uses these.
 */
#ifndef UI_TERM_GLYPH_H
#define UI_TERM_GLYPH_H

#include <stdint.h>

#define GLYPH_ELLIPSIS    "\u2026" /* something was cut here */
#define GLYPH_ZERO        "\u00b7" /* a muted zero */
#define GLYPH_DELTA       "\u0394"
#define GLYPH_SORT_DOWN   "\u25be" /* largest first */
#define GLYPH_SORT_UP     "\u25b4"
#define GLYPH_LIVE        "\u25cf" /* following */
#define GLYPH_STOPPED     "\u25a0" /* the writer is gone */
#define GLYPH_CRUMB       "\u203a" /* between the steps of a drill */
#define GLYPH_MORE_LEFT   "\u2039" /* more columns that way */
#define GLYPH_MORE_RIGHT  "\u203a"
#define GLYPH_ARROW_RIGHT "\u2192"
#define GLYPH_ARROW_LEFT  "\u2190"
#define GLYPH_ARROW_UP    "\u2191"
#define GLYPH_ARROW_DOWN  "\u2193"
#define GLYPH_LINE        "\u2500"
#define GLYPH_LINE_DOWN   "\u2502"
#define GLYPH_LINE_END    "\u2514" /* the last of what a line joins */
#define GLYPH_LINE_TICK   "\u252c" /* a point of an axis */
#define GLYPH_LINE_THICK  "\u2550" /* the part of a line that counts */
#define GLYPH_OPEN        "\u25be" /* rows below are shown */
#define GLYPH_CLOSED      "\u25b8" /* there are rows below */

/* The ASCII sign for code point `cp`: itself below 0x80, its stand-in for a glyph (also the eighth
 * blocks of bars and sparklines), else '?'. */
char glyph_ascii(uint32_t cp);

#endif

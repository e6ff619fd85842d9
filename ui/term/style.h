/*
 * How a role looks on the terminal at hand: colour numbers and attributes, no curses types.
 *
 * theme.c makes these, screen.c turns them into pairs.
 */
#ifndef UI_TERM_STYLE_H
#define UI_TERM_STYLE_H

#include <stdint.h>

#include "ui/term/role.h"
#include "ui/term/scope.h"

/* Colours the terminal can show; the values order them. */
enum style_depth { DEPTH_MONO, DEPTH_8, DEPTH_16, DEPTH_256 };

enum style_attrs {
    STYLE_BOLD = 1u << 0,
    STYLE_DIM = 1u << 1,
    STYLE_ITALIC = 1u << 2,
    STYLE_UNDERLINE = 1u << 3,
    STYLE_REVERSE = 1u << 4,
};

/* The terminal's own colour. */
#define STYLE_DEFAULT (-1)

struct style {
    int16_t fg, bg; /* colour index, or STYLE_DEFAULT */
    uint8_t attrs;
};

/*
 * What a text lies on. The selected row keeps the colour of each role where it stays readable on
 * the selection's background, and takes the selection's own text colour where it does not.
 */
enum style_layer {
    LAYER_PLAIN,
    LAYER_SELECTED, /* on `list.selected` */
    LAYER_BLUR,     /* on `list.selected.blur` */
    LAYER_CURSOR,   /* LAYER_SELECTED with the attributes of `list.cursor` added */
    LAYER_COUNT
};

/* The look of every role, in every view, on every layer. */
struct style_table {
    struct style style[SCOPE_COUNT][LAYER_COUNT][ROLE_COUNT];
};

#endif

/*
 * The picture of a call tree: a frame is as wide as its share of a figure, below it what goes on
 * from it, the heaviest first.
 *
 *   |grow                                   |parse              |no.|
 *   |main                                   |load      |save    | |
 *   |invoke_main                            |main      |main|
 *
 * Picture and list have one selection: the frame's key. What is too narrow to be seen is a sign at
 * its place; a frame that is zoomed into takes the whole width. Laying out costs O(frames seen),
 * another tree O(nodes) at worst. Loop thread only.
 */
#ifndef UI_VIEW_STACKS_ICICLE_H
#define UI_VIEW_STACKS_ICICLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "answer/tree/call_tree.h"
#include "ui/keys/action.h"
#include "ui/term/canvas.h"
#include "ui/view/stacks/outline.h"

#define ICICLE_ZOOMS 32

/* A frame as it is drawn. */
struct icicle_box {
    double from;   /* of the whole width, 0 to 1 */
    uint32_t node; /* OUTLINE_NO_NODE: several that are too narrow */
    int row;       /* below the first frame */
    int x, width;  /* cells */
};

/* A node of the tree at hand, and what it is in others. */
struct icicle_node {
    uint64_t key;
    uint32_t node; /* OUTLINE_NO_NODE: none, or not in this tree */
};

struct icicle {
    struct call_tree *tree; /* one reference; NULL: none */
    struct icicle_node selected;
    struct icicle_node zoom[ICICLE_ZOOMS];
    size_t zoom_count;
    struct icicle_box *boxes; /* by row, from left to right */
    size_t count, cap;
    int top;             /* the first row that is drawn */
    struct canvas drawn; /* where it was in the last frame, for the mouse */
};

void icicle_release(struct icicle *p);

/* Shows `tree` (may be NULL; a reference is taken): selection and zoom stay on the same frames. */
void icicle_show(struct icicle *p, struct call_tree *tree);

/* The selected frame; what was zoomed into is left as far as it does not hold it. */
void icicle_select(struct icicle *p, uint32_t node);

/* Moves to the caller or the called one (ACTION_UP, ACTION_DOWN and their like), to the neighbour
 * (ACTION_RIGHT, ACTION_LEFT), to the first or the last. False when it is none of
 * these. */
bool icicle_move(struct icicle *p, enum action a, uint64_t count);

/* Zooms into the selected frame. False when it has the whole width already, or nothing below. */
bool icicle_zoom(struct icicle *p);

/* One step out again. False when the whole is shown. */
bool icicle_unzoom(struct icicle *p);

/* The frame drawn at (y, x) of the screen; OUTLINE_NO_NODE where there is none. */
uint32_t icicle_at(const struct icicle *p, int y, int x);

void icicle_draw(struct icicle *p, const struct canvas *c, bool focused);

#endif

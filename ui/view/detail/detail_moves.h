/*
 * The chain of the block that an event is about: a table of the places where it stood, each with
 * its size and when it came there, and what the moves copied.
 *
 * Part of the detail page. Loop thread only.
 */
#ifndef UI_VIEW_DETAIL_DETAIL_MOVES_H
#define UI_VIEW_DETAIL_DETAIL_MOVES_H

#include "ui/widget/page.h"

/* A block of the page; `ctx` is a struct detail_event. Nothing for a block that never moved. */
void detail_moves_write(void *ctx, struct pen *pen);

#endif

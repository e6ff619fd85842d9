/*
 * The blocks of the Summary screen, in order of importance.
 *
 *   summary_capture.c  what was recorded, by which machine and session; trust; providers
 *   summary_figures.c  totals, the biggest of everything
 *   summary_curve.c    the timeline in small
 *
 * Each writes itself with a pen from the picture shown and takes no lines when it has nothing to
 * say. `ctx` is a struct view_env. Loop thread only.
 */
#ifndef UI_VIEW_SUMMARY_BLOCKS_H
#define UI_VIEW_SUMMARY_BLOCKS_H

#include "model/fold.h"
#include "ui/widget/page.h"

/* The figures of the picture; NULL while nothing is counted, or when there is nothing to count. */
const struct summary *summary_figures(const void *ctx);

void summary_write_note(void *ctx, struct pen *pen);
void summary_write_capture(void *ctx, struct pen *pen);
void summary_write_totals(void *ctx, struct pen *pen);
void summary_write_curve(void *ctx, struct pen *pen);
void summary_write_heaps(void *ctx, struct pen *pen);
void summary_write_sources(void *ctx, struct pen *pen);
void summary_write_sizes(void *ctx, struct pen *pen);
void summary_write_ops(void *ctx, struct pen *pen);
void summary_write_processes(void *ctx, struct pen *pen);
void summary_write_trust(void *ctx, struct pen *pen);
void summary_write_providers(void *ctx, struct pen *pen);

#endif

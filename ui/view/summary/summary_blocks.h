/*
 * The blocks of the Summary screen, in order of importance.
 *
 *   summary_capture.c  what was recorded, by which machine and session; trust; providers
 *   summary_figures.c  totals, the biggest of everything
 *   summary_curve.c    the timeline in small
 *   summary_links.c    what its rows lead to
 *
 * Each writes itself with a pen from the picture shown and takes no lines when it has nothing to
 * say. `ctx` is a struct view_env. Loop thread only.
 */
#ifndef UI_VIEW_SUMMARY_SUMMARY_BLOCKS_H
#define UI_VIEW_SUMMARY_SUMMARY_BLOCKS_H

#include "query/fold.h"
#include "ui/view/view.h"
#include "ui/widget/page.h"

/* The groups of links; the lower half of a link's id is what it is about. */
enum summary_link {
    SUMMARY_LINK_HEAP = 1, /* registry index */
    SUMMARY_LINK_SOURCE,   /* value */
    SUMMARY_LINK_SIZE,     /* class */
    SUMMARY_LINK_OP,       /* operation */
    SUMMARY_LINK_PROCESS,  /* registry index */
    SUMMARY_LINK_PEAK,     /* nothing */
};

static inline uint64_t summary_link(enum summary_link group, uint32_t what)
{
    return (uint64_t)group << 32 | what;
}

/* What a link stands for: a condition of the filter language, and a step's label; "" for the
 * condition itself. False when there is nothing to filter by. */
bool summary_put_link(const struct view_env *env, uint64_t link, struct strbuf *condition,
                      struct strbuf *label);

/* The moment a link stands for: the peak of the whole, of the heap or of the process. False when it
 * stands for none. As view_ops.moment. */
bool summary_link_moment(const struct view_env *env, uint64_t link, int64_t *out_raw,
                         uint64_t *out_row);

/* The figures of the picture; NULL while nothing is counted, or when there is nothing to count. */
const struct summary *summary_figures(const void *ctx);

void summary_write_note(void *ctx, struct pen *pen);
void summary_write_capture(void *ctx, struct pen *pen);
void summary_write_totals(void *ctx, struct pen *pen);
void summary_write_range(void *ctx, struct pen *pen); /* nothing without a range */
void summary_write_curve(void *ctx, struct pen *pen);
void summary_write_heaps(void *ctx, struct pen *pen);
void summary_write_sources(void *ctx, struct pen *pen);
void summary_write_sizes(void *ctx, struct pen *pen);
void summary_write_ops(void *ctx, struct pen *pen);
void summary_write_processes(void *ctx, struct pen *pen);
void summary_write_trust(void *ctx, struct pen *pen);
void summary_write_providers(void *ctx, struct pen *pen);

#endif

/*
 * What was outstanding at several moments, added up by group: one pass over the rows that opened
 * blocks, before anything has a name.
 *
 * Private to moments_*.c. Worker or batch thread.
 */
#ifndef ANSWER_MOMENTS_MOMENTS_FOLD_H
#define ANSWER_MOMENTS_MOMENTS_FOLD_H

#include "answer/moments/moments.h"
#include "model/id_map.h"
#include "query/matches.h"

struct moments_group_figures {
    uint32_t owner; /* by stack: the process; else 0 */
    uint64_t key;   /* moments_row's */
    uint64_t row;   /* that opened its first block */
    struct moment_value fresh, gone, old;
};

struct moments_fold {
    const struct trace *trace;
    const struct matches *matches;
    enum moments_group by;
    uint32_t count;
    uint64_t moments[MOMENTS_MOST]; /* ascending */
    uint64_t next;                  /* the first row not looked at */
    struct id_map places;           /* of groups, by owner and key */
    struct moments_group_figures *groups;
    size_t group_count, group_cap;
    struct moment_value *values; /* `count` for each group */
    size_t value_cap;
    struct moments_group_figures whole;
    struct moment_value whole_values[MOMENTS_MOST];
};

/* What is asked of a trace, up to `rows` of it, which `matches` has scanned; NULL: every row. All
 * is borrowed. */
void moments_fold_init(struct moments_fold *f, const struct trace *trace,
                       const struct matches *matches, uint64_t rows,
                       const struct moments_spec *spec);
void moments_fold_release(struct moments_fold *f);

/* Goes on for at most `max_rows` rows, a multiple of 64. 0 or -ENOMEM. 0.5 ns a row, and about 50
 * ns a block that is alive at any of the moments. */
int moments_fold_advance(struct moments_fold *f, uint64_t max_rows);

static inline bool moments_fold_is_done(const struct moments_fold *f)
{
    return f->next >= f->moments[f->count - 1];
}

#endif

/*
 * `heaptail diff`: what has changed between moments of one trace, or between two traces.
 */
#ifndef COMMANDS_DIFF_H
#define COMMANDS_DIFF_H

#include "answer/moments/moments.h"
#include "commands/diff_moments.h"
#include "commands/subject.h"

/* What was asked, and its answer. */
struct diff {
    const struct options *options;
    struct subject *subject;  /* the later one, of two */
    struct subject *baseline; /* the other file; NULL with moments of one */
    enum moments_group by;
    struct diff_moments moments; /* of `subject`; with a baseline its end alone */
    struct moments *m;
    const struct moments_row **rows; /* sorted and chosen */
    size_t row_count;                /* shown, by --top */
    size_t chosen;                   /* by --grew */
};

/* "stack", "heap" ... */
extern const char *const diff_group_words[MOMENTS_GROUPS];

int diff_run(const struct options *o, struct output *out);

/* The answer in one of the two formats of its own. */
void diff_text(const struct diff *d, struct strbuf *out);
void diff_json(const struct diff *d, struct output *out);

#endif

/*
 * What the groups of a moments_fold are called, and how they are filtered by.
 *
 * Private to moments_*.c. Worker or batch thread.
 */
#ifndef ANSWER_MOMENTS_MOMENTS_WORDS_H
#define ANSWER_MOMENTS_MOMENTS_WORDS_H

#include "answer/moments/moments_fold.h"
#include "answer/moments/moments_roles.h"
#include "model/frame_rules.h"

/* What words are made with. All is borrowed. */
struct moments_words {
    const struct trace *trace;
    enum moments_group by;
    const struct frame_rules *rules; /* NULL: none */
    struct frame_namer namer;
    bool owners;                       /* whose a heap, thread or stack is, is worth telling */
    const struct moments_roles *roles; /* what goes by its role; NULL: all goes by its own name */
};

/* True when several processes of the trace have heaps. O(heaps). */
bool moments_words_needs_owners(const struct trace *trace);

/* Appends what the group is called: with roles the same in two traces of a program. */
void moments_words_put(const struct moments_words *w, const struct moments_group_figures *g,
                       struct strbuf *text);

/* Appends the condition that chooses the group's rows. Not for groups by stack. */
void moments_words_put_condition(const struct moments_words *w,
                                 const struct moments_group_figures *g, struct strbuf *out);

#endif

/*
 * What the groups of a moments_fold are called, and how they are filtered by.
 *
 * Private to moments_*.c. Worker or batch thread.
 */
#ifndef ANSWER_MOMENTS_WORDS_H
#define ANSWER_MOMENTS_WORDS_H

#include "answer/moments_fold.h"
#include "model/frame_rules.h"

/* What words are made with. All is borrowed. */
struct moments_words {
    const struct trace *trace;
    enum moments_group by;
    const struct frame_rules *rules; /* NULL: none */
    struct frame_namer namer;
    uint32_t processes; /* moments_words_processes() */
};

/* How many processes of the trace have heaps: whether a stack's is worth telling. O(heaps). */
uint32_t moments_words_processes(const struct trace *trace);

/* Appends the text, and the condition that chooses the group's rows: nothing when none does. */
void moments_words_put(const struct moments_words *w, const struct moments_group_figures *g,
                       struct strbuf *text, struct strbuf *condition);

#endif

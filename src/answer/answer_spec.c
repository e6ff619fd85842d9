/* Copying and comparing questions; see answer_spec.h. */
#include "answer/answer_spec.h"

#include <stddef.h>
#include <string.h>

#include "model/trace.h"

static bool is_same_tree(const struct answer_spec *a, const struct answer_spec *b)
{
    return a->tree.kind == b->tree.kind && a->tree.sort == b->tree.sort;
}

static bool is_same_sizes(const struct answer_spec *a, const struct answer_spec *b)
{
    return a->sizes.kind == b->sizes.kind;
}

static bool is_same_moments(const struct answer_spec *a, const struct answer_spec *b)
{
    const struct moments_spec *x = &a->moments, *y = &b->moments;
    return x->by == y->by && x->count == y->count && x->other == y->other &&
           x->other_until == y->other_until &&
           memcmp(x->times, y->times, x->count * sizeof x->times[0]) == 0;
}

static bool is_same_timeline(const struct answer_spec *a, const struct answer_spec *b)
{
    const struct timeline_spec *x = &a->timeline, *y = &b->timeline;
    return x->since == y->since && x->until == y->until && x->tail == y->tail &&
           x->columns == y->columns && x->by == y->by && x->row == y->row;
}

static bool is_same_blocks(const struct answer_spec *a, const struct answer_spec *b)
{
    return a->blocks.classes == b->blocks.classes && a->blocks.order == b->blocks.order;
}

/* There is one question. */
static bool is_same_findings(const struct answer_spec *a, const struct answer_spec *b)
{
    (void)a;
    (void)b;
    return true;
}

static bool (*const is_same[ANSWER_KINDS])(const struct answer_spec *,
                                           const struct answer_spec *) = {
    [ANSWER_TREE] = is_same_tree,       [ANSWER_SIZES] = is_same_sizes,
    [ANSWER_MOMENTS] = is_same_moments, [ANSWER_TIMELINE] = is_same_timeline,
    [ANSWER_BLOCKS] = is_same_blocks,   [ANSWER_FINDINGS] = is_same_findings,
};

/* The trace it holds a reference to; NULL for most. */
static struct trace *trace_of(const struct answer_spec *spec)
{
    return spec->kind == ANSWER_MOMENTS ? spec->moments.other : NULL;
}

void answer_spec_copy(struct answer_spec *to, const struct answer_spec *from)
{
    struct frame_rules *old = to->rules;
    struct trace *old_trace = trace_of(to);
    *to = from != NULL ? *from : (struct answer_spec){0};
    if (to->rules != NULL)
        frame_rules_ref(to->rules);
    if (trace_of(to) != NULL)
        trace_ref(trace_of(to));
    frame_rules_unref(old);
    trace_unref(old_trace);
}

bool answer_spec_is_same(const struct answer_spec *a, const struct answer_spec *b)
{
    return a->kind == b->kind && a->rules == b->rules && is_same[a->kind](a, b);
}

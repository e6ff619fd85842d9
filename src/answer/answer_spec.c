/* Copying and comparing questions; see answer_spec.h. */
#include "answer/answer_spec.h"

#include <stddef.h>

static bool is_same_tree(const struct answer_spec *a, const struct answer_spec *b)
{
    return a->tree.kind == b->tree.kind && a->tree.sort == b->tree.sort;
}

static bool is_same_sizes(const struct answer_spec *a, const struct answer_spec *b)
{
    return a->sizes.kind == b->sizes.kind;
}

static bool (*const is_same[ANSWER_KINDS])(const struct answer_spec *,
                                           const struct answer_spec *) = {
    [ANSWER_TREE] = is_same_tree,
    [ANSWER_SIZES] = is_same_sizes,
};

void answer_spec_copy(struct answer_spec *to, const struct answer_spec *from)
{
    struct frame_rules *old = to->rules;
    *to = from != NULL ? *from : (struct answer_spec){0};
    if (to->rules != NULL)
        frame_rules_ref(to->rules);
    frame_rules_unref(old);
}

bool answer_spec_is_same(const struct answer_spec *a, const struct answer_spec *b)
{
    return a->kind == b->kind && a->rules == b->rules && is_same[a->kind](a, b);
}

/* A finished call tree: its life, and how a node is said as a filter (call_tree.h). */
#include "answer/tree/call_tree.h"

#include <stdlib.h>

#include "base/alloc.h"

struct call_tree *call_tree_ref(struct call_tree *t)
{
    answer_ref(&t->base);
    return t;
}

void call_tree_unref(struct call_tree *t)
{
    answer_unref(t != NULL ? &t->base : NULL);
}

void call_tree_free(struct answer *a)
{
    struct call_tree *t = (struct call_tree *)a;
    arena_release(&t->texts);
    frame_rules_unref(t->rules);
    free(t->nodes);
    free(t->through);
    free(t->items);
    free(t);
}

const char *const call_tree_column_names[CALL_TREE_COLUMNS] = {
    [CALL_TREE_OUTSTANDING] = "outstanding",
    [CALL_TREE_BLOCKS] = "blocks",
    [CALL_TREE_ALLOCS] = "allocs",
    [CALL_TREE_ALLOC_BYTES] = "alloc_bytes",
    [CALL_TREE_CHURN] = "churn",
    [CALL_TREE_AT_PEAK] = "peak",
    [CALL_TREE_COPIED] = "copied",
};

uint32_t call_tree_next(const struct call_tree *t, uint32_t node)
{
    if (t->nodes[node].child_count != 0)
        return t->nodes[node].first_child;
    while (node != UINT32_MAX) {
        uint32_t parent = t->nodes[node].parent;
        uint32_t end = parent == UINT32_MAX
                           ? t->root_count
                           : t->nodes[parent].first_child + t->nodes[parent].child_count;
        if (node + 1 < end)
            return node + 1;
        node = parent;
    }
    return UINT32_MAX;
}

struct weighed {
    uint64_t weight;
    uint32_t node;
};

/* Parents have lower numbers than their children, and no less weight. */
static int compare_weighed(const void *a, const void *b)
{
    const struct weighed *x = a;
    const struct weighed *y = b;
    if (x->weight != y->weight)
        return x->weight > y->weight ? -1 : 1;
    return (x->node > y->node) - (x->node < y->node);
}

bool *call_tree_heaviest(const struct call_tree *t, uint64_t most)
{
    bool *chosen = calloc((size_t)t->count + 1, sizeof *chosen);
    struct weighed *all = calloc((size_t)t->count + 1, sizeof *all);
    if (chosen == NULL || all == NULL) {
        free(chosen);
        free(all);
        return NULL;
    }
    for (uint32_t i = 0; i < t->count; i++)
        all[i] = (struct weighed){t->nodes[i].total[t->sort], i};
    qsort(all, t->count, sizeof *all, compare_weighed);
    for (uint32_t i = 0; i < t->count && i < most; i++)
        chosen[all[i].node] = true;
    free(all);
    return chosen;
}

bool call_tree_put_condition(const struct call_tree *t, uint32_t node, struct strbuf *out)
{
    const struct call_node *n = &t->nodes[node];
    struct call_stack *s = calloc(n->stack_count + 1, sizeof *s);
    if (s == NULL)
        return false;
    for (uint32_t i = 0; i < n->stack_count; i++)
        s[i] = t->items[t->through[n->first_stack + i]];
    bool put = stack_condition_put(s, n->stack_count, out);
    free(s);
    return put;
}

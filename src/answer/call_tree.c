/* A finished call tree: its life, and how a node is said as a filter (call_tree.h). */
#include "answer/call_tree.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "query/filter.h"

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

/* ---- conditions ---- */

static int compare_stacks(const void *a, const void *b)
{
    const struct call_stack *x = a;
    const struct call_stack *y = b;
    if (x->stack != y->stack)
        return x->stack < y->stack ? -1 : 1;
    return (x->pid > y->pid) - (x->pid < y->pid);
}

/* By pid, those without one (every process's) first; then by stack. */
static int compare_by_pid(const void *a, const void *b)
{
    const struct call_stack *x = a;
    const struct call_stack *y = b;
    if (x->processes != y->processes)
        return x->processes < y->processes ? -1 : 1;
    if (x->processes != 0 && x->pid != y->pid)
        return x->pid < y->pid ? -1 : 1;
    return (x->stack > y->stack) - (x->stack < y->stack);
}

/*
 * From here on `processes` says whether the pid matters: 0 when the stack goes through the node in
 * all its processes, which then is one entry. `s` is sorted by stack; returns how many are left.
 */
static size_t join_processes(struct call_stack *s, size_t count)
{
    size_t kept = 0;
    for (size_t i = 0, next; i < count; i = next) {
        for (next = i + 1; next < count && s[next].stack == s[i].stack; next++)
            continue;
        bool all = next - i == s[i].processes;
        for (size_t k = i; k < (all ? i + 1 : next); k++) {
            s[kept] = s[k];
            s[kept++].processes = !all;
        }
    }
    return kept;
}

/* "stack == 4", "stack in [3, 17..19]", "!(stack >= 0)" of entries with the same pid. */
static void put_stacks(const struct call_stack *s, size_t count, struct strbuf *out)
{
    if (s[count - 1].stack == STACK_NONE) {
        strbuf_puts(out, "!(stack >= 0)");
        if (--count == 0)
            return;
        strbuf_puts(out, " || ");
    }
    strbuf_puts(out, count == 1 ? "stack == " : "stack in [");
    for (size_t i = 0, next; i < count; i = next) {
        for (next = i + 1; next < count && s[next].stack - s[next - 1].stack <= 1; next++)
            continue;
        strbuf_printf(out, "%s%u", i != 0 ? ", " : "", s[i].stack);
        if (s[next - 1].stack != s[i].stack)
            strbuf_printf(out, "..%u", s[next - 1].stack);
    }
    if (count != 1)
        strbuf_putc(out, ']');
}

/* Events without a process id have none to compare. */
static void put_pid(uint32_t pid, struct strbuf *out)
{
    if (pid != EVENT_NO_ID)
        strbuf_printf(out, "pid == %u", pid);
    else
        strbuf_puts(out, "!(pid >= 0)");
}

static void put_groups(struct call_stack *s, size_t count, struct strbuf *out)
{
    size_t groups = 0, start = out->len;
    for (size_t i = 0, next; i < count; i = next, groups++) {
        for (next = i + 1; next < count && s[next].processes == s[i].processes &&
                           (s[i].processes == 0 || s[next].pid == s[i].pid);
             next++)
            continue;
        if (i != 0)
            strbuf_puts(out, " || ");
        bool nothing = s[next - 1].stack == STACK_NONE && next - i > 1;
        if (s[i].processes != 0) {
            put_pid(s[i].pid, out);
            strbuf_puts(out, nothing ? " && (" : " && ");
        }
        put_stacks(s + i, next - i, out);
        if (s[i].processes != 0 && nothing)
            strbuf_putc(out, ')');
        groups += nothing && s[i].processes == 0;
    }
    if (groups < 2)
        return;
    /* It is to be joined to other conditions. */
    struct strbuf whole = {0};
    strbuf_printf(&whole, "(%s)", out->s + start);
    strbuf_truncate(out, start);
    strbuf_add(out, whole.s, whole.len);
    strbuf_release(&whole);
}

bool call_tree_put_condition(const struct call_tree *t, uint32_t node, struct strbuf *out)
{
    const struct call_node *n = &t->nodes[node];
    struct call_stack *s = calloc(n->stack_count + 1, sizeof *s);
    if (s == NULL || n->stack_count == 0) {
        free(s);
        return false;
    }
    for (uint32_t i = 0; i < n->stack_count; i++)
        s[i] = t->items[t->through[n->first_stack + i]];
    qsort(s, n->stack_count, sizeof *s, compare_stacks);
    size_t count = join_processes(s, n->stack_count);
    qsort(s, count, sizeof *s, compare_by_pid);
    size_t start = out->len;
    put_groups(s, count, out);
    free(s);
    if (out->len - start <= FILTER_MAX_LENGTH)
        return true;
    strbuf_truncate(out, start);
    return false;
}

/* Nodes of a call tree as records; see tree_record.h. */
#include "export/tree_record.h"

#include <stdlib.h>

#include "base/alloc.h"

#define NODE_FIELDS 7

const struct record_field tree_record_fields[TREE_RECORD_FIELDS] = {
    {.name = "node"},
    {.name = "parent"},
    {.name = "depth"},
    {.name = "function"},
    {.name = "module"},
    {.name = "place"},
    {.name = "stacks"},
    {.name = "outstanding_bytes"},
    {.name = "outstanding_blocks"},
    {.name = "allocs"},
    {.name = "alloc_bytes"},
    {.name = "churn_bytes"},
    {.name = "at_peak_bytes"},
    {.name = "copied_bytes"},
    {.name = "self_outstanding_bytes"},
    {.name = "self_outstanding_blocks"},
    {.name = "self_allocs"},
    {.name = "self_alloc_bytes"},
    {.name = "self_churn_bytes"},
    {.name = "self_at_peak_bytes"},
    {.name = "self_copied_bytes"},
};

static void put_columns(struct record_writer *w, const uint64_t *columns)
{
    for (int c = 0; c < CALL_TREE_COLUMNS; c++) {
        bool counts = c == CALL_TREE_BLOCKS || c == CALL_TREE_ALLOCS;
        struct value v = value_number(counts ? VALUE_COUNT : VALUE_BYTES, columns[c]);
        record_put(w, &v);
    }
}

static struct value text_or_none(const char *text)
{
    return text[0] != '\0' ? value_text(text) : VALUE_ABSENT;
}

void tree_record_put(struct record_writer *w, const struct call_tree *t, uint32_t node)
{
    const struct call_node *n = &t->nodes[node];
    const struct value head[NODE_FIELDS] = {
        value_number(VALUE_ID, node),
        n->parent != UINT32_MAX ? value_number(VALUE_ID, n->parent) : VALUE_ABSENT,
        value_number(VALUE_ID, n->depth),
        value_text(n->text),
        text_or_none(n->module),
        text_or_none(n->place),
        value_number(VALUE_COUNT, n->stack_count),
    };
    for (int i = 0; i < NODE_FIELDS; i++)
        record_put(w, &head[i]);
    put_columns(w, n->total);
    put_columns(w, n->self);
    record_end(w);
}

/* ---- by key ---- */

struct keyed_node {
    uint64_t key;
    uint32_t node;
};

static int compare(const void *a, const void *b)
{
    const struct keyed_node *x = a, *y = b;
    return (x->key > y->key) - (x->key < y->key);
}

uint64_t tree_record_put_keys(struct record_writer *w, const struct call_tree *t,
                              const uint64_t *keys, size_t count)
{
    uint64_t put = 0;
    struct keyed_node *keyed = base_xcalloc((size_t)t->count + 1, sizeof *keyed);
    for (uint32_t i = 0; i < t->count; i++)
        keyed[i] = (struct keyed_node){t->nodes[i].key, i};
    qsort(keyed, t->count, sizeof *keyed, compare);
    for (size_t i = 0; i < count; i++) {
        const struct keyed_node wanted = {.key = keys[i]};
        const struct keyed_node *found = bsearch(&wanted, keyed, t->count, sizeof *keyed, compare);
        if (found == NULL)
            continue;
        tree_record_put(w, t, found->node);
        put++;
    }
    free(keyed);
    return put;
}

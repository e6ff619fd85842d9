/* A call tree as a list of open rows; see outline.h. */
#include "ui/view/stacks/outline.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"

#define GUIDE_LEVELS 64

/* ---- what is open ---- */

static const struct call_node *node_at(const struct outline *o, uint32_t node)
{
    return &o->tree->nodes[node];
}

bool outline_is_open(const struct outline *o, uint32_t node)
{
    const uint32_t *open = id_map_find(&o->open, 0, node_at(o, node)->key);
    return open != NULL && *open != 0;
}

/* What cannot be kept for want of memory stays closed. */
static void set_open(struct outline *o, uint32_t node, bool on)
{
    uint32_t *open = id_map_find(&o->open, 0, node_at(o, node)->key);
    if (open != NULL)
        *open = on;
    else if (on)
        id_map_add(&o->open, 0, node_at(o, node)->key, 1);
}

/* The node and its only children, down to where the paths part or end. False when all were. */
static bool open_chain(struct outline *o, uint32_t node)
{
    bool changed = false;
    while (node_at(o, node)->child_count > 0) {
        changed = changed || !outline_is_open(o, node);
        set_open(o, node, true);
        if (node_at(o, node)->child_count > 1)
            break;
        node = node_at(o, node)->first_child;
    }
    return changed;
}

/* ---- rows ---- */

static bool is_only_child(const struct outline *o, uint32_t node)
{
    uint32_t parent = node_at(o, node)->parent;
    return parent != UINT32_MAX && node_at(o, parent)->child_count == 1;
}

static enum outline_mark mark_of(const struct outline *o, uint32_t node, bool open)
{
    const struct call_node *n = node_at(o, node);
    bool chained = is_only_child(o, node);
    if (n->child_count == 0)
        return chained ? OUTLINE_CHAIN_END : OUTLINE_LEAF;
    if (!open)
        return OUTLINE_CLOSED;
    return chained && n->child_count == 1 ? OUTLINE_CHAIN : OUTLINE_OPEN;
}

static bool add_row(const struct outline *o, struct outline_rows *out, uint32_t node,
                    const struct outline_step *step, bool open)
{
    void *items = out->items;
    if (base_grow(&items, &out->cap, out->count + 1, sizeof *out->items) != 0)
        return false;
    out->items = items;
    out->items[out->count++] = (struct outline_row){.key = node_at(o, node)->key,
                                                    .guides = step->guides,
                                                    .node = node,
                                                    .depth = node_at(o, node)->depth,
                                                    .level = step->level,
                                                    .mark = mark_of(o, node, open)};
    return true;
}

/* The children of a node in the column they stand in; `more`: the node has others behind it. */
static struct outline_step step_below(const struct outline *o, uint32_t node, uint32_t level,
                                      uint64_t guides, bool more)
{
    const struct call_node *n = node_at(o, node);
    bool same_column = n->child_count == 1 && is_only_child(o, node);
    /* Between roots no line says more than the marks do. */
    bool line = more && level > 0 && level < GUIDE_LEVELS;
    return (struct outline_step){.guides = guides | (line ? UINT64_C(1) << level : 0),
                                 .first = n->first_child,
                                 .count = n->child_count,
                                 .level = same_column ? level : level + 1};
}

/* Adds the open rows of `step` and below to `out`, in order. */
static void add_rows(struct outline *o, struct outline_step step, struct outline_rows *out)
{
    size_t depth = 0;
    for (bool down = true;;) {
        void *steps = o->steps;
        if (down && base_grow(&steps, &o->step_cap, depth + 1, sizeof *o->steps) != 0)
            return;
        o->steps = steps;
        if (down)
            o->steps[depth++] = step;
        down = false;
        struct outline_step *top = &o->steps[depth - 1];
        if (top->done == top->count) {
            if (--depth == 0)
                return;
            continue;
        }
        uint32_t at = o->reversed ? top->count - 1 - top->done : top->done;
        uint32_t node = top->first + at;
        top->done++;
        bool open = node_at(o, node)->child_count > 0 && outline_is_open(o, node);
        if (!add_row(o, out, node, top, open))
            return;
        if (open) {
            step = step_below(o, node, top->level, top->guides, top->done < top->count);
            down = true;
        }
    }
}

static void make_rows(struct outline *o)
{
    o->rows.count = 0;
    o->last = 0;
    if (o->tree != NULL && o->tree->root_count > 0)
        add_rows(o, (struct outline_step){.count = o->tree->root_count}, &o->rows);
}

/* The rows below `pos`, as they were. */
static size_t rows_below(const struct outline *o, size_t pos)
{
    size_t end = pos + 1;
    while (end < o->rows.count && o->rows.items[end].depth > o->rows.items[pos].depth)
        end++;
    return end - pos - 1;
}

static bool has_more_behind(const struct outline *o, uint32_t node)
{
    uint32_t parent = node_at(o, node)->parent;
    uint32_t first = parent == UINT32_MAX ? 0 : node_at(o, parent)->first_child;
    uint32_t count = parent == UINT32_MAX ? o->tree->root_count : node_at(o, parent)->child_count;
    return o->reversed ? node > first : node - first + 1 < count;
}

/* Makes the rows below `pos` anew, where they stand. */
static void remake_below(struct outline *o, size_t pos)
{
    struct outline_row *row = &o->rows.items[pos];
    size_t old = rows_below(o, pos);
    bool open = outline_is_open(o, row->node);
    row->mark = mark_of(o, row->node, open);
    o->fresh.count = 0;
    if (open)
        add_rows(o,
                 step_below(o, row->node, row->level, row->guides, has_more_behind(o, row->node)),
                 &o->fresh);
    size_t rest = o->rows.count - pos - 1 - old;
    void *items = o->rows.items;
    if (base_grow(&items, &o->rows.cap, pos + 1 + o->fresh.count + rest, sizeof *row) != 0)
        return;
    o->rows.items = items;
    struct outline_row *below = o->rows.items + pos + 1;
    memmove(below + o->fresh.count, below + old, rest * sizeof *below);
    if (o->fresh.count > 0)
        memcpy(below, o->fresh.items, o->fresh.count * sizeof *below);
    o->rows.count = pos + 1 + o->fresh.count + rest;
}

/* ---- by itself ---- */

/* The heaviest path, as far as its rows fit. */
static void open_heaviest(struct outline *o, int budget)
{
    id_map_release(&o->open);
    id_map_init(&o->open);
    o->opened_for = budget;
    uint32_t node = 0;
    while (o->tree != NULL && node < o->tree->count) {
        const struct call_node *n = node_at(o, node);
        if (n->child_count == 0 || n->child_count > (uint32_t)(budget > 0 ? budget : 0) ||
            node_at(o, n->first_child)->total[o->tree->sort] == 0)
            return;
        set_open(o, node, true);
        budget -= (int)n->child_count;
        node = n->first_child;
    }
}

void outline_show(struct outline *o, struct call_tree *tree, bool reversed, int budget)
{
    bool reopen = !o->touched && (tree != o->tree || budget != o->opened_for);
    if (tree == o->tree && reversed == o->reversed && !reopen)
        return;
    struct call_tree *old = o->tree;
    o->tree = tree != NULL ? call_tree_ref(tree) : NULL;
    o->reversed = reversed;
    call_tree_unref(old);
    if (reopen)
        open_heaviest(o, budget);
    make_rows(o);
}

/* ---- opening and closing ---- */

bool outline_open(struct outline *o, size_t pos)
{
    if (!open_chain(o, o->rows.items[pos].node))
        return false;
    o->touched = true;
    remake_below(o, pos);
    return true;
}

bool outline_close(struct outline *o, size_t pos)
{
    uint32_t node = o->rows.items[pos].node;
    if (node_at(o, node)->child_count == 0 || !outline_is_open(o, node))
        return false;
    o->touched = true;
    set_open(o, node, false);
    remake_below(o, pos);
    return true;
}

/* Opens or closes the node and all below it; returns how many it changed. */
static size_t set_all(struct outline *o, uint32_t node, bool on)
{
    uint32_t depth = node_at(o, node)->depth;
    size_t changed = 0;
    for (uint32_t n = node; n != OUTLINE_NO_NODE && changed < OUTLINE_MOST_OPENED;
         n = outline_next(o, n)) {
        if (n != node && node_at(o, n)->depth <= depth)
            break;
        if (node_at(o, n)->child_count == 0 || outline_is_open(o, n) == on)
            continue;
        set_open(o, n, on);
        changed++;
    }
    return changed;
}

bool outline_toggle_all(struct outline *o, size_t pos)
{
    uint32_t node = o->rows.items[pos].node;
    if (node_at(o, node)->child_count == 0)
        return false;
    o->touched = true;
    if (set_all(o, node, true) == 0)
        set_all(o, node, false);
    remake_below(o, pos);
    return true;
}

size_t outline_reveal(struct outline *o, uint32_t node)
{
    bool changed = false;
    for (uint32_t n = node_at(o, node)->parent; n != UINT32_MAX; n = node_at(o, n)->parent) {
        changed = changed || !outline_is_open(o, n);
        set_open(o, n, true);
    }
    if (changed) {
        o->touched = true;
        make_rows(o);
    }
    return outline_find(o, node_at(o, node)->key);
}

/* ---- going about ---- */

uint32_t outline_heaviest(const struct outline *o, uint32_t node)
{
    unsigned by = (unsigned)o->tree->sort;
    for (bool first = true; node_at(o, node)->child_count > 0; first = false) {
        uint32_t child = node_at(o, node)->first_child;
        uint64_t value = node_at(o, child)->total[by], of = node_at(o, node)->total[by];
        if (!first && value < of - of / 2)
            break;
        node = child;
    }
    return node;
}

size_t outline_find(struct outline *o, uint64_t key)
{
    const struct outline_rows *rows = &o->rows;
    if (o->last < rows->count && rows->items[o->last].key == key)
        return o->last;
    for (size_t i = 0; i < rows->count; i++) {
        if (rows->items[i].key != key)
            continue;
        o->last = i;
        return i;
    }
    return rows->count;
}

uint32_t outline_node(struct outline *o, uint64_t key)
{
    size_t pos = outline_find(o, key);
    if (pos < o->rows.count)
        return o->rows.items[pos].node;
    for (uint32_t i = 0; o->tree != NULL && i < o->tree->count; i++)
        if (node_at(o, i)->key == key)
            return i;
    return OUTLINE_NO_NODE;
}

size_t outline_parent(const struct outline *o, size_t pos)
{
    const struct outline_row *rows = o->rows.items;
    uint32_t level = rows[pos].level;
    size_t up = pos;
    while (up > 0 && rows[up].level >= level)
        up--;
    return rows[up].level < level ? up : pos;
}

uint32_t outline_first(const struct outline *o)
{
    if (o->tree == NULL || o->tree->root_count == 0)
        return OUTLINE_NO_NODE;
    return o->reversed ? o->tree->root_count - 1 : 0;
}

uint32_t outline_next(const struct outline *o, uint32_t node)
{
    const struct call_node *n = node_at(o, node);
    if (n->child_count > 0)
        return o->reversed ? n->first_child + n->child_count - 1 : n->first_child;
    while (node != UINT32_MAX && !has_more_behind(o, node))
        node = node_at(o, node)->parent;
    if (node == UINT32_MAX)
        return OUTLINE_NO_NODE;
    return o->reversed ? node - 1 : node + 1;
}

/* ---- life ---- */

void outline_init(struct outline *o)
{
    *o = (struct outline){.tree = NULL};
    id_map_init(&o->open);
}

void outline_release(struct outline *o)
{
    call_tree_unref(o->tree);
    id_map_release(&o->open);
    free(o->rows.items);
    free(o->fresh.items);
    free(o->steps);
    *o = (struct outline){.tree = NULL};
}

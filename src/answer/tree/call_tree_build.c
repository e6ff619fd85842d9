/*
 * Making a call tree in steps (call_tree.h).
 *
 *   stacks   each stack is walked from its root or its calling frame; (node, name) -> node
 *   order    nodes are placed behind their parents, children of one parent sorted
 *   sums     what ends in a node is added to those above it, and the stacks through it counted
 *
 * A stack's figures are added where it ends, so that walking costs a look-up a frame. Each of them
 * waits for memory, and where to look next is known only then: so a few stacks walk side by side, a
 * frame of each in turn, and every look-up has been loaded by when it is made.
 */
#include <errno.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "answer/tree/call_tree.h"
#include "answer/tree/call_tree_names.h"
#include "base/alloc.h"

#define NO_NODE UINT32_MAX

/* Stacks that walk side by side. */
#define LANES 16u

/* How many nodes ahead the children to be placed are loaded. */
#define CHILDREN_AHEAD 8

/* A node in the order in which nodes came up. */
struct new_node {
    uint32_t parent, name;
    uint32_t first_child, sibling; /* the children as a list */
    uint32_t children;
    uint32_t last_stack; /* functions, modules: 1 + the last stack that was counted */
    uint64_t total[CALL_TREE_COLUMNS], self[CALL_TREE_COLUMNS];
    int64_t impacting; /* as `total`; of trees at first as `self` */
};

/* A stack that goes through a node; of trees, that ends in it. */
struct passage {
    uint32_t node, item;
};

/* A stack on its way down the tree. */
struct lane {
    size_t item;
    struct stack_frames stack;
    uint32_t *path; /* names of its frames, leaf first */
    size_t path_cap;
    uint32_t count;  /* of names; one for a stack that is none */
    uint32_t caller; /* the first frame that is not the allocator's */
    uint32_t at, node;
    bool arrived; /* in `node` */
};

/* What children are sorted by. */
struct sibling {
    uint64_t weight;
    uint64_t allocs; /* where the weight decides nothing */
    const char *text;
    uint32_t node;
};

struct call_tree_build {
    const struct trace *trace;
    const struct stack_totals *totals;
    struct call_tree_spec spec;
    struct call_tree *tree;
    struct call_names names;
    struct id_map edges; /* (parent, name) -> node */
    struct new_node *nodes;
    size_t node_count, node_cap;
    uint32_t roots, root_count; /* the roots as a list */
    struct passage *passages;
    size_t passage_count, passage_cap;
    size_t item;   /* the next stack */
    size_t placed; /* nodes whose children are placed */
    bool summed;
    struct lane lanes[LANES];
    struct sibling *siblings;
    size_t sibling_cap;
};

static bool is_flat(enum call_tree_kind kind)
{
    return kind == CALL_TREE_FUNCTIONS || kind == CALL_TREE_MODULES;
}

struct call_tree_build *call_tree_build_new(const struct trace *trace,
                                            const struct stack_totals *totals,
                                            const struct call_tree_spec *spec)
{
    struct call_tree_build *b = calloc(1, sizeof *b);
    struct call_tree *t = calloc(1, sizeof *t);
    if (b == NULL || t == NULL || totals->count > UINT32_MAX / 2) {
        free(b);
        free(t);
        return NULL;
    }
    answer_init(&t->base, call_tree_free);
    t->kind = spec->kind;
    t->sort = spec->sort;
    t->rules = spec->rules != NULL ? frame_rules_ref(spec->rules) : NULL;
    t->with = totals->with;
    t->without = totals->without;
    t->generation = spec->namer.symbols != NULL ? symbol_table_generation(spec->namer.symbols) : 0;
    *b = (struct call_tree_build){
        .trace = trace,
        .totals = totals,
        .spec = *spec,
        .tree = t,
        .roots = NO_NODE,
        .names = {.namer = spec->namer,
                  .rules = spec->rules,
                  .of_modules = spec->kind == CALL_TREE_MODULES,
                  .arena = &t->texts},
    };
    call_names_init(&b->names);
    id_map_init(&b->edges);
    return b;
}

void call_tree_build_free(struct call_tree_build *b)
{
    if (b == NULL)
        return;
    call_tree_unref(b->tree);
    call_names_release(&b->names);
    id_map_release(&b->edges);
    free(b->nodes);
    free(b->passages);
    for (uint32_t k = 0; k < LANES; k++)
        free(b->lanes[k].path);
    free(b->siblings);
    free(b);
}

/* ---- stacks ---- */

static void read_columns(const struct stack_figures *f, uint64_t *out_columns)
{
    out_columns[CALL_TREE_OUTSTANDING] = f->outstanding_bytes;
    out_columns[CALL_TREE_BLOCKS] = f->outstanding_blocks;
    out_columns[CALL_TREE_ALLOCS] = f->allocs;
    out_columns[CALL_TREE_ALLOC_BYTES] = f->alloc_bytes;
    out_columns[CALL_TREE_CHURN] = f->alloc_bytes + f->freed_bytes;
    out_columns[CALL_TREE_AT_PEAK] = f->at_peak_bytes;
    out_columns[CALL_TREE_COPIED] = f->copied_bytes;
}

static void add_columns(uint64_t *to, const uint64_t *from)
{
    for (int c = 0; c < CALL_TREE_COLUMNS; c++)
        to[c] += from[c];
}

/* Appends a node with the parent and the name; NO_NODE when memory is out. */
static uint32_t add_node(struct call_tree_build *b, uint32_t parent, uint32_t name)
{
    uint32_t node = (uint32_t)b->node_count;
    if (base_grow((void **)&b->nodes, &b->node_cap, b->node_count + 1, sizeof *b->nodes) != 0)
        return NO_NODE;
    uint32_t *list = parent == NO_NODE ? &b->roots : &b->nodes[parent].first_child;
    b->nodes[node] = (struct new_node){
        .parent = parent,
        .name = name,
        .first_child = NO_NODE,
        .sibling = *list,
    };
    *list = node;
    if (parent == NO_NODE)
        b->root_count++;
    else
        b->nodes[parent].children++;
    b->node_count++;
    return node;
}

/* The root with the name, made when it is new; NO_NODE when memory is out. */
static uint32_t find_root(struct call_tree_build *b, uint32_t name)
{
    uint32_t root = b->names.names[name].root;
    if (root != ID_MAP_NONE)
        return root;
    return b->names.names[name].root = add_node(b, NO_NODE, name);
}

/* The child of `parent` with the name, made when it is new; `parent` itself when the tree is full;
 * NO_NODE when memory is out. */
static uint32_t find_child(struct call_tree_build *b, uint32_t parent, uint32_t name)
{
    /* Roots are never refused, so that every stack is somewhere. */
    if (parent == NO_NODE)
        return find_root(b, name);
    const uint32_t *known = id_map_find(&b->edges, parent, name);
    if (known != NULL)
        return *known;
    if (b->node_count >= CALL_TREE_NODES_MOST) {
        b->tree->cut = true;
        return parent;
    }
    uint32_t node = add_node(b, parent, name);
    if (node != NO_NODE && id_map_add(&b->edges, parent, name, node) != 0)
        return NO_NODE;
    return node;
}

static int pass(struct call_tree_build *b, uint32_t node, size_t item)
{
    if (base_grow((void **)&b->passages, &b->passage_cap, b->passage_count + 1,
                  sizeof *b->passages) != 0)
        return -ENOMEM;
    b->passages[b->passage_count++] = (struct passage){node, (uint32_t)item};
    return 0;
}

/* Starts to load what is known of a stack's frames: first where that is, then that. */
static void load_names(const struct call_tree_build *b, const struct lane *l)
{
    uint32_t process = b->totals->items[l->item].process;
    for (uint32_t i = 0; i < l->stack.count; i++)
        call_names_prefetch(&b->names, process, l->stack.frames[i], i);
}

static void load_addresses(const struct call_tree_build *b, const struct lane *l)
{
    uint32_t process = b->totals->items[l->item].process;
    for (uint32_t i = 0; i < l->stack.count; i++)
        call_names_prefetch_more(&b->names, process, l->stack.frames[i], i);
}

/* The names of a stack's frames. */
static int name_path(struct call_tree_build *b, struct lane *l)
{
    const struct stack_figures *f = &b->totals->items[l->item];
    const struct stack_frames stack = l->stack;
    bool folding = true;
    l->count = stack.count;
    l->caller = stack.count - 1;
    if (base_grow((void **)&l->path, &l->path_cap, stack.count, sizeof *l->path) != 0)
        return -ENOMEM;
    for (uint32_t i = 0; i < stack.count; i++) {
        bool folded;
        l->path[i] = call_names_find(&b->names, f->process, f->first, stack.frames[i], i, &folded);
        if (l->path[i] == ID_MAP_NONE)
            return -ENOMEM;
        if (folding && !folded) {
            folding = false;
            l->caller = i;
        }
    }
    return 0;
}

/* The path of a stack that is none. */
static int name_nothing(struct call_tree_build *b, struct lane *l)
{
    l->count = 1;
    l->caller = 0;
    if (base_grow((void **)&l->path, &l->path_cap, 1, sizeof *l->path) != 0)
        return -ENOMEM;
    l->path[0] = call_names_add(&b->names, "[no stack]");
    return l->path[0] != ID_MAP_NONE ? 0 : -ENOMEM;
}

/* One frame further down the tree. */
static int walk_on(struct call_tree_build *b, struct lane *l)
{
    bool up = b->spec.kind == CALL_TREE_BOTTOM_UP;
    uint32_t parent = l->node;
    l->node = find_child(b, parent, l->path[l->at]);
    if (l->node == NO_NODE)
        return -ENOMEM;
    l->arrived = l->node == parent || l->at == (up ? l->count - 1 : l->caller);
    if (l->arrived)
        return 0;
    l->at += up ? 1u : -1u;
    id_map_prefetch(&b->edges, l->node, l->path[l->at]);
    return 0;
}

/* The paths of the first `count` lanes, from the calling frame up or from the root down. */
static int walk(struct call_tree_build *b, uint32_t count)
{
    for (uint32_t k = 0; k < count; k++) {
        struct lane *l = &b->lanes[k];
        l->at = b->spec.kind == CALL_TREE_BOTTOM_UP ? l->caller : l->count - 1;
        l->node = NO_NODE;
        l->arrived = false;
    }
    int rc = 0;
    for (uint32_t arrived = 0; rc == 0 && arrived < count;) {
        arrived = 0;
        for (uint32_t k = 0; rc == 0 && k < count; k++) {
            if (!b->lanes[k].arrived)
                rc = walk_on(b, &b->lanes[k]);
            arrived += b->lanes[k].arrived;
        }
    }
    for (uint32_t k = 0; rc == 0 && k < count; k++) {
        const struct lane *l = &b->lanes[k];
        uint64_t columns[CALL_TREE_COLUMNS];
        read_columns(&b->totals->items[l->item], columns);
        add_columns(b->nodes[l->node].self, columns);
        b->nodes[l->node].impacting += b->totals->items[l->item].impacting_bytes;
        rc = pass(b, l->node, l->item);
    }
    return rc;
}

/* Every name of the path once, however often it comes up. */
static int list(struct call_tree_build *b, const struct lane *l)
{
    uint64_t columns[CALL_TREE_COLUMNS];
    read_columns(&b->totals->items[l->item], columns);
    for (uint32_t i = l->caller; i < l->count; i++) {
        uint32_t node = find_root(b, l->path[i]);
        if (node == NO_NODE)
            return -ENOMEM;
        struct new_node *n = &b->nodes[node];
        if (i == l->caller)
            add_columns(n->self, columns);
        if (n->last_stack == l->item + 1)
            continue;
        n->last_stack = (uint32_t)l->item + 1;
        add_columns(n->total, columns);
        n->impacting += b->totals->items[l->item].impacting_bytes;
        int rc = pass(b, node, l->item);
        if (rc != 0)
            return rc;
    }
    return 0;
}

/* The frames of a stack; none for one that is not known. */
static struct stack_frames frames_of(const struct call_tree_build *b, uint32_t stack)
{
    if (stack == STACK_NONE || stack >= stack_table_count(b->totals->stacks))
        return (struct stack_frames){0};
    return stack_table_get(b->totals->stacks, stack);
}

/* Adds the next few stacks; *out_work is how much that was. */
static int add_stacks(struct call_tree_build *b, size_t *out_work)
{
    size_t left = b->totals->count - b->item;
    uint32_t count = left < LANES ? (uint32_t)left : LANES;
    int rc = 0;
    *out_work = 0;
    for (uint32_t k = 0; k < count; k++) {
        struct lane *l = &b->lanes[k];
        l->item = b->item + k;
        l->stack = frames_of(b, b->totals->items[l->item].stack);
        __builtin_prefetch(l->stack.frames);
    }
    for (uint32_t k = 0; k < count; k++)
        load_names(b, &b->lanes[k]);
    load_addresses(b, &b->lanes[0]);
    for (uint32_t k = 0; rc == 0 && k < count; k++) {
        struct lane *l = &b->lanes[k];
        if (k + 1 < count)
            load_addresses(b, &b->lanes[k + 1]);
        rc = l->stack.count != 0 ? name_path(b, l) : name_nothing(b, l);
        *out_work += l->count;
    }
    if (rc == 0 && !is_flat(b->spec.kind))
        rc = walk(b, count);
    for (uint32_t k = 0; rc == 0 && is_flat(b->spec.kind) && k < count; k++)
        rc = list(b, &b->lanes[k]);
    b->item += count;
    return rc;
}

/* What the tree knows of its stacks without the totals. */
static int keep_items(struct call_tree_build *b)
{
    const struct stack_totals *totals = b->totals;
    struct call_tree *t = b->tree;
    uint32_t distinct = stack_table_count(b->totals->stacks);
    uint32_t *processes = calloc(distinct + 1, sizeof *processes);
    t->items = calloc(totals->count + 1, sizeof *t->items);
    if (processes == NULL || t->items == NULL) {
        free(processes);
        return -ENOMEM;
    }
    for (size_t i = 0; i < totals->count; i++) {
        uint32_t stack = totals->items[i].stack;
        bool known = stack < distinct;
        t->stacks += known && processes[stack] == 0;
        processes[known ? stack : distinct]++;
    }
    for (size_t i = 0; i < totals->count; i++) {
        const struct stack_figures *f = &totals->items[i];
        bool known = f->stack < distinct;
        t->items[i] = (struct call_stack){
            .stack = known ? f->stack : STACK_NONE,
            .pid = registry_process(b->trace->registry, f->process)->pid,
            .processes = processes[known ? f->stack : distinct],
        };
    }
    free(processes);
    return 0;
}

/* ---- order ---- */

static int compare_siblings(const void *a, const void *b)
{
    const struct sibling *x = a;
    const struct sibling *y = b;
    if (x->weight != y->weight)
        return x->weight > y->weight ? -1 : 1;
    if (x->allocs != y->allocs)
        return x->allocs > y->allocs ? -1 : 1;
    return strcmp(x->text, y->text);
}

/* Totals of trees: what ends in a node counts for those above it. Parents came before children. */
static void sum_up(struct call_tree_build *b)
{
    for (size_t i = b->node_count; i-- > 0;) {
        struct new_node *n = &b->nodes[i];
        add_columns(n->total, n->self);
        if (n->parent == NO_NODE)
            continue;
        add_columns(b->nodes[n->parent].total, n->total);
        b->nodes[n->parent].impacting += n->impacting;
    }
}

static void place_node(struct call_tree_build *b, uint32_t from, uint32_t parent)
{
    const struct new_node *n = &b->nodes[from];
    const struct call_name *name = &b->names.names[n->name];
    struct call_tree *t = b->tree;
    const struct call_node *above = parent != NO_NODE ? &t->nodes[parent] : NULL;
    struct call_node *to = &t->nodes[t->count++];
    *to = (struct call_node){
        .text = name->text,
        .module = name->module,
        .place = name->place,
        .key = call_names_hash(above != NULL ? above->key : 0, name->hash),
        .parent = parent,
        .first_child = n->first_child, /* by its old number, until they are placed */
        .child_count = n->children,
        .depth = above != NULL ? above->depth + 1 : 0,
        .first_stack = from, /* likewise */
        .hit = name->hit,
        .named = name->named,
    };
    to->impacting = n->impacting;
    uint64_t size = n->impacting < 0 ? 0 - (uint64_t)n->impacting : (uint64_t)n->impacting;
    t->impacting_most = size > t->impacting_most ? size : t->impacting_most;
    memcpy(to->total, n->total, sizeof to->total);
    memcpy(to->self, n->self, sizeof to->self);
}

/* Places the nodes of a list, sorted, behind those placed so far. */
static int place_list(struct call_tree_build *b, uint32_t first, uint32_t count, uint32_t parent)
{
    if (count == 0)
        return 0;
    if (base_grow((void **)&b->siblings, &b->sibling_cap, count, sizeof *b->siblings) != 0)
        return -ENOMEM;
    size_t n = 0;
    for (uint32_t i = first; i != NO_NODE; i = b->nodes[i].sibling)
        b->siblings[n++] = (struct sibling){
            .weight = b->nodes[i].total[b->spec.sort],
            .allocs = b->nodes[i].total[CALL_TREE_ALLOCS],
            .text = b->names.names[b->nodes[i].name].text,
            .node = i,
        };
    qsort(b->siblings, n, sizeof *b->siblings, compare_siblings);
    for (size_t i = 0; i < n; i++)
        place_node(b, b->siblings[i].node, parent);
    return 0;
}

static int place_roots(struct call_tree_build *b)
{
    struct call_tree *t = b->tree;
    int rc = keep_items(b);
    t->nodes = calloc(b->node_count + 1, sizeof *t->nodes);
    if (rc != 0 || t->nodes == NULL)
        return -ENOMEM;
    if (!is_flat(b->spec.kind))
        sum_up(b);
    t->root_count = b->root_count;
    read_columns(&b->totals->whole, t->whole);
    return place_list(b, b->roots, b->root_count, NO_NODE);
}

static int place_children(struct call_tree_build *b)
{
    struct call_tree *t = b->tree;
    if (b->placed + CHILDREN_AHEAD < t->count) {
        const struct call_node *ahead = &t->nodes[b->placed + CHILDREN_AHEAD];
        if (ahead->child_count != 0)
            __builtin_prefetch(&b->nodes[ahead->first_child]);
    }
    struct call_node *n = &t->nodes[b->placed++];
    uint32_t first = n->first_child;
    n->first_child = n->child_count != 0 ? t->count : 0;
    return n->child_count != 0 ? place_list(b, first, n->child_count, (uint32_t)b->placed - 1) : 0;
}

/* ---- the stacks through each node ---- */

static void count_passages(struct call_tree_build *b, uint32_t *ends, uint32_t *place)
{
    struct call_tree *t = b->tree;
    for (uint32_t i = 0; i < t->count; i++)
        place[t->nodes[i].first_stack] = i;
    for (size_t i = 0; i < b->passage_count; i++)
        ends[place[b->passages[i].node]]++;
    for (uint32_t i = t->count; i-- > 0;) {
        struct call_node *n = &t->nodes[i];
        n->stack_count += ends[i];
        if (n->parent != NO_NODE)
            t->nodes[n->parent].stack_count += n->stack_count;
    }
}

/* `next[i]` becomes the next free place of node i: its own stacks, then those of each child. */
static void lay_out(struct call_tree *t, uint32_t *next)
{
    uint32_t roots = 0;
    for (uint32_t i = 0; i < t->count; i++) {
        struct call_node *n = &t->nodes[i];
        uint32_t own = next[i];
        uint32_t *from = n->parent != NO_NODE ? &next[n->parent] : &roots;
        n->first_stack = *from;
        *from += n->stack_count;
        next[i] = n->first_stack + own;
    }
}

/*
 * next[] first holds how many stacks end in each node, then where its children's places go on; the
 * node's own come first, so they are filled from the counts again.
 */
static int list_passages(struct call_tree_build *b)
{
    struct call_tree *t = b->tree;
    uint32_t *next = calloc(t->count + 1, sizeof *next);
    uint32_t *place = calloc(b->node_count + 1, sizeof *place);
    t->through = calloc(b->passage_count + 1, sizeof *t->through);
    int rc = next != NULL && place != NULL && t->through != NULL ? 0 : -ENOMEM;
    if (rc == 0) {
        count_passages(b, next, place);
        lay_out(t, next);
        for (uint32_t i = 0; i < t->count; i++)
            next[i] = t->nodes[i].first_stack;
        for (size_t i = 0; i < b->passage_count; i++)
            t->through[next[place[b->passages[i].node]]++] = b->passages[i].item;
    }
    free(next);
    free(place);
    return rc;
}

/* ---- steps ---- */

int call_tree_build_step(struct call_tree_build *b, size_t frames)
{
    size_t done = 0, work;
    int rc = 0;
    while (rc == 0 && done < frames && b->item < b->totals->count) {
        rc = add_stacks(b, &work);
        done += work;
    }
    if (rc != 0 || b->item < b->totals->count)
        return rc != 0 ? rc : 1;
    if (b->tree->nodes == NULL) {
        rc = place_roots(b);
        return rc != 0 ? rc : 1;
    }
    for (; rc == 0 && done < frames && b->placed < b->tree->count; done++)
        rc = place_children(b);
    if (rc != 0 || b->placed < b->tree->count)
        return rc != 0 ? rc : 1;
    if (!b->summed) {
        rc = list_passages(b);
        b->summed = rc == 0;
    }
    return rc;
}

struct call_tree *call_tree_build_take(struct call_tree_build *b)
{
    struct call_tree *t = b->tree;
    b->tree = NULL;
    return t;
}

struct call_tree *call_tree_new(const struct trace *trace, const struct stack_totals *totals,
                                const struct call_tree_spec *spec)
{
    struct call_tree_build *b = call_tree_build_new(trace, totals, spec);
    if (b == NULL)
        return NULL;
    int rc;
    while ((rc = call_tree_build_step(b, SIZE_MAX)) == 1)
        continue;
    struct call_tree *t = rc == 0 ? call_tree_build_take(b) : NULL;
    call_tree_build_free(b);
    return t;
}

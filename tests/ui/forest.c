/* Call trees written down by hand; see forest.h. */
#include "forest.h"

#include <inttypes.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"

#define MOST_DEPTH 4096

enum { PROCESS = 21912 };

/* A line, with what is below it. */
struct plant {
    const char *text;
    size_t length;
    uint64_t total[CALL_TREE_COLUMNS], self[CALL_TREE_COLUMNS];
    uint32_t parent, depth; /* by line */
    uint32_t children;
    uint32_t node; /* its place in the tree */
};

struct planting {
    struct plant *plants;
    uint32_t count;
    uint32_t *order; /* plants in the order of the nodes */
    enum call_tree_column sort;
};

/* One figure after the other; the rest follows from them. */
static const char *take_figures(struct plant *p, const char *s)
{
    char *end;
    uint64_t bytes = strtoull(s, &end, 10), blocks = strtoull(end, &end, 10);
    uint64_t allocs = strtoull(end, &end, 10);
    p->self[CALL_TREE_OUTSTANDING] = bytes;
    p->self[CALL_TREE_BLOCKS] = blocks;
    p->self[CALL_TREE_ALLOCS] = allocs;
    p->self[CALL_TREE_ALLOC_BYTES] = bytes + (allocs - blocks) * 96;
    p->self[CALL_TREE_CHURN] = (allocs - blocks) * 96;
    p->self[CALL_TREE_AT_PEAK] = bytes + bytes / 4;
    return end;
}

/* "2 Solution!main 4096 64 512": a name may hold blanks, figures do not. */
static void take_line(struct planting *p, const char *s, const char *end, uint32_t *path)
{
    struct plant *plant = &p->plants[p->count];
    char *name;
    plant->depth = (uint32_t)strtoul(s, &name, 10);
    const char *figures = end;
    for (int blanks = 0; blanks < 3; blanks += *figures == ' ')
        figures--;
    plant->text = name + 1;
    plant->length = (size_t)(figures - plant->text);
    plant->parent = plant->depth > 0 ? path[plant->depth - 1] : UINT32_MAX;
    if (plant->parent != UINT32_MAX)
        p->plants[plant->parent].children++;
    path[plant->depth] = p->count++;
    take_figures(plant, figures);
}

static void take_lines(struct planting *p, const char *lines)
{
    uint32_t *path = base_xcalloc(MOST_DEPTH, sizeof *path);
    uint32_t count = 0;
    for (const char *s = lines; *s != '\0'; s++)
        count += *s == '\n';
    p->plants = base_xcalloc(count + 1, sizeof *p->plants);
    p->order = base_xcalloc(count + 1, sizeof *p->order);
    for (const char *s = lines, *end; *s != '\0'; s = end + 1) {
        end = strchr(s, '\n');
        take_line(p, s, end, path);
    }
    free(path);
}

static void add_up(struct planting *p)
{
    for (uint32_t i = p->count; i-- > 0;) {
        struct plant *plant = &p->plants[i];
        for (unsigned c = 0; c < CALL_TREE_COLUMNS; c++) {
            plant->total[c] += plant->self[c];
            if (plant->parent != UINT32_MAX)
                p->plants[plant->parent].total[c] += plant->total[c];
        }
    }
}

static int compare(const void *a, const void *b, void *ctx)
{
    const struct planting *p = ctx;
    const struct plant *x = &p->plants[*(const uint32_t *)a];
    const struct plant *y = &p->plants[*(const uint32_t *)b];
    if (x->depth != y->depth)
        return x->depth < y->depth ? -1 : 1;
    if (x->parent != y->parent)
        return p->plants[x->parent].node < p->plants[y->parent].node ? -1 : 1;
    if (x->total[p->sort] != y->total[p->sort])
        return x->total[p->sort] > y->total[p->sort] ? -1 : 1;
    return x < y ? -1 : 1;
}

/* By depth, brothers together: a level at a time, since each needs the places of the one before. */
static void put_in_order(struct planting *p)
{
    uint32_t placed = 0;
    for (uint32_t depth = 0; placed < p->count; depth++) {
        uint32_t first = placed;
        for (uint32_t i = 0; i < p->count; i++)
            if (p->plants[i].depth == depth)
                p->order[placed++] = i;
        qsort_r(p->order + first, placed - first, sizeof *p->order, compare, p);
        for (uint32_t i = first; i < placed; i++)
            p->plants[p->order[i]].node = i;
    }
}

static uint64_t hash_of(uint64_t hash, const char *s, size_t n)
{
    for (size_t i = 0; i < n; i++)
        hash = (hash ^ (unsigned char)s[i]) * UINT64_C(1099511628211);
    return hash;
}

static void make_node(const struct planting *p, struct call_tree *t, uint32_t at)
{
    const struct plant *plant = &p->plants[p->order[at]];
    struct call_node *n = &t->nodes[at];
    const char *bang = memchr(plant->text, '!', plant->length);
    const char *plus = memchr(plant->text, '+', plant->length);
    const char *end = bang != NULL ? bang : plus != NULL ? plus : plant->text;
    n->text = arena_strndup(&t->texts, plant->text, plant->length);
    n->module = arena_strndup(&t->texts, plant->text, (size_t)(end - plant->text));
    n->place = "";
    n->named = bang != NULL;
    n->hit = plant->text[0] == '[' ? IMAGE_UNKNOWN : IMAGE_LOADED;
    n->depth = plant->depth;
    n->child_count = plant->children;
    n->parent = plant->parent != UINT32_MAX ? p->plants[plant->parent].node : UINT32_MAX;
    n->key =
        hash_of(n->parent != UINT32_MAX ? t->nodes[n->parent].key : 7, n->text, plant->length + 1);
    if (n->parent != UINT32_MAX && t->nodes[n->parent].first_child == 0)
        t->nodes[n->parent].first_child = at;
    memcpy(n->total, plant->total, sizeof n->total);
    memcpy(n->self, plant->self, sizeof n->self);
}

/* Each node with something of its own stands for one stack, numbered depth first. */
static void give_stacks(struct call_tree *t, uint32_t node)
{
    struct call_node *n = &t->nodes[node];
    n->first_stack = t->stacks;
    for (uint32_t i = 0; i < n->child_count; i++)
        give_stacks(t, n->first_child + i);
    if (n->self[CALL_TREE_ALLOCS] > 0) {
        t->through[t->stacks] = t->stacks;
        t->items[t->stacks] = (struct call_stack){t->stacks, PROCESS, 1};
        t->stacks++;
    }
    n->stack_count = t->stacks - n->first_stack;
}

struct call_tree *forest_plant(const char *lines, enum call_tree_kind kind,
                               enum call_tree_column sort)
{
    struct planting p = {.sort = sort};
    take_lines(&p, lines);
    add_up(&p);
    put_in_order(&p);
    struct call_tree *t = base_xcalloc(1, sizeof *t);
    answer_init(&t->base, call_tree_free);
    t->kind = kind;
    t->sort = sort;
    t->count = p.count;
    t->nodes = base_xcalloc(p.count + 1, sizeof *t->nodes);
    t->through = base_xcalloc(p.count + 1, sizeof *t->through);
    t->items = base_xcalloc(p.count + 1, sizeof *t->items);
    for (uint32_t i = 0; i < p.count; i++)
        make_node(&p, t, i);
    while (t->root_count < t->count && t->nodes[t->root_count].depth == 0)
        t->root_count++;
    for (uint32_t i = 0; i < t->root_count; i++) {
        give_stacks(t, i);
        for (unsigned c = 0; c < CALL_TREE_COLUMNS; c++)
            t->whole[c] += t->nodes[i].total[c];
    }
    t->with = t->whole[CALL_TREE_ALLOCS];
    free(p.plants);
    free(p.order);
    return t;
}

/* clang-format off */
static const char *const stories[] = {
    [CALL_TREE_BOTTOM_UP] =
        "0 Solution!std::vector<order_line,std::allocator<order_line> >::_Reallocate_exactly 0 0 0\n"
        "1 Solution!book::grow 0 0 0\n"
        "2 Solution!book::append 0 0 0\n"
        "3 Solution!main 0 0 0\n"
        "4 Solution!invoke_main 0 0 0\n"
        "5 KERNEL32!BaseThreadInitThunk 0 0 0\n"
        "6 ntdll!RtlUserThreadStart 40960 10 230\n"
        "3 Solution!book::merge 0 0 0\n"
        "4 Solution!worker_main 0 0 0\n"
        "5 KERNEL32!BaseThreadInitThunk 0 0 0\n"
        "6 ntdll!RtlUserThreadStart 9216 4 96\n"
        "0 Solution!parse_header 0 0 0\n"
        "1 Solution!load 0 0 0\n"
        "2 Solution!main 0 0 0\n"
        "3 Solution!invoke_main 0 0 0\n"
        "4 KERNEL32!BaseThreadInitThunk 0 0 0\n"
        "5 ntdll!RtlUserThreadStart 12288 3 14\n"
        "0 ucrtbase+0x1a40 0 0 0\n"
        "1 Solution!log_line 0 0 0\n"
        "2 Solution!worker_main 2112 33 402\n"
        "0 [unknown] 0x7ff6a0c01000 640 1 1\n"
        "0 plugin.dll[unloaded]+0x1200 0 0 0\n"
        "1 Solution!load 0 0 20\n",
    [CALL_TREE_TOP_DOWN] =
        "0 ntdll!RtlUserThreadStart 0 0 0\n"
        "1 KERNEL32!BaseThreadInitThunk 0 0 0\n"
        "2 Solution!invoke_main 0 0 0\n"
        "3 Solution!main 0 0 0\n"
        "4 Solution!book::append 0 0 0\n"
        "5 Solution!book::grow 0 0 0\n"
        "6 Solution!std::vector<order_line,std::allocator<order_line> >::_Reallocate_exactly 40960 10 230\n"
        "4 Solution!load 0 0 0\n"
        "5 Solution!parse_header 12288 3 14\n"
        "5 plugin.dll[unloaded]+0x1200 0 0 20\n"
        "2 Solution!worker_main 0 0 0\n"
        "3 Solution!book::merge 0 0 0\n"
        "4 Solution!book::append 0 0 0\n"
        "5 Solution!book::grow 9216 4 96\n"
        "3 Solution!log_line 0 0 0\n"
        "4 ucrtbase+0x1a40 2112 33 402\n"
        "0 [unknown] 0x7ff6a0c01000 640 1 1\n",
    [CALL_TREE_FUNCTIONS] =
        "0 Solution!book::grow 50176 14 326\n"
        "0 Solution!main 0 0 0\n"
        "0 Solution!parse_header 12288 3 14\n"
        "0 ucrtbase+0x1a40 2112 33 402\n"
        "0 [unknown] 0x7ff6a0c01000 640 1 1\n",
    [CALL_TREE_MODULES] =
        "0 Solution.exe 62464 17 360\n"
        "0 ucrtbase.dll 2112 33 402\n"
        "0 [unknown] 640 1 1\n",
};
/* clang-format on */

struct call_tree *forest_story(enum call_tree_kind kind, enum call_tree_column sort)
{
    return forest_plant(stories[kind], kind, sort);
}

struct call_tree *forest_grow(uint32_t roots, uint32_t width, uint32_t depth,
                              enum call_tree_kind kind, enum call_tree_column sort)
{
    struct strbuf b = {0};
    for (uint32_t r = 0; r < roots; r++) {
        strbuf_printf(&b, "0 app!root_%" PRIu32 " %" PRIu32 " 1 1\n", r, 64 * (roots - r));
        for (uint32_t w = 0; w < width; w++)
            for (uint32_t d = 0; d < depth; d++)
                strbuf_printf(&b,
                              "%" PRIu32 " mod%" PRIu32 "!work_%" PRIu32 "_%" PRIu32 " %u 1 2\n",
                              d + 1, w % 9, w, d, 16 * (width - w));
    }
    struct call_tree *t = forest_plant(strbuf_str(&b), kind, sort);
    strbuf_release(&b);
    return t;
}

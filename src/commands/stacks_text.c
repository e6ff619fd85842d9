/*
 * The page of text of `heaptail stacks`; see stacks_text.h.
 *
 * A tree of thousands of frames is no answer, its heaviest ways are. Frames that follow each other
 * without a choice are one line: bottom-up a way is listed from the calling frame outwards,
 * top-down it hangs on the way it branches off from.
 */
#include "commands/stacks_text.h"

#include <langinfo.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/alloc.h"
#include "base/text.h"
#include "commands/stacks_lines.h"
#include "commands/text_lines.h"

#define NO_NODE UINT32_MAX

/* Ways without --top, and lines of the calls of one way. */
#define WAYS_USUAL 10
#define CALLS_MOST 6

/* A way splits where it goes on in so many per cent of the whole, which are so many of its own. */
#define BIG_SHARE   10
#define BIG_COVERED 80

/* Top-down, a way goes on where at least so many per cent of it go. */
#define MAIN_SHARE 90

struct page {
    const struct call_tree *t;
    struct stacks_lines lines;
    uint64_t most; /* ways */
    size_t ways;   /* there are */
    bool plain;    /* ASCII alone */
};

struct way {
    uint64_t weight;
    uint32_t end;
};

static int compare_ways(const void *a, const void *b)
{
    const struct way *x = a;
    const struct way *y = b;
    if (x->weight != y->weight)
        return x->weight > y->weight ? -1 : 1;
    return (x->end > y->end) - (x->end < y->end);
}

static uint64_t weight(const struct page *p, uint32_t node)
{
    return p->t->nodes[node].total[p->t->sort];
}

/*
 * True when the way goes on with the first child: bottom-up while there is no choice; top-down as
 * long as nearly all goes there, and what does not branches off.
 */
static bool goes_on(const struct page *p, uint32_t node)
{
    const struct call_node *n = &p->t->nodes[node];
    if (p->t->kind == CALL_TREE_BOTTOM_UP)
        return n->child_count == 1 && weight(p, n->first_child) == weight(p, node);
    return n->child_count != 0 &&
           (double)weight(p, n->first_child) * 100 >= (double)weight(p, node) * MAIN_SHARE;
}

/* The last node of the way that begins with `node`. */
static uint32_t way_end(const struct page *p, uint32_t node)
{
    while (goes_on(p, node))
        node = p->t->nodes[node].first_child;
    return node;
}

/* A way without weight is none, unless there is nothing else. */
static size_t count_weighty(const struct way *ways, size_t count)
{
    while (count > 1 && ways[count - 1].weight == 0)
        count--;
    return count;
}

/* ---- what a run of frames is called ---- */

static bool is_same_run(const struct call_node *a, const struct call_node *b)
{
    if (a->named || b->named)
        return strcmp(a->text, b->text) == 0;
    return a->module[0] != '\0' && strcmp(a->module, b->module) == 0 && a->hit == b->hit;
}

/* The nodes of a way, and how many of them were written. */
struct path {
    uint32_t *nodes;
    uint32_t count, at;
};

/* From the root down to `end`; the caller frees the nodes. */
static struct path path_to(const struct page *p, uint32_t end)
{
    struct path path = {.count = p->t->nodes[end].depth + 1};
    path.nodes = base_xcalloc(path.count, sizeof *path.nodes);
    for (uint32_t i = path.count, node = end; i-- > 0; node = p->t->nodes[node].parent)
        path.nodes[i] = node;
    return path;
}

/* Frames that are told as one. */
struct run {
    const struct call_node *first, *last;
    uint32_t count;
};

/* The next run of the path; false behind the last. */
static bool next_run(const struct page *p, struct path *path, struct run *out_run)
{
    if (path->at == path->count)
        return false;
    const struct call_node *nodes = p->t->nodes;
    const struct call_node *first = &nodes[path->nodes[path->at]], *last = first;
    uint32_t count = 0;
    while (path->at < path->count && is_same_run(first, &nodes[path->nodes[path->at]])) {
        last = &nodes[path->nodes[path->at++]];
        count++;
    }
    if (count == 0) {
        path->at++; /* An unknown frame is like no other, itself included. */
        count = 1;
    }
    *out_run = (struct run){first, last, count};
    return true;
}

/* "Solution.exe+0x15971 .. +0x12d3e (5 frames)", "Solution!main  main.cpp:12". */
static void put_run(const struct run *r, struct strbuf *out)
{
    strbuf_puts(out, r->first->text);
    const char *offset = strrchr(r->last->text, '+');
    if (r->first->named) {
        if (r->first->place[0] != '\0')
            strbuf_printf(out, "  %s", r->first->place);
    } else if (r->count > 1 && offset != NULL) {
        strbuf_printf(out, " .. %s", offset);
    }
    if (r->count > 1)
        strbuf_printf(out, " (%u frames)", r->count);
}

/* "Solution.exe+0x15971 (5 frames)": what is left where room is short. */
static void put_brief_run(const struct run *r, struct strbuf *out)
{
    strbuf_puts(out, r->first->text);
    if (r->count > 1)
        strbuf_printf(out, " (%u frames)", r->count);
}

/* How every thread starts is no news. */
static void cut_thread_start(const struct page *p, struct path *path)
{
    while (path->count > 1 &&
           frame_module_starts_threads(p->t->nodes[path->nodes[path->count - 1]].module))
        path->count--;
}

/* ---- bottom-up: ways side by side ---- */

/*
 * True when the way is better told as its branches: a few of them are nearly all of it, and each is
 * much of the whole. Else it is the function at its beginning that matters, whoever calls it.
 */
static bool splits(const struct page *p, uint32_t end)
{
    const struct call_node *n = &p->t->nodes[end];
    uint64_t covered = 0, whole = p->t->whole[p->t->sort];
    for (uint32_t i = 0; i < n->child_count; i++) {
        uint64_t w = weight(p, n->first_child + i);
        if (w == 0 || w < whole / 100 * BIG_SHARE)
            break;
        covered += w;
    }
    return covered > 0 && n->self[p->t->sort] == 0 && covered / BIG_COVERED >= weight(p, end) / 100;
}

/* All ways that do not split, heaviest first; the caller frees them. */
static struct way *find_ways(const struct page *p, size_t *out_count)
{
    const struct call_tree *t = p->t;
    struct way *ways = base_xcalloc((size_t)t->count + 1, sizeof *ways);
    uint32_t *open = base_xcalloc((size_t)t->count + 1, sizeof *open);
    size_t count = 0, left = 0;
    for (uint32_t i = 0; i < t->root_count; i++)
        open[left++] = i;
    while (left > 0) {
        uint32_t end = way_end(p, open[--left]);
        const struct call_node *n = &t->nodes[end];
        if (n->child_count == 0 || !splits(p, end))
            ways[count++] = (struct way){weight(p, end), end};
        else
            for (uint32_t i = 0; i < n->child_count; i++)
                open[left++] = n->first_child + i;
    }
    free(open);
    qsort(ways, count, sizeof *ways, compare_ways);
    *out_count = count_weighty(ways, count);
    return ways;
}

/* A line of a way: the tree's glyphs, the run, and how many frames are not told below it. */
static void put_run_line(struct page *p, const struct call_node *node, uint32_t line,
                         const struct run *run, uint32_t more)
{
    struct strbuf text = {0}, brief = {0};
    if (line > 0)
        strbuf_printf(&text, "%*s%s ", (int)(2 * line - 2), "", p->plain ? "`-" : "└");
    strbuf_puts(&brief, strbuf_str(&text));
    put_run(run, &text);
    put_brief_run(run, &brief);
    if (more > 0) {
        strbuf_printf(&text, " and %u more", more);
        strbuf_printf(&brief, " and %u more", more);
    }
    stacks_lines_add(&p->lines, node, strbuf_str(&text), strbuf_str(&brief));
    strbuf_release(&text);
    strbuf_release(&brief);
}

/* The figures with the calling frame, and below it what called that. */
static void put_way(struct page *p, uint32_t end)
{
    struct path path = path_to(p, end);
    struct run run;
    cut_thread_start(p, &path);
    for (uint32_t line = 0; line < CALLS_MOST && next_run(p, &path, &run); line++) {
        uint32_t more = line + 1 == CALLS_MOST ? path.count - path.at : 0;
        put_run_line(p, line == 0 ? &p->t->nodes[end] : NULL, line, &run, more);
    }
    free(path.nodes);
}

static void put_bottom_up(struct page *p)
{
    struct way *ways = find_ways(p, &p->ways);
    for (size_t i = 0; i < p->ways && i < p->most; i++)
        put_way(p, ways[i].end);
    free(ways);
}

/* ---- top-down: ways that branch off ---- */

static bool begins_way(const struct page *p, uint32_t node)
{
    uint32_t parent = p->t->nodes[node].parent;
    return parent == NO_NODE || node != p->t->nodes[parent].first_child || !goes_on(p, parent);
}

/* Flags the heaviest beginnings of ways, those above them included. */
static bool *choose_ways(struct page *p)
{
    const struct call_tree *t = p->t;
    bool *chosen = base_xcalloc((size_t)t->count + 1, sizeof *chosen);
    struct way *ways = base_xcalloc((size_t)t->count + 1, sizeof *ways);
    size_t count = 0;
    for (uint32_t i = 0; i < t->count; i++)
        if (begins_way(p, i))
            ways[count++] = (struct way){weight(p, i), i};
    qsort(ways, count, sizeof *ways, compare_ways);
    p->ways = count_weighty(ways, count);
    for (size_t i = 0; i < p->ways && i < p->most; i++)
        chosen[ways[i].end] = true;
    free(ways);
    return chosen;
}

/* How many ways it hangs on. */
static uint32_t way_depth(const struct page *p, uint32_t node)
{
    uint32_t depth = 0;
    for (; p->t->nodes[node].parent != NO_NODE; node = p->t->nodes[node].parent)
        depth += begins_way(p, node);
    return depth;
}

/* The runs of the way that begins with `node`, in one line. */
static void put_line(const struct page *p, uint32_t node, struct strbuf *out)
{
    struct path path = path_to(p, way_end(p, node));
    struct run run;
    path.at = p->t->nodes[node].depth;
    while (next_run(p, &path, &run)) {
        put_run(&run, out);
        if (path.at < path.count)
            strbuf_puts(out, " > ");
    }
    free(path.nodes);
}

/* "ntdll.dll+0x485b > (31 frames) > msvcp140d.dll+0x88dd3": how it begins and where it ends. */
static void put_brief_line(const struct page *p, uint32_t node, struct strbuf *out)
{
    uint32_t end = way_end(p, node), between = p->t->nodes[end].depth - p->t->nodes[node].depth;
    strbuf_puts(out, p->t->nodes[node].text);
    if (between == 0)
        return;
    if (between == 2)
        strbuf_puts(out, " > (1 frame)");
    else if (between > 2)
        strbuf_printf(out, " > (%u frames)", between - 1);
    strbuf_printf(out, " > %s", p->t->nodes[end].text);
}

/* A way to be written, in the order of the page. */
struct branch {
    uint32_t node, depth;
    char *lines; /* at each depth above its own: whether the line goes on; owned */
};

/* From the last to the first, because a line goes on when something hangs on it further below. */
static void draw_branches(struct branch *b, size_t count)
{
    char *open = NULL;
    size_t cap = 0;
    for (size_t i = count; i-- > 0;) {
        size_t depth = b[i].depth + 1u;
        if (depth > cap) {
            open = base_xrealloc(open, depth, 1);
            memset(open + cap, 0, depth - cap);
            cap = depth;
        }
        b[i].lines = base_xcalloc(depth, 1);
        memcpy(b[i].lines, open, depth);
        memset(open + depth, 0, cap - depth);
        open[depth - 1] = 1;
    }
    free(open);
}

static void put_branch(struct page *p, const struct branch *b)
{
    static const char *const glyphs[2][4] = {
        {"  ", "│ ", "└ ", "├ "},
        {"  ", "| ", "`-", "|-"},
    };
    struct strbuf text = {0}, brief = {0};
    for (uint32_t d = 1; d <= b->depth; d++)
        strbuf_puts(&text, glyphs[p->plain][(d == b->depth ? 2 : 0) + b->lines[d]]);
    strbuf_puts(&brief, strbuf_str(&text));
    put_line(p, b->node, &text);
    put_brief_line(p, b->node, &brief);
    stacks_lines_add(&p->lines, &p->t->nodes[b->node], strbuf_str(&text), strbuf_str(&brief));
    strbuf_release(&text);
    strbuf_release(&brief);
}

static void put_top_down(struct page *p)
{
    bool *chosen = choose_ways(p);
    struct branch *branches = base_xcalloc(p->ways + 1, sizeof *branches);
    size_t count = 0;
    uint32_t i = p->t->count != 0 ? 0 : NO_NODE;
    for (; i != NO_NODE; i = call_tree_next(p->t, i))
        if (chosen[i])
            branches[count++] = (struct branch){i, way_depth(p, i), NULL};
    draw_branches(branches, count);
    for (size_t k = 0; k < count; k++) {
        put_branch(p, &branches[k]);
        free(branches[k].lines);
    }
    free(branches);
    free(chosen);
}

/* ---- functions and modules ---- */

static void put_flat(struct page *p)
{
    struct strbuf text = {0};
    while (p->ways < p->t->count && (p->ways == 0 || weight(p, (uint32_t)p->ways) != 0))
        p->ways++;
    for (uint32_t i = 0; i < p->ways && i < p->most; i++) {
        const struct call_node *n = &p->t->nodes[i];
        strbuf_clear(&text);
        put_run(&(struct run){n, n, 1}, &text);
        stacks_lines_add(&p->lines, n, strbuf_str(&text), n->text);
    }
    strbuf_release(&text);
}

/* ---- the page ---- */

static void put_head(const struct call_tree *t, const struct subject *s, struct strbuf *out)
{
    struct strbuf b = {0};
    strbuf_printf(out, "%s\n", strbuf_str(&s->name));
    text_selection(out, s->options);
    text_put_grouped(&b, t->whole[CALL_TREE_ALLOCS]);
    strbuf_puts(&b, " allocs, ");
    text_put_grouped(&b, t->whole[CALL_TREE_ALLOC_BYTES]);
    strbuf_puts(&b, " bytes");
    text_line(out, "allocated", &b);
    text_put_grouped(&b, t->whole[CALL_TREE_BLOCKS]);
    strbuf_puts(&b, " blocks, ");
    text_put_grouped(&b, t->whole[CALL_TREE_OUTSTANDING]);
    strbuf_puts(&b, " bytes at the end");
    text_line(out, "outstanding", &b);
    text_put_grouped(&b, t->stacks);
    strbuf_puts(&b, " different ones");
    if (t->without != 0) {
        strbuf_puts(&b, "; without one: ");
        text_put_grouped(&b, t->without);
        strbuf_puts(&b, " Allocs and ReAllocs");
    }
    if (t->cut)
        strbuf_puts(&b, "; too many ways: what is deeper counts for the call above it");
    text_line(out, "stacks", &b);
    strbuf_putc(out, '\n');
}

static void put_tail(const struct page *p, struct strbuf *out)
{
    if (p->ways <= p->most)
        return;
    strbuf_puts(out, "  and ");
    text_put_grouped(out, p->ways - p->most);
    strbuf_puts(out, " more: --top N shows N\n");
}

void stacks_text(const struct call_tree *t, const struct subject *s, struct strbuf *out)
{
    static const struct {
        const char *title;
        void (*put)(struct page *p);
    } kinds[] = {
        [CALL_TREE_TOP_DOWN] = {"Where it comes from", put_top_down},
        [CALL_TREE_BOTTOM_UP] = {"Who allocates", put_bottom_up},
        [CALL_TREE_FUNCTIONS] = {"Function", put_flat},
        [CALL_TREE_MODULES] = {"Module", put_flat},
    };
    const struct option_number *top = &s->options->top;
    struct page p = {
        .t = t,
        .most = top->given ? top->value : WAYS_USUAL,
        .plain = strcmp(nl_langinfo(CODESET), "UTF-8") != 0,
    };
    stacks_lines_init(&p.lines, t, kinds[t->kind].title);
    put_head(t, s, out);
    kinds[t->kind].put(&p);
    stacks_lines_put(&p.lines, out);
    put_tail(&p, out);
    stacks_lines_release(&p.lines);
}

/*
 * Call trees against a recount that knows no nodes: for each path it goes through all stacks and
 * adds up those that begin with it. Without images every address has a name of its own.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "answer/tree/call_tree.h"
#include "base/strbuf.h"
#include "tests/tools/rng.h"

#define MOST_ITEMS  64
#define MOST_FRAMES 12

struct world {
    struct trace *trace;
    struct stack_table *stacks;
    struct stack_totals totals;
    struct stack_figures items[MOST_ITEMS];
    uint32_t process[3]; /* 100, 200 and one without an id */
};

static void init_world(struct world *w)
{
    static const uint32_t pids[] = {100, 200, EVENT_NO_ID};
    const struct etl_file_header header = {.perf_frequency = 10000000, .pointer_size = 8};
    *w = (struct world){.trace = trace_new(&header), .stacks = stack_table_new()};
    for (int i = 0; i < 3; i++) {
        uint32_t thread = registry_add_thread(w->trace->registry, pids[i], 1);
        w->process[i] = registry_thread(w->trace->registry, thread)->process;
    }
    w->totals.items = w->items;
    w->totals.stacks = w->stacks;
}

static void release_world(struct world *w)
{
    stack_table_unref(w->stacks);
    trace_unref(w->trace);
}

static uint32_t add_stack(struct world *w, uint32_t count, const uint64_t *frames)
{
    return stack_table_add(w->stacks, frames, count);
}

/* Figures that tell every column from the others. */
static void add_item(struct world *w, uint32_t process, uint32_t stack, uint64_t weight)
{
    struct stack_figures f = {
        .process = process,
        .stack = stack,
        .allocs = weight,
        .alloc_bytes = weight * 10,
        .freed_bytes = weight * 7,
        .outstanding_blocks = weight * 3,
        .outstanding_bytes = weight * 100,
        .at_peak_bytes = weight * 1000,
        .copied_bytes = weight * 11,
        .impacting_bytes = -(int64_t)weight * 5,
    };
    w->items[w->totals.count++] = f;
    struct stack_figures *whole = &w->totals.whole;
    whole->allocs += f.allocs;
    whole->alloc_bytes += f.alloc_bytes;
    whole->freed_bytes += f.freed_bytes;
    whole->outstanding_blocks += f.outstanding_blocks;
    whole->outstanding_bytes += f.outstanding_bytes;
    whole->at_peak_bytes += f.at_peak_bytes;
    whole->copied_bytes += f.copied_bytes;
}

static struct call_tree *make(const struct world *w, enum call_tree_kind kind)
{
    const struct call_tree_spec spec = {.kind = kind, .sort = CALL_TREE_ALLOCS};
    struct call_tree *t = call_tree_new(w->trace, &w->totals, &spec);
    assert_non_null(t);
    return t;
}

static void assert_columns(const uint64_t *got, uint64_t weight)
{
    const uint64_t want[CALL_TREE_COLUMNS] = {
        [CALL_TREE_OUTSTANDING] = weight * 100,
        [CALL_TREE_BLOCKS] = weight * 3,
        [CALL_TREE_ALLOCS] = weight,
        [CALL_TREE_ALLOC_BYTES] = weight * 10,
        [CALL_TREE_CHURN] = weight * 17,
        [CALL_TREE_AT_PEAK] = weight * 1000,
        [CALL_TREE_COPIED] = weight * 11,
    };
    for (int c = 0; c < CALL_TREE_COLUMNS; c++)
        assert_int_equal(got[c], want[c]);
}

/* The names of a stack in the order of the tree's paths. */
struct path {
    uint32_t count;
    char text[MOST_FRAMES][32];
};

static void put_path(const struct world *w, uint32_t stack, enum call_tree_kind kind,
                     struct path *out)
{
    *out = (struct path){.count = 1};
    if (stack == STACK_NONE) {
        snprintf(out->text[0], sizeof out->text[0], "[no stack]");
        return;
    }
    struct stack_frames f = stack_table_get(w->stacks, stack);
    out->count = f.count;
    for (uint32_t i = 0; i < f.count; i++) {
        uint32_t from = kind == CALL_TREE_TOP_DOWN ? f.count - 1 - i : i;
        snprintf(out->text[i], sizeof out->text[i], "[unknown] 0x%" PRIx64, f.frames[from]);
    }
}

static void put_node_path(const struct call_tree *t, uint32_t node, struct path *out)
{
    out->count = t->nodes[node].depth + 1;
    for (uint32_t i = out->count; i-- > 0; node = t->nodes[node].parent)
        snprintf(out->text[i], sizeof out->text[i], "%s", t->nodes[node].text);
    assert_int_equal(node, UINT32_MAX);
}

static bool begins(const struct path *p, const struct path *with)
{
    if (p->count < with->count)
        return false;
    for (uint32_t i = 0; i < with->count; i++)
        if (strcmp(p->text[i], with->text[i]) != 0)
            return false;
    return true;
}

static bool has(const struct path *p, const char *text)
{
    for (uint32_t i = 0; i < p->count; i++)
        if (strcmp(p->text[i], text) == 0)
            return true;
    return false;
}

/* The stacks through a node, as it says itself. */
static void check_through(const struct world *w, const struct call_tree *t,
                          const struct call_node *n, const bool *want)
{
    bool got[MOST_ITEMS] = {false};
    for (uint32_t i = 0; i < n->stack_count; i++) {
        uint32_t item = t->through[n->first_stack + i];
        assert_true(item < w->totals.count);
        assert_false(got[item]);
        got[item] = true;
        assert_int_equal(t->items[item].stack, w->items[item].stack);
    }
    assert_memory_equal(got, want, sizeof got);
}

static void check_node(const struct world *w, const struct call_tree *t, uint32_t node)
{
    const struct call_node *n = &t->nodes[node];
    bool flat = t->kind >= CALL_TREE_FUNCTIONS, through[MOST_ITEMS] = {false};
    uint64_t total = 0, self = 0;
    struct path way, p;
    put_node_path(t, node, &way);
    for (size_t i = 0; i < w->totals.count; i++) {
        put_path(w, w->items[i].stack, t->kind, &p);
        through[i] = flat ? has(&p, n->text) : begins(&p, &way);
        total += through[i] ? w->items[i].allocs : 0;
        bool ends = flat ? strcmp(p.text[0], n->text) == 0 : through[i] && p.count == way.count;
        self += ends ? w->items[i].allocs : 0;
    }
    assert_columns(n->total, total);
    assert_true(n->impacting == -(int64_t)total * 5);
    assert_columns(n->self, self);
    check_through(w, t, n, through);
}

/* Siblings stand next to each other, largest first, and know their parent. */
static void check_order(const struct call_tree *t, uint32_t first, uint32_t count, uint32_t parent)
{
    for (uint32_t i = first; i < first + count; i++) {
        const struct call_node *n = &t->nodes[i];
        assert_true(i < t->count);
        assert_int_equal(n->parent, parent);
        if (i == first)
            continue;
        uint64_t before = n[-1].total[t->sort], now = n->total[t->sort];
        assert_true(before > now || (before == now && strcmp(n[-1].text, n->text) < 0));
    }
}

/* Distinct beginnings of paths, or distinct names: so many nodes there must be. */
static size_t count_nodes(const struct world *w, enum call_tree_kind kind)
{
    size_t count = 0;
    struct path p, q;
    for (size_t i = 0; i < w->totals.count; i++) {
        put_path(w, w->items[i].stack, kind, &p);
        uint32_t whole = p.count;
        for (uint32_t n = 1; n <= whole; n++) {
            bool seen = false;
            p.count = kind >= CALL_TREE_FUNCTIONS ? n - 1 : whole;
            seen = kind >= CALL_TREE_FUNCTIONS && has(&p, p.text[n - 1]);
            p.count = n;
            for (size_t k = 0; k < i && !seen; k++) {
                put_path(w, w->items[k].stack, kind, &q);
                seen = kind >= CALL_TREE_FUNCTIONS ? has(&q, p.text[n - 1]) : begins(&q, &p);
            }
            count += !seen;
        }
    }
    return count;
}

static void check_tree(const struct world *w, enum call_tree_kind kind)
{
    struct call_tree *t = make(w, kind);
    assert_int_equal(t->count, count_nodes(w, kind));
    assert_false(t->cut);
    check_order(t, 0, t->root_count, UINT32_MAX);
    for (uint32_t i = 0; i < t->count; i++) {
        const struct call_node *n = &t->nodes[i];
        check_order(t, n->first_child, n->child_count, i);
        check_node(w, t, i);
        for (uint32_t k = 0; k < i; k++)
            assert_true(t->nodes[k].key != n->key);
    }
    assert_columns(t->whole, w->totals.whole.allocs);
    call_tree_unref(t);
}

static void fill_randomly(struct world *w, struct rng *rng)
{
    size_t stacks = rng_below(rng, 20), items = rng_below(rng, MOST_ITEMS);
    for (size_t i = 0; i < stacks; i++) {
        uint64_t frames[MOST_FRAMES];
        uint32_t count = 1 + (uint32_t)rng_below(rng, MOST_FRAMES);
        for (uint32_t k = 0; k < count; k++)
            frames[k] = 0x100 + rng_below(rng, k < 3 ? 2 : 5);
        add_stack(w, count, frames);
    }
    uint32_t next = 0;
    for (uint32_t p = 0; p < 3; p++)
        for (uint32_t s = 0; s <= stack_table_count(w->stacks) && next < items; s++) {
            if (rng_chance(rng, 500))
                continue;
            bool none = s == stack_table_count(w->stacks);
            add_item(w, w->process[p], none ? STACK_NONE : s, rng_below(rng, 6));
            next++;
        }
}

static void test_random(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 60; seed++) {
        struct rng rng = {seed};
        struct world w;
        init_world(&w);
        fill_randomly(&w, &rng);
        check_tree(&w, CALL_TREE_TOP_DOWN);
        check_tree(&w, CALL_TREE_BOTTOM_UP);
        check_tree(&w, CALL_TREE_FUNCTIONS);
        release_world(&w);
    }
}

/* In steps of any size it is the same tree. */
static void test_steps(void **state)
{
    (void)state;
    struct rng rng = {7};
    struct world w;
    init_world(&w);
    fill_randomly(&w, &rng);
    struct call_tree *whole = make(&w, CALL_TREE_BOTTOM_UP);
    for (size_t frames = 1; frames < 50; frames += 6) {
        const struct call_tree_spec spec = {.kind = CALL_TREE_BOTTOM_UP, .sort = CALL_TREE_ALLOCS};
        struct call_tree_build *b = call_tree_build_new(w.trace, &w.totals, &spec);
        int rc;
        while ((rc = call_tree_build_step(b, frames)) == 1)
            continue;
        assert_int_equal(rc, 0);
        struct call_tree *t = call_tree_build_take(b);
        call_tree_build_free(b);
        assert_int_equal(t->count, whole->count);
        for (uint32_t i = 0; i < t->count; i++) {
            assert_string_equal(t->nodes[i].text, whole->nodes[i].text);
            assert_int_equal(t->nodes[i].key, whole->nodes[i].key);
            assert_int_equal(t->nodes[i].first_child, whole->nodes[i].first_child);
        }
        call_tree_unref(t);
    }
    call_tree_unref(whole);
    call_tree_build_free(NULL);
    release_world(&w);
}

static void check_condition(const struct call_tree *t, uint32_t node, const char *want)
{
    struct strbuf b = {0};
    assert_true(call_tree_put_condition(t, node, &b));
    assert_string_equal(strbuf_str(&b), want);
    strbuf_release(&b);
}

static uint32_t find(const struct call_tree *t, const char *text)
{
    for (uint32_t i = 0; i < t->count; i++)
        if (strcmp(t->nodes[i].text, text) == 0)
            return i;
    fail_msg("no node %s", text);
    return 0;
}

static void test_conditions(void **state)
{
    (void)state;
    struct world w;
    init_world(&w);
    for (uint64_t i = 0; i < 8; i++)
        add_stack(&w, 2, (uint64_t[]){i == 4 ? 0x20 : 0x10, 0x100 + i});
    for (uint32_t i = 0; i < 8; i++)
        add_item(&w, w.process[0], i, 1);
    struct call_tree *t = make(&w, CALL_TREE_BOTTOM_UP);
    check_condition(t, find(t, "[unknown] 0x10"), "stack in [0..3, 5..7]");
    check_condition(t, find(t, "[unknown] 0x20"), "stack == 4");
    check_condition(t, find(t, "[unknown] 0x104"), "stack == 4");
    call_tree_unref(t);
    add_item(&w, w.process[0], STACK_NONE, 1);
    add_item(&w, w.process[1], 0, 1);
    add_item(&w, w.process[1], STACK_NONE, 1);
    t = make(&w, CALL_TREE_FUNCTIONS);
    check_condition(t, find(t, "[unknown] 0x100"), "stack == 0");
    check_condition(t, find(t, "[no stack]"), "!(stack >= 0)");
    call_tree_unref(t);
    release_world(&w);
}

/* The same addresses are other functions in another process: the pid must tell. */
static void test_conditions_by_process(void **state)
{
    (void)state;
    struct call_stack items[] = {{1, 100, 2},         {2, 100, 1},          {4, 200, 2},
                                 {7, EVENT_NO_ID, 2}, {STACK_NONE, 200, 2}, {STACK_NONE, 100, 2}};
    uint32_t through[] = {0, 1, 2, 3, 4, 0, 1, 4, 5, 1, 4, 5};
    struct call_node nodes[] = {
        {.first_stack = 0, .stack_count = 1}, {.first_stack = 2, .stack_count = 1},
        {.first_stack = 0, .stack_count = 5}, {.first_stack = 3, .stack_count = 1},
        {.first_stack = 6, .stack_count = 3}, {.first_stack = 2, .stack_count = 0},
    };
    const struct call_tree t = {.nodes = nodes, .count = 6, .through = through, .items = items};
    check_condition(&t, 0, "pid == 100 && stack == 1");
    check_condition(&t, 1, "pid == 200 && stack == 4");
    check_condition(&t, 2,
                    "(stack == 2 || pid == 100 && stack == 1 || pid == 200 && "
                    "(!(stack >= 0) || stack == 4) || !(pid >= 0) && stack == 7)");
    check_condition(&t, 3, "!(pid >= 0) && stack == 7");
    check_condition(&t, 4, "(!(stack >= 0) || stack == 2)");
    struct strbuf b = {0};
    assert_false(call_tree_put_condition(&t, 5, &b));
    assert_int_equal(b.len, 0);
    strbuf_release(&b);
}

/* A condition longer than a filter may be is none. */
static void test_long_condition(void **state)
{
    (void)state;
    const uint32_t count = 400000;
    struct call_stack *items = calloc(count, sizeof *items);
    uint32_t *through = calloc(count, sizeof *through);
    for (uint32_t i = 0; i < count; i++) {
        items[i] = (struct call_stack){2 * i, 1, 1};
        through[i] = i;
    }
    struct call_node node = {.stack_count = count};
    const struct call_tree t = {.nodes = &node, .count = 1, .through = through, .items = items};
    struct strbuf b = {0};
    strbuf_puts(&b, "x");
    assert_false(call_tree_put_condition(&t, 0, &b));
    assert_string_equal(b.s, "x");
    strbuf_release(&b);
    free(items);
    free(through);
}

/* A stack that the table does not know is no stack, and nothing is lost with it. */
static void test_unknown_stack(void **state)
{
    (void)state;
    struct world w;
    init_world(&w);
    add_item(&w, w.process[0], 12345, 3);
    add_item(&w, w.process[1], STACK_NONE, 4);
    struct call_tree *t = make(&w, CALL_TREE_TOP_DOWN);
    assert_int_equal(t->count, 1);
    assert_columns(t->nodes[0].total, 7);
    assert_int_equal(t->stacks, 0);
    check_condition(t, 0, "!(stack >= 0)");
    call_tree_unref(t);
    release_world(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_random),         cmocka_unit_test(test_steps),
        cmocka_unit_test(test_conditions),     cmocka_unit_test(test_conditions_by_process),
        cmocka_unit_test(test_long_condition), cmocka_unit_test(test_unknown_stack),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

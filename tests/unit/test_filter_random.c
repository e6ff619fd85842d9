/*
 * Random filters over random traces against an evaluator that takes one row at a time: it keeps
 * its own tree, reads rows through store_get() only, and does arithmetic in 128 bits. The program
 * gets the tree as text.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "decoder/heap_op.h"
#include "query/filter.h"
#include "random_trace.h"

#define MAX_NODES  24
#define MAX_VALUES 4

typedef __int128 wide;

enum kind { COND, AND, OR, NOT };

struct node {
    enum kind kind;
    int left, right; /* children */
    int field;       /* index in `fields` */
    int op;          /* index in `operators` */
    wide value[MAX_VALUES];
    int values;
    char text[32]; /* of ~ and names */
};

struct tree {
    struct node node[MAX_NODES];
    int count;
    const struct trace *trace;
    const struct random_trace *rt;
};

enum operator{ EQ, NE, LT, LE, GT, GE, IN_LIST, IN_RANGE, PART, NO_PART, CONTAINS, FLAG };

static const char *const operator_text[] = {
    "==", "!=", "<", "<=", ">", ">=", "in", "in", "~", "!~", "contains", ""};

#define EQUALITY (1u << EQ | 1u << NE | 1u << IN_LIST)
#define NUMERIC  (EQUALITY | 1u << LT | 1u << LE | 1u << GT | 1u << GE | 1u << IN_RANGE)
#define MATCHING (1u << PART | 1u << NO_PART)

enum shape { DECIMAL, HEX, NS, NAME };

static bool read_op(const struct tree *t, const struct row *r, wide *v)
{
    (void)t;
    *v = r->op;
    return true;
}

static bool read_heap(const struct tree *t, const struct row *r, wide *v)
{
    if (r->heap == INDEX_NONE)
        return false;
    *v = registry_heap(t->trace->registry, r->heap)->handle;
    return true;
}

static bool read_pid(const struct tree *t, const struct row *r, wide *v)
{
    const struct thread *thread = registry_thread(t->trace->registry, r->thread);
    *v = registry_process(t->trace->registry, thread->process)->pid;
    return *v != EVENT_NO_ID;
}

static bool read_tid(const struct tree *t, const struct row *r, wide *v)
{
    *v = registry_thread(t->trace->registry, r->thread)->tid;
    return *v != EVENT_NO_ID;
}

static bool read_address(const struct tree *t, const struct row *r, wide *v)
{
    (void)t;
    *v = r->address;
    return (r->has & EVENT_HAS_ADDRESS) != 0;
}

static bool read_old_address(const struct tree *t, const struct row *r, wide *v)
{
    (void)t;
    *v = r->old_address;
    return (r->has & EVENT_HAS_OLD_ADDRESS) != 0;
}

static bool read_size(const struct tree *t, const struct row *r, wide *v)
{
    (void)t;
    *v = r->size;
    return (r->has & EVENT_HAS_SIZE) != 0;
}

static bool read_old_size(const struct tree *t, const struct row *r, wide *v)
{
    (void)t;
    *v = r->old_size;
    return (r->has & EVENT_HAS_OLD_SIZE) != 0;
}

static bool read_source(const struct tree *t, const struct row *r, wide *v)
{
    (void)t;
    *v = r->source;
    return (r->has & EVENT_HAS_SOURCE) != 0;
}

/* Ticks to ns, towards zero, as etl-format 3.1 says. */
static wide to_ns(const struct tree *t, wide ticks)
{
    return ticks * 1000000000 / (wide)t->trace->clock.ticks_per_second;
}

static bool read_time(const struct tree *t, const struct row *r, wide *v)
{
    *v = to_ns(t, (wide)r->time - t->trace->clock.origin);
    return true;
}

/* The row that opened the block a row speaks of. */
static bool find_birth(const struct tree *t, const struct row *r, struct row *birth)
{
    *birth = *r;
    if (r->flags & ROW_OPENS)
        return true;
    if (!(r->flags & (ROW_CLOSES | ROW_RESIZES | ROW_MOVED)) || r->link == ROW_NONE)
        return false;
    store_get(t->trace->store, r->link, birth);
    return true;
}

static bool read_block_size(const struct tree *t, const struct row *r, wide *v)
{
    struct row birth;
    *v = r->size;
    return find_birth(t, r, &birth);
}

/* Where a block's life begins and where it ends, found from either end. */
static bool find_life(const struct tree *t, const struct row *r, struct row *birth, struct row *end)
{
    if (!(r->flags & (ROW_OPENS | ROW_CLOSES)) || !find_birth(t, r, birth) ||
        birth->link == ROW_NONE)
        return false;
    store_get(t->trace->store, birth->link, end);
    return true;
}

static bool read_life(const struct tree *t, const struct row *r, wide *v)
{
    struct row birth, end;
    if (!find_life(t, r, &birth, &end))
        return false;
    *v = to_ns(t, (wide)end.time - birth.time);
    return true;
}

static bool read_live(const struct tree *t, const struct row *r, wide *v)
{
    struct row birth;
    *v = 0;
    if (!(r->flags & ROW_CLOSES) && find_birth(t, r, &birth))
        *v = birth.link == ROW_NONE;
    return true;
}

static bool read_temporary(const struct tree *t, const struct row *r, wide *v)
{
    struct row end = *r;
    *v = 0;
    if (r->flags & ROW_OPENS) {
        if (r->link == ROW_NONE)
            return true;
        store_get(t->trace->store, r->link, &end);
    }
    *v = (end.flags & ROW_TEMPORARY) != 0;
    return true;
}

static bool read_unmatched(const struct tree *t, const struct row *r, wide *v)
{
    (void)t;
    *v = (r->flags & ROW_UNMATCHED) != 0;
    return true;
}

static bool read_failed(const struct tree *t, const struct row *r, wide *v)
{
    (void)t;
    *v = (r->flags & ROW_FAILED) != 0;
    return true;
}

static bool read_repaired(const struct tree *t, const struct row *r, wide *v)
{
    (void)t;
    *v = (r->flags & ROW_REPAIRED) != 0;
    return true;
}

static const struct {
    const char *name;
    bool (*read)(const struct tree *t, const struct row *r, wide *v);
    enum shape shape;
    unsigned operators;
} fields[] = {
    {"op", read_op, DECIMAL, EQUALITY},
    {"heap", read_heap, HEX, NUMERIC | MATCHING},
    {"pid", read_pid, DECIMAL, NUMERIC},
    {"tid", read_tid, DECIMAL, NUMERIC},
    {"process", NULL, NAME, 1u << EQ | 1u << NE | MATCHING},
    {"address", read_address, HEX, NUMERIC | MATCHING | 1u << CONTAINS},
    {"old_address", read_old_address, HEX, NUMERIC | MATCHING},
    {"size", read_size, DECIMAL, NUMERIC},
    {"old_size", read_old_size, DECIMAL, NUMERIC},
    {"block_size", read_block_size, DECIMAL, NUMERIC},
    {"source", read_source, DECIMAL, NUMERIC},
    {"time", read_time, NS, NUMERIC},
    {"life", read_life, NS, NUMERIC},
    {"live", read_live, DECIMAL, 1u << FLAG},
    {"temporary", read_temporary, DECIMAL, 1u << FLAG},
    {"unmatched", read_unmatched, DECIMAL, 1u << FLAG},
    {"failed", read_failed, DECIMAL, 1u << FLAG},
    {"repaired", read_repaired, DECIMAL, 1u << FLAG},
};

#define FIELDS (sizeof fields / sizeof fields[0])

/* Evaluation. */

static bool compare(const struct node *n, wide v)
{
    bool listed = false;
    for (int i = 0; i < n->values; i++)
        listed |= v == n->value[i];
    switch ((enum operator)n->op) {
    case EQ:
    case IN_LIST:
        return listed;
    case NE:
        return !listed;
    case LT:
        return v < n->value[0];
    case LE:
        return v <= n->value[0];
    case GT:
        return v > n->value[0];
    case GE:
        return v >= n->value[0];
    case IN_RANGE:
        return v >= n->value[0] && v <= n->value[1];
    case FLAG:
        return v != 0;
    case PART:
    case NO_PART:
    case CONTAINS:
        break;
    }
    return false;
}

static bool eval_text(const struct node *n, const char *text)
{
    bool part = strstr(text, n->text) != NULL, equal = strcmp(text, n->text) == 0;
    return n->op == EQ ? equal : n->op == NE ? !equal : n->op == PART ? part : !part;
}

static bool eval_cond(const struct tree *t, const struct node *n, const struct row *r)
{
    if (fields[n->field].read == NULL) {
        const struct thread *thread = registry_thread(t->trace->registry, r->thread);
        const char *name = registry_process(t->trace->registry, thread->process)->name;
        return name != NULL && eval_text(n, name);
    }
    wide v, size;
    if (!fields[n->field].read(t, r, &v))
        return false;
    if (n->op == CONTAINS)
        return read_block_size(t, r, &size) && n->value[0] >= v && n->value[0] < v + size;
    if (n->op != PART && n->op != NO_PART)
        return compare(n, v);
    char shown[32];
    snprintf(shown, sizeof shown, "0x%llx", (unsigned long long)v);
    return eval_text(n, shown);
}

static bool eval(const struct tree *t, int i, const struct row *r)
{
    const struct node *n = &t->node[i];
    switch (n->kind) {
    case COND:
        return eval_cond(t, n, r);
    case AND:
        return eval(t, n->left, r) && eval(t, n->right, r);
    case OR:
        return eval(t, n->left, r) || eval(t, n->right, r);
    case NOT:
        return !eval(t, n->left, r);
    }
    return false;
}

/* Making trees. */

/* A value near one that some row has. */
static wide some_value(struct tree *t, struct rng *rng, int field)
{
    for (int tries = 0; tries < 40; tries++) {
        struct row r;
        wide v;
        store_get(t->trace->store, rng_below(rng, store_rows(t->trace->store)), &r);
        if (!fields[field].read(t, &r, &v))
            continue;
        if (rng_chance(rng, 200))
            v += rng_chance(rng, 500) ? 1 : -1;
        if (v < 0 && fields[field].read != read_time)
            v = 0;
        if (fields[field].read == read_op)
            v = v < 0x105 ? v : 255;
        wide most = fields[field].read == read_source ? UINT32_MAX : UINT64_MAX;
        return v < most ? v : most;
    }
    return 1;
}

static void fill_text(struct tree *t, struct rng *rng, struct node *n)
{
    static const char *const names[] = {"app0.exe", "app1.exe", "app", "1", "x", "exe"};
    if (fields[n->field].shape == NAME) {
        snprintf(n->text, sizeof n->text, "%s", names[rng_below(rng, 6)]);
        return;
    }
    char shown[32];
    int len =
        snprintf(shown, sizeof shown, "0x%llx", (unsigned long long)some_value(t, rng, n->field));
    int from = (int)rng_below(rng, (uint64_t)len);
    if (from == 1)
        from = 0; /* "x..." alone is no hex number */
    int n_chars = 1 + (int)rng_below(rng, (uint64_t)(len - from));
    snprintf(n->text, sizeof n->text, "%.*s", n_chars, shown + from);
}

static void make_cond(struct tree *t, struct rng *rng, struct node *n)
{
    n->kind = COND;
    n->field = (int)rng_below(rng, FIELDS);
    do
        n->op = (int)rng_below(rng, FLAG + 1);
    while ((fields[n->field].operators >> n->op & 1) == 0);
    n->values = n->op == FLAG ? 0 : n->op == IN_RANGE ? 2 : 1;
    if (n->op == IN_LIST)
        n->values = 1 + (int)rng_below(rng, MAX_VALUES);
    if (fields[n->field].shape == NAME || n->op == PART || n->op == NO_PART)
        fill_text(t, rng, n);
    else
        for (int i = 0; i < n->values; i++)
            n->value[i] = some_value(t, rng, n->field);
}

static int make_tree(struct tree *t, struct rng *rng, int depth)
{
    if (t->count >= MAX_NODES - 2)
        depth = 0;
    int i = t->count++;
    struct node *n = &t->node[i];
    uint64_t dice = rng_below(rng, 10);
    if (depth == 0 || dice < 3 || t->count >= MAX_NODES - 2) {
        make_cond(t, rng, n);
        return i;
    }
    n->kind = dice < 6 ? AND : dice < 9 ? OR : NOT;
    int left = make_tree(t, rng, depth - 1);
    t->node[i].left = left;
    if (n->kind != NOT && t->count < MAX_NODES)
        t->node[i].right = make_tree(t, rng, depth - 1);
    else if (n->kind != NOT)
        n->kind = NOT;
    return i;
}

/* Writing trees as text, with the parentheses that precedence needs and no others. */

static void put_value(struct strbuf *b, struct rng *rng, const struct node *n, wide v)
{
    char op[40];
    if (strcmp(fields[n->field].name, "op") == 0)
        strbuf_puts(b, heap_op_name((unsigned)v, op));
    else if (fields[n->field].shape == HEX)
        strbuf_printf(b, "0x%llx", (unsigned long long)v);
    else if (fields[n->field].shape == NS && v % 1000 == 0 && rng_chance(rng, 500))
        strbuf_printf(b, "%lldus", (long long)(v / 1000));
    else if (fields[n->field].shape == NS)
        strbuf_printf(b, "%lldns", (long long)v);
    else if (strstr(fields[n->field].name, "size") != NULL && v % 1024 == 0 && v > 0)
        strbuf_printf(b, "%lluK", (unsigned long long)(v / 1024));
    else
        strbuf_printf(b, "%llu", (unsigned long long)v);
}

static void put_cond(struct strbuf *b, struct rng *rng, const struct node *n)
{
    strbuf_printf(b, "%s %s ", fields[n->field].name, operator_text[n->op]);
    if (n->op == FLAG)
        return;
    if (fields[n->field].shape == NAME || n->op == PART || n->op == NO_PART) {
        strbuf_printf(b, rng_chance(rng, 500) ? "%s" : "\"%s\"", n->text);
        return;
    }
    if (n->op == IN_LIST)
        strbuf_putc(b, '[');
    for (int i = 0; i < n->values; i++) {
        if (i > 0)
            strbuf_puts(b, n->op == IN_LIST ? ", " : rng_chance(rng, 500) ? ".." : " .. ");
        put_value(b, rng, n, n->value[i]);
    }
    if (n->op == IN_LIST)
        strbuf_putc(b, ']');
}

static void put_node(struct strbuf *b, struct rng *rng, const struct tree *t, int i)
{
    const struct node *n = &t->node[i];
    if (n->kind == COND) {
        put_cond(b, rng, n);
        return;
    }
    const int children[] = {n->left, n->right};
    int count = n->kind == NOT ? 1 : 2;
    for (int c = 0; c < count; c++) {
        const struct node *child = &t->node[children[c]];
        bool parentheses = child->kind == OR && n->kind != OR;
        parentheses |= child->kind == AND && n->kind == NOT;
        if (n->kind == NOT)
            strbuf_puts(b, rng_chance(rng, 500) ? "!" : "not ");
        else if (c > 0)
            strbuf_puts(b, n->kind == AND ? (rng_chance(rng, 500) ? " && " : " and ")
                                          : (rng_chance(rng, 500) ? "||" : " or "));
        strbuf_puts(b, parentheses ? "(" : "");
        put_node(b, rng, t, children[c]);
        strbuf_puts(b, parentheses ? ")" : "");
    }
}

/* The tests. */

static struct filter *parse_tree(struct rng *rng, const struct tree *t, struct strbuf *text)
{
    strbuf_clear(text);
    put_node(text, rng, t, 0);
    struct filter_error e = {0};
    struct filter *f = filter_parse(text->s, text->len, &e);
    if (f == NULL)
        fail_msg("'%s' refused at %zu: expected %s", text->s, e.offset, e.expected);
    return f;
}

/* Whole chunks at once; then pieces with odd ends; then some single rows. */
static void check_filter(struct random_trace *rt, const struct tree *t, const char *text,
                         const struct filter *f)
{
    uint64_t rows = store_rows(rt->trace->store);
    struct filter_run *run = filter_run_new(f, rt->trace);
    for (uint64_t chunk = 0; chunk * STORE_CHUNK_ROWS < rows; chunk++) {
        uint64_t start = chunk * STORE_CHUNK_ROWS;
        uint32_t n = (uint32_t)(rows - start < STORE_CHUNK_ROWS ? rows - start : STORE_CHUNK_ROWS);
        uint64_t bits[1024], pieces[1024];
        memset(bits, 0xa5, sizeof bits);
        memset(pieces, 0x5a, sizeof pieces);
        uint32_t matches = filter_run_chunk(run, chunk, 0, n, bits), counted = 0;
        for (uint32_t from = 0; from < n;) {
            uint32_t to = from + 1 + (uint32_t)rng_below(&rt->rng, n < 5000 ? 200 : 20000);
            to = to < n ? to : n;
            counted += filter_run_chunk(run, chunk, from, to, pieces);
            from = to;
        }
        assert_int_equal(matches, counted);
        uint32_t expected = 0;
        for (uint32_t i = 0; i < n; i++) {
            struct row r;
            store_get(rt->trace->store, start + i, &r);
            bool wanted = eval(t, 0, &r);
            expected += wanted;
            if ((bits[i / 64] >> i % 64 & 1) != wanted || (pieces[i / 64] >> i % 64 & 1) != wanted)
                fail_msg("'%s', row %llu: %d", text, (unsigned long long)r.id, wanted);
            if (i % 13 == 0 && filter_run_row(run, start + i) != wanted)
                fail_msg("'%s', row %llu alone: %d", text, (unsigned long long)r.id, wanted);
        }
        assert_int_equal(matches, expected);
        if (n % 64 != 0)
            assert_int_equal(bits[n / 64] >> n % 64, 0xa5a5a5a5a5a5a5a5 >> n % 64);
    }
    filter_run_free(run);
}

static void check_filters(struct random_trace *rt, int filters)
{
    struct strbuf text = {0};
    for (int i = 0; i < filters; i++) {
        struct tree t = {.trace = rt->trace, .rt = rt};
        make_tree(&t, &rt->rng, (int)rng_below(&rt->rng, 5));
        struct filter *f = parse_tree(&rt->rng, &t, &text);
        check_filter(rt, &t, text.s, f);
        filter_unref(f);
    }
    strbuf_release(&text);
}

static const uint64_t clocks[] = {10000000, 3579545, UINT64_C(18000000000), 1, 999999937};

static void test_small_traces(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 60; seed++) {
        struct random_trace rt;
        random_trace_init(&rt, seed, clocks[seed % 5], 1 + seed % 7 * 1000);
        random_trace_add(&rt, rng_below(&rt.rng, 700) + 1);
        random_trace_name(&rt, 0);
        random_trace_name(&rt, 1);
        random_trace_add(&rt, rng_below(&rt.rng, 200));
        check_filters(&rt, 60);
        random_trace_release(&rt);
    }
}

/* Several chunks, so that zone maps have something to skip. */
static void test_chunks(void **state)
{
    (void)state;
    struct random_trace rt;
    random_trace_init(&rt, 99, 10000000, 50);
    random_trace_name(&rt, 1);
    random_trace_add(&rt, 65536 + 65536 / 2);
    rt.now += INT64_C(1) << 49; /* beyond what the time column holds */
    random_trace_add(&rt, 65536 / 2 + 1000);
    check_filters(&rt, 40);
    random_trace_release(&rt);
}

/* A run made early sees the heaps, threads and names that come later. */
static void test_growing_trace(void **state)
{
    (void)state;
    struct random_trace rt;
    random_trace_init(&rt, 7, 10000000, 100);
    struct filter_error e;
    struct filter *f = filter_parse("process ~ app1", 14, &e);
    struct filter_run *run = filter_run_new(f, rt.trace);
    random_trace_add(&rt, 500);
    uint64_t bits[1024];
    assert_int_equal(filter_run_chunk(run, 0, 0, 500, bits), 0);
    assert_false(filter_run_refresh(run));
    random_trace_name(&rt, 0);
    assert_false(filter_run_refresh(run));
    random_trace_name(&rt, 1);
    assert_true(filter_run_refresh(run));
    assert_false(filter_run_refresh(run));
    struct tree t = {.trace = rt.trace, .rt = &rt, .count = 1};
    t.node[0] = (struct node){.kind = COND, .field = 4, .op = PART, .text = "app1"};
    uint32_t expected = 0;
    for (uint64_t i = 0; i < 500; i++) {
        struct row r;
        store_get(rt.trace->store, i, &r);
        expected += eval(&t, 0, &r);
        assert_int_equal(filter_run_row(run, i), eval(&t, 0, &r));
    }
    assert_int_not_equal(expected, 0);
    assert_int_equal(filter_run_chunk(run, 0, 0, 500, bits), expected);
    filter_run_free(run);
    filter_unref(f);
    random_trace_release(&rt);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_small_traces),
        cmocka_unit_test(test_chunks),
        cmocka_unit_test(test_growing_trace),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/*
 * A bound filter over rows: the tree of conditions, 64 rows at a time.
 *
 * Every node is asked only about the rows that still matter: what && has already ruled out and ||
 * has already let in is not looked at again, and a word without such rows costs nothing.
 */
#include <stdlib.h>

#include "query/filter_priv.h"

struct filter_run *filter_run_new(const struct filter *f, const struct trace *trace)
{
    struct filter_run *run = calloc(1, sizeof *run);
    if (run == NULL)
        return NULL;
    run->filter = filter_ref(f);
    run->trace = trace;
    run->since = INT64_MIN;
    run->until = INT64_MAX;
    if (filter_bind(run) == 0)
        return run;
    filter_run_free(run);
    return NULL;
}

void filter_run_free(struct filter_run *run)
{
    if (run == NULL)
        return;
    filter_unbind(run);
    filter_unref(run->filter);
    free(run);
}

void filter_run_set_range(struct filter_run *run, int64_t since, int64_t until)
{
    run->since = since;
    run->until = until;
}

bool filter_run_tells_chains_apart(const struct filter_run *run, uint32_t before, uint32_t after)
{
    for (size_t i = 0; run->filter->chain && i < run->filter->cond_count; i++) {
        const struct filter_bound *b = &run->bound[i];
        if (b->cond->field == FILTER_FIELD_CHAIN &&
            filter_intervals_have(b->intervals, b->count, before) !=
                filter_intervals_have(b->intervals, b->count, after))
            return true;
    }
    return false;
}

/* What a word is evaluated on. */
struct place {
    const struct filter_run *run;
    const struct store_chunk *chunk;
    uint64_t id; /* of the first row, a multiple of 64 */
    uint32_t n;  /* rows there are */
};

static uint64_t eval(const struct place *at, const struct filter_node *node, uint64_t care);

static uint64_t eval_cond(const struct place *at, const struct filter_node *node, uint64_t care)
{
    const struct filter_bound *b = &at->run->bound[node->cond];
    if (b->verdict != FILTER_SOME)
        return b->verdict == FILTER_ALL ? care : 0;
    return filter_column_word(at->run, b, at->chunk, at->id, at->n, care);
}

static uint64_t eval_and(const struct place *at, const struct filter_node *node, uint64_t care)
{
    const struct filter_node *child = node->first;
    for (; child != NULL && care != 0; child = child->next)
        care = eval(at, child, care);
    return care;
}

static uint64_t eval_or(const struct place *at, const struct filter_node *node, uint64_t care)
{
    uint64_t bits = 0;
    const struct filter_node *child = node->first;
    for (; child != NULL && care != 0; child = child->next) {
        uint64_t more = eval(at, child, care);
        bits |= more;
        care &= ~more;
    }
    return bits;
}

/* The rows of `care` that match. */
static uint64_t eval(const struct place *at, const struct filter_node *node, uint64_t care)
{
    switch (node->kind) {
    case FILTER_NODE_COND:
        return eval_cond(at, node, care);
    case FILTER_NODE_AND:
        return eval_and(at, node, care);
    case FILTER_NODE_OR:
        return eval_or(at, node, care);
    case FILTER_NODE_NOT:
        return care & ~eval(at, node->first, care);
    }
    return 0;
}

bool filter_run_refresh(struct filter_run *run)
{
    filter_bind_more(run);
    bool stale = run->stale;
    run->stale = false;
    return stale;
}

uint64_t filter_run_frames(const struct filter_run *run)
{
    uint64_t frames = 0;
    for (size_t i = 0; i < run->filter->cond_count; i++)
        if (run->bound[i].stacks != NULL)
            frames += filter_stacks_frames(run->bound[i].stacks);
    return frames;
}

bool filter_run_asks_names(const struct filter_run *run)
{
    for (size_t i = 0; i < run->filter->cond_count; i++)
        if (run->bound[i].stacks != NULL)
            return true;
    return false;
}

/* The bits of rows [from, to) in the word that begins at row `first`. */
static uint64_t word_mask(uint32_t first, uint32_t from, uint32_t to)
{
    uint64_t mask = UINT64_MAX;
    if (from > first)
        mask <<= from - first;
    if (to < first + 64)
        mask &= UINT64_MAX >> (first + 64 - to);
    return mask;
}

static void judge_chunk(struct filter_run *run, const struct store_chunk *c)
{
    for (size_t i = 0; i < run->filter->cond_count; i++)
        run->bound[i].verdict = filter_column_judge(&run->bound[i], &c->zone);
}

uint32_t filter_run_chunk(struct filter_run *run, uint64_t chunk, uint32_t from, uint32_t to,
                          uint64_t *bits)
{
    const struct filter_node *root = run->filter->root;
    struct place at = {.run = run, .chunk = store_chunk(run->trace->store, chunk)};
    filter_bind_more(run);
    judge_chunk(run, at.chunk);
    uint32_t matches = 0;
    for (uint32_t first = from & ~63u; first < to; first += 64) {
        uint64_t care = word_mask(first, from, to);
        at.id = chunk * STORE_CHUNK_ROWS + first;
        at.n = to - first < 64 ? to - first : 64;
        uint64_t word = root != NULL ? eval(&at, root, care) : care;
        bits[first / 64] = (bits[first / 64] & ~care) | word;
        matches += (uint32_t)__builtin_popcountll(word);
    }
    return matches;
}

static bool row_matches(const struct place *at, const struct filter_node *node)
{
    const struct filter_node *child = node->first;
    switch (node->kind) {
    case FILTER_NODE_COND:
        return filter_column_row(at->run, &at->run->bound[node->cond], at->chunk, at->id);
    case FILTER_NODE_AND:
        while (child != NULL && row_matches(at, child))
            child = child->next;
        return child == NULL;
    case FILTER_NODE_OR:
        while (child != NULL && !row_matches(at, child))
            child = child->next;
        return child != NULL;
    case FILTER_NODE_NOT:
        return !row_matches(at, child);
    }
    return false;
}

bool filter_run_row(struct filter_run *run, uint64_t row)
{
    struct place at = {
        .run = run,
        .chunk = store_chunk(run->trace->store, row / STORE_CHUNK_ROWS),
        .id = row,
    };
    return run->filter->root == NULL || row_matches(&at, run->filter->root);
}

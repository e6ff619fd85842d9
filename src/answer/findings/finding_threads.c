/*
 * Blocks that one thread allocates and another frees: both wait for the same lock, and the
 * allocator cannot keep what is freed near who will ask for it.
 *
 * Every program hands over some blocks. It is told where a thread lives by it: most of its blocks
 * in a heap are freed by one other thread, or most of what that one frees is the first one's.
 */
#include "answer/findings/finding_rules.h"
#include "base/alloc.h"
#include "decoder/heap_op.h"

/* So many blocks, this share of all that are freed, and of what either of the two threads does. */
#define LEAST_BLOCKS 100
#define LEAST_ALL    0.01
#define LEAST_OWN    0.60

/* ---- collecting ---- */

/* UINT32_MAX when there are too many or memory is out. */
static uint32_t lane_of(struct finding_pass *p, uint32_t heap, uint32_t thread)
{
    struct finding_threads *t = &p->threads;
    const uint32_t *known = id_map_find(&t->lane, heap, thread);
    if (known != NULL)
        return *known;
    if (t->lane_count >= FINDING_LANES_MOST) {
        p->cut = true;
        return UINT32_MAX;
    }
    if (base_grow((void **)&t->lanes, &t->lane_cap, t->lane_count + 1, sizeof *t->lanes) != 0 ||
        id_map_add(&t->lane, heap, thread, (uint32_t)t->lane_count) != 0)
        return UINT32_MAX;
    t->lanes[t->lane_count] = (struct finding_lane){0};
    return (uint32_t)t->lane_count++;
}

/* NULL when there are too many or memory is out. */
static struct finding_pair *pair_of(struct finding_pass *p, uint32_t heap, uint32_t from,
                                    uint32_t to)
{
    struct finding_threads *t = &p->threads;
    uint64_t id = (uint64_t)from << 32 | to;
    const uint32_t *known = id_map_find(&t->pair, heap, id);
    if (known != NULL)
        return &t->pairs[*known];
    if (t->pair_count >= FINDING_PAIRS_MOST) {
        p->cut = true;
        return NULL;
    }
    if (base_grow((void **)&t->pairs, &t->pair_cap, t->pair_count + 1, sizeof *t->pairs) != 0 ||
        id_map_add(&t->pair, heap, id, (uint32_t)t->pair_count) != 0)
        return NULL;
    t->pairs[t->pair_count] = (struct finding_pair){.heap = heap, .from = from, .to = to};
    return &t->pairs[t->pair_count++];
}

static void count_pair(struct finding_pass *p, const struct finding_event *e, uint32_t to,
                       int64_t freed)
{
    struct finding_pair *pair = pair_of(p, e->heap, e->thread, to);
    if (pair == NULL)
        return;
    uint32_t stack = store_chunk_stack(e->c, e->i);
    if (pair->blocks == 0) {
        pair->row = e->row;
        pair->stack = stack;
        pair->first = pair->last = freed;
    }
    pair->stack = pair->stack == stack ? stack : STACK_NONE;
    pair->first = freed < pair->first ? freed : pair->first;
    pair->last = freed > pair->last ? freed : pair->last;
    pair->blocks++;
    pair->bytes += e->size;
}

/* Only frees: what a Destroy ends, or a repair supplies, nobody handed over. */
static int take(struct finding_pass *p, const struct finding_event *e)
{
    uint32_t i = (uint32_t)(e->closer % STORE_CHUNK_ROWS);
    if (e->closer == ROW_NONE || e->heap == INDEX_NONE ||
        store_chunk_op(e->closer_chunk, i) != HEAP_OP_FREE)
        return 0;
    uint32_t to = e->closer_chunk->thread[i];
    uint32_t from_lane = lane_of(p, e->heap, e->thread);
    uint32_t to_lane = to == e->thread ? from_lane : lane_of(p, e->heap, to);
    if (from_lane == UINT32_MAX || to_lane == UINT32_MAX)
        return 0;
    p->threads.lanes[from_lane].freed++;
    p->threads.lanes[to_lane].frees++;
    if (to != e->thread)
        count_pair(p, e, to, store_chunk_time(e->closer_chunk, i));
    return 0;
}

/* ---- judging ---- */

static const struct finding_lane *find_lane(const struct finding_pass *p, uint32_t heap,
                                            uint32_t thread)
{
    return &p->threads.lanes[*id_map_find(&p->threads.lane, heap, thread)];
}

static double share(uint64_t part, uint64_t whole)
{
    return whole > 0 ? (double)part / (double)whole : 0;
}

static bool is_known(const struct finding_pass *p, uint32_t thread)
{
    return registry_thread(p->trace->registry, thread)->tid != EVENT_NO_ID;
}

static bool lives_by_it(const struct finding_pass *p, const struct finding_pair *pair)
{
    if (pair->blocks < LEAST_BLOCKS || share(pair->blocks, p->frees) < LEAST_ALL ||
        !is_known(p, pair->from) || !is_known(p, pair->to))
        return false;
    return share(pair->blocks, find_lane(p, pair->heap, pair->from)->freed) >= LEAST_OWN ||
           share(pair->blocks, find_lane(p, pair->heap, pair->to)->frees) >= LEAST_OWN;
}

static int judge(const struct finding_pass *p, struct finding_drafts *out)
{
    int rc = 0;
    for (size_t i = 0; rc == 0 && i < p->threads.pair_count; i++) {
        struct finding_draft d = {
            .kind = FINDING_CROSS_THREAD, .index = i, .score = (double)p->threads.pairs[i].blocks};
        if (lives_by_it(p, &p->threads.pairs[i]))
            rc = finding_drafts_add(out, &d);
    }
    return rc;
}

/* ---- words ---- */

static void put_fact(struct finding_writer *w, uint64_t part, uint64_t whole, const char *of,
                     uint32_t thread)
{
    strbuf_printf(&w->fact, "%.0f %% of %s ", 100 * share(part, whole), of);
    finding_put_thread(w, &w->fact, thread);
    finding_add_fact(w, "share");
}

/* Allocs of the one and frees of the other in the heap: no field tells who freed a block. */
static void put_condition(struct finding_writer *w, const struct finding_pair *pair)
{
    struct strbuf term = {0};
    const struct registry *r = w->pass->trace->registry;
    strbuf_printf(&term, "(op == alloc && tid == %u", registry_thread(r, pair->from)->tid);
    if (pair->stack != STACK_NONE)
        strbuf_printf(&term, " && stack == %u", pair->stack);
    strbuf_printf(&term, " || op == free && tid == %u)", registry_thread(r, pair->to)->tid);
    finding_and_heap(w, pair->heap);
    finding_and(w, strbuf_str(&term));
    strbuf_release(&term);
}

static void write(struct finding_writer *w, const struct finding_draft *d)
{
    const struct finding_pair *pair = &w->pass->threads.pairs[d->index];
    struct strbuf *b = &w->sentence;
    finding_put_thread(w, b, pair->to);
    strbuf_puts(b, " freed ");
    finding_put_count(b, pair->blocks, "block", "blocks");
    strbuf_puts(b, " that ");
    finding_put_thread(w, b, pair->from);
    strbuf_puts(b, " had allocated in ");
    finding_put_heap(w, b, pair->heap);
    if (pair->stack != STACK_NONE) {
        strbuf_puts(b, ", all at ");
        finding_put_caller(w, b, pair->row);
    }
    put_fact(w, pair->blocks, find_lane(w->pass, pair->heap, pair->from)->freed,
             "the freed blocks of", pair->from);
    put_fact(w, pair->blocks, find_lane(w->pass, pair->heap, pair->to)->frees, "the frees of",
             pair->to);
    strbuf_printf(&w->fact, "%.0f %% of one of them, and %.0f %% of all frees", 100 * LEAST_OWN,
                  100 * LEAST_ALL);
    finding_add_fact(w, "at least");
    text_put_size(&w->fact, pair->bytes);
    strbuf_putc(&w->fact, ' ');
    finding_put_when(w, &w->fact, pair->first, pair->last);
    finding_add_fact(w, "bytes");
    put_condition(w, pair);
    strbuf_puts(&w->label, "cross-thread frees");
    w->out->process = registry_thread(w->pass->trace->registry, pair->from)->process;
    w->out->heap = pair->heap;
    w->out->thread = pair->from;
    w->out->stack = pair->stack;
    w->out->count = pair->blocks;
    w->out->bytes = pair->bytes;
    w->out->since = pair->first;
    w->out->until = pair->last;
    w->out->row = pair->row;
}

const struct finding_rule finding_threads_rule = {
    .rows = FINDING_ON_BLOCK,
    .take = take,
    .judge = judge,
    .write = write,
};

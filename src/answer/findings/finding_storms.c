/*
 * Storms: one place allocates very many blocks in quick succession and frees each again before the
 * thread's next allocation.
 *
 * A program that does so all the time, everywhere, is merely busy: a storm stands out against what
 * the place does else, and what the whole does else; or it is one call stack among many that makes
 * nearly everything.
 */
#include "answer/findings/finding_rules.h"

/* A storm is so many blocks, this share of all that are allocated, within this share of the time,
 * and so many times as fast as the place, and as everything, is outside it. */
#define BURST_LEAST        1000
#define BURST_LEAST_SHARE  0.10
#define BURST_MOST_TIME    0.25
#define BURST_TIMES_OWN    8.0
#define BURST_TIMES_OTHERS 2.0

/* A steady one: so many short-lived blocks, this share of the place's and of all, beside so many
 * other places. */
#define STEADY_LEAST       50000
#define STEADY_LEAST_BRIEF 0.95
#define STEADY_LEAST_SHARE 0.80
#define STEADY_LEAST_SITES 16

/* ---- collecting ---- */

/* Freed by its own thread before that thread allocated again in the heap, and soon. */
static bool is_brief(const struct finding_pass *p, const struct finding_event *e, int64_t *out_life)
{
    uint32_t i = (uint32_t)(e->closer % STORE_CHUNK_ROWS);
    if (e->closer == ROW_NONE || (e->closer_chunk->flags[i] & ROW_TEMPORARY) == 0)
        return false;
    *out_life = finding_ticks(finding_event_time(e), store_chunk_time(e->closer_chunk, i));
    return *out_life <= p->brief;
}

static void end_burst(struct finding_site *s)
{
    if (s->now.blocks > s->best.blocks)
        s->best = s->now;
    s->now = (struct finding_burst){0};
}

static int take(struct finding_pass *p, const struct finding_event *e)
{
    int64_t life = 0;
    if (e->site == UINT32_MAX || !e->in_range)
        return 0;
    struct finding_site *s = &p->sites.items[e->site];
    s->blocks++;
    if (!is_brief(p, e, &life))
        return 0;
    int64_t now = finding_event_time(e);
    s->brief++;
    if (s->now.blocks > 0 && finding_ticks(s->now.last, now) > p->pause)
        end_burst(s);
    if (s->now.blocks == 0)
        s->now = (struct finding_burst){.first = now, .row = e->row};
    s->now.blocks++;
    s->now.bytes += e->size;
    s->now.life += life;
    s->now.last = now;
    if (s->now.blocks > s->best.blocks)
        s->best = s->now;
    return 0;
}

/* ---- judging ---- */

/* Blocks in a tick: at least one tick. */
static double rate(uint64_t blocks, int64_t ticks)
{
    return (double)blocks / (double)(ticks > 0 ? ticks : 1);
}

static int64_t range_ticks(const struct finding_pass *p)
{
    return finding_ticks(p->moments.time[0], p->moments.time[FINDING_POINTS - 1]);
}

static bool is_burst(const struct finding_pass *p, const struct finding_site *s)
{
    const struct finding_burst *b = &s->best;
    int64_t span = finding_ticks(b->first, b->last), rest = range_ticks(p) - span;
    if (b->blocks < BURST_LEAST || (double)b->blocks < BURST_LEAST_SHARE * (double)p->allocs ||
        (double)span > BURST_MOST_TIME * (double)range_ticks(p))
        return false;
    double speed = rate(b->blocks, span);
    return speed >= BURST_TIMES_OWN * rate(s->blocks - b->blocks, rest) &&
           speed >= BURST_TIMES_OTHERS * rate(p->allocs - b->blocks, rest);
}

static bool is_steady(const struct finding_pass *p, const struct finding_site *s)
{
    return s->stack != STACK_NONE && s->brief >= STEADY_LEAST &&
           (double)s->brief >= STEADY_LEAST_BRIEF * (double)s->blocks &&
           (double)s->brief >= STEADY_LEAST_SHARE * (double)p->allocs &&
           p->sites.by_stack.used > STEADY_LEAST_SITES;
}

static int judge(const struct finding_pass *p, struct finding_drafts *out)
{
    int rc = 0;
    for (size_t i = 0; rc == 0 && i < p->sites.count; i++) {
        const struct finding_site *s = &p->sites.items[i];
        if (!is_burst(p, s) && !is_steady(p, s))
            continue;
        struct finding_draft d = {
            .kind = FINDING_STORM, .index = i, .score = (double)s->best.blocks};
        rc = finding_drafts_add(out, &d);
    }
    return rc;
}

/* ---- words ---- */

static void add_facts(struct finding_writer *w, const struct finding_site *s)
{
    const struct finding_burst *b = &s->best;
    strbuf_printf(&w->fact, "%.0f %% of all blocks of the range, at least %.0f %%",
                  100.0 * (double)b->blocks / (double)w->pass->allocs, 100 * BURST_LEAST_SHARE);
    finding_add_fact(w, "share");
    text_put_duration(&w->fact, trace_span_ns(w->pass->trace, b->life / (int64_t)b->blocks));
    strbuf_puts(&w->fact, " on average, each freed before its thread's next alloc in the heap");
    finding_add_fact(w, "life");
    text_put_size(&w->fact, b->bytes);
    strbuf_puts(&w->fact, " in all, ");
    text_put_size(&w->fact, b->bytes / b->blocks);
    strbuf_puts(&w->fact, " each");
    finding_add_fact(w, "bytes");
    finding_put_when(w, &w->fact, b->first, b->last);
    finding_add_fact(w, "when");
}

static void write(struct finding_writer *w, const struct finding_draft *d)
{
    const struct finding_site *s = &w->pass->sites.items[d->index];
    const struct finding_burst *b = &s->best;
    finding_put_site(w, &w->sentence, s);
    strbuf_puts(&w->sentence, ": ");
    finding_put_count(&w->sentence, b->blocks, "block that lived", "blocks that lived");
    strbuf_puts(&w->sentence, " for ");
    text_put_duration(&w->sentence, trace_span_ns(w->pass->trace, b->life / (int64_t)b->blocks));
    strbuf_puts(&w->sentence, " on average, ");
    double seconds = (double)trace_span_ns(w->pass->trace, finding_ticks(b->first, b->last)) / 1e9;
    text_put_count(&w->sentence, (uint64_t)((double)b->blocks / (seconds > 1e-9 ? seconds : 1e-9)));
    strbuf_puts(&w->sentence, " a second for ");
    finding_put_span(w, &w->sentence, b->first, b->last);
    add_facts(w, s);
    finding_and(w, "op == alloc");
    if (s->stack != STACK_NONE) {
        finding_and_stack(w, s->process, s->stack);
    } else {
        finding_and_thread(w, s->thread);
        finding_and_heap(w, s->heap);
    }
    finding_and(w, "temporary");
    finding_and_time(w, b->first, b->last);
    strbuf_puts(&w->label, "storm");
    w->out->process = s->process;
    w->out->heap = s->heap;
    w->out->thread = s->thread;
    w->out->stack = s->stack;
    w->out->count = b->blocks;
    w->out->bytes = b->bytes;
    w->out->since = b->first;
    w->out->until = b->last;
    w->out->row = b->row;
}

const struct finding_rule finding_storms_rule = {
    .rows = FINDING_ON_BLOCK,
    .take = take,
    .judge = judge,
    .write = write,
};

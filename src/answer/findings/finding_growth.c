/*
 * Growth: heaps, and the call stacks of a process, whose outstanding bytes rise all the time
 * (finding_series.h tells when).
 *
 * One growth is told once: as that of a call stack where one makes most of it, else as that of the
 * heap with the stacks that make the most of it.
 */
#include <errno.h>
#include <stdlib.h>

#include "answer/findings/finding_rules.h"

/* A stack that brought this share of its heap's rise is the finding, not the heap. */
#define SHARE_OF_ONE 0.8

/* Stacks that are named in a heap's sentence: as many as make this share, at most. */
#define SHARE_OF_MANY 0.9
#define STACKS_MOST   3

/* ---- collecting ---- */

static void add(int64_t *to, uint64_t by)
{
    *to = (int64_t)((uint64_t)*to + by);
}

static void add_block(struct finding_series *s, const struct finding_event *e, uint64_t at_end)
{
    double size = (double)e->size, last = (double)at_end;
    s->born += e->in_range;
    s->square += e->in_range ? size * size : 0;
    s->died += e->closer != ROW_NONE;
    s->square += e->closer != ROW_NONE ? last * last : 0;
    if (e->born == e->died)
        return;
    add(&s->at[e->born], e->size);
    if (e->died < FINDING_POINTS)
        add(&s->at[e->died], 0 - at_end);
}

/* NULL when there are too many or memory is out. */
static struct finding_series *series_of_heap(struct finding_pass *p, uint32_t heap)
{
    struct finding_series **s = &p->heaps[heap].series;
    if (*s == NULL && p->heaps_watched < FINDING_HEAPS_MOST) {
        *s = arena_alloc(&p->arena, sizeof **s);
        if (*s != NULL)
            **s = (struct finding_series){0};
        p->heaps_watched += *s != NULL;
    }
    p->cut = p->cut || *s == NULL;
    return *s;
}

/* The size of the block at its end: a Free's row has it. */
static uint64_t last_size(const struct finding_pass *p, const struct finding_event *e)
{
    uint32_t i = (uint32_t)(e->closer % STORE_CHUNK_ROWS);
    if (e->closer == ROW_NONE)
        return e->size;
    if ((e->closer_chunk->flags[i] & ROW_CLOSES) != 0)
        return store_chunk_size(e->closer_chunk, i);
    return block_size_at(p->trace, e->row, UINT64_MAX);
}

static int take_block(struct finding_pass *p, const struct finding_event *e)
{
    uint64_t last = last_size(p, e);
    struct finding_series *site = e->site != UINT32_MAX ? p->sites.items[e->site].series : NULL;
    if (site != NULL)
        add_block(site, e, last);
    if (e->heap >= p->heap_count)
        return 0;
    struct finding_series *heap = series_of_heap(p, e->heap);
    if (heap != NULL)
        add_block(heap, e, last);
    p->heaps[e->heap].blocks += e->closer == ROW_NONE;
    return 0;
}

static void add_resize(struct finding_series *s, unsigned moment, uint64_t by, bool in_range)
{
    if (s == NULL)
        return;
    if (moment < FINDING_POINTS)
        add(&s->at[moment], by);
    double size = (double)(int64_t)by;
    s->square += in_range ? size * size : 0;
}

/* The size changes from this moment on, if the block belongs and is alive in the range. */
static int take_resize(struct finding_pass *p, const struct finding_event *e)
{
    const struct store_extra *old = store_find_extra(p->trace->store, e->row, STORE_EXTRA_OLD);
    uint64_t opener = store_chunk_link(e->c, e->i, e->row);
    if (old == NULL || !(p->matches == NULL || matches_has(p->matches, opener)))
        return 0;
    struct finding_event birth = {.c = store_chunk(p->trace->store, opener / STORE_CHUNK_ROWS),
                                  .row = opener,
                                  .i = (uint32_t)(opener % STORE_CHUNK_ROWS)};
    if (store_chunk_link(birth.c, birth.i, opener) < p->range.first)
        return 0;
    birth.thread = birth.c->thread[birth.i];
    birth.process = registry_thread(p->trace->registry, birth.thread)->process;
    birth.heap = store_chunk_heap(birth.c, birth.i);
    uint64_t by = store_chunk_size(e->c, e->i) - old->values[STORE_OLD_OWN];
    unsigned moment = finding_moments_after(&p->moments, e->row);
    uint32_t site = finding_pass_site(p, &birth);
    if (site != UINT32_MAX)
        add_resize(p->sites.items[site].series, moment, by, e->in_range);
    if (birth.heap < p->heap_count)
        add_resize(p->heaps[birth.heap].series, moment, by, e->in_range);
    return 0;
}

static int take(struct finding_pass *p, const struct finding_event *e)
{
    return (e->flags & ROW_OPENS) != 0 ? take_block(p, e) : take_resize(p, e);
}

/* ---- judging ---- */

/*
 * A block freed in the wrong heap is not closed: it stays for ever, and its place looks like a leak
 * once there are many. That is told as what it is.
 */
static bool grows(const struct finding_pass *p, const struct finding_series *s,
                  struct finding_trend *out_trend)
{
    if (s == NULL || s->born < s->died)
        return false;
    uint64_t stayed = s->born - s->died;
    if (p->mistaken > 0 && stayed <= 2 * p->mistaken)
        return false;
    return finding_series_grows(s, out_trend);
}

/* 0 where sizes that lie make it more than a sum of some of them may be. */
static int64_t rise_since(const struct finding_series *s, unsigned from)
{
    int64_t rise = (int64_t)((uint64_t)s->at[FINDING_POINTS - 1] - (uint64_t)s->at[from]);
    return rise < INT64_MAX / 4 ? rise : 0;
}

/* The sites with the greatest rise in the heap since the moment, in order; returns how many. */
static size_t top_sites(const struct finding_pass *p, uint32_t heap, unsigned from,
                        size_t out_sites[STACKS_MOST])
{
    size_t n = 0;
    for (size_t i = 0; i < p->sites.count; i++) {
        const struct finding_site *s = &p->sites.items[i];
        if (s->series == NULL || s->heap != heap || rise_since(s->series, from) <= 0)
            continue;
        size_t at = n < STACKS_MOST ? n++ : STACKS_MOST;
        for (; at > 0 && rise_since(s->series, from) >
                             rise_since(p->sites.items[out_sites[at - 1]].series, from);
             at--)
            if (at < STACKS_MOST)
                out_sites[at] = out_sites[at - 1];
        if (at < STACKS_MOST)
            out_sites[at] = i;
    }
    return n;
}

static int judge_heaps(const struct finding_pass *p, struct finding_drafts *out, uint32_t *draft_of)
{
    int rc = 0;
    for (size_t i = 0; rc == 0 && i < p->heap_count; i++) {
        struct finding_draft d = {.kind = FINDING_GROWTH, .index = i};
        if (!grows(p, p->heaps[i].series, &d.trend))
            continue;
        d.score = (double)d.trend.rise;
        rc = finding_drafts_add(out, &d);
        draft_of[i] = (uint32_t)out->count;
    }
    return rc;
}

/* Of each draft the site with the greatest rise in its heap, NULL where there is none. */
static void find_tops(const struct finding_pass *p, const struct finding_drafts *d,
                      const uint32_t *draft_of, const struct finding_series **out_tops)
{
    for (size_t i = 0; i < p->sites.count; i++) {
        const struct finding_site *s = &p->sites.items[i];
        if (s->series == NULL || s->heap >= p->heap_count || draft_of[s->heap] == 0)
            continue;
        size_t k = draft_of[s->heap] - 1;
        unsigned from = d->items[k].trend.from;
        int64_t rise = rise_since(s->series, from);
        if (rise > 0 && (out_tops[k] == NULL || rise > rise_since(out_tops[k], from)))
            out_tops[k] = s->series;
    }
}

/* One stack makes the heap grow. */
static bool is_one_stack(const struct finding_pass *p, const struct finding_series *top,
                         const struct finding_trend *t)
{
    struct finding_trend own;
    return top != NULL && (double)rise_since(top, t->from) >= SHARE_OF_ONE * (double)t->rise &&
           grows(p, top, &own);
}

/* Heaps that one stack makes grow are not told: the stack is. */
static int leave_to_stacks(const struct finding_pass *p, struct finding_drafts *d, size_t first,
                           uint32_t *draft_of)
{
    const struct finding_series **tops = calloc(d->count + 1, sizeof *tops);
    size_t kept = first;
    if (tops == NULL)
        return -ENOMEM;
    find_tops(p, d, draft_of, tops);
    for (size_t k = first; k < d->count; k++) {
        struct finding_draft draft = d->items[k];
        if (is_one_stack(p, tops[k], &draft.trend))
            draft_of[draft.index] = 0;
        else
            d->items[kept++] = draft;
    }
    d->count = kept;
    free(tops);
    return 0;
}

/* Stacks of heaps that are told as such are not. */
static int judge_sites(const struct finding_pass *p, struct finding_drafts *out,
                       const uint32_t *draft_of)
{
    int rc = 0;
    for (size_t i = 0; rc == 0 && i < p->sites.count; i++) {
        const struct finding_site *s = &p->sites.items[i];
        struct finding_draft d = {.kind = FINDING_GROWTH, .index = i, .is_site = true};
        bool told = s->heap < p->heap_count && draft_of[s->heap] != 0;
        if (told || !grows(p, s->series, &d.trend))
            continue;
        d.score = (double)d.trend.rise;
        rc = finding_drafts_add(out, &d);
    }
    return rc;
}

/* Every heap and every site is looked at once, however many of them grow. */
static int judge(const struct finding_pass *p, struct finding_drafts *out)
{
    size_t first = out->count;
    uint32_t *draft_of = calloc(p->heap_count + 1, sizeof *draft_of); /* 1 + it; 0: none */
    int rc = draft_of != NULL ? judge_heaps(p, out, draft_of) : -ENOMEM;
    if (rc == 0)
        rc = leave_to_stacks(p, out, first, draft_of);
    if (rc == 0)
        rc = judge_sites(p, out, draft_of);
    free(draft_of);
    return rc;
}

/* ---- words ---- */

static void put_rise(struct finding_writer *w, const struct finding_trend *t)
{
    const struct finding_moments *m = &w->pass->moments;
    int64_t from = m->time[t->from], to = m->time[FINDING_POINTS - 1];
    int64_t step = finding_ticks(m->time[0], m->time[1]), all = finding_ticks(from, to);
    double rate = t->slope / (double)(step > 0 ? step : 1);
    strbuf_puts(&w->sentence, " grew ");
    finding_put_rate(w, &w->sentence, rate * (double)all, all);
    strbuf_puts(&w->sentence, " for ");
    finding_put_span(w, &w->sentence, from, to);
    w->out->since = from;
    w->out->until = to;
    w->out->bytes = (uint64_t)t->rise;
}

static void put_share(struct strbuf *b, int64_t part, int64_t whole)
{
    strbuf_printf(b, "%.0f %%", 100.0 * (double)part / (double)whole);
}

/* "; 3 stacks make 91 % of it". */
static void put_stacks(struct finding_writer *w, const struct finding_draft *d)
{
    size_t top[STACKS_MOST], n = top_sites(w->pass, (uint32_t)d->index, d->trend.from, top);
    int64_t sum = 0;
    for (size_t i = 0; i < n; i++) {
        const struct finding_site *s = &w->pass->sites.items[top[i]];
        int64_t rise = rise_since(s->series, d->trend.from);
        finding_put_caller(w, &w->fact, s->row);
        strbuf_puts(&w->fact, " made ");
        put_share(&w->fact, rise, d->trend.rise);
        strbuf_puts(&w->fact, " of it");
        finding_add_fact(w, i == 0 ? "by stack" : "");
        sum += rise;
        if ((double)sum < SHARE_OF_MANY * (double)d->trend.rise && i + 1 < n)
            continue;
        if (2 * sum < d->trend.rise)
            return; /* they do not explain it */
        strbuf_printf(&w->sentence, i == 0 ? "; one stack makes " : "; %zu stacks make ", i + 1);
        put_share(&w->sentence, sum, d->trend.rise);
        strbuf_puts(&w->sentence, " of it");
        return;
    }
}

static void add_facts(struct finding_writer *w, const struct finding_series *s,
                      const struct finding_trend *t)
{
    text_put_size(&w->fact, (uint64_t)s->at[t->from]);
    strbuf_puts(&w->fact, " to ");
    text_put_size(&w->fact, (uint64_t)s->at[FINDING_POINTS - 1]);
    strbuf_puts(&w->fact, " outstanding; ");
    finding_put_count(&w->fact, s->born, "block came, ", "blocks came, ");
    text_put_grouped(&w->fact, s->died);
    strbuf_puts(&w->fact, " went");
    finding_add_fact(w, "rise");
    strbuf_printf(&w->fact,
                  "r2 %.3f, at least %.2f; every quarter brought %.0f %% or more, at "
                  "least %.0f %%; %.0f times what chance makes of it, at least %.0f",
                  t->fit, FINDING_LEAST_FIT, 100 * t->quarter, 100 * FINDING_LEAST_QUARTER,
                  t->noise, FINDING_LEAST_NOISE);
    finding_add_fact(w, "line");
    w->out->curve = finding_add_curve(w, s->at);
}

static void write_heap(struct finding_writer *w, const struct finding_draft *d)
{
    uint32_t heap = (uint32_t)d->index;
    const struct finding_series *s = w->pass->heaps[heap].series;
    finding_put_heap(w, &w->sentence, heap);
    put_rise(w, &d->trend);
    add_facts(w, s, &d->trend);
    put_stacks(w, d);
    w->out->heap = heap;
    w->out->process = registry_heap(w->pass->trace->registry, heap)->process;
    w->out->count = s->born - s->died;
    w->out->place = w->pass->sites.by_stack.used > 0 ? FINDING_IN_STACKS : FINDING_IN_BLOCKS;
    finding_and_heap(w, heap);
    strbuf_puts(&w->label, "growth of ");
    finding_put_heap(w, &w->label, heap);
}

static void write_site(struct finding_writer *w, const struct finding_draft *d)
{
    const struct finding_site *s = &w->pass->sites.items[d->index];
    finding_put_site(w, &w->sentence, s);
    put_rise(w, &d->trend);
    if (s->heap != INDEX_NONE) {
        strbuf_puts(&w->sentence, ", in ");
        finding_put_heap(w, &w->sentence, s->heap);
    }
    add_facts(w, s->series, &d->trend);
    w->out->heap = s->heap;
    w->out->process = s->process;
    w->out->thread = s->thread;
    w->out->stack = s->stack;
    w->out->count = s->series->born - s->series->died;
    w->out->place = FINDING_IN_BLOCKS;
    w->out->row = s->row;
    finding_and_stack(w, s->process, s->stack);
    strbuf_printf(&w->label, "growth of stack %u", s->stack);
}

static void write(struct finding_writer *w, const struct finding_draft *d)
{
    if (d->is_site)
        write_site(w, d);
    else
        write_heap(w, d);
    finding_and_alive(w, false);
}

const struct finding_rule finding_growth_rule = {
    .rows = FINDING_ON_BLOCK | FINDING_ON_RESIZE,
    .take = take,
    .judge = judge,
    .write = write,
};

/*
 * Fragmentation: a heap keeps committed what its blocks needed once, though most of them are gone.
 *
 * What a heap has committed is told by its own records only (Create, Expand, Contract, Snapshot).
 * It says something once the heap was seen to fill it: of a heap that was there before the trace
 * most blocks are not known.
 */
#include <errno.h>
#include <string.h>

#include "answer/findings/finding_rules.h"
#include "decoder/heap_op.h"

/* So many times what is outstanding, and so much more; */
#define LEAST_TIMES 4
#define LEAST_WASTE (INT64_C(256) << 10)

/* by blocks that stay, for an empty heap is done with; */
#define LEAST_BLOCKS 2

/* of a heap that had used this share of it. */
#define LEAST_USED 0.40

#define LAST (FINDING_POINTS - 1)

/* ---- collecting ---- */

/* CommittedSpace of the record; false when it has none. */
static bool find_committed(const struct store_extra *payload, unsigned op, uint64_t *out_bytes)
{
    const struct heap_op_info *info = heap_op_info(op);
    if (payload == NULL || info == NULL || payload->note >= info->layout_count)
        return false;
    const struct heap_layout *layout = &info->layouts[payload->note];
    uint32_t at = 0;
    for (unsigned i = 0; i < layout->field_count && at < payload->count; i++) {
        if (layout->fields[i].slot != HEAP_SLOT_EXTRA)
            continue;
        *out_bytes = payload->values[at++];
        if (strcmp(layout->fields[i].name, "CommittedSpace") == 0)
            return true;
    }
    return false;
}

static int64_t *committed_of(struct finding_pass *p, uint32_t heap)
{
    int64_t **c = &p->heaps[heap].committed;
    if (*c != NULL)
        return *c;
    *c = arena_alloc(&p->arena, FINDING_POINTS * sizeof **c);
    for (unsigned k = 0; *c != NULL && k < FINDING_POINTS; k++)
        (*c)[k] = -1;
    return *c;
}

/* Differences, as in a series. */
static int take_large(struct finding_pass *p, const struct finding_event *e)
{
    if (e->size < FINDING_OWN_PAGES || e->heap >= p->heap_count || e->born == e->died)
        return 0;
    int64_t **large = &p->heaps[e->heap].large;
    if (*large == NULL) {
        *large = arena_alloc(&p->arena, FINDING_POINTS * sizeof **large);
        if (*large == NULL)
            return -ENOMEM;
        memset(*large, 0, FINDING_POINTS * sizeof **large);
    }
    (*large)[e->born] = (int64_t)((uint64_t)(*large)[e->born] + e->size);
    if (e->died < FINDING_POINTS)
        (*large)[e->died] = (int64_t)((uint64_t)(*large)[e->died] - e->size);
    return 0;
}

static int take_told(struct finding_pass *p, const struct finding_event *e)
{
    uint64_t bytes;
    const struct store_extra *payload =
        store_find_extra(p->trace->store, e->row, STORE_EXTRA_PAYLOAD);
    unsigned moment = finding_moments_after(&p->moments, e->row);
    if (e->heap >= p->heap_count || moment >= FINDING_POINTS ||
        !find_committed(payload, e->op, &bytes) || bytes > INT64_MAX / 4)
        return 0;
    int64_t *committed = committed_of(p, e->heap);
    if (committed == NULL)
        return -ENOMEM;
    committed[moment] = (int64_t)bytes;
    return 0;
}

static int take(struct finding_pass *p, const struct finding_event *e)
{
    return (e->flags & ROW_OPENS) != 0 ? take_large(p, e) : take_told(p, e);
}

/* ---- judging ---- */

/* A heap as it stands at the end of the range. */
struct space {
    int64_t committed[FINDING_POINTS]; /* 0 before it was told */
    int64_t used[FINDING_POINTS];      /* without blocks that have pages of their own */
    int64_t most_used;                 /* at any moment at which `committed` was known */
};

static bool look_at(const struct finding_heap *h, struct space *out)
{
    if (h->committed == NULL || h->series == NULL)
        return false;
    int64_t last = -1;
    uint64_t large = 0;
    out->most_used = 0;
    for (unsigned k = 0; k < FINDING_POINTS; k++) {
        last = h->committed[k] >= 0 ? h->committed[k] : last;
        out->committed[k] = last > 0 ? last : 0;
        large += h->large != NULL ? (uint64_t)h->large[k] : 0;
        out->used[k] = (int64_t)((uint64_t)h->series->at[k] - large);
        if (last >= 0 && out->used[k] > out->most_used)
            out->most_used = out->used[k];
    }
    return last >= 0;
}

static bool is_fragmented(const struct finding_heap *h, const struct space *s)
{
    int64_t committed = s->committed[LAST], used = s->used[LAST];
    return h->blocks >= LEAST_BLOCKS && used > 0 && used <= committed / LEAST_TIMES &&
           committed - used >= LEAST_WASTE &&
           (double)s->most_used >= LEAST_USED * (double)committed;
}

static int judge(const struct finding_pass *p, struct finding_drafts *out)
{
    int rc = 0;
    for (size_t i = 0; rc == 0 && i < p->heap_count; i++) {
        struct space s;
        if (!look_at(&p->heaps[i], &s) || !is_fragmented(&p->heaps[i], &s))
            continue;
        struct finding_draft d = {.kind = FINDING_FRAGMENTATION,
                                  .index = i,
                                  .score = (double)(s.committed[LAST] - s.used[LAST])};
        rc = finding_drafts_add(out, &d);
    }
    return rc;
}

/* ---- words ---- */

static void put_size(struct strbuf *b, int64_t bytes)
{
    text_put_size(b, (uint64_t)bytes);
}

static void add_facts(struct finding_writer *w, const struct space *s)
{
    int64_t committed = s->committed[LAST], used = s->used[LAST];
    strbuf_printf(&w->fact, "%.1f times what is outstanding, at least %d",
                  (double)committed / (double)used, LEAST_TIMES);
    finding_add_fact(w, "times");
    put_size(&w->fact, s->most_used);
    strbuf_printf(&w->fact, " at most, %.0f %% of it, at least %.0f %%",
                  100 * (double)s->most_used / (double)committed, 100 * LEAST_USED);
    finding_add_fact(w, "was used");
    w->out->curve = finding_add_curve(w, s->used);
    w->out->second = finding_add_curve(w, s->committed);
}

static void write(struct finding_writer *w, const struct finding_draft *d)
{
    uint32_t heap = (uint32_t)d->index;
    const struct finding_heap *h = &w->pass->heaps[heap];
    struct space s;
    look_at(h, &s);
    finding_put_heap(w, &w->sentence, heap);
    strbuf_puts(&w->sentence, " keeps ");
    put_size(&w->sentence, s.committed[LAST]);
    strbuf_puts(&w->sentence, " committed for ");
    finding_put_count(&w->sentence, (uint64_t)h->blocks, "block", "blocks");
    strbuf_puts(&w->sentence, " of ");
    put_size(&w->sentence, s.used[LAST]);
    strbuf_puts(&w->sentence, "; it had used ");
    put_size(&w->sentence, s.most_used);
    add_facts(w, &s);
    finding_and_heap(w, heap);
    finding_and_alive(w, true);
    strbuf_puts(&w->label, "fragmentation");
    w->out->place = FINDING_IN_BLOCKS;
    w->out->heap = heap;
    w->out->process = registry_heap(w->pass->trace->registry, heap)->process;
    w->out->count = (uint64_t)h->blocks;
    w->out->bytes = (uint64_t)(s.committed[LAST] - s.used[LAST]);
    w->out->since = w->pass->moments.time[0];
    w->out->until = w->pass->moments.time[LAST];
}

const struct finding_rule finding_space_rule = {
    .rows = FINDING_ON_SPACE | FINDING_ON_BLOCK,
    .take = take,
    .judge = judge,
    .write = write,
};

/*
 * Frees that are wrong by themselves: of a block that was freed already, of a block that belongs to
 * another heap (the candidates of numbers.md, Replay rules). One is enough.
 */
#include "answer/findings/finding_rules.h"

/* Rows before a wrong Free that are searched for the block it meant. */
#define SEARCH_MOST (UINT64_C(1) << 21)

static int take(struct finding_pass *p, const struct finding_event *e)
{
    /* Alive elsewhere says more than freed here some time ago. */
    bool wrong = (e->flags & ROW_WRONG_HEAP) != 0;
    p->mistaken += wrong;
    finding_tally_add(p, wrong ? FINDING_WRONG_HEAP : FINDING_DOUBLE_FREE, e);
    return 0;
}

static int judge(const struct finding_pass *p, struct finding_drafts *out)
{
    int rc = 0;
    for (size_t i = 0; rc == 0 && i < p->tallies.count; i++) {
        const struct finding_tally *t = &p->tallies.items[i];
        if (t->kind != FINDING_DOUBLE_FREE && t->kind != FINDING_WRONG_HEAP)
            continue;
        struct finding_draft d = {.kind = t->kind, .index = i, .score = (double)t->count};
        rc = finding_drafts_add(out, &d);
    }
    return rc;
}

/* ---- words ---- */

/* The heap whose block has the address when the Free tries; INDEX_NONE when it is not found. */
static uint32_t owner_of(const struct finding_pass *p, const struct finding_tally *t)
{
    uint64_t end = t->row > SEARCH_MOST ? t->row - SEARCH_MOST : 0;
    for (uint64_t row = t->row; row-- > end;) {
        const struct store_chunk *c = store_chunk(p->trace->store, row / STORE_CHUNK_ROWS);
        uint32_t i = (uint32_t)(row % STORE_CHUNK_ROWS);
        if (c->address[i] != t->address[0] || (c->flags[i] & ROW_OPENS) == 0)
            continue;
        uint32_t heap = store_chunk_heap(c, i);
        if (heap != t->heap && heap != INDEX_NONE && store_chunk_link(c, i, row) > t->row &&
            registry_heap(p->trace->registry, heap)->process == t->process)
            return heap;
    }
    return INDEX_NONE;
}

/* All that happened at the addresses, as far as they are few; else the frees. */
static void put_condition(struct finding_writer *w, const struct finding_tally *t)
{
    if (t->addresses > FINDING_ADDRESSES) {
        finding_and_heap(w, t->heap);
        finding_and(w, "unmatched");
        return;
    }
    if (t->kind == FINDING_DOUBLE_FREE)
        finding_and_heap(w, t->heap);
    else
        finding_and_process(w, t->process);
    struct strbuf term = {0};
    strbuf_puts(&term, t->addresses == 1 ? "address == " : "address in [");
    for (size_t i = 0; i < t->addresses; i++) {
        strbuf_puts(&term, i > 0 ? ", " : "");
        strbuf_put_hex(&term, t->address[i]);
    }
    strbuf_puts(&term, t->addresses == 1 ? "" : "]");
    finding_and(w, strbuf_str(&term));
    strbuf_release(&term);
}

static void add_facts(struct finding_writer *w, const struct finding_tally *t)
{
    strbuf_put_hex(&w->fact, t->address[0]);
    strbuf_puts(&w->fact, " ");
    finding_put_when(w, &w->fact, t->first, t->first);
    finding_add_fact(w, "first");
    finding_put_caller(w, &w->fact, t->row);
    finding_add_fact(w, "freed by");
    if (w->pass->lossy)
        strbuf_puts(&w->fact, "events were lost: what made these frees right may be among them");
    finding_add_fact(w, "but");
}

static void write_double(struct finding_writer *w, const struct finding_tally *t)
{
    finding_put_heap(w, &w->sentence, t->heap);
    strbuf_puts(&w->sentence, ": ");
    if (t->count == 1) {
        strbuf_puts(&w->sentence, "the block ");
        strbuf_put_hex(&w->sentence, t->address[0]);
        strbuf_puts(&w->sentence, " was freed again ");
    } else {
        finding_put_count(&w->sentence, t->count, "free", "frees");
        strbuf_puts(&w->sentence, " of blocks that were freed already, ");
    }
    finding_put_when(w, &w->sentence, t->first, t->last);
}

static void write_wrong(struct finding_writer *w, const struct finding_tally *t)
{
    uint32_t owner = owner_of(w->pass, t);
    if (t->count == 1) {
        strbuf_puts(&w->sentence, "the block ");
        strbuf_put_hex(&w->sentence, t->address[0]);
    } else {
        finding_put_count(&w->sentence, t->count, "block", "blocks");
    }
    if (owner != INDEX_NONE) {
        strbuf_puts(&w->sentence, " of ");
        finding_put_heap(w, &w->sentence, owner);
    }
    strbuf_puts(&w->sentence, t->count == 1 ? " was freed in " : " were freed in ");
    finding_put_heap(w, &w->sentence, t->heap);
    strbuf_puts(&w->sentence, ", where no such block lives, ");
    finding_put_when(w, &w->sentence, t->first, t->last);
}

static void write(struct finding_writer *w, const struct finding_draft *d)
{
    const struct finding_tally *t = &w->pass->tallies.items[d->index];
    if (t->kind == FINDING_DOUBLE_FREE)
        write_double(w, t);
    else
        write_wrong(w, t);
    add_facts(w, t);
    put_condition(w, t);
    strbuf_puts(&w->label, finding_words[t->kind].word);
    w->out->process = t->process;
    w->out->heap = t->heap;
    w->out->stack = t->stack;
    w->out->count = t->count;
    w->out->since = t->first;
    w->out->until = t->last;
    w->out->row = t->row;
}

const struct finding_rule finding_frees_rule = {
    .rows = FINDING_ON_MISTAKE,
    .take = take,
    .judge = judge,
    .write = write,
};

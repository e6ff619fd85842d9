/*
 * ReAllocs that copy much for little: a block that goes to and fro between sizes, or one that grows
 * by small steps.
 *
 * An array that doubles copies less than it is large in the end, so that it never comes near the
 * limits. Blocks are followed from move to move under the row that opened them last, a few thousand
 * at a time; what they do is added up by the place that moved them first.
 */
#include <errno.h>
#include <stdlib.h>

#include "answer/findings/finding_rules.h"
#include "base/alloc.h"

/* To and fro: so many turns, and so much copied by them. */
#define TURNS_LEAST        16
#define TURNS_LEAST_COPIED (UINT64_C(16) << 10)

/* By small steps: so many moves, so many times its own size copied, and so much. */
#define STEPS_LEAST        32
#define STEPS_LEAST_TIMES  8
#define STEPS_LEAST_COPIED (UINT64_C(1) << 20)

/* ---- chains ---- */

static struct finding_chain *slot_of(struct finding_pass *p, uint64_t opener)
{
    uint64_t mixed = opener * UINT64_C(0x9e3779b97f4a7c15);
    return &p->chains[mixed >> 40 & (FINDING_CHAINS - 1)];
}

static int make_chains(struct finding_pass *p)
{
    if (p->chains != NULL)
        return 0;
    p->chains = calloc(FINDING_CHAINS, sizeof *p->chains);
    for (size_t i = 0; p->chains != NULL && i < FINDING_CHAINS; i++)
        p->chains[i].opener = ROW_NONE;
    return p->chains != NULL ? 0 : -ENOMEM;
}

/* The chain that the block was in, out of its slot; a new one when it was in none. */
static struct finding_chain leave(struct finding_pass *p, const struct finding_event *e,
                                  uint64_t opener, uint32_t site)
{
    struct finding_chain *slot = slot_of(p, opener);
    if (opener != ROW_NONE && slot->opener == opener) {
        struct finding_chain chain = *slot;
        slot->opener = ROW_NONE;
        chain.other_site = chain.other_site || chain.site != site;
        return chain;
    }
    return (struct finding_chain){
        .first = finding_event_time(e), .row = e->row, .site = site, .small = UINT64_MAX};
}

/* One step from `from` to `to` bytes, in place or not. */
static void step(struct finding_chain *c, uint64_t from, uint64_t to, bool moved)
{
    bool up = to > from;
    if (c->moves > 0 && up != c->up)
        c->turns++;
    c->up = up;
    c->moves += moved;
    c->copied += moved ? (from < to ? from : to) : 0;
    c->small = from < c->small ? from : c->small;
    c->small = to < c->small ? to : c->small;
    c->large = from > c->large ? from : c->large;
    c->large = to > c->large ? to : c->large;
}

static bool copies_much(const struct finding_chain *c)
{
    if (c->turns >= TURNS_LEAST && c->copied >= TURNS_LEAST_COPIED)
        return true;
    return c->moves >= STEPS_LEAST && c->copied >= STEPS_LEAST_COPIED &&
           c->copied / STEPS_LEAST_TIMES >= c->large;
}

/* ---- sums ---- */

static struct finding_moves *moves_of(struct finding_pass *p, const struct finding_event *e,
                                      const struct finding_chain *c)
{
    struct finding_site *s = &p->sites.items[c->site];
    if (s->moves == NULL) {
        s->moves = arena_alloc(&p->arena, sizeof *s->moves);
        if (s->moves != NULL)
            *s->moves = (struct finding_moves){.first = c->first,
                                               .row = c->row,
                                               .small = UINT64_MAX,
                                               .heap = e->heap,
                                               .thread = e->thread};
    }
    return s->moves;
}

/* Adds what the chain has done since it was counted last: all of it at first. */
static int count(struct finding_pass *p, const struct finding_event *e, struct finding_chain *c,
                 const struct finding_chain *before)
{
    struct finding_moves *m = moves_of(p, e, c);
    if (m == NULL)
        return -ENOMEM;
    bool known = before->counted;
    m->chains += !known;
    m->moves += c->moves - (known ? before->moves : 0);
    m->turns += c->turns - (known ? before->turns : 0);
    m->copied += c->copied - (known ? before->copied : 0);
    m->first = c->first < m->first ? c->first : m->first;
    m->last = finding_event_time(e);
    m->small = c->small < m->small ? c->small : m->small;
    m->large = c->large > m->large ? c->large : m->large;
    m->heap = m->heap == e->heap ? m->heap : INDEX_NONE;
    m->thread = m->thread == e->thread ? m->thread : INDEX_NONE;
    m->other_sites = m->other_sites || c->other_site;
    c->counted = true;
    return 0;
}

/* The row that opened the block after the step; ROW_NONE when there is none. */
static uint64_t opener_after(const struct finding_event *e)
{
    return (e->flags & ROW_OPENS) != 0 ? e->row : store_chunk_link(e->c, e->i, e->row);
}

static int take(struct finding_pass *p, const struct finding_event *e)
{
    bool moved = (e->flags & ROW_MOVED) != 0;
    const struct store_extra *old = store_find_extra(p->trace->store, e->row, STORE_EXTRA_OLD);
    uint64_t after = opener_after(e);
    if (old == NULL || after == ROW_NONE || (!moved && (e->flags & ROW_RESIZES) == 0))
        return 0;
    uint32_t site = finding_pass_site(p, e);
    int rc = site != UINT32_MAX ? make_chains(p) : 0;
    if (rc != 0 || site == UINT32_MAX)
        return rc;
    struct finding_chain c = leave(p, e, old->values[STORE_OLD_OPENER], site);
    struct finding_chain before = c;
    step(&c, old->values[STORE_OLD_OWN], store_chunk_size(e->c, e->i), moved);
    if (c.counted || copies_much(&c))
        rc = count(p, e, &c, &before);
    c.opener = after;
    *slot_of(p, after) = c;
    return rc;
}

/* ---- judging and words ---- */

static int judge(const struct finding_pass *p, struct finding_drafts *out)
{
    int rc = 0;
    for (size_t i = 0; rc == 0 && i < p->sites.count; i++) {
        const struct finding_moves *m = p->sites.items[i].moves;
        if (m == NULL)
            continue;
        struct finding_draft d = {.kind = FINDING_REALLOC, .index = i, .score = (double)m->copied};
        rc = finding_drafts_add(out, &d);
    }
    return rc;
}

/* Growth by steps turns seldom or never. */
static bool goes_to_and_fro(const struct finding_moves *m)
{
    return 4 * m->turns >= m->moves;
}

static void put_sentence(struct finding_writer *w, const struct finding_site *s,
                         const struct finding_moves *m)
{
    struct strbuf *b = &w->sentence;
    finding_put_site(w, b, s);
    strbuf_puts(b, ": ");
    finding_put_count(b, m->chains, "block", "blocks");
    if (goes_to_and_fro(m))
        strbuf_puts(b, " moved to and fro between ");
    else
        strbuf_puts(b, " moved by small steps from ");
    text_put_size(b, m->small);
    strbuf_puts(b, goes_to_and_fro(m) ? " and " : " to ");
    text_put_size(b, m->large);
    strbuf_puts(b, ", ");
    finding_put_count(b, m->moves, "time", "times");
    strbuf_puts(b, ", and ");
    text_put_size(b, m->copied);
    strbuf_puts(b, " copied for it");
}

static void add_facts(struct finding_writer *w, const struct finding_moves *m)
{
    strbuf_puts(&w->fact, "turned back ");
    finding_put_count(&w->fact, m->turns, "time", "times");
    strbuf_printf(&w->fact, ", at least %d with ", TURNS_LEAST);
    text_put_size(&w->fact, TURNS_LEAST_COPIED);
    strbuf_printf(&w->fact, " copied; or %d moves that copy %d times the block", STEPS_LEAST,
                  STEPS_LEAST_TIMES);
    finding_add_fact(w, "limits");
    finding_put_when(w, &w->fact, m->first, m->last);
    finding_add_fact(w, "when");
}

static void write(struct finding_writer *w, const struct finding_draft *d)
{
    const struct finding_site *s = &w->pass->sites.items[d->index];
    const struct finding_moves *m = s->moves;
    put_sentence(w, s, m);
    add_facts(w, m);
    finding_and(w, "op == realloc");
    if (s->stack != STACK_NONE && !m->other_sites)
        finding_and_stack(w, s->process, s->stack);
    if (m->heap != INDEX_NONE)
        finding_and_heap(w, m->heap);
    if (m->thread != INDEX_NONE && (s->stack == STACK_NONE || m->other_sites))
        finding_and_thread(w, m->thread);
    finding_and_time(w, m->first, m->last);
    strbuf_puts(&w->label, "reallocs");
    w->out->process = s->process;
    w->out->heap = m->heap;
    w->out->thread = m->thread;
    w->out->stack = s->stack;
    w->out->count = m->moves;
    w->out->bytes = m->copied;
    w->out->since = m->first;
    w->out->until = m->last;
    w->out->row = m->row;
}

const struct finding_rule finding_moves_rule = {
    .rows = FINDING_ON_REALLOC,
    .take = take,
    .judge = judge,
    .write = write,
};

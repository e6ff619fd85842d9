/*
 * Events that are worth a look by themselves: those that name the Source "invalid", and large
 * requests, also those that failed.
 */
#include "answer/findings/finding_rules.h"
#include "decoder/heap_op.h"

static bool asks(const struct finding_event *e)
{
    return e->op == HEAP_OP_ALLOC || e->op == HEAP_OP_REALLOC;
}

/* A moving ReAlloc is told by the Alloc before it. */
static bool is_large(const struct finding_event *e, uint64_t size)
{
    bool failed = (e->flags & ROW_FAILED) != 0;
    bool takes = (e->flags & (ROW_OPENS | ROW_RESIZES)) != 0;
    return asks(e) &&
           ((failed && size >= FINDING_LARGE_FAILED) || (takes && size >= FINDING_LARGE));
}

static int take(struct finding_pass *p, const struct finding_event *e)
{
    uint64_t size = store_chunk_size(e->c, e->i);
    if (e->c->source[e->i] == FINDING_SOURCE_INVALID)
        finding_tally_add(p, FINDING_INVALID_SOURCE, e);
    if (!is_large(e, size))
        return 0;
    struct finding_tally *t = finding_tally_add(p, FINDING_BIG_BLOCK, e);
    if (t == NULL)
        return 0;
    t->failed += (e->flags & ROW_FAILED) != 0;
    t->bytes += size;
    if (size > t->largest) {
        t->largest = size;
        t->row = e->row;
    }
    return 0;
}

static int judge(const struct finding_pass *p, struct finding_drafts *out)
{
    int rc = 0;
    for (size_t i = 0; rc == 0 && i < p->tallies.count; i++) {
        const struct finding_tally *t = &p->tallies.items[i];
        bool large = t->kind == FINDING_BIG_BLOCK;
        if (!large && t->kind != FINDING_INVALID_SOURCE)
            continue;
        struct finding_draft d = {
            .kind = t->kind, .index = i, .score = large ? (double)t->largest : (double)t->count};
        rc = finding_drafts_add(out, &d);
    }
    return rc;
}

/* ---- words ---- */

static void write_invalid(struct finding_writer *w, const struct finding_tally *t)
{
    finding_put_count(&w->sentence, t->count, "event of ", "events of ");
    finding_put_heap(w, &w->sentence, t->heap);
    strbuf_puts(&w->sentence, t->count == 1 ? " names" : " name");
    strbuf_puts(&w->sentence, " the Source \"invalid\", ");
    finding_put_when(w, &w->sentence, t->first, t->last);
    finding_and(w, "source == invalid");
    finding_and_heap(w, t->heap);
}

static void put_failed(struct strbuf *b, const struct finding_tally *t)
{
    if (t->failed == 0)
        return;
    strbuf_puts(b, "; ");
    if (t->failed == t->count) {
        strbuf_puts(b, t->count == 1 ? "it failed" : "all failed");
    } else {
        text_put_grouped(b, t->failed);
        strbuf_puts(b, " failed");
    }
}

static void write_large(struct finding_writer *w, const struct finding_tally *t)
{
    struct strbuf *b = &w->sentence;
    strbuf_puts(b, t->count == 1 ? "a request for " : "");
    if (t->count > 1) {
        text_put_grouped(b, t->count);
        strbuf_puts(b, " requests for up to ");
    }
    text_put_size(b, t->largest);
    strbuf_puts(b, " in ");
    finding_put_heap(w, b, t->heap);
    strbuf_putc(b, ' ');
    finding_put_when(w, b, t->first, t->last);
    put_failed(b, t);
    text_put_size(&w->fact, FINDING_LARGE);
    strbuf_puts(&w->fact, " at least, ");
    text_put_size(&w->fact, FINDING_LARGE_FAILED);
    strbuf_puts(&w->fact, " where it failed");
    finding_add_fact(w, "large is");
    strbuf_puts(&w->fact, "size >= ");
    if (t->failed == t->count) {
        condition_put_size(&w->fact, FINDING_LARGE_FAILED);
        finding_and(w, strbuf_str(&w->fact));
        finding_and(w, "failed");
    } else if (t->failed == 0) {
        condition_put_size(&w->fact, FINDING_LARGE);
        finding_and(w, strbuf_str(&w->fact));
    } else {
        condition_put_size(&w->fact, FINDING_LARGE);
        strbuf_puts(&w->fact, " || failed && size >= ");
        condition_put_size(&w->fact, FINDING_LARGE_FAILED);
        finding_and_any(w, strbuf_str(&w->fact));
    }
    strbuf_clear(&w->fact);
    finding_and(w, "op in [alloc, realloc]");
    finding_and_heap(w, t->heap);
}

static void write(struct finding_writer *w, const struct finding_draft *d)
{
    const struct finding_tally *t = &w->pass->tallies.items[d->index];
    if (t->kind == FINDING_BIG_BLOCK)
        write_large(w, t);
    else
        write_invalid(w, t);
    finding_put_caller(w, &w->fact, t->row);
    finding_add_fact(w, "asked by");
    strbuf_puts(&w->label, finding_words[t->kind].word);
    w->out->process = t->process;
    w->out->heap = t->heap;
    w->out->stack = t->stack;
    w->out->count = t->count;
    w->out->bytes = t->bytes;
    w->out->since = t->first;
    w->out->until = t->last;
    w->out->row = t->row;
}

const struct finding_rule finding_single_rule = {
    .rows = FINDING_ON_ODD,
    .take = take,
    .judge = judge,
    .write = write,
};

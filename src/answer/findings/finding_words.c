/* Findings in words, and the filters that prove them; see finding_rules.h and findings.h. */
#include <stdlib.h>
#include <string.h>

#include "answer/findings/finding_rules.h"
#include "base/text.h"
#include "model/process_words.h"
#include "query/condition.h"

const struct finding_words finding_words[FINDING_KINDS] = {
    [FINDING_DOUBLE_FREE] = {"double_free", "double free", "blocks freed twice"},
    [FINDING_WRONG_HEAP] = {"wrong_heap", "wrong heap", "blocks freed in another heap"},
    [FINDING_GROWTH] = {"growth", "growth", "heaps and call stacks that grow all the time"},
    [FINDING_INVALID_SOURCE] = {"invalid_source", "invalid Source", "the Source \"invalid\""},
    [FINDING_REALLOC] = {"realloc", "reallocs", "reallocs that copy much"},
    [FINDING_STORM] = {"storm", "storm", "storms of short-lived blocks"},
    [FINDING_CROSS_THREAD] = {"cross_thread", "cross-thread", "blocks that another thread frees"},
    [FINDING_FRAGMENTATION] = {"fragmentation", "fragmentation",
                               "memory that stays committed for few blocks"},
    [FINDING_BIG_BLOCK] = {"big_block", "big block", "very large requests"},
};

bool finding_is_certain(const struct trust *trust)
{
    return !trust_has_loss(trust);
}

const char *finding_confidence(const struct trust *trust)
{
    return finding_is_certain(trust) ? "high" : "low: events were lost";
}

/* ---- who ---- */

static const struct registry *registry_of(const struct finding_writer *w)
{
    return w->pass->trace->registry;
}

void finding_put_heap(struct finding_writer *w, struct strbuf *b, uint32_t heap)
{
    const struct registry *r = registry_of(w);
    if (heap == INDEX_NONE) {
        strbuf_puts(b, "no heap");
        return;
    }
    const struct heap *h = registry_heap(r, heap);
    strbuf_puts(b, "heap ");
    strbuf_put_hex(b, h->handle);
    if (h->generation > 1)
        strbuf_printf(b, " #%u", h->generation);
    if (w->several) {
        strbuf_puts(b, " of ");
        process_put_name(b, registry_process(r, h->process), false);
    }
}

void finding_put_thread(struct finding_writer *w, struct strbuf *b, uint32_t thread)
{
    uint32_t tid = registry_thread(registry_of(w), thread)->tid;
    if (tid != EVENT_NO_ID)
        strbuf_printf(b, "thread %u", tid);
    else
        strbuf_puts(b, "a thread that is not known");
}

void finding_put_caller(struct finding_writer *w, struct strbuf *b, uint64_t row)
{
    struct row r;
    store_get(w->pass->trace->store, row, &r);
    if (r.stack == STACK_NONE)
        return;
    const struct caller *caller = callers_find(w->callers, w->pass->trace, &r);
    if (caller != NULL)
        strbuf_printf(b, "%s (stack %u)", caller->text, r.stack);
    else
        strbuf_printf(b, "stack %u", r.stack);
}

void finding_put_site(struct finding_writer *w, struct strbuf *b, const struct finding_site *s)
{
    if (s->stack != STACK_NONE) {
        finding_put_caller(w, b, s->row);
        return;
    }
    finding_put_thread(w, b, s->thread);
    strbuf_puts(b, " in ");
    finding_put_heap(w, b, s->heap);
}

/* ---- how much and when ---- */

void finding_put_count(struct strbuf *b, uint64_t n, const char *one, const char *many)
{
    text_put_grouped(b, n);
    strbuf_printf(b, " %s", n == 1 ? one : many);
}

void finding_put_rate(struct finding_writer *w, struct strbuf *b, double bytes, int64_t ticks)
{
    double seconds = (double)trace_span_ns(w->pass->trace, ticks) / 1e9;
    text_put_size(b, seconds > 0 ? (uint64_t)(bytes / seconds) : (uint64_t)bytes);
    strbuf_puts(b, "/s");
}

void finding_put_span(struct finding_writer *w, struct strbuf *b, int64_t from, int64_t to)
{
    text_put_duration(b, trace_span_ns(w->pass->trace, finding_ticks(from, to)));
}

void finding_put_when(struct finding_writer *w, struct strbuf *b, int64_t from, int64_t to)
{
    strbuf_puts(b, from == to ? "at " : "from ");
    text_put_moment(b, trace_ns(w->pass->trace, from));
    if (from == to)
        return;
    strbuf_puts(b, " to ");
    text_put_moment(b, trace_ns(w->pass->trace, to));
}

/* ---- conditions ---- */

static void begin_term(struct finding_writer *w)
{
    if (w->condition.len > 0)
        strbuf_puts(&w->condition, " && ");
}

void finding_and(struct finding_writer *w, const char *term)
{
    begin_term(w);
    strbuf_puts(&w->condition, term);
}

void finding_and_any(struct finding_writer *w, const char *terms)
{
    begin_term(w);
    strbuf_printf(&w->condition, "(%s)", terms);
}

void finding_and_heap(struct finding_writer *w, uint32_t heap)
{
    if (heap == INDEX_NONE)
        return;
    begin_term(w);
    condition_put_heap(&w->condition, w->pass->trace, registry_heap(registry_of(w), heap));
}

void finding_and_process(struct finding_writer *w, uint32_t process)
{
    uint32_t pid = registry_process(registry_of(w), process)->pid;
    if (!w->several || pid == EVENT_NO_ID)
        return;
    begin_term(w);
    strbuf_printf(&w->condition, "pid == %u", pid);
}

void finding_and_thread(struct finding_writer *w, uint32_t thread)
{
    const struct thread *t = registry_thread(registry_of(w), thread);
    if (t->tid == EVENT_NO_ID)
        return;
    begin_term(w);
    condition_put_thread(&w->condition, w->pass->trace, t);
}

/* A stack is kept once, whichever processes it stands in. */
void finding_and_stack(struct finding_writer *w, uint32_t process, uint32_t stack)
{
    if (stack == STACK_NONE)
        return;
    begin_term(w);
    strbuf_printf(&w->condition, "stack == %u", stack);
    const struct finding_sites *s = &w->pass->sites;
    for (size_t i = 0; i < s->count; i++) {
        if (s->items[i].stack == stack && s->items[i].process != process) {
            finding_and_process(w, process);
            return;
        }
    }
}

void finding_and_alive(struct finding_writer *w, bool old)
{
    if (!w->pass->ranged)
        finding_and(w, "live");
    else
        finding_and(w, old ? "class in [aifo, aofo]" : "class == aifo");
}

void finding_and_time(struct finding_writer *w, int64_t from, int64_t to)
{
    begin_term(w);
    condition_put_bound(&w->condition, "time", ">=", trace_ns(w->pass->trace, from));
    strbuf_puts(&w->condition, " && ");
    condition_put_bound(&w->condition, "time", "<=", trace_ns(w->pass->trace, to));
}

/* ---- keeping ---- */

void finding_add_fact(struct finding_writer *w, const char *label)
{
    struct finding *f = w->out;
    if (w->fact.len > 0 && f->fact_count < FINDING_FACTS) {
        const char *text = arena_strndup(w->texts, w->fact.s, w->fact.len);
        w->failed = w->failed || text == NULL;
        f->facts[f->fact_count++] = (struct finding_fact){label, text};
    }
    strbuf_clear(&w->fact);
}

const uint64_t *finding_add_curve(struct finding_writer *w, const int64_t *at)
{
    uint64_t *values = arena_alloc(w->texts, FINDING_POINTS * sizeof *values);
    w->failed = w->failed || values == NULL;
    for (unsigned k = 0; values != NULL && k < FINDING_POINTS; k++)
        values[k] = at[k] > 0 ? (uint64_t)at[k] : 0;
    return values;
}

/* Values that occur in the trace, for completion; see filter_words.h. */
#include "ui/view/filter_words.h"

#include <stdlib.h>
#include <string.h>

#include "answer/snapshot.h"
#include "base/text.h"
#include "decoder/heap_op.h"
#include "query/condition.h"
#include "query/filter_expect.h"
#include "ui/view/cell_format.h"
#include "ui/view/census.h"
#include "ui/view/module_words.h"

/* Entries of the registry looked at for one key: what a hostile trace names beyond is left out. */
#define LOOKED_AT 16384

/* What is collected from, and where to. */
struct gather {
    const struct view_env *env;
    const struct snapshot *s;
    const struct registry *registry;
    struct completion *out;
    struct strbuf word, note;
};

/* One thing of the trace with the figures it has under the question shown. */
struct thing {
    uint32_t index;  /* of the registry; an operation, a Source */
    uint64_t weight; /* the greater, the earlier it is offered */
    const struct figures *f;
};

/* The greatest things seen so far, in no order. */
struct best {
    struct thing thing[COMPLETION_MAX];
    size_t n, least; /* index of the least, once it is full */
};

static void find_least(struct best *b)
{
    b->least = 0;
    for (size_t i = 1; i < b->n; i++)
        if (b->thing[i].weight < b->thing[b->least].weight)
            b->least = i;
}

static void keep(struct best *b, struct thing thing)
{
    if (b->n == COMPLETION_MAX && thing.weight <= b->thing[b->least].weight)
        return;
    b->thing[b->n < COMPLETION_MAX ? b->n++ : b->least] = thing;
    if (b->n == COMPLETION_MAX)
        find_least(b);
}

static int compare_things(const void *a, const void *b)
{
    const struct thing *x = a, *y = b;
    if (x->weight != y->weight)
        return x->weight < y->weight ? 1 : -1;
    return x->index < y->index ? -1 : x->index > y->index;
}

/* Offers what stands in `word` with `note`, and empties both. */
static void offer(struct gather *g)
{
    completion_offer(g->out, strbuf_str(&g->word), strbuf_str(&g->note));
    strbuf_clear(&g->word);
    strbuf_clear(&g->note);
}

static void note_count(struct gather *g, uint64_t n, const char *one, const char *many)
{
    text_put_grouped(&g->note, n);
    strbuf_printf(&g->note, " %s", n == 1 ? one : many);
}

static void note_outstanding(struct gather *g, const struct figures *f)
{
    if (f == NULL)
        return;
    text_put_size(&g->note, f->outstanding_bytes);
    strbuf_puts(&g->note, " outstanding, ");
}

/* ---- heaps, threads, processes: things of the registry ---- */

/* How the things of a kind are found in the figures and in the registry, and written. */
struct kind {
    size_t (*figures)(const struct summary *f, size_t i, struct thing *out);
    uint32_t (*count)(const struct registry *r);
    void (*put)(struct gather *g, const struct thing *thing);
    bool by_part; /* people remember the middle of a handle or a name, but not of a number */
};

static size_t heap_thing(const struct summary *f, size_t i, struct thing *out)
{
    if (out != NULL)
        *out = (struct thing){f->heaps[i].heap, f->heaps[i].f.outstanding_bytes, &f->heaps[i].f};
    return f->heap_count;
}

static size_t thread_thing(const struct summary *f, size_t i, struct thing *out)
{
    if (out != NULL)
        *out = (struct thing){f->threads[i].index, f->threads[i].f.outstanding_bytes,
                              &f->threads[i].f};
    return f->thread_count;
}

static size_t process_thing(const struct summary *f, size_t i, struct thing *out)
{
    if (out != NULL)
        *out = (struct thing){f->processes[i].index, f->processes[i].f.outstanding_bytes,
                              &f->processes[i].f};
    return f->process_count;
}

static void put_heap(struct gather *g, const struct thing *thing)
{
    const struct heap *heap = registry_heap(g->registry, thing->index);
    strbuf_put_hex(&g->word, heap->handle);
    note_outstanding(g, thing->f);
    cell_put_process(&g->note, registry_process(g->registry, heap->process), false);
}

static void put_thread(struct gather *g, const struct thing *thing)
{
    const struct thread *thread = registry_thread(g->registry, thing->index);
    if (thread->tid == EVENT_NO_ID)
        return;
    strbuf_put_u64(&g->word, thread->tid);
    note_outstanding(g, thing->f);
    cell_put_process(&g->note, registry_process(g->registry, thread->process), false);
}

/* Most processes of a machine have no heap in the trace: nothing would be shown of them. */
static bool has_heaps(const struct gather *g, const struct thing *thing)
{
    return thing->f != NULL || census_has(g->env->census, thing->index);
}

static void put_pid(struct gather *g, const struct thing *thing)
{
    const struct process *process = registry_process(g->registry, thing->index);
    if (process->pid == EVENT_NO_ID || !has_heaps(g, thing))
        return;
    strbuf_put_u64(&g->word, process->pid);
    const char *name = atomic_load_explicit(&process->name, memory_order_acquire);
    note_outstanding(g, thing->f);
    strbuf_puts(&g->note, name != NULL ? name : "");
}

static void put_process_name(struct gather *g, const struct thing *thing)
{
    const struct process *process = registry_process(g->registry, thing->index);
    const char *name = atomic_load_explicit(&process->name, memory_order_acquire);
    if (name == NULL || name[0] == '\0' || !has_heaps(g, thing))
        return;
    bool quoted = strbuf_str(&g->out->stem)[0] == '"';
    condition_put_name(&g->word, name, quoted);
    note_outstanding(g, thing->f);
    if (process->pid != EVENT_NO_ID)
        strbuf_printf(&g->note, "pid %u", process->pid);
}

static const struct kind heap_kind = {heap_thing, registry_heap_count, put_heap, true};
static const struct kind thread_kind = {thread_thing, registry_thread_count, put_thread, false};
static const struct kind pid_kind = {process_thing, registry_process_count, put_pid, false};
static const struct kind name_kind = {process_thing, registry_process_count, put_process_name,
                                      true};

static void offer_thing(struct gather *g, const struct kind *kind, const struct thing *thing)
{
    kind->put(g, thing);
    if (g->word.len > 0 && kind->by_part)
        completion_offer_part(g->out, strbuf_str(&g->word), strbuf_str(&g->note));
    else if (g->word.len > 0)
        completion_offer(g->out, strbuf_str(&g->word), strbuf_str(&g->note));
    strbuf_clear(&g->word);
    strbuf_clear(&g->note);
}

static void offer_things(struct gather *g, const struct kind *kind)
{
    const struct summary *f = g->s->summary;
    struct best best = {.n = 0};
    struct thing thing;
    size_t counted = f != NULL ? kind->figures(f, 0, NULL) : 0;
    for (size_t i = 0; i < counted && i < LOOKED_AT; i++) {
        kind->figures(f, i, &thing);
        keep(&best, thing);
    }
    qsort(best.thing, best.n, sizeof best.thing[0], compare_things);
    for (size_t i = 0; i < best.n; i++)
        offer_thing(g, kind, &best.thing[i]);
    /* What the question shown leaves out can be asked for as well; and what is typed may be meant
     * for one that is not among the greatest. */
    uint32_t all = kind->count(g->registry);
    for (uint32_t i = 0; i < all && i < LOOKED_AT && !completion_is_full(g->out); i++)
        offer_thing(g, kind, &(struct thing){.index = i});
    g->out->more = g->out->more || counted > LOOKED_AT || all > LOOKED_AT;
}

/* ---- operations and Sources ---- */

static void offer_ops(struct gather *g)
{
    struct best best = {.n = 0};
    const struct summary *f = g->s->summary;
    for (unsigned op = 0; op < HEAP_OP_COUNT; op++) {
        uint64_t rows = f != NULL ? f->ops[op] : 0;
        uint64_t all = g->s->tally != NULL ? g->s->tally->heap_ops[op] : 0;
        if (rows > 0 || all > 0)
            keep(&best, (struct thing){.index = op, .weight = rows > 0 ? rows : all});
    }
    qsort(best.thing, best.n, sizeof best.thing[0], compare_things);
    for (size_t i = 0; i < best.n; i++) {
        char name[32];
        const struct heap_op_info *info = heap_op_info(best.thing[i].index);
        strbuf_puts(&g->word, info != NULL ? info->word : heap_op_name(best.thing[i].index, name));
        note_count(g, best.thing[i].weight, "event", "events");
        offer(g);
    }
}

static void put_source(struct gather *g, uint32_t source)
{
    const char *word = heap_source_word(source);
    if (word != NULL)
        strbuf_puts(&g->word, word);
    else
        strbuf_put_u64(&g->word, source);
}

static uint64_t count_rows(const struct source_figures *source)
{
    uint64_t rows = 0;
    for (int op = 0; op < FOLD_SOURCE_OPS; op++)
        rows += source->f.count[op];
    return rows;
}

/* Those that occur, most events first, then the language's other words. */
static void offer_sources(struct gather *g)
{
    enum { KNOWN = 8 };
    struct best best = {.n = 0};
    const struct summary *f = g->s->summary;
    for (size_t i = 0; f != NULL && i < f->source_count; i++)
        if (!f->sources[i].other)
            keep(&best, (struct thing){.index = f->sources[i].source,
                                       .weight = count_rows(&f->sources[i])});
    qsort(best.thing, best.n, sizeof best.thing[0], compare_things);
    for (size_t i = 0; i < best.n; i++) {
        put_source(g, best.thing[i].index);
        note_count(g, best.thing[i].weight, "event", "events");
        offer(g);
    }
    for (uint32_t source = 0; source < KNOWN; source++) {
        if (heap_source_word(source) == NULL)
            continue;
        put_source(g, source);
        strbuf_puts(&g->note, "no event shown has it");
        offer(g);
    }
}

/* ---- sizes and times: what is typed with its suffixes, and round values ---- */

struct suffix {
    const char *text, *note;
};

static bool is_digits(const char *s)
{
    return s[0] != '\0' && s[strspn(s, "0123456789.")] == '\0';
}

static void offer_suffixes(struct gather *g, const struct suffix *suffixes, size_t n)
{
    const char *typed = strbuf_str(&g->out->stem);
    for (size_t i = 0; is_digits(typed) && i < n; i++) {
        strbuf_printf(&g->word, "%s%s", typed, suffixes[i].text);
        strbuf_puts(&g->note, suffixes[i].note);
        offer(g);
    }
}

/* The lower ends of the size classes that occur; round ones when none does. */
static void offer_sizes(struct gather *g)
{
    static const struct suffix suffixes[] = {
        {"K", "KiB"}, {"M", "MiB"}, {"G", "GiB"}, {"", "bytes"}};
    static const char *const round[] = {"16", "64", "256", "1K", "4K", "64K", "1M"};
    const struct summary *f = g->s->summary;
    offer_suffixes(g, suffixes, sizeof suffixes / sizeof suffixes[0]);
    for (unsigned k = 0; f != NULL && k < FOLD_SIZE_CLASSES; k++) {
        if (f->sizes[k].allocs == 0)
            continue;
        condition_put_size(&g->word, fold_class_from(k));
        note_count(g, f->sizes[k].allocs, "alloc of ", "allocs of ");
        cell_put_size_class(&g->note, k);
        offer(g);
    }
    bool none = g->out->count == 0;
    for (size_t i = 0; none && i < sizeof round / sizeof round[0]; i++)
        completion_offer(g->out, round[i], NULL);
}

static const struct suffix time_suffixes[] = {
    {"s", "seconds"}, {"ms", "milliseconds"}, {"us", "microseconds"}, {"ns", "nanoseconds"}};

static void offer_time(struct gather *g, int64_t ns, const char *note)
{
    condition_put_ns(&g->word, ns);
    strbuf_puts(&g->note, note);
    offer(g);
}

static void offer_times(struct gather *g)
{
    offer_suffixes(g, time_suffixes, sizeof time_suffixes / sizeof time_suffixes[0]);
    const struct summary *f = g->s->summary;
    if (f == NULL || f->first == INT64_MIN || g->out->stem.len > 0)
        return;
    offer_time(g, trace_ns(g->s->trace, f->first), "the first event");
    if (f->total.peak_time != INT64_MIN)
        offer_time(g, trace_ns(g->s->trace, f->total.peak_time), "the peak");
    offer_time(g, trace_ns(g->s->trace, f->last), "the last event");
}

static void offer_durations(struct gather *g)
{
    static const char *const round[] = {"1us", "10us", "100us", "1ms", "10ms", "100ms", "1s"};
    offer_suffixes(g, time_suffixes, sizeof time_suffixes / sizeof time_suffixes[0]);
    for (size_t i = 0; i < sizeof round / sizeof round[0]; i++)
        completion_offer(g->out, round[i], NULL);
}

/* ---- blocks ---- */

static void offer_classes(struct gather *g)
{
    static const char *const about[BLOCK_NEVER] = {
        [BLOCK_AIFI] = "allocated and freed inside the range",
        [BLOCK_AIFO] = "allocated inside the range, still there at its end",
        [BLOCK_AOFI] = "there before the range, freed inside",
        [BLOCK_AOFO] = "there before the range and behind it",
    };
    for (unsigned k = 0; k < BLOCK_NEVER; k++)
        completion_offer(g->out, block_class_words[k], about[k]);
}

static void offer_chains(struct gather *g)
{
    completion_offer(g->out, "1", "never moved");
    completion_offer(g->out, "2", "moved once");
    completion_offer(g->out, "3", "moved twice");
    completion_offer(g->out, "10", NULL);
}

/* ---- all of it ---- */

static void offer_values(struct gather *g, enum filter_values values)
{
    switch (values) {
    case FILTER_VALUES_OP:
        offer_ops(g);
        break;
    case FILTER_VALUES_HEAP:
        offer_things(g, &heap_kind);
        break;
    case FILTER_VALUES_PID:
        offer_things(g, &pid_kind);
        break;
    case FILTER_VALUES_TID:
        offer_things(g, &thread_kind);
        break;
    case FILTER_VALUES_PROCESS:
        offer_things(g, &name_kind);
        break;
    case FILTER_VALUES_SOURCE:
        offer_sources(g);
        break;
    case FILTER_VALUES_SIZE:
        offer_sizes(g);
        break;
    case FILTER_VALUES_TIME:
        offer_times(g);
        break;
    case FILTER_VALUES_DURATION:
        offer_durations(g);
        break;
    case FILTER_VALUES_FILE:
        module_words_offer(g->env, g->out);
        break;
    case FILTER_VALUES_CLASS:
        offer_classes(g);
        break;
    case FILTER_VALUES_CHAIN:
        offer_chains(g);
        break;
    case FILTER_VALUES_STACK:
    case FILTER_VALUES_ADDRESS:
    case FILTER_VALUES_NONE:
        break;
    }
}

static void offer_word(void *ctx, const char *word, const char *note)
{
    completion_offer(ctx, word, note);
}

/* What the trace has for it. */
static void offer_trace(const struct view_env *env, const struct filter_expectation *e,
                        struct completion *out)
{
    const struct snapshot *s = env->snapshot;
    if (s == NULL || s->trace == NULL)
        return;
    struct gather g = {.env = env, .s = s, .registry = s->trace->registry, .out = out};
    enum filter_values values = filter_expected_values(e);
    offer_values(&g, values);
    if (values == FILTER_VALUES_STACK && e->what == FILTER_EXPECTS_PART)
        module_words_offer(env, out);
    strbuf_release(&g.word);
    strbuf_release(&g.note);
}

/* A value that is right as it stands is complete, whatever it is. */
static void offer_typed(const struct filter_expectation *e, struct completion *out)
{
    bool value = e->what == FILTER_EXPECTS_VALUE || e->what == FILTER_EXPECTS_PART;
    if (value && e->whole && out->stem.len > 0 && out->count == 0)
        completion_offer(out, strbuf_str(&out->stem), NULL);
}

const char *filter_words_complete(const struct view_env *env, const struct prompt *prompt,
                                  struct completion *out)
{
    struct filter_expectation e;
    filter_expect(strbuf_str(&prompt->text), prompt->text.len, prompt->cursor, &e);
    if (e.what == FILTER_EXPECTS_NOTHING)
        return "The filter is wrong before the cursor.";
    completion_begin(out, prompt, e.from, " ");
    completion_reach(out, prompt, e.to);
    filter_expected_words(&e, offer_word, out);
    offer_trace(env, &e, out);
    offer_typed(&e, out);
    if (out->count > 0)
        return NULL;
    if (filter_expected_values(&e) == FILTER_VALUES_ADDRESS)
        return "Type an address, or take it from a row of the list with {filter.add}.";
    return "Nothing in this trace completes it.";
}

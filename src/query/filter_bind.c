/*
 * Binding a filter to a trace: times become raw ticks, and conditions on who or which are answered
 * once for each operation, heap, thread and Source instead of once a row (filter_priv.h).
 */
#include "query/filter_priv.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/alloc.h"
#include "decoder/heap_op.h"

/* A regular expression may take this many steps on a name, then it does not match: a few ms. */
#define FILTER_REGEX_STEPS 200000
#define FILTER_REGEX_KIB   1024

/* Operations are numbered by a byte and the range flag, Sources that fit their column by a byte. */
#define OP_ANSWERS     512
#define SOURCE_ANSWERS STORE_NO_SOURCE

static bool text_has(const char *text, const struct filter_name *part)
{
    return memmem(text, strlen(text), part->s, part->len) != NULL;
}

/* The same in any case. Operations have short names. */
static bool word_has(const char *word, const struct filter_name *part)
{
    for (size_t n = strlen(word); n >= part->len; n--, word++) {
        if (strncasecmp(word, part->s, part->len) == 0)
            return true;
        if (n == 0)
            break;
    }
    return false;
}

bool filter_hex_has(uint64_t v, const struct filter_name *part)
{
    char text[2 + 16 + 1];
    char *at = text + sizeof text - 1;
    *at = '\0';
    do {
        *--at = "0123456789abcdef"[v % 16];
        v /= 16;
    } while (v != 0);
    *--at = 'x';
    *--at = '0';
    return text_has(at, part);
}

bool filter_regex_matches(const struct filter_run *run, const pcre2_code *regex, const char *text)
{
    return pcre2_match(regex, (PCRE2_SPTR)text, strlen(text), 0, PCRE2_NO_UTF_CHECK,
                       run->match_data, run->match_context) >= 0;
}

static bool name_is_listed(const struct filter_cond *c, const char *name)
{
    size_t len = strlen(name);
    for (size_t i = 0; i < c->count; i++)
        if (c->names[i].len == len && memcmp(c->names[i].s, name, len) == 0)
            return true;
    return false;
}

static bool answer_value(const struct filter_bound *b, uint64_t v)
{
    return filter_intervals_have(b->intervals, b->count, v) != b->cond->negated;
}

static bool answer_op(const struct filter_run *run, const struct filter_bound *b, uint32_t op)
{
    const struct filter_cond *c = b->cond;
    if (c->test == FILTER_TEST_VALUES)
        return answer_value(b, op);
    char buf[40];
    const char *name = heap_op_name(op, buf);
    bool yes = c->test == FILTER_TEST_REGEX ? filter_regex_matches(run, c->regex, name)
                                            : word_has(name, &c->names[0]);
    return yes != c->negated;
}

static bool answer_heap(const struct filter_run *run, const struct filter_bound *b, uint32_t index)
{
    uint64_t handle = registry_heap(run->trace->registry, index)->handle;
    if (b->cond->test == FILTER_TEST_VALUES)
        return answer_value(b, handle);
    return filter_hex_has(handle, &b->cond->names[0]) != b->cond->negated;
}

static bool answer_id(const struct filter_bound *b, uint32_t id)
{
    return id != EVENT_NO_ID && answer_value(b, id);
}

static const char *process_name(const struct filter_run *run, uint32_t process)
{
    const struct process *p = registry_process(run->trace->registry, process);
    return atomic_load_explicit(&p->name, memory_order_acquire);
}

static bool answer_name(const struct filter_run *run, const struct filter_bound *b,
                        const char *name)
{
    const struct filter_cond *c = b->cond;
    if (name == NULL)
        return false;
    bool yes = c->test == FILTER_TEST_NAMES   ? name_is_listed(c, name)
               : c->test == FILTER_TEST_REGEX ? filter_regex_matches(run, c->regex, name)
                                              : text_has(name, &c->names[0]);
    return yes != c->negated;
}

static bool answer_thread(const struct filter_run *run, const struct filter_bound *b,
                          uint32_t index)
{
    const struct thread *t = registry_thread(run->trace->registry, index);
    if (b->cond->field == FILTER_FIELD_TID)
        return answer_id(b, t->tid);
    if (b->cond->field == FILTER_FIELD_PID)
        return answer_id(b, registry_process(run->trace->registry, t->process)->pid);
    return answer_name(run, b, process_name(run, t->process));
}

bool filter_answer(const struct filter_run *run, const struct filter_bound *b, uint32_t index)
{
    switch (b->cond->field) {
    case FILTER_FIELD_OP:
        return answer_op(run, b, index);
    case FILTER_FIELD_SOURCE:
        return answer_value(b, index);
    case FILTER_FIELD_HEAP:
        return index != INDEX_NONE && answer_heap(run, b, index);
    default:
        return index != INDEX_NONE && answer_thread(run, b, index);
    }
}

/* How many indices there are to be answered now; 0 for conditions that are not answered so. */
static uint32_t index_count(const struct filter_run *run, const struct filter_bound *b)
{
    switch (b->cond->field) {
    case FILTER_FIELD_OP:
        return OP_ANSWERS;
    case FILTER_FIELD_SOURCE:
        return SOURCE_ANSWERS;
    case FILTER_FIELD_HEAP:
        return registry_heap_count(run->trace->registry);
    case FILTER_FIELD_PID:
    case FILTER_FIELD_TID:
    case FILTER_FIELD_PROCESS:
        return registry_thread_count(run->trace->registry);
    default:
        return 0;
    }
}

/* The zone map's bit of an index: operations have 32 of them. */
static uint64_t zone_bit(const struct filter_bound *b, uint32_t index)
{
    return UINT64_C(1) << index % (b->cond->field == FILTER_FIELD_OP ? 32 : 64);
}

static void answer_more(const struct filter_run *run, struct filter_bound *b)
{
    uint32_t count = index_count(run, b);
    if (count <= b->answered)
        return;
    if (base_grow((void **)&b->answers, &b->answers_cap, count, sizeof *b->answers) != 0) {
        b->zone_mask = UINT64_MAX;
        return;
    }
    for (; b->answered < count; b->answered++) {
        bool yes = filter_answer(run, b, b->answered);
        b->answers[b->answered] = yes;
        b->zone_mask |= yes ? zone_bit(b, b->answered) : 0;
    }
}

/* Remembers new processes without a name; what cannot be remembered is looked at again. */
static void note_unnamed(const struct filter_run *run, struct filter_bound *b)
{
    uint32_t count = registry_process_count(run->trace->registry);
    for (; b->processes_seen < count; b->processes_seen++) {
        if (process_name(run, b->processes_seen) != NULL)
            continue;
        if (base_grow((void **)&b->unnamed, &b->unnamed_cap, b->unnamed_count + 1,
                      sizeof *b->unnamed) != 0)
            return;
        b->unnamed[b->unnamed_count++] = b->processes_seen;
    }
}

/* Drops the answers that a name learnt since has overturned. */
static void take_names(struct filter_run *run, struct filter_bound *b)
{
    bool overturned = false;
    size_t kept = 0;
    for (size_t i = 0; i < b->unnamed_count; i++) {
        const char *name = process_name(run, b->unnamed[i]);
        if (name == NULL)
            b->unnamed[kept++] = b->unnamed[i];
        else
            overturned |= answer_name(run, b, name);
    }
    b->unnamed_count = kept;
    if (!overturned)
        return;
    b->answered = 0;
    b->zone_mask = 0;
    run->stale = true;
}

void filter_bind_more(struct filter_run *run)
{
    for (size_t i = 0; i < run->filter->cond_count; i++) {
        struct filter_bound *b = &run->bound[i];
        if (b->stacks != NULL && filter_stacks_refresh(b->stacks, run))
            run->stale = true;
        if (b->cond->field == FILTER_FIELD_PROCESS) {
            take_names(run, b);
            note_unnamed(run, b);
        }
        answer_more(run, b);
    }
}

/* The raw times whose ns lie in [low, high]; false when there are none. */
static bool bind_interval(const struct filter_run *run, enum filter_field_id field,
                          struct filter_interval *v)
{
    int64_t (*ns)(const struct trace *, int64_t) = trace_ns;
    int64_t (*raw)(const struct trace *, int64_t) = trace_raw;
    if (field == FILTER_FIELD_LIFE) {
        ns = trace_span_ns;
        raw = trace_span_ticks;
    }
    int64_t low = (int64_t)(v->low ^ filter_signed(0)),
            high = (int64_t)(v->high ^ filter_signed(0));
    int64_t first = raw(run->trace, low), last = INT64_MAX;
    if (low != INT64_MIN && ns(run->trace, first) < low)
        return false; /* Later than any raw time. */
    if (low == INT64_MIN)
        first = INT64_MIN;
    if (high != INT64_MAX) {
        int64_t beyond = raw(run->trace, high + 1);
        if (ns(run->trace, beyond) > high) {
            if (beyond == INT64_MIN)
                return false;
            last = beyond - 1;
        }
    }
    *v = (struct filter_interval){filter_signed(first), filter_signed(last)};
    return first <= last;
}

static int bind_cond(const struct filter_run *run, const struct filter_cond *c,
                     struct filter_bound *b)
{
    b->cond = c;
    if (filter_cond_asks_names(c) && (b->stacks = filter_stacks_new(run)) == NULL)
        return -ENOMEM;
    if (c->intervals == NULL)
        return 0;
    b->intervals = malloc((c->count + 1) * sizeof *b->intervals);
    if (b->intervals == NULL)
        return -ENOMEM;
    bool ticks = c->field == FILTER_FIELD_TIME || c->field == FILTER_FIELD_LIFE;
    for (size_t i = 0; i < c->count; i++) {
        struct filter_interval v = c->intervals[i];
        if (!ticks || bind_interval(run, c->field, &v))
            b->intervals[b->count++] = v;
    }
    return 0;
}

static int bind_regexes(struct filter_run *run)
{
    run->match_data = pcre2_match_data_create(1, NULL);
    run->match_context = pcre2_match_context_create(NULL);
    if (run->match_data == NULL || run->match_context == NULL)
        return -ENOMEM;
    pcre2_set_match_limit(run->match_context, FILTER_REGEX_STEPS);
    pcre2_set_heap_limit(run->match_context, FILTER_REGEX_KIB);
    return 0;
}

int filter_bind(struct filter_run *run)
{
    const struct filter *f = run->filter;
    run->bound = calloc(f->cond_count + 1, sizeof *run->bound);
    if (run->bound == NULL)
        return -ENOMEM;
    int rc = bind_regexes(run);
    for (size_t i = 0; rc == 0 && i < f->cond_count; i++)
        rc = bind_cond(run, &f->conds[i], &run->bound[i]);
    return rc;
}

void filter_unbind(struct filter_run *run)
{
    for (size_t i = 0; run->bound != NULL && i < run->filter->cond_count; i++) {
        free(run->bound[i].intervals);
        free(run->bound[i].answers);
        free(run->bound[i].unnamed);
        filter_stacks_free(run->bound[i].stacks);
    }
    free(run->bound);
    pcre2_match_context_free(run->match_context);
    pcre2_match_data_free(run->match_data);
}

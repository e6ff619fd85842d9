/*
 * Findings of a query: one pass over its rows, judged together, then put into words; again when
 * rows or stacks have come, and only the words when names have.
 */
#include <errno.h>
#include <stdlib.h>

#include "answer/answer_job.h"
#include "answer/findings/finding_rules.h"
#include "base/alloc.h"
#include "base/text.h"

/* Rows of one step: about a millisecond. */
#define STEP_ROWS 8192

struct findings_job {
    struct query *query;
    struct answer_spec spec;
    struct finding_pass pass;
    struct finding_drafts drafts;
    uint64_t more[FINDING_KINDS];
    enum { JOB_START, JOB_PASS, JOB_JUDGED } state;
    uint64_t begun_rows;     /* query_scanned() when the pass began */
    uint64_t changes, flips; /* store_stack_changes(), matches_flips() then */
    bool told;               /* the judgement has been put into words */
    struct callers callers;
    struct frame_namer namer; /* of the words; referenced */
    uint64_t generation;      /* of its symbols then */
};

int finding_drafts_add(struct finding_drafts *d, const struct finding_draft *draft)
{
    if (base_grow((void **)&d->items, &d->cap, d->count + 1, sizeof *d->items) != 0)
        return -ENOMEM;
    d->items[d->count++] = *draft;
    return 0;
}

/* ---- life ---- */

static struct answer_job *create(struct query *query, const struct answer_spec *spec)
{
    struct findings_job *m = calloc(1, sizeof *m);
    if (m == NULL)
        return NULL;
    m->query = query_ref(query);
    answer_spec_copy(&m->spec, spec);
    callers_init(&m->callers);
    return (struct answer_job *)m;
}

static void set_namer(struct findings_job *m, const struct frame_namer *namer)
{
    struct frame_namer old = m->namer;
    m->namer = *namer;
    if (namer->images != NULL)
        image_map_ref(namer->images);
    if (namer->symbols != NULL)
        symbol_table_ref(namer->symbols);
    image_map_unref((struct image_map *)(uintptr_t)old.images);
    symbol_table_unref(old.symbols);
}

static void forget_pass(struct findings_job *m)
{
    finding_pass_release(&m->pass);
    m->drafts.count = 0;
}

static void job_free(struct answer_job *job)
{
    struct findings_job *m = (struct findings_job *)job;
    forget_pass(m);
    free(m->drafts.items);
    callers_release(&m->callers);
    set_namer(m, &(struct frame_namer){0});
    answer_spec_copy(&m->spec, NULL);
    query_unref(m->query);
    free(m);
}

static void want(struct answer_job *job, const struct answer_spec *spec)
{
    struct findings_job *m = (struct findings_job *)job;
    answer_spec_copy(&m->spec, spec);
    m->told = false;
}

/* ---- judging ---- */

static int compare_drafts(const void *a, const void *b)
{
    const struct finding_draft *x = a;
    const struct finding_draft *y = b;
    if (x->order != y->order)
        return x->order < y->order ? -1 : 1;
    if (x->score != y->score)
        return x->score > y->score ? -1 : 1;
    return (x->index > y->index) - (x->index < y->index);
}

/* Where an Alloc may have been lost, two Frees in a row are no mistake of the program: such
 * findings come behind all others. */
static void order_drafts(struct findings_job *m)
{
    for (size_t i = 0; i < m->drafts.count; i++) {
        struct finding_draft *d = &m->drafts.items[i];
        bool doubtful = m->pass.lossy && d->kind <= FINDING_WRONG_HEAP;
        d->order = (unsigned)d->kind + (doubtful ? FINDING_KINDS : 0);
    }
    if (m->drafts.count > 0)
        qsort(m->drafts.items, m->drafts.count, sizeof *m->drafts.items, compare_drafts);
}

/* Keeps the first of each kind. */
static void limit_drafts(struct findings_job *m)
{
    size_t n[FINDING_KINDS] = {0}, kept = 0;
    for (size_t i = 0; i < m->drafts.count; i++) {
        struct finding_draft d = m->drafts.items[i];
        m->more[d.kind] = n[d.kind] < FINDINGS_OF_A_KIND ? 0 : m->more[d.kind] + 1;
        if (n[d.kind] < FINDINGS_OF_A_KIND) {
            n[d.kind]++;
            m->drafts.items[kept++] = d;
        }
    }
    m->drafts.count = kept;
}

static int judge(struct findings_job *m)
{
    int rc = 0;
    if (m->pass.trace != NULL)
        finding_pass_finish(&m->pass);
    m->drafts.count = 0;
    for (unsigned kind = 0; kind < FINDING_KINDS; kind++)
        m->more[kind] = 0;
    for (size_t i = 0; rc == 0 && i < FINDING_RULES && m->pass.trace != NULL; i++)
        rc = finding_rules[i]->judge(&m->pass, &m->drafts);
    order_drafts(m);
    limit_drafts(m);
    m->state = JOB_JUDGED;
    m->told = false;
    return rc;
}

/* ---- words ---- */

static void free_findings(struct answer *a)
{
    struct findings *f = (struct findings *)a;
    arena_release(&f->texts);
    free(f->items);
    free(f);
}

static const char *keep(struct finding_writer *w, const struct strbuf *b)
{
    const char *text = arena_strndup(w->texts, strbuf_str(b), b->len);
    w->failed = w->failed || text == NULL;
    return text;
}

static uint64_t key_of(const struct finding *f)
{
    uint64_t key = f->kind;
    const uint32_t parts[] = {f->process, f->heap, f->thread, f->stack};
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++)
        key = (key ^ parts[i]) * UINT64_C(0x100000001b3);
    return key;
}

static void write_finding(struct finding_writer *w, const struct finding_draft *d)
{
    struct finding *f = w->out;
    *f = (struct finding){.kind = d->kind,
                          .process = INDEX_NONE,
                          .heap = INDEX_NONE,
                          .thread = INDEX_NONE,
                          .stack = STACK_NONE,
                          .row = ROW_NONE};
    strbuf_clear(&w->sentence);
    strbuf_clear(&w->condition);
    strbuf_clear(&w->label);
    strbuf_clear(&w->fact);
    finding_rule_of(d->kind)->write(w, d);
    f->sentence = keep(w, &w->sentence);
    f->condition = keep(w, &w->condition);
    f->label = keep(w, &w->label);
    f->key = key_of(f);
}

/* The processes of the sites and heaps that came up: one is not named again and again. */
static bool are_several(const struct finding_pass *p)
{
    for (size_t i = 1; i < p->sites.count; i++)
        if (p->sites.items[i].process != p->sites.items[0].process)
            return true;
    return p->cut;
}

static int fill(struct findings_job *m, struct findings *f)
{
    struct finding_writer w = {.pass = &m->pass,
                               .drafts = &m->drafts,
                               .callers = &m->callers,
                               .texts = &f->texts,
                               .several = are_several(&m->pass)};
    f->items = calloc(m->drafts.count + 1, sizeof *f->items);
    for (size_t i = 0; f->items != NULL && i < m->drafts.count; i++) {
        w.out = &f->items[f->count++];
        write_finding(&w, &m->drafts.items[i]);
        w.out->rank = (uint32_t)i;
    }
    strbuf_release(&w.sentence);
    strbuf_release(&w.condition);
    strbuf_release(&w.label);
    strbuf_release(&w.fact);
    return f->items == NULL || w.failed ? -ENOMEM : 0;
}

static uint64_t generation_of(const struct frame_namer *namer)
{
    return namer->symbols != NULL ? symbol_table_generation(namer->symbols) : 0;
}

static int tell(struct findings_job *m, const struct frame_namer *namer, struct answer **out_done)
{
    struct findings *f = calloc(1, sizeof *f);
    if (f == NULL)
        return -ENOMEM;
    answer_init(&f->base, free_findings);
    set_namer(m, namer);
    m->generation = generation_of(namer);
    const struct caller_naming naming = {namer->images, namer->symbols, m->spec.rules};
    callers_look(&m->callers, &naming);
    f->base.rows = m->begun_rows;
    f->events = m->pass.events;
    f->first = f->last = INT64_MIN;
    f->cut = m->pass.cut;
    if (m->pass.trace != NULL) {
        f->first = m->pass.moments.time[0];
        f->last = m->pass.moments.time[FINDING_POINTS - 1];
    }
    for (unsigned kind = 0; kind < FINDING_KINDS; kind++)
        f->more[kind] = m->more[kind];
    if (fill(m, f) != 0) {
        answer_unref(&f->base);
        return -ENOMEM;
    }
    m->told = true;
    *out_done = &f->base;
    return 0;
}

/* ---- work ---- */

static bool has_other_names(const struct findings_job *m, const struct frame_namer *namer)
{
    return namer->images != m->namer.images || namer->symbols != m->namer.symbols ||
           generation_of(namer) != m->generation;
}

static bool is_void(const struct findings_job *m)
{
    return m->changes != store_stack_changes(query_trace(m->query)->store) ||
           m->flips != matches_flips(query_matches(m->query)) ||
           m->begun_rows < query_scanned(m->query);
}

/* An empty range has no pass: nothing is found in it. */
static int begin(struct findings_job *m)
{
    forget_pass(m);
    m->begun_rows = query_scanned(m->query);
    m->changes = store_stack_changes(query_trace(m->query)->store);
    m->flips = matches_flips(query_matches(m->query));
    struct block_range range = query_range(m->query);
    m->state = JOB_PASS;
    if (range.first >= range.end)
        return judge(m);
    const struct query_spec *asked = query_asked(m->query);
    int rc = finding_pass_init(&m->pass, query_trace(m->query), query_matches(m->query), range);
    m->pass.ranged = asked->since != INT64_MIN || asked->until != INT64_MAX;
    return rc;
}

static int work(struct answer_job *job, const struct frame_namer *namer, struct answer **out_done)
{
    struct findings_job *m = (struct findings_job *)job;
    int rc = 0;
    if (m->state == JOB_START || (m->state == JOB_JUDGED && is_void(m) && m->told))
        rc = begin(m);
    if (rc == 0 && m->state == JOB_PASS)
        rc = finding_pass_advance(&m->pass, STEP_ROWS);
    if (rc == 0 && m->state == JOB_PASS && finding_pass_is_over(&m->pass))
        rc = judge(m);
    if (rc == 0 && m->state == JOB_JUDGED)
        rc = tell(m, namer, out_done);
    return rc;
}

static bool has_work(const struct answer_job *job, const struct frame_namer *namer)
{
    const struct findings_job *m = (const struct findings_job *)job;
    return m->state != JOB_JUDGED || !m->told || is_void(m) || has_other_names(m, namer);
}

const struct answer_job_ops findings_job_ops = {
    .belongs_to_trace = true,
    .create = create,
    .free = job_free,
    .want = want,
    .has_work = has_work,
    .work = work,
};

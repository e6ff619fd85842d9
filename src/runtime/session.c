/* The worker's work in small steps; see session.h. Its inputs are session_inputs.c's. */
#include "runtime/session_priv.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/strbuf.h"
#include "source/inputs_unpack.h"

/* Files above this size show provisional rows from this much of their beginning first. */
#define PREVIEW_BYTES ((uint64_t)2 << 20)

/* Rows scanned and folded in one step: about a millisecond. */
#define QUERY_ROWS 32768

/* Rows searched in one step, without figures: likewise. */
#define ASIDE_ROWS (UINT64_C(1) << 18)

/* Inputs that are previewed at most: every one costs time before the first row. */
#define PREVIEW_INPUTS 4u

struct session *session_new(struct inputs *inputs, const enum session_mode *modes)
{
    struct session *s = calloc(1, sizeof *s);
    if (s == NULL)
        return NULL;
    s->inputs = inputs;
    s->input = calloc(inputs->count, sizeof *s->input);
    s->spec = (struct query_spec){.since = INT64_MIN, .until = INT64_MAX};
    s->status.opened_at = clock_monotonic_ns();
    snprintf(s->status.name, sizeof s->status.name, "%s", inputs->name);
    s->status.inputs = inputs->count;
    s->news = true;
    if (s->input != NULL && session_start_inputs(s, modes))
        return s;
    free(s->input);
    free(s);
    return NULL;
}

void session_fail(struct session *s, const char *message)
{
    s->failed = true;
    s->news = true;
    s->status.state = SOURCE_FAILED;
    snprintf(s->status.message, sizeof s->status.message, "%s", message);
}

static void forget_aside(struct session_aside *a)
{
    query_unref(a->query);
    filter_unref(a->spec.filter);
    *a = (struct session_aside){0};
}

void session_free(struct session *s)
{
    if (s == NULL)
        return;
    session_answers_release(&s->answers);
    query_unref(s->query);
    trace_unref(s->trace);
    filter_unref(s->spec.filter);
    for (int i = 0; i < ASIDE_COUNT; i++)
        forget_aside(&s->aside[i]);
    ingest_free(s->preview);
    ingest_free(s->ingest);
    symbol_table_unref(s->symbols);
    free(s->input);
    free(s);
}

void session_set_symbols(struct session *s, struct symbol_table *t)
{
    struct symbol_table *old = s->symbols;
    s->symbols = t != NULL ? symbol_table_ref(t) : NULL;
    symbol_table_unref(old);
}

void session_note_names(struct session *s)
{
    s->news = true;
}

/* A search that finds no memory finds nothing; what is shown goes on. */
static void start_aside(struct session *s, struct session_aside *a)
{
    query_unref(a->query);
    a->query = a->asked && s->trace != NULL ? query_new(s->trace, &a->spec) : NULL;
    s->news = true;
}

/* `like` may be a query of the same trace and filter, or NULL. */
static void start_query(struct session *s, struct query *like)
{
    struct query *old = s->query;
    s->query = NULL;
    if (s->trace != NULL)
        s->query = like != NULL ? query_new_like(like, &s->spec) : query_new(s->trace, &s->spec);
    query_unref(old);
    if (s->trace == NULL)
        return;
    if (s->query == NULL)
        session_fail(s, "out of memory for the filter");
    s->news = true;
}

void session_ask_aside(struct session *s, enum aside which, const struct query_spec *spec)
{
    struct session_aside *a = &s->aside[which];
    struct session_aside old = *a;
    *a = (struct session_aside){.asked = spec != NULL};
    if (spec != NULL) {
        a->spec = *spec;
        a->spec.rows_only = true;
        a->spec.filter = spec->filter != NULL ? filter_ref(spec->filter) : NULL;
    }
    forget_aside(&old);
    start_aside(s, a);
}

void session_ask_answer(struct session *s, enum answer_kind kind, const struct answer_spec *spec)
{
    session_answers_ask(&s->answers, kind, spec, s->query);
    s->news = true;
}

void session_ask(struct session *s, const struct query_spec *spec)
{
    struct filter *old = s->spec.filter;
    bool same = old == spec->filter && spec->rows_only == s->spec.rows_only;
    s->spec = *spec;
    if (spec->filter != NULL)
        s->spec.filter = filter_ref(spec->filter);
    filter_unref(old);
    start_query(s, same ? s->query : NULL);
    session_answers_start(&s->answers, s->query, same ? SESSION_OTHER_RANGE : SESSION_OTHER_FILTER);
}

int64_t session_deadline(const struct session *s)
{
    int64_t release = session_release_deadline(s);
    int64_t answers = session_answers_deadline(&s->answers);
    return release < answers ? release : answers;
}

/* Shows the rows of `trace` from now on, unless it is the one that is shown. */
static void show_trace(struct session *s, struct trace *trace)
{
    if (trace == s->trace || trace == NULL)
        return;
    bool same_stacks = s->trace != NULL && s->trace->stacks == trace->stacks;
    trace_unref(s->trace);
    s->trace = trace_ref(trace);
    start_query(s, NULL);
    session_answers_start(&s->answers, s->query,
                          same_stacks ? SESSION_SAME_STACKS : SESSION_OTHER_TRACE);
    for (int i = 0; i < ASIDE_COUNT; i++)
        start_aside(s, &s->aside[i]);
}

/* Which rows to show: the ingest's own as soon as they are no fewer than those shown before. */
static void choose_trace(struct session *s)
{
    struct trace *full = s->ingest != NULL ? ingest_trace(s->ingest) : NULL;
    bool standby = s->preview != NULL || s->rereading;
    if (full != NULL && (!standby || s->ended || s->trace == NULL ||
                         store_rows(full->store) >= store_rows(s->trace->store))) {
        show_trace(s, full);
        ingest_free(s->preview);
        s->preview = NULL;
        s->rereading = false;
    } else if (s->preview != NULL) {
        show_trace(s, ingest_trace(s->preview));
    }
}

/* A long saved or growing file shows rows from its beginning first. */
static void start_preview(struct session *s)
{
    uint64_t size = inputs_have_stream(s->inputs) ? 0 : s->status.bytes_total;
    if (s->trace != NULL || size <= PREVIEW_BYTES || s->inputs->count > PREVIEW_INPUTS)
        return;
    s->preview = inputs_ingest(s->inputs);
    for (unsigned i = 0; s->preview != NULL && i < s->inputs->count; i++)
        ingest_set_size(s->preview, i,
                        s->input[i].size < PREVIEW_BYTES ? s->input[i].size : PREVIEW_BYTES);
}

/* The preview is drained in one go: it is small. Its damage is the full ingest's to report. */
static void run_preview(struct session *s)
{
    if (s->trace != NULL)
        return;
    while (ingest_step(s->preview, INGEST_FINISH, NULL) == INGEST_MORE)
        continue;
    choose_trace(s);
    if (s->trace == NULL) {
        ingest_free(s->preview);
        s->preview = NULL;
    }
}

/* The first rows of a container come from its first trace as far as it is expanded. */
static void preview_container(struct session *s)
{
    const struct container_member *m = inputs_first_trace(s->inputs);
    if (s->ingest != NULL || s->preview != NULL || s->trace != NULL || m == NULL ||
        m->expanded < PREVIEW_BYTES)
        return;
    s->previewed = (struct source){.fd = m->fd};
    s->preview = ingest_new_file(source_read_at, &s->previewed);
    if (s->preview != NULL)
        ingest_set_size(s->preview, 0, PREVIEW_BYTES);
}

/* ---- the step ---- */

static bool step_ingest(struct session *s)
{
    if (s->failed || s->ended)
        return false;
    if (s->ingest == NULL) {
        bool more = session_prepare(s);
        if (more)
            preview_container(s);
        return more;
    }
    session_release_idle(s);
    struct err_info info = {.text = ""};
    int rc = ingest_step(s->ingest, s->hold, &info);
    if (rc < 0) {
        session_fail_input(s, ingest_failed_input(s->ingest),
                           info.text[0] != '\0' ? info.text : strerror(-rc));
        return false;
    }
    s->ended = rc == INGEST_ENDED;
    if (s->ended && s->status.state == SOURCE_LOADING)
        s->status.state = SOURCE_COMPLETE;
    session_note_inputs(s);
    if (rc != INGEST_WAIT)
        s->news = true;
    choose_trace(s);
    return rc == INGEST_MORE;
}

/* True while one of them is behind. */
static bool step_asides(struct session *s)
{
    bool behind = false;
    for (int i = 0; i < ASIDE_COUNT; i++) {
        struct query *q = s->aside[i].query;
        if (q == NULL)
            continue;
        uint64_t before = query_scanned(q);
        behind = query_advance(q, ASIDE_ROWS) || behind;
        s->news = s->news || query_scanned(q) != before;
    }
    return behind;
}

/* Only when nothing else is behind. */
static bool step_answers(struct session *s)
{
    if (!session_answers_are_asked(&s->answers))
        return false;
    struct image_map *images = image_table_map(s->trace->images);
    const struct frame_namer namer = {.images = images, .symbols = s->symbols};
    bool more = session_answers_step(&s->answers, &namer, &s->news);
    image_map_unref(images);
    return more;
}

/* While blocks go on ending, a filter on their fate makes void what was made ready; and stacks that
 * come late do what was made of stacks. */
static bool prepare(struct session *s)
{
    const struct filter *f = s->spec.filter;
    bool lasts = s->ended || f == NULL || !filter_depends_on_fate(f);
    if (lasts && query_prepare(s->query, QUERY_ROWS))
        return true;
    return s->ended && query_prepare_stacks(s->query, QUERY_ROWS);
}

bool session_step(struct session *s)
{
    if (!s->begun && s->ingest != NULL)
        start_preview(s);
    s->begun = s->begun || s->ingest != NULL;
    if (s->preview != NULL)
        run_preview(s);
    bool more = step_ingest(s);
    if (s->query == NULL)
        return more;
    uint64_t before = query_scanned(s->query);
    bool behind = query_advance(s->query, QUERY_ROWS);
    if (behind || query_scanned(s->query) != before)
        s->news = true;
    if (query_failed(s->query) && !s->failed)
        session_fail(s, "out of memory for the figures");
    behind = step_asides(s) || behind;
    if (behind || step_answers(s) || more)
        return true;
    return prepare(s);
}

bool session_has_news(const struct session *s)
{
    return s->news;
}

/* The screen's own copies of what goes on changing. Missing ones are shown as not yet known. */
static void copy_figures(const struct session *s, struct snapshot *out)
{
    out->summary = query_summarize(s->query);
    out->summary_complete = out->summary != NULL && query_is_settled(s->query);
    out->tally = malloc(sizeof *out->tally);
    if (out->tally != NULL)
        *out->tally = *ingest_tally(s->ingest != NULL ? s->ingest : s->preview);
}

/* While a container is expanded, it is the container's bytes that go on. */
static void note_progress(struct session *s)
{
    if (s->status.state == SOURCE_UNPACKING)
        inputs_progress(s->inputs, &s->status.bytes_done, &s->status.bytes_total);
    else
        s->status.bytes_done = s->ingest != NULL ? ingest_bytes_done(s->ingest) : 0;
}

struct snapshot *session_snapshot(struct session *s)
{
    struct snapshot *out = calloc(1, sizeof *out);
    if (out == NULL)
        return NULL;
    atomic_init(&out->refs, 1);
    note_progress(s);
    out->source = s->status;
    if (s->symbols != NULL)
        out->symbols = symbol_table_ref(s->symbols);
    const struct ingest *seen = s->ingest != NULL ? s->ingest : s->preview;
    out->last_time = seen != NULL ? ingest_last_time(seen) : INT64_MIN;
    if (s->ingest != NULL)
        ingest_trust(s->ingest, &out->trust);
    inputs_add_damage(s->inputs, &out->trust);
    s->news = false;
    if (s->trace == NULL || s->query == NULL)
        return out;
    out->trace = trace_ref(s->trace);
    out->header = s->trace->header;
    out->query = query_ref(s->query);
    for (int i = 0; i < ASIDE_COUNT; i++)
        if (s->aside[i].query != NULL)
            out->aside[i] = query_ref(s->aside[i].query);
    out->images = image_table_map(s->trace->images);
    out->rows = store_rows(s->trace->store);
    out->scanned = query_scanned(s->query);
    out->matched = query_count(s->query);
    out->provisional = s->ingest == NULL || s->trace != ingest_trace(s->ingest);
    out->rows_complete = s->ended && !out->provisional;
    for (int i = 0; i < ANSWER_KINDS; i++)
        out->answer[i] =
            session_answers_show(&s->answers, (enum answer_kind)i, &out->answer_complete[i]);
    for (int i = 0; i < ANSWER_KINDS; i++)
        out->answer_percent[i] = (uint8_t)session_answers_percent(&s->answers, (enum answer_kind)i);
    copy_figures(s, out);
    return out;
}

bool session_is_over(const struct session *s)
{
    return s->failed || (s->ended && s->status.state != SOURCE_FOLLOWING);
}

/* The worker's work in small steps; see session.h. */
#include "runtime/session.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/strbuf.h"
#include "model/ingest.h"
#include "runtime/session_tree.h"
#include "source/inputs_unpack.h"

/* Files above this size show provisional rows from this much of their beginning first. */
#define PREVIEW_BYTES ((uint64_t)2 << 20)

/* Longer than the flush interval of an ETW session: when nothing came for so long, nothing older
 * will. */
#define IDLE_NS INT64_C(1200000000)

/* Rows scanned and folded in one step: about a millisecond. */
#define QUERY_ROWS 32768

/* Rows searched in one step, without figures: likewise. */
#define ASIDE_ROWS (UINT64_C(1) << 18)

/* Expanded of a container in one step: a few milliseconds. */
#define UNPACK_BYTES ((size_t)1 << 20)

/* Inputs that are previewed at most: every one costs time before the first row. */
#define PREVIEW_INPUTS 4u

/* What is known of one input. */
struct session_input {
    enum session_mode mode;
    uint64_t size;     /* bytes known to be there */
    uint64_t buffers;  /* at the last look */
    int64_t buffer_at; /* monotonic ns: when the last buffer arrived */
    bool idle;         /* nothing came for so long that it is not waited for */
    bool unfinished;   /* its header had no end when it was first read: the end can be seen */
    bool ended;        /* its writer is gone; a saved file's always was */
};

struct session {
    struct inputs *inputs;
    struct session_input *input; /* one each; owned */
    size_t open;                 /* inputs whose writer is at work */
    bool begun;                  /* a step was made */
    enum ingest_hold hold;       /* of all of them */
    bool rereading;              /* finished live files are read again from their start */

    struct ingest *ingest;   /* NULL while containers are expanded */
    struct ingest *preview;  /* NULL unless the first rows still come from it */
    struct source previewed; /* what it reads, when that is a container's trace being expanded */
    bool ended;              /* the ingest has said INGEST_ENDED */
    bool failed;

    struct query_spec spec;
    struct query *query;
    struct session_aside {
        struct query_spec spec;
        bool asked;
        struct query *query; /* NULL while there is no trace, too */
    } aside[ASIDE_COUNT];
    struct session_tree tree;
    struct trace
        *trace; /* the one `query` asks; of the ingest, the preview, or the last before a re-read */

    struct symbol_table *symbols; /* NULL: none */
    struct source_status status;
    bool news; /* something changed since the last snapshot */
};

/* An ingest that knows of every file what the session knows. */
static struct ingest *new_ingest(const struct session *s)
{
    struct ingest *in = inputs_ingest(s->inputs);
    for (unsigned i = 0; in != NULL && i < s->inputs->count; i++) {
        if (s->input[i].mode == SESSION_PIPE)
            continue;
        if (s->input[i].ended)
            ingest_set_hold(in, i, INGEST_FINISH);
        ingest_set_size(in, i, s->input[i].size);
    }
    return in;
}

static void set_state(struct session *s)
{
    s->hold = s->open == 0 ? INGEST_FINISH : INGEST_HOLD;
    s->status.state = s->open == 0 ? SOURCE_LOADING : SOURCE_FOLLOWING;
}

static void set_modes(struct session *s, const enum session_mode *modes)
{
    for (size_t i = 0; i < s->inputs->count; i++) {
        bool saved = modes[i] == SESSION_SAVED;
        s->input[i] = (struct session_input){.mode = modes[i], .ended = saved};
        s->open += !saved;
    }
    set_state(s);
}

/* Without containers and pipes there is nothing to find out first. */
static bool start_ingest(struct session *s)
{
    if (s->inputs->package_count != 0)
        return true;
    s->ingest = new_ingest(s);
    return s->ingest != NULL;
}

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
    if (s->input != NULL) {
        set_modes(s, modes);
        if (start_ingest(s))
            return s;
    }
    free(s->input);
    free(s);
    return NULL;
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
    session_tree_release(&s->tree);
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

static void fail(struct session *s, const char *message)
{
    s->failed = true;
    s->news = true;
    s->status.state = SOURCE_FAILED;
    snprintf(s->status.message, sizeof s->status.message, "%s", message);
}

/* Of several inputs the message says which one. */
static void fail_input(struct session *s, unsigned input, const char *message)
{
    struct strbuf line = {0};
    if (s->inputs->count > 1)
        strbuf_printf(&line, "%s: ", s->inputs->list[input]->name);
    strbuf_puts(&line, message);
    fail(s, strbuf_str(&line));
    strbuf_release(&line);
}

static bool prepare(struct session *s);

/* A search that finds no memory finds nothing; what is shown goes on. */
static void start_aside(struct session *s, struct session_aside *a)
{
    query_unref(a->query);
    a->query = a->asked && s->trace != NULL ? query_new(s->trace, &a->spec) : NULL;
    s->news = true;
}

static void start_query(struct session *s)
{
    query_unref(s->query);
    s->query = NULL;
    if (s->trace == NULL)
        return;
    s->query = query_new(s->trace, &s->spec);
    if (s->query == NULL)
        fail(s, "out of memory for the filter");
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

void session_ask_tree(struct session *s, const struct tree_spec *spec)
{
    session_tree_ask(&s->tree, spec, s->query);
    s->news = true;
}

void session_ask(struct session *s, const struct query_spec *spec)
{
    struct filter *old = s->spec.filter;
    s->spec = *spec;
    if (spec->filter != NULL)
        s->spec.filter = filter_ref(spec->filter);
    filter_unref(old);
    start_query(s);
    session_tree_start(&s->tree, s->query, true);
}

void session_grow(struct session *s, unsigned input, uint64_t size)
{
    struct session_input *in = &s->input[input];
    if (size <= in->size)
        return;
    s->status.bytes_total += size - in->size;
    in->size = size;
    if (s->ingest != NULL)
        ingest_set_size(s->ingest, input, size);
    s->ended = false;
    s->news = true;
}

/* The next bytes of a stream that is read as it comes. */
static void push(struct session *s, unsigned input, const void *bytes, size_t n)
{
    if (n != 0 && ingest_push(s->ingest, input, bytes, n) != 0)
        fail(s, "out of memory");
}

/* Bytes from which it is still to be told what the stream is, or of a container: what is left of
 * them when it turns out to be a trace goes on to the ingest. */
static void take_bytes(struct session *s, unsigned input, const uint8_t *bytes, size_t n)
{
    size_t taken;
    struct err_info info = {.text = ""};
    if (inputs_take(s->inputs, bytes, n, &taken, &info) != 0) {
        fail_input(s, (unsigned)s->inputs->failed, info.text);
        return;
    }
    prepare(s);
    if (s->ingest != NULL)
        push(s, input, bytes + taken, n - taken);
}

void session_push(struct session *s, unsigned input, const void *bytes, size_t n)
{
    if (s->failed)
        return;
    if (s->ingest != NULL)
        push(s, input, bytes, n);
    else
        take_bytes(s, input, bytes, n);
    s->input[input].size += n;
    s->status.bytes_total += n;
}

/* All inputs again, because a finished file may differ from what was read while it grew. The old
 * rows stay until then. What came through a pipe does not come again. */
static void reread(struct session *s)
{
    struct ingest *anew = inputs_have_stream(s->inputs) ? NULL : new_ingest(s);
    if (anew == NULL)
        return;
    ingest_free(s->ingest);
    s->ingest = anew;
    s->rereading = true;
    s->ended = false;
}

/* The writers are gone. */
static void note_end(struct session *s)
{
    if (s->status.closed_after == 0)
        s->status.closed_after = clock_monotonic_ns() - s->status.opened_at;
    s->status.state = SOURCE_CLOSED;
    s->hold = INGEST_FINISH;
    s->news = true;
    if (s->ingest != NULL && ingest_needs_reread(s->ingest))
        reread(s);
}

static void end_input(struct session *s, unsigned input)
{
    struct session_input *in = &s->input[input];
    if (in->ended)
        return;
    in->ended = true;
    if (s->ingest != NULL)
        ingest_set_hold(s->ingest, input, INGEST_FINISH);
    if (--s->open == 0)
        note_end(s);
}

void session_end(struct session *s, unsigned input)
{
    struct err_info info = {.text = ""};
    if (s->failed)
        return;
    if (s->ingest == NULL && inputs_end(s->inputs, &info) != 0)
        fail_input(s, (unsigned)s->inputs->failed, info.text);
    else
        end_input(s, input);
}

/* True when the header of a live file says that the session has stopped; then the rest is read as
 * of a saved file. */
static bool look_for_end(struct session *s, unsigned input)
{
    struct session_input *in = &s->input[input];
    bool finished = false;
    if (s->ingest == NULL || in->mode != SESSION_LIVE || !in->unfinished ||
        ingest_refresh_header(s->ingest, input, &finished) != 0 || !finished)
        return false;
    uint64_t size;
    if (source_size(s->inputs->list[input], &size) == 0) {
        s->status.bytes_total = s->status.bytes_total - in->size + size;
        in->size = size;
        ingest_set_size(s->ingest, input, size);
    }
    end_input(s, input);
    return true;
}

void session_look(struct session *s, unsigned input)
{
    const struct session_input *in = &s->input[input];
    if (s->failed || s->ingest == NULL || in->ended || s->status.state != SOURCE_FOLLOWING ||
        look_for_end(s, input))
        return;
    ingest_set_size(s->ingest, input, in->size);
}

void session_lose(struct session *s, unsigned input, enum source_state why)
{
    /* A preallocated file is cut to what was written when its session stops (etl-format 1.5). */
    if (s->failed || s->input[input].ended || (why == SOURCE_TRUNCATED && look_for_end(s, input)))
        return;
    s->status.state = why;
    s->hold = INGEST_RELEASE;
    s->news = true;
}

/* When an input is not waited for any more; INT64_MAX when that is so already. */
static int64_t idle_at(const struct session_input *in)
{
    return in->ended || in->idle || in->buffers == 0 ? INT64_MAX : in->buffer_at + IDLE_NS;
}

/* When what is held back for the order of one of them is shown. */
static int64_t release_deadline(const struct session *s)
{
    int64_t first = INT64_MAX;
    for (size_t i = 0; i < s->inputs->count && s->hold == INGEST_HOLD && !s->failed; i++)
        if (idle_at(&s->input[i]) < first)
            first = idle_at(&s->input[i]);
    return first;
}

int64_t session_deadline(const struct session *s)
{
    int64_t release = release_deadline(s), tree = session_tree_deadline(&s->tree);
    return release < tree ? release : tree;
}

/* Shows the rows of `trace` from now on, unless it is the one that is shown. */
static void show_trace(struct session *s, struct trace *trace)
{
    if (trace == s->trace || trace == NULL)
        return;
    bool same_stacks = s->trace != NULL && s->trace->stacks == trace->stacks;
    trace_unref(s->trace);
    s->trace = trace_ref(trace);
    start_query(s);
    session_tree_start(&s->tree, s->query, same_stacks);
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

/* ---- containers ---- */

/* The first rows of a container come from its first trace as far as it is expanded. */
static void preview_container(struct session *s)
{
    const struct container_member *m = inputs_first_trace(s->inputs);
    if (s->preview != NULL || s->trace != NULL || m == NULL || m->expanded < PREVIEW_BYTES)
        return;
    s->previewed = (struct source){.fd = m->fd};
    s->preview = ingest_new_file(source_read_at, &s->previewed);
    if (s->preview != NULL)
        ingest_set_size(s->preview, 0, PREVIEW_BYTES);
}

/* Every input is a trace now: what came of containers is read as saved files are. */
static bool adopt_inputs(struct session *s)
{
    size_t named = s->inputs->named;
    struct session_input *input = realloc(s->input, s->inputs->count * sizeof *input);
    if (input == NULL)
        return false;
    s->input = input;
    memset(input + named, 0, (s->inputs->count - named) * sizeof *input);
    s->status.bytes_total = 0;
    for (size_t i = 0; i < s->inputs->count; i++) {
        uint64_t size;
        bool unpacked = i >= named || inputs_is_unpacked(s->inputs, i);
        if (unpacked)
            input[i] = (struct session_input){.mode = SESSION_SAVED, .ended = true};
        if (unpacked && source_size(s->inputs->list[i], &size) == 0)
            input[i].size = size;
        s->status.bytes_total += input[i].size;
    }
    return true;
}

static void begin_reading(struct session *s)
{
    struct span head = inputs_head(s->inputs);
    bool closed = s->status.state == SOURCE_CLOSED;
    if (adopt_inputs(s))
        s->ingest = new_ingest(s);
    if (s->ingest == NULL) {
        fail(s, "out of memory");
        return;
    }
    set_state(s);
    if (closed && inputs_have_stream(s->inputs))
        s->status.state = SOURCE_CLOSED;
    for (unsigned i = 0; i < s->inputs->count; i++) {
        if (!s->inputs->list[i]->is_stream)
            continue;
        push(s, i, head.p, head.len);
        if (s->input[i].ended)
            ingest_set_hold(s->ingest, i, INGEST_FINISH);
    }
    snprintf(s->status.message, sizeof s->status.message, "%s", inputs_remark(s->inputs));
}

/* Expands some more of what is packed. True when there is more to do at once. */
static bool prepare(struct session *s)
{
    struct err_info info = {.text = ""};
    int rc = inputs_prepare(s->inputs, UNPACK_BYTES, &info);
    s->news = s->news || rc != INPUTS_WAIT;
    if (rc < 0) {
        fail_input(s, (unsigned)s->inputs->failed, info.text);
    } else if (rc == INPUTS_MORE) {
        s->status.state = SOURCE_UNPACKING;
        preview_container(s);
    } else if (rc == INPUTS_READY) {
        begin_reading(s);
    }
    return rc == INPUTS_MORE || rc == INPUTS_READY;
}

/* ---- the step ---- */

/* An input that has been idle for long is not waited for, until it delivers again. */
static void release_idle(struct session *s)
{
    int64_t now = clock_monotonic_ns();
    if (now < release_deadline(s))
        return;
    for (unsigned i = 0; i < s->inputs->count; i++) {
        if (idle_at(&s->input[i]) > now)
            continue;
        s->input[i].idle = true;
        ingest_set_hold(s->ingest, i, INGEST_RELEASE);
    }
}

static void note_buffers(struct session *s, unsigned input)
{
    struct session_input *in = &s->input[input];
    uint64_t buffers = ingest_input_buffers(s->ingest, input);
    if (buffers == in->buffers)
        return;
    in->buffers = buffers;
    in->buffer_at = s->status.last_buffer_at = clock_monotonic_ns();
    s->news = true;
    if (!in->idle || in->ended)
        return;
    in->idle = false;
    ingest_set_hold(s->ingest, input, INGEST_HOLD);
}

/* What the step has found out about the inputs. */
static void note_inputs(struct session *s)
{
    bool has_trace = ingest_trace(s->ingest) != NULL;
    for (unsigned i = 0; i < s->inputs->count; i++) {
        note_buffers(s, i);
        if (has_trace && !ingest_input_is_finished(s->ingest, i))
            s->input[i].unfinished = true;
    }
}

static bool step_ingest(struct session *s)
{
    if (s->failed || s->ended)
        return false;
    if (s->ingest == NULL)
        return prepare(s);
    release_idle(s);
    struct err_info info = {.text = ""};
    int rc = ingest_step(s->ingest, s->hold, &info);
    if (rc < 0) {
        fail_input(s, ingest_failed_input(s->ingest),
                   info.text[0] != '\0' ? info.text : strerror(-rc));
        return false;
    }
    s->ended = rc == INGEST_ENDED;
    if (s->ended && s->status.state == SOURCE_LOADING)
        s->status.state = SOURCE_COMPLETE;
    note_inputs(s);
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
static bool step_tree(struct session *s)
{
    if (!s->tree.asked)
        return false;
    struct image_map *images = image_table_map(s->trace->images);
    const struct frame_namer namer = {.images = images, .symbols = s->symbols};
    bool more = session_tree_step(&s->tree, &namer, &s->news);
    image_map_unref(images);
    return more;
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
        fail(s, "out of memory for the figures");
    behind = step_asides(s) || behind;
    return behind ? true : step_tree(s) || more;
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
    out->tree = session_tree_show(&s->tree, &out->tree_complete);
    copy_figures(s, out);
    return out;
}

bool session_is_over(const struct session *s)
{
    return s->failed || (s->ended && s->status.state != SOURCE_FOLLOWING);
}

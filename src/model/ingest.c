/*
 * Both halves of ingest joined: what the reader finds becomes rows; see ingest.h.
 *
 *   ingest_reader.h -> batch of events -> replay -> store
 *                                  \-> late events -> rebuild.h -> a new trace
 *
 * A long saved file is read ahead by a second thread (ingest_ahead.h); then the reader is that
 * thread's until it is done.
 */
#include "model/ingest.h"

#include <errno.h>
#include <stdlib.h>

#include "base/clock.h"
#include "decoder/etl_detect.h"
#include "model/ingest_ahead.h"
#include "model/ingest_reader.h"
#include "model/rebuild.h"
#include "model/stack_join.h"
#include "model/trace_take.h"

/* While live, rebuilding for late records may take this share of the time: one part in so many. */
#define REBUILD_SHARE 5

/* Events that a rebuild takes over in one step. */
#define REBUILD_STEP 1024u

/* Inputs of this size are worth a second thread. */
#define AHEAD_BYTES ((uint64_t)8 << 20)

struct ingest {
    struct ingest_reader *reader;
    struct ingest_ahead *ahead; /* NULL unless it has the reader */
    struct ahead_facts *facts;  /* copies of what it found; NULL until it was used */

    bool ended; /* all of every input was read */
    struct trace *trace;
    struct stack_join *stacks;
    uint64_t not_stored;      /* events beyond the store's capacity */
    struct kept_list journal; /* process events, for a rebuild */
    struct kept_list late;    /* late events not in their place yet */
    uint64_t late_count;
    struct rebuild *rebuild; /* running */
    int64_t rebuild_started, rebuild_due;

    struct event_batch batch;
};

/* ---- life ---- */

struct ingest *ingest_new(void)
{
    struct ingest *in = calloc(1, sizeof *in);
    if (in == NULL)
        return NULL;
    in->reader = ingest_reader_new();
    in->stacks = stack_join_new();
    if (in->reader != NULL && in->stacks != NULL)
        return in;
    ingest_free(in);
    return NULL;
}

int ingest_add_file(struct ingest *in, ingest_read_fn read, void *ctx)
{
    return ingest_reader_add(in->reader, read, ctx);
}

int ingest_add_stream(struct ingest *in)
{
    return ingest_reader_add(in->reader, NULL, NULL);
}

/* The ingest with its one input; NULL when that was not to be had. */
static struct ingest *with_input(struct ingest *in, int number)
{
    if (number >= 0)
        return in;
    ingest_free(in);
    return NULL;
}

struct ingest *ingest_new_file(ingest_read_fn read, void *ctx)
{
    struct ingest *in = ingest_new();
    return in != NULL ? with_input(in, ingest_add_file(in, read, ctx)) : NULL;
}

struct ingest *ingest_new_stream(void)
{
    struct ingest *in = ingest_new();
    return in != NULL ? with_input(in, ingest_add_stream(in)) : NULL;
}

void ingest_free(struct ingest *in)
{
    if (in == NULL)
        return;
    ingest_ahead_free(in->ahead);
    ingest_reader_free(in->reader);
    rebuild_free(in->rebuild);
    kept_list_release(&in->journal);
    kept_list_release(&in->late);
    trace_unref(in->trace);
    stack_join_free(in->stacks);
    free(in->facts);
    free(in);
}

/* Takes the reader back from its thread. */
static void end_ahead(struct ingest *in)
{
    ingest_ahead_free(in->ahead);
    in->ahead = NULL;
}

void ingest_set_size(struct ingest *in, unsigned input, uint64_t size)
{
    end_ahead(in);
    ingest_reader_set_size(in->reader, input, size);
}

int ingest_push(struct ingest *in, unsigned input, const void *bytes, size_t n)
{
    return ingest_reader_push(in->reader, input, bytes, n);
}

void ingest_set_hold(struct ingest *in, unsigned input, enum ingest_hold hold)
{
    end_ahead(in);
    ingest_reader_set_hold(in->reader, input, hold);
}

/* ---- events to rows ---- */

/* Replays a run of events in order; those that make no row do not count. A full store is a loss
 * that is counted, not an error. */
static int replay_run(struct ingest *in, const struct trace_event *events, size_t n)
{
    uint64_t before = store_appended(in->trace->store);
    int rc = replay_take(in->trace->replay, events, n);
    if (rc != ERR_LIMIT)
        return rc;
    uint64_t rows = 0;
    for (size_t i = 0; i < n; i++)
        rows += events[i].kind == EVENT_HEAP;
    in->not_stored += rows - (store_appended(in->trace->store) - before);
    return 0;
}

/* An event that is late waits for a rebuild; one that makes no row goes to the journal, too. */
static int take_special(struct ingest *in, const struct trace_event *e)
{
    if (e->late)
        return kept_list_add(&in->late, e, in->late_count++);
    int rc = trace_take(in->trace, e);
    if (rc == ERR_LIMIT)
        return 0; /* it was counted, and is of no use to a rebuild either */
    return rc != 0 ? rc : kept_list_add(&in->journal, e, store_appended(in->trace->store));
}

/* Replays the batch in runs of ordinary events, with the special ones between them. Stacks, which
 * are as frequent as rows, do not break a run. */
static int take_batch(struct ingest *in, const struct event_batch *b)
{
    size_t run = 0; /* events [run, i) are ordinary and not replayed yet */
    int rc = 0;
    for (size_t i = 0; i < b->count && rc == 0; i++) {
        const struct trace_event *e = &b->events[i];
        if (trace_event_is_stack(e) || (!e->late && e->kind == EVENT_HEAP))
            continue;
        rc = replay_run(in, b->events + run, i - run);
        if (rc == 0)
            rc = take_special(in, e);
        run = i + 1;
    }
    if (rc == 0)
        rc = replay_run(in, b->events + run, b->count - run);
    /* Before the rows are published, so that nearly all have their stacks when they are seen. */
    if (rc == 0)
        rc = stack_join_take(in->stacks, in->trace, b->events, b->count);
    store_publish(in->trace->store);
    return rc;
}

/* ---- late records ---- */

static int start_rebuild(struct ingest *in)
{
    in->rebuild_started = clock_monotonic_ns();
    in->rebuild = rebuild_new(in->trace, &in->journal, &in->late);
    return in->rebuild != NULL ? INGEST_MORE : -ENOMEM;
}

/* Puts the new trace in the place of the old one. */
static int finish_rebuild(struct ingest *in)
{
    struct kept_list journal;
    struct trace *made = rebuild_take(in->rebuild, &journal);
    made->header = in->trace->header;
    trace_unref(in->trace);
    in->trace = made;
    kept_list_release(&in->journal);
    kept_list_release(&in->late);
    in->journal = journal;
    int64_t now = clock_monotonic_ns();
    in->rebuild_due = now + (now - in->rebuild_started) * (REBUILD_SHARE - 1);
    return stack_join_rebuilt(in->stacks, made);
}

static int step_rebuild(struct ingest *in)
{
    int rc = rebuild_step(in->rebuild, REBUILD_STEP);
    if (rc == 1)
        return INGEST_MORE;
    if (rc == 0 || rc == ERR_LIMIT)
        rc = finish_rebuild(in);
    rebuild_free(in->rebuild);
    in->rebuild = NULL;
    return rc == 0 ? INGEST_MORE : rc;
}

static bool rebuild_is_due(const struct ingest *in, enum ingest_hold hold)
{
    return in->late.count != 0 &&
           (hold == INGEST_FINISH || clock_monotonic_ns() >= in->rebuild_due);
}

/* ---- the step ---- */

/* Gives the reader to a thread of its own when the rest of the input is long and all there. */
static void start_ahead(struct ingest *in, enum ingest_hold hold)
{
    if (hold != INGEST_FINISH || in->trace == NULL || in->facts != NULL ||
        !ingest_reader_is_files(in->reader) || ingest_reader_size(in->reader) < AHEAD_BYTES)
        return;
    in->facts = malloc(sizeof *in->facts);
    if (in->facts != NULL)
        in->ahead = ingest_ahead_new(in->reader, in->trace->store);
}

/* The next batch, from wherever it comes. */
static int next_batch(struct ingest *in, enum ingest_hold hold, struct event_batch **out,
                      struct err_info *info)
{
    if (in->ahead == NULL)
        start_ahead(in, hold);
    if (in->ahead == NULL) {
        *out = &in->batch;
        return ingest_reader_step(in->reader, hold, *out, info);
    }
    int rc = ingest_ahead_take(in->ahead, out, info);
    if (rc == READER_REST || rc < 0)
        end_ahead(in);
    return rc;
}

static int start_trace(struct ingest *in)
{
    const struct etl_file_header *header =
        in->ahead == NULL ? ingest_reader_header(in->reader) : NULL;
    if (in->trace != NULL || header == NULL)
        return 0;
    in->trace = trace_new(header);
    return in->trace != NULL ? 0 : -ENOMEM;
}

/* Nothing more can be read now. */
static int at_rest(struct ingest *in, enum ingest_hold hold, struct err_info *info)
{
    if (in->trace == NULL) {
        if (hold != INGEST_FINISH)
            return INGEST_WAIT;
        uint64_t size = 0;
        if (ingest_reader_missing_header(in->reader, &size) == 0)
            return err_set(info, ERR_EMPTY, "nothing to read");
        if (size == 0)
            return err_set(info, ERR_EMPTY, "%s", etl_kind_advice(ETL_KIND_EMPTY));
        return err_set(info, ERR_FORMAT,
                       "ends before its file header does: the capture was cut off");
    }
    if (rebuild_is_due(in, hold))
        return start_rebuild(in);
    in->ended = hold == INGEST_FINISH;
    if (!in->ended)
        return INGEST_WAIT;
    int rc = stack_join_finish(in->stacks, in->trace);
    return rc == 0 ? INGEST_ENDED : rc;
}

int ingest_step(struct ingest *in, enum ingest_hold hold, struct err_info *info)
{
    if (in->rebuild != NULL)
        return step_rebuild(in);
    struct event_batch *batch;
    int rc = next_batch(in, hold, &batch, info);
    if (rc < 0)
        return rc;
    int made = start_trace(in);
    if (made == 0 && rc == READER_EVENTS)
        made = take_batch(in, batch);
    if (made != 0)
        return err_set(info, made, "out of memory");
    return rc == READER_REST ? at_rest(in, hold, info) : INGEST_MORE;
}

/* ---- what is known ---- */

unsigned ingest_failed_input(const struct ingest *in)
{
    return ingest_reader_failed(in->reader);
}

struct trace *ingest_trace(const struct ingest *in)
{
    return in->trace;
}

static const struct ahead_facts *ahead_facts(const struct ingest *in)
{
    ingest_ahead_facts(in->ahead, in->facts);
    return in->facts;
}

const struct etl_tally *ingest_tally(const struct ingest *in)
{
    return in->ahead != NULL ? &ahead_facts(in)->tally : ingest_reader_tally(in->reader);
}

uint64_t ingest_buffers(const struct ingest *in)
{
    return in->ahead != NULL ? ahead_facts(in)->buffers : ingest_reader_buffers(in->reader);
}

uint64_t ingest_bytes_done(const struct ingest *in)
{
    return ingest_tally(in)->bytes;
}

int64_t ingest_last_time(const struct ingest *in)
{
    const struct etl_tally *t = ingest_tally(in);
    return t->records != 0 ? t->last_time : INT64_MIN;
}

void ingest_trust(const struct ingest *in, struct trust *out)
{
    *out = (struct trust){0};
    if (in->ahead != NULL)
        *out = ahead_facts(in)->losses;
    else
        ingest_reader_losses(in->reader, in->ended, out);
    out->records_skipped += in->not_stored;
    out->late_records = in->late_count;
    if (in->trace == NULL)
        return;
    const struct replay_trust *r = replay_trust(in->trace->replay);
    out->unmatched_frees = r->unmatched_frees;
    out->lost_frees = r->lost_frees;
    out->lost_destroys = r->lost_destroys;
    out->repaired = r->repaired;
    out->double_frees = r->double_frees;
    out->wrong_heap = r->wrong_heap;
    out->duplicates = r->duplicates;
    out->other = r->other;
    out->stacks_missing = stack_join_missing(in->stacks, in->trace);
}

size_t ingest_input_count(const struct ingest *in)
{
    return ingest_reader_count(in->reader);
}

void ingest_input_facts(const struct ingest *in, unsigned input, struct ingest_facts *out)
{
    *out = (struct ingest_facts){
        .header = ingest_reader_input_header(in->reader, input),
        .tally = ingest_reader_input_tally(in->reader, input),
    };
    ingest_reader_input_losses(in->reader, input, in->ended, &out->trust);
}

uint64_t ingest_input_buffers(const struct ingest *in, unsigned input)
{
    return in->ahead != NULL ? 0 : ingest_reader_input_buffers(in->reader, input);
}

int ingest_refresh_header(struct ingest *in, unsigned input, bool *out_finished)
{
    *out_finished = false;
    if (in->trace == NULL || in->ahead != NULL)
        return 0;
    int rc = ingest_reader_refresh_header(in->reader, input);
    if (rc != 0)
        return rc;
    in->trace->header = *ingest_reader_header(in->reader);
    *out_finished = !etl_file_header_is_live(ingest_reader_input_header(in->reader, input));
    return 0;
}

bool ingest_is_finished(const struct ingest *in)
{
    return in->trace != NULL && !etl_file_header_is_live(&in->trace->header);
}

bool ingest_input_is_finished(const struct ingest *in, unsigned input)
{
    return in->trace != NULL &&
           !etl_file_header_is_live(ingest_reader_input_header(in->reader, input));
}

bool ingest_needs_reread(const struct ingest *in)
{
    return in->trace != NULL && ingest_reader_needs_reread(in->reader);
}

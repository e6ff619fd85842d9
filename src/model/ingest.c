/*
 * Framing, merging and replaying in small steps; see ingest.h.
 *
 *   read or push -> framer -> merge -> batch of events -> replay -> store
 *                                  \-> late events -> (rebuild.h) -> a new trace
 */
#include "model/ingest.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "decoder/etl_detect.h"
#include "decoder/etl_framer.h"
#include "decoder/etl_merge.h"
#include "model/rebuild.h"
#include "model/sequence_set.h"

/* One step: so many events, buffers found, and bytes of buffers opened at most. */
#define STEP_EVENTS  1024u
#define STEP_BUFFERS 256u
#define STEP_BYTES   ((size_t)1 << 20)

/* Of a live file so much is read as soon as it is found, so that it is not lost if the file shrinks
 * while it is held back. */
#define EAGER_BYTES ((size_t)64 << 20)

/* While live, rebuilding for late records may take this share of the time: one part in so many. */
#define REBUILD_SHARE 5

struct ingest {
    /* Where bytes come from. */
    ingest_read_fn read; /* NULL: a stream */
    void *ctx;
    uint64_t size;   /* bytes known to be there */
    uint8_t *window; /* file: what the framer looks at; stream: bytes not framed yet */
    size_t window_len, window_cap;
    size_t window_start; /* stream: where the framer's offset stands in `window` */

    /* What was found. */
    struct etl_framer framer;
    bool framed; /* everything that is there was framed */
    bool have_header;
    uint32_t header_filled; /* used bytes of the header buffer when first read */
    bool grew_header;       /* it has more now */
    struct etl_merge *merge;
    struct etl_tally tally;
    struct sequence_set sequences;
    uint64_t buffers;
    uint64_t bytes_found;
    uint64_t not_stored; /* events beyond the store's capacity */

    /* What it became. */
    struct trace *trace;
    struct kept_list journal; /* process events, for a rebuild */
    struct kept_list late;    /* late events not in their place yet */
    uint64_t late_count;
    struct rebuild *rebuild; /* running */
    int64_t rebuild_started, rebuild_due;

    struct trace_event batch[STEP_EVENTS];
};

/* ---- life ---- */

static struct ingest *ingest_new(ingest_read_fn read, void *ctx)
{
    struct ingest *in = calloc(1, sizeof *in);
    if (in == NULL)
        return NULL;
    in->read = read;
    in->ctx = ctx;
    etl_framer_init(&in->framer, read != NULL);
    return in;
}

struct ingest *ingest_new_file(ingest_read_fn read, void *ctx)
{
    return ingest_new(read, ctx);
}

struct ingest *ingest_new_stream(void)
{
    return ingest_new(NULL, NULL);
}

void ingest_free(struct ingest *in)
{
    if (in == NULL)
        return;
    rebuild_free(in->rebuild);
    kept_list_release(&in->journal);
    kept_list_release(&in->late);
    sequence_set_release(&in->sequences);
    etl_merge_free(in->merge);
    trace_unref(in->trace);
    free(in->window);
    free(in);
}

void ingest_set_size(struct ingest *in, uint64_t size)
{
    in->size = size;
    in->framed = false;
}

static int reserve_window(struct ingest *in, size_t need)
{
    void *p = in->window;
    if (base_grow(&p, &in->window_cap, need, 1) != 0)
        return -ENOMEM;
    in->window = p;
    return 0;
}

int ingest_push(struct ingest *in, const void *bytes, size_t n)
{
    /* What was framed is dropped once it is the larger half, so that moving the rest costs O(1) a
     * byte. */
    if (in->window_start > in->window_len - in->window_start) {
        memmove(in->window, in->window + in->window_start, in->window_len - in->window_start);
        in->window_len -= in->window_start;
        in->window_start = 0;
    }
    int rc = reserve_window(in, in->window_len + n);
    if (rc != 0)
        return rc;
    memcpy(in->window + in->window_len, bytes, n);
    in->window_len += n;
    in->size += n;
    in->framed = false;
    return 0;
}

/* ---- framing ---- */

static uint64_t available(const struct ingest *in)
{
    return in->size > in->framer.offset ? in->size - in->framer.offset : 0;
}

/* The bytes at the framer's offset: `want` of them, fewer when there are no more. */
static int show_window(struct ingest *in, uint64_t want, struct span *out)
{
    if (in->read == NULL) {
        struct span all = {in->window, in->window_len};
        *out = in->window != NULL ? span_from(all, in->window_start) : all;
        return 0;
    }
    if (want > available(in))
        want = available(in);
    int rc = reserve_window(in, (size_t)want);
    size_t n = 0;
    if (rc == 0)
        rc = in->read(in->ctx, in->framer.offset, in->window, (size_t)want, &n);
    /* A file that is shorter than it was ends here. */
    if (rc == 0 && n < want)
        in->size = in->framer.offset + n;
    *out = (struct span){in->window, n};
    return rc;
}

static int fail_format(struct ingest *in, struct span first, struct err_info *info)
{
    (void)in;
    enum etl_kind kind = etl_detect(first);
    if (kind == ETL_KIND_ETL)
        kind = ETL_KIND_UNKNOWN;
    return err_set(info, kind == ETL_KIND_EMPTY ? ERR_EMPTY : ERR_FORMAT, "%s",
                   etl_kind_advice(kind));
}

static int load_buffer(void *ctx, const struct etl_buffer_ref *ref, uint8_t *out)
{
    struct ingest *in = ctx;
    size_t n;
    int rc = in->read(in->ctx, ref->offset, out, ref->stored, &n);
    return rc != 0 ? rc : n == ref->stored ? 0 : -EIO;
}

static int start_trace(struct ingest *in, struct span buffer, const struct etl_buffer_header *first,
                       struct err_info *info)
{
    struct etl_file_header header;
    int rc = etl_file_header_parse(buffer, &header, info);
    if (rc != 0)
        return rc;
    in->have_header = true;
    in->header_filled = first->filled;
    etl_framer_set_layout(&in->framer, &header);
    in->trace = trace_new(&header);
    in->merge = etl_merge_new(&header, &in->tally, in->read != NULL ? load_buffer : NULL, in);
    if (in->trace == NULL || in->merge == NULL)
        return err_set(info, -ENOMEM, "out of memory");
    etl_merge_set_budget(in->merge, STEP_BYTES);
    return 0;
}

/* Copies `n` bytes of the buffer just framed: from the stream's window, or from the file. */
static int copy_buffer(struct ingest *in, const struct etl_frame *frame, uint8_t **out)
{
    uint8_t *copy = malloc((size_t)frame->bytes);
    if (copy == NULL)
        return -ENOMEM;
    size_t n = (size_t)frame->bytes;
    int rc = 0;
    if (in->read == NULL)
        memcpy(copy, in->window + in->window_start, n);
    else
        rc = in->read(in->ctx, frame->offset, copy, n, &n);
    if (rc != 0 || n < frame->bytes) {
        free(copy);
        return rc != 0 ? rc : -EIO;
    }
    *out = copy;
    return 0;
}

/* True when the buffer's bytes are wanted now, not when its turn comes. */
static bool is_eager(const struct ingest *in, bool ended)
{
    return in->read == NULL || !in->have_header ||
           (!ended && etl_merge_pending_bytes(in->merge) < EAGER_BYTES);
}

/* Takes a buffer: the first one brings the file header, every one goes to the merge. */
static int take_buffer(struct ingest *in, const struct etl_frame *frame, bool ended,
                       struct err_info *info)
{
    struct etl_buffer_ref ref = {
        .header = frame->header, .offset = frame->offset, .stored = (uint32_t)frame->bytes};
    int rc = 0;
    if (is_eager(in, ended))
        rc = copy_buffer(in, frame, &ref.bytes);
    if (rc == 0 && !in->have_header)
        rc = start_trace(in, (struct span){ref.bytes, ref.stored}, &frame->header, info);
    if (rc != 0) {
        free(ref.bytes);
        return rc;
    }
    in->buffers++;
    in->bytes_found += ref.stored;
    rc = sequence_set_add(&in->sequences, frame->header.sequence);
    if (rc != 0) {
        free(ref.bytes);
        return rc;
    }
    return etl_merge_add(in->merge, &ref);
}

/* One frame at the framer's offset. Sets in->framed when there is nothing more for now. */
static int frame_one(struct ingest *in, uint64_t *want, bool ended, struct err_info *info)
{
    struct span window;
    uint64_t offset = in->framer.offset;
    int rc = show_window(in, *want, &window);
    if (rc != 0)
        return err_set(info, rc, "offset %llu: %s", (unsigned long long)offset, strerror(-rc));
    if (offset == 0 && !in->have_header && !ended && available(in) < ETL_DETECT_SIZE) {
        in->framed = true;
        return 0;
    }
    if (offset == 0 && !in->have_header && etl_detect(window) != ETL_KIND_ETL)
        return fail_format(in, window, info);
    struct etl_frame frame;
    etl_framer_step(&in->framer, window, available(in), ended, &frame);
    *want = ETL_FRAMER_WINDOW;
    switch (frame.kind) {
    case ETL_FRAME_BUFFER:
        rc = take_buffer(in, &frame, ended, info);
        break;
    case ETL_FRAME_MORE:
        *want = frame.bytes;
        in->framed = frame.bytes > available(in) || (in->read == NULL && frame.bytes > window.len);
        break;
    case ETL_FRAME_SKIP:
        in->tally.buffers_damaged += frame.first;
        break;
    case ETL_FRAME_END:
        in->framed = true;
        break;
    }
    if (in->read == NULL)
        in->window_start += (size_t)(in->framer.offset - offset);
    return rc;
}

static int frame_some(struct ingest *in, bool ended, struct err_info *info)
{
    uint64_t want = in->have_header ? ETL_FRAMER_WINDOW : ETL_DETECT_SIZE;
    for (unsigned i = 0; i < STEP_BUFFERS && !in->framed; i++) {
        int rc = frame_one(in, &want, ended, info);
        if (rc != 0)
            return rc;
    }
    return 0;
}

/* ---- events ---- */

/* Up to which raw time events may be handed out now. */
static int64_t hold_until(struct ingest *in, enum ingest_hold hold)
{
    if (hold != INGEST_HOLD || etl_merge_pending_bytes(in->merge) > INGEST_HOLD_BYTES)
        return INT64_MAX;
    int64_t newest = etl_merge_newest(in->merge);
    uint64_t ticks = in->trace->clock.ticks_per_second;
    int64_t back = (int64_t)((uint64_t)INGEST_HOLD_BACK_NS / 1000000000 * ticks);
    return newest < INT64_MIN + back ? INT64_MIN : newest - back;
}

/* Replays a run of events in order. A full store is a loss that is counted, not an error. */
static int replay_run(struct ingest *in, const struct trace_event *events, size_t n)
{
    uint64_t before = store_appended(in->trace->store);
    int rc = replay_take(in->trace->replay, events, n);
    if (rc != ERR_LIMIT)
        return rc;
    in->not_stored += n - (size_t)(store_appended(in->trace->store) - before);
    return 0;
}

/* Sorts a batch into what is in order, what is late, and what the journal must remember. */
static int take_batch(struct ingest *in, size_t n)
{
    size_t run = 0; /* events [run, i) are in order and not replayed yet */
    for (size_t i = 0; i <= n; i++) {
        const struct trace_event *e = &in->batch[i < n ? i : 0];
        if (i < n && !e->late && e->kind == EVENT_HEAP)
            continue;
        int rc = i > run ? replay_run(in, in->batch + run, i - run) : 0;
        run = i + 1;
        if (rc == 0 && i < n && e->late) {
            rc = kept_list_add(&in->late, e, in->late_count++);
        } else if (rc == 0 && i < n) {
            rc = kept_list_add(&in->journal, e, store_appended(in->trace->store));
            if (rc == 0)
                rc = replay_run(in, e, 1);
        }
        if (rc != 0)
            return rc;
    }
    store_publish(in->trace->store);
    return 0;
}

/* ---- late records ---- */

static int start_rebuild(struct ingest *in)
{
    in->rebuild_started = clock_monotonic_ns();
    in->rebuild = rebuild_new(in->trace, &in->journal, &in->late);
    return in->rebuild != NULL ? INGEST_MORE : -ENOMEM;
}

static int step_rebuild(struct ingest *in)
{
    int rc = rebuild_step(in->rebuild, STEP_EVENTS);
    if (rc == 1)
        return INGEST_MORE;
    struct kept_list journal = {0};
    struct trace *made = NULL;
    if (rc == 0 || rc == ERR_LIMIT)
        made = rebuild_take(in->rebuild, &journal);
    rebuild_free(in->rebuild);
    in->rebuild = NULL;
    if (made == NULL)
        return rc;
    made->header = in->trace->header;
    trace_unref(in->trace);
    in->trace = made;
    kept_list_release(&in->journal);
    kept_list_release(&in->late);
    in->journal = journal;
    int64_t now = clock_monotonic_ns();
    in->rebuild_due = now + (now - in->rebuild_started) * (REBUILD_SHARE - 1);
    return INGEST_MORE;
}

static bool rebuild_is_due(const struct ingest *in, enum ingest_hold hold)
{
    return in->late.count != 0 &&
           (hold == INGEST_FINISH || clock_monotonic_ns() >= in->rebuild_due);
}

/* ---- the step ---- */

/* Nothing more can be framed or merged now. */
static int at_rest(struct ingest *in, enum ingest_hold hold, struct err_info *info)
{
    if (in->trace == NULL) {
        if (hold != INGEST_FINISH)
            return INGEST_WAIT;
        if (in->size == 0)
            return err_set(info, ERR_EMPTY, "%s", etl_kind_advice(ETL_KIND_EMPTY));
        return err_set(info, ERR_FORMAT,
                       "ends before its file header does: the capture was cut off");
    }
    if (rebuild_is_due(in, hold))
        return start_rebuild(in);
    return hold == INGEST_FINISH ? INGEST_ENDED : INGEST_WAIT;
}

int ingest_step(struct ingest *in, enum ingest_hold hold, struct err_info *info)
{
    if (in->rebuild != NULL)
        return step_rebuild(in);
    if (!in->framed) {
        int rc = frame_some(in, hold == INGEST_FINISH, info);
        if (rc != 0)
            return rc;
        if (!in->framed)
            return INGEST_MORE;
    }
    if (in->trace == NULL)
        return at_rest(in, hold, info);
    size_t n = etl_merge_read(in->merge, hold_until(in, hold), in->batch, STEP_EVENTS);
    if (n == 0)
        return etl_merge_is_paused(in->merge) ? INGEST_MORE : at_rest(in, hold, info);
    int rc = take_batch(in, n);
    return rc != 0 ? err_set(info, rc, "out of memory") : INGEST_MORE;
}

/* ---- what is known ---- */

struct trace *ingest_trace(const struct ingest *in)
{
    return in->trace;
}

const struct etl_tally *ingest_tally(const struct ingest *in)
{
    return &in->tally;
}

static uint64_t larger(uint64_t a, uint64_t b)
{
    return a > b ? a : b;
}

void ingest_trust(struct ingest *in, struct trust *out)
{
    *out = (struct trust){
        .buffers_damaged = in->tally.buffers_damaged,
        .records_skipped = in->tally.records_skipped + in->not_stored,
        .events_lost = in->tally.lost_event_marks,
        .buffers_lost = in->tally.lost_buffer_marks,
        .late_records = in->late_count,
        .sequence_gaps = sequence_set_gaps(&in->sequences),
    };
    if (in->trace == NULL)
        return;
    const struct replay_trust *r = replay_trust(in->trace->replay);
    out->events_lost = larger(out->events_lost, in->trace->header.events_lost);
    out->buffers_lost = larger(out->buffers_lost, in->trace->header.buffers_lost);
    out->unmatched_frees = r->unmatched_frees;
    out->lost_frees = r->lost_frees;
    out->lost_destroys = r->lost_destroys;
    out->repaired = r->repaired;
    out->double_frees = r->double_frees;
    out->wrong_heap = r->wrong_heap;
    out->duplicates = r->duplicates;
    out->other = r->other;
}

int ingest_refresh_header(struct ingest *in, bool *out_finished)
{
    *out_finished = false;
    if (in->read == NULL || in->trace == NULL)
        return 0;
    uint32_t want = in->trace->header.first_buffer_size;
    int rc = reserve_window(in, want);
    size_t n = 0;
    if (rc == 0)
        rc = in->read(in->ctx, 0, in->window, want, &n);
    if (rc != 0)
        return rc;
    struct span buffer = {in->window, n};
    struct etl_file_header header;
    struct etl_buffer_header first;
    rc = etl_file_header_parse(buffer, &header, NULL);
    if (rc != 0 || !etl_buffer_parse(buffer, &first))
        return rc != 0 ? rc : ERR_FORMAT;
    in->trace->header = header;
    in->grew_header = first.filled != in->header_filled;
    *out_finished = !etl_file_header_is_live(&header);
    return 0;
}

bool ingest_is_finished(const struct ingest *in)
{
    return in->trace != NULL && !etl_file_header_is_live(&in->trace->header);
}

bool ingest_needs_reread(const struct ingest *in)
{
    return in->trace != NULL &&
           (in->grew_header || (in->trace->header.log_file_mode & ETL_MODE_CIRCULAR) != 0);
}

uint64_t ingest_bytes_done(const struct ingest *in)
{
    return in->tally.bytes;
}

uint64_t ingest_bytes_known(const struct ingest *in)
{
    return in->bytes_found;
}

uint64_t ingest_buffers(const struct ingest *in)
{
    return in->buffers;
}

int64_t ingest_last_time(const struct ingest *in)
{
    return in->tally.records != 0 ? in->tally.last_time : INT64_MIN;
}

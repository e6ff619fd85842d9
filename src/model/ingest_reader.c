/* Framing and merging in small steps; see ingest_reader.h. */
#include "model/ingest_reader.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "decoder/etl_detect.h"
#include "decoder/etl_framer.h"
#include "decoder/etl_merge.h"
#include "model/sequence_set.h"

/* One step finds so many buffers, or opens so many bytes of them, at most. */
#define STEP_BUFFERS 256u
#define STEP_BYTES   ((size_t)1 << 20)

/* Of a live file so much is read as soon as it is found, so that it is not lost if the file shrinks
 * while it is held back. */
#define EAGER_BYTES ((size_t)64 << 20)

struct ingest_reader {
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
    bool ended;  /* ... and what follows will never come: a cut buffer is taken as it is */
    bool have_header;
    struct etl_file_header header;
    struct etl_clock clock;
    uint32_t header_filled; /* used bytes of the header buffer when first read */
    bool header_grew;
    struct etl_merge *merge;
    struct etl_tally tally;
    struct sequence_set sequences;
    uint64_t buffers;
};

/* ---- batches ---- */

int event_batch_own(struct event_batch *b)
{
    bool ok = true;
    for (size_t i = 0; i < b->count && ok; i++)
        ok = trace_event_own(&b->events[i], &b->arena);
    return ok ? 0 : -ENOMEM;
}

void event_batch_clear(struct event_batch *b)
{
    arena_release(&b->arena);
    b->count = 0;
}

/* ---- life ---- */

struct ingest_reader *ingest_reader_new(ingest_read_fn read, void *ctx)
{
    struct ingest_reader *r = calloc(1, sizeof *r);
    if (r == NULL)
        return NULL;
    r->read = read;
    r->ctx = ctx;
    etl_framer_init(&r->framer, read != NULL);
    return r;
}

void ingest_reader_free(struct ingest_reader *r)
{
    if (r == NULL)
        return;
    sequence_set_release(&r->sequences);
    etl_merge_free(r->merge);
    free(r->window);
    free(r);
}

void ingest_reader_set_size(struct ingest_reader *r, uint64_t size)
{
    r->size = size;
    r->framed = false;
}

static int reserve_window(struct ingest_reader *r, size_t need)
{
    void *p = r->window;
    if (base_grow(&p, &r->window_cap, need, 1) != 0)
        return -ENOMEM;
    r->window = p;
    return 0;
}

int ingest_reader_push(struct ingest_reader *r, const void *bytes, size_t n)
{
    /* What was framed is dropped once it is the larger half, so that moving the rest costs O(1) a
     * byte. */
    if (r->window_start > r->window_len - r->window_start) {
        memmove(r->window, r->window + r->window_start, r->window_len - r->window_start);
        r->window_len -= r->window_start;
        r->window_start = 0;
    }
    int rc = reserve_window(r, r->window_len + n);
    if (rc != 0)
        return rc;
    memcpy(r->window + r->window_len, bytes, n);
    r->window_len += n;
    r->size += n;
    r->framed = false;
    return 0;
}

/* ---- framing ---- */

static uint64_t available(const struct ingest_reader *r)
{
    return r->size > r->framer.offset ? r->size - r->framer.offset : 0;
}

/* The bytes at the framer's offset: `want` of them, fewer when there are no more. */
static int show_window(struct ingest_reader *r, uint64_t want, struct span *out)
{
    if (r->read == NULL) {
        struct span all = {r->window, r->window_len};
        *out = r->window != NULL ? span_from(all, r->window_start) : all;
        return 0;
    }
    if (want > available(r))
        want = available(r);
    int rc = reserve_window(r, (size_t)want);
    size_t n = 0;
    if (rc == 0)
        rc = r->read(r->ctx, r->framer.offset, r->window, (size_t)want, &n);
    /* A file that is shorter than it was ends here. */
    if (rc == 0 && n < want)
        r->size = r->framer.offset + n;
    *out = (struct span){r->window, n};
    return rc;
}

static int fail_format(struct span first, struct err_info *info)
{
    enum etl_kind kind = etl_detect(first);
    if (kind == ETL_KIND_ETL)
        kind = ETL_KIND_UNKNOWN;
    return err_set(info, kind == ETL_KIND_EMPTY ? ERR_EMPTY : ERR_FORMAT, "%s",
                   etl_kind_advice(kind));
}

static int load_buffer(void *ctx, const struct etl_buffer_ref *ref, uint8_t *out)
{
    struct ingest_reader *r = ctx;
    size_t n;
    int rc = r->read(r->ctx, ref->offset, out, ref->stored, &n);
    return rc != 0 ? rc : n == ref->stored ? 0 : -EIO;
}

static int take_header(struct ingest_reader *r, struct span buffer,
                       const struct etl_buffer_header *first, struct err_info *info)
{
    int rc = etl_file_header_parse(buffer, &r->header, info);
    if (rc != 0)
        return rc;
    r->have_header = true;
    r->header_filled = first->filled;
    etl_clock_init(&r->clock, &r->header);
    etl_framer_set_layout(&r->framer, &r->header);
    r->merge = etl_merge_new(&r->header, &r->tally, r->read != NULL ? load_buffer : NULL, r);
    if (r->merge == NULL)
        return err_set(info, -ENOMEM, "out of memory");
    etl_merge_set_budget(r->merge, STEP_BYTES);
    return 0;
}

/* Copies the bytes of the buffer just framed: from the stream's window, or from the file. */
static int copy_buffer(struct ingest_reader *r, const struct etl_frame *frame, uint8_t **out)
{
    uint8_t *copy = malloc((size_t)frame->bytes);
    if (copy == NULL)
        return -ENOMEM;
    size_t n = (size_t)frame->bytes;
    int rc = 0;
    if (r->read == NULL)
        memcpy(copy, r->window + r->window_start, n);
    else
        rc = r->read(r->ctx, frame->offset, copy, n, &n);
    if (rc != 0 || n < frame->bytes) {
        free(copy);
        return rc != 0 ? rc : -EIO;
    }
    *out = copy;
    return 0;
}

/* True when the buffer's bytes are wanted now, not when its turn comes. */
static bool is_eager(const struct ingest_reader *r, bool ended)
{
    return r->read == NULL || !r->have_header ||
           (!ended && etl_merge_pending_bytes(r->merge) < EAGER_BYTES);
}

/* Takes a buffer: the first one brings the file header, every one goes to the merge. */
static int take_buffer(struct ingest_reader *r, const struct etl_frame *frame, bool ended,
                       struct err_info *info)
{
    struct etl_buffer_ref ref = {
        .header = frame->header, .offset = frame->offset, .stored = (uint32_t)frame->bytes};
    int rc = 0;
    if (is_eager(r, ended))
        rc = copy_buffer(r, frame, &ref.bytes);
    if (rc == 0 && !r->have_header)
        rc = take_header(r, (struct span){ref.bytes, ref.stored}, &frame->header, info);
    if (rc == 0)
        rc = sequence_set_add(&r->sequences, frame->header.sequence);
    if (rc != 0) {
        free(ref.bytes);
        return rc;
    }
    r->buffers++;
    return etl_merge_add(r->merge, &ref);
}

/* One frame at the framer's offset. Sets r->framed when there is nothing more for now. */
static int frame_one(struct ingest_reader *r, uint64_t *want, bool ended, struct err_info *info)
{
    struct span window;
    uint64_t offset = r->framer.offset;
    int rc = show_window(r, *want, &window);
    if (rc != 0)
        return err_set(info, rc, "offset %llu: %s", (unsigned long long)offset, strerror(-rc));
    bool at_start = offset == 0 && !r->have_header;
    if (at_start && !ended && available(r) < ETL_DETECT_SIZE) {
        r->framed = true;
        return 0;
    }
    if (at_start && etl_detect(window) != ETL_KIND_ETL)
        return fail_format(window, info);
    struct etl_frame frame;
    etl_framer_step(&r->framer, window, available(r), ended, &frame);
    *want = ETL_FRAMER_WINDOW;
    switch (frame.kind) {
    case ETL_FRAME_BUFFER:
        rc = take_buffer(r, &frame, ended, info);
        break;
    case ETL_FRAME_MORE:
        *want = frame.bytes;
        r->framed = frame.bytes > available(r);
        break;
    case ETL_FRAME_SKIP:
        r->tally.buffers_damaged += frame.first;
        break;
    case ETL_FRAME_END:
        r->framed = true;
        break;
    }
    if (r->read == NULL)
        r->window_start += (size_t)(r->framer.offset - offset);
    return rc;
}

static int frame_some(struct ingest_reader *r, bool ended, struct err_info *info)
{
    uint64_t want = r->have_header ? ETL_FRAMER_WINDOW : ETL_DETECT_SIZE;
    for (unsigned i = 0; i < STEP_BUFFERS && !r->framed; i++) {
        int rc = frame_one(r, &want, ended, info);
        if (rc != 0)
            return rc;
    }
    return 0;
}

/* ---- the step ---- */

/* Up to which raw time events may be handed out now. */
static int64_t hold_until(struct ingest_reader *r, enum ingest_hold hold)
{
    if (hold != INGEST_HOLD || etl_merge_pending_bytes(r->merge) > INGEST_HOLD_BYTES)
        return INT64_MAX;
    int64_t newest = etl_merge_newest(r->merge);
    int64_t back =
        (int64_t)((uint64_t)INGEST_HOLD_BACK_NS / 1000000000 * r->clock.ticks_per_second);
    return newest < INT64_MIN + back ? INT64_MIN : newest - back;
}

int ingest_reader_step(struct ingest_reader *r, enum ingest_hold hold, struct event_batch *out,
                       struct err_info *info)
{
    out->count = 0;
    if (hold == INGEST_FINISH && !r->ended) {
        r->ended = true;
        r->framed = false;
    }
    if (!r->framed) {
        int rc = frame_some(r, hold == INGEST_FINISH, info);
        if (rc != 0)
            return rc;
        if (!r->framed)
            return READER_MORE;
    }
    if (!r->have_header)
        return READER_REST;
    out->count = etl_merge_read(r->merge, hold_until(r, hold), out->events, EVENT_BATCH_SIZE);
    if (out->count != 0)
        return READER_EVENTS;
    return etl_merge_is_paused(r->merge) ? READER_MORE : READER_REST;
}

/* ---- what is known ---- */

const struct etl_file_header *ingest_reader_header(const struct ingest_reader *r)
{
    return r->have_header ? &r->header : NULL;
}

int ingest_reader_refresh_header(struct ingest_reader *r)
{
    if (r->read == NULL || !r->have_header)
        return 0;
    uint32_t want = r->header.first_buffer_size;
    int rc = reserve_window(r, want);
    size_t n = 0;
    if (rc == 0)
        rc = r->read(r->ctx, 0, r->window, want, &n);
    if (rc != 0)
        return rc;
    struct span buffer = {r->window, n};
    struct etl_buffer_header first;
    rc = etl_buffer_parse(buffer, &first) ? etl_file_header_parse(buffer, &r->header, NULL)
                                          : ERR_FORMAT;
    r->header_grew = rc == 0 && first.filled != r->header_filled;
    return rc;
}

bool ingest_reader_header_grew(const struct ingest_reader *r)
{
    return r->header_grew;
}

const struct etl_tally *ingest_reader_tally(const struct ingest_reader *r)
{
    return &r->tally;
}

uint64_t ingest_reader_sequence_gaps(struct ingest_reader *r)
{
    return sequence_set_gaps(&r->sequences);
}

uint64_t ingest_reader_size(const struct ingest_reader *r)
{
    return r->size;
}

uint64_t ingest_reader_buffers(const struct ingest_reader *r)
{
    return r->buffers;
}

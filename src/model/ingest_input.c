/* Framing one input in small steps; see ingest_input.h. */
#include "model/ingest_input.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "decoder/etl_detect.h"

/* One step finds so many buffers at most. */
#define STEP_BUFFERS 256u

/* Of a live file so much is read as soon as it is found, so that it is not lost if the file shrinks
 * while it is held back. */
#define EAGER_BYTES ((size_t)64 << 20)

/* ---- life ---- */

void ingest_input_init(struct ingest_input *r, struct etl_merge *merge, unsigned number,
                       ingest_read_fn read, void *ctx)
{
    *r = (struct ingest_input){.read = read, .ctx = ctx, .merge = merge, .number = number};
    etl_framer_init(&r->framer, read != NULL);
}

void ingest_input_release(struct ingest_input *r)
{
    sequence_set_release(&r->sequences);
    free(r->window);
}

void ingest_input_set_size(struct ingest_input *r, uint64_t size)
{
    r->size = size;
    r->framed = false;
}

static int reserve_window(struct ingest_input *r, size_t need)
{
    void *p = r->window;
    if (base_grow(&p, &r->window_cap, need, 1) != 0)
        return -ENOMEM;
    r->window = p;
    return 0;
}

int ingest_input_push(struct ingest_input *r, const void *bytes, size_t n)
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

static uint64_t available(const struct ingest_input *r)
{
    return r->size > r->framer.offset ? r->size - r->framer.offset : 0;
}

/* The bytes at the framer's offset: `want` of them, fewer when there are no more. */
static int show_window(struct ingest_input *r, uint64_t want, struct span *out)
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
    if (rc == 0 && want != 0)
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
    struct ingest_input *r = ctx;
    size_t n;
    int rc = r->read(r->ctx, ref->offset, out, ref->stored, &n);
    return rc != 0 ? rc : n == ref->stored ? 0 : -EIO;
}

static int take_header(struct ingest_input *r, struct span buffer,
                       const struct etl_buffer_header *first, struct err_info *info)
{
    int rc = etl_file_header_parse(buffer, &r->header, info);
    if (rc != 0)
        return rc;
    r->have_header = true;
    r->header_filled = first->filled;
    etl_framer_set_layout(&r->framer, &r->header);
    rc = etl_merge_open(r->merge, r->number, &r->header, &r->tally,
                        r->read != NULL ? load_buffer : NULL, r);
    return rc == 0 ? 0 : err_set(info, rc, "out of memory");
}

/* Copies the bytes of the buffer just framed: from the stream's window, or from the file. */
static int copy_buffer(struct ingest_input *r, const struct etl_frame *frame, uint8_t **out)
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
static bool is_eager(const struct ingest_input *r, bool ended)
{
    return r->read == NULL || !r->have_header ||
           (!ended && etl_merge_pending_bytes(r->merge) < EAGER_BYTES);
}

/* Takes a buffer: the first one brings the file header, every one goes to the merge. */
static int take_buffer(struct ingest_input *r, const struct etl_frame *frame, bool ended,
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
    return etl_merge_add(r->merge, r->number, &ref);
}

/* One frame at the framer's offset. Sets r->framed when there is nothing more for now. */
static int frame_one(struct ingest_input *r, uint64_t *want, bool ended, struct err_info *info)
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

int ingest_input_frame(struct ingest_input *r, bool ended, struct err_info *info)
{
    if (ended && !r->ended) {
        r->ended = true;
        r->framed = false;
    }
    uint64_t want = r->have_header ? ETL_FRAMER_WINDOW : ETL_DETECT_SIZE;
    for (unsigned i = 0; i < STEP_BUFFERS && !r->framed; i++) {
        int rc = frame_one(r, &want, ended, info);
        if (rc != 0)
            return rc;
    }
    return 0;
}

/* ---- what is known ---- */

int ingest_input_refresh_header(struct ingest_input *r)
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

/* Buffers that the finished header promises and the input does not have: a file that was cut. */
static uint64_t missing_buffers(const struct ingest_input *r)
{
    if (!r->ended || etl_file_header_is_live(&r->header) ||
        (r->header.log_file_mode & ETL_MODE_CIRCULAR) != 0)
        return 0;
    uint64_t written = r->header.buffers_written;
    return written > r->buffers ? written - r->buffers : 0;
}

static uint64_t larger(uint64_t a, uint64_t b)
{
    return a > b ? a : b;
}

void ingest_input_add_losses(struct ingest_input *r, bool all_read, struct trust *out)
{
    const struct etl_tally *t = &r->tally;
    out->buffers_damaged += larger(t->buffers_damaged, all_read ? missing_buffers(r) : 0);
    out->records_skipped += t->records_skipped;
    out->events_lost += larger(t->lost_event_marks, r->have_header ? r->header.events_lost : 0);
    out->buffers_lost += larger(t->lost_buffer_marks, r->have_header ? r->header.buffers_lost : 0);
    out->sequence_gaps += sequence_set_gaps(&r->sequences);
}

bool ingest_input_needs_reread(const struct ingest_input *r)
{
    return r->have_header && (r->header_grew || (r->header.log_file_mode & ETL_MODE_CIRCULAR) != 0);
}

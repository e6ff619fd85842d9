/* The inputs of one ingest, and the merge of all their buffers; see ingest_reader.h. */
#include "model/ingest_reader.h"

#include <errno.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "decoder/etl_merge.h"
#include "model/common_header.h"
#include "model/ingest_input.h"

/* One step opens so many bytes of buffers at most. */
#define STEP_BYTES ((size_t)1 << 20)

struct ingest_reader {
    struct ingest_input **inputs; /* by number; owned */
    size_t count, cap;
    struct etl_merge *merge;
    struct etl_file_header common; /* of several inputs: what holds for all; see `complete` */
    bool complete;                 /* every input has its header, and `common` is made */
    struct etl_tally sum;          /* of several inputs; made when asked for */
    unsigned failed;               /* the input that the last error is about */
};

/* ---- batches ---- */

void event_batch_clear(struct event_batch *b)
{
    arena_release(&b->arena);
    b->count = 0;
}

/* ---- life ---- */

struct ingest_reader *ingest_reader_new(void)
{
    struct ingest_reader *r = calloc(1, sizeof *r);
    if (r == NULL)
        return NULL;
    r->merge = etl_merge_new();
    if (r->merge != NULL) {
        etl_merge_set_budget(r->merge, STEP_BYTES);
        return r;
    }
    free(r);
    return NULL;
}

void ingest_reader_free(struct ingest_reader *r)
{
    if (r == NULL)
        return;
    etl_merge_free(r->merge);
    for (size_t i = 0; i < r->count; i++) {
        ingest_input_release(r->inputs[i]);
        free(r->inputs[i]);
    }
    free(r->inputs);
    free(r);
}

int ingest_reader_add(struct ingest_reader *r, ingest_read_fn read, void *ctx)
{
    if (r->count == INGEST_INPUTS_MAX)
        return ERR_LIMIT;
    void *p = r->inputs;
    int rc = base_grow(&p, &r->cap, r->count + 1, sizeof *r->inputs);
    r->inputs = p;
    struct ingest_input *in = rc == 0 ? malloc(sizeof *in) : NULL;
    if (in == NULL)
        return -ENOMEM;
    ingest_input_init(in, r->merge, (unsigned)r->count, read, ctx);
    r->inputs[r->count] = in;
    return (int)r->count++;
}

void ingest_reader_own(struct ingest_reader *r, struct event_batch *b)
{
    arena_release(&b->arena);
    b->arena = etl_merge_take_borrowed(r->merge);
}

size_t ingest_reader_count(const struct ingest_reader *r)
{
    return r->count;
}

void ingest_reader_set_size(struct ingest_reader *r, unsigned input, uint64_t size)
{
    ingest_input_set_size(r->inputs[input], size);
}

int ingest_reader_push(struct ingest_reader *r, unsigned input, const void *bytes, size_t n)
{
    return ingest_input_push(r->inputs[input], bytes, n);
}

void ingest_reader_set_hold(struct ingest_reader *r, unsigned input, enum ingest_hold hold)
{
    r->inputs[input]->hold = hold;
}

/* ---- headers ---- */

static int fail(struct ingest_reader *r, size_t input, int rc)
{
    r->failed = (unsigned)input;
    return rc;
}

static void make_common(struct ingest_reader *r)
{
    r->common = r->inputs[0]->header;
    for (size_t i = 1; i < r->count; i++)
        common_header_join(&r->common, &r->inputs[i]->header);
}

/* Holds the header of input `i`, just read, against one that was there before. */
static int join_header(struct ingest_reader *r, size_t i, struct err_info *info)
{
    size_t with_header = 0;
    for (size_t k = 0; k < r->count; k++) {
        const struct ingest_input *other = r->inputs[k];
        if (!other->have_header)
            continue;
        with_header++;
        if (k == i || !other->joined)
            continue;
        int rc = common_header_check(&other->header, &r->inputs[i]->header, info);
        if (rc != 0)
            return fail(r, i, rc);
    }
    r->inputs[i]->joined = true;
    r->complete = with_header == r->count;
    if (r->complete && r->count > 1)
        make_common(r);
    return 0;
}

const struct etl_file_header *ingest_reader_header(const struct ingest_reader *r)
{
    if (!r->complete)
        return NULL;
    return r->count == 1 ? &r->inputs[0]->header : &r->common;
}

int ingest_reader_refresh_header(struct ingest_reader *r, unsigned input)
{
    int rc = ingest_input_refresh_header(r->inputs[input]);
    if (rc == 0 && r->complete && r->count > 1)
        make_common(r);
    return rc;
}

/* ---- the step ---- */

static enum ingest_hold hold_of(const struct ingest_input *in, enum ingest_hold hold)
{
    return in->hold > hold ? in->hold : hold;
}

/* Finds buffers of one input that has some. Returns READER_MORE while there may be more, else
 * READER_REST. */
static int frame_some(struct ingest_reader *r, enum ingest_hold hold, struct err_info *info)
{
    for (size_t i = 0; i < r->count; i++) {
        struct ingest_input *in = r->inputs[i];
        bool ends = hold_of(in, hold) == INGEST_FINISH;
        if (in->framed && (in->ended || !ends))
            continue;
        int rc = ingest_input_frame(in, ends, info);
        if (rc == 0 && in->have_header && !in->joined)
            rc = join_header(r, i, info);
        if (rc != 0)
            return fail(r, i, rc);
        if (!in->framed || r->count > 1)
            return READER_MORE;
    }
    return READER_REST;
}

/*
 * Up to which raw time events may be handed out now: two seconds less than the newest of the input
 * that is furthest behind, of those that are still waited for.
 */
static int64_t hold_until(struct ingest_reader *r, enum ingest_hold hold)
{
    if (hold != INGEST_HOLD || etl_merge_pending_bytes(r->merge) > INGEST_HOLD_BYTES)
        return INT64_MAX;
    struct etl_clock clock;
    etl_clock_init(&clock, ingest_reader_header(r));
    int64_t back = (int64_t)((uint64_t)INGEST_HOLD_BACK_NS / 1000000000 * clock.ticks_per_second);
    int64_t until = INT64_MAX;
    for (size_t i = 0; i < r->count; i++) {
        if (hold_of(r->inputs[i], hold) != INGEST_HOLD)
            continue;
        int64_t newest = etl_merge_newest(r->merge, (unsigned)i);
        int64_t least = newest < INT64_MIN + back ? INT64_MIN : newest - back;
        if (least < until)
            until = least;
    }
    return until;
}

int ingest_reader_step(struct ingest_reader *r, enum ingest_hold hold, struct event_batch *out,
                       struct err_info *info)
{
    out->count = 0;
    int rc = frame_some(r, hold, info);
    if (rc != READER_REST)
        return rc;
    if (!r->complete)
        return READER_REST;
    out->count = etl_merge_read(r->merge, hold_until(r, hold), out->events, EVENT_BATCH_SIZE);
    if (out->count != 0)
        return READER_EVENTS;
    return etl_merge_is_paused(r->merge) ? READER_MORE : READER_REST;
}

/* ---- what is known ---- */

unsigned ingest_reader_failed(const struct ingest_reader *r)
{
    return r->failed;
}

int ingest_reader_missing_header(struct ingest_reader *r, uint64_t *out_size)
{
    for (size_t i = 0; i < r->count; i++) {
        if (r->inputs[i]->have_header)
            continue;
        *out_size = r->inputs[i]->size;
        return fail(r, i, 1);
    }
    return 0;
}

const struct etl_file_header *ingest_reader_input_header(const struct ingest_reader *r,
                                                         unsigned input)
{
    return r->inputs[input]->have_header ? &r->inputs[input]->header : NULL;
}

const struct etl_tally *ingest_reader_input_tally(const struct ingest_reader *r, unsigned input)
{
    return &r->inputs[input]->tally;
}

void ingest_reader_input_losses(struct ingest_reader *r, unsigned input, bool all_read,
                                struct trust *out)
{
    ingest_input_add_losses(r->inputs[input], all_read, out);
}

uint64_t ingest_reader_input_buffers(const struct ingest_reader *r, unsigned input)
{
    return r->inputs[input]->buffers;
}

const struct etl_tally *ingest_reader_tally(struct ingest_reader *r)
{
    if (r->count == 1)
        return &r->inputs[0]->tally;
    r->sum = (struct etl_tally){0};
    for (size_t i = 0; i < r->count; i++)
        etl_tally_add(&r->sum, &r->inputs[i]->tally);
    return &r->sum;
}

void ingest_reader_losses(struct ingest_reader *r, bool all_read, struct trust *out)
{
    for (size_t i = 0; i < r->count; i++)
        ingest_input_add_losses(r->inputs[i], all_read, out);
}

bool ingest_reader_needs_reread(const struct ingest_reader *r)
{
    for (size_t i = 0; i < r->count; i++)
        if (ingest_input_needs_reread(r->inputs[i]))
            return true;
    return false;
}

bool ingest_reader_is_files(const struct ingest_reader *r)
{
    for (size_t i = 0; i < r->count; i++)
        if (r->inputs[i]->read == NULL)
            return false;
    return true;
}

uint64_t ingest_reader_size(const struct ingest_reader *r)
{
    uint64_t size = 0;
    for (size_t i = 0; i < r->count; i++)
        size += r->inputs[i]->size;
    return size;
}

uint64_t ingest_reader_buffers(const struct ingest_reader *r)
{
    uint64_t buffers = 0;
    for (size_t i = 0; i < r->count; i++)
        buffers += r->inputs[i]->buffers;
    return buffers;
}

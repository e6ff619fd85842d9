/*
 * The state machine of etl_framer.h.
 *
 *   in step --header is sane--------------------------> BUFFER
 *           --header is zero----> zeros --input ends--> END
 *           |                          \--something---> SKIP
 *           \--anything else----> SKIP to the next stride, or to the next header that looks real
 *
 * After a SKIP the framer is in step again at the new place, only more suspicious.
 */
#include "decoder/etl_framer.h"

/* Bytes looked at in one step where no stride helps. */
#define SCAN_WINDOW 65536u

/* Bytes that may be read ahead to verify sizes, whatever the size of the input. */
#define VERIFY_FREE ((uint64_t)4 * ETL_BUFFER_MAX)

/* The input as one step sees it; moves along with framer->offset. */
struct view {
    struct span window;
    uint64_t available;
    bool ended;
};

void etl_framer_init(struct etl_framer *f, bool seekable)
{
    *f = (struct etl_framer){.seekable = seekable};
}

void etl_framer_set_layout(struct etl_framer *f, const struct etl_file_header *h)
{
    bool sane = h->buffer_size >= ETL_BUFFER_HEADER_SIZE && h->buffer_size <= ETL_BUFFER_MAX;
    f->buffer_size = sane ? h->buffer_size : 0;
    f->sizes_vary = (h->log_file_mode & ETL_MODE_COMPRESSED) != 0;
    if (h->first_buffer_size == f->buffer_size)
        f->stride_base = f->buffer_size;
}

/* Strides need equal buffers and one that was where it should be: the size of the first buffer may
 * be another one (etl-format 1.4), or a lie. */
static bool has_stride(const struct etl_framer *f)
{
    return f->stride_base != 0 && !f->sizes_vary;
}

/* Distance to the next place a buffer can begin at, more than 0 (etl-format 9.7). */
static uint64_t to_next_stride(const struct etl_framer *f)
{
    if (f->offset < f->stride_base)
        return f->stride_base - f->offset;
    return f->buffer_size - (f->offset - f->stride_base) % f->buffer_size;
}

static void advance(struct etl_framer *f, struct view *v, uint64_t n)
{
    f->offset += n;
    v->available -= n;
    v->window = n < v->window.len ? span_from(v->window, (size_t)n) : (struct span){NULL, 0};
}

static bool all_zero(struct span s, size_t n)
{
    size_t i = 0;
    while (i < n && s.p[i] == 0)
        i++;
    return i == n;
}

static void more(struct etl_frame *out, uint64_t bytes)
{
    out->kind = ETL_FRAME_MORE;
    out->bytes = bytes;
}

static void end(struct etl_framer *f, struct etl_frame *out)
{
    out->kind = ETL_FRAME_END;
    out->offset = f->offset;
}

/* Reports [start, framer->offset) as damage. */
static void skipped(struct etl_framer *f, uint64_t start, struct etl_frame *out)
{
    out->kind = ETL_FRAME_SKIP;
    out->first = !f->in_damage;
    out->offset = start;
    out->bytes = f->offset - start;
    f->in_damage = true;
}

static void skip(struct etl_framer *f, struct view *v, uint64_t n, struct etl_frame *out)
{
    uint64_t start = f->offset;
    advance(f, v, n);
    skipped(f, start, out);
}

/* Damage in a file of equal buffers. */
static void skip_to_stride(struct etl_framer *f, struct view *v, struct etl_frame *out)
{
    uint64_t n = to_next_stride(f);
    if (n < v->available)
        skip(f, v, n, out);
    else if (v->ended)
        skip(f, v, v->available, out);
    else
        more(out, n + ETL_BUFFER_HEADER_SIZE);
}

/* Damage elsewhere: passes over the places in the window where no buffer can begin. The place at
 * the offset itself was found wanting before. */
static void skip_by_scan(struct etl_framer *f, struct view *v, struct etl_frame *out)
{
    uint64_t want = v->available < SCAN_WINDOW ? v->available : SCAN_WINDOW;
    if (v->window.len < want) {
        more(out, want);
        return;
    }
    if (want < ETL_BUFFER_PROBE_SIZE + 1) {
        if (v->ended)
            skip(f, v, v->available, out);
        else
            more(out, ETL_BUFFER_PROBE_SIZE + 1);
        return;
    }
    size_t places = v->window.len - ETL_BUFFER_PROBE_SIZE;
    size_t n = 1;
    while (n < places && !etl_buffer_looks_real(span_from(v->window, n)))
        n++;
    skip(f, v, n, out);
}

static void skip_damage(struct etl_framer *f, struct view *v, struct etl_frame *out)
{
    if (has_stride(f))
        skip_to_stride(f, v, out);
    else
        skip_by_scan(f, v, out);
}

/* The end of the input, reached over zeros only: a preallocated tail (etl-format 1.5). A writer may
 * still fill it from its start. */
static void end_in_zeros(struct etl_framer *f, struct etl_frame *out)
{
    if (f->seekable) {
        f->zeros_upto = f->offset;
        f->offset = f->zeros_start;
        f->in_zeros = false;
    }
    end(f, out);
}

static void leave_zeros(struct etl_framer *f, struct etl_frame *out)
{
    f->in_zeros = false;
    skipped(f, f->zeros_start, out);
}

/* Passes over zeros; returns false when `out` is not decided yet. With strides only the places
 * where buffers can begin are looked at. */
static bool pass_zeros(struct etl_framer *f, struct view *v, struct etl_frame *out)
{
    uint64_t look = has_stride(f) ? ETL_BUFFER_HEADER_SIZE : SCAN_WINDOW;
    if (v->available == 0) {
        end_in_zeros(f, out);
        return true;
    }
    if (look > v->available)
        look = v->available;
    if (v->window.len < look) {
        more(out, look);
        return true;
    }
    size_t zeros = 0;
    while (zeros < look && v->window.p[zeros] == 0)
        zeros++;
    if (zeros == look) {
        uint64_t n = has_stride(f) ? to_next_stride(f) : look;
        advance(f, v, n < v->available ? n : v->available);
        return false;
    }
    /* The low bytes of BufferSize may be zero themselves. */
    if (!has_stride(f))
        advance(f, v, zeros > 3 ? zeros - 3 : 0);
    leave_zeros(f, out);
    return true;
}

/* True when BufferSize is what the file header makes us expect. */
static bool expected_size(const struct etl_framer *f, const struct etl_buffer_header *h)
{
    if (f->buffer_size == 0 || f->offset == 0)
        return true;
    return f->sizes_vary ? h->size <= f->buffer_size : h->size == f->buffer_size;
}

enum verdict { GENUINE, BOGUS, UNDECIDED };

/*
 * An unexpected size is believed when a buffer, zeros or the end follow where it points. Looking
 * there can cost 16 MB for 72 bytes of input, so it is done only in proportion to the input passed.
 */
static enum verdict check_size(struct etl_framer *f, const struct etl_buffer_header *h,
                               const struct view *v, struct etl_frame *out)
{
    if (h->size > v->available && v->ended)
        return BOGUS;
    if (f->verified > VERIFY_FREE + f->offset)
        return GENUINE;
    uint64_t want = (uint64_t)h->size + ETL_BUFFER_PROBE_SIZE;
    if (want > v->available && h->size <= v->available)
        want = v->available;
    if (v->window.len < want) {
        more(out, want);
        return UNDECIDED;
    }
    f->verified += want;
    struct span next = span_from(v->window, h->size);
    if (next.len < ETL_BUFFER_PROBE_SIZE || etl_buffer_looks_real(next))
        return GENUINE;
    return all_zero(next, ETL_BUFFER_HEADER_SIZE) ? GENUINE : BOGUS;
}

static enum verdict judge(struct etl_framer *f, const struct etl_buffer_header *h,
                          const struct view *v, struct etl_frame *out)
{
    if (!etl_buffer_is_sane(h))
        return BOGUS;
    if (f->in_damage && !has_stride(f)) {
        bool short_end = v->ended && v->available < ETL_BUFFER_PROBE_SIZE;
        uint64_t want = short_end ? v->available : ETL_BUFFER_PROBE_SIZE;
        if (v->window.len < want) {
            more(out, want);
            return UNDECIDED;
        }
        if (!etl_buffer_looks_real(v->window))
            return BOGUS;
    }
    return expected_size(f, h) ? GENUINE : check_size(f, h, v, out);
}

static void take_buffer(struct etl_framer *f, struct view *v, const struct etl_buffer_header *h,
                        struct etl_frame *out)
{
    if (h->size > v->available && !v->ended) {
        more(out, h->size);
        return;
    }
    out->kind = ETL_FRAME_BUFFER;
    out->offset = f->offset;
    out->bytes = h->size < v->available ? h->size : v->available;
    out->header = *h;
    f->in_damage = false;
    f->sizes_vary = f->sizes_vary || etl_buffer_is_compressed(h);
    advance(f, v, out->bytes);
    if (h->size == f->buffer_size)
        f->stride_base = f->offset;
}

/* In step with the buffers; returns false when `out` is not decided yet. */
static bool find_buffer(struct etl_framer *f, struct view *v, struct etl_frame *out)
{
    struct etl_buffer_header h;
    if (v->available == 0) {
        end(f, out);
        return true;
    }
    if (!etl_buffer_parse(v->window, &h)) {
        if (v->available < ETL_BUFFER_HEADER_SIZE && v->ended)
            skip(f, v, v->available, out);
        else
            more(out, ETL_BUFFER_HEADER_SIZE);
        return true;
    }
    if (all_zero(v->window, ETL_BUFFER_HEADER_SIZE)) {
        if (!v->ended && f->zeros_upto == f->offset + v->available) {
            end(f, out);
            return true;
        }
        f->in_zeros = true;
        f->zeros_start = f->offset;
        return false;
    }
    enum verdict verdict = judge(f, &h, v, out);
    if (verdict == GENUINE)
        take_buffer(f, v, &h, out);
    else if (verdict == BOGUS)
        skip_damage(f, v, out);
    return true;
}

void etl_framer_step(struct etl_framer *f, struct span window, uint64_t available, bool ended,
                     struct etl_frame *out_frame)
{
    struct view v = {window, available, ended};
    *out_frame = (struct etl_frame){.kind = ETL_FRAME_END};
    while (f->in_zeros ? !pass_zeros(f, &v, out_frame) : !find_buffer(f, &v, out_frame))
        ;
}

/*
 * A whole trace of any bytes: framing, expansion, records, events and their order, as a saved file,
 * as a growing one, and as a stream. Beyond the sanitizers it checks the promises of the headers:
 * no gap, no standstill, events in order unless marked late, counts that agree.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "decoder/etl_detect.h"
#include "decoder/etl_framer.h"
#include "decoder/etl_merge.h"
#include "decoder/heap_op.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool ok)
{
    if (!ok)
        abort();
}

static int load(void *ctx, const struct etl_buffer_ref *ref, uint8_t *out)
{
    const struct span *file = ctx;
    check(span_has(*file, ref->offset, ref->stored));
    memcpy(out, file->p + ref->offset, ref->stored);
    return 0;
}

/* Reads borrowed bytes, so that a sanitizer sees those that are gone. */
static void touch(const void *p, size_t n)
{
    volatile const uint8_t *bytes = p;
    for (size_t i = 0; i < n; i++)
        (void)bytes[i];
}

static void check_event(const struct trace_event *e, int64_t *newest)
{
    check(e->late == (e->time < *newest));
    if (!e->late)
        *newest = e->time;
    check(e->cpu < ETL_CPU_MAX && e->op < HEAP_OP_COUNT);
    touch(e->extra, e->extra_count * sizeof *e->extra);
    touch(e->name.p, e->name.len);
    const struct heap_op_info *info = e->kind == EVENT_HEAP ? heap_op_info(e->op) : NULL;
    if (info != NULL)
        check(e->layout < info->layout_count);
}

static size_t read_events(struct etl_merge *m, int64_t until, int64_t *newest)
{
    struct trace_event events[64];
    size_t total = 0;
    size_t n;
    while ((n = etl_merge_read(m, until, events, 64)) > 0 || etl_merge_is_paused(m)) {
        for (size_t i = 0; i < n; i++) {
            check(events[i].time <= until);
            check_event(&events[i], newest);
        }
        total += n;
    }
    return total;
}

static void add(struct etl_merge *m, struct span file, const struct etl_frame *frame, bool owned)
{
    struct etl_buffer_ref ref = {frame->header, frame->offset, (uint32_t)frame->bytes, NULL};
    if (owned) {
        ref.bytes = malloc(ref.stored);
        check(ref.bytes != NULL);
        memcpy(ref.bytes, file.p + ref.offset, ref.stored);
    }
    check(etl_merge_add(m, 0, &ref) == 0);
}

/* Gives the merge all buffers of file[0, size), until the framer has no more or must wait. */
static void frame_all(struct etl_framer *f, struct etl_merge *m, struct span file, size_t size,
                      bool ended, bool owned)
{
    uint64_t want = ETL_FRAMER_WINDOW;
    for (size_t steps = 0;; steps++) {
        check(steps < 16 * file.len + 1000);
        struct etl_frame frame;
        uint64_t before = f->offset;
        uint64_t available = size - before;
        struct span window = {file.p + before, want < available ? want : available};
        etl_framer_step(f, window, available, ended, &frame);
        check(f->offset <= size);
        if (frame.kind == ETL_FRAME_END)
            return;
        if (frame.kind == ETL_FRAME_MORE) {
            check(frame.bytes <= ETL_FRAMER_WINDOW_MAX);
            if (frame.bytes > size - f->offset) {
                check(!ended);
                return;
            }
            check(f->offset != before || frame.bytes > window.len);
            want = frame.bytes;
            continue;
        }
        want = ETL_FRAMER_WINDOW;
        check(frame.bytes > 0 && frame.offset + frame.bytes == f->offset);
        if (frame.kind == ETL_FRAME_BUFFER)
            add(m, file, &frame, owned);
    }
}

/* The whole file at once; returns how many events it has. */
static size_t run_saved(struct span file, const struct etl_file_header *header,
                        struct etl_tally *tally)
{
    memset(tally, 0, sizeof *tally);
    struct etl_merge *m = etl_merge_new();
    check(m != NULL);
    check(etl_merge_open(m, 0, header, tally, load, &file) == 0);
    struct etl_framer f;
    etl_framer_init(&f, true);
    etl_framer_set_layout(&f, header);
    frame_all(&f, m, file, file.len, true, false);
    int64_t newest = INT64_MIN;
    int64_t promised = etl_merge_newest(m, 0);
    size_t n = read_events(m, INT64_MAX, &newest);
    check(promised <= etl_merge_newest(m, 0));
    check(etl_merge_pending_bytes(m) == 0);
    check(tally->buffers_damaged <= tally->buffers && tally->bytes <= file.len);
    etl_merge_free(m);
    return n;
}

/* The same in pieces, as a growing file or a stream that brings its bytes. */
static void run_live(struct span file, const struct etl_file_header *header,
                     struct etl_tally *tally, bool stream)
{
    memset(tally, 0, sizeof *tally);
    struct etl_merge *m = etl_merge_new();
    check(m != NULL);
    check(etl_merge_open(m, 0, header, tally, load, &file) == 0);
    etl_merge_set_budget(m, 4096);
    struct etl_framer f;
    etl_framer_init(&f, !stream);
    etl_framer_set_layout(&f, header);
    int64_t newest = INT64_MIN;
    size_t step = file.len / 7 + 1;
    for (size_t size = step; size < file.len; size += step) {
        frame_all(&f, m, file, size, false, stream);
        int64_t now = etl_merge_newest(m, 0);
        if (now > INT64_MIN + 1000)
            read_events(m, now - 1000, &newest);
    }
    frame_all(&f, m, file, file.len, true, stream);
    read_events(m, INT64_MAX, &newest);
    check(etl_merge_pending_bytes(m) == 0);
    etl_merge_free(m);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct etl_tally tally;
    struct etl_file_header header;
    struct span file = {data, size};
    check(etl_kind_advice(etl_detect(file)) != NULL);
    if (etl_file_header_parse(file, &header, NULL) != 0)
        return 0;
    struct etl_clock clock;
    etl_clock_init(&clock, &header);
    check(clock.ticks_per_second > 0);
    run_saved(file, &header, &tally);
    run_live(file, &header, &tally, false);
    run_live(file, &header, &tally, true);
    return 0;
}

/*
 * One buffer of any bytes, three times: its records walked and decoded, and its contents expanded
 * in each format. Byte 0 says how large the expansion should be.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "decoder/etl_buffer.h"
#include "decoder/etl_expand.h"
#include "decoder/etl_record.h"
#include "decoder/etl_tally.h"
#include "decoder/heap_event.h"
#include "decoder/image_event.h"
#include "decoder/process_event.h"
#include "decoder/stack_event.h"
#include "decoder/system_event.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool ok)
{
    if (!ok)
        abort();
}

static void check_inside(struct span inner, struct span outer)
{
    check(inner.len == 0 || (inner.p >= outer.p && inner.p + inner.len <= outer.p + outer.len));
}

static void check_texts(bool decoded, const struct trace_event *e, struct span buffer)
{
    if (!decoded)
        return;
    check_inside(e->name, buffer);
    check_inside(e->text, buffer);
}

static void check_frames(const struct trace_event *e, size_t bytes)
{
    uint64_t sum = 0;
    check(e->stack.frame_count <= STACK_FRAMES_MAX && e->stack.frame_count <= bytes / 4);
    for (uint32_t i = 0; i < e->stack.frame_count; i++)
        sum += e->stack.frames[i]; /* written, or a sanitizer objects */
    volatile uint64_t seen = sum;
    (void)seen;
}

static void check_stacks(const struct etl_record *r)
{
    uint64_t frames[STACK_FRAMES_MAX];
    struct trace_event e;
    if (stack_event_is(r) && stack_event_decode(r, frames, &e))
        check_frames(&e, r->payload.len);
    for (struct span items = r->items; stack_event_next_item(r, &items, frames, &e);)
        check_frames(&e, r->items.len);
}

static void check_record(const struct etl_record *r, struct span buffer)
{
    uint64_t extra[HEAP_EXTRA_MAX];
    struct trace_event e;
    struct etl_item item;
    uint32_t tid;
    uint32_t pid;
    check_inside(r->payload, buffer);
    check_inside(r->items, buffer);
    for (struct span items = r->items; etl_record_next_item(&items, &item);)
        check_inside(item.data, buffer);
    check_stacks(r);
    if (heap_event_is(r)) {
        if (heap_event_decode(r, extra, &e))
            check(e.extra_count <= HEAP_EXTRA_MAX && e.op < HEAP_OP_COUNT);
        return;
    }
    if (process_thread_is(r))
        process_thread_decode(r, &tid, &pid);
    if (process_switch_is(r))
        process_switch_decode(r, &tid);
    check_texts(process_event_is(r) && process_event_decode(r, &e), &e, buffer);
    check_texts(image_event_is(r) && image_event_decode(r, &e), &e, buffer);
    bool is_system = system_event_is(r) && system_event_decode(r, &e);
    check_texts(is_system, &e, buffer);
    if (is_system && e.kind == EVENT_SYSTEM) {
        check_inside(e.system.computer, buffer);
        check_inside(e.system.build_lab, buffer);
    }
}

static void walk(struct span events)
{
    static struct etl_tally tally;
    size_t size = ETL_BUFFER_HEADER_SIZE + events.len;
    uint8_t *buffer = malloc(size);
    check(buffer != NULL);
    memset(buffer, 0, ETL_BUFFER_HEADER_SIZE);
    memcpy(buffer + ETL_BUFFER_HEADER_SIZE, events.p, events.len);
    struct etl_cursor c;
    struct etl_record r;
    memset(&tally, 0, sizeof tally);
    etl_cursor_init(&c, (struct span){buffer, size}, 0);
    while (etl_cursor_next(&c, &r)) {
        check_record(&r, (struct span){buffer, size});
        etl_tally_record(&tally, &r);
    }
    check(tally.records <= events.len / 8);
    free(buffer);
}

static void expand(struct span packed, size_t size)
{
    uint8_t *out = malloc(size != 0 ? size : 1);
    check(out != NULL);
    for (int format = ETL_COMPRESSION_LZNT1; format <= ETL_COMPRESSION_XPRESS_HUFF; format++)
        if (etl_expand((enum etl_compression)format, packed, out, size) == 0 && size > 0) {
            volatile uint8_t last = out[size - 1]; /* written, or a sanitizer objects */
            (void)last;
        }
    free(out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 1)
        return 0;
    struct span body = {data + 1, size - 1};
    walk(body);
    expand(body, (size_t)data[0] * data[0] * 4);
    return 0;
}

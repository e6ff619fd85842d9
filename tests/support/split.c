/* Walking buffers and records by etl-format 1.2, 2.1 and 3; see split.h. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "support/split.h"

#include <stdlib.h>
#include <string.h>

enum {
    BUFFER_HEADER = 0x48,
    AT_SEQUENCE = 0x18,
    AT_CPU = 0x28,
    AT_FILLED = 0x30,
    /* Of the 64-bit file header, behind the buffer's and the record's own. */
    AT_FACTS = BUFFER_HEADER + 0x20,
    AT_WRITTEN = AT_FACTS + 0x24,
    AT_EVENTS_LOST = AT_FACTS + 0x30,
    AT_BUFFERS_LOST = AT_FACTS + 0x114,
    AT_BUFFERS_LOST_32 = AT_FACTS + 0x10C,
};

/* One file while it is made. */
struct part {
    struct memory_file *file;
    uint32_t buffers;
    uint8_t *buffer; /* the one that is filled; NULL until it has a record */
    uint32_t filled;
};

static uint32_t u32(const uint8_t *p)
{
    uint32_t v;
    memcpy(&v, p, sizeof v);
    return v;
}

static uint16_t u16(const uint8_t *p)
{
    uint16_t v;
    memcpy(&v, p, sizeof v);
    return v;
}

static void put32(uint8_t *p, uint32_t v)
{
    memcpy(p, &v, sizeof v);
}

static bool has_hook(uint8_t type)
{
    return type <= 4 || type == 16 || type == 17;
}

static uint32_t record_size(const uint8_t *r)
{
    return has_hook(r[2]) ? u16(r + 4) : u16(r);
}

/* The heap provider's GUID as it stands in a file (etl-format 4). */
static const uint8_t heap_guid[16] = {0xab, 0x62, 0x29, 0x22, 0x80, 0x61, 0x88, 0x4b,
                                      0xa8, 0x25, 0x34, 0x6b, 0x75, 0xf2, 0xa2, 0x4a};

static struct split_record look_at(const uint8_t *r, const uint8_t *buffer)
{
    struct split_record found = {.cpu = u16(buffer + AT_CPU)};
    uint8_t type = r[2];
    if (type != 15)
        memcpy(&found.time, r + (type == 16 || type == 17 ? 8 : 16), sizeof found.time);
    if (has_hook(type))
        found.group = r[7];
    else if ((type == 10 || type == 20) && memcmp(r + 0x18, heap_guid, sizeof heap_guid) == 0)
        found.group = 0x10;
    return found;
}

size_t split_heap_from_kernel(const struct split_record *record, size_t count)
{
    assert_true(count >= 2);
    return record->group == 0x10 ? 0 : 1;
}

size_t split_at_random(const struct split_record *record, size_t count)
{
    uint64_t h = (record->time + record->cpu) * 0x9e3779b97f4a7c15u;
    return (size_t)((h >> 33) % count);
}

static void append(struct memory_file *f, const uint8_t *bytes, size_t n)
{
    f->bytes = realloc(f->bytes, f->size + n);
    assert_non_null(f->bytes);
    memcpy(f->bytes + f->size, bytes, n);
    f->size += n;
}

static void put_record(struct part *p, const uint8_t *buffer, uint32_t size, const uint8_t *record)
{
    if (p->buffer == NULL) {
        p->buffer = malloc(size);
        assert_non_null(p->buffer);
        memset(p->buffer, 0xff, size);
        memcpy(p->buffer, buffer, BUFFER_HEADER);
        p->filled = BUFFER_HEADER;
    }
    uint32_t n = (record_size(record) + 7) & ~7u;
    if (n > size - p->filled)
        n = size - p->filled;
    memcpy(p->buffer + p->filled, record, n);
    p->filled += n;
}

static void end_buffer(struct part *p, uint32_t size)
{
    if (p->buffer == NULL)
        return;
    int64_t sequence = p->buffers++;
    memcpy(p->buffer + AT_SEQUENCE, &sequence, sizeof sequence);
    put32(p->buffer + AT_FILLED, p->filled);
    append(p->file, p->buffer, size);
    free(p->buffer);
    p->buffer = NULL;
}

static void split_buffer(struct part *parts, size_t count, split_fn choose, const uint8_t *b)
{
    uint32_t size = u32(b);
    for (uint32_t at = BUFFER_HEADER; at < u32(b + AT_FILLED);) {
        const uint8_t *record = b + at;
        struct split_record what = look_at(record, b);
        size_t to = choose(&what, count);
        assert_true(to < count);
        put_record(&parts[to], b, size, record);
        at += (record_size(record) + 7) & ~7u;
    }
    for (size_t i = 0; i < count; i++)
        end_buffer(&parts[i], size);
}

static void finish_header(const struct part *p, bool first)
{
    uint8_t *b = p->file->bytes;
    bool is_64 = b[BUFFER_HEADER + 2] == 2;
    if (u32(b + AT_WRITTEN) != 0)
        put32(b + AT_WRITTEN, p->buffers);
    if (first)
        return;
    put32(b + AT_EVENTS_LOST, 0);
    put32(b + (is_64 ? AT_BUFFERS_LOST : AT_BUFFERS_LOST_32), 0);
}

void split_trace(const struct mketl_trace *trace, split_fn choose, size_t count,
                 struct memory_file *out)
{
    struct part parts[SPLIT_MOST] = {{0}};
    assert_true(count <= SPLIT_MOST);
    const struct mketl_buffer *header = &trace->buffers[0];
    for (size_t i = 0; i < count; i++) {
        out[i] = (struct memory_file){0};
        parts[i].file = &out[i];
        append(&out[i], header->bytes, header->size);
        parts[i].buffers = 1;
    }
    for (size_t i = 1; i < trace->buffer_count; i++)
        split_buffer(parts, count, choose, trace->buffers[i].bytes);
    for (size_t i = 0; i < count; i++)
        finish_header(&parts[i], i == 0);
}

size_t split_header_records(const struct mketl_trace *trace)
{
    const uint8_t *b = trace->buffers[0].bytes;
    size_t n = 0;
    for (uint32_t at = BUFFER_HEADER; at < u32(b + AT_FILLED); n++)
        at += (record_size(b + at) + 7) & ~7u;
    return n;
}

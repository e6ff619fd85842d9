/* The second opinion; see mini_reader.h. */
#include "mini_reader.h"

#include <stdlib.h>
#include <string.h>

#include <libfwnt.h>

enum { BUFFER_HEADER = 0x48, MOST_EXPANDED = 64 << 20, MOST_CPUS = 2048 };

struct walk {
    struct mini_file *file;
    size_t expanded_used;
    uint16_t format; /* of compressed buffers: low half of the first buffer's State */
    bool first;
};

static uint16_t u16(const uint8_t *p)
{
    return (uint16_t)(p[0] | p[1] << 8);
}

static uint32_t u32(const uint8_t *p)
{
    return u16(p) | (uint32_t)u16(p + 2) << 16;
}

static uint64_t u64(const uint8_t *p)
{
    return u32(p) | (uint64_t)u32(p + 4) << 32;
}

/* The shape of each header type: where time, ids and payload are (etl-format 2.1, 2.2). */
static const struct shape {
    uint8_t size;
    uint8_t size_at;
    uint8_t time_at;
    bool hook;
    bool ids;
} SHAPES[22] = {
    [1] = {0x20, 4, 0x10, true, true},    [2] = {0x20, 4, 0x10, true, true},
    [3] = {0x18, 4, 0x10, true, true},    [4] = {0x18, 4, 0x10, true, true},
    [16] = {0x10, 4, 0x08, true, false},  [17] = {0x10, 4, 0x08, true, false},
    [10] = {0x30, 0, 0x10, false, true},  [20] = {0x30, 0, 0x10, false, true},
    [11] = {0x48, 0, 0x10, false, true},  [21] = {0x48, 0, 0x10, false, true},
    [18] = {0x50, 0, 0x10, false, true},  [19] = {0x50, 0, 0x10, false, true},
    [15] = {0x18, 0, 0x08, false, false},
};

static const uint8_t HEAP_GUID[16] = {0xab, 0x62, 0x29, 0x22, 0x80, 0x61, 0x88, 0x4b,
                                      0xa8, 0x25, 0x34, 0x6b, 0x75, 0xf2, 0xa2, 0x4a};
static const uint8_t MEMORY_GUID[16] = {0xd3, 0xa8, 0x6f, 0x3d, 0x05, 0xfe, 0xd0, 0x11,
                                        0x9d, 0xda, 0x00, 0xc0, 0x4f, 0xd7, 0xba, 0x7c};

static size_t perfinfo_extension(const uint8_t *p)
{
    return 8u * ((p[1] >> 7) + (p[1] & 7u));
}

static void identify(const uint8_t *p, const struct shape *shape, struct mini_record *record)
{
    bool memory;
    if (shape->hook) {
        record->opcode = p[6];
        record->is_heap = p[7] == 0x10;
        record->is_stack = p[7] == 0x18 && p[6] == 0x20;
        memory = p[7] == 0x02;
    } else {
        bool manifest = record->type == 18 || record->type == 19;
        bool classic = record->type == 10 || record->type == 20;
        record->opcode = manifest ? p[0x2d] : p[4];
        record->is_heap =
            (classic || manifest) && memcmp(p + 0x18, HEAP_GUID, sizeof HEAP_GUID) == 0;
        memory = classic && memcmp(p + 0x18, MEMORY_GUID, sizeof MEMORY_GUID) == 0;
    }
    record->is_range = memory && record->opcode >= 100 && record->opcode <= 104;
}

/* Bytes of the extended items of an EVENT record (etl-format 2.2); more than `room` when they make
 * no sense. */
static size_t item_bytes(const uint8_t *p, size_t room)
{
    enum { HEADER = 0x50 };
    size_t at = HEADER;
    bool more = u16(p + 4) & 1;
    while (more && at + 8 <= room) {
        more = u16(p + at + 4) & 1;
        if (u16(p + at) < 8 || u16(p + at) % 8 != 0)
            return room + 1;
        at += u16(p + at);
    }
    return at - HEADER;
}

/* One record at `p`, of which `room` bytes are left.  Returns its Size, or 0. */
static size_t read_record(const uint8_t *p, size_t room, struct mini_record *record)
{
    record->type = p[2];
    if (record->type >= 22 || SHAPES[record->type].size == 0 ||
        p[3] != (record->type == 15 ? 0x90 : 0xc0))
        return 0;
    const struct shape *shape = &SHAPES[record->type];
    size_t size = u16(p + shape->size_at);
    size_t header = shape->size;
    if (record->type == 16 || record->type == 17)
        header += perfinfo_extension(p);
    if ((record->type == 18 || record->type == 19) && size >= header && size <= room)
        header += item_bytes(p, size);
    if (size < header || size > room)
        return 0;
    record->time = (int64_t)u64(p + shape->time_at);
    record->has_ids = shape->ids;
    record->tid = shape->ids ? u32(p + 8) : 0;
    record->pid = shape->ids ? u32(p + 12) : 0;
    record->payload = p + header;
    record->payload_size = size - header;
    identify(p, shape, record);
    return size;
}

static void keep(struct mini_file *file, const struct mini_record *record)
{
    if (file->count == file->capacity) {
        file->capacity = file->capacity ? file->capacity * 2 : 4096;
        file->records = realloc(file->records, file->capacity * sizeof *file->records);
        if (!file->records)
            abort();
    }
    file->records[file->count++] = *record;
}

/* The records of a body that ends at `size`; with_fill, 0xFF may end it earlier. */
static const char *read_records(struct walk *walk, const uint8_t *body, size_t size,
                                struct mini_record record)
{
    size_t at = 0;
    while (at < size && u32(body + at) != UINT32_MAX) {
        record.offset = (uint32_t)(BUFFER_HEADER + at);
        size_t record_size = read_record(body + at, size - at, &record);
        if (record_size == 0)
            return "a record makes no sense";
        keep(walk->file, &record);
        at += (record_size + 7) & ~(size_t)7;
    }
    return at > size ? "a record ends behind its buffer" : NULL;
}

static const char *expand(struct walk *walk, const uint8_t *buffer, size_t stride, size_t used,
                          const uint8_t **out_body)
{
    size_t size = used - BUFFER_HEADER;
    uint8_t *body = walk->file->expanded + walk->expanded_used;
    int ok = -1;
    if (size > MOST_EXPANDED - walk->expanded_used)
        return "too much for this reader";
    const uint8_t *in = buffer + BUFFER_HEADER;
    if (walk->format == 2)
        ok = libfwnt_lznt1_decompress(in, stride - BUFFER_HEADER, body, &size, NULL);
    else if (walk->format == 3)
        ok = libfwnt_lzxpress_decompress(in, stride - BUFFER_HEADER, body, &size, NULL);
    else if (walk->format == 4)
        ok = libfwnt_lzxpress_huffman_decompress(in, stride - BUFFER_HEADER, body, &size, NULL);
    if (ok != 1 || size != used - BUFFER_HEADER)
        return "a buffer does not expand";
    walk->expanded_used += size;
    walk->file->compressed++;
    *out_body = body;
    return NULL;
}

static const char *read_buffer(struct walk *walk, const uint8_t *buffer, size_t stride)
{
    size_t used = u32(buffer + 0x30);
    uint16_t flags = u16(buffer + 0x34);
    struct mini_record record = {.sequence = u64(buffer + 0x18)};
    record.cpu = flags & 0x20 ? u16(buffer + 0x28) & 0x7ff : buffer[0x28];
    if (walk->first && (u16(buffer + 0x36) != 4 || u16(buffer + 0x4e) != 0))
        return "the first buffer is no header buffer";
    if (used < BUFFER_HEADER || used % 8 != 0 || (!(flags & 0x40) && used > stride))
        return "Offset makes no sense";
    const uint8_t *body = buffer + BUFFER_HEADER;
    if (flags & 0x40) {
        const char *wrong = expand(walk, buffer, stride, used, &body);
        if (wrong)
            return wrong;
    } else {
        for (size_t i = used; i < stride; i++)
            if (buffer[i] != 0xff)
                return "the fill is not 0xFF";
    }
    return read_records(walk, body, used - BUFFER_HEADER, record);
}

static int compare(const void *left, const void *right)
{
    const struct mini_record *a = left;
    const struct mini_record *b = right;
    if (a->time != b->time)
        return a->time < b->time ? -1 : 1;
    if (a->cpu != b->cpu)
        return a->cpu < b->cpu ? -1 : 1;
    if (a->sequence != b->sequence)
        return a->sequence < b->sequence ? -1 : 1;
    return a->offset < b->offset ? -1 : a->offset > b->offset;
}

/* In the order of time, sequence and offset must grow within each CPU. */
static const char *check_order(const struct mini_file *file)
{
    struct place {
        uint64_t sequence;
        uint32_t offset;
    } *last = calloc(MOST_CPUS, sizeof *last);
    const char *wrong = last ? NULL : "out of memory";
    for (size_t i = 0; i < file->count && !wrong; i++) {
        const struct mini_record *record = &file->records[i];
        struct place *place = &last[record->cpu];
        if (record->sequence < place->sequence ||
            (record->sequence == place->sequence && record->offset <= place->offset))
            wrong = "time goes back within a CPU";
        *place = (struct place){record->sequence, record->offset};
    }
    free(last);
    return wrong;
}

const char *mini_read(const uint8_t *bytes, size_t size, struct mini_file *out_file)
{
    memset(out_file, 0, sizeof *out_file);
    out_file->expanded = malloc(MOST_EXPANDED); /* touched only as far as it is used */
    struct walk walk = {.file = out_file, .first = true};
    const char *wrong = out_file->expanded ? NULL : "out of memory";
    for (size_t at = 0; at < size && !wrong;) {
        size_t stride = size - at < BUFFER_HEADER ? 0 : u32(bytes + at);
        if (stride == 0 && size - at >= BUFFER_HEADER)
            break; /* the tail of a preallocated file */
        if (stride < BUFFER_HEADER || stride > size - at)
            return "BufferSize makes no sense";
        if (walk.first)
            walk.format = u16(bytes + at + 0x2c);
        wrong = read_buffer(&walk, bytes + at, stride);
        walk.first = false;
        out_file->buffers++;
        at += stride;
    }
    if (wrong)
        return wrong;
    qsort(out_file->records, out_file->count, sizeof *out_file->records, compare);
    return check_order(out_file);
}

void mini_release(struct mini_file *file)
{
    free(file->expanded);
    free(file->records);
    memset(file, 0, sizeof *file);
}

void mini_stack(const struct mini_record *record, struct mini_stack *out_stack)
{
    enum { HEAD = 16, MOST = sizeof out_stack->frames / sizeof out_stack->frames[0] };
    const uint8_t *p = record->payload;
    *out_stack = (struct mini_stack){0};
    if (record->payload_size < HEAD)
        return;
    out_stack->time = (int64_t)u64(p);
    out_stack->pid = u32(p + 8);
    out_stack->tid = u32(p + 12);
    for (size_t at = HEAD; at + 8 <= record->payload_size && out_stack->count < MOST; at += 8)
        out_stack->frames[out_stack->count++] = u64(p + at);
}

size_t mini_heap_events(const struct mini_file *file, struct mketl_event *events)
{
    size_t count = 0;
    for (size_t i = 0; i < file->count; i++) {
        const struct mini_record *record = &file->records[i];
        const uint8_t *p = record->payload;
        if (!record->is_heap)
            continue;
        struct mketl_event *event = &events[count++];
        *event = (struct mketl_event){.opcode = record->opcode,
                                      .time = record->time,
                                      .pid = record->pid,
                                      .tid = record->tid,
                                      .heap = u64(p)};
        if (record->opcode == MKETL_ALLOC) {
            event->size = u64(p + 8);
            event->address = u64(p + 16);
            event->source = u32(p + 24);
        } else if (record->opcode == MKETL_FREE) {
            event->address = u64(p + 8);
            event->source = u32(p + 16);
        } else if (record->opcode == MKETL_REALLOC) {
            event->address = u64(p + 8);
            event->old_address = u64(p + 16);
            event->size = u64(p + 24);
            event->old_size = u64(p + 32);
            event->source = u32(p + 40);
        } else if (record->opcode == MKETL_EXPAND) {
            event->free_space = u64(p + 24); /* tells one Expand from the next */
        }
    }
    return count;
}

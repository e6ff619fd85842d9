/*
 * One reader per family of header types, chosen by a table; see etl_record.h.
 *
 * A reader gets the whole record, whose size is known to be at least its header's, and splits it.
 */
#include "decoder/etl_record.h"

#include "decoder/etl_buffer.h"

/* Byte +3 of a record (etl-format 2.1). */
enum { MARK_TRACE = 0xc0, MARK_MESSAGE = 0x90, MARK_MASK = 0xd0 };

#define END_OF_BUFFER 0xffffffffu
#define PLACEHOLDER   0x0000c00fu
#define NO_ID         UINT32_MAX

/* The least record: MESSAGE without any optional part. */
#define RECORD_MIN 8u

/* Fills the rest of `r`, whose type, pointer size and flags are set; false when sizes contradict.
 */
typedef bool (*header_reader)(struct span rec, struct etl_record *r);

static void read_hook(struct span rec, struct etl_record *r)
{
    uint16_t hook = load_u16(rec.p + 6);
    r->version = rec.p[0];
    r->group = etl_hook_group(hook);
    r->opcode = etl_hook_opcode(hook);
}

static void read_ids(struct span rec, struct etl_record *r)
{
    r->tid = load_u32(rec.p + 0x08);
    r->pid = load_u32(rec.p + 0x0c);
    r->time = load_i64(rec.p + 0x10);
}

static bool read_system(struct span rec, struct etl_record *r)
{
    read_hook(rec, r);
    read_ids(rec, r);
    r->payload = span_from(rec, 0x20);
    return true;
}

static bool read_compact(struct span rec, struct etl_record *r)
{
    read_hook(rec, r);
    read_ids(rec, r);
    r->payload = span_from(rec, 0x18);
    return true;
}

/* The high byte of Version announces a PEBS index (bit 15) and 0 to 7 counters, 8 bytes each, in
 * front of the payload (etl-format 2.2). */
static bool read_perfinfo(struct span rec, struct etl_record *r)
{
    unsigned extension = rec.p[1];
    size_t header = 0x10 + 8u * ((extension >> 7) + (extension & 7));
    read_hook(rec, r);
    r->time = load_i64(rec.p + 8);
    r->payload = span_from(rec, header);
    return header <= rec.len;
}

static void read_class(struct span rec, struct etl_record *r)
{
    struct etl_guid guid = etl_guid_load(rec.p + 0x18);
    read_ids(rec, r);
    r->guid = rec.p + 0x18;
    r->group = etl_guid_group(&guid);
    r->opcode = rec.p[4];
    r->version = rec.p[6];
}

static bool read_full(struct span rec, struct etl_record *r)
{
    read_class(rec, r);
    r->payload = span_from(rec, 0x30);
    return true;
}

static bool read_instance(struct span rec, struct etl_record *r)
{
    read_class(rec, r);
    r->payload = span_from(rec, 0x48);
    return true;
}

/* Extended items stand between the header and the payload when bit 0 of Flags is set. */
static bool read_event(struct span rec, struct etl_record *r)
{
    read_ids(rec, r);
    r->guid = rec.p + 0x18;
    r->id = load_u16(rec.p + 0x28);
    r->version = rec.p[0x2a];
    r->opcode = rec.p[0x2d];
    r->payload = span_from(rec, 0x50);
    if ((load_u16(rec.p + 4) & 1) == 0)
        return true;
    struct span rest = r->payload;
    struct etl_item item;
    while (etl_record_next_item(&rest, &item))
        ;
    if (rest.len != 0)
        r->flags |= ETL_RECORD_OPAQUE; /* a broken chain: where the payload begins is unknown */
    r->items = (struct span){r->payload.p, (size_t)(rest.p - r->payload.p)};
    r->payload = (struct span){rest.p, (size_t)(rec.p + rec.len - rest.p)};
    return true;
}

/* OptionFlags of a MESSAGE (etl-format 2.2), in the order of the parts they announce. */
enum {
    MESSAGE_SEQUENCE = 0x01,
    MESSAGE_GUID = 0x02,
    MESSAGE_COMPONENT = 0x04,
    MESSAGE_TIME = 0x08,
    MESSAGE_TIME_SPACE = 0x10,
    MESSAGE_IDS = 0x20,
    MESSAGE_POINTER32 = 0x40,
    MESSAGE_POINTER64 = 0x80,
};

static bool read_message(struct span rec, struct etl_record *r)
{
    unsigned options = load_u16(rec.p + 6);
    size_t at = RECORD_MIN;
    r->id = load_u16(rec.p + 4);
    r->pointer_size = (options & MESSAGE_POINTER64) != 0   ? 8
                      : (options & MESSAGE_POINTER32) != 0 ? 4
                                                           : 0;
    if ((options & MESSAGE_SEQUENCE) != 0)
        at += 4;
    if ((options & MESSAGE_COMPONENT) != 0) {
        at += 4;
    } else if ((options & MESSAGE_GUID) != 0 && span_has(rec, at, 16)) {
        r->guid = rec.p + at;
        at += 16;
    }
    uint64_t time;
    if ((options & MESSAGE_TIME) != 0 && span_u64(rec, at, &time)) {
        r->time = (int64_t)time;
        r->flags |= ETL_RECORD_HAS_TIME;
    }
    if ((options & (MESSAGE_TIME | MESSAGE_TIME_SPACE)) != 0)
        at += 8;
    if ((options & MESSAGE_IDS) != 0 && span_u32(rec, at, &r->tid) &&
        span_u32(rec, at + 4, &r->pid)) {
        r->flags |= ETL_RECORD_HAS_IDS;
        at += 8;
    }
    r->payload = span_from(rec, at);
    return true;
}

#define TIMED   ETL_RECORD_HAS_TIME
#define CLASSIC (ETL_RECORD_HAS_TIME | ETL_RECORD_CLASSIC)
#define FULL    (ETL_RECORD_HAS_TIME | ETL_RECORD_HAS_IDS | ETL_RECORD_CLASSIC)

struct header_form {
    header_reader read; /* NULL: only the size is known */
    uint8_t size;       /* of the header */
    uint8_t size_at;    /* where the u16 Size stands */
    uint8_t pointer_size;
    uint8_t flags;
};

/* The table of etl-format 2.1. */
static const struct header_form forms[] = {
    [ETL_HEADER_SYSTEM32] = {read_system, 0x20, 4, 4, FULL},
    [ETL_HEADER_SYSTEM64] = {read_system, 0x20, 4, 8, FULL},
    [ETL_HEADER_COMPACT32] = {read_compact, 0x18, 4, 4, FULL},
    [ETL_HEADER_COMPACT64] = {read_compact, 0x18, 4, 8, FULL},
    [ETL_HEADER_FULL32] = {read_full, 0x30, 0, 4, FULL},
    [ETL_HEADER_INSTANCE32] = {read_instance, 0x48, 0, 4, FULL},
    [ETL_HEADER_MESSAGE] = {read_message, RECORD_MIN, 0, 0, 0},
    [ETL_HEADER_PERFINFO32] = {read_perfinfo, 0x10, 4, 4, CLASSIC},
    [ETL_HEADER_PERFINFO64] = {read_perfinfo, 0x10, 4, 8, CLASSIC},
    [ETL_HEADER_EVENT32] = {read_event, 0x50, 0, 4, TIMED | ETL_RECORD_HAS_IDS},
    [ETL_HEADER_EVENT64] = {read_event, 0x50, 0, 8, TIMED | ETL_RECORD_HAS_IDS},
    [ETL_HEADER_FULL64] = {read_full, 0x30, 0, 8, FULL},
    [ETL_HEADER_INSTANCE64] = {read_instance, 0x48, 0, 8, FULL},
};

/* ERROR, TIMED, WNODE and whatever is newer than this table. */
static const struct header_form opaque_form = {NULL, RECORD_MIN, 0, 0, ETL_RECORD_OPAQUE};

void etl_cursor_init(struct etl_cursor *c, struct span buffer, int64_t last_time)
{
    *c = (struct etl_cursor){
        .buffer = buffer,
        .offset = ETL_BUFFER_HEADER_SIZE,
        .last_time = last_time,
    };
}

/* Passes over placeholders (etl-format 1.3). False at the end of the events. */
static bool find_record(struct etl_cursor *c)
{
    while (span_has(c->buffer, c->offset, RECORD_MIN)) {
        const uint8_t *p = c->buffer.p + c->offset;
        uint32_t mark = load_u32(p);
        if (mark == END_OF_BUFFER)
            return false;
        if (mark != PLACEHOLDER)
            return true;
        size_t size = load_u16(p + 4);
        if (size < RECORD_MIN || !span_has(c->buffer, c->offset, size)) {
            c->damaged = true;
            return false;
        }
        c->offset += (size + 7) & ~(size_t)7;
    }
    /* Offset is a multiple of 8 (etl-format 1.3), but a cut or odd buffer may leave a stub. */
    return false;
}

static const struct header_form *form_of(const uint8_t *p)
{
    if (p[3] == MARK_TRACE) {
        size_t count = sizeof forms / sizeof forms[0];
        return p[2] < count && forms[p[2]].read != NULL ? &forms[p[2]] : &opaque_form;
    }
    return (p[3] & MARK_MASK) == MARK_MESSAGE ? &forms[ETL_HEADER_MESSAGE] : NULL;
}

/* Splits the record at the cursor; false when it cannot be one. */
static bool read_record(struct etl_cursor *c, const uint8_t *p, struct etl_record *r)
{
    const struct header_form *form = form_of(p);
    if (form == NULL)
        return false;
    size_t size = load_u16(p + form->size_at);
    if (size < form->size || !span_has(c->buffer, c->offset, size))
        return false;
    *r = (struct etl_record){
        .time = c->last_time,
        .payload = {p + form->size, size - form->size},
        .pid = NO_ID,
        .tid = NO_ID,
        .group = ETL_GROUP_NONE,
        .type = p[3] == MARK_TRACE ? p[2] : ETL_HEADER_MESSAGE,
        .pointer_size = form->pointer_size,
        .flags = form->flags,
    };
    if (form->read != NULL && !form->read((struct span){p, size}, r))
        return false;
    c->offset += (size + 7) & ~(size_t)7;
    return true;
}

bool etl_cursor_next(struct etl_cursor *c, struct etl_record *out_record)
{
    if (c->damaged || !find_record(c))
        return false;
    if (!read_record(c, c->buffer.p + c->offset, out_record)) {
        c->damaged = true;
        return false;
    }
    if ((out_record->flags & ETL_RECORD_HAS_TIME) != 0)
        c->last_time = out_record->time;
    return true;
}

bool etl_record_next_item(struct span *items, struct etl_item *out_item)
{
    const size_t head = 8;
    uint16_t size;
    if (!span_u16(*items, 0, &size) || size < head || size > items->len)
        return false;
    uint16_t data = load_u16(items->p + 6);
    *out_item = (struct etl_item){
        .type = load_u16(items->p + 2),
        .data = {items->p + head, data <= size - head ? data : size - head},
    };
    bool more = (load_u16(items->p + 4) & 1) != 0;
    *items = (struct span){items->p + size, more ? items->len - size : 0};
    return true;
}

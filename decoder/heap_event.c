/*
 * Choosing a layout and reading its fields; see heap_event.h.
 *
 * Alloc, ReAlloc and Free do not pass through the table: their offsets are constants here, checked
 * against the table by the tests.
 */
#include "decoder/heap_event.h"

/* Zero bytes in front of a kernel-mode heap's HeapRange payload (etl-format 4.9). */
#define KERNEL_RANGE_PREFIX 32u

/* Opcode of the first HeapRange record in the memory group (etl-format 4.9). */
#define RANGE_OPCODE_FIRST 100u

#define HAS_ALLOC   (EVENT_HAS_HEAP | EVENT_HAS_ADDRESS | EVENT_HAS_SIZE | EVENT_HAS_SOURCE)
#define HAS_REALLOC (HAS_ALLOC | EVENT_HAS_OLD_ADDRESS | EVENT_HAS_OLD_SIZE)
#define HAS_FREE    (EVENT_HAS_HEAP | EVENT_HAS_ADDRESS | EVENT_HAS_SOURCE)

static inline uint64_t load_ptr(const uint8_t *p, unsigned pointer_size)
{
    return pointer_size == 8 ? load_u64(p) : load_u32(p);
}

static void start(const struct etl_record *r, uint16_t op, struct trace_event *e)
{
    *e = (struct trace_event){
        .time = r->time,
        .pid = r->pid,
        .tid = r->tid,
        .op = op,
        .kind = EVENT_HEAP,
        .pointer_size = r->pointer_size,
        .version = r->version,
    };
}

/* Payloads of 4.2: P pointers followed by Source. */
struct short_cut {
    uint8_t size_32;
    uint8_t size_64;
    uint8_t has;
};

static const struct short_cut short_cuts[] = {
    [HEAP_OP_ALLOC - HEAP_OP_ALLOC] = {16, 28, HAS_ALLOC},
    [HEAP_OP_REALLOC - HEAP_OP_ALLOC] = {24, 44, HAS_REALLOC},
    [HEAP_OP_DESTROY - HEAP_OP_ALLOC] = {0, 0, 0},
    [HEAP_OP_FREE - HEAP_OP_ALLOC] = {12, 20, HAS_FREE},
};

static inline bool has_short_cut(unsigned opcode)
{
    return opcode == HEAP_OP_ALLOC || opcode == HEAP_OP_FREE || opcode == HEAP_OP_REALLOC;
}

/* Takes a payload that has exactly one of the two sizes; anything else is left to the table. */
static bool decode_short_cut(const struct etl_record *r, struct trace_event *e)
{
    const struct short_cut *s = &short_cuts[r->opcode - HEAP_OP_ALLOC];
    const uint8_t *p = r->payload.p;
    if (r->payload.len != s->size_64 && r->payload.len != s->size_32)
        return false;
    unsigned w = r->payload.len == s->size_64 ? 8 : 4;
    start(r, r->opcode, e);
    e->pointer_size = (uint8_t)w;
    e->layout = w == 8;
    e->has = s->has;
    e->heap = load_ptr(p, w);
    if (r->opcode == HEAP_OP_ALLOC) {
        e->size = load_ptr(p + w, w);
        e->address = load_ptr(p + 2 * w, w);
        e->source = load_u32(p + 3 * w);
    } else if (r->opcode == HEAP_OP_FREE) {
        e->address = load_ptr(p + w, w);
        e->source = load_u32(p + 2 * w);
    } else {
        e->address = load_ptr(p + w, w);
        e->old_address = load_ptr(p + 2 * w, w);
        e->size = load_ptr(p + 3 * w, w);
        e->old_size = load_ptr(p + 4 * w, w);
        e->source = load_u32(p + 5 * w);
    }
    return true;
}

/* How well a layout fits a payload of `len` bytes; 0 when it does not. A newer layout of the same
 * pointer size comes later in the table and wins over an older one of equal rank. */
static unsigned rank(const struct heap_layout *l, size_t len, unsigned pointer_size, bool by_size)
{
    if (l->size > len)
        return 0;
    unsigned exact = by_size && l->size == len ? 2 : 0;
    return 1 + exact + (l->pointer_size == pointer_size ? 1 : 0);
}

/*
 * The layout for `len` bytes: for heap opcodes an exact size decides and the header's pointer size
 * only breaks ties; a longer payload is a newer version of the header's pointer size (etl-format
 * 2.4, 4.1). NULL when the payload is too short.
 */
static const struct heap_layout *choose(const struct heap_op_info *info, size_t len,
                                        unsigned pointer_size)
{
    bool by_size = heap_op_is_heap_event(info->op);
    const struct heap_layout *best = NULL;
    unsigned best_rank = 1;
    for (size_t i = 0; i < info->layout_count; i++) {
        unsigned rank_i = rank(&info->layouts[i], len, pointer_size, by_size);
        if (rank_i >= best_rank) {
            best = &info->layouts[i];
            best_rank = rank_i;
        }
    }
    return best;
}

static void put_field(struct trace_event *e, uint64_t *extra, const struct heap_field *f,
                      uint64_t value)
{
    switch ((enum heap_slot)f->slot) {
    case HEAP_SLOT_EXTRA:
        extra[e->extra_count++] = value;
        break;
    case HEAP_SLOT_HEAP:
        e->heap = value;
        e->has |= EVENT_HAS_HEAP;
        break;
    case HEAP_SLOT_ADDRESS:
        e->address = value;
        e->has |= EVENT_HAS_ADDRESS;
        break;
    case HEAP_SLOT_SIZE:
        e->size = value;
        e->has |= EVENT_HAS_SIZE;
        break;
    case HEAP_SLOT_OLD_ADDRESS:
        e->old_address = value;
        e->has |= EVENT_HAS_OLD_ADDRESS;
        break;
    case HEAP_SLOT_OLD_SIZE:
        e->old_size = value;
        e->has |= EVENT_HAS_OLD_SIZE;
        break;
    case HEAP_SLOT_SOURCE:
        e->source = (uint32_t)value;
        e->has |= EVENT_HAS_SOURCE;
        break;
    }
}

static bool decode_by_table(const struct etl_record *r, uint16_t op, struct span payload,
                            uint64_t *extra, struct trace_event *e)
{
    const struct heap_op_info *info = heap_op_info(op);
    const struct heap_layout *layout = choose(info, payload.len, r->pointer_size);
    if (layout == NULL)
        return false;
    start(r, op, e);
    e->pointer_size = layout->pointer_size;
    e->layout = (uint8_t)(layout - info->layouts);
    for (size_t i = 0; i < layout->field_count; i++) {
        const struct heap_field *f = &layout->fields[i];
        put_field(e, extra, f, load_ptr(payload.p + f->offset, f->width));
    }
    /* Alloc, ReAlloc and Free longer than known come here, too, and have nothing extra. */
    e->extra = e->extra_count != 0 ? extra : NULL;
    return true;
}

/* An opcode without a layout is handed on with its number; what its payload means nobody knows. */
static bool decode_unknown(const struct etl_record *r, struct trace_event *e)
{
    start(r, r->opcode, e);
    return true;
}

static bool all_zero(const uint8_t *p, size_t n)
{
    while (n > 0 && p[n - 1] == 0)
        n--;
    return n == 0;
}

/* A heap handle is never 0, so 32 zero bytes can only be the kernel's prefix. */
static struct span strip_kernel_prefix(struct span payload)
{
    if (payload.len > KERNEL_RANGE_PREFIX && all_zero(payload.p, KERNEL_RANGE_PREFIX))
        return span_from(payload, KERNEL_RANGE_PREFIX);
    return payload;
}

/* Index of ProcessId in a RangeRundown's extra fields: HeapHandle, Flags, ProcessId, RangeCount. */
#define RUNDOWN_PID 1

static bool decode_range(const struct etl_record *r, uint64_t *extra, struct trace_event *e)
{
    uint16_t op = (uint16_t)(HEAP_OP_RANGE_RUNDOWN + (r->opcode - RANGE_OPCODE_FIRST));
    if (!decode_by_table(r, op, strip_kernel_prefix(r->payload), extra, e))
        return false;
    if (op == HEAP_OP_RANGE_RUNDOWN)
        e->pid = (uint32_t)extra[RUNDOWN_PID];
    return true;
}

bool heap_event_is_event(const struct etl_record *r)
{
    bool is_event = r->type == ETL_HEADER_EVENT32 || r->type == ETL_HEADER_EVENT64;
    if (!is_event || (r->flags & ETL_RECORD_OPAQUE) != 0)
        return false;
    struct etl_guid provider = etl_guid_load(r->guid);
    return etl_guid_equal(&provider, etl_guid_of_group(ETL_GROUP_HEAP));
}

bool heap_event_decode(const struct etl_record *r, uint64_t extra[static HEAP_EXTRA_MAX],
                       struct trace_event *out_event)
{
    if (r->group == ETL_GROUP_PAGE_FAULT)
        return decode_range(r, extra, out_event);
    if (has_short_cut(r->opcode) && decode_short_cut(r, out_event))
        return true;
    if (heap_op_info(r->opcode) == NULL)
        return decode_unknown(r, out_event);
    return decode_by_table(r, r->opcode, r->payload, extra, out_event);
}

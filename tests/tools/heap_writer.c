/* Heap payloads as tables of fields, one table per shape; see heap_writer.h. */
#include "heap_writer.h"

#include <stddef.h>

/* Where a field's value comes from and how wide it is. */
enum field_type {
    FIELD_END,
    FIELD_POINTER,  /* a u64 of the event, written pointer-sized */
    FIELD_U32,      /* a u32 of the event */
    FIELD_PADDING64 /* 4 bytes that only 64-bit payloads have (natural alignment) */
};

struct field {
    enum field_type type;
    enum heap_layout since;
    size_t at;
};

/* clang-format off */
#define POINTER_SINCE(layout, member) {FIELD_POINTER, layout, offsetof(struct mketl_event, member)}
#define U32_SINCE(layout, member)     {FIELD_U32, layout, offsetof(struct mketl_event, member)}
#define POINTER(member)               POINTER_SINCE(HEAP_LAYOUT_OLD, member)
#define U32(member)                   U32_SINCE(HEAP_LAYOUT_OLD, member)
#define PADDING64                     {FIELD_PADDING64, HEAP_LAYOUT_OLD, 0}
#define END                           {FIELD_END, HEAP_LAYOUT_OLD, 0}

/* etl-format 4.2, in wire order: Size comes before Address in an Alloc. */
static const struct field ALLOC[] = {
    POINTER(heap), POINTER(size), POINTER(address), U32(source), END,
};
static const struct field REALLOC[] = {
    POINTER(heap), POINTER(address), POINTER(old_address), POINTER(size), POINTER(old_size),
    U32(source), END,
};
static const struct field FREE[] = {POINTER(heap), POINTER(address), U32(source), END};

/* etl-format 4.3. */
static const struct field CREATE[] = {
    POINTER(heap), U32(flags), POINTER_SINCE(HEAP_LAYOUT_V3, reserved),
    POINTER_SINCE(HEAP_LAYOUT_V3, committed), POINTER_SINCE(HEAP_LAYOUT_V3, allocated), END,
};
static const struct field EXPAND[] = {
    POINTER(heap), POINTER(size), POINTER(address), POINTER(free_space), POINTER(committed),
    POINTER(reserved), U32(count), POINTER_SINCE(HEAP_LAYOUT_V3, allocated), END,
};

/* etl-format 4.4.  LargeUCRSpace, FreeListLength, UCRLength and HeapTag only take up room. */
static const struct field SNAPSHOT[] = {
    POINTER(heap), POINTER(free_space), POINTER(committed), POINTER(reserved), U32(flags),
    U32_SINCE(HEAP_LAYOUT_V2, pid), POINTER_SINCE(HEAP_LAYOUT_V2, old_size),
    U32_SINCE(HEAP_LAYOUT_V2, source), U32_SINCE(HEAP_LAYOUT_V2, count),
    POINTER_SINCE(HEAP_LAYOUT_V3, allocated), POINTER_SINCE(HEAP_LAYOUT_NEWEST, old_address), END,
};

static const struct field HANDLE[] = {POINTER(heap), END};

/* etl-format 4.5; `address` is the sub-segment or block, `source` the caller, bucket or slot. */
static const struct field SUBSEGMENT[] = {
    POINTER(heap), POINTER(address), POINTER(size), POINTER(old_size), END,
};
static const struct field COMMIT[] = {
    POINTER(heap), POINTER(address), POINTER(size), U32(source), PADDING64, END,
};
static const struct field INIT[] = {
    POINTER(heap), POINTER(address), POINTER(size), POINTER(old_size), U32(source), END,
};
static const struct field BUCKET[] = {POINTER(heap), U32(source), END};
static const struct field SLOT[] = {U32(source), END};
static const struct field ACTIVATED[] = {POINTER(heap), POINTER(address), END};
static const struct field CHANGED[] = {POINTER(heap), POINTER(address), U32(source), END};
/* clang-format on */

static const struct field *const FIELDS[] = {
    [MKETL_CREATE] = CREATE,
    [MKETL_ALLOC] = ALLOC,
    [MKETL_REALLOC] = REALLOC,
    [MKETL_DESTROY] = HANDLE,
    [MKETL_FREE] = FREE,
    [MKETL_EXPAND] = EXPAND,
    [MKETL_SNAPSHOT] = SNAPSHOT,
    [MKETL_CREATE_SNAPSHOT] = SNAPSHOT,
    [MKETL_DESTROY_SNAPSHOT] = SNAPSHOT,
    [MKETL_EXTEND_SNAPSHOT] = SNAPSHOT,
    [MKETL_CONTRACT] = EXPAND,
    [MKETL_LOCK] = HANDLE,
    [MKETL_UNLOCK] = HANDLE,
    [MKETL_VALIDATE] = HANDLE,
    [MKETL_WALK] = HANDLE,
    [MKETL_SUBSEGMENT_ALLOC] = SUBSEGMENT,
    [MKETL_SUBSEGMENT_FREE] = SUBSEGMENT,
    [MKETL_SUBSEGMENT_ALLOC_CACHED] = SUBSEGMENT,
    [MKETL_SUBSEGMENT_FREE_CACHED] = SUBSEGMENT,
    [MKETL_COMMIT] = COMMIT,
    [MKETL_DECOMMIT] = COMMIT,
    [MKETL_SUBSEGMENT_INIT] = INIT,
    [MKETL_AFFINITY_ENABLE] = BUCKET,
    [MKETL_AFFINITY_SLOT_ASSIGNED] = SLOT,
    [MKETL_SUBSEGMENT_ACTIVATED] = ACTIVATED,
    [MKETL_AFFINITY_SLOT_CHANGED] = CHANGED,
    [MKETL_REUSE_THRESHOLD] = CHANGED,
};

static void put_field(struct wire *wire, const struct mketl_event *event, const struct field *field)
{
    const char *value = (const char *)event + field->at;
    if (field->type == FIELD_POINTER)
        wire_pointer(wire, event->pointer_size, *(const uint64_t *)(const void *)value);
    else if (field->type == FIELD_U32)
        wire_u32(wire, *(const uint32_t *)(const void *)value);
    else if (event->pointer_size == 8)
        wire_u32(wire, 0);
}

uint8_t heap_writer_version(uint8_t opcode, enum heap_layout layout)
{
    bool grew = opcode == MKETL_CREATE || opcode == MKETL_EXPAND || opcode == MKETL_CONTRACT ||
                (opcode >= MKETL_SNAPSHOT && opcode <= MKETL_EXTEND_SNAPSHOT);
    return grew && layout >= HEAP_LAYOUT_V3 ? 3 : 2;
}

void heap_writer_put(struct wire *wire, const struct mketl_event *event, enum heap_layout layout)
{
    const struct field *field = BUCKET;
    if (event->opcode < sizeof FIELDS / sizeof FIELDS[0] && FIELDS[event->opcode])
        field = FIELDS[event->opcode];
    for (; field->type != FIELD_END; field++)
        if (field->since <= layout)
            put_field(wire, event, field);
}

/* A rundown names one range; with Reserved, so that 64-bit ranges start at +0x18. */
static void put_rundown(struct wire *wire, const struct mketl_event *event)
{
    wire_u32(wire, event->flags);
    wire_u32(wire, event->pid);
    wire_u32(wire, 1);
    wire_u32(wire, 0);
    wire_pointer(wire, event->pointer_size, event->address);
    wire_pointer(wire, event->pointer_size, event->size);
}

void heap_writer_put_range(struct wire *wire, const struct mketl_event *event)
{
    wire_pointer(wire, event->pointer_size, event->heap);
    switch (event->opcode) {
    case MKETL_RANGE_RUNDOWN:
        put_rundown(wire, event);
        break;
    case MKETL_RANGE_CREATE:
        wire_pointer(wire, event->pointer_size, event->size);
        wire_u32(wire, event->flags);
        if (event->pointer_size == 8)
            wire_u32(wire, 0); /* natural alignment */
        break;
    case MKETL_RANGE_RESERVE:
    case MKETL_RANGE_RELEASE:
        wire_pointer(wire, event->pointer_size, event->address);
        wire_pointer(wire, event->pointer_size, event->size);
        break;
    default: /* Destroy has the handle alone. */
        break;
    }
}

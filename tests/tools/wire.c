/* Record headers and payload fields, byte by byte; see wire.h. */
#include "wire.h"

#include <string.h>

/* Header types by family and pointer size (etl-format 2.1); a MESSAGE has one type for both. */
/* clang-format off */
static const uint8_t HEADER_TYPE[WIRE_FAMILIES][2] = {
    [WIRE_SYSTEM] =   {1, 2},
    [WIRE_COMPACT] =  {3, 4},
    [WIRE_PERFINFO] = {16, 17},
    [WIRE_FULL] =     {10, 20},
    [WIRE_INSTANCE] = {11, 21},
    [WIRE_EVENT] =    {18, 19},
    [WIRE_MESSAGE] =  {15, 15},
};
/* clang-format on */

enum {
    TRACE_FLAG = 0xc0, /* byte 3 of every header but a MESSAGE's */
    MESSAGE_FLAG = 0x90,
    MESSAGE_HAS_TIME = 0x08,
    MESSAGE_HAS_IDS = 0x20,
    EVENT_HAS_ITEMS = 0x0001,
    PEBS_BIT = 0x80, /* in the high byte of a PERFINFO version */
    EVENT_FLAGS_AT = 4,
    ITEM_HEAD = 8
};

/* Class GUIDs of the groups written here (etl-format 2.3). */
/* clang-format off */
static const struct {
    uint8_t group;
    struct wire_guid guid;
} GROUPS[] = {
    {WIRE_GROUP_FILE,
     {0x68fdd900, 0x4a3e, 0x11d1, {0x84, 0xf4, 0x00, 0x00, 0xf8, 0x04, 0x64, 0xe3}}},
    {WIRE_GROUP_MEMORY,
     {0x3d6fa8d3, 0xfe05, 0x11d0, {0x9d, 0xda, 0x00, 0xc0, 0x4f, 0xd7, 0xba, 0x7c}}},
    {WIRE_GROUP_PROCESS,
     {0x3d6fa8d0, 0xfe05, 0x11d0, {0x9d, 0xda, 0x00, 0xc0, 0x4f, 0xd7, 0xba, 0x7c}}},
    {WIRE_GROUP_THREAD,
     {0x3d6fa8d1, 0xfe05, 0x11d0, {0x9d, 0xda, 0x00, 0xc0, 0x4f, 0xd7, 0xba, 0x7c}}},
    {WIRE_GROUP_CONFIG,
     {0x01853a65, 0x418f, 0x4f36, {0xae, 0xfc, 0xdc, 0x0f, 0x1d, 0x2f, 0xd2, 0x35}}},
    {WIRE_GROUP_IMAGE_ID,
     {0xb3e675d7, 0x2554, 0x4f18, {0x83, 0x0b, 0x27, 0x62, 0x73, 0x25, 0x60, 0xde}}},
    {WIRE_GROUP_SETUP,
     {0x9b79ee91, 0xb5fd, 0x41c0, {0xa2, 0x43, 0x42, 0x48, 0xe2, 0x66, 0xe9, 0xd0}}},
    {WIRE_GROUP_PERFINFO,
     {0xce1dbfb4, 0x137e, 0x4da6, {0x87, 0xb0, 0x3f, 0x59, 0xaa, 0x10, 0x2c, 0xbc}}},
    {WIRE_GROUP_HEAP,
     {0x222962ab, 0x6180, 0x4b88, {0xa8, 0x25, 0x34, 0x6b, 0x75, 0xf2, 0xa2, 0x4a}}},
    {WIRE_GROUP_IMAGE,
     {0x2cb15d1d, 0x5fc1, 0x11d2, {0xab, 0xe1, 0x00, 0xa0, 0xc9, 0x11, 0xf5, 0x18}}},
    {WIRE_GROUP_STACK,
     {0xdef2fe46, 0x7bd6, 0x4b80, {0xbd, 0x94, 0xf5, 0x7f, 0xe2, 0x0d, 0x0c, 0xe3}}},
};
/* clang-format on */

const struct wire_guid *wire_group_guid(uint8_t group)
{
    for (size_t i = 0; i < sizeof GROUPS / sizeof GROUPS[0]; i++)
        if (GROUPS[i].group == group)
            return &GROUPS[i].guid;
    return NULL;
}

/* Little-endian by shifts, so that the tool is right on any host.  Past the limit only the size
 * grows, which wire_end reports. */
static void put(struct wire *wire, uint64_t value, size_t size)
{
    for (size_t i = 0; i < size; i++, wire->size++)
        if (wire->size < WIRE_RECORD_MAX)
            wire->bytes[wire->size] = (uint8_t)(value >> (8 * i));
}

void wire_u8(struct wire *wire, uint8_t value)
{
    put(wire, value, 1);
}

void wire_u16(struct wire *wire, uint16_t value)
{
    put(wire, value, 2);
}

void wire_u32(struct wire *wire, uint32_t value)
{
    put(wire, value, 4);
}

void wire_u64(struct wire *wire, uint64_t value)
{
    put(wire, value, 8);
}

void wire_pointer(struct wire *wire, uint8_t pointer_size, uint64_t value)
{
    put(wire, value, pointer_size);
}

void wire_bytes(struct wire *wire, const void *bytes, size_t size)
{
    const uint8_t *from = bytes;
    for (size_t i = 0; i < size; i++)
        put(wire, from[i], 1);
}

void wire_zeros(struct wire *wire, size_t count)
{
    for (size_t i = 0; i < count; i++)
        put(wire, 0, 1);
}

void wire_guid(struct wire *wire, const struct wire_guid *guid)
{
    static const struct wire_guid none;
    if (!guid)
        guid = &none;
    wire_u32(wire, guid->a);
    wire_u16(wire, guid->b);
    wire_u16(wire, guid->c);
    wire_bytes(wire, guid->d, sizeof guid->d);
}

/* The next code point of a valid UTF-8 string; the names written here are the tool's own. */
static uint32_t next_code_point(const char **at)
{
    const unsigned char *s = (const unsigned char *)*at;
    size_t more = s[0] < 0x80 ? 0 : s[0] < 0xe0 ? 1 : s[0] < 0xf0 ? 2 : 3;
    uint32_t code = more ? s[0] & (0x3fu >> more) : s[0];
    size_t i = 1;
    for (; i <= more && (s[i] & 0xc0) == 0x80; i++)
        code = code << 6 | (s[i] & 0x3fu);
    *at += i;
    return code;
}

void wire_wide(struct wire *wire, const char *utf8)
{
    while (*utf8) {
        uint32_t code = next_code_point(&utf8);
        if (code >= 0x10000) {
            wire_u16(wire, (uint16_t)(0xd800 + ((code - 0x10000) >> 10)));
            code = 0xdc00 + ((code - 0x10000) & 0x3ff);
        }
        wire_u16(wire, (uint16_t)code);
    }
    wire_u16(wire, 0);
}

void wire_narrow(struct wire *wire, const char *utf8)
{
    while (*utf8) {
        uint32_t code = next_code_point(&utf8);
        wire_u8(wire, code <= 0xff ? (uint8_t)code : '?');
    }
    wire_u8(wire, 0);
}

/* SYSTEM, COMPACT and PERFINFO open alike: version, type, Size, hook id. */
static void begin_hook(struct wire *wire, const struct wire_header *header, uint8_t type)
{
    uint8_t extension = 0;
    if (header->family == WIRE_PERFINFO)
        extension = (uint8_t)((header->pebs ? PEBS_BIT : 0) | (header->counters & 7));
    wire_u8(wire, header->version);
    wire_u8(wire, extension);
    wire_u8(wire, type);
    wire_u8(wire, TRACE_FLAG);
    wire->size_at = wire->size;
    wire_u16(wire, 0);
    wire_u8(wire, header->opcode);
    wire_u8(wire, header->group);
}

static void begin_system(struct wire *wire, const struct wire_header *header, uint8_t type)
{
    begin_hook(wire, header, type);
    wire_u32(wire, header->tid);
    wire_u32(wire, header->pid);
    wire_u64(wire, (uint64_t)header->time);
    if (header->family == WIRE_SYSTEM)
        wire_u64(wire, 0); /* KernelTime, UserTime */
}

static void begin_perfinfo(struct wire *wire, const struct wire_header *header, uint8_t type)
{
    begin_hook(wire, header, type);
    wire_u64(wire, (uint64_t)header->time);
    size_t extra = (header->pebs ? 1u : 0u) + (header->counters & 7u);
    for (size_t i = 0; i < extra; i++)
        wire_u64(wire, 0x0101010101010101u * (i + 1));
}

/* FULL, INSTANCE and EVENT open alike: Size, type, two header-specific words, ids, time, GUID. */
static void begin_class(struct wire *wire, const struct wire_header *header, uint8_t type,
                        uint32_t words)
{
    wire->size_at = wire->size;
    wire_u16(wire, 0);
    wire_u8(wire, type);
    wire_u8(wire, TRACE_FLAG);
    wire_u32(wire, words);
    wire_u32(wire, header->tid);
    wire_u32(wire, header->pid);
    wire_u64(wire, (uint64_t)header->time);
    wire_guid(wire, header->guid ? header->guid : wire_group_guid(header->group));
}

static void begin_full(struct wire *wire, const struct wire_header *header, uint8_t type)
{
    begin_class(wire, header, type, header->opcode | (uint32_t)header->version << 16);
    wire_u64(wire, 0); /* KernelTime, UserTime */
    if (header->family != WIRE_INSTANCE)
        return;
    wire_u32(wire, 1); /* InstanceId */
    wire_u32(wire, 0); /* ParentInstanceId */
    wire_guid(wire, NULL);
}

static void begin_event(struct wire *wire, const struct wire_header *header, uint8_t type)
{
    begin_class(wire, header, type, 0);
    wire_u16(wire, header->event_id);
    wire_u8(wire, header->version);
    wire_u8(wire, 0); /* Channel */
    wire_u8(wire, 4); /* Level */
    wire_u8(wire, header->opcode);
    wire_u16(wire, 0); /* Task */
    wire_u64(wire, 0); /* Keyword */
    wire_u64(wire, 0); /* KernelTime, UserTime */
    wire_guid(wire, NULL);
}

static void begin_message(struct wire *wire, const struct wire_header *header, uint8_t type)
{
    wire->size_at = wire->size;
    wire_u16(wire, 0);
    wire_u8(wire, type);
    wire_u8(wire, MESSAGE_FLAG);
    wire_u16(wire, header->event_id);
    wire_u16(wire, MESSAGE_HAS_TIME | MESSAGE_HAS_IDS);
    wire_u64(wire, (uint64_t)header->time);
    wire_u32(wire, header->tid);
    wire_u32(wire, header->pid);
}

void wire_begin(struct wire *wire, const struct wire_header *header)
{
    static void (*const BEGIN[WIRE_FAMILIES])(struct wire *, const struct wire_header *,
                                              uint8_t) = {
        [WIRE_SYSTEM] = begin_system,     [WIRE_COMPACT] = begin_system,
        [WIRE_PERFINFO] = begin_perfinfo, [WIRE_FULL] = begin_full,
        [WIRE_INSTANCE] = begin_full,     [WIRE_EVENT] = begin_event,
        [WIRE_MESSAGE] = begin_message,
    };
    wire->size = 0;
    BEGIN[header->family](wire, header, HEADER_TYPE[header->family][header->pointer_size == 8]);
}

bool wire_end(struct wire *wire)
{
    if (wire->size > WIRE_RECORD_MAX)
        return false;
    wire->bytes[wire->size_at] = (uint8_t)wire->size;
    wire->bytes[wire->size_at + 1] = (uint8_t)(wire->size >> 8);
    return true;
}

void wire_item(struct wire *wire, uint16_t type, const void *data, uint16_t size, bool more)
{
    uint16_t padded = (uint16_t)((ITEM_HEAD + size + 7) & ~7);
    wire->bytes[EVENT_FLAGS_AT] |= EVENT_HAS_ITEMS;
    wire_u16(wire, padded);
    wire_u16(wire, type);
    wire_u16(wire, more ? 1 : 0);
    wire_u16(wire, size);
    wire_bytes(wire, data, size);
    wire_zeros(wire, (size_t)(padded - ITEM_HEAD - size));
}

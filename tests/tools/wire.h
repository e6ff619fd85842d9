/*
 * One ETW record as bytes: a header of any type (etl-format 2.1, 2.2), then payload fields put one
 * after another.  The record's Size is filled in by wire_end.  Knows nothing of buffers or of what
 * the payloads mean.
 */
#ifndef TESTS_TOOLS_WIRE_H
#define TESTS_TOOLS_WIRE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The largest record: its Size field is 16 bits wide (etl-format 1.4). */
#define WIRE_RECORD_MAX 65535u

/* Bytes of a SYSTEM header. */
#define WIRE_SYSTEM_HEADER 0x20u

struct wire_guid {
    uint32_t a;
    uint16_t b;
    uint16_t c;
    uint8_t d[8];
};

/* Header families; with the pointer size they give the header type byte. */
enum wire_family {
    WIRE_SYSTEM,
    WIRE_COMPACT,
    WIRE_PERFINFO,
    WIRE_FULL,
    WIRE_INSTANCE,
    WIRE_EVENT,
    WIRE_MESSAGE,
    WIRE_FAMILIES
};

/* Event groups: the high byte of a hook id (etl-format 2.3). */
enum wire_group {
    WIRE_GROUP_FILE = 0x00,
    WIRE_GROUP_MEMORY = 0x02,
    WIRE_GROUP_PROCESS = 0x03,
    WIRE_GROUP_THREAD = 0x05,
    WIRE_GROUP_CONFIG = 0x0b,
    WIRE_GROUP_PERFINFO = 0x0f,
    WIRE_GROUP_HEAP = 0x10,
    WIRE_GROUP_IMAGE = 0x14,
    WIRE_GROUP_STACK = 0x18,
    WIRE_GROUP_IMAGE_ID = 0x80, /* no hook ids: these two have class GUIDs alone */
    WIRE_GROUP_SETUP = 0x81
};

/*
 * What a header can say; a field the family has no room for is ignored.  FULL, INSTANCE and EVENT
 * take their GUID from `guid`, or from the group's class when that is NULL.
 */
struct wire_header {
    enum wire_family family;
    uint8_t pointer_size; /* 4 or 8: chooses the header type */
    uint8_t group;
    uint8_t opcode;
    uint8_t version;
    uint8_t counters;  /* PERFINFO only: 0..7 performance counters follow the header */
    bool pebs;         /* PERFINFO only: a PEBS index follows the header */
    uint16_t event_id; /* EVENT: Id; MESSAGE: message number */
    uint32_t pid;
    uint32_t tid;
    int64_t time; /* raw clock */
    const struct wire_guid *guid;
};

struct wire {
    size_t size; /* bytes so far; more than WIRE_RECORD_MAX means the record is void */
    size_t size_at;
    uint8_t bytes[WIRE_RECORD_MAX + 1];
};

/* The class GUID of a group, or NULL when the generator does not write that group. */
const struct wire_guid *wire_group_guid(uint8_t group);

void wire_begin(struct wire *wire, const struct wire_header *header);

/* Writes Size.  Returns false when the record has grown past WIRE_RECORD_MAX. */
bool wire_end(struct wire *wire);

void wire_u8(struct wire *wire, uint8_t value);
void wire_u16(struct wire *wire, uint16_t value);
void wire_u32(struct wire *wire, uint32_t value);
void wire_u64(struct wire *wire, uint64_t value);
void wire_bytes(struct wire *wire, const void *bytes, size_t size);
void wire_zeros(struct wire *wire, size_t count);
void wire_guid(struct wire *wire, const struct wire_guid *guid);

/* A pointer-sized field of 4 or 8 bytes. */
void wire_pointer(struct wire *wire, uint8_t pointer_size, uint64_t value);

/* `utf8` as NUL-terminated UTF-16LE. */
void wire_wide(struct wire *wire, const char *utf8);

/* `utf8` as a NUL-terminated 8-bit string of the Western code page, as Windows writes image names;
 * a character above U+00FF becomes '?'. */
void wire_narrow(struct wire *wire, const char *utf8);

/* An extended item of an EVENT record, padded to 8 bytes; `more` says that another one follows. */
void wire_item(struct wire *wire, uint16_t type, const void *data, uint16_t size, bool more);

#endif

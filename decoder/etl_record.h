/*
 * Walking the records of one buffer, whatever their header type (etl-format 2).
 *
 * A cursor over borrowed bytes: no memory, no copies. Every size is checked; damage ends the walk
 * of this buffer (etl-format 9.3, 9.4).
 */
#ifndef DECODER_ETL_RECORD_H
#define DECODER_ETL_RECORD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/bytes.h"
#include "decoder/etl_guid.h"

/* Header types, byte +2 of a record (etl-format 2.1). */
enum etl_header_type {
    ETL_HEADER_SYSTEM32 = 1,
    ETL_HEADER_SYSTEM64 = 2,
    ETL_HEADER_COMPACT32 = 3,
    ETL_HEADER_COMPACT64 = 4,
    ETL_HEADER_FULL32 = 10,
    ETL_HEADER_INSTANCE32 = 11,
    ETL_HEADER_MESSAGE = 15,
    ETL_HEADER_PERFINFO32 = 16,
    ETL_HEADER_PERFINFO64 = 17,
    ETL_HEADER_EVENT32 = 18,
    ETL_HEADER_EVENT64 = 19,
    ETL_HEADER_FULL64 = 20,
    ETL_HEADER_INSTANCE64 = 21,
};

/* What a record's header does not say. */
enum etl_record_flags {
    ETL_RECORD_HAS_TIME = 1u << 0, /* else `time` is the one of the record before */
    ETL_RECORD_HAS_IDS = 1u << 1,  /* pid and tid are the header's */
    ETL_RECORD_CLASSIC = 1u << 2,  /* group and opcode tell the event: all but EVENT and MESSAGE */
    ETL_RECORD_OPAQUE = 1u << 3,   /* a header of unknown or broken form: only its size holds */
};

struct etl_record {
    int64_t time;        /* raw clock */
    struct span payload; /* borrowed from the buffer */
    const uint8_t *guid; /* 16 bytes in the buffer, unaligned; NULL for hook forms */
    struct span items;   /* extended items of an EVENT header, see etl_record_next_item() */
    uint32_t pid;
    uint32_t tid;
    uint16_t group; /* enum etl_group, also for the GUID form of a known class */
    uint16_t id;    /* EVENT: event id; MESSAGE: message number; else 0 */
    uint8_t opcode;
    uint8_t version;
    uint8_t type;         /* enum etl_header_type */
    uint8_t pointer_size; /* 4 or 8 by header type; 0 when the type does not tell */
    uint8_t flags;        /* enum etl_record_flags */
};

struct etl_cursor {
    struct span buffer; /* from the buffer's header to where events end; borrowed */
    size_t offset;      /* of the next record */
    int64_t last_time;  /* of the latest record with a time */
    bool damaged;       /* the walk ended at a record that cannot be */
};

/*
 * Starts at the first record of `buffer`: the buffer from its 72-byte header on, cut at
 * etl_buffer_events_end(), expanded if it was compressed. `last_time` is inherited by records
 * without one at the very start.
 */
void etl_cursor_init(struct etl_cursor *c, struct span buffer, int64_t last_time);

/*
 * The next record; placeholders are passed over. False at the end of the buffer or at damage
 * (c->damaged says which). Borrowed spans live as long as the buffer. O(1).
 */
bool etl_cursor_next(struct etl_cursor *c, struct etl_record *out_record);

/* One extended item of an EVENT header (etl-format 2.2): ExtType and its data. */
struct etl_item {
    uint16_t type;
    struct span data;
};

/*
 * Takes the first item off `items` (a copy of record->items); false when there are no more. After
 * the last one `items` is empty and begins behind it; after a broken one it is not empty.
 */
bool etl_record_next_item(struct span *items, struct etl_item *out_item);

#endif

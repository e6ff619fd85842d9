/*
 * What the decoder hands on: one plain value per record that matters.
 *
 * Heap events carry what the record itself says, nothing derived from other heap events. Process
 * events carry identity. Every other record is only counted (etl_tally.h) until a later layer needs
 * it: it then gets a kind of its own here.
 */
#ifndef DECODER_EVENT_H
#define DECODER_EVENT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/bytes.h"

/* The id of a process or thread that the record does not carry and that could not be derived. */
#define EVENT_NO_ID UINT32_MAX

enum event_kind {
    EVENT_HEAP,           /* heap provider record, or a HeapRange record (etl-format 4) */
    EVENT_PROCESS_START,  /* Process Start: an instance begins (etl-format 6.1) */
    EVENT_PROCESS_END,    /* Process End */
    EVENT_PROCESS_RUNDOWN /* DCStart, DCEnd, Defunct: names an instance, begins and ends nothing */
};

/*
 * Operation of a heap event: the opcode of the heap provider (0..255; 32..58 are known,
 * etl-format 4.1), or one of the HeapRange records, which live in the memory group and are numbered
 * from 0x100 here.
 */
enum heap_op {
    HEAP_OP_CREATE = 32,
    HEAP_OP_ALLOC = 33,
    HEAP_OP_REALLOC = 34,
    HEAP_OP_DESTROY = 35,
    HEAP_OP_FREE = 36,
    HEAP_OP_EXPAND = 37,
    HEAP_OP_SNAPSHOT = 38,
    HEAP_OP_CREATE_SNAPSHOT = 39,
    HEAP_OP_DESTROY_SNAPSHOT = 40,
    HEAP_OP_EXTEND_SNAPSHOT = 41,
    HEAP_OP_CONTRACT = 42,
    HEAP_OP_RANGE_RUNDOWN = 0x100,
    HEAP_OP_RANGE_CREATE = 0x101,
    HEAP_OP_RANGE_RESERVE = 0x102,
    HEAP_OP_RANGE_RELEASE = 0x103,
    HEAP_OP_RANGE_DESTROY = 0x104,
    HEAP_OP_COUNT = 0x105 /* size of tables indexed by operation */
};

/* Which of the values below the record carries; an absent value is zero and must not be shown as
 * zero. */
enum event_fields {
    EVENT_HAS_HEAP = 1u << 0,
    EVENT_HAS_ADDRESS = 1u << 1,
    EVENT_HAS_SIZE = 1u << 2,
    EVENT_HAS_OLD_ADDRESS = 1u << 3,
    EVENT_HAS_OLD_SIZE = 1u << 4,
    EVENT_HAS_SOURCE = 1u << 5,
};

struct trace_event {
    int64_t time; /* raw clock of the trace (etl-format 3.1) */
    uint32_t pid; /* EVENT_NO_ID when unknown */
    uint32_t tid;
    uint16_t cpu; /* the CPU whose buffer held the record */
    uint16_t op;  /* EVENT_HEAP: enum heap_op or an unknown opcode */
    uint8_t kind; /* enum event_kind */
    uint8_t has;  /* enum event_fields */
    uint8_t pointer_size;
    uint8_t version; /* the record's event version */
    bool late;       /* it came after records of a later time had been handed out */
    uint8_t layout;  /* EVENT_HEAP: which of the operation's layouts (heap_op.h) the payload had */
    uint32_t source;

    /* EVENT_HEAP, by the table "Machine formats" of cli.md. */
    uint64_t heap;
    uint64_t address;
    uint64_t size;
    uint64_t old_address;
    uint64_t old_size;

    /*
     * EVENT_HEAP: the payload's other fields, widened to 64 bits, in the order and with the names
     * of the layout; NULL for Alloc, ReAlloc and Free. Borrowed until the next read.
     */
    const uint64_t *extra;
    uint32_t extra_count;

    /* EVENT_PROCESS_*: ImageFileName as 8-bit text (etl-format 6.1), borrowed until the next read;
     * may be empty. */
    struct span name;
};

#endif

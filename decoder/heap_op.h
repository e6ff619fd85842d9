/*
 * The table of heap operations: names, letters and the layouts of their payloads (etl-format 4.1
 * to 4.5 and 4.9).
 *
 * The one place that knows what a heap opcode is called and which fields its record has. Screens,
 * filters, exports and the decoder all read it.
 */
#ifndef DECODER_HEAP_OP_H
#define DECODER_HEAP_OP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* How a field wants to be shown. */
enum heap_unit {
    HEAP_UNIT_HEX,    /* handle, address */
    HEAP_UNIT_BYTES,  /* size */
    HEAP_UNIT_COUNT,  /* number of things, index */
    HEAP_UNIT_FLAGS,  /* HeapFlags (etl-format 4.8) */
    HEAP_UNIT_SOURCE, /* Source (etl-format 4.2) */
    HEAP_UNIT_CALLER, /* Caller of Commit and Decommit (etl-format 4.5) */
    HEAP_UNIT_ID,     /* process id, slot: plain decimal */
};

/* Where the decoder puts a field: into a member of struct trace_event, or into its `extra` array.
 */
enum heap_slot {
    HEAP_SLOT_EXTRA,
    HEAP_SLOT_HEAP,
    HEAP_SLOT_ADDRESS,
    HEAP_SLOT_SIZE,
    HEAP_SLOT_OLD_ADDRESS,
    HEAP_SLOT_OLD_SIZE,
    HEAP_SLOT_SOURCE,
};

struct heap_field {
    const char *name; /* Windows' name: "ReservedSpace" */
    uint16_t offset;  /* from the payload's start */
    uint8_t width;    /* 4 or 8 bytes */
    uint8_t unit;     /* enum heap_unit */
    uint8_t slot;     /* enum heap_slot */
};

/* One known payload of an operation; longer payloads are accepted and their rest ignored. */
struct heap_layout {
    uint16_t size; /* bytes */
    uint8_t pointer_size;
    uint8_t field_count;
    const struct heap_field *fields;
};

struct heap_op_info {
    uint16_t op;
    char letter;             /* the event list's sign: A, R, F, C, D, ... */
    const char *name;        /* machine formats: "Alloc", "SubSegmentAllocCached", "RangeReserve" */
    const char *word;        /* the event list: "alloc" */
    const char *description; /* one short sentence for the detail pane */
    const struct heap_layout *layouts; /* 32-bit ones first, each half ascending by size */
    size_t layout_count;
};

/* The row of the table for `op`, or NULL for an opcode that is not known. O(1). */
const struct heap_op_info *heap_op_info(unsigned op);

/* The machine name: static text, or `op<N>` written into `buf` for an unknown opcode. */
const char *heap_op_name(unsigned op, char buf[static 32]);

/* Finds an operation by its machine name or word, any case, or `op<N>` with N up to 255. */
bool heap_op_by_name(const char *name, size_t len, unsigned *out_op);

/* True for records that count as heap events: those of the heap provider, not HeapRange
 * (numbers.md, Replay rules). */
bool heap_op_is_heap_event(unsigned op);

/* "low-frag", "main path" ... for 1..6, NULL for other values (etl-format 4.2). */
const char *heap_source_name(uint32_t source);

/* The words of the filter language, any case (cli.md): lookaside lowfrag lfh mainpath slowpath
 * invalid segmentheap. */
bool heap_source_by_name(const char *name, size_t len, uint32_t *out_source);

/* The first of those words for a Source, NULL for other values. */
const char *heap_source_word(uint32_t source);

/* True when one of those words begins so. */
bool heap_source_begins(const char *name, size_t len);

/* "commit block" ... for a known Caller of Commit and Decommit, else NULL (etl-format 4.5). */
const char *heap_caller_name(uint32_t caller);

#endif

/*
 * One event as a row of the trace: what the record said, and what replay found out about it.
 *
 * Rows are numbered from 0 in the trace's time order. The store keeps them as columns; a struct row
 * is made only for the rows somebody looks at.
 */
#ifndef MODEL_ROW_H
#define MODEL_ROW_H

#include <stdint.h>

#include "decoder/event.h"

/* "No such row" and "no such heap, thread or process". */
#define ROW_NONE   UINT64_MAX
#define INDEX_NONE UINT32_MAX

/*
 * What replay decided (numbers.md, Replay rules). A row can open a block and close others at once,
 * but ROW_CLOSES and ROW_RESIZES exclude ROW_OPENS, so `link` is never ambiguous.
 */
enum row_flags {
    ROW_OPENS = 1u << 0,   /* a block was born here; `link` is the row that closed it */
    ROW_CLOSES = 1u << 1,  /* a Free that took effect; `link` is the row that opened the block */
    ROW_RESIZES = 1u << 2, /* ReAlloc in place of a live block; `link` is the row that opened it */
    /* ReAlloc with old != new; when it opens nothing `link` is the row that opened the new block */
    ROW_MOVED = 1u << 3,
    ROW_FAILED = 1u << 4,    /* Alloc of address 0 */
    ROW_UNMATCHED = 1u << 5, /* Free without a live block */
    /* ReAlloc that moved and is no summary, resized an unknown block, or whose OldSize disagreed */
    ROW_REPAIRED = 1u << 6,
    ROW_DUPLICATE = 1u << 7,   /* second copy of a Create, Expand or Contract: shown, not counted */
    ROW_DOUBLE_FREE = 1u << 8, /* double free candidate */
    ROW_WRONG_HEAP = 1u << 9,  /* address is live in another heap of the process */
    ROW_LOST_FREE =
        1u << 10, /* Alloc of a live address: the old block was closed first, see row_closed */
    ROW_LOST_DESTROY =
        1u << 11, /* Create of a live handle: the old generation's blocks were closed */
    /* On the row that freed a block (Free or repaired ReAlloc): freed before the allocating
     * thread's next allocation in that heap. */
    ROW_TEMPORARY = 1u << 12,
    ROW_RANGE = 1u << 13, /* a HeapRange record; used by the store to tell equal opcodes apart */
    /* Bits 14 and 15 of the flags column are the store's own (STORE_HAS_ADDRESS, STORE_HAS_SIZE).
     */
};

/* A row ends blocks that its link does not name (row_closed) only with one of these flags, or as a
 * Destroy. */
#define ROW_CLOSING_FLAGS (ROW_LOST_FREE | ROW_LOST_DESTROY | ROW_REPAIRED)

struct row {
    uint64_t id;
    int64_t time; /* raw clock */
    uint16_t op;  /* enum heap_op */
    uint16_t flags;
    uint16_t cpu;
    uint8_t has; /* enum event_fields: what the record itself carried */
    uint32_t source;
    uint32_t heap;   /* index in the registry, INDEX_NONE when the record names no heap */
    uint32_t thread; /* index in the registry */
    uint64_t address;
    uint64_t size; /* ROW_CLOSES: the block's size; else as the record says */
    uint64_t old_address;
    uint64_t old_size;
    uint64_t link;  /* see row_flags; ROW_NONE when there is none (yet) */
    uint32_t stack; /* id in the trace's stack_table, STACK_NONE when there is none (yet) */
};

/* A block closed by a row that is not its Free: lost free, repaired ReAlloc, Destroy, lost destroy.
 */
struct row_closed {
    uint64_t row;  /* that opened the block */
    uint64_t size; /* of the block at its end */
};

#endif

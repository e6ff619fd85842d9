/*
 * Payloads of the heap provider's records and of the HeapRange records, in every layout of
 * etl-format 4.  The record header is the caller's.
 */
#ifndef TESTS_TOOLS_HEAP_WRITER_H
#define TESTS_TOOLS_HEAP_WRITER_H

#include <stdint.h>

#include "mketl_event.h"
#include "wire.h"

/* How much of Create, Expand, Contract and Snapshot is written. */
enum heap_layout {
    HEAP_LAYOUT_OLD,   /* Create 8/12, Expand 28/52, Snapshot 20/36 bytes */
    HEAP_LAYOUT_V2,    /* the same, Snapshot 36/56 */
    HEAP_LAYOUT_V3,    /* Create 20/36, Expand 32/60, Snapshot 40/64: Windows 7 and later */
    HEAP_LAYOUT_NEWEST /* Snapshot 44/72 */
};

/* The event version such a record carries in its header. */
uint8_t heap_writer_version(uint8_t opcode, enum heap_layout layout);

/* Puts the payload of a heap event; an unknown opcode gets its handle and one u32. */
void heap_writer_put(struct wire *wire, const struct mketl_event *event, enum heap_layout layout);

/* Puts the payload of a HeapRange event. */
void heap_writer_put_range(struct wire *wire, const struct mketl_event *event);

#endif

/*
 * A second opinion on ETL files, for tests alone: walks buffers and records straight by etl-format
 * 1 and 2, expands compressed buffers with libfwnt, and insists on every invariant that a
 * well-formed file keeps.  Knows nothing of damage, and shares nothing with generator or product.
 */
#ifndef TESTS_TOOLS_MINI_READER_H
#define TESTS_TOOLS_MINI_READER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "mketl_event.h"

struct mini_record {
    int64_t time;
    uint64_t sequence; /* of its buffer */
    uint32_t offset;   /* in its buffer */
    uint16_t cpu;
    uint8_t type; /* header type byte */
    uint8_t opcode;
    bool is_heap;  /* of the heap provider, by hook id or GUID */
    bool is_range; /* a HeapRange record */
    bool is_stack; /* the frames of an event told apart from it (etl-format 5) */
    bool has_ids;
    uint32_t pid;
    uint32_t tid;
    const uint8_t *payload;
    size_t payload_size;
};

struct mini_file {
    uint8_t *expanded;           /* bodies of compressed buffers, which payloads point into */
    struct mini_record *records; /* in trace order: time, CPU, sequence, offset */
    size_t count;
    size_t capacity;
    size_t buffers;
    size_t compressed;
};

/*
 * Reads the file of `size` bytes, which stays the caller's and is borrowed.  Returns NULL, or the
 * first invariant that does not hold.  Release out_file in either case.
 */
const char *mini_read(const uint8_t *bytes, size_t size, struct mini_file *out_file);

void mini_release(struct mini_file *file);

/* What a 64-bit stack record says: whose it is, and its frames, as many as fit. */
struct mini_stack {
    int64_t time;
    uint32_t pid;
    uint32_t tid;
    uint32_t count;
    uint64_t frames[256]; /* more than any record was seen to hold */
};

void mini_stack(const struct mini_record *record, struct mini_stack *out_stack);

/* The heap records (64-bit payloads) as events for truth_replay(), in file order. `events` has room
 * for file->count. Returns how many. */
size_t mini_heap_events(const struct mini_file *file, struct mketl_event *events);

#endif

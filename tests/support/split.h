/*
 * One generated trace taken apart into several files, as if several sessions had run side by side:
 * record by record, with its own code. What the files hold together is the one file's truth.
 */
#ifndef TESTS_SUPPORT_SPLIT_H
#define TESTS_SUPPORT_SPLIT_H

#include <stddef.h>
#include <stdint.h>

#include "support/ingested.h"

#define SPLIT_MOST 16

/* What is known of a record when its file is chosen. */
struct split_record {
    uint16_t cpu;
    uint64_t time; /* raw; 0 when the header form has none */
    unsigned group;
};

/* The file of a record, below the count. */
typedef size_t (*split_fn)(const struct split_record *record, size_t count);

/* Heap provider's records in file 0, all others in file 1: an unmerged heap session. */
size_t split_heap_from_kernel(const struct split_record *record, size_t count);

/* Anywhere, but records of one CPU and time together. */
size_t split_at_random(const struct split_record *record, size_t count);

/*
 * Fills `out` with `count` files, which the caller frees. Each has the whole file's header; buffers
 * keep their size and are numbered anew; what was lost is told by file 0 alone. The trace's buffers
 * must not be compressed.
 */
void split_trace(const struct mketl_trace *trace, split_fn choose, size_t count,
                 struct memory_file *out);

/* Records of the header buffer, which every file has. */
size_t split_header_records(const struct mketl_trace *trace);

#endif

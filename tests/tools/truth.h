/*
 * What numbers.md says about a list of logical events: a naive replay, written from its tables and
 * from nothing else.  Every block that ever lived is kept, so that a test can compare single lives,
 * not just sums.  Owns its arrays; names are borrowed from the events.
 *
 * Where numbers.md leaves a choice, the replay takes these:
 * - the Alloc of a moving Realloc was seen when the new block is live; its Free was seen when the
 *   thread's latest Free was of the old address and the thread did not allocate it anew;
 * - an old block that is not live is not freed by a repair: there is nothing to close;
 * - a Realloc in place of an unknown block opens it without counting an alloc;
 * - every Free that closes nothing is unmatched, wrong-heap and double-free candidates too;
 * - the double-free rule remembers the Frees that took effect: an unmatched Free is no free;
 * - HeapRange records and duplicates start no heap generation.
 */
#ifndef TESTS_TOOLS_TRUTH_H
#define TESTS_TOOLS_TRUTH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "frames.h"
#include "mketl_event.h"

/* A pid or tid that the record does not carry and that nothing tells. */
#define TRUTH_NO_ID UINT32_MAX

enum { TRUTH_SIZE_CLASSES = 65, TRUTH_OPCODES = 256 };

/* How a block ended. */
enum truth_end {
    TRUTH_OUTSTANDING,
    TRUTH_FREED, /* by Free, or by the repair of a Realloc */
    TRUTH_LOST_FREE,
    TRUTH_DESTROYED,
    TRUTH_LOST_DESTROY
};

/* What the file says beside its events. */
struct truth_facts {
    int64_t zero;  /* raw time of the file header record */
    int64_t rate;  /* raw ticks per second */
    int64_t start; /* FILETIME of the trace's start */
    uint8_t pointer_size;
    uint32_t cpus;
    uint64_t header_records; /* records of the header buffer */
    uint32_t events_lost;
    uint32_t buffers_lost;
    uint32_t sequence_gaps;
};

struct truth_process {
    uint32_t pid;     /* TRUTH_NO_ID when unknown */
    const char *name; /* NULL when unknown */
    bool ended;
};

struct truth_heap {
    size_t process; /* index into truth.processes */
    uint64_t handle;
    uint32_t generation; /* 1, 2, ... */
    bool ended;
    bool flags_known;
    uint32_t flags;
    bool space_known;
    uint64_t committed;
    uint64_t reserved;
    uint64_t allocs;
    uint64_t alloc_bytes;
    uint64_t frees;
    uint64_t freed_bytes;
    uint64_t reallocs;
    uint64_t failed_allocs;
    uint64_t outstanding_bytes;
    uint64_t outstanding_blocks;
    uint64_t peak_bytes;
};

struct truth_block {
    size_t heap;
    uint64_t address;
    uint64_t size;   /* the last one */
    uint32_t source; /* of the row that opened it */
    bool repaired;
    enum truth_end end;
    size_t born; /* indexes of events; died only when ended */
    size_t died;
};

/* Rows by operation and Source; outstanding is kept under the op MKETL_ALLOC. */
struct truth_source {
    uint8_t op;
    uint32_t source;
    uint64_t count;
    uint64_t bytes;
    uint64_t outstanding_blocks;
    uint64_t outstanding_bytes;
};

/* Class 0 holds size 0, class k sizes in [2^(k-1), 2^k). */
struct truth_size_class {
    uint64_t allocs;
    uint64_t bytes;
    uint64_t outstanding_blocks;
    uint64_t outstanding_bytes;
};

/* What the events of one stack in one process did; the blocks count where they were opened. */
struct truth_stack {
    size_t process;
    uint32_t stack;  /* number of the trace's frames; FRAMES_NONE: the events without one */
    uint64_t events; /* rows */
    uint64_t allocs;
    uint64_t alloc_bytes;
    uint64_t frees;
    uint64_t freed_bytes;
    uint64_t reallocs;
    uint64_t outstanding_bytes;
    uint64_t outstanding_blocks;
};

/* The place of kernel modules, which belong to no process. */
#define TRUTH_KERNEL SIZE_MAX

/* A module as it was loaded once. */
struct truth_image {
    size_t process; /* index into truth.processes, or TRUTH_KERNEL */
    uint64_t base;
    uint64_t size;
    int64_t loaded;   /* raw time; INT64_MIN: before the trace */
    int64_t unloaded; /* raw time; INT64_MAX: it stays */
    const char *path;
    const struct mketl_module *module; /* NULL when the workload told none */
};

struct truth {
    struct truth_facts facts;
    uint64_t records;
    uint64_t heap_events;
    uint64_t rows; /* heap events and HeapRange records */
    int64_t duration_ns;
    uint64_t ops[TRUTH_OPCODES];       /* rows by opcode, HeapRange under 100..104 */
    uint64_t range_ops[TRUTH_OPCODES]; /* how many of them are HeapRange records */
    uint64_t allocs;
    uint64_t alloc_bytes;
    uint64_t frees;
    uint64_t freed_bytes;
    uint64_t reallocs;
    uint64_t failed_allocs;
    uint64_t outstanding_bytes;
    uint64_t outstanding_blocks;
    uint64_t peak_bytes;
    uint64_t peak_blocks;
    int64_t peak_ns;
    size_t peak_event; /* index of the event after which it was reached */
    uint64_t unmatched_frees;
    uint64_t lost_frees;
    uint64_t lost_destroys;
    uint64_t repaired;
    uint64_t double_frees;
    uint64_t wrong_heap;
    uint64_t duplicates;
    struct truth_process *processes;
    size_t process_count;
    size_t process_capacity;
    struct truth_heap *heaps; /* in the order of their first event */
    size_t heap_count;
    size_t heap_capacity;
    struct truth_block *blocks; /* in the order of their birth */
    size_t block_count;
    size_t block_capacity;
    struct truth_source *sources;
    size_t source_count;
    size_t source_capacity;
    struct truth_size_class sizes[TRUTH_SIZE_CLASSES];
    uint64_t stack_records; /* that name an event, or stand in it */
    uint64_t with_stack;    /* Alloc and ReAlloc rows */
    uint64_t without_stack;
    uint64_t distinct_stacks;   /* among those rows */
    struct truth_stack *stacks; /* in the order of their first event */
    size_t stack_count;
    size_t stack_capacity;
    struct truth_image *images; /* in the order of their first record */
    size_t image_count;
    size_t image_capacity;
    size_t *process_of_event; /* per event that is a row: index into processes */
};

/* Nanoseconds since the trace's start of a raw time. */
int64_t truth_time_ns(const struct truth_facts *facts, int64_t raw);

/* The name of a row's operation in cli.md; numbers nobody knows are written into `scratch`. */
const char *truth_op_name(const struct mketl_event *event, char scratch[16]);

/* True when the event is a row of `heaptail events`: a heap event or a HeapRange record. */
bool truth_is_row(const struct mketl_event *event);

/*
 * Gives every PERFINFO event the ids a reader can derive for it: the thread its CPU last switched
 * to, and that thread's process; else TRUTH_NO_ID.  The events are in trace order.
 */
void truth_derive_ids(struct mketl_event *events, size_t count);

/* Gives every row the whole stack that the stack records in the file say it has; what it carries
 * itself stays.  The events are in trace order and have their ids. */
void truth_join_stacks(struct mketl_event *events, size_t count, struct frames *frames);

/* The module at `address` for a process at raw `time`: one that is loaded then, else the one that
 * was unloaded last before; NULL when nothing was ever there. */
const struct truth_image *truth_find_image(const struct truth *truth, size_t process,
                                           uint64_t address, int64_t time);

/* Replays the events, which are in trace order and have their ids. */
void truth_replay(const struct mketl_event *events, size_t count, const struct truth_facts *facts,
                  struct truth *out_truth);

/* Writes the totals as JSON with the keys of `report --format json`, "file" left out.
 * Returns 0, or -1 when writing failed. */
int truth_write_json(const struct truth *truth, FILE *out);

/* Writes the rows as `events --format tsv` does; raw clock readings with `raw_time`.
 * Returns 0, or -1 when writing failed. */
int truth_write_tsv(const struct truth_facts *facts, const struct mketl_event *events, size_t count,
                    bool raw_time, FILE *out);

void truth_release(struct truth *truth);

#endif

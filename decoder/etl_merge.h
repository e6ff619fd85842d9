/*
 * From buffers to one stream of events in time order.
 *
 * Each CPU's buffers of each input, ordered by sequence number, are one stream; a k-way merge hands
 * out the events of all streams by (time, CPU, input, sequence, offset) (etl-format 1.9, design 7).
 * Inputs of one clock give what one merged file would; of one CPU and time, heap events come
 * behind other records and before stacks, then the input comes first that began first. Records that
 * are not events for us are tallied on the way. Buffers can be added at any time: for a saved file
 * all at once and loaded only when their turn comes, for a live one as they arrive. One thread at a
 * time; no files: bytes come through a callback.
 */
#ifndef DECODER_ETL_MERGE_H
#define DECODER_ETL_MERGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/bytes.h"
#include "decoder/etl_buffer.h"
#include "decoder/etl_file_header.h"
#include "decoder/etl_tally.h"
#include "decoder/event.h"

/* One buffer as its source knows it. */
struct etl_buffer_ref {
    struct etl_buffer_header header;
    uint64_t offset; /* of the buffer in the file or stream */
    uint32_t stored; /* bytes present; less than header.size when the file is cut */
    uint8_t *bytes;  /* the whole stored buffer, malloced, owned by the merge once added; NULL:
                        load() on demand */
};

/*
 * Reads `ref->stored` bytes at `ref->offset` into `out`. Returns 0 or a negative errno, in which
 * case the buffer counts as damaged. Called from etl_merge_read() and etl_merge_newest() only.
 */
typedef int (*etl_load_fn)(void *ctx, const struct etl_buffer_ref *ref, uint8_t *out);

struct etl_merge;

struct etl_merge *etl_merge_new(void); /* NULL when memory is out */
void etl_merge_free(struct etl_merge *m);

/*
 * Opens input number `input`, a number of the caller's that is not open yet; inputs are few and
 * their numbers small. `header` describes it (copied); `load` may be NULL when every buffer brings
 * its bytes. `tally` is borrowed and filled while reading. Returns 0 or -ENOMEM.
 */
int etl_merge_open(struct etl_merge *m, unsigned input, const struct etl_file_header *header,
                   struct etl_tally *tally, etl_load_fn load, void *ctx);

/*
 * Adds a buffer of an open input to its CPU's stream, behind those with a smaller sequence number
 * that have not been read yet. Takes ref->bytes, also on failure. Returns 0 or -ENOMEM.
 */
int etl_merge_add(struct etl_merge *m, unsigned input, const struct etl_buffer_ref *ref);

/* The greatest event time in any buffer of an open input added so far; decodes at most the last
 * buffer of each CPU. INT64_MIN when none. */
int64_t etl_merge_newest(struct etl_merge *m, unsigned input);

/*
 * Hands out up to `max` events with time <= `until`, in order; an event older than one handed out
 * before has `late` set. `until` INT64_MAX drains everything. Returns how many; 0 means nothing
 * (more) up to `until`. Pointers inside the events stay valid until the next call. Damage is
 * counted in the tally, never an error. Cost: about log2(streams) comparisons an event.
 */
size_t etl_merge_read(struct etl_merge *m, int64_t until, struct trace_event *out, size_t max);

/* Takes the memory behind the pointers of the events last read, so that they outlive the next
 * call. */
struct arena etl_merge_take_borrowed(struct etl_merge *m);

/*
 * Bounds the work of one etl_merge_read(): after opening `bytes` of buffers it returns what it has,
 * which may be nothing, and etl_merge_is_paused() says that the same call will go on. 0, the
 * default, is no bound. For a caller that must stay responsive in a trace with few heap events.
 */
void etl_merge_set_budget(struct etl_merge *m, size_t bytes);
bool etl_merge_is_paused(const struct etl_merge *m);

/* Bytes of buffers added but not yet read to their end, for bounding a live stream's hold-back. */
size_t etl_merge_pending_bytes(const struct etl_merge *m);

#endif

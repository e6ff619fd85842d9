/*
 * Decoding on the second core: a thread that runs a reader some batches ahead of replay.
 *
 * For inputs that are all there. Until it is freed the reader belongs to the thread; others see
 * copies of what it found.
 */
#ifndef MODEL_INGEST_AHEAD_H
#define MODEL_INGEST_AHEAD_H

#include "model/ingest_reader.h"
#include "model/store.h"

struct ingest_ahead;

/*
 * Starts reading `reader` to its end, and between batches prepares the memory of `store`, where the
 * rows will go; both borrowed. NULL when there is no memory or no thread: read it yourself.
 */
struct ingest_ahead *ingest_ahead_new(struct ingest_reader *reader, struct store *store);

/* Stops the thread, wherever it is. Accepts NULL. */
void ingest_ahead_free(struct ingest_ahead *a);

/*
 * The next batch in order, good until the next call. Returns READER_EVENTS, READER_MORE when none
 * was ready within a few milliseconds, READER_REST at the end, or a negative code with a line in
 * `info`.
 */
int ingest_ahead_take(struct ingest_ahead *a, struct event_batch **out, struct err_info *info);

/* What the reader had found a few batches ago; exact once ingest_ahead_take() said READER_REST. */
struct ahead_facts {
    struct etl_tally tally;
    struct trust losses;
    uint64_t buffers;
};

void ingest_ahead_facts(struct ingest_ahead *a, struct ahead_facts *out);

#endif

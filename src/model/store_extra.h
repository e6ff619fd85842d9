/*
 * The extras of one chunk: what does not fit its columns. Private to the store.
 *
 * A sorted, append-only list in segments that never move; the values lie in the chunk's arena. The
 * worker adds, any thread finds: `extra_count` publishes.
 */
#ifndef MODEL_STORE_EXTRA_H
#define MODEL_STORE_EXTRA_H

#include "model/store.h"

/*
 * Writes an extra behind the *at extras there are and counts it there; nothing is visible until
 * store_extra_publish(). Must come in order of (row, kind). Copies the values. Returns 0 or
 * -ENOMEM.
 */
int store_extra_add(struct store_chunk *c, const struct store_extra *extra, uint32_t *at);

/* Makes the first `count` extras visible to readers. */
void store_extra_publish(struct store_chunk *c, uint32_t count);

/* The extra of row `i` of the chunk, or NULL. O(log extras). Any thread. */
const struct store_extra *store_extra_find(const struct store_chunk *c, uint32_t i,
                                           enum store_extra_kind kind);

void store_extra_release(struct store_chunk *c);

/* Bytes of all extras and their values. Worker only. */
size_t store_extra_bytes(const struct store_chunk *c);

#endif

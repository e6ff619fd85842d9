/*
 * Texts of a trace, each kept once: paths of modules, names of PDBs.
 *
 * The same library is in every process, so its path is there hundreds of times. Reference counted,
 * because what is published points into it. One thread adds; any thread may read what it was given.
 */
#ifndef MODEL_TEXT_POOL_H
#define MODEL_TEXT_POOL_H

#include <stddef.h>
#include <stdint.h>

struct text_pool;

/* One reference; holds at most `limit` bytes. NULL when memory is out. */
struct text_pool *text_pool_new(size_t limit);
struct text_pool *text_pool_ref(struct text_pool *p);
void text_pool_unref(struct text_pool *p); /* NULL is fine; any thread */

/* The kept text equal to the `n` bytes at `s`, which hold no NUL; it lives as long as the pool. ""
 * when the pool is full or memory is out: text_pool_refused() counts those. O(n). */
const char *text_pool_put(struct text_pool *p, const char *s, size_t n);

uint64_t text_pool_refused(const struct text_pool *p);
size_t text_pool_bytes(const struct text_pool *p);

#endif

/*
 * Watching a file that may grow.
 *
 * The truth is a look at size and inode, every 250 ms while the file grows and backing off to 1 s;
 * a file system watch only makes the next look come sooner, for it is silent on network mounts and
 * under WSL, and dies with a replaced file. Loop thread.
 */
#ifndef RUNTIME_TAIL_H
#define RUNTIME_TAIL_H

#include <stdint.h>
#include <uv.h>

#include "source/source.h"

struct tail;

/* What a look found; `size` is the file's present size. SOURCE_SAME is told too: the file is idle.
 */
typedef void (*tail_fn)(void *ctx, enum source_change change, uint64_t size);

/* Watches `source` (borrowed) from `size` bytes on. NULL when memory is out. */
struct tail *tail_new(uv_loop_t *loop, const struct source *source, uint64_t size, tail_fn found,
                      void *ctx);

/* Stops; the memory goes when the loop has run its close callbacks. NULL is fine. */
void tail_close(struct tail *t);

#endif

/*
 * Reading a pipe or socket through the loop, with back-pressure: reading stops while too much waits
 * for the worker, and so the writer blocks instead of memory growing. Loop thread.
 */
#ifndef RUNTIME_FEED_H
#define RUNTIME_FEED_H

#include <stddef.h>
#include <uv.h>

#include "source/source.h"

/* Bytes that may wait for the worker before reading stops. */
#define FEED_QUEUE_BYTES ((size_t)64 << 20)

struct feed;

struct feed_events {
    void *ctx;
    void (*bytes)(void *ctx, char *bytes, size_t n); /* takes `bytes`, malloced */
    void (*end)(void *ctx, int error); /* 0: closed by the writer; else a libuv error */
    size_t (*queued)(void *ctx);       /* bytes given to bytes() and not used up yet */
};

/* Starts reading `source`, a stream that stays borrowed. NULL with a line in `info` when it cannot
 * be read through the loop. */
struct feed *feed_new(uv_loop_t *loop, const struct source *source,
                      const struct feed_events *events, struct err_info *info);

/* Call when queued bytes were used up: reading goes on if it had stopped. */
void feed_resume(struct feed *f);

/* Stops and puts the descriptor's flags back as they were. NULL is fine. */
void feed_close(struct feed *f);

#endif

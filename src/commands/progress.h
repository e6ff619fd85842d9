/*
 * A line on standard error while a long input is read: only on a terminal, only after a second.
 */
#ifndef COMMANDS_PROGRESS_H
#define COMMANDS_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

struct progress {
    bool wanted;
    bool shown;
    int64_t next_at; /* monotonic ns: when the line is drawn next */
};

void progress_init(struct progress *p, bool quiet);

/* A load_progress_fn; `ctx` is the struct progress. */
void progress_update(void *ctx, uint64_t done, uint64_t total);

/* Removes the line. */
void progress_clear(struct progress *p);

#endif

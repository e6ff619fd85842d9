/*
 * Putting late records in their place: the trace made anew from its own rows plus what came late.
 *
 * The rows keep everything their records said, so no byte of the input is read twice and a pipe
 * serves like a file. What is no row (process records) is kept in a journal with the row number it
 * came before. A rebuild runs in small steps beside the old trace, which stays readable until the
 * new one takes its place. Worker only.
 */
#ifndef MODEL_REBUILD_H
#define MODEL_REBUILD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "decoder/event.h"
#include "model/trace.h"

/* An event with copies of what it points to, and where it belongs. */
struct kept_event {
    struct trace_event event;
    uint64_t order; /* journal: rows before it; late list: order of arrival */
};

struct kept_list {
    struct kept_event *items; /* owned */
    size_t count, cap;
    struct arena arena; /* extras and names of the events */
};

void kept_list_release(struct kept_list *l);

/* Appends a deep copy. Returns 0 or -ENOMEM. */
int kept_list_add(struct kept_list *l, const struct trace_event *event, uint64_t order);

struct rebuild;

/*
 * Starts making `old` anew with the events of `late` in place by (time, CPU, arrival). `old` is
 * referenced; `journal` and `late` are borrowed until the rebuild is freed and must not change
 * meanwhile, except that `late` is sorted here. NULL when memory is out.
 */
struct rebuild *rebuild_new(struct trace *old, const struct kept_list *journal,
                            struct kept_list *late);
void rebuild_free(struct rebuild *rb);

/* Takes about `max_events` events over. Returns 1 while there is more, 0 when done, negative on
 * failure. */
int rebuild_step(struct rebuild *rb, size_t max_events);

/* After 0: the new trace and its journal, which pass to the caller. */
struct trace *rebuild_take(struct rebuild *rb, struct kept_list *out_journal);

#endif

/*
 * Marks that were set while the trace was recorded: by its session, and by Visual Studio.
 *
 * The worker adds, in order of time as far as records come so; any thread reads those that are
 * there. They never change.
 */
#ifndef MODEL_MARK_LIST_H
#define MODEL_MARK_LIST_H

#include <stddef.h>
#include <stdint.h>

#include "decoder/event.h"

/* Further ones are left out. */
#define MARK_LIST_MOST 1024u

struct trace_mark {
    int64_t time;     /* raw */
    const char *text; /* UTF-8, safe to print; "mark" when it has no name of its own */
};

struct mark_list;

struct mark_list *mark_list_new(void); /* NULL when memory is out */
void mark_list_free(struct mark_list *l);

/* Takes an EVENT_MARK. Returns 0 or -ENOMEM. Worker. */
int mark_list_take(struct mark_list *l, const struct trace_event *event);

/* How many there are, and the one at `i` below that; it lives as long as the list. Any thread. */
size_t mark_list_count(const struct mark_list *l);
const struct trace_mark *mark_list_get(const struct mark_list *l, size_t i);

#endif

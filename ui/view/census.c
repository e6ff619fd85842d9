/* Processes with heaps, counted as they appear; see census.h. */
#include "ui/view/census.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"

void census_release(struct census *c)
{
    free(c->seen);
    *c = (struct census){.first = INDEX_NONE};
}

static void note_process(struct census *c, uint32_t process)
{
    size_t old = c->seen_cap;
    void *seen = c->seen;
    if (base_grow(&seen, &c->seen_cap, (size_t)process + 1, 1) != 0)
        return;
    c->seen = seen;
    memset(c->seen + old, 0, c->seen_cap - old);
    if (c->seen[process] != 0)
        return;
    c->seen[process] = 1;
    if (c->processes++ == 0)
        c->first = process;
}

void census_update(struct census *c, const struct trace *trace)
{
    const struct registry *registry = trace != NULL ? trace->registry : NULL;
    if (registry != c->registry) {
        census_release(c);
        c->registry = registry;
    }
    if (registry == NULL)
        return;
    uint32_t heaps = registry_heap_count(registry);
    for (; c->heaps < heaps; c->heaps++)
        note_process(c, registry_heap(registry, c->heaps)->process);
}

bool census_has(const struct census *c, uint32_t process)
{
    return process < c->seen_cap && c->seen[process] != 0;
}

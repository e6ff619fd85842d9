/* What an event borrows, by kind, and copies of it; see event.h. */
#include "decoder/event.h"

#include <string.h>

static bool own_bytes(struct arena *arena, const void **p, size_t n)
{
    if (n == 0)
        return true;
    void *copy = arena_alloc(arena, n);
    if (copy != NULL)
        memcpy(copy, *p, n);
    *p = copy;
    return copy != NULL;
}

/* Copies `*count` values, or drops them all. */
static bool own_values(struct arena *arena, const uint64_t **values, uint32_t *count)
{
    const void *p = *values;
    bool ok = own_bytes(arena, &p, *count * sizeof **values);
    *values = p;
    if (!ok)
        *count = 0;
    return ok;
}

static bool own_text(struct arena *arena, struct span *text)
{
    const void *p = text->p;
    bool ok = own_bytes(arena, &p, text->len);
    *text = (struct span){p, ok ? text->len : 0};
    return ok;
}

bool trace_event_own(struct trace_event *e, struct arena *arena)
{
    bool ok = own_text(arena, &e->name);
    ok = own_text(arena, &e->text) && ok;
    switch ((enum event_kind)e->kind) {
    case EVENT_HEAP:
        return own_values(arena, &e->extra, &e->extra_count) && ok;
    case EVENT_STACK:
    case EVENT_STACK_DEFINITION:
        return own_values(arena, &e->stack.frames, &e->stack.frame_count) && ok;
    case EVENT_SYSTEM:
        ok = own_text(arena, &e->system.computer) && ok;
        return own_text(arena, &e->system.build_lab) && ok;
    default:
        return ok;
    }
}

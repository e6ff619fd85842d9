/* Linear probing; see thread_map.h. */
#include "decoder/thread_map.h"

#include <stdlib.h>

#include "decoder/event.h"

#define FIRST_CAPACITY ((size_t)256)

static size_t slot_of(const struct thread_map *m, uint32_t tid)
{
    size_t at = (tid * UINT32_C(2654435769) >> 7) & (m->capacity - 1);
    while (m->slots[at].pid != EVENT_NO_ID && m->slots[at].tid != tid)
        at = (at + 1) & (m->capacity - 1);
    return at;
}

static bool grow(struct thread_map *m)
{
    struct thread_map bigger = {.capacity = m->capacity == 0 ? FIRST_CAPACITY : 2 * m->capacity};
    bigger.slots = malloc(bigger.capacity * sizeof *bigger.slots);
    if (bigger.slots == NULL)
        return false;
    for (size_t i = 0; i < bigger.capacity; i++)
        bigger.slots[i] = (struct thread_slot){.pid = EVENT_NO_ID};
    for (size_t i = 0; i < m->capacity; i++)
        if (m->slots[i].pid != EVENT_NO_ID)
            bigger.slots[slot_of(&bigger, m->slots[i].tid)] = m->slots[i];
    bigger.count = m->count;
    free(m->slots);
    *m = bigger;
    return true;
}

void thread_map_release(struct thread_map *m)
{
    free(m->slots);
    *m = (struct thread_map){0};
}

void thread_map_put(struct thread_map *m, uint32_t tid, uint32_t pid)
{
    if (pid == EVENT_NO_ID || (4 * m->count >= 3 * m->capacity && !grow(m)))
        return;
    struct thread_slot *slot = &m->slots[slot_of(m, tid)];
    m->count += slot->pid == EVENT_NO_ID;
    *slot = (struct thread_slot){tid, pid};
}

uint32_t thread_map_get(const struct thread_map *m, uint32_t tid)
{
    return m->capacity == 0 ? EVENT_NO_ID : m->slots[slot_of(m, tid)].pid;
}

/* Rows and names of a trace in the one that took its place; see successor.h. */
#include "model/successor.h"

/* Rows of one time that are compared: a hostile trace may have all of its rows at one. */
#define MOST_TIES 4096

/* ---- rows ---- */

static uint64_t handle_of(const struct trace *t, const struct row *row)
{
    const struct heap *heap = trace_row_heap(t, row);
    return heap != NULL ? heap->handle : 0;
}

static uint32_t tid_of(const struct trace *t, const struct row *row)
{
    const struct thread *thread = trace_row_thread(t, row);
    return thread != NULL ? thread->tid : EVENT_NO_ID;
}

/* Compares what the records said; what replay made of them may differ. */
static bool is_same(const struct trace *t, const struct row *a, const struct trace *u,
                    const struct row *b)
{
    return a->time == b->time && a->op == b->op && a->cpu == b->cpu && a->has == b->has &&
           a->address == b->address && a->old_address == b->old_address &&
           handle_of(t, a) == handle_of(u, b) && tid_of(t, a) == tid_of(u, b);
}

/* How many rows between `first` and `row` are like it: equal records keep their order. */
static uint64_t count_like(const struct trace *t, uint64_t first, const struct row *row)
{
    uint64_t like = 0;
    for (uint64_t i = first; i < row->id; i++) {
        struct row other;
        store_get(t->store, i, &other);
        like += is_same(t, row, t, &other);
    }
    return like;
}

uint64_t successor_row(const struct trace *now, const struct trace *old, uint64_t row)
{
    uint64_t rows = store_rows(now->store);
    if (row >= store_rows(old->store))
        return row;
    struct row was;
    store_get(old->store, row, &was);
    uint64_t first = store_find_time(now->store, was.time);
    uint64_t first_was = store_find_time(old->store, was.time);
    if (first >= rows)
        return row;
    if (row - first_was > MOST_TIES)
        return first;
    uint64_t before = count_like(old, first_was, &was);
    for (uint64_t i = first; i < rows && i - first <= MOST_TIES; i++) {
        struct row is;
        store_get(now->store, i, &is);
        if (is.time != was.time)
            break;
        if (is_same(old, &was, now, &is) && before-- == 0)
            return i;
    }
    return first;
}

/* ---- names ---- */

/* Which of the instances of its pid a process is. */
static uint32_t instance_of(const struct registry *r, uint32_t index)
{
    uint32_t pid = registry_process(r, index)->pid, before = 0;
    for (uint32_t i = 0; i < index; i++)
        before += registry_process(r, i)->pid == pid;
    return before;
}

uint32_t successor_process(const struct trace *now, const struct trace *old, uint32_t index)
{
    if (index >= registry_process_count(old->registry))
        return INDEX_NONE;
    uint32_t pid = registry_process(old->registry, index)->pid;
    uint32_t before = instance_of(old->registry, index);
    for (uint32_t i = 0; i < registry_process_count(now->registry); i++)
        if (registry_process(now->registry, i)->pid == pid && before-- == 0)
            return i;
    return INDEX_NONE;
}

uint32_t successor_thread(const struct trace *now, const struct trace *old, uint32_t index)
{
    if (index >= registry_thread_count(old->registry))
        return INDEX_NONE;
    const struct thread *was = registry_thread(old->registry, index);
    uint32_t process = successor_process(now, old, was->process);
    for (uint32_t i = 0; process != INDEX_NONE && i < registry_thread_count(now->registry); i++) {
        const struct thread *is = registry_thread(now->registry, i);
        if (is->process == process && is->tid == was->tid)
            return i;
    }
    return INDEX_NONE;
}

uint32_t successor_heap(const struct trace *now, const struct trace *old, uint32_t index)
{
    if (index >= registry_heap_count(old->registry))
        return INDEX_NONE;
    const struct heap *was = registry_heap(old->registry, index);
    uint32_t process = successor_process(now, old, was->process);
    for (uint32_t i = 0; process != INDEX_NONE && i < registry_heap_count(now->registry); i++) {
        const struct heap *is = registry_heap(now->registry, i);
        if (is->process == process && is->handle == was->handle &&
            is->generation == was->generation)
            return i;
    }
    return INDEX_NONE;
}

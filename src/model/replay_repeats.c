/* The table of recent Create, Expand and Contract events (replay_repeats.h). */
#include "model/replay_repeats.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define REPEATS_FIRST ((size_t)64)

void repeats_init(struct repeats *rs, uint64_t ticks_per_second)
{
    *rs = (struct repeats){.window = ticks_per_second / 1000};
    hash_seed_init(&rs->seed);
}

void repeats_release(struct repeats *rs)
{
    free(rs->slots);
    rs->slots = NULL;
}

static uint64_t hash_event(const struct repeats *rs, const struct trace_event *e, uint32_t thread)
{
    const uint64_t values[] = {thread, e->op, e->layout, e->heap, e->address, e->size};
    uint64_t hash = e->extra_count;
    for (size_t i = 0; i < sizeof values / sizeof values[0]; i++)
        hash = hash_pair(&rs->seed, hash, values[i]);
    for (uint32_t i = 0; i < e->extra_count; i++)
        hash = hash_pair(&rs->seed, hash, e->extra[i]);
    return hash;
}

static bool has_same_extra(const struct store *st, uint64_t row, const struct trace_event *e)
{
    const struct store_extra *extra = store_find_extra(st, row, STORE_EXTRA_PAYLOAD);
    if (extra == NULL || e->extra_count == 0)
        return extra == NULL && e->extra_count == 0;
    return extra->note == e->layout && extra->count == e->extra_count &&
           memcmp(extra->values, e->extra, e->extra_count * sizeof *e->extra) == 0;
}

/* Whether `e` is the event of row `row` over again, but for its time. */
static bool is_same(const struct store *st, const struct registry *r, uint64_t row,
                    const struct trace_event *e, uint32_t thread)
{
    struct row first;
    store_get(st, row, &first);
    return first.op == e->op && first.thread == thread && first.has == e->has &&
           first.heap != INDEX_NONE && registry_heap(r, first.heap)->handle == e->heap &&
           first.address == e->address && first.size == e->size && has_same_extra(st, row, e);
}

static bool is_recent(const struct repeats *rs, int64_t a, int64_t b)
{
    uint64_t distance = a > b ? (uint64_t)a - (uint64_t)b : (uint64_t)b - (uint64_t)a;
    return distance <= rs->window;
}

static size_t capacity(const struct repeats *rs)
{
    return rs->slots != NULL ? rs->mask + 1 : 0;
}

/* Copies what is recent at `now` into a new table, at most a quarter full. */
static int rebuild(struct repeats *rs, int64_t now)
{
    size_t old_count = capacity(rs);
    struct repeat_slot *old = rs->slots;
    size_t kept = 0;
    for (size_t i = 0; i < old_count; i++)
        kept += old[i].row != ROW_NONE && is_recent(rs, old[i].time, now);
    size_t count = REPEATS_FIRST;
    while (count < (kept + 1) * 4)
        count *= 2;
    struct repeat_slot *slots = malloc(count * sizeof *slots);
    if (slots == NULL)
        return -ENOMEM;
    for (size_t i = 0; i < count; i++)
        slots[i].row = ROW_NONE;
    for (size_t i = 0; i < old_count; i++) {
        if (old[i].row == ROW_NONE || !is_recent(rs, old[i].time, now))
            continue;
        uint64_t at = old[i].hash;
        while (slots[at & (count - 1)].row != ROW_NONE)
            at++;
        slots[at & (count - 1)] = old[i];
    }
    free(old);
    rs->slots = slots;
    rs->mask = count - 1;
    rs->used = kept;
    return 0;
}

int repeats_take(struct repeats *rs, const struct store *st, const struct registry *r,
                 const struct trace_event *event, uint32_t thread, uint64_t row, bool *out_repeated)
{
    if ((rs->used + 1) * 2 > capacity(rs)) {
        int rc = rebuild(rs, event->time);
        if (rc != 0)
            return rc;
    }
    uint64_t hash = hash_event(rs, event, thread);
    for (uint64_t i = hash;; i++) {
        struct repeat_slot *s = &rs->slots[i & rs->mask];
        bool empty = s->row == ROW_NONE;
        if (!empty && (s->hash != hash || !is_same(st, r, s->row, event, thread)))
            continue;
        *out_repeated = !empty && is_recent(rs, s->time, event->time);
        if (!*out_repeated) {
            *s = (struct repeat_slot){.hash = hash, .time = event->time, .row = row};
            rs->used += empty;
        }
        return 0;
    }
}

size_t repeats_bytes(const struct repeats *rs)
{
    return capacity(rs) * sizeof *rs->slots;
}

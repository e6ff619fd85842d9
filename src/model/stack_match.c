/* A galloping search by time, then the comparison of ids; see stack_match.h. */
#include "model/stack_match.h"

#include <stdbool.h>

/* The first row of [low, high) with time >= `time`; `high` when there is none. */
static uint64_t bisect(const struct store *st, uint64_t low, uint64_t high, int64_t time)
{
    while (low < high) {
        uint64_t middle = low + (high - low) / 2;
        if (store_time(st, middle) < time)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* The first of `rows` rows with time >= `time`, looked for around `from`. */
static uint64_t find_time(const struct store *st, uint64_t from, uint64_t rows, int64_t time)
{
    uint64_t step = 1;
    uint64_t low = from < rows ? from : rows;
    uint64_t high = low;
    if (high < rows && store_time(st, high) < time) {
        /* Everything up to `low` is before. */
        while (high < rows && store_time(st, high) < time) {
            low = high + 1;
            high = rows - high > step ? high + step : rows;
            step *= 2;
        }
        return bisect(st, low, high, time);
    }
    while (low > 0 && store_time(st, low - 1) >= time) {
        high = low - 1;
        low = high > step ? high - step : 0;
        step *= 2;
    }
    return bisect(st, low, high, time);
}

static bool is_told(uint32_t id)
{
    return id != 0 && id != EVENT_NO_ID;
}

/* How sure it is that a row is the event's: the surest rows get the stack. */
enum likeness {
    LIKE_NOT,
    LIKE_TIME, /* the row says nothing of its thread, nor does the CPU agree */
    LIKE_CPU,  /* the row says nothing, but the CPU agrees */
    LIKE_IDS,
};

static enum likeness likeness(const struct trace *t, uint64_t row, const struct stack_walked *w)
{
    const struct store_chunk *c = store_chunk(t->store, row / STORE_CHUNK_ROWS);
    uint32_t i = (uint32_t)(row % STORE_CHUNK_ROWS);
    const struct thread *thread = registry_thread(t->registry, c->thread[i]);
    if (is_told(thread->tid) && is_told(w->tid) && thread->tid != w->tid)
        return LIKE_NOT;
    uint32_t pid = registry_process(t->registry, thread->process)->pid;
    if (is_told(pid) && is_told(w->pid) && pid != w->pid)
        return LIKE_NOT;
    if (is_told(thread->tid) || is_told(pid))
        return LIKE_IDS;
    return c->cpu[i] == w->cpu ? LIKE_CPU : LIKE_TIME;
}

size_t stack_match_rows(struct stack_match *m, const struct trace *t, const struct stack_walked *w,
                        uint64_t out_rows[static STACK_MATCH_MOST])
{
    uint64_t rows = store_appended(t->store);
    uint64_t row = find_time(t->store, m->cursor, rows, w->time);
    uint64_t end = rows - row > STACK_MATCH_LOOK ? row + STACK_MATCH_LOOK : rows;
    enum likeness best = LIKE_TIME;
    size_t n = 0;
    m->cursor = row;
    for (; row < end && store_time(t->store, row) == w->time; row++) {
        enum likeness like = likeness(t, row, w);
        if (like > best) {
            best = like;
            n = 0;
        }
        if (like == best && n < STACK_MATCH_MOST)
            out_rows[n++] = row;
    }
    /* By time alone only an event that has the time for itself can be told. */
    return best == LIKE_TIME && n > 1 ? 0 : n;
}

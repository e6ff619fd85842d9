/* A three-way merge of old rows, journal and late events into a new trace; see rebuild.h. */
#include "model/rebuild.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/err.h"
#include "decoder/heap_op.h"
#include "model/trace_take.h"

#define REBUILD_BATCH 256u

struct rebuild {
    struct trace *old, *made;
    const struct kept_list *journal;
    const struct kept_list *late;
    struct kept_list made_journal;
    uint64_t next_row;
    size_t next_journal, next_late;
    size_t batched;
    struct trace_event batch[REBUILD_BATCH];
    uint32_t stacks[REBUILD_BATCH]; /* what the row of each event had been given */
};

/* ---- kept events ---- */

void kept_list_release(struct kept_list *l)
{
    free(l->items);
    arena_release(&l->arena);
    *l = (struct kept_list){0};
}

int kept_list_add(struct kept_list *l, const struct trace_event *event, uint64_t order)
{
    void *p = l->items;
    if (base_grow(&p, &l->cap, l->count + 1, sizeof *l->items) != 0)
        return -ENOMEM;
    l->items = p;
    struct kept_event k = {.event = *event, .order = order};
    if (!trace_event_own(&k.event, &l->arena))
        return -ENOMEM;
    l->items[l->count++] = k;
    return 0;
}

/* ---- the three inputs ---- */

/* A row as the event it was made from. */
static void event_of_row(const struct trace *t, uint64_t id, struct trace_event *out)
{
    struct row row;
    store_get(t->store, id, &row);
    const struct thread *thread = registry_thread(t->registry, row.thread);
    *out = (struct trace_event){
        .kind = EVENT_HEAP,
        .time = row.time,
        .pid = registry_process(t->registry, thread->process)->pid,
        .tid = thread->tid,
        .cpu = row.cpu,
        .op = row.op,
        .has = row.has,
        .source = row.source,
        .heap = row.heap != INDEX_NONE ? registry_heap(t->registry, row.heap)->handle : 0,
        .address = row.address,
        .size = (row.has & EVENT_HAS_SIZE) != 0 ? row.size : 0,
        .old_address = row.old_address,
        .old_size = row.old_size,
    };
    const struct store_extra *payload = store_find_extra(t->store, id, STORE_EXTRA_PAYLOAD);
    if (payload == NULL)
        return;
    out->layout = payload->note;
    out->extra = payload->values;
    out->extra_count = payload->count;
}

/* Order of design 7 as far as kept records know it: time, then CPU; equal ones stay as they came.
 */
static int compare_place(const struct trace_event *a, const struct trace_event *b)
{
    if (a->time != b->time)
        return a->time < b->time ? -1 : 1;
    return (a->cpu > b->cpu) - (a->cpu < b->cpu);
}

static int compare_kept(const void *a, const void *b)
{
    const struct kept_event *x = a;
    const struct kept_event *y = b;
    int c = compare_place(&x->event, &y->event);
    return c != 0 ? c : (x->order > y->order) - (x->order < y->order);
}

/* The next event of the old order: a journal entry when its row number has come, else the row.
 * False at the end. */
static bool peek_old(const struct rebuild *rb, struct trace_event *out, bool *out_is_journal)
{
    const struct kept_list *j = rb->journal;
    *out_is_journal =
        rb->next_journal < j->count && j->items[rb->next_journal].order <= rb->next_row;
    if (*out_is_journal) {
        *out = j->items[rb->next_journal].event;
        return true;
    }
    if (rb->next_row >= store_appended(rb->old->store))
        return false;
    event_of_row(rb->old, rb->next_row, out);
    return true;
}

/* The next event of all three, and the stack its row had been given. False at the end. */
static bool next_event(struct rebuild *rb, struct trace_event *out, uint32_t *out_stack)
{
    bool is_journal;
    *out_stack = STACK_NONE;
    bool has_old = peek_old(rb, out, &is_journal);
    if (rb->next_late < rb->late->count) {
        const struct trace_event *late = &rb->late->items[rb->next_late].event;
        if (!has_old || compare_place(late, out) < 0) {
            *out = *late;
            rb->next_late++;
            return true;
        }
    }
    if (!has_old)
        return false;
    if (is_journal)
        rb->next_journal++;
    else
        *out_stack = store_given_stack(rb->old->store, rb->next_row++);
    return true;
}

/* ---- the rebuild ---- */

struct rebuild *rebuild_new(struct trace *old, const struct kept_list *journal,
                            struct kept_list *late)
{
    struct rebuild *rb = calloc(1, sizeof *rb);
    if (rb == NULL)
        return NULL;
    qsort(late->items, late->count, sizeof *late->items, compare_kept);
    rb->old = trace_ref(old);
    rb->journal = journal;
    rb->late = late;
    rb->made = trace_new_like(old);
    if (rb->made != NULL)
        return rb;
    rebuild_free(rb);
    return NULL;
}

void rebuild_free(struct rebuild *rb)
{
    if (rb == NULL)
        return;
    trace_unref(rb->old);
    trace_unref(rb->made);
    kept_list_release(&rb->made_journal);
    free(rb);
}

/* The rows of the batch, which begin at `first`, get the stacks they had. */
static int give_stacks(struct rebuild *rb, uint64_t first)
{
    int rc = 0;
    for (size_t i = 0; i < rb->batched && rc == 0; i++)
        if (rb->stacks[i] != STACK_NONE)
            rc = store_set_stack(rb->made->store, first + i, rb->stacks[i]);
    return rc;
}

static int flush_batch(struct rebuild *rb)
{
    uint64_t first = store_appended(rb->made->store);
    int rc = replay_take(rb->made->replay, rb->batch, rb->batched);
    if (rc == 0)
        rc = give_stacks(rb, first);
    rb->batched = 0;
    return rc;
}

/* Journal entries need to know how many rows come before them, so the batch goes first. */
static int take_special(struct rebuild *rb, const struct trace_event *e)
{
    int rc = flush_batch(rb);
    if (rc == 0)
        rc = trace_take(rb->made, e);
    if (rc == ERR_LIMIT)
        return 0;
    return rc != 0 ? rc : kept_list_add(&rb->made_journal, e, store_appended(rb->made->store));
}

int rebuild_step(struct rebuild *rb, size_t max_events)
{
    struct trace_event e;
    uint32_t stack;
    for (size_t i = 0; i < max_events; i++) {
        int rc = 0;
        if (!next_event(rb, &e, &stack)) {
            rc = flush_batch(rb);
            store_publish(rb->made->store);
            return rc;
        }
        if (e.kind != EVENT_HEAP) {
            rc = take_special(rb, &e);
        } else {
            rb->stacks[rb->batched] = stack;
            rb->batch[rb->batched++] = e;
            if (rb->batched == REBUILD_BATCH)
                rc = flush_batch(rb);
        }
        if (rc != 0)
            return rc;
    }
    return 1;
}

struct trace *rebuild_take(struct rebuild *rb, struct kept_list *out_journal)
{
    struct trace *made = rb->made;
    rb->made = NULL;
    *out_journal = rb->made_journal;
    rb->made_journal = (struct kept_list){0};
    return made;
}

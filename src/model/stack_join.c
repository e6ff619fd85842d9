/* Which way a stack goes; see stack_join.h. */
#include "model/stack_join.h"

#include <errno.h>
#include <stdlib.h>

#include "model/stack_keys.h"
#include "model/stack_match.h"
#include "model/stack_orphans.h"
#include "model/stack_parts.h"

/* Stacks that are looked up together, and how many of them ahead their frames are loaded. */
#define GROUP 64u
#define AHEAD 8u

struct stack_join {
    struct stack_match match;
    struct stack_parts parts;
    struct stack_keys keys;
    struct stack_orphans orphans;
    int64_t position; /* time of the last event taken: what is earlier can only come late */
    bool finished;
};

struct stack_join *stack_join_new(void)
{
    struct stack_join *j = calloc(1, sizeof *j);
    if (j == NULL)
        return NULL;
    stack_parts_init(&j->parts);
    stack_keys_init(&j->keys);
    return j;
}

void stack_join_free(struct stack_join *j)
{
    if (j == NULL)
        return;
    stack_parts_release(&j->parts);
    stack_keys_release(&j->keys);
    stack_orphans_release(&j->orphans);
    free(j);
}

/* A STACK on its way to its rows, which are found first, so that its place in the table can be
 * loaded meanwhile. */
struct pending {
    const struct trace_event *e;
    uint32_t tag; /* of a STACK that has rows */
    uint32_t count;
    uint64_t first_row;
};

/* Gives a STACK or REFERENCE to its rows. Returns 1 when there are none, 0, or -ENOMEM. */
static int join(struct stack_join *j, struct trace *t, const struct trace_event *e)
{
    uint64_t rows[STACK_MATCH_MOST];
    struct stack_walked walked = stack_walked_of(e);
    size_t n = stack_match_rows(&j->match, t, &walked, rows);
    if (n == 0)
        return 1;
    uint32_t stack = e->kind == EVENT_STACK_REFERENCE
                         ? stack_keys_refer(&j->keys, &j->parts, t, e)
                         : stack_table_add(t->stacks, e->stack.frames, e->stack.frame_count);
    return stack != STACK_NONE ? stack_parts_give(&j->parts, t, rows, n, stack) : 0;
}

/* Finds the rows of a STACK. */
static struct pending look_up(struct stack_join *j, struct trace *t, const struct trace_event *e)
{
    uint64_t rows[STACK_MATCH_MOST];
    struct stack_walked walked = stack_walked_of(e);
    struct pending p = {.e = e};
    p.count = (uint32_t)stack_match_rows(&j->match, t, &walked, rows);
    if (p.count != 1)
        return p;
    p.first_row = rows[0];
    p.tag = stack_table_tag(t->stacks, e->stack.frames, e->stack.frame_count);
    stack_table_prefetch(t->stacks, p.tag);
    return p;
}

/* True when the event may still come in its turn: it has the time of its stack, on another CPU. */
static bool may_come(const struct stack_join *j, const struct trace_event *e)
{
    return e->stack.event_time >= j->position && e->stack.event_time <= e->time;
}

/* What is not ordinary: keys, stacks of several rows or of none. */
static int take_special(struct stack_join *j, struct trace *t, const struct trace_event *e)
{
    if (e->kind == EVENT_STACK_DEFINITION)
        return stack_keys_define(&j->keys, &j->parts, &j->match, t, e);
    int rc = join(j, t, e);
    if (rc != 1)
        return rc;
    stack_orphans_add(&j->orphans, e, may_come(j, e));
    return 0;
}

static int take(struct stack_join *j, struct trace *t, const struct pending *p)
{
    if (p->count != 1)
        return take_special(j, t, p->e);
    uint32_t stack =
        stack_table_add_tagged(t->stacks, p->tag, p->e->stack.frames, p->e->stack.frame_count);
    return stack != STACK_NONE ? stack_parts_give(&j->parts, t, &p->first_row, 1, stack) : 0;
}

static bool is_empty(const struct trace_event *e)
{
    return e->kind == EVENT_STACK && e->stack.frame_count == 0;
}

/* Takes up to GROUP stacks from `*at` on. */
static int take_group(struct stack_join *j, struct trace *t, const struct trace_event *events,
                      size_t n, size_t *at)
{
    struct pending group[GROUP];
    size_t count = 0;
    for (; *at < n && count < GROUP; ++*at) {
        const struct trace_event *e = &events[*at];
        if (!trace_event_is_stack(e) || is_empty(e))
            continue;
        group[count++] =
            e->kind == EVENT_STACK ? look_up(j, t, e) : (struct pending){.e = e, .count = 0};
    }
    int rc = 0;
    for (size_t i = 0; i < count + AHEAD && rc == 0; i++) {
        if (i < count && group[i].count == 1)
            stack_table_prefetch_more(t->stacks, group[i].tag);
        if (i >= AHEAD)
            rc = take(j, t, &group[i - AHEAD]);
    }
    return rc;
}

/* ---- orphans ---- */

struct offer {
    struct stack_join *j;
    struct trace *t;
    int rc;
};

static enum stack_orphan_fate offer_orphan(void *ctx, const struct trace_event *e)
{
    struct offer *o = ctx;
    int rc = o->rc == 0 ? join(o->j, o->t, e) : 1;
    if (rc < 0)
        o->rc = rc;
    if (rc == 0)
        return STACK_ORPHAN_FOUND;
    return may_come(o->j, e) ? STACK_ORPHAN_EARLY : STACK_ORPHAN_STAYS;
}

static int offer_orphans(struct stack_join *j, struct trace *t, bool early_only)
{
    struct offer o = {j, t, 0};
    stack_orphans_offer(&j->orphans, early_only, offer_orphan, &o);
    return o.rc;
}

/* ---- public ---- */

int stack_join_take(struct stack_join *j, struct trace *t, const struct trace_event *events,
                    size_t n)
{
    if (n == 0)
        return 0;
    j->position = events[n - 1].time;
    int rc = offer_orphans(j, t, true);
    for (size_t at = 0; at < n && rc == 0;)
        rc = take_group(j, t, events, n, &at);
    return rc;
}

int stack_join_rebuilt(struct stack_join *j, struct trace *t)
{
    return offer_orphans(j, t, false);
}

int stack_join_finish(struct stack_join *j, struct trace *t)
{
    if (j->finished)
        return 0;
    j->finished = true;
    int rc = stack_keys_finish(&j->keys, &j->parts, t);
    return rc == 0 ? stack_parts_finish(&j->parts, t) : rc;
}

uint64_t stack_join_missing(const struct stack_join *j, const struct trace *t)
{
    uint64_t missing = j->finished ? j->parts.waiting_rows : 0;
    for (unsigned op = HEAP_OP_ALLOC; op <= HEAP_OP_REALLOC; op++) {
        struct store_stack_count c = store_stack_count(t->store, op);
        if (c.given != 0)
            missing += c.rows - c.given;
    }
    return missing;
}

uint64_t stack_join_dropped(const struct stack_join *j)
{
    return j->keys.dropped;
}

size_t stack_join_bytes(const struct stack_join *j)
{
    return sizeof *j + stack_parts_bytes(&j->parts) + stack_keys_bytes(&j->keys) +
           (j->orphans.words != NULL ? STACK_ORPHANS_WORDS * sizeof(uint64_t) : 0);
}

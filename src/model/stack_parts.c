/* Parts, pairs and promises; see stack_parts.h. */
#include "model/stack_parts.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"

static const struct stack_pair no_parts = {STACK_NONE, STACK_NONE};

void stack_parts_init(struct stack_parts *p)
{
    *p = (struct stack_parts){0};
    id_map_init(&p->pairs);
}

void stack_parts_release(struct stack_parts *p)
{
    free(p->promises);
    free(p->scratch);
    id_map_release(&p->pairs);
}

bool stack_frame_is_kernel(const struct trace *t, uint64_t frame)
{
    return t->header.pointer_size == 4 ? frame >= UINT64_C(0x80000000) : frame >> 63 != 0;
}

/* ---- promises ---- */

static struct stack_promise *promise_of(const struct stack_parts *p, uint32_t promise)
{
    return &p->promises[promise - STACK_PROMISE_FIRST];
}

static bool is_pair(const struct stack_promise *promise)
{
    return promise->pair.kernel != STACK_NONE || promise->pair.user != STACK_NONE;
}

/* True for a promise that is not kept yet. */
static bool is_open(const struct trace *t, uint32_t stack)
{
    return stack_is_promise(stack) && stack_table_resolve(t->stacks, stack) == STACK_NONE;
}

static uint32_t add_promise(struct stack_parts *p, struct trace *t, struct stack_pair pair,
                            bool is_kernel)
{
    void *items = p->promises;
    if (p->count >= STACK_PROMISES_MAX ||
        base_grow(&items, &p->cap, p->count + 1, sizeof *p->promises) != 0)
        return STACK_NONE;
    p->promises = items;
    uint32_t promise = stack_table_promise(t->stacks);
    if (promise == STACK_NONE)
        return STACK_NONE;
    p->promises[p->count++] = (struct stack_promise){
        .pair = pair,
        .is_kernel = is_kernel,
        .waiting = STACK_NONE,
        .next_kernel = STACK_NONE,
        .next_user = STACK_NONE,
    };
    return promise;
}

uint32_t stack_parts_promise(struct stack_parts *p, struct trace *t, bool is_kernel)
{
    return add_promise(p, t, no_parts, is_kernel);
}

/* ---- parts of a stack ---- */

/* The frames at the leaf that are the kernel's. */
static uint32_t kernel_frames(const struct trace *t, struct stack_frames s)
{
    uint32_t n = 0;
    while (n < s.count && stack_frame_is_kernel(t, s.frames[n]))
        n++;
    return n;
}

/* Both parts of what a row was given. Cutting a stack that has both makes two new ones. */
static struct stack_pair parts_of(const struct stack_parts *p, struct trace *t, uint32_t stack)
{
    if (stack == STACK_NONE)
        return no_parts;
    if (stack_is_promise(stack)) {
        const struct stack_promise *promise = promise_of(p, stack);
        if (is_pair(promise))
            return promise->pair;
        return promise->is_kernel ? (struct stack_pair){stack, STACK_NONE}
                                  : (struct stack_pair){STACK_NONE, stack};
    }
    struct stack_frames s = stack_table_get(t->stacks, stack);
    uint32_t n = kernel_frames(t, s);
    if (n == 0)
        return (struct stack_pair){STACK_NONE, stack};
    if (n == s.count)
        return (struct stack_pair){stack, STACK_NONE};
    return (struct stack_pair){stack_table_add(t->stacks, s.frames, n),
                               stack_table_add(t->stacks, s.frames + n, s.count - n)};
}

/* The stack of both parts, which are known. STACK_NONE when memory is out. */
static uint32_t join_frames(struct stack_parts *p, struct trace *t, uint32_t kernel, uint32_t user)
{
    struct stack_frames k = stack_table_get(t->stacks, kernel);
    struct stack_frames u = stack_table_get(t->stacks, user);
    void *scratch = p->scratch;
    if (base_grow(&scratch, &p->scratch_cap, (size_t)k.count + u.count, sizeof *p->scratch) != 0)
        return STACK_NONE;
    p->scratch = scratch;
    memcpy(p->scratch, k.frames, k.count * sizeof *k.frames);
    memcpy(p->scratch + k.count, u.frames, u.count * sizeof *u.frames);
    return stack_table_add(t->stacks, p->scratch, k.count + u.count);
}

/* A promise of both parts, at least one of which is a promise that is not kept. */
static uint32_t promise_pair(struct stack_parts *p, struct trace *t, struct stack_pair pair)
{
    const uint32_t *known = id_map_find(&p->pairs, pair.kernel, pair.user);
    if (known != NULL)
        return *known;
    uint32_t promise = add_promise(p, t, pair, false);
    if (promise == STACK_NONE || id_map_add(&p->pairs, pair.kernel, pair.user, promise) != 0)
        return STACK_NONE;
    struct stack_promise *made = promise_of(p, promise);
    if (is_open(t, pair.kernel)) {
        made->next_kernel = promise_of(p, pair.kernel)->waiting;
        promise_of(p, pair.kernel)->waiting = promise;
    }
    if (is_open(t, pair.user)) {
        made->next_user = promise_of(p, pair.user)->waiting;
        promise_of(p, pair.user)->waiting = promise;
    }
    return promise;
}

/* What a row with these parts is given. */
static uint32_t stack_of(struct stack_parts *p, struct trace *t, struct stack_pair pair)
{
    if (pair.kernel == STACK_NONE)
        return pair.user;
    if (pair.user == STACK_NONE)
        return pair.kernel;
    if (is_open(t, pair.kernel) || is_open(t, pair.user))
        return promise_pair(p, t, pair);
    return join_frames(p, t, stack_table_resolve(t->stacks, pair.kernel),
                       stack_table_resolve(t->stacks, pair.user));
}

/* ---- giving ---- */

static bool counts(const struct trace *t, uint64_t row)
{
    const struct store_chunk *c = store_chunk(t->store, row / STORE_CHUNK_ROWS);
    unsigned op = store_chunk_op(c, (uint32_t)(row % STORE_CHUNK_ROWS));
    return op == HEAP_OP_ALLOC || op == HEAP_OP_REALLOC;
}

/* `stack` in place of `before`, and the rows of open promises counted. */
static int give_row(struct stack_parts *p, struct trace *t, uint64_t row, uint32_t before,
                    uint32_t stack)
{
    if (stack == STACK_NONE)
        return -ENOMEM;
    int rc = store_set_stack(t->store, row, stack);
    bool was_open = is_open(t, before);
    bool is_open_now = is_open(t, stack);
    if (rc != 0 || (!was_open && !is_open_now) || !counts(t, row))
        return rc;
    if (was_open)
        promise_of(p, before)->rows--;
    if (is_open_now)
        promise_of(p, stack)->rows++;
    p->waiting_rows += (uint64_t)is_open_now - (uint64_t)was_open;
    return 0;
}

/* True when the row has something in every place where `part` has. */
static bool has_parts(struct stack_pair has, struct stack_pair part)
{
    return (part.kernel == STACK_NONE || has.kernel != STACK_NONE) &&
           (part.user == STACK_NONE || has.user != STACK_NONE);
}

/* Gives `part` to the rows that lack it; false when all have it. */
static int give_missing(struct stack_parts *p, struct trace *t, const uint64_t *rows, size_t n,
                        struct stack_pair part, bool *out_given)
{
    int rc = 0;
    *out_given = false;
    for (size_t i = 0; i < n && rc == 0; i++) {
        uint32_t before = store_given_stack(t->store, rows[i]);
        struct stack_pair has = parts_of(p, t, before);
        if (has_parts(has, part))
            continue;
        if (has.kernel == STACK_NONE)
            has.kernel = part.kernel;
        if (has.user == STACK_NONE)
            has.user = part.user;
        rc = give_row(p, t, rows[i], before, stack_of(p, t, has));
        *out_given = true;
    }
    return rc;
}

/* Gives `part` to the rows behind the first that shares its stack with the one before. */
static int give_next(struct stack_parts *p, struct trace *t, const uint64_t *rows, size_t n,
                     struct stack_pair part)
{
    size_t first = 1;
    while (first < n &&
           store_given_stack(t->store, rows[first]) != store_given_stack(t->store, rows[first - 1]))
        first++;
    int rc = 0;
    for (size_t i = first; i < n && rc == 0; i++) {
        uint32_t before = store_given_stack(t->store, rows[i]);
        struct stack_pair has = parts_of(p, t, before);
        if (part.kernel != STACK_NONE)
            has.kernel = part.kernel;
        if (part.user != STACK_NONE)
            has.user = part.user;
        rc = give_row(p, t, rows[i], before, stack_of(p, t, has));
    }
    return rc;
}

int stack_parts_give(struct stack_parts *p, struct trace *t, const uint64_t *rows, size_t n,
                     uint32_t stack)
{
    /* Nearly always: one row, which has nothing yet. */
    if (n == 1 && store_given_stack(t->store, rows[0]) == STACK_NONE)
        return stack_is_promise(stack) ? give_row(p, t, rows[0], STACK_NONE, stack)
                                       : store_set_stack(t->store, rows[0], stack);
    struct stack_pair part = parts_of(p, t, stack);
    bool given;
    int rc = give_missing(p, t, rows, n, part, &given);
    return rc == 0 && !given ? give_next(p, t, rows, n, part) : rc;
}

int stack_parts_replace(struct stack_parts *p, struct trace *t, uint64_t row, bool is_kernel,
                        uint32_t part)
{
    uint32_t before = store_given_stack(t->store, row);
    struct stack_pair has = parts_of(p, t, before);
    *(is_kernel ? &has.kernel : &has.user) = part;
    return give_row(p, t, row, before, stack_of(p, t, has));
}

/* ---- keeping ---- */

static void settle(struct stack_parts *p, struct trace *t, uint32_t promise, uint32_t id)
{
    struct stack_promise *kept = promise_of(p, promise);
    stack_table_keep(t->stacks, promise, id);
    p->waiting_rows -= kept->rows;
    kept->rows = 0;
    store_note_stacks(t->store);
}

int stack_parts_keep(struct stack_parts *p, struct trace *t, uint32_t promise, uint32_t id)
{
    settle(p, t, promise, id);
    uint32_t next = promise_of(p, promise)->waiting;
    promise_of(p, promise)->waiting = STACK_NONE;
    while (next != STACK_NONE) {
        uint32_t waiting = next;
        const struct stack_promise *w = promise_of(p, waiting);
        next = w->pair.kernel == promise ? w->next_kernel : w->next_user;
        if (is_open(t, w->pair.kernel) || is_open(t, w->pair.user))
            continue;
        uint32_t both = stack_of(p, t, w->pair);
        if (both == STACK_NONE)
            return -ENOMEM;
        settle(p, t, waiting, both);
    }
    return 0;
}

int stack_parts_finish(struct stack_parts *p, struct trace *t)
{
    for (size_t i = 0; i < p->count; i++) {
        uint32_t promise = STACK_PROMISE_FIRST + (uint32_t)i;
        struct stack_pair pair = p->promises[i].pair;
        if (!is_pair(&p->promises[i]) || !is_open(t, promise))
            continue;
        uint32_t known = stack_table_resolve(t->stacks, pair.kernel);
        if (known == STACK_NONE)
            known = stack_table_resolve(t->stacks, pair.user);
        if (known != STACK_NONE)
            settle(p, t, promise, known);
    }
    return 0;
}

size_t stack_parts_bytes(const struct stack_parts *p)
{
    return p->cap * sizeof *p->promises + p->scratch_cap * sizeof *p->scratch +
           id_map_bytes(&p->pairs);
}

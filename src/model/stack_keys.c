/* The state of every key, and a ring of definitions; see stack_keys.h. */
#include "model/stack_keys.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"

struct stack_key {
    uint32_t promise;   /* of the references that wait; STACK_NONE: none does */
    bool is_kernel;     /* the part of a stack that it is */
    uint64_t newest;    /* number of the definition with the greatest time, 0: none */
    uint64_t reference; /* number of the reference that came last, 0: none */
    int64_t last_time;  /* greatest time of any reference */
};

struct stack_definition {
    int64_t time;
    uint64_t older;   /* the definition of the same key before it, 0: none */
    uint64_t *frames; /* owned; NULL once they have an id */
    uint32_t count;
    uint32_t id; /* STACK_NONE until a row needs it */
};

struct stack_reference {
    struct stack_walked walked;
    int64_t time;
    uint64_t before; /* the reference to the same key before it, 0: none */
};

void stack_keys_init(struct stack_keys *k)
{
    *k = (struct stack_keys){.next = 1, .oldest = 1};
    id_map_init(&k->map);
}

static struct stack_definition *definition(const struct stack_keys *k, uint64_t number)
{
    return number >= k->oldest ? &k->ring[number % STACK_DEFINITIONS_MAX] : NULL;
}

/* Forgets the oldest definition. */
static void forget(struct stack_keys *k)
{
    struct stack_definition *d = &k->ring[k->oldest++ % STACK_DEFINITIONS_MAX];
    if (d->frames != NULL)
        k->frames -= d->count;
    free(d->frames);
    d->frames = NULL;
}

void stack_keys_release(struct stack_keys *k)
{
    while (k->oldest < k->next)
        forget(k);
    free(k->ring);
    free(k->references);
    free(k->keys);
    id_map_release(&k->map);
}

/* The state of a key, made when new; NULL when there are too many or memory is out. */
static struct stack_key *key_of(struct stack_keys *k, uint64_t key, bool is_kernel)
{
    const uint32_t *known = id_map_find(&k->map, is_kernel, key);
    if (known != NULL)
        return &k->keys[*known];
    void *keys = k->keys;
    if (k->key_count >= STACK_KEYS_MAX ||
        base_grow(&keys, &k->key_cap, k->key_count + 1, sizeof *k->keys) != 0)
        return NULL;
    k->keys = keys;
    if (id_map_add(&k->map, is_kernel, key, (uint32_t)k->key_count) != 0)
        return NULL;
    k->keys[k->key_count] =
        (struct stack_key){.promise = STACK_NONE, .is_kernel = is_kernel, .last_time = INT64_MIN};
    return &k->keys[k->key_count++];
}

/* The id of a definition's frames, which are then the table's alone. */
static uint32_t id_of(struct stack_keys *k, struct trace *t, struct stack_definition *d)
{
    if (d->id != STACK_NONE)
        return d->id;
    d->id = stack_table_add(t->stacks, d->frames, d->count);
    if (d->id != STACK_NONE) {
        k->frames -= d->count;
        free(d->frames);
        d->frames = NULL;
    }
    return d->id;
}

/* The key's first definition at or after `time`; NULL when there is none yet. */
static struct stack_definition *first_since(const struct stack_keys *k, const struct stack_key *key,
                                            int64_t time)
{
    struct stack_definition *first = NULL;
    struct stack_definition *d = definition(k, key->newest);
    for (unsigned i = 0; i < STACK_KEY_STEPS && d != NULL && d->time >= time; i++) {
        first = d;
        d = definition(k, d->older);
    }
    return first;
}

/* Remembers a reference in case a definition comes late; without memory it does not. */
static void remember_reference(struct stack_keys *k, struct stack_key *key,
                               const struct trace_event *e)
{
    if (k->references == NULL)
        k->references = calloc(STACK_REFERENCES_MAX, sizeof *k->references);
    if (k->references == NULL)
        return;
    uint64_t number = ++k->next_reference;
    k->references[number % STACK_REFERENCES_MAX] = (struct stack_reference){
        .walked = stack_walked_of(e), .time = e->time, .before = key->reference};
    key->reference = number;
    if (e->time > key->last_time)
        key->last_time = e->time;
}

uint32_t stack_keys_refer(struct stack_keys *k, struct stack_parts *p, struct trace *t,
                          const struct trace_event *reference)
{
    struct stack_key *key = key_of(k, reference->stack.key, reference->stack.is_kernel);
    if (key == NULL) {
        k->dropped++;
        return STACK_NONE;
    }
    remember_reference(k, key, reference);
    struct stack_definition *first = first_since(k, key, reference->time);
    if (first != NULL)
        return id_of(k, t, first);
    if (key->promise == STACK_NONE)
        key->promise = stack_parts_promise(p, t, reference->stack.is_kernel);
    return key->promise;
}

/* Puts definition `number` into its key's list, which is in order of time. */
static void link_definition(struct stack_keys *k, struct stack_key *key, uint64_t number)
{
    struct stack_definition *d = definition(k, number);
    uint64_t *link = &key->newest;
    struct stack_definition *at = definition(k, *link);
    for (unsigned i = 0; i < STACK_KEY_STEPS && at != NULL && at->time > d->time; i++) {
        link = &at->older;
        at = definition(k, *link);
    }
    d->older = *link;
    *link = number;
}

/* Remembers the definition; NULL when memory is out. */
static struct stack_definition *remember(struct stack_keys *k, struct stack_key *key,
                                         const struct trace_event *e)
{
    if (k->ring == NULL)
        k->ring = calloc(STACK_DEFINITIONS_MAX, sizeof *k->ring);
    size_t bytes = e->stack.frame_count * sizeof(uint64_t);
    uint64_t *frames = k->ring != NULL ? malloc(bytes) : NULL;
    if (frames == NULL)
        return NULL;
    memcpy(frames, e->stack.frames, bytes);
    while (k->next - k->oldest >= STACK_DEFINITIONS_MAX ||
           (k->oldest < k->next && k->frames + e->stack.frame_count > STACK_DEFINITION_FRAMES_MAX))
        forget(k);
    uint64_t number = k->next++;
    k->frames += e->stack.frame_count;
    k->ring[number % STACK_DEFINITIONS_MAX] = (struct stack_definition){
        .time = e->time, .frames = frames, .count = e->stack.frame_count, .id = STACK_NONE};
    link_definition(k, key, number);
    return definition(k, number);
}

/* Keeps the key's promise with this definition. */
static int keep(struct stack_keys *k, struct stack_parts *p, struct trace *t, struct stack_key *key,
                struct stack_definition *d)
{
    uint32_t id = id_of(k, t, d);
    uint32_t promise = key->promise;
    if (id == STACK_NONE)
        return -ENOMEM;
    key->promise = STACK_NONE;
    return stack_parts_keep(p, t, promise, id);
}

/* Whether `d`, in its place in its key's list, is the first definition at or after `time`. */
static bool is_first_since(const struct stack_keys *k, const struct stack_definition *d,
                           int64_t time)
{
    const struct stack_definition *older = definition(k, d->older);
    return time <= d->time && (older == NULL || older->time < time);
}

/* Gives a late definition to the references that are its own. */
static int give_back(struct stack_keys *k, struct stack_parts *p, struct stack_match *m,
                     struct trace *t, const struct stack_key *key, struct stack_definition *d)
{
    uint64_t number = key->reference;
    int rc = 0;
    for (unsigned i = 0; i < STACK_KEY_STEPS && number != 0 && rc == 0 &&
                         number + STACK_REFERENCES_MAX > k->next_reference;
         i++) {
        const struct stack_reference *r = &k->references[number % STACK_REFERENCES_MAX];
        uint64_t rows[STACK_MATCH_MOST];
        size_t n = is_first_since(k, d, r->time) ? stack_match_rows(m, t, &r->walked, rows) : 0;
        uint32_t id = n != 0 ? id_of(k, t, d) : STACK_NONE;
        for (size_t row = 0; row < n && rc == 0; row++)
            rc = stack_parts_replace(p, t, rows[row], key->is_kernel, id);
        number = r->before;
    }
    return rc;
}

int stack_keys_define(struct stack_keys *k, struct stack_parts *p, struct stack_match *m,
                      struct trace *t, const struct trace_event *e)
{
    if (e->stack.frame_count == 0)
        return 0;
    bool is_kernel = stack_frame_is_kernel(t, e->stack.frames[0]);
    struct stack_key *key = key_of(k, e->stack.key, is_kernel);
    if (key == NULL) {
        k->dropped++;
        return 0;
    }
    struct stack_definition *d = remember(k, key, e);
    if (d == NULL)
        return -ENOMEM;
    if (e->late && key->last_time != INT64_MIN &&
        (e->time < key->last_time || key->promise == STACK_NONE))
        return give_back(k, p, m, t, key, d);
    return key->promise != STACK_NONE ? keep(k, p, t, key, d) : 0;
}

int stack_keys_finish(struct stack_keys *k, struct stack_parts *p, struct trace *t)
{
    int rc = 0;
    for (size_t i = 0; i < k->key_count && rc == 0; i++) {
        struct stack_definition *d = definition(k, k->keys[i].newest);
        if (k->keys[i].promise != STACK_NONE && d != NULL)
            rc = keep(k, p, t, &k->keys[i], d);
    }
    return rc;
}

size_t stack_keys_bytes(const struct stack_keys *k)
{
    size_t bytes =
        k->key_cap * sizeof *k->keys + k->frames * sizeof(uint64_t) + id_map_bytes(&k->map);
    if (k->ring != NULL)
        bytes += STACK_DEFINITIONS_MAX * sizeof *k->ring;
    if (k->references != NULL)
        bytes += STACK_REFERENCES_MAX * sizeof *k->references;
    return bytes;
}

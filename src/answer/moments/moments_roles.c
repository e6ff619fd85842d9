/* Roles of heaps, threads and processes; see moments_roles.h. */
#include "answer/moments/moments_roles.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "decoder/heap_op.h"
#include "model/id_map.h"

/* Counts those that are alike: a text and an owner. */
struct counter {
    struct id_map counts;
    struct hash_seed seed;
};

static void counter_init(struct counter *c)
{
    *c = (struct counter){0};
    id_map_init(&c->counts);
    hash_seed_init(&c->seed);
}

/* How many there are of it with this one; 0 when memory is out. */
static uint32_t count_on(struct counter *c, uint32_t owner, const char *text)
{
    uint64_t id = hash_text(&c->seed, text, strlen(text));
    uint32_t *known = id_map_find(&c->counts, owner, id);
    if (known != NULL)
        return ++*known;
    return id_map_add(&c->counts, owner, id, 1) == 0 ? 1 : 0;
}

/* ---- who created a heap ---- */

struct making {
    struct moments_roles *r;
    const struct frame_rules *rules;
    const struct frame_namer *namer;
    uint32_t heap_count;
    struct strbuf scratch;
};

static int take_create(struct making *m, const struct store_chunk *c, uint32_t i)
{
    uint32_t heap = store_chunk_heap(c, i), stack = store_chunk_stack(c, i);
    if (heap >= m->heap_count || stack == STACK_NONE || m->r->heaps[heap].maker != NULL)
        return 0;
    const struct trace *t = m->r->trace;
    struct frame frame;
    frame_rules_caller(m->rules, m->namer, registry_heap(t->registry, heap)->process,
                       store_chunk_time(c, i), stack_table_get(t->stacks, stack), &frame);
    if (frame.hit == IMAGE_UNKNOWN)
        return 0;
    strbuf_clear(&m->scratch);
    frame_put_function(&frame, &m->scratch);
    m->r->heaps[heap].maker = arena_strndup(&m->r->texts, strbuf_str(&m->scratch), m->scratch.len);
    return m->r->heaps[heap].maker != NULL ? 0 : -ENOMEM;
}

/* Heaps are created by rows of their own; few chunks have any. */
static int find_makers(struct making *m)
{
    const struct store *st = m->r->trace->store;
    uint64_t rows = store_rows(st);
    int rc = 0;
    for (uint64_t first = 0; rc == 0 && first < rows; first += STORE_CHUNK_ROWS) {
        const struct store_chunk *c = store_chunk(st, first / STORE_CHUNK_ROWS);
        uint64_t count = rows - first < STORE_CHUNK_ROWS ? rows - first : STORE_CHUNK_ROWS;
        if ((c->zone.ops & UINT32_C(1) << HEAP_OP_CREATE % 32) == 0)
            continue;
        for (uint32_t i = 0; rc == 0 && i < count; i++)
            if (c->op[i] == HEAP_OP_CREATE && (c->flags[i] & (ROW_RANGE | ROW_DUPLICATE)) == 0)
                rc = take_create(m, c, i);
    }
    return rc;
}

/* ---- numbers ---- */

static int number_heaps(struct moments_roles *r, struct counter *c, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        struct moments_role *role = &r->heaps[i];
        uint32_t process = registry_heap(r->trace->registry, i)->process;
        role->number = count_on(c, process, role->maker != NULL ? role->maker : "");
        if (role->number == 0)
            return -ENOMEM;
    }
    return 0;
}

static int number_threads(struct moments_roles *r, struct counter *c, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        r->threads[i].number = count_on(c, registry_thread(r->trace->registry, i)->process, "");
        if (r->threads[i].number == 0)
            return -ENOMEM;
    }
    return 0;
}

/* Those with heaps alone: which others a recording knows of is chance. */
static int number_processes(struct moments_roles *r, struct counter *c, uint32_t heaps)
{
    for (uint32_t i = 0; i < heaps; i++) {
        uint32_t process = registry_heap(r->trace->registry, i)->process;
        const char *name = registry_process(r->trace->registry, process)->name;
        struct moments_role *role = &r->processes[process];
        if (role->number == 0)
            role->number = count_on(c, 0, name != NULL ? name : "");
        if (role->number == 0)
            return -ENOMEM;
    }
    return 0;
}

static int number(int (*put)(struct moments_roles *, struct counter *, uint32_t),
                  struct moments_roles *r, uint32_t count)
{
    struct counter c;
    counter_init(&c);
    int rc = put(r, &c, count);
    id_map_release(&c.counts);
    return rc;
}

int moments_roles_init(struct moments_roles *r, const struct trace *trace,
                       const struct frame_rules *rules, const struct frame_namer *namer)
{
    uint32_t heaps = registry_heap_count(trace->registry);
    uint32_t threads = registry_thread_count(trace->registry);
    *r = (struct moments_roles){
        .trace = trace,
        .heaps = calloc((size_t)heaps + 1, sizeof *r->heaps),
        .threads = calloc((size_t)threads + 1, sizeof *r->threads),
        .processes =
            calloc((size_t)registry_process_count(trace->registry) + 1, sizeof *r->processes),
    };
    if (r->heaps == NULL || r->threads == NULL || r->processes == NULL)
        return -ENOMEM;
    struct making m = {.r = r, .rules = rules, .namer = namer, .heap_count = heaps};
    int rc = find_makers(&m);
    strbuf_release(&m.scratch);
    if (rc == 0)
        rc = number(number_heaps, r, heaps);
    if (rc == 0)
        rc = number(number_threads, r, threads);
    return rc == 0 ? number(number_processes, r, heaps) : rc;
}

void moments_roles_release(struct moments_roles *r)
{
    free(r->heaps);
    free(r->threads);
    free(r->processes);
    arena_release(&r->texts);
    *r = (struct moments_roles){0};
}

/* ---- words ---- */

static void put_again(uint32_t number, struct strbuf *out)
{
    if (number > 1)
        strbuf_printf(out, " #%u", number);
}

void moments_roles_put_heap(const struct moments_roles *r, uint32_t heap, struct strbuf *out)
{
    const struct moments_role *role = &r->heaps[heap];
    if (role->maker == NULL) {
        strbuf_printf(out, "heap %u", role->number);
        return;
    }
    strbuf_printf(out, "heap of %s", role->maker);
    put_again(role->number, out);
}

void moments_roles_put_thread(const struct moments_roles *r, uint32_t thread, struct strbuf *out)
{
    strbuf_printf(out, "thread %u", r->threads[thread].number);
}

void moments_roles_put_process(const struct moments_roles *r, uint32_t process, struct strbuf *out)
{
    const char *name = registry_process(r->trace->registry, process)->name;
    strbuf_puts(out, name != NULL ? name : "unnamed process");
    put_again(r->processes[process].number, out);
}

/*
 * Processes, threads and heaps of a trace (registry.h): three lists that only grow, and the hash
 * tables that find the present entry of a pid, a thread id and a handle.
 *
 * The worker adds. Readers get an index from a published row or from a count; both were released
 * after the entry was written, so entries and segments need no atomics, only what changes later.
 */
#include "model/registry.h"

#include <errno.h>
#include <stdlib.h>

#include "base/arena.h"
#include "base/strbuf.h"
#include "base/text.h"
#include "model/id_map.h"
#include "model/process_name.h"

/* Segment k of a list holds 64 << k entries. */
#define LIST_FIRST_BITS 6u
#define LIST_SEGMENTS   26u

/* Marks a handle whose latest generation has ended; no index reaches this bit. */
#define HEAP_ENDED (UINT32_C(1) << 31)

struct list {
    void *segments[LIST_SEGMENTS];
    size_t item; /* bytes of an entry */
    _Atomic uint32_t count;
};

/* Threads looked up lately, by thread id: an event's thread is nearly always among them. */
#define RECENT_THREADS 64u

struct recent_thread {
    uint32_t pid, tid;
    uint32_t thread; /* INDEX_NONE: nothing here */
};

struct registry {
    struct list processes, threads, heaps;
    struct recent_thread recent[RECENT_THREADS]; /* emptied when an instance may change */
    struct id_map pids;                          /* (0, pid) to the present instance */
    struct id_map tids;                          /* (process, tid) to the thread */
    struct id_map handles; /* (process, handle) to the latest generation, maybe HEAP_ENDED */
    struct arena names;
    uint64_t refused; /* texts that found no room; worker only */
};

static unsigned segment_of(uint32_t index)
{
    uint64_t n = (uint64_t)index + (1u << LIST_FIRST_BITS);
    return 63u - (unsigned)__builtin_clzll(n) - LIST_FIRST_BITS;
}

static void *list_at(const struct list *l, uint32_t index)
{
    unsigned k = segment_of(index);
    uint64_t first = (UINT64_C(1) << (LIST_FIRST_BITS + k)) - (1u << LIST_FIRST_BITS);
    return (char *)l->segments[k] + (index - first) * l->item;
}

static uint32_t list_count(const struct list *l)
{
    return atomic_load_explicit(&l->count, memory_order_acquire);
}

/* Room for the next entry, which list_publish() then makes visible; NULL when memory is out. */
static void *list_next(struct list *l)
{
    uint32_t index = list_count(l);
    unsigned k = segment_of(index);
    if (k >= LIST_SEGMENTS)
        return NULL;
    if (l->segments[k] == NULL)
        l->segments[k] = malloc((l->item << LIST_FIRST_BITS) << k);
    return l->segments[k] != NULL ? list_at(l, index) : NULL;
}

/* Publishes the entry of list_next() and returns its index. */
static uint32_t list_publish(struct list *l)
{
    uint32_t index = list_count(l);
    atomic_store_explicit(&l->count, index + 1, memory_order_release);
    return index;
}

static void list_release(struct list *l)
{
    for (unsigned k = 0; k < LIST_SEGMENTS; k++)
        free(l->segments[k]);
}

static size_t list_bytes(const struct list *l)
{
    size_t bytes = 0;
    for (unsigned k = 0; k < LIST_SEGMENTS && l->segments[k] != NULL; k++)
        bytes += (l->item << LIST_FIRST_BITS) << k;
    return bytes;
}

static void forget_recent(struct registry *r)
{
    for (size_t i = 0; i < RECENT_THREADS; i++)
        r->recent[i].thread = INDEX_NONE;
}

struct registry *registry_new(void)
{
    struct registry *r = calloc(1, sizeof *r);
    if (r == NULL)
        return NULL;
    r->processes.item = sizeof(struct process);
    r->threads.item = sizeof(struct thread);
    r->heaps.item = sizeof(struct heap);
    id_map_init(&r->pids);
    id_map_init(&r->tids);
    id_map_init(&r->handles);
    forget_recent(r);
    return r;
}

void registry_free(struct registry *r)
{
    if (r == NULL)
        return;
    list_release(&r->processes);
    list_release(&r->threads);
    list_release(&r->heaps);
    id_map_release(&r->pids);
    id_map_release(&r->tids);
    id_map_release(&r->handles);
    arena_release(&r->names);
    free(r);
}

const struct process *registry_process(const struct registry *r, uint32_t index)
{
    return list_at(&r->processes, index);
}

const struct thread *registry_thread(const struct registry *r, uint32_t index)
{
    return list_at(&r->threads, index);
}

const struct heap *registry_heap(const struct registry *r, uint32_t index)
{
    return list_at(&r->heaps, index);
}

uint32_t registry_process_count(const struct registry *r)
{
    return list_count(&r->processes);
}

uint32_t registry_thread_count(const struct registry *r)
{
    return list_count(&r->threads);
}

uint32_t registry_heap_count(const struct registry *r)
{
    return list_count(&r->heaps);
}

static bool has_ended(const struct process *p)
{
    return atomic_load_explicit(&p->end, memory_order_relaxed) != INT64_MAX;
}

/* A new instance of `pid`; `known` is the pid's place in the map if it has one. */
static uint32_t add_process(struct registry *r, uint32_t *known, uint32_t pid, int64_t start)
{
    struct process *p = list_next(&r->processes);
    uint32_t index = list_count(&r->processes);
    if (p == NULL || (known == NULL && id_map_add(&r->pids, 0, pid, index) != 0))
        return INDEX_NONE;
    if (known != NULL)
        *known = index;
    *p = (struct process){
        .pid = pid,
        .start = start,
        .end = INT64_MAX,
        .parent = EVENT_NO_ID,
        .session = EVENT_NO_ID,
    };
    return list_publish(&r->processes);
}

/* The instance that an event of `pid` belongs to. */
static uint32_t present_process(struct registry *r, uint32_t pid)
{
    uint32_t *known = id_map_find(&r->pids, 0, pid);
    if (known == NULL)
        return add_process(r, NULL, pid, INT64_MIN);
    const struct process *p = registry_process(r, *known);
    if (!has_ended(p))
        return *known;
    /* Its Start was not seen; it cannot lie before the former instance's end. */
    return add_process(r, known, pid, atomic_load_explicit(&p->end, memory_order_relaxed));
}

uint32_t registry_use_process(struct registry *r, uint32_t pid)
{
    return present_process(r, pid);
}

uint32_t registry_mention_process(struct registry *r, uint32_t pid)
{
    const uint32_t *known = id_map_find(&r->pids, 0, pid);
    return known != NULL ? *known : add_process(r, NULL, pid, INT64_MIN);
}

static uint32_t find_or_add_thread(struct registry *r, uint32_t pid, uint32_t tid)
{
    uint32_t process = present_process(r, pid);
    if (process == INDEX_NONE)
        return INDEX_NONE;
    const uint32_t *known = id_map_find(&r->tids, process, tid);
    if (known != NULL)
        return *known;
    struct thread *t = list_next(&r->threads);
    if (t == NULL || id_map_add(&r->tids, process, tid, list_count(&r->threads)) != 0)
        return INDEX_NONE;
    *t = (struct thread){.tid = tid, .process = process};
    return list_publish(&r->threads);
}

uint32_t registry_add_thread(struct registry *r, uint32_t pid, uint32_t tid)
{
    /* Thread ids are multiples of four. */
    struct recent_thread *recent = &r->recent[tid / 4 % RECENT_THREADS];
    if (recent->tid != tid || recent->pid != pid || recent->thread == INDEX_NONE)
        *recent = (struct recent_thread){pid, tid, find_or_add_thread(r, pid, tid)};
    return recent->thread;
}

/* A new generation; `known` is the handle's place in the map if it has one. */
static uint32_t add_generation(struct registry *r, uint32_t *known, uint32_t process,
                               uint64_t handle)
{
    struct heap *h = list_next(&r->heaps);
    uint32_t index = list_count(&r->heaps);
    if (h == NULL || index >= HEAP_ENDED)
        return INDEX_NONE;
    uint32_t generation = 1;
    if (known != NULL) {
        generation = registry_heap(r, *known & ~HEAP_ENDED)->generation + 1;
        *known = index;
    } else if (id_map_add(&r->handles, process, handle, index) != 0) {
        return INDEX_NONE;
    }
    *h = (struct heap){.handle = handle, .process = process, .generation = generation};
    return list_publish(&r->heaps);
}

uint32_t registry_add_heap(struct registry *r, uint32_t process, uint64_t handle)
{
    uint32_t *known = id_map_find(&r->handles, process, handle);
    if (known != NULL && (*known & HEAP_ENDED) == 0)
        return *known;
    return add_generation(r, known, process, handle);
}

uint32_t registry_find_heap(const struct registry *r, uint32_t process, uint64_t handle)
{
    const uint32_t *known = id_map_find(&r->handles, process, handle);
    return known != NULL && (*known & HEAP_ENDED) == 0 ? *known : INDEX_NONE;
}

uint32_t registry_mention_heap(struct registry *r, uint32_t process, uint64_t handle)
{
    const uint32_t *known = id_map_find(&r->handles, process, handle);
    if (known != NULL)
        return *known & ~HEAP_ENDED;
    return add_generation(r, NULL, process, handle);
}

void registry_end_heap(struct registry *r, uint32_t process, uint64_t handle)
{
    uint32_t *known = id_map_find(&r->handles, process, handle);
    if (known != NULL)
        *known |= HEAP_ENDED;
}

/* A copy that stays, NULL when it is empty or there is no room for it. Empties `text`. */
static const char *keep_text(struct registry *r, struct strbuf *text)
{
    const char *kept = NULL;
    if (text->len != 0 && r->names.bytes < REGISTRY_TEXT)
        kept = arena_strndup(&r->names, text->s, text->len);
    r->refused += text->len != 0 && kept == NULL;
    strbuf_release(text);
    return kept;
}

uint64_t registry_refused(const struct registry *r)
{
    return r->refused;
}

static void set_name(struct process *p, const char *name)
{
    atomic_store_explicit(&p->name, name, memory_order_release);
}

/* Takes the name of a record if none had told one. */
static void learn_name(struct registry *r, struct process *p, struct span name)
{
    if (name.len == 0 || p->told != NULL)
        return;
    struct strbuf safe = {0};
    const char *text = (const char *)name.p;
    text_put_ansi(&safe, text, text_clip(text, name.len, REGISTRY_NAME_BYTES));
    p->told = keep_text(r, &safe);
    if (p->told == NULL)
        return;
    bool whole = p->program != NULL && process_name_completes(p->program, p->told);
    set_name(p, whole ? p->program : p->told);
}

void registry_name_process(struct registry *r, uint32_t process, const char *file)
{
    struct process *p = list_at(&r->processes, process);
    const char *name = atomic_load_explicit(&p->name, memory_order_relaxed);
    bool tells = p->told == NULL ? p->program == NULL
                                 : name == p->told && process_name_completes(file, p->told);
    if (!tells || !process_name_is_program(file))
        return;
    struct strbuf text = {0};
    strbuf_puts(&text, file);
    p->program = keep_text(r, &text);
    if (p->program != NULL)
        set_name(p, p->program);
}

static void learn_command(struct registry *r, struct process *p, struct span command)
{
    if (command.len == 0 || atomic_load_explicit(&p->command, memory_order_relaxed) != NULL)
        return;
    size_t bytes = command.len < REGISTRY_COMMAND_BYTES ? command.len : REGISTRY_COMMAND_BYTES;
    struct strbuf safe = {0};
    text_put_utf16(&safe, command.p, bytes / 2);
    atomic_store_explicit(&p->command, keep_text(r, &safe), memory_order_release);
}

static void learn_id(_Atomic uint32_t *known, uint32_t id)
{
    if (id != EVENT_NO_ID)
        atomic_store_explicit(known, id, memory_order_relaxed);
}

static void learn(struct registry *r, struct process *p, const struct trace_event *event)
{
    learn_name(r, p, event->name);
    learn_command(r, p, event->text);
    learn_id(&p->parent, event->process.parent);
    learn_id(&p->session, event->process.session);
}

/* Whether `event` speaks of another instance than `p`. */
static bool opens_instance(const struct process *p, const struct trace_event *event)
{
    if (event->kind != EVENT_PROCESS_START)
        return false;
    return has_ended(p) || (p->start != INT64_MIN && p->start != event->time);
}

uint32_t registry_take_process(struct registry *r, const struct trace_event *event)
{
    forget_recent(r);
    uint32_t *known = id_map_find(&r->pids, 0, event->pid);
    uint32_t index = known != NULL ? *known : INDEX_NONE;
    if (known == NULL || opens_instance(registry_process(r, index), event)) {
        int64_t start = event->kind == EVENT_PROCESS_START ? event->time : INT64_MIN;
        index = add_process(r, known, event->pid, start);
    }
    if (index == INDEX_NONE)
        return INDEX_NONE;
    struct process *p = list_at(&r->processes, index);
    learn(r, p, event);
    if (event->kind == EVENT_PROCESS_END && !has_ended(p)) {
        atomic_store_explicit(&p->exit_status, event->process.exit_status, memory_order_relaxed);
        atomic_store_explicit(&p->end, event->time, memory_order_release);
    }
    return index;
}

size_t registry_bytes(const struct registry *r)
{
    return sizeof *r + list_bytes(&r->processes) + list_bytes(&r->threads) + list_bytes(&r->heaps) +
           id_map_bytes(&r->pids) + id_map_bytes(&r->tids) + id_map_bytes(&r->handles) +
           r->names.bytes;
}

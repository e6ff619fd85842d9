/* The replay of numbers.md, rule by rule in the order of its table; see truth.h. */
#include "truth.h"

#include <stdlib.h>
#include <string.h>

#include "map.h"
#include "mem.h"
#include "wire.h"

enum { FREED_MEMORY = 65536, DUPLICATE_NS = 1000000, DUPLICATE_MEMORY = 256 };

/* What the replay has to remember beside the truth itself. */
struct replay {
    struct truth *truth;
    const struct mketl_event *events;
    size_t now;                      /* index of the event being replayed */
    struct map process_of;           /* (pid, 0) -> process + 1 */
    struct map heap_of;              /* (process, handle) -> newest generation's heap + 1 */
    struct map block_of;             /* (heap, address) -> live block + 1 */
    struct map freed_at;             /* (heap, address) -> that heap's frees when it was freed */
    struct map last_alloc;           /* (heap, tid) -> address */
    struct map last_free;            /* (heap, tid) -> address */
    struct map stack_of;             /* (process, stack) -> its entry + 1 */
    struct map stack_seen;           /* (stack, 0) -> 1 */
    struct map image_of;             /* (process, base) -> its latest image + 1 */
    size_t growth[DUPLICATE_MEMORY]; /* ring of the latest Create, Expand, Contract events */
    size_t growth_count;
};

static size_t size_class(uint64_t size)
{
    size_t bits = 0;
    for (; size; size >>= 1)
        bits++;
    return bits;
}

/* Identity: processes and heaps. */

static size_t process_begin(struct replay *r, uint32_t pid)
{
    struct truth *t = r->truth;
    t->processes =
        mem_grow(t->processes, &t->process_capacity, t->process_count + 1, sizeof *t->processes);
    t->processes[t->process_count] = (struct truth_process){.pid = pid};
    map_set(&r->process_of, pid, 0, ++t->process_count);
    return t->process_count - 1;
}

static size_t process_of(struct replay *r, uint32_t pid)
{
    uint64_t known = map_get(&r->process_of, pid, 0);
    if (known && !r->truth->processes[known - 1].ended)
        return (size_t)known - 1;
    return process_begin(r, pid);
}

static void replay_process(struct replay *r, const struct mketl_event *event)
{
    size_t process = event->opcode == MKETL_START ? process_begin(r, event->target_pid)
                                                  : process_of(r, event->target_pid);
    if (event->name && event->name[0])
        r->truth->processes[process].name = event->name;
    r->truth->processes[process].ended = event->opcode == MKETL_END;
}

static size_t heap_begin(struct replay *r, size_t process, uint64_t handle, uint32_t generation)
{
    struct truth *t = r->truth;
    t->heaps = mem_grow(t->heaps, &t->heap_capacity, t->heap_count + 1, sizeof *t->heaps);
    t->heaps[t->heap_count] =
        (struct truth_heap){.process = process, .handle = handle, .generation = generation};
    map_set(&r->heap_of, process, handle, ++t->heap_count);
    return t->heap_count - 1;
}

/* The heap an event speaks of; a new generation when the last one has ended. */
static size_t heap_of(struct replay *r, const struct mketl_event *event)
{
    size_t process = process_of(r, event->pid);
    uint64_t known = map_get(&r->heap_of, process, event->heap);
    if (!known)
        return heap_begin(r, process, event->heap, 1);
    const struct truth_heap *heap = &r->truth->heaps[known - 1];
    if (heap->ended)
        return heap_begin(r, process, event->heap, heap->generation + 1);
    return (size_t)known - 1;
}

/* Blocks. */

static struct truth_block *live_block(struct replay *r, size_t heap, uint64_t address)
{
    uint64_t known = map_get(&r->block_of, heap, address);
    return known ? &r->truth->blocks[known - 1] : NULL;
}

/* The entry of a stack in a heap's process. */
static struct truth_stack *stack_entry(struct replay *r, size_t process, uint32_t stack)
{
    struct truth *t = r->truth;
    uint64_t known = map_get(&r->stack_of, process, stack);
    if (known)
        return &t->stacks[known - 1];
    t->stacks = mem_grow(t->stacks, &t->stack_capacity, t->stack_count + 1, sizeof *t->stacks);
    t->stacks[t->stack_count] = (struct truth_stack){.process = process, .stack = stack};
    map_set(&r->stack_of, process, stack, ++t->stack_count);
    return &t->stacks[t->stack_count - 1];
}

/* The entry of the current event's own stack. */
static struct truth_stack *own_stack(struct replay *r, size_t heap)
{
    return stack_entry(r, r->truth->heaps[heap].process, r->events[r->now].stack);
}

static void block_open(struct replay *r, size_t heap, uint64_t address, uint64_t size)
{
    struct truth *t = r->truth;
    t->blocks = mem_grow(t->blocks, &t->block_capacity, t->block_count + 1, sizeof *t->blocks);
    t->blocks[t->block_count] = (struct truth_block){
        .heap = heap,
        .address = address,
        .size = size,
        .source = r->events[r->now].source,
        .born = r->now,
    };
    map_set(&r->block_of, heap, address, ++t->block_count);
    map_set(&r->freed_at, heap, address, 0);
    t->outstanding_blocks++;
    t->outstanding_bytes += size;
    t->heaps[heap].outstanding_blocks++;
    t->heaps[heap].outstanding_bytes += size;
}

static void block_close(struct replay *r, struct truth_block *block, enum truth_end end)
{
    struct truth *t = r->truth;
    block->end = end;
    block->died = r->now;
    map_set(&r->block_of, block->heap, block->address, 0);
    t->outstanding_blocks--;
    t->outstanding_bytes -= block->size;
    t->heaps[block->heap].outstanding_blocks--;
    t->heaps[block->heap].outstanding_bytes -= block->size;
}

/* An Alloc that took effect, or one that a repair supplies. */
static void effect_alloc(struct replay *r, size_t heap, uint64_t address, uint64_t size)
{
    struct truth *t = r->truth;
    struct truth_block *old = live_block(r, heap, address);
    if (old) {
        block_close(r, old, TRUTH_LOST_FREE);
        t->lost_frees++;
    }
    block_open(r, heap, address, size);
    t->allocs++;
    t->alloc_bytes += size;
    t->heaps[heap].allocs++;
    t->heaps[heap].alloc_bytes += size;
    own_stack(r, heap)->allocs++;
    own_stack(r, heap)->alloc_bytes += size;
    t->sizes[size_class(size)].allocs++;
    t->sizes[size_class(size)].bytes += size;
}

static void effect_free(struct replay *r, struct truth_block *block)
{
    struct truth *t = r->truth;
    block_close(r, block, TRUTH_FREED);
    t->frees++;
    t->freed_bytes += block->size;
    t->heaps[block->heap].frees++;
    t->heaps[block->heap].freed_bytes += block->size;
    struct truth_stack *owner =
        stack_entry(r, t->heaps[block->heap].process, r->events[block->born].stack);
    owner->frees++;
    owner->freed_bytes += block->size;
    map_set(&r->freed_at, block->heap, block->address, t->heaps[block->heap].frees);
    map_set(&r->freed_at, block->heap, block->address, t->heaps[block->heap].frees);
}

static bool live_elsewhere(struct replay *r, size_t heap, uint64_t address)
{
    const struct truth *t = r->truth;
    for (size_t i = 0; i < t->heap_count; i++)
        if (i != heap && t->heaps[i].process == t->heaps[heap].process && live_block(r, i, address))
            return true;
    return false;
}

static void close_all(struct replay *r, size_t heap, enum truth_end end)
{
    struct truth *t = r->truth;
    for (size_t i = 0; i < t->block_count; i++)
        if (t->blocks[i].heap == heap && t->blocks[i].end == TRUTH_OUTSTANDING)
            block_close(r, &t->blocks[i], end);
    t->heaps[heap].ended = true;
}

/* The Source histogram counts rows as recorded; what failed or was unmatched has no bytes. */
static void count_source(struct replay *r, uint32_t source, uint64_t bytes)
{
    struct truth *t = r->truth;
    uint8_t op = r->events[r->now].opcode;
    size_t i = 0;
    while (i < t->source_count && (t->sources[i].op != op || t->sources[i].source != source))
        i++;
    if (i == t->source_count) {
        t->sources =
            mem_grow(t->sources, &t->source_capacity, ++t->source_count, sizeof *t->sources);
        t->sources[i] = (struct truth_source){.op = op, .source = source};
    }
    t->sources[i].count++;
    t->sources[i].bytes += bytes;
}

/* The rules. */

static void replay_alloc(struct replay *r, const struct mketl_event *event, size_t heap)
{
    bool failed = event->address == 0;
    count_source(r, event->source, failed ? 0 : event->size);
    if (failed) {
        r->truth->failed_allocs++;
        r->truth->heaps[heap].failed_allocs++;
        return;
    }
    effect_alloc(r, heap, event->address, event->size);
    map_set(&r->last_alloc, heap, event->tid, event->address);
}

static void replay_unmatched(struct replay *r, size_t heap, uint64_t address)
{
    struct truth *t = r->truth;
    uint64_t freed_at = map_get(&r->freed_at, heap, address);
    t->unmatched_frees++;
    if (freed_at && t->heaps[heap].frees - freed_at < FREED_MEMORY)
        t->double_frees++;
    if (live_elsewhere(r, heap, address))
        t->wrong_heap++;
}

static void replay_free(struct replay *r, const struct mketl_event *event, size_t heap)
{
    struct truth_block *block = live_block(r, heap, event->address);
    count_source(r, event->source, block ? block->size : 0);
    if (block)
        effect_free(r, block);
    else
        replay_unmatched(r, heap, event->address);
    map_set(&r->last_free, heap, event->tid, event->address);
}

/* A Free of the old address was seen, and not of an earlier block: the thread did not allocate
 * there again. */
static bool was_freed_by(struct replay *r, size_t heap, uint32_t tid, uint64_t address)
{
    const struct truth_block *anew = live_block(r, heap, address);
    return map_get(&r->last_free, heap, tid) == address &&
           !(anew && r->events[anew->born].tid == tid);
}

/* A moving Realloc whose Alloc or Free was lost: what is missing is supplied now. */
static void repair_move(struct replay *r, const struct mketl_event *event, size_t heap)
{
    r->truth->repaired++;
    if (!live_block(r, heap, event->address)) {
        effect_alloc(r, heap, event->address, event->size);
        live_block(r, heap, event->address)->repaired = true;
    }
    if (was_freed_by(r, heap, event->tid, event->old_address))
        return;
    struct truth_block *old = live_block(r, heap, event->old_address);
    if (old) {
        old->repaired = true;
        effect_free(r, old);
    } else if (live_elsewhere(r, heap, event->old_address)) {
        r->truth->wrong_heap++;
    }
}

static void replay_move(struct replay *r, const struct mketl_event *event, size_t heap)
{
    bool summary = map_get(&r->last_alloc, heap, event->tid) == event->address &&
                   map_get(&r->last_free, heap, event->tid) == event->old_address;
    if (!summary)
        repair_move(r, event, heap);
}

static void replay_in_place(struct replay *r, const struct mketl_event *event, size_t heap)
{
    struct truth *t = r->truth;
    struct truth_block *block = live_block(r, heap, event->address);
    if (!block) {
        if (live_elsewhere(r, heap, event->address))
            t->wrong_heap++;
        block_open(r, heap, event->address, event->size);
        live_block(r, heap, event->address)->repaired = true;
        t->repaired++;
        return;
    }
    if (block->size != event->old_size) {
        block->repaired = true;
        t->repaired++;
    }
    t->outstanding_bytes += event->size - block->size;
    t->heaps[heap].outstanding_bytes += event->size - block->size;
    block->size = event->size;
}

static void replay_realloc(struct replay *r, const struct mketl_event *event, size_t heap)
{
    count_source(r, event->source, event->size);
    r->truth->reallocs++;
    r->truth->heaps[heap].reallocs++;
    own_stack(r, heap)->reallocs++;
    if (event->address == event->old_address)
        replay_in_place(r, event, heap);
    else
        replay_move(r, event, heap);
}

static bool same_growth(const struct mketl_event *a, const struct mketl_event *b)
{
    return a->opcode == b->opcode && a->pid == b->pid && a->tid == b->tid && a->heap == b->heap &&
           a->address == b->address && a->size == b->size && a->flags == b->flags &&
           a->committed == b->committed && a->reserved == b->reserved &&
           a->free_space == b->free_space && a->allocated == b->allocated && a->count == b->count;
}

/* Is this Create, Expand or Contract the copy that the summary session logged? */
static bool is_duplicate(struct replay *r, const struct mketl_event *event)
{
    const struct truth_facts *facts = &r->truth->facts;
    int64_t now = truth_time_ns(facts, event->time);
    size_t known = r->growth_count < DUPLICATE_MEMORY ? r->growth_count : DUPLICATE_MEMORY;
    bool found = false;
    for (size_t i = 0; i < known && !found; i++) {
        const struct mketl_event *earlier = &r->events[r->growth[i]];
        found = same_growth(earlier, event) &&
                now - truth_time_ns(facts, earlier->time) <= DUPLICATE_NS;
    }
    r->growth[r->growth_count++ % DUPLICATE_MEMORY] = r->now;
    return found;
}

static size_t replay_create(struct replay *r, const struct mketl_event *event)
{
    struct truth *t = r->truth;
    uint64_t known = map_get(&r->heap_of, process_of(r, event->pid), event->heap);
    if (known && !t->heaps[known - 1].ended) {
        close_all(r, (size_t)known - 1, TRUTH_LOST_DESTROY);
        t->lost_destroys++;
    }
    return heap_of(r, event);
}

static void learn_space(struct replay *r, const struct mketl_event *event, size_t heap)
{
    struct truth_heap *h = &r->truth->heaps[heap];
    bool tells_flags = event->opcode != MKETL_EXPAND && event->opcode != MKETL_CONTRACT;
    if (tells_flags) {
        h->flags_known = true;
        h->flags = event->flags;
    }
    if (event->has_space) {
        h->space_known = true;
        h->committed = event->committed;
        h->reserved = event->reserved;
    }
}

static bool carries_handle(uint8_t opcode)
{
    return opcode >= MKETL_CREATE && opcode <= MKETL_REUSE_THRESHOLD &&
           opcode != MKETL_AFFINITY_SLOT_ASSIGNED;
}

static void replay_heap_event(struct replay *r, const struct mketl_event *event)
{
    struct truth *t = r->truth;
    bool growth = event->opcode == MKETL_CREATE || event->opcode == MKETL_EXPAND ||
                  event->opcode == MKETL_CONTRACT;
    t->heap_events++;
    if (growth && is_duplicate(r, event)) {
        t->duplicates++;
        return;
    }
    if (!carries_handle(event->opcode))
        return;
    size_t heap = event->opcode == MKETL_CREATE ? replay_create(r, event) : heap_of(r, event);
    if (event->opcode == MKETL_ALLOC)
        replay_alloc(r, event, heap);
    else if (event->opcode == MKETL_FREE)
        replay_free(r, event, heap);
    else if (event->opcode == MKETL_REALLOC)
        replay_realloc(r, event, heap);
    else if (event->opcode == MKETL_DESTROY)
        close_all(r, heap, TRUTH_DESTROYED);
    else if (growth || (event->opcode >= MKETL_SNAPSHOT && event->opcode <= MKETL_EXTEND_SNAPSHOT))
        learn_space(r, event, heap);

    struct truth_heap *h = &t->heaps[heap];
    if (h->outstanding_bytes > h->peak_bytes)
        h->peak_bytes = h->outstanding_bytes;
}

static void note_peak(struct replay *r, int64_t now)
{
    struct truth *t = r->truth;
    if (t->outstanding_bytes <= t->peak_bytes)
        return;
    t->peak_bytes = t->outstanding_bytes;
    t->peak_blocks = t->outstanding_blocks;
    t->peak_ns = now;
    t->peak_event = r->now;
}

/* What is left at the end, by alloc Source and size class. */
static void count_outstanding(struct replay *r)
{
    struct truth *t = r->truth;
    for (size_t i = 0; i < t->block_count; i++) {
        const struct truth_block *block = &t->blocks[i];
        if (block->end != TRUTH_OUTSTANDING)
            continue;
        struct truth_stack *stack =
            stack_entry(r, t->heaps[block->heap].process, r->events[block->born].stack);
        stack->outstanding_blocks++;
        stack->outstanding_bytes += block->size;
        t->sizes[size_class(block->size)].outstanding_blocks++;
        t->sizes[size_class(block->size)].outstanding_bytes += block->size;
        for (size_t s = 0; s < t->source_count; s++) {
            struct truth_source *source = &t->sources[s];
            if (source->op == MKETL_ALLOC && source->source == block->source) {
                source->outstanding_blocks++;
                source->outstanding_bytes += block->size;
            }
        }
    }
}

/* A module that is loaded where others are takes their place. */
static void replace_images(struct replay *r, size_t process, const struct mketl_event *event)
{
    for (size_t i = 0; i < r->truth->image_count; i++) {
        struct truth_image *image = &r->truth->images[i];
        if (image->process == process && image->unloaded == INT64_MAX &&
            image->base < event->address + event->size &&
            event->address < image->base + image->size)
            image->unloaded = event->time;
    }
}

static void replay_image(struct replay *r, const struct mketl_event *event)
{
    enum { IDLE = 0, SYSTEM = 4 };
    struct truth *t = r->truth;
    bool kernel = event->target_pid == IDLE || event->target_pid == SYSTEM;
    size_t process = kernel ? TRUTH_KERNEL : process_of(r, event->target_pid);
    uint64_t known = map_get(&r->image_of, process, event->address);
    if (event->opcode == MKETL_START)
        replace_images(r, process, event);
    bool there = known && t->images[known - 1].unloaded == INT64_MAX;
    if (there && event->opcode == MKETL_END)
        t->images[known - 1].unloaded = event->time;
    if (there)
        return;
    t->images = mem_grow(t->images, &t->image_capacity, t->image_count + 1, sizeof *t->images);
    t->images[t->image_count] = (struct truth_image){
        .process = process,
        .base = event->address,
        .size = event->size,
        .loaded = event->opcode == MKETL_START ? event->time : INT64_MIN,
        .unloaded = event->opcode == MKETL_END ? event->time : INT64_MAX,
        .path = event->name,
        .module = event->module,
    };
    map_set(&r->image_of, process, event->address, ++t->image_count);
}

const struct truth_image *truth_find_image(const struct truth *truth, size_t process,
                                           uint64_t address, int64_t time)
{
    const struct truth_image *best = NULL;
    for (size_t i = 0; i < truth->image_count; i++) {
        const struct truth_image *image = &truth->images[i];
        bool own = image->process == process || image->process == TRUTH_KERNEL;
        if (!own || address - image->base >= image->size || image->loaded > time)
            continue;
        if (!best || image->unloaded > best->unloaded)
            best = image;
    }
    return best;
}

/* Whose row it is, and whether it has a stack. */
static void replay_row(struct replay *r, const struct mketl_event *event)
{
    struct truth *t = r->truth;
    size_t process = process_of(r, event->pid);
    t->process_of_event[r->now] = process;
    stack_entry(r, process, event->stack)->events++;
    if (event->kind != MKETL_KIND_HEAP ||
        (event->opcode != MKETL_ALLOC && event->opcode != MKETL_REALLOC))
        return;
    t->stack_records += event->family == WIRE_EVENT;
    t->with_stack += event->stack != FRAMES_NONE;
    t->without_stack += event->stack == FRAMES_NONE;
    if (event->stack == FRAMES_NONE || map_get(&r->stack_seen, event->stack, 0))
        return;
    map_set(&r->stack_seen, event->stack, 0, 1);
    t->distinct_stacks++;
}

static void replay_event(struct replay *r, const struct mketl_event *event)
{
    struct truth *t = r->truth;
    int64_t now = truth_time_ns(&t->facts, event->time);
    t->records++;
    if (now > t->duration_ns)
        t->duration_ns = now;
    if (truth_is_row(event)) {
        t->rows++;
        t->ops[event->opcode]++;
    }
    if (event->kind == MKETL_KIND_HEAP)
        replay_heap_event(r, event);
    else if (event->kind == MKETL_KIND_RANGE)
        t->range_ops[event->opcode]++;
    else if (event->kind == MKETL_KIND_PROCESS)
        replay_process(r, event);
    else if (event->kind == MKETL_KIND_IMAGE)
        replay_image(r, event);
    else if (event->kind == MKETL_KIND_STACK)
        t->stack_records++;
    if (truth_is_row(event))
        replay_row(r, event);
    note_peak(r, now);
}

void truth_replay(const struct mketl_event *events, size_t count, const struct truth_facts *facts,
                  struct truth *out_truth)
{
    *out_truth = (struct truth){.facts = *facts, .records = facts->header_records};
    struct replay r = {.truth = out_truth, .events = events};
    out_truth->process_of_event = mem_alloc((count + 1) * sizeof(size_t));
    for (; r.now < count; r.now++)
        replay_event(&r, &events[r.now]);
    count_outstanding(&r);
    map_release(&r.process_of);
    map_release(&r.heap_of);
    map_release(&r.block_of);
    map_release(&r.freed_at);
    map_release(&r.last_alloc);
    map_release(&r.last_free);
    map_release(&r.stack_of);
    map_release(&r.stack_seen);
    map_release(&r.image_of);
}

/* PERFINFO records carry no ids: the CPU's last context switch tells the thread, its Start or
 * DCStart the process (etl-format 6.2). */
void truth_derive_ids(struct mketl_event *events, size_t count)
{
    struct map running = {0}; /* (cpu, 0) -> tid + 1 */
    struct map process = {0}; /* (tid, 0) -> pid + 1 */
    for (size_t i = 0; i < count; i++) {
        struct mketl_event *event = &events[i];
        if (event->kind == MKETL_KIND_SWITCH)
            map_set(&running, event->cpu, 0, event->target_tid + 1ull);
        if (event->kind == MKETL_KIND_THREAD)
            map_set(&process, event->target_tid, 0, event->target_pid + 1ull);
        if (event->family != WIRE_PERFINFO)
            continue;
        uint64_t tid = map_get(&running, event->cpu, 0);
        uint64_t pid = tid ? map_get(&process, tid - 1, 0) : 0;
        event->tid = tid ? (uint32_t)(tid - 1) : TRUTH_NO_ID;
        event->pid = pid ? (uint32_t)(pid - 1) : TRUTH_NO_ID;
    }
    map_release(&running);
    map_release(&process);
}

int64_t truth_time_ns(const struct truth_facts *facts, int64_t raw)
{
    int64_t ticks = raw - facts->zero;
    int64_t seconds = ticks / facts->rate;
    uint64_t rest = (uint64_t)(ticks % facts->rate);
    return seconds * 1000000000 + (int64_t)(rest * 1000000000u / (uint64_t)facts->rate);
}

bool truth_is_row(const struct mketl_event *event)
{
    return event->kind == MKETL_KIND_HEAP || event->kind == MKETL_KIND_RANGE;
}

void truth_release(struct truth *truth)
{
    free(truth->processes);
    free(truth->heaps);
    free(truth->blocks);
    free(truth->sources);
    free(truth->stacks);
    free(truth->images);
    free(truth->process_of_event);
    memset(truth, 0, sizeof *truth);
}

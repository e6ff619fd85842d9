/* Actors and what they log; see stage.h. */
#include "stage.h"

#include <string.h>

#include "mem.h"

enum {
    COMMIT_UNIT = 0x10000, /* heaps commit and decommit in steps of 64 KiB */
    OVERHEAD = 16,         /* a block header */
    FREE_LAG = 34,
    SUMMARY_LAG = 4,
    LFH_LIMIT = 0x4000
};

void stage_pause(struct stage *stage, uint64_t most)
{
    stage->now += (int64_t)rng_range(&stage->rng, 1, most);
}

static struct stage_actor *whose_turn(struct stage_actor *actors, size_t count)
{
    struct stage_actor *first = NULL;
    for (size_t i = 0; i < count; i++)
        if (actors[i].next < actors[i].until && (!first || actors[i].next < first->next))
            first = &actors[i];
    return first;
}

void stage_run(struct stage *stage, struct stage_actor *actors, size_t count)
{
    for (struct stage_actor *actor; (actor = whose_turn(actors, count)) != NULL;) {
        if (stage->now < actor->next)
            stage->now = actor->next;
        actor->act(stage, actor);
        actor->beat++;
        actor->next += (int64_t)rng_range(&stage->rng, (uint64_t)actor->period / 2,
                                          (uint64_t)actor->period * 3 / 2);
        stage_pause(stage, 20);
    }
}

void stage_log_process(struct stage *stage, const struct stage_process *process, uint8_t opcode)
{
    recorder_log(stage->recorder, &(struct mketl_event){
                                      .kind = MKETL_KIND_PROCESS,
                                      .opcode = opcode,
                                      .time = stage->now,
                                      .target_pid = process->pid,
                                      .source = process->parent,
                                      .count = process->pointer_size,
                                      .name = process->name,
                                      .text = process->command,
                                  });
}

void stage_log_thread(struct stage *stage, const struct stage_process *process, uint32_t tid,
                      uint8_t opcode)
{
    recorder_log(stage->recorder, &(struct mketl_event){
                                      .kind = MKETL_KIND_THREAD,
                                      .opcode = opcode,
                                      .time = stage->now,
                                      .target_pid = process->pid,
                                      .target_tid = tid,
                                  });
}

static struct mketl_event heap_event(const struct stage *stage, const struct stage_actor *actor,
                                     uint8_t opcode)
{
    const struct stage_heap *heap = actor->heap;
    return (struct mketl_event){
        .kind = MKETL_KIND_HEAP,
        .opcode = opcode,
        .time = stage->now,
        .cpu = actor->cpu,
        .pid = heap->process->pid,
        .tid = actor->tid,
        .pointer_size = heap->process->pointer_size,
        .heap = heap->sim.handle,
        .flags = heap->sim.flags,
        .committed = heap->sim.committed,
        .reserved = heap->sim.committed * 4,
        .free_space = heap->sim.committed - heap->in_use,
        .allocated = heap->in_use,
        .count = 2,
    };
}

void stage_log_plain(struct stage *stage, const struct stage_actor *actor, uint8_t opcode)
{
    struct mketl_event event = heap_event(stage, actor, opcode);
    recorder_log(stage->recorder, &event);
}

void stage_log_snapshot(struct stage *stage, const struct stage_actor *actor)
{
    stage_log_plain(stage, actor, MKETL_SNAPSHOT);
}

void stage_create(struct stage *stage, const struct stage_actor *actor)
{
    sim_heap_clear(&actor->heap->sim);
    actor->heap->in_use = 0;
    stage_log_plain(stage, actor, MKETL_CREATE);
}

void stage_destroy(struct stage *stage, const struct stage_actor *actor)
{
    stage_log_plain(stage, actor, MKETL_DESTROY);
}

/* Expand or Contract by `size` at the end of what is committed. */
static void change_commit(struct stage *stage, const struct stage_actor *actor, uint8_t opcode,
                          uint64_t size)
{
    struct sim_heap *sim = &actor->heap->sim;
    uint64_t address = sim->handle + sim->committed;
    if (opcode == MKETL_CONTRACT)
        address -= size;
    sim->committed += opcode == MKETL_EXPAND ? size : 0 - size;
    struct mketl_event event = heap_event(stage, actor, opcode);
    event.address = address;
    event.size = size;
    recorder_log(stage->recorder, &event);
    stage_pause(stage, 10);
}

static void grow_heap(struct stage *stage, const struct stage_actor *actor, uint64_t size)
{
    struct stage_heap *heap = actor->heap;
    heap->in_use += size + OVERHEAD;
    if (heap->in_use <= heap->sim.committed)
        return;
    uint64_t missing = heap->in_use - heap->sim.committed;
    change_commit(stage, actor, MKETL_EXPAND,
                  (missing + heap->sim.committed / 4) / COMMIT_UNIT * COMMIT_UNIT + COMMIT_UNIT);
}

static void shrink_heap(struct stage *stage, const struct stage_actor *actor, uint64_t size)
{
    struct stage_heap *heap = actor->heap;
    heap->in_use -= size + OVERHEAD;
    if (heap->keeps_commit || heap->sim.committed < 32 * COMMIT_UNIT ||
        heap->in_use > heap->sim.committed / 2)
        return;
    change_commit(stage, actor, MKETL_CONTRACT,
                  heap->sim.committed / 4 / COMMIT_UNIT * COMMIT_UNIT);
}

static void hold(struct stage_blocks *held, struct sim_block block)
{
    held->items = mem_grow(held->items, &held->capacity, held->count + 1, sizeof *held->items);
    held->items[held->count++] = block;
}

static struct sim_block let_go(struct stage_blocks *held, size_t at)
{
    struct sim_block block = held->items[at];
    held->count--;
    memmove(&held->items[at], &held->items[at + 1], (held->count - at) * sizeof *held->items);
    return block;
}

static void log_called(struct stage *stage, const struct stage_actor *actor,
                       const struct mketl_event *event, uint32_t site)
{
    struct stack_call call;
    if (stage->call && stage->call(stage, actor, site, &call))
        recorder_log_called(stage->recorder, event, &call);
    else
        recorder_log(stage->recorder, event);
}

static void log_alloc(struct stage *stage, const struct stage_actor *actor,
                      const struct sim_block *block, uint32_t site)
{
    struct mketl_event event = heap_event(stage, actor, MKETL_ALLOC);
    event.address = block->address;
    event.size = block->size;
    event.source = block->source;
    log_called(stage, actor, &event, site);
}

static void log_free(struct stage *stage, const struct stage_actor *actor, uint64_t address,
                     uint32_t source)
{
    struct mketl_event event = heap_event(stage, actor, MKETL_FREE);
    event.address = address;
    event.source = source;
    recorder_log(stage->recorder, &event);
}

static void log_realloc(struct stage *stage, const struct stage_actor *actor,
                        const struct sim_block *old, const struct sim_block *new, uint32_t site)
{
    struct mketl_event event = heap_event(stage, actor, MKETL_REALLOC);
    event.address = new->address;
    event.old_address = old->address;
    event.size = new->size;
    event.old_size = old->size;
    event.source = new->source;
    log_called(stage, actor, &event, site);
}

void stage_alloc(struct stage *stage, const struct stage_actor *actor, struct stage_blocks *held,
                 uint64_t size, uint32_t source, uint32_t site)
{
    struct sim_block block = {
        .address = sim_heap_take(&actor->heap->sim, size, rng_chance(&stage->rng, 850)),
        .size = size,
        .source = source,
    };
    grow_heap(stage, actor, size);
    log_alloc(stage, actor, &block, site);
    hold(held, block);
}

void stage_fail(struct stage *stage, const struct stage_actor *actor, uint64_t size, uint32_t site)
{
    log_alloc(stage, actor, &(struct sim_block){.size = size, .source = MKETL_SOURCE_NONE}, site);
}

void stage_free(struct stage *stage, const struct stage_actor *actor, struct stage_blocks *held,
                size_t at)
{
    struct sim_block block = let_go(held, at);
    log_free(stage, actor, block.address, block.source);
    sim_heap_give(&actor->heap->sim, block.address, block.size);
    stage_pause(stage, 10);
    shrink_heap(stage, actor, block.size);
}

void stage_free_address(struct stage *stage, const struct stage_actor *actor, uint64_t address)
{
    log_free(stage, actor, address, MKETL_SOURCE_LOWFRAG);
}

void stage_free_unknown(struct stage *stage, const struct stage_actor *actor)
{
    log_free(stage, actor, sim_heap_stray(&actor->heap->sim), MKETL_SOURCE_LOWFRAG);
}

void stage_move(struct stage *stage, const struct stage_actor *actor, struct stage_blocks *held,
                size_t at, uint64_t size, uint32_t site)
{
    struct sim_block old = let_go(held, at);
    struct sim_block new = {
        .address = sim_heap_take(&actor->heap->sim, size, true),
        .size = size,
        .source = size < LFH_LIMIT ? MKETL_SOURCE_LOWFRAG : MKETL_SOURCE_MAINPATH,
    };
    grow_heap(stage, actor, size);
    log_alloc(stage, actor, &new, site);
    stage->now += FREE_LAG;
    log_free(stage, actor, old.address, old.source);
    stage->now += SUMMARY_LAG;
    log_realloc(stage, actor, &old, &new, site);
    sim_heap_give(&actor->heap->sim, old.address, old.size);
    actor->heap->in_use -= old.size + OVERHEAD;
    hold(held, new);
}

void stage_resize(struct stage *stage, const struct stage_actor *actor, struct stage_blocks *held,
                  size_t at, uint64_t size, uint32_t site)
{
    struct sim_block old = held->items[at];
    held->items[at].size = size;
    log_realloc(stage, actor, &old, &held->items[at], site);
    actor->heap->in_use += size - old.size;
}

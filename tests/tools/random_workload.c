/*
 * The random workload: threads of a few processes alloc, free and realloc around a steady number of
 * blocks; now and then something from knobs.def happens.  A thread is picked for each step, so
 * threads of all processes mix.
 */
#include "workload.h"

#include "sim.h"
#include "sim_program.h"

enum {
    FREE_LAG = 34,       /* of a moving realloc's Free and summary behind its Alloc, */
    SUMMARY_LAG = 4,     /* as in a real capture (etl-format 4.7) */
    RESTART_GAP = 20001, /* above 1 ms: no Create of a new process is a duplicate */
    PAGE = 0x1000,
    EXPAND_STEP = 0x10000
};

/* Sizes and sources as programs have them: mostly small, a long tail. */

static uint64_t random_size(struct sim *sim)
{
    static const struct {
        uint32_t below;
        uint64_t low;
        uint64_t high;
    } SIZES[] = {{550, 1, 256}, {850, 257, 4096}, {970, 4097, 0x10000}, {1000, 0x10001, 0x80000}};
    uint64_t roll = rng_below(&sim->rng, 1000);
    size_t i = 0;
    while (roll >= SIZES[i].below)
        i++;
    return rng_range(&sim->rng, SIZES[i].low, SIZES[i].high);
}

static uint32_t random_source(struct sim *sim, uint64_t size)
{
    static const uint32_t ODD[] = {7, 9, 0xdeadbeef};
    enum { LFH_LIMIT = 0x4000, SLOW_LIMIT = 0x10000 };
    if (sim_knob(sim, MKETL_KNOB_ODD_SOURCE))
        return ODD[rng_below(&sim->rng, sizeof ODD / sizeof ODD[0])];
    if (size > SLOW_LIMIT)
        return MKETL_SOURCE_SLOWPATH;
    if (size > LFH_LIMIT)
        return MKETL_SOURCE_MAINPATH;
    if (rng_chance(&sim->rng, 20))
        return rng_chance(&sim->rng, 500) ? MKETL_SOURCE_LOOKASIDE : MKETL_SOURCE_SEGMENT;
    return rng_chance(&sim->rng, 800) ? MKETL_SOURCE_LOWFRAG : MKETL_SOURCE_MAINPATH;
}

/* Plain life. */

static size_t random_block(struct sim *sim, const struct sim_heap *heap)
{
    enum { RECENT = 8 };
    if (heap->count > RECENT && rng_chance(&sim->rng, 500))
        return heap->count - 1 - rng_below(&sim->rng, RECENT); /* most blocks die young */
    return rng_below(&sim->rng, heap->count);
}

static void free_block(struct sim *sim, const struct sim_step *step)
{
    if (step->heap->count == 0)
        return;
    struct sim_block block = sim_heap_remove(step->heap, random_block(sim, step->heap));
    sim_log_free(sim, step, block.address, block.source);
    sim_heap_give(step->heap, block.address, block.size);
}

/* Every random number is drawn in a statement of its own: the order of evaluation within one is the
 * compiler's. */
static void alloc_block(struct sim *sim, const struct sim_step *step, uint64_t size)
{
    struct sim_block block = {.size = size};
    block.address = sim_heap_take(step->heap, size, rng_chance(&sim->rng, 900));
    block.source = random_source(sim, size);
    if (!block.address) {
        free_block(sim, step);
        return;
    }
    sim_log_alloc(sim, step, &block);
    sim_heap_add(step->heap, block);
}

static void plain_action(struct sim *sim, const struct sim_step *step)
{
    size_t target = sim->options->live_blocks;
    uint64_t alloc_chance = step->heap->count < target ? 600 : 400;
    if (step->heap->count > 2 * target)
        alloc_chance = 0;
    if (rng_chance(&sim->rng, alloc_chance))
        alloc_block(sim, step, random_size(sim));
    else
        free_block(sim, step);
}

/* Reallocs that move. */

enum { WITH_ALLOC = 1, WITH_FREE = 2 };

static struct sim_step other_thread(struct sim *sim, const struct sim_step *step)
{
    struct sim_step other = *step;
    other.thread = &step->process->threads[rng_below(&sim->rng, sim->options->threads)];
    if (other.thread == step->thread)
        other.thread = &step->process->threads[other.thread == step->process->threads];
    return other;
}

/* Others use the old address between the Free and the summary: it may be live again by then. */
static void interleave(struct sim *sim, const struct sim_step *step, uint64_t address,
                       uint64_t size)
{
    struct sim_step other = other_thread(sim, step);
    struct sim_block block = {address, size, MKETL_SOURCE_LOWFRAG};
    sim_tick(sim);
    sim_log_alloc(sim, &other, &block);
    if (rng_chance(&sim->rng, 500)) {
        sim_heap_add(step->heap, block);
        return;
    }
    sim_tick(sim);
    sim_log_free(sim, &other, block.address, block.source);
    sim_heap_give(step->heap, block.address, block.size);
}

/* The new block joins the heap only at the end, so that nobody frees it before the summary. */
static void move_block(struct sim *sim, const struct sim_step *step, unsigned parts)
{
    struct sim_heap *heap = step->heap;
    if (heap->count == 0)
        return;
    size_t at = random_block(sim, heap);
    bool old_was_freed_last = step->thread->last_free[step->heap_at] == heap->blocks[at].address;
    if (!(parts & WITH_FREE) && old_was_freed_last)
        return; /* the earlier Free would be taken for this realloc's */
    struct sim_block new = {.size = random_size(sim), .source = MKETL_SOURCE_LOWFRAG};
    new.address = sim_heap_take(heap, new.size, parts & WITH_ALLOC);
    if (!new.address)
        return;
    struct sim_block old = sim_heap_remove(heap, at);
    bool crossed =
        sim->options->threads > 1 && (parts & WITH_FREE) && sim_knob(sim, MKETL_KNOB_INTERLEAVE);
    if (parts & WITH_ALLOC)
        sim_log_alloc(sim, step, &new);
    sim->now += FREE_LAG;
    if (parts & WITH_FREE)
        sim_log_free(sim, step, old.address, old.source);
    if (crossed)
        interleave(sim, step, old.address, old.size);
    else
        sim_heap_give(heap, old.address, old.size);
    sim->now += SUMMARY_LAG;
    sim_log_realloc(sim, step, &old, &new);
    sim_heap_add(heap, new);
}

/* Actions of the knobs. */

static void act_move(struct sim *sim, const struct sim_step *step)
{
    move_block(sim, step, WITH_ALLOC | WITH_FREE);
}

static void act_lost_trio_alloc(struct sim *sim, const struct sim_step *step)
{
    move_block(sim, step, WITH_FREE);
}

static void act_lost_trio_free(struct sim *sim, const struct sim_step *step)
{
    move_block(sim, step, WITH_ALLOC);
}

static void resize_block(struct sim *sim, const struct sim_step *step, uint64_t lie)
{
    if (step->heap->count == 0)
        return;
    struct sim_block *block = &step->heap->blocks[random_block(sim, step->heap)];
    struct sim_block old = *block;
    block->size -= block->size / 4; /* stays within its slot */
    old.size += lie;
    sim_log_realloc(sim, step, &old, block);
}

static void act_in_place(struct sim *sim, const struct sim_step *step)
{
    resize_block(sim, step, 0);
}

static void act_old_size_lie(struct sim *sim, const struct sim_step *step)
{
    resize_block(sim, step, 16);
}

static void act_unknown_in_place(struct sim *sim, const struct sim_step *step)
{
    struct sim_block block = {.size = random_size(sim), .source = MKETL_SOURCE_MAINPATH};
    block.address = sim_heap_take(step->heap, block.size, false);
    if (!block.address)
        return;
    struct sim_block old = block;
    old.size /= 2;
    sim_log_realloc(sim, step, &old, &block);
    sim_heap_add(step->heap, block);
}

static void act_expand(struct sim *sim, const struct sim_step *step)
{
    bool shrink = step->heap->committed > 4 * EXPAND_STEP && rng_chance(&sim->rng, 400);
    sim_log_space(sim, step, shrink ? MKETL_CONTRACT : MKETL_EXPAND);
}

static void act_snapshot(struct sim *sim, const struct sim_step *step)
{
    sim_log_space(sim, step, MKETL_SNAPSHOT);
}

static void act_failed(struct sim *sim, const struct sim_step *step)
{
    sim_log_alloc(sim, step, &(struct sim_block){.size = 0x7fff0000, .source = MKETL_SOURCE_NONE});
}

static void act_zero_size(struct sim *sim, const struct sim_step *step)
{
    alloc_block(sim, step, 0);
}

static void act_huge(struct sim *sim, const struct sim_step *step)
{
    if (step->process->pointer_size == 8)
        alloc_block(sim, step, rng_range(&sim->rng, 0x100000001, 0x180000000));
}

static void act_unmatched_free(struct sim *sim, const struct sim_step *step)
{
    sim_log_free(sim, step, sim_heap_stray(step->heap), MKETL_SOURCE_LOWFRAG);
}

static void act_double_free(struct sim *sim, const struct sim_step *step)
{
    if (step->heap->last_freed)
        sim_log_free(sim, step, step->heap->last_freed, MKETL_SOURCE_LOWFRAG);
}

/* The block is freed properly afterwards, and its address is not used again. */
static void act_wrong_heap(struct sim *sim, const struct sim_step *step)
{
    struct sim_step wrong = *step;
    wrong.heap_at = (step->heap_at + 1) % sim->options->heaps;
    wrong.heap = &step->process->heaps[wrong.heap_at];
    if (step->heap->count == 0 || wrong.heap == step->heap || !wrong.heap->live)
        return;
    struct sim_block block = sim_heap_remove(step->heap, random_block(sim, step->heap));
    sim_log_free(sim, &wrong, block.address, block.source);
    sim_tick(sim);
    sim_log_free(sim, step, block.address, block.source);
}

static void act_lost_free(struct sim *sim, const struct sim_step *step)
{
    if (step->heap->count == 0)
        return;
    struct sim_block *block = &step->heap->blocks[random_block(sim, step->heap)];
    block->size -= block->size / 4;
    sim_log_alloc(sim, step, block);
}

static void act_destroy(struct sim *sim, const struct sim_step *step)
{
    struct mketl_event event = sim_event(sim, step, MKETL_DESTROY);
    recorder_log(sim->recorder, &event);
    step->heap->live = false;
}

static void act_lost_destroy(struct sim *sim, const struct sim_step *step)
{
    sim_log_create(sim, step);
}

/* Nothing orders records of one time in two files. */
static void keep_apart(struct sim *sim)
{
    if (sim->options->split)
        sim->now += FREE_LAG;
}

static void act_process_end(struct sim *sim, const struct sim_step *step)
{
    keep_apart(sim);
    sim_log_process(sim, step->process, MKETL_END);
    for (uint32_t i = 0; i < sim->options->heaps; i++)
        step->process->heaps[i].live = false;
}

static void act_range(struct sim *sim, const struct sim_step *step)
{
    static const uint8_t OPS[] = {MKETL_RANGE_RUNDOWN, MKETL_RANGE_CREATE, MKETL_RANGE_RESERVE,
                                  MKETL_RANGE_RELEASE, MKETL_RANGE_DESTROY};
    struct mketl_event event = sim_event(sim, step, OPS[rng_below(&sim->rng, sizeof OPS)]);
    event.kind = MKETL_KIND_RANGE;
    event.address = step->heap->handle;
    event.size = EXPAND_STEP * rng_range(&sim->rng, 1, 16);
    recorder_log(sim->recorder, &event);
}

static void act_rare_op(struct sim *sim, const struct sim_step *step)
{
    uint8_t opcode = (uint8_t)rng_range(&sim->rng, MKETL_CREATE_SNAPSHOT, MKETL_REUSE_THRESHOLD);
    if (opcode <= MKETL_EXTEND_SNAPSHOT) {
        sim_log_space(sim, step, opcode);
        return;
    }
    struct mketl_event event = sim_event(sim, step, opcode == MKETL_CONTRACT ? MKETL_WALK : opcode);
    event.address = step->heap->handle + PAGE;
    event.size = PAGE;
    event.old_size = 64;
    event.source = 3;
    recorder_log(sim->recorder, &event);
}

static void act_unknown_op(struct sim *sim, const struct sim_step *step)
{
    static const uint8_t OPS[] = {59, 77, 200};
    struct mketl_event event = sim_event(sim, step, OPS[rng_below(&sim->rng, sizeof OPS)]);
    recorder_log(sim->recorder, &event);
}

static void act_sample(struct sim *sim, const struct sim_step *step)
{
    struct mketl_event event = sim_event(sim, step, 0);
    event.kind = MKETL_KIND_SAMPLE;
    event.address = 0x7ff6a0c01000 + 16 * rng_below(&sim->rng, PAGE);
    recorder_log(sim->recorder, &event);
}

static void act_foreign(struct sim *sim, const struct sim_step *step)
{
    struct mketl_event event = sim_event(sim, step, (uint8_t)rng_below(&sim->rng, 100));
    event.kind = (uint8_t)rng_range(&sim->rng, MKETL_KIND_INSTANCE, MKETL_KIND_MESSAGE);
    recorder_log(sim->recorder, &event);
}

/* Knobs that are actions of their own; the others change what an action does. */
static void (*const ACTIONS[MKETL_KNOBS])(struct sim *, const struct sim_step *) = {
    [MKETL_KNOB_MOVE] = act_move,
    [MKETL_KNOB_IN_PLACE] = act_in_place,
    [MKETL_KNOB_EXPAND] = act_expand,
    [MKETL_KNOB_SNAPSHOT] = act_snapshot,
    [MKETL_KNOB_FAILED] = act_failed,
    [MKETL_KNOB_ZERO_SIZE] = act_zero_size,
    [MKETL_KNOB_HUGE_SIZE] = act_huge,
    [MKETL_KNOB_UNMATCHED_FREE] = act_unmatched_free,
    [MKETL_KNOB_DOUBLE_FREE] = act_double_free,
    [MKETL_KNOB_WRONG_HEAP] = act_wrong_heap,
    [MKETL_KNOB_LOST_FREE] = act_lost_free,
    [MKETL_KNOB_LOST_TRIO_ALLOC] = act_lost_trio_alloc,
    [MKETL_KNOB_LOST_TRIO_FREE] = act_lost_trio_free,
    [MKETL_KNOB_UNKNOWN_IN_PLACE] = act_unknown_in_place,
    [MKETL_KNOB_OLD_SIZE_LIE] = act_old_size_lie,
    [MKETL_KNOB_DESTROY] = act_destroy,
    [MKETL_KNOB_LOST_DESTROY] = act_lost_destroy,
    [MKETL_KNOB_PROCESS_END] = act_process_end,
    [MKETL_KNOB_RANGE] = act_range,
    [MKETL_KNOB_RARE_OP] = act_rare_op,
    [MKETL_KNOB_UNKNOWN_OP] = act_unknown_op,
    [MKETL_KNOB_SAMPLE] = act_sample,
    [MKETL_KNOB_FOREIGN] = act_foreign,
    [MKETL_KNOB_PLUGIN] = sim_program_plugin,
};

static void add_up_rates(struct sim *sim)
{
    uint32_t sum = 0;
    for (size_t i = 0; i < MKETL_KNOBS; i++) {
        sum += ACTIONS[i] ? sim->options->rates[i] : 0;
        sim->cumulative[i] = sum;
    }
}

/* One roll chooses among all actions; what the rates leave of a thousand is plain life. */
static void act(struct sim *sim, const struct sim_step *step)
{
    uint64_t roll = rng_below(&sim->rng, 1000);
    if (roll >= sim->cumulative[MKETL_KNOBS - 1]) {
        plain_action(sim, step);
        return;
    }
    size_t i = 0;
    while (roll >= sim->cumulative[i])
        i++;
    ACTIONS[i](sim, step);
}

static struct sim_step pick_step(struct sim *sim)
{
    const struct mketl_options *options = sim->options;
    struct sim_step step = {.process = &sim->processes[rng_below(&sim->rng, options->processes)]};
    step.thread = &step.process->threads[rng_below(&sim->rng, options->threads)];
    step.heap_at = rng_below(&sim->rng, options->heaps);
    step.heap = &step.process->heaps[step.heap_at];
    if (rng_chance(&sim->rng, 20))
        step.thread->cpu = (uint16_t)rng_below(&sim->rng, options->cpus);
    return step;
}

static void run_step(struct sim *sim)
{
    struct sim_step step = pick_step(sim);
    sim_tick(sim);
    if (!step.process->running) {
        sim->now += RESTART_GAP;
        sim_log_process(sim, step.process, MKETL_START);
        keep_apart(sim);
    }
    if (!step.heap->live)
        sim_log_create(sim, &step);
    else
        act(sim, &step);
}

void random_workload_run(struct recorder *recorder)
{
    struct sim sim;
    sim_init(&sim, recorder);
    add_up_rates(&sim);
    while (recorder->heap_events < recorder->options->events)
        run_step(&sim);
    for (uint32_t i = 0; i < recorder->options->processes; i++)
        if (sim.processes[i].running)
            sim_log_process(&sim, &sim.processes[i], MKETL_DC_END);
    sim_release(&sim);
}

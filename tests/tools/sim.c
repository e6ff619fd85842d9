/* Processes of the random workload and their records; see sim.h. */
#include "sim.h"

#include <stdlib.h>

#include "mem.h"
#include "sim_program.h"

enum {
    MEAN_GAP = 50,        /* 5 us between events */
    RECREATE_GAP = 20001, /* above 1 ms: a second Create is no duplicate */
    DUPLICATE_LAG = 50,
    PAGE = 0x1000,
    EXPAND_STEP = 0x10000,
    FIRST_PID = 4312,
    FIRST_TID = 6000,
    TIDS_PER_PROCESS = 400,
    FLAGS_GROWABLE = 0x1002 /* growable, private */
};

static const uint64_t HEAP_BASE_64 = 0x1d35bd0000;
static const uint64_t HEAP_REGION_64 = 1ull << 40;
static const uint64_t HEAP_BASE_32 = 0x00500000;
static const uint64_t ADDRESS_SPACE_32 = 0x78000000;

bool sim_knob(struct sim *sim, enum mketl_knob knob)
{
    return rng_chance(&sim->rng, sim->options->rates[knob]);
}

void sim_tick(struct sim *sim)
{
    if (!sim_knob(sim, MKETL_KNOB_TIE))
        sim->now += (int64_t)rng_range(&sim->rng, 2, 2 * MEAN_GAP);
}

struct mketl_event sim_event(const struct sim *sim, const struct sim_step *step, uint8_t opcode)
{
    return (struct mketl_event){
        .kind = MKETL_KIND_HEAP,
        .opcode = opcode,
        .time = sim->now,
        .cpu = step->thread->cpu,
        .pid = step->process->pid,
        .tid = step->thread->tid,
        .pointer_size = step->process->pointer_size,
        .heap = step->heap->handle,
        .flags = step->heap->flags,
    };
}

void sim_log(struct sim *sim, const struct sim_step *step, const struct mketl_event *event,
             bool called)
{
    struct stack_call call;
    if (called && step->process->program.site_count > 0 && sim_program_call(sim, step, &call))
        recorder_log_called(sim->recorder, event, &call);
    else
        recorder_log(sim->recorder, event);
}

void sim_log_alloc(struct sim *sim, const struct sim_step *step, const struct sim_block *block)
{
    struct mketl_event event = sim_event(sim, step, MKETL_ALLOC);
    event.address = block->address;
    event.size = block->size;
    event.source = block->source;
    sim_log(sim, step, &event, sim_knob(sim, MKETL_KNOB_STACK));
}

/* As sim_knob(), without touching what is random about everything else. */
static bool call_knob(struct sim *sim, enum mketl_knob knob)
{
    return rng_chance(&sim->calls, sim->options->rates[knob]);
}

void sim_log_free(struct sim *sim, const struct sim_step *step, uint64_t address, uint32_t source)
{
    struct mketl_event event = sim_event(sim, step, MKETL_FREE);
    event.address = address;
    event.source = source;
    sim_log(sim, step, &event, call_knob(sim, MKETL_KNOB_STACK_OTHER));
    step->thread->last_free[step->heap_at] = address;
}

void sim_log_realloc(struct sim *sim, const struct sim_step *step, const struct sim_block *old,
                     const struct sim_block *new)
{
    struct mketl_event event = sim_event(sim, step, MKETL_REALLOC);
    event.address = new->address;
    event.size = new->size;
    event.old_address = old->address;
    event.old_size = old->size;
    event.source = new->source;
    sim_log(sim, step, &event, call_knob(sim, MKETL_KNOB_STACK));
}

/* Create, Expand and Contract go to the heap session, and sometimes to the summary session too. */
static void log_growth(struct sim *sim, const struct sim_step *step, struct mketl_event *event)
{
    sim_log(sim, step, event, call_knob(sim, MKETL_KNOB_STACK_OTHER));
    if (!sim_knob(sim, MKETL_KNOB_DUPLICATE))
        return;
    sim->now += (int64_t)rng_range(&sim->rng, 1, DUPLICATE_LAG);
    event->time = sim->now;
    recorder_log(sim->recorder, event);
}

void sim_log_process(struct sim *sim, struct sim_process *process, uint8_t opcode)
{
    if (opcode == MKETL_START && process->instance > 0)
        sim_program_begin(sim, process, (size_t)(process - sim->processes));
    if (opcode == MKETL_END || opcode == MKETL_DC_END)
        sim_program_log(sim, process, opcode);
    recorder_log(sim->recorder, &(struct mketl_event){
                                    .kind = MKETL_KIND_PROCESS,
                                    .opcode = opcode,
                                    .time = sim->now,
                                    .target_pid = process->pid,
                                    .source = 1044, /* parent */
                                    .count = process->pointer_size,
                                    .name = process->name,
                                    .text = process->program.command,
                                });
    if (opcode == MKETL_START || opcode == MKETL_DC_START)
        sim_program_log(sim, process, opcode);
    process->instance += opcode == MKETL_END;
    process->running = opcode != MKETL_END;
}

void sim_log_space(struct sim *sim, const struct sim_step *step, uint8_t opcode)
{
    struct sim_heap *heap = step->heap;
    struct mketl_event event = sim_event(sim, step, opcode);
    event.size = EXPAND_STEP;
    event.address = heap->handle + heap->committed;
    if (opcode == MKETL_EXPAND)
        heap->committed += EXPAND_STEP;
    if (opcode == MKETL_CONTRACT)
        heap->committed -= EXPAND_STEP;
    event.committed = heap->committed;
    event.reserved = heap->committed * 2;
    event.free_space = PAGE + 16 * sim->serial++;
    event.allocated = heap->committed - PAGE;
    event.count = 3;
    if (opcode == MKETL_EXPAND || opcode == MKETL_CONTRACT)
        log_growth(sim, step, &event);
    else
        recorder_log(sim->recorder, &event);
}

void sim_log_create(struct sim *sim, const struct sim_step *step)
{
    struct sim_heap *heap = step->heap;
    if (heap->known)
        sim->now += RECREATE_GAP;
    sim_heap_clear(heap);
    heap->live = heap->known = true;
    struct mketl_event event = sim_event(sim, step, MKETL_CREATE);
    event.committed = heap->committed;
    event.reserved = heap->committed * 16;
    event.allocated = PAGE;
    log_growth(sim, step, &event);
}

/* Set-up: every second process was there before the trace, with its heaps. */

static void init_process(struct sim *sim, uint32_t at)
{
    static const char *const NAMES[] = {"Contoso.Editor.exe", "Contoso.Prüfer.exe", "svchost.exe",
                                        "fabrikam.exe"};
    const struct mketl_options *options = sim->options;
    struct sim_process *process = &sim->processes[at];
    bool small = options->pointers == MKETL_POINTERS_32 ||
                 (options->pointers == MKETL_POINTERS_MIXED && at % 2 == 1);
    uint64_t region = small ? (ADDRESS_SPACE_32 / options->heaps) & ~0xffffull : HEAP_REGION_64;
    process->pid = FIRST_PID + 8 * at;
    process->pointer_size = small ? 4 : 8;
    process->name = NAMES[at % (sizeof NAMES / sizeof NAMES[0])];
    process->heaps = mem_alloc(options->heaps * sizeof *process->heaps);
    process->threads = mem_alloc(options->threads * sizeof *process->threads);
    for (uint32_t i = 0; i < options->heaps; i++) {
        sim_heap_init(&process->heaps[i], (small ? HEAP_BASE_32 : HEAP_BASE_64) + i * region,
                      region, FLAGS_GROWABLE);
        process->heaps[i].live = at % 2 == 0;
    }
    for (uint32_t i = 0; i < options->threads; i++)
        process->threads[i] = (struct sim_thread){
            .process = process,
            .tid = FIRST_TID + TIDS_PER_PROCESS * at + 4 * i,
            .cpu = (uint16_t)rng_below(&sim->rng, options->cpus),
            .last_free = mem_alloc(options->heaps * sizeof(uint64_t)),
        };
    sim_program_begin(sim, process, at);
    if (at % 2 == 0)
        sim_log_process(sim, process, MKETL_DC_START);
}

void sim_init(struct sim *sim, struct recorder *recorder)
{
    *sim = (struct sim){.recorder = recorder, .options = recorder->options, .now = 1};
    sim->rng.state = recorder->options->seed;
    sim->processes = mem_alloc(sim->options->processes * sizeof *sim->processes);
    sim_program_boot(sim);
    for (uint32_t i = 0; i < sim->options->processes; i++)
        init_process(sim, i);
}

void sim_release(struct sim *sim)
{
    for (uint32_t p = 0; p < sim->options->processes; p++) {
        for (uint32_t i = 0; i < sim->options->heaps; i++)
            sim_heap_release(&sim->processes[p].heaps[i]);
        for (uint32_t i = 0; i < sim->options->threads; i++)
            free(sim->processes[p].threads[i].last_free);
        free(sim->processes[p].heaps);
        free(sim->processes[p].threads);
        program_release(&sim->processes[p].program);
    }
    free(sim->processes);
}

/*
 * Which stack belongs to which event, by etl-format 5 and from what is left in the file alone: the
 * parts are found by time, thread and process, their keys by the definitions that follow.
 */
#include "truth.h"

#include <stdlib.h>

#include "map.h"
#include "mem.h"
#include "stack_log.h"

/* What the records say about the events of one thread at one time. */
struct walk {
    uint32_t pid;
    uint32_t kernel;
    uint32_t user;
    size_t next; /* another process's, + 1; 0: none */
};

struct join {
    struct mketl_event *events;
    size_t count;
    struct frames *frames;
    struct map definitions; /* (key, in the kernel) -> first event that defines it + 1 */
    struct map last;        /* the same -> the last one so far + 1 */
    size_t *next;           /* per event: the next definition of its key and kind, + 1 */
    struct map walk_of;     /* (time, tid) -> first walk + 1 */
    struct walk *walks;
    size_t walk_count;
    size_t walk_capacity;
};

static bool is_kernel(const struct join *join, const struct mketl_event *event)
{
    struct frame_list list = frames_get(join->frames, event->stack);
    return list.frames[0] >> (event->pointer_size == 8 ? 63 : 31) != 0;
}

static void note_definition(struct join *join, size_t at)
{
    const struct mketl_event *event = &join->events[at];
    bool kernel = is_kernel(join, event);
    uint64_t last = map_get(&join->last, event->address, kernel);
    if (last)
        join->next[last - 1] = at + 1;
    else
        map_set(&join->definitions, event->address, kernel, at + 1);
    map_set(&join->last, event->address, kernel, at + 1);
}

/* The first definition that is not older than the reference; else the last one there is. */
static uint32_t resolve(struct join *join, const struct mketl_event *reference)
{
    uint32_t found = FRAMES_NONE;
    uint64_t at =
        map_get(&join->definitions, reference->address, reference->opcode == STACK_OP_KERNEL);
    for (; at; at = join->next[at - 1]) {
        found = join->events[at - 1].stack;
        if (join->events[at - 1].time >= reference->time)
            break;
    }
    return found;
}

static struct walk *find_walk(struct join *join, int64_t time, uint32_t pid, uint32_t tid)
{
    size_t at = (size_t)map_get(&join->walk_of, (uint64_t)time, tid);
    while (at && join->walks[at - 1].pid != pid)
        at = join->walks[at - 1].next;
    return at ? &join->walks[at - 1] : NULL;
}

static struct walk *add_walk(struct join *join, int64_t time, uint32_t pid, uint32_t tid)
{
    struct walk *known = find_walk(join, time, pid, tid);
    if (known)
        return known;
    uint64_t first = map_get(&join->walk_of, (uint64_t)time, tid);
    join->walks =
        mem_grow(join->walks, &join->walk_capacity, join->walk_count + 1, sizeof *join->walks);
    join->walks[join->walk_count++] = (struct walk){.pid = pid, .next = (size_t)first};
    map_set(&join->walk_of, (uint64_t)time, tid, join->walk_count);
    return &join->walks[join->walk_count - 1];
}

/* An event with its stack in it stands for the others of its thread at its time, too. */
static void note_own(struct join *join, const struct mketl_event *event)
{
    struct walk *walk = add_walk(join, event->time, event->pid, event->tid);
    if (walk->kernel == FRAMES_NONE && walk->user == FRAMES_NONE)
        walk->user = event->stack;
}

static void note_part(struct join *join, const struct mketl_event *event)
{
    bool whole = event->opcode == STACK_OP_WHOLE;
    bool kernel = whole ? is_kernel(join, event) : event->opcode == STACK_OP_KERNEL;
    uint32_t frames = whole ? event->stack : resolve(join, event);
    struct walk *walk = add_walk(join, event->stack_time, event->target_pid, event->target_tid);
    uint32_t *part = kernel ? &walk->kernel : &walk->user;
    if (*part == FRAMES_NONE)
        *part = frames;
}

void truth_join_stacks(struct mketl_event *events, size_t count, struct frames *frames)
{
    struct join join = {.events = events, .count = count, .frames = frames};
    join.next = mem_alloc((count + 1) * sizeof *join.next);
    for (size_t i = 0; i < count; i++)
        if (events[i].kind == MKETL_KIND_STACK &&
            (events[i].opcode == STACK_OP_DELETE || events[i].opcode == STACK_OP_RUNDOWN))
            note_definition(&join, i);
    for (size_t i = 0; i < count; i++)
        if (events[i].kind == MKETL_KIND_STACK && events[i].opcode != STACK_OP_DELETE &&
            events[i].opcode != STACK_OP_RUNDOWN)
            note_part(&join, &events[i]);
        else if (truth_is_row(&events[i]) && events[i].stack != FRAMES_NONE)
            note_own(&join, &events[i]);
    for (size_t i = 0; i < count; i++) {
        if (!truth_is_row(&events[i]) || events[i].stack != FRAMES_NONE)
            continue;
        const struct walk *walk = find_walk(&join, events[i].time, events[i].pid, events[i].tid);
        if (walk)
            events[i].stack = frames_join(frames, walk->kernel, walk->user);
    }
    free(join.next);
    free(join.walks);
    map_release(&join.definitions);
    map_release(&join.last);
    map_release(&join.walk_of);
}

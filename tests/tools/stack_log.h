/*
 * How the system logs call stacks (etl-format 5): a record that comes after its event, at once or
 * when the thread returns to user mode, with the frames in it or with the key of a small cache that
 * tells its frames when it throws them out and when the trace ends.
 *
 * Knows nothing of where the stacks come from.
 */
#ifndef TESTS_TOOLS_STACK_LOG_H
#define TESTS_TOOLS_STACK_LOG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "frames.h"
#include "mketl_event.h"

struct recorder;

/* StackWalk opcodes. */
enum stack_op {
    STACK_OP_WHOLE = 32,
    STACK_OP_DELETE = 35,
    STACK_OP_RUNDOWN = 36,
    STACK_OP_KERNEL = 37,
    STACK_OP_USER = 38
};

/* The stack of an event and how it is told; frame lists are the recorder's. */
struct stack_call {
    uint32_t kernel; /* its part in the kernel; FRAMES_NONE: none */
    uint32_t user;   /* its part in the process */
    bool kernel_keyed;
    bool user_keyed;
    bool in_event; /* the event itself carries it, in extended items */
    int64_t delay; /* raw ticks until the user part is logged; 0: at once */
    uint16_t user_cpu;
};

enum { STACK_KEYS = 128, STACK_CACHED_LEAST = 4 };

/* A key of the cache, which holds user stacks and kernel stacks under the same keys. */
struct stack_key {
    uint32_t frames;     /* FRAMES_NONE while it is free */
    int64_t last_used;   /* raw time of the last reference's record */
    int64_t free_behind; /* a reference must be later than this */
};

struct stack_part {
    int64_t due; /* raw time */
    struct mketl_event record;
    bool keyed;
};

struct stack_log {
    struct stack_part *parts; /* waiting, the one due first last */
    size_t part_count;
    size_t part_capacity;
    struct stack_key keys[2][STACK_KEYS]; /* of user and kernel stacks */
    size_t cached[2];
    uint64_t turn; /* spreads keys and CPUs */
};

/* The parts of the stack of `event`, which was written, join what waits. */
void stack_log_add(struct stack_log *log, const struct mketl_event *event,
                   const struct stack_call *call);

/* Writes what is due at raw `time` or before. */
void stack_log_flush(struct recorder *recorder, int64_t time);

/* Writes everything that waits, then the frames of every key. */
void stack_log_finish(struct recorder *recorder);

void stack_log_release(struct stack_log *log);

/* The payload of a StackWalk record: frames of list `stack`, key in `address`. */
void stack_log_put(struct recorder *recorder, const struct mketl_event *event);

/* The extended items that carry the stack of a call, for an event of a process with pointers of
 * `pointer_size` on a machine with pointers of `machine` bytes. */
void stack_log_put_items(struct recorder *recorder, const struct stack_call *call,
                         uint8_t pointer_size);

#endif

/*
 * Who is who in a trace: process instances, threads and heaps, numbered as they appear (numbers.md,
 * Identity).
 *
 * Entries never move and never change once published, except for what may be learnt of a process
 * later, which is set atomically. One thread (the worker) adds; any thread may read the
 * entries that a published row refers to.
 */
#ifndef MODEL_REGISTRY_H
#define MODEL_REGISTRY_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/row.h"

struct process {
    uint32_t pid;  /* EVENT_NO_ID: the process of records without an id */
    int64_t start; /* raw time of its Start record; INT64_MIN when it was there before the trace;
                      the end of the pid's former instance when its Start was not seen */
    _Atomic int64_t end;          /* raw time of its End record; INT64_MAX while it runs */
    const char *_Atomic name;     /* UTF-8, safe to print; NULL until something told it
                                     (process_name.h) */
    const char *_Atomic command;  /* its command line, likewise */
    _Atomic uint32_t parent;      /* pid; EVENT_NO_ID until a process record told it */
    _Atomic uint32_t session;     /* likewise */
    _Atomic uint32_t exit_status; /* once it has ended */
    const char *told;             /* worker only: the name by its records; NULL: none */
    const char *program;          /* worker only: the name of its first image ".exe" */
};

struct thread {
    uint32_t tid;     /* EVENT_NO_ID when unknown */
    uint32_t process; /* index */
};

struct heap {
    uint64_t handle;
    uint32_t process;    /* index */
    uint32_t generation; /* 1 for the first heap with that handle in the process */
};

struct registry;

struct registry *registry_new(void); /* NULL when memory is out */
void registry_free(struct registry *r);

/* Entries by index; the index must have come from a row or be below the count. O(1). Any thread. */
const struct process *registry_process(const struct registry *r, uint32_t index);
const struct thread *registry_thread(const struct registry *r, uint32_t index);
const struct heap *registry_heap(const struct registry *r, uint32_t index);

/* Entries published so far. Any thread. */
uint32_t registry_process_count(const struct registry *r);
uint32_t registry_thread_count(const struct registry *r);
uint32_t registry_heap_count(const struct registry *r);

/* Below: worker only. Functions that add return INDEX_NONE when memory is out. O(1) expected. */

/* The thread (pid, tid) of the pid's present instance, created when new; after an End that is
 * another instance than before. */
uint32_t registry_add_thread(struct registry *r, uint32_t pid, uint32_t tid);

/* The present generation of `handle` in `process`, created when new or after registry_end_heap().
 */
uint32_t registry_add_heap(struct registry *r, uint32_t process, uint64_t handle);

/* The present generation of `handle`, or INDEX_NONE when there is none. */
uint32_t registry_find_heap(const struct registry *r, uint32_t process, uint64_t handle);

/*
 * The latest generation of `handle`, ended or not, created when there was none: for records that
 * speak of a heap without using it (HeapRange).
 */
uint32_t registry_mention_heap(struct registry *r, uint32_t process, uint64_t handle);

/* Ends the present generation of `handle`: the next use starts a new one. */
void registry_end_heap(struct registry *r, uint32_t process, uint64_t handle);

/* The instance of `pid` that a record speaks of which neither starts nor ends it: the latest one,
 * ended or not, created when there was none. */
uint32_t registry_mention_process(struct registry *r, uint32_t pid);

/* The instance of `pid` that runs: another one than before after an End. */
uint32_t registry_use_process(struct registry *r, uint32_t pid);

/* The process has loaded the image `file`, the last part of its path in UTF-8: if that is its
 * program, it is named by it (process_name.h). */
void registry_name_process(struct registry *r, uint32_t process, const char *file);

/* What is known of a name is kept to this many bytes of the record, and of a command line to this
 * many: Windows allows no more. */
#define REGISTRY_NAME_BYTES    256
#define REGISTRY_COMMAND_BYTES 65534

/* Beyond this many bytes of texts, later ones are left out, and counted. Worker. */
#define REGISTRY_TEXT ((size_t)64 << 20)
uint64_t registry_refused(const struct registry *r);

/*
 * Takes a process record: Start opens a new instance when the present one has ended or had a start
 * of its own at another time; End closes the present one; every kind tells what was unknown.
 * `event` is an EVENT_PROCESS_* event. Returns the process index.
 */
uint32_t registry_take_process(struct registry *r, const struct trace_event *event);

/* Bytes occupied. */
size_t registry_bytes(const struct registry *r);

#endif

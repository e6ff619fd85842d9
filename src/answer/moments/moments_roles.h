/*
 * What heaps, threads and processes are called when handles, ids and addresses mean nothing: by
 * what they are to their program, which is the same in another trace of it.
 *
 *   process   its name; "#2" is the second one of that name that has heaps
 *   heap      "heap 3": the third of its process, in order of creation; where the stack of its
 *             creation is known "heap of Solution.exe+0x1a40", and "#2" the second one of that
 *             caller: an additional heap elsewhere then moves none of the others
 *   thread    "thread 3": the third of its process that did something with a heap
 *
 * Private to moments_*.c.
 */
#ifndef ANSWER_MOMENTS_MOMENTS_ROLES_H
#define ANSWER_MOMENTS_MOMENTS_ROLES_H

#include <stdint.h>

#include "base/arena.h"
#include "base/strbuf.h"
#include "model/frame_rules.h"
#include "model/trace.h"

/* Among its like, from 1 on. */
struct moments_role {
    const char *maker; /* of a heap: who created it; NULL when that is not known */
    uint32_t number;
};

struct moments_roles {
    const struct trace *trace; /* borrowed */
    struct moments_role *heaps, *threads, *processes;
    struct arena texts;
};

/* As far as the trace goes now. 0 or -ENOMEM; release in any case. O(heaps + threads + chunks). */
int moments_roles_init(struct moments_roles *r, const struct trace *trace,
                       const struct frame_rules *rules, const struct frame_namer *namer);
void moments_roles_release(struct moments_roles *r); /* zeroed is fine */

/* Registry indexes that were there at moments_roles_init(). */
void moments_roles_put_heap(const struct moments_roles *r, uint32_t heap, struct strbuf *out);
void moments_roles_put_thread(const struct moments_roles *r, uint32_t thread, struct strbuf *out);
void moments_roles_put_process(const struct moments_roles *r, uint32_t process, struct strbuf *out);

#endif

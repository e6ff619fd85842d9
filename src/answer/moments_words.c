/* Texts and conditions of groups; see moments_words.h. */
#include "answer/moments_words.h"

#include "decoder/heap_op.h"
#include "model/process_words.h"
#include "query/condition.h"
#include "query/fold.h"

/* Chooses the records that carry no process id. */
#define NO_PID "!(pid >= 0)"

uint32_t moments_words_processes(const struct trace *trace)
{
    const struct registry *r = trace->registry;
    uint32_t count = 0, last = INDEX_NONE;
    for (uint32_t i = 0; i < registry_heap_count(r) && count < 2; i++) {
        uint32_t process = registry_heap(r, i)->process;
        count += process != last;
        last = process;
    }
    return count;
}

/* " in Solution.exe (21912)", where several processes have heaps. */
static void put_owner(const struct moments_words *w, uint32_t process, struct strbuf *text)
{
    if (w->processes < 2)
        return;
    strbuf_puts(text, " in ");
    process_put_name(text, registry_process(w->trace->registry, process), true);
}

/* "pid == 21912 && ", where several processes have heaps. */
static void put_pid(const struct moments_words *w, uint32_t process, struct strbuf *condition)
{
    if (w->processes < 2)
        return;
    if (!condition_put_process(condition, registry_process(w->trace->registry, process)))
        strbuf_puts(condition, NO_PID);
    strbuf_puts(condition, " && ");
}

/* What has no process id is told apart from its like in processes that have one. */
static void put_no_pid(const struct moments_words *w, uint32_t process, struct strbuf *condition)
{
    if (w->processes > 1 && registry_process(w->trace->registry, process)->pid == EVENT_NO_ID)
        strbuf_puts(condition, " && " NO_PID);
}

static void put_heap(const struct moments_words *w, const struct moments_group_figures *g,
                     struct strbuf *text, struct strbuf *condition)
{
    if (g->key == INDEX_NONE) {
        strbuf_puts(text, "no heap told");
        strbuf_puts(condition, "!(heap >= 0)");
        return;
    }
    const struct heap *heap = registry_heap(w->trace->registry, (uint32_t)g->key);
    strbuf_put_hex(text, heap->handle);
    if (heap->generation > 1)
        strbuf_printf(text, " #%u", heap->generation);
    put_owner(w, heap->process, text);
    condition_put_heap(condition, w->trace, heap);
    put_no_pid(w, heap->process, condition);
}

/* "64 to <128", "0", "1": as the size classes are written everywhere. */
static void put_size(const struct moments_words *w, const struct moments_group_figures *g,
                     struct strbuf *text, struct strbuf *condition)
{
    uint64_t from = fold_class_from((unsigned)g->key), to = fold_class_to((unsigned)g->key);
    (void)w;
    condition_put_size(text, from);
    if (to - from > 1) {
        strbuf_puts(text, " to <");
        condition_put_size(text, to);
    }
    condition_put_size_class(condition, (unsigned)g->key);
}

static void put_source(const struct moments_words *w, const struct moments_group_figures *g,
                       struct strbuf *text, struct strbuf *condition)
{
    (void)w;
    if (g->key == MOMENTS_NO_SOURCE) {
        strbuf_puts(text, "no Source told");
        strbuf_puts(condition, "!(source >= 0)");
        return;
    }
    const char *name = heap_source_name((uint32_t)g->key);
    strbuf_printf(text, "%u", (uint32_t)g->key);
    if (name != NULL)
        strbuf_printf(text, " %s", name);
    strbuf_printf(condition, "source == %u", (uint32_t)g->key);
}

static void put_thread(const struct moments_words *w, const struct moments_group_figures *g,
                       struct strbuf *text, struct strbuf *condition)
{
    const struct thread *thread = registry_thread(w->trace->registry, (uint32_t)g->key);
    if (condition_put_thread(condition, w->trace, thread)) {
        strbuf_printf(text, "thread %u", thread->tid);
        put_no_pid(w, thread->process, condition);
    } else {
        strbuf_puts(text, "no thread told");
        put_pid(w, thread->process, condition);
        strbuf_puts(condition, "!(tid >= 0)");
    }
    put_owner(w, thread->process, text);
}

static void put_process(const struct moments_words *w, const struct moments_group_figures *g,
                        struct strbuf *text, struct strbuf *condition)
{
    const struct process *process = registry_process(w->trace->registry, (uint32_t)g->key);
    process_put_name(text, process, true);
    if (!condition_put_process(condition, process))
        strbuf_puts(condition, NO_PID);
}

static void put_stack(const struct moments_words *w, const struct moments_group_figures *g,
                      struct strbuf *text, struct strbuf *condition)
{
    put_pid(w, g->owner, condition);
    if (g->key == STACK_NONE) {
        strbuf_puts(text, "no call stack");
        strbuf_puts(condition, "!(stack >= 0)");
    } else {
        struct frame frame;
        frame_rules_caller(w->rules, &w->namer, g->owner, store_time(w->trace->store, g->row),
                           stack_table_get(w->trace->stacks, (uint32_t)g->key), &frame);
        frame_put_function(&frame, text);
        strbuf_printf(condition, "stack == %u", (uint32_t)g->key);
    }
    put_owner(w, g->owner, text);
}

void moments_words_put(const struct moments_words *w, const struct moments_group_figures *g,
                       struct strbuf *text, struct strbuf *condition)
{
    static void (*const puts[MOMENTS_GROUPS])(const struct moments_words *,
                                              const struct moments_group_figures *, struct strbuf *,
                                              struct strbuf *) = {
        [MOMENTS_BY_STACK] = put_stack,   [MOMENTS_BY_HEAP] = put_heap,
        [MOMENTS_BY_SIZE] = put_size,     [MOMENTS_BY_SOURCE] = put_source,
        [MOMENTS_BY_THREAD] = put_thread, [MOMENTS_BY_PROCESS] = put_process,
    };
    puts[w->by](w, g, text, condition);
}

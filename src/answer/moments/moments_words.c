/* Texts and conditions of groups; see moments_words.h. */
#include "answer/moments/moments_words.h"

#include "answer/moments/moments_stack.h"
#include "decoder/heap_op.h"
#include "model/process_words.h"
#include "query/condition.h"
#include "query/fold.h"

/* Chooses the records that carry no process id. */
#define NO_PID "!(pid >= 0)"

bool moments_words_needs_owners(const struct trace *trace)
{
    const struct registry *r = trace->registry;
    uint32_t count = registry_heap_count(r);
    for (uint32_t i = 1; i < count; i++)
        if (registry_heap(r, i)->process != registry_heap(r, 0)->process)
            return true;
    return false;
}

/* ---- texts ---- */

static void put_process_name(const struct moments_words *w, uint32_t process, struct strbuf *text)
{
    if (w->roles != NULL)
        moments_roles_put_process(w->roles, process, text);
    else
        process_put_name(text, registry_process(w->trace->registry, process), true);
}

static void put_owner(const struct moments_words *w, uint32_t process, struct strbuf *text)
{
    if (!w->owners)
        return;
    strbuf_puts(text, " in ");
    put_process_name(w, process, text);
}

static void put_heap(const struct moments_words *w, const struct moments_group_figures *g,
                     struct strbuf *text)
{
    if (g->key == INDEX_NONE) {
        strbuf_puts(text, "no heap told");
        return;
    }
    const struct heap *heap = registry_heap(w->trace->registry, (uint32_t)g->key);
    if (w->roles != NULL) {
        moments_roles_put_heap(w->roles, (uint32_t)g->key, text);
    } else {
        strbuf_put_hex(text, heap->handle);
        if (heap->generation > 1)
            strbuf_printf(text, " #%u", heap->generation);
    }
    put_owner(w, heap->process, text);
}

/* "64 to <128", "0", "1": as the size classes are written everywhere. */
static void put_size(const struct moments_words *w, const struct moments_group_figures *g,
                     struct strbuf *text)
{
    uint64_t from = fold_class_from((unsigned)g->key), to = fold_class_to((unsigned)g->key);
    (void)w;
    condition_put_size(text, from);
    if (to - from <= 1)
        return;
    strbuf_puts(text, " to <");
    condition_put_size(text, to);
}

static void put_source(const struct moments_words *w, const struct moments_group_figures *g,
                       struct strbuf *text)
{
    (void)w;
    if (g->key == MOMENTS_NO_SOURCE) {
        strbuf_puts(text, "no Source told");
        return;
    }
    const char *name = heap_source_name((uint32_t)g->key);
    strbuf_printf(text, "%u", (uint32_t)g->key);
    if (name != NULL)
        strbuf_printf(text, " %s", name);
}

static void put_thread(const struct moments_words *w, const struct moments_group_figures *g,
                       struct strbuf *text)
{
    const struct thread *thread = registry_thread(w->trace->registry, (uint32_t)g->key);
    if (thread->tid == EVENT_NO_ID)
        strbuf_puts(text, "no thread told");
    else if (w->roles != NULL)
        moments_roles_put_thread(w->roles, (uint32_t)g->key, text);
    else
        strbuf_printf(text, "thread %u", thread->tid);
    put_owner(w, thread->process, text);
}

static void put_process(const struct moments_words *w, const struct moments_group_figures *g,
                        struct strbuf *text)
{
    put_process_name(w, (uint32_t)g->key, text);
}

static void put_stack(const struct moments_words *w, const struct moments_group_figures *g,
                      struct strbuf *text)
{
    if (g->key == STACK_NONE)
        strbuf_puts(text, "no call stack");
    else
        moments_stack_put(w, g, text);
    put_owner(w, g->owner, text);
}

void moments_words_put(const struct moments_words *w, const struct moments_group_figures *g,
                       struct strbuf *text)
{
    static void (*const puts[MOMENTS_GROUPS])(
        const struct moments_words *, const struct moments_group_figures *, struct strbuf *) = {
        [MOMENTS_BY_STACK] = put_stack,   [MOMENTS_BY_HEAP] = put_heap,
        [MOMENTS_BY_SIZE] = put_size,     [MOMENTS_BY_SOURCE] = put_source,
        [MOMENTS_BY_THREAD] = put_thread, [MOMENTS_BY_PROCESS] = put_process,
    };
    puts[w->by](w, g, text);
}

/* ---- conditions ---- */

static const struct process *process_of(const struct moments_words *w, uint32_t process)
{
    return registry_process(w->trace->registry, process);
}

/* What has no process id is told apart from its like in processes that have one. */
static void put_no_pid(const struct moments_words *w, uint32_t process, struct strbuf *out)
{
    if (w->owners && process_of(w, process)->pid == EVENT_NO_ID)
        strbuf_puts(out, " && " NO_PID);
}

static void choose_process(const struct moments_words *w, uint64_t key, struct strbuf *out)
{
    if (!condition_put_process(out, process_of(w, (uint32_t)key)))
        strbuf_puts(out, NO_PID);
}

static void choose_heap(const struct moments_words *w, uint64_t key, struct strbuf *out)
{
    if (key == INDEX_NONE) {
        strbuf_puts(out, "!(heap >= 0)");
        return;
    }
    const struct heap *heap = registry_heap(w->trace->registry, (uint32_t)key);
    condition_put_heap(out, w->trace, heap);
    put_no_pid(w, heap->process, out);
}

static void choose_size(const struct moments_words *w, uint64_t key, struct strbuf *out)
{
    (void)w;
    condition_put_size_class(out, (unsigned)key);
}

static void choose_source(const struct moments_words *w, uint64_t key, struct strbuf *out)
{
    (void)w;
    if (key == MOMENTS_NO_SOURCE)
        strbuf_puts(out, "!(source >= 0)");
    else
        strbuf_printf(out, "source == %u", (uint32_t)key);
}

static void choose_thread(const struct moments_words *w, uint64_t key, struct strbuf *out)
{
    const struct thread *thread = registry_thread(w->trace->registry, (uint32_t)key);
    if (condition_put_thread(out, w->trace, thread)) {
        put_no_pid(w, thread->process, out);
        return;
    }
    if (w->owners) {
        choose_process(w, thread->process, out);
        strbuf_puts(out, " && ");
    }
    strbuf_puts(out, "!(tid >= 0)");
}

void moments_words_put_condition(const struct moments_words *w,
                                 const struct moments_group_figures *g, struct strbuf *out)
{
    static void (*const puts[MOMENTS_GROUPS])(const struct moments_words *, uint64_t,
                                              struct strbuf *) = {
        [MOMENTS_BY_HEAP] = choose_heap,       [MOMENTS_BY_SIZE] = choose_size,
        [MOMENTS_BY_SOURCE] = choose_source,   [MOMENTS_BY_THREAD] = choose_thread,
        [MOMENTS_BY_PROCESS] = choose_process,
    };
    puts[w->by](w, g->key, out);
}

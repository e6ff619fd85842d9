/* What the rows of Summary lead to; see summary_blocks.h. */
#include "answer/snapshot.h"
#include "query/condition.h"
#include "ui/view/cell_format.h"
#include "ui/view/summary/summary_blocks.h"

static void put_source(uint32_t source, struct strbuf *condition, struct strbuf *label)
{
    strbuf_printf(condition, "source == %u", source);
    strbuf_puts(label, "source ");
    cell_put_source(label, source);
}

bool summary_put_link(const struct view_env *env, uint64_t link, struct strbuf *condition,
                      struct strbuf *label)
{
    const struct trace *trace = env->snapshot->trace;
    const struct process *process;
    uint32_t what = (uint32_t)link;
    switch ((enum summary_link)(link >> 32)) {
    case SUMMARY_LINK_HEAP:
        condition_put_heap(condition, trace, registry_heap(trace->registry, what));
        cell_put_heap(label, registry_heap(trace->registry, what));
        return true;
    case SUMMARY_LINK_SOURCE:
        put_source(what, condition, label);
        return true;
    case SUMMARY_LINK_SIZE:
        condition_put_size_class(condition, what);
        strbuf_puts(label, "size ");
        cell_put_size_class(label, what);
        return true;
    case SUMMARY_LINK_OP:
        condition_put_op(condition, what);
        return true;
    case SUMMARY_LINK_PROCESS:
        process = registry_process(trace->registry, what);
        cell_put_process(label, process, false);
        return condition_put_process(condition, process);
    case SUMMARY_LINK_PEAK:
        break;
    }
    return false;
}

/* NULL where the picture has no such heap or process any more. */
static const struct figures *figures_of(const struct summary *f, uint64_t link)
{
    uint32_t what = (uint32_t)link;
    switch ((enum summary_link)(link >> 32)) {
    case SUMMARY_LINK_HEAP:
        for (size_t i = 0; i < f->heap_count; i++)
            if (f->heaps[i].heap == what)
                return &f->heaps[i].f;
        break;
    case SUMMARY_LINK_PROCESS:
        for (size_t i = 0; i < f->process_count; i++)
            if (f->processes[i].index == what)
                return &f->processes[i].f;
        break;
    case SUMMARY_LINK_PEAK:
        return &f->total;
    case SUMMARY_LINK_SOURCE:
    case SUMMARY_LINK_SIZE:
    case SUMMARY_LINK_OP:
        break;
    }
    return NULL;
}

bool summary_link_moment(const struct view_env *env, uint64_t link, int64_t *out_raw,
                         uint64_t *out_row)
{
    const struct summary *all = summary_figures(env);
    const struct figures *f = all != NULL ? figures_of(all, link) : NULL;
    if (f == NULL || f->peak_time == INT64_MIN)
        return false;
    *out_raw = f->peak_time;
    *out_row = f->peak_row;
    return true;
}

/* What the rows of Summary lead to; see summary_blocks.h. */
#include "decoder/heap_op.h"
#include "model/snapshot.h"
#include "ui/view/cell_format.h"
#include "ui/view/condition.h"
#include "ui/view/summary_blocks.h"

static void put_source(uint32_t source, struct strbuf *condition, struct strbuf *label)
{
    strbuf_printf(condition, "source == %u", source);
    strbuf_puts(label, "source ");
    cell_put_source(label, source);
}

static void put_op(uint32_t op, struct strbuf *condition)
{
    char name[32];
    const struct heap_op_info *info = heap_op_info(op);
    strbuf_printf(condition, "op == %s", info != NULL ? info->word : heap_op_name(op, name));
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
        put_op(what, condition);
        return true;
    case SUMMARY_LINK_PROCESS:
        process = registry_process(trace->registry, what);
        if (process->pid == EVENT_NO_ID)
            return false;
        strbuf_printf(condition, "pid == %u", process->pid);
        cell_put_process(label, process, false);
        return true;
    }
    return false;
}

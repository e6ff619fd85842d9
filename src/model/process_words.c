/* Names and times of processes; see process_words.h. */
#include "model/process_words.h"

#include <inttypes.h>
#include <string.h>

#include "base/text.h"

void process_put_name(struct strbuf *b, const struct process *process, bool brackets)
{
    const char *name = atomic_load_explicit(&process->name, memory_order_acquire);
    if (process->pid == EVENT_NO_ID) {
        strbuf_puts(b, name != NULL ? name : "unknown process");
        return;
    }
    bool known = name != NULL && name[0] != '\0';
    strbuf_puts(b, known ? name : "process");
    strbuf_printf(b, known && brackets ? " (%" PRIu32 ")" : " %" PRIu32, process->pid);
}

/* Statuses with the top bit set are the system's own, which people know in hex. */
static void put_exit(struct strbuf *b, uint32_t status)
{
    strbuf_printf(b, status >> 31 != 0 ? ", exit 0x%" PRIx32 : ", exit %" PRIu32, status);
}

void process_put_times(struct strbuf *b, const struct trace *trace, const struct process *process)
{
    int64_t end = atomic_load_explicit(&process->end, memory_order_acquire);
    bool starts = process->start != INT64_MIN, ends = end != INT64_MAX;
    if (!starts && !ends)
        strbuf_puts(b, "there throughout");
    if (starts && !ends)
        strbuf_puts(b, "since ");
    if (starts)
        text_put_moment(b, trace_ns(trace, process->start));
    if (!ends)
        return;
    strbuf_puts(b, starts ? " to " : "until ");
    text_put_moment(b, trace_ns(trace, end));
    put_exit(b, atomic_load_explicit(&process->exit_status, memory_order_relaxed));
}

const char *process_command(const struct process *process)
{
    const char *name = atomic_load_explicit(&process->name, memory_order_acquire);
    const char *command = atomic_load_explicit(&process->command, memory_order_acquire);
    bool says_more = command != NULL && (name == NULL || strcmp(command, name) != 0);
    return says_more ? command : NULL;
}

/* Stacks as a filter expression; see stack_condition.h. */
#include "answer/tree/stack_condition.h"

#include <stdlib.h>

#include "decoder/event.h"
#include "model/stack_table.h"
#include "query/filter.h"

static int compare_stacks(const void *a, const void *b)
{
    const struct call_stack *x = a;
    const struct call_stack *y = b;
    if (x->stack != y->stack)
        return x->stack < y->stack ? -1 : 1;
    return (x->pid > y->pid) - (x->pid < y->pid);
}

/* By pid, those without one (every process's) first; then by stack. */
static int compare_by_pid(const void *a, const void *b)
{
    const struct call_stack *x = a;
    const struct call_stack *y = b;
    if (x->processes != y->processes)
        return x->processes < y->processes ? -1 : 1;
    if (x->processes != 0 && x->pid != y->pid)
        return x->pid < y->pid ? -1 : 1;
    return (x->stack > y->stack) - (x->stack < y->stack);
}

/*
 * From here on `processes` says whether the pid matters: 0 when the stack goes through the node in
 * all its processes, which then is one entry. `s` is sorted by stack; returns how many are left.
 */
static size_t join_processes(struct call_stack *s, size_t count)
{
    size_t kept = 0;
    for (size_t i = 0, next; i < count; i = next) {
        for (next = i + 1; next < count && s[next].stack == s[i].stack; next++)
            continue;
        bool all = next - i == s[i].processes;
        for (size_t k = i; k < (all ? i + 1 : next); k++) {
            s[kept] = s[k];
            s[kept++].processes = !all;
        }
    }
    return kept;
}

/* "stack == 4", "stack in [3, 17..19]", "!(stack >= 0)" of entries with the same pid. */
static void put_stacks(const struct call_stack *s, size_t count, struct strbuf *out)
{
    if (s[count - 1].stack == STACK_NONE) {
        strbuf_puts(out, "!(stack >= 0)");
        if (--count == 0)
            return;
        strbuf_puts(out, " || ");
    }
    strbuf_puts(out, count == 1 ? "stack == " : "stack in [");
    for (size_t i = 0, next; i < count; i = next) {
        for (next = i + 1; next < count && s[next].stack - s[next - 1].stack <= 1; next++)
            continue;
        strbuf_printf(out, "%s%u", i != 0 ? ", " : "", s[i].stack);
        if (s[next - 1].stack != s[i].stack)
            strbuf_printf(out, "..%u", s[next - 1].stack);
    }
    if (count != 1)
        strbuf_putc(out, ']');
}

/* Events without a process id have none to compare. */
static void put_pid(uint32_t pid, struct strbuf *out)
{
    if (pid != EVENT_NO_ID)
        strbuf_printf(out, "pid == %u", pid);
    else
        strbuf_puts(out, "!(pid >= 0)");
}

static void put_groups(struct call_stack *s, size_t count, struct strbuf *out)
{
    size_t groups = 0, start = out->len;
    for (size_t i = 0, next; i < count; i = next, groups++) {
        for (next = i + 1; next < count && s[next].processes == s[i].processes &&
                           (s[i].processes == 0 || s[next].pid == s[i].pid);
             next++)
            continue;
        if (i != 0)
            strbuf_puts(out, " || ");
        bool nothing = s[next - 1].stack == STACK_NONE && next - i > 1;
        if (s[i].processes != 0) {
            put_pid(s[i].pid, out);
            strbuf_puts(out, nothing ? " && (" : " && ");
        }
        put_stacks(s + i, next - i, out);
        if (s[i].processes != 0 && nothing)
            strbuf_putc(out, ')');
        groups += nothing && s[i].processes == 0;
    }
    if (groups < 2)
        return;
    /* It is to be joined to other conditions. */
    struct strbuf whole = {0};
    strbuf_printf(&whole, "(%s)", out->s + start);
    strbuf_truncate(out, start);
    strbuf_add(out, whole.s, whole.len);
    strbuf_release(&whole);
}

bool stack_condition_put(struct call_stack *stacks, size_t count, struct strbuf *out)
{
    if (count == 0)
        return false;
    qsort(stacks, count, sizeof *stacks, compare_stacks);
    count = join_processes(stacks, count);
    qsort(stacks, count, sizeof *stacks, compare_by_pid);
    size_t start = out->len;
    put_groups(stacks, count, out);
    if (out->len - start <= FILTER_MAX_LENGTH)
        return true;
    strbuf_truncate(out, start);
    return false;
}

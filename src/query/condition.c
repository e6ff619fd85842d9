/* Filter expressions built by pointing; see condition.h. */
#include "query/condition.h"

#include <ctype.h>
#include <string.h>

#include "decoder/heap_op.h"
#include "query/fold.h"

static uint32_t heap_pid(const struct trace *trace, const struct heap *heap)
{
    return registry_process(trace->registry, heap->process)->pid;
}

static bool is_shared_handle(const struct trace *trace, const struct heap *heap)
{
    uint32_t pid = heap_pid(trace, heap);
    for (uint32_t i = 0; i < registry_heap_count(trace->registry); i++) {
        const struct heap *other = registry_heap(trace->registry, i);
        if (other->handle == heap->handle && heap_pid(trace, other) != pid)
            return true;
    }
    return false;
}

void condition_put_heap(struct strbuf *b, const struct trace *trace, const struct heap *heap)
{
    uint32_t pid = heap_pid(trace, heap);
    strbuf_puts(b, "heap == ");
    strbuf_put_hex(b, heap->handle);
    if (pid != EVENT_NO_ID && is_shared_handle(trace, heap))
        strbuf_printf(b, " && pid == %u", pid);
}

static bool is_shared_tid(const struct trace *trace, const struct thread *thread, uint32_t pid)
{
    for (uint32_t i = 0; i < registry_thread_count(trace->registry); i++) {
        const struct thread *other = registry_thread(trace->registry, i);
        if (other->tid == thread->tid &&
            registry_process(trace->registry, other->process)->pid != pid)
            return true;
    }
    return false;
}

bool condition_put_thread(struct strbuf *b, const struct trace *trace, const struct thread *thread)
{
    uint32_t pid = registry_process(trace->registry, thread->process)->pid;
    if (thread->tid == EVENT_NO_ID)
        return false;
    strbuf_printf(b, "tid == %u", thread->tid);
    if (pid != EVENT_NO_ID && is_shared_tid(trace, thread, pid))
        strbuf_printf(b, " && pid == %u", pid);
    return true;
}

bool condition_put_process(struct strbuf *b, const struct process *process)
{
    if (process->pid != EVENT_NO_ID)
        strbuf_printf(b, "pid == %u", process->pid);
    return process->pid != EVENT_NO_ID;
}

void condition_put_op(struct strbuf *b, unsigned op)
{
    char name[32];
    const struct heap_op_info *info = heap_op_info(op);
    strbuf_printf(b, "op == %s", info != NULL ? info->word : heap_op_name(op, name));
}

void condition_put_address(struct strbuf *b, uint64_t address)
{
    strbuf_puts(b, "(address == ");
    strbuf_put_hex(b, address);
    strbuf_puts(b, " || old_address == ");
    strbuf_put_hex(b, address);
    strbuf_putc(b, ')');
}

void condition_put_size(struct strbuf *b, uint64_t bytes)
{
    static const char suffix[] = "\0KMG";
    size_t i = 0;
    while (bytes > 0 && bytes % 1024 == 0 && i + 2 < sizeof suffix) {
        bytes /= 1024;
        i++;
    }
    strbuf_put_u64(b, bytes);
    if (suffix[i] != '\0')
        strbuf_putc(b, suffix[i]);
}

void condition_put_size_class(struct strbuf *b, unsigned k)
{
    uint64_t from = fold_class_from(k), to = fold_class_to(k);
    bool one = to - from <= 1;
    strbuf_puts(b, one ? "size == " : "size in ");
    condition_put_size(b, from);
    if (one)
        return;
    strbuf_puts(b, "..");
    strbuf_put_u64(b, to == UINT64_MAX ? to : to - 1);
}

/* What a name may hold that stands without quotes: no more than any name of a program has. */
static bool is_plain(const char *name)
{
    for (const char *at = name; *at != '\0'; at++)
        if (!isalnum((unsigned char)*at) && strchr("._-+", *at) == NULL)
            return false;
    return name[0] != '\0' && strstr(name, "..") == NULL;
}

void condition_put_name(struct strbuf *b, const char *name, bool quoted)
{
    if (!quoted && is_plain(name)) {
        strbuf_puts(b, name);
        return;
    }
    strbuf_putc(b, '"');
    for (const char *at = name; *at != '\0'; at++) {
        if (*at == '"' || *at == '\\')
            strbuf_putc(b, '\\');
        strbuf_putc(b, *at);
    }
    strbuf_putc(b, '"');
}

void condition_put_ns(struct strbuf *b, int64_t ns)
{
    uint64_t v = ns < 0 ? -(uint64_t)ns : (uint64_t)ns;
    strbuf_printf(b, "%s%llu", ns < 0 ? "-" : "", (unsigned long long)(v / 1000000000));
    if (v % 1000000000 != 0) {
        strbuf_printf(b, ".%09llu", (unsigned long long)(v % 1000000000));
        size_t n = b->len;
        while (b->s[n - 1] == '0')
            n--;
        strbuf_truncate(b, n);
    }
    strbuf_putc(b, 's');
}

void condition_put_bound(struct strbuf *b, const char *field, const char *op, int64_t ns)
{
    strbuf_printf(b, "%s %s ", field, op);
    condition_put_ns(b, ns);
}

void condition_put_time(struct strbuf *b, const char *field, int64_t ns)
{
    condition_put_bound(b, field, ">=", ns);
}

static bool is_flag(const char *s)
{
    return s[0] != '\0' && s[strspn(s, "abcdefghijklmnopqrstuvwxyz_")] == '\0';
}

void condition_negate(struct strbuf *b)
{
    static const char op[] = "op == ";
    struct strbuf negated = {0};
    const char *s = strbuf_str(b);
    /* Every event has an operation, so here `!=` is the whole opposite. */
    if (strncmp(s, op, sizeof op - 1) == 0 && strstr(s, "&&") == NULL)
        strbuf_printf(&negated, "op != %s", s + sizeof op - 1);
    else
        strbuf_printf(&negated, is_flag(s) ? "!%s" : "!(%s)", s);
    strbuf_release(b);
    *b = negated;
}

static bool is_word_or(const char *text, const char *at)
{
    bool starts = at == text || !isalnum((unsigned char)at[-1]);
    return starts && strncmp(at, "or", 2) == 0 && !isalnum((unsigned char)at[2]);
}

/* True when the text has an `or` outside of parentheses and strings. What looks like one in a
 * regular expression costs a needless pair of parentheses. */
static bool has_or(const char *text)
{
    int depth = 0;
    for (const char *at = text; *at != '\0'; at++) {
        const char *end = *at == '"' ? strchr(at + 1, '"') : NULL;
        if (end != NULL)
            at = end;
        else if (*at == '(')
            depth++;
        else if (*at == ')')
            depth--;
        else if (depth <= 0 && (strncmp(at, "||", 2) == 0 || is_word_or(text, at)))
            return true;
    }
    return false;
}

static void put_operand(struct strbuf *out, const char *text)
{
    strbuf_printf(out, has_or(text) ? "(%s)" : "%s", text);
}

/* Takes the next of the terms that `&&` joins, as it stands outside of parentheses and strings.
 * False at the end. */
static bool next_term(const char **at, const char **out_term, size_t *out_len)
{
    const char *s = *at;
    int depth = 0;
    if (*s == '\0')
        return false;
    for (; *s != '\0' && (depth > 0 || strncmp(s, " && ", 4) != 0); s++) {
        const char *end = *s == '"' ? strchr(s + 1, '"') : NULL;
        s = end != NULL ? end : s;
        depth += *s == '(' ? 1 : *s == ')' ? -1 : 0;
    }
    *out_term = *at;
    *out_len = (size_t)(s - *at);
    *at = *s != '\0' ? s + 4 : s;
    return true;
}

static bool holds(const char *filter, const char *term, size_t len)
{
    const char *own;
    size_t own_len;
    while (next_term(&filter, &own, &own_len))
        if (own_len == len && memcmp(own, term, len) == 0)
            return true;
    return false;
}

/* Adds the terms that the filter does not hold yet. */
static bool add_terms(const char *filter, const char *condition, struct strbuf *out)
{
    const char *term;
    size_t len;
    bool added = false;
    while (next_term(&condition, &term, &len)) {
        if (holds(filter, term, len))
            continue;
        strbuf_puts(out, " && ");
        strbuf_add(out, term, len);
        added = true;
    }
    return added;
}

bool condition_join(const char *filter, const char *condition, struct strbuf *out)
{
    strbuf_clear(out);
    if (filter[0] == '\0') {
        strbuf_puts(out, condition);
        return true;
    }
    put_operand(out, filter);
    if (!has_or(filter) && !has_or(condition))
        return add_terms(filter, condition, out);
    strbuf_puts(out, " && ");
    put_operand(out, condition);
    return true;
}

/* Filter expressions built by pointing; see condition.h. */
#include "ui/view/condition.h"

#include <ctype.h>
#include <string.h>

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

void condition_put_bound(struct strbuf *b, const char *field, const char *op, int64_t ns)
{
    uint64_t v = ns < 0 ? -(uint64_t)ns : (uint64_t)ns;
    strbuf_printf(b, "%s %s %s%llu", field, op, ns < 0 ? "-" : "",
                  (unsigned long long)(v / 1000000000));
    if (v % 1000000000 != 0) {
        strbuf_printf(b, ".%09llu", (unsigned long long)(v % 1000000000));
        size_t n = b->len;
        while (b->s[n - 1] == '0')
            n--;
        strbuf_truncate(b, n);
    }
    strbuf_putc(b, 's');
}

void condition_put_time(struct strbuf *b, const char *field, int64_t ns)
{
    condition_put_bound(b, field, ">=", ns);
}

void condition_negate(struct strbuf *b)
{
    struct strbuf negated = {0};
    strbuf_printf(&negated, "!(%s)", strbuf_str(b));
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

/* True when `condition` is the whole filter or one of the terms that make it. */
static bool holds(const char *filter, const char *condition)
{
    size_t n = strlen(condition);
    for (const char *at = strstr(filter, condition); at != NULL; at = strstr(at + 1, condition)) {
        bool starts = at == filter || (at - filter >= 4 && memcmp(at - 4, " && ", 4) == 0);
        bool ends = at[n] == '\0' || strncmp(at + n, " && ", 4) == 0;
        if (starts && ends)
            return true;
    }
    return false;
}

bool condition_join(const char *filter, const char *condition, struct strbuf *out)
{
    strbuf_clear(out);
    if (filter[0] == '\0') {
        strbuf_puts(out, condition);
        return true;
    }
    if (!has_or(filter) && holds(filter, condition)) {
        strbuf_puts(out, filter);
        return false;
    }
    put_operand(out, filter);
    strbuf_puts(out, " && ");
    put_operand(out, condition);
    return true;
}

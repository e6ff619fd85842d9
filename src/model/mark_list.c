/* A list that only grows, published by its count; see mark_list.h. */
#include "model/mark_list.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "base/arena.h"
#include "base/strbuf.h"
#include "base/text.h"

/* What is kept of a name. */
#define NAME_BYTES 200u

struct mark_list {
    _Atomic size_t count;
    struct arena texts;
    struct trace_mark marks[MARK_LIST_MOST];
};

struct mark_list *mark_list_new(void)
{
    return calloc(1, sizeof(struct mark_list));
}

void mark_list_free(struct mark_list *l)
{
    if (l == NULL)
        return;
    arena_release(&l->texts);
    free(l);
}

static void put_name(struct strbuf *b, const struct trace_event *e)
{
    static const char *const words[] = {
        [MARK_SESSION] = "mark",
        [MARK_HUB] = "mark",
        [MARK_HUB_START] = "collection starts",
        [MARK_HUB_STOP] = "collection stops",
    };
    size_t narrow = e->name.len < NAME_BYTES ? e->name.len : NAME_BYTES;
    size_t wide = e->text.len / 2 < NAME_BYTES ? e->text.len / 2 : NAME_BYTES;
    if (narrow > 0)
        text_put_escaped(b, (const char *)e->name.p, narrow);
    else if (wide > 0)
        text_put_utf16(b, e->text.p, wide);
    else
        strbuf_puts(b, words[e->mark.kind]);
}

int mark_list_take(struct mark_list *l, const struct trace_event *e)
{
    size_t n = atomic_load_explicit(&l->count, memory_order_relaxed);
    if (n == MARK_LIST_MOST)
        return 0;
    struct strbuf b = {0};
    put_name(&b, e);
    const char *text = arena_strndup(&l->texts, strbuf_str(&b), b.len);
    strbuf_release(&b);
    if (text == NULL)
        return -ENOMEM;
    l->marks[n] = (struct trace_mark){.time = e->time, .text = text};
    atomic_store_explicit(&l->count, n + 1, memory_order_release);
    return 0;
}

size_t mark_list_count(const struct mark_list *l)
{
    return atomic_load_explicit(&l->count, memory_order_acquire);
}

const struct trace_mark *mark_list_get(const struct mark_list *l, size_t i)
{
    return &l->marks[i];
}

/* A window on the chain of a block; see move_chain.h. */
#include "ui/view/detail/move_chain.h"

static struct chain_link link_of(const struct trace *trace, uint64_t opener)
{
    struct chain_link link = {.previous = ROW_NONE, .next = ROW_NONE, .moved_here = ROW_NONE};
    chains_link(trace_chains(trace), opener, &link);
    return link;
}

static uint64_t birth_size(const struct trace *trace, uint64_t opener)
{
    struct row row;
    store_get(trace->store, opener, &row);
    return row.size;
}

static struct move_stay look_at_stay(const struct trace *trace, uint64_t opener)
{
    struct row row;
    struct chain_link link = link_of(trace, opener);
    store_get(trace->store, opener, &row);
    return (struct move_stay){opener, link.moved_here, row.address, row.size, link.size};
}

/* What the chain as a whole comes to; its first block may be one that came late to it. */
static void look_at_whole(const struct trace *trace, uint64_t rows, uint64_t opener,
                          struct move_chain *c)
{
    struct chain_facts facts;
    c->length = c->number = 1;
    if (!chains_find(trace_chains(trace), opener, &facts))
        return;
    c->length = facts.length;
    c->number = facts.number;
    c->first_size = facts.first < rows ? birth_size(trace, facts.first) : 0;
    c->last_size = facts.last_size;
    c->copied = facts.copied;
}

void move_chain_follow(const struct trace *trace, uint64_t rows, uint64_t opener,
                       struct move_chain *out_chain)
{
    struct move_chain *c = out_chain;
    uint64_t before[MOVE_CHAIN_BEFORE];
    size_t n = 0;
    uint64_t id = link_of(trace, opener).previous;
    for (; id < rows && n < MOVE_CHAIN_BEFORE; id = link_of(trace, id).previous)
        before[n++] = id;
    *c = (struct move_chain){.at = n};
    look_at_whole(trace, rows, opener, c);
    while (n > 0)
        c->stay[c->count++] = look_at_stay(trace, before[--n]);
    for (id = opener; id < rows && c->count < MOVE_CHAIN_STAYS; id = link_of(trace, id).next)
        c->stay[c->count++] = look_at_stay(trace, id);
}

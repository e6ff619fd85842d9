/* Hash chains; see match.h. */
#include "match.h"

#include <stdlib.h>
#include <string.h>

#include "mem.h"

enum { CHAIN_LIMIT = 16 };

void match_init(struct matcher *matcher, const uint8_t *in, size_t size)
{
    memset(matcher, 0, sizeof *matcher);
    matcher->in = in;
    matcher->size = size;
    matcher->previous = mem_alloc(size * sizeof *matcher->previous);
}

static size_t hash(const uint8_t *at)
{
    uint32_t bytes = at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16;
    return bytes * 2654435761u >> 19;
}

static size_t common_length(const uint8_t *a, const uint8_t *b, size_t longest)
{
    size_t length = 0;
    while (length < longest && a[length] == b[length])
        length++;
    return length;
}

size_t match_find(const struct matcher *matcher, size_t at, size_t floor, size_t window,
                  size_t longest, size_t *out_distance)
{
    if (longest > matcher->size - at)
        longest = matcher->size - at;
    if (longest < MATCH_SHORTEST)
        return 0;
    size_t best = MATCH_SHORTEST - 1;
    uint32_t next = matcher->newest[hash(matcher->in + at)];
    for (int tries = 0; next && tries < CHAIN_LIMIT; tries++) {
        size_t from = next - 1;
        if (from < floor || at - from > window)
            break;
        size_t length = common_length(matcher->in + from, matcher->in + at, longest);
        if (length > best) {
            best = length;
            *out_distance = at - from;
        }
        next = matcher->previous[from];
    }
    return best < MATCH_SHORTEST ? 0 : best;
}

void match_insert(struct matcher *matcher, size_t at, size_t count)
{
    for (size_t end = at + count; at < end && matcher->size - at >= MATCH_SHORTEST; at++) {
        uint32_t *newest = &matcher->newest[hash(matcher->in + at)];
        matcher->previous[at] = *newest;
        *newest = (uint32_t)at + 1;
    }
}

void match_release(struct matcher *matcher)
{
    free(matcher->previous);
}

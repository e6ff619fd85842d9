/* Weighing what is expanded; see expand_guard.h. */
#include "source/expand_guard.h"

#include <stdbool.h>
#include <string.h>

/* Runs are told in pieces of this size: shorter ones are not worth counting. */
#define PIECE ((size_t)4096)

void expand_guard_start(struct expand_guard *g)
{
    g->run = 0;
}

void expand_guard_read(struct expand_guard *g, uint64_t stored)
{
    if (stored <= g->stored)
        return;
    uint64_t more = stored - g->stored;
    g->stored = stored;
    g->spent = more < g->spent / EXPAND_RATIO ? g->spent - more * EXPAND_RATIO : 0;
}

static bool is_uniform(const uint8_t *p, size_t n)
{
    return n != 0 && memcmp(p, p + 1, n - 1) == 0;
}

static void take_piece(struct expand_guard *g, const uint8_t *p, size_t n)
{
    g->expanded += n;
    if (!is_uniform(p, n)) {
        g->run = 0;
        g->spent += n;
        return;
    }
    g->run += n;
    g->run_byte = p[0];
    g->spent += n / EXPAND_FILL_SHARE + 1;
}

enum expand_verdict expand_guard_take(struct expand_guard *g, const uint8_t *bytes, size_t n,
                                      uint64_t run_limit)
{
    for (size_t at = 0; at < n; at += PIECE)
        take_piece(g, bytes + at, n - at < PIECE ? n - at : PIECE);
    if (g->expanded > g->limit)
        return EXPAND_TOO_BIG;
    if (g->spent > EXPAND_FREE)
        return EXPAND_BOMB;
    return g->run > run_limit ? EXPAND_ENDLESS : EXPAND_FINE;
}

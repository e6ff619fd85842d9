/*
 * The generator's random numbers: splitmix64, so that a seed gives the same trace on every machine
 * and with every C library.
 */
#ifndef TESTS_TOOLS_RNG_H
#define TESTS_TOOLS_RNG_H

#include <stdbool.h>
#include <stdint.h>

struct rng {
    uint64_t state;
};

static inline uint64_t rng_next(struct rng *rng)
{
    uint64_t z = (rng->state += 0x9e3779b97f4a7c15u);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

/* A number in [0, limit); `limit` 0 gives 0.  The small bias does not matter here. */
static inline uint64_t rng_below(struct rng *rng, uint64_t limit)
{
    return limit ? rng_next(rng) % limit : 0;
}

/* A number in [low, high]. */
static inline uint64_t rng_range(struct rng *rng, uint64_t low, uint64_t high)
{
    return low + rng_below(rng, high - low + 1);
}

/* True `permille` times in a thousand. */
static inline bool rng_chance(struct rng *rng, uint64_t permille)
{
    return rng_below(rng, 1000) < permille;
}

#endif

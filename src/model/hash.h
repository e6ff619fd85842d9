/*
 * The hash function of the model's tables.
 *
 * Keys come out of the trace, so a trace could be made whose keys all fall into one slot: every
 * table draws a seed of its own. No figure and no order may depend on it.
 */
#ifndef MODEL_HASH_H
#define MODEL_HASH_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct hash_seed {
    uint64_t a, b;
};

/* Draws a seed from the system. */
void hash_seed_init(struct hash_seed *seed);

/* Mixes two numbers: the folded product of both, each under its half of the seed. */
static inline uint64_t hash_pair(const struct hash_seed *seed, uint64_t a, uint64_t b)
{
    unsigned __int128 product = (unsigned __int128)(a ^ seed->a) * (b ^ seed->b);
    return (uint64_t)product ^ (uint64_t)(product >> 64);
}

/* A text of `n` bytes. */
static inline uint64_t hash_text(const struct hash_seed *seed, const char *s, size_t n)
{
    uint64_t hash = n;
    while (n > 0) {
        uint64_t word = 0;
        size_t part = n < sizeof word ? n : sizeof word;
        memcpy(&word, s, part);
        hash = hash_pair(seed, hash, word);
        s += part;
        n -= part;
    }
    return hash;
}

#endif

/*
 * Finds earlier copies of the bytes at a place, by chains of equal three-byte hashes: what all
 * three compressions look for.
 */
#ifndef TESTS_TOOLS_MATCH_H
#define TESTS_TOOLS_MATCH_H

#include <stddef.h>
#include <stdint.h>

enum { MATCH_SHORTEST = 3, MATCH_HASHES = 1 << 13 };

struct matcher {
    const uint8_t *in;
    size_t size;
    uint32_t *previous;            /* per place: the last place of the same hash, plus 1 */
    uint32_t newest[MATCH_HASHES]; /* per hash: its newest place, plus 1 */
};

/* `in` stays the caller's and outlives the matcher. */
void match_init(struct matcher *matcher, const uint8_t *in, size_t size);

/*
 * The longest copy of at most `longest` bytes that starts at most `window` bytes before `at` and
 * not before `floor`.  Returns its length and distance, or 0 when none is MATCH_SHORTEST long.
 */
size_t match_find(const struct matcher *matcher, size_t at, size_t floor, size_t window,
                  size_t longest, size_t *out_distance);

/* Makes the `count` places from `at` on known as the start of copies. */
void match_insert(struct matcher *matcher, size_t at, size_t count);

void match_release(struct matcher *matcher);

#endif

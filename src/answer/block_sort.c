/* Sorting by digits in steps; see block_sort.h. */
#include "answer/block_sort.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"

#define HALF_BITS  32u
#define DIGIT_BITS 8u

void block_sort_release(struct block_sort *s)
{
    free(s->items);
    free(s->other);
    *s = (struct block_sort){0};
}

static unsigned digit_of(uint64_t item, unsigned digit)
{
    return (unsigned)(item >> (HALF_BITS + DIGIT_BITS * digit)) & (BLOCK_SORT_VALUES - 1);
}

static void count_item(struct block_sort *s, uint64_t item)
{
    for (unsigned d = 0; d < BLOCK_SORT_DIGITS; d++)
        s->place[d][digit_of(item, d)]++;
}

int block_sort_add(struct block_sort *s, uint32_t row, uint64_t value)
{
    if (s->count == s->cap) {
        int rc = base_grow((void **)&s->items, &s->cap, s->count + 1, sizeof *s->items);
        if (rc != 0)
            return rc;
    }
    if (s->count == 0)
        s->first = value;
    s->differ |= value ^ s->first;
    uint64_t item = value << HALF_BITS | row;
    s->items[s->count++] = item;
    count_item(s, item);
    return 0;
}

/* ---- which digits ---- */

static uint32_t half_of(const struct block_sort *s, uint64_t value, bool high)
{
    return (uint32_t)(value >> s->shift >> (high ? HALF_BITS : 0));
}

static bool differs(const struct block_sort *s, bool high, unsigned digit)
{
    return (half_of(s, s->differ, high) >> DIGIT_BITS * digit & (BLOCK_SORT_VALUES - 1)) != 0;
}

static bool has_high(const struct block_sort *s)
{
    return half_of(s, s->differ, true) != 0;
}

unsigned block_sort_percent(const struct block_sort *s)
{
    size_t passes = (size_t)(s->shift > 0) + (size_t)has_high(s) + 1;
    for (unsigned d = 0; d < BLOCK_SORT_DIGITS; d++)
        passes += (size_t)differs(s, false, d) + (size_t)differs(s, true, d);
    double all = (double)passes * (double)s->count;
    double done = (double)s->passes * (double)s->count + (double)s->at;
    return done < all ? (unsigned)(done * 100 / all) : 100;
}

/* Turns the numbers of items into the places of the first of them. */
static void make_places(size_t place[BLOCK_SORT_VALUES])
{
    size_t next = 0;
    for (size_t i = 0; i < BLOCK_SORT_VALUES; i++) {
        size_t n = place[i];
        place[i] = next;
        next += n;
    }
}

static void begin_fetch(struct block_sort *s, bool high)
{
    memset(s->place, 0, sizeof s->place);
    s->pass = BLOCK_SORT_FETCH;
    s->high = high;
    s->digit = 0;
}

/* What comes next. */
static void choose_pass(struct block_sort *s)
{
    unsigned same = has_high(s) && s->passes == 0 ? (unsigned)__builtin_ctzll(s->differ) : 0;
    if (same > 0) {
        s->shift = same;
        begin_fetch(s, false);
        return;
    }
    while (s->digit < BLOCK_SORT_DIGITS && !differs(s, s->high, s->digit))
        s->digit++;
    if (s->digit < BLOCK_SORT_DIGITS) {
        make_places(s->place[s->digit]);
        s->pass = BLOCK_SORT_MOVE;
    } else if (!s->high && has_high(s)) {
        begin_fetch(s, true);
    } else {
        s->pass = BLOCK_SORT_PACK;
    }
}

/* ---- passes ---- */

static void fetch_items(struct block_sort *s, size_t end, block_sort_value_fn value, void *ctx)
{
    for (; s->at < end; s->at++) {
        uint32_t row = (uint32_t)s->items[s->at];
        uint64_t item = (uint64_t)half_of(s, value(ctx, row), s->high) << HALF_BITS | row;
        s->items[s->at] = item;
        count_item(s, item);
    }
}

static void move_items(struct block_sort *s, size_t end)
{
    size_t *place = s->place[s->digit];
    uint64_t *to = s->other;
    for (size_t i = s->at; i < end; i++) {
        uint64_t item = s->items[i];
        to[place[digit_of(item, s->digit)]++] = item;
    }
    s->at = end;
}

/* They overtake no item on their way. */
static void pack_rows(struct block_sort *s, size_t end)
{
    unsigned char *bytes = (unsigned char *)s->items;
    for (; s->at < end; s->at++) {
        uint32_t row = (uint32_t)s->items[s->at];
        memcpy(bytes + s->at * sizeof row, &row, sizeof row);
    }
}

static void end_pass(struct block_sort *s)
{
    s->at = 0;
    s->passes++;
    if (s->pass == BLOCK_SORT_MOVE) {
        uint64_t *items = s->items;
        s->items = s->other;
        s->other = items;
        s->digit++;
    }
    s->pass = s->pass == BLOCK_SORT_PACK ? BLOCK_SORT_DONE : BLOCK_SORT_CHOOSE;
}

int block_sort_step(struct block_sort *s, size_t work, block_sort_value_fn value, void *ctx)
{
    if (s->pass == BLOCK_SORT_CHOOSE)
        choose_pass(s);
    if (s->pass == BLOCK_SORT_DONE || s->count == 0)
        return 0;
    if (s->pass == BLOCK_SORT_MOVE && s->other == NULL &&
        (s->other = malloc(s->count * sizeof *s->other)) == NULL)
        return -ENOMEM;
    size_t end = s->count - s->at > work ? s->at + work : s->count;
    if (s->pass == BLOCK_SORT_FETCH)
        fetch_items(s, end, value, ctx);
    else if (s->pass == BLOCK_SORT_MOVE)
        move_items(s, end);
    else
        pack_rows(s, end);
    if (s->at == s->count)
        end_pass(s);
    return 1;
}

uint32_t *block_sort_take(struct block_sort *s)
{
    uint32_t *rows = NULL;
    if (s->count > 0) {
        void *smaller = realloc(s->items, s->count * sizeof *rows);
        rows = smaller != NULL ? smaller : (void *)s->items;
        s->items = NULL;
    }
    block_sort_release(s);
    return rows;
}

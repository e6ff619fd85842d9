/* Sorting by digits in steps; see block_sort.h. */
#include "answer/blocks/block_sort.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"

#define HALF_BITS  32u
#define DIGIT_BITS 8u

/* A value told once more costs as much as moving so many items. */
#define FETCH_COST 16u

/* So many items' memory goes back to the system for one that is moved. */
#define SHRINK_ITEMS 2u

/* The memory for an item costs as much as moving so many. */
#define TOUCH_COST 4u

/* Items from one word to the next that is touched: the smallest page a system has. */
#define TOUCH_ITEMS (4096 / sizeof(uint64_t))

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

void block_sort_reserve(struct block_sort *s, size_t most)
{
    if (s->items == NULL && most > 0 && most <= SIZE_MAX / sizeof *s->items)
        s->items = malloc(most * sizeof *s->items);
    s->cap = s->items != NULL ? most : 0;
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
    double done = (double)s->passes * (double)s->count;
    done += s->pass != BLOCK_SORT_TOUCH ? (double)s->at : 0;
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

/*
 * The first items to move go to places all over the new memory, and pages of it, which may be
 * large, are cleared by the system at their first use: all at once that takes many milliseconds.
 */
static void touch_items(struct block_sort *s, size_t end)
{
    for (size_t i = s->at; i < end; i += TOUCH_ITEMS)
        ((volatile uint64_t *)s->other)[i] = 0;
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

static void shrink(uint64_t **items, size_t *cap, size_t by)
{
    void *smaller = realloc(*items, (*cap - by) * sizeof **items);
    *items = smaller != NULL ? smaller : *items;
    *cap -= by;
}

/* Piece by piece: to take back many pages at once costs the system many milliseconds. */
static void give_back(struct block_sort *s, size_t most)
{
    if (s->other_cap > most) {
        shrink(&s->other, &s->other_cap, most);
    } else if (s->other != NULL) {
        free(s->other);
        s->other = NULL;
        s->other_cap = 0;
    } else if (s->cap > s->count / 2 + 1 + most) {
        shrink(&s->items, &s->cap, most);
    } else {
        s->pass = BLOCK_SORT_DONE;
    }
}

static void end_pass(struct block_sort *s)
{
    s->at = 0;
    if (s->pass == BLOCK_SORT_TOUCH) {
        s->pass = BLOCK_SORT_MOVE;
        return;
    }
    s->passes++;
    if (s->pass == BLOCK_SORT_MOVE) {
        uint64_t *items = s->items;
        s->items = s->other;
        s->other = items;
        size_t cap = s->cap;
        s->cap = s->other_cap;
        s->other_cap = cap;
        s->digit++;
    }
    s->pass = s->pass == BLOCK_SORT_PACK ? BLOCK_SORT_SHRINK : BLOCK_SORT_CHOOSE;
}

int block_sort_step(struct block_sort *s, size_t work, block_sort_value_fn value, void *ctx)
{
    if (s->pass == BLOCK_SORT_CHOOSE)
        choose_pass(s);
    if (s->pass == BLOCK_SORT_DONE || s->count == 0)
        return 0;
    if (s->pass == BLOCK_SORT_MOVE && s->other == NULL) {
        s->other = malloc(s->count * sizeof *s->other);
        s->other_cap = s->count;
        s->pass = BLOCK_SORT_TOUCH;
        return s->other != NULL ? 1 : -ENOMEM;
    }
    if (s->pass == BLOCK_SORT_SHRINK) {
        give_back(s, work * SHRINK_ITEMS);
        return s->pass != BLOCK_SORT_DONE;
    }
    if (s->pass == BLOCK_SORT_TOUCH)
        work = work > TOUCH_COST ? work / TOUCH_COST : 1;
    if (s->pass == BLOCK_SORT_FETCH)
        work = work > FETCH_COST ? work / FETCH_COST : 1;
    size_t end = s->count - s->at > work ? s->at + work : s->count;
    if (s->pass == BLOCK_SORT_FETCH)
        fetch_items(s, end, value, ctx);
    else if (s->pass == BLOCK_SORT_TOUCH)
        touch_items(s, end);
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

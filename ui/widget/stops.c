/* Where a find can jump to; see stops.h. */
#include "ui/widget/stops.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "ui/widget/list.h"

void stops_release(struct stops *s)
{
    free(s->at);
    *s = (struct stops){0};
}

void stops_clear(struct stops *s)
{
    s->count = 0;
}

size_t stops_before(const struct stops *s, uint64_t place)
{
    size_t low = 0;
    for (size_t high = s->count; low < high;) {
        size_t middle = low + (high - low) / 2;
        if (s->at[middle] < place)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

bool stops_have(const struct stops *s, uint64_t place)
{
    size_t i = stops_before(s, place);
    return i < s->count && s->at[i] == place;
}

void stops_add(struct stops *s, uint64_t place)
{
    size_t i = stops_before(s, place);
    void *at = s->at;
    if (i < s->count && s->at[i] == place)
        return;
    if (base_grow(&at, &s->cap, s->count + 1, sizeof *s->at) != 0)
        return;
    s->at = at;
    memmove(s->at + i + 1, s->at + i, (s->count - i) * sizeof *s->at);
    s->at[i] = place;
    s->count++;
}

void stops_of_list(struct stops *s, struct list *l, const struct matcher *m)
{
    stops_clear(s);
    for (uint64_t pos = 0; pos < l->count; pos++)
        if (list_row_has(l, pos, m))
            stops_add(s, pos);
}

static void take_text(struct canvas_tap *tap, int y, const char *text, size_t n)
{
    struct stops_tap *t = (struct stops_tap *)tap;
    size_t at, len;
    if (y >= 0 && matcher_find(t->matcher, text, n, 0, &at, &len))
        stops_add(t->stops, (uint64_t)y);
}

struct canvas stops_canvas(struct stops *s, struct stops_tap *out_tap, const struct canvas *like,
                           const struct matcher *m)
{
    stops_clear(s);
    *out_tap = (struct stops_tap){.tap = {take_text}, .stops = s, .matcher = m};
    struct canvas c = *like;
    c.y = c.x = 0;
    c.rows = INT16_MAX;
    c.find = NULL;
    c.tap = &out_tap->tap;
    return c;
}

uint64_t stops_pick(const struct stops_jump *jump, uint64_t total, uint64_t before, bool on,
                    bool *out_wrapped)
{
    if (jump->back) {
        uint64_t start = jump->here && on ? before + 1 : before;
        *out_wrapped = jump->count > start;
        return (start % total + total - jump->count % total) % total;
    }
    uint64_t start = jump->here || !on ? before : before + 1;
    *out_wrapped = start >= total || jump->count - 1 >= total - start;
    return (start % total + (jump->count - 1) % total) % total;
}

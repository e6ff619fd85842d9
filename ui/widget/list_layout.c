/* Which columns fit, and where; see list_layout.h. */
#include "ui/widget/list_layout.h"

/* Narrow screens need every cell. */
#define NARROW 80

/* The shown columns, and those of them that were chosen. */
struct choosing {
    const struct list *l;
    size_t count;
    size_t column[LIST_MAX_COLUMNS];
    bool chosen[LIST_MAX_COLUMNS];
    size_t chosen_count;
    int left; /* cells left over */
    int gap;
};

/* The column under the cursor goes before all others. */
static int rank(const struct list *l, size_t column)
{
    return column == l->column ? -1 : l->columns[column].priority;
}

/* The best column not chosen yet; the leftmost of equals. */
static size_t next_by_rank(const struct choosing *ch)
{
    size_t best = LIST_NO_COLUMN;
    for (size_t i = 0; i < ch->count; i++)
        if (!ch->chosen[i] &&
            (best == LIST_NO_COLUMN || rank(ch->l, ch->column[i]) < rank(ch->l, ch->column[best])))
            best = i;
    return best;
}

/* Marks the columns whose least widths fit `cols` cells; the first always is. */
static void choose(struct choosing *ch, int cols)
{
    ch->left = cols - LIST_GUTTER + ch->gap;
    ch->chosen_count = 0;
    for (size_t i = 0; i < ch->count; i++)
        ch->chosen[i] = false;
    while (ch->chosen_count < ch->count) {
        size_t i = next_by_rank(ch);
        int need = list_columns_least(ch->l, ch->column[i]) + ch->gap;
        if (need > ch->left && ch->chosen_count > 0)
            break;
        ch->chosen[i] = true;
        ch->chosen_count++;
        ch->left -= need;
    }
}

/* Copies the chosen columns at their least widths and notes on which side some were left out. */
static void place(const struct choosing *ch, struct list_layout *lay)
{
    bool passed = false;
    *lay = (struct list_layout){0};
    for (size_t i = 0; i < ch->count; i++) {
        passed = passed || ch->column[i] == ch->l->column;
        if (ch->chosen[i]) {
            lay->column[lay->count] = ch->column[i];
            lay->width[lay->count++] = list_columns_least(ch->l, ch->column[i]);
        } else if (passed) {
            lay->more_right = true;
        } else {
            lay->more_left = true;
        }
    }
}

/* Gives what is left over to the columns, by the list's order of importance. */
static void widen(const struct list *l, struct list_layout *lay, int left)
{
    bool done[LIST_MAX_COLUMNS] = {false};
    for (size_t round = 0; round < lay->count && left > 0; round++) {
        size_t best = lay->count;
        for (size_t i = 0; i < lay->count; i++)
            if (!done[i] && (best == lay->count || l->columns[lay->column[i]].priority <
                                                       l->columns[lay->column[best]].priority))
                best = i;
        done[best] = true;
        int more = list_columns_most(l, lay->column[best]) - lay->width[best];
        more = more < left ? more : left;
        if (more > 0) {
            lay->width[best] += more;
            left -= more;
        }
    }
}

void list_layout(const struct list *l, int cols, struct list_layout *out_layout)
{
    struct choosing ch = {.l = l, .gap = cols < NARROW ? 1 : 2};
    ch.count = list_columns_shown(l, ch.column);
    choose(&ch, cols);
    if (ch.chosen_count < ch.count)
        choose(&ch, --cols);
    place(&ch, out_layout);
    if (ch.left < 0) /* one column, and not even room for that */
        out_layout->width[0] = cols - LIST_GUTTER > 0 ? cols - LIST_GUTTER : 0;
    widen(l, out_layout, ch.left);
    for (size_t i = 0, x = LIST_GUTTER; i < out_layout->count; i++) {
        out_layout->x[i] = (int)x;
        x += (size_t)(out_layout->width[i] + ch.gap);
    }
}

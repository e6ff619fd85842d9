/* Which columns of a list are shown, in which order and how wide; see list_columns.h. */
#include "ui/widget/list_columns.h"

#include <string.h>

#include "base/text.h"
#include "ui/widget/list.h"

/* All columns from left to right; absent ones only when asked for. */
static size_t put_in_order(const struct list *l, bool absent_too,
                           size_t out_column[LIST_MAX_COLUMNS])
{
    size_t n = 0;
    out_column[0] = 0;
    for (size_t place = 0; place < LIST_MAX_COLUMNS; place++) {
        size_t column = l->choice.made ? l->choice.order[place] : place;
        if (column < l->column_count && (absent_too || (l->absent >> column & 1) == 0))
            out_column[n++] = column;
    }
    return n;
}

size_t list_columns_order(const struct list *l, size_t out_column[LIST_MAX_COLUMNS])
{
    return put_in_order(l, false, out_column);
}

static bool is_unwanted(const struct list *l, size_t column)
{
    return l->choice.made ? l->choice.hidden[column] : l->columns[column].hidden;
}

bool list_columns_is_hidden(const struct list *l, size_t column)
{
    return (l->needed >> column & 1) == 0 && is_unwanted(l, column);
}

/* Drops columns from `n` > 0 of them; the first stays when all would go: a view may have taken away
 * what was chosen. */
static size_t drop(const struct list *l, bool (*goes)(const struct list *l, size_t column),
                   size_t column[], size_t n)
{
    size_t first = column[0], kept = 0;
    for (size_t i = 0; i < n; i++)
        if (!goes(l, column[i]))
            column[kept++] = column[i];
    if (kept > 0)
        return kept;
    column[0] = first;
    return 1;
}

size_t list_columns_shown(const struct list *l, size_t out_column[LIST_MAX_COLUMNS])
{
    return drop(l, list_columns_is_hidden, out_column, list_columns_order(l, out_column));
}

int list_columns_width(const struct list *l, size_t column)
{
    return l->choice.made ? l->choice.width[column] : 0;
}

int list_columns_least(const struct list *l, size_t column)
{
    int width = list_columns_width(l, column);
    return width > 0 ? width : l->columns[column].min_width;
}

int list_columns_most(const struct list *l, size_t column)
{
    int width = list_columns_width(l, column);
    return width > 0 ? width : l->columns[column].max_width;
}

/* The first change starts from what the view shows. */
static struct list_choice *own_choice(struct list *l)
{
    struct list_choice *choice = &l->choice;
    if (choice->made)
        return choice;
    *choice = (struct list_choice){.made = true};
    for (size_t i = 0; i < LIST_MAX_COLUMNS; i++) {
        choice->order[i] = (uint8_t)i;
        choice->hidden[i] = i < l->column_count && l->columns[i].hidden;
    }
    return choice;
}

void list_columns_keep_cursor(struct list *l)
{
    size_t order[LIST_MAX_COLUMNS];
    size_t n = list_columns_order(l, order), at = 0;
    while (at < n && order[at] != l->column)
        at++;
    /* To the next one to the right, else to the left; of an absent one to the first. */
    size_t from = at < n ? at : 0, right = from, left = from;
    while (right < n && list_columns_is_hidden(l, order[right]))
        right++;
    while (left > 0 && list_columns_is_hidden(l, order[left]))
        left--;
    l->column = order[right < n ? right : left];
}

bool list_columns_hide(struct list *l, size_t column, bool hide)
{
    size_t shown[LIST_MAX_COLUMNS];
    bool needed = (l->needed >> column & 1) != 0;
    if (hide && (needed || (list_columns_shown(l, shown) == 1 && shown[0] == column)))
        return false;
    own_choice(l)->hidden[column] = hide;
    list_columns_keep_cursor(l);
    return true;
}

static size_t place_of(const struct list_choice *choice, size_t column)
{
    size_t place = 0;
    while (choice->order[place] != column)
        place++;
    return place;
}

bool list_columns_move(struct list *l, size_t column, bool right)
{
    size_t order[LIST_MAX_COLUMNS];
    size_t n = list_columns_order(l, order), at = 0;
    while (order[at] != column)
        at++;
    if (right ? at + 1 == n : at == 0)
        return false;
    struct list_choice *choice = own_choice(l);
    size_t other = order[right ? at + 1 : at - 1];
    size_t a = place_of(choice, column), b = place_of(choice, other);
    choice->order[a] = (uint8_t)other;
    choice->order[b] = (uint8_t)column;
    return true;
}

void list_columns_set_width(struct list *l, size_t column, int width)
{
    if (width > LIST_MOST_WIDTH)
        width = LIST_MOST_WIDTH;
    if (width > 0 && width < LIST_LEAST_WIDTH)
        width = LIST_LEAST_WIDTH;
    own_choice(l)->width[column] = (uint8_t)(width > 0 ? width : 0);
}

void list_columns_reset(struct list *l)
{
    l->choice = (struct list_choice){0};
    list_columns_keep_cursor(l);
}

void list_columns_choose(struct list *l, const struct list_choice *choice)
{
    l->choice = *choice;
    list_columns_keep_cursor(l);
}

void list_columns_put(const struct list *l, struct strbuf *out)
{
    size_t shown[LIST_MAX_COLUMNS];
    size_t n = drop(l, is_unwanted, shown, put_in_order(l, true, shown));
    for (size_t i = 0; i < n; i++) {
        int width = list_columns_width(l, shown[i]);
        strbuf_printf(out, "%s%s", i > 0 ? " " : "", l->columns[shown[i]].name);
        if (width > 0)
            strbuf_printf(out, ":%d", width);
    }
}

/* ---- reading a choice ---- */

/* The columns named so far. */
struct reading {
    const struct list *l;
    size_t count;
    bool named[LIST_MAX_COLUMNS];
    struct list_choice choice;
    struct err_info *why;
};

static size_t find_column(const struct list *l, const char *s, size_t n)
{
    for (size_t i = 0; i < l->column_count; i++)
        if (strncmp(l->columns[i].name, s, n) == 0 && l->columns[i].name[n] == '\0')
            return i;
    return LIST_NO_COLUMN;
}

/* Says what is wrong with the word [s, s + n), which may hold anything. */
static int refuse(const struct reading *r, const char *what, const char *s, size_t n)
{
    struct strbuf word = {0};
    text_put_escaped(&word, s, n);
    err_set(r->why, ERR_SYNTAX, what, strbuf_str(&word));
    strbuf_release(&word);
    return ERR_SYNTAX;
}

static int refuse_name(const struct reading *r, const char *s, size_t n)
{
    struct strbuf why = {0};
    strbuf_puts(&why, "unknown column \"");
    text_put_escaped(&why, s, n);
    strbuf_puts(&why, "\"; there are");
    for (size_t i = 0; i < r->l->column_count; i++)
        strbuf_printf(&why, "%s %s", i > 0 ? "," : "", r->l->columns[i].name);
    err_set(r->why, ERR_SYNTAX, "%s", strbuf_str(&why));
    strbuf_release(&why);
    return ERR_SYNTAX;
}

/* One word: "heap" or "heap:13". */
static int take_word(struct reading *r, const char *s, size_t n)
{
    const char *colon = memchr(s, ':', n);
    size_t name = colon != NULL ? (size_t)(colon - s) : n;
    size_t column = find_column(r->l, s, name);
    uint64_t width = 0;
    if (column == LIST_NO_COLUMN)
        return refuse_name(r, s, name);
    if (r->named[column])
        return refuse(r, "column \"%s\" is named twice", s, name);
    if (colon != NULL && (!text_parse_u64(colon + 1, n - name - 1, false, &width) ||
                          width < LIST_LEAST_WIDTH || width > LIST_MOST_WIDTH))
        return refuse(r, "the width in \"%s\" is not a number from 2 to 200", s, n);
    r->named[column] = true;
    r->choice.order[r->count++] = (uint8_t)column;
    r->choice.width[column] = (uint8_t)width;
    return 0;
}

/* Columns that were not named stand hidden behind the one they follow by default, so that showing
 * one of them later puts it where it is looked for. */
static void place_hidden(struct reading *r)
{
    for (size_t i = 0; i < LIST_MAX_COLUMNS; i++) {
        if (r->named[i])
            continue;
        size_t at = i > 0 ? place_of(&r->choice, i - 1) + 1 : 0;
        memmove(&r->choice.order[at + 1], &r->choice.order[at], r->count - at);
        r->choice.order[at] = (uint8_t)i;
        r->choice.hidden[i] = i < r->l->column_count;
        r->count++;
    }
}

int list_columns_take(struct list *l, const char *text, struct err_info *out_why)
{
    static const char between[] = " \t,";
    struct reading r = {.l = l, .choice = {.made = true}, .why = out_why};
    for (const char *at = text + strspn(text, between); *at != '\0'; at += strspn(at, between)) {
        size_t n = strcspn(at, between);
        int err = take_word(&r, at, n);
        if (err != 0)
            return err;
        at += n;
    }
    if (r.count == 0) {
        list_columns_reset(l);
        return 0;
    }
    place_hidden(&r);
    list_columns_choose(l, &r.choice);
    return 0;
}

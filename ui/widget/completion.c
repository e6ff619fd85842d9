/* Candidates for a prompt, and the menu of them (see completion.h). */
#include "ui/widget/completion.h"

#include <string.h>

#include "ui/term/glyph.h"

#define EDGE 1 /* cells left free at both ends of the line */
#define GAP  2 /* between candidates */
/* The note and the number take a third of the line, more if there is room. */
#define PLACE_SHARE 3

void completion_release(struct completion *c)
{
    strbuf_release(&c->words);
    strbuf_release(&c->stem);
    strbuf_release(&c->original);
    strbuf_release(&c->place);
    *c = (struct completion){0};
}

static const char *text_of(const struct completion *c, size_t i)
{
    return c->words.s + c->candidate[i].text;
}

static char lower(char ch)
{
    return ch >= 'A' && ch <= 'Z' ? (char)(ch - 'A' + 'a') : ch;
}

/* Bytes that both texts begin with, the case of ASCII letters aside. */
static size_t common_start(const char *a, const char *b)
{
    size_t n = 0;
    while (a[n] != '\0' && lower(a[n]) == lower(b[n]))
        n++;
    return n;
}

/* ---- collecting ---- */

void completion_begin(struct completion *c, const struct prompt *p, size_t from, const char *tail)
{
    strbuf_clear(&c->words);
    strbuf_clear(&c->stem);
    c->from = from < p->cursor ? from : p->cursor;
    c->typed = c->shown = p->cursor - c->from;
    strbuf_add(&c->stem, strbuf_str(&p->text) + c->from, c->typed);
    completion_reach(c, p, p->cursor);
    c->tail = tail;
    c->count = c->current = 0;
    c->more = c->open = false;
}

void completion_reach(struct completion *c, const struct prompt *p, size_t to)
{
    c->shown = to - c->from;
    strbuf_clear(&c->original);
    strbuf_add(&c->original, strbuf_str(&p->text) + c->from, c->shown);
}

static bool is_offered(const struct completion *c, const char *text)
{
    for (size_t i = 0; i < c->count; i++)
        if (strcmp(text_of(c, i), text) == 0)
            return true;
    return false;
}

bool completion_is_full(const struct completion *c)
{
    return c->count == COMPLETION_MAX;
}

static void take(struct completion *c, const char *text, const char *note)
{
    if (is_offered(c, text))
        return;
    if (completion_is_full(c)) {
        c->more = true;
        return;
    }
    struct completion_candidate *new = &c->candidate[c->count++];
    new->text = c->words.len;
    strbuf_add(&c->words, text, strlen(text) + 1);
    new->note = c->words.len;
    strbuf_add(&c->words, note != NULL ? note : "", note != NULL ? strlen(note) + 1 : 1);
}

void completion_offer(struct completion *c, const char *text, const char *note)
{
    if (common_start(strbuf_str(&c->stem), text) == c->stem.len)
        take(c, text, note);
}

void completion_offer_part(struct completion *c, const char *text, const char *note)
{
    const char *typed = strbuf_str(&c->stem);
    const char *at = text;
    while (*at != '\0' && common_start(typed, at) < c->stem.len)
        at++;
    if (common_start(typed, at) == c->stem.len)
        take(c, text, note);
}

/* ---- the way through ---- */

static void put_text(struct completion *c, struct prompt *p, const char *text, const char *tail)
{
    struct strbuf whole = {0};
    strbuf_puts(&whole, text);
    /* A blank that stands there already is not doubled, and what opens something needs none. */
    size_t behind = c->from + c->shown;
    bool doubled = behind < p->text.len && p->text.s[behind] == tail[0];
    bool opens = whole.len > 0 && strchr("([!", whole.s[whole.len - 1]) != NULL;
    if (!doubled && !opens)
        strbuf_puts(&whole, tail);
    if (prompt_replace(p, c->from, c->shown, strbuf_str(&whole), whole.len))
        c->shown = whole.len;
    strbuf_release(&whole);
}

/* Puts the stem or the current candidate where the last one stands. */
static void show(struct completion *c, struct prompt *p)
{
    put_text(c, p, c->current == c->count ? strbuf_str(&c->stem) : text_of(c, c->current), "");
}

/* Makes the stem what all candidates begin with. False when that is no more than was typed, or
 * something else. */
static bool extend_stem(struct completion *c)
{
    const char *first = text_of(c, 0);
    size_t n = strlen(first);
    for (size_t i = 1; i < c->count; i++) {
        size_t same = common_start(first, text_of(c, i));
        n = same < n ? same : n;
    }
    /* Never half a character of UTF-8. */
    while (n > 0 && ((unsigned char)first[n] & 0xc0) == 0x80)
        n--;
    if (n <= c->stem.len || common_start(strbuf_str(&c->stem), first) < c->stem.len)
        return false;
    strbuf_clear(&c->stem);
    strbuf_add(&c->stem, first, n);
    return true;
}

bool completion_start(struct completion *c, struct prompt *p, bool back)
{
    if (c->count == 0)
        return false;
    if (c->count == 1) {
        put_text(c, p, text_of(c, 0), c->tail);
        return true;
    }
    c->current = c->count;
    c->open = true;
    if (c->typed > 0 && !c->more && extend_stem(c))
        show(c, p);
    else
        completion_move(c, p, back);
    return true;
}

void completion_move(struct completion *c, struct prompt *p, bool back)
{
    size_t stations = c->count + 1;
    c->current = (c->current + (back ? stations - 1 : 1)) % stations;
    show(c, p);
}

void completion_close(struct completion *c, struct prompt *p, bool keep)
{
    if (c->open && !keep)
        put_text(c, p, strbuf_str(&c->original), "");
    c->open = false;
}

/* ---- drawing ---- */

static int width_of(const struct completion *c, size_t i, struct charset cs)
{
    return cells_width(cs, text_of(c, i), strlen(text_of(c, i)));
}

/* The first candidate behind those from `first` on that fit `cells`; at least one does. */
static size_t page_end(const struct completion *c, size_t first, int cells, struct charset cs)
{
    size_t i = first;
    for (int used = 0; i < c->count; i++) {
        used += width_of(c, i, cs) + (i > first ? GAP : 0);
        if (used > cells && i > first)
            break;
    }
    return i;
}

static void put_place(const struct completion *c, struct strbuf *b)
{
    bool on_one = c->current < c->count;
    if (on_one)
        strbuf_printf(b, "%zu of ", c->current + 1);
    strbuf_printf(b, "%zu%s", c->count, c->more ? "+" : "");
    const char *note = on_one ? c->words.s + c->candidate[c->current].note : "";
    if (note[0] != '\0')
        strbuf_printf(b, "  %s", note);
}

/* Cells that the whole menu takes. */
static int menu_width(const struct completion *c, struct charset cs)
{
    int width = 2 * EDGE;
    for (size_t i = 0; i < c->count; i++)
        width += width_of(c, i, cs) + GAP;
    return width;
}

/* Which of how many the current candidate is, and what it is, where the menu leaves room and in a
 * share of the line at least. Returns the cells it takes. */
static int draw_place(struct completion *c, const struct canvas *canvas, int y)
{
    strbuf_clear(&c->place);
    put_place(c, &c->place);
    struct charset cs = canvas_charset(canvas);
    int width = cells_width(cs, strbuf_str(&c->place), c->place.len);
    int left = canvas->cols - menu_width(c, cs), share = canvas->cols / PLACE_SHARE;
    int room = left > share ? left : share;
    width = width > room ? room : width;
    canvas_field(canvas, y, canvas->cols - EDGE - width, width, ROLE_PROMPT_HINT, ALIGN_RIGHT,
                 CUT_END, strbuf_str(&c->place), c->place.len);
    return width + GAP;
}

void completion_draw(struct completion *c, const struct canvas *canvas, int y)
{
    struct charset cs = canvas_charset(canvas);
    canvas_fill(canvas, y, 0, 1, canvas->cols, ROLE_PROMPT);
    int room = canvas->cols - 2 * EDGE - draw_place(c, canvas, y);
    size_t first = 0, end = page_end(c, 0, room, cs);
    while (c->current < c->count && c->current >= end) {
        first = end;
        end = page_end(c, first, room, cs);
    }
    struct canvas line = canvas_sub(canvas, y, EDGE, 1, room);
    int x = 0;
    for (size_t i = first; i < end; i++) {
        enum role role = i == c->current ? ROLE_TAB_ACTIVE : ROLE_PROMPT;
        x += canvas_puts(&line, 0, x, role, text_of(c, i)) + GAP;
    }
    if (end < c->count)
        canvas_puts(&line, 0, x, ROLE_PROMPT_HINT, GLYPH_ELLIPSIS);
}

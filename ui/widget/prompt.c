/* The line editor (see prompt.h). */
#include "ui/widget/prompt.h"

#include <string.h>

#include "base/text.h"

static void clear_verdict(struct prompt *p)
{
    p->state = PROMPT_VALID;
    p->wrong_at = 0;
    strbuf_clear(&p->message);
}

void prompt_release(struct prompt *p)
{
    strbuf_release(&p->text);
    strbuf_release(&p->message);
    strbuf_release(&p->draft);
    strbuf_release(&p->killed);
    *p = (struct prompt){0};
}

static void set_text(struct prompt *p, const char *text)
{
    strbuf_clear(&p->text);
    strbuf_puts(&p->text, text);
    p->cursor = p->text.len;
}

static size_t lines(const struct prompt *p)
{
    return p->history != NULL ? p->history->count : 0;
}

void prompt_open(struct prompt *p, const char *label, struct prompt_history *history,
                 const char *text)
{
    p->label = label;
    p->active = true;
    p->history = history;
    p->history_at = lines(p);
    set_text(p, text);
    clear_verdict(p);
}

void prompt_close(struct prompt *p, bool accepted)
{
    size_t n = p->text.len;
    while (n > 0 && p->text.s[n - 1] == ' ')
        n--; /* completion leaves a blank behind what it finished */
    if (accepted && p->history != NULL)
        prompt_history_add(p->history, strbuf_str(&p->text), n, true);
    p->active = false;
    clear_verdict(p);
}

void prompt_judge(struct prompt *p, enum prompt_state state, size_t at, const char *message)
{
    clear_verdict(p);
    p->state = state;
    p->wrong_at = at;
    if (message)
        strbuf_puts(&p->message, message);
}

static size_t next_char(const struct prompt *p, size_t at)
{
    uint32_t cp;
    return at < p->text.len ? at + text_decode_utf8(p->text.s + at, p->text.len - at, &cp) : at;
}

static size_t previous_char(const struct prompt *p, size_t at)
{
    size_t before = 0;
    while (before < at && next_char(p, before) < at)
        before = next_char(p, before);
    return before;
}

static bool is_blank_at(const struct prompt *p, size_t at)
{
    return p->text.s[at] == ' ';
}

/* Letters, digits and what is no ASCII: the words of Alt-B and its like. */
static bool is_word_at(const struct prompt *p, size_t at)
{
    unsigned char c = (unsigned char)p->text.s[at];
    return c >= 0x80 || c == '_' || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
           (c >= 'A' && c <= 'Z');
}

/* The start of the word before the cursor, where a word ends at blanks. */
static size_t previous_blank_word(const struct prompt *p)
{
    size_t at = p->cursor;
    while (at > 0 && is_blank_at(p, at - 1))
        at--;
    while (at > 0 && !is_blank_at(p, at - 1))
        at--;
    return at;
}

static size_t previous_word(const struct prompt *p)
{
    size_t at = p->cursor;
    while (at > 0 && !is_word_at(p, at - 1))
        at--;
    while (at > 0 && is_word_at(p, at - 1))
        at--;
    return at;
}

static size_t next_word_end(const struct prompt *p)
{
    size_t at = p->cursor;
    while (at < p->text.len && !is_word_at(p, at))
        at++;
    while (at < p->text.len && is_word_at(p, at))
        at++;
    return at;
}

static enum prompt_result move_to(struct prompt *p, size_t at)
{
    p->cursor = at;
    return PROMPT_MOVED;
}

/* Deletes [from, to) and puts the cursor there. */
static enum prompt_result erase(struct prompt *p, size_t from, size_t to)
{
    if (from >= to)
        return PROMPT_MOVED;
    memmove(p->text.s + from, p->text.s + to, p->text.len - to + 1);
    p->text.len -= to - from;
    p->cursor = from;
    return PROMPT_EDITED;
}

bool prompt_replace(struct prompt *p, size_t from, size_t old, const char *text, size_t n)
{
    if (p->text.len - old + n > PROMPT_MAX)
        return false;
    struct strbuf after = {0};
    strbuf_add(&after, strbuf_str(&p->text) + from + old, p->text.len - from - old);
    strbuf_truncate(&p->text, from);
    strbuf_add(&p->text, text, n);
    p->cursor = p->text.len;
    strbuf_add(&p->text, strbuf_str(&after), after.len);
    strbuf_release(&after);
    return true;
}

static enum prompt_result insert(struct prompt *p, uint32_t cp)
{
    struct strbuf bytes = {0};
    bool taken = !text_is_control(cp);
    if (taken) {
        text_put_utf8(&bytes, cp);
        taken = prompt_replace(p, p->cursor, 0, strbuf_str(&bytes), bytes.len);
    }
    strbuf_release(&bytes);
    return taken ? PROMPT_EDITED : PROMPT_MOVED;
}

/* Shows a line of the history; the line being typed stands after the newest. */
static enum prompt_result recall(struct prompt *p, size_t at)
{
    if (at > lines(p) || at == p->history_at)
        return PROMPT_MOVED;
    if (p->history_at == lines(p)) {
        strbuf_clear(&p->draft);
        strbuf_puts(&p->draft, strbuf_str(&p->text));
    }
    p->history_at = at;
    set_text(p, at == lines(p) ? strbuf_str(&p->draft) : p->history->line[at].text);
    return PROMPT_EDITED;
}

/* Deletes [from, to), to be yanked. */
static enum prompt_result kill(struct prompt *p, size_t from, size_t to)
{
    if (from >= to)
        return PROMPT_MOVED;
    strbuf_clear(&p->killed);
    strbuf_add(&p->killed, p->text.s + from, to - from);
    return erase(p, from, to);
}

static enum prompt_result yank(struct prompt *p)
{
    bool fits = prompt_replace(p, p->cursor, 0, strbuf_str(&p->killed), p->killed.len);
    return fits && p->killed.len > 0 ? PROMPT_EDITED : PROMPT_MOVED;
}

/* Alt, and Ctrl with the arrows: by words. */
static enum prompt_result word_key(struct prompt *p, uint32_t code)
{
    switch (code) {
    case 'b':
    case UI_KEY_LEFT:
        return move_to(p, previous_word(p));
    case 'f':
    case UI_KEY_RIGHT:
        return move_to(p, next_word_end(p));
    case 'd':
    case UI_KEY_DELETE:
        return kill(p, p->cursor, next_word_end(p));
    case UI_KEY_BACKSPACE:
        return kill(p, previous_word(p), p->cursor);
    default:
        return PROMPT_IGNORED;
    }
}

static enum prompt_result control_key(struct prompt *p, uint32_t letter)
{
    switch (letter) {
    case 'a':
        return move_to(p, 0);
    case 'b':
        return move_to(p, previous_char(p, p->cursor));
    case 'c':
    case 'g':
        return PROMPT_CANCEL;
    case 'd':
        return erase(p, p->cursor, next_char(p, p->cursor));
    case 'e':
        return move_to(p, p->text.len);
    case 'f':
        return move_to(p, next_char(p, p->cursor));
    case 'k':
        return kill(p, p->cursor, p->text.len);
    case 'n':
        return recall(p, p->history_at + 1);
    case 'p':
        return recall(p, p->history_at > 0 ? p->history_at - 1 : 0);
    case 'u':
        return kill(p, 0, p->cursor);
    case 'w':
        return kill(p, previous_blank_word(p), p->cursor);
    case 'y':
        return yank(p);
    default:
        return word_key(p, letter);
    }
}

enum prompt_result prompt_key(struct prompt *p, struct ui_key key)
{
    if (key.mods & KEY_MOD_ALT)
        return word_key(p, key.code);
    if (key.mods & KEY_MOD_CTRL)
        return control_key(p, key.code);
    switch (key.code) {
    case UI_KEY_ENTER:
        return PROMPT_ACCEPT;
    case UI_KEY_ESCAPE:
        return PROMPT_CANCEL;
    case UI_KEY_LEFT:
        return control_key(p, 'b');
    case UI_KEY_RIGHT:
        return control_key(p, 'f');
    case UI_KEY_HOME:
        return control_key(p, 'a');
    case UI_KEY_END:
        return control_key(p, 'e');
    case UI_KEY_UP:
        return control_key(p, 'p');
    case UI_KEY_DOWN:
        return control_key(p, 'n');
    case UI_KEY_DELETE:
        return control_key(p, 'd');
    case UI_KEY_BACKSPACE:
        return erase(p, previous_char(p, p->cursor), p->cursor);
    default:
        return key.code < UI_KEY_UP ? insert(p, key.code) : PROMPT_IGNORED;
    }
}

/* The first byte shown of the text, so that the cursor has a cell among `cells`. */
static size_t scroll_start(const struct prompt *p, struct charset cs, int cells)
{
    return cells_fit_tail(cs, strbuf_str(&p->text), p->cursor, cells - 1);
}

/* The caret, and its message on the side where there is more room. */
static void draw_message(const struct prompt *p, const struct canvas *c, int x, enum role role)
{
    const char *message = strbuf_str(&p->message);
    int cells = cells_width(canvas_charset(c), message, p->message.len);
    canvas_puts(c, 1, x, role, "^");
    if (x + 2 + cells <= c->cols || x < c->cols / 2)
        canvas_field(c, 1, x + 2, c->cols - x - 2, role, ALIGN_LEFT, CUT_END, message,
                     p->message.len);
    else
        canvas_field(c, 1, 0, x - 1, role, ALIGN_RIGHT, CUT_END, message, p->message.len);
}

void prompt_draw(const struct prompt *p, const struct canvas *c)
{
    static const enum role state_role[] = {ROLE_PROMPT, ROLE_PROMPT_HINT, ROLE_PROMPT_ERROR};
    struct charset cs = canvas_charset(c);
    enum role role = state_role[p->state];
    const char *text = strbuf_str(&p->text);
    canvas_fill(c, 0, 0, c->rows, c->cols, ROLE_PROMPT);
    int label = canvas_puts(c, 0, 1, ROLE_STATUS_KEY, p->label) + 3;
    if (label > c->cols / 2)
        label = 0; /* too narrow for a label */
    struct canvas line = canvas_sub(c, 0, label, c->rows, c->cols - label);
    canvas_fill(&line, 0, 0, 1, line.cols, ROLE_PROMPT);
    size_t start = scroll_start(p, cs, line.cols);
    canvas_text(&line, 0, 0, role, text + start, p->text.len - start);
    canvas_cursor(&line, 0, cells_width(cs, text + start, p->cursor - start));
    if (p->message.len == 0 || p->wrong_at > p->text.len)
        return;
    int at = p->wrong_at > start ? cells_width(cs, text + start, p->wrong_at - start) : 0;
    int x = label + at < c->cols ? label + at : c->cols - 1;
    draw_message(p, c, x, role);
}

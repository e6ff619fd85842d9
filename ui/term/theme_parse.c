/*
 * The theme grammar: one file's text into a struct theme.
 *
 * libinih splits lines into section, name and value. It does not tell where in the line they stood,
 * so its input goes through a reader that keeps the line at hand for messages.
 */
#include <string.h>

#include <ini.h>

#include "base/err.h"
#include "base/text.h"
#include "ui/term/theme.h"
#include "ui/term/theme_priv.h"

#define MAX_INHERIT 4

struct parser {
    struct theme *theme;
    struct strbuf *errors; /* may be NULL */
    const char *file;
    int depth; /* of inheritance */
    const char *at, *end;
    char line[256]; /* the line libinih works on */
    int line_number;
    bool failed, has_section;
};

/* A word of the value being read. */
struct word {
    const char *s;
    size_t n;
};

static const char *const ansi_names[16] = {
    "black",        "red",           "green",       "yellow",         "blue",
    "magenta",      "cyan",          "white",       "bright-black",   "bright-red",
    "bright-green", "bright-yellow", "bright-blue", "bright-magenta", "bright-cyan",
    "bright-white",
};

static const struct {
    const char *name;
    uint8_t attr;
} attr_names[] = {
    {"bold", STYLE_BOLD},           {"dim", STYLE_DIM},         {"italic", STYLE_ITALIC},
    {"underline", STYLE_UNDERLINE}, {"reverse", STYLE_REVERSE},
};

static bool word_is(struct word w, const char *s)
{
    return strlen(s) == w.n && memcmp(w.s, s, w.n) == 0;
}

/* Adds "FILE:LINE:COLUMN: unexpected 'WORD'; expected EXPECTED". Columns count bytes from 1. */
static void report(struct parser *p, size_t column, struct word found, const char *expected)
{
    p->failed = true;
    if (!p->errors)
        return;
    text_put_escaped(p->errors, p->file, strlen(p->file));
    strbuf_printf(p->errors, ":%d:%zu: ", p->line_number, column + 1);
    if (found.n > 0) {
        strbuf_puts(p->errors, "'");
        text_put_escaped(p->errors, found.s, found.n);
        strbuf_puts(p->errors, "': ");
    }
    strbuf_printf(p->errors, "expected %s\n", expected);
}

/* Where the name and the value of the present line begin. */
static size_t name_column(const struct parser *p)
{
    return strspn(p->line, " \t");
}

static size_t value_column(const struct parser *p)
{
    size_t at = strcspn(p->line, "=:");
    at += p->line[at] != '\0';
    return at + strspn(p->line + at, " \t");
}

/* The next blank-separated word of `*at`; empty at the end. */
static struct word next_word(const char **at)
{
    *at += strspn(*at, " \t");
    struct word w = {*at, strcspn(*at, " \t")};
    *at += w.n;
    return w;
}

static size_t word_column(const struct parser *p, const char *value, struct word w)
{
    return value_column(p) + (size_t)(w.s - value);
}

static int find_ansi(struct word w)
{
    for (int i = 0; i < 16; i++)
        if (word_is(w, ansi_names[i]))
            return i;
    return -1;
}

static bool parse_index(struct word w, int16_t *out_index)
{
    uint64_t v;
    bool decimal = w.n > 0 && w.n <= 3 && text_parse_u64(w.s, w.n, false, &v) && v <= 255;
    if (decimal)
        *out_index = (int16_t)v;
    return decimal;
}

static bool parse_hex(struct word w, struct theme_color *out)
{
    char text[9] = "0x";
    uint64_t v;
    if (w.n != 7 || w.s[0] != '#')
        return false;
    memcpy(text + 2, w.s + 1, 6);
    if (!text_parse_u64(text, 8, false, &v))
        return false;
    *out = (struct theme_color){.kind = THEME_COLOR_RGB,
                                .red = (uint8_t)(v >> 16),
                                .green = (uint8_t)(v >> 8),
                                .blue = (uint8_t)v,
                                .index = -1,
                                .ansi = THEME_ANSI_NEAREST};
    return true;
}

/* A colour that stands for itself: #rrggbb, 0..255, an ANSI name, `default`. */
static bool parse_plain_color(struct word w, struct theme_color *out)
{
    int ansi = find_ansi(w);
    int16_t index;
    if (word_is(w, "default")) {
        *out = (struct theme_color){.kind = THEME_COLOR_DEFAULT, .index = -1, .ansi = -1};
        return true;
    }
    if (ansi < 0 && !parse_index(w, &index))
        return parse_hex(w, out);
    index = ansi >= 0 ? (int16_t)ansi : index;
    *out =
        (struct theme_color){.kind = THEME_COLOR_INDEX, .index = index, .ansi = THEME_ANSI_NEAREST};
    return true;
}

/* The palette's slot for a name; palette_count when it has none. */
static size_t find_palette(const struct theme *t, struct word w)
{
    size_t i = 0;
    while (i < t->palette_count && !word_is(w, t->palette[i].name))
        i++;
    return i;
}

static bool parse_color(const struct parser *p, struct word w, struct theme_color *out)
{
    size_t slot = find_palette(p->theme, w);
    if (slot == p->theme->palette_count)
        return parse_plain_color(w, out);
    *out = (struct theme_color){.kind = THEME_COLOR_NAMED, .index = (int16_t)slot};
    return true;
}

/* A colour, then optionally its index of 256, then optionally its ANSI name. */
static bool parse_palette_color(struct parser *p, const char *value, struct theme_color *out)
{
    const char *at = value;
    struct theme_color color;
    struct word w = next_word(&at);
    if (!parse_plain_color(w, &color)) {
        report(p, word_column(p, value, w), w, "#rrggbb, 0..255, an ANSI colour name or `default`");
        return false;
    }
    w = next_word(&at);
    if (w.n > 0 && parse_index(w, &color.index))
        w = next_word(&at);
    int ansi = find_ansi(w);
    if (ansi >= 0 || word_is(w, "default")) {
        color.ansi = (int16_t)ansi;
        w = next_word(&at);
    }
    if (w.n > 0) {
        report(p, word_column(p, value, w), w,
               "at most an index 0..255 and an ANSI colour name after the colour");
        return false;
    }
    *out = color;
    return true;
}

static void parse_palette_line(struct parser *p, const char *name, const char *value)
{
    struct theme *t = p->theme;
    struct word w = {name, strlen(name)};
    struct theme_palette_entry entry = {0};
    size_t slot = find_palette(t, w);
    if (w.n >= sizeof entry.name || slot == THEME_MAX_PALETTE) {
        report(p, name_column(p), w, "at most 64 palette names of at most 31 bytes");
        return;
    }
    memcpy(entry.name, name, w.n);
    if (!parse_palette_color(p, value, &entry.color))
        return;
    t->palette[slot] = entry;
    if (slot == t->palette_count)
        t->palette_count++;
}

/* FG [on BG] [attribute]... */
static bool parse_style(struct parser *p, const char *value, struct theme_style *out)
{
    static const char expected_color[] =
        "a palette name, #rrggbb, 0..255, an ANSI colour name or `default`";
    const char *at = value;
    struct theme_style style = {.set = true};
    struct word w = next_word(&at);
    if (!parse_color(p, w, &style.fg)) {
        report(p, word_column(p, value, w), w, expected_color);
        return false;
    }
    w = next_word(&at);
    if (word_is(w, "on")) {
        w = next_word(&at);
        if (!parse_color(p, w, &style.bg)) {
            report(p, word_column(p, value, w), w, expected_color);
            return false;
        }
        style.has_bg = true;
        w = next_word(&at);
    }
    for (; w.n > 0; w = next_word(&at)) {
        size_t i = 0, n = sizeof attr_names / sizeof attr_names[0];
        while (i < n && !word_is(w, attr_names[i].name))
            i++;
        if (i == n) {
            report(p, word_column(p, value, w), w,
                   style.has_bg ? "bold, dim, italic, underline or reverse"
                                : "`on`, bold, dim, italic, underline or reverse");
            return false;
        }
        style.attrs |= attr_names[i].attr;
    }
    *out = style;
    return true;
}

/* "== other.role" (libinih leaves "= other.role") takes that role's style. */
static bool parse_alias(struct parser *p, const char *value, struct theme_style *out)
{
    const char *at = value + 1;
    struct word w = next_word(&at);
    enum role role = role_find(w.s, w.n);
    if (role == ROLE_COUNT || next_word(&at).n > 0) {
        report(p, word_column(p, value, w), w, "the name of one role after `==`");
        return false;
    }
    *out = (struct theme_style){.set = true, .alias = true, .alias_of = (uint8_t)role};
    return true;
}

static void parse_role_line(struct parser *p, const char *name, const char *value)
{
    const char *slash = strchr(name, '/');
    struct word view = {name, slash ? (size_t)(slash - name) : 0};
    const char *role_at = slash ? slash + 1 : name;
    enum ui_scope scope = slash ? scope_find(view.s, view.n) : SCOPE_GLOBAL;
    enum role role = role_find(role_at, strlen(role_at));
    if (scope == SCOPE_COUNT)
        report(p, name_column(p), view, "the name of a view before `/`");
    else if (role == ROLE_COUNT)
        report(p, name_column(p) + (size_t)(role_at - name),
               (struct word){role_at, strlen(role_at)}, "the name of a role");
    else if (value[0] == '=')
        parse_alias(p, value, &p->theme->style[scope][role]);
    else
        parse_style(p, value, &p->theme->style[scope][role]);
}

static int parse_text(struct parser *p, const char *text, size_t n);

static void inherit(struct parser *p, const char *value)
{
    struct word w = {value, strlen(value)};
    struct strbuf text = {0}, path = {0};
    if (p->depth == MAX_INHERIT) {
        report(p, value_column(p), w, "at most 4 steps of inheritance");
    } else if (theme_read(value, &text, &path) != 0) {
        report(p, value_column(p), w, "the name of a theme");
    } else {
        struct parser base = {
            .theme = p->theme, .errors = p->errors, .file = path.s, .depth = p->depth + 1};
        if (parse_text(&base, strbuf_str(&text), text.len) != 0)
            p->failed = true;
    }
    strbuf_release(&text);
    strbuf_release(&path);
}

static void parse_head_line(struct parser *p, const char *name, const char *value)
{
    if (strcmp(name, "inherit") == 0) {
        inherit(p, value);
    } else if (strcmp(name, "name") == 0) {
        if (p->depth > 0)
            return; /* the name of a theme inherited from is not this one's */
        size_t n = strnlen(value, sizeof p->theme->name - 1);
        memcpy(p->theme->name, value, n);
        p->theme->name[n] = '\0';
    } else {
        report(p, name_column(p), (struct word){name, strlen(name)},
               "`name`, `inherit`, [palette] or [roles]");
    }
}

/* libinih's handler: one NAME = VALUE line. Always 1; mistakes are reported here. */
static int on_line(void *user, const char *section, const char *name, const char *value)
{
    struct parser *p = user;
    if (section[0] == '\0')
        parse_head_line(p, name, value);
    else if (strcmp(section, "palette") == 0)
        parse_palette_line(p, name, value);
    else if (strcmp(section, "roles") == 0)
        parse_role_line(p, name, value);
    return 1;
}

/* Looks at a section line before libinih does, which reports none without lines. */
static void check_section(struct parser *p)
{
    const char *s = p->line + strspn(p->line, " \t");
    if (*s != '[')
        return;
    struct word w = {s + 1, strcspn(s + 1, "]\r\n")};
    if (word_is(w, "roles") || word_is(w, "palette"))
        p->has_section = true;
    else
        report(p, (size_t)(s - p->line), w, "[palette] or [roles]");
}

/* libinih's reader, like fgets: one line a call. The rest of an overlong line is left out. */
static char *read_line(char *out, int size, void *user)
{
    struct parser *p = user;
    if (p->at == p->end)
        return NULL;
    const char *newline = memchr(p->at, '\n', (size_t)(p->end - p->at));
    const char *next = newline ? newline + 1 : p->end;
    size_t n = (size_t)(next - p->at), room = (size_t)size - 1;
    if (room > sizeof p->line - 1)
        room = sizeof p->line - 1;
    bool cut = n > room;
    n = cut ? room : n;
    memcpy(p->line, p->at, n);
    p->line[n] = '\0';
    p->at = next;
    p->line_number++;
    if (cut)
        report(p, n, (struct word){0}, "a shorter line; the rest of this one is left out");
    check_section(p);
    memcpy(out, p->line, n + 1);
    return out;
}

static int parse_text(struct parser *p, const char *text, size_t n)
{
    p->at = text;
    p->end = text + n;
    int bad_line = ini_parse_stream(read_line, p, on_line, p);
    if (bad_line > 0) {
        p->line_number = bad_line;
        report(p, 0, (struct word){0}, "`name = value` or [section]");
    }
    if (!p->has_section)
        report(p, 0, (struct word){0}, "a [roles] or [palette] section before the end");
    return p->failed ? ERR_SYNTAX : 0;
}

int theme_parse(struct theme *t, const char *file, const char *text, size_t n,
                struct strbuf *errors)
{
    struct parser p = {.theme = t, .errors = errors, .file = file};
    return parse_text(&p, text, n);
}

/* One line set in a text; see config_edit.h. */
#include "config/config_edit.h"

#include <stdbool.h>
#include <string.h>

/* A line of the text without its end; as libinih would read it. */
struct line {
    const char *start, *stop;    /* without the line's end */
    const char *next;            /* the next line */
    const char *key, *key_stop;  /* NULL: no `key = value` */
    const char *value;           /* behind the sign and blanks */
    const char *value_stop;      /* where blanks, a comment or the line's end begin */
    enum config_section section; /* of a [section]; CONFIG_SECTIONS: none of ours */
    bool is_section;
};

static const char *skip_blanks(const char *s, const char *stop)
{
    while (s < stop && strchr(" \t\r\v\f", *s) != NULL)
        s++;
    return s;
}

static const char *trim(const char *start, const char *stop)
{
    while (stop > start && strchr(" \t\r\v\f", stop[-1]) != NULL)
        stop--;
    return stop;
}

/* Where ` ;` begins a comment, else `stop`. */
static const char *find_comment(const char *s, const char *stop)
{
    for (const char *at = s; at < stop; at++)
        if (*at == ';' && (at == s || at[-1] == ' ' || at[-1] == '\t'))
            return at;
    return stop;
}

static void read_section(struct line *l, const char *s)
{
    const char *close = memchr(s, ']', (size_t)(l->stop - s));
    l->is_section = true;
    l->section = CONFIG_SECTIONS;
    for (unsigned i = 0; close != NULL && i < CONFIG_SECTIONS; i++) {
        const char *name = config_section_name(i);
        size_t n = strlen(name);
        if ((size_t)(close - s) - 1 == n && memcmp(s + 1, name, n) == 0)
            l->section = (enum config_section)i;
    }
}

static void read_key(struct line *l, const char *s)
{
    const char *sign = s;
    while (sign < l->stop && *sign != '=' && *sign != ':')
        sign++;
    if (sign == l->stop || sign == s)
        return;
    l->key = s;
    l->key_stop = trim(s, sign);
    l->value = skip_blanks(sign + 1, l->stop);
    l->value_stop = trim(l->value, find_comment(l->value, l->stop));
}

static struct line read_line(const char *start, const char *end)
{
    const char *newline = memchr(start, '\n', (size_t)(end - start));
    struct line l = {.start = start,
                     .stop = trim(start, newline != NULL ? newline : end),
                     .next = newline != NULL ? newline + 1 : end};
    const char *s = skip_blanks(start, l.stop);
    if (s == l.stop || *s == '#' || *s == ';')
        return l;
    if (*s == '[')
        read_section(&l, s);
    else
        read_key(&l, s);
    return l;
}

/* Where the change goes. */
struct place {
    struct line line;       /* the key's own, when it has one */
    bool found;             /* there is such a line */
    const char *insert;     /* else behind this, NULL: the section is not there */
    bool needs_line_before; /* the text does not end with a line's end */
};

static bool is_key(const struct line *l, const char *key)
{
    size_t n = strlen(key);
    return l->key != NULL && (size_t)(l->key_stop - l->key) == n && memcmp(l->key, key, n) == 0;
}

static struct place find_place(const char *text, const char *end,
                               const struct config_change *change)
{
    struct place p = {.needs_line_before = end > text && end[-1] != '\n'};
    bool inside = false;
    bool marked = end - text >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0; /* a UTF-8 mark */
    for (const char *at = text + (marked ? 3 : 0); at < end;) {
        struct line l = read_line(at, end);
        at = l.next;
        if (l.is_section)
            inside = l.section == change->section;
        if (inside && is_key(&l, change->key)) {
            p.line = l;
            p.found = true;
            break;
        }
        if (inside && (l.is_section || l.key != NULL))
            p.insert = l.next;
    }
    return p;
}

/* The end of lines that the file uses. */
static const char *line_end(const char *text, size_t n)
{
    const char *newline = memchr(text, '\n', n);
    return newline != NULL && newline > text && newline[-1] == '\r' ? "\r\n" : "\n";
}

static void put_line(const struct config_change *change, const char *eol, struct strbuf *out)
{
    strbuf_printf(out, "%s = %s%s", change->key, change->value, eol);
}

/* Rewrites the value of a line, or leaves the whole line out. */
static void replace(const struct place *p, const char *text, const char *end,
                    const struct config_change *change, struct strbuf *out)
{
    const struct line *l = &p->line;
    if (change->value == NULL) {
        strbuf_add(out, text, (size_t)(l->start - text));
        strbuf_add(out, l->next, (size_t)(end - l->next));
        return;
    }
    strbuf_add(out, text, (size_t)(l->value - text));
    /* `key =` and nothing behind it. */
    if (l->value == l->value_stop && strchr("=:", l->value[-1]) != NULL)
        strbuf_putc(out, ' ');
    strbuf_puts(out, change->value);
    if (l->value == l->value_stop && l->value < l->stop)
        strbuf_putc(out, ' '); /* before its comment */
    strbuf_add(out, l->value_stop, (size_t)(end - l->value_stop));
}

void config_edit(const char *text, size_t n, const struct config_change *change, struct strbuf *out)
{
    const char *end = text + n;
    const char *eol = line_end(text, n);
    struct place p = find_place(text, end, change);
    if (p.found) {
        replace(&p, text, end, change, out);
        return;
    }
    const char *at = change->value != NULL && p.insert != NULL ? p.insert : end;
    strbuf_add(out, text, (size_t)(at - text));
    if (change->value == NULL)
        return;
    if (at == end && p.needs_line_before)
        strbuf_puts(out, eol);
    if (p.insert == NULL)
        strbuf_printf(out, "%s[%s]%s", n > 0 ? eol : "", config_section_name(change->section), eol);
    put_line(change, eol, out);
    strbuf_add(out, at, (size_t)(end - at));
}

/* Reading the configuration file; see config.h. */
#include "config/config.h"

#include <errno.h>
#include <ini.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/err.h"
#include "base/file.h"
#include "base/text.h"

static const char blanks[] = " \t\r\n\v\f";

/* What libinih's callbacks work on. */
struct parser {
    struct config *config;
    const char *at, *end;
    unsigned line;
    enum config_section section; /* CONFIG_SECTIONS: none of ours, its lines are passed over */
    bool has_section;            /* there was one, ours or not */
};

const char *config_section_name(enum config_section section)
{
    static const char *const names[CONFIG_SECTIONS] = {"options", "keys", "columns"};
    return names[section];
}

/* ---- problems ---- */

void config_report(struct config *c, unsigned line, const char *text)
{
    size_t at = c->problem_count++;
    if (at >= CONFIG_MAX_PROBLEMS)
        return;
    const char *copy = arena_strndup(&c->strings, text, strlen(text));
    c->problems[at] = (struct config_problem){line, copy != NULL ? copy : "out of memory"};
}

static void report_quoted(struct config *c, unsigned line, const char *s, size_t n,
                          const char *what)
{
    struct strbuf b = {0};
    text_put_escaped(&b, s, text_clip(s, n, 60));
    strbuf_printf(&b, ": %s", what);
    config_report(c, line, strbuf_str(&b));
    strbuf_release(&b);
}

static int compare_problems(const void *a, const void *b)
{
    const struct config_problem *x = *(const struct config_problem *const *)a;
    const struct config_problem *y = *(const struct config_problem *const *)b;
    if (x->line != y->line)
        return x->line < y->line ? -1 : 1;
    return (x > y) - (x < y);
}

static void put_place(const struct config *c, unsigned line, struct strbuf *out)
{
    const char *path = c->path != NULL ? c->path : "configuration";
    text_put_escaped(out, path, strlen(path));
    if (line > 0)
        strbuf_printf(out, ":%u", line);
    strbuf_puts(out, ": ");
}

void config_put_problems(const struct config *c, struct strbuf *out)
{
    const struct config_problem *order[CONFIG_MAX_PROBLEMS];
    size_t kept = c->problem_count < CONFIG_MAX_PROBLEMS ? c->problem_count : CONFIG_MAX_PROBLEMS;
    for (size_t i = 0; i < kept; i++)
        order[i] = &c->problems[i];
    qsort(order, kept, sizeof order[0], compare_problems);
    for (size_t i = 0; i < kept; i++) {
        put_place(c, order[i]->line, out);
        strbuf_printf(out, "%s\n", order[i]->text);
    }
    if (c->problem_count <= kept)
        return;
    put_place(c, 0, out);
    strbuf_printf(out, "and %zu more problems\n", c->problem_count - kept);
}

/* ---- lines ---- */

static enum config_section find_section(const char *s, size_t n)
{
    for (unsigned i = 0; i < CONFIG_SECTIONS; i++)
        if (strlen(config_section_name(i)) == n && memcmp(config_section_name(i), s, n) == 0)
            return (enum config_section)i;
    return CONFIG_SECTIONS;
}

/* A section is looked at here because libinih tells of none without lines. Returns the length of
 * what it shall read of the line. */
static size_t check_section(struct parser *p, const char *s, size_t n)
{
    const char *close = memchr(s, ']', n);
    p->has_section = true;
    size_t name = close != NULL ? (size_t)(close - s) - 1 : n - 1;
    p->section = close != NULL ? find_section(s + 1, name) : CONFIG_SECTIONS;
    if (p->section != CONFIG_SECTIONS)
        return name + 2;
    report_quoted(p->config, p->line, s, n, "expected [options], [keys] or [columns]");
    return 0;
}

/* A lone `;` was meant as a key; libinih would take it for a comment and leave an empty value,
 * which unbinds. */
static bool check_value(struct parser *p, const char *s, size_t n, const char *sign)
{
    const char *value = sign + 1;
    while (value < s + n && strchr(" \t", *value) != NULL)
        value++;
    if (value + 1 == s + n && *value == ';') {
        report_quoted(p->config, p->line, s, n, "; begins a comment: the key is <semicolon>");
        return false;
    }
    return true;
}

/* What libinih would not tell about, or only once. Returns the length of what it shall read of the
 * line, 0 when that is passed over. */
static size_t check_line(struct parser *p, const char *s, size_t n, size_t room)
{
    if (n == 0 || *s == '#' || *s == ';')
        return 0;
    if (*s == '[')
        return check_section(p, s, n);
    if (n > room) {
        report_quoted(p->config, p->line, s, n, "the line is too long, expected at most 198 bytes");
        return 0;
    }
    const char *sign = memchr(s, '=', n);
    const char *colon = memchr(s, ':', n);
    if (sign == NULL || (colon != NULL && colon < sign))
        sign = colon;
    if (sign == NULL || sign == s) {
        report_quoted(p->config, p->line, s, n, "expected `key = value` or [section]");
        return 0;
    }
    return check_value(p, s, n, sign) ? n : 0;
}

/*
 * libinih's reader, like fgets: one line a call. Blanks before a line are left out, because
 * libinih would take the line for more of the one before.
 */
static char *read_line(char *out, int size, void *user)
{
    struct parser *p = user;
    if (p->at == p->end)
        return NULL;
    const char *newline = memchr(p->at, '\n', (size_t)(p->end - p->at));
    const char *stop = newline != NULL ? newline : p->end;
    const char *s = p->at;
    p->at = newline != NULL ? newline + 1 : p->end;
    p->line++;
    if (p->line == 1 && stop - s >= 3 && memcmp(s, "\xef\xbb\xbf", 3) == 0)
        s += 3;
    while (s < stop && strchr(blanks, *s) != NULL)
        s++;
    while (stop > s && strchr(blanks, stop[-1]) != NULL)
        stop--;
    size_t n = check_line(p, s, (size_t)(stop - s), (size_t)size - 2);
    memcpy(out, s, n);
    memcpy(out + n, "\n", 2);
    return out;
}

static void keep_line(struct parser *p, const char *key, const char *value)
{
    struct config *c = p->config;
    void *lines = c->lines;
    struct config_line line = {
        .section = p->section,
        .number = p->line,
        .key = arena_strndup(&c->strings, key, strlen(key)),
        .value = arena_strndup(&c->strings, value, strlen(value)),
    };
    if (line.key == NULL || line.value == NULL ||
        base_grow(&lines, &c->line_cap, c->line_count + 1, sizeof line) != 0)
        return;
    c->lines = lines;
    c->lines[c->line_count++] = line;
}

/* libinih's handler. Lines before the first section belong nowhere. */
static int on_line(void *user, const char *section, const char *name, const char *value)
{
    struct parser *p = user;
    (void)section;
    if (!p->has_section)
        report_quoted(p->config, p->line, name, strlen(name),
                      "expected [options], [keys] or [columns] before it");
    else if (p->section != CONFIG_SECTIONS)
        keep_line(p, name, value);
    return 1;
}

/* ---- a key given twice ---- */

static int compare_lines(const void *a, const void *b)
{
    const struct config_line *x = a, *y = b;
    if (x->section != y->section)
        return x->section < y->section ? -1 : 1;
    int by_key = strcmp(x->key, y->key);
    return by_key != 0 ? by_key : (x->number > y->number) - (x->number < y->number);
}

static int compare_numbers(const void *a, const void *b)
{
    const struct config_line *x = a, *y = b;
    return (x->number > y->number) - (x->number < y->number);
}

/* The first of several lines of a key holds. */
static void drop_repeated(struct config *c)
{
    size_t kept = 0;
    if (c->line_count == 0)
        return;
    qsort(c->lines, c->line_count, sizeof *c->lines, compare_lines);
    for (size_t i = 0; i < c->line_count; i++) {
        const struct config_line *first = kept > 0 ? &c->lines[kept - 1] : NULL;
        const struct config_line *line = &c->lines[i];
        if (first == NULL || first->section != line->section ||
            strcmp(first->key, line->key) != 0) {
            c->lines[kept++] = *line;
            continue;
        }
        struct strbuf b = {0};
        strbuf_printf(&b, "it stands in line %u already, which holds", first->number);
        report_quoted(c, line->number, line->key, strlen(line->key), strbuf_str(&b));
        strbuf_release(&b);
    }
    c->line_count = kept;
    qsort(c->lines, c->line_count, sizeof *c->lines, compare_numbers);
}

/* ---- the whole file ---- */

void config_parse(struct config *c, const char *path, const char *text, size_t n)
{
    *c = (struct config){.path = path != NULL ? base_xstrdup(path) : NULL};
    if (n > CONFIG_MAX_BYTES || memchr(text, '\0', n) != NULL) {
        config_report(c, 0,
                      n > CONFIG_MAX_BYTES ? "it is larger than 512 KiB, expected settings"
                                           : "it is no text file, nothing in it is read");
        return;
    }
    struct parser p = {.config = c, .at = text, .end = text + n, .section = CONFIG_SECTIONS};
    ini_parse_stream(read_line, &p, on_line, &p);
    drop_repeated(c);
}

void config_read(struct config *c, const char *path)
{
    struct strbuf text = {0};
    int rc = file_read(path, CONFIG_MAX_BYTES, &text, NULL);
    config_parse(c, path, strbuf_str(&text), text.len);
    if (rc == ERR_LIMIT)
        config_report(c, 0, "it is larger than 512 KiB, expected settings");
    else if (rc != 0 && rc != -ENOENT && rc != -ENOTDIR)
        config_report(c, 0, strerror(-rc));
    strbuf_release(&text);
}

void config_release(struct config *c)
{
    free(c->path);
    free(c->lines);
    arena_release(&c->strings);
    *c = (struct config){0};
}

const struct config_line *config_find(const struct config *c, enum config_section section,
                                      const char *key)
{
    for (size_t i = 0; i < c->line_count; i++)
        if (c->lines[i].section == section && strcmp(c->lines[i].key, key) == 0)
            return &c->lines[i];
    return NULL;
}

void config_give(struct config *c, enum config_section section, config_take_fn take, void *ctx)
{
    struct strbuf why = {0};
    for (size_t i = 0; i < c->line_count; i++) {
        if (c->lines[i].section != section)
            continue;
        strbuf_clear(&why);
        if (!take(ctx, &c->lines[i], &why))
            config_report(c, c->lines[i].number, strbuf_str(&why));
    }
    strbuf_release(&why);
}

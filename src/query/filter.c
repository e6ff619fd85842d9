/* Filters as objects: making them from text, counting references, showing errors (filter.h). */
#include "query/filter.h"

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/text.h"
#include "query/filter_priv.h"

void filter_cond_release(struct filter_cond *c)
{
    free(c->intervals);
    free(c->names);
    pcre2_code_free(c->regex);
}

static void filter_free(struct filter *f)
{
    for (size_t i = 0; i < f->cond_count; i++)
        filter_cond_release(&f->conds[i]);
    free(f->conds);
    symbol_table_unref(f->symbols);
    frame_rules_unref(f->rules);
    arena_release(&f->arena);
    free(f->text);
    free(f);
}

static char *trimmed(const char *text, size_t len)
{
    static const char blanks[] = " \t\r\n";
    while (len > 0 && strchr(blanks, text[0]) != NULL) {
        text++;
        len--;
    }
    while (len > 0 && strchr(blanks, text[len - 1]) != NULL)
        len--;
    char *copy = base_xcalloc(len + 1, 1);
    memcpy(copy, text, len);
    return copy;
}

/* What no expression may have, whatever it says. */
static bool check_text(const char *text, size_t len, struct filter_error *out_error)
{
    struct filter_lexer lx = {.s = text, .len = len, .error = out_error};
    const char *nul = len > 0 ? memchr(text, '\0', len) : NULL;
    if (nul != NULL)
        return filter_lex_fail(&lx, (size_t)(nul - text), false, "text without NUL bytes");
    if (len > FILTER_MAX_LENGTH) {
        filter_lex_fail(&lx, FILTER_MAX_LENGTH, false, "at most %d bytes", FILTER_MAX_LENGTH);
        return false;
    }
    return true;
}

struct filter *filter_parse(const char *text, size_t len, struct filter_error *out_error)
{
    return filter_parse_expecting(text, len, out_error, NULL);
}

struct filter *filter_parse_expecting(const char *text, size_t len, struct filter_error *out_error,
                                      struct filter_expectation *expect)
{
    if (!check_text(text, len, out_error))
        return NULL;
    struct filter *f = base_xcalloc(1, sizeof *f);
    atomic_init(&f->refs, 1);
    if (!filter_parse_text(f, text, len, out_error, expect)) {
        filter_free(f);
        return NULL;
    }
    f->text = trimmed(text, len);
    return f;
}

struct filter *filter_ref(const struct filter *f)
{
    /* The count is the one thing that changes in a filter; nobody else writes. */
    struct filter *mine = (struct filter *)f;
    atomic_fetch_add_explicit(&mine->refs, 1, memory_order_relaxed);
    return mine;
}

void filter_unref(struct filter *f)
{
    if (f != NULL && atomic_fetch_sub_explicit(&f->refs, 1, memory_order_acq_rel) == 1)
        filter_free(f);
}

const char *filter_text(const struct filter *f)
{
    return f->text;
}

bool filter_is_empty(const struct filter *f)
{
    return f->root == NULL;
}

bool filter_depends_on_fate(const struct filter *f)
{
    return f->fate;
}

bool filter_depends_on_range(const struct filter *f)
{
    return f->range;
}

bool filter_depends_on_chains(const struct filter *f)
{
    return f->chain;
}

bool filter_depends_on_stacks(const struct filter *f)
{
    return f->stack;
}

void filter_set_naming(struct filter *f, struct symbol_table *symbols,
                       const struct frame_rules *rules)
{
    symbol_table_unref(f->symbols);
    frame_rules_unref(f->rules);
    f->symbols = symbols != NULL ? symbol_table_ref(symbols) : NULL;
    f->rules = rules != NULL ? frame_rules_ref(rules) : NULL;
}

/* Columns that the text takes on the screen, once it is escaped. */
static size_t columns(const char *text, size_t len)
{
    struct strbuf shown = {0};
    text_put_escaped(&shown, text, len);
    size_t n = 0;
    for (size_t i = 0; i < shown.len; n++) {
        uint32_t cp;
        i += text_decode_utf8(shown.s + i, shown.len - i, &cp);
    }
    strbuf_release(&shown);
    return n;
}

void filter_format_error(const char *text, size_t len, const struct filter_error *e,
                         struct strbuf *out)
{
    size_t offset = e->offset < len ? e->offset : len;
    text_put_escaped(out, text, len);
    strbuf_putc(out, '\n');
    for (size_t n = columns(text, offset); n > 0; n--)
        strbuf_putc(out, ' ');
    strbuf_puts(out, "^\nexpected ");
    text_put_escaped(out, e->expected, strlen(e->expected));
    strbuf_putc(out, '\n');
}

/* Free text to a filter; see find_expression.h. */
#include "ui/view/events/find_expression.h"

#include <string.h>

#include "base/text.h"
#include "decoder/heap_op.h"
#include "ui/term/matcher.h"

/* The Sources that have names (etl-format 4.2). */
#define SOURCES 7

/* What the Outcome column says of rows that the filter language can tell apart. */
static const struct {
    const char *words, *expression;
} outcomes[] = {
    {"outstanding", "live && op == alloc"},
    {"left at exit", "live && op == alloc"},
    {"lived", "op == free && life >= 0s"},
    {"temp", "temporary && op == free"},
    {"failed", "failed"},
    {"unmatched", "unmatched"},
    {"repaired", "repaired"},
};

/* Appends one more alternative. */
static void put_or(struct strbuf *out, const char *expression)
{
    strbuf_printf(out, "%s%s", out->len > 0 ? " || " : "", expression);
}

static bool has(const char *name, const struct matcher *m)
{
    size_t at, len;
    return name != NULL && matcher_find(m, name, strlen(name), 0, &at, &len);
}

static void put_ops(struct strbuf *out, const struct matcher *m)
{
    bool first = true;
    for (unsigned op = 0; op < HEAP_OP_COUNT; op++) {
        const struct heap_op_info *info = heap_op_info(op);
        if (info == NULL || (!has(info->word, m) && !has(info->name, m)))
            continue;
        if (first)
            put_or(out, "op in [");
        strbuf_printf(out, "%s%s", first ? "" : ", ", info->name);
        first = false;
    }
    strbuf_puts(out, first ? "" : "]");
}

static void put_sources(struct strbuf *out, const struct matcher *m)
{
    bool first = true;
    for (uint32_t source = 0; source < SOURCES; source++) {
        if (!has(heap_source_name(source), m))
            continue;
        if (first)
            put_or(out, "source in [");
        strbuf_printf(out, "%s%u", first ? "" : ", ", source);
        first = false;
    }
    strbuf_puts(out, first ? "" : "]");
}

static void put_outcomes(struct strbuf *out, const struct matcher *m)
{
    for (size_t i = 0; i < sizeof outcomes / sizeof outcomes[0]; i++)
        if (has(outcomes[i].words, m)) {
            strbuf_printf(out, "%s(%s)", out->len > 0 ? " || " : "", outcomes[i].expression);
        }
}

/* As a regular expression, in which any case can be asked for; nothing in the text is special. */
static void put_process(struct strbuf *out, const char *text)
{
    put_or(out, "process ~ /(?i)");
    for (const char *c = text; *c != '\0'; c++) {
        bool plain = (*c >= '0' && *c <= '9') || (*c >= 'a' && *c <= 'z') ||
                     (*c >= 'A' && *c <= 'Z') || (unsigned char)*c >= 0x80;
        if (!plain)
            strbuf_putc(out, '\\');
        strbuf_putc(out, *c);
    }
    strbuf_putc(out, '/');
}

static bool is_hex(const char *s)
{
    return s[0] != '\0' && strspn(s, "0123456789abcdefABCDEF") == strlen(s);
}

static void put_address(struct strbuf *out, const char *part)
{
    static const char *const fields[] = {"heap", "address", "old_address"};
    for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++)
        strbuf_printf(out, "%s%s ~ %s", out->len > 0 ? " || " : "", fields[i], part);
}

/* "1,024", "4K": the number; false when the text is none. */
static bool parse_figure(const char *text, uint64_t *out_v, bool *out_suffix)
{
    struct strbuf digits = {0};
    for (const char *c = text; *c != '\0'; c++)
        if (*c != ',' || c == text || c[1] == '\0')
            strbuf_putc(&digits, *c);
    const char *s = strbuf_str(&digits);
    bool number = text[0] >= '0' && text[0] <= '9' && text_parse_u64(s, digits.len, true, out_v);
    *out_suffix = number && strspn(s, "0123456789") != digits.len;
    strbuf_release(&digits);
    return number;
}

/* A size with a suffix is no id. */
static void put_figure(struct strbuf *out, uint64_t v, bool suffix)
{
    static const char *const fields[] = {"size", "block_size", "old_size", "tid", "pid"};
    size_t n = suffix ? 3 : sizeof fields / sizeof fields[0];
    for (size_t i = 0; i < n; i++)
        strbuf_printf(out, "%s%s == %llu", out->len > 0 ? " || " : "", fields[i],
                      (unsigned long long)v);
}

/* A word of hex digits may be the end of an address, too. */
static void put_word(struct strbuf *out, const char *text)
{
    struct matcher m = {0};
    matcher_set(&m, text, true);
    put_ops(out, &m);
    put_sources(out, &m);
    put_outcomes(out, &m);
    if (is_hex(text) && strpbrk(text, "0123456789") != NULL)
        put_address(out, text);
    put_process(out, text);
    matcher_release(&m);
}

static enum find_kind put_free_text(struct strbuf *out, const char *text)
{
    uint64_t v;
    bool suffix;
    if (text[0] == '0' && (text[1] | 0x20) == 'x' && is_hex(text + 2)) {
        put_address(out, text);
        return FIND_ADDRESS;
    }
    if (parse_figure(text, &v, &suffix)) {
        put_figure(out, v, suffix);
        return FIND_FIGURE;
    }
    put_word(out, text);
    return FIND_WORD;
}

enum find_kind find_expression_put(struct strbuf *out, const char *text,
                                   struct filter_error *out_error)
{
    struct strbuf trimmed = {0}, free_text = {0};
    size_t from = strspn(text, " "), to = strlen(text);
    while (to > from && text[to - 1] == ' ')
        to--;
    strbuf_add(&trimmed, text + from, to - from);
    struct filter *filter = filter_parse(text, strlen(text), out_error);
    enum find_kind kind = FIND_NOTHING;
    if (filter != NULL && !filter_is_empty(filter)) {
        strbuf_puts(out, filter_text(filter));
        kind = FIND_EXPRESSION;
    } else if (filter == NULL && strpbrk(text, "=<>~&|") != NULL) {
        kind = FIND_WRONG;
    } else if (trimmed.len > 0) {
        kind = put_free_text(&free_text, strbuf_str(&trimmed));
        strbuf_puts(out, strbuf_str(&free_text));
    }
    filter_unref(filter);
    strbuf_release(&free_text);
    strbuf_release(&trimmed);
    return kind;
}

/* Rows that open blocks, among others; a list of blocks knows which they are. */
static void put_openers(struct strbuf *out, const char *expression)
{
    strbuf_printf(out, "(%s) && op in [Alloc, ReAlloc]", expression);
}

void find_expression_put_cover(struct strbuf *out, uint64_t address)
{
    struct strbuf b = {0}, hex = {0};
    strbuf_put_hex(&hex, address);
    strbuf_printf(&b, "address == %s || address contains %s", hex.s, hex.s);
    put_openers(out, b.s);
    strbuf_release(&hex);
    strbuf_release(&b);
}

enum find_kind find_expression_put_opener(struct strbuf *out, const char *text,
                                          struct filter_error *out_error)
{
    struct strbuf b = {0};
    uint64_t address;
    enum find_kind kind = find_expression_put(&b, text, out_error);
    size_t from = strspn(text, " "), len = strcspn(text + from, " ");
    if (kind == FIND_ADDRESS && text_parse_u64(text + from, len, false, &address))
        strbuf_printf(&b, " || address contains 0x%llx", (unsigned long long)address);
    if (b.len > 0)
        put_openers(out, b.s);
    strbuf_release(&b);
    return kind;
}

const char *find_kind_words(enum find_kind kind)
{
    switch (kind) {
    case FIND_ADDRESS:
        return "part of an address or heap";
    case FIND_FIGURE:
        return "size, thread or process";
    case FIND_WORD:
        return "word";
    case FIND_EXPRESSION:
        return "filter expression";
    case FIND_NOTHING:
    case FIND_WRONG:
        break;
    }
    return "";
}

/*
 * Values of the filter language: numbers with their suffixes, operations, Sources, names, patterns.
 *
 * Every numeric value becomes an interval of one number, so that all comparisons of a condition are
 * one question: does the row's value lie in the set?
 */
#include "query/filter_priv.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/alloc.h"
#include "base/text.h"
#include "decoder/heap_op.h"
#include "query/blocks.h"

void filter_add_interval(struct filter_cond *c, uint64_t low, uint64_t high)
{
    if ((c->count & (c->count - 1)) == 0)
        c->intervals =
            base_xrealloc(c->intervals, c->count == 0 ? 1 : 2 * c->count, sizeof *c->intervals);
    c->intervals[c->count++] = (struct filter_interval){low, high};
}

static int compare_intervals(const void *a, const void *b)
{
    const struct filter_interval *x = a;
    const struct filter_interval *y = b;
    return (x->low > y->low) - (x->low < y->low);
}

void filter_sort_intervals(struct filter_cond *c)
{
    if (c->intervals == NULL || c->count == 0)
        return; /* Names, or nothing at all. */
    qsort(c->intervals, c->count, sizeof *c->intervals, compare_intervals);
    size_t kept = 1;
    for (size_t i = 1; i < c->count; i++) {
        struct filter_interval *last = &c->intervals[kept - 1];
        if (c->intervals[i].low > last->high)
            c->intervals[kept++] = c->intervals[i];
        else if (c->intervals[i].high > last->high)
            last->high = c->intervals[i].high;
    }
    c->count = kept;
}

bool filter_intervals_have(const struct filter_interval *intervals, size_t count, uint64_t v)
{
    size_t low = 0;
    for (size_t high = count; low < high;) {
        size_t middle = low + (high - low) / 2;
        if (intervals[middle].high < v)
            low = middle + 1;
        else
            high = middle;
    }
    return low < count && v >= intervals[low].low;
}

static void add_name(struct filter_cond *c, char *s, size_t len)
{
    if ((c->count & (c->count - 1)) == 0)
        c->names = base_xrealloc(c->names, c->count == 0 ? 1 : 2 * c->count, sizeof *c->names);
    c->names[c->count++] = (struct filter_name){s, len};
}

static bool op_begins(const char *s, size_t n)
{
    if (n <= 2 && strncasecmp("op", s, n) == 0)
        return true;
    for (unsigned op = 0; op < HEAP_OP_COUNT; op++) {
        const struct heap_op_info *info = heap_op_info(op);
        if (info != NULL &&
            (strncasecmp(info->name, s, n) == 0 || strncasecmp(info->word, s, n) == 0))
            return true;
    }
    return false;
}

static bool parse_op(const char *s, size_t n, uint64_t *out_v)
{
    unsigned op;
    if (!heap_op_by_name(s, n, &op))
        return false;
    *out_v = op;
    return true;
}

static bool parse_source(const char *s, size_t n, uint64_t *out_v)
{
    uint32_t source;
    if (!heap_source_by_name(s, n, &source))
        return text_parse_u64(s, n, false, out_v) && *out_v <= UINT32_MAX;
    *out_v = source;
    return true;
}

/* Classes that a block alive at some time in the range can have. */
static bool parse_class(const char *s, size_t n, uint64_t *out_v)
{
    for (unsigned k = 0; k < BLOCK_NEVER; k++) {
        if (strlen(block_class_words[k]) != n || strncasecmp(block_class_words[k], s, n) != 0)
            continue;
        *out_v = k;
        return true;
    }
    return false;
}

static bool class_begins(const char *s, size_t n)
{
    for (unsigned k = 0; k < BLOCK_NEVER; k++)
        if (strncasecmp(block_class_words[k], s, n) == 0)
            return true;
    return false;
}

static bool has_suffix(const char *s, size_t n, const char *suffix)
{
    size_t len = strlen(suffix);
    return n > len && memcmp(s + n - len, suffix, len) == 0;
}

/* Seconds without a suffix, else ns us ms s: the language has no minutes. */
static bool parse_duration(const char *s, size_t n, uint64_t *out_v)
{
    static const char *const longer[] = {"m", "h"};
    for (size_t i = 0; i < sizeof longer / sizeof longer[0]; i++)
        if (has_suffix(s, n, longer[i]))
            return false;
    int64_t ns;
    if (!text_parse_duration(s, n, &ns))
        return false;
    *out_v = filter_signed(ns);
    return true;
}

static bool parse_value(enum filter_type type, const char *s, size_t n, uint64_t *out_v)
{
    switch (type) {
    case FILTER_TYPE_OP:
        return parse_op(s, n, out_v);
    case FILTER_TYPE_SOURCE:
        return parse_source(s, n, out_v);
    case FILTER_TYPE_CLASS:
        return parse_class(s, n, out_v);
    case FILTER_TYPE_TIME:
        return parse_duration(s, n, out_v);
    case FILTER_TYPE_DURATION:
        return n > 0 && s[0] != '-' && parse_duration(s, n, out_v);
    case FILTER_TYPE_SIZE:
        return text_parse_u64(s, n, true, out_v);
    case FILTER_TYPE_HANDLE:
    case FILTER_TYPE_NUMBER:
    case FILTER_TYPE_ADDRESS:
    case FILTER_TYPE_POINTER:
    case FILTER_TYPE_STACK:
    case FILTER_TYPE_COUNT:
        return text_parse_u64(s, n, false, out_v);
    case FILTER_TYPE_FLAG:
    case FILTER_TYPE_NAME:
    case FILTER_TYPE_FILE:
    case FILTER_TYPES:
        break;
    }
    return false;
}

/* True when more characters could make a value of [s, s+n): tried by adding what may be missing. */
static bool value_begins(enum filter_type type, const char *s, size_t n)
{
    static const char *const endings[] = {"0", "s", "ns", "0s", "0ns"};
    if (type == FILTER_TYPE_OP)
        return op_begins(s, n);
    if (type == FILTER_TYPE_CLASS)
        return class_begins(s, n);
    if (type == FILTER_TYPE_SOURCE && heap_source_begins(s, n))
        return true;
    char longer[64];
    if (n + 4 > sizeof longer)
        return false;
    memcpy(longer, s, n);
    uint64_t v;
    for (size_t i = 0; i < sizeof endings / sizeof endings[0]; i++) {
        size_t more = strlen(endings[i]);
        memcpy(longer + n, endings[i], more);
        if (parse_value(type, longer, n + more, &v))
            return true;
    }
    return false;
}

/* `range`: ".." may follow, of which the first point may be all there is yet. */
static bool number_begins(const struct filter_lexer *lx, enum filter_type type, size_t n,
                          bool range)
{
    const char *s = lx->s + lx->at;
    uint64_t v;
    if (lx->at + n < lx->len)
        return false;
    return value_begins(type, s, n) ||
           (range && n > 1 && s[n - 1] == '.' && parse_value(type, s, n - 1, &v));
}

static bool read_number(struct filter_lexer *lx, enum filter_type type, bool range, uint64_t *out_v)
{
    size_t n = filter_lex_value(lx, range);
    if (!parse_value(type, lx->s + lx->at, n, out_v))
        return filter_lex_fail(lx, lx->at, number_begins(lx, type, n, range), "%s",
                               filter_types[type].value);
    lx->at += n;
    return true;
}

/* The place up to `end`, or to the end of the text; what a backslash precedes does not end it. */
static size_t delimited_length(const struct filter_lexer *lx, char end)
{
    size_t n = 0;
    for (; lx->at + n < lx->len && lx->s[lx->at + n] != end; n++)
        if (lx->s[lx->at + n] == '\\' && lx->at + n + 1 < lx->len)
            n++;
    return n;
}

/* Copies the text between the quotes; the cursor is behind the opening one. */
static bool read_quoted(struct filter_lexer *lx, struct filter *f, struct filter_cond *c)
{
    static const char escapes[] = "\"\\nt", meaning[] = "\"\\\n\t";
    char *copy = arena_alloc(&f->arena, delimited_length(lx, '"') + 1);
    if (copy == NULL)
        return filter_lex_fail(lx, lx->at, false, "memory for this name");
    size_t n = 0;
    for (; lx->at < lx->len && lx->s[lx->at] != '"'; lx->at++) {
        char ch = lx->s[lx->at];
        if (ch == '\\' && lx->at + 1 < lx->len) {
            const char *escape = strchr(escapes, lx->s[++lx->at]);
            if (escape == NULL || *escape == '\0')
                return filter_lex_fail(lx, lx->at, false, "one of \\\" \\\\ \\n \\t");
            ch = meaning[escape - escapes];
        }
        copy[n++] = ch;
    }
    if (!filter_lex_take(lx, "\""))
        return filter_lex_fail(lx, lx->len, true, "a closing '\"'");
    copy[n] = '\0';
    add_name(c, copy, n);
    return true;
}

/* A name, quoted or not. */
static bool read_name(struct filter_lexer *lx, struct filter *f, struct filter_cond *c,
                      const char *expected)
{
    if (filter_lex_take(lx, "\""))
        return read_quoted(lx, f, c);
    size_t n = filter_lex_value(lx, false);
    if (n == 0)
        return filter_lex_fail(lx, lx->at, false, "%s", expected);
    char *copy = arena_strndup(&f->arena, lx->s + lx->at, n);
    if (copy == NULL)
        return filter_lex_fail(lx, lx->at, false, "memory for this name");
    lx->at += n;
    add_name(c, copy, n);
    return true;
}

bool filter_read_value(struct filter_lexer *lx, struct filter *f, struct filter_cond *c)
{
    enum filter_type type = filter_fields[c->field].type;
    filter_lex_skip_blanks(lx);
    filter_lex_expect(lx, FILTER_EXPECTS_VALUE, c->field);
    if (filter_type_is_name(type))
        return read_name(lx, f, c, filter_types[type].value);
    uint64_t v;
    if (!read_number(lx, type, false, &v))
        return false;
    filter_add_interval(c, v, v);
    return true;
}

/* What stands behind the ".." of a range that begins with `low`; one that holds nothing is fine. */
static bool read_range_end(struct filter_lexer *lx, struct filter_cond *c, uint64_t low)
{
    uint64_t high;
    filter_lex_skip_blanks(lx);
    filter_lex_expect(lx, FILTER_EXPECTS_VALUE, c->field);
    if (!read_number(lx, filter_fields[c->field].type, false, &high))
        return false;
    if (low <= high)
        filter_add_interval(c, low, high);
    return true;
}

bool filter_read_range(struct filter_lexer *lx, struct filter_cond *c)
{
    uint64_t low;
    if (!read_number(lx, filter_fields[c->field].type, true, &low))
        return false;
    filter_lex_skip_blanks(lx);
    if (!filter_lex_take(lx, ".."))
        return filter_lex_fail(lx, lx->at, lx->at + 1 == lx->len && lx->s[lx->at] == '.',
                               "'..' and the end of the range");
    return read_range_end(lx, c, low);
}

bool filter_read_item(struct filter_lexer *lx, struct filter *f, struct filter_cond *c)
{
    enum filter_type type = filter_fields[c->field].type;
    if ((filter_types[type].operators & FILTER_ORDER) == 0)
        return filter_read_value(lx, f, c);
    uint64_t v;
    filter_lex_skip_blanks(lx);
    filter_lex_expect(lx, FILTER_EXPECTS_VALUE, c->field);
    if (!read_number(lx, type, true, &v))
        return false;
    filter_lex_skip_blanks(lx);
    if (filter_lex_take(lx, ".."))
        return read_range_end(lx, c, v);
    filter_add_interval(c, v, v);
    return true;
}

/* Between the slashes `\/` stays as it is, for it means a slash to PCRE2 too. */
static bool read_regex(struct filter_lexer *lx, struct filter_cond *c)
{
    size_t n = delimited_length(lx, '/');
    if (lx->at + n >= lx->len)
        return filter_lex_fail(lx, lx->len, true, "a closing '/'");
    /* Names of operations and files are matched in any case, those of processes and functions as
     * they are. */
    uint32_t options = PCRE2_UTF | PCRE2_NEVER_BACKSLASH_C;
    enum filter_type type = filter_fields[c->field].type;
    if (type == FILTER_TYPE_OP || type == FILTER_TYPE_FILE)
        options |= PCRE2_CASELESS;
    int code;
    PCRE2_SIZE offset;
    c->test = FILTER_TEST_REGEX;
    c->regex = pcre2_compile((PCRE2_SPTR)(lx->s + lx->at), n, options, &code, &offset, NULL);
    if (c->regex == NULL) {
        unsigned char message[120];
        pcre2_get_error_message(code, message, sizeof message);
        return filter_lex_fail(lx, lx->at + (offset < n ? offset : n), false,
                               "a regular expression: %s", (char *)message);
    }
    lx->at += n + 1;
    return true;
}

/* The shown text of handles and addresses is "0x" and lower-case hex digits. */
static bool check_hex_part(struct filter_lexer *lx, size_t start, struct filter_cond *c)
{
    struct filter_name *part = &c->names[0];
    char *lower = part->s;
    size_t digits = part->len >= 2 && strncasecmp(lower, "0x", 2) == 0 ? 2 : 0;
    for (size_t i = 0; i < part->len; i++) {
        bool upper = lower[i] >= 'A' && lower[i] <= 'Z';
        lower[i] = upper ? (char)(lower[i] | 0x20) : lower[i];
    }
    if (part->len > 0 && strspn(lower + digits, "0123456789abcdef") == part->len - digits)
        return true;
    return filter_lex_fail(lx, start, false, "%s", filter_types[filter_fields[c->field].type].part);
}

bool filter_read_pattern(struct filter_lexer *lx, struct filter *f, struct filter_cond *c)
{
    const struct filter_type_info *type = &filter_types[filter_fields[c->field].type];
    filter_lex_skip_blanks(lx);
    filter_lex_expect(lx, FILTER_EXPECTS_PART, c->field);
    if ((type->operators & FILTER_REGEX) != 0 && filter_lex_take(lx, "/"))
        return read_regex(lx, c);
    size_t start = lx->at;
    c->test = FILTER_TEST_PART;
    if (!read_name(lx, f, c, type->part))
        return false;
    return (type->operators & FILTER_REGEX) != 0 || check_hex_part(lx, start, c);
}

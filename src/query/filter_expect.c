/* What could come next in an expression (see filter_expect.h). */
#include "query/filter_expect.h"

#include <string.h>

#include "base/alloc.h"
#include "query/filter_priv.h"

/* A piece goes on as long as none of these ends it. */
static bool ends_piece(const struct filter_lexer *lx)
{
    char last = lx->s[lx->len - 1];
    bool range = lx->len > 1 && last == '.' && lx->s[lx->len - 2] == '.';
    return range || strchr(" \t\r\n([,])!", last) != NULL;
}

void filter_lex_expect(struct filter_lexer *lx, enum filter_expected what, unsigned field)
{
    struct filter_expectation *e = lx->expect;
    if (e == NULL)
        return;
    /* Behind a piece that reaches the cursor nothing is expected before it is finished. */
    bool unfinished = lx->at == lx->len && lx->len > e->from && !ends_piece(lx);
    if (e->what != FILTER_EXPECTS_NOTHING && unfinished)
        return;
    e->what = what;
    e->from = lx->at;
    e->field = field;
    e->open = lx->open;
}

static bool is_sign(char c)
{
    return strchr("=!<>~&|,])", c) != NULL && c != '\0';
}

/* Bytes at the lexer's cursor that are one piece of what is expected. */
static size_t piece_length(const struct filter_lexer *lx, enum filter_expected what)
{
    size_t n = 0;
    switch (what) {
    case FILTER_EXPECTS_VALUE:
    case FILTER_EXPECTS_PART:
    case FILTER_EXPECTS_LIST:
        return filter_lex_value(lx, false);
    case FILTER_EXPECTS_FIELD:
        return filter_lex_word(lx);
    case FILTER_EXPECTS_OPERATOR:
    case FILTER_EXPECTS_JOIN:
    case FILTER_EXPECTS_MORE:
        while (lx->at + n < lx->len && is_sign(lx->s[lx->at + n]))
            n++;
        return n > 0 ? n : filter_lex_word(lx);
    case FILTER_EXPECTS_NOTHING:
        break;
    }
    return 0;
}

/* Quotes and slashes hold blanks: the parser, which looked for their end, was told of no more. */
static bool is_delimited(const struct filter_expectation *e, const char *text)
{
    bool value = e->what == FILTER_EXPECTS_VALUE || e->what == FILTER_EXPECTS_PART;
    return value && (text[e->from] == '"' || text[e->from] == '/');
}

void filter_expect(const char *text, size_t len, size_t cursor, struct filter_expectation *out)
{
    struct filter_error error;
    *out = (struct filter_expectation){.what = FILTER_EXPECTS_NOTHING};
    struct filter *f = filter_parse_expecting(text, cursor, &error, out);
    out->whole = f != NULL;
    filter_unref(f);
    out->to = cursor;
    if (out->what == FILTER_EXPECTS_NOTHING || out->from == cursor || is_delimited(out, text))
        return;
    /* The parser may have given up long before the cursor. */
    struct filter_lexer lx = {.s = text, .len = len, .at = out->from};
    size_t n = piece_length(&lx, out->what);
    if (out->from + n < cursor)
        out->what = FILTER_EXPECTS_NOTHING;
    else
        out->to = out->from + n;
}

enum filter_values filter_expected_values(const struct filter_expectation *e)
{
    static const enum filter_values values[FILTER_TYPES] = {
        [FILTER_TYPE_FLAG] = FILTER_VALUES_NONE,
        [FILTER_TYPE_OP] = FILTER_VALUES_OP,
        [FILTER_TYPE_HANDLE] = FILTER_VALUES_HEAP,
        [FILTER_TYPE_NAME] = FILTER_VALUES_PROCESS,
        [FILTER_TYPE_ADDRESS] = FILTER_VALUES_ADDRESS,
        [FILTER_TYPE_POINTER] = FILTER_VALUES_ADDRESS,
        [FILTER_TYPE_SIZE] = FILTER_VALUES_SIZE,
        [FILTER_TYPE_SOURCE] = FILTER_VALUES_SOURCE,
        [FILTER_TYPE_TIME] = FILTER_VALUES_TIME,
        [FILTER_TYPE_DURATION] = FILTER_VALUES_DURATION,
        [FILTER_TYPE_STACK] = FILTER_VALUES_STACK,
        [FILTER_TYPE_FILE] = FILTER_VALUES_FILE,
        [FILTER_TYPE_CLASS] = FILTER_VALUES_CLASS,
        [FILTER_TYPE_COUNT] = FILTER_VALUES_CHAIN,
    };
    bool value = e->what == FILTER_EXPECTS_VALUE || e->what == FILTER_EXPECTS_PART;
    /* Of what has no order there are lists, but no ranges. */
    if (e->what == FILTER_EXPECTS_LIST)
        value = (filter_types[filter_fields[e->field].type].operators & FILTER_ORDER) != 0;
    if (!value)
        return FILTER_VALUES_NONE;
    if (filter_fields[e->field].type == FILTER_TYPE_NUMBER)
        return e->field == FILTER_FIELD_PID ? FILTER_VALUES_PID : FILTER_VALUES_TID;
    return values[filter_fields[e->field].type];
}

static void tell_operators(const struct filter_expectation *e, filter_word_fn take, void *ctx)
{
    enum filter_type type = filter_fields[e->field].type;
    for (size_t i = 0; i < FILTER_COMPARISONS; i++) {
        const struct filter_comparison *c = &filter_comparisons[i];
        if ((filter_types[type].operators & c->operators) == 0)
            continue;
        bool matches_name = c->operators == FILTER_MATCH && type == FILTER_TYPE_NAME;
        take(ctx, c->symbol, matches_name ? c->about_names : c->about);
    }
}

static void tell_fields(filter_word_fn take, void *ctx)
{
    for (size_t i = 0; i < FILTER_FIELDS; i++)
        take(ctx, filter_fields[i].name, filter_fields[i].about);
    take(ctx, "!", "not");
    take(ctx, "(", NULL);
}

void filter_expected_words(const struct filter_expectation *e, filter_word_fn take, void *ctx)
{
    switch (e->what) {
    case FILTER_EXPECTS_FIELD:
        tell_fields(take, ctx);
        break;
    case FILTER_EXPECTS_OPERATOR:
        tell_operators(e, take, ctx);
        break;
    case FILTER_EXPECTS_LIST:
        take(ctx, "[", "a list: [a, b, c]");
        break;
    case FILTER_EXPECTS_MORE:
        take(ctx, "]", "the end of the list");
        take(ctx, ",", "one more");
        break;
    case FILTER_EXPECTS_JOIN:
        if (e->open > 0)
            take(ctx, ")", NULL);
        take(ctx, "&&", "and");
        take(ctx, "||", "or");
        break;
    case FILTER_EXPECTS_VALUE:
    case FILTER_EXPECTS_PART:
    case FILTER_EXPECTS_NOTHING:
        break;
    }
}

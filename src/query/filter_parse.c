/*
 * The grammar of the filter language (cli.md), by recursive descent:
 *
 *   or        = and { ("||" | "or") and }
 *   and       = unary { ("&&" | "and") unary }
 *   unary     = ("!" | "not") unary | "(" or ")" | condition
 *   condition = flag | field operator value | field "in" ("[" item { "," item } "]" | a ".." b)
 *   item      = value | a ".." b
 *
 * The first error ends the parse; everything made so far hangs on the filter and goes with it.
 */
#include "query/filter_priv.h"

#include <ctype.h>
#include <string.h>

#include "base/alloc.h"
#include "base/strbuf.h"

struct parser {
    struct filter_lexer lx;
    struct filter *filter;
    unsigned depth; /* of parentheses and negations */
};

static bool parse_or(struct parser *p, struct filter_node **out_node);

static bool out_of_memory(struct parser *p)
{
    return filter_lex_fail(&p->lx, p->lx.at, false, "more memory");
}

static bool add_node(struct parser *p, enum filter_node_kind kind, struct filter_node *first,
                     struct filter_node **out_node)
{
    struct filter_node *node = arena_alloc(&p->filter->arena, sizeof *node);
    if (node == NULL)
        return out_of_memory(p);
    *node = (struct filter_node){.kind = kind, .first = first};
    *out_node = node;
    return true;
}

/* The rest of the text from `offset`, when it is the beginning of `word`. */
static bool rest_begins(const struct parser *p, size_t offset, const char *word)
{
    size_t n = p->lx.len - offset;
    return n < strlen(word) && memcmp(p->lx.s + offset, word, n) == 0;
}

static struct filter_cond *add_cond(struct parser *p, enum filter_field_id field)
{
    struct filter *f = p->filter;
    if (f->cond_count == f->cond_cap) {
        f->cond_cap = f->cond_cap == 0 ? 4 : 2 * f->cond_cap;
        f->conds = base_xrealloc(f->conds, f->cond_cap, sizeof *f->conds);
    }
    struct filter_cond *c = &f->conds[f->cond_count++];
    *c = (struct filter_cond){.field = field};
    f->fate |= filter_fields[field].fate;
    f->stack |= filter_fields[field].stack;
    f->range |= field == FILTER_FIELD_CLASS;
    f->chain |= field == FILTER_FIELD_CHAIN;
    return c;
}

/* The longest operator of signs that comes next; words need more than their letters. */
static const struct filter_comparison *take_comparison(struct filter_lexer *lx)
{
    const struct filter_comparison *best = NULL;
    size_t start = lx->at, longest = 0;
    for (size_t i = 0; i < FILTER_COMPARISONS; i++) {
        const char *symbol = filter_comparisons[i].symbol;
        size_t n = strlen(symbol);
        lx->at = start;
        if (n <= longest || islower((unsigned char)symbol[0]) || !filter_lex_take(lx, symbol))
            continue;
        best = &filter_comparisons[i];
        longest = n;
    }
    lx->at = start + longest;
    return best;
}

/* Says which operators the field has. `at` is where one should stand. */
static bool fail_operator(struct parser *p, const struct filter_cond *c, size_t at)
{
    const struct filter_field *field = &filter_fields[c->field];
    unsigned operators = filter_types[field->type].operators;
    struct strbuf all = {0};
    bool begun = false;
    for (size_t i = 0; i < FILTER_COMPARISONS; i++) {
        if ((filter_comparisons[i].operators & operators) == 0)
            continue;
        strbuf_printf(&all, " %s", filter_comparisons[i].symbol);
        begun = begun || rest_begins(p, at, filter_comparisons[i].symbol);
    }
    filter_lex_fail(&p->lx, at, begun, "an operator for %s:%s", field->name, strbuf_str(&all));
    strbuf_release(&all);
    return false;
}

static bool has_order(const struct filter_cond *c)
{
    return (filter_types[filter_fields[c->field].type].operators & FILTER_ORDER) != 0;
}

static bool parse_list(struct parser *p, struct filter_cond *c)
{
    do {
        if (!filter_read_item(&p->lx, p->filter, c))
            return false;
        filter_lex_skip_blanks(&p->lx);
        filter_lex_expect(&p->lx, FILTER_EXPECTS_MORE, c->field);
    } while (filter_lex_take(&p->lx, ","));
    if (!filter_lex_take(&p->lx, "]"))
        return filter_lex_fail(&p->lx, p->lx.at, has_order(c) && rest_begins(p, p->lx.at, ".."),
                               "',' or ']'");
    return true;
}

static bool parse_in(struct parser *p, struct filter_cond *c)
{
    filter_lex_skip_blanks(&p->lx);
    filter_lex_expect(&p->lx, FILTER_EXPECTS_LIST, c->field);
    if (filter_lex_take(&p->lx, "["))
        return parse_list(p, c);
    if (!has_order(c))
        return filter_lex_fail(&p->lx, p->lx.at, false, "a list: [a, b, c]");
    if (filter_lex_at_end(&p->lx))
        return filter_lex_fail(&p->lx, p->lx.at, true, "a list [a, b, c] or a range a..b");
    return filter_read_range(&p->lx, c);
}

/* `c` holds the value alone; widens it to what the comparison asks for. */
static void widen(struct filter_cond *c, const struct filter_comparison *cmp)
{
    if (cmp->operators != FILTER_ORDER)
        return;
    uint64_t v = c->intervals[0].low;
    c->count = 0;
    if (cmp->below && (cmp->at || v > 0))
        filter_add_interval(c, 0, cmp->at ? v : v - 1);
    else if (cmp->above && (cmp->at || v < UINT64_MAX))
        filter_add_interval(c, cmp->at ? v : v + 1, UINT64_MAX);
}

static bool parse_comparison(struct parser *p, struct filter_cond *c,
                             const struct filter_comparison *cmp)
{
    c->negated = cmp->negated;
    if (cmp->operators == FILTER_MATCH)
        return filter_read_pattern(&p->lx, p->filter, c);
    if (!filter_read_value(&p->lx, p->filter, c))
        return false;
    widen(c, cmp);
    return true;
}

static bool parse_test(struct parser *p, struct filter_cond *c)
{
    enum filter_type type = filter_fields[c->field].type;
    if (type == FILTER_TYPE_FLAG)
        return true;
    c->test = filter_type_is_name(type) ? FILTER_TEST_NAMES : FILTER_TEST_VALUES;
    filter_lex_skip_blanks(&p->lx);
    size_t at = p->lx.at;
    filter_lex_expect(&p->lx, FILTER_EXPECTS_OPERATOR, c->field);
    if (filter_lex_take_word(&p->lx, "in"))
        return parse_in(p, c);
    unsigned operators = filter_types[type].operators;
    if ((operators & FILTER_CONTAINS) != 0 && filter_lex_take_word(&p->lx, "contains")) {
        c->test = FILTER_TEST_CONTAINS;
        return filter_read_value(&p->lx, p->filter, c);
    }
    const struct filter_comparison *cmp = take_comparison(&p->lx);
    if (cmp == NULL || (operators & cmp->operators) == 0)
        return fail_operator(p, c, at);
    return parse_comparison(p, c, cmp);
}

static bool fail_field(struct parser *p, size_t n)
{
    const char *s = p->lx.s + p->lx.at;
    bool begins =
        (p->lx.at + n == p->lx.len && filter_field_begins(s, n)) || rest_begins(p, p->lx.at, "not");
    return filter_lex_fail(&p->lx, p->lx.at, begins,
                           "a field (op heap pid tid process address size source time life ...), "
                           "a flag (live temporary ...), '!' or '('");
}

static bool parse_condition(struct parser *p, struct filter_node **out_node)
{
    size_t n = filter_lex_word(&p->lx);
    enum filter_field_id field = filter_find_field(p->lx.s + p->lx.at, n);
    if (field == FILTER_FIELDS)
        return fail_field(p, n);
    p->lx.at += n;
    struct filter_cond *c = add_cond(p, field);
    uint32_t index = (uint32_t)(c - p->filter->conds);
    if (!parse_test(p, c) || !add_node(p, FILTER_NODE_COND, NULL, out_node))
        return false;
    filter_sort_intervals(c);
    (*out_node)->cond = index;
    return true;
}

/* Reports that an operand ended and neither an operator nor `end` follows. */
static bool fail_end(struct parser *p, const char *end)
{
    size_t at = p->lx.at;
    bool begins = rest_begins(p, at, "&&") || rest_begins(p, at, "||") ||
                  rest_begins(p, at, "and") || rest_begins(p, at, "or");
    return filter_lex_fail(&p->lx, at, begins, "'&&', '||' or %s", end);
}

static bool parse_group(struct parser *p, struct filter_node **out_node)
{
    p->lx.open++;
    if (!parse_or(p, out_node))
        return false;
    p->lx.open--;
    return filter_lex_take(&p->lx, ")") || fail_end(p, "')'");
}

static bool parse_unary(struct parser *p, struct filter_node **out_node);

static bool parse_negation(struct parser *p, struct filter_node **out_node)
{
    struct filter_node *operand;
    return parse_unary(p, &operand) && add_node(p, FILTER_NODE_NOT, operand, out_node);
}

static bool parse_unary(struct parser *p, struct filter_node **out_node)
{
    filter_lex_skip_blanks(&p->lx);
    filter_lex_expect(&p->lx, FILTER_EXPECTS_FIELD, FILTER_FIELDS);
    size_t at = p->lx.at;
    bool negated = filter_lex_take(&p->lx, "!") || filter_lex_take_word(&p->lx, "not");
    if (!negated && !filter_lex_take(&p->lx, "("))
        return parse_condition(p, out_node);
    if (p->depth == FILTER_MAX_DEPTH)
        return filter_lex_fail(&p->lx, at, false, "at most %d nested parentheses and negations",
                               FILTER_MAX_DEPTH);
    p->depth++;
    bool ok = negated ? parse_negation(p, out_node) : parse_group(p, out_node);
    p->depth--;
    return ok;
}

/* One level of the grammar: operands with the same operator between them. */
struct chain {
    enum filter_node_kind kind;
    const char *symbol, *word;
    bool (*operand)(struct parser *p, struct filter_node **out_node);
};

static bool parse_chain(struct parser *p, const struct chain *chain, struct filter_node **out_node)
{
    struct filter_node *last;
    if (!chain->operand(p, &last))
        return false;
    *out_node = last;
    for (;;) {
        filter_lex_skip_blanks(&p->lx);
        filter_lex_expect(&p->lx, FILTER_EXPECTS_JOIN, FILTER_FIELDS);
        if (!filter_lex_take(&p->lx, chain->symbol) && !filter_lex_take_word(&p->lx, chain->word))
            return true;
        if (*out_node == last && !add_node(p, chain->kind, last, out_node))
            return false;
        if (!chain->operand(p, &last->next))
            return false;
        last = last->next;
    }
}

static bool parse_and(struct parser *p, struct filter_node **out_node)
{
    static const struct chain chain = {FILTER_NODE_AND, "&&", "and", parse_unary};
    return parse_chain(p, &chain, out_node);
}

static bool parse_or(struct parser *p, struct filter_node **out_node)
{
    static const struct chain chain = {FILTER_NODE_OR, "||", "or", parse_and};
    return parse_chain(p, &chain, out_node);
}

bool filter_parse_text(struct filter *f, const char *text, size_t len,
                       struct filter_error *out_error, struct filter_expectation *expect)
{
    struct parser p = {
        .lx = {.s = text, .len = len, .error = out_error, .expect = expect},
        .filter = f,
    };
    filter_lex_skip_blanks(&p.lx);
    filter_lex_expect(&p.lx, FILTER_EXPECTS_FIELD, FILTER_FIELDS);
    if (filter_lex_at_end(&p.lx))
        return true;
    if (!parse_or(&p, &f->root))
        return false;
    return filter_lex_at_end(&p.lx) || fail_end(&p, "the end");
}

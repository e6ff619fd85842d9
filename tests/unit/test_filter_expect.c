/* What the filter language expects at a cursor, at every kind of place. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/strbuf.h"
#include "query/filter.h"
#include "query/filter_expect.h"

#define COUNT(a) (sizeof(a) / sizeof(a)[0])

/* `|` is the cursor, '^' where the piece starts (without one: at the cursor). */
static const struct {
    const char *text;
    enum filter_expected what;
    enum filter_values values;
} place[] = {
    {"|", FILTER_EXPECTS_FIELD, FILTER_VALUES_NONE},
    {"  |", FILTER_EXPECTS_FIELD, FILTER_VALUES_NONE},
    {"^si|ze > 4", FILTER_EXPECTS_FIELD, FILTER_VALUES_NONE},
    {"^size|", FILTER_EXPECTS_FIELD, FILTER_VALUES_NONE},
    {"^xyz|", FILTER_EXPECTS_FIELD, FILTER_VALUES_NONE},
    {"size |", FILTER_EXPECTS_OPERATOR, FILTER_VALUES_NONE},
    {"size ^>|", FILTER_EXPECTS_OPERATOR, FILTER_VALUES_NONE},
    {"size ^>=|", FILTER_EXPECTS_OPERATOR, FILTER_VALUES_NONE},
    {"size^>=|", FILTER_EXPECTS_OPERATOR, FILTER_VALUES_NONE},
    {"size ^!|", FILTER_EXPECTS_OPERATOR, FILTER_VALUES_NONE},
    {"address ^cont|", FILTER_EXPECTS_OPERATOR, FILTER_VALUES_NONE},
    {"address ^in|", FILTER_EXPECTS_OPERATOR, FILTER_VALUES_NONE},
    {"size >= |", FILTER_EXPECTS_VALUE, FILTER_VALUES_SIZE},
    {"size >= ^4|", FILTER_EXPECTS_VALUE, FILTER_VALUES_SIZE},
    {"size >=^4K|", FILTER_EXPECTS_VALUE, FILTER_VALUES_SIZE},
    {"size >= 4K |", FILTER_EXPECTS_JOIN, FILTER_VALUES_NONE},
    {"size >= 4K ^&|", FILTER_EXPECTS_JOIN, FILTER_VALUES_NONE},
    {"size >= 4K ^a|", FILTER_EXPECTS_JOIN, FILTER_VALUES_NONE},
    {"size >= 4K ^&&|", FILTER_EXPECTS_JOIN, FILTER_VALUES_NONE},
    {"size >= 4K && |", FILTER_EXPECTS_FIELD, FILTER_VALUES_NONE},
    {"size >= 4K && ^he|", FILTER_EXPECTS_FIELD, FILTER_VALUES_NONE},
    {"^live|", FILTER_EXPECTS_FIELD, FILTER_VALUES_NONE},
    {"live |", FILTER_EXPECTS_JOIN, FILTER_VALUES_NONE},
    {"!|", FILTER_EXPECTS_FIELD, FILTER_VALUES_NONE},
    {"!^fai|", FILTER_EXPECTS_FIELD, FILTER_VALUES_NONE},
    {"(|", FILTER_EXPECTS_FIELD, FILTER_VALUES_NONE},
    {"(live |", FILTER_EXPECTS_JOIN, FILTER_VALUES_NONE},
    {"(live) |", FILTER_EXPECTS_JOIN, FILTER_VALUES_NONE},
    {"(live)|", FILTER_EXPECTS_JOIN, FILTER_VALUES_NONE},
    {"op == |", FILTER_EXPECTS_VALUE, FILTER_VALUES_OP},
    {"op == ^al|", FILTER_EXPECTS_VALUE, FILTER_VALUES_OP},
    {"op != ^alloc|", FILTER_EXPECTS_VALUE, FILTER_VALUES_OP},
    {"op ~ ^al|", FILTER_EXPECTS_PART, FILTER_VALUES_OP},
    {"heap == ^0x|", FILTER_EXPECTS_VALUE, FILTER_VALUES_HEAP},
    {"heap ~ ^13|", FILTER_EXPECTS_PART, FILTER_VALUES_HEAP},
    {"pid == |", FILTER_EXPECTS_VALUE, FILTER_VALUES_PID},
    {"tid == |", FILTER_EXPECTS_VALUE, FILTER_VALUES_TID},
    {"process == ^Sol|", FILTER_EXPECTS_VALUE, FILTER_VALUES_PROCESS},
    {"process == ^\"My A|", FILTER_EXPECTS_VALUE, FILTER_VALUES_PROCESS},
    {"process == ^\"My App\"|", FILTER_EXPECTS_VALUE, FILTER_VALUES_PROCESS},
    {"process == \"My App\" |", FILTER_EXPECTS_JOIN, FILTER_VALUES_NONE},
    {"process ~ ^/a b|", FILTER_EXPECTS_PART, FILTER_VALUES_PROCESS},
    {"source == |", FILTER_EXPECTS_VALUE, FILTER_VALUES_SOURCE},
    {"old_address == |", FILTER_EXPECTS_VALUE, FILTER_VALUES_ADDRESS},
    {"address contains ^0x1|", FILTER_EXPECTS_VALUE, FILTER_VALUES_ADDRESS},
    {"time >= |", FILTER_EXPECTS_VALUE, FILTER_VALUES_TIME},
    {"life < ^1|", FILTER_EXPECTS_VALUE, FILTER_VALUES_DURATION},
    {"op in |", FILTER_EXPECTS_LIST, FILTER_VALUES_NONE},
    {"op in [|", FILTER_EXPECTS_VALUE, FILTER_VALUES_OP},
    {"op in [^al|", FILTER_EXPECTS_VALUE, FILTER_VALUES_OP},
    {"op in [alloc |", FILTER_EXPECTS_MORE, FILTER_VALUES_NONE},
    {"op in [alloc,|", FILTER_EXPECTS_VALUE, FILTER_VALUES_OP},
    {"op in [alloc, ^f|", FILTER_EXPECTS_VALUE, FILTER_VALUES_OP},
    {"op in [alloc, free]|", FILTER_EXPECTS_JOIN, FILTER_VALUES_NONE},
    {"op in [alloc, free] |", FILTER_EXPECTS_JOIN, FILTER_VALUES_NONE},
    {"size in ^4|", FILTER_EXPECTS_LIST, FILTER_VALUES_SIZE},
    {"size in 4..|", FILTER_EXPECTS_VALUE, FILTER_VALUES_SIZE},
    {"size in 4..^8|", FILTER_EXPECTS_VALUE, FILTER_VALUES_SIZE},
    {"size in 4..8 |", FILTER_EXPECTS_JOIN, FILTER_VALUES_NONE},
    {"sice > 4 && |", FILTER_EXPECTS_NOTHING, FILTER_VALUES_NONE},
    {"size > x && |", FILTER_EXPECTS_NOTHING, FILTER_VALUES_NONE},
    {"size ~ 4|", FILTER_EXPECTS_NOTHING, FILTER_VALUES_NONE},
    {"live ^live|", FILTER_EXPECTS_JOIN, FILTER_VALUES_NONE},
};

static void the_parser_says_what_it_looks_for(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(place); i++) {
        char text[64];
        const char *cursor = strchr(place[i].text, '|'), *start = strchr(place[i].text, '^');
        size_t n = 0, from = 0;
        for (const char *at = place[i].text; *at != '\0'; at++) {
            if (at == start || (at == cursor && start == NULL))
                from = n;
            if (at != start && at != cursor)
                text[n++] = *at;
        }
        size_t at = (size_t)(cursor - place[i].text) - (start != NULL ? 1 : 0);
        struct filter_expectation e;
        filter_expect(text, n, at, &e);
        if (e.what != place[i].what || filter_expected_values(&e) != place[i].values)
            fail_msg("'%s' expects %d of %d, not %d of %d", place[i].text, (int)e.what,
                     (int)filter_expected_values(&e), (int)place[i].what, (int)place[i].values);
        if (e.what != FILTER_EXPECTS_NOTHING && e.from != from)
            fail_msg("'%s' starts at %zu, not %zu", place[i].text, e.from, from);
    }
}

static void a_piece_goes_on_behind_the_cursor(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        size_t cursor, to;
    } piece[] = {
        {"size > 4", 2, 4},
        {"size > 4", 0, 0},
        {"size >= 4", 6, 7},
        {"size >= 40K && live", 9, 11},
        {"op in [alloc,free]", 10, 12},
        {"live", 4, 4},
    };
    for (size_t i = 0; i < COUNT(piece); i++) {
        struct filter_expectation e;
        filter_expect(piece[i].text, strlen(piece[i].text), piece[i].cursor, &e);
        assert_int_equal(e.to, piece[i].to);
    }
}

static void collect(void *ctx, const char *word, const char *note)
{
    (void)note;
    strbuf_printf(ctx, "%s ", word);
}

static void assert_words(const char *text, const char *want)
{
    struct filter_expectation e;
    struct strbuf b = {0};
    filter_expect(text, strlen(text), strlen(text), &e);
    filter_expected_words(&e, collect, &b);
    assert_string_equal(strbuf_str(&b), want);
    strbuf_release(&b);
}

static void the_language_has_words_of_its_own(void **state)
{
    (void)state;
    assert_words("size ", "== != < <= > >= in ");
    assert_words("process ", "== != ~ !~ in ");
    assert_words("address ", "== != < <= > >= ~ !~ in contains ");
    assert_words("live ", "&& || ");
    assert_words("!(live ", ") && || ");
    assert_words("op in ", "[ ");
    assert_words("op in [free ", "] , ");
    assert_words("op == ", "");
    assert_words("op == 77 nonsense", "");
}

/* Whatever word it tells, the expression with it is right or could become so. */
struct trial {
    const char *text;
    size_t from;
    unsigned words;
};

static void try_word(void *ctx, const char *word, const char *note)
{
    struct trial *t = ctx;
    struct strbuf b = {0};
    struct filter_error error = {.incomplete = true};
    assert_true(note == NULL || note[0] != '\0');
    strbuf_add(&b, t->text, t->from);
    strbuf_printf(&b, " %s ", word);
    struct filter *f = filter_parse(strbuf_str(&b), b.len, &error);
    if (f == NULL && !error.incomplete)
        fail_msg("'%s' is wrong at %zu: expected %s", b.s, error.offset, error.expected);
    filter_unref(f);
    strbuf_release(&b);
    t->words++;
}

static void every_word_fits_where_it_is_expected(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(place); i++) {
        struct strbuf b = {0};
        for (const char *at = place[i].text; *at != '|'; at++)
            if (*at != '^')
                strbuf_putc(&b, *at);
        struct filter_expectation e;
        filter_expect(strbuf_str(&b), b.len, b.len, &e);
        struct trial t = {.text = strbuf_str(&b), .from = e.from};
        filter_expected_words(&e, try_word, &t);
        bool values = e.what == FILTER_EXPECTS_VALUE || e.what == FILTER_EXPECTS_PART;
        assert_true(t.words > 0 || values || e.what == FILTER_EXPECTS_NOTHING);
        strbuf_release(&b);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_parser_says_what_it_looks_for),
        cmocka_unit_test(a_piece_goes_on_behind_the_cursor),
        cmocka_unit_test(the_language_has_words_of_its_own),
        cmocka_unit_test(every_word_fits_where_it_is_expected),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Finding: texts in texts, jumps among stops, and free text as an expression. */
#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "ui/term/matcher.h"
#include "ui/view/events/find_expression.h"
#include "ui/widget/stops.h"

/* ---- matcher ---- */

static void finds_texts_in_texts(void **state)
{
    static const struct {
        const char *text, *in;
        int at, len; /* -1: nowhere */
    } sample[] = {
        {"alloc", "A alloc", 2, 5},
        {"alloc", "R ReAlloc", 4, 5},
        {"Alloc", "A alloc", -1, 0},
        {"Alloc", "ReAlloc", 2, 5},
        {"1024", "x 1,024 y", 2, 5},
        {"24", "1,024", 3, 2},
        {"1024", "10,24", 0, 5},
        {"1024", "1,", -1, 0},
        {"10,", "10,24", 0, 3},
        {"stra\u00dfe", "Stra\u00dfe", 0, 7},
        {"\u00e4", "\u00c4pfel", 0, 2},
        {"\u00c4", "\u00e4pfel", -1, 0},
        {"a", "", -1, 0},
        {"", "abc", -1, 0},
        {"\u20ac", "\xe2\x82", -1, 0},
        {"aab", "aaab", 1, 3},
    };
    struct matcher m = {0};
    (void)state;
    for (size_t i = 0; i < sizeof sample / sizeof sample[0]; i++) {
        size_t at = 0, len = 0;
        matcher_set(&m, sample[i].text, false);
        bool found = matcher_find(&m, sample[i].in, strlen(sample[i].in), 0, &at, &len);
        if (found != (sample[i].at >= 0))
            fail_msg("'%s' in '%s'", sample[i].text, sample[i].in);
        if (found) {
            assert_int_equal(at, sample[i].at);
            assert_int_equal(len, sample[i].len);
        }
    }
    matcher_set(&m, "ALLOC", true);
    size_t at, len;
    assert_true(matcher_find(&m, "free alloc alloc", 16, 6, &at, &len));
    assert_int_equal(at, 11);
    matcher_release(&m);
}

/* ---- stops ---- */

static void stops_are_kept_in_order(void **state)
{
    static const uint64_t in[] = {5, 9, 7, 5, 1, 12, 7};
    static const uint64_t out[] = {1, 5, 7, 9, 12};
    struct stops s = {0};
    (void)state;
    for (size_t i = 0; i < sizeof in / sizeof in[0]; i++)
        stops_add(&s, in[i]);
    assert_int_equal(s.count, 5);
    assert_memory_equal(s.at, out, sizeof out);
    assert_int_equal(stops_before(&s, 7), 2);
    assert_true(stops_have(&s, 12));
    assert_false(stops_have(&s, 13));
    stops_release(&s);
}

/* Walks one stop at a time, as slow as it is plain. */
static uint64_t walk(const uint64_t *stop, uint64_t total, uint64_t from, struct stops_jump jump,
                     bool *out_wrapped)
{
    uint64_t at = 0;
    *out_wrapped = false;
    if (jump.back) {
        at = total;
        for (uint64_t i = 0; i < total; i++)
            if (stop[i] < from || (jump.here && stop[i] == from))
                at = i + 1;
        for (uint64_t n = 0; n < jump.count; n++) {
            bool none = at == 0 || (n == 0 && at == total && stop[total - 1] >= from &&
                                    !(jump.here && stop[total - 1] == from));
            *out_wrapped = *out_wrapped || none;
            at = at == 0 ? total - 1 : at - 1;
        }
        return at;
    }
    while (at < total && (stop[at] < from || (!jump.here && stop[at] == from)))
        at++;
    for (uint64_t n = 0;; n++) {
        *out_wrapped = *out_wrapped || at == total;
        at %= total;
        if (n + 1 == jump.count)
            return at;
        at++;
    }
}

static void jumps_go_round(void **state)
{
    static const uint64_t stop[] = {2, 3, 7, 10};
    (void)state;
    for (uint64_t total = 1; total <= 4; total++)
        for (uint64_t from = 0; from < 13; from++)
            for (uint64_t count = 1; count < 10; count++)
                for (int kind = 0; kind < 4; kind++) {
                    struct stops_jump jump = {(kind & 1) != 0, (kind & 2) != 0, count};
                    uint64_t before = 0;
                    bool on = false, wrapped, expected_wrapped;
                    for (uint64_t i = 0; i < total; i++) {
                        before += stop[i] < from;
                        on = on || stop[i] == from;
                    }
                    uint64_t k = stops_pick(&jump, total, before, on, &wrapped);
                    uint64_t expected = walk(stop, total, from, jump, &expected_wrapped);
                    assert_int_equal(k, expected);
                    assert_int_equal(wrapped, expected_wrapped);
                }
}

/* ---- expressions ---- */

static void free_text_is_an_expression(void **state)
{
    static const struct {
        const char *text;
        enum find_kind kind;
        const char *expression; /* a part of it */
    } sample[] = {
        {"", FIND_NOTHING, ""},
        {"   ", FIND_NOTHING, ""},
        {"size >= 4K", FIND_EXPRESSION, "size >= 4K"},
        {" live ", FIND_EXPRESSION, "live"},
        {"size >> 4", FIND_WRONG, ""},
        {"size ==", FIND_WRONG, ""},
        {"0x13D3", FIND_ADDRESS, "heap ~ 0x13D3 || address ~ 0x13D3 || old_address ~ 0x13D3"},
        {"1,024", FIND_FIGURE, "size == 1024 || block_size == 1024 || old_size == 1024 || tid"},
        {"4k", FIND_FIGURE, "size == 4096 || block_size == 4096 || old_size == 4096"},
        {"99999999999999999999", FIND_WORD, "process ~ "},
        {"alloc", FIND_WORD, "op in [Alloc, ReAlloc"},
        {"low-frag", FIND_WORD, "source in [2] || process ~ /(?i)low\\-frag/"},
        {"outst", FIND_WORD, "(live && op == alloc)"},
        {"a/b\\c[", FIND_WORD, "process ~ /(?i)a\\/b\\\\c\\[/"},
        {"d0860", FIND_WORD, "address ~ d0860"},
        {"\u00fcber", FIND_WORD, "process ~ /(?i)\u00fcber/"},
    };
    struct strbuf b = {0};
    (void)state;
    for (size_t i = 0; i < sizeof sample / sizeof sample[0]; i++) {
        struct filter_error error;
        strbuf_clear(&b);
        enum find_kind kind = find_expression_put(&b, sample[i].text, &error);
        assert_int_equal(kind, sample[i].kind);
        if (strstr(strbuf_str(&b), sample[i].expression) == NULL)
            fail_msg("'%s' is '%s'", sample[i].text, strbuf_str(&b));
        struct filter *filter = filter_parse(strbuf_str(&b), b.len, &error);
        assert_non_null(filter);
        filter_unref(filter);
    }
    strbuf_release(&b);
}

/* Whatever is typed, what comes out is a filter. */
static void any_text_is_an_expression(void **state)
{
    static const char letters[] = "a0x9KfFgz .,-/\\[](){}\"'!?*+^$#@;:%_\u00e9";
    struct strbuf b = {0}, text = {0};
    unsigned random = 1;
    (void)state;
    for (int i = 0; i < 5000; i++) {
        strbuf_clear(&text);
        strbuf_clear(&b);
        for (unsigned n = 1 + random % 6; n > 0; n--) {
            random = random * 1103515245 + 12345;
            unsigned at = random / 65536 % (sizeof letters - 3);
            strbuf_putc(&text, letters[at]);
        }
        struct filter_error error;
        enum find_kind kind = find_expression_put(&b, strbuf_str(&text), &error);
        struct filter *filter = filter_parse(strbuf_str(&b), b.len, &error);
        if (filter == NULL)
            fail_msg("'%s' is '%s' (%d): %s", text.s, strbuf_str(&b), kind, error.expected);
        filter_unref(filter);
    }
    strbuf_release(&b);
    strbuf_release(&text);
}

int main(void)
{
    setlocale(LC_ALL, ""); /* for letters beyond ASCII */
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_texts_in_texts),
        cmocka_unit_test(stops_are_kept_in_order),
        cmocka_unit_test(jumps_go_round),
        cmocka_unit_test(free_text_is_an_expression),
        cmocka_unit_test(any_text_is_an_expression),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

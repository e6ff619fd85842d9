/* Heaps by heap, process and thread: what the rows say, held against the totals, and where they
 * lead. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "on_stage.h"

#define TITLES 2 /* the line of the titles when there is no caption */

static int open_stage(void **state)
{
    (void)state;
    stage_open(&st, &(struct stage_options){.rows = 40, .cols = 200});
    return 0;
}

static size_t cells_before(const char *s, const char *end)
{
    size_t cells = 0;
    for (; s < end; s++)
        cells += ((unsigned char)*s & 0xc0) != 0x80;
    return cells;
}

/* The number that ends at cell `end` of a line; 0 for anything else. */
static uint64_t number_ending_at(const char *line, size_t end)
{
    const char *at = line;
    while (*at != '\0' && cells_before(line, at) < end)
        at++;
    if (cells_before(line, at) < end)
        return 0;
    uint64_t n = 0, place = 1;
    for (at--; at >= line && (*at == ',' || (*at >= '0' && *at <= '9')); at--)
        if (*at != ',') {
            n += (uint64_t)(*at - '0') * place;
            place *= 10;
        }
    return n;
}

/* What the rows under the titles at `line` add up to in the column called `title`. */
static uint64_t sum_of(int line, const char *title)
{
    const char *titles = term_row(st.term, line);
    const char *at = strstr(titles, title);
    assert_non_null(at);
    size_t end = cells_before(titles, at) + strlen(title);
    uint64_t sum = 0;
    for (int row = line + 1; term_row(st.term, row)[0] != '\0'; row++)
        sum += number_ending_at(term_row(st.term, row), end);
    return sum;
}

static void assert_sums(int line)
{
    struct snapshot *s = fixture_snapshot(&st.fixture, NULL);
    const struct figures *total = &s->summary->total;
    assert_true(total->allocs > 1000 && total->frees > 800 && total->reallocs > 1);
    assert_int_equal(sum_of(line, "Allocs"), total->allocs);
    assert_int_equal(sum_of(line, "Frees"), total->frees);
    assert_int_equal(sum_of(line, "ReAllocs"), total->reallocs);
    assert_int_equal(sum_of(line, "Blocks"), total->outstanding_blocks);
    snapshot_unref(s);
}

static void all_kinds_of_rows_add_up_to_the_same(void **state)
{
    (void)state;
    type("3");
    assert_sums(TITLES);
    type("t");
    assert_true(sees("Heaps by process: 2 processes"));
    assert_sums(TITLES + 1);
    type("t");
    assert_true(sees("Heaps by thread: 3 threads"));
    assert_false(sees("Committed"));
    assert_sums(TITLES + 1);
    type("t");
    assert_sums(TITLES);
}

static void processes_lead_to_their_heaps_and_back(void **state)
{
    (void)state;
    type("3tj<Enter>");
    assert_string_equal(st.last_filter, "pid == 4242");
    assert_int_equal(term_find(st.term, "> 0x13d35bd0000"), TITLES + 1);
    type("<Enter>");
    assert_true(sees("Outcome"));
    type("<BS>");
    assert_true(sees("Over time"));
    assert_false(sees("Heaps by process"));
    type("<BS>");
    assert_true(sees("Heaps by process: 2 processes"));
    assert_string_equal(st.last_filter, "");
    assert_int_equal(term_find(st.term, "> worker"), TITLES + 3);
    type("=");
    assert_string_equal(st.last_filter, "pid == 4242");
}

static void threads_lead_to_their_events(void **state)
{
    (void)state;
    type("3tt");
    int line = term_find(st.term, "   2084  ");
    assert_true(line > 0);
    type("g");
    while (term_row(st.term, line)[0] != '>')
        type("j");
    type("<Enter>");
    assert_string_equal(st.last_filter, "tid == 2084");
    assert_true(sees("Outcome") && sees("thread 2084"));
    type("<BS>-");
    assert_string_equal(st.last_filter, "!(tid == 2084)");
    type("<BS>l=");
    assert_string_equal(st.last_filter, "pid == 21912");
}

static void each_kind_keeps_its_selection(void **state)
{
    (void)state;
    type("3jjtjtjj");
    int thread = term_find(st.term, "> ");
    type("t");
    assert_int_equal(term_find(st.term, "> "), TITLES + 3);
    type("t");
    assert_int_equal(term_find(st.term, "> "), TITLES + 3);
    type("t");
    assert_int_equal(term_find(st.term, "> "), thread);
}

static void sorting_keeps_the_selection(void **state)
{
    (void)state;
    static const char *const keys[] = {"s", "S", "s", "s", "S", "ss", "t", "ttSs"};
    type("3j");
    char row[32];
    strncpy(row, term_row(st.term, term_find(st.term, "> ")), sizeof row - 1);
    row[sizeof row - 1] = '\0';
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
        type(keys[i]);
        if (keys[i][0] != 't' || keys[i][1] != '\0')
            assert_true(sees(row));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(all_kinds_of_rows_add_up_to_the_same, open_stage,
                                        close_stage),
        cmocka_unit_test_setup_teardown(processes_lead_to_their_heaps_and_back, open_stage,
                                        close_stage),
        cmocka_unit_test_setup_teardown(threads_lead_to_their_events, open_stage, close_stage),
        cmocka_unit_test_setup_teardown(each_kind_keeps_its_selection, open_stage, close_stage),
        cmocka_unit_test_setup_teardown(sorting_keeps_the_selection, open_stage, close_stage),
    };
    return cmocka_run_group_tests(tests, term_group_setup, NULL);
}

/* Which columns of a list are shown: choices, their text, and the widths they get. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "ui/widget/list_layout.h"

static uint64_t one_row(void *ctx)
{
    (void)ctx;
    return 1;
}

static uint64_t same(void *ctx, uint64_t pos)
{
    (void)ctx;
    return pos;
}

static const struct list_source source = {.count = one_row, .row_id = same, .pos_of = same};

#define COLUMN(name, priority, sortable, hidden)                                                   \
    {                                                                                              \
        name, name, ALIGN_RIGHT, CUT_END, 6, 9, priority, sortable, NULL, NULL, NULL, hidden       \
    }

static const struct list_column columns[] = {
    COLUMN("time", 0, true, false),    COLUMN("delta", 8, false, false),
    COLUMN("tid", 7, true, false),     COLUMN("op", 4, false, false),
    COLUMN("heap", 3, true, false),    COLUMN("address", 5, true, false),
    COLUMN("size", 2, true, false),    COLUMN("source", 6, false, true),
    COLUMN("outcome", 1, true, false), COLUMN("process", 9, true, true),
};

#define COLUMNS (sizeof columns / sizeof columns[0])

static void make(struct list *l)
{
    list_init(l, &source, NULL, columns, COLUMNS);
    list_sync(l);
}

static void assert_text(const struct list *l, const char *expected)
{
    struct strbuf b = {0};
    list_columns_put(l, &b);
    assert_string_equal(strbuf_str(&b), expected);
    strbuf_release(&b);
}

#define DEFAULTS "time delta tid op heap address size outcome"

static void the_view_decides_until_somebody_does(void **state)
{
    (void)state;
    struct list l;
    make(&l);
    assert_text(&l, DEFAULTS);
    assert_int_equal(list_columns_take(&l, "op,heap:13\ttime", NULL), 0);
    assert_text(&l, "op heap:13 time");
    assert_int_equal(list_columns_take(&l, " ", NULL), 0);
    assert_text(&l, DEFAULTS);
    assert_false(l.choice.made);
}

static void wrong_words_are_named_and_change_nothing(void **state)
{
    (void)state;
    static const struct {
        const char *text, *word;
    } wrong[] = {
        {"time nope", "\"nope\""},
        {"time op time", "\"time\""},
        {"heap:0", "\"heap:0\""},
        {"heap:1", "\"heap:1\""},
        {"heap:201", "\"heap:201\""},
        {"heap:", "\"heap:\""},
        {"heap:-3", "\"heap:-3\""},
        {"heap:1:3", "\"heap:1:3\""},
        {"tim", "\"tim\""},
        {"timer", "\"timer\""},
        {":5", "\"\""},
        {"a\x1b[31m", "\"a\\x1b[31m\""},
        {"heap:99999999999999999999", "99999999999999999999"},
    };
    struct list l;
    make(&l);
    list_columns_take(&l, "size op", NULL);
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        struct err_info why = {""};
        assert_int_equal(list_columns_take(&l, wrong[i].text, &why), ERR_SYNTAX);
        if (strstr(why.text, wrong[i].word) == NULL)
            fail_msg("%s: %s", wrong[i].text, why.text);
        assert_text(&l, "size op");
    }
}

static void hidden_ones_come_back_where_they_belong(void **state)
{
    (void)state;
    struct list l;
    make(&l);
    list_columns_take(&l, "size time heap", NULL);
    list_columns_hide(&l, 1, false); /* delta, which follows time */
    assert_text(&l, "size time delta heap");
    list_columns_hide(&l, 7, false); /* source, which follows size */
    assert_text(&l, "size source time delta heap");
}

static void the_last_column_stays(void **state)
{
    (void)state;
    struct list l;
    make(&l);
    list_columns_take(&l, "heap", NULL);
    assert_false(list_columns_hide(&l, 4, true));
    assert_text(&l, "heap");
    assert_int_equal(l.column, 4);
}

/* What is absent or needed for now changes what is seen, not what was chosen. */
static void absent_and_needed_ones_change_no_choice(void **state)
{
    (void)state;
    struct list l;
    size_t shown[LIST_MAX_COLUMNS];
    make(&l);
    list_columns_take(&l, "size heap:9 time", NULL);
    l.column = 4;
    l.absent = 1u << 4 | 1u << 0;
    l.needed = 1u << 9;
    list_sync(&l);
    assert_int_equal(list_columns_shown(&l, shown), 2);
    assert_true((shown[0] == 6 && shown[1] == 9) || (shown[0] == 9 && shown[1] == 6));
    assert_false(list_columns_is_hidden(&l, l.column));
    assert_true(l.column == 6 || l.column == 9);
    assert_false(list_columns_hide(&l, 9, true));
    assert_text(&l, "size heap:9 time");
    l.absent = l.needed = 0;
    list_sync(&l);
    assert_int_equal(list_columns_shown(&l, shown), 3);
}

/* The same choice kept apart, in the plainest way. */
struct model {
    size_t order[COLUMNS];
    bool hidden[COLUMNS];
    int width[COLUMNS];
};

static size_t model_shown(const struct model *m)
{
    size_t n = 0;
    for (size_t i = 0; i < COLUMNS; i++)
        n += m->hidden[i] ? 0 : 1;
    return n;
}

static void model_put(const struct model *m, char *out, size_t size)
{
    size_t n = 0;
    out[0] = '\0';
    for (size_t i = 0; i < COLUMNS; i++) {
        size_t c = m->order[i];
        if (m->hidden[c])
            continue;
        n += (size_t)snprintf(out + n, size - n, "%s%s", n > 0 ? " " : "", columns[c].name);
        if (m->width[c] > 0)
            n += (size_t)snprintf(out + n, size - n, ":%d", m->width[c]);
    }
}

static void model_move(struct model *m, size_t column, bool right)
{
    size_t at = 0;
    while (m->order[at] != column)
        at++;
    if (right ? at + 1 == COLUMNS : at == 0)
        return;
    size_t other = right ? at + 1 : at - 1;
    m->order[at] = m->order[other];
    m->order[other] = column;
}

/* One change, to both. */
static void change(struct list *l, struct model *m)
{
    size_t column = (size_t)rand() % COLUMNS;
    int what = rand() % 3, width = rand() % 220;
    if (what == 0) {
        bool hide = !m->hidden[column];
        if (!hide || model_shown(m) > 1)
            m->hidden[column] = hide;
        list_columns_hide(l, column, hide);
    } else if (what == 1) {
        model_move(m, column, width % 2 == 0);
        list_columns_move(l, column, width % 2 == 0);
    } else {
        list_columns_set_width(l, column, width);
        m->width[column] = width == 1 ? 2 : width > 200 ? 200 : width;
    }
}

static void assert_layout(const struct list *l, const struct model *m, int cols)
{
    struct list_layout lay;
    list_layout(l, cols, &lay);
    bool has_cursor = false;
    size_t at = 0;
    for (size_t i = 0; i < lay.count; i++) {
        size_t c = lay.column[i];
        while (at < COLUMNS && m->order[at] != c)
            at++;
        assert_true(at < COLUMNS); /* in the chosen order */
        assert_false(m->hidden[c]);
        if (m->width[c] > 0 && lay.count > 1)
            assert_int_equal(lay.width[i], m->width[c]);
        has_cursor = has_cursor || c == l->column;
    }
    assert_true(has_cursor);
    size_t last = lay.count - 1;
    assert_true(lay.x[last] + lay.width[last] <= cols);
    assert_int_equal(lay.more_left || lay.more_right, lay.count < model_shown(m));
}

static void any_choice_survives_its_text(void **state)
{
    (void)state;
    srand(7);
    for (unsigned round = 0; round < 300; round++) {
        struct list l, other;
        struct model m = {0};
        char expected[512];
        make(&l);
        make(&other);
        for (size_t i = 0; i < COLUMNS; i++) {
            m.order[i] = i;
            m.hidden[i] = columns[i].hidden;
        }
        for (unsigned i = 0; i < 30; i++) {
            change(&l, &m);
            list_action(&l, rand() % 2 ? ACTION_RIGHT : ACTION_LEFT, 0);
            assert_false(list_columns_is_hidden(&l, l.column));
            assert_layout(&l, &m, 20 + rand() % 200);
        }
        model_put(&m, expected, sizeof expected);
        assert_text(&l, expected);
        assert_int_equal(list_columns_take(&other, expected, NULL), 0);
        assert_text(&other, expected);
    }
}

static void moving_and_sorting_follow_what_is_shown(void **state)
{
    (void)state;
    struct list l;
    make(&l);
    list_columns_take(&l, "size source heap time", NULL);
    static const size_t moves[] = {7, 4, 0, 0};
    l.column = 6;
    for (size_t i = 0; i < sizeof moves / sizeof moves[0]; i++) {
        list_action(&l, ACTION_RIGHT, 0);
        assert_int_equal(l.column, moves[i]);
    }
    static const size_t sorts[] = {6, 4, 0, 6};
    for (size_t i = 0; i < sizeof sorts / sizeof sorts[0]; i++) {
        list_action(&l, ACTION_SORT_NEXT, 0);
        assert_int_equal(l.sort_column, sorts[i]);
        assert_true(l.sort_descending);
    }
    assert_false(list_sort_by(&l, 7));
    assert_true(list_sort_by(&l, 6));
    assert_false(l.sort_descending);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_view_decides_until_somebody_does),
        cmocka_unit_test(wrong_words_are_named_and_change_nothing),
        cmocka_unit_test(hidden_ones_come_back_where_they_belong),
        cmocka_unit_test(the_last_column_stays),
        cmocka_unit_test(absent_and_needed_ones_change_no_choice),
        cmocka_unit_test(any_choice_survives_its_text),
        cmocka_unit_test(moving_and_sorting_follow_what_is_shown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

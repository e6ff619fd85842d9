/* The virtual list: 64-bit positions, selection, follow, columns, as an emulator shows them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/text.h"
#include "term.h"
#include "ui/keys/keymap.h"
#include "ui/widget/list_layout.h"

/*
 * Rows made up on the spot: ids `first_id` + position * `stride`, so that filters (a larger stride)
 * and withdrawn rows (a larger first id) can be played.
 */
struct rows {
    uint64_t count, first_id, stride;
    uint64_t pos; /* of the latest row call */
    uint64_t loaded, asked, lowest, highest;
};

static uint64_t rows_count(void *ctx)
{
    return ((struct rows *)ctx)->count;
}

static void rows_load(void *ctx, uint64_t first, size_t n)
{
    struct rows *r = ctx;
    r->loaded = n;
    assert_true(n > 0 && first + n <= r->count);
}

static void rows_row(void *ctx, uint64_t pos, struct list_row *out_row)
{
    struct rows *r = ctx;
    assert_true(pos < r->count);
    r->pos = pos;
    r->asked++;
    r->lowest = pos < r->lowest ? pos : r->lowest;
    r->highest = pos > r->highest ? pos : r->highest;
    out_row->role = pos % 4 == 3 ? ROLE_EVENT_FREE : ROLE_EVENT_ALLOC;
    out_row->sign = pos % 5 == 4 ? '*' : '\0';
}

static uint64_t rows_id(void *ctx, uint64_t pos)
{
    const struct rows *r = ctx;
    assert_true(pos < r->count);
    return r->first_id + pos * r->stride;
}

static uint64_t rows_pos_of(void *ctx, uint64_t id)
{
    const struct rows *r = ctx;
    return id <= r->first_id ? 0 : (id - r->first_id) / r->stride;
}

static const struct list_source source = {rows_count, rows_load, rows_row, rows_id, rows_pos_of};

static void format_id(void *ctx, struct list_cell *cell)
{
    const struct rows *r = ctx;
    text_put_grouped(cell->text, r->first_id + r->pos * r->stride);
}

static void format_op(void *ctx, struct list_cell *cell)
{
    const struct rows *r = ctx;
    strbuf_puts(cell->text, r->pos % 4 == 3 ? "F free" : "A alloc");
}

static void format_size(void *ctx, struct list_cell *cell)
{
    const struct rows *r = ctx;
    if (r->pos % 3 == 0) {
        strbuf_puts(cell->text, "\u00b7");
        cell->role = ROLE_TEXT_MUTED;
        return;
    }
    text_put_grouped(cell->text, r->pos % 3 * 4096);
}

static void draw_share(void *ctx, const struct canvas *box, enum role row_role)
{
    const struct rows *r = ctx;
    canvas_bar(box, 0, 0, box->cols, row_role, r->pos % 8 + 1, 8);
}

static void format_stack(void *ctx, struct list_cell *cell)
{
    (void)ctx;
    strbuf_puts(cell->text, "ucrtbase!malloc_base+0x41");
    cell->role = ROLE_STACK_MODULE;
}

static const struct list_column columns[] = {
    {"row", "Row", ALIGN_RIGHT, CUT_END, 7, 13, 0, true, format_id, NULL, NULL, false},
    {"op", "Op", ALIGN_LEFT, CUT_END, 7, 7, 1, false, format_op, NULL, NULL, false},
    {"size", "Size", ALIGN_RIGHT, CUT_END, 8, 13, 2, true, format_size, NULL, NULL, false},
    {"share", "Share", ALIGN_LEFT, CUT_END, 8, 16, 4, false, NULL, draw_share, NULL, false},
    {"stack", "Stack", ALIGN_LEFT, CUT_MIDDLE, 12, LIST_WIDE, 3, true, format_stack, NULL, NULL,
     false},
};

#define COLUMNS (sizeof columns / sizeof columns[0])

struct fixture {
    struct rows rows;
    struct list list;
    struct keymap keymap;
    struct key_prefix prefix;
};

static void frame(void *ctx, struct screen *s)
{
    struct fixture *f = ctx;
    struct canvas whole = screen_begin(s);
    list_sync(&f->list);
    list_draw(&f->list, &whole);
    screen_flush(s);
}

static void key(void *ctx, struct ui_key k)
{
    static const enum ui_scope scopes[] = {SCOPE_LIST, SCOPE_GLOBAL};
    struct fixture *f = ctx;
    struct action_call call = keymap_feed(&f->keymap, &f->prefix, scopes, 2, k);
    list_action(&f->list, call.action, call.count);
}

static struct term *show(struct fixture *f, uint64_t count, int rows, int cols)
{
    *f = (struct fixture){.rows = {.count = count, .stride = 1, .lowest = UINT64_MAX}};
    list_init(&f->list, &source, &f->rows, columns, COLUMNS);
    f->list.empty_text = "No event matches the filter.";
    keymap_init(&f->keymap);
    struct term *t = term_open(rows, cols, "xterm-256color");
    term_run(t, &(struct term_app){f, key, frame});
    return t;
}

static void done(struct fixture *f, struct term *t)
{
    list_release(&f->list);
    term_close(t);
}

static void draws_at_every_size(void **state)
{
    (void)state;
    static const struct {
        int rows, cols;
        const char *golden;
    } size[] = {
        {24, 80, "list-80x24"},
        {30, 100, "list-100x30"},
        {15, 60, "list-60x15"},
        {5, 20, "list-20x5"},
    };
    for (size_t i = 0; i < sizeof size / sizeof size[0]; i++) {
        struct fixture f;
        struct term *t = show(&f, 1000, size[i].rows, size[i].cols);
        list_set_sort(&f.list, 2, true);
        term_keys(t, "jjl");
        term_assert_golden(t, size[i].golden);
        done(&f, t);
    }
}

static void survives_any_size(void **state)
{
    (void)state;
    struct fixture f;
    struct term *t = show(&f, 1000, 24, 80);
    term_keys(t, "<A-5>00G");
    for (int rows = 8; rows > 0; rows--)
        for (int cols = 12; cols > 0; cols -= 3) {
            term_resize(t, rows, cols);
            assert_int_equal(f.list.pos, 499);
            assert_true(f.list.top <= 499 && 499 - f.list.top < (uint64_t)f.list.height);
        }
    term_resize(t, 1, 1);
    assert_string_equal(term_row(t, 0), ">");
    term_keys(t, "jkGg<PageDown><C-d>lhsS");
    term_resize(t, 24, 80);
    assert_int_equal(term_find(t, "Row"), 0);
    done(&f, t);
}

static void says_why_it_is_empty(void **state)
{
    (void)state;
    struct fixture f;
    struct term *t = show(&f, 0, 8, 40);
    term_keys(t, "jGk<PageUp>");
    assert_true(term_find(t, "No event matches the filter.") > 0);
    f.rows.count = 3;
    term_frame(t);
    assert_int_equal(term_find(t, ">"), 1);
    done(&f, t);
}

static void asks_only_for_rows_it_draws(void **state)
{
    (void)state;
    const uint64_t many = UINT64_C(5000000000);
    struct fixture f;
    struct term *t = show(&f, many, 24, 80);
    term_keys(t, "G");
    f.rows.asked = 0;
    f.rows.lowest = UINT64_MAX;
    term_frame(t);
    assert_int_equal(f.rows.asked, 23);
    assert_int_equal(f.rows.loaded, 23);
    assert_true(f.rows.lowest == many - 23 && f.rows.highest == many - 1);
    assert_int_equal(term_find(t, "4,999,999,999"), 23);
    term_keys(t, "k<A-4>294967296k");
    assert_true(f.list.pos == many - 2 - UINT64_C(4294967296));
    term_keys(t, "<A-9>99999999999999j");
    assert_true(f.list.pos == many - 1);
    term_keys(t, "g");
    assert_true(f.list.pos == 0);
    done(&f, t);
}

static void moves_by_lines_and_pages(void **state)
{
    (void)state;
    static const struct {
        const char *keys;
        uint64_t pos;
    } step[] = {
        {"j", 1},           {"<Down>", 2},    {"k", 1},         {"<Up><Up>", 0},      {"<C-d>", 10},
        {"<PageDown>", 30}, {"<C-u>", 20},    {"<PageUp>", 0},  {"G", 999},           {"<Home>", 0},
        {"<End>", 999},     {"<A-1>00G", 99}, {"<A-1>0j", 109}, {"<A-5><Esc>j", 110}, {"<A-3>g", 2},
    };
    struct fixture f;
    struct term *t = show(&f, 1000, 22, 80); /* 21 rows under the header */
    for (size_t i = 0; i < sizeof step / sizeof step[0]; i++) {
        term_keys(t, step[i].keys);
        assert_int_equal(f.list.pos, step[i].pos);
        assert_true(f.list.pos - f.list.top < 21);
    }
    done(&f, t);
}

static void keeps_a_margin_while_scrolling(void **state)
{
    (void)state;
    struct fixture f;
    struct term *t = show(&f, 1000, 22, 80);
    term_keys(t, "<A-2>0j");
    assert_int_equal(f.list.top, 20 + 3 - 20);
    term_keys(t, "<A-1>5k");
    assert_int_equal(f.list.top, 5 - 3);
    done(&f, t);
}

static void selection_stays_on_its_row(void **state)
{
    (void)state;
    struct fixture f;
    struct term *t = show(&f, 1000, 24, 80);
    term_keys(t, "<A-5>01g");
    uint64_t line = f.list.pos - f.list.top;
    f.rows.first_id = 100; /* 100 rows before it went */
    f.rows.count = 900;
    term_frame(t);
    assert_int_equal(f.list.pos, 400);
    assert_int_equal(f.list.pos - f.list.top, line);
    f.rows = (struct rows){.count = 100, .stride = 10}; /* a filter leaves every tenth */
    term_frame(t);
    assert_int_equal(f.list.pos, 50);
    f.rows.count = 0; /* a new scan starts with nothing ... */
    term_frame(t);
    f.rows.count = 20; /* ... and has not come so far yet */
    term_frame(t);
    assert_int_equal(f.list.pos, 19);
    f.rows = (struct rows){.count = 1000, .stride = 1};
    term_frame(t);
    assert_int_equal(f.list.pos, 500);
    done(&f, t);
}

static void nothing_chosen_means_the_first_row(void **state)
{
    (void)state;
    struct fixture f;
    struct term *t = show(&f, 10, 24, 80);
    f.rows.first_id = 5000; /* another order: another row comes first */
    term_frame(t);
    assert_int_equal(f.list.pos, 0);
    done(&f, t);
}

static void follows_until_moved_up(void **state)
{
    (void)state;
    struct fixture f;
    struct term *t = show(&f, 10, 12, 80);
    list_set_follow(&f.list, true);
    for (int i = 0; i < 5; i++) {
        f.rows.count += 7;
        term_frame(t);
        assert_int_equal(f.list.pos, f.rows.count - 1);
        assert_int_equal(term_find(t, ">"), 11);
    }
    term_keys(t, "j");
    assert_true(f.list.follow);
    term_keys(t, "k");
    assert_false(f.list.follow);
    uint64_t pos = f.list.pos;
    f.rows.count += 100;
    term_frame(t);
    assert_int_equal(f.list.pos, pos);
    done(&f, t);
}

static void every_column_can_be_reached(void **state)
{
    (void)state;
    struct fixture f;
    struct term *t = show(&f, 10, 15, 40);
    struct list_layout lay;
    for (size_t column = 0; column < COLUMNS; column++) {
        assert_int_equal(f.list.column, column);
        assert_int_equal(term_find(t, columns[column].title), 0);
        list_layout(&f.list, 40, &lay);
        size_t last = lay.count - 1;
        assert_true(lay.x[last] + lay.width[last] < 40);
        assert_true(lay.more_left || lay.more_right);
        assert_int_equal(strncmp(term_row(t, 0), "\u2039", 3) == 0, lay.more_left);
        assert_int_equal(strstr(term_row(t, 0), "\u203a") != NULL, lay.more_right);
        term_keys(t, "l");
    }
    assert_int_equal(f.list.column, COLUMNS - 1);
    term_keys(t, "<A-9>h");
    assert_int_equal(f.list.column, 0);
    done(&f, t);
}

static void columns_share_the_width(void **state)
{
    (void)state;
    struct list l;
    struct rows r = {.count = 1, .stride = 1};
    list_init(&l, &source, &r, columns, COLUMNS);
    for (int cols = 0; cols < 250; cols++) {
        struct list_layout lay;
        list_layout(&l, cols, &lay);
        int end = 0, gap = cols < 80 ? 1 : 2;
        assert_true(lay.count >= 1);
        for (size_t i = 0; i < lay.count; i++) {
            assert_true(i == 0 || lay.column[i] > lay.column[i - 1]);
            assert_true(lay.width[i] <= columns[lay.column[i]].max_width);
            assert_true(lay.count == 1 || lay.width[i] >= columns[lay.column[i]].min_width);
            assert_int_equal(lay.x[i], i > 0 ? end + gap : LIST_GUTTER);
            end = lay.x[i] + lay.width[i];
        }
        bool all = lay.count == COLUMNS;
        assert_true(cols < 3 || end <= (all ? cols : cols - 1));
        assert_int_equal(lay.more_left || lay.more_right, !all);
        if (all)
            assert_int_equal(end, cols); /* the wide column takes the rest */
    }
    list_release(&l);
}

static void sorts_by_columns_that_can(void **state)
{
    (void)state;
    struct fixture f;
    struct term *t = show(&f, 10, 10, 100);
    static const size_t want[] = {0, 2, 4, 0};
    for (size_t i = 0; i < sizeof want / sizeof want[0]; i++) {
        term_keys(t, "s");
        assert_int_equal(f.list.sort_column, want[i]);
        assert_int_equal(f.list.sort_descending, want[i] != 4);
        assert_int_equal(term_find(t, want[i] != 4 ? "\u25be" : "\u25b4"), 0);
    }
    term_keys(t, "S");
    assert_false(f.list.sort_descending);
    done(&f, t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(draws_at_every_size),
        cmocka_unit_test(survives_any_size),
        cmocka_unit_test(says_why_it_is_empty),
        cmocka_unit_test(asks_only_for_rows_it_draws),
        cmocka_unit_test(moves_by_lines_and_pages),
        cmocka_unit_test(keeps_a_margin_while_scrolling),
        cmocka_unit_test(selection_stays_on_its_row),
        cmocka_unit_test(nothing_chosen_means_the_first_row),
        cmocka_unit_test(follows_until_moved_up),
        cmocka_unit_test(every_column_can_be_reached),
        cmocka_unit_test(columns_share_the_width),
        cmocka_unit_test(sorts_by_columns_that_can),
    };
    return cmocka_run_group_tests(tests, term_group_setup, NULL);
}

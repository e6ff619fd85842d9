/* The open rows of a call tree: order, columns, lines, and that they stay open in the next tree. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "forest.h"
#include "ui/view/stacks/outline.h"

static const char story[] = "0 app!grow 0 0 0\n"
                            "1 app!main 0 0 0\n"
                            "2 app!run 100 1 1\n"
                            "3 app!fill 300 3 3\n"
                            "4 app!loop 200 2 2\n"
                            "3 app!work 50 1 1\n"
                            "0 app!parse 400 4 4\n"
                            "1 app!main 10 1 1\n"
                            "0 app!idle 1 1 1\n";

static const char marks[] = {'+', 'v', '|', '`', ' '};

/* "v grow;  | main;" ...: two blanks a level, then the mark. */
static const char *rows_of(const struct outline *o)
{
    static char text[4096];
    size_t at = 0;
    text[0] = '\0';
    for (size_t i = 0; i < o->rows.count; i++) {
        const struct outline_row *r = &o->rows.items[i];
        int n = snprintf(text + at, sizeof text - at, "%*s%c %s;", 2 * (int)r->level, "",
                         marks[r->mark], o->tree->nodes[r->node].text + 4);
        at += (size_t)n;
        assert_true(at < sizeof text);
    }
    return text;
}

static void show(struct outline *o, const char *lines, bool reversed, int budget)
{
    struct call_tree *t = forest_plant(lines, CALL_TREE_BOTTOM_UP, CALL_TREE_OUTSTANDING);
    outline_show(o, t, reversed, budget);
    call_tree_unref(t);
}

static void closed_trees_show_their_roots_by_weight(void **state)
{
    (void)state;
    struct outline o;
    outline_init(&o);
    show(&o, story, false, 0);
    assert_string_equal(rows_of(&o), "+ grow;+ parse;  idle;");
    show(&o, story, true, 0);
    assert_string_equal(rows_of(&o), "  idle;+ parse;+ grow;");
    outline_release(&o);
}

static void a_row_opens_down_to_where_its_paths_part(void **state)
{
    (void)state;
    struct outline o;
    outline_init(&o);
    show(&o, story, false, 0);
    assert_true(outline_open(&o, 0));
    assert_string_equal(rows_of(&o),
                        "v grow;  | main;  v run;    + fill;      work;+ parse;  idle;");
    assert_false(outline_open(&o, 0));
    assert_true(outline_open(&o, 3));
    assert_string_equal(rows_of(&o), "v grow;  | main;  v run;    v fill;      ` loop;      work;"
                                     "+ parse;  idle;");
    /* A line goes from `fill` down to `work`, none beside the last of them. */
    assert_int_equal(o.rows.items[4].guides, 1u << 2);
    assert_int_equal(o.rows.items[5].guides, 0);
    assert_int_equal(outline_parent(&o, 5), 2);
    assert_int_equal(outline_parent(&o, 2), 0);
    assert_int_equal(outline_parent(&o, 0), 0);
    assert_true(outline_close(&o, 2));
    assert_string_equal(rows_of(&o), "v grow;  | main;  + run;+ parse;  idle;");
    assert_true(outline_close(&o, 0));
    assert_false(outline_close(&o, 0));
    assert_string_equal(rows_of(&o), "+ grow;+ parse;  idle;");
    outline_release(&o);
}

static void what_is_open_stays_open_in_the_next_tree(void **state)
{
    (void)state;
    static const char grown[] = "0 app!late 9000 1 1\n"
                                "0 app!grow 0 0 0\n"
                                "1 app!main 0 0 0\n"
                                "2 app!run 100 1 1\n"
                                "3 app!work 5000 1 1\n"
                                "3 app!fill 300 3 3\n"
                                "4 app!loop 200 2 2\n"
                                "0 app!parse 400 4 4\n";
    struct outline o;
    outline_init(&o);
    show(&o, story, false, 0);
    outline_open(&o, 0);
    uint64_t key = o.rows.items[3].key;
    show(&o, grown, false, 0);
    assert_string_equal(rows_of(&o),
                        "  late;v grow;  | main;  v run;      work;    + fill;  parse;");
    assert_int_equal(outline_find(&o, key), 5);
    assert_int_equal(outline_find(&o, 1234), o.rows.count);
    outline_show(&o, NULL, false, 0);
    assert_int_equal(o.rows.count, 0);
    outline_release(&o);
}

static void the_heaviest_path_opens_by_itself_as_far_as_there_is_room(void **state)
{
    (void)state;
    struct outline o;
    outline_init(&o);
    show(&o, story, false, 2);
    assert_string_equal(rows_of(&o), "v grow;  | main;  + run;+ parse;  idle;");
    show(&o, story, false, 8);
    assert_string_equal(rows_of(&o), "v grow;  | main;  v run;    v fill;      ` loop;      work;"
                                     "+ parse;  idle;");
    /* Not any more once a person has closed a row. */
    outline_close(&o, 0);
    show(&o, story, false, 9);
    assert_string_equal(rows_of(&o), "+ grow;+ parse;  idle;");
    outline_release(&o);
}

static void all_below_a_row_opens_and_closes(void **state)
{
    (void)state;
    struct outline o;
    outline_init(&o);
    show(&o, story, false, 0);
    assert_true(outline_toggle_all(&o, 0));
    assert_int_equal(o.rows.count, 8);
    assert_true(outline_toggle_all(&o, 0));
    assert_string_equal(rows_of(&o), "+ grow;+ parse;  idle;");
    assert_false(outline_toggle_all(&o, 2));
    outline_open(&o, 0);
    assert_string_equal(rows_of(&o),
                        "v grow;  | main;  v run;    + fill;      work;+ parse;  idle;");
    outline_release(&o);
}

static void every_node_comes_once_on_the_way_through(void **state)
{
    (void)state;
    for (int reversed = 0; reversed < 2; reversed++) {
        struct outline o;
        struct strbuf order = {0};
        outline_init(&o);
        show(&o, story, reversed, 0);
        for (uint32_t n = outline_first(&o); n != OUTLINE_NO_NODE; n = outline_next(&o, n)) {
            strbuf_printf(&order, "%s ", o.tree->nodes[n].text + 4);
        }
        assert_string_equal(strbuf_str(&order),
                            reversed ? "idle parse main grow main run work fill loop "
                                     : "grow main run fill loop work parse main idle ");
        strbuf_release(&order);
        outline_release(&o);
    }
}

static void a_hidden_node_is_found_and_shown(void **state)
{
    (void)state;
    struct outline o;
    outline_init(&o);
    show(&o, story, false, 0);
    uint32_t loop = outline_heaviest(&o, 0);
    assert_string_equal(o.tree->nodes[loop].text, "app!fill");
    loop = outline_heaviest(&o, loop); /* a step at least */
    assert_string_equal(o.tree->nodes[loop].text, "app!loop");
    assert_int_equal(outline_heaviest(&o, loop), loop);
    assert_int_equal(outline_node(&o, o.tree->nodes[loop].key), loop);
    assert_int_equal(outline_reveal(&o, loop), 4);
    assert_string_equal(rows_of(&o), "v grow;  | main;  v run;    v fill;      ` loop;      work;"
                                     "+ parse;  idle;");
    outline_release(&o);
}

/* Against rows made from nothing: opening and closing in place comes to the same. */
static void opening_in_place_equals_making_anew(void **state)
{
    (void)state;
    struct call_tree *t = forest_grow(7, 5, 6, CALL_TREE_TOP_DOWN, CALL_TREE_OUTSTANDING);
    struct outline o, anew;
    outline_init(&o);
    outline_init(&anew);
    outline_show(&o, t, false, 0);
    o.touched = anew.touched = true;
    for (uint32_t i = 0, random = 5; i < 500; i++) {
        random = random * 1664525 + 1013904223;
        size_t pos = (random >> 8) % o.rows.count;
        if (random >> 31)
            outline_open(&o, pos);
        else
            outline_close(&o, pos);
        struct id_map own = anew.open;
        anew.open = o.open;
        outline_show(&anew, t, false, 0);
        assert_int_equal(anew.rows.count, o.rows.count);
        assert_memory_equal(anew.rows.items, o.rows.items, o.rows.count * sizeof *o.rows.items);
        outline_show(&anew, NULL, false, 0);
        anew.open = own;
    }
    outline_release(&o);
    outline_release(&anew);
    call_tree_unref(t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(closed_trees_show_their_roots_by_weight),
        cmocka_unit_test(a_row_opens_down_to_where_its_paths_part),
        cmocka_unit_test(what_is_open_stays_open_in_the_next_tree),
        cmocka_unit_test(the_heaviest_path_opens_by_itself_as_far_as_there_is_room),
        cmocka_unit_test(all_below_a_row_opens_and_closes),
        cmocka_unit_test(every_node_comes_once_on_the_way_through),
        cmocka_unit_test(a_hidden_node_is_found_and_shown),
        cmocka_unit_test(opening_in_place_equals_making_anew),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

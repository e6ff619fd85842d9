/* Completion of the filter over the trace of the fixture, at every kind of place. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "on_stage.h"
#include "ui/app/app_state.h"

static int open_stage(void **state)
{
    (void)state;
    stage_open(&st, &(struct stage_options){.rows = 24, .cols = 80});
    return 0;
}

static const char *text(void)
{
    return strbuf_str(&st.app->prompt.text);
}

static void every_place_completes(void **state)
{
    (void)state;
    static const struct {
        const char *typed, *want, *shown; /* `shown`: a part of the menu, or of why there is none */
    } place[] = {
        {"<Tab>", "op", "op  heap  pid  tid  process"},
        {"so<Tab>", "source ", NULL},
        {"SO<Tab>", "source ", NULL},
        {"old<Tab>", "old_", "old_address  old_size"},
        {"old<Tab><Tab><Tab>", "old_size", "2 of 2  bytes before"},
        {"source <Tab>", "source ==", "==  !=  <"},
        {"source <S-Tab>", "source in", "one of a list"},
        {"source == <Tab>", "source == lowfrag", "lowfrag  mainpath"},
        {"source == m<Tab>", "source == mainpath ", NULL},
        {"source == mainpath <Tab>", "source == mainpath &&", "&&  ||"},
        {"(live <Tab>", "(live )", ")  &&  ||"},
        {"op == <Tab>", "op == alloc", "alloc  free"},
        {"op == fr<Tab>", "op == free ", NULL},
        {"op == ALL<Tab>", "op == alloc ", NULL},
        {"op in <Tab>", "op in [", NULL},
        {"op in [alloc, fr<Tab>", "op in [alloc, free ", NULL},
        {"heap == <Tab>", "heap == 0x13d35ec0000", "0x13d35ec0000  0x13d35bd0000"},
        {"heap == 0x13d35b<Tab>", "heap == 0x13d35bd0000 ", NULL},
        {"heap == 35b<Tab>", "heap == 0x13d35bd0000 ", NULL},
        {"pid == <Tab>", "pid == 21912", "21912  4242"},
        {"pid == 4<Tab>", "pid == 4242 ", NULL},
        {"tid == <Tab>", "tid == 2080", "2080"},
        {"tid == 2<Tab>", "tid == 208", "2080  2084"},
        {"process == Sol<Tab>", "process == Solution.exe ", NULL},
        {"process == \"Sol<Tab>", "process == \"Solution.exe\" ", NULL},
        {"process ~ <S-Tab>", NULL, "worker"},
        {"process <Tab><Tab><Tab>", "process ~", "capitals matter"},
        {"size >= <Tab>", NULL, "alloc"},
        {"size >= 4<Tab>", NULL, "4K  4M  4G  4"},
        {"size >= 4K<Tab>", "size >= 4K ", NULL},
        {"time >= <Tab>", "time >= 0.044462s", "the first event"},
        {"life <lt> <Tab>", "life < 1us", "1us  10us"},
        {"life <lt> 25<Tab>", "life < 25s", "25s  25ms  25us  25ns"},
        {"address == <Tab>", "address == ", "Type an address"},
        {"address == 0x4<Tab>", "address == 0x4 ", NULL},
        {"sice == <Tab>", "sice == ", "wrong before the cursor"},
        {"live xyz<Tab>", "live xyz", "Nothing in this trace"},
        {"size > 4<C-a><Right><Right><Tab>", "size > 4", NULL},
        {"sxze > 4<C-a><Right><Tab>", "size > 4", "size  source"},
        {"old<Tab><Tab><Esc>", "old", NULL},
    };
    for (size_t i = 0; i < sizeof place / sizeof place[0]; i++) {
        type("f<C-u>");
        type(place[i].typed);
        if (place[i].want != NULL && strcmp(text(), place[i].want) != 0)
            fail_msg("'%s' gives '%s', not '%s'", place[i].typed, text(), place[i].want);
        if (place[i].shown != NULL && !sees(place[i].shown))
            fail_msg("'%s' does not show '%s': '%s'", place[i].typed, place[i].shown,
                     term_row(st.term, 23));
        type("<C-c>");
        assert_false(st.app->prompt.active);
    }
}

/* Fields, operators and values by Tab; only the last number is typed. */
static void a_filter_by_tab_alone(void **state)
{
    (void)state;
    type("fso<Tab><Tab> <Tab> <Tab> si<Tab><Tab><Tab><Tab><Tab><Tab><Tab> 64<Enter>");
    assert_string_equal(st.last_filter, "source == lowfrag && size >= 64");
    assert_true(sees("filter  source == lowfrag && size >= 64"));
}

static void the_menu_keeps_enter_and_escape(void **state)
{
    (void)state;
    type("fop == <Tab>");
    assert_string_equal(st.last_filter, "op == alloc"); /* shown at once */
    type("<Esc>");
    assert_true(st.app->prompt.active);
    assert_string_equal(text(), "op == ");
    type("<Tab><Tab><Enter>");
    assert_false(st.app->prompt.active);
    assert_string_equal(st.last_filter, "op == free");
}

static void before_the_first_picture_the_language_completes(void **state)
{
    (void)state;
    stage_close(&st);
    stage_open(&st, &(struct stage_options){.rows = 24, .cols = 80, .empty_handed = true});
    type("fhe<Tab><Tab>");
    assert_string_equal(text(), "heap ==");
    type(" <Tab>");
    assert_true(sees("Nothing in this trace"));
}

int main(void)
{
#define ON_STAGE(f) cmocka_unit_test_setup_teardown(f, open_stage, close_stage)
    const struct CMUnitTest tests[] = {
        ON_STAGE(every_place_completes),
        ON_STAGE(a_filter_by_tab_alone),
        ON_STAGE(the_menu_keeps_enter_and_escape),
        ON_STAGE(before_the_first_picture_the_language_completes),
    };
    return cmocka_run_group_tests(tests, term_group_setup, NULL);
}

/*
 * Every action of the table does something wherever its keys hold, has a key or can be reached by
 * its name, and stands in help.
 *
 * Each is driven through the app on the story of fixture.h, in every place it claims; afterwards
 * something must be different: the picture, a message, or what was asked of the host.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "on_stage.h"
#include "ui/app/app_state.h"

/* Low, so that pages scroll; wide enough for the words of messages. */
#define ROWS   14
#define COLS   90
#define EVENTS 200

/* How each place is come to. */
static const struct place {
    enum ui_scope scope;
    const char *keys;
} places[] = {
    {SCOPE_SUMMARY, "1"},      {SCOPE_EVENTS, "2jjj"},
    {SCOPE_HEAPS, "3j"},       {SCOPE_SOURCES, "4j"},
    {SCOPE_SIZES, "5j"},       {SCOPE_BLOCKS, "6j"},
    {SCOPE_STACKS, "7j"},      {SCOPE_TIMELINE, "8p"},
    {SCOPE_DIFF, "0j"},        {SCOPE_MOMENT, "2#150jA<Tab><Tab>j"},
    {SCOPE_HELP, "?"},         {SCOPE_DETAIL, "2jjj<Enter><Tab>"},
    {SCOPE_THEMES, "T<Down>"}, {SCOPE_COLUMNS, "2cj"},
};

#define PLACES (sizeof places / sizeof places[0])

/* What may have to be done first: no motion goes beyond an end. */
static const enum action preludes[] = {ACTION_NONE, ACTION_LAST, ACTION_RIGHT, ACTION_FIRST,
                                       ACTION_STACK_COLUMN_RIGHT};

#define PRELUDES (sizeof preludes / sizeof preludes[0])

static void put_cells(struct strbuf *out)
{
    for (int y = 0; y < ROWS; y++) {
        strbuf_puts(out, term_row(st.term, y));
        for (int x = 0; x < COLS; x++) {
            struct term_cell cell = term_cell(st.term, y, x);
            strbuf_printf(out, "%x.%x.%x ", (unsigned)cell.fg, (unsigned)cell.bg, cell.attrs);
        }
    }
}

/* All that an action can change. */
static void put_state(struct strbuf *out)
{
    put_cells(out);
    strbuf_printf(out, "asked %u reloads %u quits %u suspends %u saves %u", st.asked, st.reloads,
                  st.quits, st.suspends, st.saves);
    for (int i = 0; i < ASIDE_COUNT; i++)
        strbuf_printf(out, " %d", st.aside[i].asked);
}

static void act(enum action a)
{
    strbuf_clear(&st.app->message); /* as a key does */
    app_do(st.app, a, 0);
    term_frame(st.term);
}

static bool does_something(const struct place *place, enum action a, enum action prelude)
{
    struct strbuf before = {0}, after = {0};
    stage_open(&st, &(struct stage_options){.rows = ROWS, .cols = COLS, .events = EVENTS});
    term_keys(st.term, place->keys);
    assert_int_equal(view_stack_focused(&st.app->stack)->ops->scope, place->scope);
    if (prelude != ACTION_NONE)
        act(prelude);
    strbuf_clear(&st.app->message);
    term_frame(st.term);
    put_state(&before);
    act(a);
    put_state(&after);
    stage_close(&st);
    bool same = strcmp(strbuf_str(&before), strbuf_str(&after)) == 0;
    strbuf_release(&before);
    strbuf_release(&after);
    return !same;
}

/* Nothing to see: the same picture again, and nothing there to close or to go to. */
static bool is_silent(const struct place *place, enum action a)
{
    static const enum action shows[SCOPE_COUNT] = {
        [SCOPE_SUMMARY] = ACTION_SUMMARY, [SCOPE_EVENTS] = ACTION_EVENTS,
        [SCOPE_HEAPS] = ACTION_HEAPS,     [SCOPE_SOURCES] = ACTION_SOURCES,
        [SCOPE_SIZES] = ACTION_SIZES,     [SCOPE_BLOCKS] = ACTION_BLOCKS,
        [SCOPE_STACKS] = ACTION_STACKS,   [SCOPE_TIMELINE] = ACTION_TIMELINE,
        [SCOPE_DIFF] = ACTION_DIFF,
    };
    bool screen = shows[place->scope] != ACTION_NONE;
    if (a == shows[place->scope])
        return true;
    return a == ACTION_REDRAW || (a == ACTION_CLOSE && screen);
}

static bool claims(const struct place *place, enum action a)
{
    enum ui_scope scope = action_info(a)->scope;
    struct view *v = view_stack_focused(&st.app->stack);
    return scope == SCOPE_GLOBAL || scope == place->scope ||
           (scope == SCOPE_LIST && v->ops->is_list);
}

static void check_place(const struct place *place, struct strbuf *idle)
{
    for (enum action a = ACTION_NONE + 1; a < ACTION_COUNT; a++) {
        stage_open(&st, &(struct stage_options){.rows = ROWS, .cols = COLS, .events = 1});
        term_keys(st.term, place->keys);
        bool claimed = claims(place, a);
        stage_close(&st);
        bool done = !claimed || is_silent(place, a);
        for (size_t i = 0; i < PRELUDES && !done; i++)
            done = does_something(place, a, preludes[i]);
        if (!done)
            strbuf_printf(idle, "%s in %s; ", action_info(a)->name, scope_name(place->scope));
    }
}

static void every_action_does_something(void **state)
{
    (void)state;
    struct strbuf idle = {0};
    for (size_t i = 0; i < PLACES; i++)
        check_place(&places[i], &idle);
    assert_string_equal(strbuf_str(&idle), "");
    strbuf_release(&idle);
}

/* No scope is left out above. */
static void every_scope_has_a_place(void **state)
{
    (void)state;
    for (enum action a = ACTION_NONE + 1; a < ACTION_COUNT; a++) {
        enum ui_scope scope = action_info(a)->scope;
        bool found = scope == SCOPE_GLOBAL || scope == SCOPE_LIST;
        for (size_t i = 0; i < PLACES; i++)
            found = found || places[i].scope == scope;
        if (!found)
            fail_msg("%s: nobody comes to %s", action_info(a)->name, scope_name(scope));
    }
}

/* Help has the sentence of every action, with its keys, on some page of it. */
static void every_action_is_in_help(void **state)
{
    (void)state;
    stage_open(&st, &(struct stage_options){.rows = 200, .cols = 200, .events = EVENTS});
    term_keys(st.term, "?");
    for (enum action a = ACTION_NONE + 1; a < ACTION_COUNT; a++) {
        const char *help = action_info(a)->help;
        char start[24];
        snprintf(start, sizeof start, "%s", help);
        char *blank = strrchr(start, ' ');
        if (strlen(help) >= sizeof start && blank != NULL)
            *blank = '\0'; /* the line may be broken behind it */
        if (term_find(st.term, start) < 0)
            fail_msg("%s is not in help", action_info(a)->name);
    }
    stage_close(&st);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_action_does_something),
        cmocka_unit_test(every_scope_has_a_place),
        cmocka_unit_test(every_action_is_in_help),
    };
    return cmocka_run_group_tests(tests, term_group_setup, NULL);
}

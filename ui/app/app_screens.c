/* The screens of the program: how each is made, its tab, and the action that shows it. */
#include "ui/app/app_state.h"
#include "ui/view/views.h"

/* In the order of the tabs. */
static const struct {
    enum ui_scope scope;
    struct view *(*make)(const struct view_env *env);
} screens[] = {
    {SCOPE_SUMMARY, view_summary_new},   {SCOPE_EVENTS, view_events_new},
    {SCOPE_HEAPS, view_heaps_new},       {SCOPE_SOURCES, view_sources_new},
    {SCOPE_SIZES, view_sizes_new},       {SCOPE_BLOCKS, view_blocks_new},
    {SCOPE_STACKS, view_stacks_new},     {SCOPE_TIMELINE, view_timeline_new},
    {SCOPE_FINDINGS, view_findings_new}, {SCOPE_DIFF, view_diff_new},
};

#define SCREENS (sizeof screens / sizeof screens[0])

static const struct frame_tab tabs[SCREENS] = {
    {ACTION_SUMMARY, "Summary"}, {ACTION_EVENTS, "Events"},     {ACTION_HEAPS, "Heaps"},
    {ACTION_SOURCES, "Sources"}, {ACTION_SIZES, "Sizes"},       {ACTION_BLOCKS, "Blocks"},
    {ACTION_STACKS, "Stacks"},   {ACTION_TIMELINE, "Timeline"}, {ACTION_FINDINGS, "Findings"},
    {ACTION_DIFF, "Diff"},
};

void app_add_screens(struct app *a)
{
    for (size_t i = 0; i < SCREENS; i++)
        view_stack_add(&a->stack, screens[i].make(&a->env));
}

bool app_show_screen(struct app *a, enum action action)
{
    for (size_t i = 0; i < SCREENS; i++)
        if (tabs[i].action == action)
            return view_stack_show(&a->stack, screens[i].scope);
    return false;
}

void app_show_tab(struct app *a, int tab)
{
    if (tab >= 0 && (size_t)tab < SCREENS)
        app_do(a, tabs[tab].action, 0);
}

void app_fill_tabs(const struct app *a, struct frame_state *st)
{
    st->tabs = tabs;
    st->tab_count = SCREENS;
    st->tab_active = 0;
    while (st->tab_active < SCREENS && screens[st->tab_active].scope != a->stack.shown)
        st->tab_active++;
}

struct view *app_events(const struct app *a)
{
    return a->stack.screens[SCOPE_EVENTS];
}

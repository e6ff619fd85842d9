/* Hits in the list or page that has the keys, and where a person is in it. */
#include "ui/app/app_state.h"
#include "ui/widget/page.h"

struct app_place app_place(struct app *a)
{
    struct view *v = view_stack_focused(&a->stack);
    struct app_place place = {.view = v};
    if (view_list(v) != NULL)
        place.list = list_place(view_list(v));
    if (view_page(v) != NULL) {
        place.page_top = view_page(v)->top;
        place.page_found = view_page(v)->found;
    }
    return place;
}

void app_place_return(struct app *a, const struct app_place *place)
{
    struct view *v = view_stack_focused(&a->stack);
    if (v != place->view)
        return;
    if (view_list(v) != NULL) {
        list_return(view_list(v), &place->list);
        v->ops->sync(v);
    }
    if (view_page(v) != NULL) {
        view_page(v)->top = place->page_top;
        view_page(v)->found = place->page_found;
    }
}

static bool jump_in_view(struct app *a, struct view *v, const struct stops_jump *jump)
{
    struct app_find *f = &a->find;
    f->index = v->ops->find(v, &f->matcher, jump, &f->total, &f->wrapped);
    return f->index > 0;
}

static bool jump_in_list(struct app *a, struct list *l, const struct stops_jump *jump)
{
    struct app_find *f = &a->find;
    stops_of_list(&f->stops, l, &f->matcher);
    f->total = f->stops.count;
    if (f->total == 0)
        return false;
    uint64_t i = stops_pick(jump, f->total, stops_before(&f->stops, l->pos),
                            stops_have(&f->stops, l->pos), &f->wrapped);
    list_jump(l, f->stops.at[i]);
    f->index = i + 1;
    return true;
}

/* The lines of the whole page that hold the text: it is drawn once more, into the stops. */
static void find_lines(struct app *a, struct view *v, struct page *p)
{
    struct stops_tap tap;
    struct page as_shown = *p;
    struct canvas c = stops_canvas(&a->find.stops, &tap, &a->body, &a->find.matcher);
    v->ops->draw(v, &c);
    *p = as_shown;
}

/* The search starts at the last hit while that is in sight, else at the edge of what is. */
static bool jump_in_page(struct app *a, struct view *v, struct page *p,
                         const struct stops_jump *jump)
{
    struct app_find *f = &a->find;
    find_lines(a, v, p);
    f->total = f->stops.count;
    p->found = f->total > 0 ? p->found : 0;
    if (f->total == 0)
        return false;
    int line = p->found - 1;
    struct stops_jump from = *jump;
    if (line < p->top || line >= p->top + p->visible) {
        line = jump->back ? p->top + p->visible - 1 : p->top;
        from.here = true;
    }
    uint64_t at = line > 0 ? (uint64_t)line : 0;
    uint64_t i = stops_pick(&from, f->total, stops_before(&f->stops, at), stops_have(&f->stops, at),
                            &f->wrapped);
    page_find(p, (int)f->stops.at[i]);
    f->index = i + 1;
    return true;
}

bool app_find_in_view(struct app *a, const struct stops_jump *jump)
{
    struct view *v = view_stack_focused(&a->stack);
    bool found = false;
    if (v != NULL && v->ops->find != NULL)
        found = jump_in_view(a, v, jump);
    else if (view_list(v) != NULL)
        found = jump_in_list(a, view_list(v), jump);
    else if (view_page(v) != NULL)
        found = jump_in_page(a, v, view_page(v), jump);
    a->find.hit = app_place(a);
    return found;
}

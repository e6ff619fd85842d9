/* Hits in the list or page that has the keys, and where a person is in it. */
#include "ui/app/app_state.h"
#include "ui/widget/page.h"

static struct list *list_of(struct view *v)
{
    return v != NULL && v->ops->list != NULL ? v->ops->list(v) : NULL;
}

static struct page *page_of(struct view *v)
{
    return v != NULL && v->ops->page != NULL ? v->ops->page(v) : NULL;
}

struct app_place app_place(struct app *a)
{
    struct view *v = view_stack_focused(&a->stack);
    struct app_place place = {.view = v};
    if (list_of(v) != NULL)
        place.list = list_place(list_of(v));
    if (page_of(v) != NULL) {
        place.page_top = page_of(v)->top;
        place.page_found = page_of(v)->found;
    }
    return place;
}

void app_place_return(struct app *a, const struct app_place *place)
{
    struct view *v = view_stack_focused(&a->stack);
    if (v != place->view)
        return;
    if (list_of(v) != NULL) {
        list_return(list_of(v), &place->list);
        v->ops->sync(v);
    }
    if (page_of(v) != NULL) {
        page_of(v)->top = place->page_top;
        page_of(v)->found = place->page_found;
    }
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
    if (list_of(v) != NULL)
        found = jump_in_list(a, list_of(v), jump);
    else if (page_of(v) != NULL)
        found = jump_in_page(a, v, page_of(v), jump);
    a->find.hit = app_place(a);
    return found;
}

/* Open views and the way back (see view_stack.h). */
#include "ui/view/view_stack.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "model/successor.h"
#include "ui/term/glyph.h"

static void close_view(struct view *v)
{
    if (v)
        v->ops->close(v);
}

static void free_crumb(struct view_crumb *crumb)
{
    free(crumb->filter);
    free(crumb->label);
}

static void clear_crumbs(struct view_stack *s)
{
    while (s->crumb_count > 0)
        free_crumb(&s->crumbs[--s->crumb_count]);
}

void view_stack_release(struct view_stack *s)
{
    while (s->above_count > 0)
        close_view(s->above[--s->above_count]);
    for (int i = 0; i < SCOPE_COUNT; i++)
        close_view(s->screens[i]);
    clear_crumbs(s);
    *s = (struct view_stack){0};
}

struct view *view_stack_top(const struct view_stack *s)
{
    return s->above_count > 0 ? s->above[s->above_count - 1] : NULL;
}

bool view_stack_is_covered(const struct view_stack *s)
{
    const struct view *top = view_stack_top(s);
    return top != NULL && !top->ops->is_pane;
}

/* The pane below the topmost view keeps the keys only while that is a pane, too. */
static void update_focus(struct view_stack *s)
{
    if (s->above_count == 0 || view_stack_is_covered(s))
        s->below_focused = false;
    struct view *focused = view_stack_focused(s);
    for (int i = 0; i < SCOPE_COUNT; i++)
        if (s->screens[i])
            s->screens[i]->focused = s->screens[i] == focused;
    for (size_t i = 0; i < s->above_count; i++)
        s->above[i]->focused = s->above[i] == focused;
}

/* Others are drawn than before. Views that were hidden have not looked at the data since, and may
 * hold what is gone by now. */
static void turn_to_shown(struct view_stack *s)
{
    update_focus(s);
    view_stack_sync(s);
}

void view_stack_add(struct view_stack *s, struct view *v)
{
    close_view(s->screens[v->ops->scope]);
    s->screens[v->ops->scope] = v;
    update_focus(s);
}

bool view_stack_show(struct view_stack *s, enum ui_scope screen)
{
    if (!s->screens[screen])
        return false;
    while (view_stack_pop(s))
        continue;
    s->shown = screen;
    turn_to_shown(s);
    return true;
}

void view_stack_push(struct view_stack *s, struct view *v)
{
    const struct view *top = view_stack_top(s);
    bool same = top != NULL && top->ops->scope == v->ops->scope;
    if (same || s->above_count == VIEW_STACK_ABOVE)
        view_stack_pop(s);
    s->above[s->above_count++] = v;
    s->below_focused = false;
    update_focus(s);
}

bool view_stack_pop(struct view_stack *s)
{
    if (s->above_count == 0)
        return false;
    close_view(s->above[--s->above_count]);
    turn_to_shown(s);
    return true;
}

/* The view at `level`: 0 is the screen, then those above it. */
static struct view *view_at(const struct view_stack *s, size_t level)
{
    return level == 0 ? s->screens[s->shown] : s->above[level - 1];
}

static size_t focused_level(const struct view_stack *s)
{
    return s->above_count - (s->below_focused ? 1 : 0);
}

struct view *view_stack_focused(const struct view_stack *s)
{
    return view_at(s, focused_level(s));
}

struct view *view_stack_at(const struct view_stack *s, int y, int x)
{
    for (size_t level = 0; level <= s->above_count; level++) {
        const struct view_box *b = &s->box[level];
        if (y >= b->y && y < b->y + b->rows && x >= b->x && x < b->x + b->cols)
            return view_at(s, level);
    }
    return NULL;
}

int view_stack_cols(const struct view_stack *s, const struct view *v)
{
    for (size_t level = 0; level <= s->above_count; level++)
        if (view_at(s, level) == v)
            return s->box[level].cols;
    return 0;
}

bool view_stack_moment(const struct view_stack *s, int64_t *out_raw, uint64_t *out_row)
{
    for (size_t level = focused_level(s) + 1; level-- > 0;) {
        const struct view *v = view_at(s, level);
        if (v != NULL && v->ops->moment != NULL && v->ops->moment(v, out_raw, out_row))
            return true;
        if (level > 0 && !v->ops->is_pane)
            break;
    }
    return false;
}

/* Only the topmost view, or the one below a pane, can have the keys. */
void view_stack_focus(struct view_stack *s, const struct view *v)
{
    s->below_focused = s->above_count > 0 && view_at(s, s->above_count - 1) == v;
    update_focus(s);
}

size_t view_stack_scopes(const struct view_stack *s, enum ui_scope out_scopes[3])
{
    const struct view *v = view_stack_focused(s);
    size_t n = 0;
    if (v)
        out_scopes[n++] = v->ops->scope;
    if (v && v->ops->is_list)
        out_scopes[n++] = SCOPE_LIST;
    out_scopes[n++] = SCOPE_GLOBAL;
    return n;
}

/* What the stack itself does with an action that no view took. */
static enum view_result own_action(struct view_stack *s, enum action a)
{
    if (s->above_count == 0)
        return VIEW_IGNORED;
    if (a == ACTION_CLOSE || a == ACTION_QUIT_VIEW) {
        view_stack_pop(s);
        return VIEW_DONE;
    }
    if (a == ACTION_NEXT_PANE && !view_stack_is_covered(s)) {
        s->below_focused = !s->below_focused;
        update_focus(s);
        return VIEW_DONE;
    }
    return VIEW_IGNORED;
}

/* Drops the view at `level` > 0 and what stands on it. */
static void close_level(struct view_stack *s, size_t level)
{
    while (s->above_count >= level && view_stack_pop(s))
        continue;
}

enum view_result view_stack_action(struct view_stack *s, enum action a, uint64_t count,
                                   struct view_request *out_request)
{
    *out_request = (struct view_request){0};
    for (size_t level = focused_level(s) + 1; level-- > 0;) {
        struct view *v = view_at(s, level);
        enum view_result result = v ? v->ops->action(v, a, count, out_request) : VIEW_IGNORED;
        if (result == VIEW_CLOSE && level > 0) {
            close_level(s, level);
            return VIEW_DONE;
        }
        if (result != VIEW_IGNORED)
            return result;
        /* A view that covers those below it keeps its keys from them. */
        if (level > 0 && !v->ops->is_pane)
            break;
    }
    return own_action(s, a);
}

/* The lowest level that shows: what a covering view hides is not drawn. */
static size_t lowest_drawn(const struct view_stack *s)
{
    size_t level = s->above_count;
    while (level > 0 && s->above[level - 1]->ops->is_pane)
        level--;
    return level;
}

bool view_stack_sync(struct view_stack *s)
{
    bool changed = false;
    for (size_t level = lowest_drawn(s); level <= s->above_count; level++) {
        struct view *v = view_at(s, level);
        if (v && v->ops->sync(v))
            changed = true;
    }
    return changed;
}

static void draw_view(struct view_stack *s, size_t level, struct canvas box)
{
    struct view *v = view_at(s, level);
    if (!v)
        return;
    s->box[level] = (struct view_box){box.y, box.x, box.rows, box.cols};
    box.scope = v->ops->scope;
    v->ops->draw(v, &box);
}

/* Rows of `rows` for the view below a pane: half, and what the pane has no use for. */
static int rows_below(int rows, const struct view_ops *pane)
{
    int half = rows / 2, left = rows - 1 - pane->most_rows;
    return pane->most_rows > 0 && left > half ? left : half;
}

void view_stack_draw(struct view_stack *s, const struct canvas *body)
{
    struct canvas rest = *body;
    memset(s->box, 0, sizeof s->box);
    for (size_t level = lowest_drawn(s); level <= s->above_count; level++) {
        bool shared = level < s->above_count;
        int rows = shared ? rows_below(rest.rows, s->above[level]->ops) : rest.rows;
        draw_view(s, level, canvas_sub(&rest, 0, 0, rows, rest.cols));
        if (!shared)
            return;
        bool focus_below = view_at(s, level)->focused;
        canvas_line(&rest, rows, 0, rest.cols, focus_below ? ROLE_BORDER : ROLE_BORDER_FOCUS);
        rest = canvas_sub(&rest, rows + 1, 0, rest.rows, rest.cols);
    }
}

/* Cells that a step takes of the breadcrumb at most. */
#define STEP_CELLS 28

static void note_place(const struct view_stack *s, struct view_crumb *crumb)
{
    struct view *v = s->screens[s->shown];
    if (v != NULL && v->ops->rows != NULL)
        crumb->rows = v->ops->rows(v);
    if (view_list(v) != NULL)
        crumb->list = list_place(view_list(v));
    if (view_page(v) != NULL)
        crumb->page = page_place(view_page(v));
}

/* The rows come later: the views look for the place whenever they are synced. */
static void return_to_place(struct view_stack *s, const struct view_crumb *crumb)
{
    struct view *v = s->screens[s->shown];
    if (v != NULL && v->ops->show_rows != NULL)
        v->ops->show_rows(v, crumb->rows);
    if (view_list(v) != NULL)
        list_return(view_list(v), &crumb->list);
    if (view_page(v) != NULL)
        page_return(view_page(v), &crumb->page);
}

void view_stack_drill(struct view_stack *s, const char *filter, struct view_range range,
                      const char *label)
{
    if (s->crumb_count == VIEW_STACK_CRUMBS) {
        free_crumb(&s->crumbs[0]);
        s->crumb_count--;
        memmove(s->crumbs, s->crumbs + 1, s->crumb_count * sizeof s->crumbs[0]);
    }
    s->crumbs[s->crumb_count++] = (struct view_crumb){
        .screen = s->shown,
        .filter = base_xstrdup(filter),
        .label = base_xstrdup(label),
        .range = range,
    };
    note_place(s, &s->crumbs[s->crumb_count - 1]);
}

bool view_stack_undo(struct view_stack *s, struct strbuf *out_filter, struct view_range *out_range)
{
    if (s->crumb_count == 0)
        return false;
    struct view_crumb *crumb = &s->crumbs[--s->crumb_count];
    strbuf_clear(out_filter);
    strbuf_puts(out_filter, crumb->filter);
    *out_range = crumb->range;
    view_stack_show(s, crumb->screen);
    return_to_place(s, crumb);
    free_crumb(crumb);
    return true;
}

/* A row that is not there any more keeps its number: the list looks for what is nearest. */
static void rebase(uint64_t *id, enum view_rows rows, const struct trace *now,
                   const struct trace *old)
{
    uint64_t to = INDEX_NONE;
    if (*id == LIST_NO_ROW)
        return;
    if (rows == VIEW_ROWS_EVENTS || rows == VIEW_ROWS_BLOCKS) {
        *id = successor_row(now, old, *id);
        return;
    }
    if (rows == VIEW_ROWS_HEAPS)
        to = successor_heap(now, old, (uint32_t)*id);
    else if (rows == VIEW_ROWS_PROCESSES)
        to = successor_process(now, old, (uint32_t)*id);
    else if (rows == VIEW_ROWS_THREADS)
        to = successor_thread(now, old, (uint32_t)*id);
    if (to != INDEX_NONE)
        *id = to;
}

void view_stack_rebase(struct view_stack *s, const struct trace *now, const struct trace *old)
{
    for (int i = 0; i < SCOPE_COUNT; i++) {
        struct view *v = s->screens[i];
        if (view_list(v) != NULL && v->ops->rows != NULL)
            rebase(&view_list(v)->id, v->ops->rows(v), now, old);
    }
    for (size_t i = 0; i < s->crumb_count; i++)
        rebase(&s->crumbs[i].list.id, s->crumbs[i].rows, now, old);
}

/* A long step keeps its beginning and its end: the field, and the last digits of the value. */
static void put_step(struct strbuf *out, const char *label)
{
    struct charset cs = {.utf8 = true, .glyphs = true};
    size_t n = strlen(label);
    if (cells_width(cs, label, n) <= STEP_CELLS) {
        strbuf_add(out, label, n);
        return;
    }
    int half = (STEP_CELLS - 1) / 2;
    size_t tail = cells_fit_tail(cs, label, n, half);
    strbuf_add(out, label, cells_fit(cs, label, n, half, NULL));
    strbuf_puts(out, GLYPH_ELLIPSIS);
    strbuf_add(out, label + tail, n - tail);
}

void view_stack_put_breadcrumb(const struct view_stack *s, struct strbuf *out)
{
    for (size_t i = 0; i < s->crumb_count; i++) {
        if (i > 0)
            strbuf_puts(out, " " GLYPH_CRUMB " ");
        put_step(out, s->crumbs[i].label);
    }
}

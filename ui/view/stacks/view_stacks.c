/*
 * Stacks: who allocates.
 *
 * Call stacks drawn together as a tree: a list of its open rows (stack_list.h), or a picture of it
 * (icicle.h); both have one selection. The tree is made by the worker: the program asks for the one
 * that view_stacks_wants() tells while the screen is shown. Loop thread only.
 */
#include <stdlib.h>
#include <string.h>

#include "answer/snapshot.h"
#include "base/alloc.h"
#include "base/text.h"
#include "query/condition.h"
#include "ui/keys/keymap.h"
#include "ui/view/cell_format.h"
#include "ui/view/stacks/icicle.h"
#include "ui/view/stacks/stack_list.h"
#include "ui/view/views.h"
#include "ui/widget/list_mouse.h"
#include "ui/widget/stops.h"

/* With fewer lines the rows need all of them. */
#define LINES_FOR_CAPTION 6
#define LINES_FOR_REMARK  8
#define LINES_FOR_STORY   8

/* The line that parts the picture from what is told about its frame, and that. */
#define STORY_LINES 4

struct stacks_view {
    struct view view;
    struct stack_list stacks;
    struct icicle icicle;
    bool picture;
    struct stops stops; /* scratch: where a text stands */
    struct strbuf text; /* scratch */
};

static struct list *list_of(struct stacks_view *v)
{
    return &v->stacks.list;
}

static struct outline *outline_of(struct stacks_view *v)
{
    return stack_list_outline(&v->stacks);
}

static const struct call_tree *tree_of(struct stacks_view *v)
{
    return outline_of(v)->tree;
}

/* The selected node; OUTLINE_NO_NODE when there is none. */
static uint32_t selected(struct stacks_view *v)
{
    if (tree_of(v) == NULL)
        return OUTLINE_NO_NODE;
    return v->picture ? v->icicle.selected.node : stack_list_selected(&v->stacks);
}

/* The frames that are not shown; NULL: none. */
static const struct frame_rules *folded(const struct view_env *env)
{
    return env->unfolded ? NULL : env->rules;
}

static bool stacks_wants(const struct view *view, enum answer_kind kind,
                         struct answer_spec *out_spec)
{
    const struct stacks_view *v = (const struct stacks_view *)view;
    if (kind != ANSWER_TREE)
        return false;
    out_spec->tree =
        (struct tree_spec){.kind = v->stacks.kind, .sort = stack_list_figure(&v->stacks)};
    out_spec->rules = (struct frame_rules *)(uintptr_t)folded(view->env);
    return true;
}

/* ---- list and picture ---- */

/* The list's row id is the selection of both. */
static void sync_picture(struct stacks_view *v)
{
    struct icicle *p = &v->icicle;
    struct list *l = list_of(v);
    icicle_show(p, outline_of(v)->tree);
    if (tree_of(v) == NULL)
        return;
    if (l->id != LIST_NO_ROW && l->id != p->selected.key) {
        uint32_t node = outline_node(outline_of(v), l->id);
        if (node != OUTLINE_NO_NODE)
            icicle_select(p, node);
    }
    l->id = p->selected.key;
}

static bool stacks_sync(struct view *view)
{
    struct stacks_view *v = (struct stacks_view *)view;
    stack_list_sync(&v->stacks);
    if (v->picture)
        sync_picture(v);
    return true;
}

static void show_picture(struct stacks_view *v, bool on)
{
    v->picture = list_of(v)->not_shown = on;
    outline_of(v)->touched = true;
    if (!on && v->icicle.tree != NULL && v->icicle.tree == tree_of(v) &&
        v->icicle.selected.node != OUTLINE_NO_NODE)
        stack_list_select(&v->stacks, v->icicle.selected.node);
    stacks_sync(&v->view);
}

/* Functions and modules overlap: the same bytes would stand in the picture several times. */
static enum view_result toggle_picture(struct stacks_view *v, struct view_request *out_request)
{
    bool flat = v->stacks.kind > CALL_TREE_BOTTOM_UP;
    if (!v->picture && flat)
        return view_say(out_request, "The picture shows the trees: {stacks.kind} goes on to them.");
    show_picture(v, !v->picture);
    return VIEW_DONE;
}

/* Bottom-up first, as it is opened; the picture has the trees alone. */
static void next_kind(struct stacks_view *v)
{
    static const enum call_tree_kind next[STACK_KINDS] = {
        [CALL_TREE_BOTTOM_UP] = CALL_TREE_TOP_DOWN,
        [CALL_TREE_TOP_DOWN] = CALL_TREE_FUNCTIONS,
        [CALL_TREE_FUNCTIONS] = CALL_TREE_MODULES,
        [CALL_TREE_MODULES] = CALL_TREE_BOTTOM_UP,
    };
    enum call_tree_kind kind = next[v->stacks.kind];
    if (v->picture && kind > CALL_TREE_BOTTOM_UP)
        kind = CALL_TREE_BOTTOM_UP;
    stack_list_show(&v->stacks, kind);
    while (icicle_unzoom(&v->icicle))
        continue;
    stacks_sync(&v->view);
}

/* ---- conditions ---- */

/* "Solution!grow", without what a narrow line has no room for. */
static void put_label(const struct call_node *n, bool live, struct strbuf *out)
{
    strbuf_puts(out, n->text);
    if (live)
        strbuf_puts(out, ", outstanding");
}

/* Asks for the blocks of the selected node, or for the allocs of its outstanding ones. */
static enum view_result filter_by_node(struct stacks_view *v, enum action a,
                                       struct view_request *out_request)
{
    uint32_t node = selected(v);
    if (node == OUTLINE_NO_NODE)
        return view_say(out_request, "There is no row to filter by.");
    const struct call_node *n = &tree_of(v)->nodes[node];
    if (!call_tree_put_condition(tree_of(v), node, &out_request->condition))
        return view_say(out_request,
                        "Too many stacks go through %s to filter by them: "
                        "choose a row further down.",
                        n->text);
    bool live = a == ACTION_STACK_LIVE;
    if (live) {
        strbuf_clear(&v->text);
        condition_join(strbuf_str(&out_request->condition), "live", &v->text);
        strbuf_clear(&out_request->condition);
        strbuf_puts(&out_request->condition, strbuf_str(&v->text));
    }
    out_request->kind = a == ACTION_OPEN || live ? VIEW_REQUEST_DRILL : VIEW_REQUEST_FILTER;
    out_request->screen = live ? SCOPE_EVENTS : SCOPE_BLOCKS;
    if (a == ACTION_FILTER_EXCLUDE) {
        condition_negate(&out_request->condition);
        strbuf_puts(&out_request->label, "not ");
    }
    put_label(n, live, &out_request->label);
    return VIEW_REQUEST;
}

/* ---- the tree's keys ---- */

static void open_row(struct stacks_view *v)
{
    struct list *l = list_of(v);
    const struct outline_rows *rows = &outline_of(v)->rows;
    if (outline_open(outline_of(v), l->pos))
        list_sync(l);
    else if (l->pos + 1 < rows->count && rows->items[l->pos + 1].depth > rows->items[l->pos].depth)
        list_action(l, ACTION_DOWN, 1);
}

/* One of a chain goes to its head: the chain opened as one, it closes as one. */
static void close_row(struct stacks_view *v)
{
    struct list *l = list_of(v);
    bool chained = outline_of(v)->rows.items[l->pos].mark == OUTLINE_CHAIN;
    if (chained || !outline_close(outline_of(v), l->pos))
        list_go(l, outline_parent(outline_of(v), l->pos));
    list_sync(l);
}

static void go_heaviest(struct stacks_view *v)
{
    uint32_t node = outline_heaviest(outline_of(v), selected(v));
    if (v->picture) {
        icicle_select(&v->icicle, node);
        list_of(v)->id = v->icicle.selected.key;
    } else {
        stack_list_select(&v->stacks, node);
    }
}

static enum view_result open_all(struct stacks_view *v, struct view_request *out_request)
{
    if (v->picture)
        return view_say(out_request, "The picture shows all that is wide enough to be seen.");
    if (!outline_toggle_all(outline_of(v), list_of(v)->pos))
        return view_say(out_request, "There is nothing below this row.");
    list_sync(list_of(v));
    return VIEW_DONE;
}

/* ---- actions ---- */

/* What the picture makes of its keys. */
static enum view_result picture_action(struct stacks_view *v, enum action a, uint64_t count,
                                       struct view_request *out_request)
{
    struct icicle *p = &v->icicle;
    if (a == ACTION_OPEN && icicle_zoom(p))
        return VIEW_DONE;
    if (a == ACTION_BACK)
        return icicle_unzoom(p) ? VIEW_DONE : VIEW_IGNORED;
    if (a == ACTION_CLOSE) {
        if (!icicle_unzoom(p))
            show_picture(v, false);
        return VIEW_DONE;
    }
    if (a == ACTION_COLUMNS || a == ACTION_STACK_COLUMN_LEFT || a == ACTION_STACK_COLUMN_RIGHT)
        return view_say(out_request,
                        "The picture has no columns; {stacks.picture} goes back to them.");
    if (!icicle_move(p, a, count))
        return VIEW_IGNORED;
    list_of(v)->id = p->selected.key;
    return VIEW_DONE;
}

/* Keys that need a row. */
static enum view_result row_action(struct stacks_view *v, enum action a,
                                   struct view_request *out_request)
{
    switch ((int)a) {
    case ACTION_OPEN:
    case ACTION_FILTER_ADD:
    case ACTION_FILTER_EXCLUDE:
    case ACTION_STACK_LIVE:
        return filter_by_node(v, a, out_request);
    case ACTION_STACK_HEAVIEST:
        go_heaviest(v);
        return VIEW_DONE;
    case ACTION_STACK_ALL:
        return open_all(v, out_request);
    case ACTION_RIGHT:
        open_row(v);
        return VIEW_DONE;
    case ACTION_LEFT:
        close_row(v);
        return VIEW_DONE;
    default:
        return VIEW_IGNORED;
    }
}

/* Keys of the list, its columns and its order. */
static enum view_result list_keys(struct stacks_view *v, enum action a, uint64_t count)
{
    if (a == ACTION_STACK_COLUMN_LEFT || a == ACTION_STACK_COLUMN_RIGHT)
        a = a == ACTION_STACK_COLUMN_LEFT ? ACTION_LEFT : ACTION_RIGHT;
    /* In the picture the way there is by frames, not by rows. */
    bool sorts = a == ACTION_SORT_NEXT || a == ACTION_SORT_REVERSE;
    if ((v->picture && !sorts) || !list_action(list_of(v), a, count))
        return VIEW_IGNORED;
    outline_of(v)->touched = true;
    if (sorts)
        stacks_sync(&v->view);
    return VIEW_DONE;
}

static enum view_result stacks_action(struct view *view, enum action a, uint64_t count,
                                      struct view_request *out_request)
{
    struct stacks_view *v = (struct stacks_view *)view;
    enum view_result result = VIEW_IGNORED;
    if (a == ACTION_STACK_PICTURE)
        return toggle_picture(v, out_request);
    if (a == ACTION_STACK_KIND) {
        next_kind(v);
        return VIEW_DONE;
    }
    if (v->picture)
        result = picture_action(v, a, count, out_request);
    if (result == VIEW_IGNORED && selected(v) != OUTLINE_NO_NODE)
        result = row_action(v, a, out_request);
    return result == VIEW_IGNORED ? list_keys(v, a, count) : result;
}

/* ---- finding and copying ---- */

static bool node_has(const struct call_node *n, const struct matcher *m)
{
    size_t at, len;
    return matcher_find(m, n->text, strlen(n->text), 0, &at, &len) ||
           matcher_find(m, n->place, strlen(n->place), 0, &at, &len);
}

/* The places of the hits among all nodes, open or not, in the order shown; that of the selected one
 * in `out_here`. */
static void find_nodes(struct stacks_view *v, const struct matcher *m, uint64_t *out_here)
{
    const struct outline *o = outline_of(v);
    uint32_t here = selected(v);
    uint64_t place = 0;
    stops_clear(&v->stops);
    for (uint32_t n = outline_first(o); n != OUTLINE_NO_NODE; n = outline_next(o, n), place++) {
        if (n == here)
            *out_here = place;
        if (node_has(&o->tree->nodes[n], m))
            stops_add(&v->stops, place);
    }
}

static uint32_t node_at_place(const struct outline *o, uint64_t place)
{
    uint32_t n = outline_first(o);
    while (place-- > 0)
        n = outline_next(o, n);
    return n;
}

static uint64_t stacks_find(struct view *view, const struct matcher *m,
                            const struct stops_jump *jump, uint64_t *out_total, bool *out_wrapped)
{
    struct stacks_view *v = (struct stacks_view *)view;
    uint64_t here = 0;
    *out_total = 0;
    if (selected(v) == OUTLINE_NO_NODE)
        return 0;
    find_nodes(v, m, &here);
    *out_total = v->stops.count;
    if (v->stops.count == 0)
        return 0;
    uint64_t i = stops_pick(jump, v->stops.count, stops_before(&v->stops, here),
                            stops_have(&v->stops, here), out_wrapped);
    uint32_t node = node_at_place(outline_of(v), v->stops.at[i]);
    if (v->picture) {
        icicle_select(&v->icicle, node);
        list_of(v)->id = v->icicle.selected.key;
    } else {
        stack_list_select(&v->stacks, node);
    }
    return i + 1;
}

static void put_line(const struct call_node *n, struct strbuf *out)
{
    text_put_escaped(out, n->text, strlen(n->text));
    if (n->place[0] != '\0') {
        strbuf_puts(out, "  ");
        text_put_escaped(out, n->place, strlen(n->place));
    }
    strbuf_putc(out, '\n');
}

/* From the inside out, as stacks are read: bottom-up trees have the inside at their root. */
static void stacks_put_copy(struct view *view, struct strbuf *out)
{
    struct stacks_view *v = (struct stacks_view *)view;
    const struct call_tree *t = tree_of(v);
    uint32_t node = selected(v);
    if (node == OUTLINE_NO_NODE)
        return;
    if (t->kind != CALL_TREE_BOTTOM_UP) {
        for (; node != UINT32_MAX; node = t->nodes[node].parent)
            put_line(&t->nodes[node], out);
        return;
    }
    for (uint32_t depth = 0; depth <= t->nodes[node].depth; depth++) {
        uint32_t n = node;
        while (t->nodes[n].depth > depth)
            n = t->nodes[n].parent;
        put_line(&t->nodes[n], out);
    }
}

/* ---- drawing ---- */

static void put_caption(struct stacks_view *v, struct strbuf *out)
{
    static const struct {
        const char *name, *about;
    } titles[STACK_KINDS] = {
        [CALL_TREE_TOP_DOWN] = {"Top-down", ": from the thread's start to who allocates"},
        [CALL_TREE_BOTTOM_UP] = {"Bottom-up", ": who allocates, and who called that"},
        [CALL_TREE_FUNCTIONS] = {"Functions", ", each with all that was allocated below it"},
        [CALL_TREE_MODULES] = {"Modules", ", each with all that was allocated below it"},
    };
    const struct call_tree *t = tree_of(v);
    strbuf_clear(out);
    strbuf_puts(out, titles[v->stacks.kind].name);
    bool plain = t != NULL ? t->rules == NULL : folded(v->view.env) == NULL;
    strbuf_puts(out, plain ? ", not folded" : "");
    strbuf_puts(out, titles[v->stacks.kind].about);
    if (t == NULL)
        return;
    strbuf_puts(out, "; ");
    text_put_grouped(out, t->stacks);
    strbuf_puts(out, t->stacks == 1 ? " stack" : " stacks");
    if (t->without > 0) {
        strbuf_puts(out, ", ");
        text_put_grouped(out, t->without);
        strbuf_puts(out, t->without == 1 ? " alloc or realloc without one"
                                         : " allocs or reallocs without one");
    }
    if (t->cut)
        strbuf_puts(out, ", too many ways: deeper ones count for the call above");
    if (!v->view.env->snapshot->answer_complete[ANSWER_TREE])
        strbuf_puts(out, ", still adding up");
}

/* Why there are no names, or how far they are, when there is something to say. */
static void draw_remark(const struct stacks_view *v, struct canvas *c)
{
    char remark[256] = "";
    const struct snapshot *s = v->view.env->snapshot;
    if (s == NULL || s->symbols == NULL || c->rows < LINES_FOR_REMARK)
        return;
    symbol_table_remark(s->symbols, remark, sizeof remark);
    if (remark[0] == '\0')
        return;
    canvas_field(c, 0, 1, c->cols - 1, ROLE_TEXT_MUTED, ALIGN_LEFT, CUT_END, remark,
                 strlen(remark));
    *c = canvas_sub(c, 1, 0, c->rows - 1, c->cols);
}

static void draw_caption(struct stacks_view *v, struct canvas *c)
{
    if (c->rows < LINES_FOR_CAPTION)
        return;
    put_caption(v, &v->text);
    canvas_field(c, 0, 1, c->cols - 1, ROLE_TITLE_FOCUS, ALIGN_LEFT, CUT_END, strbuf_str(&v->text),
                 v->text.len);
    *c = canvas_sub(c, 1, 0, c->rows - 1, c->cols);
}

static void put_bytes(const struct stacks_view *v, const struct call_node *n,
                      enum call_tree_column figure, const char *word, struct strbuf *out)
{
    cell_put_bytes(out, v->view.env, n->total[figure]);
    strbuf_puts(out, word);
}

static void put_count(const struct call_node *n, enum call_tree_column figure, const char *one,
                      const char *many, struct strbuf *out)
{
    text_put_grouped(out, n->total[figure]);
    strbuf_puts(out, n->total[figure] == 1 ? one : many);
}

/* "45 % of outstanding bytes: 30,974 B in 155 blocks; ...": the figures of the selected frame. */
static void put_story(struct stacks_view *v, const struct call_node *n, struct strbuf *out)
{
    const struct call_tree *t = tree_of(v);
    strbuf_clear(out);
    cell_put_percent(out, n->total[t->sort], t->whole[t->sort]);
    strbuf_printf(out, " of %s", stack_figure_word(t->sort));
    if (t->kind == CALL_TREE_TOP_DOWN && n->self[t->sort] > 0) {
        strbuf_puts(out, ", itself ");
        cell_put_percent(out, n->self[t->sort], t->whole[t->sort]);
    }
    strbuf_puts(out, ": ");
    put_bytes(v, n, CALL_TREE_OUTSTANDING, " outstanding in ", out);
    put_count(n, CALL_TREE_BLOCKS, " block; ", " blocks; ", out);
    put_count(n, CALL_TREE_ALLOCS, " alloc of ", " allocs of ", out);
    put_bytes(v, n, CALL_TREE_ALLOC_BYTES, "; churn ", out);
    put_bytes(v, n, CALL_TREE_CHURN, "; ", out);
    put_bytes(v, n, CALL_TREE_AT_PEAK, " at peak", out);
    if (n->total[CALL_TREE_COPIED] == 0)
        return;
    strbuf_puts(out, "; ");
    put_bytes(v, n, CALL_TREE_COPIED, " copied by reallocs", out);
}

/* What the picture has no room for. */
static void draw_story(struct stacks_view *v, const struct canvas *c)
{
    const struct call_node *n = &tree_of(v)->nodes[v->icicle.selected.node];
    canvas_line(c, 0, 0, c->cols, ROLE_BORDER);
    strbuf_clear(&v->text);
    strbuf_puts(&v->text, n->text);
    if (n->place[0] != '\0')
        strbuf_printf(&v->text, "  %s", n->place);
    canvas_field(c, 1, 1, c->cols - 1, ROLE_TEXT_STRONG, ALIGN_LEFT, CUT_MIDDLE,
                 strbuf_str(&v->text), v->text.len);
    put_story(v, n, &v->text);
    struct canvas rest = canvas_sub(c, 2, 1, c->rows - 2, c->cols - 2);
    canvas_paragraph(&rest, 0, ROLE_TEXT, strbuf_str(&v->text));
}

/* Why there are no frames; "" when there are. */
static const char *why_no_picture(struct stacks_view *v)
{
    const struct call_tree *t = tree_of(v);
    if (t == NULL)
        return strbuf_str(&v->stacks.empty);
    if (t->whole[t->sort] > 0)
        return "";
    strbuf_clear(&v->text);
    strbuf_printf(&v->text, "There is nothing to draw: %s is zero everywhere.",
                  stack_figure_word(t->sort));
    keymap_put_text(v->view.env->keymap, " {sort.next} takes another figure.", &v->text);
    return strbuf_str(&v->text);
}

static void draw_picture(struct stacks_view *v, const struct canvas *c)
{
    const char *why = why_no_picture(v);
    if (why[0] != '\0') {
        struct canvas text = canvas_sub(c, c->rows > 2 ? 1 : 0, 2, c->rows, c->cols - 4);
        canvas_paragraph(&text, 0, ROLE_TEXT_MUTED, why);
        return;
    }
    int story = c->rows >= LINES_FOR_STORY ? STORY_LINES : 0;
    struct canvas picture = canvas_sub(c, 0, 0, c->rows - story, c->cols);
    struct canvas below = canvas_sub(c, c->rows - story, 0, story, c->cols);
    icicle_draw(&v->icicle, &picture, v->view.focused);
    if (story > 0)
        draw_story(v, &below);
}

static void stacks_draw(struct view *view, const struct canvas *c)
{
    struct stacks_view *v = (struct stacks_view *)view;
    struct canvas body = *c;
    draw_caption(v, &body);
    draw_remark(v, &body);
    list_of(v)->blurred = !view->focused;
    stack_list_fit(&v->stacks, body.rows, body.cols);
    if (v->picture)
        draw_picture(v, &body);
    else
        list_draw(list_of(v), &body);
}

/* ---- the mouse ---- */

static bool touch_picture(struct stacks_view *v, struct ui_key event, enum action *out_action)
{
    if (event.code != UI_KEY_CLICK) {
        *out_action = event.code == UI_KEY_WHEEL_DOWN ? ACTION_DOWN : ACTION_UP;
        return true;
    }
    uint32_t node = icicle_at(&v->icicle, event.y, event.x);
    if (node == OUTLINE_NO_NODE)
        return true;
    if (node == v->icicle.selected.node)
        *out_action = ACTION_OPEN;
    icicle_select(&v->icicle, node);
    list_of(v)->id = v->icicle.selected.key;
    return true;
}

/* A click on a row's mark opens or closes it. */
static bool stacks_touch(struct view *view, struct ui_key event, enum action *out_action)
{
    struct stacks_view *v = (struct stacks_view *)view;
    if (tree_of(v) == NULL)
        return false;
    if (v->picture)
        return touch_picture(v, event, out_action);
    if (event.code != UI_KEY_CLICK)
        return false;
    uint64_t pos = stack_list_mark_at(&v->stacks, event.y, event.x);
    if (pos == LIST_NO_ROW)
        return false;
    bool open = outline_of(v)->rows.items[pos].mark == OUTLINE_OPEN;
    list_go(list_of(v), pos);
    *out_action = open ? ACTION_LEFT : ACTION_RIGHT;
    return true;
}

/* ---- view ---- */

static struct list *stacks_list(struct view *view)
{
    return list_of((struct stacks_view *)view);
}

static enum view_rows stacks_kind(const struct view *view)
{
    (void)view;
    return VIEW_ROWS_STACKS;
}

static void stacks_close(struct view *view)
{
    struct stacks_view *v = (struct stacks_view *)view;
    stack_list_release(&v->stacks);
    icicle_release(&v->icicle);
    stops_release(&v->stops);
    strbuf_release(&v->text);
    free(v);
}

static const struct action_hint tree_hints[] = {
    {ACTION_RIGHT, "open"},    {ACTION_OPEN, "events"},
    {ACTION_STACK_KIND, NULL}, {ACTION_STACK_PICTURE, NULL},
    {ACTION_SORT_NEXT, NULL},  {ACTION_HELP, NULL},
    {ACTION_STACK_LIVE, NULL}, {ACTION_STACK_HEAVIEST, NULL},
    {ACTION_FILTER_ADD, NULL}, {ACTION_STACK_FOLDING, NULL},
    {ACTION_FIND, NULL}};

static const struct action_hint picture_hints[] = {
    {ACTION_OPEN, "zoom"},     {ACTION_CLOSE, "back"},       {ACTION_STACK_KIND, NULL},
    {ACTION_SORT_NEXT, NULL},  {ACTION_HELP, NULL},          {ACTION_STACK_LIVE, NULL},
    {ACTION_FILTER_ADD, NULL}, {ACTION_STACK_HEAVIEST, NULL}};

static size_t stacks_hints(const struct view *view, const struct action_hint **out_hints)
{
    bool picture = ((const struct stacks_view *)view)->picture;
    *out_hints = picture ? picture_hints : tree_hints;
    return picture ? sizeof picture_hints / sizeof picture_hints[0]
                   : sizeof tree_hints / sizeof tree_hints[0];
}

static const struct view_ops stacks_ops = {
    .scope = SCOPE_STACKS,
    .is_list = true,
    .close = stacks_close,
    .wants = stacks_wants,
    .sync = stacks_sync,
    .draw = stacks_draw,
    .action = stacks_action,
    .list = stacks_list,
    .find = stacks_find,
    .put_copy = stacks_put_copy,
    .touch = stacks_touch,
    .rows = stacks_kind,
    .hints_now = stacks_hints,
};

struct view *view_stacks_new(const struct view_env *env)
{
    struct stacks_view *v = base_xcalloc(1, sizeof *v);
    v->view = (struct view){.ops = &stacks_ops, .env = env};
    v->icicle.selected.node = OUTLINE_NO_NODE;
    stack_list_init(&v->stacks, env);
    return &v->view;
}

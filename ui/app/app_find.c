/* What is looked for: the prompt that previews it, the next hit, and how many there are. */
#include <string.h>

#include "base/text.h"
#include "ui/app/app_state.h"
#include "ui/view/cell_format.h"
#include "ui/view/events/find_expression.h"
#include "ui/view/views.h"

/* ---- Events and Blocks: rows that the worker searches for ---- */

static bool is_events(const struct app *a)
{
    const struct view *v = view_stack_focused(&a->stack);
    return v != NULL && v->ops->scope == SCOPE_EVENTS;
}

static bool is_blocks(const struct app *a)
{
    const struct view *v = view_stack_focused(&a->stack);
    return v != NULL && v->ops->scope == SCOPE_BLOCKS;
}

/* The screen asks for rows rather than for text that it shows. */
static bool asks_rows(const struct app *a)
{
    return is_events(a) || is_blocks(a);
}

/* What a text stands for on the screen at hand. */
static enum find_kind put_expression(const struct app *a, struct strbuf *out, const char *text,
                                     struct filter_error *out_error)
{
    return is_blocks(a) ? find_expression_put_opener(out, text, out_error)
                        : find_expression_put(out, text, out_error);
}

static void forget_rows(struct app *a)
{
    if (a->find.asked != NULL)
        a->host->ask_aside(a->host->ctx, ASIDE_FIND, NULL);
    filter_unref(a->find.asked);
    a->find.asked = NULL;
}

/* The rows that are hits, NULL when the text asks for none: those of the question in force; in
 * Blocks of all rows, for its list knows what the filter and the range leave. */
static struct filter *rows_wanted(const struct app *a)
{
    struct strbuf expression = {0};
    struct filter_error error;
    enum find_kind kind = put_expression(a, &expression, strbuf_str(&a->find.text), &error);
    bool wanted = kind != FIND_NOTHING && kind != FIND_WRONG;
    struct filter *filter = NULL;
    if (wanted && is_blocks(a))
        filter = app_parse_filter(a, expression.s, expression.len, &error);
    else if (wanted)
        filter = app_narrow(a, strbuf_str(&expression));
    strbuf_release(&expression);
    return filter;
}

static void ask_rows(struct app *a)
{
    struct app_find *f = &a->find;
    struct filter *wanted = rows_wanted(a);
    f->stale = false;
    f->of_blocks = is_blocks(a);
    if (wanted == NULL) {
        f->jumping = false;
        forget_rows(a);
        return;
    }
    filter_unref(f->asked);
    f->asked = wanted;
    f->asked_range = f->of_blocks ? (struct view_range){INT64_MIN, INT64_MAX} : a->asked_range;
    struct query_spec spec = {
        .filter = wanted, .since = f->asked_range.since, .until = f->asked_range.until};
    a->host->ask_aside(a->host->ctx, ASIDE_FIND, &spec);
}

/* Hits come with the newest picture, those of a frozen one, too. */
const struct query *app_find_hits(const struct app *a)
{
    const struct app_find *f = &a->find;
    if (f->asked == NULL || f->stale || a->newest == NULL || a->shown == NULL ||
        a->newest->trace != a->shown->trace)
        return NULL;
    const struct query *q = a->newest->aside[ASIDE_FIND];
    return app_answers(q, f->asked, f->asked_range) ? q : NULL;
}

/* Hits among the rows that are shown, and whether all of these were searched. */
static uint64_t count_rows(const struct app *a, const struct query *q, bool *out_all)
{
    *out_all = query_scanned(q) >= a->shown->rows;
    return query_rank(q, a->shown->rows);
}

/* True when Events can show the row already. */
static bool is_listed(const struct app *a, uint64_t row)
{
    const struct snapshot *s = a->shown;
    return s->query != NULL && row < s->scanned && query_rank(s->query, row) < s->matched;
}

static struct view *blocks_of(const struct app *a)
{
    return a->stack.screens[SCOPE_BLOCKS];
}

static void try_jump_in_blocks(struct app *a)
{
    struct app_find *f = &a->find;
    if (!f->jumping || !is_blocks(a))
        return;
    enum block_seek_state state = view_blocks_seek(blocks_of(a), &f->seek, app_find_hits(a));
    f->jumping = state == BLOCK_SEEK_WAITS || state == BLOCK_SEEK_GOES;
    f->wrapped = state == BLOCK_SEEK_FOUND && f->seek.wrapped;
    if (state == BLOCK_SEEK_FOUND)
        f->hit = app_place(a);
    a->dirty = true;
}

bool app_find_seeks(const struct app *a)
{
    return a->find.jumping && is_blocks(a) && a->find.seek.state == BLOCK_SEEK_GOES;
}

/* Jumps as soon as the rows that decide where to are searched. */
static void try_jump(struct app *a)
{
    struct app_find *f = &a->find;
    if (f->of_blocks) {
        try_jump_in_blocks(a);
        return;
    }
    const struct query *q = app_find_hits(a);
    if (!f->jumping || q == NULL)
        return;
    bool all, wrapped;
    uint64_t total = count_rows(a, q, &all);
    uint64_t before = query_rank(q, f->from);
    if (total == 0) {
        f->jumping = !all;
        return;
    }
    uint64_t k = stops_pick(&f->jump, total, before, query_has(q, f->from), &wrapped);
    bool certain = !wrapped && (!f->jump.back || query_scanned(q) > f->from);
    uint64_t row = query_select(q, k);
    if ((!certain && !all) || row == ROW_NONE || !is_listed(a, row))
        return;
    view_events_select(app_events(a), row);
    f->wrapped = wrapped;
    f->jumping = false;
    a->dirty = true;
}

/* False when the text is none that rows can be asked for. */
static bool has_question(const struct app_find *f)
{
    return f->asked != NULL || f->stale;
}

static void jump_in_events(struct app *a, const struct stops_jump *jump)
{
    uint64_t row = view_events_selected(app_events(a));
    a->find.jump = *jump;
    a->find.from = row != ROW_NONE ? row : 0; /* rows may be on their way */
    a->find.jumping = has_question(&a->find);
    app_find_settle(a);
}

static void jump_in_blocks(struct app *a, const struct stops_jump *jump)
{
    view_blocks_seek_start(blocks_of(a), &a->find.seek, jump);
    a->find.hit.view = NULL;
    a->find.jumping = has_question(&a->find);
    app_find_settle(a);
}

/* ---- any screen ---- */

static void set_text(struct app *a, const char *text)
{
    struct app_find *f = &a->find;
    if (strcmp(text, strbuf_str(&f->text)) == 0)
        return;
    strbuf_clear(&f->text);
    strbuf_puts(&f->text, text);
    f->stale = true;
    f->jumping = false;
    f->hit.view = NULL;
}

/* What is marked: in Events and Blocks any case is, for the rows are found in any. */
static void set_matcher(struct app *a)
{
    matcher_set(&a->find.matcher, strbuf_str(&a->find.text), asks_rows(a));
}

void app_find_settle(struct app *a)
{
    set_matcher(a);
    bool other = asks_rows(a) && a->find.of_blocks != is_blocks(a);
    a->find.stale = a->find.stale || (other && a->find.text.len > 0);
    if (a->find.stale && (asks_rows(a) || a->find.text.len == 0))
        ask_rows(a);
    try_jump(a);
}

static void jump(struct app *a, const struct stops_jump *j)
{
    set_matcher(a);
    a->find.wrapped = false;
    if (is_events(a))
        jump_in_events(a, j);
    else if (is_blocks(a))
        jump_in_blocks(a, j);
    else
        app_find_in_view(a, j);
}

/* To the next or previous hit, of the last text when it was cleared. */
static void move_on(struct app *a, bool back, uint64_t count)
{
    struct app_find *f = &a->find;
    if (f->text.len == 0 && f->last.len > 0)
        set_text(a, strbuf_str(&f->last));
    if (f->text.len == 0) {
        app_tell(a, false, "Nothing to find yet: {find} starts.");
        return;
    }
    app_note_jump(a);
    jump(a, &(struct stops_jump){.back = back, .count = count > 0 ? count : 1});
}

void app_find_next(struct app *a, uint64_t count)
{
    move_on(a, false, count);
}

void app_find_previous(struct app *a, uint64_t count)
{
    move_on(a, true, count);
}

/* Forgets the text but for n, N and an empty `/`. */
static void forget_text(struct app *a)
{
    strbuf_clear(&a->find.last);
    strbuf_puts(&a->find.last, strbuf_str(&a->find.text));
    set_text(a, "");
    app_find_settle(a);
}

void app_find_close(struct app *a, uint64_t count)
{
    (void)count;
    if (a->find.jumping) {
        a->find.jumping = false;
        app_message(a, false, "The search goes on, but the jump is called off.");
    } else if (a->find.text.len > 0) {
        forget_text(a);
    }
}

/* ---- the prompt ---- */

/* A text that was meant as a filter is told its mistake. */
static bool judge(struct app *a)
{
    struct strbuf expression = {0};
    struct filter_error error;
    bool asks = asks_rows(a);
    enum find_kind kind = put_expression(a, &expression, strbuf_str(&a->prompt.text), &error);
    strbuf_release(&expression);
    prompt_judge(&a->prompt, PROMPT_VALID, 0, NULL);
    if (kind != FIND_WRONG || !asks)
        return true;
    struct strbuf b = {0};
    strbuf_printf(&b, "expected %s", error.expected);
    prompt_judge(&a->prompt, error.incomplete ? PROMPT_INCOMPLETE : PROMPT_WRONG, error.offset,
                 strbuf_str(&b));
    strbuf_release(&b);
    return false;
}

/* Shows the first hit at or after the place where the prompt was opened. */
static void edited(struct app *a)
{
    if (!judge(a))
        return;
    set_text(a, strbuf_str(&a->prompt.text));
    app_place_return(a, &a->find.start);
    app_find_settle(a);
    if (a->find.text.len > 0)
        jump(a, &(struct stops_jump){.here = true, .count = 1});
}

static bool accept(struct app *a)
{
    if (!judge(a)) {
        a->prompt.state = PROMPT_WRONG;
        return false;
    }
    if (a->prompt.text.len > 0)
        return true;
    set_text(a, strbuf_str(&a->find.kept));
    move_on(a, false, 1);
    return true;
}

static void cancel(struct app *a)
{
    set_text(a, strbuf_str(&a->find.kept));
    app_place_return(a, &a->find.start);
    a->find.jumping = false;
    a->jumped_from = a->find.came_from;
    app_find_settle(a);
}

static void put_note(struct app *a, struct strbuf *out)
{
    struct strbuf expression = {0};
    struct filter_error error;
    enum find_kind kind = put_expression(a, &expression, strbuf_str(&a->prompt.text), &error);
    strbuf_release(&expression);
    if (a->prompt.text.len == 0) {
        strbuf_puts(out, a->find.kept.len > 0 || a->find.last.len > 0
                             ? "Enter finds the last text again"
                             : "text, address, size, name or a filter expression");
        return;
    }
    if (is_blocks(a) && kind == FIND_ADDRESS)
        strbuf_puts(out, "in a block, or part of an address or heap: ");
    else if (asks_rows(a))
        strbuf_printf(out, "%s: ", find_kind_words(kind));
    app_find_put_status(a, out);
}

static const struct app_prompt find_prompt = {
    .label = "find",
    .accept_word = "find",
    .history = HISTORY_FIND,
    .edited = edited,
    .accept = accept,
    .cancel = cancel,
    .put_note = put_note,
};

void app_find(struct app *a, uint64_t count)
{
    struct app_find *f = &a->find;
    (void)count;
    f->came_from = a->jumped_from;
    app_note_jump(a);
    f->start = app_place(a);
    f->jumping = false;
    strbuf_clear(&f->kept);
    strbuf_puts(&f->kept, strbuf_str(&f->text));
    app_open_prompt(a, &find_prompt, "");
}

/* ---- status ---- */

static void put_count(struct strbuf *out, uint64_t index, uint64_t total, bool all)
{
    if (total == 0) {
        strbuf_puts(out, all ? "no hit" : "no hit yet");
        return;
    }
    if (index > 0) {
        strbuf_puts(out, "hit ");
        text_put_grouped(out, index);
        strbuf_puts(out, " of ");
    }
    text_put_grouped(out, total);
    if (index == 0)
        strbuf_puts(out, total == 1 ? " hit" : " hits");
    strbuf_puts(out, all ? "" : " so far");
}

/* True when the selected event is a hit. */
static bool put_events_status(const struct app *a, struct strbuf *out)
{
    const struct query *q = app_find_hits(a);
    if (q == NULL) {
        /* What was looked for on another screen may be text that the filter language has not. */
        strbuf_puts(out, has_question(&a->find) ? "searching" : "no filter expression");
        return false;
    }
    bool all;
    uint64_t total = count_rows(a, q, &all);
    uint64_t row = view_events_selected(app_events(a));
    bool on = row != ROW_NONE && query_has(q, row);
    put_count(out, on ? query_rank(q, row) + 1 : 0, total, all);
    if (!all)
        strbuf_printf(out, ", searching %u %%", cell_percent(query_scanned(q), a->shown->rows));
    return on;
}

/* True when the selected block is a hit. */
static bool put_blocks_status(struct app *a, struct strbuf *out)
{
    const struct app_find *f = &a->find;
    const struct query *q = app_find_hits(a);
    if (f->jumping && f->seek.state == BLOCK_SEEK_GOES) {
        strbuf_printf(out, "searching %u %%", block_seek_percent(&f->seek));
        return false;
    }
    if (f->jumping && q != NULL && query_scanned(q) < a->shown->rows) {
        strbuf_printf(out, "searching %u %%", cell_percent(query_scanned(q), a->shown->rows));
        return false;
    }
    if (f->jumping || q == NULL) {
        strbuf_puts(out, has_question(f) ? "searching" : "no filter expression");
        return false;
    }
    bool on = f->hit.view != NULL && app_place(a).list.id == f->hit.list.id;
    if (f->seek.state == BLOCK_SEEK_NONE)
        strbuf_puts(out, "no hit: address, size, heap, thread, Source or filter expression");
    else if (f->seek.state == BLOCK_SEEK_FOUND && f->seek.total > 0)
        put_count(out, on ? f->seek.index : 0, f->seek.total, true);
    else if (f->seek.state == BLOCK_SEEK_FOUND)
        strbuf_puts(out, on ? "one of many hits" : "many hits");
    return on;
}

void app_find_put_status(struct app *a, struct strbuf *out)
{
    const struct app_find *f = &a->find;
    const struct view *v = view_stack_focused(&a->stack);
    bool on;
    if (f->text.len == 0)
        return;
    if (is_events(a)) {
        on = put_events_status(a, out);
    } else if (is_blocks(a)) {
        on = put_blocks_status(a, out);
    } else if (f->hit.view == v) {
        struct app_place now = app_place(a);
        on = now.list.id == f->hit.list.id && now.page_found == f->hit.page_found;
        put_count(out, on ? f->index : 0, f->total, true);
    } else {
        return;
    }
    if (on && f->wrapped)
        strbuf_puts(out, ", wrapped");
}

void app_find_release(struct app *a)
{
    struct app_find *f = &a->find;
    strbuf_release(&f->text);
    strbuf_release(&f->last);
    strbuf_release(&f->kept);
    matcher_release(&f->matcher);
    stops_release(&f->stops);
    filter_unref(f->asked);
}

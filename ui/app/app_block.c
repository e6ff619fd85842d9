/* The rows of one address: asked of the worker for the detail pane and for `{ }`, which walk them.
 */
#include <string.h>

#include "base/text.h"
#include "ui/app/app_state.h"
#include "ui/view/cell_format.h"
#include "ui/view/outcome.h"
#include "ui/view/views.h"

/* A step costs up to 0.2 ms. */
#define STEPS_A_FRAME 64

/* ---- the question ---- */

static void forget(struct app *a)
{
    if (a->block.asked.len == 0)
        return;
    strbuf_clear(&a->block.asked);
    a->host->ask_aside(a->host->ctx, ASIDE_ADDRESS, NULL);
}

/* Puts block.wanted to the worker unless that is what it was asked last. */
static void ask(struct app *a)
{
    struct app_block *b = &a->block;
    struct filter_error error;
    if (b->wanted.len == b->asked.len && strcmp(strbuf_str(&b->wanted), strbuf_str(&b->asked)) == 0)
        return;
    struct query_spec spec = {.since = INT64_MIN, .until = INT64_MAX, .rows_only = true};
    spec.filter = app_parse_filter(a, strbuf_str(&b->wanted), b->wanted.len, &error);
    if (spec.filter == NULL)
        return;
    strbuf_clear(&b->asked);
    strbuf_add(&b->asked, strbuf_str(&b->wanted), b->wanted.len);
    a->host->ask_aside(a->host->ctx, ASIDE_ADDRESS, &spec);
    filter_unref(spec.filter);
}

/* Makes the question about the address of row `id`. False when it has none. */
static bool want(struct app *a, uint64_t id, uint64_t *out_address)
{
    const struct trace *trace = a->shown->trace;
    struct row row;
    store_get(trace->store, id, &row);
    if (!biography_address(&row, out_address))
        return false;
    biography_question(&a->block.wanted, trace, &row, *out_address);
    return true;
}

static bool detail_is_open(const struct app *a)
{
    for (size_t i = 0; i < a->stack.above_count; i++)
        if (a->stack.above[i]->ops->scope == SCOPE_DETAIL)
            return true;
    return false;
}

void app_block_ask(struct app *a)
{
    if (a->block.left > 0) /* what the walk asks comes first */
        return;
    if (a->stack.shown != SCOPE_EVENTS && a->stack.shown != SCOPE_BLOCKS) {
        forget(a);
        return;
    }
    struct view_mark selected;
    uint64_t address;
    if (detail_is_open(a) && app_moment(a, &selected) && selected.row != ROW_NONE &&
        want(a, selected.row, &address))
        ask(a);
}

/* ---- going to a row ---- */

/* From another screen this is a step, so that Backspace comes back. */
static void turn_to_events(struct app *a, uint64_t row)
{
    const struct snapshot *s = a->shown;
    if (s == NULL || s->query == NULL || !query_has(s->query, row))
        return;
    struct strbuf label = {0};
    strbuf_puts(&label, "row ");
    text_put_grouped(&label, row);
    app_note_jump(a);
    view_stack_drill(&a->stack, app_filter_text(a), a->range, strbuf_str(&label));
    view_stack_show(&a->stack, SCOPE_EVENTS);
    strbuf_release(&label);
}

bool app_go_to_event(struct app *a, uint64_t row)
{
    if (a->stack.shown != SCOPE_EVENTS)
        turn_to_events(a, row);
    if (a->stack.shown == SCOPE_EVENTS && view_events_go(app_events(a), row))
        return true;
    struct strbuf b = {0};
    bool ranged = a->range.since != INT64_MIN || a->range.until != INT64_MAX;
    const struct snapshot *s = a->shown;
    if (s != NULL && s->query != NULL && query_scanned(s->query) <= row)
        strbuf_puts(&b, "Not searched yet by the filter: row ");
    else if (a->filter == NULL && ranged)
        strbuf_puts(&b, "Outside the range: row ");
    else
        strbuf_puts(&b, ranged ? "Hidden by the filter or the range: row "
                               : "Hidden by the filter: row ");
    text_put_grouped(&b, row);
    strbuf_puts(&b, ". {filter.edit} changes the filter.");
    app_tell(a, false, strbuf_str(&b));
    strbuf_release(&b);
    return false;
}

/* ---- the walk ---- */

void app_block_stop(struct app *a)
{
    a->block.left = 0;
}

static void say_waiting(struct app *a, const struct biography *b)
{
    struct strbuf text = {0};
    strbuf_printf(&text, "Looking for the block's other events: %u %% searched.",
                  cell_percent(b->scanned, b->shown));
    app_message(a, false, strbuf_str(&text));
    strbuf_release(&text);
}

/* How the block ended, in the words of the Outcome column. */
static void say_died(struct app *a)
{
    struct strbuf text = {0};
    const char *how = outcome_death(a->shown->trace, a->block.walk.block);
    strbuf_printf(&text, "The block died here: %s.", how != NULL ? how : "freed");
    app_message(a, false, strbuf_str(&text));
    strbuf_release(&text);
}

static void say_end(struct app *a, enum block_step end)
{
    switch (end) {
    case BLOCK_STEP_BORN:
        app_message(a, false, "The block was born here; nothing earlier is known of it.");
        break;
    case BLOCK_STEP_DIED:
        say_died(a);
        break;
    case BLOCK_STEP_LIVES:
        app_message(a, false, "Outstanding; nothing later happened to the block.");
        break;
    case BLOCK_STEP_UNKNOWN:
        app_message(a, false, "This event belongs to no block that is known.");
        break;
    case BLOCK_STEP_DONE:
    case BLOCK_STEP_WAIT:
        break;
    }
}

/* One step with what has been answered so far. */
static enum block_step try_step(struct app *a, struct biography *b)
{
    struct block_walk *w = &a->block.walk;
    uint64_t address;
    *b = (struct biography){.shown = a->shown->rows};
    enum block_step step = block_walk_by_links(w, a->shown->trace, a->shown->rows);
    if (step != BLOCK_STEP_WAIT)
        return step;
    if (w->block == ROW_NONE || !want(a, w->block, &address))
        return BLOCK_STEP_UNKNOWN;
    biography_look(b, a->shown, a->newest, strbuf_str(&a->block.wanted), address);
    return block_walk_step(w, b);
}

/*
 * Steps until the count is done, or the answer about another address is wanted: then it is asked
 * for, and the picture that brings it calls again. A long walk goes on in the next frame.
 */
static void walk(struct app *a)
{
    struct app_block *block = &a->block;
    struct biography b;
    /* Until the rows of a new filter are there, those shown would say what it hides. */
    block->waits = !app_is_answer(a, a->shown);
    if (block->waits)
        return;
    for (int i = 0; i < STEPS_A_FRAME && block->left > 0; i++) {
        enum block_step step = try_step(a, &b);
        if (step == BLOCK_STEP_WAIT) {
            uint64_t address;
            block->waits = true;
            say_waiting(a, &b);
            if (want(a, block->walk.block, &address))
                ask(a); /* may call here again: last */
            return;
        }
        if (step != BLOCK_STEP_DONE) {
            block->left = 0;
            say_end(a, step);
            return;
        }
        strbuf_clear(&a->message);
        block->left = app_go_to_event(a, block->walk.row) ? block->left - 1 : 0;
    }
}

bool app_block_is_walking(const struct app *a)
{
    return a->block.left > 0 && !a->block.waits;
}

/* Rows of another trace, or behind those that are shown, mean nothing. */
static bool is_on_trace(const struct app *a)
{
    const struct block_walk *w = &a->block.walk;
    return app_has_rows(a) && a->block.trace == a->shown->trace && w->row < a->shown->rows &&
           (w->block == ROW_NONE || w->block < a->shown->rows);
}

void app_block_go_on(struct app *a)
{
    if (a->block.left == 0)
        return;
    if (a->stack.shown == SCOPE_EVENTS && is_on_trace(a))
        walk(a);
    else
        app_block_stop(a);
}

/* An event of no address (Destroy) that the walk has come to keeps the block it came along. */
static void start_walk(struct app *a, uint64_t id, bool forward)
{
    struct block_walk *w = &a->block.walk;
    struct row row;
    uint64_t address;
    store_get(a->shown->trace->store, id, &row);
    bool stays = is_on_trace(a) && w->row == id && w->block != ROW_NONE &&
                 store_closer(a->shown->trace->store, w->block) == id;
    a->block.trace = a->shown->trace;
    if (stays && !biography_address(&row, &address))
        w->forward = forward;
    else
        block_walk_start(w, a->shown->trace, &row, forward);
}

/* A block that is listed is followed from the event that opened it. */
static bool turn_to_alloc(struct app *a)
{
    struct view_mark born;
    if (!app_moment(a, &born))
        return false;
    struct list *l = view_list(a->stack.screens[SCOPE_BLOCKS]);
    list_go(l, l->pos); /* chosen: the way back leads to it */
    if (!app_go_to_event(a, born.row))
        return false;
    view_stack_sync(&a->stack);
    return true;
}

static void step(struct app *a, uint64_t count, bool forward)
{
    if (a->stack.shown == SCOPE_BLOCKS && !turn_to_alloc(a))
        return;
    if (a->stack.shown != SCOPE_EVENTS) {
        app_tell(a, false,
                 "{block.previous} and {block.next} follow one block, from Events or Blocks.");
        return;
    }
    uint64_t id = app_has_rows(a) ? view_events_selected(app_events(a)) : ROW_NONE;
    if (id == ROW_NONE)
        return;
    start_walk(a, id, forward);
    a->block.left = count > 0 ? count : 1;
    walk(a);
}

void app_block_previous(struct app *a, uint64_t count)
{
    step(a, count, false);
}

void app_block_next(struct app *a, uint64_t count)
{
    step(a, count, true);
}

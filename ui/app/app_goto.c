/* `:`, which goes to a time, a row, an address or a mark, or does an action by its name. */
#include <string.h>

#include "base/text.h"
#include "ui/app/app_state.h"
#include "ui/keys/action_match.h"
#include "ui/view/cell_format.h"
#include "ui/view/events/find_expression.h"
#include "ui/view/place.h"
#include "ui/view/views.h"

/* Names told when several actions are meant. */
#define NAMES 6

/* ---- rows ---- */

/* Goes to `row` as soon as the filter has come so far. */
static void try_row(struct app *a)
{
    struct app_goto *g = &a->going;
    const struct snapshot *s = a->shown;
    struct strbuf b = {0};
    if (s->scanned <= g->row && s->scanned < s->rows) {
        strbuf_printf(&b, "Going to %s: the filter has searched %u %%.", strbuf_str(&g->name),
                      cell_percent(s->scanned, s->rows));
        app_message(a, false, b.s);
    } else {
        g->state = GOTO_IDLE;
        strbuf_clear(&a->message);
        app_go_to_row(a, g->row, g->exactly ? strbuf_str(&g->name) : NULL);
        if (g->note.len > 0)
            app_message(a, false, g->note.s);
    }
    strbuf_release(&b);
}

/* `name` of the place; `exactly`: a person is told when another row is shown in its stead. What is
 * in `note` is told on arrival. */
static void go(struct app *a, uint64_t row, bool exactly)
{
    app_note_jump(a);
    a->going.state = GOTO_ROW;
    a->going.row = row;
    a->going.exactly = exactly;
    app_goto_settle(a);
}

static void go_to_number(struct app *a, uint64_t number)
{
    struct app_goto *g = &a->going;
    uint64_t last = a->shown->rows - 1;
    strbuf_puts(&g->name, "Row ");
    text_put_grouped(&g->name, number <= last ? number : last);
    if (number > last) {
        strbuf_puts(&g->note, "There is no such row: ");
        text_put_grouped(&g->note, last);
        strbuf_printf(&g->note, " is the last one%s.", a->shown->rows_complete ? "" : " so far");
    }
    go(a, number <= last ? number : last, true);
}

static void go_to_time(struct app *a, int64_t ns)
{
    struct app_goto *g = &a->going;
    const struct trace *trace = a->shown->trace;
    uint64_t last = a->shown->rows - 1;
    int64_t raw = trace_raw(trace, ns);
    uint64_t row = store_find_time(trace->store, raw);
    strbuf_puts(&g->name, "the event at that time");
    if (ns < trace_ns(trace, store_time(trace->store, 0))) {
        strbuf_puts(&g->note, "That is before the first event; this is the first one.");
    } else if (row > last) {
        strbuf_printf(&g->note, "That is after the last event%s; this is the last one.",
                      a->shown->rows_complete ? "" : " so far");
        row = last;
    } else if (ns < a->range.since || ns > a->range.until) {
        strbuf_puts(&g->note, "That is outside the range; this is the nearest event in it.");
    }
    go(a, row, false);
}

/* ---- addresses ---- */

static void forget_rows(struct app *a)
{
    if (a->going.asked != NULL)
        a->host->ask_aside(a->host->ctx, ASIDE_GOTO, NULL);
    filter_unref(a->going.asked);
    a->going.asked = NULL;
}

/* In Blocks the rows that open blocks which cover the address; its list knows what the filter and
 * the range leave of them. */
static struct filter *cover_wanted(struct app *a, uint64_t address)
{
    struct strbuf b = {0};
    struct filter_error error;
    find_expression_put_cover(&b, address);
    struct filter *filter = app_parse_filter(a, b.s, b.len, &error);
    strbuf_release(&b);
    view_blocks_seek_start(a->stack.screens[SCOPE_BLOCKS], &a->going.seek,
                           &(struct stops_jump){.here = true, .count = 1});
    return filter;
}

/* The rows of the question in force that touch the address. */
static struct filter *touch_wanted(struct app *a)
{
    struct strbuf b = {0};
    const char *name = strbuf_str(&a->going.name);
    strbuf_printf(&b, "address == %s || old_address == %s || address contains %s", name, name,
                  name);
    struct filter *filter = app_narrow(a, b.s);
    strbuf_release(&b);
    return filter;
}

static void go_to_address(struct app *a, uint64_t address)
{
    struct app_goto *g = &a->going;
    strbuf_put_hex(&g->name, address);
    uint64_t from = app_selected_row(a, NULL);
    g->row = from != ROW_NONE ? from : 0;
    app_note_jump(a);
    g->state = GOTO_ADDRESS;
    g->in_blocks = a->stack.shown == SCOPE_BLOCKS;
    g->asked = g->in_blocks ? cover_wanted(a, address) : touch_wanted(a);
    g->asked_range = g->in_blocks ? (struct view_range){INT64_MIN, INT64_MAX} : a->asked_range;
    if (g->asked == NULL) {
        g->state = GOTO_IDLE;
        app_message(a, true, "The filter is too long for a search inside it.");
        return;
    }
    struct query_spec spec = {
        .filter = g->asked, .since = g->asked_range.since, .until = g->asked_range.until};
    a->host->ask_aside(a->host->ctx, ASIDE_GOTO, &spec);
    app_goto_settle(a);
}

static const struct query *address_rows(const struct app *a)
{
    const struct snapshot *s = a->newest;
    const struct query *q = s != NULL && s->trace == a->shown->trace ? s->aside[ASIDE_GOTO] : NULL;
    return app_answers(q, a->going.asked, a->going.asked_range) ? q : NULL;
}

static void say_searching(struct app *a, const struct query *q)
{
    struct strbuf b = {0};
    uint64_t scanned = q != NULL ? query_scanned(q) : 0;
    strbuf_printf(&b, "Going to %s: searching %u %%, Esc calls it off.", strbuf_str(&a->going.name),
                  cell_percent(scanned, a->shown->rows));
    app_message(a, false, b.s);
    strbuf_release(&b);
}

static void arrive(struct app *a, uint64_t row, bool wrapped)
{
    struct app_goto *g = &a->going;
    struct strbuf b = {0};
    g->state = GOTO_IDLE;
    forget_rows(a);
    strbuf_clear(&a->message);
    if (row == ROW_NONE) {
        strbuf_printf(&b, "No event %stouches %s.", a->asked != NULL ? "under this filter " : "",
                      g->name.s);
        app_message(a, false, b.s);
    } else {
        app_go_to_row(a, row, g->name.s);
        if (wrapped)
            app_message(a, false, "Searched on from the first event.");
    }
    strbuf_release(&b);
}

bool app_goto_seeks(const struct app *a)
{
    const struct app_goto *g = &a->going;
    return g->state == GOTO_ADDRESS && g->in_blocks && g->seek.state == BLOCK_SEEK_GOES;
}

static void try_block(struct app *a)
{
    struct app_goto *g = &a->going;
    const struct query *q = address_rows(a);
    if (a->stack.shown != SCOPE_BLOCKS) {
        app_goto_stop(a);
        return;
    }
    enum block_seek_state state = view_blocks_seek(a->stack.screens[SCOPE_BLOCKS], &g->seek, q);
    if (state == BLOCK_SEEK_WAITS || state == BLOCK_SEEK_GOES) {
        say_searching(a, q);
        return;
    }
    g->state = GOTO_IDLE;
    forget_rows(a);
    strbuf_clear(&a->message);
    if (state == BLOCK_SEEK_NONE) {
        struct strbuf b = {0};
        strbuf_printf(&b, "No block of this list covers %s: {blocks.show} shows others.",
                      g->name.s);
        app_tell(a, false, b.s);
        strbuf_release(&b);
    }
    a->dirty = true;
}

static void try_address(struct app *a)
{
    if (a->going.in_blocks) {
        try_block(a);
        return;
    }
    const struct query *q = address_rows(a);
    uint64_t rows = a->shown->rows;
    uint64_t total = q != NULL ? query_rank(q, rows) : 0;
    uint64_t k = q != NULL ? query_rank(q, a->going.row) : 0;
    bool all = q != NULL && query_scanned(q) >= rows;
    if (k < total)
        arrive(a, query_select(q, k), false);
    else if (all)
        arrive(a, total > 0 ? query_select(q, 0) : ROW_NONE, true);
    else
        say_searching(a, q);
}

void app_goto_settle(struct app *a)
{
    if (a->going.state == GOTO_IDLE)
        return;
    if (!app_has_rows(a))
        app_goto_stop(a);
    else if (a->going.state == GOTO_ROW)
        try_row(a);
    else
        try_address(a);
}

void app_goto_stop(struct app *a)
{
    a->going.state = GOTO_IDLE;
    strbuf_clear(&a->going.name);
    strbuf_clear(&a->going.note);
    forget_rows(a);
}

void app_goto_release(struct app *a)
{
    strbuf_release(&a->going.name);
    strbuf_release(&a->going.note);
    filter_unref(a->going.asked);
}

/* ---- the prompt ---- */

static void judge_word(struct app *a, const char *text)
{
    enum action actions[NAMES];
    size_t n = action_match(text + strspn(text, " "), actions, NAMES);
    if (n == 1)
        return;
    if (n == 0) {
        prompt_judge(&a->prompt, PROMPT_WRONG, 0,
                     "expected a time (1.5s), a row, an address (0x...), a mark ('a), an action");
        return;
    }
    struct strbuf b = {0};
    strbuf_puts(&b, "one of");
    for (size_t i = 0; i < n && i < NAMES; i++)
        strbuf_printf(&b, " %s", action_info(actions[i])->name);
    strbuf_puts(&b, n > NAMES ? " ..." : "");
    prompt_judge(&a->prompt, PROMPT_INCOMPLETE, a->prompt.text.len, b.s);
    strbuf_release(&b);
}

static void edited(struct app *a)
{
    struct place place;
    const char *text = strbuf_str(&a->prompt.text);
    if (app_word_judge(a, text))
        return;
    place_parse(text, &place);
    prompt_judge(&a->prompt, PROMPT_VALID, 0, NULL);
    if (place.kind == PLACE_WORD) {
        judge_word(a, text);
    } else if (place.kind == PLACE_INCOMPLETE || place.kind == PLACE_WRONG) {
        struct strbuf b = {0};
        strbuf_printf(&b, "expected %s", place.expected);
        prompt_judge(&a->prompt, place.kind == PLACE_WRONG ? PROMPT_WRONG : PROMPT_INCOMPLETE,
                     place.wrong_at, b.s);
        strbuf_release(&b);
    }
}

static void go_to_place(struct app *a, const struct place *place)
{
    app_goto_stop(a);
    if (!app_has_rows(a)) {
        app_message(a, false, "There are no events yet.");
        return;
    }
    if (place->kind == PLACE_ROW)
        go_to_number(a, place->value);
    else if (place->kind == PLACE_ADDRESS)
        go_to_address(a, place->value);
    else if (place->kind == PLACE_CLOCK)
        go_to_time(a, place_clock_ns(place, a->shown, a->settings.utc));
    else
        go_to_time(a, place->ns);
}

/* What is done may open another prompt, so this one is closed before. */
static bool accept(struct app *a)
{
    struct place place;
    enum action action = ACTION_NONE;
    const char *text = strbuf_str(&a->prompt.text);
    edited(a);
    if (a->prompt.state != PROMPT_VALID) {
        a->prompt.state = PROMPT_WRONG;
        return false;
    }
    place_parse(text, &place);
    bool is_word = app_word_judge(a, text);
    if (is_word)
        app_word_run(a, text);
    else if (place.kind == PLACE_WORD)
        action_match(text + strspn(text, " "), &action, 1);
    prompt_close(&a->prompt, true);
    if (is_word)
        return false;
    if (place.kind == PLACE_WORD)
        app_do(a, action, 0);
    else if (place.kind == PLACE_MARK)
        app_go_to_mark(a, place.mark);
    else if (place.kind != PLACE_NOTHING)
        go_to_place(a, &place);
    return false;
}

static void put_row_note(const struct app *a, uint64_t row, struct strbuf *out)
{
    strbuf_puts(out, "row ");
    text_put_grouped(out, row);
    if (!app_has_rows(a))
        return;
    strbuf_puts(out, " of 0 to ");
    text_put_grouped(out, a->shown->rows - 1);
}

static void put_time_note(const struct app *a, int64_t ns, struct strbuf *out)
{
    cell_put_moment(out, ns);
    if (a->shown == NULL || a->shown->trace == NULL)
        return;
    strbuf_puts(out, " of ");
    cell_put_moment(out, snapshot_duration(a->shown));
}

static void put_word_note(const char *text, struct strbuf *out)
{
    enum action action;
    if (action_match(text + strspn(text, " "), &action, 1) == 1)
        strbuf_printf(out, "%s: %s", action_info(action)->name, action_info(action)->help);
}

static void put_note(struct app *a, struct strbuf *out)
{
    struct place place;
    const char *text = strbuf_str(&a->prompt.text);
    app_word_put_note(a, text, out);
    if (out->len > 0)
        return;
    place_parse(text, &place);
    switch (place.kind) {
    case PLACE_NOTHING:
        strbuf_puts(out, "1.5s  14:03:22  1204  0x13d35bd0860  'a  or an action");
        break;
    case PLACE_ROW:
        put_row_note(a, place.value, out);
        break;
    case PLACE_TIME:
        put_time_note(a, place.ns, out);
        break;
    case PLACE_CLOCK:
        if (app_has_rows(a))
            put_time_note(a, place_clock_ns(&place, a->shown, a->settings.utc), out);
        break;
    case PLACE_ADDRESS:
        strbuf_puts(out, a->stack.shown == SCOPE_BLOCKS
                             ? "the next block that covers this address"
                             : "the next event of a block that covers this address");
        break;
    case PLACE_MARK:
        strbuf_puts(out, place.mark == '\'' ? "where the last jump began" : "a mark");
        break;
    case PLACE_WORD:
        put_word_note(text, out);
        break;
    case PLACE_INCOMPLETE:
    case PLACE_WRONG:
        break;
    }
}

/* Marks behind a ', else the names of actions. */
static void complete(struct app *a, struct completion *out)
{
    const char *text = strbuf_str(&a->prompt.text);
    completion_begin(out, &a->prompt, strspn(text, " "), "");
    struct strbuf note = {0};
    for (size_t i = 0; i < a->mark_count; i++) {
        char name[3] = {'\'', a->marks[i].letter, '\0'};
        strbuf_clear(&note);
        cell_put_time(&note, &a->env, a->marks[i].time);
        if (a->marks[i].name[0] != '\0')
            strbuf_printf(&note, " %s", a->marks[i].name);
        completion_offer(out, name, note.s);
    }
    strbuf_release(&note);
    if (text[0] != '\'')
        app_words_complete(out);
    for (enum action action = ACTION_NONE + 1; action < ACTION_COUNT; action++)
        if (text[0] != '\'')
            completion_offer_part(out, action_info(action)->name, action_info(action)->help);
}

static const struct app_prompt goto_prompt = {
    .label = "go to",
    .accept_word = "go",
    .history = HISTORY_GOTO,
    .edited = edited,
    .accept = accept,
    .put_note = put_note,
    .complete = complete,
};

void app_goto(struct app *a, uint64_t count)
{
    (void)count;
    app_open_prompt(a, &goto_prompt, "");
}

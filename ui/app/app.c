/* Life of the app, its keys and actions, and the pictures it shows; see app.h. */
#include "ui/app/app.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "ui/app/app_state.h"

struct app *app_new(const struct app_config *config)
{
    struct app *a = base_xcalloc(1, sizeof *a);
    a->host = config->host;
    a->screen = config->screen;
    a->symbols = config->symbols;
    a->range = a->asked_range = (struct view_range){config->since, config->until};
    a->settings = (struct view_settings){
        .short_units = config->short_units,
        .wall_time = config->wall_time,
        .utc = config->utc,
    };
    a->census.first = INDEX_NONE;
    a->env = (struct view_env){
        .census = &a->census, .settings = &a->settings, .keymap = &a->keymap, .marks = a->marks};
    if (config->filter != NULL && !filter_is_empty(config->filter)) {
        a->filter = filter_ref(config->filter);
        a->asked = filter_ref(config->filter);
    }
    keymap_init(&a->keymap);
    app_init_theme(a, config->theme);
    app_init_rules(a, config->fold);
    if (config->mouse)
        app_switch_mouse(a, 0);
    app_add_screens(a);
    view_stack_show(&a->stack, config->follow ? SCOPE_EVENTS : SCOPE_SUMMARY);
    if (config->follow) {
        struct view_request none;
        view_stack_action(&a->stack, ACTION_FOLLOW, 0, &none);
    }
    a->dirty = true;
    return a;
}

static void release_texts(struct app_texts *t)
{
    strbuf_release(&t->process);
    strbuf_release(&t->note);
    strbuf_release(&t->range);
    strbuf_release(&t->trust);
    strbuf_release(&t->breadcrumb);
    strbuf_release(&t->lag);
    strbuf_release(&t->prompt);
    strbuf_release(&t->find);
    strbuf_release(&t->marks);
}

void app_forget_screen(struct app *a)
{
    a->screen = NULL;
}

void app_free(struct app *a)
{
    if (a == NULL)
        return;
    view_stack_release(&a->stack);
    prompt_release(&a->prompt);
    completion_release(&a->completion);
    for (int i = 0; i < HISTORY_COUNT; i++)
        prompt_history_release(&a->history[i]);
    strbuf_release(&a->block.asked);
    strbuf_release(&a->block.wanted);
    frame_release(&a->frame);
    release_texts(&a->texts);
    app_find_release(a);
    app_goto_release(a);
    app_rules_release(a);
    app_answers_release(a);
    app_baseline_release(a);
    strbuf_release(&a->message);
    strbuf_release(&a->problems);
    strbuf_release(&a->task);
    strbuf_release(&a->write_asked);
    strbuf_release(&a->theme);
    census_release(&a->census);
    filter_unref(a->asked);
    filter_unref(a->filter);
    snapshot_unref(a->shown);
    snapshot_unref(a->newest);
    free(a);
}

/* ---- pictures ---- */

/* Shows `s`. The old picture goes last: the census compares addresses, and until the views have
 * looked at the new one they hold parts of the old. */
static void show_snapshot(struct app *a, struct snapshot *s)
{
    struct snapshot *old = a->shown;
    struct trace *before = old != NULL ? old->trace : NULL;
    a->shown = snapshot_ref(s);
    a->env.snapshot = s;
    if (s->trace != NULL && before != NULL && before != s->trace) {
        view_stack_rebase(&a->stack, s->trace, before);
        app_marks_follow(a, before);
    }
    census_update(&a->census, s->trace);
    view_stack_sync(&a->stack);
    snapshot_unref(old);
    app_marks_rebase(a);
    app_take_recorded_marks(a);
    a->dirty = true;
}

/* A frozen picture takes the answers to a question asked after it was frozen, until they cover the
 * rows it had. */
static bool is_thawing(struct app *a, const struct snapshot *s)
{
    if (!a->thawing || !app_is_answer(a, s))
        return false;
    uint64_t had = a->shown->rows;
    if (s->scanned >= had && s->summary != NULL && s->summary->rows >= had &&
        app_answers_are_told(a, s, had))
        a->thawing = false;
    return true;
}

/* Tells once what has happened to the input. */
static void announce(struct app *a, enum source_state before, const struct source_status *now)
{
    if (now->state == before)
        return;
    bool several = now->inputs > 1;
    if (before == SOURCE_UNPACKING && now->state != SOURCE_FAILED && now->message[0] != '\0')
        app_message(a, true, now->message);
    if (now->state == SOURCE_TRUNCATED)
        app_tell(a, true,
                 several ? "One of the files was cut. What was read is kept; {file.reload} reads "
                           "all anew."
                         : "The file was cut. What was read is kept; {file.reload} reads it anew.");
    else if (now->state == SOURCE_REPLACED)
        app_tell(a, true,
                 several ? "Another file took the name of one. What was read is kept; "
                           "{file.reload} reads all anew."
                         : "Another file took its name. What was read is kept; {file.reload} reads "
                           "it.");
}

void app_set_snapshot(struct app *a, struct snapshot *s)
{
    struct snapshot *old = a->newest;
    announce(a, old != NULL ? old->source.state : SOURCE_LOADING, &s->source);
    a->newest = snapshot_ref(s);
    a->env.newest = s;
    snapshot_unref(old);
    a->dirty = true; /* frozen, too: the count of new events */
    if (!a->frozen || a->shown == NULL || is_thawing(a, s))
        show_snapshot(a, s);
    app_block_go_on(a);
    app_find_settle(a);
    app_goto_settle(a);
}

void app_set_frozen(struct app *a, bool frozen)
{
    a->frozen = frozen;
    a->thawing = false;
    if (!frozen && a->newest != NULL)
        show_snapshot(a, a->newest);
}

bool app_has_rows(const struct app *a)
{
    return a->shown != NULL && a->shown->trace != NULL && a->shown->rows > 0;
}

void app_message(struct app *a, bool is_error, const char *text)
{
    size_t first = strcspn(text, "\n"), more = 0;
    for (const char *s = text + first; *s != '\0'; s++)
        more += s[0] == '\n' && s[1] != '\0';
    strbuf_clear(&a->message);
    strbuf_add(&a->message, text, first);
    if (more > 0)
        strbuf_printf(&a->message, " (and %zu more)", more);
    a->message_is_error = is_error;
    a->dirty = true;
}

void app_say_number(struct app *a)
{
    struct strbuf b = {0};
    if (a->prefix.count == 0)
        strbuf_puts(&b, "number: type it, then a key such as {list.down} or {list.last}; "
                        "Esc forgets it");
    else
        strbuf_printf(&b,
                      "number %llu: {list.down} goes so many rows down, {list.last} to that row, "
                      "Esc forgets it",
                      (unsigned long long)a->prefix.count);
    app_tell(a, false, strbuf_str(&b));
    strbuf_release(&b);
}

void app_tell(struct app *a, bool is_error, const char *text)
{
    struct strbuf b = {0};
    keymap_put_text(&a->keymap, text, &b);
    app_message(a, is_error, strbuf_str(&b));
    strbuf_release(&b);
}

/* "Sources and the column chooser": where else the key does something. */
static void put_elsewhere(const struct app *a, struct ui_key key, struct strbuf *b)
{
    static const struct {
        enum ui_scope scope;
        const char *name;
    } places[] = {
        {SCOPE_SUMMARY, "Summary"}, {SCOPE_EVENTS, "Events"}, {SCOPE_HEAPS, "Heaps"},
        {SCOPE_SOURCES, "Sources"}, {SCOPE_SIZES, "Sizes"},   {SCOPE_BLOCKS, "Blocks"},
        {SCOPE_STACKS, "Stacks"},   {SCOPE_DIFF, "Diff"},     {SCOPE_COLUMNS, "the column chooser"},
    };
    const char *found[sizeof places / sizeof places[0]];
    size_t n = 0;
    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++)
        if (keymap_find(&a->keymap, &places[i].scope, 1, key) != ACTION_NONE)
            found[n++] = places[i].name;
    for (size_t i = 0; i < n; i++)
        strbuf_printf(b, "%s%s", i == 0 ? "" : i + 1 < n ? ", " : " and ", found[i]);
}

/* A key that starts nothing is not silent: it belongs to a count or to another screen, or help is
 * one key away. */
static void answer_idle_key(struct app *a, struct ui_key key)
{
    if (a->prefix.open) {
        app_say_number(a);
        return;
    }
    struct strbuf b = {0}, where = {0};
    ui_key_put_label(&b, key);
    put_elsewhere(a, key, &where);
    if (where.len > 0)
        strbuf_printf(&b, " is a key of %s; {help} lists the keys.", strbuf_str(&where));
    else
        strbuf_puts(&b, " does nothing here; {help} lists the keys.");
    strbuf_release(&where);
    app_tell(a, false, strbuf_str(&b));
    strbuf_release(&b);
}

static void take_key(struct app *a, const struct ui_key *key)
{
    if (ui_key_is_mouse(*key)) {
        /* A letter or a key that was waited for would find another place by now. */
        a->awaiting = LETTER_NONE;
        a->prefix = (struct key_prefix){0};
        app_mouse(a, *key);
        return;
    }
    if (a->awaiting != LETTER_NONE) {
        app_take_letter(a, *key);
        return;
    }
    if (a->prompt.active && app_prompt_key(a, *key))
        return;
    /* Of the keys that mean nothing in a prompt only those of the whole program work. */
    enum ui_scope scopes[3] = {SCOPE_GLOBAL};
    size_t n = a->prompt.active ? 1 : view_stack_scopes(&a->stack, scopes);
    bool counting = a->prefix.open;
    struct action_call call = keymap_feed(&a->keymap, &a->prefix, scopes, n, *key);
    bool drawing = call.action == ACTION_SUSPEND || call.action == ACTION_REDRAW;
    if (a->prompt.active && !drawing)
        return;
    if (call.action == ACTION_NONE) {
        if (!counting || key->code != UI_KEY_ESCAPE)
            answer_idle_key(a, *key);
        return;
    }
    app_do(a, call.action, call.count);
}

void app_key(struct app *a, const struct ui_key *key)
{
    a->dirty = true;
    strbuf_clear(&a->message);
    app_block_stop(a);
    app_goto_stop(a);
    take_key(a, key);
    /* Another screen or filter may want other rows. */
    app_find_settle(a);
}

/* ---- frames ---- */

void app_resized(struct app *a)
{
    a->dirty = true;
}

bool app_is_dirty(const struct app *a)
{
    return a->dirty;
}

void app_draw(struct app *a)
{
    struct frame_state state;
    struct canvas whole = screen_begin(a->screen);
    view_stack_sync(&a->stack);
    const struct snapshot *synced = a->newest;
    bool walks = app_block_is_walking(a);
    bool seeks = app_find_seeks(a) || app_goto_seeks(a);
    if (walks)
        app_block_go_on(a);
    if (app_find_seeks(a))
        app_find_settle(a);
    if (app_goto_seeks(a))
        app_goto_settle(a);
    app_block_ask(a);
    app_answers_ask(a);
    if (walks || seeks || a->newest != synced) /* the selection moved, or an answer came at once */
        view_stack_sync(&a->stack);
    a->env.hits = app_find_hits(a);
    app_fill_frame(a, &state);
    a->body = frame_body(&state, &whole, a->prompt.active);
    struct canvas body = a->body;
    body.find = matcher_is_empty(&a->find.matcher) ? NULL : &a->find.matcher;
    body.find_row = -1;
    view_stack_draw(&a->stack, &body);
    a->env.hits = NULL;
    frame_draw(&a->frame, &state, &a->keymap, &a->prompt, &whole);
    app_draw_prompt_note(a, &whole);
    screen_flush(a->screen);
    a->dirty = app_block_is_walking(a) || app_find_seeks(a) || app_goto_seeks(a);
}

int64_t app_next_change(const struct app *a)
{
    return app_frame_expires(a);
}

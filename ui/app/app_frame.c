/* The lines around the views, filled in from the picture that is shown. */
#include <string.h>

#include "base/text.h"
#include "ui/app/app_state.h"
#include "ui/view/cell_format.h"
#include "ui/view/views.h"
#include "ui/view/why_empty.h"
#include "ui/widget/list.h"

#define NS_PER_S INT64_C(1000000000)

static const struct action_hint global_hints[] = {{ACTION_FILTER_EDIT, NULL}, {ACTION_HELP, NULL}};

static bool is_live(const struct app *a)
{
    return a->newest != NULL && a->newest->source.state == SOURCE_FOLLOWING;
}

static enum frame_live live_state(const struct app *a)
{
    bool follows =
        a->stack.shown == SCOPE_EVENTS && !a->frozen && view_events_follows(app_events(a));
    switch (a->newest->source.state) {
    case SOURCE_UNPACKING:
        return FRAME_UNPACKING;
    case SOURCE_LOADING:
        return FRAME_LOADING;
    case SOURCE_FOLLOWING:
        return follows ? FRAME_FOLLOWING : FRAME_LIVE;
    case SOURCE_CLOSED:
        return FRAME_ENDED;
    case SOURCE_TRUNCATED:
        return FRAME_TRUNCATED;
    case SOURCE_REPLACED:
        return FRAME_REPLACED;
    case SOURCE_COMPLETE:
    case SOURCE_FAILED:
        break;
    }
    return FRAME_COMPLETE;
}

/* "0.4 s", "12 s", "3 m 12 s": tenths below `tenths_below` seconds, for more than that is noise. */
static void put_age(struct strbuf *b, int64_t ns, int64_t tenths_below)
{
    int64_t age = ns > 0 ? ns : 0;
    if (age < tenths_below * NS_PER_S)
        strbuf_printf(b, "%.1f s", (double)age / (double)NS_PER_S);
    else if (age < 60 * NS_PER_S)
        strbuf_printf(b, "%d s", (int)(age / NS_PER_S));
    else
        text_put_duration(b, age);
}

static void put_live_note(const struct app *a, struct strbuf *b)
{
    const struct source_status *source = &a->newest->source;
    switch (source->state) {
    case SOURCE_FOLLOWING:
        if (source->last_buffer_at == 0) {
            strbuf_puts(b, "no buffer yet");
            break;
        }
        strbuf_puts(b, "last buffer ");
        put_age(b, a->host->now(a->host->ctx) - source->last_buffer_at, 10);
        strbuf_puts(b, " ago");
        break;
    case SOURCE_CLOSED:
        strbuf_puts(b, "writer closed after ");
        put_age(b, source->closed_after, 60);
        break;
    case SOURCE_TRUNCATED:
    case SOURCE_REPLACED:
        keymap_put_text(&a->keymap, "{file.reload} reloads", b);
        break;
    case SOURCE_UNPACKING:
    case SOURCE_LOADING:
    case SOURCE_COMPLETE:
    case SOURCE_FAILED:
        break;
    }
}

static void put_process(const struct app *a, struct strbuf *b)
{
    const struct census *c = &a->census;
    if (c->processes == 1)
        cell_put_process(b, registry_process(c->registry, c->first), true);
    else if (c->processes > 1)
        strbuf_printf(b, "%u processes", c->processes);
}

static void put_loss(struct strbuf *b, uint64_t n, const char *one, const char *many)
{
    if (n == 0)
        return;
    if (b->s[b->len - 1] != ' ')
        strbuf_puts(b, ", ");
    text_put_grouped(b, n);
    strbuf_printf(b, " %s", n == 1 ? one : many);
}

static void put_trust(const struct trust *t, struct strbuf *b)
{
    strbuf_puts(b, "lost: ");
    put_loss(b, t->events_lost, "event", "events");
    put_loss(b, t->buffers_lost, "buffer", "buffers");
    put_loss(b, t->buffers_damaged, "buffer damaged", "buffers damaged");
    put_loss(b, t->records_skipped, "record skipped", "records skipped");
    if (!trust_has_loss(t))
        strbuf_puts(b, "none");
}

static const char *text_or_null(const struct strbuf *b)
{
    return b->len > 0 ? strbuf_str(b) : NULL;
}

/* Bytes a second since the file was opened; what has happened so far is the best guess. */
static uint64_t reading_speed(const struct app *a)
{
    const struct source_status *source = &a->newest->source;
    int64_t ns = a->host->now(a->host->ctx) - source->opened_at;
    if (ns < NS_PER_S / 10)
        return 0;
    return (uint64_t)((double)source->bytes_done * (double)NS_PER_S / (double)ns);
}

static uint64_t count_events(const struct snapshot *s)
{
    return s->tally != NULL && !s->provisional ? s->tally->heap_events : s->rows;
}

/* The title line: what is shown, how much of it, and what the input is doing, which no freezing
 * stops. */
static void fill_source(struct app *a, struct frame_state *st)
{
    const struct snapshot *s = a->shown;
    struct app_texts *t = &a->texts;
    put_process(a, &t->process);
    put_live_note(a, &t->note);
    st->file = s->source.name;
    st->process = text_or_null(&t->process);
    st->counted = s->rows > 0 || s->rows_complete;
    st->duration_ns = snapshot_duration(s);
    st->events = count_events(s);
    st->live = live_state(a);
    st->live_note = text_or_null(&t->note);
    st->bytes_done = a->newest->source.bytes_done;
    st->bytes_total = a->newest->source.bytes_total;
    st->bytes_per_second = st->live == FRAME_LOADING ? reading_speed(a) : 0;
    st->frozen = a->frozen;
    st->new_events = a->newest->rows > s->rows ? a->newest->rows - s->rows : 0;
}

static void fill_question(struct app *a, struct frame_state *st)
{
    const struct snapshot *s = a->shown;
    st->filter = a->filter != NULL ? filter_text(a->filter) : NULL;
    st->scanned_percent = 0;
    if (s == NULL)
        return;
    st->total = s->rows;
    if (!app_is_answer(a, s))
        return;
    st->shown = s->matched;
    st->scanned_percent = (int)cell_percent(s->scanned, s->rows);
}

/* Where the selection stands in the list of the screen, whatever pane has the keys. */
static void fill_place(const struct app *a, struct frame_state *st)
{
    const struct list *list = view_list(a->stack.screens[a->stack.shown]);
    if (list == NULL || list->not_shown)
        return;
    st->line = list->pos + 1;
    st->lines = list->count;
}

static void fill_message(struct app *a, struct frame_state *st)
{
    st->message = text_or_null(&a->message);
    st->message_is_error = a->message_is_error;
    if (st->message == NULL && a->task.len > 0) {
        st->message = strbuf_str(&a->task);
        st->message_is_error = false;
    }
    bool failed = a->shown != NULL && a->shown->source.state == SOURCE_FAILED;
    if (st->message == NULL && failed) {
        st->message = a->shown->source.message;
        st->message_is_error = true;
    }
}

static void clear_texts(struct app_texts *t)
{
    strbuf_clear(&t->process);
    strbuf_clear(&t->note);
    strbuf_clear(&t->range);
    strbuf_clear(&t->trust);
    strbuf_clear(&t->breadcrumb);
    strbuf_clear(&t->find);
    strbuf_clear(&t->marks);
}

/* Events that have come, but are no rows until no other CPU can bring earlier ones: why the title
 * counts more than the list shows. */
static uint64_t count_held_back(const struct snapshot *s)
{
    bool live = s->source.state == SOURCE_FOLLOWING && s->tally != NULL;
    return live && s->tally->heap_events > s->rows ? s->tally->heap_events - s->rows : 0;
}

/* What does not cover everything or is not certain yet. */
static const char *note_of(struct app *a)
{
    if (a->shown->provisional)
        return "? first rows, order not certain";
    if (why_figures_lag(&a->env, &a->texts.lag))
        return strbuf_str(&a->texts.lag);
    uint64_t held = count_held_back(a->shown);
    if (held == 0)
        return NULL;
    text_put_grouped(&a->texts.lag, held);
    strbuf_puts(&a->texts.lag, " held back for order");
    return strbuf_str(&a->texts.lag);
}

static void fill_trust(struct app *a, struct frame_state *st)
{
    if (a->shown == NULL || a->shown->trace == NULL)
        return;
    put_trust(&a->shown->trust, &a->texts.trust);
    st->trust = strbuf_str(&a->texts.trust);
    st->trust_bad = trust_has_loss(&a->shown->trust);
    st->note = note_of(a);
}

/* The view whose keys are told: the pane that is open, for its keys are the news. */
static struct view *hinting_view(const struct app *a)
{
    const struct view_stack *s = &a->stack;
    struct view *top = view_stack_top(s);
    return top != NULL && top->ops->is_pane ? top : view_stack_focused(s);
}

/* The keys of the view, but where its list is empty those that lead out. `st` has the breadcrumb.
 */
static void fill_hints(struct frame_state *st, struct view *v)
{
    static const struct action_hint no_rows[] = {{ACTION_FILTER_EDIT, NULL}, {ACTION_HELP, NULL}};
    static const struct action_hint no_rows_left[] = {
        {ACTION_BACK, NULL}, {ACTION_FILTER_EDIT, NULL}, {ACTION_HELP, NULL}};
    const struct list *list = view_list(v);
    st->hints = global_hints;
    st->hint_count = sizeof global_hints / sizeof global_hints[0];
    if (list != NULL && list->count == 0 && !v->ops->is_pane) {
        st->hints = st->breadcrumb != NULL ? no_rows_left : no_rows;
        st->hint_count = st->breadcrumb != NULL ? 3 : 2;
    } else if (v != NULL && v->ops->hints_now != NULL) {
        st->hint_count = v->ops->hints_now(v, &st->hints);
    } else if (v != NULL && v->ops->hint_count > 0) {
        st->hints = v->ops->hints;
        st->hint_count = v->ops->hint_count;
    }
}

void app_fill_frame(struct app *a, struct frame_state *out_state)
{
    struct frame_state *st = out_state;
    struct view *focused = hinting_view(a);
    memset(st, 0, sizeof *st);
    clear_texts(&a->texts);
    app_fill_tabs(a, st);
    if (a->shown != NULL)
        fill_source(a, st);
    fill_question(a, st);
    fill_place(a, st);
    fill_trust(a, st);
    fill_message(a, st);
    app_find_put_status(a, &a->texts.find);
    st->find = text_or_null(&a->find.text);
    st->find_status = text_or_null(&a->texts.find);
    app_put_marks(a, &a->texts.marks);
    st->marks = text_or_null(&a->texts.marks);
    app_put_range(a, &a->texts.range);
    st->range = text_or_null(&a->texts.range);
    view_stack_put_breadcrumb(&a->stack, &a->texts.breadcrumb);
    st->breadcrumb = text_or_null(&a->texts.breadcrumb);
    fill_hints(st, focused);
}

int64_t app_frame_expires(const struct app *a)
{
    if (!is_live(a) || a->newest->source.last_buffer_at == 0)
        return INT64_MAX;
    int64_t now = a->host->now(a->host->ctx);
    int64_t age = now - a->newest->source.last_buffer_at;
    /* The age is read, not watched: half a second is often enough while it shows tenths. From an
     * hour on it shows minutes. */
    int64_t step = age < 10 * NS_PER_S     ? NS_PER_S / 2
                   : age < 3600 * NS_PER_S ? NS_PER_S
                                           : 60 * NS_PER_S;
    return now + step - age % step;
}

/* The question asked: its prompt with a live verdict and preview, drill and the way back. */
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/text.h"
#include "query/condition.h"
#include "ui/app/app_state.h"
#include "ui/view/filter_words.h"

const char *app_filter_text(const struct app *a)
{
    return a->filter != NULL ? filter_text(a->filter) : "";
}

static bool is_same_filter(const struct filter *a, const struct filter *b)
{
    return strcmp(a != NULL ? filter_text(a) : "", b != NULL ? filter_text(b) : "") == 0;
}

/* True when this question is the one last asked. */
static bool is_asked(const struct app *a, const struct filter *filter, struct view_range range)
{
    return is_same_filter(a->asked, filter) && range.since == a->asked_range.since &&
           range.until == a->asked_range.until;
}

bool app_answers(const struct query *q, const struct filter *filter, struct view_range range)
{
    const struct query_spec *spec = q != NULL ? query_asked(q) : NULL;
    return spec != NULL && is_same_filter(spec->filter, filter) && spec->since == range.since &&
           spec->until == range.until;
}

bool app_is_answer(const struct app *a, const struct snapshot *s)
{
    return s != NULL && app_answers(s->query, a->asked, a->asked_range);
}

struct filter *app_parse_filter(const struct app *a, const char *text, size_t len,
                                struct filter_error *out_error)
{
    struct filter *filter = filter_parse(text, len, out_error);
    if (filter != NULL)
        filter_set_naming(filter, a->symbols, a->env.rules);
    return filter;
}

struct filter *app_narrow(const struct app *a, const char *expression)
{
    struct strbuf b = {0};
    struct filter_error error;
    if (a->asked != NULL)
        strbuf_printf(&b, "(%s) && ", filter_text(a->asked));
    strbuf_printf(&b, "(%s)", expression);
    struct filter *filter = app_parse_filter(a, b.s, b.len, &error);
    strbuf_release(&b);
    return filter;
}

/* Asks `filter` (borrowed, NULL: every row) in the range in force unless that is what was asked
 * last. */
static void ask(struct app *a, struct filter *filter)
{
    if (is_asked(a, filter, a->range))
        return;
    filter_unref(a->asked);
    a->asked = filter != NULL ? filter_ref(filter) : NULL;
    a->asked_range = a->range;
    a->thawing = a->frozen;
    a->find.stale = true;
    struct query_spec spec = {.filter = filter, .since = a->range.since, .until = a->range.until};
    a->host->ask(a->host->ctx, &spec);
}

void app_ask(struct app *a)
{
    ask(a, a->filter);
}

/* Takes `filter`; an empty one is kept as none. */
static void put_in_force(struct app *a, struct filter *filter)
{
    filter_unref(a->filter);
    a->filter = filter;
    if (filter_is_empty(filter)) {
        filter_unref(filter);
        a->filter = NULL;
    }
    ask(a, a->filter);
}

void app_rename_filter(struct app *a)
{
    struct filter_error error;
    if (a->filter == NULL || !filter_depends_on_stacks(a->filter))
        return;
    const char *text = filter_text(a->filter);
    struct filter *filter = app_parse_filter(a, text, strlen(text), &error);
    filter_unref(a->asked);
    a->asked = NULL;
    if (filter != NULL)
        put_in_force(a, filter);
}

bool app_set_filter(struct app *a, const char *text)
{
    struct filter_error error;
    struct filter *filter = app_parse_filter(a, text, strlen(text), &error);
    if (filter == NULL) {
        struct strbuf b = {0};
        strbuf_printf(&b, "Not a filter: expected %s.", error.expected);
        app_message(a, true, strbuf_str(&b));
        strbuf_release(&b);
        return false;
    }
    put_in_force(a, filter);
    return true;
}

/* Says what the prompt's text is worth; a valid one is asked, so that the list shows it already. */
static void edited(struct app *a)
{
    struct filter_error error = {.incomplete = false};
    const char *text = strbuf_str(&a->prompt.text);
    struct filter *filter = app_parse_filter(a, text, a->prompt.text.len, &error);
    if (filter == NULL) {
        struct strbuf b = {0};
        strbuf_printf(&b, "expected %s", error.expected);
        prompt_judge(&a->prompt, error.incomplete ? PROMPT_INCOMPLETE : PROMPT_WRONG, error.offset,
                     strbuf_str(&b));
        strbuf_release(&b);
        return;
    }
    prompt_judge(&a->prompt, PROMPT_VALID, 0, NULL);
    ask(a, filter_is_empty(filter) ? NULL : filter);
    filter_unref(filter);
}

/* What a typed filter adds to the one before, or all of it. */
static const char *step_label(const char *before, const char *now)
{
    size_t n = strlen(before);
    bool longer = n > 0 && strncmp(now, before, n) == 0 && strncmp(now + n, " && ", 4) == 0;
    if (now[0] == '\0')
        return "no filter";
    return longer ? now + n + 4 : now;
}

/* A wrong text keeps the prompt open: the caret says what to mend. */
static bool accept(struct app *a)
{
    edited(a);
    if (a->prompt.state != PROMPT_VALID) {
        a->prompt.state = PROMPT_WRONG; /* incomplete no more: Enter said that this is all */
        return false;
    }
    char *before = base_xstrdup(app_filter_text(a));
    app_set_filter(a, strbuf_str(&a->prompt.text));
    if (strcmp(before, app_filter_text(a)) != 0)
        view_stack_drill(&a->stack, before, a->range, step_label(before, app_filter_text(a)));
    free(before);
    return true;
}

static void cancel(struct app *a)
{
    ask(a, a->filter);
}

/* How much the text shows, once it is known. */
static void put_note(struct app *a, struct strbuf *out)
{
    const struct snapshot *s = a->shown;
    if (a->prompt.state != PROMPT_VALID || !app_is_answer(a, s) || s->rows == 0)
        return;
    text_put_grouped(out, s->matched);
    strbuf_puts(out, " of ");
    text_put_grouped(out, s->rows);
    strbuf_puts(out, s->scanned < s->rows ? " so far" : " match");
}

static void complete(struct app *a, struct completion *out)
{
    const char *why_none = filter_words_complete(&a->env, &a->prompt, out);
    if (why_none != NULL)
        app_tell(a, false, why_none);
}

static const struct app_prompt filter_prompt = {
    .label = "filter",
    .accept_word = "apply",
    .history = HISTORY_FILTER,
    .edited = edited,
    .accept = accept,
    .cancel = cancel,
    .put_note = put_note,
    .complete = complete,
};

void app_edit_filter(struct app *a, uint64_t count)
{
    (void)count;
    app_open_prompt(a, &filter_prompt, app_filter_text(a));
}

/* True when the screen would be another one, or a list of something else. */
static bool would_move(const struct app *a, enum ui_scope screen, enum view_rows rows)
{
    const struct view *v = a->stack.screens[screen];
    bool other = rows != VIEW_ROWS_NONE && v->ops->rows != NULL && v->ops->rows(v) != rows;
    return screen != a->stack.shown || other;
}

void app_drill(struct app *a, const char *condition, const char *label, enum ui_scope screen,
               enum view_rows rows)
{
    app_drill_in(a, condition, label, screen, rows, a->range);
}

/* Asks the filter in the range; false, and neither is in force, when it is none. */
static bool ask_in(struct app *a, const char *filter, struct view_range range)
{
    struct view_range before = a->range;
    a->range = range;
    if (app_set_filter(a, filter))
        return true;
    a->range = before;
    return false;
}

void app_drill_in(struct app *a, const char *condition, const char *label, enum ui_scope screen,
                  enum view_rows rows, struct view_range range)
{
    struct strbuf joined = {0};
    char *before = base_xstrdup(app_filter_text(a));
    struct view *target = a->stack.screens[screen];
    struct view_range was = a->range;
    bool moves =
        would_move(a, screen, rows) || was.since != range.since || was.until != range.until;
    bool adds = condition_join(before, condition, &joined);
    if (!adds && !moves)
        app_message(a, false, "The filter holds this already.");
    else if (ask_in(a, strbuf_str(&joined), range)) {
        view_stack_drill(&a->stack, before, was, label[0] != '\0' ? label : condition);
        if (rows != VIEW_ROWS_NONE && target->ops->show_rows != NULL)
            target->ops->show_rows(target, rows);
        if (moves)
            view_stack_show(&a->stack, screen);
    }
    free(before);
    strbuf_release(&joined);
}

void app_undo(struct app *a, uint64_t count)
{
    (void)count;
    struct strbuf before = {0};
    /* What was opened last goes first: the detail of an event, a page. */
    if (view_stack_pop(&a->stack))
        return;
    if (view_stack_undo(&a->stack, &before, &a->range))
        app_set_filter(a, strbuf_str(&before));
    else
        app_message(a, false, "There is no step to take back.");
    strbuf_release(&before);
}

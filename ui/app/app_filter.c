/* The question asked: filter prompt with a live verdict and preview, drill and the way back. */
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "ui/app/app_state.h"
#include "ui/view/condition.h"

const char *app_filter_text(const struct app *a)
{
    return a->filter != NULL ? filter_text(a->filter) : "";
}

bool app_is_answer(const struct app *a, const struct snapshot *s)
{
    if (s == NULL || s->query == NULL)
        return false;
    const struct query_spec *spec = query_asked(s->query);
    const char *shown = spec->filter != NULL ? filter_text(spec->filter) : "";
    return strcmp(shown, a->asked != NULL ? filter_text(a->asked) : "") == 0;
}

/* Asks `filter` (borrowed, NULL: every row) unless that is what was asked last. */
static void ask(struct app *a, struct filter *filter)
{
    const char *before = a->asked != NULL ? filter_text(a->asked) : "";
    if (strcmp(before, filter != NULL ? filter_text(filter) : "") == 0)
        return;
    filter_unref(a->asked);
    a->asked = filter != NULL ? filter_ref(filter) : NULL;
    a->thawing = a->frozen;
    struct query_spec spec = {.filter = filter, .since = a->since, .until = a->until};
    a->host->ask(a->host->ctx, &spec);
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

bool app_set_filter(struct app *a, const char *text)
{
    struct filter_error error;
    struct filter *filter = filter_parse(text, strlen(text), &error);
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
static void judge(struct app *a)
{
    struct filter_error error = {.incomplete = false};
    const char *text = strbuf_str(&a->prompt.text);
    struct filter *filter = filter_parse(text, a->prompt.text.len, &error);
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

void app_open_prompt(struct app *a)
{
    prompt_open(&a->prompt, "filter", app_filter_text(a));
}

/* A wrong text keeps the prompt open: the caret says what to mend. */
static void accept(struct app *a)
{
    judge(a);
    if (a->prompt.state != PROMPT_VALID) {
        a->prompt.state = PROMPT_WRONG; /* incomplete no more: Enter said that this is all */
        return;
    }
    bool changed = strcmp(strbuf_str(&a->prompt.text), app_filter_text(a)) != 0;
    app_set_filter(a, strbuf_str(&a->prompt.text));
    if (changed)
        view_stack_clear_crumbs(&a->stack);
    prompt_close(&a->prompt, true);
}

bool app_prompt_key(struct app *a, struct ui_key key)
{
    switch (prompt_key(&a->prompt, key)) {
    case PROMPT_EDITED:
        judge(a);
        break;
    case PROMPT_ACCEPT:
        accept(a);
        break;
    case PROMPT_CANCEL:
        prompt_close(&a->prompt, false);
        ask(a, a->filter);
        break;
    case PROMPT_MOVED:
        break;
    case PROMPT_IGNORED:
        return false;
    }
    return true;
}

void app_drill(struct app *a, const char *condition, const char *label, enum ui_scope screen)
{
    struct strbuf joined = {0};
    char *before = strdup(app_filter_text(a));
    bool moves = screen != a->stack.shown;
    bool adds = condition_join(app_filter_text(a), condition, &joined);
    if (!adds && !moves)
        app_message(a, false, "The filter holds this already.");
    else if (before != NULL && app_set_filter(a, strbuf_str(&joined))) {
        view_stack_drill(&a->stack, before, label[0] != '\0' ? label : condition);
        if (moves)
            view_stack_show(&a->stack, screen);
    }
    free(before);
    strbuf_release(&joined);
}

void app_undo(struct app *a)
{
    struct strbuf before = {0};
    if (view_stack_undo(&a->stack, &before))
        app_set_filter(a, strbuf_str(&before));
    else
        app_message(a, false, "There is no step to take back.");
    strbuf_release(&before);
}

void app_draw_prompt_note(struct app *a, const struct canvas *whole)
{
    if (!a->prompt.active || a->prompt.state != PROMPT_VALID || whole->rows < 3)
        return;
    struct strbuf *b = &a->texts.prompt;
    const struct snapshot *s = a->shown;
    strbuf_clear(b);
    if (app_is_answer(a, s) && s->rows > 0) {
        text_put_grouped(b, s->matched);
        strbuf_puts(b, " of ");
        text_put_grouped(b, s->rows);
        strbuf_puts(b, s->scanned < s->rows ? " so far" : " match");
    }
    int width = whole->cols > 1 ? whole->cols - 1 : 0;
    canvas_field(whole, whole->rows - 1, 1, width, ROLE_PROMPT_HINT, ALIGN_LEFT, CUT_END,
                 strbuf_str(b), b->len);
    static const char keys[] = "Enter apply  Esc cancel";
    int at = whole->cols - (int)sizeof keys;
    if (at > (int)b->len + 2)
        canvas_puts(whole, whole->rows - 1, at, ROLE_PROMPT_HINT, keys);
}

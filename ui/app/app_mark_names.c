/* Names of marks, and the marks that come with the trace. */
#include <string.h>

#include "base/text.h"
#include "ui/app/app_state.h"

void app_name_mark(struct view_mark *mark, const char *name)
{
    struct strbuf safe = {0};
    text_put_escaped(&safe, name, strlen(name));
    size_t n = text_clip(strbuf_str(&safe), safe.len, sizeof mark->name - 1);
    memcpy(mark->name, strbuf_str(&safe), n);
    mark->name[n] = '\0';
    strbuf_release(&safe);
}

/* Capitals first: people set their own marks in small letters. */
static char free_letter(struct app *a)
{
    for (char c = 'A'; c <= 'Z'; c++)
        if (app_find_mark(a, c) == NULL)
            return c;
    return '\0';
}

static void forget_recorded(struct app *a)
{
    for (size_t i = a->mark_count; i-- > 0;)
        if (a->marks[i].recorded)
            app_drop_mark(a, a->marks[i].letter);
    a->recorded = 0;
}

void app_take_recorded_marks(struct app *a)
{
    const struct trace *trace = a->shown != NULL ? a->shown->trace : NULL;
    if (trace != a->recorded_in)
        forget_recorded(a);
    a->recorded_in = trace;
    if (trace == NULL)
        return;
    for (size_t n = mark_list_count(trace->marks); a->recorded < n; a->recorded++) {
        const struct trace_mark *recorded = mark_list_get(trace->marks, a->recorded);
        struct view_mark mark = {
            .letter = free_letter(a), .recorded = true, .row = ROW_NONE, .time = recorded->time};
        app_name_mark(&mark, recorded->text);
        if (mark.letter != '\0')
            app_put_mark(a, &mark);
    }
}

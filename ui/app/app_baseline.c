/* The other file that Diff compares with: asking for it, and having it. */
#include <string.h>

#include "base/text.h"
#include "ui/app/app_state.h"
#include "ui/view/views.h"

void app_read_progress(struct app *a, const char *text)
{
    a->reading = true;
    a->dirty = true;
    strbuf_clear(&a->task);
    keymap_put_text(&a->keymap, text, &a->task);
}

/* The last part of a path, which the moments of Diff are called by. */
static const char *last_part(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash != NULL && slash[1] != '\0' ? slash + 1 : path;
}

static void set_baseline(struct app *a, struct trace *trace, const char *name)
{
    trace_unref(a->baseline.trace);
    a->baseline.trace = trace != NULL ? trace_ref(trace) : NULL;
    strbuf_clear(&a->baseline_name);
    text_put_escaped(&a->baseline_name, name, strlen(name));
    a->baseline.name = strbuf_str(&a->baseline_name);
    a->env.baseline = trace != NULL ? &a->baseline : NULL;
    a->dirty = true;
}

void app_take_baseline(struct app *a, struct trace *trace, const char *path, const char *why)
{
    a->reading = false;
    strbuf_clear(&a->task);
    if (trace == NULL) {
        app_message(a, true, why);
        return;
    }
    set_baseline(a, trace, last_part(path));
    view_diff_files(a->stack.screens[SCOPE_DIFF]);
    view_stack_show(&a->stack, SCOPE_DIFF);
    app_tell(a, false, "Compared with the end of that file; {diff.moments} goes back to moments.");
}

static bool accept(struct app *a)
{
    struct strbuf said = {0};
    const char *path = strbuf_str(&a->prompt.text);
    if (path[0] == '\0') {
        set_baseline(a, NULL, "");
        return true;
    }
    bool begun = a->host->read_baseline(a->host->ctx, path, &said) == 0;
    if (!begun)
        prompt_judge(&a->prompt, PROMPT_WRONG, a->prompt.text.len, strbuf_str(&said));
    strbuf_release(&said);
    return begun;
}

static void edited(struct app *a)
{
    prompt_judge(&a->prompt, PROMPT_VALID, 0, NULL);
}

static void put_note(struct app *a, struct strbuf *out)
{
    strbuf_puts(out, a->baseline.trace != NULL ? "a saved trace; nothing: forget the last one"
                                               : "a saved trace, of the same program");
}

static const struct app_prompt baseline_prompt = {
    .label = "compare with",
    .accept_word = "compare",
    .history = HISTORY_BASELINE,
    .edited = edited,
    .accept = accept,
    .put_note = put_note,
};

void app_edit_baseline(struct app *a, uint64_t count)
{
    (void)count;
    if (a->writing || a->reading)
        app_tell(a, true, "A file is still being read or written; {close} stops it.");
    else
        app_open_prompt(a, &baseline_prompt, "");
}

void app_baseline_release(struct app *a)
{
    trace_unref(a->baseline.trace);
    strbuf_release(&a->baseline_name);
}

/* The one line being typed, whatever it is for: its keys, and the line below it. */
#include "ui/app/app_state.h"

void app_open_prompt(struct app *a, const struct app_prompt *kind, const char *text)
{
    a->prompt_kind = kind;
    prompt_open(&a->prompt, kind->label, text);
    if (kind->edited != NULL)
        kind->edited(a);
}

static void accept(struct app *a)
{
    const struct app_prompt *kind = a->prompt_kind;
    /* What was typed may open another prompt: this one is closed when it does. */
    if (kind->accept(a))
        prompt_close(&a->prompt, true);
}

static void cancel(struct app *a)
{
    prompt_close(&a->prompt, false);
    if (a->prompt_kind->cancel != NULL)
        a->prompt_kind->cancel(a);
}

bool app_prompt_key(struct app *a, struct ui_key key)
{
    switch (prompt_key(&a->prompt, key)) {
    case PROMPT_EDITED:
        if (a->prompt_kind->edited != NULL)
            a->prompt_kind->edited(a);
        break;
    case PROMPT_ACCEPT:
        accept(a);
        break;
    case PROMPT_CANCEL:
        cancel(a);
        break;
    case PROMPT_MOVED:
        break;
    case PROMPT_IGNORED:
        return false;
    }
    return true;
}

void app_draw_prompt_note(struct app *a, const struct canvas *whole)
{
    if (!a->prompt.active || a->prompt.message.len > 0 || whole->rows < 3)
        return;
    struct strbuf *b = &a->texts.prompt;
    strbuf_clear(b);
    if (a->prompt_kind->put_note != NULL)
        a->prompt_kind->put_note(a, b);
    int width = whole->cols > 1 ? whole->cols - 1 : 0, note = (int)b->len;
    canvas_field(whole, whole->rows - 1, 1, width, ROLE_PROMPT_HINT, ALIGN_LEFT, CUT_END,
                 strbuf_str(b), b->len);
    strbuf_clear(b);
    strbuf_printf(b, "Enter %s  Esc cancel", a->prompt_kind->accept_word);
    int at = whole->cols - (int)b->len - 1;
    if (at > note + 2)
        canvas_puts(whole, whole->rows - 1, at, ROLE_PROMPT_HINT, strbuf_str(b));
}

/* The one line being typed, whatever it is for: its keys, and the line below it. */
#include "ui/app/app_state.h"

static void edited(struct app *a)
{
    if (a->prompt_kind->edited != NULL)
        a->prompt_kind->edited(a);
}

void app_open_prompt(struct app *a, const struct app_prompt *kind, const char *text)
{
    a->prompt_kind = kind;
    completion_close(&a->completion, &a->prompt, true);
    prompt_open(&a->prompt, kind->label, &a->history[kind->history], text);
    edited(a);
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

static void complete(struct app *a, bool back)
{
    struct completion *c = &a->completion;
    if (c->open) {
        completion_move(c, &a->prompt, back);
    } else {
        completion_begin(c, &a->prompt, a->prompt.cursor, "");
        a->prompt_kind->complete(a, c);
        if (!completion_start(c, &a->prompt, back)) {
            if (a->message.len == 0)
                app_message(a, false, "Nothing known completes this.");
            return;
        }
    }
    edited(a);
}

/* The keys of the menu of completions. False when the prompt itself is to have the key. */
static bool completion_key(struct app *a, struct ui_key key)
{
    bool back = key.code == UI_KEY_BACK_TAB;
    if (key.mods == 0 && (key.code == UI_KEY_TAB || back) && a->prompt_kind->complete != NULL) {
        complete(a, back);
        return true;
    }
    bool taken_back = a->completion.open && key.code == UI_KEY_ESCAPE;
    completion_close(&a->completion, &a->prompt, !taken_back);
    if (taken_back)
        edited(a);
    return taken_back;
}

bool app_prompt_key(struct app *a, struct ui_key key)
{
    if (completion_key(a, key))
        return true;
    switch (prompt_key(&a->prompt, key)) {
    case PROMPT_EDITED:
        edited(a);
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

/* What the text is worth on the left, what the keys do on the right. */
static void draw_note(struct app *a, const struct canvas *whole, int y)
{
    struct strbuf *b = &a->texts.prompt;
    strbuf_clear(b);
    if (a->prompt_kind->put_note != NULL)
        a->prompt_kind->put_note(a, b);
    int width = whole->cols > 1 ? whole->cols - 1 : 0, note = (int)b->len;
    canvas_field(whole, y, 1, width, ROLE_PROMPT_HINT, ALIGN_LEFT, CUT_END, strbuf_str(b), b->len);
    strbuf_clear(b);
    strbuf_printf(b, "%sEnter %s  Esc cancel",
                  a->prompt_kind->complete != NULL ? "Tab completes  " : "",
                  a->prompt_kind->accept_word);
    int at = whole->cols - (int)b->len - 1;
    if (at > note + 2)
        canvas_puts(whole, y, at, ROLE_PROMPT_HINT, strbuf_str(b));
}

void app_draw_prompt_note(struct app *a, const struct canvas *whole)
{
    int y = whole->rows - 1;
    if (!a->prompt.active || whole->rows < 3)
        return;
    if (a->completion.open) {
        completion_draw(&a->completion, whole, y);
    } else if (a->message.len > 0) {
        canvas_fill(whole, y, 0, 1, whole->cols, ROLE_PROMPT);
        canvas_field(whole, y, 1, whole->cols - 1,
                     a->message_is_error ? ROLE_PROMPT_ERROR : ROLE_PROMPT_HINT, ALIGN_LEFT,
                     CUT_END, strbuf_str(&a->message), a->message.len);
    } else if (a->prompt.message.len == 0) {
        draw_note(a, whole, y);
    }
}

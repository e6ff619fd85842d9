/* The theme in use: its name, and the picker that changes it (`T`). */
#include <stdlib.h>

#include "base/alloc.h"
#include "ui/app/app_state.h"

/* Gives the screen a theme; a broken one as far as it goes. `errors` may be NULL. */
static void put_on_screen(struct app *a, const char *name, struct strbuf *errors)
{
    /* The picker may still be open when the program ends, and puts the old theme back. */
    if (a->screen == NULL)
        return;
    struct theme *theme = base_xcalloc(1, sizeof *theme);
    if (name[0] == '\0')
        theme_init_builtin(theme, screen_depth(a->screen) == DEPTH_MONO);
    else
        theme_load(theme, name, errors);
    screen_set_theme(a->screen, theme);
    free(theme);
    a->dirty = true;
}

static void show(void *ctx, const char *name)
{
    put_on_screen(ctx, name, NULL);
}

static void keep(void *ctx, const char *name)
{
    struct app *a = ctx;
    struct strbuf said = {0};
    put_on_screen(a, name, &said);
    bool is_error = said.len > 0;
    if (!is_error)
        strbuf_printf(&said,
                      screen_depth(a->screen) == DEPTH_MONO
                          ? "The theme is %s now, but no colours are shown here."
                          : "The theme is %s now.",
                      name);
    app_message(a, is_error, strbuf_str(&said));
    strbuf_release(&said);
    strbuf_clear(&a->theme);
    strbuf_puts(&a->theme, name);
}

void app_init_theme(struct app *a, const char *name)
{
    strbuf_puts(&a->theme, name != NULL ? name : "");
    a->theming = (struct theme_hooks){.ctx = a, .show = show, .keep = keep};
}

const char *app_theme_name(const struct app *a)
{
    return strbuf_str(&a->theme);
}

void app_choose_theme(struct app *a, uint64_t count)
{
    (void)count;
    view_stack_push(&a->stack, view_themes_new(&a->env, &a->theming, app_theme_name(a)));
}

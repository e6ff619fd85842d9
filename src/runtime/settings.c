/* Lines of keys and columns handed out; see settings.h. */
#include "runtime/settings.h"

#include "ui/keys/rebind.h"

static bool take_keys(void *ctx, const struct config_line *line, struct strbuf *out_why)
{
    return rebind_take(ctx, line->number, line->key, line->value, out_why);
}

static bool take_columns(void *ctx, const struct config_line *line, struct strbuf *out_why)
{
    return app_take_columns(ctx, line->key, line->value, out_why);
}

static void report(void *ctx, unsigned line, const char *text)
{
    config_report(ctx, line, text);
}

void settings_give(struct config *c, struct app *a)
{
    struct rebind rebind = {0};
    config_give(c, CONFIG_KEYS, take_keys, &rebind);
    rebind_apply(&rebind, app_keymap(a), report, c);
    config_give(c, CONFIG_COLUMNS, take_columns, a);
}

void settings_check(struct config *c)
{
    const struct app_config config = {0};
    struct app *a = app_new(&config);
    settings_give(c, a);
    app_free(a);
}

/* What the person has set: keys, columns, what is wrong with them, and writing it down (`W`). */
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "config/config_save.h"
#include "ui/app/app_state.h"
#include "ui/widget/list.h"

/* Settings beside the columns: theme, units, time, mouse, what is folded. */
#define OPTION_SETTINGS 5

struct keymap *app_keymap(struct app *a)
{
    return &a->keymap;
}

/* The list of a screen, NULL when there is none. */
static struct list *screen_list(const struct app *a, enum ui_scope scope)
{
    return scope < SCOPE_COUNT ? view_list(a->stack.screens[scope]) : NULL;
}

static void put_screens_with_columns(const struct app *a, struct strbuf *out)
{
    const char *separator = "";
    for (unsigned i = 0; i < SCOPE_COUNT; i++) {
        if (screen_list(a, (enum ui_scope)i) == NULL)
            continue;
        strbuf_printf(out, "%s%s", separator, scope_name((enum ui_scope)i));
        separator = ", ";
    }
}

bool app_take_columns(struct app *a, const char *screen, const char *columns,
                      struct strbuf *out_why)
{
    struct list *list = screen_list(a, scope_find(screen, strlen(screen)));
    if (list == NULL) {
        text_put_escaped(out_why, screen, strlen(screen));
        strbuf_puts(out_why, ": no such list, expected one of ");
        put_screens_with_columns(a, out_why);
        return false;
    }
    struct err_info why;
    if (list_columns_take(list, columns, &why) == 0)
        return true;
    a->columns_refused |= 1u << scope_find(screen, strlen(screen));
    strbuf_printf(out_why, "%s: %s", screen, why.text);
    return false;
}

/* "config:3: ..." of "/home/me/.config/heaptail/config:3: ...". */
static const char *without_folder(const char *line)
{
    const char *name = line;
    for (size_t n = strcspn(line, ":\n"); n > 0; n--, line++)
        if (*line == '/')
            name = line + 1;
    return name;
}

void app_tell_problems(struct app *a, const char *problems)
{
    strbuf_clear(&a->problems);
    strbuf_puts(&a->problems, problems);
    a->env.problems = strbuf_str(&a->problems);
    size_t lines = 0;
    for (const char *s = problems; *s != '\0'; s++)
        lines += *s == '\n';
    if (lines == 0)
        return;
    struct strbuf b = {0};
    const char *first = problems;
    /* Of several the count and the way to the others come first: a narrow screen cuts the end. */
    if (lines > 1) {
        strbuf_printf(&b, "%zu mistakes, {help} tells all: ", lines);
        first = without_folder(problems);
    }
    strbuf_add(&b, first, strcspn(first, "\n"));
    app_tell(a, true, strbuf_str(&b));
    strbuf_release(&b);
}

/* ---- writing it down ---- */

struct settings {
    struct config_setting setting[OPTION_SETTINGS + SCOPE_COUNT];
    struct strbuf columns[SCOPE_COUNT];
    size_t count;
};

static void add(struct settings *s, enum config_section section, const char *key, const char *value,
                const char *usual)
{
    s->setting[s->count++] = (struct config_setting){section, key, value, usual};
}

static void collect(const struct app *a, struct settings *s)
{
    *s = (struct settings){0};
    const char *theme = app_theme_name(a);
    if (theme[0] != '\0')
        add(s, CONFIG_OPTIONS, "theme", theme, NULL);
    add(s, CONFIG_OPTIONS, "units", a->settings.short_units ? "short" : "exact", "exact");
    add(s, CONFIG_OPTIONS, "time", a->settings.wall_time ? "day" : "start", "start");
    add(s, CONFIG_OPTIONS, "mouse", screen_has_mouse_on(a->screen) ? "yes" : "no", "no");
    add(s, CONFIG_OPTIONS, "fold", app_rules_text(a), "default");
    for (unsigned i = 0; i < SCOPE_COUNT; i++) {
        const struct list *list = screen_list(a, (enum ui_scope)i);
        bool refused = (a->columns_refused >> i & 1) != 0;
        /* A line with a mistake is the person's to mend, until the screen has columns to write. */
        if (list == NULL || (refused && !list->choice.made))
            continue;
        if (list->choice.made)
            list_columns_put(list, &s->columns[i]);
        add(s, CONFIG_COLUMNS, scope_name((enum ui_scope)i),
            list->choice.made ? strbuf_str(&s->columns[i]) : NULL, NULL);
    }
}

void app_save(struct app *a, uint64_t count)
{
    (void)count;
    struct settings s;
    struct strbuf said = {0};
    collect(a, &s);
    int rc = a->host->save(a->host->ctx, s.setting, s.count, &said);
    app_message(a, rc != 0, strbuf_str(&said));
    strbuf_release(&said);
    for (unsigned i = 0; i < SCOPE_COUNT; i++)
        strbuf_release(&s.columns[i]);
}
